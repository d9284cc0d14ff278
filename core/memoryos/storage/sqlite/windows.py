"""The vectors of pages in SQLite: those of a page one after another in one row, and those of its sides in another."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from memoryos.models import PageVectors
from memoryos.storage.index_rows import SideVectors, WindowVectors
from memoryos.storage.tables.connection import EmbedderRow
from memoryos.storage.tables.rows import BYTES_PER_NUMBER, in_list, marks, to_blob, to_matrix

if TYPE_CHECKING:
    from memoryos.models import Matrix


class BlobWindows:
    """What `WindowTable` says, over `page_vectors` and `side_vectors`."""

    def put(self, connection: sqlite3.Connection, embedder: EmbedderRow, vectors: Sequence[PageVectors]) -> None:
        connection.executemany(
            "INSERT OR REPLACE INTO page_vectors (seq, embedder, windows) VALUES (?, ?, ?)",
            [(v.seq, embedder.id, to_blob(v.windows)) for v in vectors],
        )
        connection.executemany(
            "INSERT OR REPLACE INTO side_vectors (seq, embedder, user_side, agent_side) VALUES (?, ?, ?, ?)",
            [(v.seq, embedder.id, to_blob(v.user_side), to_blob(v.agent_side)) for v in vectors],
        )

    def remove(self, connection: sqlite3.Connection, seqs: Collection[int]) -> None:
        for table in ("page_vectors", "side_vectors"):
            connection.execute(f"DELETE FROM {table} WHERE seq IN {in_list(seqs)}")

    def of_pages(
        self, connection: sqlite3.Connection, embedder: EmbedderRow, seqs: Collection[int]
    ) -> dict[int, Matrix]:
        rows = connection.execute(
            f"SELECT seq, windows FROM page_vectors WHERE seq IN {in_list(seqs)} AND embedder = ?", (embedder.id,)
        )
        return {seq: to_matrix(blob, embedder.dim) for seq, blob in rows}

    def after(self, connection: sqlite3.Connection, embedder: EmbedderRow, seq: int, pages: int) -> WindowVectors:
        rows = connection.execute(
            "SELECT seq, windows FROM page_vectors WHERE seq > ? AND embedder = ? ORDER BY seq LIMIT ?",
            (seq, embedder.id, pages),
        ).fetchall()
        seqs, blobs = zip(*rows, strict=True) if rows else ((), ())
        lengths = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs))
        windows_of = lengths // (embedder.dim * BYTES_PER_NUMBER)
        vectors = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(-1, embedder.dim)
        return WindowVectors(seqs=np.repeat(np.array(seqs, dtype=np.int64), windows_of), vectors=vectors)

    def of_sides(self, connection: sqlite3.Connection, embedder: EmbedderRow, seqs: Sequence[int]) -> SideVectors:
        row_of = {seq: row for row, seq in enumerate(seqs)}
        window_bytes = embedder.dim * BYTES_PER_NUMBER
        blobs: list[bytes] = []
        rows: list[int] = []
        of_agent: list[bool] = []
        for seq, *of_page in connection.execute(
            f"SELECT seq, user_side, agent_side FROM side_vectors WHERE seq IN {marks(len(seqs))} AND embedder = ?",
            (*seqs, embedder.id),
        ):
            for is_agent, blob in enumerate(of_page):
                windows = len(blob) // window_bytes
                blobs.append(blob)
                rows += [row_of[seq]] * windows
                of_agent += [bool(is_agent)] * windows
        return SideVectors(
            vectors=to_matrix(b"".join(blobs), embedder.dim),
            rows=np.array(rows, dtype=np.int64),
            of_agent=np.array(of_agent, dtype=bool),
        )
