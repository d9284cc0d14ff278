"""The store on PostgreSQL: a memory among those of all users."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.storage.postgres.database import PostgresDatabase
from memoryos.storage.tables import changes, vectors
from memoryos.storage.tables.store import TableStore

if TYPE_CHECKING:
    from memoryos.config.settings import Config


def open_postgres(config: Config) -> PostgresStore:
    """The memory of a configuration's user."""
    return PostgresStore(config.database_url, config.user_id)


class PostgresStore(TableStore):
    """One user's memory in a database of all. What each method does, `Store` says."""

    def __init__(self, url: str, user_id: str) -> None:
        database = PostgresDatabase(url, user_id)
        super().__init__(database)
        self.path = database.address
        self.schema_version = database.schema_version

    def file_is_gone(self) -> bool:
        """Never: there is no file, and a server that was away is connected to again."""
        return False

    def maintain(self, *, now: datetime) -> None:
        with self._database.write() as connection:
            changes.trim(connection)
            vectors.try_again(connection, now=now)

    def tend_log(self) -> None:
        """Nothing: the server tends its log, and vacuums what was deleted."""

    def _overwrite(self) -> bool:
        return True
