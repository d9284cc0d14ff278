"""Long-term persona memory: traits and facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.errors import ClaimLostError
from memoryos.models import Knowledge, Owner, Trait, WorkKind
from memoryos.storage.plans import AnalysisPlan, NewKnowledge
from memoryos.storage.sqlite import changes
from memoryos.storage.sqlite.rows import (
    KNOWLEDGE_COLUMNS,
    Row,
    in_list,
    knowledge_from_row,
    to_blob,
    to_micros,
    trait_from_row,
)
from memoryos.storage.sqlite.vectors import EmbedderRow

if TYPE_CHECKING:
    from memoryos.models import Vector

_CURRENT = "k.superseded_by IS NULL AND k.archived_at IS NULL"


def traits(connection: sqlite3.Connection) -> tuple[Trait, ...]:
    """All traits, by dimension."""
    rows = connection.execute(
        "SELECT dimension, level, evidence, happened_at, timestamp FROM traits ORDER BY dimension"
    )
    return tuple(trait_from_row(row) for row in rows)


def current(
    connection: sqlite3.Connection, embedder: EmbedderRow, owner: Owner, assistant_id: str | None
) -> tuple[Knowledge, ...]:
    """Facts neither superseded nor archived, oldest first."""
    rows = connection.execute(
        f"SELECT k.seq, k.embedder, {KNOWLEDGE_COLUMNS} FROM knowledge k"
        f" WHERE k.owner = ? AND k.assistant_id IS ? AND {_CURRENT} ORDER BY k.seq",
        (owner, assistant_id),
    ).fetchall()
    return _with_sources(connection, embedder, rows)


def without_vector(connection: sqlite3.Connection, embedder: EmbedderRow, limit: int) -> tuple[Knowledge, ...]:
    """Current facts to embed: after a change of embedder, or once more after a refusal."""
    rows = connection.execute(
        f"SELECT k.seq, k.embedder, {KNOWLEDGE_COLUMNS} FROM knowledge k"
        f" WHERE k.embedder IS NOT ? AND {_CURRENT} ORDER BY k.seq LIMIT ?",
        (embedder.id, limit),
    ).fetchall()
    return _with_sources(connection, embedder, rows)


def check(connection: sqlite3.Connection, kind: WorkKind, plan: AnalysisPlan) -> None:
    """Raise `ClaimLostError` where a page or a fact of a plan was forgotten since it was read."""
    pages = set(plan.pages).union(*(new.pages for new in plan.new), *plan.confirmed.values())
    facts = {*plan.replaced, *plan.confirmed, *plan.archived} - {new.knowledge.id for new in plan.new}
    (there,) = connection.execute(f"SELECT count(*) FROM pages WHERE seq IN {in_list(pages)}").fetchone()
    found = sum(_is_stored(connection, id_) for id_ in facts)
    if (there, found) != (len(pages), len(facts)):
        raise ClaimLostError(f"{kind}: some of what was read was forgotten since; it is done over without")


def analyse(connection: sqlite3.Connection, plan: AnalysisPlan, embedder: EmbedderRow, *, now: datetime) -> None:
    """Add what an analysis found, mark its pages, and let a segment's heat fall once all of its are read."""
    connection.executemany(
        "INSERT OR REPLACE INTO traits (dimension, level, evidence, happened_at, timestamp) VALUES (?, ?, ?, ?, ?)",
        [(t.dimension, t.level, t.evidence, to_micros(t.happened_at), t.timestamp) for t in plan.traits],
    )
    for new in plan.new:
        _insert(connection, new, embedder)
    connection.executemany(
        "UPDATE knowledge SET superseded_by = ?, superseded_at = ? WHERE id = ? AND superseded_by IS NULL",
        [(new, to_micros(now), old) for old, new in plan.replaced.items()],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO knowledge_sources (knowledge, page) SELECT seq, ? FROM knowledge WHERE id = ?",
        [(page, id_) for id_, pages in plan.confirmed.items() for page in pages],
    )
    connection.executemany(
        "UPDATE knowledge SET archived_at = ? WHERE id = ? AND archived_at IS NULL",
        [(to_micros(now), id_) for id_ in plan.archived],
    )
    connection.execute(f"UPDATE pages SET analysed = 1 WHERE seq IN {in_list(plan.pages)}")
    connection.execute(f"DELETE FROM analyse_again WHERE page IN {in_list(plan.pages)}")
    # Not simply 0: pages may have joined a segment while these were read.
    connection.execute(
        "UPDATE segments SET n_visit = 0,"
        " l_interaction = (SELECT count(*) FROM pages WHERE segment = segments.id AND analysed = 0)"
        f" WHERE id IN {in_list(plan.finished)}"
    )
    read = connection.execute(
        f"SELECT DISTINCT segment FROM pages WHERE seq IN {in_list(plan.pages)} AND segment IS NOT NULL"
    ).fetchall()
    touched = {new.knowledge.id for new in plan.new} | set(plan.replaced) | set(plan.confirmed) | set(plan.archived)
    changes.append(connection, "knowledge", [_seq(connection, id_) for id_ in sorted(touched)])
    changes.append(connection, "segment", [segment for (segment,) in read])


def put_vectors(connection: sqlite3.Connection, embedder: EmbedderRow, vectors: Mapping[str, Vector | None]) -> None:
    """Store facts' vectors; with None beside it an embedder is one that refuses the fact."""
    connection.executemany(
        "UPDATE knowledge SET embedder = ?, vector = ? WHERE id = ?",
        [(embedder.id, to_blob(vector), id_) for id_, vector in vectors.items()],
    )
    there = [id_ for id_ in vectors if _is_stored(connection, id_)]  # the others were forgotten meanwhile
    changes.append(connection, "knowledge", [_seq(connection, id_) for id_ in there])


def _insert(connection: sqlite3.Connection, new: NewKnowledge, embedder: EmbedderRow) -> None:
    fact = new.knowledge
    seq = connection.execute(
        "INSERT INTO knowledge (id, owner, assistant_id, text, timestamp, happened_at, analysis, embedder, vector)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.id,
            fact.owner,
            fact.assistant_id,
            fact.text,
            fact.timestamp,
            to_micros(fact.happened_at),
            fact.analysis,
            embedder.id,
            to_blob(fact.vector),
        ),
    ).lastrowid
    connection.executemany(
        "INSERT INTO knowledge_sources (knowledge, page) VALUES (?, ?)", [(seq, page) for page in new.pages]
    )


def _is_stored(connection: sqlite3.Connection, id_: str) -> bool:
    return connection.execute("SELECT 1 FROM knowledge WHERE id = ?", (id_,)).fetchone() is not None


def _seq(connection: sqlite3.Connection, id_: str) -> int:
    return int(connection.execute("SELECT seq FROM knowledge WHERE id = ?", (id_,)).fetchone()[0])


def _with_sources(connection: sqlite3.Connection, embedder: EmbedderRow, rows: Sequence[Row]) -> tuple[Knowledge, ...]:
    sources: dict[int, list[str]] = {}
    for fact, page in connection.execute(
        "SELECT s.knowledge, p.id FROM knowledge_sources s JOIN pages p ON p.seq = s.page"
        f" WHERE s.knowledge IN {in_list([row[0] for row in rows])} ORDER BY p.seq"
    ):
        sources.setdefault(fact, []).append(page)
    return tuple(
        knowledge_from_row(
            row if row_embedder == embedder.id else (*row[:-1], None),
            sources=tuple(sources.get(seq, ())),
            dim=embedder.dim,
        )
        for seq, row_embedder, *row in rows
    )
