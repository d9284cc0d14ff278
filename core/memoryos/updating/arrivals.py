"""What hooks left in the inbox becomes pages: at each opening, before each recall, and soon after it came."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from memoryos import arguments, timestamps
from memoryos.errors import ExcludedError, InvalidArgumentError
from memoryos.models import NewPage
from memoryos.projects import identity

if TYPE_CHECKING:
    from memoryos.storage.inbox import Arrival, Inbox
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
    ) -> None:
        self._inbox = inbox
        self._store = store
        self._assistant_id = assistant_id
        self._zone = zone
        self._clock = clock
        self._lock = threading.Lock()  # guards the taking in, so that threads of one process do not do it twice

    def version(self) -> int:
        """Changes when something comes in."""
        return 0 if self._inbox is None else self._inbox.version()

    def take_in(self) -> bool:
        """Add all that waits; whether anything did. Raises `StoreError`: what is left waits on."""
        if self._inbox is None or not self._inbox.names():
            return False
        added = 0
        with self._lock:
            for arrival in self._inbox.arrivals():
                added += self._add(arrival)
                self._inbox.remove(arrival.name)
        if added:
            _log.info("%d exchanges of hooks taken in", added)
        return added > 0

    def _add(self, arrival: Arrival) -> bool:
        turn = arrival.turn
        try:
            sides = arguments.page_texts(arrival.user_input, arrival.agent_response)
            meta_data = arguments.meta_data(arrival.meta_data)
            project = arguments.project(_project_of(arrival.folder))
        except InvalidArgumentError as error:
            if self._inbox is not None:
                self._inbox.refuse(arrival.name, error.argument)
            return False
        shown = timestamps.written(turn.begun_at, self._zone)
        page = NewPage(*sides, turn.begun_at, None, meta_data, self._assistant_id, project=project, turn=turn)
        try:
            return not self._store.add_page(page, timestamp=shown, now=self._clock()).repeated
        except ExcludedError:  # the user wants nothing of it remembered, so nothing of it waits either
            return False


@lru_cache(maxsize=256)
def _project_of(folder: str) -> str:
    """The project of what was said in a folder, "" for none; one that is gone since is a project of its own."""
    if not folder:
        return ""
    if not os.path.isdir(folder):
        return f"folder:{folder}"[-arguments.MAX_PROJECT :]
    return identity(folder) or ""
