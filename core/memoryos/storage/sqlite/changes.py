"""The log of changes, from which caches of any process bring themselves up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from memoryos.storage.index_rows import ChangeKind

Operation = Literal["upsert", "delete"]

KEPT = 50_000
"""So many of the newest changes are kept; a cache further behind starts anew."""


def append(connection: sqlite3.Connection, kind: ChangeKind, refs: Iterable[int], op: Operation = "upsert") -> None:
    """Record that rows changed, in the transaction that changes them."""
    connection.executemany("INSERT INTO changes (kind, ref, op) VALUES (?, ?, ?)", [(kind, ref, op) for ref in refs])


def version(connection: sqlite3.Connection, kind: ChangeKind | None = None) -> int:
    """The number of the last change of a kind, or of any; 0 where there is none.

    Where the log was trimmed past the last one of a kind, the number of the last change it forgot.
    """
    if kind is None:
        row = connection.execute("SELECT max(version) FROM changes").fetchone()
    else:
        row = connection.execute(
            "SELECT coalesce((SELECT max(version) FROM changes WHERE kind = ?),"
            " (SELECT min(version) - 1 FROM changes))",
            (kind,),
        ).fetchone()
    return row[0] or 0


def since(connection: sqlite3.Connection, kind: ChangeKind, after: int) -> list[tuple[int, Operation]] | None:
    """The last operation on each row of a kind after a version; None where the log was trimmed past it."""
    oldest = connection.execute("SELECT coalesce(min(version), 1) FROM changes").fetchone()[0]
    if after + 1 < oldest:
        return None
    rows = connection.execute(
        "SELECT ref, op, max(version) FROM changes WHERE version > ? AND kind = ? GROUP BY ref", (after, kind)
    )
    return [(ref, op) for ref, op, _ in rows]


def trim(connection: sqlite3.Connection) -> None:
    """Forget all but the newest `KEPT` changes; the last one always stays, for it carries the version."""
    connection.execute("DELETE FROM changes WHERE version <= (SELECT max(version) FROM changes) - ?", (KEPT,))
