"""Vectors of pages and the queue of pages that wait for theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from memoryos.errors import ClaimLostError
from memoryos.models import Page, PageVectors
from memoryos.storage.tables import changes
from memoryos.storage.tables.connection import Connection, EmbedderRow
from memoryos.storage.tables.rows import (
    PAGE_COLUMNS,
    PAGE_TABLES,
    page_from_row,
    to_micros,
)

_REFUSAL_RESTS = timedelta(days=1)
"""After so long what the embedder refused is tried again: its endpoint may have changed."""


_PAGES_WITHOUT_VECTORS = (
    "pages p WHERE NOT EXISTS (SELECT 1 FROM page_vectors v WHERE v.seq = p.seq AND v.embedder = ?1)"
)
_DERIVED_WITHOUT_VECTORS = (
    "(SELECT count(*) FROM segments WHERE archived_at IS NULL AND (embedder IS NULL OR embedder <> {0}))"
    " + (SELECT count(*) FROM knowledge WHERE superseded_by IS NULL AND archived_at IS NULL AND state <> 'retired'"
    " AND (embedder IS NULL OR embedder <> {0}))"
)


def use_embedder(connection: Connection, name: str, dim: int) -> EmbedderRow:
    """Record the embedder; another one than before queues every page that has no vector of it.

    One of the same name and another dimension is another one: an endpoint serves a new model under an old name.
    """
    connection.execute(
        "UPDATE embedders SET name = name || '/' || dim || '/' || id WHERE name = ? AND dim <> ?", (name, dim)
    )
    id_ = connection.execute(
        "INSERT INTO embedders (name, dim) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET dim = excluded.dim RETURNING id",
        (name, dim),
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('embedder', ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (name,),
    )
    connection.execute("DELETE FROM parked WHERE kind = 'embed'")
    connection.execute(
        f"INSERT INTO unembedded (seq) SELECT p.seq FROM {_PAGES_WITHOUT_VECTORS} ON CONFLICT DO NOTHING", (id_,)
    )
    return EmbedderRow(id_, dim)


def recorded(connection: Connection, name: str) -> EmbedderRow | None:
    """The row of an embedder, if it is the store's current one."""
    row = connection.execute(
        "SELECT e.id, e.dim FROM settings s JOIN embedders e ON e.name = s.value"
        " WHERE s.key = 'embedder' AND e.name = ?",
        (name,),
    ).fetchone()
    return None if row is None else EmbedderRow(*row)


def replaced_by(connection: Connection, embedder: EmbedderRow) -> str | None:
    """The name of the store's current embedder; None where that is this one."""
    row = connection.execute(
        "SELECT e.name FROM settings s JOIN embedders e ON e.name = s.value WHERE s.key = 'embedder' AND e.id <> ?",
        (embedder.id,),
    ).fetchone()
    return None if row is None else str(row[0])


def check(connection: Connection, embedder: EmbedderRow) -> None:
    """Raise `ClaimLostError` unless the embedder is still the store's current one.

    A process that still runs with the model before would take pages off the queue of the one that came after.
    """
    if replaced_by(connection, embedder) is not None:
        raise ClaimLostError("embed: another process uses this memory with another embedding model since")


def unembedded(connection: Connection, limit: int) -> tuple[Page, ...]:
    """The oldest pages in the queue."""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} JOIN unembedded u ON u.seq = p.seq ORDER BY u.seq LIMIT ?",
        (limit,),
    )
    return tuple(page_from_row(row) for row in rows)


def unembedded_count(connection: Connection, embedder: EmbedderRow | None, name: str) -> int:
    """How many pages, active segments and current facts have no vector of the embedder of a name, or of the store's
    current one where that has taken the place of `embedder`; refused pages are left out.

    Only the store's current embedder has its pages in the queue.
    """
    current = connection.execute(
        f"SELECT e.id, e.name, (SELECT count(*) FROM unembedded) + {_DERIVED_WITHOUT_VECTORS.format('e.id')}"
        " FROM settings s JOIN embedders e ON e.name = s.value WHERE s.key = 'embedder'"
    ).fetchone()
    if current is not None and (current[1] == name or (embedder is not None and current[0] != embedder.id)):
        return int(current[2])
    (id_,) = connection.execute("SELECT coalesce(max(id), 0) FROM embedders WHERE name = ?", (name,)).fetchone()
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {_PAGES_WITHOUT_VECTORS}) + {_DERIVED_WITHOUT_VECTORS.format('?1')}", (id_,)
    ).fetchone()
    return int(row[0])


def put(connection: Connection, embedder: EmbedderRow, vectors: Sequence[PageVectors]) -> None:
    """Store pages' vectors and take the pages off the queue."""
    connection.windows.put(connection, embedder, vectors)
    connection.executemany("DELETE FROM unembedded WHERE seq = ?", [(v.seq,) for v in vectors])
    changes.append(connection, "vector", [v.seq for v in vectors])


def give_up(connection: Connection, seq: int) -> None:
    """Take a page that gets no vectors off the queue."""
    connection.execute("DELETE FROM unembedded WHERE seq = ?", (seq,))


def try_again(connection: Connection, *, now: datetime) -> None:
    """Let wait again what the embedder refused: a page after a day, and segments and facts all at once, once a day."""
    day_ago = to_micros(now - _REFUSAL_RESTS)
    old = "FROM parked WHERE kind = 'embed' AND parked_at <= ?"
    connection.execute(f"INSERT INTO unembedded (seq) SELECT page {old} ON CONFLICT DO NOTHING", (day_ago,))
    connection.execute(f"DELETE {old}", (day_ago,))
    due = connection.execute(
        "INSERT INTO settings (key, value) VALUES ('refused_tried_again_at', ?1)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        " WHERE CAST(settings.value AS INTEGER) NOT BETWEEN ?2 AND CAST(?1 AS INTEGER) RETURNING key",
        (str(to_micros(now)), day_ago + 1),
    ).fetchall()
    if due:
        connection.execute("UPDATE segments SET embedder = NULL WHERE vector IS NULL")
        connection.execute("UPDATE knowledge SET embedder = NULL WHERE vector IS NULL")
