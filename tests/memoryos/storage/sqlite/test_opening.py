"""A memory whose files do not fit is named and left as it is, before SQLite takes what could be saved for nothing."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from ulid import ULID

from memoryos.errors import StoreDamagedError
from memoryos.models import NewPage
from memoryos.storage.sqlite.high_water import HighWater, mark_file
from memoryos.storage.sqlite.recovery import salvage
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse

NOON = parse("2026-03-01T12:00:00Z", None)
PAGES = 20

_ADDER = """
import os, signal, sys
from pathlib import Path
from memoryos.models import NewPage
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse
now = parse("2026-03-01T12:00:00Z", None)
store = SqliteStore(Path(sys.argv[1]))
first, last, checkpointed = map(int, sys.argv[2:5])
for number in range(first, last):
    if number == checkpointed:
        store.maintain(now=now)
    store.add_page(NewPage(f"page {number} " + "x" * 1500, "Noted.", now, str(number)), timestamp=str(number), now=now)
os.kill(os.getpid(), signal.SIGKILL)
"""


_FORGETTER = """
import os, signal, sqlite3, sys
from pathlib import Path
from memoryos.models import NewPage
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse
now = parse("2026-03-01T12:00:00Z", None)
store = SqliteStore(Path(sys.argv[1]))
reader = sqlite3.connect(sys.argv[1], isolation_level=None)  # keeps what is forgotten in the log
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM pages").fetchone()
added = [store.add_page(NewPage(f"new {n}", "", now, None), timestamp=f"new {n}", now=now).page.id for n in range(3)]
store.forget_pages([added[1]])
os.kill(os.getpid(), signal.SIGKILL)
"""


def add_and_die(path: Path, first: int = 0, last: int = PAGES, checkpointed: int = -1) -> None:
    """Add pages in a process that is killed then, the log moved into the file before one of them."""
    numbers = (str(number) for number in (first, last, checkpointed))
    subprocess.run([sys.executable, "-c", _ADDER, str(path), *numbers], check=False, timeout=60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users" / "tom" / "memory.db"


def files(path: Path) -> dict[str, bytes]:
    """What lies there, without the index of the log, and the log where it is empty."""
    found = {entry.name: entry.read_bytes() for entry in path.parent.iterdir() if not entry.name.endswith("-shm")}
    return {name: content for name, content in found.items() if content or name == path.name}


def refused(path: Path) -> str:
    """What opening says, which changes nothing and says the same again."""
    before = files(path)
    said = set()
    for _ in range(2):
        with pytest.raises(StoreDamagedError) as raised:
            SqliteStore(path)
        said.add(str(raised.value))
    assert files(path) == before
    assert f'python -m memoryos_mcp recover "{path}"' in min(said)
    (one,) = said
    return one


def numbers(store: SqliteStore) -> list[str]:
    return [page.timestamp for page in store.newest_pages(1_000)]


@pytest.mark.parametrize("checkpointed", [-1, 10])
def test_a_killed_memory_opens_with_all_it_had(path: Path, checkpointed: int) -> None:
    add_and_die(path, checkpointed=checkpointed)

    store = SqliteStore(path)

    assert numbers(store) == [str(number) for number in range(PAGES)]
    store.close()


def test_an_emptied_file_beside_its_log_is_named_and_can_be_saved(path: Path) -> None:
    """A server that was started first answered success on an empty memory, and the log was gone."""
    add_and_die(path)
    path.write_bytes(b"")

    assert "is empty, and its write-ahead log (memory.db-wal)" in refused(path)
    assert salvage(path).pages == PAGES


def test_a_deleted_file_beside_its_log_is_named_and_can_be_saved(path: Path) -> None:
    add_and_die(path)
    path.unlink()

    assert "is missing, and its write-ahead log (memory.db-wal)" in refused(path)
    assert salvage(path).pages == PAGES


@pytest.mark.parametrize("content", [b"notes", bytes(8_192)])
def test_a_file_that_is_no_database_beside_a_log_is_named(path: Path, content: bytes) -> None:
    add_and_die(path)
    path.write_bytes(content * 100)

    assert "file is not a database" in refused(path)
    assert salvage(path).pages == PAGES


@pytest.mark.parametrize("checkpointed", [-1, 10])
def test_a_deleted_log_is_named(path: Path, checkpointed: int) -> None:
    """Sixty of sixty pages were gone, and the server said nothing."""
    add_and_die(path, checkpointed=checkpointed)
    path.with_name("memory.db-wal").unlink()

    left = max(checkpointed, 0)
    assert f"tells of 20 pages up to number 20, and there are {left} up to number {left}." in refused(path)


def test_a_log_that_was_emptied_is_named(path: Path) -> None:
    add_and_die(path)
    path.with_name("memory.db-wal").write_bytes(b"")

    assert "lacks what it was said to hold" in refused(path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_noise_in_the_log_is_named(path: Path, share: float) -> None:
    """SQLite reads a log up to the first part that is not sound: 29 of 60 pages were gone without a word."""
    add_and_die(path)
    log = path.with_name("memory.db-wal")
    content = bytearray(log.read_bytes())
    at = int(share * len(content))
    content[at : at + 500] = random.Random(1).randbytes(500)
    log.write_bytes(content)

    assert "tells of 20 pages" in refused(path)
    assert salvage(path).lost == PAGES - salvaged(path)


def salvaged(path: Path) -> int:
    """How many pages the file that `salvage` made holds."""
    store = SqliteStore(path.with_name("memory.db.recovered"))
    try:
        return len(store.newest_pages(1_000))
    finally:
        store.close()


@pytest.mark.parametrize(
    ("share", "said"), [(0.3, "malformed database schema"), (0.6, "ends too early"), (0.95, "ends too early")]
)
def test_a_file_cut_short_beside_its_log_is_named_and_left_as_it_is(path: Path, share: float, said: str) -> None:
    """SQLite took the part that is gone for empty, and moved the log into the file around it."""
    add_and_die(path, checkpointed=15)
    os.truncate(path, int(share * path.stat().st_size))

    assert said in refused(path)
    saved = salvage(path)
    assert (saved.lost, saved.pages) == (PAGES - salvaged(path), salvaged(path))


def test_a_file_that_ends_before_what_its_log_holds_is_whole(path: Path) -> None:
    """A log is longer than its file as long as nothing was moved."""
    add_and_die(path, checkpointed=15)
    before = path.stat().st_size
    add_and_die(path, PAGES, 2 * PAGES)

    assert path.stat().st_size == before
    store = SqliteStore(path)
    assert numbers(store) == [*map(str, range(2 * PAGES))]
    store.close()


def test_damage_that_is_met_in_use_is_named_without_what_was_said_and_left_as_it_is(path: Path) -> None:
    add_and_die(path, checkpointed=15)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"page 7 xxx", b"page 7 \xffxx"))
    before = files(path)

    store = SqliteStore(path)
    with pytest.raises(StoreDamagedError, match="a text in it is damaged") as error:
        store.newest_pages(PAGES)
    store.close()

    assert "page 7" not in "".join(traceback.format_exception(error.value))
    assert files(path) == before


def test_the_log_of_another_memory_is_not_played_into_a_file(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "memory.db"
    add_and_die(path, checkpointed=15)
    add_and_die(other, last=60, checkpointed=5)
    shutil.copy(other.with_name("memory.db-wal"), path.with_name("memory.db-wal"))

    assert "does not fit its write-ahead log (memory.db-wal)" in refused(path)


def test_the_log_of_a_later_time_is_not_played_into_an_older_copy(path: Path, tmp_path: Path) -> None:
    add_and_die(path, last=3, checkpointed=2)
    SqliteStore(path).close()
    shutil.copy(path, tmp_path / "copy")
    add_and_die(path, 3, 90)
    SqliteStore(path).close()
    add_and_die(path, 90, 95)
    shutil.copy(tmp_path / "copy", path)

    refused(path)


def test_an_older_copy_put_back_is_named_until_the_mark_is_deleted(path: Path, tmp_path: Path) -> None:
    add_and_die(path, last=3)
    SqliteStore(path).close()
    shutil.copy(path, tmp_path / "copy")
    add_and_die(path, 3, 9)
    SqliteStore(path).close()
    shutil.copy(tmp_path / "copy", path)

    assert "If an older copy was put here on purpose, delete memory.mark" in refused(path)

    mark_file(path).unlink()
    store = SqliteStore(path)
    assert numbers(store) == ["0", "1", "2"]
    store.close()


def test_a_file_killed_half_way_through_taking_the_log_in_opens_with_all_it_had(path: Path, tmp_path: Path) -> None:
    """It counted a page as forgotten that it did not know yet: a sound memory was refused for ever after the kill."""
    store = SqliteStore(path)
    for number in range(10):
        store.add_page(NewPage(f"page {number}", "", NOON, None), timestamp=str(number), now=NOON)
    store.close()
    subprocess.run([sys.executable, "-c", _FORGETTER, str(path)], check=False, timeout=60)
    beside = tmp_path / "half.db"
    shutil.copyfile(path, beside)
    with closing(sqlite3.connect(beside)) as half:  # what the log has of the settings, and nothing else
        half.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('forgotten_pages', '1')")
        half.commit()
        half.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(beside, path)

    store = SqliteStore(path)

    assert numbers(store) == [*map(str, range(10)), "new 0", "new 2"]
    store.close()


def test_another_memory_put_in_place_is_used_as_it_is(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "memory.db"
    add_and_die(other, last=2)
    SqliteStore(other).close()
    add_and_die(path)
    SqliteStore(path).close()
    shutil.copy(other, path)

    store = SqliteStore(path)

    assert numbers(store) == ["0", "1"]
    assert HighWater.marked(path) == HighWater.marked(other)
    store.close()


def test_a_copy_put_in_place_of_an_open_memory_gets_nothing_of_its_log(path: Path, tmp_path: Path) -> None:
    """It was opened before the one that was there had been closed, and answered with pages that were gone later."""
    add_and_die(path, last=2)
    SqliteStore(path).close()
    shutil.copy(path, tmp_path / "copy")
    before = SqliteStore(path)
    before.add_page(NewPage("page 2", "", NOON, None), timestamp="2", now=NOON)
    mark_file(path).unlink()
    (tmp_path / "copy").replace(path)

    assert before.file_is_gone()
    after = SqliteStore(path)
    assert numbers(after) == ["0", "1"]
    before.close()
    after.add_page(NewPage("page 3", "", NOON, None), timestamp="3", now=NOON)
    after.close()

    again = SqliteStore(path)
    assert numbers(again) == ["0", "1", "3"]
    again.close()


def test_a_deleted_memory_begins_anew(path: Path) -> None:
    add_and_die(path)
    SqliteStore(path).close()
    path.unlink()

    store = SqliteStore(path)

    assert (numbers(store), HighWater.marked(path)) == ([], None)
    store.close()


def test_a_mark_tells_how_far_a_memory_has_come(path: Path) -> None:
    store = SqliteStore(path)
    pages = [
        store.add_page(NewPage(f"page {number}", "", NOON, None), timestamp="now", now=NOON).page for number in range(3)
    ]
    added = HighWater.marked(path)
    store.forget_pages([pages[2].id, pages[0].id])
    forgotten = HighWater.marked(path)
    store.close()

    assert added is not None
    assert forgotten is not None
    assert (added.newest, added.forgotten, added.pages) == (3, 0, 3)
    assert (forgotten.newest, forgotten.forgotten, forgotten.pages) == (3, 2, 1)
    assert added.memory == forgotten.memory
    SqliteStore(path).close()  # the newest page is forgotten: nothing is amiss


@pytest.mark.parametrize("content", [b"", b"\xff" * 90, b"memoryos-mark-1 A 99 0 00000000\n"])
def test_a_mark_that_cannot_be_read_is_no_alarm(path: Path, content: bytes) -> None:
    add_and_die(path)
    mark_file(path).write_bytes(content)

    store = SqliteStore(path)

    assert numbers(store) == [str(number) for number in range(PAGES)]
    store.close()


def test_a_schema_whose_damage_cannot_even_be_quoted_is_named(path: Path) -> None:
    """SQLite quotes it in an error that Python cannot decode: a UnicodeDecodeError reached the client."""
    add_and_die(path)
    SqliteStore(path).close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE audit", b"CREATE TABLE\xff\xfeaudi", 1))

    refused(path)
    assert salvage(path).pages == PAGES


@pytest.mark.parametrize("looked", [1, 2, 3])
def test_a_memory_to_which_another_process_adds_while_it_is_opened_is_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch, looked: int
) -> None:
    other = SqliteStore(path)

    def add() -> None:
        other.add_page(NewPage("one more", "Noted.", NOON, str(ULID())), timestamp="now", now=NOON)

    add()  # so that there is a log, which is looked at before the opening
    measured = HighWater.of
    heights = 0

    def add_then(connection: sqlite3.Connection) -> HighWater:
        nonlocal heights
        heights += 1
        found = measured(connection)
        if heights == looked:
            add()
        return found

    monkeypatch.setattr(HighWater, "of", add_then)
    with closing(other), closing(SqliteStore(path)) as opened:
        assert heights == 3  # without the log, with it, and once it is open
        monkeypatch.undo()
        assert opened.counts("assistant").pages == 2
