"""What the model was used for, counted by the day in a file that processes share."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from engine import Clock

from memoryos.errors import StoreDamagedError, StoreError
from memoryos.status import Use
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.sqlite.usage import UsageStore


def test_a_file_is_made_with_the_first_use(tmp_path: Path) -> None:
    usage = UsageStore(tmp_path / "data" / "server.db", Clock())
    assert not usage.path.exists()

    usage.add("answer", Use(1, 10, 2))

    assert usage.path.is_file()
    usage.close()


def test_use_is_told_by_purpose_and_is_there_again_after_opening(tmp_path: Path) -> None:
    path, clock = tmp_path / "server.db", Clock()
    first = UsageStore(path, clock)
    first.add("background", Use(1, 100, 20))
    first.add("background", Use(2, 10, 3))
    first.add("answer", Use(1, 7, 1))
    first.close()

    second = UsageStore(path, clock)

    assert second.today("background") == Use(3, 110, 23)
    assert second.today("background", "answer") == Use(4, 117, 24)
    assert second.today("background", "answer").tokens == 141
    second.close()


def test_a_new_day_begins_at_midnight_utc(tmp_path: Path) -> None:
    clock = Clock()  # noon
    usage = UsageStore(tmp_path / "server.db", clock)
    usage.add("background", Use(1, 100, 20))

    clock.advance(12 * 3_600 - 1)
    assert usage.today("background") == Use(1, 100, 20)
    clock.advance(1)
    assert usage.today("background") == Use()
    usage.close()


def test_many_threads_and_stores_count_every_call(tmp_path: Path) -> None:
    clock = Clock()
    stores = [UsageStore(tmp_path / "server.db", clock) for _ in range(4)]
    together = threading.Barrier(8)

    def use(number: int) -> None:
        together.wait(30)
        for _ in range(10):
            stores[number % 4].add("background", Use(1, 2, 3))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))

    assert stores[0].today("background") == Use(80, 160, 240)
    for store in stores:
        store.close()


def test_a_closed_file_stays_closed(tmp_path: Path) -> None:
    usage = UsageStore(tmp_path / "server.db", Clock())
    usage.close()

    with pytest.raises(StoreError, match=r": the memory was closed; open it again to use it$"):
        usage.add("background", Use(1, 1, 1))
    assert not usage.path.exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody delete an open file")
def test_a_file_that_was_deleted_is_made_anew(tmp_path: Path) -> None:
    usage = UsageStore(tmp_path / "server.db", Clock())
    usage.add("background", Use(1, 100, 20))
    usage.path.unlink()

    usage.add("background", Use(1, 1, 1))

    assert usage.today("background") == Use(1, 1, 1)
    usage.close()


def test_a_user_s_memory_is_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    SqliteStore(path).close()

    with pytest.raises(StoreDamagedError, match="is a database, but not one of this package"):
        UsageStore(path, Clock()).today("background")
