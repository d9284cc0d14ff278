"""The same question in another dress."""

from __future__ import annotations

from benchmarks.recall.dresses import DRESSES


def test_a_question_loses_its_mark_its_small_words_or_its_capitals() -> None:
    question = "When did Caroline go to the LGBTQ support group?"
    assert {name: change(question) for name, change in DRESSES.items()} == {
        "as asked": question,
        'without "?"': "When did Caroline go to the LGBTQ support group",
        "key words": "Caroline LGBTQ support group",
        'small letters without "?"': "when did caroline go to the lgbtq support group",
    }


def test_a_question_of_small_words_alone_keeps_them() -> None:
    assert DRESSES["key words"]("What is it?") == "What is it?"
