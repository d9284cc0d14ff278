"""When waiting pages are enough to think about: soon where that is free, in good measure where it is a model's call."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from memoryos.models import Page

MODEL_LEAST_PAGES: Final = 5
MODEL_IDLE_FACTOR: Final = 60
"""A model is called for whole batches, and to analyse no fewer pages, until the talk has rested so many times as long
as others wait: 1/10 and at most 1/5 of a call a page, and two calls more for what a rest finds left over."""


class Waiters:
    """Somebody waits for the work, as many at a time as are within it; true while there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards _waiting
        self._waiting = 0

    def __enter__(self) -> None:
        with self._lock:
            self._waiting += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._waiting -= 1

    def __bool__(self) -> bool:
        return self._waiting > 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to wait for a full batch of pages; with 0 `idle_seconds` not at all."""

    batch: int
    idle_seconds: float
    asks_model: bool

    def is_batch_due(self, waiting: Sequence[Page], newest: Page, *, now: datetime) -> bool:
        """Whether to consolidate the `waiting` pages, `newest` being the newest of all."""
        if len(waiting) >= self.batch:
            return True
        if not waiting:
            return False
        return self._has_rested(newest, now) if self.asks_model else _has_waited(waiting[0], self.idle_seconds, now)

    def is_enough(self, pages: int, newest: Page, *, now: datetime) -> bool:
        """Whether to analyse so many pages, `newest` being the newest of all."""
        return not self.asks_model or pages >= MODEL_LEAST_PAGES or self._has_rested(newest, now)

    def _has_rested(self, newest: Page, now: datetime) -> bool:
        # Not the age of what waits: in a slow talk a page is old when short-term memory lets go of it.
        return _has_waited(newest, self.idle_seconds * MODEL_IDLE_FACTOR, now)


def _has_waited(page: Page, seconds: float, now: datetime) -> bool:
    """Whether the page was added so long ago, or while the clock was ahead: nobody waits for that time to come."""
    return not 0 <= (now - page.added_at).total_seconds() < seconds
