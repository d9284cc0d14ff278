"""Finding pages by words: the full-text index, and BM25 over words that tell pages apart.

FTS5 cuts texts into words itself, in the way of `memoryos.language.stems`, as it did when all memories so far were
indexed: it is given texts with unspaced scripts taken apart, and words as written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence

from memoryos.language.stems import Word
from memoryos.language.words import index_text
from memoryos.storage.tables.rows import in_list


class FullText:
    """What `WordTable` says, over the virtual table `words`."""

    def put(
        self, connection: sqlite3.Connection, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]
    ) -> None:
        connection.execute(
            "INSERT INTO words (rowid, user_words, agent_words) VALUES (?, ?, ?)",
            (seq, index_text(user_input), index_text(agent_response)),
        )

    def replace(
        self, connection: sqlite3.Connection, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]
    ) -> None:
        connection.execute(
            "UPDATE words SET user_words = ?, agent_words = ? WHERE rowid = ?",
            (index_text(user_input), index_text(agent_response), seq),
        )

    def remove(self, connection: sqlite3.Connection, seqs: Collection[int]) -> None:
        connection.execute(f"DELETE FROM words WHERE rowid IN {in_list(seqs)}")

    def merge(self, connection: sqlite3.Connection) -> None:
        """Overwrite deleted words: each stays in the index until the parts of that are merged."""
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")

    def pages_with(
        self, connection: sqlite3.Connection, stems: Collection[str], known: Mapping[str, int]
    ) -> dict[str, int]:
        counts = {stem: known.get(stem) or _count(connection, stem) for stem in stems}
        return {stem: pages for stem, pages in counts.items() if pages}

    def match(
        self, connection: sqlite3.Connection, words: Sequence[Word], limit: int | None, *, together: bool
    ) -> list[int]:
        if not words:
            return []
        # As written: a stem that is stemmed again may be another one.
        query = (" AND " if together else " OR ").join(quoted(word.written) for word in words)
        rows = connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, -1 if limit is None else limit)
        )
        return [seq for (seq,) in rows]


def _count(connection: sqlite3.Connection, stem: str) -> int:
    row = connection.execute("SELECT doc FROM temp.word_counts WHERE term = ?", (stem,)).fetchone()
    return 0 if row is None else int(row[0])


def quoted(word: str) -> str:
    """A word as an FTS5 string, so that nothing in it is syntax."""
    return '"' + word.replace('"', '""') + '"'
