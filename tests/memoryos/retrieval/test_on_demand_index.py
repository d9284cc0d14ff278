"""The vectors of a memory in a database: looked through there, and once that pays, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import postgres_server
import pytest
from store_work import add, claimed
from ulid import ULID

from memoryos.models import PageVectors

if not postgres_server.MISSING:
    from memoryos.retrieval.on_demand_index import OnDemandIndex
    from memoryos.retrieval.vector_index import FaissIndex
    from memoryos.storage.postgres.store import PostgresStore

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))

PAGES, DIM = 300, 64


def vectors(count: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(seed).normal(size=(count, DIM))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def commit(store: PostgresStore, *found: PageVectors) -> None:
    claim = claimed(store, "embed")
    store.commit_vectors(claim, found)
    store.release(claim)


@pytest.fixture
def empty() -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_server.app_url(), f"user {ULID()}")) as store:
        store.use_embedder("random/1", DIM)
        yield store


@pytest.fixture(scope="module")
def store() -> Iterator[PostgresStore]:
    """300 pages of one or two windows each, every tenth the same as the one before."""
    with closing(PostgresStore(postgres_server.app_url(), f"user {ULID()}")) as store:
        store.use_embedder("random/1", DIM)
        pages = add(store, *(f"page {number}" for number in range(PAGES)))
        rows = vectors(2 * PAGES, 18)
        found = []
        for number, page in enumerate(pages):
            own = number - (number % 10 == 9)
            windows = rows[2 * own : 2 * own + 1 + own % 2]
            found.append(PageVectors(page.seq, windows, windows[:1], windows[:0]))
        commit(store, *found)
        yield store


@pytest.fixture
def loaded(store: PostgresStore) -> FaissIndex:
    index = FaissIndex()
    index.refresh(store)
    return index


def asking(store: PostgresStore, pages: int, is_due: Callable[[], object] = int) -> OnDemandIndex:
    return OnDemandIndex(store, lambda: pages, is_due)


def test_what_the_store_finds_is_what_the_index_finds(store: PostgresStore, loaded: FaissIndex) -> None:
    index = asking(store, 1_000_000)
    some = np.arange(1, PAGES, 7)
    far = np.arange(PAGES - 3, PAGES + 9)

    for query in vectors(20, 1):
        assert index.search(query, 64) == loaded.search(query, 64)
        assert index.search(query, 10, some) == loaded.search(query, 10, some)
        assert index.search(query, 10, some[:0]) == loaded.search(query, 10, some[:0]) == []
        np.testing.assert_array_equal(index.similarities(far, query), loaded.similarities(far, query))


def test_a_vector_that_goes_far_in_one_direction_is_found_as_by_the_index(empty: PostgresStore) -> None:
    """The levels of the index have to reach further then."""
    page = add(empty, "straight")[0]
    straight = np.eye(1, DIM, dtype=np.float32)
    commit(empty, PageVectors(page.seq, straight, straight, straight))
    loaded = FaissIndex()
    loaded.refresh(empty)

    found = asking(empty, 1_000_000).search(straight[0], 1)

    assert found == loaded.search(straight[0], 1)
    assert [(seq, round(cosine, 1)) for seq, cosine in found] == [(page.seq, 1.0)]


@pytest.mark.parametrize(("pages", "searches"), [(100, 1), (1_999, 1), (2_000, 2), (10_000, 6), (1_000_000, 6)])
def test_the_index_is_loaded_once_it_pays(store: PostgresStore, loaded: FaissIndex, pages: int, searches: int) -> None:
    told: list[int] = []
    query = vectors(1, 2)[0]
    index = asking(store, pages, lambda: told.append(1))

    for _ in range(1, searches):
        index.search(query, 5)
        assert (told, index.load(), index.is_loaded) == ([], False, False)
    index.search(query, 5)

    assert (told, index.load(), index.load(), index.is_loaded) == ([1], True, False, True)
    assert index.search(query, 5) == loaded.search(query, 5)


def test_an_index_that_was_loaded_follows_what_is_embedded_later(empty: PostgresStore) -> None:
    earlier, later = vectors(2, 3)
    first = add(empty, "earlier")[0]
    commit(empty, PageVectors(first.seq, earlier[np.newaxis], earlier[np.newaxis], earlier[np.newaxis]))
    index = asking(empty, 1)
    assert [seq for seq, _ in index.search(later, 1)] == [first.seq]
    index.load()
    second = add(empty, "later")[0]
    commit(empty, PageVectors(second.seq, later[np.newaxis], later[np.newaxis], later[np.newaxis]))

    index.refresh(empty)

    assert [seq for seq, _ in index.search(later, 1)] == [second.seq]
