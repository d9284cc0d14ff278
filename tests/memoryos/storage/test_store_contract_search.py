"""What every store finds: by vectors, by words, by time and by talk, and what a cache must hear of."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_work import (
    NOON,
    TIMESTAMP,
    OpenStore,
    add,
    analyse,
    analysis_of,
    claimed,
    consolidate,
    embed,
    fact,
    matrix,
    topic,
)

from memoryos.errors import ClaimLostError
from memoryos.models import NewPage, PageVectors
from memoryos.storage.index_rows import QueryWord, SpeakerNames, stem_id
from memoryos.storage.ports import Store
from memoryos.storage.sqlite import full_text, pages, reindexing
from memoryos.storage.sqlite.store import SqliteStore

# Vectors


def test_pages_wait_for_their_vectors_in_order_of_arrival(store: Store) -> None:
    pages = add(store, "one", "two", "three")
    assert store.unembedded_pages(2) == tuple(pages[:2])

    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])

    assert (store.unembedded_pages(10), store.unembedded_count("two/1")) == (tuple(pages[1:]), 2)


def test_vectors_come_back_as_float32_to_the_precision_of_float16(open_store: OpenStore, store: Store) -> None:
    windows = matrix((0.6, 0.8), (-0.28, 0.96))
    add(store, "one", "two")

    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, windows, matrix((0.8, -0.6)), matrix())])

    for reader in (store, open_store()):
        reader.use_embedder("two/1", 2)
        found = reader.page_vectors([1, 2])
        assert list(found) == [1]
        assert found[1].dtype == np.float32
        np.testing.assert_array_equal(found[1], windows.astype(np.float16).astype(np.float32))


def test_the_sides_of_pages_come_with_their_place_and_whose_they_are(store: Store) -> None:
    add(store, "one", "two", "three")
    claim = claimed(store, "embed")
    store.commit_vectors(
        claim,
        [
            PageVectors(1, matrix((1, 0)), matrix((0, 1)), matrix((0.5, 0), (0, 0.5))),
            PageVectors(2, matrix((-1, 0), (0, -1)), matrix((-1, 0), (0, -1)), matrix()),
        ],
    )

    sides = store.side_vectors([3, 2, 1])

    assert sides.vectors.dtype == np.float32
    listed = zip(sides.rows.tolist(), sides.of_agent.tolist(), sides.vectors.tolist(), strict=True)
    assert sorted(listed, key=lambda side: side[:2]) == [
        (1, False, [-1, 0]),
        (1, False, [0, -1]),
        (2, False, [0, 1]),
        (2, True, [0.5, 0]),
        (2, True, [0, 0.5]),
    ]


def test_window_vectors_are_read_a_few_pages_at_a_time(store: Store) -> None:
    add(store, "one", "two", "three", "four")
    vectors = [
        PageVectors(seq, matrix(*rows), matrix((1, 0)), matrix())
        for seq, rows in {1: [(1, 0)], 2: [(0, 1), (-1, 0)], 4: [(0, -1)]}.items()
    ]
    store.commit_vectors(claimed(store, "embed"), vectors)

    first, second, third = (store.windows_after(seq, 2) for seq in (0, 2, 4))

    assert (first.seqs.tolist(), first.vectors.tolist()) == ([1, 2, 2], [[1, 0], [0, 1], [-1, 0]])
    assert (second.seqs.tolist(), second.vectors.tolist()) == ([4], [[0, -1]])
    assert (third.seqs.tolist(), third.vectors.shape) == ([], (0, 2))


def test_another_embedder_never_sees_the_vectors_of_the_one_before(store: Store) -> None:
    pages = add(store, "one", "two")
    segment = consolidate(store, topic(pages[0]))[0]
    analyse(store, analysis_of(segment, pages[0], new=[fact("K1", "likes soup", pages[0])]))
    store.commit_vectors(
        claimed(store, "embed"), [PageVectors(page.seq, matrix((1, 0)), matrix((1, 0)), matrix()) for page in pages]
    )

    store.use_embedder("three/1", 3)

    assert [page.seq for page in store.unembedded_pages(10)] == [1, 2]
    assert (store.page_vectors([1, 2]), store.side_vectors([1, 2]).vectors.tolist()) == ({}, [])
    assert store.windows_after(0, 10).seqs.tolist() == []
    assert [segment.vector for segment in store.segments()] == [None]
    assert [known.vector for known in store.knowledge("user", None)] == [None]
    assert [segment.id for segment in store.segments_to_embed(10)] == [segment.id]
    assert [known.id for known in store.knowledge_to_embed(10)] == ["K1"]


def test_what_another_embedder_would_have_to_embed_is_counted_before_it_is_in_use(
    store: Store, open_store: OpenStore
) -> None:
    pages = add(store, "one", "two")
    embed(store, {1: [(1, 0)]})
    segment = consolidate(store, topic(pages[0]))[0]
    analyse(store, analysis_of(segment, pages[0], new=[fact("K1", "likes soup", pages[0])]))
    opened = open_store()

    assert [opened.unembedded_count(name) for name in ("two/1", "three/1")] == [1, 4]

    opened.use_embedder("three/1", 3)
    assert [opened.unembedded_count("three/1"), store.unembedded_count("two/1")] == [4, 4]


def test_the_same_embedder_with_another_dimension_is_another_one(store: Store, open_store: OpenStore) -> None:
    before, after = store, open_store()
    (page,) = add(before, "one")
    before.commit_vectors(claimed(before, "embed"), [PageVectors(page.seq, matrix((1, 0)), matrix(), matrix())])

    after.use_embedder("two/1", 3)

    assert [page.seq for page in after.unembedded_pages(10)] == [1]
    assert after.page_vectors([1]) == {}
    with pytest.raises(ClaimLostError):
        before.use_embedder("two/1", 2)


def test_what_another_embedder_left_is_embedded_anew(store: Store) -> None:
    pages = add(store, "one")
    segment = consolidate(store, topic(pages[0]))[0]
    analyse(store, analysis_of(segment, pages[0], new=[fact("K1", "likes soup", pages[0])]))
    store.use_embedder("three/1", 3)
    claim, row = claimed(store, "embed"), np.array((0, 0, 1), dtype=np.float32)

    store.commit_vectors(claim, [PageVectors(1, row.reshape(1, 3), row.reshape(1, 3), row[:0].reshape(0, 3))])
    store.commit_segment_vectors(claim, {segment.id: row})
    store.commit_knowledge_vectors(claim, {"K1": row})

    assert store.unembedded_count("three/1") == 0
    assert (store.segments_to_embed(10), store.knowledge_to_embed(10)) == ((), ())
    found = (store.page_vectors([1])[1][0], store.segments()[0].vector, store.knowledge("user", None)[0].vector)
    np.testing.assert_array_equal(found, [row, row, row])


def test_an_embedder_that_is_overtaken_by_another_leaves_no_page_without_vectors(
    open_store: OpenStore, store: Store
) -> None:
    """An old server, still running beside one with another model, once took new pages off the queue for good."""
    add(store, "one")
    newer = open_store()
    newer.use_embedder("three/1", 3)

    with pytest.raises(ClaimLostError):
        store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])

    assert [page.seq for page in newer.unembedded_pages(10)] == [1]


# Changes


def test_an_index_that_starts_reads_every_vector_and_later_only_what_changed(store: Store) -> None:
    add(store, "one", "two")
    claim = claimed(store, "embed")
    store.commit_vectors(claim, [PageVectors(seq, matrix((1, 0)), matrix((1, 0)), matrix()) for seq in (1, 2)])
    first = store.vector_changes(0)
    store.commit_vectors(claim, [PageVectors(2, matrix((0, 1)), matrix((0, 1)), matrix())])

    second = store.vector_changes(first.version)

    assert (first.complete, first.upserts, first.deletes) == (True, [], [])
    assert (second.complete, second.upserts, second.deletes) == (False, [2], [])
    assert store.vector_changes(second.version).upserts == []


def test_each_kind_of_change_counts_by_itself(store: Store) -> None:
    def versions() -> list[int]:
        return [store.version(kind) for kind in ("page", "vector", "segment", "knowledge")]

    seen = [versions()]
    pages = add(store, "one")
    seen.append(versions())
    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])
    seen.append(versions())
    segment = consolidate(store, topic(pages[0]))[0]
    seen.append(versions())
    analyse(store, analysis_of(segment, pages[0], new=[fact("K1", "likes soup", pages[0])]))
    seen.append(versions())

    grown = [[after > before for before, after in zip(*pair, strict=True)] for pair in pairwise(seen)]
    assert grown == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
        [False, False, True, True],
    ]


# Words


def test_a_page_is_found_by_its_words_before_it_has_vectors(store: Store) -> None:
    add(store, "I moved to Bern")
    store.add_page(NewPage("", "Basel is nice too", NOON), timestamp=TIMESTAMP, now=NOON)

    assert store.match_words(["bern"], 10) == [1]
    assert store.match_words(["basel"], 10) == [2]
    assert store.match_words(["nice", "moved"], 10) in ([1, 2], [2, 1])


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("We were hiking", "who hikes?"),
        ("un café à Zürich", "cafe ZURICH"),
        ("我住在上海", "上海"),
        ("東京タワーに行った", "東京タワー"),
        ("서울에서 만나요", "서울"),
        ("her number is 4711", "4711"),
        ('she said "C++ OR bust"', '"c++" OR NOT ('),
    ],
)
def test_a_page_is_found_by_words_in_any_form_and_script(store: Store, text: str, query: str) -> None:
    add(store, "nothing of the kind", text)

    words = [word.word for word in store.query_words(query)]

    assert 2 in store.match_words(words, 10)


def test_the_words_of_a_query_come_with_their_counts(store: Store) -> None:
    add(store, "we were hiking in Bern", "hikes are fun", "Bern again")

    assert store.query_words("Hiking, hiking near Bern! Unheard") == (
        QueryWord("hiking", "hike", 2),
        QueryWord("bern", "bern", 2),
    )


def test_the_page_with_more_of_the_rare_words_ranks_first(store: Store) -> None:
    add(store, "tea and tea", "tea with Ludmila", "coffee", "more tea")

    ranked = store.match_words(["tea", "ludmila"], 2)

    assert (len(ranked), ranked[0]) == (2, 2)


@pytest.mark.parametrize("word", ['"', "a AND b", "user_words:tea", "NEAR(", "*", "tea*", "-tea", "^tea"])
def test_nothing_in_a_word_is_syntax(store: Store, word: str) -> None:
    add(store, "coffee")

    assert store.match_words([word], 10) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_a_page_is_found_by_its_own_text(store: Store, text: str) -> None:
    page = store.add_page(NewPage(text, "", NOON), timestamp=TIMESTAMP, now=NOON).page

    words = [word.word for word in store.query_words(text)]

    assert not words or page.seq in store.match_words(words, 1_000)


@pytest.mark.parametrize("text", ["\u030a", "a \u0301 b", "\u0300\u0301 leek", "z\u0335\u0321a\u0336lgo \u0489 \u0308"])
def test_accents_without_a_letter_are_no_words(store: Store, text: str) -> None:
    (page,) = add(store, text)

    words = [word.word for word in store.query_words(text)]

    assert all(words)
    assert store.match_words(words, 10) == ([page.seq] if words else [])


def test_words_together_match_only_the_pages_that_hold_them_all(store: Store) -> None:
    add(store, "leek", "leek and potato soup", "potato")

    assert store.match_words(["leek", "potato"], 10, together=True) == [2]
    assert sorted(store.match_words(["leek", "potato"], 10)) == [1, 2, 3]


def test_no_words_match_nothing(store: Store) -> None:
    add(store, "coffee")

    assert (store.query_words("?!"), store.match_words([], 10)) == ((), [])


# A new segmenter


def reversed_text(text: str) -> str:
    """A segmenter that differs in every word."""
    return text[::-1]


def test_pages_cut_by_an_older_segmenter_are_indexed_anew_some_at_a_time(
    open_store: OpenStore, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(pages, "index_text", reversed_text)
        older.setattr(full_text, "index_text", reversed_text)
        add(store, "leek", "potato", "soup")
    version = store.outline_changes(0, 0).version
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", 2)
    found = [store.match_words(["leek"], 10)]

    steps = [store.renew_words(2)]
    found.append(store.match_words(["leek"], 10))
    found.append(store.match_words(["soup"], 10))
    other = open_store()
    steps += [other.renew_words(2), other.renew_words(2), store.renew_words(2)]
    found.append(store.match_words(["soup"], 10))

    assert steps == [True, True, False, False]
    assert found == [[], [1], [], [3]]
    assert store.outline_changes(version, 3).complete, "a cache reads the pages anew"
    assert stem_id("leek") in store.outlines_after(0, 3).stems


def test_a_memory_of_this_segmenter_is_opened_without_a_write(open_store: OpenStore, store: Store) -> None:
    add(store, "leek")

    assert isinstance(store, SqliteStore)
    with store._database.write():
        assert not open_store().renew_words(10)


def test_words_of_a_newer_segmenter_are_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "leek")
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", 3)
    while store.renew_words(10):
        pass
    monkeypatch.setattr(reindexing, "SEGMENTER_VERSION", 2)
    monkeypatch.setattr(reindexing, "index_text", reversed_text)

    assert not store.renew_words(10)
    assert store.match_words(["leek"], 10) == [1]


# What ranking needs


def test_an_outline_tells_a_pages_words_its_time_and_its_talk(store: Store) -> None:
    times = [NOON, NOON + timedelta(minutes=5), NOON + timedelta(hours=3)]
    for time, text in zip(times, ("tea and tea", "hiking", "hikes"), strict=True):
        add(store, text, now=time)

    outlines = store.outlines_after(0, 10)

    assert outlines.seqs.tolist() == [1, 2, 3]
    assert outlines.talks[0] == outlines.talks[1] < outlines.talks[2]
    assert outlines.happened_at.tolist() == [round(time.timestamp() * 1e6) for time in times]
    assert outlines.sizes.tolist() == [2, 1, 1]
    assert sorted(outlines.counts[:2].tolist()) == [1, 2]
    assert outlines.stems[2] == outlines.stems[3], "two forms of one word"


def test_outlines_are_read_a_few_pages_at_a_time(store: Store) -> None:
    add(store, "one", "two", "three")

    assert [store.outlines_after(seq, 2).seqs.tolist() for seq in (0, 2, 3)] == [[1, 2], [3], []]


def test_a_cache_of_outlines_hears_whether_pages_were_only_added(store: Store) -> None:
    add(store, "one", "two")
    since = store.outline_changes(0, 0)
    add(store, "three")

    assert since.complete
    assert not store.outline_changes(since.version, 2).complete
    assert store.outline_changes(since.version, 3).complete, "a page that the cache holds has changed"


def test_all_reads_of_a_snapshot_see_one_moment(open_store: OpenStore, store: Store) -> None:
    other = open_store()
    with store.snapshot():
        before = store.newest_seq()
        add(other, "one")
        within = (store.newest_seq(), store.pages([1]))
        with store.snapshot():
            inside = store.newest_seq()

    assert (before, within, inside, store.newest_seq()) == (0, (0, {}), 0, 1)


def test_pages_are_counted_and_found_by_their_time(store: Store) -> None:
    assert (store.span_of_time(), store.newest_seq()) == (None, 0)
    days = [NOON + timedelta(days=day) for day in (5, 1, 3)]
    for day in days:
        add(store, f"{day}", now=day)

    assert store.pages_between(NOON, NOON + timedelta(days=4), 10) == (2, [2, 3])
    assert store.pages_between(NOON, NOON + timedelta(days=5), 1) == (3, [2])
    assert store.pages_between(NOON, NOON, 10) == (0, [])
    assert (store.span_of_time(), store.newest_seq()) == ((days[1], days[0]), 3)


def test_names_that_are_called_often_are_the_speakers(store: Store) -> None:
    for number in range(6):
        page = NewPage(f"Hey Ada, look at {number}!", f"Thanks, Tom! {number} is fine.", NOON)
        store.add_page(page, timestamp=TIMESTAMP, now=NOON)

    assert store.speaker_names() == SpeakerNames(user=frozenset({"Tom"}), agent=frozenset({"Ada"}))
