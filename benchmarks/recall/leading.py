"""How far a method leads over the best of others, by set and by kind of talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from types import MappingProxyType
from typing import Final

from benchmarks.recall.evidence import CUTS, shares
from benchmarks.recall.findings import Finding, grouped
from benchmarks.recall.judging import interval_of
from benchmarks.recall.report import Sheet

KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "two people's chats": ("locomo",),
        "a user and an assistant": ("realmem",),
        "a year of messages": ("lifebench_zh",),
        "memories that fit a talk": ("madial_en", "madial_zh"),
        "who says what of themselves": ("xpersona_fr", "xpersona_id", "xpersona_zh"),
    }
)
"""The sets by the kind of talk that they hold: sets of one kind say the same of a weight."""

OTHERS: Final = ("bm25", "dense", "fusion", "two_stage")
CUT: Final = "@10"

Scores = Mapping[str, Mapping[str, float]]
"""By set the mean recall among ten pages of each method, in per cent."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What a method has more than the best other one, in points, with the 95 % interval of that over questions."""

    over: str
    points: float
    low: float
    high: float

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[Finding]], method: str) -> Lead:
        """The lead in one set, from what each method found for the same questions in the same order."""
        values = {name: values_of(rows[name]) for name in (method, *OTHERS) if name in rows}
        best = max((name for name in OTHERS if name in values), key=lambda name: fmean(values[name]))
        differences = [ours - theirs for ours, theirs in zip(values[method], values[best], strict=True)]
        low, high = interval_of(differences)
        return cls(best, fmean(differences) * 100, low * 100, high * 100)


def values_of(findings: Sequence[Finding]) -> list[float]:
    """For each question the share of its evidence among ten pages."""
    return [shares(finding.found)[CUTS.index(CUT)] for finding in findings]


def scores(findings: Sequence[Finding]) -> dict[str, dict[str, float]]:
    """The `Scores` of some findings."""
    found: dict[str, dict[str, float]] = {}
    for (set_name, method), group in grouped(findings).items():
        found.setdefault(set_name, {})[method] = fmean(values_of(group)) * 100
    return found


def by_kind(found: Scores, method: str, sets: Sequence[str]) -> float:
    """The mean of a method over the sets of a kind."""
    return fmean(found[name][method] for name in sets)


def best_of_others(found: Scores, sets: Sequence[str]) -> float:
    """The mean over the sets of a kind of the best other method in each."""
    return fmean(max(found[name][other] for other in OTHERS if other in found[name]) for name in sets)


def kinds_in(sets: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The kinds of which there are sets, with these."""
    there = {kind: tuple(name for name in names if name in sets) for kind, names in KINDS.items()}
    return {kind: names for kind, names in there.items() if names}


def lead_sheet(findings: Sequence[Finding], method: str) -> Sheet:
    """A method's lead in each set, and on the mean of the sets of each kind."""
    rows: dict[str, dict[str, list[Finding]]] = {}
    for (set_name, name), group in grouped(findings).items():
        rows.setdefault(set_name, {})[name] = group
    found = scores(findings)
    lines = []
    for kind, sets in kinds_in(rows).items():
        of_kind = by_kind(found, method, sets) - best_of_others(found, sets)
        for set_name in sets:
            lead = Lead.of(rows[set_name], method)
            interval = f"{lead.low:+.1f} to {lead.high:+.1f}"
            lines.append((kind, set_name, lead.over, f"{lead.points:+.1f}", interval, f"{of_kind:+.1f}"))
    columns = ("kind of talk", "set", "best other method", "lead @10", "95 %", "lead of the kind")
    return Sheet(f"Lead of {method} over the best of {', '.join(OTHERS)}, points @10", columns, tuple(lines), names=3)
