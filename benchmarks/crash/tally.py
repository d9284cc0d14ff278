"""What came of a run so far, kept beside it: a run goes on where it ended."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

_FINDINGS: Final = ("lost", "doubled", "back", "unfound", "unsound", "errors")
_COUNTS: Final = ("kills", "memories", "acknowledged", "forgotten", *_FINDINGS, "refused")


@dataclass(slots=True)
class Counts:
    """What one memory was put through, or all of a kind together; `refused` calls were answered so."""

    kills: int = 0
    memories: int = 0
    acknowledged: int = 0
    forgotten: int = 0
    lost: int = 0
    doubled: int = 0
    back: int = 0
    unfound: int = 0
    unsound: int = 0
    errors: int = 0
    refused: int = 0
    slowest_start_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    """All that there is to be known of each finding."""

    @property
    def is_good(self) -> bool:
        return not any(getattr(self, name) for name in _FINDINGS)

    def take_over(self, other: Counts) -> None:
        """Add another memory's."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest_start_seconds = max(self.slowest_start_seconds, other.slowest_start_seconds)
        self.notes += other.notes


@dataclass(slots=True)
class Tally:
    """A run: the memories that are done with by how many processes used each at once, and the one in use."""

    done: dict[int, Counts] = field(default_factory=dict)
    number: int = 1
    current: Counts = field(default_factory=lambda: Counts(memories=1))
    deaths: dict[str, int] = field(default_factory=dict)
    """How many died at each place; "" is a moment."""

    @property
    def kills(self) -> int:
        return self.current.kills + sum(counts.kills for counts in self.done.values())

    @property
    def is_good(self) -> bool:
        return self.current.is_good and all(counts.is_good for counts in self.done.values())

    def conclude(self, processes: int) -> None:
        """Put the memory in use to those that are done with."""
        self.done.setdefault(processes, Counts()).take_over(self.current)
        self.number += 1
        self.current = Counts(memories=1)

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)), "utf-8")
        part.replace(path)

    @staticmethod
    def kept(path: Path) -> Tally:
        """The tally of a run that was begun; a new one where there is none."""
        if not path.exists():
            return Tally()
        said = json.loads(path.read_text("utf-8"))
        done = {int(processes): Counts(**counts) for processes, counts in said["done"].items()}
        return Tally(done, said["number"], Counts(**said["current"]), said["deaths"])


def table(tally: Tally, processes: int) -> str:
    """The run in Markdown; `processes` use the memory that is not done with."""
    columns = {number: Counts(**asdict(counts)) for number, counts in tally.done.items()}
    if tally.current.kills:
        columns.setdefault(processes, Counts()).take_over(tally.current)
    all_ = Counts()
    for counts in columns.values():
        all_.take_over(counts)
    shown = [*((str(number), counts) for number, counts in sorted(columns.items())), ("all", all_)]
    names = (*_COUNTS, "slowest_start_seconds")
    rows = [
        f"| {name.replace('_', ' ')} | {' | '.join(f'{round(getattr(counts, name), 1):,}' for _, counts in shown)} |"
        for name in names
    ]
    places = {place: count for place, count in tally.deaths.items() if place and place != "within COMMIT"}
    within = tally.deaths.get("within COMMIT", 0)
    return "\n".join(
        (
            "# Kills",
            "",
            circumstances(),
            "",
            f"| processes at once | {' | '.join(number for number, _ in shown)} |",
            f"|---|{'---:|' * len(shown)}",
            *rows,
            "",
            f"Of the kills {sum(places.values()):,} came between two steps of a commit, at {len(places)} places, "
            f"{within:,} within COMMIT, and {all_.kills - sum(places.values()) - within:,} at a random moment.",
            "",
            *(f"    {note}" for note in all_.notes),
        )
    )


def circumstances() -> str:
    """The day, the machine and the versions a run was made with."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{datetime.now(timezone.utc):%Y-%m-%d}, {machine}, {versions}."
