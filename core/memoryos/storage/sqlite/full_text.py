"""Finding pages by words: the full-text index, and BM25 over words that tell pages apart.

FTS5 cuts texts into words itself, in the way of `memoryos.language.stems`, as it did when all memories so far were
indexed: it is given texts with unspaced scripts taken apart, and words as written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence

from memoryos.language.stems import Word
from memoryos.language.words import index_text

_FREQUENT = 500


class WordCounts:
    """In how many pages frequent stems stand, remembered: counting walks the stem's whole list in the index.

    What is remembered is forgotten once the memory has grown by a tenth.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._pages = 0

    def known(self, pages: int) -> Mapping[str, int]:
        """Counts still good for a memory of so many pages."""
        if pages > self._pages * 1.1:
            self._counts, self._pages = {}, pages
        return self._counts

    def learn(self, counts: Mapping[str, int]) -> None:
        """Remember the counts that are costly to take."""
        self._counts.update({stem: pages for stem, pages in counts.items() if pages >= _FREQUENT})


def put(connection: sqlite3.Connection, seq: int, user_input: str, agent_response: str) -> None:
    """Index the words of a page."""
    connection.execute(
        "INSERT INTO words (rowid, user_words, agent_words) VALUES (?, ?, ?)",
        (seq, index_text(user_input), index_text(agent_response)),
    )


def replace(connection: sqlite3.Connection, seq: int, user_input: str, agent_response: str) -> None:
    """Index the words of a page anew."""
    connection.execute(
        "UPDATE words SET user_words = ?, agent_words = ? WHERE rowid = ?",
        (index_text(user_input), index_text(agent_response), seq),
    )


def pages_with(connection: sqlite3.Connection, stems: Collection[str], known: Mapping[str, int]) -> dict[str, int]:
    """In how many pages each stem stands, those in none left out; counts that are `known` are not taken again."""
    counts = {stem: known.get(stem) or _count(connection, stem) for stem in stems}
    return {stem: pages for stem, pages in counts.items() if pages}


def _count(connection: sqlite3.Connection, stem: str) -> int:
    row = connection.execute("SELECT doc FROM temp.word_counts WHERE term = ?", (stem,)).fetchone()
    return 0 if row is None else int(row[0])


def match(connection: sqlite3.Connection, words: Sequence[Word], limit: int, *, together: bool) -> list[int]:
    """The best pages by BM25 over any of the words, or with all of them, best first."""
    if not words:
        return []
    # As written: a stem that is stemmed again may be another one.
    query = (" AND " if together else " OR ").join(quoted(word.written) for word in words)
    rows = connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, limit))
    return [seq for (seq,) in rows]


def quoted(word: str) -> str:
    """A word as an FTS5 string, so that nothing in it is syntax."""
    return '"' + word.replace('"', '""') + '"'
