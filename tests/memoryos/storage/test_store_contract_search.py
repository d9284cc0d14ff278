"""What every store finds by vectors, by words and by talk, and what a cache must hear of.

Another backend is one more entry of `backends.BACKENDS`.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_work import (
    NOON,
    TIMESTAMP,
    OpenSearchStore,
    SearchableStore,
    add,
    claimed,
    embed,
    matrix,
    words,
)

from memoryos.errors import ClaimLostError, InvalidArgumentError
from memoryos.language.sessions import SPEAKER_CALLS, Calls, SpeakerNames, speakers
from memoryos.language.stems import Word, stems
from memoryos.models import Forgotten, NewPage, PageVectors


@pytest.fixture
def open_store(open_search_store: OpenSearchStore) -> OpenSearchStore:
    """These tests are for every store that can be searched."""
    return open_search_store


@pytest.fixture
def store(search_store: SearchableStore) -> SearchableStore:
    """A new one with an embedder of two dimensions."""
    return search_store


# Vectors


def test_pages_wait_for_their_vectors_in_order_of_arrival(store: SearchableStore) -> None:
    pages = add(store, "one", "two", "three")
    assert store.unembedded_pages(2) == tuple(pages[:2])

    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])

    assert (store.unembedded_pages(10), store.unembedded_count("two/1")) == (tuple(pages[1:]), 2)


def test_vectors_come_back_as_float32_to_the_precision_of_float16(
    open_store: OpenSearchStore, store: SearchableStore
) -> None:
    windows = matrix((0.6, 0.8), (-0.28, 0.96))
    add(store, "one", "two")

    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, windows, matrix((0.8, -0.6)), matrix())])

    for reader in (store, open_store()):
        reader.use_embedder("two/1", 2)
        found = reader.page_vectors([1, 2])
        assert list(found) == [1]
        assert found[1].dtype == np.float32
        np.testing.assert_array_equal(found[1], windows.astype(np.float16).astype(np.float32))


def test_the_sides_of_pages_come_with_their_place_and_whose_they_are(store: SearchableStore) -> None:
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


def test_window_vectors_are_read_a_few_pages_at_a_time(store: SearchableStore) -> None:
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


def test_the_same_embedder_with_another_dimension_is_another_one(
    store: SearchableStore, open_store: OpenSearchStore
) -> None:
    before, after = store, open_store()
    (page,) = add(before, "one")
    before.commit_vectors(claimed(before, "embed"), [PageVectors(page.seq, matrix((1, 0)), matrix(), matrix())])

    after.use_embedder("two/1", 3)

    assert [page.seq for page in after.unembedded_pages(10)] == [1]
    assert after.page_vectors([1]) == {}
    with pytest.raises(ClaimLostError):
        before.use_embedder("two/1", 2)


def test_an_embedder_that_is_overtaken_by_another_leaves_no_page_without_vectors(
    open_store: OpenSearchStore, store: SearchableStore
) -> None:
    """An old server, still running beside one with another model, once took new pages off the queue for good."""
    add(store, "one")
    newer = open_store()
    newer.use_embedder("three/1", 3)

    with pytest.raises(ClaimLostError):
        store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])

    assert [page.seq for page in newer.unembedded_pages(10)] == [1]


# Changes


def test_an_index_that_starts_reads_every_vector_and_later_only_what_changed(store: SearchableStore) -> None:
    add(store, "one", "two")
    claim = claimed(store, "embed")
    store.commit_vectors(claim, [PageVectors(seq, matrix((1, 0)), matrix((1, 0)), matrix()) for seq in (1, 2)])
    first = store.changes("vector", 0)
    store.commit_vectors(claim, [PageVectors(2, matrix((0, 1)), matrix((0, 1)), matrix())])

    second = store.changes("vector", first.version)

    assert (first.complete, [*first.upserts], [*first.deletes]) == (True, [], [])
    assert (second.complete, second.upserts, second.deletes) == (False, [2], [])
    assert store.changes("vector", second.version).upserts == []


# Words


def test_a_page_is_found_by_its_words_before_it_has_vectors(store: SearchableStore) -> None:
    add(store, "I moved to Bern")
    store.add_page(NewPage("", "Basel is nice too", NOON), timestamp=TIMESTAMP, now=NOON)

    assert store.match_words(words("bern"), 10) == [1]
    assert store.match_words(words("basel"), 10) == [2]
    assert store.match_words(words("nice moved"), 10) in ([1, 2], [2, 1])


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
def test_a_page_is_found_by_words_in_any_form_and_script(store: SearchableStore, text: str, query: str) -> None:
    add(store, "nothing of the kind", text)

    assert 2 in store.match_words(words(query), 10)


def test_pages_are_counted_by_the_stems_that_stand_in_them(store: SearchableStore) -> None:
    add(store, "we were hiking in Bern", "hikes are fun", "Bern again")

    assert store.pages_with(stems("Hiking near Bern! Unheard")) == {"hike": 2, "bern": 2}
    assert store.pages_with([]) == {}


def test_the_page_with_more_of_the_rare_words_ranks_first(store: SearchableStore) -> None:
    add(store, "tea and tea", "tea with Ludmila", "coffee", "more tea")

    ranked = store.match_words(words("tea ludmila"), 2)

    assert (len(ranked), ranked[0]) == (2, 2)


@pytest.mark.parametrize("word", ['"', "a AND b", "user_words:tea", "NEAR(", "*", "tea*", "-tea", "^tea"])
def test_nothing_in_a_word_is_syntax(store: SearchableStore, word: str) -> None:
    add(store, "coffee")

    assert store.match_words([Word(word, word)], 10) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_a_page_is_found_by_its_own_text(store: SearchableStore, text: str) -> None:
    page = store.add_page(NewPage(text, "", NOON), timestamp=TIMESTAMP, now=NOON).page

    asked = words(text)

    assert not asked or page.seq in store.match_words(asked, 1_000)
    assert store.pages_with(stems(text)).keys() == set(stems(text))


@pytest.mark.parametrize("text", ["\u030a", "a \u0301 b", "\u0300\u0301 leek", "z\u0335\u0321a\u0336lgo \u0489 \u0308"])
def test_accents_without_a_letter_are_no_words(store: SearchableStore, text: str) -> None:
    (page,) = add(store, text)

    asked = words(text)

    assert all(word.written and word.stem for word in asked)
    assert store.match_words(asked, 10) == ([page.seq] if asked else [])


def test_words_together_match_only_the_pages_that_hold_them_all(store: SearchableStore) -> None:
    add(store, "leek", "leek and potato soup", "potato")

    assert store.match_words(words("leek potato"), 10, together=True) == [2]
    assert sorted(store.match_words(words("leek potato"), 10)) == [1, 2, 3]


def test_no_words_match_nothing(store: SearchableStore) -> None:
    add(store, "coffee")

    assert (words("?!"), store.match_words([], 10)) == ([], [])


# What ranking needs


def test_an_outline_tells_a_pages_words_its_time_and_its_talk(store: SearchableStore) -> None:
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


def test_outlines_are_read_a_few_pages_at_a_time(store: SearchableStore) -> None:
    add(store, "one", "two", "three")

    assert [store.outlines_after(seq, 2).seqs.tolist() for seq in (0, 2, 3)] == [[1, 2], [3], []]


def test_a_cache_hears_which_pages_came_and_which_went(store: SearchableStore) -> None:
    pages = add(store, "one", "two")
    first = store.changes("page", 0)
    add(store, "three")
    second = store.changes("page", first.version)
    store.forget_pages([pages[0].id])
    third = store.changes("page", second.version)

    assert first.complete
    assert (second.complete, [*second.upserts], [*second.deletes]) == (False, [3], [])
    assert (third.complete, [*third.upserts], [*third.deletes]) == (False, [], [1])


def test_a_forgotten_page_is_in_no_answer(store: SearchableStore) -> None:
    pages = add(store, "leek", "potato soup", "tea", now=NOON)
    embed(store, {1: [(1, 0)], 2: [(0, 1)], 3: [(0, -1)]})

    forgotten = store.forget_pages([pages[1].id])

    assert forgotten == Forgotten(pages=1, facts=0, traits=0, regrouped=0)
    assert (store.pages([2]), store.pages_by_id([pages[1].id])) == ({}, {})
    assert [(page.seq, page.previous) for page in store.newest_pages(10)] == [(1, None), (3, 1)]
    assert (store.match_words(words("potato"), 10), store.pages_with(["potato", "tea"])) == ([], {"tea": 1})
    assert (store.windows_after(0, 10).seqs.tolist(), store.side_vectors([2]).rows.tolist()) == ([1, 3], [])
    assert store.outlines_after(0, 10).seqs.tolist() == [1, 3]


def test_an_unknown_id_is_refused_and_nothing_is_forgotten(store: SearchableStore) -> None:
    (page,) = add(store, "leek")

    with pytest.raises(InvalidArgumentError, match="nothing was forgotten"):
        store.forget_pages([page.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV"])

    assert store.newest_pages(10) == (page,)


def test_names_that_are_called_often_are_the_speakers(store: SearchableStore) -> None:
    for number in range(6):
        page = NewPage(f"Hey Ada, look at {number}!", f"Thanks, Tom! {number} is fine.", NOON)
        store.add_page(page, timestamp=TIMESTAMP, now=NOON)

    assert store.names_called(6) == {"Ada": Calls(by_user=6, by_agent=0), "Tom": Calls(by_user=0, by_agent=6)}
    assert store.names_called(7) == {}
    assert speakers(store.names_called(SPEAKER_CALLS)) == SpeakerNames(frozenset({"Tom"}), frozenset({"Ada"}))
