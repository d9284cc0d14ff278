"""The pool of memories: which are open, and that what one user meets with is no other user's trouble."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from waiting import until

from memoryos import Config, Memoryos, MemoryOSError, Runtime
from memoryos.errors import StoreError
from memoryos.storage.paths import memory_file
from memoryos_mcp.pool import MemoryPool

PATIENCE_SECONDS = 30

MakePool = Callable[..., MemoryPool]


@pytest.fixture
def make_pool(make_config: Callable[..., Config]) -> Iterator[MakePool]:
    """A function that makes a pool of so many memories, with further settings as keywords."""
    with Runtime() as runtime:

        def make(most_open: int, most_bytes: int = 0, **settings: object) -> MemoryPool:
            return MemoryPool(
                lambda user: Memoryos.open(make_config(user_id=user, **settings), runtime), most_open, most_bytes
            )

        yield make


def added(pool: MemoryPool, user: str, text: str) -> None:
    with pool.using(user) as memory:
        memory.add_memory(text, "Noted.")


def texts(pool: MemoryPool, user: str) -> list[str]:
    with pool.using(user) as memory:
        return [page.page.user_input for page in memory.retrieve("tea").pages]


def test_each_user_has_a_memory_of_their_own(make_pool: MakePool) -> None:
    pool = make_pool(2)
    added(pool, "alice", "I like green tea.")
    added(pool, "bob", "I like black tea.")
    assert (texts(pool, "alice"), texts(pool, "bob"), texts(pool, "carol")) == (
        ["I like green tea."],
        ["I like black tea."],
        [],
    )


def test_the_memories_that_were_used_last_stay_open(make_pool: MakePool) -> None:
    pool = make_pool(2)
    for user in ("alice", "bob", "alice", "carol"):
        texts(pool, user)
    until(lambda: pool.open_users() == ("alice", "carol"))
    texts(pool, "bob")
    until(lambda: pool.open_users() == ("carol", "bob"))


def test_memories_that_take_too_much_together_are_closed_but_never_the_one_used_last(make_pool: MakePool) -> None:
    with make_pool(9).using("alice") as memory:
        each = memory.held_bytes()
    pool = make_pool(9, most_bytes=2 * each)
    for user in ("alice", "bob", "carol"):
        texts(pool, user)
    until(lambda: pool.open_users() == ("bob", "carol"))

    pool = make_pool(9, most_bytes=1)
    for user in ("alice", "bob"):
        texts(pool, user)
    until(lambda: pool.open_users() == ("bob",))
    with pool.using("bob") as memory:
        memory.add_memory("I like green tea.", "Noted.")
    assert pool.open_users() == ("bob",)


def test_the_one_used_last_is_not_closed_for_what_it_takes_while_another_is_in_use(make_pool: MakePool) -> None:
    pool = make_pool(9, most_bytes=1)
    with pool.using("alice"):
        texts(pool, "bob")
    until(lambda: pool.open_users() == ("bob",))


def test_what_a_memory_takes_grows_with_its_pages(make_pool: MakePool) -> None:
    with make_pool(1).using("alice") as memory:
        empty = memory.held_bytes()
        for number in range(20):
            memory.add_memory(f"I like tea number {number}.", "Noted.")
        memory.wait_until_idle(PATIENCE_SECONDS)
        memory.retrieve("tea")
        assert memory.held_bytes() > empty


def test_a_memory_that_is_in_use_is_not_closed(make_pool: MakePool) -> None:
    pool = make_pool(1)
    with pool.using("alice") as memory:
        texts(pool, "bob")
        texts(pool, "carol")
        memory.add_memory("I like green tea.", "Noted.")
    assert texts(pool, "alice") == ["I like green tea."]
    until(lambda: pool.open_users() == ("alice",))


def test_one_without_work_is_closed_before_one_that_has_some(make_pool: MakePool) -> None:
    pool = make_pool(2, short_term_capacity=1, consolidation_idle_seconds=3_600)
    for number in range(3):
        added(pool, "alice", f"I like tea number {number}.")
    texts(pool, "bob")
    with pool.using("alice") as memory:
        assert memory.has_work()
    with pool.using("bob") as memory:
        memory.wait_until_idle(PATIENCE_SECONDS)
        assert not memory.has_work()
    texts(pool, "carol")
    until(lambda: pool.open_users() == ("alice", "carol"))


def test_two_calls_that_want_a_memory_at_once_open_it_once(make_config: Callable[..., Config]) -> None:
    opened: list[str] = []
    first_is_opening, may_go_on = threading.Event(), threading.Event()

    with Runtime() as runtime, ThreadPoolExecutor(4) as threads:

        def open_slowly(user: str) -> Memoryos:
            opened.append(user)
            first_is_opening.set()
            assert may_go_on.wait(PATIENCE_SECONDS)
            return Memoryos.open(make_config(user_id=user), runtime)

        pool = MemoryPool(open_slowly, 2)
        waiting = [threads.submit(pool.get, "alice") for _ in range(3)]
        assert first_is_opening.wait(PATIENCE_SECONDS)
        may_go_on.set()
        memories = {id(call.result(PATIENCE_SECONDS)) for call in waiting}
    assert (opened, len(memories)) == (["alice"], 1)


def test_an_opening_that_takes_long_holds_up_nobody_else(make_config: Callable[..., Config]) -> None:
    is_opening, may_go_on = threading.Event(), threading.Event()
    with Runtime() as runtime, ThreadPoolExecutor(1) as threads:

        def open_slowly(user: str) -> Memoryos:
            if user == "slow":
                is_opening.set()
                assert may_go_on.wait(PATIENCE_SECONDS)
            return Memoryos.open(make_config(user_id=user), runtime)

        pool = MemoryPool(open_slowly, 2)
        slow = threads.submit(pool.get, "slow")
        assert is_opening.wait(PATIENCE_SECONDS)
        assert texts(pool, "alice") == []
        may_go_on.set()
        slow.result(PATIENCE_SECONDS)
        assert set(pool.open_users()) == {"alice", "slow"}


def test_a_memory_that_cannot_be_opened_fails_its_own_users_calls_until_it_is_mended(
    make_pool: MakePool, tmp_path: Path
) -> None:
    pool = make_pool(2)
    folder = memory_file(tmp_path / "data", "bob").parent
    folder.parent.mkdir(parents=True)
    folder.write_text("this is no folder")
    added(pool, "alice", "I like green tea.")
    for _ in range(2):
        with pytest.raises(StoreError, match=folder.name):
            texts(pool, "bob")
    assert (texts(pool, "alice"), pool.open_users()) == (["I like green tea."], ("alice",))
    folder.unlink()
    assert texts(pool, "bob") == []


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
def test_a_memory_whose_file_was_deleted_is_opened_anew(make_pool: MakePool, tmp_path: Path) -> None:
    pool = make_pool(2)
    added(pool, "alice", "I like green tea.")
    with pool.using("alice") as before:
        shutil.rmtree(memory_file(tmp_path / "data", "alice").parent)
        assert texts(pool, "alice") == []
        with pool.using("alice") as after:
            assert after is not before
    added(pool, "alice", "I like black tea.")
    assert texts(pool, "alice") == ["I like black tea."]


def test_a_pool_that_was_closed_opens_nothing(make_pool: MakePool) -> None:
    pool = make_pool(2)
    texts(pool, "alice")
    pool.close()
    with pytest.raises(MemoryOSError, match="the server is shutting down"):
        texts(pool, "alice")


def test_a_pool_that_is_closed_closes_the_memories_that_nobody_else_holds(make_pool: MakePool) -> None:
    """They were let go of without: the last visits were lost, and their connections left to the garbage."""
    pool = make_pool(2)
    stores = [pool.get(user)._parts.store for user in ("alice", "bob")]
    pool.close()
    for store in stores:
        with pytest.raises(StoreError, match="the memory was closed"):
            store.newest_pages(1)


def test_no_call_waits_for_the_memory_of_another_user_to_close_and_none_fails_with_it(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, may_close = make_pool(1), threading.Event()
    close = Memoryos.close

    def close_late(memory: Memoryos) -> None:
        if memory.config.user_id == "alice":
            assert may_close.wait(PATIENCE_SECONDS)
            close(memory)
            raise StoreError("the disk is full")
        close(memory)

    added(pool, "alice", "I like green tea.")
    monkeypatch.setattr(Memoryos, "close", close_late)
    added(pool, "bob", "I like black tea.")
    assert texts(pool, "bob") == ["I like black tea."]
    may_close.set()
    assert texts(pool, "alice") == ["I like green tea."]


def test_a_fault_in_closing_a_memory_is_logged_and_keeps_nobody_out(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pool, close = make_pool(1), Memoryos.close

    def close_wrongly(memory: Memoryos) -> None:
        close(memory)
        if memory.config.user_id == "alice":
            raise ValueError("a fault of the program")

    added(pool, "alice", "I like green tea.")
    monkeypatch.setattr(Memoryos, "close", close_wrongly)
    added(pool, "bob", "I like black tea.")
    until(lambda: "a memory did not close" in caplog.messages)

    (fault,) = [record for record in caplog.records if record.message == "a memory did not close"]
    assert fault.exc_info is not None
    assert str(fault.exc_info[1]) == "a fault of the program"
    monkeypatch.undo()
    assert texts(pool, "alice") == ["I like green tea."]


def test_a_call_that_cannot_look_for_its_file_keeps_no_place(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Memoryos) -> bool:
        raise StoreError("no access")

    pool = make_pool(1)
    added(pool, "alice", "I like green tea.")
    with monkeypatch.context() as patched:
        patched.setattr(Memoryos, "file_is_gone", refuses)
        with pytest.raises(StoreError):
            texts(pool, "alice")
    added(pool, "bob", "I like black tea.")
    until(lambda: pool.open_users() == ("bob",))  # nobody uses the other any more
