"""Measure whether what somebody asks of themselves is found in other words and languages than it was told in.

    python -m benchmarks.knowing.questions_of_a_person --cases FOLDER [--embedder NAME] [--list]

FOLDER holds `questions_heldout.jsonl` (`told` in the language `told_lang`, a `question` for it in the language `lang`;
one without `told` asks for nothing of the person) and `questions_noise.jsonl` (a `text` in the language `lang` that
tells nothing of that kind). Each memory has up to six things told, of six kinds, among eighteen of the others.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.knowing.memories import Filled, Memories, Said

CASES: Final = "questions_heldout.jsonl"
NOISE: Final = "questions_noise.jsonl"
TOLD_AT_ONCE: Final = 6
NOISE_AT_ONCE: Final = 18
STRANGERS_AT_ONCE: Final = 20
"""Questions for nothing of the person that each memory is asked."""
EXIT_USAGE: Final = 2

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question brought."""

    row: Row
    place: int | None
    is_said_to_bear: bool
    brings_its_fact: bool
    brings_a_fact: bool


def measured(memories: Memories, cases: Sequence[Row], noise: Sequence[Row]) -> Iterator[Outcome]:
    """Ask all questions, each of a memory in which it was told."""
    strangers = [row for row in cases if not row["told"]]
    for number, (language, told) in enumerate(_groups([row for row in cases if row["told"]])):
        chance = random.Random(number)
        others = sorted(noise, key=lambda row: row["lang"] != language)[:NOISE_AT_ONCE]
        said = [Said(row["text"], "Okay.") for row in others] + [Said(row["told"], "Okay.") for row in told]
        chance.shuffle(said)
        with memories.filled(said) as filled:
            asked = [*told, *islice(strangers[number % 5 :: 5], STRANGERS_AT_ONCE)]
            yield from (_outcome(filled, row) for row in asked)


def _outcome(filled: Filled, row: Row) -> Outcome:
    found = filled.memory.retrieve(row["question"])
    texts = [page.page.user_input for page in found.pages]
    facts = [each.knowledge.text for each in found.user_knowledge]
    return Outcome(
        row,
        texts.index(row["told"]) if row["told"] in texts else None,
        found.bears,
        any(fact in row["told"] for fact in facts),
        bool(facts),
    )


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """What one memory is told: things of different kinds, in one language."""
    by_language: dict[str, list[list[Row]]] = defaultdict(list)
    for row in rows:
        groups = by_language[row["told_lang"]]
        fits = (
            each for each in groups if len(each) < TOLD_AT_ONCE and row["slot"] not in {one["slot"] for one in each}
        )
        group = next(fits, None)
        if group is None:
            groups.append(group := [])
        group.append(row)
    for language, groups in by_language.items():
        yield from ((language, group) for group in groups)


def table(outcomes: Sequence[Outcome]) -> Table:
    """By the language of the question, and of the questions for nothing of the person."""
    shown = Table("language", "questions", "first", "of the first three", "said to bear", "its fact", "any fact")
    by_language: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        kind = each.row["lang"] if each.row["told"] else "of nobody"
        by_language[kind].append(each)
        if each.row["told"]:
            by_language["all"].append(each)
    for name in sorted(by_language, key=lambda name: (name == "of nobody", name == "all", name)):
        counts = Counter[str]()
        for each in by_language[name]:
            counts["first"] += each.place == 0
            counts["three"] += each.place is not None and each.place < 3
            counts["bear"] += each.is_said_to_bear
            counts["its"] += each.brings_its_fact and bool(each.row["told"])
            counts["any"] += each.brings_a_fact
        found = (counts[what] for what in ("first", "three", "bear", "its", "any"))
        shown.add_row(name, str(len(by_language[name])), *map(str, found))
    return shown


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the cases are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--embedder", metavar="NAME", help="an embedding_model_name (default: the shipped model)")
    parser.add_argument("--list", action="store_true", help="name the questions whose page is not the first")
    arguments = parser.parse_args(argv)
    try:
        cases, noise = _rows(arguments.cases / CASES), _rows(arguments.cases / NOISE)
    except OSError as error:
        Console(stderr=True).print(f"questions_of_a_person: {error}", soft_wrap=True)
        return EXIT_USAGE
    settings = {} if arguments.embedder is None else {"embedding_model_name": arguments.embedder}
    with Memories(settings) as memories:
        outcomes = [*measured(memories, cases, noise)]
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(table(outcomes))
    if arguments.list:
        for each in outcomes:
            if each.row["told"] and each.place != 0:
                console.print(f"{each.row['lang']} {each.row['slot']}: {each.row['question']} <- {each.row['told']}")
    return 0


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
