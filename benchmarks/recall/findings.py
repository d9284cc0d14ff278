"""What each method found for each question, and the averages of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.recall.evidence import CUTS, Found, Shares, average, share_within, shares
from benchmarks.recall.judging import AtTen, interval
from benchmarks.recall.report import Sheet

SETS_WITH_CATEGORIES = ("locomo",)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one method found for one question."""

    set_name: str
    conversation: str
    question: str
    category: str
    method: str
    found: tuple[Found | None, ...]
    seconds: float
    reply_tokens: float

    def record(self) -> dict[str, object]:
        """The finding as JSON: for each gold page its rank from 1 and the tokens down to it."""
        return {
            "set": self.set_name,
            "conversation": self.conversation,
            "question": self.question,
            "category": self.category,
            "method": self.method,
            "ranks": [None if page is None else page.position + 1 for page in self.found],
            "tokens": [None if page is None else page.tokens for page in self.found],
            "milliseconds": round(self.seconds * 1000, 2),
            "reply_tokens": round(self.reply_tokens),
        }


@dataclass(frozen=True, slots=True)
class Average:
    """A method's recall over a group of questions, and what its answers took."""

    questions: int
    shares: Shares
    p50_ms: float
    p95_ms: float
    reply_tokens: float

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Average:
        """The average of at least one finding."""
        p50, p95 = np.percentile([finding.seconds * 1000 for finding in findings], (50, 95))
        return cls(
            questions=len(findings),
            shares=average(shares(finding.found) for finding in findings),
            p50_ms=float(p50),
            p95_ms=float(p95),
            reply_tokens=float(np.mean([finding.reply_tokens for finding in findings])),
        )

    def record(self) -> dict[str, object]:
        """The average as JSON, recall in per cent."""
        return {
            "questions": self.questions,
            "recall": {cut: round(share * 100, 2) for cut, share in zip(CUTS, self.shares, strict=True)},
            "p50_ms": round(self.p50_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
            "reply_tokens": round(self.reply_tokens),
        }


def grouped(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """Findings by set and method, in order of appearance."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.set_name, finding.method), []).append(finding)
    return groups


def by_category(findings: Iterable[Finding]) -> dict[str, Average]:
    """The averages of each category of question, by name."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.category, []).append(finding)
    return {category: Average.of(group) for category, group in sorted(groups.items())}


def summary(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """All averages as JSON: a record for each set and method, with its categories."""
    return [
        {
            "set": set_name,
            "method": method,
            **Average.of(group).record(),
            **_judged(group),
            "by_category": {category: each.record() for category, each in by_category(group).items()},
        }
        for (set_name, method), group in grouped(findings).items()
    ]


INTERVAL_CUTS = ("@10", "1500t")
"""The cuts whose means are told with their intervals."""


def _judged(group: Sequence[Finding]) -> dict[str, object]:
    """Any, all and NDCG at ten pages and the intervals of a group as JSON, in per cent."""
    found = [finding.found for finding in group]
    at_ten = AtTen.of(found)
    return {
        "at_ten": {name: round(getattr(at_ten, name) * 100, 2) for name in ("any", "all", "ndcg")},
        "interval_95": {cut: [round(end * 100, 2) for end in interval(found, cut)] for cut in INTERVAL_CUTS},
    }


def _judged_sheet(groups: Mapping[tuple[str, str], Sequence[Finding]]) -> Sheet:
    rows = []
    for (set_name, method), group in groups.items():
        found = [finding.found for finding in group]
        at_ten = AtTen.of(found)
        between = (interval(found, cut) for cut in INTERVAL_CUTS)
        rows.append(
            (
                set_name,
                method,
                *map(_percent, (at_ten.any, at_ten.all, at_ten.ndcg)),
                *(f"{_percent(low)} to {_percent(high)}" for low, high in between),
            )
        )
    return Sheet(
        "Among ten pages, %: questions with any and with all of their evidence, NDCG; 95 % intervals of the means",
        ("set", "method", "any", "all", "NDCG@10", *(f"{cut}, 95 %" for cut in INTERVAL_CUTS)),
        tuple(rows),
        names=2,
    )


def sheets(findings: Iterable[Finding]) -> list[Sheet]:
    """The averages as tables: two for all sets, and one a set whose categories are worth telling apart."""
    groups = grouped(findings)
    overall = [(name, Average.of(group)) for name, group in groups.items()]
    tables = [
        Sheet(
            "Evidence recall, %",
            ("set", "method", "questions", *CUTS, "p50 ms", "p95 ms", "reply tokens"),
            tuple(
                (
                    set_name,
                    method,
                    str(each.questions),
                    *map(_percent, each.shares),
                    f"{each.p50_ms:.1f}",
                    f"{each.p95_ms:.1f}",
                    f"{each.reply_tokens:,.0f}",
                )
                for (set_name, method), each in overall
            ),
            names=2,
        ),
        _judged_sheet(groups),
    ]
    for set_name in SETS_WITH_CATEGORIES:
        of_set = {method: by_category(group) for (name, method), group in groups.items() if name == set_name}
        if of_set:
            tables.append(_category_sheet(set_name, of_set))
    return tables


def curve(findings: Sequence[Finding], budgets: Sequence[float]) -> list[float]:
    """The mean share of the gold pages within each budget of tokens, in per cent."""
    return [float(np.mean([share_within(f.found, budget) for f in findings])) * 100 for budget in budgets]


def _category_sheet(set_name: str, of_set: Mapping[str, Mapping[str, Average]]) -> Sheet:
    return Sheet(
        f"{set_name} by category, %",
        ("method", "category", "questions", *CUTS),
        tuple(
            (method, category, str(each.questions), *map(_percent, each.shares))
            for method, categories in of_set.items()
            for category, each in categories.items()
        ),
        names=2,
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f}"
