"""What a query asks for: its words and their weights, what is embedded of it, whom it names."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_work import add

from memoryos.language.sessions import SpeakerNames
from memoryos.retrieval.query import Query, Speaker, Term, idf, read_query, read_terms
from memoryos.storage.ports import Store

SPEAKERS = SpeakerNames(user=frozenset({"Tom", "Tommy"}), agent=frozenset({"Ada", "Zoë"}))
NOBODY = SpeakerNames(frozenset(), frozenset())


def terms_of(store: Store, text: str, speakers: SpeakerNames = NOBODY) -> tuple[Term, ...]:
    return read_terms(read_query(text, speakers), store, store.counts("").pages)


def weight(pages_with: int, pages: int) -> float:
    """The weight of a word that stands in so many of so many pages."""
    return math.pow(math.log((pages - pages_with + 0.5) / (pages_with + 0.5) + 1), 1.25)


# The speakers


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("What does Tom eat?", "What does  eat?"),
        ("What does Tom's dog eat?", "What does  dog eat?"),
        ("What does Tom’s dog eat?", "What does  dog eat?"),
        ("Tommy and Tom", " and?"),
        ("Where does Zoë's sister live?", "Where does  sister live?"),
        ("Tom, Tomorrow, Atom", ", Tomorrow, Atom?"),
        ("Tom told Ada: leeks!", " told : leeks!"),
        ("Tom的狗叫什么？", "的狗叫什么？"),
        ("tom and ada", " and?"),
        ("what does tom's dog eat?", "what does  dog eat?"),
        ("tomorrow and atom?", "tomorrow and atom?"),
        ("what does Tim eat?", "what does Tim eat?"),
    ],
)
def test_the_speakers_names_and_their_genitives_are_not_embedded(text: str, meaning: str) -> None:
    read = read_query(text, SPEAKERS)

    assert (read.text, read.meaning) == (text, meaning)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("Tom", "Tom?"), ("Tom's?", "Tom's?"), ("Ada & Tom!", "Ada & Tom!"), ("Tom ... Tommy", "Tom ... Tommy")],
)
def test_a_query_of_nothing_but_names_is_embedded_with_them(text: str, meaning: str) -> None:
    assert read_query(text, SPEAKERS).meaning == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Where does Will's dog sleep?", "Where does  dog sleep?"),
        ("What will Will eat?", "What will  eat?"),
        ("what will the dog eat?", "what will the dog eat?"),
    ],
)
def test_a_name_that_is_another_word_in_small_letters_is_written_with_a_capital(text: str, meaning: str) -> None:
    assert read_query(text, SpeakerNames(user=frozenset({"Will"}), agent=frozenset())).meaning == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("user location", "my location?"),
        ("What is the user's dog called?", "What is my dog called?"),
        ("where did the user go", "where did I go?"),
        ("Wo wohnt der Nutzer?", "Wo wohnt ?"),
        ("用户的狗叫什么", "狗叫什么?"),
        ("ユーザーの犬の名前", "犬の名前?"),
        ("username", "username?"),
        ("用户名", "用户名?"),
        ("a table of users", "a table of users?"),
        ("the user", "the user?"),
    ],
)
def test_the_user_is_the_person_whose_memory_it_is(text: str, meaning: str) -> None:
    assert read_query(text, NOBODY).meaning == meaning


@pytest.mark.parametrize(
    ("text", "is_statement"),
    [
        ("where do I live", False),
        ("dog name", False),
        ("private beach trip 2023", False),
        ("remind me where the key is", False),
        ("In which city do I live", False),
        ("wo wohne ich", False),
        ("mein hund name", False),
        ("我住在哪里", False),
        ("狗 名字", False),
        ("犬の名前", False),
        ("I love hiking with my dog", True),
        ("ich war in Graz", True),
        ("我喜欢爬山", True),
    ],
)
def test_a_question_and_key_words_need_no_mark(text: str, is_statement: bool) -> None:
    assert read_query(text, NOBODY).is_statement == is_statement


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("What does Tom eat?", "user"),
        ("Tom and Tommy", "user"),
        ("Did Ada's sister call?", "agent"),
        ("Did Tom call Ada?", None),
        ("Did anybody call?", None),
        ("what does tom eat?", "user"),
        ("Tomorrow?", None),
        ("Tom的狗叫什么？", "user"),
        ("Tomas的狗叫什么？", None),
    ],
)
def test_a_query_is_about_the_one_speaker_that_it_names(text: str, about: Speaker | None) -> None:
    assert read_query(text, SPEAKERS).about == about


def test_a_name_of_both_speakers_tells_nothing() -> None:
    both = SpeakerNames(user=frozenset({"Sam"}), agent=frozenset({"Sam"}))

    assert read_query("Where is Sam now?", both) == Query("Where is Sam now?", "Where is  now?", None, False)


def test_without_known_names_a_query_is_read_as_it_stands() -> None:
    text = "What does Tom's dog eat?"

    assert read_query(text, NOBODY) == Query(text, text, None, False)


# Questions and statements


@pytest.mark.parametrize(
    ("text", "is_statement"),
    [
        ("Where do you live?", False),
        ("¿Dónde vives?", False),
        ("你住在哪里？", False),
        ("どこに住んでいますか？", False),
        ("Apa kabar?!?", False),
        ("I moved to Bern.", True),
        ("I moved to Bern", True),
        ("我搬家了。", True),
        ("J'ai déménagé !", True),
        ("I moved. Where do you live?", False),
        ("I moved. I like it here. Where do you live?", True),
        ("我搬家了。你住在哪里？", False),
        ("我搬家了。天气很好。你住在哪里？", True),
        ("Ich bin umgezogen! Und du? Wo wohnst du?", False),
        ("I moved\nto Bern\nwhy?", True),
        ("Why?\nWhere?\nI see", False),
        ("So... what now?", False),
        ("Is 3.5.2 out?", False),
        ("What is www.example.com?", False),
        ("Did Mr. J. Smith call?", False),
        ("أين تعيش؟", False),
    ],
)
def test_who_talks_in_most_sentences_makes_a_statement(text: str, is_statement: bool) -> None:
    assert read_query(text, NOBODY).is_statement == is_statement


@pytest.mark.parametrize(
    ("text", "is_statement"),
    [
        ('Who said "Where is it?"', False),
        ('Who said "I moved."?', False),
        ("(Where is it?)", False),
        ("「どこ？」", False),
        ('"Where is it?" he asked. I did not know. It was late.', True),
        ("Where is it? ", False),
    ],
)
def test_quotes_and_brackets_around_a_question_mark_change_nothing(text: str, is_statement: bool) -> None:
    assert read_query(text, NOBODY).is_statement == is_statement


@pytest.mark.parametrize("text", ["", " \n", "...", "?!", "!!!"])
def test_a_text_without_a_word_states_nothing(text: str) -> None:
    assert read_query(text, SPEAKERS) == Query(text, text, None, False)


@given(st.text(), st.frozensets(st.text(min_size=1)), st.frozensets(st.text(min_size=1)))
def test_whatever_the_names_are_something_is_left_to_embed(
    text: str, user: frozenset[str], agent: frozenset[str]
) -> None:
    read = read_query(text, SpeakerNames(user, agent))

    assert any(map(str.isalnum, read.meaning)) == any(map(str.isalnum, text))


# Words and their weights


def test_the_words_of_a_query_come_with_their_pages_and_weights(store: Store) -> None:
    add(store, "we were hiking in Bern", "hikes are fun", "Bern again", "tea")

    terms = terms_of(store, "Hiking, hiking near Bern! Tea? Unheard")

    assert [(term.word.written, term.word.stem, term.pages, term.is_name) for term in terms] == [
        ("hiking", "hike", 2, False),
        ("bern", "bern", 2, False),
        ("tea", "tea", 1, False),
    ]
    assert [term.weight for term in terms] == pytest.approx([weight(2, 4), weight(2, 4), weight(1, 4)])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What did you have with the leek?", ["leek"]),
        ("How does it taste, and who would not like soup?", ["taste", "soup"]),
        ("我们的汤怎么样", ["汤", "的汤", "汤怎"]),
        ("not so", []),
        ("是不是", []),
    ],
)
def test_stop_words_score_nothing(store: Store, text: str, words: list[str]) -> None:
    add(store, "what did you have with the leek how does it taste and who would not so soup", "我们的汤怎么样 是不是")

    assert [term.word.written for term in terms_of(store, text)] == words


def test_the_speakers_names_score_nothing_unless_nothing_else_is_asked(store: Store) -> None:
    add(store, "Tom likes leek", "Ada is here", "tea")

    assert [term.word.written for term in terms_of(store, "Does Tom like Ada's leek?", SPEAKERS)] == ["like", "leek"]
    assert [term.word.written for term in terms_of(store, "Tom?", SPEAKERS)] == ["tom"]


def test_of_several_lines_the_last_one_counts_more(store: Store) -> None:
    add(store, "leek", "soup", "tea", "pot")
    plain = weight(1, 4)

    found = {term.word.written: term.weight for term in terms_of(store, "leek soup\n\ntea? soup?\n \n")}

    assert found == pytest.approx({"leek": plain, "soup": 1.5 * plain, "tea": 1.5 * plain})


@pytest.mark.parametrize("text", ["leek soup", "leek soup\n", "\n  \nleek soup\n\n"])
def test_a_query_of_one_line_has_no_last_one(store: Store, text: str) -> None:
    add(store, "leek", "soup", "tea", "pot")

    assert [term.weight for term in terms_of(store, text)] == pytest.approx([weight(1, 4)] * 2)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<Bart>: soup with Lisa", ["bart"]),
        ("[Bart]: soup\n  (Lisa): soup", ["bart", "lisa"]),
        ("Bart: soup\nLisa：soup", ["bart", "lisa"]),
        ("<Lisa Bart> : soup", ["lisa", "bart"]),
        ("soup for Bart: and Lisa", []),
        ("bart: soup", []),
        ("Bart 喜欢喝汤吗？和 Lisa 一起？", ["bart", "lisa"]),
        ("Does Bart eat soup with Lisa?", []),
    ],
)
def test_names_are_who_speaks_in_a_query_and_latin_ones_in_chinese(store: Store, text: str, names: list[str]) -> None:
    add(store, "Bart and Lisa eat soup", "喜欢喝汤")

    assert [term.word.written for term in terms_of(store, text) if term.is_name] == names


def test_a_query_of_an_empty_memory_has_no_words(store: Store) -> None:
    assert terms_of(store, "leek soup") == ()


# Inverse document frequency


@pytest.mark.parametrize(
    ("pages_with", "pages", "expected"),
    [
        (0, 0, math.log(2)),  # 0.5 / 0.5 + 1
        (1, 1, math.log(4 / 3)),  # 0.5 / 1.5 + 1
        (1, 10, math.log(22 / 3)),  # 9.5 / 1.5 + 1
        (5, 10, math.log(2)),  # 5.5 / 5.5 + 1
        (10, 10, 0.05),  # log(0.5 / 10.5 + 1) is 0.047
        (100_000, 100_000, 0.05),
    ],
)
def test_idf_is_bm25s_and_never_below_a_twentieth(pages_with: int, pages: int, expected: float) -> None:
    assert idf(pages_with, pages) == pytest.approx(expected)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_idf_falls_with_the_pages_that_hold_a_word(one: int, other: int) -> None:
    fewer, more = sorted((one, other))

    assert 0.05 <= idf(more, more) <= idf(fewer, more) <= idf(0, more) == pytest.approx(math.log(2 * more + 2))
