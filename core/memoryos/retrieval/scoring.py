"""The score of candidate pages: words, meaning, the talk around them, names and dates, added up.

Words and meaning are brought to about 0-1 over the candidates first, so that the weights hold for ten pages and for a
hundred thousand. The weights are round numbers chosen on all sets of `benchmarks/recall.py` together; its `--ablate`
prints what each signal is worth, and `benchmarks/tune.py` what weights chosen without a conversation reach on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.language.dates import AFTER, BEFORE, Order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Vector
    from memoryos.retrieval.page_index import Outlines
    from memoryos.retrieval.query import Speaker
    from memoryos.storage.index_rows import SideVectors

    Signal = NDArray[np.float32]
    """One number for each candidate: float32[n]."""

ZERO_RANK: Final = 100
"""The candidate of this rank (of half the pages, if there are fewer, but the second at least) is where similarity
begins to count."""

TALK_REACH: Final = 10
"""A page lends to the pages of its talk that are at most so far away."""

SHORT_TALK_PAGES: Final = 2
SHORT_TALK_OPENER: Final = 0.5
"""In a talk of one or two pages none opens it more than the other."""

RECENT_SHARE: Final = 0.2
"""Recency falls to 1/e over this share of all pages."""

GOOD_SHARE: Final = 0.6
ORDER_WEIGHT: Final = 0.15
"""Pages that score so much of the best one are told apart by time, by this share of its score, where first or last is
asked for."""

_TINY: Final = np.finfo(np.float32).tiny

_K1: Final = 1.2
_B: Final = 0.75


@dataclass(frozen=True, slots=True)
class TalkWeights:
    """What a page gets from its talk: from the best page nearby, for opening it, and for being recent."""

    words: float
    meaning: float
    opener: float
    recent: float


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts, the words of a page counting 1.

    `page_meaning` and `side_meaning`: the vector of the page and of its better side; `other_side`: the share that is
    left to the side of a speaker whom the query does not name. `previous_words`, `next_words`: what the page before
    and after lend. `names`, `dates`: those of the query in the page. `confidence`: how far words are measured by half
    a full match and not by the best candidate, so that the best chance match of a query whose words nobody used does
    not look like an answer. `distrust`: how fast trust in meaning falls with tokens the model does not know.
    `speakers`: whether names that the speakers call each other are told from other words.
    A question asks for one page (`question`); who talks instead means the talk that it continues (`statement`).
    """

    page_meaning: float = 0.4
    side_meaning: float = 1.0
    other_side: float = 0.5
    previous_words: float = 0.6
    next_words: float = 0.2
    names: float = 1.0
    dates: float = 4.0
    confidence: float = 0.4
    distrust: float = 1.0
    speakers: bool = True
    question: TalkWeights = TalkWeights(words=0.8, meaning=0.4, opener=0.4, recent=0.0)
    statement: TalkWeights = TalkWeights(words=4.0, meaning=1.0, opener=1.0, recent=0.3)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A time that the query names, and the weight of lying in it; of one `around` a moment, the more the nearer."""

    start: datetime
    end: datetime
    weight: float
    around: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """How candidates match the query's words: `bm25` as it comes, `full` the most that a page with all of them could
    get, `held` the most with those that stand in any page, `names` the share 0-1 of the names in the query that stand
    in the page, `hits` bool[m, n] which words do."""

    bm25: Signal
    full: float
    held: float
    names: Signal
    hits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """The weighted parts of each candidate's score, and how far they count (`told` 0-1)."""

    words: Signal
    meaning: Signal
    neighbours: Signal
    talk: Signal
    dates: Signal
    told: Signal

    @property
    def total(self) -> Signal:
        """The score, 1 for the best candidate."""
        total = self.told * (self.words + self.meaning + self.neighbours + self.talk + self.dates)
        best = float(total.max(initial=0.0))
        return np.asarray(total / best if best > 0 else total, dtype=np.float32)


def match_words(
    outlines: Outlines,
    stems: NDArray[np.uint32],
    weights: Signal,
    is_name: NDArray[np.bool_],
    absent: float = 0.0,
) -> Words:
    """BM25 of candidates for weighted stems, each against the candidates' average length.

    `absent` is the weight of words that are asked for and stand in no page: what matches the others alone is no full
    match.
    """
    count = len(outlines.seqs)
    hits = np.zeros((len(stems), count), dtype=bool)
    bm25 = np.zeros(count)
    if count:
        normal = _K1 * (1 - _B + _B * outlines.lengths / max(1.0, int(outlines.lengths.sum()) / count))
        for hit, stem, weight in zip(hits, stems, weights, strict=True):
            rows, counts = outlines.having(stem)
            hit[rows] = True
            bm25[rows] += weight * counts * (_K1 + 1) / (counts + normal[rows])
    return Words(
        bm25=bm25.astype(np.float32),
        full=(float(weights.sum()) + absent) * (_K1 + 1),
        held=float(weights.sum()) * (_K1 + 1),
        names=(hits[is_name].sum(axis=0) / max(1, int(is_name.sum()))).astype(np.float32),
        hits=hits,
    )


def relative_words(bm25: Signal, full: float, trust: float, weights: Weights) -> Signal:
    """How well the words match, 1 for the best or, as far as meaning is trusted (`trust` 0-1), for a sure match.

    `bm25` and `full` are those of `Words`.
    """
    confidence = weights.confidence * trust
    scale = (1 - confidence) * float(bm25.max(initial=0.0)) + confidence * full / 2
    found: Signal = bm25 / np.float32(scale or 1.0)
    return found


def better_side(sides: SideVectors, query: Vector, about: Speaker | None, count: int, weights: Weights) -> Signal:
    """For each of `count` pages the similarity of its better side to a query `about` a speaker or neither.

    NaN for pages that have no vectors yet.
    """
    best = np.full((2, count), np.nan, dtype=np.float32)
    # Not `@`: for a product this small BLAS wakes its threads, which costs 50 times as much on a busy machine.
    similarity = np.einsum("ij,j->i", sides.vectors, query)
    np.fmax.at(best, (sides.of_agent.astype(np.intp), sides.rows), similarity)
    if about is not None:
        other = best[0 if about == "agent" else 1]
        np.minimum(other, other * np.float32(weights.other_side), out=other)
    better: Signal = np.fmax(best[0], best[1])
    return better


def relative_meaning(similarity: Signal, found: Signal, pages: int) -> Signal:
    """Similarities to the query brought to 0 at rank `ZERO_RANK` and 1 for the best; `pages` the memory holds.

    For a page without vectors (NaN) how well its words match (`found`) stands in, until it is embedded.
    """
    unknown = np.isnan(similarity)
    values = np.where(unknown, np.float32(0), similarity)
    rank = min(max(2, min(pages // 2, ZERO_RANK)), len(values))
    zero = np.partition(values, -rank)[-rank]
    relative: Signal = np.maximum((values - zero) / max(values.max() - zero, _TINY), np.float32(0))
    return np.where(unknown, np.minimum(found, 1), relative)


def weighted_meaning(page: Signal, side: Signal, weights: Weights) -> Signal:
    """The part of the score for the meaning of pages and of their better sides."""
    return weights.page_meaning * page + weights.side_meaning * side


_AT_ITS_EDGE: Final = 0.25
"""So much less than what lies right there counts what lies at the edge of "two weeks ago"."""


def date_signal(outlines: Outlines, ranges: Sequence[DateRange]) -> Signal:
    """For each candidate the best of the ranges: its weight within it, half of it beside it, falling with distance."""
    best = np.zeros(len(outlines.seqs), dtype=np.float32)
    seconds = outlines.happened_at / 1e6
    for span in ranges:
        late = (seconds - span.end.timestamp()) / AFTER.total_seconds()
        early = (span.start.timestamp() - seconds) / BEFORE.total_seconds()
        distance = np.maximum(late, early)
        within = 1.0 - _AT_ITS_EDGE * _off_its_middle(seconds, span) if span.around else 1.0
        closeness = np.where(distance <= 0, within, 0.5 * np.clip(1.0 - distance, 0.0, 1.0))
        best = np.maximum(best, span.weight * closeness).astype(np.float32)
    return best


def _off_its_middle(seconds: NDArray[np.float64], span: DateRange) -> NDArray[np.float64]:
    """How far moments in a range lie off its middle, 1 at its edges."""
    first, last = span.start.timestamp(), span.end.timestamp()
    off: NDArray[np.float64] = np.abs(2 * seconds - first - last) / max(last - first, 1.0)
    return off


def combine(
    outlines: Outlines,
    found: Signal,
    page: Signal,
    *,
    names: Signal,
    dates: Signal,
    told: Signal,
    trust: float,
    is_statement: bool,
    pages: int,
    weights: Weights,
) -> Signals:
    """The parts of the score from how words (`found`) and meaning (`page`) of each page match, its sides left out.

    `trust` 0-1 says how far meaning counts; the memory holds so many `pages`.
    """
    talk = weights.statement if is_statement else weights.question
    nearby = _best_nearby(outlines, np.stack([found, page]))
    around = talk.words * nearby[0] + talk.meaning * nearby[1]
    around += talk.opener * (0.5 + 0.5 * trust) * _opening(outlines)
    around += talk.recent * np.exp(-outlines.ages / (RECENT_SHARE * max(1, pages)))
    return Signals(
        words=found + weights.names * names,
        meaning=weighted_meaning(page, page, weights),
        neighbours=_neighbours(outlines, found, weights),
        talk=around.astype(np.float32),
        dates=weights.dates * dates,
        told=told,
    )


def in_order(signals: Signals, outlines: Outlines, order: Order | None) -> Signals:
    """The scores with the order among good candidates that a query asks for: the first or the latest of them."""
    if order is None:
        return signals
    total = signals.total
    good = np.flatnonzero(total >= GOOD_SHARE)
    if len(good) < 2:
        return signals
    early_first = np.argsort(np.argsort(outlines.happened_at[good], kind="stable"), kind="stable") / (len(good) - 1)
    wanted = 1.0 - early_first if order is Order.FIRST else early_first
    whole = signals.words + signals.meaning + signals.neighbours + signals.talk + signals.dates
    dates = signals.dates.copy()
    dates[good] += np.float32(ORDER_WEIGHT * float(whole[good].max())) * wanted.astype(np.float32)
    return replace(signals, dates=dates)


def _neighbours(outlines: Outlines, found: Signal, weights: Weights) -> Signal:
    """What the words of the page before and of the page after, in the same talk, lend."""
    lent = np.zeros_like(found)
    places, talks = outlines.places, outlines.talks
    adjoining = (places[1:] - places[:-1] == 1) & (talks[1:] == talks[:-1])
    lent[1:] += weights.previous_words * found[:-1] * adjoining
    lent[:-1] += weights.next_words * found[1:] * adjoining
    return lent


def _best_nearby(outlines: Outlines, signals: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each of some signals, a row each, and each candidate the best value within reach in its talk, its own
    included."""
    best: NDArray[np.float32] = signals.copy()
    places, talks = outlines.places, outlines.talks
    for step in range(1, min(TALK_REACH + 1, len(places))):
        near = (places[step:] - places[:-step] <= TALK_REACH) & (talks[step:] == talks[:-step])
        if not near.any():
            break  # the rows are in order of arrival: what is further apart in them is further apart in the talk
        np.maximum(best[:, step:], signals[:, :-step] * near, out=best[:, step:])
        np.maximum(best[:, :-step], signals[:, step:] * near, out=best[:, :-step])
    return best


def _opening(outlines: Outlines) -> NDArray[np.float64]:
    """1 for the first page of a talk."""
    is_short = outlines.talk_pages <= SHORT_TALK_PAGES
    return np.where(is_short, SHORT_TALK_OPENER, (outlines.places == 0).astype(np.float64))
