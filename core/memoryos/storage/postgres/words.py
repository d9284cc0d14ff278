"""The words of pages in PostgreSQL: a row for each stem of a page, ranked as SQLite's full-text index ranks.

PostgreSQL's own ranking is no BM25, and behind row-level security its full-text operator does not use an index.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from memoryos.language.stems import Word
from memoryos.storage.postgres.connection import PostgresConnection

_COUNTED: Final = "INSERT INTO counters (user_key, name, value) VALUES (%(user)s, %(name)s, %(step)s)" + (
    " ON CONFLICT (user_key, name) DO UPDATE SET value = counters.value + excluded.value"
)
_PAGES: Final = "pages with words"
_LENGTH: Final = "words of all pages"

# k1 and b as FTS5 has them, and its least rarity: https://www.sqlite.org/fts5.html#the_bm25_function
_BEST: Final = """
WITH memory AS (
    SELECT coalesce(max(value) FILTER (WHERE name = %(pages)s), 0)::float AS pages,
           greatest(coalesce(max(value) FILTER (WHERE name = %(length)s), 0), 1)::float AS words
    FROM counters WHERE counters.user_key = %(user)s
), hit AS (
    SELECT seq, count, length, count(*) OVER (PARTITION BY stem)::float AS holding
    FROM words WHERE words.user_key = %(user)s AND stem = ANY(%(stems)s)
)
SELECT hit.seq FROM hit CROSS JOIN memory GROUP BY hit.seq HAVING count(*) >= %(least)s
ORDER BY sum(
    CASE WHEN memory.pages - hit.holding > hit.holding
         THEN greatest(ln((memory.pages - hit.holding + 0.5) / (hit.holding + 0.5)), 0.000001) ELSE 0.000001 END
    * hit.count * 2.2 / (hit.count + 1.2 * (0.25 + 0.75 * hit.length * memory.pages / memory.words))
) DESC, hit.seq LIMIT %(limit)s
"""


class StemRows:
    """What `WordTable` says, over the table `words`."""

    def put(
        self, connection: PostgresConnection, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]
    ) -> None:
        length = sum(stems.values())
        connection.run(
            "INSERT INTO words (user_key, stem, seq, count, length)"
            " SELECT %(user)s, stem, %(seq)s, count, %(length)s"
            " FROM unnest(%(stems)s::text[], %(counts)s::int[]) AS given (stem, count)",
            seq=seq,
            length=length,
            stems=[*stems],
            counts=[*stems.values()],
        )
        _count(connection, 1, length)

    def replace(
        self, connection: PostgresConnection, seq: int, user_input: str, agent_response: str, stems: Mapping[str, int]
    ) -> None:
        self.remove(connection, [seq])
        self.put(connection, seq, user_input, agent_response, stems)

    def remove(self, connection: PostgresConnection, seqs: Collection[int]) -> None:
        pages, length = connection.run(
            "WITH gone AS (DELETE FROM words WHERE words.user_key = %(user)s AND seq = ANY(%(seqs)s)"
            " RETURNING seq, length)"
            " SELECT count(*), coalesce(sum(length), 0)::bigint FROM (SELECT DISTINCT seq, length FROM gone) AS page",
            seqs=[*seqs],
        ).fetchone()
        _count(connection, -pages, -length)

    def merge(self, connection: PostgresConnection) -> None:
        """Nothing: the rows are gone, and PostgreSQL overwrites them when it vacuums."""

    def pages_with(
        self, connection: PostgresConnection, stems: Collection[str], known: Mapping[str, int]
    ) -> dict[str, int]:
        counts = {stem: known[stem] for stem in stems if known.get(stem)}
        if new := [stem for stem in stems if stem not in known]:
            counts |= connection.run(
                "SELECT stem, count(*) FROM words WHERE words.user_key = %(user)s AND stem = ANY(%(stems)s)"
                " GROUP BY stem",
                stems=new,
            ).fetchall()
        return counts

    def match(
        self, connection: PostgresConnection, words: Sequence[Word], limit: int | None, *, together: bool
    ) -> list[int]:
        stems = {word.stem for word in words}
        if not stems:
            return []
        rows = connection.run(
            _BEST,
            pages=_PAGES,
            length=_LENGTH,
            stems=[*stems],
            least=len(stems) if together else 1,
            limit=limit,
        )
        return [seq for (seq,) in rows]


def _count(connection: PostgresConnection, pages: int, length: int) -> None:
    if pages:
        connection.run(_COUNTED, name=_PAGES, step=pages)
        connection.run(_COUNTED, name=_LENGTH, step=length)
