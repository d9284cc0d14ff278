"""Mid-term memory: which segment a topic joins, which are evicted, which are read next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from engine import NOON, Engine, build_engine
from hash_embedder import HashEmbedder

from memoryos.language.stems import words_with_stems
from memoryos.models import Analysis, Segment, Topic
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.plans import ChainPlan, ConsolidationPlan, SegmentPlan
from memoryos.tiers.mid_term import MAX_KEYWORDS, MAX_SUMMARY_LINES, Placement, f_score

if TYPE_CHECKING:
    from memoryos.models import Vector

DATE = "[2026-03-01 12:00:00]"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = build_engine(tmp_path / "memory.db", similarity_threshold=0.6, heat_threshold=5.0)
    engine.store.use_embedder("two/1", 2)
    yield engine
    engine.store.close()


def vector(degrees: float) -> Vector:
    """The direction at an angle: the cosine of two is that of the angle between them."""
    return np.array((np.cos(np.radians(degrees)), np.sin(np.radians(degrees))), dtype=np.float32)


def segment(engine: Engine, theme: str, *, keywords: Sequence[str] = (), degrees: float = 0, pages: int = 1) -> Segment:
    """A new segment with pages of its own."""
    added = engine.add(*(f"{theme} {number}" for number in range(pages)))
    seqs = tuple(page.seq for page in added)
    plan = ConsolidationPlan(
        chains=(ChainPlan(None, theme, seqs),),
        segments=(SegmentPlan(None, theme, f"{DATE} about {theme}", tuple(keywords), vector(degrees), seqs),),
        archived=(),
        analysis="extractive",
    )
    claim = engine.store.claim("consolidate", "test", lease_seconds=30, now=engine.clock())
    assert claim is not None
    engine.store.commit_consolidation(claim, plan, now=engine.clock())
    engine.store.release(claim)
    return engine.store.segments()[-1]


def topic(theme: str, *pages: int, keywords: Sequence[str] = ()) -> Topic:
    return Topic(theme, tuple(keywords), f"all about\n {theme}", pages or (0,))


def joined(engine: Engine, degrees: float, *keywords: str) -> int | None:
    """The segment that a topic of this direction and these keywords joins."""
    page = engine.add("a page")
    (placement,) = engine.mid_term.place([topic("any", keywords=keywords)], [vector(degrees)], page)
    return placement.segment


# F_score


@pytest.mark.parametrize(
    ("degrees", "keywords", "score"),
    [
        (0, ("soup", "leek"), 2.0),
        (0, ("leek", "soup", "soup"), 2.0),
        (0, ("skis",), 1.0),
        (0, (), 1.0),
        (60, ("soup",), 1.0),
        (60, ("soup", "leek", "pot", "lid"), 1.0),
        (60, ("soup", "pot"), 0.5 + 1 / 3),
        (90, ("skis",), 0.0),
        (180, (), -1.0),
        (180, ("soup", "leek"), 0.0),
    ],
)
def test_f_score_is_the_cosine_plus_the_jaccard_index(degrees: float, keywords: Sequence[str], score: float) -> None:
    assert f_score(vector(0), ("soup", "leek"), vector(degrees), keywords) == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize(("one", "other"), [(None, vector(0)), (vector(0), None), (None, None)])
def test_f_score_without_a_vector_is_the_jaccard_index(one: Vector | None, other: Vector | None) -> None:
    assert f_score(one, ("soup", "leek"), other, ("soup", "pot")) == pytest.approx(1 / 3)


def test_f_score_without_any_keywords_is_the_cosine() -> None:
    assert f_score(vector(0), (), vector(60), ()) == pytest.approx(0.5)


# Placing topics


@pytest.mark.parametrize(("degrees", "joins"), [(0, True), (50, True), (55, False), (180, False)])
def test_a_topic_joins_a_segment_from_the_threshold_up(engine: Engine, degrees: float, joins: bool) -> None:
    """cos 50 degrees is 0.64, cos 55 degrees is 0.57."""
    soup = segment(engine, "soup")

    assert joined(engine, degrees) == (soup.id if joins else None)


@pytest.mark.parametrize(("threshold", "joins"), [(0.0, True), (0.5, True), (0.7, False), (2.0, False)])
def test_the_threshold_takes_effect(engine: Engine, threshold: float, joins: bool) -> None:
    """The reference never passed it on."""
    soup = segment(engine, "soup")
    mid_term = replace(engine.mid_term, similarity_threshold=threshold)

    (placement,) = mid_term.place([topic("any")], [vector(50)], engine.add("a page"))

    assert placement.segment == (soup.id if joins else None)


def test_shared_keywords_make_up_for_a_distant_meaning(engine: Engine) -> None:
    """The reference never reached this part of the score."""
    soup = segment(engine, "soup", keywords=("soup", "leek"))

    assert joined(engine, 65, "boat", "sail") is None
    assert joined(engine, 65, "soup", "pot") == soup.id


def test_a_topic_joins_the_best_segment_and_not_the_first_that_would_do(engine: Engine) -> None:
    segment(engine, "near", degrees=30)
    nearest = segment(engine, "nearest", degrees=10)
    segment(engine, "far", degrees=50)

    assert joined(engine, 0) == nearest.id


def test_a_segment_without_a_vector_of_this_embedder_is_joined_for_its_keywords_alone(engine: Engine) -> None:
    soup = segment(engine, "soup", keywords=("soup", "leek"))
    engine.store.use_embedder("other/1", 2)

    assert joined(engine, 0, "soup", "pot") is None
    assert joined(engine, 0, "soup", "leek") == soup.id


def shown(placements: Sequence[Placement]) -> list[tuple[object, ...]]:
    """Placements without their vectors."""
    return [(p.segment, p.theme, p.summary, p.keywords, p.pages) for p in placements]


def test_a_new_segment_says_when_its_talk_was(engine: Engine) -> None:
    pages = engine.add("one", "two", "three")

    placements = engine.mid_term.place([topic("soup", 0, 2, keywords=("soup",))], [vector(0)], pages)

    assert shown(placements) == [
        (None, "soup", f"{DATE} all about soup", ("soup",), (pages[0].seq, pages[2].seq)),
    ]


def test_a_segment_that_is_joined_gains_a_line_the_newest_keywords_and_the_pages(engine: Engine) -> None:
    soup = segment(engine, "soup", keywords=("leek", "pot"))
    pages = engine.add("one", "two")

    placements = engine.mid_term.place([topic("stew", 0, 1, keywords=("beef", "pot"))], [vector(10)], pages)

    assert shown(placements) == [
        (
            soup.id,
            "soup",
            f"{DATE} about soup\n{DATE} all about stew",
            ("beef", "pot", "leek"),
            (pages[0].seq, pages[1].seq),
        )
    ]


def test_two_topics_of_a_batch_that_belong_together_make_one_segment(engine: Engine) -> None:
    """The reference stored the pages of both topics twice."""
    pages = engine.add("one", "two", "three")
    topics = [topic("soup", 0, keywords=("soup",)), topic("skis", 1), topic("more soup", 2, keywords=("soup",))]

    placements = engine.mid_term.place(topics, [vector(0), vector(90), vector(5)], pages)

    assert shown(placements) == [
        (
            None,
            "soup",
            f"{DATE} all about soup\n{DATE} all about more soup",
            ("soup",),
            (pages[0].seq, pages[2].seq),
        ),
        (None, "skis", f"{DATE} all about skis", (), (pages[1].seq,)),
    ]


def test_a_summary_that_is_said_again_gives_no_second_line(engine: Engine) -> None:
    segment(engine, "soup", keywords=("leek",))
    pages = engine.add("one", "two")
    topics = [topic("stew", 0, keywords=("leek",)), topic("stew", 1, keywords=("leek",))]

    placements = engine.mid_term.place(topics, [vector(10), vector(10)], pages)

    ((_, _, summary, _, seqs),) = shown(placements)
    assert (summary, seqs) == (f"{DATE} about soup\n{DATE} all about stew", tuple(page.seq for page in pages))


def test_a_segment_keeps_its_newest_lines_and_keywords(engine: Engine) -> None:
    pages = engine.add(*(f"page {number}" for number in range(20)))
    topics = [topic(f"{number}", number, keywords=(f"k{number}",)) for number in range(20)]

    ((_, _, summary, keywords, seqs),) = shown(engine.mid_term.place(topics, [vector(0)] * 20, pages))

    assert summary == "\n".join(f"{DATE} all about {number}" for number in range(20 - MAX_SUMMARY_LINES, 20))
    assert keywords == tuple(f"k{number}" for number in range(19, 19 - MAX_KEYWORDS, -1))
    assert seqs == tuple(page.seq for page in pages)


# Eviction


def placement(segment: int | None) -> Placement:
    return Placement(segment, "any", "any", (), vector(0), ())


def test_the_coldest_segments_beyond_capacity_are_evicted(engine: Engine) -> None:
    warm, cold, hot, cool = (segment(engine, theme) for theme in ("warm", "cold", "hot", "cool"))
    engine.store.add_visits({warm.id: 2, hot.id: 5, cool.id: 1}, now=NOON)
    mid_term = replace(engine.mid_term, capacity=3)

    assert mid_term.evicted([], now=NOON) == (cold.id,)
    assert mid_term.evicted([placement(None)], now=NOON) == (cold.id, cool.id)
    assert replace(mid_term, capacity=4).evicted([], now=NOON) == ()


def test_a_segment_that_grows_now_is_not_evicted_and_takes_no_further_place(engine: Engine) -> None:
    warm, cold = segment(engine, "warm"), segment(engine, "cold")
    engine.store.add_visits({warm.id: 2}, now=NOON)
    mid_term = replace(engine.mid_term, capacity=2)

    assert mid_term.evicted([placement(cold.id)], now=NOON) == ()
    assert mid_term.evicted([placement(cold.id), placement(None)], now=NOON) == (warm.id,)


def test_of_equally_cold_segments_the_oldest_is_evicted(engine: Engine) -> None:
    first, second, _ = (segment(engine, theme) for theme in ("first", "second", "third"))

    assert replace(engine.mid_term, capacity=1).evicted([], now=NOON) == (first.id, second.id)


def test_a_segment_not_visited_for_long_is_evicted_before_one_that_grew_today(engine: Engine) -> None:
    """Heat as of now decides, not that of the last write."""
    old = segment(engine, "old", pages=1)
    engine.clock.advance(1e7)
    segment(engine, "new", pages=1)

    assert replace(engine.mid_term, capacity=1).evicted([], now=engine.clock()) == (old.id,)


# What is read next


def test_segments_over_the_threshold_are_read_hottest_first(engine: Engine) -> None:
    """Five pages and the recency of now are a heat of 6, four are 5, three are 4."""
    small, medium, large = (segment(engine, f"of {n}", pages=n) for n in (3, 4, 5))

    assert [s.id for s in engine.mid_term.hot(now=NOON)] == [large.id, medium.id]
    assert [s.id for s in engine.mid_term.to_analyse(now=NOON)] == [large.id, medium.id, small.id]


def test_a_hot_segment_without_new_pages_keeps_no_other_from_being_read(engine: Engine) -> None:
    """The reference looked at the hottest segment only."""
    read, other = segment(engine, "read", pages=5), segment(engine, "other", pages=5)
    engine.store.add_visits({read.id: 50}, now=NOON)
    pages = engine.store.pages_of_segment(read.id, not_analysed=True, limit=10)
    plan = engine.long_term.plan(pages, Analysis((), (), "extractive"), [], now=NOON)
    claim = engine.store.claim("analyse", "test", lease_seconds=30, now=NOON)
    assert claim is not None
    engine.store.commit_analysis(claim, plan, now=NOON)

    assert [s.id for s in engine.mid_term.hot(now=NOON)] == [other.id]


def test_a_segment_cools_below_the_threshold_by_itself(engine: Engine) -> None:
    segment(engine, "of 4", pages=4)

    assert len(engine.mid_term.hot(now=NOON)) == 1
    assert engine.mid_term.hot(now=NOON + timedelta(seconds=1)) == []


def test_pages_of_an_evicted_segment_are_found_like_all_others(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db", mid_term_capacity=1, consolidation_batch=1)
    soup, skis, last = engine.add("soup: leek and potato", "skis: waxed for Davos", "tea: the last page")

    engine.finish()

    index = FaissIndex()
    index.refresh(engine.store)
    found = index.search(HashEmbedder().embed_query("soup: leek and potato"), 10)
    assert [s.theme for s in engine.store.segments()] == ["skis"]
    assert engine.store.counts("helper").archived_segments == 1
    assert engine.store.match_words(words_with_stems("leek"), 10) == [soup.seq]
    assert (found[0][0], {seq for seq, _ in found}) == (soup.seq, {soup.seq, skis.seq, last.seq})
    engine.store.close()
