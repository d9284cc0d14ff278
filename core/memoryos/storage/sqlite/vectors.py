"""Vectors of pages and the queue of pages that wait for theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memoryos.errors import ClaimLostError
from memoryos.models import Page, PageVectors
from memoryos.storage.index_rows import SideVectors, WindowVectors
from memoryos.storage.sqlite import changes
from memoryos.storage.sqlite.rows import (
    BYTES_PER_NUMBER,
    PAGE_COLUMNS,
    PAGE_TABLES,
    in_list,
    marks,
    page_from_row,
    to_blob,
    to_matrix,
    to_micros,
)

if TYPE_CHECKING:
    from memoryos.models import Matrix

_REFUSAL_RESTS = timedelta(days=1)
"""After so long what the embedder refused is tried again: its endpoint may have changed."""


_PAGES_WITHOUT_VECTORS = (
    "pages p WHERE NOT EXISTS (SELECT 1 FROM page_vectors v WHERE v.seq = p.seq AND v.embedder = ?1)"
)


class EmbedderRow(NamedTuple):
    """An embedder as the store knows it."""

    id: int
    dim: int


def use_embedder(connection: sqlite3.Connection, name: str, dim: int) -> EmbedderRow:
    """Record the embedder; another one than before queues every page that has no vector of it.

    One of the same name and another dimension is another one: an endpoint serves a new model under an old name.
    """
    connection.execute(
        "UPDATE embedders SET name = name || '/' || dim || '/' || id WHERE name = ? AND dim <> ?", (name, dim)
    )
    id_ = connection.execute(
        "INSERT INTO embedders (name, dim) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET dim = dim RETURNING id",
        (name, dim),
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('embedder', ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (name,),
    )
    connection.execute("DELETE FROM parked WHERE kind = 'embed'")
    connection.execute(f"INSERT OR IGNORE INTO unembedded (seq) SELECT p.seq FROM {_PAGES_WITHOUT_VECTORS}", (id_,))
    return EmbedderRow(id_, dim)


def recorded(connection: sqlite3.Connection, name: str) -> EmbedderRow | None:
    """The row of an embedder, if it is the store's current one."""
    row = connection.execute(
        "SELECT e.id, e.dim FROM settings s JOIN embedders e ON e.name = s.value"
        " WHERE s.key = 'embedder' AND e.name = ?",
        (name,),
    ).fetchone()
    return None if row is None else EmbedderRow(*row)


def replaced_by(connection: sqlite3.Connection, embedder: EmbedderRow) -> str | None:
    """The name of the store's current embedder; None where that is this one."""
    row = connection.execute(
        "SELECT e.name FROM settings s JOIN embedders e ON e.name = s.value WHERE s.key = 'embedder' AND e.id <> ?",
        (embedder.id,),
    ).fetchone()
    return None if row is None else str(row[0])


def check(connection: sqlite3.Connection, embedder: EmbedderRow) -> None:
    """Raise `ClaimLostError` unless the embedder is still the store's current one.

    A process that still runs with the model before would take pages off the queue of the one that came after.
    """
    if replaced_by(connection, embedder) is not None:
        raise ClaimLostError("embed: another process uses this memory with another embedding model since")


def unembedded(connection: sqlite3.Connection, limit: int) -> tuple[Page, ...]:
    """The oldest pages in the queue."""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM unembedded u JOIN {PAGE_TABLES} WHERE p.seq = u.seq ORDER BY u.seq LIMIT ?",
        (limit,),
    )
    return tuple(page_from_row(row) for row in rows)


def unembedded_count(connection: sqlite3.Connection, name: str) -> int:
    """How many pages, active segments and current facts have no vector of an embedder; refused pages are left out.

    Only the store's current embedder has its pages in the queue.
    """
    (id_,) = connection.execute("SELECT coalesce(max(id), 0) FROM embedders WHERE name = ?", (name,)).fetchone()
    pages = _PAGES_WITHOUT_VECTORS if recorded(connection, name) is None else "unembedded"
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {pages})"
        " + (SELECT count(*) FROM segments WHERE archived_at IS NULL AND embedder IS NOT ?1)"
        " + (SELECT count(*) FROM knowledge"
        "    WHERE superseded_by IS NULL AND archived_at IS NULL AND state <> 'retired' AND embedder IS NOT ?1)",
        (id_,),
    ).fetchone()
    return int(row[0])


def put(connection: sqlite3.Connection, embedder: EmbedderRow, vectors: Sequence[PageVectors]) -> None:
    """Store pages' vectors and take the pages off the queue."""
    connection.executemany(
        "INSERT OR REPLACE INTO page_vectors (seq, embedder, windows) VALUES (?, ?, ?)",
        [(v.seq, embedder.id, to_blob(v.windows)) for v in vectors],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO side_vectors (seq, embedder, user_side, agent_side) VALUES (?, ?, ?, ?)",
        [(v.seq, embedder.id, to_blob(v.user_side), to_blob(v.agent_side)) for v in vectors],
    )
    connection.executemany("DELETE FROM unembedded WHERE seq = ?", [(v.seq,) for v in vectors])
    changes.append(connection, "vector", [v.seq for v in vectors])


def give_up(connection: sqlite3.Connection, seq: int) -> None:
    """Take a page that gets no vectors off the queue."""
    connection.execute("DELETE FROM unembedded WHERE seq = ?", (seq,))


def try_again(connection: sqlite3.Connection, *, now: datetime) -> None:
    """Let wait again what the embedder refused: a page after a day, and segments and facts all at once, once a day."""
    day_ago = to_micros(now - _REFUSAL_RESTS)
    old = "FROM parked WHERE kind = 'embed' AND parked_at <= ?"
    connection.execute(f"INSERT OR IGNORE INTO unembedded (seq) SELECT page {old}", (day_ago,))
    connection.execute(f"DELETE {old}", (day_ago,))
    is_due = connection.execute(
        "INSERT INTO settings (key, value) VALUES ('refused_tried_again_at', ?1)"
        " ON CONFLICT (key) DO UPDATE SET value = ?1 WHERE CAST(value AS INTEGER) NOT BETWEEN ?2 + 1 AND ?1",
        (to_micros(now), day_ago),
    ).rowcount
    if is_due:
        connection.execute("UPDATE segments SET embedder = NULL WHERE vector IS NULL")
        connection.execute("UPDATE knowledge SET embedder = NULL WHERE vector IS NULL")


def windows(connection: sqlite3.Connection, embedder: EmbedderRow, seqs: Collection[int]) -> dict[int, Matrix]:
    """Window vectors by page."""
    rows = connection.execute(
        f"SELECT seq, windows FROM page_vectors WHERE seq IN {in_list(seqs)} AND embedder = ?", (embedder.id,)
    )
    return {seq: to_matrix(blob, embedder.dim) for seq, blob in rows}


def windows_after(connection: sqlite3.Connection, embedder: EmbedderRow, seq: int, pages: int) -> WindowVectors:
    """Window vectors of the next pages after a seq."""
    rows = connection.execute(
        "SELECT seq, windows FROM page_vectors WHERE seq > ? AND embedder = ? ORDER BY seq LIMIT ?",
        (seq, embedder.id, pages),
    ).fetchall()
    windows_of = [len(blob) // (embedder.dim * BYTES_PER_NUMBER) for _, blob in rows]
    seqs = np.array([seq for seq, _ in rows], dtype=np.int64)
    return WindowVectors(
        seqs=np.repeat(seqs, windows_of), vectors=to_matrix(b"".join(blob for _, blob in rows), embedder.dim)
    )


def sides(connection: sqlite3.Connection, embedder: EmbedderRow, seqs: Sequence[int]) -> SideVectors:
    """Window vectors of both sides of pages."""
    row_of = {seq: row for row, seq in enumerate(seqs)}
    window_bytes = embedder.dim * BYTES_PER_NUMBER
    blobs: list[bytes] = []
    rows: list[int] = []
    of_agent: list[bool] = []
    for seq, *of_page in connection.execute(
        f"SELECT seq, user_side, agent_side FROM side_vectors WHERE seq IN {marks(len(seqs))} AND embedder = ?",
        (*seqs, embedder.id),
    ):
        for is_agent, blob in enumerate(of_page):
            windows = len(blob) // window_bytes
            blobs.append(blob)
            rows += [row_of[seq]] * windows
            of_agent += [bool(is_agent)] * windows
    return SideVectors(
        vectors=to_matrix(b"".join(blobs), embedder.dim),
        rows=np.array(rows, dtype=np.int64),
        of_agent=np.array(of_agent, dtype=bool),
    )
