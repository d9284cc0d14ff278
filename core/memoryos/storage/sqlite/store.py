"""The store on SQLite: a memory in a file, whose log is kept short and free of what was forgotten."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from memoryos.errors import StoreBusyError
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.high_water import HighWater
from memoryos.storage.tables import changes, vectors
from memoryos.storage.tables.store import TableStore


class SqliteStore(TableStore):
    """One user's memory in one file. What each method does, `Store` says."""

    def __init__(self, path: Path) -> None:
        self._file = Database(path)
        super().__init__(self._file)
        self.path = path
        self.schema_version = self._file.schema_version
        # The number up to which pages were counted, and how many of those numbers had none.
        self._counted = self._missing = 0

    def file_is_gone(self) -> bool:
        return self._file.file_is_gone()

    def _overwrite(self) -> bool:
        """Overwrite what was deleted in the log, too; whether that is done, or left to `tend_log`."""
        if self._file.empty_log(patiently=True):
            return True
        with self._file.write() as connection:
            _note_in_log(connection)
        return False

    def tend_log(self) -> None:
        """Move a log that has grown into the file, and empty one that holds what was forgotten.

        Raises `StoreBusyError` while a reader keeps the latter from being emptied.
        """
        self._file.shorten_log()
        with self._file.read() as connection:
            if not _is_in_log(connection):
                return
        if not self._file.empty_log():
            raise StoreBusyError(
                f"{self.path}: what was forgotten is not overwritten yet: a reader keeps the write-ahead log as it is"
            )
        with self._file.write() as connection:
            _note_overwritten(connection)

    def count_pages(self, numbers: int) -> bool:
        with self._file.read() as connection:
            height = HighWater.reached(connection)
            last = min(self._counted + numbers, height.newest)
            # Not by an index, in which a page may stand that the table lacks, and one by one: of a damaged number
            # another may have been made, by which SQLite walks past it and by which no page is found.
            rows = connection.execute(
                "SELECT seq FROM pages NOT INDEXED WHERE seq > ? AND seq <= ?", (self._counted, last)
            )
            there = {seq for (seq,) in rows if self._counted < seq <= last}
            self._missing += last - self._counted - len(there)
            self._counted = last
            # Pages forgotten meanwhile may be counted as there: that hides a loss, and never makes one.
            if self._missing > height.forgotten:
                raise self._file.given_up(
                    f"lacks pages that nobody has forgotten, {self._missing - height.forgotten} at least"
                )
        return last < height.newest

    def maintain(self, *, now: datetime) -> None:
        with self._file.write() as connection:
            changes.trim(connection)
            vectors.try_again(connection, now=now)
            connection.execute("PRAGMA optimize")
        self._file.empty_log()


def _note_in_log(connection: sqlite3.Connection) -> None:
    """Remember that the write-ahead log holds what was forgotten."""
    connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES ('forgotten_in_log', '1')")


def _is_in_log(connection: sqlite3.Connection) -> bool:
    """Whether the write-ahead log holds what was forgotten."""
    return connection.execute("SELECT 1 FROM settings WHERE key = 'forgotten_in_log'").fetchone() is not None


def _note_overwritten(connection: sqlite3.Connection) -> None:
    """Remember that it does no longer."""
    connection.execute("DELETE FROM settings WHERE key = 'forgotten_in_log'")
