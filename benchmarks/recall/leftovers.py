"""The share of answers and of their pages that is left within a budget of tokens: pure arithmetic on texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.recall.report import Sheet
from memoryos.language.words import content_words, words

BUDGETS = (200, 350, 500, 1_000, 1_500, 3_000)
"""Budgets: tokens of all pages of a reply as JSON."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of a page of the data."""

    page: str
    text: str


@dataclass(frozen=True, slots=True)
class Gold:
    """The texts of the pages that answer a question, by id, and the words that show that the answer is there."""

    texts: Mapping[str, str]
    told_by: frozenset[str]

    @classmethod
    def of(cls, question: str, answer: str, texts: Mapping[str, str]) -> Gold:
        """The words are the answer's content words that stand in the pages and not in the question."""
        held = frozenset(word for text in texts.values() for word in words(text))
        return cls(texts, frozenset(content_words(answer)).difference(words(question)) & held)

    def answer_left(self, kept: Sequence[Kept]) -> float | None:
        """The share of the answer that stands in what was kept of the pages; None where no word tells it."""
        said = frozenset(word for each in kept if each.page in self.texts for word in words(each.text))
        return len(self.told_by & said) / len(self.told_by) if self.told_by else None

    def pages_kept(self, kept: Sequence[Kept]) -> float:
        """The share of the pages of which something was kept."""
        return len(self.texts.keys() & {each.page for each in kept}) / len(self.texts)


@dataclass(frozen=True, slots=True)
class Left:
    """What one way left for one question within one budget."""

    set_name: str
    way: str
    budget: int
    answer: float | None
    pages: float


def summary(left: Sequence[Left]) -> list[dict[str, object]]:
    """The averages as JSON, in per cent: a record for each set, way and budget."""
    groups: dict[tuple[str, str, int], list[Left]] = {}
    for each in left:
        groups.setdefault((each.set_name, each.way, each.budget), []).append(each)
    return [
        {
            "set": set_name,
            "way": way,
            "budget": budget,
            "questions": len(group),
            "answers": len(told := [each.answer for each in group if each.answer is not None]),
            "answer_left": round(fmean(told) * 100, 2) if told else None,
            "gold_pages_kept": round(fmean(each.pages for each in group) * 100, 2),
        }
        for (set_name, way, budget), group in groups.items()
    ]


def sheets(records: Sequence[Mapping[str, object]]) -> list[Sheet]:
    """The averages as tables, a column for each budget."""
    return [
        _sheet("Answer left, %", "answer_left", records),
        _sheet("Gold pages kept, at least a part, %", "gold_pages_kept", records),
    ]


def _sheet(title: str, figure: str, records: Sequence[Mapping[str, object]]) -> Sheet:
    rows: dict[tuple[str, str], list[str]] = {}
    for record in records:
        value = record[figure]
        cells = rows.setdefault((str(record["set"]), str(record["way"])), [])
        cells.append(f"{value:.1f}" if isinstance(value, float) else "")
    return Sheet(
        title,
        ("set", "way", *(f"{budget:,}t" for budget in BUDGETS)),
        tuple((*names, *cells) for names, cells in rows.items()),
        names=2,
    )
