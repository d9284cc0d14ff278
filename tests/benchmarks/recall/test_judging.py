"""Any, all and NDCG among ten pages, and how sure a mean is."""

from __future__ import annotations

import math

import pytest

from benchmarks.recall.evidence import Found
from benchmarks.recall.judging import AtTen, interval, ndcg


def at(position: int) -> Found:
    return Found(position, tokens=100.0 * (position + 1))


def test_the_gain_falls_with_the_logarithm_of_the_place() -> None:
    assert ndcg([at(0)]) == 1.0
    assert ndcg([at(2)]) == 0.5
    assert ndcg([at(0), at(1)]) == 1.0
    assert ndcg([at(0), None]) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_what_stands_behind_the_tenth_place_gains_nothing() -> None:
    assert ndcg([at(10), None]) == 0.0
    assert ndcg([at(9)]) == pytest.approx(1 / math.log2(11))


def test_more_evidence_than_ten_places_can_be_found_in_full() -> None:
    assert ndcg([at(position) for position in range(12)]) == pytest.approx(1.0)


def test_any_takes_one_page_and_all_takes_each() -> None:
    judged = AtTen.of([[at(0), at(10)], [at(3), at(4)], [None]])
    assert judged.any == pytest.approx(2 / 3)
    assert judged.all == pytest.approx(1 / 3)


def test_an_interval_holds_the_mean_and_narrows_with_questions() -> None:
    halves: list[list[Found | None]] = [[at(0)], [None]]
    few, many = halves * 5, halves * 200
    low, high = interval(few, "@10")
    narrow_low, narrow_high = interval(many, "@10")
    assert low < narrow_low < 0.5 < narrow_high < high
    assert interval(few, "@10") == (low, high)
    assert interval(halves[:1] * 3, "@10") == (1.0, 1.0)
