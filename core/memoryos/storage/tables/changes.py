"""The log of changes, from which caches of any process bring themselves up to date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from memoryos.storage.index_rows import ChangeKind, Changes
from memoryos.storage.tables.connection import Connection

Operation = Literal["upsert", "delete"]

KEPT = 50_000
"""So many of the newest changes are kept; a cache further behind starts anew."""


def append(connection: Connection, kind: ChangeKind, refs: Iterable[int], op: Operation = "upsert") -> None:
    """Record that rows changed, in the transaction that changes them."""
    connection.executemany("INSERT INTO changes (kind, ref, op) VALUES (?, ?, ?)", [(kind, ref, op) for ref in refs])


def version(connection: Connection, kind: ChangeKind) -> int:
    """The number of the last change of a kind; 0 where there is none.

    Where the log was trimmed past the last one of a kind, the number of the last change it forgot.
    """
    row = connection.execute(
        "SELECT coalesce((SELECT max(version) FROM changes WHERE kind = ?), (SELECT min(version) - 1 FROM changes))",
        (kind,),
    ).fetchone()
    return row[0] or 0


def since(connection: Connection, kind: ChangeKind, after: int) -> Changes:
    """The last operation on each row of a kind after a version; nothing where the log was trimmed past it."""
    newest, oldest = connection.execute(
        "SELECT coalesce(max(version), 0), coalesce(min(version), 1) FROM changes"
    ).fetchone()
    if not after or after + 1 < oldest:
        return Changes(newest, complete=True, upserts=(), deletes=())
    rows = connection.execute(
        "SELECT ref, op FROM changes WHERE version IN"
        " (SELECT max(version) FROM changes WHERE version > ? AND kind = ? GROUP BY ref) ORDER BY ref",
        (after, kind),
    ).fetchall()
    refs: dict[Operation, list[int]] = {
        wanted: [ref for ref, op in rows if op == wanted] for wanted in get_args(Operation)
    }
    return Changes(newest, complete=False, upserts=refs["upsert"], deletes=refs["delete"])


def trim(connection: Connection) -> None:
    """Forget all but the newest `KEPT` changes; the last one always stays, for it carries the version."""
    connection.execute("DELETE FROM changes WHERE version <= (SELECT max(version) FROM changes) - ?", (KEPT,))
