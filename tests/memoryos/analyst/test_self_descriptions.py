"""Facts from self-descriptions: which sentences count, in which language, and what they correct."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from memoryos.analyst.self_descriptions import agent_statements, facts, user_statements
from memoryos.models import Fact, Knowledge, Owner, Page

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def page(user_input: str, agent_response: str = "", *, day: int = 0) -> Page:
    at = NOON + timedelta(days=day)
    return Page(day + 1, f"p{day}", user_input, agent_response, "2026-03-01 12:00:00", at, at)


def known(text: str, *, owner: Owner = "user", day: int = 0) -> Knowledge:
    at = NOON + timedelta(days=day)
    return Knowledge(f"k:{text}", owner, text, "2026-03-01 12:00:00", at, ("p0",), "extractive")


@pytest.mark.parametrize(
    "sentence",
    [
        "My name is Caroline.",
        "I'm Tom, nice to meet you.",
        "I'm Tom, I work as a data scientist in San Francisco.",
        "I'm a counselor.",
        "I’m 34 years old.",
        "I'm allergic to peanuts.",
        "i live with my two cats.",
        "I used to work at a bank.",
        "I've been painting for seven years now.",
        "I love hiking in the mountains.",
        "I can't stand loud music.",
        "I don't eat meat.",
        "I have two dogs.",
        "I have asthma.",
        "I just adopted a puppy!",
        "I got promoted at work!",
        "I want to become a nurse.",
        "I go running every morning.",
        "My son Leo plays the violin.",
        "My birthday is on May 3rd.",
        "My favorite color is teal.",
        "My train pass for the commute is 20,000 yen.",
        "I think so, my daughter loves horses too.",
        "I was thinking, since I'm a project manager, I should make a plan.",
        "je travaille comme électricien au texas",
        "J’habite à Lyon depuis 2019.",
        "mon fils est au collège",
        "j'ai deux chiens",
        "Trabajo como enfermera en Sevilla.",
        "Me gusta mucho la paella.",
        "Tengo dos hijos.",
        "Ich wohne in Berlin.",
        "Ich bin Lehrerin in München.",
        "Meine Schwester arbeitet in Wien.",
        "saya bekerja di sebuah toko buku.",
        "Saya tidak suka durian.",
        "我是一名电工，工作需要经常弯腰。",
        "我住在加拿大，最近才搬到这里。",
        "我有两只狗。",
        "我儿子8岁，女儿4岁。",
        "我对海鲜过敏。",
        "私は東京に住んでいます。",
        "猫を飼っています。",
        "趣味は写真です。",
    ],
)
def test_a_lasting_statement_about_oneself_is_taken_from_either_speaker(sentence: str) -> None:
    assert (user_statements(sentence), agent_statements(sentence)) == ((sentence,), (sentence,))


@pytest.mark.parametrize(
    "sentence",
    [
        "Do I have two dogs?",
        "I'm so happy for you!",
        "I'm glad to hear that.",
        "I'm a bit tired.",
        "I'm tired, really.",
        "I think it's great.",
        "I hope my son sleeps.",
        "I'd love to see it.",
        "I love that!",
        "I love your painting.",
        "I have a question.",
        "I have a meeting tomorrow.",
        "If I lived in Paris I would walk.",
        "Thanks, I love it.",
        "You live in Berlin.",
        "Your son is a doctor.",
        "I am.",
        "> I live in Berlin.",
        '"I live in Berlin," she said.',
        "j'aime ça",
        "je suis d'accord avec toi",
        "je pense qu'il est gentil",
        "Ich habe eine Frage.",
        "saya yakin itu pekerjaan yang berat.",
        "我觉得你说得对。",
        "我喜欢。",
        "我有一个问题想问。",
        "お元気ですか。",
        "I love " + "very " * 70 + "long walks.",
    ],
)
def test_a_reaction_a_question_or_a_supposition_is_no_statement(sentence: str) -> None:
    assert (user_statements(sentence), agent_statements(sentence)) == ((), ())


@pytest.mark.parametrize(
    "reply",
    [
        "As an AI, I live in the cloud and I have two dogs in my training data.",
        "I'd recommend the museum. I love modern art.",
        "I understand. I have two suggestions for you.",
        "Here is your letter:\n- I am a software engineer.\n- I have two children.",
        "```\nI am a teacher.\n```",
        "I am a software engineer in Berlin. " * 20,
        "我可以帮您。我是一名助理。",
    ],
)
def test_an_assistant_in_service_says_nothing_of_itself(reply: str) -> None:
    assert agent_statements(reply) == ()


def test_a_pasted_text_describes_somebody_else() -> None:
    assert user_statements("I am a software engineer in Berlin. " * 60) == ()
    assert user_statements("Fix this:\n```\nI am a teacher.\n```") == ()


@pytest.mark.parametrize(
    "wish",
    [
        "From now on please answer in French.",
        "Please always use metric units.",
        "Keep your answers short.",
        "Remember that I prefer trains.",
        "以后请用中文回答。",
    ],
)
def test_how_the_user_wants_to_be_answered_is_the_users_to_say(wish: str) -> None:
    assert user_statements(wish) == (wish,)
    assert "Keep your answers short." not in agent_statements("Keep your answers short.")


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
        ("My birthday is May 3.", "My birthday is May 4."),
        ("My favourite colour is blue.", "My favourite colour is green."),
        ("J'habite à Paris.", "J'habite maintenant à Lyon."),
        ("Vivo en Madrid.", "Me mudé a Sevilla."),
        ("Ich wohne in Bonn.", "Ich wohne jetzt in Köln."),
        ("Saya tinggal di Jakarta.", "Saya pindah ke Bandung."),
        ("我今年26岁。", "我今年27岁。"),
        ("我住在北京。", "我现在住在上海。"),
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
    ],
)
def test_a_fact_about_something_else_replaces_nothing(before: str, after: str) -> None:
    assert facts([known(before)], [page(after, day=1)]) == (Fact("user", after, (0,)),)


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
    "text",
    [
        "Do you remember my birthday?",
        "Do you know what my name is",
        "Tell me what my name is.",
        "Translate into French: My name is Anna.",
        "Translate into French:\nMy name is Anna.",
        "Could you fix this sentence: I have two dogs.",
        "The file with my name is in the folder.",
        "He said my name is hard to spell.",
        "He said I live in Rome.",
        "He said:\nI live in Rome.",
        "John said: I have two dogs.",
        'My wife said, "I am a lawyer".',
        "Nobody thinks I am a doctor.",
        "It's not true that I am a doctor.",
        "If only I lived in Paris.",
        "Suppose that I have two dogs.",
        "Let's say I have two dogs.",
        "I dreamed that I have a dog.",
        "我叫了外卖吃火锅。",
        "他说我有两只狗。",
    ],
)
def test_what_others_say_or_nobody_claims_is_no_statement(text: str) -> None:
    assert (user_statements(text), agent_statements(text)) == ((), ())


@pytest.mark.parametrize("sentence", ["Nama saya Budi.", "Halo semua, nama saya Budi.", "Remember my name is Ann."])
def test_an_introduction_is_taken_from_the_user(sentence: str) -> None:
    assert user_statements(sentence) == (sentence,)


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
        ("I have a dog.", "I don't have a dog anymore."),
        ("I'm married.", "I'm not married."),
    ],
)
def test_what_has_ended_replaces_just_what_it_ends(before: str, after: str) -> None:
    told = [known("I live in Munich."), known("I have a cat."), known("I'm divorced."), known(before)]
    assert facts(told, [page(after, day=1)]) == (Fact("user", after, (0,), replaces=f"k:{before}"),)
