"""The store on PostgreSQL: a memory among those of all users."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.language.sessions import Calls
from memoryos.storage.index_rows import ChangeKind, OutlineColumns, WindowVectors
from memoryos.storage.postgres import outlines
from memoryos.storage.postgres.database import POOLS, Pools, PostgresDatabase
from memoryos.storage.tables import changes, talks, vectors
from memoryos.storage.tables.store import TableStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memoryos.models import Vector


class PostgresStore(TableStore):
    """One user's memory in a database of all. What each method does, `Store` says."""

    def __init__(self, url: str, user_id: str, *, pools: Pools = POOLS) -> None:
        self._tables = PostgresDatabase(url, user_id, pools=pools)
        super().__init__(self._tables)
        # As of a version of the pages, each replaced as a whole: a recall asks for the same words twice, and every one
        # for the names.
        self._counted: tuple[int, Mapping[str, int]] = (0, {})
        self._names: tuple[tuple[int, int], Mapping[str, Calls]] | None = None
        self.path = self._tables.address
        self.schema_version = self._tables.schema_version

    def file_is_gone(self) -> bool:
        """Whether a write has found that the user was deleted; a server that was away is connected to again."""
        return self._tables.is_gone

    def version(self, kind: ChangeKind) -> int:
        with self._tables.read() as connection:
            return connection.moment.versions[kind]

    def names_called(self, at_least: int) -> Mapping[str, Calls]:
        with self._tables.read() as connection:
            moment = at_least, connection.moment.versions["page"]
            if self._names is None or self._names[0] != moment:
                self._names = moment, talks.names_called(connection, at_least)
            return self._names[1]

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        with self._tables.read() as connection:
            version = connection.moment.versions["page"]
            since, counted = self._counted
            known = {**self._word_counts.known(connection.moment.newest), **(counted if since == version else {})}
            counts = connection.words.pages_with(connection, stems, known)
        self._word_counts.learn(counts)
        self._counted = version, {**dict.fromkeys(stems, 0), **counts}
        return counts

    def nearest_windows(self, query: Vector, limit: int, among: NDArray[np.int64] | None = None) -> WindowVectors:
        seqs = None if among is None else among.tolist()
        with self._tables.read() as connection:
            return connection.windows.nearest(connection, self._embedder, query, limit, seqs)

    def outlines_after(self, seq: int, pages: int) -> OutlineColumns:
        with self._tables.read() as connection:
            return outlines.read(connection, seq, pages)

    def maintain(self, *, now: datetime) -> None:
        with self._database.write() as connection:
            changes.trim(connection)
            vectors.try_again(connection, now=now)

    def tend_log(self) -> None:
        """Nothing: the server tends its log, and vacuums what was deleted."""

    def _overwrite(self) -> bool:
        return True
