"""Doors at which hooks ask servers: real sockets, real threads."""

from __future__ import annotations

import os
import socket
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from memoryos_mcp.hooks.doors import SUFFIX, doors, new_door
from memoryos_mcp.hooks.local_socket import MAX_BYTES, Door, ask

PATIENCE_SECONDS = 30.0

posix = pytest.mark.skipif(sys.platform == "win32", reason="a named pipe has no path")


@contextmanager
def served(folder: Path, answer: Callable[[bytes], bytes]) -> Iterator[Door]:
    """A door that is served on a thread, which has ended when this has."""
    door = Door(str(folder))
    thread = threading.Thread(target=door.serve, args=(answer,), daemon=True)
    thread.start()
    try:
        yield door
    finally:
        door.close()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path is short, as that of a user is, in which nothing is when the test ends."""
    with tempfile.TemporaryDirectory(prefix="m") as folder:
        yield Path(folder)
        assert doors(folder) == [], folder


@pytest.fixture
def temporary(tmp_path: Path, short: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test alone; that of the test's own, longer one is chosen by then."""
    assert tmp_path.is_dir()
    monkeypatch.setattr(tempfile, "tempdir", str(short))
    return short


@pytest.fixture
def long(temporary: Path, tmp_path: Path) -> Path:
    """A folder whose path is too long for a socket in it."""
    folder = tmp_path / ("d" * 100)
    folder.mkdir()
    return folder


def test_what_is_asked_at_a_door_is_answered_one_after_the_other(short: Path) -> None:
    with served(short, bytes.upper) as door:
        assert doors(str(short)) == [door.path]
        answers = [ask(door.path, question, PATIENCE_SECONDS) for question in (b"one", b"two", b"")]

    assert answers == [b"ONE", b"TWO", b""]


@posix
def test_a_door_is_open_to_its_user_only(short: Path) -> None:
    with served(short, bytes.upper) as door:
        assert stat.S_IMODE(os.stat(door.path).st_mode) == 0o600
        assert [entry.name for entry in short.iterdir()] == [os.path.basename(door.path)]


@posix
def test_the_door_of_a_server_that_was_killed_is_taken_away_by_the_next(short: Path) -> None:
    killed = new_door(str(short))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(killed)
        listener.listen()
    with pytest.raises(ConnectionRefusedError):
        ask(killed, b"one", PATIENCE_SECONDS)

    with served(short, bytes.upper) as door:
        assert doors(str(short)) == [door.path]


def test_two_servers_of_one_memory_have_a_door_each(short: Path) -> None:
    with served(short, lambda _: b"second"), served(short, lambda _: b"third") as third:
        with served(short, lambda _: b"first") as first:
            assert len(doors(str(short))) == 3
            assert ask(first.path, b"", PATIENCE_SECONDS) == b"first"
        assert first.path not in doors(str(short))
        assert ask(third.path, b"", PATIENCE_SECONDS) == b"third"


@posix
def test_a_server_that_was_suspended_holds_up_no_other_one_and_not_its_own_end(short: Path) -> None:
    suspended = Door(str(short))
    with ExitStack() as asking:
        with suppress(OSError):  # until no more can stand in line
            while True:
                hook = asking.enter_context(socket.socket(socket.AF_UNIX))
                hook.setblocking(False)
                hook.connect(suspended.path)

        def goes_on() -> None:
            other = Door(str(short))
            for door in (other, suspended):
                door.close()
                door.serve(bytes)

        ending = threading.Thread(target=goes_on, daemon=True)
        ending.start()
        ending.join(PATIENCE_SECONDS)
        assert not ending.is_alive()


def test_a_message_that_is_too_long_is_not_heard_and_the_next_one_is(short: Path) -> None:
    heard: list[bytes] = []

    def hear(message: bytes) -> bytes:
        heard.append(message)
        return b"yes"

    with served(short, hear) as door:
        with suppress(OSError):  # the server has gone before all of it was said
            assert ask(door.path, b"x" * (MAX_BYTES + 1), PATIENCE_SECONDS) == b""
        assert ask(door.path, b"x" * MAX_BYTES, PATIENCE_SECONDS) == b"yes"

    assert heard == [b"x" * MAX_BYTES]


def test_an_answer_that_is_too_long_is_none(short: Path) -> None:
    with served(short, lambda _: b"x" * (MAX_BYTES + 1)) as door, pytest.raises(TimeoutError):
        ask(door.path, b"", PATIENCE_SECONDS)


@posix
def test_who_connects_and_says_nothing_holds_up_nobody_for_long(short: Path) -> None:
    with served(short, bytes.upper) as door, socket.socket(socket.AF_UNIX) as silent:
        silent.connect(door.path)
        assert ask(door.path, b"one", PATIENCE_SECONDS) == b"ONE"


@posix
def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_told(short: Path) -> None:
    go_on = threading.Event()

    def wait(message: bytes) -> bytes:
        go_on.wait(PATIENCE_SECONDS)
        return message

    with served(short, wait) as door:
        with pytest.raises(TimeoutError):
            ask(door.path, b"one", 0.01)
        go_on.set()


@posix
def test_a_path_too_long_for_a_socket_has_its_doors_in_a_folder_of_the_users_own(long: Path, temporary: Path) -> None:
    other = long.with_name("e" * 100)
    other.mkdir()
    with served(long, lambda _: b"this") as door, served(other, lambda _: b"the other"):
        assert doors(str(long)) == [door.path]
        assert os.path.dirname(door.path) == str(temporary / f"memoryos-{os.getuid()}")
        assert stat.S_IMODE(os.stat(os.path.dirname(door.path)).st_mode) == 0o700
        assert len(os.fsencode(door.path)) <= 103
        assert ask(door.path, b"", PATIENCE_SECONDS) == b"this"


@posix
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
def test_a_folder_that_others_may_enter_has_no_doors(long: Path, temporary: Path, mode: int) -> None:
    open_folder = temporary / f"memoryos-{os.getuid()}"
    open_folder.mkdir()
    open_folder.chmod(mode)

    assert doors(str(long)) == []
    with pytest.raises(PermissionError):
        Door(str(long))


@posix
def test_a_link_in_the_place_of_that_folder_is_not_followed(long: Path, temporary: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(0o700)
    (temporary / f"memoryos-{os.getuid()}").symlink_to(elsewhere)

    with pytest.raises(PermissionError):
        Door(str(long))


def test_a_folder_that_is_not_there_has_no_doors_and_gets_none(tmp_path: Path) -> None:
    assert doors(str(tmp_path / "gone")) == []
    with pytest.raises(FileNotFoundError):
        Door(str(tmp_path / "gone"))


@pytest.mark.parametrize("folder", ["/data/memoryos/users/tom-3c6e0b8a9c15224a", "/x"])
def test_names_of_doors_differ_and_are_short(folder: str) -> None:
    names = {new_door(folder) for _ in range(20)}

    assert len(names) == 20
    assert all(name.startswith(os.path.join(folder, "hook-")) and name.endswith(SUFFIX) for name in names)
