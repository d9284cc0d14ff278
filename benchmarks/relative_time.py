"""How often the day that a question means is read out of it: relative dates in several languages.

    python benchmarks/relative_time.py questions.jsonl [--misses]

A line of the file: {"lang", "now", "pages": [{"text", "timestamp"}], "question", "right"}, `right` being the place of
the page that answers. Printed for each language: the share of questions that a time was read in, whose right page lies
in the best reading, in any reading, and in the best reading with no page of another day in it.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from memoryos.language.dates import Span, named_dates

ALL = "all"
"""The name of all languages together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question's times did: whether any was read, held the right page, and held it alone."""

    language: str
    read: bool
    best: bool
    any_reading: bool
    alone: bool
    question: str


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--misses", action="store_true", help="print the questions whose best reading misses")
    options = parser.parse_args(arguments)
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    outcomes = [outcome(json.loads(line)) for line in lines if line.strip()]
    sys.stdout.write(table(outcomes))
    if options.misses:
        sys.stdout.writelines(f"{each.language} {each.question}\n" for each in outcomes if not each.best)
    return 0


def outcome(row: dict[str, Any]) -> Outcome:
    """What is read out of a question of the file."""
    now = _moment(row["now"])
    times = [_moment(page["timestamp"]) for page in row["pages"]]
    right = times[row["right"]]
    spans = [span for span in named_dates(row["question"], now, timezone.utc) if isinstance(span, Span)]
    best = max(spans, key=lambda span: span.confidence, default=None)
    others = [time for time in times if time.date() != right.date()]
    holds = best is not None and best.start <= right <= best.end
    alone = best is not None and holds and not any(best.start <= time <= best.end for time in others)
    within = any(span.start <= right <= span.end for span in spans)
    return Outcome(row["lang"], bool(spans), holds, within, alone, row["question"])


def by_language(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes by language, and at last all of them."""
    groups = collections.defaultdict[str, list[Outcome]](list)
    for each in outcomes:
        groups[each.language].append(each)
        groups[ALL].append(each)
    return dict(sorted(groups.items(), key=lambda entry: (entry[0] == ALL, entry[0])))


def table(outcomes: Iterable[Outcome]) -> str:
    """The shares by language and over all, in percent."""
    lines = ["language  questions  read  best  any  alone\n"]
    for language, group in by_language(outcomes).items():
        counts = [sum(getattr(each, name) for each in group) for name in ("read", "best", "any_reading", "alone")]
        shares = "".join(f"{100 * count / len(group):6.0f}" for count in counts)
        lines.append(f"{language:8}  {len(group):9}{shares}\n")
    return "".join(lines)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


if __name__ == "__main__":
    sys.exit(main())
