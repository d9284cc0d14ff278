"""The vectors of pages in PostgreSQL: a row for each, in pgvector's half precision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.models import PageVectors
from memoryos.storage.index_rows import SideVectors, WindowVectors
from memoryos.storage.postgres.codecs import from_halfvecs, halfvec
from memoryos.storage.postgres.connection import PostgresConnection
from memoryos.storage.tables.connection import EmbedderRow

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

_OF_PAGES: Final = "page_vectors WHERE page_vectors.user_key = %(user)s AND embedder = %(embedder)s"


class HalfvecWindows:
    """What `WindowTable` says, over `page_vectors` and `side_vectors`."""

    def put(self, connection: PostgresConnection, embedder: EmbedderRow, vectors: Sequence[PageVectors]) -> None:
        seqs = [page.seq for page in vectors]
        for table in ("page_vectors", "side_vectors"):
            connection.run(
                f"DELETE FROM {table} WHERE {table}.user_key = %(user)s AND embedder = %(embedder)s"
                " AND seq = ANY(%(seqs)s)",
                embedder=embedder.id,
                seqs=seqs,
            )
        connection.run_each(
            "INSERT INTO page_vectors (user_key, embedder, seq, number, vector)"
            " VALUES (%(user)s, %(embedder)s, %(seq)s, %(number)s, %(vector)s::halfvec)",
            [
                {"embedder": embedder.id, "seq": page.seq, "number": number, "vector": halfvec(vector)}
                for page in vectors
                for number, vector in enumerate(page.windows)
            ],
        )
        connection.run_each(
            "INSERT INTO side_vectors (user_key, embedder, seq, of_agent, number, vector)"
            " VALUES (%(user)s, %(embedder)s, %(seq)s, %(side)s, %(number)s, %(vector)s::halfvec)",
            [
                {"embedder": embedder.id, "seq": page.seq, "side": side, "number": number, "vector": halfvec(vector)}
                for page in vectors
                for side, windows in enumerate((page.user_side, page.agent_side))
                for number, vector in enumerate(windows)
            ],
        )

    def remove(self, connection: PostgresConnection, seqs: Collection[int]) -> None:
        for table in ("page_vectors", "side_vectors"):
            connection.run(
                f"DELETE FROM {table} WHERE {table}.user_key = %(user)s AND seq = ANY(%(seqs)s)", seqs=[*seqs]
            )

    def of_pages(
        self, connection: PostgresConnection, embedder: EmbedderRow, seqs: Collection[int]
    ) -> dict[int, Matrix]:
        rows = connection.binary(
            f"SELECT seq, vector FROM {_OF_PAGES} AND seq = ANY(%(seqs)s) ORDER BY seq, number",
            embedder=embedder.id,
            seqs=[*seqs],
        ).fetchall()
        seq_of = np.array([seq for seq, _ in rows], dtype=np.int64)
        vectors = from_halfvecs([vector for _, vector in rows], embedder.dim)
        first = np.flatnonzero(np.diff(seq_of, prepend=0))
        return dict(zip(seq_of[first].tolist(), np.split(vectors, first[1:]), strict=bool(len(first))))

    def after(self, connection: PostgresConnection, embedder: EmbedderRow, seq: int, pages: int) -> WindowVectors:
        rows = connection.binary(
            f"SELECT seq, vector FROM {_OF_PAGES} AND seq > %(seq)s AND seq <= (SELECT max(seq) FROM"
            f" (SELECT DISTINCT seq FROM {_OF_PAGES} AND seq > %(seq)s ORDER BY seq LIMIT %(pages)s) AS next)"
            " ORDER BY seq, number",
            embedder=embedder.id,
            seq=seq,
            pages=pages,
        ).fetchall()
        return _windows(rows, embedder)

    def nearest(
        self,
        connection: PostgresConnection,
        embedder: EmbedderRow,
        query: Vector,
        limit: int,
        among: Sequence[int] | None,
    ) -> WindowVectors:
        """The windows nearest to a query, of all pages or of some, by ascending seq: every one is compared."""
        of_some = "" if among is None else " AND seq = ANY(%(seqs)s)"
        rows = connection.binary(
            f"SELECT seq, vector FROM (SELECT seq, number, vector FROM {_OF_PAGES}{of_some}"
            " ORDER BY inner_product(vector, %(query)s::halfvec) DESC, seq, number LIMIT %(limit)s) AS nearest"
            " ORDER BY seq, number",
            embedder=embedder.id,
            seqs=among,
            query=halfvec(query),
            limit=limit,
        ).fetchall()
        return _windows(rows, embedder)

    def of_sides(self, connection: PostgresConnection, embedder: EmbedderRow, seqs: Sequence[int]) -> SideVectors:
        row_of = {seq: row for row, seq in enumerate(seqs)}
        rows = connection.binary(
            "SELECT seq, vector, of_agent FROM side_vectors WHERE side_vectors.user_key = %(user)s"
            " AND embedder = %(embedder)s AND seq = ANY(%(seqs)s) ORDER BY seq, of_agent, number",
            embedder=embedder.id,
            seqs=[*seqs],
        ).fetchall()
        return SideVectors(
            vectors=from_halfvecs([row[1] for row in rows], embedder.dim),
            rows=np.array([row_of[row[0]] for row in rows], dtype=np.int64),
            of_agent=np.array([row[2] for row in rows], dtype=bool),
        )


def _windows(rows: Sequence[tuple[int, bytes]], embedder: EmbedderRow) -> WindowVectors:
    return WindowVectors(
        seqs=np.array([seq for seq, _ in rows], dtype=np.int64),
        vectors=from_halfvecs([vector for _, vector in rows], embedder.dim).astype(np.float16),
    )
