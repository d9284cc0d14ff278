"""Background work: who does which kind, how the last tries went, and the pages that were left without one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import get_args

from memoryos.models import WorkKind
from memoryos.status import Failure, Parked
from memoryos.storage.claims import WorkState, check_holder
from memoryos.storage.plans import Claim
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import from_micros, marks, moment, to_micros


def take(connection: Connection, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
    """A claim, unless another worker's lease runs or a failure's waiting time does."""
    taken = _state(connection, kind).taken(holder, lease_seconds=lease_seconds, now=now)
    if taken is None:
        return None
    _keep(connection, kind, taken)
    return taken.claim(kind)


def check(connection: Connection, claim: Claim) -> None:
    """Raise `ClaimLostError` unless the claim is still its holder's: called first in every commit of work."""
    check_holder(claim, _state(connection, claim.kind).holder)


def holder(connection: Connection, kind: WorkKind) -> str | None:
    """Who holds a kind of work, their lease run out or not; None where nobody does."""
    return _state(connection, kind).holder


def release(connection: Connection, claim: Claim) -> None:
    """Free the kind of work and forget its failures."""
    state = _state(connection, claim.kind)
    if state.holder == claim.holder:
        _keep(connection, claim.kind, state.released())


def fail(connection: Connection, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
    """Free the kind of work, remember the failure, and let nobody try again for a while."""
    state = _state(connection, claim.kind)
    if state.holder == claim.holder:
        _keep(connection, claim.kind, state.failed(error, wait_seconds=wait_seconds, now=now))


def limit_batch(connection: Connection, claim: Claim, *, content_failures: int, batch: int | None) -> None:
    """Keep how much the model can read at once."""
    connection.execute(
        "UPDATE claims SET content_failures = ?, batch = ? WHERE kind = ? AND holder = ?",
        (content_failures, batch, claim.kind, claim.holder),
    )


def withdraw(connection: Connection, *, but: Collection[WorkKind]) -> None:
    """Take the claims from their holders, those on a few kinds of work excepted: what was read is no longer so."""
    connection.execute(
        f"UPDATE claims SET holder = NULL, expires_at = NULL WHERE kind NOT IN {marks(len(but))}", [*but]
    )


def _state(connection: Connection, kind: WorkKind) -> WorkState:
    row = connection.execute(
        "SELECT holder, expires_at, attempts, not_before, error, failed_at, content_failures, batch"
        " FROM claims WHERE kind = ?",
        (kind,),
    ).fetchone()
    if row is None:
        return WorkState()
    holder, expires_at, attempts, not_before, error, failed_at, content_failures, batch = row
    return WorkState(
        holder=holder,
        expires_at=moment(expires_at),
        attempts=attempts,
        not_before=moment(not_before),
        error=error,
        failed_at=moment(failed_at),
        content_failures=content_failures,
        batch=batch,
    )


def _keep(connection: Connection, kind: WorkKind, state: WorkState) -> None:
    times = (state.expires_at, state.not_before, state.failed_at)
    expires_at, not_before, failed_at = (None if time is None else to_micros(time) for time in times)
    connection.execute(
        "INSERT INTO claims"
        " (kind, holder, expires_at, attempts, not_before, error, failed_at, content_failures, batch)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind) DO UPDATE SET holder = excluded.holder,"
        " expires_at = excluded.expires_at, attempts = excluded.attempts, not_before = excluded.not_before,"
        " error = excluded.error, failed_at = excluded.failed_at, content_failures = excluded.content_failures,"
        " batch = excluded.batch",
        (
            kind,
            state.holder,
            expires_at,
            state.attempts,
            not_before,
            state.error,
            failed_at,
            state.content_failures,
            state.batch,
        ),
    )


def failures(connection: Connection) -> tuple[Failure, ...]:
    """Kinds of work whose last try failed."""
    rows = connection.execute(
        "SELECT kind, error, failed_at, attempts FROM claims WHERE error IS NOT NULL ORDER BY kind"
    )
    return tuple(Failure(kind, error, from_micros(at), attempts) for kind, error, at, attempts in rows)


def park(connection: Connection, kind: WorkKind, pages: Sequence[int], error: str, *, now: datetime) -> None:
    """Note that pages were left without this kind of work."""
    connection.executemany(
        "INSERT INTO parked (kind, page, error, parked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, page) DO UPDATE SET error = excluded.error, parked_at = excluded.parked_at",
        [(kind, page, error, to_micros(now)) for page in pages],
    )


def parked(connection: Connection, limit: int) -> tuple[Parked, ...]:
    """The pages last left without a kind of work, newest first."""
    rows = connection.execute(
        "SELECT k.kind, p.id, k.error, k.parked_at FROM parked k JOIN pages p ON p.seq = k.page"
        " ORDER BY k.parked_at DESC, k.page DESC, k.kind LIMIT ?",
        (limit,),
    )
    return tuple(Parked(kind, page, error, from_micros(at)) for kind, page, error, at in rows)


def parked_pages(connection: Connection, kinds: Sequence[WorkKind]) -> frozenset[str]:
    """The ids of all pages that were left without one of these kinds of work, or without any where none is given."""
    kinds = kinds or get_args(WorkKind)
    rows = connection.execute(
        f"SELECT id FROM pages WHERE seq IN (SELECT page FROM parked WHERE kind IN {marks(len(kinds))})", kinds
    )
    return frozenset(id_ for (id_,) in rows)
