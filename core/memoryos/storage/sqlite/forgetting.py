"""Forgetting pages for good: they go, with everything that was made of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

from memoryos.errors import InvalidArgumentError
from memoryos.models import Forgotten, Page
from memoryos.storage.sqlite import changes, outlines, pages
from memoryos.storage.sqlite.rows import in_list

_TABLES_OF_A_PAGE = ("page_terms", "unembedded", "page_vectors", "side_vectors")
"""Keyed by a page's seq. What refers to a page with ON DELETE CASCADE needs no naming."""


def forget(connection: sqlite3.Connection, ids: Sequence[str]) -> Forgotten:
    """Delete pages, the facts and traits that stand on them, and every summary that was written with them in view.

    The other pages of these topics go back to the queue and are grouped again without them; those of their talks that
    are in other topics stay there. A fact that was replaced by one of the deleted holds again. Background work that may
    have read the pages loses its claim. What is deleted is overwritten in the file. Raises `InvalidArgumentError`, with
    nothing deleted, for an unknown id.
    """
    seqs = sorted(page.seq for page in named(connection, ids))
    connection.execute("UPDATE claims SET holder = NULL, expires_at = NULL")
    facts, told_elsewhere = _forget_facts(connection, seqs)
    traits = _forget_traits(connection, seqs)
    regrouped = _dissolve(connection, seqs)
    _forget_pages(connection, seqs)
    _analyse_again(connection, told_elsewhere)
    # A word deleted from the index stays in it until its parts are merged.
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    return Forgotten(pages=len(seqs), facts=facts, traits=traits, regrouped=regrouped)


def named(connection: sqlite3.Connection, ids: Sequence[str]) -> tuple[Page, ...]:
    """The pages with these ids; raises `InvalidArgumentError` for one that is unknown, or a fact's."""
    found = pages.by_id(connection, ids)
    for id_ in ids:
        if id_ not in found:
            sources = connection.execute(
                "SELECT p.id FROM knowledge k JOIN knowledge_sources s ON s.knowledge = k.seq"
                " JOIN pages p ON p.seq = s.page WHERE k.id = ? ORDER BY p.seq",
                (id_,),
            ).fetchall()
            hint = f" (this fact stands on {', '.join(page for (page,) in sources)})" if sources else ""
            raise InvalidArgumentError("page_ids", f"{id_!r}", f"ids of stored exchanges{hint}; nothing was forgotten")
    return tuple(found[id_] for id_ in ids)


def _forget_facts(connection: sqlite3.Connection, seqs: Collection[int]) -> tuple[int, list[int]]:
    """Delete the facts that pages are a source of; how many, and the other pages that they stood on.

    What such a page says of a fact cannot be told from what the others say, so these are read again.
    """
    facts = f"SELECT knowledge FROM knowledge_sources WHERE page IN {in_list(seqs)}"
    gone = connection.execute(
        f"SELECT seq, id, superseded_by, superseded_at FROM knowledge WHERE seq IN ({facts}) ORDER BY seq"
    ).fetchall()
    others = connection.execute(
        f"SELECT DISTINCT page FROM knowledge_sources WHERE knowledge IN ({facts}) AND page NOT IN {in_list(seqs)}"
    ).fetchall()
    # Oldest first: of a chain of corrections each link hands on to the next, and the last one to what is left.
    revived = []
    for seq, id_, superseded_by, superseded_at in gone:
        revived += connection.execute(
            "UPDATE knowledge SET superseded_by = ?, superseded_at = ? WHERE superseded_by = ? RETURNING seq",
            (superseded_by, superseded_at, id_),
        ).fetchall()
        connection.execute("DELETE FROM knowledge WHERE seq = ?", (seq,))
    deleted = [seq for seq, *_ in gone]
    changes.append(connection, "knowledge", {seq for (seq,) in revived}.difference(deleted))
    changes.append(connection, "knowledge", deleted, "delete")
    return len(deleted), [seq for (seq,) in others]


def _analyse_again(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Let pages be analysed once more, whatever the heat of their segments."""
    connection.execute(f"UPDATE pages SET analysed = 0 WHERE seq IN {in_list(seqs)}")
    connection.execute(f"DELETE FROM parked WHERE kind = 'analyse' AND page IN {in_list(seqs)}")
    connection.executemany("INSERT OR IGNORE INTO analyse_again (page) VALUES (?)", [(seq,) for seq in seqs])


def _forget_traits(connection: sqlite3.Connection, seqs: Collection[int]) -> int:
    """Delete the traits whose evidence stands on pages: they bear the page's time."""
    times = f"SELECT happened_at FROM pages WHERE seq IN {in_list(seqs)}"
    return int(connection.execute(f"DELETE FROM traits WHERE happened_at IN ({times})").rowcount)


def _dissolve(connection: sqlite3.Connection, seqs: Collection[int]) -> int:
    """Delete the segments and chains that pages are in, and queue the segments' other pages; how many these are.

    The chains of those go, too: one that a page has left would still tell of it once that page is forgotten. What stays
    in another segment is left without a summary of its talk.
    """
    placed = connection.execute(f"SELECT segment FROM pages WHERE seq IN {in_list(seqs)} AND segment IS NOT NULL")
    at = [segment for (segment,) in placed]
    in_them = f"segment IN {in_list({*at})}"
    parted = connection.execute(f"SELECT DISTINCT chain FROM pages WHERE {in_them} AND chain IS NOT NULL")
    chains = in_list([chain for (chain,) in parted])
    connection.execute(
        f"DELETE FROM parked WHERE kind = 'consolidate' AND page IN (SELECT seq FROM pages WHERE {in_them})"
    )
    connection.execute(f"UPDATE pages SET chain = NULL WHERE chain IN {chains}")
    connection.execute(f"DELETE FROM chains WHERE id IN {chains}")
    queued = connection.execute(f"UPDATE pages SET segment = NULL WHERE {in_them}").rowcount
    # Those without pages keep the summaries of pages that a model has read again since.
    empty = "id NOT IN (SELECT segment FROM pages WHERE segment IS NOT NULL)"
    gone = connection.execute(f"DELETE FROM segments WHERE {empty} RETURNING id").fetchall()
    changes.append(connection, "segment", [segment for (segment,) in gone], "delete")
    return int(queued) - len(at)


def _forget_pages(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    for seq in seqs:
        outlines.take_back(connection, seq)
        connection.execute(
            "UPDATE pages SET previous = (SELECT previous FROM pages WHERE seq = ?1) WHERE previous = ?1", (seq,)
        )
    for table in _TABLES_OF_A_PAGE:
        connection.execute(f"DELETE FROM {table} WHERE seq IN {in_list(seqs)}")
    connection.execute(f"DELETE FROM words WHERE rowid IN {in_list(seqs)}")
    connection.execute(f"DELETE FROM pages WHERE seq IN {in_list(seqs)}")
    connection.execute("DELETE FROM talks WHERE pages = 0")
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('forgotten_pages', ?1)"
        " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + ?1",
        (len(seqs),),
    )
    changes.append(connection, "page", seqs, "delete")
    changes.append(connection, "vector", seqs, "delete")
