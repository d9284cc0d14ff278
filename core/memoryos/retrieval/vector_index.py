"""The local vector index: a cache of the store's page vectors in FAISS, brought up to date from the log of changes."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Matrix, Vector
    from memoryos.storage.index_rows import WindowVectors
    from memoryos.storage.ports import VectorStore

    _Nearest = tuple[NDArray[np.int64], NDArray[np.float32]]  # positions in the index, with their cosines

_CHUNK_PAGES: Final = 2_000
"""Vectors are read and added so many pages at a time: all at once cost 460 MB more at 100,000 pages."""

_WITHOUT_SIGN: Final = np.uint16(0x7FFF)
"""Of a float16: such bits are in the order of what they stand for."""

_LEVELS: Final = 127
_ZERO: Final = np.float32(128)
"""FAISS keeps a level as the byte above it by so much."""

_REACH: Final = 6.0
_HEADROOM: Final = 1.25
"""Components are told apart up to so many standard deviations of a random unit vector's. The vectors of a model that go
further are all read again, with a reach that leaves some headroom."""


_SIFTED_FROM: Final = 200_000
_SIFTED: Final = 8_000
"""Of so many vectors on not all are compared by cosine, but so many that agree with the query in the signs of most
components. Among a million pages that finds 96.7 % of the 50 nearest in 8.9 ms of CPU, where to compare all, with a
query rounded to levels, finds 97.0 % in 19.0; with 4,000 it was 1.8 points less. Among 100,000 all are compared in 2.0
ms, where this takes 4.1 (`benchmarks/speed/nearest.py`)."""


class FaissIndex:
    """Inner-product search over window vectors, several to a page, under the page's seq; thread-safe.

    They are held as int8 (in a quarter of the time and half the memory of float16): a cosine is off by 0.001 at most
    times. Every vector is compared, of many first by its signs; there is nothing to train, so what was added is found
    at once, and what was removed is in no structure any more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards all below
        self._index: faiss.IndexScalarQuantizer | None = None  # None until the first vector tells the dimension
        self._signs: faiss.IndexBinaryFlat | None = None  # of all vectors, in the same order; None while they are few
        self._middle = np.empty(0, dtype=np.uint8)  # the mean code, from which the signs are told
        self._keep_ids(np.empty(0, dtype=np.int64))
        self._reach = 0.0  # the largest component that the levels reach
        self._peak = 0.0  # the largest that there was
        self._version = 0

    @classmethod
    def of(cls, windows: WindowVectors) -> FaissIndex:
        """An index of these vectors alone, which finds of them what one of all vectors does."""
        index = cls()
        if len(windows.seqs):
            index._peak = float(np.abs(windows.vectors).max())
            if index._peak > _reach(windows.vectors.shape[1]):
                index._reach = index._peak * _HEADROOM
            index._add(windows.seqs, windows.vectors)
        return index

    def __len__(self) -> int:
        """The number of pages with vectors."""
        return len(np.unique(self._ids))

    @property
    def held_bytes(self) -> int:
        """How much of this process's memory the vectors take about now; it waits for no refresh."""
        indexes = [index for index in (self._index, self._signs) if index is not None]
        return sum(index.ntotal * index.code_size for index in indexes) + self._ids.nbytes

    def refresh(self, store: VectorStore) -> None:
        """Apply what any process committed since the last refresh; cheap when nothing was."""
        with self._lock:
            if self._version and store.version("vector") <= self._version:
                return
            with store.snapshot():
                changes = store.changes("vector", self._version)
                if changes.complete:
                    self._load(store)
                else:
                    self._remove({*changes.upserts, *changes.deletes})
                    self._add_pages(store.page_vectors(changes.upserts))
                if self._peak > self._reach:
                    self._reach = self._peak * _HEADROOM
                    self._load(store)
                self._note_signs()
            self._version = changes.version

    def _load(self, store: VectorStore) -> None:
        self._version = 0  # should it fail midway, the next refresh loads again
        self._index = self._signs = None
        self._keep_ids(np.empty(0, dtype=np.int64))
        last, ids = 0, [self._ids]
        codes: deque[NDArray[np.uint8]] = deque()
        while len((windows := store.windows_after(last, _CHUNK_PAGES)).seqs):
            codes.append(self._coded(windows.vectors))
            ids.append(windows.seqs)
            last = int(windows.seqs[-1])
        if not codes:
            return
        self._index = _empty(codes[0].shape[1])
        # Room for all at once: growing by chunks, it copied a million vectors in 0.4 s.
        self._index.codes.resize(sum(code.size for code in codes))
        self._index.codes.resize(0)
        while codes:
            self._index.add_sa_codes(codes.popleft())
        self._keep_ids(np.concatenate(ids))  # once: putting them in order after each chunk took most of the time

    def _remove(self, seqs: Collection[int]) -> None:
        gone = np.isin(self._ids, [*seqs])
        if self._index is not None and gone.any():
            for index in (self._index, self._signs):
                if index is not None:
                    index.remove_ids(faiss.IDSelectorBatch(np.flatnonzero(gone)))
            self._keep_ids(self._ids[~gone])

    def _add_pages(self, windows: dict[int, Matrix]) -> None:
        if windows:
            seqs = np.repeat(np.array([*windows], dtype=np.int64), [len(rows) for rows in windows.values()])
            self._add(seqs, np.concatenate([*windows.values()]).astype(np.float16))  # as they are stored

    def _add(self, seqs: NDArray[np.int64], vectors: NDArray[np.float16]) -> None:
        codes = self._coded(vectors)
        if self._index is None:
            self._index = _empty(codes.shape[1])
        self._index.add_sa_codes(codes)
        self._keep_ids(np.concatenate([self._ids, seqs]))

    def _coded(self, vectors: NDArray[np.float16]) -> NDArray[np.uint8]:
        """The levels of stored vectors as bytes, looked up: of a million they took 0.6 s less than worked out, and by
        FAISS's own `add` 1.6 s more."""
        self._reach = max(self._reach, _reach(vectors.shape[1]))
        bits = vectors.astype("<f2", copy=False).view("<u2")
        self._peak = max(self._peak, float((bits & _WITHOUT_SIGN).max().view(np.float16)))
        codes: NDArray[np.uint8] = _all_codes(self._reach).take(bits)
        return codes

    def _note_signs(self) -> None:
        """Bring the signs up to the vectors, once these are many."""
        if self._index is None or self._index.ntotal < _SIFTED_FROM:
            return
        codes = _codes(self._index)
        if self._signs is None:
            self._signs = faiss.IndexBinaryFlat(8 * len(np.packbits(codes[0])))
            # By counting, any number of the best takes as long; by a heap so many take twice that.
            self._signs.use_heap = False  # type: ignore[attr-defined]  # FAISS's own stubs lack it
            self._middle = codes[:: -(-len(codes) // _CHUNK_PAGES)].mean(axis=0).astype(np.uint8)
        while (done := self._signs.ntotal) < len(codes):
            self._signs.add(np.packbits(codes[done : done + _CHUNK_PAGES] > self._middle, axis=1))

    def _keep_ids(self, ids: NDArray[np.int64]) -> None:
        """Note the page of each vector, in the order of the index, and the order by page."""
        self._ids = ids
        self._order = np.argsort(ids, kind="stable")
        self._ordered = ids[self._order]

    def search(self, query: Vector, limit: int, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """The `limit` nearest windows' pages as (seq, cosine of the best window), nearest first, each page once.

        With `among` only these pages, int64[n] ascending, are looked at.
        """
        with self._lock:
            if self._index is None or not self._index.ntotal:
                return []
            # Set for the calling thread alone. With two on two busy cores 10,000 vectors took 38 ms instead of 0.4.
            faiss.omp_set_num_threads(1)
            if self._signs is not None and among is None and limit <= _SIFTED:
                positions, cosines = self._sifted(query, limit)
            else:
                positions, cosines = self._scanned(query, limit, among)
            seqs = self._ids[positions]
        best: dict[int, float] = {}
        for seq, cosine in zip(seqs.tolist(), cosines.tolist(), strict=True):
            best.setdefault(seq, cosine)
        return list(best.items())

    def _scanned(self, query: Vector, limit: int, among: NDArray[np.int64] | None) -> _Nearest:
        """The nearest of all windows, or of those of some pages."""
        assert self._index is not None
        chosen = None if among is None else self._chosen(among)
        scores, positions = self._index.search(
            self._levels(query[np.newaxis, :]), min(limit, self._index.ntotal), params=chosen
        )
        found = positions[0] >= 0
        return positions[0][found], scores[0][found] * np.float32((self._reach / _LEVELS) ** 2)

    def _sifted(self, query: Vector, limit: int) -> _Nearest:
        """The nearest of those windows that agree with the query in most signs."""
        assert self._signs is not None
        signs = np.packbits(self._levels(query[np.newaxis, :]) + _ZERO > self._middle, axis=1)
        (positions,) = self._signs.search(signs, min(_SIFTED, self._signs.ntotal))[1]
        cosines = self._cosines(positions, query)
        nearest = np.argsort(-cosines, kind="stable")[:limit]
        return positions[nearest], cosines[nearest]

    def _chosen(self, among: NDArray[np.int64]) -> faiss.SearchParameters:
        """Have the search pass over the windows of all other pages."""
        newest = int(max(self._ordered[-1], among[-1] if len(among) else 0))
        is_chosen = np.zeros(newest + 1, dtype=bool)  # by seq
        is_chosen[among] = True
        bits = np.packbits(is_chosen[self._ids], bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # FAISS wraps both at run time
        return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]

    def similarities(self, seqs: NDArray[np.int64], query: Vector) -> NDArray[np.float32]:
        """float32[len(seqs)]: the cosine of each page's best window; NaN for pages without vectors."""
        best = np.full(len(seqs), np.nan, dtype=np.float32)
        with self._lock:
            if self._index is None:
                return best
            positions, rows = self._positions(seqs)
            if not len(rows):
                return best
            cosines = self._cosines(positions, query)
        np.fmax.at(best, rows, cosines)
        return best

    def _cosines(self, positions: NDArray[np.int64], query: Vector) -> NDArray[np.float32]:
        """The cosines of the windows at these positions, of which there are some."""
        assert self._index is not None
        codes = _codes(self._index)[positions]
        # Not `@`: for a product this small BLAS wakes its threads, which costs 50 times as much on a busy machine.
        cosines: NDArray[np.float32] = np.einsum("ij,j->i", codes, query)
        cosines -= _ZERO * query.sum()
        cosines *= np.float32(self._reach / _LEVELS)
        return cosines

    def _levels(self, vectors: Matrix) -> Matrix:
        """Vectors in whole levels, which is what the index keeps."""
        return _levels(vectors, self._reach)

    def _positions(self, seqs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The positions in the index of all windows of pages, and for each which of the pages it is of."""
        first = self._ordered.searchsorted(seqs)
        sizes = self._ordered.searchsorted(seqs, side="right") - first
        rows = np.arange(len(seqs)).repeat(sizes)
        offsets = np.arange(len(rows)) - (sizes.cumsum() - sizes - first).repeat(sizes)
        return self._order[offsets], rows


def _reach(dim: int) -> float:
    """The largest component that the levels reach where no vector goes further."""
    return min(1.0, _REACH / math.sqrt(dim))


def _levels(vectors: Matrix, reach: float) -> Matrix:
    levels = np.rint(vectors * np.float32(_LEVELS / reach))
    return np.asarray(np.clip(levels, -_LEVELS, _LEVELS), dtype=np.float32)


@lru_cache(maxsize=4)  # half a millisecond, which an index of a few vectors does not take itself
def _all_codes(reach: float) -> NDArray[np.uint8]:
    """uint8[65536]: the code of each float16, by its bits."""
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    numbers = np.nan_to_num(halves, posinf=0.0, neginf=0.0)  # no component is infinite
    codes: NDArray[np.uint8] = (_levels(numbers, reach) + _ZERO).astype(np.uint8)
    return codes


def _empty(dim: int) -> faiss.IndexScalarQuantizer:
    kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
    return faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT)


def _codes(index: faiss.IndexScalarQuantizer) -> NDArray[np.uint8]:
    """uint8[n, dim]: what the index holds, good until it changes; `reconstruct_batch` takes twice as long."""
    codes: NDArray[np.uint8] = faiss.rev_swig_ptr(index.codes.data(), index.codes.size())
    return codes.reshape(index.ntotal, index.d)
