"""What a person leafs through: pages newest first, how many a time holds, what stands on a page, a fact's history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from memoryos.models import Knowledge, Page, Scope
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import (
    KNOWLEDGE_COLUMNS,
    PAGE_COLUMNS,
    PAGE_TABLES,
    in_list,
    knowledge_from_row,
    page_from_row,
    seen,
    to_micros,
)

_WITHOUT_VECTOR = KNOWLEDGE_COLUMNS.replace("k.vector", "NULL")


def pages_before(
    connection: Connection, before: int | None, limit: int, scope: Scope, *, segment: int | None = None
) -> tuple[Page, ...]:
    """The last pages before a seq, of all or of a segment, newest first."""
    is_seen, of_scope = seen(scope, "p.project")
    conditions: list[str] = [is_seen]
    values: list[object] = [*of_scope]
    if before is not None:
        conditions.append("p.seq < ?")
        values.append(before)
    if segment is not None:
        conditions.append("p.segment = ?")
        values.append(segment)
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE {' AND '.join(conditions)} ORDER BY p.seq DESC LIMIT ?",
        (*values, limit),
    )
    return tuple(page_from_row(row) for row in rows)


def pages_after(connection: Connection, after: int, limit: int, scope: Scope) -> tuple[Page, ...]:
    """The first pages after a seq, oldest first."""
    is_seen, of_scope = seen(scope, "p.project")
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq > ? AND {is_seen} ORDER BY p.seq LIMIT ?",
        (after, *of_scope, limit),
    )
    return tuple(page_from_row(row) for row in rows)


def pages_of_time(
    connection: Connection, start: datetime, end: datetime, limit: int, offset: int, scope: Scope
) -> tuple[Page, ...]:
    """The pages that happened from `start` until before `end`, in that order, some of them passed over."""
    is_seen, of_scope = seen(scope, "p.project")
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.happened_at >= ? AND p.happened_at < ?"
        f" AND {is_seen} ORDER BY p.happened_at, p.seq LIMIT ? OFFSET ?",
        (to_micros(start), to_micros(end), *of_scope, limit, offset),
    )
    return tuple(page_from_row(row) for row in rows)


def counts_between(connection: Connection, bounds: Sequence[datetime], scope: Scope) -> tuple[int, ...]:
    """How many pages happened from each of these times until before the next one."""
    is_seen, of_scope = seen(scope)
    return tuple(
        connection.execute(
            f"SELECT count(*) FROM pages WHERE happened_at >= ? AND happened_at < ? AND {is_seen}",
            (to_micros(start), to_micros(end), *of_scope),
        ).fetchone()[0]
        for start, end in pairwise(bounds)
    )


def fact(connection: Connection, id_: str) -> Knowledge | None:
    """A fact, retired ones too, without its vector."""
    return next(iter(_facts(connection, "k.id = ?", (id_,))), None)


def facts_on(connection: Connection, page: int) -> tuple[Knowledge, ...]:
    """What stands on a page, history too, oldest first."""
    return _facts(connection, "k.seq IN (SELECT knowledge FROM knowledge_sources WHERE page = ?)", (page,))


def history_of(connection: Connection, id_: str) -> tuple[Knowledge, ...]:
    """A fact with all that it took the place of, and all that took its place, oldest first."""
    rows = connection.execute(
        "WITH RECURSIVE chain (id) AS (SELECT ? UNION SELECT CASE k.id WHEN c.id THEN k.superseded_by ELSE k.id END"
        " FROM chain c JOIN knowledge k ON k.superseded_by = c.id OR k.id = c.id AND k.superseded_by IS NOT NULL)"
        " SELECT k.seq FROM knowledge k JOIN chain c ON c.id = k.id",
        (id_,),
    ).fetchall()
    return _facts(connection, f"k.seq IN {in_list([seq for (seq,) in rows])}", ())


def old_facts(connection: Connection, limit: int, offset: int, scope: Scope) -> tuple[Knowledge, ...]:
    """Facts that hold no more, by the time of learning the newest first."""
    is_seen, of_scope = seen(scope)
    rows = connection.execute(
        f"SELECT seq FROM knowledge WHERE {is_seen}"
        " AND (superseded_by IS NOT NULL OR archived_at IS NOT NULL OR state = 'retired')"
        " ORDER BY seq DESC LIMIT ? OFFSET ?",
        (*of_scope, limit, offset),
    ).fetchall()
    return _facts(connection, f"k.seq IN {in_list([seq for (seq,) in rows])}", ())[::-1]


def _facts(connection: Connection, condition: str, values: Sequence[object]) -> tuple[Knowledge, ...]:
    rows = connection.execute(
        f"SELECT k.seq, {_WITHOUT_VECTOR} FROM knowledge k WHERE {condition} ORDER BY k.seq", values
    ).fetchall()
    sources = _sources(connection, [row[0] for row in rows])
    return tuple(knowledge_from_row(row, sources=tuple(sources.get(seq, ())), dim=1) for seq, *row in rows)


def _sources(connection: Connection, facts: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for seq, page in connection.execute(
        "SELECT s.knowledge, p.id FROM knowledge_sources s JOIN pages p ON p.seq = s.page"
        f" WHERE s.knowledge IN {in_list(facts)} ORDER BY p.seq"
    ):
        found.setdefault(seq, []).append(page)
    return found
