"""What cosines are worth, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos.embedding.calibration import UNKNOWN, Calibration, learned

EXAMPLE = Calibration(mean=0.7, spread=0.2)


def test_a_score_is_0_half_a_spread_above_chance_and_1_for_equal_texts() -> None:
    assert (EXAMPLE.floor, EXAMPLE.scale) == pytest.approx((0.8, 0.2))
    assert [EXAMPLE.score(cosine) for cosine in (0.7, 0.8, 0.9, 1.0)] == pytest.approx([-0.5, 0.0, 0.5, 1.0])
    np.testing.assert_allclose(EXAMPLE.score(np.array([0.8, 1.0], dtype=np.float32)), [0.0, 1.0], atol=1e-6)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-5, 1))
def test_a_score_is_turned_back_into_its_cosine(mean: float, spread: float, score: float) -> None:
    calibration = Calibration(mean, spread)

    assert calibration.score(calibration.cosine(score)) == pytest.approx(score, abs=1e-6)


def test_without_two_different_pages_nothing_is_learned() -> None:
    assert learned(np.zeros((0, 4), dtype=np.float32)) is UNKNOWN
    assert learned(np.eye(4, dtype=np.float32)[[0, 0, 0]], EXAMPLE) is EXAMPLE


def test_few_pages_are_drawn_to_what_was_known_before() -> None:
    right_angles = np.eye(4, dtype=np.float32)  # six pairs, each with the cosine 0, weigh as much as what was known

    calibration = learned(right_angles, EXAMPLE)

    assert (calibration.mean, calibration.spread) == pytest.approx((0.35, 0.1))


def test_many_pages_show_their_own_background() -> None:
    random = np.random.default_rng(5)
    pages = random.normal(size=(2000, 64)) + 1.0  # a common direction as long as the rest: cosines around 0.5
    unit = (pages / np.linalg.norm(pages, axis=1, keepdims=True)).astype(np.float32)

    calibration = learned(unit)

    assert calibration.mean == pytest.approx(0.5, abs=0.02)
    assert calibration.spread == pytest.approx(float((unit @ unit.T)[np.triu_indices(2000, 1)].std()), abs=0.01)


def test_two_models_give_the_same_pages_the_same_scores_though_one_is_squeezed() -> None:
    random = np.random.default_rng(6)
    pages = random.normal(size=(200, 32)) + 0.5
    wide = (pages / np.linalg.norm(pages, axis=1, keepdims=True)).astype(np.float32)
    # A constant part as long as three times the rest: every cosine c becomes 0.9 + 0.1 c.
    squeezed = np.hstack([wide * np.sqrt(0.1), np.full((200, 1), np.sqrt(0.9))]).astype(np.float32)

    of_wide, of_squeezed = (
        learned(vectors).score((vectors @ vectors.T)[:20, 20:40].astype(np.float32)) for vectors in (wide, squeezed)
    )

    assert float(abs(of_wide - of_squeezed).max()) < 0.01
