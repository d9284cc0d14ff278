"""What words and dates find in a store: which words are searched for, which times a date of a query is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from store_work import NOON, TIMESTAMP, add

from memoryos.language.dates import Order
from memoryos.models import NewPage
from memoryos.retrieval import candidates
from memoryos.retrieval.candidates import Candidates, find
from memoryos.retrieval.hybrid import NOBODY
from memoryos.retrieval.query import read_query
from memoryos.retrieval.scoring import DateRange
from memoryos.storage.ports import Store

UTC = timezone.utc
NOTHING = Candidates((), [], [], frozenset(), 0)
A_MONTH_OF_NO_YEAR = 0.7
"""How sure a month without a year is."""
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def found(store: Store, text: str, *, local: tzinfo = UTC, limit: int = 10) -> Candidates:
    return find(read_query(text, NOBODY), store, store.counts("").pages, local, limit, now=NOW)


def searched(store: Store, text: str) -> list[int]:
    return sorted(found(store, text).by_words)


def counted(store: Store, text: str) -> list[tuple[str, int]]:
    return [(term.word.written, term.pages) for term in found(store, text).terms]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A time in UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


# Words


def test_pages_with_more_of_the_rare_words_come_first_as_many_as_wanted(store: Store) -> None:
    add(store, "tea for two", "leek for Ludmila", "leek soup", "nothing of the kind", "tea, leek and soup for Ludmila")

    assert list(found(store, "leek soup for Ludmila").by_words) == [5, 3, 2]
    assert list(found(store, "leek soup for Ludmila", limit=1).by_words) == [5]


def test_rare_words_are_searched_for_and_frequent_ones_only_score(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "_SEARCHED_PAGES", 4)
    add(store, "leek tea", "potato tea", "soup tea", "soup", "tea")

    # Together leek, potato and soup stand in 4 pages, and with tea in 8.
    assert searched(store, "tea, soup, potato, leek") == [1, 2, 3, 4]
    assert counted(store, "tea, soup, potato, leek") == [("tea", 4), ("soup", 2), ("potato", 1), ("leek", 1)]


def test_two_words_are_searched_for_however_frequent_they_are(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_SEARCHED_PAGES", 1)
    add(store, "tea soup", "tea soup pot", "soup pot", "pot tea", "pot")

    # The two rarest are tea and soup (3 pages each); pot stands in 4.
    assert searched(store, "pot tea soup") == [1, 2, 3, 4]


@pytest.mark.parametrize(("apart", "pages"), [(4, [1, 2, 3]), (3, [2])])
def test_where_even_the_rarest_words_are_frequent_pages_with_both_are_searched_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, apart: int, pages: list[int]
) -> None:
    """Leek and soup stand in two pages each, 4 together, and tea in three."""
    monkeypatch.setattr(candidates, "_SEARCHED_PAGES", 1)
    monkeypatch.setattr(candidates, "_APART_PAGES", apart)
    add(store, "leek", "leek soup", "soup", "green tea", "black tea", "white tea")

    assert searched(store, "tea leek soup") == pages


def test_where_no_page_has_both_of_two_frequent_words_those_with_the_rarer_are_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "_SEARCHED_PAGES", 1)
    monkeypatch.setattr(candidates, "_APART_PAGES", 1)
    add(store, "leek", "soup", "pea soup", "tea")

    assert searched(store, "soup leek") == [1]


@pytest.mark.parametrize("text", ["", "?!", "what is it?", "unheard of"])
def test_a_query_without_a_word_of_the_memory_finds_nothing(store: Store, text: str) -> None:
    add(store, "leek", "potato")

    assert found(store, text) == Candidates((), [], [], frozenset(), store.counts("").pages)


def test_an_empty_memory_finds_nothing(store: Store) -> None:
    assert found(store, "leek soup on 1 March 2026") == replace(NOTHING, is_beside=True)


# Dates


def days(store: Store, *times: datetime) -> None:
    """A page at each time."""
    for number, time in enumerate(times):
        add(store, f"page {number}", now=time)


def spans(ranges: Sequence[DateRange]) -> list[tuple[datetime, datetime]]:
    return [(span.start, span.end) for span in ranges]


def test_pages_of_a_date_are_candidates_and_those_beside_it_too(store: Store) -> None:
    """A day and a half before it and a week after it are beside it."""
    start, end = at(2026, 3, 10), at(2026, 3, 10, 23, 59, 59)
    second = timedelta(seconds=1)
    days(
        store,
        start - timedelta(days=1.5) - second,
        start - timedelta(days=1.5),
        start,
        end,
        end + timedelta(days=7),
        end + timedelta(days=7) + second,
    )

    result = found(store, "What was on 10 March 2026?")

    assert spans(result.ranges) == [(start, end)]
    assert result.dated == {2, 3, 4, 5}
    assert list(result.by_words) == []


def test_a_date_without_a_year_is_that_of_every_year_that_the_memory_reaches(store: Store) -> None:
    days(store, at(2024, 2, 29, 12), at(2025, 7, 1), at(2026, 3, 1, 12))

    assert spans(found(store, "in March?").ranges) == [
        (at(2026, 3, 1), at(2026, 3, 31, 23, 59, 59)),
        (at(2024, 3, 1), at(2024, 3, 31, 23, 59, 59)),  # the page of 29 February is beside it
    ]
    assert found(store, "in March?").dated == {1, 3}
    assert found(store, "on the 29th of February?").dated == {1, 3}  # 1 March is beside the last of February


def test_a_date_at_the_end_of_a_year_is_that_of_the_year_beside_it_too(store: Store) -> None:
    days(store, at(2026, 1, 1, 20))

    assert found(store, "on December 31st?").dated == {1}
    assert found(store, "on December 26th?").dated == {1}
    assert found(store, "on January 2nd?").dated == {1}
    assert found(store, "on December 24th?") == replace(NOTHING, pages=1, is_beside=True)


def test_years_are_counted_in_the_zone_of_the_memory(store: Store) -> None:
    days(store, at(2025, 12, 31, 20))  # five in the morning of the next year in Tokyo

    tokyo = ZoneInfo("Asia/Tokyo")
    start = at(2025, 12, 31, 15)
    assert spans(found(store, "on January 1st?", local=tokyo).ranges)[-1][0] == start


def test_a_date_with_its_year_is_looked_for_in_that_year_only(store: Store) -> None:
    days(store, at(2024, 3, 5), at(2025, 3, 5), at(2026, 3, 5))

    assert found(store, "in March 2025?").dated == {2}
    assert found(store, "in 2024?").dated == {1}
    assert found(store, "in March 1999?") == replace(NOTHING, pages=3, is_beside=True)


def test_pages_from_both_ends_of_the_calendar_are_no_trouble(store: Store) -> None:
    for number, time in enumerate((at(1, 1, 1), at(2026, 5, 10), at(9999, 12, 31))):
        store.add_page(NewPage(f"page {number}", "", time), timestamp=TIMESTAMP, now=NOON)

    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        assert found(store, "on 10 May 2026, or in March?", local=ZoneInfo(zone)).dated == {2}


def test_several_dates_of_a_query_are_looked_for_each(store: Store) -> None:
    days(store, at(2026, 1, 10), at(2026, 3, 10), at(2026, 5, 10), at(2026, 7, 10))

    result = found(store, "on 10 May, in July, or on 2026-01-10?")

    assert spans(result.ranges) == [
        (at(2026, 5, 10), at(2026, 5, 10, 23, 59, 59)),
        (at(2026, 7, 1), at(2026, 7, 31, 23, 59, 59)),
        (at(2026, 1, 10), at(2026, 1, 10, 23, 59, 59)),
    ]
    assert result.dated == {1, 3, 4}


@pytest.mark.parametrize(
    ("zone", "start"),
    [("UTC", at(2026, 3, 10)), ("Asia/Tokyo", at(2026, 3, 9, 15)), ("America/New_York", at(2026, 3, 10, 4))],
)
def test_days_are_counted_in_the_zone_of_the_memory(store: Store, zone: str, start: datetime) -> None:
    days(store, at(2026, 3, 10, 12))

    day = timedelta(days=1) - timedelta(seconds=1)
    assert spans(found(store, "on 10 March?", local=ZoneInfo(zone)).ranges) == [(start, start + day)]


@pytest.mark.parametrize(("limit", "dated"), [(2, set()), (3, {2, 3, 4})])
def test_a_date_of_too_many_pages_brings_none_and_only_scores(
    store: Store, monkeypatch: pytest.MonkeyPatch, limit: int, dated: set[int]
) -> None:
    monkeypatch.setattr(candidates, "_DATED_PAGES", limit)
    days(store, at(2026, 1, 1), at(2026, 3, 10), at(2026, 3, 11), at(2026, 3, 12))

    result = found(store, "on 10 March?")

    assert spans(result.ranges) == [(at(2026, 3, 10), at(2026, 3, 10, 23, 59, 59))]
    assert result.dated == dated


def test_the_fewer_pages_a_date_has_the_more_it_weighs(store: Store) -> None:
    """A page beside the date counts a quarter of one within it: March has 1 of 10 pages, May 2 and one beside."""
    days(store, at(2026, 3, 15), at(2026, 5, 10), at(2026, 5, 11), at(2026, 6, 1), *[at(2026, 8, 1)] * 6)

    march, may, august = (found(store, f"in {month}?").ranges[0].weight for month in ("March", "May", "August"))

    # log((10 + 1) / (pages + 0.5)) / log(10 + 1), to the power of 1.5
    assert march == pytest.approx(A_MONTH_OF_NO_YEAR * (math.log(11 / 1.5) / math.log(11)) ** 1.5)
    assert may == pytest.approx(A_MONTH_OF_NO_YEAR * (math.log(11 / 2.75) / math.log(11)) ** 1.5)
    assert august == pytest.approx(A_MONTH_OF_NO_YEAR * 0.45 * 0.4)  # no less, however many pages


@pytest.mark.parametrize(
    ("query", "weight"),
    [
        ("on 10 March 2026?", 0.9),
        ("in March 2026?", 0.45),
        ("in 2026?", 0.9 * 0.25),
        ("in March?", A_MONTH_OF_NO_YEAR * 0.18),
    ],
)
def test_a_date_of_all_pages_weighs_by_how_narrow_it_is(store: Store, query: str, weight: float) -> None:
    days(store, *[at(2026, 3, 10)] * 40)

    (span,) = found(store, query).ranges
    assert span.weight == pytest.approx(weight)


def test_of_days_of_no_year_the_latest_weigh_most(store: Store) -> None:
    days(store, at(2024, 3, 10), at(2025, 3, 10), at(2026, 3, 10))

    weights = [span.weight for span in found(store, "in March?").ranges]

    assert [weight / weights[0] for weight in weights] == pytest.approx([1, 0.9, 0.81])


def test_a_time_is_counted_from_the_event_that_the_query_names(store: Store) -> None:
    add(store, "Our wedding was lovely", now=at(2026, 5, 9))
    add(store, "Tea is ready", now=at(2026, 2, 10))

    ranges = found(store, "What did I plan three months before the wedding?").ranges

    assert [span.start <= at(2026, 2, 10) <= span.end for span in ranges] == [True]


def test_words_that_name_a_day_count_little_those_of_no_year_whole(store: Store) -> None:
    add(store, "leek yesterday summer", "tea", "soup")

    weights = {term.word.written: term.weight for term in found(store, "leek yesterday, leek in summer").terms}

    assert weights["yesterday"] / weights["leek"] == pytest.approx(0.2)
    assert weights["summer"] == weights["leek"]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("When did I first ski?", Order.FIRST),
        ("What was the last book I read?", Order.LATEST),
        ("How long since I skied?", Order.HOW_LONG_SINCE),
        ("Where do I ski?", None),
    ],
)
def test_a_query_may_ask_for_the_first_or_the_latest(store: Store, query: str, order: Order | None) -> None:
    assert found(store, query).order == order


def share_of_absent(store: Store, text: str) -> float:
    """What the absent words count beside those that the memory holds."""
    candidates = found(store, text)
    return candidates.absent / sum(term.weight for term in candidates.terms)


def test_words_that_stand_in_no_page_count_in_a_memory_of_few(store: Store) -> None:
    add(store, "The dentist is on Monday.")

    assert found(store, "When is the dentist?").absent == 0.0
    assert found(store, "When is the wedding?").absent == 0.0
    assert share_of_absent(store, "When is the wedding with the dentist?") > 1.0
    add(store, *(f"It rained on day {number}." for number in range(200)))
    assert 0.0 < share_of_absent(store, "When is the wedding with the dentist?") < 0.3
