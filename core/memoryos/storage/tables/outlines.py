"""What ranking needs of a page without its text: its stems, its talk, its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from memoryos.storage.index_rows import OutlineColumns, counted_stems
from memoryos.storage.tables.connection import Connection

TERM: Final = np.dtype([("stem", "<u4"), ("count", "<u2")])


def packed(stems: Mapping[str, int]) -> bytes:
    """How often each stem stands in a page, as it is stored."""
    ids, counts = counted_stems(stems)
    terms = np.empty(len(ids), dtype=TERM)
    terms["stem"], terms["count"] = ids, counts
    return terms.tobytes()


def put(connection: Connection, seq: int, outline: bytes) -> None:
    """Record how often each stem stands in a page; the outline is `packed`."""
    connection.execute(
        "INSERT INTO page_terms (seq, terms) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET terms = excluded.terms",
        (seq, outline),
    )


def read(connection: Connection, after: int, pages: int) -> OutlineColumns:
    """The outlines of the next pages after a seq."""
    rows = connection.execute(
        # Of the talk, whose row is short: a page's own project stands behind its texts.
        "SELECT p.seq, p.talk, t.project, p.happened_at, w.terms FROM pages p JOIN page_terms w ON w.seq = p.seq"
        " JOIN talks t ON t.id = p.talk WHERE p.seq > ? ORDER BY p.seq LIMIT ?",
        (after, pages),
    ).fetchall()
    seqs, talks, projects, times, blobs = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    terms = np.frombuffer(b"".join(blobs), dtype=TERM)
    return OutlineColumns(
        seqs=np.array(seqs, dtype=np.int64),
        talks=np.array(talks, dtype=np.int64),
        projects=projects,
        happened_at=np.array(times, dtype=np.int64),
        sizes=np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs)) // TERM.itemsize,
        stems=np.ascontiguousarray(terms["stem"]),
        counts=np.ascontiguousarray(terms["count"]),
    )
