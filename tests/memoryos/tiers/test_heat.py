"""Heat: the formula, at hand-worked points."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from memoryos.models import Segment
from memoryos.tiers.heat import HeatFormula

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
COLD = Segment(
    id=1,
    theme="soup",
    summary="about soup",
    keywords=("soup",),
    n_visit=0,
    l_interaction=0,
    last_visit_at=NOON,
    pages=4,
    first_page_at=NOON,
    last_page_at=NOON,
    analysis="extractive",
)


@pytest.mark.parametrize(
    ("n_visit", "l_interaction", "seconds", "heat"),
    [
        (0, 0, 0, 1.0),
        (3, 0, 0, 4.0),
        (0, 4, 0, 5.0),
        (3, 4, 0, 8.0),
        (0, 0, 1e7, 1 / math.e),
        (2, 1, 1e7, 3 + 1 / math.e),
        (0, 0, 3e7, math.exp(-3)),
        (5, 0, 1e10, 5.0),
    ],
)
def test_heat_is_visits_plus_new_pages_plus_recency(
    n_visit: int, l_interaction: int, seconds: float, heat: float
) -> None:
    segment = replace(COLD, n_visit=n_visit, l_interaction=l_interaction)

    assert HeatFormula()(segment, NOON + timedelta(seconds=seconds)) == pytest.approx(heat)


def test_each_weight_scales_its_own_term() -> None:
    segment = replace(COLD, n_visit=3, l_interaction=4)
    formula = HeatFormula(alpha=0.5, beta=2.0, gamma=10.0, recency_seconds=86_400)

    assert formula(segment, NOON + timedelta(days=1)) == pytest.approx(1.5 + 8.0 + 10 / math.e)


def test_a_clock_that_was_set_back_counts_as_no_time_passed() -> None:
    assert HeatFormula()(COLD, NOON - timedelta(days=400)) == 1.0


def test_heat_falls_by_itself_as_time_passes() -> None:
    heats = [HeatFormula()(COLD, NOON + timedelta(days=days)) for days in (0, 1, 30, 365)]

    assert heats == sorted(heats, reverse=True)
    assert len(set(heats)) == 4
