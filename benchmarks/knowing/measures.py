"""The measures: each takes the lines of one file of cases and says how many held, by language or kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.knowing.memories import FILLERS, Memories, Said

Case = Mapping[str, Any]
"""A line of a file of cases, as its README describes it."""

_BEST_PAGES: Final = 5


@dataclass(slots=True)
class Score:
    """How many cases of each group held, and the texts of those that did not."""

    name: str
    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    all: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: list[str] = field(default_factory=list)

    def count(self, group: str, holds: bool, text: str) -> None:
        """Count one case."""
        self.all[group] += 1
        self.held[group] += holds
        if not holds:
            self.failed.append(f"{group}: {text}")

    def rows(self) -> Iterator[tuple[str, str, int, int]]:
        """(measure, group, held, all) for each group."""
        for group in self.all:
            yield self.name, group, self.held[group], self.all[group]


def read_cases(file: Path) -> list[Case]:
    """The cases of a file; none where it is not there."""
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def statements(memories: Memories, cases: Sequence[Case]) -> Iterable[Score]:
    """Lasting statements of which a fact is known, and others of which none is."""
    found, left = Score("lasting statements found"), Score("other statements left alone")
    for case in cases:
        with memories.filled([Said(case["text"]), *map(Said, FILLERS)]) as filled:
            known = bool(filled.facts())
        score = found if case["lasting"] else left
        score.count(case["lang"], known == case["lasting"], case["text"])
    return found, left


def updates(memories: Memories, cases: Sequence[Case]) -> Iterable[Score]:
    """Outdated facts that are not current any more, new statements above old ones, and pairs of which both hold."""
    gone, known, above, both = (
        Score("the old fact is not current"),
        Score("the new fact is known"),
        Score("the new page is above the old one"),
        Score("both of two statements stay"),
    )
    for case in cases:
        pages = [Said(case["old"]), Said(FILLERS[0]), Said(case["new"]), Said(FILLERS[1])]
        with memories.filled(pages) as filled:
            if case.get("both"):
                kept = bool(filled.facts_of(0) and filled.facts_of(2))
                both.count(case["lang"], kept, f"{case['old']} / {case['new']}: {filled.facts()}")
                continue
            facts = filled.facts()
            gone.count(case["lang"], not any(_has(fact, case["old_has"]) for fact in facts), f"{case['new']}: {facts}")
            known.count(case["lang"], any(_has(fact, case["new_has"]) for fact in facts), f"{case['new']}: {facts}")
            listed = [ranked.page.id for ranked in filled.memory.retrieve(case["question"], _BEST_PAGES).pages]
            above.count(case["lang"], _is_above(filled.ids[2], filled.ids[0], listed), case["question"])
    return gone, known, above, both


def coverage(memories: Memories, cases: Sequence[Case], name: str) -> Iterable[Score]:
    """What a careful person would note of a talk and the memory knows: in a fact or in the profile."""
    score = Score(name)
    for case in cases:
        pages = [Said(page["user_input"], page["agent_response"], page.get("timestamp")) for page in case["pages"]]
        with memories.filled(pages, short_term_capacity=10) as filled:
            card = filled.card()
        for known in case["known"]:
            score.count(case["id"], any(_has(card, wanted) for wanted in known["has"]), known["what"])
    return (score,)


def cascade(memories: Memories, cases: Sequence[Case]) -> Iterable[Score]:
    """Facts that stood on one that ended and are not current any more, and facts beside them that still are.

    Of the pages the second stands on the first, the third on nothing, and the last ends the first. Only what was known
    before the end counts.
    """
    fell, stayed = Score("what stood on it is not current"), Score("what stood on nothing stays")
    for case in cases:
        pages = [Said(page["text"], timestamp=page["timestamp"]) for page in case["pages"]]
        with memories.filled(pages[:-1]) as before:
            known = [bool(before.facts_of(1)), bool(before.facts_of(2))]
        with memories.filled(pages) as after:
            current = [bool(after.facts_of(1)), bool(after.facts_of(2))]
        if known[0]:
            fell.count(case["lang"], not current[0], f"{case['ended']} / {pages[-1].user}")
        if known[1]:
            stayed.count(case["lang"], current[1], f"{case['still']} / {pages[-1].user}")
    return fell, stayed


MEASURES: Final[Mapping[str, Callable[[Memories, Sequence[Case]], Iterable[Score]]]] = {
    "statements": statements,
    "updates": updates,
    "talk30": lambda memories, cases: coverage(memories, cases, "of 15 things in a talk of 30 exchanges"),
    "questions60": lambda memories, cases: coverage(memories, cases, "of 10 facts among 60 questions"),
    "cascade": cascade,
}
"""The measure of each file of cases, by its name without .jsonl."""


def _has(text: str, wanted: str) -> bool:
    return wanted.casefold() in text.casefold()


def _is_above(one: str, other: str, listed: Sequence[str]) -> bool:
    return one in listed and (other not in listed or listed.index(one) < listed.index(other))
