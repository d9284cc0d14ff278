"""The paper's own retrieval: the best segments first, then the pages in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from store_work import add, consolidate, embed, topic, vector

from memoryos.models import RankedPage
from memoryos.retrieval.candidates import Candidates
from memoryos.retrieval.hybrid import QueryVector
from memoryos.retrieval.query import Query
from memoryos.retrieval.two_stage import SEGMENTS, TwoStageRetriever
from memoryos.storage.ports import Store

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)
BETWEEN = (0.6, 0.8)
NOTHING_FOUND = Candidates((), (), (), frozenset(), 0)


def ranked(store: Store, text: str = "?", limit: int = 10) -> tuple[RankedPage, ...]:
    """What a query for the east brings."""
    query = Query(text, text, about=None, is_statement=False)
    return TwoStageRetriever(store).pages(query, QueryVector(vector(*EAST), 1.0), limit, NOTHING_FOUND)


def scored(pages: Sequence[RankedPage]) -> list[tuple[str, object]]:
    return [(page.page.user_input, pytest.approx(page.score, abs=1e-3)) for page in pages]


def filled(store: Store, *themes: tuple[str, tuple[float, float]]) -> None:
    """For each theme a segment in a direction, its one page saying the theme and pointing east."""
    for theme, direction in themes:
        (page,) = add(store, theme)
        consolidate(store, topic(page, theme=theme, direction=direction))
        embed(store, {page.seq: [EAST]})


def test_pages_come_by_their_cosine_the_older_first_of_equal_ones(store: Store) -> None:
    pages = add(store, "north", "between", "east", "west", "east again")
    consolidate(store, topic(*pages))
    embed(store, {1: [NORTH], 2: [BETWEEN], 3: [EAST], 4: [WEST], 5: [EAST]})
    stored = store.pages([1, 2, 3, 4, 5])

    best = ranked(store)

    assert scored(best) == [("east", 1), ("east again", 1), ("between", 0.6), ("north", 0), ("west", 0)]
    assert [page.page for page in best] == [stored[seq] for seq in (3, 5, 2, 1, 4)]
    assert [dict(page.signals) for page in best] == [
        {"meaning": pytest.approx(cosine, abs=1e-3)} for cosine in (1, 1, 0.6, 0, -1)
    ]
    assert ranked(store, limit=2) == best[:2]


def test_the_best_window_of_a_page_stands_for_it(store: Store) -> None:
    consolidate(store, topic(*add(store, "long", "short")))
    embed(store, {1: [NORTH, EAST, WEST], 2: [BETWEEN]})

    assert scored(ranked(store)) == [("long", 1), ("short", 0.6)]


def test_pages_of_segments_that_are_not_among_the_best_are_not_looked_at(store: Store) -> None:
    """The page of "far" is as close as can be, and its segment is the sixth."""
    near = [(f"near {number}", BETWEEN) for number in range(SEGMENTS)]
    filled(store, *near[:2], ("far", NORTH), *near[2:])

    assert scored(ranked(store)) == [(theme, 1) for theme, _ in near]


def test_keywords_that_the_query_shares_bring_a_distant_segment(store: Store) -> None:
    """Its cosine is 0 and its share of common keywords 1; that of the others is 0.6 and a third ("food")."""
    near = [(f"near {number}", BETWEEN) for number in range(SEGMENTS)]
    filled(store, ("leek", NORTH), *near)

    assert ("leek", 1) in scored(ranked(store, "leek food"))
    assert ("leek", 1) not in scored(ranked(store, "potato food"))


def test_only_pages_that_an_active_segment_holds_are_found(store: Store) -> None:
    archived, active, waiting = add(store, "archived", "active", "waiting")
    (old,) = consolidate(store, topic(archived, theme="old"))
    consolidate(store, topic(active), archived=[old.id])
    embed(store, {page.seq: [EAST] for page in (archived, active, waiting)})

    assert scored(ranked(store)) == [("active", 1)]


def test_a_page_not_embedded_yet_is_not_found(store: Store) -> None:
    consolidate(store, topic(*add(store, "embedded", "not yet")))
    embed(store, {1: [NORTH]})

    assert scored(ranked(store, "not yet")) == [("embedded", 0)]


def test_segments_without_a_vector_come_by_their_keywords(store: Store) -> None:
    """Those of another embedder, and those whose summary is refused."""
    filled(store, ("leek", EAST), *((f"theme {number}", EAST) for number in range(SEGMENTS)))
    store.use_embedder("other/1", 2)
    embed(store, {seq: [EAST] for seq in range(1, SEGMENTS + 2)})

    assert ("leek", 1) in scored(ranked(store, "leek"))
    assert ("leek", 1) not in scored(ranked(store, "potato"))


def test_without_a_vector_of_the_query_nothing_is_found(store: Store) -> None:
    filled(store, ("soup", EAST))
    query = Query("soup", "soup", about=None, is_statement=False)
    by_words = Candidates((), (1,), (), frozenset({1}), 3)

    assert TwoStageRetriever(store).pages(query, None, 10, by_words) == ()


def test_what_words_and_dates_found_is_not_asked(store: Store) -> None:
    filled(store, ("soup", EAST), ("skis", NORTH))
    add(store, "soup of today")
    query = Query("soup", "soup", about=None, is_statement=False)
    vector_ = QueryVector(vector(*EAST), 1.0)

    found = [
        TwoStageRetriever(store).pages(query, vector_, 10, found)
        for found in (NOTHING_FOUND, Candidates((), (3,), (), frozenset({3}), 3))
    ]

    assert found[0] == found[1]
    assert scored(found[0]) == [("soup", 1), ("skis", 1)]


def test_an_empty_memory_has_nothing_to_find(store: Store) -> None:
    assert ranked(store) == ()
