"""Measure which facts of a model are believed: right ones that must survive, wrong ones that must not.

    python -m benchmarks.knowing.model_facts --cases FOLDER [--list]

FOLDER holds `facts_good.jsonl` (`pages` said on `said_on`, and a `fact` that a good model would draw from them) and
`facts_bad.jsonl` (`user_input`, `agent_response`, and a `fact` that does not follow from them). A scripted model
replies with the fact, naming all the pages of its case; no endpoint is asked. Right facts are tried twice: on bare
pages, and on pages that each end in a reply of the assistant that says nothing of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console
from rich.table import Table

from memoryos.analyst.model.analyst import ModelAnalyst
from memoryos.llm.dialect import JsonSchema
from memoryos.llm.model import Message
from memoryos.models import Analysis, Page, Profile

T = TypeVar("T")

NEUTRAL: Final = (
    "Got it, thanks for telling me.",
    "I see. Is there anything I can help you with?",
    "That is good to know, I will keep it in mind.",
    "Alright! Tell me more if you like.",
)
EXIT_USAGE: Final = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A fact, the exchanges it is drawn from, and the kind it is counted under."""

    fact: str
    exchanges: tuple[tuple[str, str], ...]
    said_at: datetime
    kind: str
    owner: str = "user"

    def with_replies(self) -> Case:
        """The same with a reply that says nothing of its own behind each page that has none."""
        exchanges = tuple(
            (said, reply or NEUTRAL[(len(self.fact) + at) % len(NEUTRAL)])
            for at, (said, reply) in enumerate(self.exchanges)
        )
        return Case(self.fact, exchanges, self.said_at, self.kind, self.owner)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a fact was believed, and the reason where it was not."""

    case: Case
    reason: str | None


class ScriptedModel:
    """A model that answers every question with the same object."""

    def __init__(self, answer: dict[str, object]) -> None:
        self._answer = answer

    def structured(
        self,
        messages: Sequence[Message],
        schema: JsonSchema,
        read: Callable[[dict[str, object]], T],
        *,
        max_tokens: int,
    ) -> T:
        return read(self._answer)


def good_cases(folder: Path) -> tuple[Case, ...]:
    return tuple(
        Case(
            row["fact"],
            tuple((page, "") for page in row["pages"]),
            _noon(row.get("said_on")),
            f"{row.get('lang', '')} {row.get('kind', '')}".strip(),
            row.get("owner", "user"),
        )
        for row in _rows(folder / "facts_good.jsonl")
    )


def bad_cases(folder: Path) -> tuple[Case, ...]:
    return tuple(
        Case(
            row["fact"],
            ((row["user_input"], row["agent_response"]),),
            _noon(row.get("said_on")),
            row.get("kind", ""),
            row.get("owner", "user"),
        )
        for row in _rows(folder / "facts_bad.jsonl")
    )


def outcome(case: Case) -> Outcome:
    """What the analyst makes of a model that draws this fact from these pages."""
    at = case.said_at
    pages = [
        Page(seq, f"P{seq}", said, reply, at.strftime("%Y-%m-%d %H:%M:%S"), at, at)
        for seq, (said, reply) in enumerate(case.exchanges, start=1)
    ]
    told = {"about": case.owner, "fact": case.fact, "pages": [*range(1, len(pages) + 1)], "replaces": 0}
    read: Analysis = ModelAnalyst(ScriptedModel({"facts": [told], "traits": []})).analyse(
        Profile("", (), "model"), (), pages
    )
    return Outcome(case, None if read.facts else next(iter(read.refused), "unnamed"))


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the cases are missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--list", action="store_true", help="name the facts that went the wrong way")
    arguments = parser.parse_args(argv)
    try:
        good, bad = good_cases(arguments.cases), bad_cases(arguments.cases)
    except OSError as error:
        Console(stderr=True).print(f"model_facts: {error}", soft_wrap=True)
        return EXIT_USAGE
    console = Console(highlight=False, soft_wrap=True)
    measured = {
        "right ones believed, bare pages": [outcome(case) for case in good],
        "right ones believed, neutral replies": [outcome(case.with_replies()) for case in good],
        "wrong ones refused": [outcome(case) for case in bad],
    }
    for name, outcomes in measured.items():
        console.print(_table(name, outcomes))
    if arguments.list:
        for name, outcomes in measured.items():
            _list(console, name, outcomes)
    return 0


def _table(name: str, outcomes: Iterable[Outcome]) -> Table:
    wanted = "refused" in name
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for each in outcomes:
        right = (each.reason is not None) == wanted
        by_kind[each.case.kind or "all"].append(right)
        by_kind["TOTAL"].append(right)
    table = Table("kind", "right", "of", "%", title=name)
    for kind in sorted(by_kind, key=lambda kind: (kind == "TOTAL", kind)):
        rights = by_kind[kind]
        table.add_row(kind, str(sum(rights)), str(len(rights)), f"{100 * sum(rights) / len(rights):.0f}")
    return table


def _list(console: Console, name: str, outcomes: Iterable[Outcome]) -> None:
    for each in outcomes:
        if (each.reason is not None) != ("refused" in name):
            said = " / ".join(text for exchange in each.case.exchanges for text in exchange if text)
            console.print(f"{name}: [{each.reason}] {each.case.fact!r} from {said!r}", markup=False)


def _rows(path: Path) -> list[Mapping[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _noon(day: str | None) -> datetime:
    return datetime.fromisoformat(f"{day or '2025-06-11'} 12:00:00").replace(tzinfo=timezone.utc)


if __name__ == "__main__":
    sys.exit(main())
