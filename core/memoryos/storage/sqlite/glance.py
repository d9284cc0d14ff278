"""A memory's file as a client's hook sees it, which has no time for the engine: some questions, nothing written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Final, NamedTuple
from urllib.parse import quote

_WAIT_SECONDS: Final = 0.05
"""For a lock: a reader of a file in WAL mode hardly ever meets one."""

_OF_SCOPE: Final = "(project IS NULL OR project = ?)"
_HOLDS: Final = (
    f"owner = 'user' AND superseded_by IS NULL AND archived_at IS NULL AND state = 'current' AND {_OF_SCOPE}"
)


class GlancedPage(NamedTuple):
    """An exchange: its sides, the time it is shown with, and its metadata as JSON."""

    said: str
    answer: str
    timestamp: str
    meta_data: str | None


class GlancedFact(NamedTuple):
    """What is known of the user, and the time it is shown with."""

    text: str
    timestamp: str


class Glance:
    """A file that is open for reading. What belongs to no project is seen, and what belongs to the one that is named.

    Every method may raise `sqlite3.Error`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def pages_at_most(self) -> int:
        """How many pages there may be; those that were deleted count."""
        (count,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM pages").fetchone()
        return int(count)

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        """How many pages hold each of these stems; those that stand in none are left out."""
        self._connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.glance USING fts5vocab(main, words, 'row')")
        counts = {}
        for stem in stems:
            for (count,) in self._connection.execute("SELECT doc FROM temp.glance WHERE term = ?", (stem,)):
                counts[stem] = int(count)
        return counts

    def pages_about(self, words: Collection[str], project: str | None, limit: int) -> Iterator[GlancedPage]:
        """Those of the `limit` pages that match these words best, by BM25, that may be seen."""
        rows = self._connection.execute(
            "SELECT user_input, agent_response, timestamp, meta_data FROM pages WHERE seq IN"
            f" (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AND {_OF_SCOPE}",
            (" OR ".join(f'"{word}"' for word in words), limit, project),
        )
        return map(GlancedPage._make, rows)

    def newest_facts(self, project: str | None, limit: int) -> Iterator[GlancedFact]:
        """Facts of the user that hold, the newest first."""
        rows = self._connection.execute(
            f"SELECT text, timestamp FROM knowledge WHERE {_HOLDS} ORDER BY happened_at DESC LIMIT ?", (project, limit)
        )
        return map(GlancedFact._make, rows)

    def told_facts(self, project: str | None, limit: int) -> Iterator[GlancedFact]:
        """Of those the ones that the user's own words or corrections show: pinned ones, then what fills a slot."""
        rows = self._connection.execute(
            f"SELECT text, timestamp FROM knowledge WHERE {_HOLDS} AND author IN ('rule', 'person')"
            " AND (slot IS NOT NULL OR pinned) ORDER BY pinned DESC, happened_at DESC LIMIT ?",
            (project, limit),
        )
        return map(GlancedFact._make, rows)


@contextmanager
def glance(memory: str) -> Iterator[Glance]:
    """A memory's file for as long as this lasts. Raises `sqlite3.Error`."""
    name = f"file:{quote(os.path.abspath(memory))}?mode=ro"
    with closing(sqlite3.connect(name, uri=True, timeout=_WAIT_SECONDS)) as connection:
        yield Glance(connection)
