"""Finding pages by words: the index's own view of a query, and BM25 over the words that tell pages apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from memoryos.store.base import QueryWord
from memoryos.words import index_text


def query_words(connection: sqlite3.Connection, text: str) -> tuple[QueryWord, ...]:
    """The distinct words of a text, by first appearance, that stand in at least one page."""
    connection.execute("DELETE FROM temp.query_text")
    connection.execute("DELETE FROM temp.plain_text")
    indexed = index_text(text)
    connection.execute("INSERT INTO temp.query_text VALUES (?)", (indexed,))
    connection.execute("INSERT INTO temp.plain_text VALUES (?)", (indexed,))
    rows = connection.execute(
        "SELECT q.term, p.term FROM temp.query_words q JOIN temp.plain_words p USING (offset) ORDER BY offset"
    )
    # The stemmer is no fixed point: a stem stemmed again may be another one, so MATCH gets the word as written.
    written: dict[str, str] = {}
    counts: dict[str, int] = {}
    for term, word in rows:
        written.setdefault(term, word)
        counts[term] = counts.get(term, 0) + 1
    pages = {term: _pages_with(connection, term) for term in written}
    return tuple(QueryWord(written[term], term, counts[term], pages[term]) for term in written if pages[term])


def _pages_with(connection: sqlite3.Connection, term: str) -> int:
    row = connection.execute("SELECT doc FROM temp.word_counts WHERE term = ?", (term,)).fetchone()
    return 0 if row is None else int(row[0])


def match(connection: sqlite3.Connection, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
    """The best pages by BM25 over any of the words, as (seq, score > 0), best first."""
    if not words:
        return []
    query = " OR ".join(quoted(word) for word in words)
    rows = connection.execute(
        "SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? ORDER BY bm25(words) LIMIT ?", (query, limit)
    )
    return rows.fetchall()


def texts(connection: sqlite3.Connection, seqs: Collection[int]) -> dict[int, str]:
    """The indexed text of pages."""
    chosen = ",".join(str(int(seq)) for seq in seqs)
    rows = connection.execute(f"SELECT rowid, user_words || ' ' || agent_words FROM words WHERE rowid IN ({chosen})")
    return dict(rows.fetchall())


def quoted(word: str) -> str:
    """A word as an FTS5 string, so that nothing in it is syntax."""
    return '"' + word.replace('"', '""') + '"'
