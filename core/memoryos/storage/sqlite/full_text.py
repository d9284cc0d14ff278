"""Finding pages by words: the index's own view of a text, and BM25 over words that tell pages apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from memoryos.language.words import index_text
from memoryos.storage.index_rows import QueryWord

_FREQUENT = 500

_A_WORD = "term IS NOT NULL"
"""An accent by itself is a word for the tokenizer, and nothing once accents are removed."""


class WordCounts:
    """In how many pages frequent words stand, remembered: counting walks the word's whole list in the index.

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

    def learn(self, words: Iterable[QueryWord]) -> None:
        """Remember the counts that are costly to take."""
        self._counts.update({word.term: word.pages for word in words if word.pages >= _FREQUENT})


def stems(connection: sqlite3.Connection, text: str) -> list[str]:
    """The words of a text as the index has them, in no order, repeated ones repeated."""
    connection.execute("DELETE FROM temp.query_text")
    connection.execute("INSERT INTO temp.query_text VALUES (?)", (index_text(text),))
    return [term for (term,) in connection.execute(f"SELECT term FROM temp.query_words WHERE {_A_WORD}")]


def query_words(connection: sqlite3.Connection, text: str, known_counts: Mapping[str, int]) -> tuple[QueryWord, ...]:
    """The distinct words of a text, by first appearance, that stand in at least one page.

    `known_counts` spares counting the pages of words that stand in many.
    """
    indexed = index_text(text)
    connection.execute("DELETE FROM temp.query_text")
    connection.execute("DELETE FROM temp.plain_text")
    connection.execute("INSERT INTO temp.query_text VALUES (?)", (indexed,))
    connection.execute("INSERT INTO temp.plain_text VALUES (?)", (indexed,))
    term_at = dict(connection.execute(f"SELECT offset, term FROM temp.query_words WHERE {_A_WORD}").fetchall())
    word_at = dict(connection.execute("SELECT offset, term FROM temp.plain_words").fetchall())
    # The stemmer is no fixed point: a stem stemmed again may be another one, so MATCH gets the word as written.
    written: dict[str, str] = {}
    for offset in sorted(term_at):
        written.setdefault(term_at[offset], word_at[offset])
    pages = {term: known_counts.get(term) or _pages_with(connection, term) for term in written}
    return tuple(QueryWord(word, term, pages[term]) for term, word in written.items() if pages[term])


def _pages_with(connection: sqlite3.Connection, term: str) -> int:
    row = connection.execute("SELECT doc FROM temp.word_counts WHERE term = ?", (term,)).fetchone()
    return 0 if row is None else int(row[0])


def match(connection: sqlite3.Connection, words: Sequence[str], limit: int, *, together: bool) -> list[int]:
    """The best pages by BM25 over any of the words, or with all of them, best first."""
    if not words:
        return []
    query = (" AND " if together else " OR ").join(quoted(word) for word in words)
    rows = connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, limit))
    return [seq for (seq,) in rows]


def quoted(word: str) -> str:
    """A word as an FTS5 string, so that nothing in it is syntax."""
    return '"' + word.replace('"', '""') + '"'
