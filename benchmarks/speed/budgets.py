"""What was measured beside what is promised, each as a ratio to something measured in the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.recall.report import Sheet
from benchmarks.speed.footprint import MB
from benchmarks.speed.measuring import Adds, Openings, Retrievals, Starts

START_RATIO = 1.3
FIRST_RETRIEVE_SECONDS = 1.5
IDLE_ADD_RATIO, BUSY_ADD_RATIO = 2.0, 8.0
ADD_P99_MS = 50.0
FLAT_RATIO = 1.3
"""The largest ratio of an add at the largest size to one at the smallest. The promise is 1; the rest is for noise."""
RETRIEVE_RATIO = {10_000: 1.4, 100_000: 1.8, 1_000_000: 3.0}
"""Of a retrieval to a server that only embeds the query, by the number of pages up to which it holds."""
HTTP_EXTRA_MS = 5.0
"""Milliseconds that a call may take longer over HTTP than over stdio."""
MEMORY_MB = {100_000: 450.0, 1_000_000: 2_500.0}
OPENING_SECONDS = 6.0
"""From the start of a process to its first recall answered, at a million pages."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line: what, the figure, what it is compared to, the ratio of both, and the ratio that is promised, if any."""

    what: str
    value: float
    unit: str
    against: str
    reference: float
    budget: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.reference

    @property
    def kept(self) -> bool | None:
        return None if self.budget is None else self.ratio <= self.budget

    def record(self) -> dict[str, object]:
        """The line as JSON."""
        return {
            "what": self.what,
            "value": round(self.value, 3),
            "unit": self.unit,
            "against": self.against,
            "reference": round(self.reference, 3),
            "ratio": round(self.ratio, 3),
            "budget": self.budget,
            "kept": self.kept,
        }


def start_lines(starts: Starts) -> list[Measured]:
    """The median start against the median start of a bare server, and the first retrieval against its limit."""
    pairs = (
        ("start to initialize answered", starts.initialize, starts.bare_initialize),
        ("start to server/discover answered", starts.discover, starts.bare_discover),
    )
    lines = [
        Measured(what, milliseconds(ours, 50), "ms", "bare server", milliseconds(bare, 50), START_RATIO)
        for what, ours, bare in pairs
    ]
    first = milliseconds(starts.first_retrieve, 50)
    return [
        *lines,
        Measured("start to first retrieve answered", first, "ms", "limit", FIRST_RETRIEVE_SECONDS * 1000, 1.0),
    ]


def add_lines(pages: int, adds: Adds) -> list[Measured]:
    """Adds against a bare tool call and one fsync, and their slowest against its limit."""
    bare = milliseconds(adds.bare_call, 50) + milliseconds(adds.fsync, 50)
    lines = []
    for state, seconds, budget in (("idle", adds.idle, IDLE_ADD_RATIO), ("busy", adds.busy, BUSY_ADD_RATIO)):
        what = f"add_memory at {pages:,} pages, background {state}"
        lines.append(Measured(f"{what}, p50", milliseconds(seconds, 50), "ms", "bare call + fsync", bare, budget))
        lines.append(Measured(f"{what}, p95", milliseconds(seconds, 95), "ms", "bare call + fsync", bare))
        lines.append(Measured(f"{what}, p99", milliseconds(seconds, 99), "ms", "limit", ADD_P99_MS, 1.0))
    lines.append(_http_line(f"add_memory at {pages:,} pages", adds.idle, adds.over_http))
    return lines


def opening_lines(pages: int, openings: Sequence[Openings]) -> list[Measured]:
    """The median first recall after a start, and the first that compares meaning, against the limit at most pages."""
    return [
        Measured(
            f"start to {what} at {pages:,} pages", milliseconds(seconds, 50), "ms", "limit", OPENING_SECONDS * 1e3, 1.0
        )
        for what, seconds in (
            ("first recall", [each.first for each in openings]),
            ("first recall by meaning", [each.by_meaning for each in openings]),
        )
    ]


def _http_line(what: str, stdio: Sequence[float], http: Sequence[float]) -> Measured:
    reference = milliseconds(stdio, 50) + HTTP_EXTRA_MS
    return Measured(f"{what}, over HTTP, p50", milliseconds(http, 50), "ms", "stdio + 5 ms", reference, 1.0)


def flat_line(by_size: Mapping[int, Adds]) -> Measured | None:
    """The add at the largest size against the add at the smallest; None with one size."""
    smallest, largest = min(by_size), max(by_size)
    if smallest == largest:
        return None
    return Measured(
        f"add_memory p50 at {largest:,} pages",
        milliseconds(by_size[largest].idle, 50),
        "ms",
        f"at {smallest:,} pages",
        milliseconds(by_size[smallest].idle, 50),
        FLAT_RATIO,
    )


def retrieve_lines(pages: int, retrievals: Retrievals) -> list[Measured]:
    """Retrievals against a server that only embeds the query."""
    what, against = f"retrieve_memory at {pages:,} pages", "a server that only embeds"
    least = milliseconds(retrievals.least, 50)
    budgets = {50: _allowed(RETRIEVE_RATIO, pages)}
    return [
        *(
            Measured(
                f"{what}, p{rank}", milliseconds(retrievals.retrieve, rank), "ms", against, least, budgets.get(rank)
            )
            for rank in (50, 95, 99)
        ),
        _http_line(what, retrievals.retrieve, retrievals.over_http),
    ]


def memory_line(pages: int, resident: int) -> Measured:
    """The server's memory after all of these calls."""
    limit = _allowed(MEMORY_MB, pages)
    return Measured(f"server's memory at {pages:,} pages", resident / MB, "MB", "limit", limit, 1.0)


def sheet(lines: Sequence[Measured]) -> Sheet:
    """The lines as a table."""
    return Sheet(
        "Budgets",
        ("what", "measured", "against", "reference", "ratio", "budget", "kept"),
        tuple(
            (
                line.what,
                _figure(line.value, line.unit),
                line.against,
                _figure(line.reference, line.unit),
                f"{line.ratio:.2f}",
                "" if line.budget is None else f"{line.budget:g}",
                {True: "yes", False: "NO", None: ""}[line.kept],
            )
            for line in lines
        ),
    )


def milliseconds(seconds: Sequence[float], percentile: float) -> float:
    """A percentile of some times."""
    return float(np.percentile(seconds, percentile)) * 1000


def _figure(value: float, unit: str) -> str:
    return f"{value:.{1 if value >= 1 else 2}f} {unit}"


def _allowed(limits: Mapping[int, float], pages: int) -> float:
    """The limit of the smallest size that is at least `pages`, of the largest beyond all."""
    return limits[min((size for size in limits if pages <= size), default=max(limits))]
