"""What each method found for each question, and the averages of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.recall.evidence import CUTS, Found, Shares, average, share_within, shares
from benchmarks.recall.judging import AtTen, interval
from benchmarks.recall.report import Sheet


@dataclass(frozen=True, slots=True)
class Finding:
    """What one method found for one question; nothing for one without an answer in the talk.

    `bears` is whether the method says that something bears on it; None where it says nothing of that.
    """

    set_name: str
    conversation: str
    question: str
    category: str
    method: str
    found: tuple[Found | None, ...]
    seconds: float
    reply_tokens: float
    language: str = ""
    bears: bool | None = None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Finding:
        """The finding of a record."""
        places = zip(record["ranks"], record["tokens"], strict=True)
        return cls(
            set_name=record["set"],
            conversation=record["conversation"],
            question=record["question"],
            category=record["category"],
            method=record["method"],
            found=tuple(None if rank is None else Found(rank - 1, tokens) for rank, tokens in places),
            seconds=record["milliseconds"] / 1000,
            reply_tokens=record["reply_tokens"],
            language=record["language"],
            bears=record["bears"],
        )

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
            "language": self.language,
            "bears": self.bears,
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
    """Findings of questions that have an answer by set and method, in order of appearance."""
    return _groups(findings, lambda finding: (finding.set_name, finding.method))


def by_language(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """The same by language and method."""
    return _groups(findings, lambda finding: (finding.language, finding.method))


def by_category(findings: Iterable[Finding]) -> dict[str, Average]:
    """The averages of each category of question, by name."""
    groups = _groups(findings, lambda finding: (finding.category, ""))
    return {category: Average.of(group) for (category, _), group in sorted(groups.items())}


def _groups(
    findings: Iterable[Finding], group_of: Callable[[Finding], tuple[str, str]]
) -> dict[tuple[str, str], list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.found:
            groups.setdefault(group_of(finding), []).append(finding)
    return groups


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


def judged_sheet(title: str, groups: Mapping[tuple[str, str], Sequence[Finding]], first: str = "set") -> Sheet:
    """For each group what tells lists apart, means with their 95 % intervals: a table fit for a document."""
    rows = []
    for names, group in groups.items():
        found = [finding.found for finding in group]
        at_ten, means = AtTen.of(found), Average.of(group)
        of_cut = {cut: _percent(share) for cut, share in zip(CUTS, means.shares, strict=True)}
        for cut in INTERVAL_CUTS:
            low, high = interval(found, cut)
            of_cut[cut] += f" ({_percent(low)} to {_percent(high)})"
        judged = map(_percent, (at_ten.any, at_ten.all, at_ten.ndcg))
        rows.append((*names, str(len(group)), *of_cut.values(), *judged))
    columns = (first, "method", "questions", *CUTS, "any@10", "all@10", "NDCG@10")
    return Sheet(title, columns, tuple(rows), names=2)


def said_sheet(findings: Sequence[Finding]) -> Sheet | None:
    """How often a memory says that nothing bears on a question; None where no method says anything of that."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.bears is not None:
            groups.setdefault((finding.set_name, finding.method), []).append(finding)
    rows = [
        (*names, *_said([each for each in group if not each.found]), *_said([each for each in group if each.found]))
        for names, group in groups.items()
    ]
    columns = ("set", "method", "without an answer", "said so, %", "with an answer", "said so wrongly, %")
    return Sheet("Said that nothing clearly bears on the question", columns, tuple(rows), names=2) if rows else None


def _said(group: Sequence[Finding]) -> tuple[str, str]:
    nothing = sum(finding.bears is False for finding in group)
    return str(len(group)), _percent(nothing / len(group)) if group else "-"


def sheets(findings: Iterable[Finding]) -> list[Sheet]:
    """The averages as tables: for all sets, for languages, for what is said of questions without an answer, and for
    each set with more than one category."""
    findings = list(findings)
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
        judged_sheet("By set, %, with 95 % intervals", groups),
        judged_sheet("By language, %, with 95 % intervals", by_language(findings), "language"),
    ]
    if said := said_sheet(findings):
        tables.append(said)
    for set_name in dict.fromkeys(name for name, _ in groups):
        of_set = {method: by_category(group) for (name, method), group in groups.items() if name == set_name}
        if any(len(categories) > 1 for categories in of_set.values()):
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
