"""The stores that the contract is tested on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_work import OpenStore

from memoryos.storage.ports import Store
from memoryos.storage.sqlite.store import SqliteStore


@pytest.fixture(params=["sqlite"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """A function that opens the test's store once more; all are closed after the test."""
    opened: list[Store] = []
    backends: dict[str, Callable[[], Store]] = {"sqlite": lambda: SqliteStore(tmp_path / "memory.db")}

    def open_one() -> Store:
        opened.append(backends[request.param]())
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A new store with an embedder of two dimensions."""
    store = open_store()
    store.use_embedder("two/1", 2)
    return store
