"""Ranking with one signal switched off at a time, and what recall each then costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from benchmarks.recall.evidence import CUTS
from benchmarks.recall.findings import Average, Finding, grouped
from benchmarks.recall.report import Sheet
from memoryos.retrieval.scoring import TalkWeights, Weights

WHOLE: Final = "hybrid"
"""The name of the ranking with all its signals."""

SHOWN_CUTS: Final = ("@10", "500t", "1500t")


def _both(weights: Weights, change: Callable[[TalkWeights], TalkWeights]) -> Weights:
    return replace(weights, question=change(weights.question), statement=change(weights.statement))


def _without_meaning(weights: Weights) -> Weights:
    silent = _both(weights, lambda talk: replace(talk, meaning=0.0))
    # Confidence says how far words may fall behind meaning; alone, they are measured by their best page.
    return replace(silent, page_meaning=0.0, side_meaning=0.0, confidence=0.0)


_SHIPPED: Final = Weights()

VARIANTS: Final[Mapping[str, Weights]] = MappingProxyType(
    {
        "no meaning": _without_meaning(_SHIPPED),
        "no side meaning": replace(_SHIPPED, side_meaning=0.0),
        "no page meaning": replace(_SHIPPED, page_meaning=0.0),
        "sides alike": replace(_SHIPPED, other_side=1.0),
        "no neighbours": replace(_SHIPPED, previous_words=0.0, next_words=0.0),
        "no talk": _both(_SHIPPED, lambda talk: replace(talk, words=0.0, meaning=0.0)),
        "no opener": _both(_SHIPPED, lambda talk: replace(talk, opener=0.0)),
        "no dates": replace(_SHIPPED, dates=0.0),
        "no names": replace(_SHIPPED, names=0.0),
        "no confidence": replace(_SHIPPED, confidence=0.0),
        "speakers not told": replace(_SHIPPED, speakers=False),
        "meaning trusted everywhere": replace(_SHIPPED, distrust=0.0),
        "statements as questions": replace(_SHIPPED, statement=_SHIPPED.question),
        "no recency": _both(_SHIPPED, lambda talk: replace(talk, recent=0.0)),
    }
)
"""For each signal the weights without it. The candidates stay those of the whole ranking."""


def ablation_sheets(findings: Iterable[Finding]) -> list[Sheet]:
    """For each cut a table: the whole ranking's recall in every set, and how far each variant lies from it."""
    averages = {group: Average.of(each) for group, each in grouped(findings).items()}
    sets = tuple(dict.fromkeys(set_name for set_name, _ in averages))
    variants = tuple(dict.fromkeys(method for _, method in averages if method != WHOLE))
    return [_sheet(cut, sets, variants, averages) for cut in SHOWN_CUTS]


def _sheet(
    cut: str, sets: tuple[str, ...], variants: tuple[str, ...], averages: Mapping[tuple[str, str], Average]
) -> Sheet:
    column = CUTS.index(cut)

    def percent(set_name: str, method: str) -> float:
        return averages[set_name, method].shares[column] * 100

    whole = (WHOLE, *(f"{percent(name, WHOLE):.1f}" for name in sets))
    differences = (
        (variant, *(_signed(percent(name, variant) - percent(name, WHOLE)) for name in sets)) for variant in variants
    )
    return Sheet(f"{cut}, %: whole, and the difference without one signal", ("ranking", *sets), (whole, *differences))


def _signed(difference: float) -> str:
    text = f"{difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text
