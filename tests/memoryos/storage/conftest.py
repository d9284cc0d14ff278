"""The stores that the contract is tested on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from backends import BACKENDS, Backend
from store_work import OpenSearchStore, OpenStore, SearchableStore

from memoryos.storage.ports import Store


def _params(*, all_ports: bool) -> list[object]:
    return [
        pytest.param(
            backend,
            id=backend.name,
            marks=pytest.mark.skipif(backend.missing is not None, reason=f"{backend.name}: {backend.missing}"),
        )
        for backend in BACKENDS
        if backend.has_all_ports or not all_ports
    ]


@pytest.fixture(params=_params(all_ports=True))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """A function that opens the test's store once more; all are closed after the test."""
    backend: Backend = request.param
    opening = backend.opening(tmp_path)
    with ExitStack() as closing:

        def open_one() -> Store:
            store = cast(Store, opening())
            closing.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A new store with an embedder of two dimensions."""
    store = open_store()
    store.use_embedder("two/1", 2)
    return store


@pytest.fixture(params=_params(all_ports=False))
def open_search_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenSearchStore]:
    """The same for what has the ports of pages, words, vectors and changes."""
    backend: Backend = request.param
    opening = backend.opening(tmp_path)
    with ExitStack() as closing:

        def open_one() -> SearchableStore:
            store = cast(SearchableStore, opening())
            closing.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def search_store(open_search_store: OpenSearchStore) -> SearchableStore:
    """A new one with an embedder of two dimensions."""
    store = open_search_store()
    store.use_embedder("two/1", 2)
    return store
