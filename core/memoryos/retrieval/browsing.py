"""The memory as a person leafs through it: what is stored, a bit at a time, without ranking and without writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, Protocol

from memoryos import arguments
from memoryos.storage.ports import BrowsingStore, PageStore

if TYPE_CHECKING:
    from memoryos.models import Knowledge, Page, Scope, Segment
    from memoryos.tiers.long_term import LongTermMemory
    from memoryos.tiers.mid_term import MidTermMemory

MAX_LISTED: Final = 200


class LeafedStore(BrowsingStore, PageStore, Protocol):
    """What leafing reads."""


@dataclass(frozen=True, slots=True)
class PageList:
    """Pages newest first; `cursor` continues behind the last one, None where that was the oldest."""

    pages: tuple[Page, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class PageAround:
    """A page with those before and after it, oldest first, and all facts that stand on it."""

    page: Page
    before: tuple[Page, ...]
    after: tuple[Page, ...]
    facts: tuple[Knowledge, ...]


@dataclass(frozen=True, slots=True)
class TopicHeat:
    """A segment with the three parts of its heat as they are weighed, and their sum."""

    segment: Segment
    visits: float
    length: float
    recency: float

    @property
    def heat(self) -> float:
        """By which the segment is read for traits once it passes the threshold."""
        return self.visits + self.length + self.recency


@dataclass(frozen=True, slots=True)
class Browsing:
    """Reads of what is in a scope of a memory; days are those of its time zone. Each method may raise `StoreError`."""

    store: LeafedStore
    mid_term: MidTermMemory
    long_term: LongTermMemory
    zone: tzinfo | None
    scope: Scope

    def pages(self, limit: int, *, cursor: str | None = None, segment: int | None = None) -> PageList:
        """Pages newest first, of all or of a segment. Raises `InvalidArgumentError` for a cursor that is none."""
        before = None if cursor is None else arguments.cursor(cursor)
        found = self.store.pages_before(before, limit + 1, self.scope, segment=segment)
        return PageList(found[:limit], str(found[limit - 1].seq) if len(found) > limit else None)

    def pages_about(self, about: str, limit: int, offset: int = 0) -> tuple[Page, ...]:
        """The pages with a sentence that holds all of these words, newest first, the first `offset` passed over."""
        return self.store.pages_about(about, limit, offset, self.scope)

    def page(self, id_: str, *, around: int = 3) -> PageAround | None:
        """A page by its id or the end of it, with so many before and after it; None where there is none."""
        end = id_.strip().upper()
        found = self.store.pages_ending([end]).get(end, ())
        if len(found) != 1 or not self.scope.sees(found[0].project):
            return None
        (page,) = found
        return PageAround(
            page=page,
            before=self.store.pages_before(page.seq, around, self.scope)[::-1],
            after=self.store.pages_after(page.seq, around, self.scope),
            facts=self.store.facts_on(page.seq),
        )

    def span(self) -> tuple[date, date] | None:
        """The days of the earliest and of the latest page; None without pages."""
        span = self.store.span_of_time()
        return None if span is None else (span[0].astimezone(self.zone).date(), span[1].astimezone(self.zone).date())

    def days(self, first: date, last: date) -> tuple[tuple[date, int], ...]:
        """How many pages each day from the first to the last one holds."""
        every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        bounds = [self._begins(day) for day in (*every, last + timedelta(days=1))]
        counts = self.store.counts_between(bounds, self.scope)
        return tuple(zip(every, counts, strict=True))

    def counts(self, days: Sequence[date]) -> tuple[int, ...]:
        """How many pages lie from each of these days until before the next one."""
        return self.store.counts_between([self._begins(day) for day in days], self.scope)

    def pages_of_day(self, day: date, limit: int, offset: int = 0) -> tuple[Page, ...]:
        """The pages of a day in their order, the first `offset` passed over."""
        start, end = self._begins(day), self._begins(day + timedelta(days=1))
        return self.store.pages_of_time(start, end, limit, offset, self.scope)

    def pages_between(self, start: datetime, end: datetime, limit: int, offset: int = 0) -> tuple[Page, ...]:
        """The pages that happened from `start` until before `end`, in their order, the first `offset` passed over."""
        return self.store.pages_of_time(start, end, limit, offset, self.scope)

    def topic(self, segment: int) -> Segment | None:
        """A segment by its number; None where there is no active one."""
        found = self.mid_term.store.segments_of([segment])
        return next((each for each in found if self.scope.sees(each.project)), None)

    def topics(self, limit: int, offset: int = 0, *, now: datetime) -> tuple[TopicHeat, ...]:
        """The segments by heat, the hottest first, the first `offset` passed over."""
        heat, visits = self.mid_term.heat, self.mid_term.store.segment_visits(self.scope, most=offset + limit)
        # As the store orders those of equal visits, or a list that is gone through in parts would repeat some.
        by_heat = sorted(visits, key=lambda each: (-heat(each, now), -each.last_visit_at.timestamp(), each.id))
        chosen = [each.id for each in by_heat[offset : offset + limit]]
        segments = {segment.id: segment for segment in self.mid_term.store.segments_of(chosen)}
        # One may have been forgotten in between.
        return tuple(self.heat(segments[id_], now) for id_ in chosen if id_ in segments)

    def heat(self, segment: Segment, at: datetime) -> TopicHeat:
        """How hot a segment is, or was, or will be with no further visit, at a time since it was last visited."""
        heat = self.mid_term.heat
        return TopicHeat(
            segment,
            heat.alpha * segment.n_visit,
            heat.beta * segment.l_interaction,
            heat.gamma * heat.recency(segment.last_visit_at, at),
        )

    def facts(self) -> tuple[Knowledge, ...]:
        """What is known of the user and of the assistant: doubtful facts first, then pinned ones, then the newest."""
        known = (
            *self.long_term.user_knowledge(),
            *self.long_term.doubtful_knowledge(),
            *self.long_term.assistant_knowledge(),
        )
        newest = sorted(known, key=lambda fact: fact.happened_at, reverse=True)
        return tuple(sorted(newest, key=lambda fact: (fact.state != "doubtful", not fact.pinned)))

    def old_facts(self, limit: int, offset: int = 0) -> tuple[Knowledge, ...]:
        """Facts that hold no more: replaced, taken back, or put away; newest first, the first `offset` passed over."""
        return self.store.old_facts(limit, offset, self.scope)

    def fact(self, id_: str) -> Knowledge | None:
        """A fact by its id, also one that was taken back; None where there is none."""
        found = self.store.fact(id_.strip().upper())
        return found if found is not None and self.scope.sees(found.project) else None

    def history(self, id_: str) -> tuple[Knowledge, ...]:
        """A fact with all that it took the place of, and all that took its place, oldest first."""
        return tuple(fact for fact in self.store.history_of(id_.strip().upper()) if self.scope.sees(fact.project))

    def _begins(self, day: date) -> datetime:
        """The first moment of a day in the memory's zone."""
        midnight = datetime.combine(day, time())
        return midnight.replace(tzinfo=self.zone) if self.zone is not None else midnight.astimezone()
