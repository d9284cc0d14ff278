"""What every index of vectors finds: the local one over each store, and a store's own."""

from __future__ import annotations

import numpy as np
import pytest
from store_work import SearchableStore, add, claimed, embed, matrix, vector

from memoryos.models import PageVectors
from memoryos.retrieval.on_demand_index import OnDemandIndex
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.ports import ComparingStore, VectorIndex

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
MANY = 10_000
"""Pages of a memory that is searched a few times before its index is loaded."""

NEAR = 0.01
"""How far a cosine may be off in an index that keeps vectors in fewer bits."""


@pytest.fixture
def indexes(search_store: SearchableStore) -> list[VectorIndex]:
    """The local index, and where the store compares by itself, what asks it until that is loaded."""
    asking = [OnDemandIndex(search_store, lambda: MANY, int)] if isinstance(search_store, ComparingStore) else []
    return [FaissIndex(), *asking]


def found(index: VectorIndex, direction: tuple[float, float], limit: int = 10) -> list[tuple[int, float]]:
    return [(seq, round(cosine, 1)) for seq, cosine in index.search(vector(*direction), limit)]


def refreshed(indexes: list[VectorIndex], store: SearchableStore) -> list[VectorIndex]:
    for index in indexes:
        index.refresh(store)
    return indexes


def test_the_nearest_pages_come_first_each_once_by_its_best_window(
    indexes: list[VectorIndex], search_store: SearchableStore
) -> None:
    add(search_store, "one", "two", "three", "four")
    embed(search_store, {1: [WEST, NORTH], 2: [EAST], 3: [(0.6, 0.8)]})

    for index in refreshed(indexes, search_store):
        assert found(index, NORTH) == [(1, 1.0), (3, 0.8), (2, 0.0)]
        assert found(index, EAST, limit=1) == [(2, 1.0)]


def test_similarities_are_of_the_best_window_and_unknown_without_vectors(
    indexes: list[VectorIndex], search_store: SearchableStore
) -> None:
    add(search_store, "one", "two", "three")
    embed(search_store, {1: [WEST, NORTH], 2: [EAST]})

    for index in refreshed(indexes, search_store):
        similar = index.similarities(np.array([2, 3, 1]), vector(*EAST))
        np.testing.assert_allclose(similar, [1.0, np.nan, 0.0], atol=NEAR)


def test_an_empty_store_has_nothing_near(indexes: list[VectorIndex], search_store: SearchableStore) -> None:
    for index in refreshed(indexes, search_store):
        assert index.search(vector(*EAST), 10) == []
        assert np.isnan(index.similarities(np.array([1]), vector(*EAST))).all()


def test_what_was_embedded_anew_or_forgotten_is_so_after_a_refresh(
    indexes: list[VectorIndex], search_store: SearchableStore
) -> None:
    pages = add(search_store, "one", "two", "three")
    embed(search_store, {1: [EAST], 2: [NORTH], 3: [WEST]})
    refreshed(indexes, search_store)
    anew = PageVectors(1, matrix(NORTH), matrix(NORTH), matrix())
    search_store.commit_vectors(claimed(search_store, "embed"), [anew])
    search_store.forget_pages([pages[1].id])

    for index in refreshed(indexes, search_store):
        assert found(index, NORTH) == [(1, 1.0), (3, 0.0)]
