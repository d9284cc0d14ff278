"""Which of the good pages stand first, where a reader pays for each by its length.

Two things are known of a list that its scores do not know. The best talk fills it: of pages as long as an assistant's
answers, four of one talk are all that a reply of 1,500 tokens holds. And of two pages about as good the shorter one
leaves room for another. Neither matters to pages of a few lines, of which ten fit whatever their order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SPREAD_PAGES: Final = 40
"""So many of the best are put in order; those below keep theirs."""

FREE_TOKENS: Final = 500
"""What a talk may take before its further pages count less: a third of a reply."""

PER_THOUSAND: Final = 0.3
"""How much less of the best page's score, for each 1,000 tokens more. Pages of a few lines never come so far: on
LoCoMo, MADial and XPersona 0.1 to 0.3 move no figure of `benchmarks/recall.py` by more than 0.2; RealMem's, with ten
times their length, gain 1 point among ten pages and in 1,500 tokens."""

MOST_TOKENS: Final = 1_500
"""A longer page is cut to what fits a reply of the default size."""

PER_PAGE: Final = 0.02
"""How much less of the best page's score, for each page of its talk above it, where a query asks for all that there is.
Of 92 such questions of LoCoMo 66.2 % of the evidence stands among ten pages then, 63.9 before; twice or five times as
much loses in 3,000 tokens, where a talk holds several answers."""

TENS: Final = 10
SHORT_TOKENS: Final = 160
PER_DOUBLING: Final = 0.1
"""Within each ten of the list a page longer than a tenth of a reply counts so much less for each time that its length
doubles. What is among the ten stays so. RealMem's recall in 500 and 1,500 tokens gains 4 points, LifeBench's 0.2."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate as its place in the list depends on it: the score 0-1, its talk, and its tokens."""

    score: float
    talk: int
    tokens: float

    @property
    def cost(self) -> float:
        """The tokens that it takes of a reply, which shows no more of a page."""
        return min(self.tokens, MOST_TOKENS)


def spread(pages: Sequence[Placed], *, collects: bool = False) -> list[int]:
    """The positions of pages, which come best first, in the order in which a reader gets most for what it pays.

    Where a query `collects` what many talks tell a part of, each page of a talk makes the next one of it worth less.
    """
    per_page = PER_PAGE if collects else 0.0
    order, above = _over_talks(pages[:SPREAD_PAGES], per_page)
    order += range(len(order), len(pages))

    def worth(position: int) -> float:
        return _worth(pages[position]) - per_page * above.get(position, 0)

    return [
        position
        for start in range(0, len(order), TENS)
        for position in sorted(order[start : start + TENS], key=lambda position: -worth(position))
    ]


def _over_talks(pages: Sequence[Placed], per_page: float) -> tuple[list[int], dict[int, int]]:
    """Always the best next one, where what its talk has taken already makes it worth less; and how many pages of its
    talk stand above each."""
    left = list(range(len(pages)))
    taken: dict[int, float] = {}
    pages_of: dict[int, int] = {}
    above: dict[int, int] = {}

    def worth(position: int) -> float:
        page = pages[position]
        long = PER_THOUSAND * max(0.0, taken.get(page.talk, 0.0) - FREE_TOKENS) / 1000
        return page.score - long - per_page * pages_of.get(page.talk, 0)

    while left:
        best = max(left, key=worth)
        left.remove(best)
        talk = pages[best].talk
        above[best] = pages_of.get(talk, 0)
        pages_of[talk] = above[best] + 1
        taken[talk] = taken.get(talk, 0.0) + pages[best].cost
    return [*above], above


def _worth(page: Placed) -> float:
    return page.score - PER_DOUBLING * math.log2(max(1.0, page.cost / SHORT_TOKENS))
