"""From a query to pages and facts, over a real store: what is found, in which order, and what without a vector."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from engine import Engine, OpenEngine
from hash_embedder import HashEmbedder
from ready_retriever import NOW, ranked, ready_retriever, seqs
from store_work import NOON, add, claimed, embed, matrix, vector

from memoryos.models import PageVectors
from memoryos.retrieval import hybrid as module
from memoryos.retrieval.hybrid import QueryVector, visited
from memoryos.retrieval.query import Query, Speaker
from memoryos.storage.ports import Store
from memoryos.storage.sqlite.store import SqliteStore

EAST, NORTH = (1.0, 0.0), (0.0, 1.0)
TO_EAST = QueryVector(vector(*EAST), 1.0)
LATER = timedelta(hours=2)
"""Long enough for a new talk."""


# Pages


def embedded(engine: Engine, *texts: str) -> None:
    """Pages that have their vectors, a talk each."""
    for text in texts:
        engine.add(text)
        engine.clock.advance(LATER.total_seconds())
    engine.finish()


def test_a_page_not_embedded_yet_is_found_by_its_words(open_engine: OpenEngine) -> None:
    engine = open_engine()
    embedded(engine, "The parcel went to Bern", "Tea is ready", "We went skiing", "A cat sat on the stove")
    (page,) = engine.add("The parcel went to Basel")
    retriever = ready_retriever(engine.store, HashEmbedder())
    vector = retriever.embed(retriever.read("Basel?"))
    assert vector is not None

    best = ranked(retriever, "Basel?", vector)[0]

    # Its words stand in for the meaning of the page and of its better side, measured by the best match and a sure one.
    stands_in = best.signals["words"] * (0.4 + 1.0)
    assert (best.page, best.score, best.words) == (page, 1, ("basel",))
    assert best.signals["meaning"] == pytest.approx(stands_in)


def test_pages_are_found_by_meaning_without_a_common_word(store: Store) -> None:
    add(store, "north", "east", "west", "south")
    embed(store, {1: [NORTH], 2: [EAST], 3: [(-1, 0)], 4: [(0, -1)]})

    pages = ranked(ready_retriever(store), "Is there anything?", TO_EAST)

    assert seqs(pages)[0] == 2
    assert [page.signals["meaning"] for page in pages] == pytest.approx([1.4, 0, 0, 0], abs=0.01)
    assert [page.words for page in pages] == [()] * 4


def test_without_a_vector_pages_are_found_by_words_alone(store: Store) -> None:
    for hours, text in enumerate(("leek", "leek soup", "soup", "tea")):
        add(store, text, now=NOON + hours * LATER)
    embed(store, {1: [NORTH], 2: [NORTH], 3: [NORTH], 4: [EAST]})

    pages = ranked(ready_retriever(store), "leek soup?")

    assert (seqs(pages)[0], set(seqs(pages))) == (2, {1, 2, 3})
    assert [page.signals["meaning"] for page in pages] == [0, 0, 0]


def test_a_vector_that_is_not_trusted_is_as_good_as_none(store: Store) -> None:
    add(store, "leek", "north", "leek soup", "soup")
    embed(store, {1: [NORTH], 2: [EAST], 3: [NORTH], 4: [NORTH]})
    retriever = ready_retriever(store)

    assert ranked(retriever, "leek soup?", replace(TO_EAST, trust=0.0)) == ranked(retriever, "leek soup?")


def test_a_page_of_the_talk_of_the_match_outranks_one_of_another_talk(store: Store) -> None:
    """All are equally close in meaning, and none but the second holds a word of the query."""
    add(store, "not that I know")
    add(store, "leek soup", "yes please", now=NOON + LATER)
    add(store, "no idea", now=NOON + 2 * LATER)
    embed(store, {seq: [EAST] for seq in (1, 2, 3, 4)})

    pages = ranked(ready_retriever(store), "soup?", TO_EAST)

    assert seqs(pages) == [2, 3, 1, 4]
    assert [page.signals["neighbours"] > 0 for page in pages] == [False, True, False, False]


@pytest.mark.parametrize("text", ["soup?", "soup."])
def test_pages_are_ranked_after_one_is_forgotten_as_if_it_had_never_been_said(tmp_path: Path, text: str) -> None:
    """The pages on either side of a forgotten one once lent each other nothing."""
    talk = ["leek soup", "with bread?", "yes please", "and butter", "thanks"]
    told, never = SqliteStore(tmp_path / "told.db"), SqliteStore(tmp_path / "never.db")
    for store, said in ((told, talk), (never, [talk[0], *talk[2:]])):
        add(store, "good morning", now=NOON - LATER)
        add(store, *said)
    told.forget_pages([told.newest_pages(4)[0].id])

    rankings = [ranked(ready_retriever(store), text) for store in (told, never)]

    scores = [{page.page.user_input: (page.score, dict(page.signals)) for page in pages} for pages in rankings]
    assert scores[0] == scores[1]
    assert scores[0]["yes please"][1]["neighbours"] > 0
    told.close()
    never.close()


@pytest.mark.parametrize(("text", "found"), [("soup?", {1, 2}), ("soup.", {1, 2, 3, 4, 5})])
def test_a_statement_brings_the_talk_that_it_continues_and_a_question_the_page(
    store: Store, text: str, found: set[int]
) -> None:
    add(store, "leek soup", "yes please", "with bread", "and butter", "thanks")
    add(store, "good night", now=NOON + LATER)

    pages = ranked(ready_retriever(store), text)

    assert (seqs(pages)[0], set(seqs(pages))) == (1, found)


@pytest.mark.parametrize(("about", "best"), [("user", 2), ("agent", 1)])
def test_a_query_about_a_speaker_prefers_what_that_speaker_said(store: Store, about: Speaker, best: int) -> None:
    """Of the first page the agent's side points east, of the second the user's; as whole pages they are alike."""
    for number in range(4):
        add(store, f"number {number}", now=NOON + number * LATER)
    north, east = matrix(NORTH), matrix(EAST)
    vectors = [PageVectors(1, north, user_side=north, agent_side=east), PageVectors(2, north, east, north)]
    vectors += [PageVectors(seq, north, north, north) for seq in (3, 4)]
    store.commit_vectors(claimed(store, "embed"), vectors)
    retriever = ready_retriever(store)
    query = Query("?", "?", about, is_statement=False)

    pages = retriever.pages(query, TO_EAST, 10, retriever.find(query, NOW))

    assert pages[0].page.seq == best


def test_pages_of_a_date_are_found_without_a_word_in_common(store: Store) -> None:
    for days in range(0, 100, 20):
        add(store, f"day {days}", now=NOON + timedelta(days=days))

    pages = ranked(ready_retriever(store), "What was on April 10th?")  # NOON is on 1 March: 40 days before

    assert (seqs(pages), pages[0].signals["dates"] > 0) == ([3], True)


def test_a_query_that_finds_nothing_brings_as_many_of_the_newest_pages_as_are_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CANDIDATES", 2)
    for number in range(5):
        add(store, f"page {number}", now=NOON + number * LATER)

    found = [set(seqs(ranked(ready_retriever(store), "Unheard of?", limit=limit))) for limit in (2, 5, 9)]

    assert found == [{4, 5}, {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}]


def test_a_day_that_no_page_is_of_leaves_no_page_that_looks_like_an_answer(store: Store) -> None:
    add(store, "We went skiing", now=NOON)

    (page,) = ranked(ready_retriever(store), "What did I do on March 18, 1999?")

    assert page.score == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("query", "first"), [("When did I first plant roses?", 1), ("When did I last plant roses?", 3)]
)
def test_of_good_pages_the_first_or_the_latest_leads_where_that_is_asked(store: Store, query: str, first: int) -> None:
    for number in range(3):
        add(store, "I plant roses", now=NOON + number * LATER)
    add(store, "Tea", "Soup", "Bread", now=NOON + 4 * LATER)

    assert seqs(ranked(ready_retriever(store), query))[0] == first


def test_as_many_pages_come_as_are_asked_for_the_best_with_a_score_of_one(store: Store) -> None:
    add(store, *(f"parcel {number}" for number in range(12)))
    retriever = ready_retriever(store)

    pages = ranked(retriever, "parcel 7?", limit=12)

    assert [ranked(retriever, "parcel 7?", limit=limit) for limit in (1, 5)] == [pages[:1], pages[:5]]
    scores = [page.score for page in pages]
    assert (seqs(pages)[0], scores[0], scores) == (8, 1.0, sorted(scores, reverse=True))


def test_an_empty_memory_brings_nothing(store: Store) -> None:
    assert ranked(ready_retriever(store), "leek?", TO_EAST) == ()


def test_the_words_that_a_page_shares_with_a_query_come_rarest_first(store: Store) -> None:
    add(store, "tea, leek and hiking", "tea", "hiking tea", "potato")

    pages = ranked(ready_retriever(store), "Tea, hikes, leek, unheard-of?")

    assert {page.page.seq: page.words for page in pages} == {
        1: ("leek", "hikes", "tea"),
        2: ("tea",),
        3: ("hikes", "tea"),
        4: (),
    }


def test_a_page_added_by_another_process_is_found(open_engine: OpenEngine) -> None:
    ours, theirs = open_engine(), open_engine()
    retriever = ready_retriever(ours.store, HashEmbedder())
    (page,) = theirs.add("leek soup")

    assert [found.page for found in ranked(retriever, "leek?")] == [page]


def test_the_segments_of_ranked_pages_are_visited_once_each(open_engine: OpenEngine) -> None:
    engine = open_engine()
    engine.add("soup: leek", "skis: waxed", "soup: potato", "tea: green")
    engine.finish()
    segments = {segment.theme: segment.id for segment in engine.store.segments()}
    pages = ranked(ready_retriever(engine.store, HashEmbedder()), "leek, potato or green?")

    assert set(seqs(pages)) == {1, 2, 3, 4}
    assert visited(pages) == {segments["soup"]: 1, segments["skis"]: 1}  # tea is in short-term memory
