"""Two embedders behind one, with embedders whose vectors can be worked out."""

from __future__ import annotations

import numpy as np
import pytest
from hash_embedder import HashEmbedder

from memoryos.embedding.calibration import Calibration
from memoryos.embedding.routed import RoutedEmbedder

DEFAULT = HashEmbedder("plain", dim=64, window_words=4, known=0.9)
OTHER = HashEmbedder("foreign", dim=128, window_words=8, known=0.8)
OF_DEFAULT = Calibration(mean=0.1, spread=0.2)
OF_OTHER = Calibration(mean=0.5, spread=0.2)

ENGLISH = "the cat sleeps"
RUSSIAN = "кошка спит дома"


def is_russian(text: str) -> bool:
    return text >= "а"


@pytest.fixture
def routed() -> RoutedEmbedder:
    return RoutedEmbedder(DEFAULT, OTHER, is_russian, (OF_DEFAULT, OF_OTHER))


def test_id_and_dim_tell_of_both(routed: RoutedEmbedder) -> None:
    assert (routed.id, routed.dim) == ("auto/plain+foreign", 64 + 128 + 2)


def test_a_query_gives_every_text_its_calibrated_score(routed: RoutedEmbedder) -> None:
    query = "the cat"
    texts = [ENGLISH, RUSSIAN, "the dog", "the cat"]
    cosines = [
        *(DEFAULT.embed([ENGLISH]) @ DEFAULT.embed_query(query)),
        *(OTHER.embed([RUSSIAN]) @ OTHER.embed_query(query)),
        *(DEFAULT.embed(texts[2:]) @ DEFAULT.embed_query(query)),
    ]

    scores = routed.embed(texts) @ routed.embed_query(query)

    expected = [OF_DEFAULT.score(cosines[0]), OF_OTHER.score(cosines[1]), *map(OF_DEFAULT.score, cosines[2:])]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert scores[3] == pytest.approx(1.0, abs=1e-5)


def test_a_foreign_query_finds_foreign_texts_and_puts_the_others_below(routed: RoutedEmbedder) -> None:
    scores = routed.embed([RUSSIAN, ENGLISH]) @ routed.embed_query(RUSSIAN)

    np.testing.assert_allclose(scores, [1.0, -1.0], atol=1e-5)


def test_texts_have_unit_length_and_keep_the_cosines_of_their_embedder(routed: RoutedEmbedder) -> None:
    texts = [ENGLISH, RUSSIAN, "the dog sleeps", "собака спит"]
    cosine = float(DEFAULT.embed([ENGLISH])[0] @ DEFAULT.embed([texts[2]])[0])
    foreign = float(OTHER.embed([RUSSIAN])[0] @ OTHER.embed([texts[3]])[0])

    vectors = routed.embed(texts)

    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert vectors[0] @ vectors[1] == 0.0
    assert vectors[0] @ vectors[2] == pytest.approx(0.99 * cosine + 0.01, abs=1e-6)
    assert vectors[1] @ vectors[3] == pytest.approx(0.99 * foreign + 0.01, abs=1e-6)


def test_what_a_memory_learns_changes_the_query_and_no_text(routed: RoutedEmbedder) -> None:
    later = routed.calibrated((OF_OTHER, OF_DEFAULT))

    np.testing.assert_array_equal(later.embed([ENGLISH, RUSSIAN]), routed.embed([ENGLISH, RUSSIAN]))
    cosine = float(DEFAULT.embed([ENGLISH])[0] @ DEFAULT.embed_query("the cat"))
    assert later.embed([ENGLISH])[0] @ later.embed_query("the cat") == pytest.approx(OF_OTHER.score(cosine), abs=1e-5)


def test_parts_give_each_embedder_its_own_vectors_back(routed: RoutedEmbedder) -> None:
    of_default, of_other = routed.parts(routed.embed([ENGLISH, RUSSIAN, "the dog"]))

    np.testing.assert_allclose(of_default, DEFAULT.embed([ENGLISH, "the dog"]), atol=1e-6)
    np.testing.assert_allclose(of_other, OTHER.embed([RUSSIAN]), atol=1e-6)


def test_no_texts_are_no_vectors(routed: RoutedEmbedder) -> None:
    assert routed.embed([]).shape == (0, routed.dim)


def test_windows_are_those_of_whoever_embeds_them(routed: RoutedEmbedder) -> None:
    russian = "раз два три четыре пять шесть семь восемь"

    assert routed.windows("one two three four five") == ("one two three four", "five")
    assert routed.windows(russian) == (russian,)
    assert routed.windows(russian + " one two three four five six") == (russian, "one two three four", "five six")


def test_a_text_is_known_as_far_as_whoever_reads_it_knows_it(routed: RoutedEmbedder) -> None:
    assert (routed.known_share(ENGLISH), routed.known_share(RUSSIAN)) == (0.9, 0.8)
