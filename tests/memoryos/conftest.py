"""Fixtures for the parts of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine import Engine, OpenEngine, build_engine

from memoryos.storage.ports import Store


@pytest.fixture
def open_engine(tmp_path: Path) -> Iterator[OpenEngine]:
    """A function that opens another engine on the test's file; all are closed after the test."""
    opened: list[Engine] = []

    def open_one(**settings: object) -> Engine:
        opened.append(build_engine(tmp_path / "memory.db", **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.store.close()


@pytest.fixture
def store(open_engine: OpenEngine) -> Store:
    """A new store with an embedder of two dimensions."""
    store = open_engine().store
    store.use_embedder("two/1", 2)
    return store
