"""Saving what can be read from a damaged database into a new one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from memoryos.errors import StoreError
from memoryos.store import pages
from memoryos.store.database import Database
from memoryos.store.rows import Row

_COLUMNS = "id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data"
_PROBE_LIMIT = 100_000
"""So many seqs in a row without a readable page, and the search for more ends."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved: where the new database and the copy of the damaged one lie, and how many pages."""

    recovered: Path
    copy: Path
    pages: int
    unreadable: int


def salvage(damaged: Path) -> Salvage:
    """Copy the damaged file, read every page that can be read, and write them into a new database beside it.

    Words are indexed anew at once; vectors, topics and facts are derived again when the new file is used. The damaged
    file is never changed. Raises `StoreError` where there is nothing to read or a result of an earlier run is in the way.
    """
    copy, recovered = damaged.with_name(f"{damaged.name}.copy"), damaged.with_name(f"{damaged.name}.recovered")
    if not damaged.is_file():
        raise StoreError(f"{damaged}: there is no such file")
    for taken in (copy, recovered):
        if taken.exists():
            raise StoreError(f"{taken} exists, from an earlier run: move it away and try again")
    shutil.copy2(damaged, copy)
    wal = damaged.with_name(f"{damaged.name}-wal")
    if wal.is_file():
        shutil.copy2(wal, copy.with_name(f"{copy.name}-wal"))
    saved, unreadable = 0, 0
    database = Database(recovered)
    try:
        with closing(sqlite3.connect(copy)) as connection, database.write(durable=True) as target:
            for row in _readable(connection):
                if row is None:
                    unreadable += 1
                else:
                    pages.insert(target, row)
                    saved += 1
    finally:
        database.close()
    return Salvage(recovered, copy, saved, unreadable)


def _readable(connection: sqlite3.Connection) -> Iterator[Row | None]:
    """Page rows by seq, None for each stretch that cannot be read."""
    seq = 0
    while True:
        try:
            row = connection.execute(
                f"SELECT seq, {_COLUMNS} FROM pages WHERE seq > ? ORDER BY seq LIMIT 1", (seq,)
            ).fetchone()
        except sqlite3.DatabaseError:
            yield None
            row = _next_readable(connection, seq)
        if row is None:
            return
        seq = row[0]
        yield row[1:]


def _next_readable(connection: sqlite3.Connection, seq: int) -> Row | None:
    """The first page after a stretch that cannot be walked, each seq looked up by itself."""
    for candidate in range(seq + 1, seq + _PROBE_LIMIT):
        try:
            row: Row | None = connection.execute(
                f"SELECT seq, {_COLUMNS} FROM pages WHERE seq = ?", (candidate,)
            ).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row is not None:
            return row
    return None
