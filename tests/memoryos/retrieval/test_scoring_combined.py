"""The score of pages from how each matches, its talk around it included, worked out by hand on small outlines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_outlines import floats, outlines

from memoryos.retrieval.page_index import Outlines
from memoryos.retrieval.scoring import TALK_REACH, Signals, TalkWeights, Weights, combine

if TYPE_CHECKING:
    from memoryos.retrieval.scoring import Signal

NO_TALK = TalkWeights(words=0, meaning=0, opener=0, recent=0)
NOTHING = Weights(
    page_meaning=0,
    side_meaning=0,
    previous_words=0,
    next_words=0,
    names=0,
    dates=0,
    question=NO_TALK,
    statement=NO_TALK,
)


def combined(
    of: Outlines,
    weights: Weights,
    *,
    trust: float = 1.0,
    is_statement: bool = False,
    pages: int = 100,
    **given: Signal,
) -> Signals:
    """The parts of the score from the signals given; those that are not are zero."""
    nothing = floats(*[0.0] * len(of.seqs))
    return combine(
        of,
        given.get("found", nothing),
        given.get("page", nothing),
        names=given.get("names", nothing),
        dates=given.get("dates", nothing),
        told=given.get("told", np.ones_like(nothing)),
        trust=trust,
        is_statement=is_statement,
        pages=pages,
        weights=weights,
    )


def asking(talk: TalkWeights) -> Weights:
    return replace(NOTHING, question=talk)


def test_what_a_page_says_itself_counts_by_the_weight_of_each_signal() -> None:
    signals = combined(
        outlines("one", "two"),
        replace(NOTHING, names=3, dates=4, page_meaning=0.5, side_meaning=1.5),
        found=floats(1, 0.25),
        names=floats(0, 0.5),
        dates=floats(0.25, 0),
        page=floats(0.5, 1),
    )

    assert (signals.words.tolist(), signals.dates.tolist()) == ([1, 1.75], [1, 0])
    assert signals.meaning.tolist() == [1, 2]
    assert signals.total.tolist() == pytest.approx([3 / 3.75, 1])


@pytest.mark.parametrize(
    ("lent", "signal"), [("previous_words", [0, 0.5, 0, 1.5, 0, 0]), ("next_words", [1, 0, 2, 0, 0, 0])]
)
def test_the_pages_before_and_after_lend_their_words_within_a_talk(lent: str, signal: list[float]) -> None:
    """Of the second talk the third page is no candidate."""
    of = outlines(*"abcdef", places=[0, 1, 0, 1, 3, 0], talks=[1, 1, 2, 2, 2, 3])
    weights = replace(NOTHING, previous_words=0.5 * (lent == "previous_words"), next_words=0.5 * (lent == "next_words"))

    assert combined(of, weights, found=floats(1, 2, 3, 4, 5, 6)).neighbours.tolist() == signal


def test_the_best_page_of_a_talk_counts_for_the_pages_up_to_ten_away() -> None:
    of = outlines(*"abcde", places=[1, 2, 11, 12, 0], talks=[1, 1, 1, 1, 2])
    by_words = combined(of, asking(replace(NO_TALK, words=2)), found=floats(0.5, 0, 0, 0.25, 0))
    by_meaning = combined(of, asking(replace(NO_TALK, meaning=1)), page=floats(0, 1, 0, 0, 0.5))

    assert by_words.talk.tolist() == [1, 1, 1, 0.5, 0]
    assert by_meaning.talk.tolist() == [1, 1, 1, 1, 0.5]


@pytest.mark.parametrize(("talk_pages", "opens"), [(1, [0.5, 0.5]), (2, [0.5, 0.5]), (3, [1, 0])])
@pytest.mark.parametrize(("trust", "share"), [(1, 1), (0, 0.5), (0.5, 0.75)])
def test_the_first_page_of_a_talk_that_is_not_short_opens_it(
    talk_pages: int, opens: list[float], trust: float, share: float
) -> None:
    of = outlines("one", "two", places=[0, 1], talk_pages=talk_pages)

    signals = combined(of, asking(replace(NO_TALK, opener=4)), trust=trust)

    assert signals.talk.tolist() == [4 * share * opening for opening in opens]


def test_recency_falls_to_a_third_over_a_fifth_of_the_pages() -> None:
    of = outlines("one", "two", "three", ages=[40, 20, 0], talks=[1, 2, 3])

    signals = combined(of, asking(replace(NO_TALK, recent=2)), pages=100)

    assert signals.talk.tolist() == pytest.approx([2 / math.e**2, 2 / math.e, 2])


def test_a_statement_is_weighed_by_its_own_weights() -> None:
    weights = replace(NOTHING, question=replace(NO_TALK, words=1), statement=replace(NO_TALK, words=3))
    signals = [
        combined(outlines("one", "two"), weights, found=floats(1, 0), is_statement=said) for said in (False, True)
    ]

    assert [parts.talk.tolist() for parts in signals] == [[1, 1], [3, 3]]


rows = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 8)), min_size=1, max_size=30)
"""Of each candidate how far it is from the one before, whether a talk begins with it, and how well it matches."""


def of_rows(drawn: Sequence[tuple[int, bool, int]]) -> tuple[Outlines, Signal]:
    places = list(accumulate(gap for gap, _, _ in drawn))
    talks = list(accumulate(int(begins) for _, begins, _ in drawn))
    return outlines(*["any"] * len(drawn), places=places, talks=talks), floats(*(value for _, _, value in drawn))


@given(rows)
def test_a_page_gets_the_best_within_reach_in_its_talk(drawn: Sequence[tuple[int, bool, int]]) -> None:
    of, found = of_rows(drawn)
    pages = list(zip(of.places.tolist(), of.talks.tolist(), found.tolist(), strict=True))

    assert combined(of, asking(replace(NO_TALK, words=1)), found=found).talk.tolist() == [
        max(value for other, its_talk, value in pages if its_talk == talk and abs(other - place) <= TALK_REACH)
        for place, talk, _ in pages
    ]


@given(rows, rows)
def test_pages_of_later_talks_that_match_nothing_change_no_score(
    drawn: Sequence[tuple[int, bool, int]], added: Sequence[tuple[int, bool, int]]
) -> None:
    of, found = of_rows(drawn)
    longer, more = of_rows([*drawn, *((gap, True, 0) for gap, _, _ in added)])

    scores = combined(of, Weights(), found=found, page=found / np.float32(8)).total.tolist()

    assert combined(longer, Weights(), found=more, page=more / np.float32(8)).total.tolist() == [
        *scores,
        *[0.0] * len(added),
    ]


@given(st.lists(st.lists(st.floats(0, 100, width=32), min_size=5, max_size=5), max_size=9))
def test_the_best_candidate_scores_one_and_the_others_by_their_share_of_it(parts: list[list[float]]) -> None:
    columns = np.array(parts, dtype=np.float32).reshape(-1, 5).T
    sums = columns.sum(axis=0, dtype=np.float64)

    words, meaning, neighbours, talk, dates = columns
    signals = Signals(words, meaning, neighbours, talk, dates, told=np.ones(len(parts), dtype=np.float32))
    total = signals.total.tolist()

    assert total == pytest.approx((sums / (sums.max(initial=0) or 1)).tolist(), rel=1e-5, abs=1e-6)
    assert not sums.any() or max(total) == 1
