"""The parts of a page's score, worked out by hand on small outlines."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from small_outlines import floats, outlines
from store_work import NOON

from memoryos.retrieval.page_index import Outlines
from memoryos.retrieval.query import Speaker
from memoryos.retrieval.scoring import (
    ZERO_RANK,
    DateRange,
    Weights,
    better_side,
    date_signal,
    match_words,
    relative_meaning,
    relative_words,
)
from memoryos.storage.index_rows import SideVectors, stem_id

NAN = math.nan

# Words


def matched(of: Outlines, weights: dict[str, float], *names: str) -> tuple[list[float], float, list[float]]:
    words = match_words(
        of,
        np.array([stem_id(word) for word in weights], dtype=np.uint32),
        floats(*weights.values()),
        np.array([word in names for word in weights], dtype=np.bool_),
    )
    return words.bm25.tolist(), words.full, words.names.tolist()


def test_words_match_by_bm25_against_the_average_length() -> None:
    """With k1 = 1.2, b = 0.75 and 2 words a page on average, lengths of 3, 1 and 2 make 1.65, 0.75 and 1.2."""
    pages = outlines("leek leek soup", "leek", "soup potato")

    bm25, full, names = matched(pages, {"leek": 2.0, "soup": 1.0}, "leek")

    first = 2 * 2 * 2.2 / (2 + 1.65) + 1 * 2.2 / (1 + 1.65)
    assert bm25 == pytest.approx([first, 2 * 2.2 / (1 + 0.75), 2.2 / (1 + 1.2)])
    assert full == pytest.approx((2 + 1) * 2.2)
    assert names == [1, 1, 0]


def test_a_word_once_in_a_page_of_average_length_counts_its_weight() -> None:
    assert matched(outlines("leek soup", "pot lid"), {"leek": 3.0})[0] == pytest.approx([3, 0])


def test_names_count_by_the_share_of_them_that_stand_in_a_page() -> None:
    pages = outlines("bart soup", "bart lisa lisa", "soup")

    assert matched(pages, {"bart": 1, "lisa": 5, "soup": 1}, "bart", "lisa")[2] == [0.5, 1, 0]


@pytest.mark.parametrize(("texts", "weights"), [(("leek",), {}), ((), {"leek": 1.0})])
def test_without_words_or_without_pages_nothing_matches(texts: tuple[str, ...], weights: dict[str, float]) -> None:
    bm25, _, names = matched(outlines(*texts), weights)

    assert (bm25, names) == ([0] * len(texts), [0] * len(texts))


def test_what_matches_says_which_words_stand_where() -> None:
    stems = np.array([stem_id(word) for word in ("leek", "pot", "soup")], dtype=np.uint32)

    words = match_words(outlines("soup leek", "leek", "lid"), stems, floats(1, 1, 1), np.zeros(3, dtype=np.bool_))

    assert words.hits.tolist() == [[True, True, False], [False, False, False], [True, False, False]]


def test_pages_without_a_word_match_nothing() -> None:
    assert matched(outlines("", ""), {"leek": 1.0})[0] == [0, 0]


@pytest.mark.parametrize(
    ("bm25", "trust", "relative"),
    [
        ((2, 1, 0), 0, (1, 0.5, 0)),
        # 0.6 of the best match (2) and 0.4 of half a full one (4) are 2.8
        ((2, 1, 0), 1, (2 / 2.8, 1 / 2.8, 0)),
        # with half the trust, 0.8 of 2 and 0.2 of 4 are 2.4
        ((2, 1, 0), 0.5, (2 / 2.4, 1 / 2.4, 0)),
        ((6, 3, 0), 1, (6 / 5.2, 3 / 5.2, 0)),
        ((0, 0, 0), 0, (0, 0, 0)),
        ((0, 0, 0), 1, (0, 0, 0)),
    ],
)
def test_words_are_measured_by_the_best_match_or_with_trust_in_meaning_by_a_sure_one(
    bm25: tuple[float, ...], trust: float, relative: tuple[float, ...]
) -> None:
    assert relative_words(floats(*bm25), 8.0, trust, Weights(confidence=0.4)).tolist() == pytest.approx(list(relative))


# Meaning


@pytest.mark.parametrize(
    ("pages", "relative"),
    [
        (4, (0, 1, 0, 0)),  # the second best, 0.7, is at zero
        (6, (0, 1, 0.5, 0)),  # the third best, 0.5
        (8, (0, 1, 0.75, 0.5)),
        (100, (0, 1, 0.75, 0.5)),  # there is no fifth
    ],
)
def test_meaning_counts_from_the_middle_of_a_small_memory_up(pages: int, relative: tuple[float, ...]) -> None:
    similarity = floats(0.1, 0.9, 0.7, 0.5)

    assert relative_meaning(similarity, floats(0, 0, 0, 0), pages).tolist() == pytest.approx(list(relative))


def test_of_many_candidates_the_hundredth_is_at_zero() -> None:
    similarity = floats(*((row + 1) / 250 for row in range(250)))

    relative = relative_meaning(similarity, floats(*[0] * 250), 10_000)

    expected = [max(0, (row - 150) / 99) for row in range(250)]
    assert ZERO_RANK == 100
    assert relative.tolist() == pytest.approx(expected, abs=1e-5)


def test_for_a_page_not_embedded_yet_its_words_stand_in() -> None:
    similarity, found = floats(0.9, NAN, 0.5, 0.1, NAN), floats(0, 0.4, 1, 0, 1.7)

    assert relative_meaning(similarity, found, 8).tolist() == pytest.approx([1, 0.4, 5 / 9, 1 / 9, 1])


@pytest.mark.parametrize(("similarity", "relative"), [((0.9, 0.1), (1, 0)), ((0.9, 0.1, 0.2), (1, 0, 0))])
@pytest.mark.parametrize("pages", [1, 2, 3])
def test_meaning_counts_in_a_memory_of_two_or_three_pages(
    similarity: tuple[float, ...], relative: tuple[float, ...], pages: int
) -> None:
    nothing = floats(*[0] * len(similarity))

    assert relative_meaning(floats(*similarity), nothing, pages).tolist() == list(relative)


@pytest.mark.parametrize("similarity", [(0.5,), (0.5, 0.5, 0.5, 0.5), (-0.5, -0.5, -0.5, -0.5)])
def test_pages_that_are_all_alike_are_not_told_apart(similarity: tuple[float, ...]) -> None:
    nothing = [0.0] * len(similarity)

    assert relative_meaning(floats(*similarity), floats(*nothing), 100).tolist() == nothing


SIDES = SideVectors(
    vectors=np.array([(1, 0), (0, 1), (0.6, 0.8), (0, 1), (0.8, 0.6)], dtype=np.float32),
    rows=np.array([0, 0, 1, 1, 2], dtype=np.int64),
    of_agent=np.array([False, True, False, False, True]),
)
"""Page 0 has both sides, page 1 two windows of the user's, page 2 the agent's only, page 3 none."""


@pytest.mark.parametrize(
    ("about", "better"),
    [(None, (1, 0.6, 0.8, NAN)), ("user", (1, 0.6, 0.2, NAN)), ("agent", (0.25, 0.15, 0.8, NAN))],
)
def test_the_better_side_of_a_page_stands_for_it_the_other_speakers_for_less(
    about: Speaker | None, better: tuple[float, ...]
) -> None:
    similarity = better_side(SIDES, floats(1, 0), about, 4, Weights(other_side=0.25))

    assert similarity.tolist() == pytest.approx(list(better), nan_ok=True)


def test_the_other_speakers_side_never_gains_by_counting_less() -> None:
    away = SideVectors(
        vectors=np.array([(-0.6, 0.8), (-0.8, 0.6)], dtype=np.float32),
        rows=np.array([0, 0], dtype=np.int64),
        of_agent=np.array([False, True]),
    )

    assert better_side(away, floats(1, 0), "agent", 1, Weights()).tolist() == pytest.approx([-0.6])


# Dates


@pytest.mark.parametrize(
    ("when", "signal"),
    [
        (timedelta(0), 2),
        (timedelta(hours=12), 2),
        (timedelta(days=1), 2),
        (timedelta(days=1, seconds=1), 1),
        (timedelta(days=1 + 3.5), 0.5),  # half of AFTER's 7 days away
        (timedelta(days=1 + 7), 0),
        (timedelta(days=100), 0),
        (-timedelta(seconds=1), 1),
        (-timedelta(days=0.75), 0.5),  # half of BEFORE's day and a half
        (-timedelta(days=1.5), 0),
        (-timedelta(days=100), 0),
    ],
)
def test_a_page_within_a_date_counts_its_weight_and_beside_it_half_falling(when: timedelta, signal: float) -> None:
    day = DateRange(NOON, NOON + timedelta(days=1), 2.0)

    assert date_signal(outlines("any", happened_at=[NOON + when]), [day]).tolist() == pytest.approx([signal], abs=1e-4)


def test_of_several_dates_the_best_counts() -> None:
    at_noon, later = DateRange(NOON, NOON, 1.0), DateRange(NOON + timedelta(days=3.5), NOON + timedelta(days=4), 3.0)
    pages = outlines("on one", "between", "on the other", happened_at=[NOON, NOON + timedelta(days=2.75), later.start])

    # Half a BEFORE from the later one: 3 * 0.5 * 0.5.
    assert date_signal(pages, [at_noon, later]).tolist() == pytest.approx([1, 0.75, 3])
    assert date_signal(pages, []).tolist() == [0, 0, 0]


def test_the_middle_of_a_time_around_a_moment_counts_more_than_its_edge() -> None:
    week = DateRange(NOON - timedelta(days=3), NOON + timedelta(days=3), 1.0)
    pages = outlines("edge", "middle", "near", happened_at=[week.start, NOON, NOON + timedelta(days=1)])
    assert date_signal(pages, [week]).tolist() == [1.0, 1.0, 1.0]
    assert date_signal(pages, [replace(week, around=True)]).tolist() == pytest.approx([0.75, 1.0, 0.9167], abs=1e-3)
