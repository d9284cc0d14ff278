"""Short-term memory: the newest pages, first in first out (paper, section 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from memoryos.models import EVERYTHING
from memoryos.storage.ports import PageStore, TopicStore

if TYPE_CHECKING:
    from datetime import datetime

    from memoryos.models import Page, Scope


class QueueStore(PageStore, TopicStore, Protocol):
    """What short-term memory reads: the newest pages, and those that left it and have no topic yet."""


@dataclass(frozen=True, slots=True)
class ShortTermMemory:
    """The last `capacity` pages by arrival; older ones without a segment are waiting for mid-term memory.

    The tier is a view of the stored pages: a page leaves it by the next one's arrival, and nothing moves.
    """

    store: QueueStore
    capacity: int

    def pages(self, as_of: datetime | None = None, scope: Scope = EVERYTHING) -> tuple[Page, ...]:
        """The queue, now or as it was at a time, oldest first; of a scope its own newest pages."""
        return self.store.newest_pages(self.capacity, added_by=as_of, scope=scope)

    def waiting(self, limit: int, scope: Scope = EVERYTHING, like: int | None = None) -> tuple[Page, ...]:
        """The oldest pages of one project that left the queue and are not in mid-term memory yet.

        It is the project of the page `like`, or the one in the scope that has most of them.
        """
        return self.store.waiting_pages(newest=self.capacity, limit=limit, scope=scope, like=like)

    def waiting_count(self, scope: Scope = EVERYTHING) -> int:
        """How many pages left the queue and are not in mid-term memory yet."""
        return self.store.waiting_count(newest=self.capacity, scope=scope)
