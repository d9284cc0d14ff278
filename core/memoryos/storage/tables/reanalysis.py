"""Pages that were read without a model: which they are, and how they go back to the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from memoryos.models import AnalysisKind
from memoryos.storage.plans import ReanalysisSize, ReanalysisState
from memoryos.storage.tables import changes
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.pages import OUTSIDE_NEWEST
from memoryos.storage.tables.rows import in_list, to_micros

_SEGMENTS = (
    "SELECT DISTINCT p.segment FROM extractive_pages e JOIN pages p ON p.seq = e.page"
    " WHERE e.released = 0 AND p.segment IS NOT NULL"
)
_READ = f"segment IN ({_SEGMENTS}) OR segment IS NULL AND seq IN (SELECT page FROM extractive_pages WHERE released = 0)"
"""Which pages are to be released; those without a segment lost it when another page in it was forgotten."""
# A cross join keeps the order: from the few pages that wait to their segments, and not through all segments to them.
_RELEASED = "extractive_pages e CROSS JOIN pages p ON p.seq = e.page"
_WAITING = f"{_RELEASED} WHERE e.released = 1 AND p.segment IS NULL AND p.seq < {OUTSIDE_NEWEST}"
_NOT_ANALYSED = (
    f"{_RELEASED} CROSS JOIN segments s ON s.id = p.segment"
    " WHERE e.released = 1 AND p.analysed = 0 AND s.archived_at IS NULL"
)


def note_consolidated(connection: Connection, pages: Sequence[int], analysis: AnalysisKind) -> None:
    """Remember which pages were grouped without a model; those that one grouped still have to be analysed."""
    if analysis == "extractive":
        _note(connection, pages)


def queue_fresh(connection: Connection, pages: Sequence[int]) -> None:
    """Have a model read pages for facts once; those that it is to read again anyway are read with their topics."""
    connection.execute(
        f"INSERT INTO fresh (seq) SELECT seq FROM pages WHERE seq IN {in_list(pages)} AND analysed = 0"
        " AND seq NOT IN (SELECT page FROM extractive_pages) AND seq NOT IN (SELECT page FROM analyse_again)"
        " ON CONFLICT DO NOTHING"
    )


def note_analysed(connection: Connection, pages: Sequence[int], analysis: AnalysisKind) -> None:
    """Remember which pages were analysed without a model, and forget those that one has read all through."""
    if analysis == "extractive":
        _note(connection, pages)
    else:
        forget(connection, pages)


def forget(connection: Connection, pages: Sequence[int]) -> None:
    """Take pages off that a model was given again, whatever it made of them."""
    connection.execute(f"DELETE FROM extractive_pages WHERE released = 1 AND page IN {in_list(pages)}")


def _note(connection: Connection, pages: Sequence[int]) -> None:
    connection.executemany(
        "INSERT INTO extractive_pages (page, released) VALUES (?, 0) ON CONFLICT (page) DO UPDATE SET released = 0",
        [(page,) for page in pages],
    )


def release(connection: Connection, *, now: datetime) -> int:
    """Put the pages of every segment that holds one read without a model back among those that wait; how many.

    The emptied segments go to the archive; facts found without a model stay until one puts them into other words.
    Whoever consolidates or analyses just then loses the claim, for what it read is no longer so; with it goes the wait
    after past failures.
    """
    connection.execute("DELETE FROM claims WHERE kind IN ('consolidate', 'analyse')")
    segments = [segment for (segment,) in connection.execute(_SEGMENTS)]
    seqs = [seq for (seq,) in connection.execute(f"SELECT seq FROM pages WHERE {_READ}")]
    chosen = in_list(seqs)
    connection.execute(f"DELETE FROM parked WHERE kind <> 'embed' AND page IN {chosen}")
    connection.execute(f"DELETE FROM fresh WHERE seq IN {chosen}")  # they are read with their topics
    connection.execute(
        f"INSERT INTO extractive_pages (page, released) SELECT seq, 1 FROM pages WHERE seq IN {chosen}"
        " ON CONFLICT (page) DO UPDATE SET released = 1"
    )
    connection.execute(f"UPDATE pages SET segment = NULL, chain = NULL, analysed = 0 WHERE seq IN {chosen}")
    connection.execute("DELETE FROM chains WHERE id NOT IN (SELECT chain FROM pages WHERE chain IS NOT NULL)")
    connection.execute(
        "UPDATE segments SET archived_at = coalesce(archived_at, ?), pages = 0, n_visit = 0, l_interaction = 0"
        f" WHERE id IN {in_list(segments)}",
        (to_micros(now),),
    )
    changes.append(connection, "segment", segments)
    return len(seqs)


def state(connection: Connection, *, newest: int) -> ReanalysisState:
    """How far pages are on their way through a model."""
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM pages WHERE {_READ}),"
        f" (SELECT count(*) FROM {_WAITING}), (SELECT count(*) FROM {_NOT_ANALYSED})",
        (newest,),
    ).fetchone()
    return ReanalysisState(*row)


def size(connection: Connection, *, newest: int) -> ReanalysisSize:
    """How much text is to be read, and in segments of how many pages it lies now."""
    of_texts = "sum(length(CAST(user_input AS BLOB)) + length(CAST(agent_response AS BLOB)))"
    ungrouped, grouped = connection.execute(
        f"SELECT (SELECT {of_texts} FROM pages"
        f"  WHERE {_READ} OR seq IN (SELECT p.seq FROM {_WAITING})),"
        f" (SELECT {of_texts} FROM pages WHERE seq IN (SELECT p.seq FROM {_NOT_ANALYSED}))",
        (newest,),
    ).fetchone()
    counts = connection.execute(
        f"SELECT count(*) FROM pages WHERE segment IN ({_SEGMENTS}) GROUP BY segment"
        f" UNION ALL SELECT count(*) FROM {_NOT_ANALYSED} GROUP BY p.segment"
    )
    return ReanalysisSize(ungrouped or 0, grouped or 0, tuple(count for (count,) in counts))


def segments_to_analyse(connection: Connection) -> frozenset[int]:
    """Active segments with pages that are to be analysed again."""
    rows = connection.execute(
        f"SELECT p.segment FROM {_NOT_ANALYSED} UNION SELECT p.segment FROM analyse_again a"
        " CROSS JOIN pages p ON p.seq = a.page CROSS JOIN segments s ON s.id = p.segment WHERE s.archived_at IS NULL"
    )
    return frozenset(segment for (segment,) in rows)
