"""A vector index that is loaded once it pays: until then the store looks through its vectors by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.index_rows import WindowVectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Vector
    from memoryos.storage.ports import ComparingStore, VectorStore

_PAYS_AFTER: Final = 2_000
_SEARCHES: Final = 5
"""The index is loaded once there was more than one search for so many pages, and more than five in any case. With
PostgreSQL on the same machine loading it takes as long as it saves in 0.6 searches of 100 pages (1.4 ms to load, 2.8 a
search, 0.5 with the index), in 1.6 of 1,000 (6.7, 4.7, 0.5) and in 5 of 10,000 (41, 9.3, 0.7)."""

_MARGIN: Final = 2
"""So many times as many are fetched as are asked for: rounded to levels, vectors come in a slightly other order."""


class OnDemandIndex:
    """What `VectorIndex` says, over a store that compares vectors by itself; thread-safe.

    It is the store that is asked first, and the answer is worked out of the vectors that it brings as the index would:
    a search brings the same before and after. `load`, which a thread of the background calls, loads the index once it
    pays, which `is_due` is told then. `pages` tells how many the memory has.
    """

    def __init__(self, store: ComparingStore, pages: Callable[[], int], is_due: Callable[[], object]) -> None:
        self._store = store
        self._pages = pages
        self._tell = is_due
        self._lock = threading.Lock()  # guards the next
        self._searches = 0
        self._local = FaissIndex()
        self._is_loaded = threading.Event()

    @property
    def is_loaded(self) -> bool:
        """Whether the index is there; the store is asked no more then."""
        return self._is_loaded.is_set()

    @property
    def held_bytes(self) -> int:
        """As `VectorIndex`."""
        return self._local.held_bytes

    def load(self) -> bool:
        """Load the index where that pays and was not done yet; whether it did."""
        if self.is_loaded or not self._pays(self._searches):
            return False
        self._local.refresh(self._store)
        self._is_loaded.set()
        return True

    def refresh(self, store: VectorStore) -> None:
        """Apply what any process committed since the last refresh; a store that is asked itself needs none."""
        if self.is_loaded:
            self._local.refresh(store)

    def search(self, query: Vector, limit: int, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """As `VectorIndex`."""
        if self.is_loaded:
            return self._local.search(query, limit, among)
        with self._lock:
            self._searches += 1
            searches = self._searches
        if self._pays(searches) and not self._pays(searches - 1):
            self._tell()
        return FaissIndex.of(self._store.nearest_windows(query, _MARGIN * limit, among)).search(query, limit)

    def similarities(self, seqs: NDArray[np.int64], query: Vector) -> NDArray[np.float32]:
        """As `VectorIndex`."""
        if self.is_loaded:
            return self._local.similarities(seqs, query)
        return FaissIndex.of(self._of_pages(seqs)).similarities(seqs, query)

    def _pays(self, searches: int) -> bool:
        return searches > min(self._pages() // _PAYS_AFTER, _SEARCHES)

    def _of_pages(self, seqs: NDArray[np.int64]) -> WindowVectors:
        found = self._store.page_vectors(seqs.tolist())
        sizes = [len(windows) for windows in found.values()]
        vectors = np.concatenate([*found.values()]) if found else np.empty((0, 0), dtype=np.float32)
        return WindowVectors(np.repeat(np.array([*found], dtype=np.int64), sizes), vectors.astype(np.float16))
