"""What hooks left in the inbox becomes pages: at each opening, before each recall, and soon after it came."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from datetime import datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from memoryos import arguments, timestamps
from memoryos.errors import ExcludedError, InvalidArgumentError, StoreError
from memoryos.models import NewPage
from memoryos.projects import identity
from memoryos.storage.exclusions import Rule

if TYPE_CHECKING:
    from memoryos.models import Scope, Selection
    from memoryos.storage.inbox import Arrival, Inbox, Left
    from memoryos.storage.ports import PageStore

_log = logging.getLogger(__name__)


class Arrivals:
    """Takes in an inbox, each turn once whatever dies between: a page is stored with its turn, then the file goes."""

    def __init__(
        self,
        inbox: Inbox | None,
        store: PageStore,
        assistant_id: str,
        zone: tzinfo | None,
        clock: Callable[[], datetime],
        pool: Executor,
    ) -> None:
        self._inbox = inbox
        self._store = store
        self._assistant_id = assistant_id
        self._zone = zone
        self._clock = clock
        self._pool = pool
        self._lock = threading.Lock()  # guards the taking in, so that threads of one process do not do it twice
        self._beginning = threading.Lock()  # guards what follows
        self._under_way: Future[bool] | None = None
        self._is_ending = False

    def version(self) -> int:
        """Changes when something comes in."""
        return 0 if self._inbox is None else self._inbox.version()

    def take_in(self) -> bool:
        """Add all that waits; whether anything did. Raises `StoreError`: what is left waits on."""
        if self._inbox is None or not self._inbox.names():
            return False
        added = 0
        project_of = cache(_project_of)  # to find one git may have to be asked, and many exchanges are of one folder
        with self._lock:
            for arrival in self._inbox.arrivals():
                if self._is_ending:
                    break
                added += self._add(arrival, project_of)
                self._inbox.remove(arrival.name)
        if added:
            _log.info("%d exchanges of hooks taken in", added)
        return added > 0

    def take_in_within(self, seconds: float) -> bool:
        """The same for somebody who cannot wait for long: for a lock, for git, or for hundreds of exchanges.

        What is not taken in by then comes in all the same; nobody hears of an error.
        """
        if self._inbox is None or not self._inbox.names():
            return False
        with self._beginning:
            if self._is_ending:
                return False
            if self._under_way is None or self._under_way.done():
                self._under_way = self._pool.submit(self._take_in_quietly)
            under_way = self._under_way
        done, _ = wait([under_way], seconds)
        return bool(done) and under_way.result()

    def drop(self, selection: Selection, scope: Scope) -> None:
        """Throw away what hooks left and is to be forgotten: by its words, its time, or all that may be seen."""
        if self._inbox is None or selection.pages or selection.segment is not None:
            return  # those are pages already
        rule = None if selection.about is None else Rule.of(selection.about)
        start, end = selection.start, selection.end
        project_of = cache(_project_of)

        def is_chosen(left: Left) -> bool:
            within = (start is None or left.said_at >= start) and (end is None or left.said_at < end)
            spoken_of = rule is None or any(map(rule.covers, left.texts))
            return within and spoken_of and (scope.every or scope.sees(_project_left(left, project_of)))

        self._inbox.drop(is_chosen)

    def drop_excluded(self, about: str) -> None:
        """Throw away what hooks left and is never to be remembered, by the words of `exclude`."""
        rule = Rule.of(about)
        project_of = cache(_project_of)

        def is_covered(left: Left) -> bool:
            if rule.project is not None:
                return rule.project == _project_left(left, project_of)
            return any(map(rule.covers, left.texts))

        if self._inbox is not None:
            self._inbox.drop(is_covered)

    def end(self) -> None:
        """Return once nothing is under way; nothing begins any more."""
        with self._beginning:
            self._is_ending = True
            under_way = self._under_way
        if under_way is not None:
            wait([under_way])

    def _take_in_quietly(self) -> bool:
        try:
            return self.take_in()
        except StoreError as error:
            _log.warning("what hooks left waits on: %s", error)
            return False

    def _add(self, arrival: Arrival, project_of: Callable[[str], str]) -> bool:
        turn = arrival.turn
        try:
            sides = arguments.page_texts(arrival.user_input, arrival.agent_response)
            meta_data = arguments.meta_data(arrival.meta_data)
            project = arguments.project(arrival.project or project_of(arrival.folder))
            shown = timestamps.written(turn.begun_at, self._zone)
        except (InvalidArgumentError, OverflowError, ValueError) as error:
            why = error.argument if isinstance(error, InvalidArgumentError) else type(error).__name__
            if self._inbox is not None:
                self._inbox.refuse(arrival.name, why)
            return False
        page = NewPage(*sides, turn.begun_at, None, meta_data, self._assistant_id, project=project, turn=turn)
        try:
            return not self._store.add_page(page, timestamp=shown, now=self._clock()).repeated
        except ExcludedError:  # the user wants nothing of it remembered, so nothing of it waits either
            return False


def _project_left(left: Left, project_of: Callable[[str], str]) -> str | None:
    """The project that it belongs to, None where it tells nothing that can be one."""
    try:
        return arguments.project(left.project or project_of(left.folder))
    except (InvalidArgumentError, ValueError):  # a path that the system refuses
        return None


def _project_of(folder: str) -> str:
    """The project of what was said in a folder, "" for none; one that is gone since is a project of its own."""
    if not folder:
        return ""
    if not os.path.isdir(folder):
        return f"folder:{folder}"[-arguments.MAX_PROJECT :]
    return identity(folder) or ""
