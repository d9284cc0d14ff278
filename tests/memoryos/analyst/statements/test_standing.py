"""What English sentences say by themselves, and what only with the ones around them."""

from __future__ import annotations

import pytest

from memoryos.analyst.statements.standing import tells_by_itself


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm allergic to walnuts.",
        "Moved to Porto, started at a bakery.",
        "Rex died last week.",
        "The dentist is on Tuesday now.",
        "What can I cook for dinner, I'm vegan?",
        "When I was twelve we moved to Ghent.",
        "For the last ten years I've lived in Ghent.",
        "I'm always tired since the operation.",
        "It wasn't asthma after all.",
        "They made me team lead.",
        "Did my first marathon on Sunday!",
        "Die Wohnung ist zu klein für alle, und der Vermieter will sie im Sommer ganz renovieren lassen.",
    ],
)
def test_what_is_somebodys_own_tells_something(sentence: str) -> None:
    assert tells_by_itself(sentence, "lasting")


@pytest.mark.parametrize(
    "sentence",
    [
        "Yes, I still have more.",
        "I hate them.",
        "Maybe a small tea house or a peaceful alley.",
        "Ah, the bank statements...",
        "Can you look into some options?",
        "Do I need to pay tax in a partnership?",
        "What is the name of my dog?",
        "Do I have any allergies?",
        "Am I vegetarian?",
        "Remind me what my wife's name is",
        "can the new release mask clouds",
        "Under the Building Act, progress payments are a crucial aspect of all residential construction contracts.",
        "My brain is completely fried.",
        "For the second day, the garden should come first.",
        "(Specify the partner companies)",
        "It smells of paint.",
        "They help me stay calm.",
    ],
)
def test_what_needs_the_sentences_around_it_tells_nothing(sentence: str) -> None:
    assert not tells_by_itself(sentence, "lasting")


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("Can you always answer in German?", True),
        ("Keep it short, please.", True),
        ("You promised a complete table, not half of one.", False),
        ("And monitoring the opening dates too, if you don't mind.", False),
    ],
)
def test_an_instruction_may_be_a_question_and_is_no_complaint(sentence: str, tells: bool) -> None:
    assert tells_by_itself(sentence, "instruction") is tells


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("Please stop apologising.", True),
        ("Write commit messages in German.", True),
        ("Tell me the yearly sum.", False),
        ("No more talking from you.", False),
    ],
)
def test_what_is_asked_of_the_next_reply_is_no_instruction_for_all(sentence: str, tells: bool) -> None:
    assert tells_by_itself(sentence, "instruction") is tells
