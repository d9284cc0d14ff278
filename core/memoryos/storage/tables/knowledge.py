"""Long-term persona memory: traits and facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.errors import ClaimLostError, KnowledgeChangedError
from memoryos.models import EVERYTHING, Knowledge, Owner, Scope, Trait, WorkKind
from memoryos.storage.forgetting import fact_digests
from memoryos.storage.plans import AnalysisPlan, NewKnowledge
from memoryos.storage.tables import changes
from memoryos.storage.tables.connection import Connection, EmbedderRow
from memoryos.storage.tables.rows import (
    KNOWLEDGE_COLUMNS,
    KNOWLEDGE_OWN_COLUMNS,
    Row,
    in_list,
    knowledge_from_row,
    knowledge_values,
    marks,
    seen,
    to_blob,
    to_micros,
    trait_from_row,
)

if TYPE_CHECKING:
    from memoryos.models import Vector

_PRESENT = "k.superseded_by IS NULL AND k.archived_at IS NULL AND k.state <> 'retired'"


def traits(connection: Connection) -> tuple[Trait, ...]:
    """All traits, by dimension."""
    rows = connection.execute(
        "SELECT dimension, level, evidence, happened_at, timestamp FROM traits ORDER BY dimension"
    )
    return tuple(trait_from_row(row) for row in rows)


def current(
    connection: Connection, embedder: EmbedderRow, owner: Owner, assistant_id: str | None, scope: Scope
) -> tuple[Knowledge, ...]:
    """Facts in a scope neither superseded nor archived nor retired, oldest first."""
    return _of_owner(connection, embedder, owner, assistant_id, _PRESENT, scope)


def all_but_retired(
    connection: Connection, embedder: EmbedderRow, owner: Owner, assistant_id: str | None, scope: Scope
) -> tuple[Knowledge, ...]:
    """Facts in a scope that were not taken back, oldest first."""
    return _of_owner(connection, embedder, owner, assistant_id, "k.state <> 'retired'", scope)


def _of_owner(
    connection: Connection,
    embedder: EmbedderRow,
    owner: Owner,
    assistant_id: str | None,
    condition: str,
    scope: Scope,
) -> tuple[Knowledge, ...]:
    is_seen, of_scope = seen(scope, "k.project")
    rows = connection.execute(
        f"SELECT k.seq, k.embedder, {KNOWLEDGE_COLUMNS} FROM knowledge k"
        f" WHERE k.owner = ? AND k.assistant_id IS ? AND {condition} AND {is_seen} ORDER BY k.seq",
        (owner, assistant_id, *of_scope),
    ).fetchall()
    return _with_sources(connection, embedder, rows, scope)


def check_version(connection: Connection, planned: int | None) -> None:
    """Raise `KnowledgeChangedError` where facts changed since a plan for them was made."""
    if planned is not None and changes.version(connection, "knowledge") != planned:
        raise KnowledgeChangedError("facts changed since their changes were planned; plan again")


def without_vector(connection: Connection, embedder: EmbedderRow, limit: int) -> tuple[Knowledge, ...]:
    """Current facts to embed: after a change of embedder, or once more after a refusal."""
    rows = connection.execute(
        f"SELECT k.seq, k.embedder, {KNOWLEDGE_COLUMNS} FROM knowledge k"
        f" WHERE k.embedder IS NOT ? AND {_PRESENT} ORDER BY k.seq LIMIT ?",
        (embedder.id, limit),
    ).fetchall()
    return _with_sources(connection, embedder, rows)


def check(connection: Connection, kind: WorkKind, plan: AnalysisPlan) -> None:
    """Raise `ClaimLostError` where a page or a fact of a plan was forgotten since it was read."""
    pages = set(plan.pages).union(*(new.pages for new in plan.new), *plan.confirmed.values())
    facts = {*plan.replaced, *plan.confirmed, *plan.archived} - {new.knowledge.id for new in plan.new}
    (there,) = connection.execute(f"SELECT count(*) FROM pages WHERE seq IN {in_list(pages)}").fetchone()
    found = sum(_is_stored(connection, id_) for id_ in facts)
    if (there, found) != (len(pages), len(facts)):
        raise ClaimLostError(f"{kind}: some of what was read was forgotten since; it is done over without")


def analyse(connection: Connection, plan: AnalysisPlan, embedder: EmbedderRow, *, now: datetime) -> None:
    """Add what an analysis found, mark its pages, and let a segment's heat fall once all of its are read.

    Raises `KnowledgeChangedError` where the plan was made for other facts than there are.
    """
    check_version(connection, plan.version)
    connection.executemany(
        "INSERT INTO traits (dimension, level, evidence, happened_at, timestamp) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (dimension) DO UPDATE SET level = excluded.level, evidence = excluded.evidence,"
        " happened_at = excluded.happened_at, timestamp = excluded.timestamp",
        [(t.dimension, t.level, t.evidence, to_micros(t.happened_at), t.timestamp) for t in plan.traits],
    )
    for new in plan.new:
        _put(connection, new, embedder)
    # Facts of one plan may refer to each other, whichever was put in first.
    connection.executemany(
        "UPDATE knowledge SET doubted_by = ? WHERE id = ?",
        [(new.knowledge.doubted_by, new.knowledge.id) for new in plan.new if new.knowledge.doubted_by is not None],
    )
    for fact in plan.changed:
        _change(connection, fact, embedder)
    connection.executemany(
        "UPDATE knowledge SET superseded_by = ?, superseded_at = coalesce(superseded_at, ?) WHERE id = ?",
        [(new, to_micros(now), old) for old, new in plan.replaced.items()],
    )
    connection.executemany(
        "INSERT INTO knowledge_sources (knowledge, page) SELECT seq, CAST(? AS INTEGER) FROM knowledge WHERE id = ?"
        " ON CONFLICT DO NOTHING",
        [(page, id_) for id_, pages in plan.confirmed.items() for page in pages],
    )
    connection.executemany(
        "UPDATE knowledge SET archived_at = ? WHERE id = ? AND archived_at IS NULL",
        [(to_micros(now), id_) for id_ in plan.archived],
    )
    bury(connection, plan.retired)
    hold_again(connection, plan.retired)
    _count_refused(connection, plan.refused)
    _note_read(connection, plan)
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
    touched = {new.knowledge.id for new in plan.new} | {fact.id for fact in plan.changed}
    touched |= set(plan.replaced) | set(plan.confirmed) | set(plan.archived)
    changes.append(connection, "knowledge", [_seq(connection, id_) for id_ in sorted(touched)])
    changes.append(connection, "segment", [segment for (segment,) in read])


def put_vectors(connection: Connection, embedder: EmbedderRow, vectors: Mapping[str, Vector | None]) -> None:
    """Store facts' vectors; with None beside it an embedder is one that refuses the fact."""
    connection.executemany(
        "UPDATE knowledge SET embedder = ?, vector = ? WHERE id = ?",
        [(embedder.id, to_blob(vector), id_) for id_, vector in vectors.items()],
    )
    there = [id_ for id_ in vectors if _is_stored(connection, id_)]  # the others were forgotten meanwhile
    changes.append(connection, "knowledge", [_seq(connection, id_) for id_ in there])


def insert(connection: Connection, fact: Knowledge, embedder: int | None = None) -> int:
    """Insert a fact with its vector by an embedder, or (None) to wait for one; its seq."""
    values = (*knowledge_values(fact), embedder, to_blob(fact.vector))
    seq = connection.execute(
        f"INSERT INTO knowledge ({KNOWLEDGE_OWN_COLUMNS}, embedder, vector) VALUES {marks(len(values))} RETURNING seq",
        values,
    ).fetchone()[0]
    return int(seq)


def _put(connection: Connection, new: NewKnowledge, embedder: EmbedderRow) -> None:
    seq = insert(connection, replace(new.knowledge, doubted_by=None), embedder.id if new.embedded else None)
    connection.executemany(
        "INSERT INTO knowledge_sources (knowledge, page) VALUES (?, ?)", [(seq, page) for page in new.pages]
    )


def _is_stored(connection: Connection, id_: str) -> bool:
    return connection.execute("SELECT 1 FROM knowledge WHERE id = ?", (id_,)).fetchone() is not None


def _change(connection: Connection, fact: Knowledge, embedder: EmbedderRow) -> None:
    """Bring a fact up to date; its vector is another one where its text is."""
    times = (fact.held_from, fact.held_until, fact.learned_at)
    held_from, held_until, learned_at = (None if time is None else to_micros(time) for time in times)
    connection.execute(
        "UPDATE knowledge SET embedder = CASE text WHEN ?1 THEN embedder ELSE ?2 END,"
        " vector = CASE text WHEN ?1 THEN vector ELSE ?3 END, text = ?1, analysis = ?4, author = ?5, slot = ?6,"
        " value = ?7, subject = ?8, state = ?9, held_from = ?10, held_until = ?11, doubted_by = ?12, learned_at = ?13,"
        " happened_at = ?14, timestamp = ?15 WHERE id = ?16",
        (
            fact.text,
            embedder.id if fact.vector is not None else None,
            to_blob(fact.vector),
            fact.analysis,
            fact.author,
            fact.slot,
            fact.value,
            fact.subject,
            fact.state,
            held_from,
            held_until,
            fact.doubted_by,
            learned_at,
            to_micros(fact.happened_at),
            fact.timestamp,
            fact.id,
        ),
    )


def hold_again(connection: Connection, ids: Collection[str]) -> None:
    """Let hold again what these facts, taken back, had put in doubt, ended or taken the place of.

    What they replaced is replaced by what replaced them, if anything did.
    """
    seqs = []
    for id_ in ids:
        successors = connection.execute("SELECT superseded_by FROM knowledge WHERE id = ?", (id_,)).fetchall()
        for (successor,) in successors:
            seqs += connection.execute(
                "UPDATE knowledge SET superseded_by = ?1, superseded_at = CASE WHEN ?1 IS NULL THEN NULL"
                " ELSE superseded_at END WHERE superseded_by = ?2 RETURNING seq",
                (successor, id_),
            ).fetchall()
        seqs += doubt_no_more(connection, id_)
    changes.append(connection, "knowledge", [seq for (seq,) in seqs])


def doubt_no_more(connection: Connection, id_: str) -> list[tuple[int]]:
    """Let hold again what a fact had put in doubt or ended; the seqs of what changed."""
    return connection.execute(
        "UPDATE knowledge SET doubted_by = NULL, state = CASE state WHEN 'retired' THEN state ELSE 'current' END,"
        " held_until = CASE state WHEN 'ended' THEN NULL ELSE held_until END WHERE doubted_by = ? RETURNING seq",
        (id_,),
    ).fetchall()


def undo_replacement(connection: Connection, fact: str, assistant_id: str | None) -> bool:
    """Let a fact hold again that another one took the place of, with what fell with it; whether there is one such."""
    rows = connection.execute(
        "SELECT seq, superseded_by FROM knowledge WHERE id = ? AND superseded_by IS NOT NULL AND state <> 'retired'"
        " AND (owner = 'user' OR assistant_id IS ?)",
        (fact, assistant_id),
    ).fetchall()
    for seq, successor in rows:
        connection.execute(
            "UPDATE knowledge SET superseded_by = NULL, superseded_at = NULL, archived_at = NULL WHERE seq = ?", (seq,)
        )
        changes.append(connection, "knowledge", [seq, *(seq for (seq,) in doubt_no_more(connection, successor))])
    return bool(rows)


def bury(connection: Connection, ids: Collection[str]) -> None:
    """Put a tombstone on every page that a fact stands on."""
    for id_ in ids:
        rows = connection.execute(
            f"SELECT k.seq, {KNOWLEDGE_COLUMNS} FROM knowledge k WHERE k.id = ?", (id_,)
        ).fetchall()
        for seq, *row in rows:
            fact = knowledge_from_row((*row[:-1], None), sources=(), dim=1)
            connection.executemany(
                "INSERT INTO tombstones (page, digest)"
                " SELECT page, CAST(? AS BLOB) FROM knowledge_sources WHERE knowledge = ? ON CONFLICT DO NOTHING",
                [(digest, seq) for digest in fact_digests(fact)],
            )


def tombstones(connection: Connection, pages: Collection[int]) -> frozenset[tuple[int, bytes]]:
    """The tombstones on pages."""
    rows = connection.execute(f"SELECT page, digest FROM tombstones WHERE page IN {in_list(pages)}")
    return frozenset((page, digest) for page, digest in rows)


def refused(connection: Connection) -> dict[str, int]:
    """How many statements were not believed, by reason."""
    return dict(connection.execute("SELECT reason, count FROM refused_facts ORDER BY reason").fetchall())


def outdated_pages(
    connection: Connection, pages: Collection[int], as_of: datetime | None, scope: Scope
) -> dict[int, str]:
    """Pages whose fact was superseded or ended, with the newest page of the fact that did it, the last of a chain.

    That page is one in a scope.
    """
    is_seen, of_scope = seen(scope, "p.project")
    rows = connection.execute(
        "WITH RECURSIVE outdated (page, by) AS ("
        " SELECT s.page, coalesce(k.superseded_by, k.doubted_by) FROM knowledge_sources s"
        f" JOIN knowledge k ON k.seq = s.knowledge WHERE s.page IN {in_list(pages)}"
        " AND (k.superseded_by IS NOT NULL OR k.state = 'ended' AND k.doubted_by IS NOT NULL)"
        " UNION SELECT o.page, k.superseded_by FROM outdated o JOIN knowledge k ON k.id = o.by"
        " WHERE k.superseded_by IS NOT NULL)"
        " SELECT o.page, p.id FROM outdated o JOIN knowledge k ON k.id = o.by"
        " JOIN knowledge_sources s ON s.knowledge = k.seq JOIN pages p ON p.seq = s.page"
        " JOIN pages old ON old.seq = o.page"
        " WHERE p.seq <> o.page AND p.happened_at >= old.happened_at AND p.added_at <= coalesce(?, p.added_at)"
        f" AND {is_seen} ORDER BY p.happened_at, p.seq",
        (None if as_of is None else to_micros(as_of), *of_scope),
    )
    return dict(rows.fetchall())


def _count_refused(connection: Connection, counts: Mapping[str, int]) -> None:
    connection.executemany(
        "INSERT INTO refused_facts (reason, count) VALUES (?, ?)"
        " ON CONFLICT (reason) DO UPDATE SET count = refused_facts.count + excluded.count",
        list(counts.items()),
    )


def _note_read(connection: Connection, plan: AnalysisPlan) -> None:
    """Take pages out of the queues."""
    connection.execute(f"DELETE FROM unread WHERE seq IN {in_list(plan.read)}")
    connection.execute(f"DELETE FROM fresh WHERE seq IN {in_list(plan.fresh)}")


def _seq(connection: Connection, id_: str) -> int:
    return int(connection.execute("SELECT seq FROM knowledge WHERE id = ?", (id_,)).fetchone()[0])


def _with_sources(
    connection: Connection, embedder: EmbedderRow, rows: Sequence[Row], scope: Scope = EVERYTHING
) -> tuple[Knowledge, ...]:
    """The facts with those of their pages that are in a scope: what a person said of himself, he may have said in a
    project."""
    if not rows:
        return ()
    sources: dict[int, list[str]] = {}
    is_seen, of_scope = seen(scope, "t.project")
    for fact, page in connection.execute(
        "SELECT s.knowledge, p.id FROM knowledge_sources s JOIN pages p ON p.seq = s.page JOIN talks t ON t.id = p.talk"
        f" WHERE s.knowledge IN {in_list([row[0] for row in rows])} AND {is_seen} ORDER BY p.seq",
        of_scope,
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
