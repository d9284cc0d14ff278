"""Pages that come from elsewhere, each taken in once however often it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ulid import ULID

from memoryos.models import IncomingPage, Turn
from memoryos.storage.adding import PageToAdd, canonical_json, page_to_add
from memoryos.storage.exclusions import Exclusions
from memoryos.storage.seals import content_digest
from memoryos.storage.tables import outlines, pages, steering
from memoryos.storage.tables.connection import Connection, Database
from memoryos.storage.tables.rows import marks


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page that comes, and how it would be added; None where it was there when it was prepared."""

    incoming: IncomingPage
    to_add: PageToAdd | None
    outline: bytes = b""


class Intake:
    """One import into a database: the pages of a file, in its order.

    A page that brings an id is there already if one of that id is. One without is compared by content, and equal
    exchanges of a talk stay apart: of the third that comes there have to be three. So an import that was cut short is
    completed by the same one from its beginning. A client's turn is there if its hook or its agent brought it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = _HeldContents()
        self._came: Counter[tuple[bytes, str | None, str | None]] = Counter()
        self._told_by_hooks: set[int] = set()
        self.differing: list[str] = []
        """Ids that came and are there with other content, which stays."""
        self.excluded = 0
        """How many pages were passed over because they speak of what the user wishes never to be remembered."""

    def prepared(self, incoming: Sequence[IncomingPage]) -> list[PreparedPage]:
        """At most 999 pages with what is derived from their texts, which takes longer than writing it; nothing is
        locked meanwhile. Of a page whose id is there nothing is derived.
        """
        with self._database.read() as connection:
            known = _known_ids(connection, [page.id for page in incoming if page.id is not None])
        return [PreparedPage(page, None) if page.id in known else _prepared(page) for page in incoming]

    def add(self, incoming: Sequence[IncomingPage]) -> int:
        """Add those of at most 999 pages that are not there yet, on disk when this returns; how many.

        Raises `StoreError` with none of them added; they cannot be offered again then.
        """
        return self.add_prepared(self.prepared(incoming))

    def add_prepared(self, prepared: Sequence[PreparedPage], *, durable: bool = True) -> int:
        """As `add`, for pages that are prepared; unless `durable`, they are on disk with the next that are."""
        incoming = [page.incoming for page in prepared]
        without_id = any(page.id is None for page in incoming)
        if without_id:  # most of it before a server's own pages have to wait
            with self._database.read() as connection:
                self._held.catch_up(connection)
        with self._database.write(durable=durable) as connection:
            if without_id:
                self._held.catch_up(connection)
            known = _known_ids(connection, [page.id for page in incoming if page.id is not None])
            self.differing += [page.id for page in incoming if page.id in known and not _is_same(page, known[page.id])]
            turns = _known_turns(connection, [page.page.turn for page in incoming if page.page.turn is not None])
            added: list[int] = []
            exclusions = Exclusions.of(steering.exclusions(connection))
            for ready in prepared:
                page = ready.incoming
                if self._is_held(page, known):
                    continue
                if exclusions.within(page.page.project).cover((page.page.user_input, page.page.agent_response)):
                    self.excluded += 1
                    continue
                if ready.to_add is None:  # it was there, and has been deleted since
                    ready = _prepared(page)
                new = ready.to_add
                if new is None or self._is_told(connection, new, turns):
                    continue
                seq, _ = pages.insert(connection, new, ready.outline)
                added.append(seq)
                known[new.id] = (b"", "", None)
            pages.queue(connection, added)
        return len(added)

    def _is_told(self, connection: Connection, new: PageToAdd, turns: set[str]) -> bool:
        """Whether a hook or the agent brought this turn of a client; `turns` are those known by their ids."""
        turn = new.page.turn
        if turn is None:
            return False
        if not turns.isdisjoint((turn.id, *turn.other_ids)):
            return True
        turns.add(turn.id)
        known = pages.told_before(connection, new, "hook", self._told_by_hooks)
        if known is not None:
            self._told_by_hooks.add(known)
        return known is not None or pages.twin_of_import(connection, new) is not None

    def _is_held(self, incoming: IncomingPage, known: Collection[str]) -> bool:
        if incoming.id is not None:
            return incoming.id in known
        digest, timestamp = _digest(incoming, incoming.page.timestamp), incoming.page.timestamp
        project = incoming.page.project
        self._came[digest, timestamp, project] += 1
        held = self._held.given(digest, project)
        if timestamp is not None:  # it may have come without, and have the time of its arrival since
            held += self._held.shown(_digest(incoming, None), timestamp, project)
        return held >= self._came[digest, timestamp, project]


class _HeldContents:
    """How often a database holds each content in each project."""

    def __init__(self) -> None:
        self._newest = 0
        self._given: Counter[tuple[bytes, str | None]] = Counter()
        self._shown: Counter[tuple[bytes, str, str | None]] = Counter()

    def catch_up(self, connection: Connection) -> None:
        """Count the pages that came since the last time."""
        rows = connection.execute(
            f"SELECT seq, {pages.CONTENT_DIGEST}, timestamp, project FROM pages WHERE seq > ? ORDER BY seq",
            (self._newest,),
        )
        for seq, digest, timestamp, project in rows:
            self._newest = seq
            self._given[digest, project] += 1
            self._shown[digest, timestamp, project] += 1

    def given(self, digest: bytes, project: str | None) -> int:
        """How many pages of a project have this digest."""
        return self._given[digest, project]

    def shown(self, digest: bytes, timestamp: str, project: str | None) -> int:
        """How many pages of a project have this digest and are shown with this timestamp."""
        return self._shown[digest, timestamp, project]


_Content = tuple[bytes, str, str | None]
"""The digest of a stored page, the timestamp it is shown with, and its project."""


def _known_ids(connection: Connection, ids: Sequence[str]) -> dict[str, _Content]:
    """What is stored under these ids."""
    rows = connection.execute(
        f"SELECT id, {pages.CONTENT_DIGEST}, timestamp, project FROM pages WHERE id IN {marks(len(ids))}", ids
    )
    return {id_: (digest, timestamp, project) for id_, digest, timestamp, project in rows}


def _known_turns(connection: Connection, turns: Sequence[Turn]) -> set[str]:
    """Those ids of these turns that are stored."""
    ids = [id_ for turn in turns for id_ in (turn.id, *turn.other_ids)]
    return {id_ for (id_,) in connection.execute(f"SELECT turn FROM pages WHERE turn IN {marks(len(ids))}", ids)}


def _is_same(incoming: IncomingPage, stored: _Content) -> bool:
    """Whether a page says what is stored; its timestamp may have been given, or be that of the arrival."""
    digest, timestamp, project = stored
    if project != incoming.page.project:
        return False
    return timestamp == incoming.shown and digest in (_digest(incoming, timestamp), _digest(incoming, None))


def _prepared(incoming: IncomingPage) -> PreparedPage:
    new = _to_add(incoming)
    return PreparedPage(incoming, new, outlines.packed(new.stems))


def _to_add(incoming: IncomingPage) -> PageToAdd:
    id_ = incoming.id or str(ULID())
    return page_to_add(incoming.page, id_=id_, shown=incoming.shown, added_at=incoming.added_at, origin="import")


def _digest(incoming: IncomingPage, timestamp: str | None) -> bytes:
    page = incoming.page
    return content_digest(page.user_input, page.agent_response, timestamp, canonical_json(page.meta_data))
