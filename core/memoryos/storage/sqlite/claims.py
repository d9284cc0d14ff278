"""Claims: which worker does which kind of work, until when, how the last tries went, and what was left undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, get_args

from memoryos.errors import ClaimLostError
from memoryos.models import WorkKind
from memoryos.status import Failure, Parked
from memoryos.storage.plans import Claim
from memoryos.storage.sqlite.rows import from_micros, marks, to_micros

_LONGEST_LEASE: Final = timedelta(hours=3)
"""More than a model's longest time-out allows. A lease beyond it, or a failure that is yet to come, was written while
the clock was ahead, and would keep the work from being done until then."""


def take(
    connection: sqlite3.Connection, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime
) -> Claim | None:
    """A claim, unless another worker's lease runs or a failure's waiting time does."""
    expires_at = to_micros(now + timedelta(seconds=lease_seconds))
    taken = connection.execute(
        "INSERT INTO claims (kind, holder, expires_at) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (kind) DO UPDATE SET holder = ?2, expires_at = ?3"
        " WHERE (holder IS NULL OR holder = ?2 OR expires_at <= ?4 OR expires_at > ?5)"
        " AND (not_before IS NULL OR not_before <= ?4 OR failed_at > ?4)"
        " RETURNING attempts, content_failures, batch",
        (kind, holder, expires_at, to_micros(now), to_micros(now + _LONGEST_LEASE)),
    ).fetchone()
    return None if taken is None else Claim(kind, holder, *taken)


def check(connection: sqlite3.Connection, claim: Claim) -> None:
    """Raise `ClaimLostError` unless the claim is still its holder's: called first in every commit of work."""
    row = connection.execute("SELECT holder FROM claims WHERE kind = ?", (claim.kind,)).fetchone()
    if row is None or row[0] != claim.holder:
        raise ClaimLostError(f"{claim.kind}: another worker took over; it will do this work")


def release(connection: sqlite3.Connection, claim: Claim) -> None:
    """Free the kind of work and forget its failures."""
    connection.execute(
        "UPDATE claims SET holder = NULL, expires_at = NULL, attempts = 0, not_before = NULL, error = NULL,"
        " failed_at = NULL WHERE kind = ? AND holder = ?",
        (claim.kind, claim.holder),
    )


def fail(connection: sqlite3.Connection, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
    """Free the kind of work, remember the failure, and let nobody try again for a while."""
    connection.execute(
        "UPDATE claims SET holder = NULL, expires_at = NULL, attempts = attempts + 1, not_before = ?, error = ?,"
        " failed_at = ? WHERE kind = ? AND holder = ?",
        (to_micros(now + timedelta(seconds=wait_seconds)), error, to_micros(now), claim.kind, claim.holder),
    )


def limit_batch(connection: sqlite3.Connection, claim: Claim, *, content_failures: int, batch: int | None) -> None:
    """Keep how much the model can read at once."""
    connection.execute(
        "UPDATE claims SET content_failures = ?, batch = ? WHERE kind = ? AND holder = ?",
        (content_failures, batch, claim.kind, claim.holder),
    )


def park(connection: sqlite3.Connection, kind: WorkKind, pages: Sequence[int], error: str, *, now: datetime) -> None:
    """Note that pages were left without this kind of work."""
    connection.executemany(
        "INSERT OR REPLACE INTO parked (kind, page, error, parked_at) VALUES (?, ?, ?, ?)",
        [(kind, page, error, to_micros(now)) for page in pages],
    )


def parked(connection: sqlite3.Connection, limit: int) -> tuple[Parked, ...]:
    """The pages last left without a kind of work, newest first."""
    rows = connection.execute(
        "SELECT k.kind, p.id, k.error, k.parked_at FROM parked k JOIN pages p ON p.seq = k.page"
        " ORDER BY k.parked_at DESC, k.page DESC, k.kind LIMIT ?",
        (limit,),
    )
    return tuple(Parked(kind, page, error, from_micros(at)) for kind, page, error, at in rows)


def parked_pages(connection: sqlite3.Connection, kinds: Sequence[WorkKind]) -> frozenset[str]:
    """The ids of all pages that were left without one of these kinds of work, or without any where none is given."""
    kinds = kinds or get_args(WorkKind)
    rows = connection.execute(
        f"SELECT id FROM pages WHERE seq IN (SELECT page FROM parked WHERE kind IN {marks(len(kinds))})", kinds
    )
    return frozenset(id_ for (id_,) in rows)


def failures(connection: sqlite3.Connection) -> tuple[Failure, ...]:
    """Kinds of work whose last try failed."""
    rows = connection.execute(
        "SELECT kind, error, failed_at, attempts FROM claims WHERE error IS NOT NULL ORDER BY kind"
    )
    return tuple(Failure(kind, error, from_micros(at), attempts) for kind, error, at, attempts in rows)
