"""Small work around the tiers: visits are counted, the store is maintained, what is due after opening is done."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from memoryos.errors import StoreError

if TYPE_CHECKING:
    from memoryos.storage.ports import Store

_log = logging.getLogger(__name__)

UPKEEP_SECONDS: Final = 600.0
"""The log of changes may grow for so long before it is trimmed."""

FIRST_UPKEEP_SECONDS: Final = 60.0
"""After opening, so that it also happens where no server ever lives for long."""

COUNTED_PAGES: Final = 10_000
"""At a time: 5 to 9 ms, and what the disk takes to bring what nobody has read yet; 0.5 to 0.9 s of CPU at 1,000,000."""

RENEWED_PAGES: Final = 100
"""In one transaction: 50 ms, in which no page can be added."""


class Visits:
    """Visits of segments since the last flush: hints, kept in memory because reading does not write."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()  # guards _counts
        self._counts: Counter[int] = Counter()

    def add(self, segments: Mapping[int, int]) -> None:
        """Count visits."""
        with self._lock:
            self._counts.update(segments)

    def flush(self) -> bool:
        """Commit what was counted; False when there was nothing."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return False
        self._store.add_visits(counts, now=self._clock())
        return True

    def save(self) -> None:
        """Commit what was counted, if the store lets it: a memory that cannot be written is closed without."""
        try:
            self.flush()
        except StoreError as error:
            _log.warning("the last visits of segments are not counted: %s", error)


class Upkeep:
    """Maintenance of the store, now and then."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._next = monotonic() + FIRST_UPKEEP_SECONDS

    def run(self) -> bool:
        """Tend its log, and maintain the store if it is time to; never says that there is more to do.

        Raises `StoreBusyError` while what was forgotten cannot be overwritten: it is tried again within a minute.
        """
        if self._monotonic() >= self._next:
            self._next = self._monotonic() + UPKEEP_SECONDS
            self._store.maintain(now=self._clock())
        self._store.tend_log()
        return False


class Once:
    """What is done to some pages at a time, until nothing is left of it, once after a memory was opened."""

    def __init__(self, some: Callable[[], bool]) -> None:
        self._some = some
        self._done = False

    def run(self) -> bool:
        """Do some of it; False when nothing is left."""
        self._done = self._done or not self._some()
        return not self._done
