"""Pages: the exchanges themselves, their words, and the queue of those waiting for mid-term memory."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta

from ulid import ULID

from memoryos.language.words import index_text
from memoryos.models import Added, NewPage, Page
from memoryos.storage.sqlite import changes, outlines
from memoryos.storage.sqlite.rows import PAGE_COLUMNS, PAGE_TABLES, Row, marks, page_from_row, to_json, to_micros

_RETRY_PAGES = 20
_RETRY_WINDOW = timedelta(minutes=10)


def add(connection: sqlite3.Connection, page: NewPage, *, timestamp: str, now: datetime) -> Added:
    """Insert a page with its words and queue it for embedding, or find the one a client sends again."""
    meta_data = to_json(page.meta_data)
    digest = content_digest(page.user_input, page.agent_response, page.timestamp, meta_data)
    known = connection.execute(
        "SELECT seq FROM (SELECT seq, digest, added_at FROM pages ORDER BY seq DESC LIMIT ?)"
        " WHERE digest = ? AND added_at BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1",
        (_RETRY_PAGES, digest, to_micros(now - _RETRY_WINDOW), to_micros(now + _RETRY_WINDOW)),
    ).fetchone()
    if known is not None:
        return Added(by_seq(connection, known)[known[0]], repeated=True)
    id_ = str(ULID.from_datetime(now))
    seq, previous = insert(
        connection,
        (
            id_,
            to_micros(page.happened_at),
            to_micros(now),
            digest,
            timestamp,
            page.user_input,
            page.agent_response,
            meta_data,
            page.assistant_id,
        ),
    )
    return Added(
        Page(
            seq=seq,
            id=id_,
            user_input=page.user_input,
            agent_response=page.agent_response,
            timestamp=timestamp,
            happened_at=page.happened_at,
            added_at=now,
            meta_data=page.meta_data,
            previous=previous,
            assistant_id=page.assistant_id,
        )
    )


def insert(connection: sqlite3.Connection, row: Row) -> tuple[int, int | None]:
    """Insert a page with its words and queue it for embedding; its seq and the seq before it.

    `row` is (id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id).
    """
    _, happened_at, _, _, _, user_input, agent_response, *_ = row
    previous = connection.execute("SELECT max(seq) FROM pages").fetchone()[0]
    seq = connection.execute(
        "INSERT INTO pages (id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data,"
        " assistant_id, previous, talk) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        (*row, previous, outlines.talk_of(connection, user_input, agent_response, happened_at)),
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO words (rowid, user_words, agent_words) VALUES (?, ?, ?)",
        (seq, index_text(user_input), index_text(agent_response)),
    )
    outlines.add(connection, seq, user_input, agent_response)
    connection.execute("INSERT INTO unembedded (seq) VALUES (?)", (seq,))
    changes.append(connection, "page", [seq])
    return seq, previous


def by_seq(connection: sqlite3.Connection, seqs: Collection[int]) -> dict[int, Page]:
    """Pages by seq."""
    rows = connection.execute(f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq IN {marks(len(seqs))}", [*seqs])
    return {row[0]: page_from_row(row) for row in rows}


def by_id(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, Page]:
    """Pages by id, as many at once as SQLite takes parameters (999)."""
    rows = connection.execute(f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.id IN {marks(len(ids))}", [*ids])
    return {page.id: page for page in map(page_from_row, rows)}


def newest(connection: sqlite3.Connection, count: int) -> tuple[Page, ...]:
    """The last pages, oldest first."""
    rows = connection.execute(f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} ORDER BY p.seq DESC LIMIT ?", (count,))
    return tuple(page_from_row(row) for row in rows)[::-1]


def newest_seq(connection: sqlite3.Connection) -> int:
    """The seq of the newest page, 0 without pages."""
    return connection.execute("SELECT max(seq) FROM pages").fetchone()[0] or 0


OUTSIDE_NEWEST = "(SELECT min(seq) FROM (SELECT seq FROM pages ORDER BY seq DESC LIMIT ?))"
"""Pages with a smaller seq left short-term memory of that capacity."""


def waiting(connection: sqlite3.Connection, *, newest: int, limit: int) -> tuple[Page, ...]:
    """The oldest pages that left short-term memory and have no segment yet."""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES}"
        f" WHERE p.segment IS NULL AND p.seq < {OUTSIDE_NEWEST} ORDER BY p.seq LIMIT ?",
        (newest, limit),
    )
    return tuple(page_from_row(row) for row in rows)


def waiting_count(connection: sqlite3.Connection, *, newest: int) -> int:
    """How many pages left short-term memory and have no segment yet."""
    row = connection.execute(
        f"SELECT count(*) FROM pages WHERE segment IS NULL AND seq < {OUTSIDE_NEWEST}", (newest,)
    ).fetchone()
    return int(row[0])


def of_segment(connection: sqlite3.Connection, segment: int, *, not_analysed: bool, limit: int) -> tuple[Page, ...]:
    """The oldest pages of a segment."""
    condition = "AND p.analysed = 0" if not_analysed else ""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.segment = ? {condition} ORDER BY p.seq LIMIT ?",
        (segment, limit),
    )
    return tuple(page_from_row(row) for row in rows)


def content_digest(user_input: str, agent_response: str, timestamp: str | None, meta_data: str | None) -> bytes:
    """What two equal adds have in common; `timestamp` as the caller gave it."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (user_input, agent_response, timestamp, meta_data):
        encoded = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(f"{'-' if part is None else len(encoded)}:".encode())
        digest.update(encoded)
    return digest.digest()
