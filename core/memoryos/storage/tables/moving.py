"""A memory copied from one database into another, table by table, in parts that can be gone on with, and compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from memoryos.models import PageVectors
from memoryos.storage.adding import page_stems
from memoryos.storage.tables.connection import Connection, Database, EmbedderRow
from memoryos.storage.tables.rows import marks

PART: Final = 500
"""Rows that are read and written at once."""

MOVING: Final = "moving"
"""The setting that a memory has while it is not whole: what it is a copy of."""

_NOT_MOVED: Final = frozenset({MOVING, "forgotten_in_log"})
_DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the columns by which its rows are told apart and ordered.

    `in_parts`: numbers alone, which every database orders alike; other tables are short and copied at once. `later` are
    columns that refer to rows of the table itself, which may come after.
    """

    name: str
    key: tuple[str, ...]
    in_parts: bool = True
    later: tuple[str, ...] = ()


SETTINGS: Final = Table("settings", ("key",), in_parts=False)

TABLES: Final = (
    SETTINGS,
    Table("embedders", ("id",)),
    Table("chains", ("id",)),
    Table("segments", ("id",)),
    Table("talks", ("id",)),
    Table("pages", ("seq",)),
    Table("page_terms", ("seq",)),
    Table("names", ("name",), in_parts=False),
    Table("unembedded", ("seq",)),
    Table("traits", ("dimension",), in_parts=False),
    Table("knowledge", ("seq",), later=("superseded_by", "doubted_by")),
    Table("knowledge_sources", ("knowledge", "page")),
    Table("changes", ("version",)),
    Table("parked", ("kind", "page"), in_parts=False),
    Table("extractive_pages", ("page",)),
    Table("analyse_again", ("page",)),
    Table("tombstones", ("page", "digest")),
    Table("told_facts", ("id",)),
    Table("exclusions", ("kind", "value"), in_parts=False),
    Table("audit", ("id",)),
    Table("refused_facts", ("reason",), in_parts=False),
    Table("unread", ("seq",)),
    Table("fresh", ("seq",)),
)
"""What a memory is made of, what others refer to first. Words are made of the pages anew, vectors are copied by page;
who does which work is nobody's in the copy."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a table holds: how many rows, and a digest of all of them in order."""

    rows: int
    digest: str


def copy_table(source: Database, target: Database, table: Table) -> Iterator[int]:
    """Copy the rows of a table that the target lacks; after each transaction, how many it copied."""
    columns = _columns(source, table)
    into = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {marks(len(columns))}"
    if table is SETTINGS:
        into += " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    without = [columns.index(column) for column in table.later]
    for rows in _missing(source, target, table, columns):
        with target.write() as connection:
            connection.executemany(into, [_without(row, without) for row in rows])
            if table.name == "pages":
                _put_words(connection, rows, columns)
        yield len(rows)
    for column in table.later:
        _copy_column(source, target, table, column)


def copy_vectors(source: Database, target: Database) -> Iterator[int]:
    """Copy the vectors of pages that the target lacks; after each transaction, of how many pages."""
    for embedder in _embedders(source):
        with target.read() as connection:
            (last,) = connection.execute(
                "SELECT coalesce(max(seq), 0) FROM page_vectors WHERE embedder = ?", (embedder.id,)
            ).fetchone()
        for vectors in _vectors(source, embedder, last):
            with target.write() as connection:
                connection.windows.put(connection, embedder, vectors)
            yield len(vectors)


def extents(database: Database) -> Iterator[tuple[str, Extent]]:
    """What each table holds, then the vectors of each embedder, and how many pages have words."""
    for table in TABLES:
        columns = _columns(database, table)
        digest, count = hashlib.blake2b(digest_size=_DIGEST_BYTES), 0
        for rows in _parts(database, table, columns, None):
            for row in rows:
                digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
                count += 1
        yield table.name, Extent(count, digest.hexdigest())
    for embedder in _embedders(database):
        digest, count = hashlib.blake2b(digest_size=_DIGEST_BYTES), 0
        for vectors in _vectors(database, embedder, 0):
            for page in vectors:
                count += 1
                digest.update(str(page.seq).encode())
                for matrix in (page.windows, page.user_side, page.agent_side):
                    digest.update(matrix.astype("<f2").tobytes())
        yield f"vectors of {embedder.id}", Extent(count, digest.hexdigest())


def _columns(database: Database, table: Table) -> list[str]:
    with database.read() as connection:
        described = connection.execute(f"SELECT * FROM {table.name} LIMIT 0").description
    return sorted(column[0] for column in described if column[0] != "user_key")


def _missing(source: Database, target: Database, table: Table, columns: Sequence[str]) -> Iterator[list[Any]]:
    """The rows that are not in the target yet, in parts."""
    key = ", ".join(table.key)
    with target.read() as connection:
        last = connection.execute(
            f"SELECT {key} FROM {table.name} ORDER BY {', '.join(f'{column} DESC' for column in table.key)} LIMIT 1"
        ).fetchone()
    if table is SETTINGS or table.in_parts or last is None:  # a short one is there as a whole, or not at all
        yield from _parts(source, table, columns, last if table.in_parts else None)


def _parts(
    database: Database, table: Table, columns: Sequence[str], after: Sequence[Any] | None
) -> Iterator[list[Any]]:
    """The rows of a table in the order of their keys, those after a key, in parts."""
    chosen, key = ", ".join(columns), ", ".join(table.key)
    if not table.in_parts:
        places = [columns.index(column) for column in table.key]
        with database.read() as connection:
            rows = connection.execute(f"SELECT {chosen} FROM {table.name}").fetchall()
        if table is SETTINGS:
            rows = [row for row in rows if row[columns.index("key")] not in _NOT_MOVED]
        if rows:  # as Python orders them: of texts each database has an order of its own
            yield sorted(rows, key=lambda row: [row[place] for place in places])
        return
    last = tuple(after) if after is not None else None
    while True:
        beyond = "" if last is None else f"WHERE ({key}) > {marks(len(table.key))}"
        with database.read() as connection:
            rows = connection.execute(
                f"SELECT {chosen}, {key} FROM {table.name} {beyond} ORDER BY {key} LIMIT {PART}", last or ()
            ).fetchall()
        if not rows:
            return
        last = tuple(rows[-1][len(columns) :])
        yield [row[: len(columns)] for row in rows]


def _without(row: Sequence[Any], places: Sequence[int]) -> tuple[Any, ...]:
    return tuple(None if place in places else value for place, value in enumerate(row))


def _put_words(connection: Connection, rows: Sequence[Any], columns: Sequence[str]) -> None:
    seq, user_input, agent_response = (columns.index(name) for name in ("seq", "user_input", "agent_response"))
    for row in rows:
        texts = row[user_input], row[agent_response]
        connection.words.put(connection, row[seq], *texts, page_stems(*texts))


def _copy_column(source: Database, target: Database, table: Table, column: str) -> None:
    (key,) = table.key
    with source.read() as connection:
        rows = connection.execute(f"SELECT {column}, {key} FROM {table.name} WHERE {column} IS NOT NULL").fetchall()
    with target.write() as connection:
        connection.executemany(f"UPDATE {table.name} SET {column} = ? WHERE {key} = ?", rows)


def _embedders(database: Database) -> list[EmbedderRow]:
    with database.read() as connection:
        rows = connection.execute("SELECT id, dim FROM embedders ORDER BY id").fetchall()
    return [EmbedderRow(*row) for row in rows]


def _vectors(database: Database, embedder: EmbedderRow, last: int) -> Iterator[list[PageVectors]]:
    """The vectors of pages after one, in parts."""
    while True:
        with database.read() as connection:
            windows = connection.windows.after(connection, embedder, last, PART)
            seqs = sorted(set(windows.seqs.tolist()))
            if not seqs:
                return
            sides = connection.windows.of_sides(connection, embedder, seqs)
        last = seqs[-1]
        yield [
            PageVectors(
                seq,
                windows.vectors[windows.seqs == seq],
                sides.vectors[(sides.rows == row) & ~sides.of_agent],
                sides.vectors[(sides.rows == row) & sides.of_agent],
            )
            for row, seq in enumerate(seqs)
        ]


def clear(connection: Connection) -> None:
    """Delete all that was copied."""
    seqs = [seq for (seq,) in connection.execute("SELECT seq FROM pages").fetchall()]
    connection.windows.remove(connection, seqs)
    connection.words.remove(connection, seqs)
    for table in reversed(TABLES):
        for column in table.later:
            connection.execute(f"UPDATE {table.name} SET {column} = NULL")
        connection.execute(f"DELETE FROM {table.name}")


def marked(connection: Connection) -> str | None:
    """What an unfinished copy is a copy of; None for a memory, and where nothing is yet."""
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (MOVING,)).fetchone()
    return None if row is None else str(row[0])


def mark(connection: Connection, state: str) -> None:
    """Mark what is there as an unfinished copy."""
    connection.execute(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (MOVING, state),
    )


def unmark(connection: Connection) -> None:
    """Let a copy be a memory."""
    connection.execute("DELETE FROM settings WHERE key = ?", (MOVING,))
