"""The file: its schema, and what is said when it cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from memoryos.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreGoneError,
    StoreReadOnlyError,
    StoreVersionError,
)
from memoryos.models import NewPage, Page
from memoryos.storage.sqlite import files
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.schema import MEMORY, Schema
from memoryos.storage.sqlite.store import SqliteStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
BOUND = 30
"""Seconds after which anything here counts as hanging."""
NEWEST = len(MEMORY.migrations())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users" / "tom" / "memory.db"


@pytest.fixture
def filled(path: Path) -> Path:
    """A file with fifty pages, closed."""
    store = SqliteStore(path)
    for number in range(50):
        add(store, f"page {number} " + "x" * 500)
    store.close()
    return path


def add(store: SqliteStore, text: str) -> Page:
    return store.add_page(NewPage(text, "", NOON), timestamp="2026-03-01 12:00:00", now=NOON).page


def read_all(path: Path) -> tuple[Page, ...]:
    with closing(SqliteStore(path)) as store:
        return store.newest_pages(1_000)


def schema(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            *connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"),
            *connection.execute("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version"),
            *connection.execute("PRAGMA journal_mode"),
        ]


def refusal(kind: type[StoreError], use: Callable[[], object]) -> str:
    """What the error says."""
    with pytest.raises(StoreError) as refused:
        use()
    assert type(refused.value) is kind
    return str(refused.value)


# Damage


def test_a_page_that_is_gone_and_was_not_forgotten_is_named_and_nothing_is_done_any_more(filled: Path) -> None:
    """SQLite passes over a damaged part without a word; what was added then went into a file that is not sound."""
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DELETE FROM pages WHERE seq = 30")
        connection.commit()
    before = filled.read_bytes()
    store = SqliteStore(filled)

    assert store.count_pages(20)
    said = {refusal(StoreDamagedError, use) for use in (lambda: store.count_pages(20), lambda: add(store, "more"))}
    store.close()

    (one,) = said
    assert one.startswith(f"{filled}: lacks pages that nobody has forgotten, 1 at least. The file is left as it is. ")
    assert filled.read_bytes() == before


@pytest.mark.parametrize("number", [0, 29, 31, 50])
def test_a_page_whose_number_was_changed_on_the_disk_is_named(filled: Path, number: int) -> None:
    """Counted with the others it would pass: it is there, and found by no number."""
    with closing(sqlite3.connect(filled)) as connection:
        (id_,) = connection.execute("SELECT id FROM pages WHERE seq = 30").fetchone()
    content = bytearray(filled.read_bytes())
    at = content.rindex(id_.encode(), 0, content.index(b"page 29 xxx"))  # not that in an index
    cell = content.rindex(bytes([30]), at - 40, at)  # the number, and the lengths of the columns behind it
    content[cell] = number
    filled.write_bytes(content)
    with closing(sqlite3.connect(filled)) as connection:
        seqs = [seq for (seq,) in connection.execute("SELECT seq FROM pages NOT INDEXED")]
    assert (len(seqs), 30 in seqs, seqs[29]) == (50, False, number), "the number was not met"

    store = SqliteStore(filled)
    assert "lacks pages that nobody has forgotten, 1 at least" in refusal(
        StoreDamagedError, lambda: store.count_pages(100)
    )
    store.close()


def test_pages_that_another_process_forgets_or_adds_while_all_are_counted_are_no_damage(filled: Path) -> None:
    store, other = SqliteStore(filled), SqliteStore(filled)
    ids = [page.id for page in store.newest_pages(1_000)]
    other.forget_pages(ids[10:12])

    assert store.count_pages(20)
    other.forget_pages([ids[0], ids[45], ids[49]])
    add(other, "one more")
    assert [store.count_pages(20), store.count_pages(20), store.count_pages(20)] == [True, False, False]

    assert len(store.newest_pages(1_000)) == 46
    store.close()
    other.close()


def test_pages_that_were_forgotten_before_there_was_a_mark_are_no_damage(filled: Path) -> None:
    with closing(SqliteStore(filled)) as store:
        store.forget_pages([page.id for page in store.newest_pages(1_000)][20:])
    filled.with_suffix(".mark").unlink()

    with closing(SqliteStore(filled)) as store:
        assert not store.count_pages(100)
        assert len(store.newest_pages(1_000)) == 20


def test_a_sound_file_in_the_place_of_one_that_lacks_pages_is_used_once_it_is_opened(filled: Path, path: Path) -> None:
    sound = shutil.copy(filled, filled.with_name("sound.db"))
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DELETE FROM pages WHERE seq = 30")
        connection.commit()
    store = SqliteStore(filled)
    refusal(StoreDamagedError, lambda: store.count_pages(100))

    os.replace(sound, filled)

    assert store.file_is_gone(), "which a server asks before each call, and opens what is there"
    store.close()
    with closing(SqliteStore(filled)) as again:
        assert not again.count_pages(100)
        assert len(again.newest_pages(1_000)) == 50


# Schema


def with_migrations(migrations: list[str]) -> Schema:
    return replace(MEMORY, migrations=lambda: migrations)


@pytest.mark.parametrize("version", range(NEWEST))
def test_a_file_of_any_earlier_version_gets_the_schema_of_a_new_one(tmp_path: Path, version: int) -> None:
    Database(tmp_path / "old.db", with_migrations(MEMORY.migrations()[:version])).close()
    for name in ("old.db", "new.db"):
        Database(tmp_path / name).close()

    assert schema(tmp_path / "old.db") == schema(tmp_path / "new.db")


def test_a_migration_keeps_what_is_stored(filled: Path) -> None:
    script = "ALTER TABLE pages ADD COLUMN mood TEXT;\nCREATE INDEX moods ON pages (mood);\n"

    database = Database(filled, with_migrations([*MEMORY.migrations(), script]))

    assert database.schema_version == NEWEST + 1
    with database.read() as connection:
        rows = connection.execute("SELECT seq, mood FROM pages ORDER BY seq").fetchall()
    database.close()
    assert rows == [(seq, None) for seq in range(1, 51)]


def test_a_migration_that_fails_leaves_the_file_at_the_version_before(filled: Path) -> None:
    before = schema(filled)
    script = "CREATE TABLE halfway (id INTEGER);\nCREATE TABLE pages (id INTEGER);\n"

    said = refusal(StoreError, lambda: Database(filled, with_migrations([*MEMORY.migrations(), script])))

    assert said == f"{filled}: table pages already exists"
    assert schema(filled) == before


def test_opening_a_memory_again_writes_nothing(filled: Path) -> None:
    before = filled.read_bytes()
    store = SqliteStore(filled)

    assert len(store.newest_pages(100)) == 50
    assert filled.read_bytes() == before
    assert [entry.stat().st_size for entry in filled.parent.glob("*-wal")] in ([], [0])
    store.close()
    assert filled.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_nobody_but_the_owner_can_read_a_memory(path: Path) -> None:
    store = SqliteStore(path)
    add(store, "secret")

    made = (path.parent.parent, path.parent, *path.parent.iterdir())
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in made}
    store.close()

    files_of_it = dict.fromkeys(("memory.db", "memory.db-wal", "memory.db-shm", "memory.mark"), 0o600)
    assert modes == {"users": 0o700, "tom": 0o700, **files_of_it}


OPENER = """
import sys
from pathlib import Path
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.schema import MEMORY, Schema

print("ready", flush=True)
for line in sys.stdin:
    database = Database(Path(line.rstrip("\\n")))
    print(database.schema_version, flush=True)
    database.close()
"""


def test_processes_that_open_a_new_folder_at_once_all_succeed(tmp_path: Path) -> None:
    openers = [
        subprocess.Popen([sys.executable, "-c", OPENER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = []
    try:
        for opener in openers:
            assert opener.stdout is not None
            assert opener.stdout.readline() == "ready\n"
        for round_ in range(10):
            for opener in openers:
                assert opener.stdin is not None
                opener.stdin.write(f"{tmp_path / str(round_) / 'memory.db'}\n")
                opener.stdin.flush()
            answers += [opener.stdout.readline() for opener in openers if opener.stdout is not None]
    finally:
        for opener in openers:
            opener.communicate(timeout=30)

    assert answers == [f"{NEWEST}\n"] * 30


PASSER_BY = """
import sys
from pathlib import Path
from memoryos.storage.sqlite.store import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
print(*[page.user_input for page in store.newest_pages(10)])
store.close()
"""


def seen_by_another_process(path: Path) -> str:
    """The texts that a process sees which opens the file and closes it."""
    done = subprocess.run([sys.executable, "-c", PASSER_BY, str(path)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_pages_added_by_a_process_that_opened_the_file_twice_are_kept(path: Path) -> None:
    """The second opening once ended the locks of the first, and who closed the file next deleted its log."""
    first = SqliteStore(path)
    add(first, "before")
    second = SqliteStore(path)

    assert seen_by_another_process(path) == "before"
    add(first, "after")

    assert seen_by_another_process(path) == "before after"
    for store in (first, second):
        store.close()


# A file that goes away under an open memory


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A folder with another memory's file of one page, and its log, for that memory is in use."""
    store = SqliteStore(tmp_path / "original" / "memory.db")
    add(store, "from the backup")
    shutil.copytree(tmp_path / "original", tmp_path / "backup")
    store.close()
    return tmp_path / "backup"


def delete_file(path: Path, backup: Path) -> None:
    path.unlink()


def delete_folder(path: Path, backup: Path) -> None:
    shutil.rmtree(path.parent)


def replace_file(path: Path, backup: Path) -> None:
    """As a tool does that knows nothing of the log: what it brings is complete without one, and the old one stays."""
    read_all(backup / "memory.db")
    (backup / "memory.db").replace(path)


def replace_folder(path: Path, backup: Path) -> None:
    shutil.rmtree(path.parent)
    backup.rename(path.parent)


not_on_windows = pytest.mark.skipif(os.name != "posix", reason="Windows lets nobody delete or rename an open file")


@not_on_windows
@pytest.mark.parametrize(
    ("happens", "texts"),
    [
        (delete_file, []),
        (delete_folder, []),
        (replace_file, ["from the backup"]),
        (replace_folder, ["from the backup"]),
    ],
)
def test_nothing_is_stored_in_a_file_that_is_gone_and_the_next_one_is_used_as_it_is(
    path: Path, backup: Path, happens: Callable[[Path, Path], None], texts: list[str]
) -> None:
    """Pages were acknowledged that nobody saw again, and the old log was played into a restored file."""
    store = SqliteStore(path)
    for number in range(20):
        add(store, f"before {number}")
    happens(path, backup)

    assert refusal(StoreGoneError, lambda: add(store, "lost")) == (
        f"{path}: was deleted, moved away or replaced while it was open; what was asked is not done. "
        "Open the memory again to use what is there now (a server does that at its next call)"
    )

    again = SqliteStore(path)
    add(again, "kept")
    assert refusal(StoreGoneError, lambda: add(store, "lost"))
    assert [page.user_input for page in again.newest_pages(100)] == [*texts, "kept"]
    for opened in (store, again):
        opened.close()
    assert [page.user_input for page in read_all(path)] == [*texts, "kept"]


@not_on_windows
def test_an_add_whose_file_is_deleted_meanwhile_is_not_acknowledged(path: Path) -> None:
    store = SqliteStore(path)

    def add_and_delete() -> None:
        with store._database.write(durable=True):
            path.unlink()

    refusal(StoreGoneError, add_and_delete)
    store.close()


@not_on_windows
def test_a_file_that_is_moved_away_takes_all_its_pages_along(path: Path) -> None:
    """The newest of them were in the log, which stayed behind."""
    store = SqliteStore(path)
    pages = tuple(add(store, f"page {number}") for number in range(20))
    path.rename(path.with_name("elsewhere.db"))

    store.close()

    assert read_all(path.with_name("elsewhere.db")) == pages
    assert [entry.name for entry in path.parent.iterdir()] == ["elsewhere.db"]


@not_on_windows
def test_a_log_that_is_deleted_under_an_open_memory_takes_no_page_along(path: Path) -> None:
    """Pages went on being acknowledged into a file that nobody could open any more."""
    store = SqliteStore(path)
    pages = tuple(add(store, f"page {number}") for number in range(20))
    path.with_name("memory.db-wal").unlink()

    assert refusal(StoreGoneError, lambda: add(store, "lost"))

    again = SqliteStore(path)
    assert again.newest_pages(100) == pages
    add(again, "kept")
    assert [page.user_input for page in again.newest_pages(1)] == ["kept"]
    for opened in (store, again):
        opened.close()


@not_on_windows
def test_whoever_opens_what_is_there_now_waits_until_the_old_log_is_gone(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was played into the restored file, or deleted under it."""
    store = SqliteStore(path)
    for number in range(60):
        add(store, f"before {number} {'x' * 3_000}")
    replace_file(path, backup)
    about_to_remove, go_on = threading.Event(), threading.Event()
    remove = files.remove

    def remove_late(known: Mapping[Path, files.Identity]) -> None:
        if known:
            about_to_remove.set()
            go_on.wait(BOUND)
        remove(known)

    monkeypatch.setattr(files, "remove", remove_late)
    finder = threading.Thread(target=lambda: refusal(StoreGoneError, lambda: store.newest_pages(1)))
    finder.start()
    assert about_to_remove.wait(BOUND)
    opened: list[SqliteStore] = []

    def reopen() -> None:
        assert store.file_is_gone()
        store.close()
        opened.append(SqliteStore(path))
        add(opened[0], "kept")

    other = threading.Thread(target=reopen)
    other.start()
    other.join(0.2)  # as far as it comes
    go_on.set()
    finder.join()
    other.join()

    assert [page.user_input for page in opened[0].newest_pages(100)] == ["from the backup", "kept"]
    opened[0].close()
    assert [page.user_input for page in read_all(path)] == ["from the backup", "kept"]


@not_on_windows
def test_a_file_that_is_replaced_while_a_connection_to_it_is_opened_keeps_its_log(
    path: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(path)
    store.newest_pages(1)  # as long as a connection is open, no other file gets the number of this one
    opened: list[SqliteStore] = []
    connect = files.connect

    def connect_late(to: Path, *, timeout: float) -> sqlite3.Connection:
        monkeypatch.undo()
        delete_folder(path, backup)
        opened.append(SqliteStore(path))
        add(opened[0], "kept")
        return connect(to, timeout=timeout)

    monkeypatch.setattr(files, "connect", connect_late)

    assert refusal(StoreGoneError, lambda: add(store, "lost"))
    assert {entry.name for entry in path.parent.iterdir()} >= {"memory.db", "memory.db-wal"}
    assert [page.user_input for page in read_all(path)] == ["kept"]
    opened[0].close()


@not_on_windows
def test_a_file_that_is_replaced_while_it_is_opened_is_gone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = Database._note_log_files

    def replaced(database: Database) -> None:
        path.rename(path.with_name("elsewhere.db"))
        path.touch()
        note(database)

    monkeypatch.setattr(Database, "_note_log_files", replaced)

    assert refusal(StoreGoneError, lambda: Database(path))


def test_a_file_that_is_missing_is_not_made_by_a_connection(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        files.connect(tmp_path / "missing.db", timeout=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b", "50%41", "what#1", "ü 上海", *(["why?", "c:d"] if os.name == "posix" else [])])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with closing(SqliteStore(tmp_path / name / "memory.db")) as store:
        page = add(store, "kept")
    assert read_all(tmp_path / name / "memory.db") == (page,)


@not_on_windows
def test_a_file_is_gone_though_another_thread_notes_it_just_then(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server then asked the memory of the deleted file once more, and refused the call."""
    with closing(Database(path)) as database:
        path.unlink()
        known = files.identity

        def noted_meanwhile(asked: Path) -> files.Identity | None:
            database._identity = None
            return known(asked)

        monkeypatch.setattr(files, "identity", noted_meanwhile)

        assert database.file_is_gone()


@not_on_windows
def test_a_file_once_gone_is_gone_though_one_of_its_number_is_there(path: Path) -> None:
    """The system gives the number of a deleted file to the next one: here it is the same one, moved back."""
    store = SqliteStore(path)
    path.rename(path.with_name("elsewhere.db"))
    refusal(StoreGoneError, lambda: add(store, "lost"))

    path.with_name("elsewhere.db").rename(path)

    assert store.file_is_gone()
    refusal(StoreGoneError, lambda: add(store, "lost"))
    store.close()


# What cannot be used


def test_a_file_of_a_newer_version_is_left_alone(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute(f"PRAGMA user_version = {NEWEST + 7}")
    before = filled.read_bytes()

    assert refusal(StoreVersionError, lambda: Database(filled)) == (
        f"{filled} has schema version {NEWEST + 7}, this package knows {NEWEST}: "
        "install the newer package that wrote it"
    )
    assert filled.read_bytes() == before


def way_to_what_can_be_saved(path: Path) -> str:
    return (
        "The file is left as it is. To save what can be read: stop every server that uses it, "
        f'run  python -m memoryos_mcp recover "{path}"  '
        f"(it works on the copy {path}.copy and never changes the original)"
    )


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("Dear diary, today I learned about files. " * 100)
    before = path.read_bytes()

    said = refusal(StoreDamagedError, lambda: Database(path))

    assert said == f"{path}: file is not a database. {way_to_what_can_be_saved(path)}"
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()

    said = refusal(StoreDamagedError, lambda: Database(path))

    assert said == f"{path}: is a database, but not one of this package. {way_to_what_can_be_saved(path)}"
    assert path.read_bytes() == before


def test_a_damaged_file_is_left_alone(filled: Path) -> None:
    content = filled.read_bytes()
    damaged = content[:4096] + b"\xa5" * (len(content) - 4096)
    filled.write_bytes(damaged)

    said = refusal(StoreDamagedError, lambda: read_all(filled))

    assert said == f"{filled}: database disk image is malformed. {way_to_what_can_be_saved(filled)}"
    assert filled.read_bytes() == damaged


def test_a_file_cut_short_is_left_alone(filled: Path) -> None:
    cut = filled.read_bytes()[: 4096 * 3]
    filled.write_bytes(cut)

    said = refusal(StoreDamagedError, lambda: read_all(filled))

    assert said == f"{filled}: database disk image is malformed. {way_to_what_can_be_saved(filled)}"
    assert filled.read_bytes() == cut


def test_a_file_made_empty_by_a_crash_before_its_first_commit_is_a_new_memory(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()

    store = SqliteStore(path)

    assert (store.schema_version, store.newest_pages(10)) == (NEWEST, ())
    store.close()


def test_a_full_disk_is_named_and_the_memory_goes_on_once_there_is_space(path: Path) -> None:
    store = SqliteStore(path)
    kept = add(store, "before")
    with store._database.write(durable=True) as connection:
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are now

    said = refusal(StoreFullError, lambda: add(store, "x" * 100_000))

    assert said == f"{path}: the disk is full; nothing was stored. Free some space and try again"
    assert store.newest_pages(10) == (kept,)
    with store._database.write(durable=True) as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert add(store, "after").seq == 2
    store.close()


LIMITED = """
import resource, sys
from datetime import datetime, timezone
from pathlib import Path
from memoryos.errors import StoreError
from memoryos.models import NewPage
from memoryos.storage.sqlite.store import SqliteStore

now = datetime(2026, 3, 1, tzinfo=timezone.utc)
store = SqliteStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
stored = 0
try:
    while True:
        store.add_page(NewPage(f"{stored} " + "x" * 10_000, "", now), timestamp="now", now=now)
        stored += 1
except StoreError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.add_page(NewPage("after", "", now), timestamp="now", now=now)
    print(stored, len(store.newest_pages(10_000)), error)
store.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_a_write_that_the_system_refuses_loses_no_earlier_page(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stderr == ""
    stored, kept, said = done.stdout.split(maxsplit=2)
    assert int(kept) == int(stored) + 1
    assert said == f"{path}: disk I/O error; check the disk, its free space and this user's quota, and try again\n"


def test_a_database_that_stays_locked_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("database", "failures"):
        monkeypatch.setattr(f"memoryos.storage.sqlite.{module}.BUSY_TIMEOUT_SECONDS", 0.05)
    holder, waiter = SqliteStore(path), SqliteStore(path)

    with holder._database.write():
        said = refusal(StoreBusyError, lambda: add(waiter, "hi"))

    assert said == (
        f"{path}: another process kept the database locked for 0.05 s; try again, and see which process holds it"
    )
    assert add(waiter, "hi").seq == 1
    for store in (holder, waiter):
        store.close()


HOLDER = """
import sqlite3, sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("holding", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
print("released", flush=True)
"""


def test_a_write_waits_for_another_process_and_reading_does_not(path: Path) -> None:
    store = SqliteStore(path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        assert store.newest_pages(10) == ()
        process.stdin.write("\n")
        process.stdin.flush()

        assert add(store, "hi").seq == 1
        assert process.stdout.readline() == "released\n"
    store.close()


# What cannot be written


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that the test may read but not write; root gives up its rights for it."""
    if sys.platform == "win32":
        pytest.skip("Windows folders have no permission bits")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, mode in (("memory.db", 0o666), ("sealed.db", 0o444)):
            SqliteStore(folder / file).close()
            (folder / file).chmod(mode)
        folder.chmod(0o555)
        if os.geteuid():
            yield folder
        else:
            os.seteuid(65534)
            try:
                try:
                    MEMORY.migrations()
                except PermissionError:
                    pytest.skip("the package is installed where root alone can read it")
                yield folder
            finally:
                os.seteuid(0)
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_named(read_only_folder: Path) -> None:
    path = read_only_folder / "users" / "memory.db"

    assert refusal(StoreReadOnlyError, lambda: Database(path)) == (
        f"{path}: Permission denied; give this user write access, or set data_storage_path to another folder"
    )


def test_a_file_in_a_folder_that_cannot_be_written_is_named(read_only_folder: Path) -> None:
    path = read_only_folder / "memory.db"

    assert refusal(StoreReadOnlyError, lambda: Database(path)) == (
        f"{path}: cannot be written; give this user write access to it and to {read_only_folder}, "
        "or set data_storage_path to a folder that has it"
    )


def test_a_file_that_cannot_be_written_is_named(read_only_folder: Path) -> None:
    path = read_only_folder / "sealed.db"

    assert refusal(StoreReadOnlyError, lambda: Database(path)) == (
        f"{path}: Permission denied; give this user write access, or set data_storage_path to another folder"
    )


def test_a_folder_where_the_file_should_be_is_named(path: Path) -> None:
    path.mkdir(parents=True)

    said = refusal(StoreReadOnlyError, lambda: Database(path))

    assert said.startswith(f"{path}: ")
    assert said.endswith("; set data_storage_path to another folder")
    assert os.name == "nt" or "write access" not in said  # Windows denies access to it
