"""Background work step by step: what each step makes of the pages."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from engine import NOON, Clock, OpenEngine, build_engine
from hash_embedder import HashEmbedder
from interruptions import STEPS, HookedEmbedder

from memoryos.status import Pending
from memoryos.updating.embedding_step import EMBED_BATCH
from memoryos.updating.updater import ANALYSE_BATCH

if TYPE_CHECKING:
    pass


# Embedding


def test_a_page_and_its_sides_get_their_vectors(open_engine: OpenEngine) -> None:
    engine = open_engine()
    engine.add("soup: leek", agent_response="nice")

    assert engine.updater.embed()

    page, user, agent = HashEmbedder().embed(["soup: leek\nnice", "soup: leek", "nice"]).astype(np.float16)
    np.testing.assert_array_equal(engine.store.page_vectors([1])[1], [page])
    np.testing.assert_array_equal(engine.store.side_vectors([1]).vectors, [user, agent])
    assert engine.updater.pending() == Pending(0, 0, 0)
    assert not engine.updater.embed()


def test_a_long_page_gets_a_vector_for_each_window(open_engine: OpenEngine) -> None:
    engine = open_engine()
    text = "soup: " + " ".join(f"w{number}" for number in range(79))
    engine.add(text)

    engine.updater.embed()

    windows = HashEmbedder().windows(text)
    expected = HashEmbedder().embed(windows).astype(np.float16)
    np.testing.assert_array_equal(engine.store.page_vectors([1])[1], expected)
    assert len(windows) == 3


def test_every_distinct_text_is_embedded_once(open_engine: OpenEngine) -> None:
    embedder = HookedEmbedder()
    engine = open_engine(embedder=embedder)
    engine.add("hello", "soup: one")
    engine.clock.advance(3600)
    engine.add("hello")

    engine.updater.embed()

    assert embedder.texts == ["hello", "soup: one"]


def test_pages_are_embedded_in_batches_oldest_first(open_engine: OpenEngine) -> None:
    engine = open_engine()
    pages = engine.add(*(f"page {number}" for number in range(EMBED_BATCH + 1)))

    assert engine.updater.embed()
    assert engine.store.unembedded_pages(10) == pages[EMBED_BATCH:]
    assert engine.updater.embed()
    assert not engine.updater.embed()


def test_another_embedder_embeds_everything_anew(open_engine: OpenEngine) -> None:
    first = open_engine()
    first.add("soup: likes leek", "soup: likes potato", "tea: last")
    first.finish()
    second = open_engine(embedder=HashEmbedder("hash/2", dim=32))
    second.store.use_embedder("hash/2", 32)

    steps = 0
    while second.updater.embed():
        steps += 1

    texts = ["soup: likes leek", "soup: likes potato", "tea: last"]
    expected = HashEmbedder(dim=32).embed(texts).astype(np.float16)
    np.testing.assert_array_equal(np.concatenate([*second.store.page_vectors([1, 2, 3]).values()]), expected)
    assert steps == 3  # pages, segments, facts
    assert [segment.vector is not None for segment in second.store.segments()] == [True]
    assert [fact.vector is not None for fact in second.store.knowledge("user", None)] == [True, True]


def test_whoever_runs_with_the_embedder_before_leaves_the_work_alone(open_engine: OpenEngine, tmp_path: Path) -> None:
    """Every two seconds it took the claim, found out, and gave it back."""
    first = open_engine(embedder=HashEmbedder(), holder="first")
    first.add("soup: likes leek", "tea: last")
    first.finish()
    second = open_engine(embedder=HashEmbedder("hash/2", dim=32), holder="second")
    second.add("soup: likes potato")
    second.updater.embed()
    size = (tmp_path / "memory.db-wal").stat().st_size

    assert [step(first) for step in STEPS.values()] == [False, False, False]

    assert (tmp_path / "memory.db-wal").stat().st_size == size
    second.finish()
    assert second.updater.pending() == Pending(0, 0, 0)


# Consolidation


def test_pages_move_into_chains_and_segments_by_what_they_are_about(open_engine: OpenEngine) -> None:
    engine = open_engine()
    engine.add("soup: leek", "soup: potato", "skis: waxed", "soup: pea", "tea: last")

    engine.finish()

    placed = [(page.seq, page.chain, page.segment, page.meta_info) for page in engine.store.newest_pages(10)]
    assert placed == [
        (1, 1, 1, "talk of soup"),
        (2, 1, 1, "talk of soup"),
        (3, 2, 2, "talk of skis"),
        (4, 3, 1, "talk of soup"),
        (5, None, None, ""),
    ]
    assert [(s.theme, s.keywords, s.pages) for s in engine.store.segments()] == [
        ("soup", ("soup",), 3),
        ("skis", ("skis",), 1),
    ]


def test_a_talk_goes_on_across_batches_and_restarts(open_engine: OpenEngine) -> None:
    """The reference's chains broke on restart."""
    first = open_engine()
    first.add("soup: leek", "soup: potato")
    first.finish()
    first.store.close()
    second = open_engine()
    second.add("tea: last")

    second.finish()

    assert [(page.chain, page.segment) for page in second.store.newest_pages(3)] == [(1, 1), (1, 1), (None, None)]


def test_a_batch_is_due_when_it_is_full_or_has_waited(open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_batch=3, consolidation_idle_seconds=60.0)
    engine.add("soup: one", "soup: two", "tea: last")
    engine.updater.embed()
    assert (engine.updater.consolidation_due(), engine.updater.consolidate()) == (False, False)

    engine.clock.advance(59)
    assert not engine.updater.consolidation_due()
    engine.clock.advance(1)
    assert engine.updater.consolidation_due()
    engine.clock.now = NOON
    engine.add("tea: a page that makes the batch full")
    engine.updater.embed()

    assert engine.updater.consolidate()
    assert [page.segment for page in engine.store.newest_pages(4)] == [1, 1, 2, None]


def test_pages_added_while_the_clock_was_ahead_do_not_wait_for_their_time(open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_batch=3, consolidation_idle_seconds=60.0)
    engine.clock.advance(1e8)
    engine.add("soup: one", "tea: last")
    engine.updater.embed()
    engine.clock.now = NOON

    assert engine.updater.consolidation_due()


def test_pages_wait_for_consolidation_until_they_are_embedded(open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_batch=50)
    engine.add(*(f"soup: {number}" for number in range(EMBED_BATCH + 3)))

    assert not engine.updater.consolidate(now_due=True)
    engine.updater.embed()
    assert engine.updater.consolidate(now_due=True)

    assert [page.segment for page in engine.store.newest_pages(50)] == [1] * EMBED_BATCH + [None] * 3


def test_the_similarity_threshold_decides_how_many_segments_there_are(open_engine: OpenEngine, tmp_path: Path) -> None:
    """The reference never passed it on."""
    segments = {}
    for threshold in (0.0, 2.0):
        engine = build_engine(tmp_path / f"{threshold}.db", similarity_threshold=threshold, consolidation_batch=1)
        engine.add("soup: leek", "skis: waxed", "soup: pea", "tea: last")
        engine.finish()
        segments[threshold] = [segment.pages for segment in engine.store.segments()]
        engine.store.close()

    assert segments == {0.0: [3], 2.0: [1, 1, 1]}


def test_the_coldest_segment_is_archived_when_mid_term_memory_is_full(open_engine: OpenEngine) -> None:
    engine = open_engine(mid_term_capacity=2, consolidation_batch=1)
    engine.add("soup: leek", "skis: waxed", "tea: green", "rain: last")
    for _ in range(2):
        engine.updater.embed()
        engine.updater.consolidate(now_due=True)
    engine.store.add_visits({1: 3}, now=NOON)

    engine.finish()

    assert [segment.theme for segment in engine.store.segments()] == ["soup", "tea"]
    assert engine.store.counts("helper").archived_segments == 1


# Analysis


def test_a_hot_segment_is_read_into_long_term_memory_and_cools(open_engine: OpenEngine) -> None:
    engine = open_engine(heat_threshold=5.0)
    pages = engine.add(*(f"soup: fact {number}" for number in range(4)), agent_response="knows soup")
    engine.add("tea: last")
    engine.updater.embed()
    engine.updater.consolidate(now_due=True)
    assert engine.updater.pending() == Pending(embed=0, consolidate=0, analyse=1)

    assert engine.updater.analyse()

    assert [(f.text, f.sources) for f in engine.store.knowledge("user", None)] == [
        (f"fact {number}", (pages[number].id,)) for number in range(4)
    ]
    assert [(f.text, f.sources) for f in engine.store.knowledge("assistant", "helper")] == [
        ("knows soup", tuple(page.id for page in pages))
    ]
    assert [(s.n_visit, s.l_interaction) for s in engine.store.segments()] == [(0, 0)]
    assert engine.updater.pending() == Pending(0, 0, 0)
    assert not engine.updater.analyse()


def test_a_segment_below_the_threshold_is_read_only_when_asked(open_engine: OpenEngine) -> None:
    engine = open_engine(heat_threshold=5.0)
    engine.add("soup: likes leek", "tea: last")
    engine.updater.embed()
    engine.updater.consolidate(now_due=True)

    assert not engine.updater.analyse()
    assert engine.updater.analyse(whatever_heat=True)
    assert [fact.text for fact in engine.store.knowledge("user", None)] == ["likes leek"]


def test_a_long_segment_is_read_in_parts_and_stays_hot_until_the_last(open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_batch=50)
    engine.add(*(f"soup: fact {number}" for number in range(ANALYSE_BATCH + 2)), "tea: last")
    while engine.updater.embed():
        pass
    engine.updater.consolidate(now_due=True)

    assert engine.updater.analyse()
    assert [s.l_interaction for s in engine.store.segments()] == [ANALYSE_BATCH + 2]
    assert engine.updater.analyse()
    assert [s.l_interaction for s in engine.store.segments()] == [0]
    assert not engine.updater.analyse()
    known = [fact.text for fact in engine.store.knowledge("user", None)]
    assert known == [f"fact {number}" for number in range(ANALYSE_BATCH + 2)]


# In any order


@pytest.mark.parametrize("seed", range(5))
def test_two_updaters_that_take_turns_in_any_order_do_everything_once(open_engine: OpenEngine, seed: int) -> None:
    clock, chance = Clock(), random.Random(seed)
    engines = [
        open_engine(holder=name, clock=clock, short_term_capacity=2, consolidation_batch=3) for name in ("one", "two")
    ]
    labels = [chance.choice(("soup", "skis", "tea")) for _ in range(30)]
    added = 0
    while added < len(labels):
        engine = chance.choice(engines)
        if chance.random() < 0.4:
            engine.add(f"{labels[added]}: fact {added}")
            added += 1
        else:
            chance.choice(list(STEPS.values()))(engine)
        clock.advance(chance.choice((0, 0, 1, 40)))
    for engine in engines:
        engine.finish()

    store = engines[0].store
    pages = store.newest_pages(50)
    assert [page.user_input for page in pages] == [f"{label}: fact {n}" for n, label in enumerate(labels)]
    assert [page.segment is not None and page.chain is not None for page in pages] == [True] * 28 + [False] * 2
    assert sum(segment.pages for segment in store.segments()) == 28
    assert sorted(fact.text for fact in store.knowledge("user", None)) == sorted(f"fact {n}" for n in range(28))
    assert engines[1].updater.pending() == Pending(0, 0, 0)
