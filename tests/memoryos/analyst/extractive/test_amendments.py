"""When somebody takes back or puts right what they just said."""

from __future__ import annotations

import pytest

from memoryos.analyst.extractive.amendments import Amended, amended


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Oops, typo, it's 27.", "27"),
        ("Sorry, I meant 34.", "34"),
        ("I meant Porto, not Lisbon.", "Porto"),
        ("Ich meinte 17.", "17"),
        ("Je voulais dire Lyon.", "Lyon"),
        ("Quise decir Sevilla.", "Sevilla"),
        ("打错了，是28", "28"),
        ("間違えました、28です", "28"),
    ],
)
def test_another_number_or_name_puts_right_what_was_said(sentence: str, value: str) -> None:
    assert amended(sentence) == Amended(value)


@pytest.mark.parametrize(
    "sentence",
    [
        "Forget what I just said.",
        "Ignore that, please.",
        "That's not mine.",
        "Just kidding!",
        "Vergiss das.",
        "冗談です。",
    ],
)
def test_what_was_said_is_taken_back(sentence: str) -> None:
    assert amended(sentence) == Amended(None)


@pytest.mark.parametrize(
    "sentence",
    [
        "I meant to tell you about my sister.",
        "Don't forget that I'm vegan.",
        "I forget names easily.",
        "That's not mine to decide.",
        "I live in Porto.",
        "Ignore the first paragraph of the letter below.",
    ],
)
def test_other_sentences_amend_nothing(sentence: str) -> None:
    assert amended(sentence) is None
