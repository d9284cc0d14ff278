"""Pages of several projects in a store: each has talks, queues and topics of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_work import NOON, TIMESTAMP, add, claimed, topic

from memoryos.models import PERSONAL, NewPage, Page, Scope
from memoryos.storage.plans import ChainPlan, ConsolidationPlan
from memoryos.storage.ports import Store

ALPHA, BETA = Scope("alpha"), Scope("beta")


def put(store: Store, text: str, project: str | None, meta_data: dict[str, object] | None = None) -> Page:
    page = NewPage(text, "", NOON, None, meta_data, project=project)
    return store.add_page(page, timestamp=TIMESTAMP, now=NOON).page


def test_a_page_follows_the_last_one_of_its_project_and_is_a_repeat_only_there(store: Store) -> None:
    pages = [put(store, text, project) for text in ("one", "two") for project in ("alpha", None, "beta")]

    assert [(page.project, page.previous) for page in pages] == [
        *(("alpha", None), (None, None), ("beta", None)),
        *(("alpha", 1), (None, 2), ("beta", 3)),
    ]
    assert put(store, "two", "alpha") == pages[3]
    outlines = store.outlines_after(0, 10)
    assert outlines.projects == ("alpha", None, "beta", "alpha", None, "beta")
    assert outlines.talks.tolist() == [1, 2, 3, 1, 2, 3]


def test_the_newest_pages_of_a_scope_are_its_own_and_the_personal_ones(store: Store) -> None:
    for text, project in (("a", "alpha"), ("p", None), ("b", "beta"), ("a2", "alpha"), ("b2", "beta")):
        put(store, text, project)

    seen = {
        scope: [page.user_input for page in store.newest_pages(2, scope=scope)] for scope in (ALPHA, BETA, PERSONAL)
    }
    assert seen == {ALPHA: ["p", "a2"], BETA: ["b", "b2"], PERSONAL: ["p"]}
    assert [page.user_input for page in store.newest_pages(2)] == ["a2", "b2"]
    of_beta = store.newest_pages(1)[0].id
    assert (store.pages_ending([of_beta], ALPHA), list(store.pages_ending([of_beta], BETA))) == ({}, [of_beta])


def test_pages_that_wait_come_a_project_at_a_time_a_whole_batch_first(store: Store) -> None:
    for at, project in enumerate(("alpha", "beta", None, "beta", "alpha", "beta", None)):
        put(store, f"page {at}", project)

    def waiting(**chosen: object) -> list[int]:
        return [page.seq for page in store.waiting_pages(newest=1, limit=3, **chosen)]  # type: ignore[arg-type]

    assert waiting() == [2, 4, 6]
    assert (waiting(scope=ALPHA), waiting(scope=PERSONAL), waiting(like=3)) == ([1, 5], [3], [3])
    assert (store.waiting_count(newest=1), store.waiting_count(newest=1, scope=ALPHA)) == (6, 3)


def test_pages_of_two_projects_are_never_put_into_one_topic_or_chain(store: Store) -> None:
    pages = [put(store, "soup", "alpha"), put(store, "more soup", "beta")]
    claim = claimed(store, "consolidate")
    seqs = tuple(page.seq for page in pages)
    together = ConsolidationPlan((ChainPlan(None, "soup", seqs),), (topic(*pages),), (), "extractive")
    with pytest.raises(ValueError, match="2 projects"):
        store.commit_consolidation(claim, together, now=NOON)

    first = ConsolidationPlan((ChainPlan(None, "soup", seqs[:1]),), (topic(pages[0]),), (), "extractive")
    store.commit_consolidation(claim, first, now=NOON)
    joining = ConsolidationPlan((ChainPlan(1, "soup", seqs[1:]),), (topic(pages[1]),), (), "extractive")
    with pytest.raises(ValueError, match="another project"):
        store.commit_consolidation(claim, joining, now=NOON + timedelta(hours=1))

    assert [(segment.project, segment.pages) for segment in store.segments()] == [("alpha", 1)]
    assert (store.largest_topics(9, BETA), len(store.largest_topics(9, ALPHA))) == ([], 1)


def test_metadata_is_compared_as_text_and_lists_by_what_they_hold(store: Store) -> None:
    put(store, "one", None, {"room": "lab", "n": 3, "done": True, "tags": ["a", 7]})
    put(store, "two", "alpha", {"room": "lab"})
    add(store, "three")

    def having(*pairs: tuple[str, str]) -> list[int]:
        return store.pages_with_meta_data(pairs)

    assert having(("room", "lab")) == [1, 2]
    assert having(("room", "lab"), ("n", "3")) == having(("done", "true")) == having(("tags", "7")) == [1]
    assert having(("room", "la")) == having(("lab", "room")) == []


def test_of_what_is_forgotten_echoes_in_other_projects_are_not_named(store: Store) -> None:
    told = put(store, "my number is 555 0199 2233", "alpha")
    echo = put(store, "I called 555 0199 2233", "alpha")
    put(store, "555 0199 2233 is in the book", "beta")

    assert store.forget_pages([told.id], ALPHA).echoes == (echo.id,)
