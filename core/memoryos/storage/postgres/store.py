"""The store on PostgreSQL: a memory among those of all users."""

from __future__ import annotations

from datetime import datetime

from memoryos.storage.postgres.database import POOLS, Pools, PostgresDatabase
from memoryos.storage.tables import changes, vectors
from memoryos.storage.tables.store import TableStore


class PostgresStore(TableStore):
    """One user's memory in a database of all. What each method does, `Store` says."""

    def __init__(self, url: str, user_id: str, *, pools: Pools = POOLS) -> None:
        self._tables = PostgresDatabase(url, user_id, pools=pools)
        super().__init__(self._tables)
        self.path = self._tables.address
        self.schema_version = self._tables.schema_version

    def file_is_gone(self) -> bool:
        """Whether a write has found that the user was deleted; a server that was away is connected to again."""
        return self._tables.is_gone

    def maintain(self, *, now: datetime) -> None:
        with self._database.write() as connection:
            changes.trim(connection)
            vectors.try_again(connection, now=now)

    def tend_log(self) -> None:
        """Nothing: the server tends its log, and vacuums what was deleted."""

    def _overwrite(self) -> bool:
        return True
