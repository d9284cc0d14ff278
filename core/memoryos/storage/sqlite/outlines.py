"""What ranking needs of a page without its text: its stems, its talk, and what the speakers call each other."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime

import numpy as np

from memoryos.language.sessions import PageBefore, begins_talk, greets, names_called
from memoryos.storage.index_rows import OutlineChanges, OutlineColumns, SpeakerNames, stem_id
from memoryos.storage.sqlite import changes
from memoryos.storage.sqlite.full_text import stems
from memoryos.storage.sqlite.rows import from_micros, to_micros

_TERM = np.dtype([("stem", "<u4"), ("count", "<u2")])
_MAX_COUNT = 65_535

_NAME_COUNT = 5
_NAME_RATIO = 5
_NAME_SHARE = 0.1
"""A name is a speaker's if it was called so often, so many times more by one side than by the other, and not much
less often than that speaker's most frequent name."""


def talk_of(connection: sqlite3.Connection, user_input: str, agent_response: str, happened_at: int) -> int:
    """The talk that a page about to be added belongs to, made if the page begins one."""
    page_greets = greets(user_input) or greets(agent_response)
    last = connection.execute(
        "SELECT t.id, t.pages, p.happened_at, p.user_input, p.agent_response"
        " FROM pages p JOIN talks t ON t.id = p.talk ORDER BY p.seq DESC LIMIT 1"
    ).fetchone()
    if last is not None:
        talk, pages, last_at, last_input, last_response = last
        before = PageBefore(from_micros(last_at), greets(last_input) or greets(last_response), pages)
        if not begins_talk(from_micros(happened_at), page_greets, before):
            connection.execute("UPDATE talks SET pages = pages + 1 WHERE id = ?", (talk,))
            return int(talk)
    inserted = connection.execute(
        "INSERT INTO talks (first_page, pages) VALUES"
        " (coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'pages'), 0) + 1, 1) RETURNING id"
    )
    return int(inserted.fetchone()[0])


def add(connection: sqlite3.Connection, seq: int, user_input: str, agent_response: str) -> None:
    """Record the stems of a new page and the names called in it."""
    terms = terms_of(connection, user_input, agent_response)
    connection.execute("INSERT INTO page_terms (seq, terms) VALUES (?, ?)", (seq, terms))
    connection.executemany(
        "INSERT INTO names (name, by_user, by_agent) VALUES (?, ?, ?) ON CONFLICT (name)"
        " DO UPDATE SET by_user = by_user + excluded.by_user, by_agent = by_agent + excluded.by_agent",
        _names(user_input, agent_response),
    )


def take_back(connection: sqlite3.Connection, seq: int) -> None:
    """Take a page that is about to be deleted out of its talk, and the names called in it out of their counts."""
    talk, *texts = connection.execute(
        "SELECT talk, user_input, agent_response FROM pages WHERE seq = ?", (seq,)
    ).fetchone()
    connection.execute("UPDATE talks SET pages = pages - 1 WHERE id = ?", (talk,))
    connection.executemany(
        "UPDATE names SET by_user = by_user - ?2, by_agent = by_agent - ?3 WHERE name = ?1", _names(*texts)
    )
    connection.execute("DELETE FROM names WHERE by_user <= 0 AND by_agent <= 0")


def _names(user_input: str, agent_response: str) -> list[tuple[str, int, int]]:
    """(name, 1 if the user calls it, 1 if the agent does) for the names called in a page."""
    called = [(name, 1, 0) for name in names_called(user_input)]
    return called + [(name, 0, 1) for name in names_called(agent_response)]


def terms_of(connection: sqlite3.Connection, user_input: str, agent_response: str) -> bytes:
    """The stems of a page with their counts, as `page_terms` has them."""
    counts = Counter(stem_id(stem) for stem in stems(connection, f"{user_input}\n{agent_response}"))
    terms = np.array([(stem, min(count, _MAX_COUNT)) for stem, count in sorted(counts.items())], dtype=_TERM)
    return terms.tobytes()


def changed(connection: sqlite3.Connection, after: int, newest: int) -> OutlineChanges:
    """Whether a cache at version `after` lacks more than the pages that follow its newest one."""
    operations = changes.since(connection, "page", after) if after else None
    return OutlineChanges(
        version=changes.version(connection),
        complete=operations is None or any(op == "delete" or seq <= newest for seq, op in operations),
    )


def read(connection: sqlite3.Connection, after: int, pages: int) -> OutlineColumns:
    """The outlines of the next pages after a seq."""
    rows = connection.execute(
        "SELECT p.seq, p.talk, p.happened_at, w.terms FROM pages p JOIN page_terms w ON w.seq = p.seq"
        " WHERE p.seq > ? ORDER BY p.seq LIMIT ?",
        (after, pages),
    ).fetchall()
    seqs, talks, times, blobs = zip(*rows, strict=True) if rows else ((), (), (), ())
    terms = np.frombuffer(b"".join(blobs), dtype=_TERM)
    return OutlineColumns(
        seqs=np.array(seqs, dtype=np.int64),
        talks=np.array(talks, dtype=np.int64),
        happened_at=np.array(times, dtype=np.int64),
        sizes=np.array([len(blob) // _TERM.itemsize for blob in blobs], dtype=np.int64),
        stems=np.ascontiguousarray(terms["stem"]),
        counts=np.ascontiguousarray(terms["count"]),
    )


def pages_between(connection: sqlite3.Connection, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
    """How many pages happened within a time, and the first `limit` of them."""
    bounds = (to_micros(start), to_micros(end))
    count = connection.execute("SELECT count(*) FROM pages WHERE happened_at BETWEEN ? AND ?", bounds).fetchone()[0]
    rows = connection.execute(
        "SELECT seq FROM pages WHERE happened_at BETWEEN ? AND ? ORDER BY happened_at LIMIT ?",
        (*bounds, limit),
    )
    return count, [seq for (seq,) in rows]


def span_of_time(connection: sqlite3.Connection) -> tuple[datetime, datetime] | None:
    """When the earliest and the latest page happened; None without pages."""
    first, last = connection.execute("SELECT min(happened_at), max(happened_at) FROM pages").fetchone()
    return None if first is None else (from_micros(first), from_micros(last))


def speaker_names(connection: sqlite3.Connection) -> SpeakerNames:
    """The names by which the agent calls the user, and the user the agent."""
    rows = connection.execute(
        "SELECT name, by_user, by_agent FROM names WHERE by_user >= ?1 OR by_agent >= ?1", (_NAME_COUNT,)
    ).fetchall()
    of_user = {name: agent for name, user, agent in rows if agent >= max(_NAME_COUNT, _NAME_RATIO * user)}
    of_agent = {name: user for name, user, agent in rows if user >= max(_NAME_COUNT, _NAME_RATIO * agent)}
    return SpeakerNames(user=_frequent(of_user), agent=_frequent(of_agent))


def _frequent(counts: dict[str, int]) -> frozenset[str]:
    most = max(counts.values(), default=0)
    return frozenset(name for name, count in counts.items() if count >= _NAME_SHARE * most)
