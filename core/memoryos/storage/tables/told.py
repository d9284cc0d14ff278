"""Facts that an agent told with a page: queued with it, and taken out by the commit of what they came to."""

from __future__ import annotations

from collections.abc import Sequence

from memoryos.models import QueuedFact, ToldFact
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import in_list


def queue(connection: Connection, page: int, facts: Sequence[ToldFact]) -> None:
    """Queue facts of a page, but those that are queued for it already (a client's retry)."""
    connection.executemany(
        "INSERT INTO told_facts (page, text, replaces) SELECT ?1, ?2, ?3"
        " WHERE NOT EXISTS (SELECT 1 FROM told_facts WHERE page = ?1 AND text = ?2)",
        [(page, fact.text, fact.replaces) for fact in facts],
    )


def oldest(connection: Connection, limit: int) -> tuple[QueuedFact, ...]:
    """The facts that were queued first."""
    rows = connection.execute("SELECT id, page, text, replaces FROM told_facts ORDER BY id LIMIT ?", (limit,))
    return tuple(QueuedFact(id_, page, ToldFact(text, replaces)) for id_, page, text, replaces in rows)


def count(connection: Connection) -> int:
    """How many are queued."""
    return int(connection.execute("SELECT count(*) FROM told_facts").fetchone()[0])


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take facts out of the queue."""
    connection.execute(f"DELETE FROM told_facts WHERE id IN {in_list(ids)}")
