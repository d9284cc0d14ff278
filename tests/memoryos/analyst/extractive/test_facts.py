"""Facts: what repeats, corrects or ends what is known."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from memoryos.analyst.extractive.facts import facts
from memoryos.models import Fact, Knowledge, Owner, Page

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def page(user_input: str, agent_response: str = "", *, day: int = 0) -> Page:
    at = NOON + timedelta(days=day)
    return Page(day + 1, f"p{day}", user_input, agent_response, "2026-03-01 12:00:00", at, at)


def known(text: str, *, owner: Owner = "user", day: int = 0) -> Knowledge:
    at = NOON + timedelta(days=day)
    return Knowledge(f"k:{text}", owner, text, "2026-03-01 12:00:00", at, ("p0",), "extractive")


def test_facts_are_the_speakers_own_sentences_with_their_pages() -> None:
    talk = [
        page("Hi! I'm a nurse in Leeds. How are you?", "Fine! My son Leo plays chess."),
        page("What do you do?", "I'm a counselor, and I love my job."),
    ]
    assert facts((), talk) == (
        Fact("user", "I'm a nurse in Leeds.", (0,)),
        Fact("assistant", "My son Leo plays chess.", (0,)),
        Fact("assistant", "I'm a counselor, and I love my job.", (1,)),
    )


def test_what_is_said_twice_is_one_fact_of_both_pages() -> None:
    assert facts((), [page("I have two dogs."), page("Yes. i have two dogs")]) == (
        Fact("user", "I have two dogs.", (0, 1)),
    )


def test_what_adds_something_is_a_fact_of_its_own() -> None:
    assert facts((), [page("I have two dogs."), page("I also have two old dogs and a parrot.")]) == (
        Fact("user", "I have two dogs.", (0,)),
        Fact("user", "I also have two old dogs and a parrot.", (1,)),
    )


def test_both_speakers_may_say_the_same_of_themselves() -> None:
    assert facts((), [page("I have two dogs.", "I have two dogs.")]) == (
        Fact("user", "I have two dogs.", (0,)),
        Fact("assistant", "I have two dogs.", (0,)),
    )


@pytest.mark.parametrize(
    "told", ["I have two dogs.", "i have TWO dogs", "Hello, I have two dogs and they love the sea."]
)
def test_what_is_known_is_not_told_again(told: str) -> None:
    assert facts([known(told)], [page("I have two dogs.")]) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I live in Paris.", "I just moved to Lyon."),
        ("I live in Paris.", "I moved to the UK."),
        ("I work as a nurse.", "I'm working as a teacher now."),
        ("My name is Sam.", "My name is Samantha."),
        ("I'm 34 years old.", "I'm 35 years old."),
        ("I'm single.", "I got married last week!"),
        ("I'm 34 years old.", "I turned 35 yesterday."),
        ("I work for Google.", "I started a new job at Apple."),
        ("I've lived in Paris for five years.", "I'm based in Lyon now."),
        ("I live in Paris.", "I moved to New York City to study law."),
        ("I live in Paris.", "I moved to Lyon with my girlfriend."),
        ("I live in Paris.", "I moved to Lyon because of a new job."),
        ("I live in Paris.", "I moved to Lyon from Paris."),
        ("I live in Paris.", "I moved from Paris to Lyon."),
        ("My birthday is May 3.", "My birthday is May 4."),
        ("My favourite colour is blue.", "My favourite colour is green."),
        ("J'habite à Paris.", "J'habite maintenant à Lyon."),
        ("Vivo en Madrid.", "Me mudé a Sevilla."),
        ("Ich wohne in Bonn.", "Ich wohne jetzt in Köln."),
        ("Saya tinggal di Jakarta.", "Saya pindah ke Bandung."),
        ("我今年26岁。", "我今年27岁。"),
        ("我住在北京。", "我现在住在上海。"),
        ("我住在北京。", "我从北京搬到上海了。"),
        ("Ich wohne in Bonn.", "Ich bin von Bonn nach Köln gezogen."),
        ("J'habite à Paris.", "J'ai déménagé de Paris à Lyon."),
        ("Vivo en Madrid.", "Me mudé de Madrid a Sevilla."),
        ("Saya tinggal di Jakarta.", "Saya pindah dari Jakarta ke Bandung."),
        ("東京に住んでいます。", "今は京都に住んでいます。"),
        ("東京に住んでいます。", "東京から大阪に引っ越しました。"),
        ("私は35歳です。", "私は36歳です。"),
        ("私は独身です。", "先月、結婚しました。"),
        ("私は結婚しています。", "去年離婚しました。"),
    ],
)
def test_a_new_value_replaces_the_known_one(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == (Fact("user", after, (0,), replaces=f"k:{before}"),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I live in a small house.", "I live in Berlin."),
        ("I live in Berlin.", "I moved to the Marketing team."),
        ("I have two dogs.", "I have a cat."),
        ("My favourite colour is blue.", "My favourite food is pizza."),
        ("I work as a nurse.", "I work at Mercy Hospital."),
        ("I'm 34 years old and I live in Paris.", "I live in Lyon."),
        ("I'm 34 years old and I moved to Notion from Evernote.", "I'm 35 years old."),
        ("I play the violin.", "I play the piano."),
        ("東京に住んでいます。", "母は大阪に住んでいます。"),
        ("東京に住んでいます。", "私は小さなアパートに住んでいます。"),
        ("私は35歳です。", "息子は5歳です。"),
        ("誕生日は4月1日です。", "母の誕生日は5月3日です。"),
        ("東京に住んでいます。", "姉は大阪で働いています。"),
        ("東京で働いています。", "大阪で働いています。"),
    ],
)
def test_a_fact_about_something_else_replaces_nothing(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == (Fact("user", after, (0,)),)


MOVES_TO_WHAT_MAY_BE_NO_PLACE = [
    "I moved to Netflix from Amazon Prime.",
    "I moved from Amazon Prime to Netflix.",
    "I moved to Netflix from Berlin Telecom.",
    "I moved to Notion for my notes.",
    "I moved to Signal because WhatsApp reads everything.",
    "I recently moved to Spotify, the app is better.",
    "I moved to Firefox as my main browser.",
    "I moved to Team Platform in our company.",
    "Saya pindah ke Netflix dari Amazon Prime.",
]


@pytest.mark.parametrize("move", MOVES_TO_WHAT_MAY_BE_NO_PLACE)
def test_a_move_to_what_may_be_no_place_neither_replaces_a_home_nor_is_replaced_by_one(move: str) -> None:
    home = "Saya tinggal di Jakarta." if move.startswith("Saya") else "I live in Berlin."
    assert facts([known(home)], [page(move, day=1)]) == (Fact("user", move, (0,)),)
    assert facts([known(move)], [page(home, day=1)]) == (Fact("user", home, (0,)),)


def test_the_other_speakers_move_does_not_move_the_user() -> None:
    assert facts([known("I live in Paris.")], [page("", "I moved to Lyon.", day=1)]) == (
        Fact("assistant", "I moved to Lyon.", (0,)),
    )


def test_an_older_page_never_replaces_a_newer_fact() -> None:
    assert facts([known("I live in Lyon.", day=9)], [page("I live in Paris.", day=1)]) == ()


def test_of_two_values_in_one_batch_the_later_stays() -> None:
    talk = [page("I live in Paris."), page("I moved to Lyon!", day=1)]
    assert facts([known("I live in Rome.")], talk) == (
        Fact("user", "I moved to Lyon!", (1,), replaces="k:I live in Rome."),
    )


def test_of_several_outdated_facts_the_newest_is_replaced() -> None:
    told = [known("I live in Rome.", day=0), known("I live in Oslo.", day=2), known("I live in Bonn.", day=1)]
    assert facts(told, [page("I moved to Lyon.", day=3)]) == (
        Fact("user", "I moved to Lyon.", (0,), replaces="k:I live in Oslo."),
    )


def test_the_time_of_the_talk_and_not_the_order_of_reading_decides_which_value_is_newer() -> None:
    talk = [page("I live in Munich.", day=30), page("I live in Berlin.")]
    assert facts((), talk) == (Fact("user", "I live in Munich.", (0,)),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Hi, I'm 30 years old and I have a severe peanut allergy.", "I'm 31 now."),
        ("I'm 34 years old and allergic to peanuts.", "I'm 35 years old."),
        ("I live in Berlin with my wife Anna.", "I live in Rome."),
        ("我今年26岁，有两只狗。", "我今年27岁。"),
    ],
)
def test_a_sentence_that_tells_more_stays_beside_the_new_value(before: str, after: str) -> None:
    assert facts((), [page(before), page(after, day=1)]) == (Fact("user", before, (0,)), Fact("user", after, (1,)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Hi, I'm 30 years old.", "I'm 31 now."),
        ("I live in Berlin, Germany.", "I live in Rome."),
        ("My birthday is May 3, 1990.", "My birthday is May 4, 1990."),
        ("My email is a@b.org.", "My email is c@d.org."),
        ("My phone number is 555 123 456.", "My phone number is 555 999 111."),
        ("Nama saya Budi.", "Nama saya Adi."),
        ("我叫王小明。", "我叫李雷。"),
    ],
)
def test_words_that_tell_nothing_more_do_not_keep_an_old_value(before: str, after: str) -> None:
    assert facts((), [page(before), page(after, day=1)]) == (Fact("user", after, (1,)),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("My name is Tom.", "My name is not Tim."),
        ("My birthday is May 3.", "My birthday is coming up next week!"),
        ("My birthday is May 3.", "My birthday is 3 days away."),
        ("My email is a@b.org.", "My email is full again."),
        ("My phone number is 555 123 456.", "My phone is broken again."),
        ("I'm 30 years old.", "I'm 1.80 m tall and I have two dogs."),
        ("J'ai 30 ans.", "J'ai 10 ans d'expérience."),
        ("我今年26岁。", "我5岁的时候住在上海。"),
        ("我叫王小明。", "我叫了外卖吃火锅。"),
        ("I live in Berlin.", "I moved to Python 3.12."),
        ("I live in Berlin.", "I moved to Paris in 2005."),
        ("I live in Berlin.", "When I was small I moved to Rome."),
        ("Ich wohne in Berlin.", "Ich bin nach Hause gegangen."),
        ("I work as a nurse.", "I work as a volunteer on Sundays."),
        ("I work as a nurse.", "My job is stressful."),
        ("I'm married.", "I'm single-handedly raising two kids."),
        ("I'm married.", "I'm engaged in politics."),
    ],
)
def test_what_gives_no_present_value_of_an_attribute_replaces_nothing(before: str, after: str) -> None:
    assert all(fact.replaces is None for fact in facts([known(before)], [page(after, day=1)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "My son Max is six years old and goes to school in Berlin.",
            "My son Leo is six years old and goes to school in Berlin.",
        ),
        (
            "I moved here with my family in March 2020 and I love it so much.",
            "I moved here with my family in March 2021 and I love it so much.",
        ),
        (
            "My salary is 600,000 yen per month before all the taxes.",
            "My salary is 700,000 yen per month before all the taxes.",
        ),
        (
            "I always volunteer at the animal shelter near the river.",
            "I never volunteer at the animal shelter near the river.",
        ),
        ("I have a dog allergy.", "I have a dog."),
    ],
)
def test_statements_that_differ_in_a_name_a_number_or_a_negation_are_two(before: str, after: str) -> None:
    assert facts((), [page(before), page(after, day=1)]) == (Fact("user", before, (0,)), Fact("user", after, (1,)))


def test_who_moves_back_is_told_to_live_there_again() -> None:
    told = [known("I'm 34 years old and I live in Paris."), known("I live in Lyon.", day=1)]
    assert facts(told, [page("I live in Paris.", day=2)]) == (
        Fact("user", "I live in Paris.", (0,), replaces="k:I live in Lyon."),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I live in Berlin.", "I no longer live in Berlin."),
        ("I live in Berlin.", "I don't live in Berlin anymore."),
        ("I live in Berlin.", "I do not live in Berlin any more."),
        ("I live in Berlin.", "I no longer live in Berlin, we found a house by the sea."),
        ("I work at Google.", "Well, I don't work at Google anymore!"),
        ("I'm a nurse.", "I'm no longer a nurse."),
        ("I have a dog.", "I don't have a dog anymore."),
        ("I'm married.", "I'm not married."),
        ("I am a vegan.", "I'm not a vegan any more."),
        ("I'm a vegan.", "I am no longer a vegan."),
        ("Ich wohne in Berlin.", "Ich wohne nicht mehr in Berlin."),
        ("Ich bin verheiratet.", "Ich bin nicht mehr verheiratet."),
        ("J'habite à Paris.", "Je n'habite plus à Paris."),
        ("Je travaille chez Renault.", "Je ne travaille plus chez Renault."),
        ("Vivo en Madrid.", "Ya no vivo en Madrid."),
        ("Estoy casado.", "Ya no estoy casado."),
        ("我住在北京。", "我不再住在北京。"),
        ("我住在北京。", "我已经不住在北京了。"),
        ("我在华为工作。", "我现在不在华为工作了。"),
        ("Saya tinggal di Jakarta.", "Saya tidak lagi tinggal di Jakarta."),
        ("Saya tinggal di Jakarta.", "Saya sudah tidak tinggal di Jakarta lagi."),
        ("I moved to Berlin last year.", "I no longer live in Berlin."),
        ("I moved to Berlin from Hamburg.", "I no longer live in Berlin."),
        ("I'm living in Berlin, Germany.", "I don't live in Berlin anymore."),
        ("I live in Berlin.", "I left Berlin."),
        ("I moved to Berlin last year.", "I left Berlin for good."),
        ("I live in Berlin.", "I moved away from Berlin."),
        ("I live in the UK.", "I left the UK last year."),
        ("I work at Google.", "I no longer work for Google."),
        ("I work for Google.", "I quit my job at Google."),
        ("I work for Google in Berlin.", "I left Google."),
        ("I'm working as a nurse.", "I don't work as a nurse anymore."),
        ("I play the guitar.", "I no longer play the guitar."),
        ("I play tennis every Sunday.", "I don't play tennis every Sunday anymore."),
        ("My wife works at Google.", "My wife no longer works at Google."),
        ("J'ai déménagé à Lyon.", "Je n'habite plus à Lyon."),
        ("J'habite à Paris.", "J'ai quitté Paris."),
        ("J'ai un chien.", "Je n'ai plus de chien."),
        ("Je joue du piano.", "Je ne joue plus du piano."),
        ("Me mudé a Sevilla.", "Ya no vivo en Sevilla."),
        ("Vivo en Madrid.", "Me fui de Madrid."),
        ("Tengo un perro.", "Ya no tengo perro."),
        ("Ich bin nach Köln gezogen.", "Ich wohne nicht mehr in Köln."),
        ("Ich bin Vegetarier.", "Ich bin kein Vegetarier mehr."),
        ("Ich habe einen Hund.", "Ich habe keinen Hund mehr."),
        ("Saya pindah ke Bandung.", "Saya tidak lagi tinggal di Bandung."),
        ("我搬到上海了。", "我不住在上海了。"),
        ("我住在北京。", "我离开北京了。"),
        ("我在华为工作。", "我从华为辞职了。"),
        ("我有一只狗。", "我没有狗了。"),
        ("我是老师。", "我不是老师了。"),
        ("東京に住んでいます。", "もう東京には住んでいません。"),
        ("私は東京に住んでいる。", "今は東京に住んでいないんです。"),
        ("東京に引っ越しました。", "もう東京に住んでいません。"),
        ("東京に住んでいます。", "東京を離れました。"),
        ("銀行で働いています。", "もう銀行では働いていません。"),
        ("銀行に勤めています。", "先月、銀行を辞めました。"),
        ("コーヒーが好きです。", "コーヒーは好きではなくなりました。"),
        ("私はコーヒーが大好きです。", "もうコーヒーは好きじゃないです。"),
        ("トマトが苦手です。", "もうトマトは苦手ではありません。"),
        ("猫を飼っています。", "もう猫は飼っていません。"),
        ("卵アレルギーがあります。", "もう卵アレルギーはありません。"),
        ("私は学生です。", "私はもう学生ではありません。"),
    ],
)
def test_what_has_ended_replaces_just_what_it_ends(before: str, after: str) -> None:
    told = [known("I live in Munich."), known("I have a cat."), known("I'm divorced."), known(before)]
    assert facts(told, [page(after, day=1)]) == (Fact("user", after, (0,), replaces=f"k:{before}"),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I like restaurants that allow dogs.", "I like restaurants that don't allow dogs."),
        ("J'aime les gens qui fument.", "J'aime les gens qui ne fument pas."),
        ("Ich mag Leute, die rauchen.", "Ich mag Leute, die nicht rauchen."),
        ("Saya suka orang yang merokok.", "Saya suka orang yang tidak merokok."),
        ("我喜欢吃辣的菜。", "我喜欢吃不辣的菜。"),
        ("大阪に住んでいます。", "もう東京に住んでいません。"),
        ("東京に住んでいます。", "私の母はもう東京に住んでいません。"),
        ("I live in Berlin.", "I no longer live in Hamburg."),
        ("I live in Berlin with my wife Anna.", "I no longer live in Berlin."),
        ("I have a dog named Rex.", "I don't have a dog anymore."),
        ("My son lives in Berlin.", "I no longer live in Berlin."),
    ],
)
def test_a_denial_of_something_else_ends_nothing(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == (Fact("user", after, (0,)),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I live in Berlin.", "I left Berlin at 8 and got to Hamburg at 10."),
        ("I live in Berlin.", "I left Hamburg for good."),
        ("I live in Berlin.", "When I left Berlin in 2015, it rained."),
        ("I live in Berlin.", "I have never left Berlin."),
        ("I live in Berlin.", "If I left Berlin I would miss it."),
        ("I live in Berlin.", "I don't want to live in Berlin anymore."),
        ("I live in Berlin.", "I hope I don't live in Berlin forever."),
        ("I live in Berlin and work at Google.", "I left Google."),
        ("I work at Google.", "My brother left Google."),
        ("I work at Google.", "I left Google at five and went home."),
        ("J'habite à Paris.", "Ma sœur n'habite plus à Paris."),
        ("Vivo en Madrid.", "Mi hermana ya no vive en Madrid."),
        ("我住在北京。", "我离开家了。"),
        ("銀行で働いています。", "サッカー部を辞めました。"),
        ("東京に住んでいます。", "東京に住んでいませんか。"),
        ("コーヒーが好きです。", "紅茶は好きではありません。"),
    ],
)
def test_an_ending_that_describes_nobody_is_told_only_where_it_ends_a_fact(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == ()


@pytest.mark.parametrize("ending", ["I left Berlin.", "I no longer live in Berlin."])
def test_an_ending_is_told_where_what_it_ends_was_said_just_before(ending: str) -> None:
    assert facts((), [page("I live in Berlin."), page(ending, day=1)]) == (Fact("user", ending, (1,)),)


def test_a_statement_is_not_lost_to_an_earlier_sentence_that_only_denies() -> None:
    talk = [page("Wow, I have two dogs, I don't believe it."), page("I have two dogs.", day=1)]
    assert facts((), talk) == (Fact("user", "I have two dogs.", (1,)),)


NAMES = [
    ("My name is Tim.", "My name is not Tim.", "My name is Tom."),
    ("My name is Tim.", "My name isn't Tim.", "My name is Tom."),
    ("My favourite colour is blue.", "My favourite colour is not blue.", "My favourite colour is red."),
    ("Je m'appelle Tim.", "Je ne m'appelle pas Tim.", "Je m'appelle Tom."),
    ("Me llamo Tim.", "No me llamo Tim.", "Me llamo Tom."),
    ("Mi nombre es Tim.", "Mi nombre no es Tim.", "Mi nombre es Tom."),
    ("Ich heiße Tim.", "Ich heiße nicht Tim.", "Ich heiße Tom."),
    ("Ich heisse Tim.", "Ich heisse nicht Tim.", "Ich heiße Tom."),
    ("Nama saya Tim.", "Nama saya bukan Tim.", "Nama saya Tom."),
    ("我叫王小明。", "我不叫王小明。", "我叫李雷。"),
]


@pytest.mark.parametrize(("wrong", "denial", "right"), NAMES)
def test_a_denied_value_is_told_only_in_the_place_of_that_value(wrong: str, denial: str, right: str) -> None:
    assert facts([known(wrong)], [page(denial, day=1)]) == (Fact("user", denial, (0,), replaces=f"k:{wrong}"),)
    assert facts([known(right)], [page(denial, day=1)]) == ()
    assert facts((), [page(wrong), page(denial, day=1)]) == ()


@pytest.mark.parametrize(("wrong", "denial", "right"), NAMES)
def test_the_right_value_takes_the_place_of_a_denied_one(wrong: str, denial: str, right: str) -> None:
    assert facts([known(denial)], [page(right, day=1)]) == (Fact("user", right, (0,), replaces=f"k:{denial}"),)
    assert facts([known(wrong)], [page(f"{denial} {right}", day=1)]) == (
        Fact("user", right, (0,), replaces=f"k:{wrong}"),
    )


def test_a_denial_that_tells_the_right_value_too_is_a_fact() -> None:
    told = "My name is not Tim, it's Tom."
    assert facts((), [page(told)]) == (Fact("user", told, (0,)),)
    assert facts([known("My name is Tim.")], [page(told, day=1)]) == (
        Fact("user", told, (0,), replaces="k:My name is Tim."),
    )


def test_what_begins_again_replaces_its_ending_alone() -> None:
    more = "I don't have a dog anymore, I have a cat."
    told = [known("I don't have a dog anymore."), known(more)]
    assert facts(told, [page("I have a dog.", day=1)]) == (
        Fact("user", "I have a dog.", (0,), replaces="k:I don't have a dog anymore."),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [("Vivo en Sevilla.", "Ya no vivo en Madrid."), ("私は大阪に住んでいます。", "私はもう東京に住んでいません。")],
)
def test_what_has_ended_is_no_present_value(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == (Fact("user", after, (0,)),)
