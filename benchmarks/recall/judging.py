"""What else than a mean share tells how good lists are: any and all of the evidence, its order, how sure a mean is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.recall.evidence import CUTS, Found, shares

TEN: Final = 10
INTERVAL: Final = (2.5, 97.5)
"""The percentiles of a 95 % interval."""

_DRAWS: Final = 2_000
_SEED: Final = 20_260_301


@dataclass(frozen=True, slots=True)
class AtTen:
    """Of a group of questions, 0-1: the share with any and with all of the evidence among ten pages, and the mean
    NDCG@10, each gold page counting 1."""

    any: float
    all: float
    ndcg: float

    @classmethod
    def of(cls, found: Sequence[Sequence[Found | None]]) -> AtTen:
        """Of at least one question, each with a place for every gold page."""
        among = [[page is not None and page.position < TEN for page in pages] for pages in found]
        return cls(
            any=sum(map(any, among)) / len(among),
            all=sum(map(all, among)) / len(among),
            ndcg=sum(map(ndcg, found)) / len(found),
        )


def ndcg(found: Sequence[Found | None]) -> float:
    """NDCG@10 of one question (Jarvelin and Kekalainen, TOIS 2002): twins of a page share its place and count once."""
    places = {page.position for page in found if page is not None and page.position < TEN}
    best = sum(map(_gain, range(min(len(found), TEN))))
    return sum(map(_gain, places)) / best


def interval(found: Sequence[Sequence[Found | None]], cut: str) -> tuple[float, float]:
    """The 95 % interval of the mean share before a cut."""
    return interval_of([shares(pages)[CUTS.index(cut)] for pages in found])


def interval_of(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of at least one value, by bootstrap over values; the same in every run."""
    sample = np.array(values)
    drawn = np.random.default_rng(_SEED).integers(0, len(sample), size=(_DRAWS, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), INTERVAL)
    return float(low), float(high)


def _gain(position: int) -> float:
    return 1.0 / math.log2(position + 2)
