"""What every store does with pages and with itself; another backend is one more entry of `backends.BACKENDS`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_work import (
    NOON,
    TIMESTAMP,
    OpenSearchStore,
    SearchableStore,
    add,
    words,
)

from memoryos.errors import StoreDamagedError, StoreError
from memoryos.models import NewPage, Page
from memoryos.storage.tables.store import TableStore


@pytest.fixture
def open_store(open_search_store: OpenSearchStore) -> OpenSearchStore:
    """These tests are for every store that can be searched."""
    return open_search_store


@pytest.fixture
def store(search_store: SearchableStore) -> SearchableStore:
    """A new one with an embedder of two dimensions."""
    return search_store


def test_a_page_is_answered_as_it_is_stored(open_store: OpenSearchStore) -> None:
    store = open_store()
    new = NewPage(
        "I moved to Bern",
        "How is it?",
        NOON - timedelta(days=3),
        "2026-02-26 13:00:00",
        {"channel": "mail", "n": [1]},
        "helper",
    )

    added = store.add_page(new, timestamp="2026-02-26 13:00:00", now=NOON)

    assert added.page == Page(
        seq=1,
        id=added.page.id,
        user_input="I moved to Bern",
        agent_response="How is it?",
        timestamp="2026-02-26 13:00:00",
        happened_at=NOON - timedelta(days=3),
        added_at=NOON,
        meta_data={"channel": "mail", "n": [1]},
        assistant_id="helper",
    )
    assert not added.repeated
    assert open_store().pages([1]) == {1: added.page}


def test_pages_keep_the_order_of_their_arrival_whatever_their_times(store: SearchableStore) -> None:
    times = [NOON, NOON - timedelta(days=400), NOON + timedelta(days=400)]
    pages = [
        store.add_page(NewPage(f"page {number}", "", time), timestamp=TIMESTAMP, now=NOON).page
        for number, time in enumerate(times)
    ]

    assert [(page.seq, page.previous) for page in pages] == [(1, None), (2, 1), (3, 2)]
    assert store.newest_pages(10) == tuple(pages)
    assert store.newest_pages(2) == (pages[1], pages[2])
    assert store.pages([3, 1, 99]) == {1: pages[0], 3: pages[2]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.text(st.characters(codec="utf-8"), max_size=50),
    st.text(st.characters(codec="utf-8"), max_size=50),
    st.none() | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.integers() | st.booleans()),
)
def test_any_text_comes_back_as_it_was_given(
    store: SearchableStore, user_input: str, agent_response: str, meta_data: dict[str, object] | None
) -> None:
    page = store.add_page(
        NewPage(user_input, agent_response, NOON, None, meta_data), timestamp=TIMESTAMP, now=NOON
    ).page

    assert store.pages([page.seq]) == {page.seq: page}
    assert (page.user_input, page.agent_response, page.meta_data) == (user_input, agent_response, meta_data)


def test_times_keep_their_microseconds_before_and_after_1970(store: SearchableStore) -> None:
    times = [datetime(1890, 1, 1, microsecond=1, tzinfo=timezone.utc), NOON.replace(microsecond=999_999)]
    for number, time in enumerate(times):
        store.add_page(NewPage(f"page {number}", "", time), timestamp=TIMESTAMP, now=NOON)

    assert [page.happened_at for page in store.newest_pages(2)] == times


def test_pages_are_found_by_their_ids(store: SearchableStore) -> None:
    first, _, third = add(store, "one", "two", "three")

    assert store.pages_by_id([third.id, "no id", first.id]) == {first.id: first, third.id: third}
    assert store.pages_by_id([]) == {}


@pytest.mark.parametrize(("minutes", "is_repeat"), [(-10, True), (-11, False)])
def test_a_page_that_comes_again_after_the_clock_was_set_back_is_a_new_one_after_ten_minutes(
    store: SearchableStore, minutes: int, is_repeat: bool
) -> None:
    new = NewPage("hi", "hello", NOON, "2026-03-01 13:00:00")
    store.add_page(new, timestamp=TIMESTAMP, now=NOON)

    assert store.add_page(new, timestamp=TIMESTAMP, now=NOON + timedelta(minutes=minutes)).repeated is is_repeat


def test_a_page_sent_again_is_the_same_page(store: SearchableStore) -> None:
    new = NewPage("hi", "hello", NOON, "2026-03-01 13:00:00", {"a": 1, "b": 2})
    first = store.add_page(new, timestamp=TIMESTAMP, now=NOON)
    again = replace(new, happened_at=NOON + timedelta(seconds=1), meta_data={"b": 2, "a": 1})

    repeated = store.add_page(again, timestamp=TIMESTAMP, now=NOON + timedelta(minutes=10))

    assert (repeated.page, repeated.repeated) == (first.page, True)
    assert store.newest_pages(10) == (first.page,)
    assert store.unembedded_count("two/1") == 1


@pytest.mark.parametrize(
    "other",
    [
        NewPage("hi!", "hello", NOON, "2026-03-01 13:00:00", {"a": 1}),
        NewPage("hi", "hello!", NOON, "2026-03-01 13:00:00", {"a": 1}),
        NewPage("hihello", "", NOON, "2026-03-01 13:00:00", {"a": 1}),
        NewPage("hi", "hello", NOON, None, {"a": 1}),
        NewPage("hi", "hello", NOON, "2026-03-01 13:00:00", {"a": 2}),
        NewPage("hi", "hello", NOON, "2026-03-01 13:00:00", None),
    ],
)
def test_a_page_that_differs_in_anything_given_is_another_page(store: SearchableStore, other: NewPage) -> None:
    store.add_page(NewPage("hi", "hello", NOON, "2026-03-01 13:00:00", {"a": 1}), timestamp=TIMESTAMP, now=NOON)

    added = store.add_page(other, timestamp=TIMESTAMP, now=NOON)

    assert (added.page.seq, added.repeated) == (2, False)


def test_the_same_words_said_again_later_are_another_page(store: SearchableStore) -> None:
    add(store, "good morning")

    assert [page.seq for page in add(store, "good morning", now=NOON + timedelta(minutes=10, seconds=1))] == [2]


def test_a_page_sent_again_is_the_same_one_however_many_others_added_in_between(store: SearchableStore) -> None:
    """Eight busy processes added more than twenty before a killed one's client asked once more: it was there twice."""
    add(store, "good morning", *(f"page {number}" for number in range(40)))

    assert [page.seq for page in add(store, "good morning")] == [1]


def test_of_several_equal_pages_the_newest_is_the_one_sent_again(store: SearchableStore) -> None:
    for minutes in (0, 11):
        add(store, "good morning", now=NOON + timedelta(minutes=minutes))

    assert [page.seq for page in add(store, "good morning", now=NOON + timedelta(minutes=10))] == [2]


def test_pages_added_by_many_threads_form_one_line(store: SearchableStore) -> None:
    ready = threading.Barrier(8)

    def add_some(name: int) -> None:
        ready.wait(timeout=30)
        add(store, *(f"{name}/{number}" for number in range(10)))

    threads = [threading.Thread(target=add_some, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    pages = store.newest_pages(1_000)
    assert [(page.seq, page.previous) for page in pages] == [(seq, seq - 1 or None) for seq in range(1, 81)]
    assert sorted(page.user_input for page in pages) == sorted(f"{n}/{m}" for n in range(8) for m in range(10))


@pytest.mark.parametrize(
    "altered",
    [
        "user_input = 'I live in Baar'",
        "agent_response = agent_response || '!'",
        "timestamp = '2026-03-02 12:00:00'",
        "happened_at = happened_at + 1",
        'meta_data = \'{"kind": "letter"\'',
        "project = 'boat'",
    ],
)
def test_a_page_that_is_not_as_it_was_stored_is_named_and_not_shown(store: SearchableStore, altered: str) -> None:
    """An altered text would be taken for what was said, and nothing else tells: SQLite has no check sums."""
    first, second, third = add(store, "I live in Bern", "I have a cat", "Tea is ready")
    assert isinstance(store, TableStore)
    with store._database.write() as connection:
        connection.execute(f"UPDATE pages SET {altered} WHERE seq = ?", (2,))

    reads: tuple[Callable[[], object], ...] = (
        lambda: store.pages([1, 2]),
        lambda: store.pages_by_id([second.id]),
        lambda: store.newest_pages(2),
    )
    for read in reads:
        with pytest.raises(StoreDamagedError, match="page 2 is not as it was stored, and is not shown") as named:
            read()
        assert "cat" not in str(named.value), "it quotes nothing"
    assert store.pages([1, 3]) == {1: first, 3: third}


def test_a_closed_store_says_so(store: SearchableStore) -> None:
    store.close()

    with pytest.raises(StoreError, match=r"the memory was closed; open it again to use it$"):
        store.newest_pages(1)


def test_what_one_process_commits_the_other_reads(open_store: OpenSearchStore, store: SearchableStore) -> None:
    reader = open_store()
    assert reader.newest_pages(10) == ()

    pages = add(store, "soup")

    assert reader.newest_pages(10) == tuple(pages)
    assert reader.match_words(words("soup"), 10) == [1]


def test_all_reads_of_a_snapshot_see_one_moment(open_store: OpenSearchStore, store: SearchableStore) -> None:
    other = open_store()
    with store.snapshot():
        before = store.newest_pages(10)
        pages = add(other, "one")
        within = (store.newest_pages(10), store.pages([1]))
        with store.snapshot():
            inside = store.newest_pages(10)

    assert (before, within, inside, store.newest_pages(10)) == ((), ((), {}), (), tuple(pages))


def test_pages_are_counted_and_found_by_their_time(store: SearchableStore) -> None:
    assert store.span_of_time() is None
    days = [NOON + timedelta(days=day) for day in (5, 1, 3)]
    for day in days:
        add(store, f"{day}", now=day)

    assert store.pages_between(NOON, NOON + timedelta(days=4), 10) == (2, [2, 3])
    assert store.pages_between(NOON, NOON + timedelta(days=5), 1) == (3, [2])
    assert store.pages_between(NOON, NOON, 10) == (0, [])
    assert store.span_of_time() == (days[1], days[0])
