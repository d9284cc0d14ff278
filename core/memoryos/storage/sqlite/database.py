"""One SQLite file: connections, transactions, migrations."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from memoryos.errors import StoreDamagedError, StoreError, StoreGoneError, StoreVersionError
from memoryos.storage.sqlite import files, opening
from memoryos.storage.sqlite.connection import SqliteConnection
from memoryos.storage.sqlite.failures import BUSY_TIMEOUT_SECONDS, damaged, translated_errors
from memoryos.storage.sqlite.high_water import HighWater, name_memory, remove_mark
from memoryos.storage.sqlite.schema import MEMORY, Schema, statements
from memoryos.storage.tables.connection import NUMBERED

_log = logging.getLogger(__name__)

_MINIMUM_SQLITE = (3, 35)
_LOCKED_WAIT_SECONDS = 0.01
_EMPTY_LOG_MILLISECONDS = 2_000
"""For readers that are under way when a file is found gone, or a page in it was forgotten."""

_CACHE_KB = {True: 1_000, False: 250}
"""What a connection keeps of the file beside the system's own cache. With 8,000 a thousand open memories of 1,000
exchanges took 5 MB each instead of 1.9; a recall among 10,000 exchanges takes as long with all of 250, 1,000 and 8,000
(19.7, 19.7 and 19.9 ms of CPU)."""
MOVING_CACHE_KB = 8_000
"""What one keeps that moves a whole memory: an import takes 4 % less CPU so."""

# A checkpoint in the commit behind an answer would make that one answer slow; the background's commits, which
# write most, reach their own threshold first.
_AUTOCHECKPOINT_PAGES = {True: 16_000, False: 250}
_LONG_LOG_BYTES = 1_000_000
"""About 250 pages of the file, some 20 exchanges: what a copy of the file without its log would lack."""


class Database:
    """A pool of connections to one file, created with its folder and brought to the newest schema when opened.

    Raises `StoreError` and its subclasses; SQLite's own exceptions never leave this package.
    """

    def __init__(self, path: Path, schema: Schema = MEMORY, *, cache_kb: int | None = None) -> None:
        self.path = path
        self._cache_kb = _CACHE_KB if cache_kb is None else dict.fromkeys(_CACHE_KB, cache_kb)
        self._schema = schema
        self._lock = threading.Lock()  # guards _idle, _closed and _log_files
        self._idle: dict[bool, list[SqliteConnection]] = {True: [], False: []}
        self._closed = False
        self._log_files: dict[Path, files.Identity] = {}
        self._log: Path | None = None  # the write-ahead log, once a connection of the pool holds it
        self._keeper: sqlite3.Connection | None = None  # once the file is known to be damaged
        self._damage = ""  # why nothing more is done with it
        self._memory = ""  # the id of the memory that is open, once it was marked
        self._pinned = threading.local()  # .connection: that of this thread's snapshot
        _check_sqlite()
        with translated_errors(path):
            if schema.has_pages:
                opening.check(path, schema.application_id)
            files.create(path)
            self._identity = files.identity(path)  # None once it is gone: the next file may get the number of this one
            self.schema_version = self._migrate()

    @contextmanager
    def read(self) -> Iterator[SqliteConnection]:
        """A connection inside a read transaction: everything seen is of one moment."""
        pinned: SqliteConnection | None = getattr(self._pinned, "connection", None)
        if pinned is not None:
            with self._translated():
                yield pinned
            return
        with self._translated(), self._borrowed(durable=False) as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it all reads of the calling thread see one moment, and share one transaction."""
        with self.read() as connection:
            outer: SqliteConnection | None = getattr(self._pinned, "connection", None)
            self._pinned.connection = connection
            try:
                yield
            finally:
                self._pinned.connection = outer

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[SqliteConnection]:
        """A connection inside a write transaction, committed at the end, rolled back on any exception.

        `durable` waits until the commit is on disk: for the commit behind an answer. Background work is
        repeatable and goes without.
        """
        with self._translated(), self._borrowed(durable=durable) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                reached = self._reached(connection) if durable and self._schema.has_pages else None
                connection.execute("COMMIT")
                if durable:
                    self._check_in_place()
                if reached is not None:
                    reached.mark(self.path)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def numbers(self) -> dict[str, int]:
        """The last number given to a row of each table whose rows are numbered; 0 where none was."""
        with self.read() as connection:
            ever = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
            return {
                table: ever.get(table)
                or connection.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()[0]
                for table, column in NUMBERED.items()
            }

    def set_numbers(self, numbers: Mapping[str, int]) -> None:
        """Let the next rows have the numbers after these, in tables where none comes twice."""
        with self.write() as connection:
            tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
            for (table,) in connection.execute(tables).fetchall():
                connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
                connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, numbers[table]))

    def given_up(self, why: str) -> StoreDamagedError:
        """Refuse all that is asked from now on, because the file is damaged; the error that says so."""
        self._damage = why
        return damaged(self.path, why)

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file as far as readers allow."""
        with self._translated(), self._borrowed(durable=False) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def shorten_log(self) -> None:
        """Move the write-ahead log into the file once it is long; the next writer begins it anew."""
        if opening.log_bytes(self.path) > _LONG_LOG_BYTES:
            self.checkpoint()

    def empty_log(self, *, patiently: bool = False) -> bool:
        """Move the write-ahead log into the file as far as readers allow, and empty it if that is all of it: whether.

        `patiently` waits for readers that are under way, and nobody can write meanwhile.
        """
        wait = _EMPTY_LOG_MILLISECONDS if patiently else 0
        with self._translated(), self._borrowed(durable=False) as connection:
            connection.execute(f"PRAGMA busy_timeout = {wait}")
            try:
                (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not is_busy
            finally:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000}")

    def file_is_gone(self) -> bool:
        """Whether the file was deleted, moved away or replaced, or its log deleted: what is written would be lost.

        What is left of it is not taken for that of the file that is there now. On Windows, nobody can while it is open.
        """
        if not self._is_gone():
            return False
        with self._translated():
            self._close_idle(gone=True)
        return True

    def _is_gone(self) -> bool:
        known = self._identity  # once: another thread may note just then that the file is gone
        if known is None or files.identity(self.path) != known:
            return True
        log = self._log  # while a connection is open, only others can delete it
        return log is not None and files.identity(log) is None

    def close(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        with self._lock:
            self._closed = True
        with self._translated():
            self._close_idle(gone=self._is_gone())
        if self._keeper is not None:
            self._keeper.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Within it SQLite's errors are raised as this package's; what is found damaged is not written to at the end.

        SQLite moves the log into the file with the last connection that is closed, unless that one may only read.
        """
        try:
            with translated_errors(self.path):
                yield
        except StoreDamagedError:
            if self._keeper is None:
                self._keeper = opening.kept_as_it_is(self.path)
            raise

    def _reached(self, connection: sqlite3.Connection) -> HighWater:
        """How far the memory will have come once this transaction is committed."""
        reached = HighWater.reached(connection)
        if not reached.memory:
            name_memory(connection)
            reached = HighWater.reached(connection)
        self._memory = reached.memory
        return reached

    def _check_in_place(self) -> None:
        """Raise `StoreGoneError` if the file is gone, and leave nothing of it to be taken for the next one's."""
        if self.file_is_gone():
            raise StoreGoneError(
                f"{self.path}: was deleted, moved away or replaced while it was open; what was asked is not done. "
                "Open the memory again to use what is there now (a server does that at its next call)"
            )

    def _close_idle(self, *, gone: bool) -> None:
        # The lock is held to the end: whoever finds the file gone, and opens what is there now, must find no log.
        with self._lock, ExitStack() as closing:
            self._log = None
            connections = [connection for pool in self._idle.values() for connection in pool]
            for connection in connections:
                closing.callback(connection.close)
            for pool in self._idle.values():
                pool.clear()
            log_files, self._log_files = self._log_files, {}
            if gone:
                self._identity = None
                for connection in connections[:1]:
                    self._empty_log(connection)
                files.remove(log_files)  # or SQLite would play the log into a file that was put in its place
                remove_mark(self.path, self._memory)

    def _empty_log(self, connection: sqlite3.Connection) -> None:
        """Move the whole log into the open file, which may live on elsewhere; SQLite does this only in its place."""
        try:
            connection.execute(f"PRAGMA busy_timeout = {_EMPTY_LOG_MILLISECONDS}")
            connection.execute("PRAGMA wal_checkpoint(FULL)")
        except sqlite3.Error as error:
            _log.warning("%s: is gone, and the file that was open may lack its newest pages: %s", self.path, error)

    @contextmanager
    def _borrowed(self, *, durable: bool) -> Iterator[SqliteConnection]:
        self._check_in_place()
        if self._damage:
            raise damaged(self.path, self._damage)
        with self._lock:
            if self._closed:
                raise StoreError(f"{self.path}: the memory was closed; open it again to use it")
            connection = self._idle[durable].pop() if self._idle[durable] else None
        if connection is None:
            connection = self._connect(durable=durable)
        try:
            yield connection
        finally:
            with self._lock:
                keep = not self._closed
                if keep:
                    self._idle[durable].append(connection)
            if not keep:
                connection.close()

    def _connect(self, *, durable: bool) -> SqliteConnection:
        try:
            connection = files.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS)
        except sqlite3.OperationalError:
            self._check_in_place()
            raise
        with ExitStack() as unless_ready:
            unless_ready.callback(connection.close)
            connection.execute("PRAGMA foreign_keys = ON")
            # Always: an update that moves a text would leave a copy behind that no later deletion reaches.
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_AUTOCHECKPOINT_PAGES[durable]}")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA cache_size = -{self._cache_kb[durable]}")
            connection.executescript(self._schema.temporary_tables)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from now on it holds the log
            self._note_log_files()
            self._log = next((log for log in self._log_files if log.name.endswith("-wal")), None)
            unless_ready.pop_all()
        return connection

    def _note_log_files(self) -> None:
        log_files = files.log_files(self.path)
        self._check_in_place()  # otherwise they are another file's
        with self._lock:
            self._log_files = log_files

    def _migrate(self) -> int:
        """Bring the file to the newest schema, one transaction a migration; returns the schema version."""
        migrations = self._schema.migrations()
        newest = len(migrations)
        connection = files.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS)
        try:
            version = self._version(connection)
            if self._schema.has_pages:
                self._check_mark(connection)
            if version > newest:
                raise StoreVersionError(
                    f"{self.path} has schema version {version}, this package knows {newest}: "
                    "install the newer package that wrote it"
                )
            if version < newest:
                _switch_to_wal(connection)
            while version < newest:
                connection.execute("BEGIN IMMEDIATE")
                version = self._version(connection)  # another process may have been faster
                if version < newest:
                    for statement in statements(migrations[version]):
                        connection.execute(statement)
                    version += 1
                    connection.execute(f"PRAGMA application_id = {self._schema.application_id}")
                    connection.execute(f"PRAGMA user_version = {version}")
                connection.execute("COMMIT")
                # What was made is in the file then, and not in a log alone.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            # Before that one is closed, which as the last would move the log into a file that may be damaged.
            self._idle[False].append(self._connect(durable=False))
            return version
        finally:
            connection.close()

    def _check_mark(self, connection: sqlite3.Connection) -> None:
        """Raise `StoreDamagedError` where the memory lacks what its mark tells of; mark what is there."""
        mark = HighWater.marked(self.path)
        found = HighWater.of(connection)
        opening.check_height(self.path, found, mark)
        self._memory = found.memory
        if mark is not None and found.memory != mark.memory != "":
            _log.warning("%s: is not the memory that was here before; it is used as it is", self.path)
            found.mark(self.path)

    def _version(self, connection: sqlite3.Connection) -> int:
        application_id, version, tables = connection.execute(
            "SELECT (SELECT application_id FROM pragma_application_id),"
            " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
        ).fetchone()
        if tables and application_id != self._schema.application_id:
            raise damaged(self.path, "is a database, but not one of this package")
        return int(version)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log for good; SQLite's busy timeout does not cover the lock this takes."""
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(_LOCKED_WAIT_SECONDS)
        else:
            return


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < _MINIMUM_SQLITE:
        wanted = ".".join(map(str, _MINIMUM_SQLITE))
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old: use a Python built with SQLite {wanted} or newer"
        )
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5 (text)")
    except sqlite3.OperationalError as error:
        raise StoreError("this Python's SQLite lacks FTS5: use a Python built with it (python.org's has it)") from error
    finally:
        connection.close()
