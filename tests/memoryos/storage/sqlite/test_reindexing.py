"""Pages whose words an older segmenter cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from store_work import (
    add,
    words,
)

from memoryos.language.stems import stems
from memoryos.language.words import SEGMENTER_VERSION
from memoryos.storage import adding
from memoryos.storage.index_rows import stem_id
from memoryos.storage.sqlite import full_text
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables import reindexing

OpenSqlite = Callable[[], SqliteStore]


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[OpenSqlite]:
    """A function that opens the test's memory once more; all are closed after the test."""
    with ExitStack() as closing:

        def open_one() -> SqliteStore:
            store = SqliteStore(tmp_path / "memory.db")
            closing.callback(store.close)
            return store

        yield open_one


@pytest.fixture
def store(open_store: OpenSqlite) -> SqliteStore:
    return open_store()


def reversed_text(text: str) -> str:
    """A segmenter that differs in every word."""
    return text[::-1]


def test_pages_cut_by_an_older_segmenter_are_indexed_anew_some_at_a_time(
    open_store: OpenSqlite, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(full_text, "index_text", reversed_text)
        older.setattr(adding, "stems", lambda text: stems(reversed_text(text)))
        add(store, "leek", "potato", "soup")
    version = store.changes("page", 0).version
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", SEGMENTER_VERSION + 1)
    found = [store.match_words(words("leek"), 10)]

    steps = [store.renew_words(2)]
    found.append(store.match_words(words("leek"), 10))
    found.append(store.match_words(words("soup"), 10))
    other = open_store()
    steps += [other.renew_words(2), other.renew_words(2), store.renew_words(2)]
    found.append(store.match_words(words("soup"), 10))

    assert steps == [True, True, False, False]
    assert found == [[], [1], [], [3]]
    assert sorted(store.changes("page", version).upserts) == [1, 2, 3], "a cache reads the pages anew"
    assert stem_id("leek") in store.outlines_after(0, 3).stems


def test_a_memory_of_this_segmenter_is_opened_without_a_write(open_store: OpenSqlite, store: SqliteStore) -> None:
    add(store, "leek")
    while store.renew_words(10):
        pass

    with store._database.write():
        assert not open_store().renew_words(10)


def test_words_of_a_newer_segmenter_are_left_alone(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "leek")
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", SEGMENTER_VERSION + 1)
    while store.renew_words(10):
        pass
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", SEGMENTER_VERSION)
    monkeypatch.setattr(full_text, "index_text", reversed_text)

    assert not store.renew_words(10)
    assert store.match_words(words("leek"), 10) == [1]
