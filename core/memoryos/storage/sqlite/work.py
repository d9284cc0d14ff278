"""Background work on a store: who does it, how it failed, and the pages that it had to leave undone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.status import Failure, Parked
from memoryos.storage.plans import Claim
from memoryos.storage.sqlite import claims
from memoryos.storage.sqlite.database import Database

if TYPE_CHECKING:
    from memoryos.models import WorkKind


class SqliteWork:
    """The part of the store on SQLite that is the same for all kinds of work. What each method does, `Store` says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
        with self._database.write() as connection:
            return claims.take(connection, kind, holder, lease_seconds=lease_seconds, now=now)

    def release(self, claim: Claim) -> None:
        with self._database.write() as connection:
            claims.release(connection, claim)

    def fail(self, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
        with self._database.write() as connection:
            claims.fail(connection, claim, error, wait_seconds=wait_seconds, now=now)

    def limit_batch(self, claim: Claim, *, content_failures: int, batch: int | None) -> None:
        with self._database.write() as connection:
            claims.limit_batch(connection, claim, content_failures=content_failures, batch=batch)

    def parked(self, limit: int) -> tuple[Parked, ...]:
        with self._database.read() as connection:
            return claims.parked(connection, limit)

    def parked_pages(self, *kinds: WorkKind) -> frozenset[str]:
        with self._database.read() as connection:
            return claims.parked_pages(connection, kinds)

    def failures(self) -> tuple[Failure, ...]:
        with self._database.read() as connection:
            return claims.failures(connection)
