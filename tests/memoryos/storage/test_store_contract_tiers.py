"""How pages enter the tiers of every store: chains, segments, traits and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
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
    vector,
    words,
)

from memoryos.models import PageVectors, Segment, Trait
from memoryos.status import Counts
from memoryos.storage.plans import ChainPlan, ConsolidationPlan
from memoryos.storage.ports import Store

# Mid-term memory


def test_a_batch_moves_into_chains_and_segments_at_once(store: Store) -> None:
    pages = add(store, "soup", "skis", "more soup")
    plan = ConsolidationPlan(
        chains=(ChainPlan(None, "soup and skis", (1, 2)), ChainPlan(None, "soup again", (3,))),
        segments=(topic(pages[0], pages[2]), topic(pages[1], theme="skis", direction=(0, 1))),
        archived=(),
        analysis="extractive",
    )

    store.commit_consolidation(claimed(store, "consolidate"), plan, now=NOON + timedelta(hours=1))

    placed = [(page.seq, page.chain, page.segment, page.meta_info) for page in store.newest_pages(10)]
    assert placed == [(1, 1, 1, "soup and skis"), (2, 1, 2, "soup and skis"), (3, 2, 1, "soup again")]
    soup = Segment(
        id=1,
        theme="soup",
        summary=f"[{TIMESTAMP}] about soup",
        keywords=("soup", "food"),
        n_visit=0,
        l_interaction=2,
        last_visit_at=NOON + timedelta(hours=1),
        pages=2,
        first_page_at=NOON,
        last_page_at=NOON,
        analysis="extractive",
    )
    skis = replace(
        soup,
        id=2,
        theme="skis",
        summary=f"[{TIMESTAMP}] about skis",
        keywords=("skis", "food"),
        l_interaction=1,
        pages=1,
    )
    assert store.segments() == (soup, skis)
    np.testing.assert_array_equal([segment.vector for segment in store.segments()], [(1, 0), (0, 1)])
    assert store.pages_of_segment(1, not_analysed=False, limit=10) == tuple(store.pages([1, 3]).values())
    assert store.segments_not_analysed() == {1: 2, 2: 1}


def test_a_segment_and_a_chain_that_are_joined_grow(store: Store) -> None:
    (first,) = add(store, "soup", now=NOON)
    consolidate(store, topic(first))
    (second,) = add(store, "more soup", now=NOON + timedelta(days=1))
    plan = ConsolidationPlan(
        chains=(ChainPlan(1, "soup and more", (2,)),),
        segments=(topic(second, segment=1, theme="soups", direction=(0, 1)),),
        archived=(),
        analysis="model",
    )

    store.commit_consolidation(claimed(store, "consolidate"), plan, now=NOON + timedelta(days=2))

    assert store.segments() == (
        Segment(
            id=1,
            theme="soups",
            summary=f"[{TIMESTAMP}] about soups",
            keywords=("soups", "food"),
            n_visit=0,
            l_interaction=2,
            last_visit_at=NOON + timedelta(days=2),
            pages=2,
            first_page_at=NOON,
            last_page_at=NOON + timedelta(days=1),
            analysis="model",
        ),
    )
    assert [(page.chain, page.meta_info) for page in store.newest_pages(2)] == [(1, "soup and more")] * 2


def test_a_segment_that_grew_while_its_summary_was_embedded_anew_keeps_its_newer_vector(store: Store) -> None:
    first, second = add(store, "soup", "more soup")
    (soup,) = consolidate(store, topic(first))
    store.use_embedder("two/2", 2)
    claim = claimed(store, "embed")
    assert [segment.id for segment in store.segments_to_embed(10)] == [soup.id]
    consolidate(store, topic(second, segment=soup.id, direction=(0, 1)))

    store.commit_segment_vectors(claim, {soup.id: vector(1, 0)})

    np.testing.assert_array_equal([segment.vector for segment in store.segments()], [(0, 1)])


def test_pages_of_an_archived_segment_stay_where_they_can_be_found(store: Store) -> None:
    pages = add(store, "soup", "skis")
    store.commit_vectors(claimed(store, "embed"), [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())])
    soup = consolidate(store, topic(pages[0]))[0]

    segments = consolidate(store, topic(pages[1], theme="skis"), archived=[soup.id])

    assert [segment.theme for segment in segments] == ["skis"]
    assert store.segments_not_analysed() == {2: 1}
    assert store.segments_to_embed(10) == ()
    assert store.match_words(words("soup"), 10) == [1]
    assert store.windows_after(0, 10).seqs.tolist() == [1]
    assert [page.seq for page in store.pages_of_segment(soup.id, not_analysed=False, limit=10)] == [1]


def test_an_archived_segment_that_gets_a_page_comes_back(store: Store) -> None:
    pages = add(store, "soup", "skis", "more soup")
    soup = consolidate(store, topic(pages[0]))[0]
    consolidate(store, topic(pages[1], theme="skis"), archived=[soup.id])

    segments = consolidate(store, topic(pages[2], segment=soup.id))

    assert [(segment.id, segment.pages) for segment in segments] == [(1, 2), (2, 1)]


def test_the_largest_topics_come_first(store: Store) -> None:
    pages = add(store, "soup", "skis", "more skis", "tea")
    consolidate(store, topic(pages[0]), topic(pages[1], pages[2], theme="skis"), topic(pages[3], theme="tea"))
    assert store.largest_topics(2) == [("skis", 2), ("soup", 1)]

    (page,) = add(store, "rain")
    consolidate(store, topic(page, theme="rain"), archived=[2])

    assert store.largest_topics(9) == [("soup", 1), ("tea", 1), ("rain", 1)]


def test_visits_are_added_up_and_move_the_last_visit(store: Store) -> None:
    pages = add(store, "soup", "skis")
    consolidate(store, topic(pages[0]), topic(pages[1], theme="skis"))
    later = NOON + timedelta(hours=1)

    store.add_visits({1: 2}, now=later)
    store.add_visits({1: 1, 99: 5}, now=NOON - timedelta(hours=1))

    visited = [(segment.n_visit, segment.last_visit_at) for segment in store.segments()]
    assert visited == [(3, later), (0, NOON)]


# Long-term memory


def test_an_analysis_adds_traits_and_facts_with_their_sources(store: Store) -> None:
    pages = add(store, "I like soup", "very much")
    segment = consolidate(store, topic(*pages))[0]
    store.add_visits({segment.id: 7}, now=NOON)
    tidy = Trait("Need for Order", "High", "lines up spoons", NOON, TIMESTAMP)
    open_minded = Trait("Openness", "Low", "never tries other soups", NOON, TIMESTAMP)
    likes, helper = fact("K1", "likes soup", *pages), fact("K2", "knows soups", pages[1], owner="assistant")
    helper = replace(helper, knowledge=replace(helper.knowledge, assistant_id="helper"))

    analyse(store, replace(analysis_of(segment, *pages, new=[likes, helper]), traits=(open_minded, tidy)), now=NOON)

    assert store.traits() == (tidy, open_minded)
    assert store.knowledge("user", None) == (likes.knowledge,)
    assert store.knowledge("assistant", "helper") == (helper.knowledge,)
    assert store.knowledge("assistant", "another") == ()
    np.testing.assert_array_equal(store.knowledge("user", None)[0].vector, vector(0, 1))
    assert [page.analysed for page in store.newest_pages(2)] == [True, True]
    assert [(s.n_visit, s.l_interaction) for s in store.segments()] == [(0, 0)]
    assert store.segments_not_analysed() == {}


def test_a_trait_rated_again_takes_the_place_of_the_old_rating(store: Store) -> None:
    pages = add(store, "soup")
    segment = consolidate(store, topic(*pages))[0]
    low = Trait("Openness", "Low", "never tries other soups", NOON, TIMESTAMP)
    high = Trait("Openness", "High", "tried borscht", NOON + timedelta(days=1), "2026-03-02 13:00:00")

    for trait in (low, high):
        analyse(store, replace(analysis_of(segment, *pages), traits=(trait,)))

    assert store.traits() == (high,)


def test_only_current_facts_are_known(store: Store) -> None:
    pages = add(store, "I live in Basel", "I moved to Bern", "Bern it is")
    segment = consolidate(store, topic(*pages))[0]
    basel, bern, soup = fact("K1", "Basel", pages[0]), fact("K2", "Bern", pages[1]), fact("K3", "soup", pages[0])
    analyse(store, analysis_of(segment, pages[0], new=[basel, soup]))

    plan = analysis_of(segment, pages[1], pages[2], new=[bern])
    analyse(store, replace(plan, replaced={"K1": "K2"}, confirmed={"K2": (3,)}, archived=("K3",)))

    assert store.knowledge("user", None) == (replace(bern.knowledge, sources=(pages[1].id, pages[2].id)),)
    assert store.counts("helper").superseded_knowledge == 1


def test_a_segment_read_in_part_keeps_its_heat_and_the_pages_left_to_read(store: Store) -> None:
    pages = add(store, "one", "two", "three")
    segment = consolidate(store, topic(*pages))[0]

    analyse(store, replace(analysis_of(segment, pages[0], pages[1]), finished=()))

    assert [(s.n_visit, s.l_interaction) for s in store.segments()] == [(0, 3)]
    assert store.segments_not_analysed() == {1: 1}
    assert [page.seq for page in store.pages_of_segment(1, not_analysed=True, limit=10)] == [3]


def test_pages_that_join_a_segment_while_it_is_read_keep_it_warm(store: Store) -> None:
    """Another process consolidates while one analyses: the reset of L_interaction once forgot the new pages."""
    first, second = add(store, "one", "two")
    segment = consolidate(store, topic(first))[0]
    plan = analysis_of(segment, first)
    consolidate(store, topic(second, segment=segment.id))

    analyse(store, plan)

    assert [(s.n_visit, s.l_interaction) for s in store.segments()] == [(0, 1)]
    assert store.segments_not_analysed() == {1: 1}


# Every tier


def test_pages_beyond_the_newest_wait_until_they_have_a_segment(store: Store) -> None:
    pages = add(store, "one", "two", "three", "four", "five")
    assert store.waiting_pages(newest=2, limit=10) == tuple(pages[:3])
    assert store.waiting_pages(newest=2, limit=2) == tuple(pages[:2])
    assert (store.waiting_count(newest=2), store.waiting_count(newest=5), store.waiting_count(newest=9)) == (3, 0, 0)

    consolidate(store, topic(pages[0], pages[1]))

    assert store.waiting_pages(newest=2, limit=10) == (pages[2],)
    assert store.waiting_count(newest=2) == 1


def test_counts_say_how_much_each_tier_holds(store: Store) -> None:
    nothing = Counts(0, 0, 0, 0, 0, 0, 0, 0)
    assert store.counts("helper") == nothing
    pages = add(store, "soup", "skis", "tea")
    soup = consolidate(store, topic(pages[0]))[0]
    consolidate(store, topic(pages[1], theme="skis"), archived=[soup.id])
    facts = [
        fact("K1", "Basel", pages[0]),
        fact("K2", "Bern", pages[0]),
        fact("K3", "helps", pages[0], owner="assistant", assistant_id="helper"),
        fact("K4", "jokes", pages[0], owner="assistant", assistant_id="another"),
    ]
    trait = Trait("Openness", "Low", "never tries other soups", NOON, TIMESTAMP)
    analyse(store, replace(analysis_of(soup, pages[0], new=facts), traits=(trait,), replaced={"K1": "K2"}))

    assert store.counts("helper") == Counts(
        pages=3,
        short_term=0,
        segments=1,
        archived_segments=1,
        user_knowledge=1,
        assistant_knowledge=1,
        superseded_knowledge=1,
        traits=1,
    )


def test_maintenance_changes_nothing_that_can_be_read(store: Store) -> None:
    pages = add(store, "soup", "skis")
    consolidate(store, topic(*pages))
    before = (store.newest_pages(10), store.segments(), store.version("page"), store.match_words(words("soup"), 10))

    store.maintain(now=NOON)

    after = (store.newest_pages(10), store.segments(), store.version("page"), store.match_words(words("soup"), 10))
    assert after == before


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
