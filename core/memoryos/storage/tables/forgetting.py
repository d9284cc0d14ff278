"""Forgetting pages for good: they go, with everything that was made of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from memoryos.errors import InvalidArgumentError
from memoryos.language.stems import words_with_stems
from memoryos.models import EVERYTHING, Forgotten, Page, Scope, Trait, WorkKind
from memoryos.storage.forgetting import Fallout, Place, SourcedFact, fallout
from memoryos.storage.tables import changes, knowledge, pages, talks, work
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import from_micros, in_list, moment, to_micros

_TABLES_OF_A_PAGE = ("page_terms", "unembedded")
"""Keyed by a page's seq. What refers to a page with ON DELETE CASCADE needs no naming."""


def forget(connection: Connection, ids: Sequence[str], scope: Scope) -> Forgotten:
    """Delete pages with what `memoryos.storage.forgetting` says goes with them; what is deleted is overwritten.

    Of the pages that repeat what they said those in the scope are named. Raises `InvalidArgumentError`, with nothing
    deleted, for an id that is unknown in the scope.
    """
    forgotten = named(connection, ids, scope)
    what = fallout([page.seq for page in forgotten], StoredDerived(connection))
    echoes = tuple(
        page.id for _, page in sorted(pages.by_seq(connection, what.echoes).items()) if scope.sees(page.project)
    )
    take_out(connection, what)
    connection.words.merge(connection)
    return Forgotten(
        pages=len(what.pages),
        facts=len(what.facts),
        traits=len(what.traits),
        regrouped=len(what.regrouped),
        echoes=echoes,
    )


def take_out(connection: Connection, what: Fallout) -> None:
    """Delete what goes. Background work that may have read some of it loses its claim, and no other."""
    work.withdraw(connection, but=_untouched(connection, what))
    _forget_facts(connection, what)
    connection.executemany("DELETE FROM traits WHERE dimension = ?", [(dimension,) for dimension in what.traits])
    _dissolve(connection, what)
    _forget_pages(connection, what.pages)
    _analyse_again(connection, what.read_again)


def _untouched(connection: Connection, what: Fallout) -> list[WorkKind]:
    """The kinds of work that cannot have read anything of what goes, or store nothing of it.

    Vectors of a page, a segment or a fact that is gone by then are dropped. Grouping reads the pages that wait, and the
    summary of the talk before them; analysis the pages not analysed with the summaries of their talks, all facts and
    traits.
    """
    gone, chains, segments = in_list(what.pages), in_list(what.chains), in_list(what.segments)
    touched = f"(seq IN {gone} OR chain IN {chains} OR segment IN {segments})"
    grouping, analysing = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM pages WHERE segment IS NULL AND (seq IN {gone}"
        f" OR previous IN (SELECT seq FROM pages WHERE {touched}))),"
        f" EXISTS (SELECT 1 FROM pages WHERE analysed = 0 AND segment IS NOT NULL AND {touched})"
    ).fetchone()
    kept: list[WorkKind] = ["embed"]
    if not grouping:
        kept.append("consolidate")
    if not (analysing or what.facts or what.traits):
        kept.append("analyse")
    return kept


def named(connection: Connection, ids: Sequence[str], scope: Scope = EVERYTHING) -> tuple[Page, ...]:
    """The pages with these ids; raises `InvalidArgumentError` for one that is unknown in the scope, or a fact's."""
    found = pages.by_id(connection, ids)
    for id_ in ids:
        if id_ not in found or not scope.sees(found[id_].project):
            sources = connection.execute(
                "SELECT p.id, p.project FROM knowledge k JOIN knowledge_sources s ON s.knowledge = k.seq"
                " JOIN pages p ON p.seq = s.page WHERE k.id = ? ORDER BY p.seq",
                (id_,),
            ).fetchall()
            of_fact = ", ".join(page for page, project in sources if scope.sees(project))
            hint = f" (this fact stands on {of_fact})" if of_fact else ""
            raise InvalidArgumentError("page_ids", f"{id_!r}", f"ids of stored exchanges{hint}; nothing was forgotten")
    return tuple(found[id_] for id_ in ids)


class StoredDerived:
    """What was made of pages, as `memoryos.storage.forgetting` asks for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def facts_standing_on(self, pages: Collection[int]) -> list[SourcedFact]:
        rows = self._connection.execute(
            "SELECT seq, id, superseded_by, superseded_at FROM knowledge"
            f" WHERE seq IN (SELECT knowledge FROM knowledge_sources WHERE page IN {in_list(pages)}) ORDER BY seq"
        ).fetchall()
        sources: dict[int, list[int]] = {seq: [] for seq, *_ in rows}
        for fact, page in self._connection.execute(
            f"SELECT knowledge, page FROM knowledge_sources WHERE knowledge IN {in_list(sources)}"
        ):
            sources[fact].append(page)
        return [SourcedFact(id_, by, moment(since), frozenset(sources[seq])) for seq, id_, by, since in rows]

    def facts_replaced_by(self, ids: Collection[str]) -> dict[str, str]:
        return dict(
            row
            for id_ in ids
            for row in self._connection.execute(
                "SELECT id, superseded_by FROM knowledge WHERE superseded_by = ?", (id_,)
            )
        )

    def traits(self) -> tuple[Trait, ...]:
        return knowledge.traits(self._connection)

    def times(self, pages: Collection[int]) -> frozenset[datetime]:
        rows = self._connection.execute(f"SELECT happened_at FROM pages WHERE seq IN {in_list(pages)}")
        return frozenset(from_micros(happened_at) for (happened_at,) in rows)

    def places(self, pages: Collection[int]) -> dict[int, Place]:
        return self._places(f"seq IN {in_list(pages)}")

    def pages_in(self, segments: Collection[int]) -> dict[int, Place]:
        return self._places(f"segment IN {in_list(segments)}")

    def _places(self, condition: str) -> dict[int, Place]:
        rows = self._connection.execute(f"SELECT seq, segment, chain FROM pages WHERE {condition}")
        return {seq: Place(segment, chain) for seq, segment, chain in rows}

    def empty_segments(self) -> list[int]:
        rows = self._connection.execute(
            "SELECT id FROM segments WHERE id NOT IN (SELECT segment FROM pages WHERE segment IS NOT NULL)"
        )
        return [segment for (segment,) in rows]

    def texts(self, pages: Collection[int]) -> list[str]:
        rows = self._connection.execute(
            f"SELECT user_input, agent_response FROM pages WHERE seq IN {in_list(pages)} ORDER BY seq"
        )
        return [f"{user_input}\n{agent_response}" for user_input, agent_response in rows]

    def pages_holding(self, token: str, limit: int) -> list[tuple[int, str]]:
        words = words_with_stems(token)
        seqs = self._connection.words.match(self._connection, words, limit, together=True)
        return [(seq, page.text) for seq, page in pages.by_seq(self._connection, seqs).items()]


def _forget_facts(connection: Connection, what: Fallout) -> None:
    revived = []
    for id_, successor in what.successors.items():
        since = None if successor.since is None else to_micros(successor.since)
        revived += connection.execute(
            "UPDATE knowledge SET superseded_by = ?, superseded_at = ? WHERE id = ? RETURNING seq",
            (successor.id, since, id_),
        ).fetchall()
    for id_ in what.facts:
        revived += knowledge.doubt_no_more(connection, id_)
    # Of a chain of corrections none may refer to one that is gone.
    connection.executemany("UPDATE knowledge SET superseded_by = NULL WHERE id = ?", [(id_,) for id_ in what.facts])
    deleted = [
        row
        for id_ in what.facts
        for row in connection.execute("DELETE FROM knowledge WHERE id = ? RETURNING seq", (id_,))
    ]
    changes.append(connection, "knowledge", [seq for (seq,) in revived])
    changes.append(connection, "knowledge", [seq for (seq,) in deleted], "delete")


def _analyse_again(connection: Connection, seqs: Sequence[int]) -> None:
    """Let pages be analysed once more, whatever the heat of their segments."""
    connection.execute(f"UPDATE pages SET analysed = 0 WHERE seq IN {in_list(seqs)}")
    connection.execute(f"DELETE FROM parked WHERE kind = 'analyse' AND page IN {in_list(seqs)}")
    each = [(seq,) for seq in seqs]
    connection.executemany("INSERT INTO analyse_again (page) VALUES (?) ON CONFLICT DO NOTHING", each)
    connection.executemany("INSERT INTO unread (seq) VALUES (?) ON CONFLICT DO NOTHING", each)


def _dissolve(connection: Connection, what: Fallout) -> None:
    """Delete segments and chains, and queue the segments' other pages; what is left of a chain has no summary."""
    chains, segments = in_list(what.chains), in_list(what.segments)
    connection.execute(
        f"DELETE FROM parked WHERE kind = 'consolidate' AND page IN (SELECT seq FROM pages WHERE segment IN {segments})"
    )
    connection.execute(f"UPDATE pages SET chain = NULL WHERE chain IN {chains}")
    connection.execute(f"DELETE FROM chains WHERE id IN {chains}")
    connection.execute(f"UPDATE pages SET segment = NULL WHERE segment IN {segments}")
    connection.execute(f"DELETE FROM segments WHERE id IN {segments}")
    changes.append(connection, "segment", what.segments, "delete")


def _forget_pages(connection: Connection, seqs: Sequence[int]) -> None:
    for seq in seqs:
        talks.take_back(connection, seq)
        connection.execute(
            "UPDATE pages SET previous = (SELECT previous FROM pages WHERE seq = ?1) WHERE previous = ?1", (seq,)
        )
    for table in _TABLES_OF_A_PAGE:
        connection.execute(f"DELETE FROM {table} WHERE seq IN {in_list(seqs)}")
    connection.windows.remove(connection, seqs)
    connection.words.remove(connection, seqs)
    connection.execute(f"DELETE FROM pages WHERE seq IN {in_list(seqs)}")
    connection.execute("DELETE FROM talks WHERE pages = 0")
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('forgotten_pages', ?)"
        " ON CONFLICT (key) DO UPDATE SET"
        " value = CAST(CAST(settings.value AS INTEGER) + CAST(excluded.value AS INTEGER) AS TEXT)",
        (str(len(seqs)),),
    )
    changes.append(connection, "page", seqs, "delete")
    changes.append(connection, "vector", seqs, "delete")
