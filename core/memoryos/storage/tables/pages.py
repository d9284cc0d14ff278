"""Pages: the exchanges themselves, and the queue of those waiting for mid-term memory."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from memoryos.models import EVERYTHING, Added, Page, Scope
from memoryos.storage.adding import (
    RETOLD_WINDOW,
    TWIN_PAGES,
    Origin,
    PageToAdd,
    PossibleTwin,
    ToldTurn,
    canonical_json,
    has_meta_data,
    repeats_between,
    retold,
    twin,
    twins_between,
)
from memoryos.storage.seals import DIGEST_BYTES, page_seal
from memoryos.storage.tables import changes, outlines, talks
from memoryos.storage.tables.connection import Connection
from memoryos.storage.tables.rows import (
    PAGE_COLUMNS,
    PAGE_TABLES,
    from_micros,
    in_list,
    marks,
    page_from_row,
    seen,
    to_micros,
)

CONTENT_DIGEST = f"substr(digest, 1, {DIGEST_BYTES})"
"""What equal pages have in common. Behind it stands the page's seal, but in pages of earlier versions."""


def add(connection: Connection, new: PageToAdd, outline: bytes) -> Added:
    """Insert a page with its words and queue it for embedding, or find the one a client sends again."""
    known = _repeated(connection, new) if new.page.turn is None else _same_turn(connection, new)
    if known is None:
        known = _twin(connection, new)
    if known is None and (known := told_before(connection, new, "import")) is not None:
        connection.execute("UPDATE pages SET origin = 'hook' WHERE seq = ?", (known,))  # of no further turn
    if known is not None:
        return Added(by_seq(connection, [known])[known], repeated=True)
    seq, previous = insert(connection, new, outline)
    queue(connection, [seq])
    return Added(new.stored(seq, previous))


def _repeated(connection: Connection, new: PageToAdd) -> int | None:
    """The page that a client sends once more."""
    rows = connection.execute(
        f"SELECT seq FROM pages INDEXED BY pages_by_content"
        f" WHERE {CONTENT_DIGEST} = ? AND project IS ? AND added_at BETWEEN ? AND ?",
        (new.digest, new.page.project, *map(to_micros, repeats_between(new))),
    )
    return max((seq for (seq,) in rows), default=None)


def _same_turn(connection: Connection, new: PageToAdd) -> int | None:
    """The page of the turn that a hook brings once more."""
    assert new.page.turn is not None
    row = connection.execute("SELECT seq FROM pages WHERE turn = ?", (new.page.turn.id,)).fetchone()
    return None if row is None else int(row[0])


def _twin(connection: Connection, new: PageToAdd) -> int | None:
    """The page by which an agent or a hook told the same turn before; it is that turn's from now on."""
    of_the_other = "origin = 'hook'" if new.page.turn is None else "origin <> 'hook'"
    may_be_same, of_project = seen(EVERYTHING if new.page.project is None else Scope(new.page.project))
    rows = connection.execute(
        "SELECT seq, user_input, agent_response, added_at, origin = 'hook', turn FROM pages"
        # The texts stand last: those of pages of another time are not read.
        f" WHERE seq > (SELECT max(seq) FROM pages) - ? AND added_at BETWEEN ? AND ? AND {of_the_other}"
        f" AND {may_be_same}",
        (TWIN_PAGES, *map(to_micros, twins_between(new)), *of_project),
    )
    possible = (
        PossibleTwin(seq, said, answer, from_micros(at), bool(by), turn) for seq, said, answer, at, by, turn in rows
    )
    known = twin(new, possible)
    if known is not None and new.page.turn is not None:
        connection.execute("UPDATE pages SET turn = ? WHERE seq = ?", (new.page.turn.id, known))
    return known


def told_before(connection: Connection, new: PageToAdd, by: Origin, besides: Collection[int] = ()) -> int | None:
    """The page by which a hook or an import told a turn that the other one brings; none of those in `besides`."""
    if new.page.turn is None:
        return None
    begun_at = new.page.turn.begun_at
    rows = connection.execute(
        "SELECT seq, user_input, happened_at, meta_data FROM pages"
        " WHERE happened_at BETWEEN ? AND ? AND origin = ? AND turn IS NOT NULL",
        (to_micros(begun_at - RETOLD_WINDOW), to_micros(begun_at + RETOLD_WINDOW), by),
    )
    told = (
        ToldTurn(seq, said, from_micros(at), None if meta_data is None else json.loads(meta_data))
        for seq, said, at, meta_data in rows
        if seq not in besides
    )
    return retold(new, told)


def twin_of_import(connection: Connection, new: PageToAdd) -> int | None:
    """The page by which an agent told a turn that a transcript brings; it is that turn's from now on."""
    if new.page.turn is None:
        return None
    rows = connection.execute(
        "SELECT seq, user_input, agent_response, added_at FROM pages"
        " WHERE happened_at BETWEEN ? AND ? AND origin = 'tool' AND turn IS NULL",
        (to_micros(new.page.turn.begun_at - RETOLD_WINDOW), to_micros(new.page.turn.ended_at + RETOLD_WINDOW)),
    )
    possible = (
        PossibleTwin(seq, said, answer, from_micros(at), by_hook=False, turn=None) for seq, said, answer, at in rows
    )
    known = twin(new, possible)
    if known is not None:
        connection.execute("UPDATE pages SET turn = ? WHERE seq = ?", (new.page.turn.id, known))
    return known


def insert(connection: Connection, new: PageToAdd, outline: bytes) -> tuple[int, int | None]:
    """Insert a page with its words; its seq and the seq before it. It is to be queued in the same transaction.

    Its `outline` (`outlines.packed`) is worked out before, when nobody waits for the lock.
    """
    page = new.page
    happened_at, added_at, meta_data = (
        to_micros(page.happened_at),
        to_micros(new.added_at),
        canonical_json(page.meta_data),
    )
    texts = (page.user_input, page.agent_response)
    of_project = () if page.project is None else (page.project,)
    seal = page_seal(new.id, happened_at, added_at, new.shown, *texts, meta_data, page.assistant_id, *of_project)
    previous = connection.execute("SELECT max(seq) FROM pages WHERE project IS ?", (page.project,)).fetchone()[0]
    seq = connection.execute(
        "INSERT INTO pages (id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data,"
        " assistant_id, project, previous, talk, origin, turn)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        (
            new.id,
            happened_at,
            added_at,
            new.digest + seal,
            new.shown,
            *texts,
            meta_data,
            page.assistant_id,
            page.project,
            previous,
            talks.talk_of(connection, new),
            new.origin,
            None if page.turn is None else page.turn.id,
        ),
    ).fetchone()[0]
    connection.words.put(connection, seq, page.user_input, page.agent_response, new.stems)
    outlines.put(connection, seq, outline)
    talks.note_names(connection, new.names)
    return seq, previous


def queue(connection: Connection, seqs: Sequence[int]) -> None:
    """Queue new pages for embedding and reading, and tell caches of them."""
    rows = [(seq,) for seq in seqs]
    connection.executemany("INSERT INTO unembedded (seq) VALUES (?)", rows)
    connection.executemany("INSERT INTO unread (seq) VALUES (?)", rows)
    changes.append(connection, "page", seqs)


def by_seq(connection: Connection, seqs: Collection[int]) -> dict[int, Page]:
    """Pages by seq."""
    rows = connection.execute(f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq IN {marks(len(seqs))}", [*seqs])
    return {row[0]: page_from_row(row) for row in rows}


def by_id(connection: Connection, ids: Collection[str]) -> dict[str, Page]:
    """Pages by id, as many at once as SQLite takes parameters (999)."""
    rows = connection.execute(f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.id IN {marks(len(ids))}", [*ids])
    return {page.id: page for page in map(page_from_row, rows)}


def existing(connection: Connection, seqs: Collection[int]) -> set[int]:
    """Those of the seqs that are pages still."""
    return {seq for (seq,) in connection.execute(f"SELECT seq FROM pages WHERE seq IN {in_list(seqs)}")}


def ending(connection: Connection, ends: Collection[str], scope: Scope) -> dict[str, tuple[Page, ...]]:
    """Pages by the end of their id; those asked for by the whole of it are looked up, else all ids are read through."""
    found: dict[str, tuple[Page, ...]] = {
        id_: (page,) for id_, page in by_id(connection, ends).items() if scope.sees(page.project)
    }
    is_seen, of_scope = seen(scope)
    for end in ends:
        if end in found:
            continue
        rows = connection.execute(
            f"SELECT id FROM pages WHERE substr(id, length(id) - ?) = ? AND {is_seen} LIMIT 20",
            (len(end) - 1, end, *of_scope),
        ).fetchall()
        if rows:
            pages = by_id(connection, [id_ for (id_,) in rows])
            found[end] = tuple(sorted(pages.values(), key=lambda page: page.seq))
    return found


def newest(
    connection: Connection, count: int, added_by: datetime | None = None, scope: Scope = EVERYTHING
) -> tuple[Page, ...]:
    """The last pages in a scope, oldest first."""
    bound = () if added_by is None else (to_micros(added_by),)
    in_time = "TRUE" if added_by is None else "added_at <= ?"
    # One after the other, for each of which there is an index: a scope may be a few pages among a hundred thousand.
    projects: list[tuple[str, tuple[str | None, ...]]] = (
        [("TRUE", ())] if scope.every else [("project IS ?", (name,)) for name in {None, scope.project}]
    )
    found = {
        row[0]: row
        for is_of, project in projects
        for row in connection.execute(
            f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.seq IN"
            f" (SELECT seq FROM pages WHERE {is_of} AND {in_time} ORDER BY seq DESC LIMIT ?)",
            (*project, *bound, count),
        )
    }
    return tuple(page_from_row(found[seq]) for seq in sorted(found)[-count:])


Queue = Literal["unread", "fresh"]


def queued(connection: Connection, queue: Queue, limit: int) -> tuple[Page, ...]:
    """The oldest pages of a queue."""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} JOIN {queue} q ON q.seq = p.seq ORDER BY q.seq LIMIT ?", (limit,)
    )
    return tuple(page_from_row(row) for row in rows)


def queued_count(connection: Connection, queue: Queue) -> int:
    """How many pages are in a queue."""
    return int(connection.execute(f"SELECT count(*) FROM {queue}").fetchone()[0])


def newest_seq(connection: Connection) -> int:
    """The seq of the newest page, 0 without pages."""
    return connection.execute("SELECT max(seq) FROM pages").fetchone()[0] or 0


def between(connection: Connection, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
    """How many pages happened within a time, and the first `limit` of them."""
    bounds = (to_micros(start), to_micros(end))
    count = connection.execute("SELECT count(*) FROM pages WHERE happened_at BETWEEN ? AND ?", bounds).fetchone()[0]
    rows = connection.execute(
        "SELECT seq FROM pages WHERE happened_at BETWEEN ? AND ? ORDER BY happened_at LIMIT ?",
        (*bounds, limit),
    )
    return count, [seq for (seq,) in rows]


def span_of_time(connection: Connection) -> tuple[datetime, datetime] | None:
    """When the earliest and the latest page happened; None without pages."""
    # Each from its end of the index: asked for together SQLite reads all of it.
    first, last = connection.execute(
        "SELECT (SELECT min(happened_at) FROM pages), (SELECT max(happened_at) FROM pages)"
    ).fetchone()
    return None if first is None else (from_micros(first), from_micros(last))


OUTSIDE_NEWEST = "(SELECT min(seq) FROM (SELECT seq FROM pages ORDER BY seq DESC LIMIT ?) newest)"
"""Pages with a smaller seq left short-term memory of that capacity."""

# By its name: SQLite would rather walk through all pages, 24 ms instead of 0.1 at 100,000, at each step of the worker.
_WITHOUT_SEGMENT = "pages INDEXED BY pages_without_segment"

_LOOKED_THROUGH = 500
"""Of the pages that wait so many of the oldest are looked through for a project with a whole batch."""


def waiting(connection: Connection, *, newest: int, limit: int, scope: Scope, like: int | None) -> tuple[Page, ...]:
    """The oldest pages of one project that left short-term memory and have no segment yet.

    It is that of the page `like`, or the one in the scope with most such pages up to the limit; of several alike the
    one that has waited longest.
    """
    is_seen: str
    of_scope: tuple[str | None, ...]
    is_seen, of_scope = seen(scope)
    if like is not None:
        is_seen, of_scope = "project IS ?", (_project_of(connection, like),)
    rows = connection.execute(
        f"SELECT seq, project FROM {_WITHOUT_SEGMENT} WHERE segment IS NULL AND seq < {OUTSIDE_NEWEST} AND {is_seen}"
        " ORDER BY seq LIMIT ?",
        (newest, *of_scope, max(limit, _LOOKED_THROUGH)),
    )
    by_project: dict[str | None, list[int]] = {}
    for seq, project in rows:
        by_project.setdefault(project, []).append(seq)
    chosen = max(by_project.values(), key=lambda seqs: (min(len(seqs), limit), -seqs[0]), default=[])[:limit]
    found = by_seq(connection, chosen)
    return tuple(found[seq] for seq in chosen)


def _project_of(connection: Connection, seq: int) -> str | None:
    row = connection.execute("SELECT project FROM pages WHERE seq = ?", (seq,)).fetchone()
    return None if row is None else row[0]


def waiting_count(connection: Connection, *, newest: int, scope: Scope) -> int:
    """How many pages in a scope left short-term memory and have no segment yet."""
    is_seen, of_scope = seen(scope)
    row = connection.execute(
        f"SELECT count(*) FROM {_WITHOUT_SEGMENT} WHERE segment IS NULL AND seq < {OUTSIDE_NEWEST} AND {is_seen}",
        (newest, *of_scope),
    ).fetchone()
    return int(row[0])


def with_meta_data(connection: Connection, pairs: Collection[tuple[str, str]]) -> list[int]:
    """The pages whose metadata has these keys with these values, or with lists that hold them, by seq."""
    keys = [canonical_json((key,)) for key, _ in pairs]
    written = " AND ".join(["instr(meta_data, ?) > 0"] * len(keys))  # most pages go without being parsed
    rows = connection.execute(
        f"SELECT seq, meta_data FROM pages WHERE meta_data IS NOT NULL AND {written} ORDER BY seq",
        [str(key)[1:-1] for key in keys],
    )
    return [seq for seq, text in rows if has_meta_data(json.loads(text), pairs)]


def of_segment(connection: Connection, segment: int, *, not_analysed: bool, limit: int) -> tuple[Page, ...]:
    """The oldest pages of a segment."""
    condition = "AND p.analysed = 0" if not_analysed else ""
    rows = connection.execute(
        f"SELECT {PAGE_COLUMNS} FROM {PAGE_TABLES} WHERE p.segment = ? {condition} ORDER BY p.seq LIMIT ?",
        (segment, limit),
    )
    return tuple(page_from_row(row) for row in rows)
