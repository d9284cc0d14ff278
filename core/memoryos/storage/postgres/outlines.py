"""What ranking needs of pages, as PostgreSQL hands it over fastest: a column of many pages as one value.

A row a page, joined to its talk and put in order with its stems, took three times as long for 10,000 pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.storage.index_rows import OutlineColumns
from memoryos.storage.postgres.connection import PostgresConnection
from memoryos.storage.tables.outlines import TERM

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LAST: Final = """
SELECT max(seq) FROM
    (SELECT seq FROM page_terms WHERE page_terms.user_key = %(user)s AND seq > %(after)s ORDER BY seq LIMIT %(pages)s)
AS next
"""
_PAGES: Final = """
SELECT string_agg(int8send(seq), '' ORDER BY seq), string_agg(int8send(talk), '' ORDER BY seq),
    string_agg(int8send(happened_at), '' ORDER BY seq)
FROM pages WHERE pages.user_key = %(user)s AND seq > %(after)s AND seq <= %(last)s
"""
_TERMS: Final = """
SELECT string_agg(int8send(seq), '' ORDER BY seq), string_agg(int8send(length(terms)), '' ORDER BY seq),
    string_agg(terms, '' ORDER BY seq)
FROM page_terms WHERE page_terms.user_key = %(user)s AND seq > %(after)s AND seq <= %(last)s
"""
_PROJECTS: Final = """
SELECT id, project FROM talks
WHERE talks.user_key = %(user)s AND project IS NOT NULL AND id BETWEEN %(first)s AND %(last)s
"""


def read(connection: PostgresConnection, after: int, pages: int) -> OutlineColumns:
    """The outlines of the next pages after a seq."""
    (last,) = connection.run(_LAST, after=after, pages=pages).fetchone()
    bounds = {"after": after, "last": after if last is None else last}
    seqs, talks, times = map(_numbers, connection.binary(_PAGES, **bounds).fetchone())
    of, lengths, terms = connection.binary(_TERMS, **bounds).fetchone()
    kept = np.isin(seqs, _numbers(of))
    talks = talks[kept]
    stems = np.frombuffer(terms or b"", dtype=TERM)
    return OutlineColumns(
        seqs=seqs[kept],
        talks=talks,
        projects=_projects(connection, talks),
        happened_at=times[kept],
        sizes=_numbers(lengths) // TERM.itemsize,
        stems=np.ascontiguousarray(stems["stem"]),
        counts=np.ascontiguousarray(stems["count"]),
    )


def _numbers(value: bytes | None) -> NDArray[np.int64]:
    """Numbers that stand one after another."""
    return np.frombuffer(value or b"", dtype=">i8").astype(np.int64)


def _projects(connection: PostgresConnection, talks: NDArray[np.int64]) -> tuple[str | None, ...]:
    """The project of each page, by its talk; few memories have any."""
    if not len(talks):
        return ()
    first, last = int(talks.min()), int(talks.max())
    names: dict[int, str] = dict(connection.run(_PROJECTS, first=first, last=last).fetchall())
    return tuple(names.get(talk) for talk in talks.tolist())
