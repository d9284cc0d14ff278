"""What the words and dates of a query find: all that can be known of it before its meaning is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Final, Protocol

from memoryos.language.dates import AFTER, BEFORE, Offset, Order, Span, Width, named_dates, order_asked
from memoryos.language.stems import Word, stems
from memoryos.retrieval.query import CountedWords, Query, Term, idf, read_terms, weighed_terms
from memoryos.retrieval.scoring import DateRange

if TYPE_CHECKING:
    from memoryos.models import Page
    from memoryos.retrieval.filtering import Seen


class SearchedStore(CountedWords, Protocol):
    """What finding candidates asks of a store, or of the part of one that is seen."""

    def match_words(self, words: Sequence[Word], limit: int, *, together: bool = False) -> list[int]:
        """As `WordStore`."""

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        """As `PageStore`."""

    def pages_between(self, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
        """As `PageStore`."""

    def span_of_time(self) -> tuple[datetime, datetime] | None:
        """As `PageStore`."""


_SEARCHED_PAGES: Final = 1_000
_SEARCHED_WORDS: Final = 2
"""The rarest words are searched for until the pages they stand in add up to so many, two at least. More frequent ones
match nearly every page and cost as many look-ups; they score the candidates found."""

_APART_PAGES: Final = 5_000
"""If the two rarest words occur in more than 5,000 pages, require both; if no page has both, the rarest alone. Ranking
50,000 pages takes 100 ms."""

_FEW_PAGES: Final = 50
"""Among so many pages the weight of absent words counts half, among many next to nothing. Where pages are few a small
word is as rare as any, and a page that holds "is" and nothing else of a question looks like a match: with the absent
words counted 83 of 100 paraphrased questions in six languages find their fact first, without 75."""

_DATED_PAGES: Final = 300
"""Pages of a date are candidates of their own up to so many; more, and the date only scores."""

_DATE_IDF_POWER: Final = 1.5

_NARROWNESS: Final = {
    Width.HOUR: 1.0,
    Width.PART: 1.0,
    Width.DAY: 0.9,
    Width.WEEKEND: 0.8,
    Width.WEEK: 0.75,
    Width.MONTH: 0.45,
    Width.SEASON: 0.4,
    Width.YEAR: 0.25,
    Width.OPEN: 0.2,
}
"""What a date weighs at least: of the four pages of a small memory no day is rare, and yet it was asked for."""

_OF_NO_YEAR: Final = 0.4
"""And days of no year so much of that: summer is also what people plan for in May."""

_YEAR_BEFORE: Final = 0.9
"""Of days of no year each year counts so much less than the one after it: "in May" means the last one."""

_EVENTS: Final = 3
_NEXT_EVENT: Final = 0.5
"""So many pages may tell of an event that a time is counted from, each so much less likely than the one before."""

_YEARS: Final = 200
"""A date without a year is looked for in so many."""

_DAY: Final = timedelta(days=1)
_FIRST: Final = datetime.min.replace(tzinfo=timezone.utc)
_LAST: Final = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The words of a query, pages by the rare ones, best first, the times that it names, and the pages of those.

    `absent` is the weight of its words that stand in no page, as far as it counts beside those that do. `order` is the
    one it asks for. `is_beside`: it names times of which the memory holds nothing. The memory held so many `pages`
    then, of which those `seen` may be brought, None for all; these are counted then. `of_time` of them lie in or beside
    those times.
    """

    terms: tuple[Term, ...]
    by_words: Sequence[int]
    ranges: Sequence[DateRange]
    dated: frozenset[int]
    pages: int
    order: Order | None = None
    is_beside: bool = False
    absent: float = 0.0
    seen: Seen | None = None
    of_time: int = 0

    @property
    def bearing(self) -> int:
        """So many pages bear on the query at most, by its words or times."""
        return sum(term.pages for term in self.terms) + self.of_time


def find(
    query: Query, store: SearchedStore, pages: int, local: tzinfo | None, limit: int, *, now: datetime
) -> Candidates:
    """What a store of so many `pages` holds for a query asked `now`, at most `limit` of them by words.

    Days are counted in the zone `local`.
    """
    named = named_dates(query.text, now, local)
    by_time = frozenset[str]() if query.is_statement else _words_of_time(query.text, named)
    weighed = weighed_terms(query, store, pages, told_by_time=by_time)
    terms = tuple(term for term in weighed if term.pages)
    ranges = _date_ranges(query, named, store, local, pages)
    of_time, dated = of_dates(ranges, store)
    return Candidates(
        terms=terms,
        by_words=by_words(terms, store, limit),
        ranges=ranges,
        dated=dated,
        of_time=of_time,
        order=order_asked(query.text),
        is_beside=bool(named) and not ranges and all(isinstance(each, Span) for each in named),
        pages=pages,
        absent=_absent(weighed, pages),
    )


def _absent(weighed: Sequence[Term], pages: int) -> float:
    """What the words that stand in no page count in a memory of so many, beside those that stand in some."""
    if not any(term.pages for term in weighed):
        return 0.0
    return sum(term.weight for term in weighed if not term.pages) * _FEW_PAGES / (_FEW_PAGES + pages)


def _words_of_time(text: str, named: Sequence[Span | Offset]) -> frozenset[str]:
    """The stems of what names a time: pages are found by their own time rather than by its words."""
    # Of days of no year people also talk by their name, long before.
    times = (each for each in named if isinstance(each, Offset) or each.yearly is None)
    return frozenset(stem for each in times for stem in stems(text[each.begin : each.stop]))


def by_words(terms: Sequence[Term], store: SearchedStore, limit: int, *, least: int = 0) -> list[int]:
    """The best pages by the rare words, at most `limit`; by all words that `least` pages hold, where that is asked."""
    rare = _rare_words(terms, max(_SEARCHED_PAGES, least))
    words = [term.word for term in rare]
    if sum(term.pages for term in rare) > max(_APART_PAGES, least):
        return store.match_words(words, limit, together=True) or store.match_words(words[:1], limit, together=True)
    return store.match_words(words, limit, together=False)


def of_dates(ranges: Sequence[DateRange], store: SearchedStore, *, least: int = 0) -> tuple[int, frozenset[int]]:
    """How many pages the dates have, and the pages of those that have few, or at most `least`."""
    most = max(_DATED_PAGES, least)
    dated = set[int]()
    of_time = 0
    for span in ranges:
        count, seqs = store.pages_between(*_beside(span.start, span.end), most)
        of_time += count
        if count <= most:
            dated.update(seqs)
    return of_time, frozenset(dated)


def _date_ranges(
    query: Query, named: Sequence[Span | Offset], store: SearchedStore, local: tzinfo | None, pages: int
) -> list[DateRange]:
    """The times that the query's dates name; days of no year in every year that the memory reaches."""
    reach = store.span_of_time() if named else None
    if reach is None:
        return []
    ranges = []
    for each in named:
        for span, share in [(each, 1.0)] if isinstance(each, Span) else _anchored(query, each, store, local, pages):
            for place, bounds in enumerate(_in_reach(span, reach, local)):
                within, _ = store.pages_between(*bounds, 0)
                around, _ = store.pages_between(*_beside(*bounds), 0)
                if around:
                    narrowness = _NARROWNESS[span.width] * (1.0 if span.yearly is None else _OF_NO_YEAR)
                    if query.is_statement:  # who talks names days in passing
                        narrowness = 0.0
                    rarity = max(_rarity(within + (around - within) / 4, pages), narrowness)
                    latest_first = _YEAR_BEFORE**place
                    ranges.append(DateRange(*bounds, span.confidence * share * rarity * latest_first, span.around))
    return ranges


def _anchored(
    query: Query, offset: Offset, store: SearchedStore, local: tzinfo | None, pages: int
) -> Iterator[tuple[Span, float]]:
    """The times so far from the event that a query names, which the pages with its words tell, best first."""
    event = query.text[offset.event_begin : offset.event_stop]
    words = [
        term.word
        for term in _rare_words(read_terms(replace(query, text=event, meaning=event), store, pages), _SEARCHED_PAGES)
    ]
    seqs = store.match_words(words, _EVENTS, together=False)
    events = store.pages(seqs)
    for place, seq in enumerate(seqs):
        happened_at = events[seq].happened_at
        span = offset.anchored(happened_at, happened_at, local)
        if span is not None:
            yield span, _NEXT_EVENT**place


def _in_reach(
    span: Span, reach: tuple[datetime, datetime], local: tzinfo | None
) -> Iterator[tuple[datetime, datetime]]:
    """What a span means in a memory from one time to another, the latest first."""
    if span.yearly is None:
        yield span.start, span.end
        return
    # Seen from a page, the days that it lies beside are as far away the other way round; zones shift them by a day.
    first, last = (moment.year for moment in _widened(*reach, AFTER + _DAY, BEFORE + _DAY))
    years = (span.yearly.in_year(year, local) for year in range(last, max(first, last - _YEARS) - 1, -1))
    yield from (bounds for bounds in years if bounds is not None)


def _beside(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """A time with what lies beside it."""
    return _widened(start, end, BEFORE, AFTER)


def _widened(start: datetime, end: datetime, before: timedelta, after: timedelta) -> tuple[datetime, datetime]:
    """A time with what is before and after it, as far as the calendar goes."""
    return start - min(before, start - _FIRST), end + min(after, _LAST - end)


def _rarity(pages_with: float, pages: int) -> float:
    """Falls from 1 for what one page of many has to next to nothing for what all have."""
    return min(1.0, float((idf(min(pages_with, pages), pages) / math.log(pages + 1)) ** _DATE_IDF_POWER))


def _rare_words(terms: Sequence[Term], most: int) -> list[Term]:
    """The words that tell pages apart."""
    rarest = sorted(terms, key=lambda term: term.pages)
    pages = itertools.accumulate(term.pages for term in rarest)
    return [
        term
        for rank, (term, total) in enumerate(zip(rarest, pages, strict=True))
        if rank < _SEARCHED_WORDS or total <= most
    ]
