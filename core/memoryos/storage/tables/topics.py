"""Chains and segments: what consolidation makes of pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from memoryos.errors import ClaimLostError
from memoryos.models import AnalysisKind, Scope, Segment, SegmentVisits, WorkKind
from memoryos.storage.adding import canonical_json
from memoryos.storage.plans import ChainPlan, ConsolidationPlan, SegmentPlan
from memoryos.storage.tables import changes
from memoryos.storage.tables.connection import Connection, EmbedderRow
from memoryos.storage.tables.rows import (
    SEGMENT_COLUMNS,
    Row,
    from_micros,
    in_list,
    seen,
    segment_from_row,
    to_blob,
    to_micros,
)

if TYPE_CHECKING:
    from memoryos.models import Vector


def active(connection: Connection, embedder: EmbedderRow) -> tuple[Segment, ...]:
    """Segments not archived; a vector of another embedder reads as None."""
    rows = connection.execute(
        f"SELECT s.embedder, {SEGMENT_COLUMNS} FROM segments s WHERE s.archived_at IS NULL ORDER BY s.id"
    )
    return tuple(_segment(row, row_embedder, embedder) for row_embedder, *row in rows)


def visits(connection: Connection, scope: Scope, most: int | None) -> tuple[SegmentVisits, ...]:
    """What the heat of segments not archived is made of; of all, or of those among which the `most` hottest ones are.

    Of segments that are equal but for their last visit the later one is the hotter, whatever the weights of heat are.
    """
    is_seen, of_scope = seen(scope)
    columns = "id, n_visit, l_interaction, last_visit_at"
    table = f"segments WHERE archived_at IS NULL AND {is_seen}"
    if most is not None:
        order = "row_number() OVER (PARTITION BY n_visit, l_interaction ORDER BY last_visit_at DESC, id) AS place"
        table = f"(SELECT {columns}, {order} FROM {table}) AS placed WHERE place <= {most:d}"
    rows = connection.execute(f"SELECT {columns} FROM {table} ORDER BY id", of_scope)
    return tuple(SegmentVisits(id_, n, length, from_micros(last)) for id_, n, length, last in rows)


def with_ids(connection: Connection, ids: Collection[int]) -> tuple[Segment, ...]:
    """Segments not archived, without their vectors."""
    columns = SEGMENT_COLUMNS.replace("s.vector", "NULL")
    rows = connection.execute(
        f"SELECT {columns} FROM segments s WHERE s.archived_at IS NULL AND s.id IN {in_list(ids)} ORDER BY s.id"
    )
    return tuple(segment_from_row(row, dim=1) for row in rows)


def largest_topics(connection: Connection, count: int, scope: Scope) -> list[tuple[str, int]]:
    """Theme and number of pages of the segments in a scope with most pages."""
    is_seen, of_scope = seen(scope)
    return connection.execute(
        f"SELECT theme, pages FROM segments WHERE archived_at IS NULL AND {is_seen} ORDER BY pages DESC, id LIMIT ?",
        (*of_scope, count),
    ).fetchall()


def check(connection: Connection, kind: WorkKind, plan: ConsolidationPlan) -> None:
    """Raise `ClaimLostError` where a page, chain or segment of a plan was forgotten since it was read."""
    tables = {
        "pages WHERE seq": {seq for chain in plan.chains for seq in chain.pages},
        "chains WHERE id": {chain.chain for chain in plan.chains if chain.chain is not None},
        "segments WHERE id": {segment.segment for segment in plan.segments if segment.segment is not None},
    }
    for table, wanted in tables.items():
        (there,) = connection.execute(f"SELECT count(*) FROM {table} IN {in_list(wanted)}").fetchone()
        if there != len(wanted):
            raise ClaimLostError(f"{kind}: some of what was read was forgotten since; it is done over without")


def of_pages(connection: Connection, pages: Collection[int]) -> tuple[int, ...]:
    """The segments that pages are in."""
    rows = connection.execute(
        f"SELECT DISTINCT segment FROM pages WHERE seq IN {in_list(pages)} AND segment IS NOT NULL ORDER BY segment"
    )
    return tuple(segment for (segment,) in rows)


def consolidate(connection: Connection, plan: ConsolidationPlan, embedder: EmbedderRow, *, now: datetime) -> None:
    """Put a batch's pages into chains and segments, and archive the segments the plan names."""
    for chain in plan.chains:
        _put_chain(connection, chain, plan.analysis)
    for segment in plan.segments:
        _put_segment(connection, segment, plan.analysis, embedder, now=now)
    connection.execute(
        f"UPDATE segments SET archived_at = ? WHERE archived_at IS NULL AND id IN {in_list(plan.archived)}",
        (to_micros(now),),
    )
    changes.append(connection, "segment", plan.archived)


def _put_chain(connection: Connection, plan: ChainPlan, analysis: AnalysisKind) -> None:
    chain, project = plan.chain, _project_of(connection, plan.pages)
    if chain is None:
        chain = connection.execute(
            "INSERT INTO chains (summary, analysis, project) VALUES (?, ?, ?) RETURNING id",
            (plan.summary, analysis, project),
        ).fetchone()[0]
    else:
        _check_project(connection, "chains", chain, project)
        connection.execute("UPDATE chains SET summary = ?, analysis = ? WHERE id = ?", (plan.summary, analysis, chain))
    connection.execute(f"UPDATE pages SET chain = ? WHERE seq IN {in_list(plan.pages)}", (chain,))


def _project_of(connection: Connection, pages: Collection[int]) -> str | None:
    """The project of pages. Raises `ValueError` where they are of several: no summary may tell of two."""
    projects = connection.execute(
        f"SELECT DISTINCT t.project FROM pages p JOIN talks t ON t.id = p.talk WHERE p.seq IN {in_list(pages)}"
    ).fetchall()
    if len(projects) > 1:
        raise ValueError(f"pages of {len(projects)} projects cannot be of one topic or chain")
    return projects[0][0] if projects else None


def _check_project(connection: Connection, table: Literal["chains", "segments"], id_: int, project: str | None) -> None:
    """Raise `ValueError` where a chain or segment is of another project than the pages that are to join it."""
    row = connection.execute(f"SELECT 1 FROM {table} WHERE id = ? AND project IS ?", (id_, project)).fetchone()
    if row is None:
        raise ValueError(f"{table}: number {id_} is of another project than the pages that are to join it")


def _put_segment(
    connection: Connection, plan: SegmentPlan, analysis: AnalysisKind, embedder: EmbedderRow, *, now: datetime
) -> None:
    # Pages that are grouped again may have been analysed before.
    first, last, new = connection.execute(
        "SELECT min(happened_at), max(happened_at), count(*) FILTER (WHERE analysed = 0)"
        f" FROM pages WHERE seq IN {in_list(plan.pages)}"
    ).fetchone()
    values = (plan.theme, plan.summary, canonical_json(plan.keywords), analysis, embedder.id, to_blob(plan.vector))
    segment, project = plan.segment, _project_of(connection, plan.pages)
    if segment is None:
        segment = connection.execute(
            "INSERT INTO segments (theme, summary, keywords, analysis, embedder, vector, l_interaction, pages,"
            " first_page_at, last_page_at, last_visit_at, project) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            (*values, new, len(plan.pages), first, last, to_micros(now), project),
        ).fetchone()[0]
    else:
        _check_project(connection, "segments", segment, project)
        # A segment archived by another process meanwhile comes back: it has a page of today.
        connection.execute(
            "UPDATE segments SET theme = ?, summary = ?, keywords = ?, analysis = ?, embedder = ?, vector = ?,"
            " l_interaction = l_interaction + ?, pages = pages + ?, first_page_at = min(first_page_at, ?),"
            " last_page_at = max(last_page_at, ?), last_visit_at = max(last_visit_at, ?), archived_at = NULL"
            " WHERE id = ?",
            (*values, new, len(plan.pages), first, last, to_micros(now), segment),
        )
    connection.execute(f"UPDATE pages SET segment = ? WHERE seq IN {in_list(plan.pages)}", (segment,))
    changes.append(connection, "segment", [segment])


def without_vector(connection: Connection, embedder: EmbedderRow, limit: int) -> tuple[Segment, ...]:
    """Active segments to embed: after a change of embedder, or once more after a refusal."""
    rows = connection.execute(
        f"SELECT s.embedder, {SEGMENT_COLUMNS} FROM segments s"
        " WHERE s.archived_at IS NULL AND s.embedder IS NOT ? ORDER BY s.id LIMIT ?",
        (embedder.id, limit),
    )
    return tuple(_segment(row, row_embedder, embedder) for row_embedder, *row in rows)


def put_vectors(connection: Connection, embedder: EmbedderRow, vectors: Mapping[int, Vector | None]) -> None:
    """Store the vectors of segments that still wait: one that grew meanwhile has that of its new summary.

    With None beside it an embedder is one that refuses the segment's summary.
    """
    connection.executemany(
        "UPDATE segments SET embedder = ?1, vector = ?2 WHERE id = ?3 AND embedder IS NOT ?1",
        [(embedder.id, to_blob(vector), segment) for segment, vector in vectors.items()],
    )
    there = connection.execute(f"SELECT id FROM segments WHERE id IN {in_list(vectors)} ORDER BY id").fetchall()
    changes.append(connection, "segment", [segment for (segment,) in there])  # the others were forgotten meanwhile


def not_analysed(connection: Connection) -> dict[int, int]:
    """For each active segment with pages not analysed, how many."""
    rows = connection.execute(
        "SELECT p.segment, count(*) FROM pages p JOIN segments s ON s.id = p.segment"
        " WHERE p.analysed = 0 AND p.segment IS NOT NULL AND s.archived_at IS NULL GROUP BY p.segment"
    )
    return dict(rows.fetchall())


def add_visits(connection: Connection, visits: Mapping[int, int], *, now: datetime) -> None:
    """Count visits; a cache of segments need not hear of them, so no change is logged."""
    connection.executemany(
        "UPDATE segments SET n_visit = n_visit + ?, last_visit_at = max(last_visit_at, ?) WHERE id = ?",
        [(count, to_micros(now), segment) for segment, count in visits.items()],
    )


def _segment(row: Row, row_embedder: int | None, embedder: EmbedderRow) -> Segment:
    return segment_from_row(row if row_embedder == embedder.id else (*row[:-1], None), dim=embedder.dim)
