"""What a person decides over a memory: facts corrected, taken back and pinned, what is excluded, and who did what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from memoryos.models import EVERYTHING, OF_PROJECT, Audit, Excluded, Knowledge
from memoryos.storage.exclusions import Exclusions, Rule
from memoryos.storage.tables import changes, knowledge
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import from_micros, to_micros
from memoryos.storage.tables.selecting import pages_about

_WORD, _PROJECT = "word", "project"


def correct(connection: Connection, old: str, new: Knowledge, *, now: datetime) -> bool:
    """Let a fact, which stands on the pages of the old one, take the place of that; whether the old one still held."""
    rows = connection.execute(
        "SELECT seq FROM knowledge WHERE id = ? AND superseded_by IS NULL AND state <> 'retired'", (old,)
    ).fetchall()
    for (seq,) in rows:
        new_seq = knowledge.insert(connection, new)
        connection.execute(
            "INSERT INTO knowledge_sources (knowledge, page) SELECT ?, page FROM knowledge_sources WHERE knowledge = ?",
            (new_seq, seq),
        )
        connection.execute(
            "UPDATE knowledge SET superseded_by = ?, superseded_at = ? WHERE seq = ?", (new.id, to_micros(now), seq)
        )
        changes.append(connection, "knowledge", [seq, new_seq])
    return bool(rows)


def undo_correction(connection: Connection, correction: str) -> bool:
    """Take a person's or an agent's fact away and let hold again what it took the place of; whether it did so."""
    rows = connection.execute(
        "SELECT seq, superseded_by FROM knowledge WHERE id = ?1 AND author IN ('person', 'agent')"
        " AND state <> 'retired' AND EXISTS (SELECT 1 FROM knowledge WHERE superseded_by = ?1)",
        (correction,),
    ).fetchall()
    for seq, _ in rows:
        knowledge.hold_again(connection, [correction])
        connection.execute("UPDATE knowledge SET state = 'retired', pinned = 0 WHERE seq = ?", (seq,))
        changes.append(connection, "knowledge", [seq])
    return bool(rows)


def retire(connection: Connection, ids: Collection[str], *, now: datetime) -> int:
    """Take facts back, so that they are not learned again from their pages; how many there were.

    What one had taken the place of holds again.
    """
    seqs = [
        row
        for id_ in ids
        for row in connection.execute("SELECT seq, id FROM knowledge WHERE id = ? AND state <> 'retired'", (id_,))
    ]
    found = [id_ for _, id_ in seqs]
    knowledge.bury(connection, found)
    knowledge.hold_again(connection, found)
    connection.executemany(
        "UPDATE knowledge SET state = 'retired', held_until = ?, pinned = 0, doubted_by = NULL WHERE seq = ?",
        [(to_micros(now), seq) for seq, _ in seqs],
    )
    changes.append(connection, "knowledge", [seq for seq, _ in seqs])
    return len(found)


def pin(connection: Connection, fact: str, *, pinned: bool) -> bool:
    """Let a fact that holds always be shown, or no more; one in the archive comes back. Whether there is one."""
    seqs = connection.execute(
        "UPDATE knowledge SET pinned = ?1, archived_at = CASE ?1 WHEN 1 THEN NULL ELSE archived_at END"
        " WHERE id = ?2 AND superseded_by IS NULL AND state <> 'retired' RETURNING seq",
        (int(pinned), fact),
    ).fetchall()
    changes.append(connection, "knowledge", [seq for (seq,) in seqs])
    return bool(seqs)


def exclusions(connection: Connection) -> tuple[str, ...]:
    """What is never to be remembered, in the persons' words."""
    rows = connection.execute("SELECT kind, value FROM exclusions ORDER BY kind DESC, value")
    return tuple(f"{OF_PROJECT}{value}" if kind == _PROJECT else value for kind, value in rows)


def covered(connection: Connection, *texts: str, project: str | None) -> bool:
    """Whether a text, or its project, is excluded; nearly always there is no rule, and this costs nothing."""
    return Exclusions.of(exclusions(connection)).within(project).cover(texts)


def exclude(connection: Connection, about: str, *, now: datetime) -> Excluded:
    """Add a rule, and drop the facts and traits it covers. Whoever is about to add facts has to plan again."""
    rule = Rule.of(about)
    connection.execute("INSERT INTO exclusions (kind, value) VALUES (?, ?) ON CONFLICT DO NOTHING", _kept(rule))
    if rule.project is None:
        facts = connection.execute("SELECT id, text FROM knowledge ORDER BY seq").fetchall()
        covered_facts = [id_ for id_, text in facts if rule.covers(text)]
    else:
        covered_facts = _facts_of(connection, rule.project)
    retire(connection, covered_facts, now=now)
    _drop(connection, covered_facts)
    traits = [
        trait.dimension
        for trait in knowledge.traits(connection)
        if rule.covers(trait.evidence) or rule.covers(trait.dimension)
    ]
    connection.executemany("DELETE FROM traits WHERE dimension = ?", [(dimension,) for dimension in traits])
    _note_rules_changed(connection)
    return Excluded(about, len(covered_facts), len(traits), len(pages_about(connection, about, EVERYTHING)))


def _kept(rule: Rule) -> tuple[str, str]:
    """The kind and the value of a rule in its table."""
    return (_WORD, rule.about) if rule.project is None else (_PROJECT, rule.project)


def _facts_of(connection: Connection, project: str) -> list[str]:
    """The facts of a project, and those about the person that were told nowhere else."""
    rows = connection.execute(
        "SELECT k.id FROM knowledge k WHERE k.project = ?1 OR k.seq IN (SELECT s.knowledge FROM knowledge_sources s"
        " JOIN pages p ON p.seq = s.page GROUP BY s.knowledge"
        " HAVING min(CASE WHEN p.project = ?1 THEN 1 ELSE 0 END) = 1) ORDER BY k.seq",
        (project,),
    )
    return [id_ for (id_,) in rows]


def _drop(connection: Connection, ids: Collection[str]) -> None:
    """Delete facts that were taken back: a text that is never to be remembered is not kept as history either."""
    seqs: list[tuple[int]] = []
    for id_ in ids:
        connection.execute("UPDATE knowledge SET superseded_by = NULL WHERE superseded_by = ?", (id_,))
        connection.execute("UPDATE knowledge SET doubted_by = NULL WHERE doubted_by = ?", (id_,))
        seqs += connection.execute("DELETE FROM knowledge WHERE id = ? RETURNING seq", (id_,)).fetchall()
    changes.append(connection, "knowledge", [seq for (seq,) in seqs], "delete")


def allow(connection: Connection, about: str) -> bool:
    """Lift a rule; whether there was one."""
    rows = connection.execute("DELETE FROM exclusions WHERE kind = ? AND value = ? RETURNING 1", _kept(Rule.of(about)))
    lifted = bool(rows.fetchall())
    if lifted:
        _note_rules_changed(connection)
    return lifted


def _note_rules_changed(connection: Connection) -> None:
    """Plans for facts were made by the rules as they were."""
    changes.append(connection, "knowledge", [0])


def note(
    connection: Connection, actor: str, action: str, ref: str | None = None, count: int = 1, *, now: datetime
) -> None:
    """Remember who changed what; no text."""
    connection.execute(
        "INSERT INTO audit (at, actor, action, ref, count) VALUES (?, ?, ?, ?, ?)",
        (to_micros(now), actor, action, ref, count),
    )


def audit(connection: Connection, limit: int) -> tuple[Audit, ...]:
    """Who changed what, the last first."""
    rows = connection.execute("SELECT at, actor, action, ref, count FROM audit ORDER BY id DESC LIMIT ?", (limit,))
    return tuple(Audit(from_micros(at), actor, action, ref, count) for at, actor, action, ref, count in rows)
