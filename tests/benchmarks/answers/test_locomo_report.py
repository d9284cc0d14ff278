"""The tables of the question answering."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from benchmarks.answers.locomo_answers import Answer
from benchmarks.answers.locomo_report import Scored, sheets

ARGUMENTS = Namespace(model="tiny", memory="extractive", context_tokens=300)


def scored(method: str, f1s: Sequence[float]) -> Iterator[Scored]:
    """The scores of one method, question by question."""
    for number, f1 in enumerate(f1s):
        answer = Answer("own", f"q{number}", method, "Oslo", False, 1, 0, 1, 1, 1.0, 1, 0.0, ())
        yield Scored(answer, "single-hop", f1, f1, f1, f1, f1, False)


def leads(*given: Scored) -> list[tuple[str, ...]]:
    """The rows that set the memory beside the other methods."""
    return [row for sheet in sheets(given, (), ARGUMENTS) if sheet.columns[0] == "less" for row in sheet.rows]


def test_a_lead_that_every_question_shares_is_certain() -> None:
    assert leads(*scored("bm25", [10, 20, 30]), *scored("memory", [15, 25, 35])) == [("bm25", "+5.0", "+5.0", "+5.0")]


def test_a_lead_that_rests_on_few_questions_may_be_chance() -> None:
    ((method, lead, low, high),) = leads(*scored("full", [50] * 10), *scored("memory", [100, 100, 0, *[50] * 7]))
    assert (method, lead) == ("full", "+5.0")
    assert float(low) < 0 < 5 < float(high)


def test_without_the_memory_nothing_leads() -> None:
    assert leads(*scored("full", [50]), *scored("bm25", [40])) == []
