"""All that a memory holds, read in the order in which it came."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal

from memoryos.models import ChainContent, Knowledge, Page, SegmentContent, Trait
from memoryos.storage.tables import knowledge
from memoryos.storage.tables.connection import Connection, Database
from memoryos.storage.tables.rows import (
    KNOWLEDGE_COLUMNS,
    PAGE_COLUMNS,
    PAGE_TABLES,
    SEGMENT_COLUMNS,
    knowledge_from_row,
    page_from_row,
    segment_from_row,
)

_PART: Final = 1_000
"""Pages that are read at once."""


class Contents:
    """What a database holds, without vectors, a row at a time: of one moment within a snapshot of it.

    Every method may raise `StoreError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def page_count(self) -> int:
        """How many pages there are."""
        with self._database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM pages").fetchone()[0])

    def pages(self) -> Iterator[Page]:
        """All pages, in order of arrival."""
        last = 0
        with self._database.read() as connection:
            # In parts: not every database hands rows over one by one.
            while part := connection.execute(
                f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq > ? ORDER BY p.seq LIMIT {_PART}", (last,)
            ).fetchall():
                last = part[-1][0]
                yield from map(page_from_row, part)

    def derived(self) -> Iterator[Knowledge | Trait | SegmentContent | ChainContent]:
        """All that was derived from the pages."""
        yield from self.facts()
        yield from self.traits()
        yield from self.segments()
        yield from self.chains()

    def facts(self) -> Iterator[Knowledge]:
        """All facts, superseded and archived ones too, oldest first."""
        with self._database.read() as connection:
            for seq, *row in connection.execute(f"SELECT k.seq, {KNOWLEDGE_COLUMNS} FROM knowledge k ORDER BY k.seq"):
                sources = connection.execute(
                    "SELECT p.id FROM knowledge_sources s JOIN pages p ON p.seq = s.page"
                    " WHERE s.knowledge = ? ORDER BY p.seq",
                    (seq,),
                )
                yield knowledge_from_row((*row[:-1], None), sources=tuple(id_ for (id_,) in sources), dim=1)

    def traits(self) -> tuple[Trait, ...]:
        """All traits, by dimension."""
        with self._database.read() as connection:
            return knowledge.traits(connection)

    def segments(self) -> Iterator[SegmentContent]:
        """All segments that hold pages, archived ones too."""
        with self._database.read() as connection:
            for segment, ids in _grouped(connection, "segment"):
                (row,) = connection.execute(f"SELECT {SEGMENT_COLUMNS} FROM segments s WHERE s.id = ?", (segment,))
                yield SegmentContent(segment_from_row((*row[:-1], None), dim=1), ids)

    def chains(self) -> Iterator[ChainContent]:
        """All chains."""
        with self._database.read() as connection:
            for chain, ids in _grouped(connection, "chain"):
                (row,) = connection.execute("SELECT summary, analysis, project FROM chains WHERE id = ?", (chain,))
                summary, analysis, project = row
                yield ChainContent(summary, analysis, ids, project)


def _grouped(connection: Connection, column: Literal["segment", "chain"]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The ids of the pages of each segment or chain, in order of arrival."""
    rows = connection.execute(f"SELECT {column}, id FROM pages WHERE {column} IS NOT NULL ORDER BY {column}, seq")
    for ref, group in groupby(rows, key=itemgetter(0)):
        yield ref, tuple(id_ for _, id_ in group)
