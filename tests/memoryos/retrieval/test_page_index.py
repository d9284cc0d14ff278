"""The cache of outlines against what the store holds, and against what other processes commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter
from typing import cast

import pytest
from engine import NOON, OpenEngine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_work import add

from memoryos.retrieval import page_index
from memoryos.retrieval.page_index import Outlines, PageIndex
from memoryos.storage.index_rows import OutlineColumns, stem_id
from memoryos.storage.ports import Store
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables import changes, outlines
from memoryos.storage.tables.store import TableStore

WORDS = ("leek", "potato", "soup")


def cached(store: Store) -> PageIndex:
    cache = PageIndex()
    cache.refresh(store)
    return cache


def words_of(outlines: Outlines) -> list[list[tuple[str, int]]]:
    """The words of each row with their counts, by word."""
    name = {stem_id(word): word for word in WORDS}
    found: list[list[tuple[str, int]]] = [[] for _ in outlines.seqs]
    for number, word in name.items():
        for row, count in zip(*outlines.having(number), strict=True):
            found[row].append((word, int(count)))
    return [sorted(words, key=itemgetter(0)) for words in found]


def test_an_outline_tells_a_pages_words_its_time_and_its_talk(open_engine: OpenEngine) -> None:
    store = open_engine().store
    times = [NOON, NOON + timedelta(minutes=5), NOON + timedelta(hours=3)]
    for time, text in zip(times, ("leek and leek soup", "potato", "soup"), strict=True):
        add(store, text.replace(" and", ""), now=time)

    outlines = cached(store).of([3, 1, 99], around=[2])

    assert outlines.seqs.tolist() == [1, 2, 3]
    assert outlines.talks[0] == outlines.talks[1] != outlines.talks[2]
    assert outlines.talk_pages.tolist() == [2, 2, 1]
    assert outlines.places.tolist() == [0, 1, 0]
    assert outlines.ages.tolist() == [2, 1, 0]
    assert outlines.happened_at.tolist() == [round(time.timestamp() * 1e6) for time in times]
    assert outlines.lengths.tolist() == [3, 1, 1]
    assert words_of(outlines) == [[("leek", 2), ("soup", 1)], [("potato", 1)], [("soup", 1)]]


def test_pages_around_are_outlined_as_far_as_they_belong_to_the_same_talk(open_engine: OpenEngine) -> None:
    store = open_engine().store
    for talk in range(2):
        for minute in range(4):
            add(store, f"page {talk}{minute}", now=NOON + timedelta(hours=3 * talk, minutes=minute))
    cache = cached(store)

    assert cache.of([5], around=[5]).seqs.tolist() == [5, 6]
    assert cache.of([1], around=[4], reach=2).seqs.tolist() == [1, 2, 3, 4]
    assert cache.of([], around=[1, 8], reach=9).seqs.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert cache.of([], around=[9]).seqs.tolist() == []


def test_a_cache_of_an_empty_memory_has_no_outlines(open_engine: OpenEngine) -> None:
    assert cached(open_engine().store).of([1, 2], around=[3]).seqs.tolist() == []


texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
rounds_of_pages = st.lists(st.tuples(st.lists(texts, max_size=4), st.sets(st.integers(1, 20), max_size=3)), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(rounds_of_pages, st.booleans(), st.sets(st.integers(0, 25), max_size=8))
def test_a_cache_that_follows_is_the_same_as_one_that_starts_anew(
    tmp_path_factory: pytest.TempPathFactory,
    rounds: Sequence[tuple[Sequence[str], set[int]]],
    each: bool,
    asked: set[int],
) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("cache") / "memory.db")
    grown = PageIndex()
    for number, (added, touched) in enumerate(rounds):
        add(store, *(f"{text} leek" for text in added), now=NOON + timedelta(hours=number))
        if each:
            grown.refresh(store)
        _change(store, touched)
        grown.refresh(store)
    found, anew = (
        grown.of(asked, around=asked, reach=2),
        cached(store).of(asked, around=asked, reach=2),
    )

    assert words_of(found) == words_of(anew)
    for name in ("seqs", "talks", "places", "talk_pages", "ages", "lengths", "happened_at"):
        assert getattr(found, name).tolist() == getattr(anew, name).tolist()
    store.close()


def _change(store: TableStore, touched: set[int]) -> None:
    """Forget the first of these pages, and give the others the word "soup" alone."""
    pages = store.pages(touched)
    for seq, page in pages.items():
        if seq == min(pages):
            store.forget_pages([page.id])
            continue
        with store._database.write() as connection:
            outlines.put(connection, seq, outlines.packed({"soup": 1}))
            changes.append(connection, "page", [seq])


def test_after_a_page_was_forgotten_or_renewed_the_others_are_not_read_again(open_engine: OpenEngine) -> None:
    store = open_engine().store
    add(store, "leek leek", "potato", "soup", "leek potato")
    cache, read = cached(store), list[tuple[int, int]]()

    class Reading:
        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def outlines_after(self, seq: int, pages: int) -> OutlineColumns:
            read.append((seq, pages))
            return store.outlines_after(seq, pages)

    _change(store, {2, 3})
    cache.refresh(cast("Store", Reading()))

    assert read == [(2, 1), (4, page_index._CHUNK_PAGES)]
    assert words_of(cache.of([1, 2, 3, 4])) == [[("leek", 2)], [("soup", 1)], [("leek", 1), ("potato", 1)]]


def test_of_a_forgotten_page_no_stem_is_left(open_engine: OpenEngine) -> None:
    store = open_engine().store
    add(store, "leek", "potato")
    cache = cached(store)

    store.forget_pages([store.pages([1])[1].id])
    cache.refresh(store)

    assert stem_id("leek") not in cache._stems._room
    assert stem_id("potato") in cache._stems._room


def test_a_cache_whose_pages_all_changed_again_and_again_stays_small(open_engine: OpenEngine) -> None:
    store = open_engine().store
    add(store, *WORDS)
    cache = cached(store)
    for _ in range(10):
        with store._database.write() as connection:
            changes.append(connection, "page", [1, 2, 3])
        cache.refresh(store)

    assert len(cache._stems.values) <= 3 * page_index._ROOM + 3
    assert words_of(cache.of([1, 2, 3])) == [[("leek", 1)], [("potato", 1)], [("soup", 1)]]


def test_pages_of_another_process_are_there_after_a_refresh(
    open_engine: OpenEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_index, "_CHUNK_PAGES", 2)
    ours, theirs = open_engine().store, open_engine().store
    cache = cached(ours)
    add(theirs, *WORDS)

    assert cache.of([1, 2, 3]).seqs.tolist() == []
    cache.refresh(ours)

    assert words_of(cache.of([1, 2, 3])) == [[("leek", 1)], [("potato", 1)], [("soup", 1)]]


def test_a_page_that_changed_or_went_is_read_anew(open_engine: OpenEngine) -> None:
    store = open_engine().store
    add(store, *WORDS)
    cache = cached(store)
    with store._database.write() as connection:
        connection.execute("UPDATE page_terms SET terms = (SELECT terms FROM page_terms WHERE seq = 2) WHERE seq = 1")
        changes.append(connection, "page", [1])
    cache.refresh(store)
    changed = words_of(cache.of([1, 2, 3]))
    with store._database.write() as connection:
        connection.execute("DELETE FROM unembedded")
        connection.execute("DELETE FROM page_terms WHERE seq = 3")
        connection.execute("DELETE FROM pages WHERE seq = 3")
        changes.append(connection, "page", [3], "delete")
    cache.refresh(store)

    assert changed == [[("potato", 1)], [("potato", 1)], [("soup", 1)]]
    assert cache.of([1, 2, 3]).seqs.tolist() == [1, 2]
