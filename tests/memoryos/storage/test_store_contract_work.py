"""Who may do which work on every store, and what is kept of failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from store_work import (
    NOON,
    OpenStore,
    add,
    analyse,
    analysis_of,
    claimed,
    consolidate,
    fact,
    matrix,
    topic,
    vector,
)

from memoryos.errors import ClaimLostError
from memoryos.models import PageVectors, WorkKind
from memoryos.status import Failure, Parked
from memoryos.storage.plans import AnalysisPlan, ChainPlan, Claim, ConsolidationPlan
from memoryos.storage.ports import Store


def test_a_claim_is_one_workers_until_it_is_released(store: Store) -> None:
    claim = store.claim("embed", "one", lease_seconds=30, now=NOON)
    assert claim == Claim("embed", "one", attempts=0)
    assert store.claim("embed", "two", lease_seconds=30, now=NOON + timedelta(seconds=29)) is None
    assert store.claim("analyse", "two", lease_seconds=30, now=NOON) == Claim("analyse", "two")

    store.release(claim)

    assert store.claim("embed", "two", lease_seconds=30, now=NOON) == Claim("embed", "two")


def test_a_claim_whose_lease_ran_out_is_anybodys(store: Store) -> None:
    store.claim("embed", "one", lease_seconds=30, now=NOON)

    assert store.claim("embed", "two", lease_seconds=30, now=NOON + timedelta(seconds=30)) == Claim("embed", "two")


def test_a_claim_made_while_the_clock_was_ahead_is_anybodys_once_it_is_right(store: Store) -> None:
    """A machine booted with a wrong date once kept all background work from being done for years."""
    store.claim("embed", "one", lease_seconds=30, now=NOON + timedelta(days=1_000))

    assert store.claim("embed", "two", lease_seconds=30, now=NOON) == Claim("embed", "two")


def test_a_wait_begun_while_the_clock_was_ahead_is_over_once_it_is_right(store: Store) -> None:
    ahead = NOON + timedelta(days=1_000)
    store.fail(claimed(store, "embed", now=ahead), "EmbeddingError", wait_seconds=60, now=ahead)

    assert store.claim("embed", "two", lease_seconds=30, now=NOON) == Claim("embed", "two", attempts=1)


def test_a_claim_is_seen_by_every_process(open_store: OpenStore) -> None:
    open_store().claim("embed", "one", lease_seconds=30, now=NOON)

    assert open_store().claim("embed", "two", lease_seconds=30, now=NOON) is None


def test_who_lost_a_claim_gives_nothing_back(store: Store) -> None:
    lost = claimed(store, "embed", holder="one")
    kept = claimed(store, "embed", holder="two", now=NOON + timedelta(seconds=30))

    store.release(lost)
    store.fail(lost, "EmbeddingError", wait_seconds=60, now=NOON + timedelta(seconds=31))

    assert store.failures() == ()
    assert store.claim("embed", "three", lease_seconds=30, now=NOON + timedelta(seconds=31)) is None
    store.commit_vectors(kept, [])


COMMITS: dict[str, tuple[WorkKind, Callable[[Store, Claim], None]]] = {
    "vectors of pages": (
        "embed",
        lambda store, claim: store.commit_vectors(claim, [PageVectors(1, matrix((1, 0)), matrix((1, 0)), matrix())]),
    ),
    "a refusal of a page": (
        "embed",
        lambda store, claim: store.commit_refusal(claim, 2, "EmbeddingRefusalError", now=NOON),
    ),
    "vectors of segments": ("embed", lambda store, claim: store.commit_segment_vectors(claim, {1: vector(0, 1)})),
    "vectors of facts": ("embed", lambda store, claim: store.commit_knowledge_vectors(claim, {"K1": vector(1, 0)})),
    "a consolidation": (
        "consolidate",
        lambda store, claim: store.commit_consolidation(
            claim,
            ConsolidationPlan((ChainPlan(1, "changed", (2,)),), (topic(*store.newest_pages(1)),), (1,), "model"),
            now=NOON,
        ),
    ),
    "an analysis": (
        "analyse",
        lambda store, claim: store.commit_analysis(
            claim, AnalysisPlan((2,), (), (fact("K2", "skis"),), {"K1": "K2"}, {}, (), finished=(1,)), now=NOON
        ),
    ),
}


@pytest.mark.parametrize("taken_by", ["another worker", "nobody"])
@pytest.mark.parametrize("commit", COMMITS)
def test_who_lost_a_claim_commits_nothing(store: Store, commit: str, taken_by: str) -> None:
    kind, commit_work = COMMITS[commit]
    pages = add(store, "soup", "skis")
    segment = consolidate(store, topic(pages[0]))[0]
    analyse(store, analysis_of(segment, pages[0], new=[fact("K1", "likes soup", pages[0])]))
    lost = claimed(store, kind)
    kept = claimed(store, kind, holder="two", now=NOON + timedelta(seconds=30))
    if taken_by == "nobody":
        store.release(kept)

    def everything() -> object:
        segments, facts = store.segments(), store.knowledge("user", None)
        vectors = [*(segment.vector for segment in segments), *(known.vector for known in facts)]
        return (
            store.newest_pages(10),
            segments,
            facts,
            [None if vector is None else vector.tolist() for vector in vectors],
            store.unembedded_count("two/1"),
            [store.version(kind) for kind in ("page", "vector", "segment", "knowledge", "trait")],
        )

    before = everything()
    with pytest.raises(ClaimLostError) as refused:
        commit_work(store, lost)

    assert str(refused.value) == f"{kind}: another worker took over; it will do this work"
    assert everything() == before


def test_a_failure_keeps_everybody_away_for_its_waiting_time(store: Store) -> None:
    store.fail(claimed(store, "embed"), "EmbeddingError", wait_seconds=60, now=NOON)

    for holder in ("one", "two"):
        assert store.claim("embed", holder, lease_seconds=30, now=NOON + timedelta(seconds=59)) is None, (
            "the wait still runs"
        )
    assert store.claim("embed", "two", lease_seconds=30, now=NOON + timedelta(seconds=60)) == Claim("embed", "two", 1)


def test_failures_count_up_until_the_work_succeeds(store: Store) -> None:
    for attempt in range(2):
        now = NOON + timedelta(minutes=attempt)
        store.fail(claimed(store, "consolidate", now=now), "ModelError", wait_seconds=1, now=now)
    store.fail(claimed(store, "embed"), "EmbeddingError", wait_seconds=1, now=NOON)
    assert store.failures() == (
        Failure("consolidate", "ModelError", NOON + timedelta(minutes=1), 2),
        Failure("embed", "EmbeddingError", NOON, 1),
    )

    claim = claimed(store, "consolidate", now=NOON + timedelta(minutes=2))
    store.release(claim)

    assert claim.attempts == 2
    assert store.failures() == (Failure("embed", "EmbeddingError", NOON, 1),)
    assert claimed(store, "consolidate", now=NOON + timedelta(minutes=2)).attempts == 0


def test_how_much_a_model_can_read_is_kept_for_the_next_try(store: Store) -> None:
    claim = claimed(store, "analyse")
    store.limit_batch(claim, content_failures=2, batch=5)
    store.fail(claim, "ModelReplyError", wait_seconds=1, now=NOON)

    again = claimed(store, "analyse", holder="two", now=NOON + timedelta(seconds=1))

    assert again == Claim("analyse", "two", attempts=1, content_failures=2, batch=5)
    assert claimed(store, "consolidate") == Claim("consolidate", "one")


def test_pages_read_without_the_model_are_listed_newest_first(store: Store) -> None:
    pages = add(store, "soup", "skis")
    plan = ConsolidationPlan(
        (ChainPlan(None, "a talk", (1, 2)),), (topic(*pages),), (), "extractive", parked="ModelReplyError"
    )
    store.commit_consolidation(claimed(store, "consolidate"), plan, now=NOON)
    later = NOON + timedelta(minutes=1)
    analysis = replace(analysis_of(store.segments()[0], pages[0]), parked="ModelLengthError")

    analyse(store, analysis, now=later)

    assert store.parked(10) == (
        Parked("analyse", pages[0].id, "ModelLengthError", later),
        Parked("consolidate", pages[1].id, "ModelReplyError", NOON),
        Parked("consolidate", pages[0].id, "ModelReplyError", NOON),
    )
    assert store.parked(1) == store.parked(10)[:1]
    assert store.parked_pages() == {pages[0].id, pages[1].id}


def test_a_page_that_the_embedder_refuses_waits_for_no_vectors_and_is_parked_for_them_alone(store: Store) -> None:
    pages = add(store, "soup", "skis")

    store.commit_refusal(claimed(store, "embed"), 1, "EmbeddingRefusalError", now=NOON)

    assert store.unembedded_pages(10) == (pages[1],)
    assert store.page_vectors([1]) == {}
    assert store.parked_pages("embed") == store.parked_pages() == {pages[0].id}
    assert store.parked_pages("consolidate", "analyse") == frozenset()


def test_a_page_stays_refused_when_it_goes_to_a_model_again(store: Store) -> None:
    pages = add(store, "soup")
    store.commit_refusal(claimed(store, "embed"), 1, "EmbeddingRefusalError", now=NOON)
    consolidate(store, topic(*pages))

    assert store.release_for_reanalysis(now=NOON) == 1

    assert store.parked(10) == (Parked("embed", pages[0].id, "EmbeddingRefusalError", NOON),)
