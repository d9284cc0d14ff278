"""How far what was found bears on a query, as an absolute measure."""

from __future__ import annotations

import numpy as np
import pytest

from memoryos.embedding import ids
from memoryos.embedding.calibration import CENTRED_E5, MINILM, UNKNOWN
from memoryos.retrieval.bearing import Asked, asks_for_judgement, calibration_of
from memoryos.retrieval.hybrid import QueryVector

WORDS = {"car": 6.0, "drive": 4.0}
SEEN = QueryVector(np.array([1.0], dtype=np.float32), trust=1.0)


@pytest.mark.parametrize(
    ("stems", "cosine", "bears"),
    [
        ({"car", "drive"}, 0.4, True),
        ({"car", "drive"}, 0.1, True),
        ({"car"}, 0.3, True),
        ({"drive"}, 0.25, False),
        (set(), 0.6, True),
        (set(), 0.4, False),
    ],
)
def test_words_and_meaning_make_up_for_each_other(stems: set[str], cosine: float, bears: bool) -> None:
    asked = Asked(WORDS, SEEN, MINILM)
    assert (asked.measure(frozenset(stems), cosine) >= 1.0) is bears


def test_where_no_meaning_is_compared_words_alone_tell() -> None:
    for asked in (Asked(WORDS, None, MINILM), Asked(WORDS, QueryVector(SEEN.vector, trust=0.0), MINILM)):
        assert asked.measure(frozenset({"drive"}), 0.9) >= 1.0
        assert asked.measure(frozenset(), 0.9) == 0.0


def test_a_page_without_a_vector_is_measured_by_its_words() -> None:
    asked = Asked(WORDS, SEEN, MINILM)
    assert asked.measure(frozenset({"car"}), float("nan")) == asked.measure(frozenset({"car"}), None) >= 1.0


def test_who_talks_instead_of_asking_is_held_to_less() -> None:
    said = Asked(WORDS, SEEN, MINILM, is_statement=True)
    assert said.measure(frozenset({"drive"}), 0.25) >= 1.0


def test_among_few_pages_little_is_asked_of_one_and_more_than_nothing() -> None:
    among_few = Asked(WORDS, SEEN, MINILM, of_few=True)
    assert among_few.measure(frozenset(), 0.35) >= 1.0
    assert among_few.measure(frozenset(), 0.0) < 1.0


@pytest.mark.parametrize(
    ("question", "weighs"),
    [
        ("Would she like a cello?", True),
        ("What should I cook, likely?", True),
        ("Could you tell me where I parked?", False),
        ("Would you please remind me of the code?", False),
        ("Where did I park?", False),
    ],
)
def test_a_polite_question_wants_to_be_told_and_nothing_weighed(question: str, weighs: bool) -> None:
    assert asks_for_judgement(question) is weighs


def test_every_embedder_s_cosines_are_read_by_its_own_calibration() -> None:
    assert calibration_of(ids.ONNX_MINILM) == MINILM
    assert calibration_of(ids.MULTILINGUAL_E5) == CENTRED_E5
    assert calibration_of("sentence-transformers/other") == UNKNOWN
    assert calibration_of(ids.routed_id("a", "b")).score(0.4) == pytest.approx(0.4)
