"""A memory examined: whether its parts fit each other, and what is derived rebuilt where they do not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from memoryos.storage.adding import page_stems
from memoryos.storage.seals import is_as_stored
from memoryos.storage.sqlite.connection import SqliteConnection
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.high_water import HighWater, mark_file
from memoryos.storage.tables import changes, outlines

Verdict = Literal["ok", "odd", "bad"]
"""As it should be; of no harm yet; in need of help."""

_RESET_FAULT_MENDED: Final = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""Releases in which a rare loss on the restart of a write-ahead log is mended, https://www.sqlite.org/wal.html."""

_LARGEST_REPAIR: Final = 200
"""Pages indexed anew in one transaction."""

_WITHOUT_WORDS: Final = (
    "SELECT seq FROM pages WHERE seq NOT IN (SELECT id FROM words_docsize) OR seq NOT IN (SELECT seq FROM page_terms)"
)
_STRAY_WORDS: Final = "SELECT id FROM words_docsize WHERE id NOT IN (SELECT seq FROM pages)"
_WITHOUT_VECTORS: Final = (
    "SELECT seq FROM pages WHERE seq NOT IN (SELECT seq FROM unembedded)"
    " AND seq NOT IN (SELECT page FROM parked WHERE kind = 'embed')"
    " AND EXISTS (SELECT 1 FROM embedders)"
    " AND seq NOT IN (SELECT seq FROM page_vectors WHERE embedder = (SELECT max(id) FROM embedders))"
)
_MISCOUNTED: Final = (
    "SELECT s.id FROM segments s WHERE s.archived_at IS NULL"
    " AND s.pages <> (SELECT count(*) FROM pages p WHERE p.segment = s.id)"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was found, and what helps where that is not as it should be."""

    subject: str
    verdict: Verdict
    found: str
    fix: str = ""


def examine_sqlite() -> Finding:
    """The version of SQLite in use, and what is known against it."""
    version = sqlite3.sqlite_version_info
    mended = any(version[:2] == fixed[:2] and version >= fixed for fixed in _RESET_FAULT_MENDED)
    if mended or version > _RESET_FAULT_MENDED[-1]:
        return Finding("sqlite", "ok", sqlite3.sqlite_version)
    known = "a rare fault on the restart of its log is not mended in it"
    return Finding("sqlite", "ok", f"{sqlite3.sqlite_version}; {known}")


def examine(database: Database) -> tuple[Finding, ...]:
    """What is found in a memory that opens. Raises `StoreError`."""
    with database.read() as connection:
        whole = (_integrity(connection), _height(connection, database.path), _texts(connection))
        return (*whole, *_parts(connection))


def repair(database: Database) -> int:
    """Rebuild what is derived and missing; how many pages that helped. No exchange is touched. Raises `StoreError`."""
    helped = 0
    with database.read() as connection:
        wordless = [seq for (seq,) in connection.execute(_WITHOUT_WORDS)]
    for first in range(0, len(wordless), _LARGEST_REPAIR):
        with database.write() as connection:
            helped += _index(connection, wordless[first : first + _LARGEST_REPAIR])
    with database.write() as connection:
        connection.execute(f"DELETE FROM words WHERE rowid IN ({_STRAY_WORDS})")
        helped += connection.execute(f"INSERT OR IGNORE INTO unembedded (seq) {_WITHOUT_VECTORS}").rowcount
        connection.execute(
            "UPDATE segments SET pages = (SELECT count(*) FROM pages p WHERE p.segment = segments.id)"
            f" WHERE id IN ({_MISCOUNTED})"
        )
    return helped


def _integrity(connection: sqlite3.Connection) -> Finding:
    problems = [said for (said,) in connection.execute("PRAGMA integrity_check(5)") if said != "ok"]
    strangers = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    if strangers:
        problems.append(f"{strangers} rows refer to others that are not there")
    if problems:
        return Finding("integrity", "bad", "; ".join(problems), "save what can be read with the command recover")
    return Finding("integrity", "ok", "the database is sound")


def _height(connection: sqlite3.Connection, path: Path) -> Finding:
    here, mark = HighWater.of(connection), HighWater.marked(path)
    (pages,) = connection.execute("SELECT count(*) FROM pages NOT INDEXED").fetchone()
    if pages != here.pages:
        return Finding(
            "count",
            "bad",
            f"{pages} pages, and {here.pages} by their numbers",
            "save what can be read with the command recover, or restore a backup",
        )
    if mark is None:
        return Finding("count", "ok", f"{pages} pages; {mark_file(path).name} is written with the next one")
    return Finding("count", "ok", f"{pages} pages, and {mark.pages} when one was last acknowledged")


def _texts(connection: sqlite3.Connection) -> Finding:
    fields = "digest, id, happened_at, added_at, timestamp, user_input, agent_response, meta_data, assistant_id"
    rows = connection.execute(f"SELECT {fields}, project FROM pages NOT INDEXED")
    altered = sum(not is_as_stored(*row) for row in rows)
    if altered:
        return Finding(
            "texts",
            "bad",
            f"pages that are not as they were stored, and are not shown: {altered}",
            "save the others with the command recover, or restore a backup",
        )
    return Finding("texts", "ok", "all pages are as they were stored")


def _parts(connection: sqlite3.Connection) -> tuple[Finding, ...]:
    return (
        _missing(connection, "words", _WITHOUT_WORDS, "pages are not found by their words"),
        _missing(connection, "words of no page", _STRAY_WORDS, "are in the index"),
        _missing(connection, "vectors", _WITHOUT_VECTORS, "pages have none and wait for none"),
        _missing(connection, "topics", _MISCOUNTED, "topics count their pages wrongly"),
    )


def _missing(connection: sqlite3.Connection, subject: str, query: str, what: str) -> Finding:
    (count,) = connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
    if count:
        return Finding(subject, "bad", f"{count} {what}", "doctor --repair mends it")
    return Finding(subject, "ok", "all fit the pages")


def _index(connection: SqliteConnection, seqs: list[int]) -> int:
    for seq in seqs:
        row: tuple[str, str] | None = connection.execute(
            "SELECT user_input, agent_response FROM pages WHERE seq = ?", (seq,)
        ).fetchone()
        if row is None:
            continue  # forgotten meanwhile
        connection.execute("DELETE FROM words WHERE rowid = ?", (seq,))
        stems = page_stems(*row)
        connection.words.put(connection, seq, *row, stems)
        outlines.put(connection, seq, outlines.packed(stems))
    changes.append(connection, "page", seqs)
    return len(seqs)
