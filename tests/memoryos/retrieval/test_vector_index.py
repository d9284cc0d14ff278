"""The vector index against a plain list of vectors, and against what other processes commit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from engine import build_engine
from hash_embedder import HashEmbedder
from hypothesis import given
from hypothesis import strategies as st

from memoryos.retrieval import vector_index
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.index_rows import ChangeKind, Changes, WindowVectors
from memoryos.storage.ports import Store
from memoryos.storage.tables import changes

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

DIM = 8
QUERY = np.array([1, 0, 0, 0, 0, 0, 0, 0], dtype=np.float32)


LEVELS = 127
"""Components that are multiples of 1/127 are kept as they are in so few dimensions."""


@dataclass
class Log:
    """What an index reads of a store, over plain lists."""

    vectors: dict[int, Matrix] = field(default_factory=dict)
    changed: list[int] = field(default_factory=list)
    trimmed: int = 0

    def upsert(self, seq: int, windows: int) -> None:
        self.vectors[seq] = whole_levels(np.random.default_rng(len(self.changed)), (windows, DIM))
        self.changed.append(seq)

    def delete(self, seq: int) -> None:
        if self.vectors.pop(seq, None) is not None:
            self.changed.append(seq)

    def trim(self) -> None:
        self.trimmed = max(0, len(self.changed) - 1)

    def version(self, kind: ChangeKind) -> int:
        assert kind == "vector"
        return len(self.changed)

    def changes(self, kind: ChangeKind, since: int) -> Changes:
        assert kind == "vector"
        complete = since == 0 or since < self.trimmed
        changed = () if complete else dict.fromkeys(self.changed[since:])
        upserts = [seq for seq in changed if seq in self.vectors]
        deletes = [seq for seq in changed if seq not in self.vectors]
        return Changes(len(self.changed), complete, upserts, deletes)

    def snapshot(self) -> AbstractContextManager[None]:
        return nullcontext()

    def page_vectors(self, seqs: Sequence[int]) -> dict[int, Matrix]:
        return {seq: self.vectors[seq] for seq in seqs}

    def windows_after(self, seq: int, pages: int) -> WindowVectors:
        after = sorted(other for other in self.vectors if other > seq)[:pages]
        rows = [(other, row) for other in after for row in self.vectors[other]]
        return WindowVectors(
            seqs=np.array([other for other, _ in rows], dtype=np.int64),
            vectors=np.array([row for _, row in rows], dtype=np.float16),
        )

    def nearest(self, query: Vector, limit: int) -> list[tuple[int, float]]:
        """The pages of the nearest windows, each with its best window, nearest first."""
        windows = [(seq, float(row @ query)) for seq, rows in self.vectors.items() for row in rows]
        windows.sort(key=lambda window: -window[1])
        best: dict[int, float] = {}
        for seq, cosine in windows[:limit]:
            best.setdefault(seq, cosine)
        return list(best.items())


def whole_levels(chance: np.random.Generator, shape: tuple[int, ...]) -> Matrix:
    """Vectors that the index keeps without loss."""
    return (chance.integers(-LEVELS, LEVELS + 1, shape) / LEVELS).astype(np.float32)


def unit_rows(chance: np.random.Generator, rows: int, dim: int) -> Matrix:
    vectors = chance.standard_normal((rows, dim))
    units: Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


def refresh(index: FaissIndex, log: Log) -> None:
    index.refresh(cast("Store", log))


def filled(log: Log) -> FaissIndex:
    index = FaissIndex()
    refresh(index, log)
    return index


def assert_same(index: FaissIndex, log: Log, query: Vector, limit: int) -> None:
    found, expected = index.search(query, limit), log.nearest(query, limit)
    best = {seq: float((rows @ query).max()) for seq, rows in log.vectors.items()}
    assert dict(found) == pytest.approx({seq: best[seq] for seq, _ in found}, abs=1e-4)
    # Equal cosines may stand in either order.
    assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in expected], abs=1e-4)
    seqs = np.array([7, 3, 1, 2, 6, 4, 5], dtype=np.int64)
    similar = index.similarities(seqs, query)
    assert similar.tolist() == pytest.approx([best.get(seq, np.nan) for seq in seqs.tolist()], abs=1e-4, nan_ok=True)


operations = st.one_of(
    st.tuples(st.just("upsert"), st.integers(1, 6), st.integers(1, 4)),
    st.tuples(st.just("delete"), st.integers(1, 6)),
    st.tuples(st.sampled_from(["refresh", "trim"])),
)


@given(st.lists(operations, max_size=40), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_whatever_happens_the_index_finds_what_a_search_through_all_vectors_finds(
    steps: Sequence[tuple[str, ...]], limit: int, seed: int
) -> None:
    log, index = Log(), FaissIndex()
    query = whole_levels(np.random.default_rng(seed), (DIM,))
    for name, *numbers in [*steps, ("refresh",)]:
        if name == "refresh":
            refresh(index, log)
            assert_same(index, log, query, limit)
            assert len(index) == len(log.vectors)
        else:
            getattr(log, name)(*numbers)


@pytest.fixture
def always_sifted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every index looks at signs first, and lets through the best 40."""
    monkeypatch.setattr(vector_index, "_SIFTED_FROM", 1)
    monkeypatch.setattr(vector_index, "_SIFTED", 40)


@pytest.mark.usefixtures("always_sifted")
def test_signs_find_what_is_near_whatever_was_added_and_removed_and_wherever_all_vectors_lean() -> None:
    log, index = Log(), FaissIndex()
    rows = unit_rows(np.random.default_rng(2), 2_000, 60) + np.float32(0.3)  # 60: no whole number of bytes
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for page, row in enumerate(rows, 1):
        log.vectors[page] = row[np.newaxis]
        log.changed.append(page)
        if page % 500 == 0:
            refresh(index, log)
        if page % 3 == 0:
            log.delete(page - 2)
    refresh(index, log)

    asked = [*log.vectors][:200]
    found = [index.search(rows[page - 1], 1)[0] for page in asked]

    assert [page for page, _ in found] == asked
    assert [cosine for _, cosine in found] == pytest.approx([1.0] * 200, abs=0.01)


@pytest.mark.usefixtures("always_sifted")
def test_more_than_signs_let_through_are_found_by_looking_at_all() -> None:
    log = Log()
    log.vectors = {page: row[np.newaxis] for page, row in enumerate(unit_rows(np.random.default_rng(3), 60, DIM), 1)}
    log.changed = [*log.vectors]

    assert set(dict(filled(log).search(QUERY, 60))) == set(log.vectors)


def test_an_empty_index_finds_nothing() -> None:
    for index in (FaissIndex(), filled(Log())):
        assert index.search(QUERY, 10) == []
        assert np.isnan(index.similarities(np.array([1, 2]), QUERY)).all()


@pytest.mark.parametrize("dim", [384, 1024])
def test_cosines_are_right_to_the_third_digit(dim: int) -> None:
    chance = np.random.default_rng(dim)
    log = Log()
    log.vectors = dict(enumerate(unit_rows(chance, 200, dim)[:, np.newaxis], 1))
    log.changed = [*log.vectors]
    index = filled(log)
    query = unit_rows(chance, 1, dim)[0]

    cosines = np.array([rows[0] @ query for rows in log.vectors.values()])
    similar = index.similarities(np.arange(1, 201), query)
    found = dict(index.search(query, 200))

    np.testing.assert_allclose(similar, cosines, atol=0.004)
    assert float(np.std(similar - cosines)) < 0.001
    np.testing.assert_allclose([found[seq] for seq in range(1, 201)], cosines, atol=0.006)


def test_a_page_of_many_windows_is_found_once_by_its_best() -> None:
    log = Log()
    log.vectors = {1: np.eye(DIM, dtype=np.float32)[[1, 0, 2]], 2: np.eye(DIM, dtype=np.float32)[[3]]}
    log.changed = [1, 2]

    assert filled(log).search(QUERY, 10) == [(1, pytest.approx(1.0)), (2, 0.0)]


@pytest.mark.parametrize("sizes", [[200], [1] * 200], ids=["at once", "one by one"])
def test_a_model_with_large_components_loses_nothing_by_them(sizes: Sequence[int]) -> None:
    chance, log, index = np.random.default_rng(1), Log(), FaissIndex()
    rows = unit_rows(chance, 201, 64)
    rows[50:, 3] = 20.0  # as some models have one that says nothing
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for size in sizes:
        for _ in range(size):
            seq = len(log.vectors) + 1
            log.vectors[seq] = rows[seq : seq + 1]
            log.changed.append(seq)
        refresh(index, log)

    similar = index.similarities(np.arange(1, 201), rows[0])

    np.testing.assert_allclose(similar, rows[1:] @ rows[0], atol=0.03)


# Against the store


def test_what_another_process_commits_is_found_after_a_refresh(tmp_path: Path) -> None:
    ours, theirs = build_engine(tmp_path / "memory.db"), build_engine(tmp_path / "memory.db")
    ours.add("leek soup")
    ours.finish()
    index = FaissIndex()
    index.refresh(ours.store)
    query = HashEmbedder().embed_query("potato")

    theirs.add("potato")
    theirs.finish()
    assert [seq for seq, _ in index.search(query, 1)] == [1]
    index.refresh(ours.store)

    ((seq, cosine),) = index.search(query, 1)
    assert seq == 2
    assert cosine == pytest.approx(1.0, abs=0.01)
    for engine in (ours, theirs):
        engine.store.close()


def test_an_index_left_behind_by_a_trimmed_log_starts_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 2)
    engine = build_engine(tmp_path / "memory.db")
    engine.add("leek", "potato")
    engine.finish()
    late, fresh = FaissIndex(), FaissIndex()
    late.refresh(engine.store)
    with engine.store._database.write() as connection:
        connection.execute("DELETE FROM side_vectors WHERE seq = 1")
        connection.execute("DELETE FROM page_vectors WHERE seq = 1")
        changes.append(connection, "vector", [1], "delete")
    engine.add("soup", "stew", "broth")
    engine.finish()
    engine.store.maintain(now=engine.clock())
    assert engine.store.changes("vector", 1).complete

    late.refresh(engine.store)
    fresh.refresh(engine.store)

    for text in ("leek", "potato", "soup", "stew", "broth"):
        query = HashEmbedder().embed_query(text)
        assert late.search(query, 10) == fresh.search(query, 10)
    assert (len(late), len(fresh)) == (4, 4)
    engine.store.close()


def test_vectors_of_a_page_that_is_gone_are_gone_after_a_refresh(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db")
    engine.add("leek", "potato")
    engine.finish()
    index = FaissIndex()
    index.refresh(engine.store)

    with engine.store._database.write() as connection:
        connection.execute("DELETE FROM side_vectors WHERE seq = 1")
        connection.execute("DELETE FROM page_vectors WHERE seq = 1")
        changes.append(connection, "vector", [1], "delete")
    index.refresh(engine.store)

    assert [seq for seq, _ in index.search(HashEmbedder().embed_query("leek"), 10)] == [2]
    engine.store.close()


def test_searches_during_refreshes_find_only_what_is_there(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db")
    engine.add("leek")
    engine.finish()
    index, query, stop = FaissIndex(), HashEmbedder().embed_query("leek"), threading.Event()
    index.refresh(engine.store)
    firsts: set[int] = set()

    def search() -> None:
        while not stop.is_set():
            firsts.update(seq for seq, _ in index.search(query, 1))

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for number in range(20):
        engine.add(f"page {number}")
        engine.updater.embed()
        index.refresh(engine.store)
    stop.set()
    for searcher in searchers:
        searcher.join(30)

    assert firsts == {1}
    assert len(index) == 21
    engine.store.close()
