"""Which sentences of a user's text reach the judge."""

from __future__ import annotations

import pytest

from memoryos.analyst.statements.reading import clauses_of, sentences_worth_judging


def texts(user_text: str) -> list[str]:
    return [sentence.text for sentence in sentences_worth_judging(user_text)]


def test_sentences_are_taken_as_they_stand() -> None:
    assert texts("We have two kids, Ida and Max. How are you?") == ["We have two kids, Ida and Max.", "How are you?"]


@pytest.mark.parametrize(
    "text",
    [
        "Scenario: I live in Madrid and I earn 90k. Compute my taxes.",
        "For this exercise I am a 70-year-old retired pilot. Write my biography.",
        "Let's role-play. I'm a knight and I live in a castle.",
        "Stell dir vor, ich wohne in Köln. Ich bin Bäcker.",
        "我们来角色扮演吧。我是医生。",
        'Translate into German: "My name is Anna and I live in Rome."',
        "Please proofread this email:\nDear Ms Hill,\nI am a nurse from Leeds.",
        "```\nI live in Rome.\n```",
        "> I live in Rome.",
        "| Anna | I live in Rome | 3 |",
        "- I am eggs\n- I am milk",
        "Exercise 3: I am 30 years old and buy three apples.",
        "name,age,city\nAnna,31,Rome",
    ],
)
def test_what_is_not_the_users_own_is_left_out(text: str) -> None:
    assert texts(text) == []


def test_a_greeting_is_left_out_and_what_it_brings_is_not() -> None:
    assert texts("Hey Maria! Way to go, Dave! Hi, I'm Lena. Thanks, my dog is called Rex.") == [
        "Hi, I'm Lena.",
        "Thanks, my dog is called Rex.",
    ]


def test_what_stands_before_a_frame_is_kept() -> None:
    assert texts("I live in Rome. Let's role-play. I am a pirate.") == ["I live in Rome."]


def test_code_between_own_sentences_is_skipped() -> None:
    assert texts("I'm a nurse.\n```python\nI = 1\n```\nI live in Rome.") == ["I'm a nurse.", "I live in Rome."]


def test_a_quotation_is_kept_from_the_judge_but_stays_in_the_text() -> None:
    (sentence,) = sentences_worth_judging('My boss said "I live in Rome" yesterday.')
    assert (sentence.text, sentence.judged) == (
        'My boss said "I live in Rome" yesterday.',
        "My boss said  …  yesterday.",
    )


def test_lines_of_a_list_about_the_user_need_no_judge() -> None:
    listed = sentences_worth_judging("About me:\n- Name: Lena Fox\n- City: Graz\n\nThe bus was late.")
    assert [(each.text, each.in_profile) for each in listed] == [
        ("About me:", False),
        ("Name: Lena Fox", True),
        ("City: Graz", True),
        ("The bus was late.", False),
    ]


@pytest.mark.parametrize(
    "piece", ["a", '"', "I am, ", "- x\n", "我住在北京。", "[", "| a ", "a,", "my text ", "I live. "]
)
def test_the_longest_text_gives_no_more_than_its_beginning(piece: str) -> None:
    long, beginning = (piece * 200_000)[:200_000], (piece * 1_000)[:1_000]
    assert set(texts(long)) <= set(texts("\n".join(beginning.splitlines()[:5])))


def test_a_piece_that_leans_on_the_one_before_is_no_clause_of_its_own() -> None:
    assert clauses_of("I work at a mill, over in Zwolle, and my wife teaches.") == (
        "I work at a mill, over in Zwolle",
        "my wife teaches.",
    )


def test_a_list_of_labels_under_a_heading_is_somebody_elses() -> None:
    told = "Remember this patient for later:\nName: Rebecca Lund\nGender/Title: Ms\nAge: 32\nI work in a clinic."

    assert texts(told) == ["Remember this patient for later:", "I work in a clinic."]


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("I live in Bremen and work as a nurse.", ("I live in Bremen", "I work as a nurse.")),
        ("Hi, I'm Jo, I live in Bremen and work as a nurse.", ("I live in Bremen", "I work as a nurse.")),
        ("I'm 34 and live in Leeds", ("I'm 34", "I live in Leeds")),
        ("Ich wohne in Kiel und arbeite als Lehrer.", ("Ich wohne in Kiel", "Ich arbeite als Lehrer.")),
        ("Vivo en Sevilla y trabajo de enfermera.", ("Vivo en Sevilla", "trabajo de enfermera.")),
        ("I love tea and coffee.", ()),
        ("I went home and had a long bath.", ()),
    ],
)
def test_clauses_of_one_subject_stand_by_themselves(sentence: str, clauses: tuple[str, ...]) -> None:
    assert clauses_of(sentence)[-2:] == clauses
