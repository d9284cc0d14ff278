"""Facts that an agent told with a page: queued with it, and taken out by the commit of what they came to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from memoryos.models import QueuedFact, ToldFact
from memoryos.storage.sqlite.rows import in_list


def queue(connection: sqlite3.Connection, page: int, facts: Sequence[ToldFact]) -> None:
    """Queue facts of a page, but those that are queued for it already (a client's retry)."""
    connection.executemany(
        "INSERT INTO told_facts (page, text, replaces) SELECT ?1, ?2, ?3"
        " WHERE NOT EXISTS (SELECT 1 FROM told_facts WHERE page = ?1 AND text = ?2)",
        [(page, fact.text, fact.replaces) for fact in facts],
    )


def oldest(connection: sqlite3.Connection, limit: int) -> tuple[QueuedFact, ...]:
    """The facts that were queued first."""
    rows = connection.execute("SELECT id, page, text, replaces FROM told_facts ORDER BY id LIMIT ?", (limit,))
    return tuple(QueuedFact(id_, page, ToldFact(text, replaces)) for id_, page, text, replaces in rows)


def count(connection: sqlite3.Connection) -> int:
    """How many are queued."""
    return int(connection.execute("SELECT count(*) FROM told_facts").fetchone()[0])


def remove(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Take facts out of the queue."""
    connection.execute(f"DELETE FROM told_facts WHERE id IN {in_list(ids)}")
