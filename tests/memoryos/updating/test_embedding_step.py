"""Vectors from an endpoint that refuses some texts, or is out of order: who waits, and who does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from embedding_endpoint import EmbeddingEndpoint
from engine import Engine, OpenEngine
from hash_embedder import HashEmbedder
from ready_retriever import ranked, ready_retriever, seqs

from memoryos.embedding.openai_api import OpenAIEmbedder
from memoryos.errors import EmbeddingError
from memoryos.status import Failure, Parked, Pending
from memoryos.updating.embedding_step import EMBED_BATCH, EmbeddingStep

REFUSAL = (400, '{"error": {"message": "the text is refused"}}')
DAY = 86_400


def poison_is_refused(texts: Sequence[str]) -> tuple[int, str] | None:
    return REFUSAL if any("poison" in text for text in texts) else None


@pytest.fixture
def endpoint() -> Iterator[EmbeddingEndpoint]:
    with EmbeddingEndpoint() as server:
        server.refuses = poison_is_refused
        yield server


@pytest.fixture
def engine(endpoint: EmbeddingEndpoint, open_engine: OpenEngine) -> Engine:
    return open_engine(embedder=OpenAIEmbedder(endpoint.url, "", "vowels"))


def embed(engine: Engine) -> None:
    while engine.updater.embed():
        pass


def without_vectors(engine: Engine) -> list[int]:
    """The pages that have none."""
    pages = engine.store.newest_pages(100)
    return sorted({page.seq for page in pages} - engine.store.page_vectors([page.seq for page in pages]).keys())


def test_a_page_that_is_refused_is_parked_and_keeps_no_other_waiting(engine: Engine) -> None:
    texts = [f"soup: leek {number}" for number in range(EMBED_BATCH + 2)]
    texts[3] = "soup: poison"
    pages = engine.add(*texts)

    embed(engine)

    assert without_vectors(engine) == [4]
    assert engine.updater.pending().embed == 0
    assert engine.store.parked(10) == (Parked("embed", pages[3].id, "EmbeddingRefusalError", engine.clock()),)
    assert engine.store.failures() == ()


def test_a_page_that_is_refused_is_found_by_its_words(engine: Engine) -> None:
    engine.add("soup: leek", "soup: poison", "tea: green")
    embed(engine)
    retriever = ready_retriever(engine.store, engine.updater.embedder)
    asked = "Which soup was strong as poison?"

    vectors = [retriever.embed(retriever.read(text)) for text in (asked, "Which soup?")]

    assert [vector is None for vector in vectors] == [True, False], "the next query is not answered by words alone"
    assert [seqs(ranked(retriever, asked, vector))[0] for vector in vectors] == [2, 2]


def test_a_page_that_is_refused_moves_up_the_tiers_with_the_others(engine: Engine) -> None:
    engine.add("soup: leek", "soup: poison", "soup: pea", "tea: last")

    engine.finish()

    assert [page.segment is not None for page in engine.store.newest_pages(4)] == [True, True, True, False]
    assert engine.updater.pending() == Pending(0, 0, 0)
    told = [(fact.text, fact.vector is not None) for fact in engine.store.knowledge("user", None)]
    assert told == [("leek", True), ("poison", False), ("pea", True)]


# Segments and facts


def poison_or_strong_is_refused(texts: Sequence[str]) -> tuple[int, str] | None:
    return REFUSAL if any("poison" in text or "strong" in text for text in texts) else None


def have_vectors(engine: Engine) -> tuple[list[bool], list[bool]]:
    """Which segments and which facts."""
    stored = (engine.store.segments(), engine.store.knowledge("user", None))
    segments, facts = ([one.vector is not None for one in ones] for ones in stored)
    return segments, facts


@pytest.fixture
def refused(endpoint: EmbeddingEndpoint, open_engine: OpenEngine) -> Engine:
    """An engine with two segments of one fact each, of which the endpoint refuses the second."""
    endpoint.refuses = poison_or_strong_is_refused
    engine = open_engine(
        embedder=OpenAIEmbedder(endpoint.url, "", "vowels"), similarity_threshold=2.0, consolidation_batch=1
    )
    engine.add("soup: leek", "poison: strong", "tea: last")
    engine.finish()
    return engine


def test_a_summary_or_a_fact_that_is_refused_goes_without_and_waits_for_nothing(
    refused: Engine, endpoint: EmbeddingEndpoint
) -> None:
    asked = len(endpoint.requests)

    assert have_vectors(refused) == ([True, False], [True, False])
    assert refused.updater.pending() == Pending(0, 0, 0)
    assert not refused.updater.embed()
    assert len(endpoint.requests) == asked


def test_what_is_refused_after_a_change_of_embedder_goes_without(
    endpoint: EmbeddingEndpoint, open_engine: OpenEngine
) -> None:
    before = open_engine(embedder=HashEmbedder(), similarity_threshold=2.0, consolidation_batch=1)
    before.add("soup: leek", "poison: strong", "tea: last")
    before.finish()
    engine = open_engine(embedder=OpenAIEmbedder(endpoint.url, "", "vowels"))
    engine.store.use_embedder("openai-api/vowels", 4)
    endpoint.refuses = poison_or_strong_is_refused

    embed(engine)

    assert have_vectors(engine) == ([True, False], [True, False])
    assert engine.updater.pending().embed == 0


def test_a_summary_and_a_fact_that_were_refused_are_tried_again_once_a_day(
    refused: Engine, endpoint: EmbeddingEndpoint
) -> None:
    pending = []
    for seconds in (0, DAY - 1, 1):
        refused.clock.advance(seconds)
        refused.store.maintain(now=refused.clock())
        pending.append(refused.updater.pending().embed)
        embed(refused)
        assert have_vectors(refused) == ([True, False], [True, False])
    assert pending == [2, 0, 3], "at last with the page that was refused, too"

    endpoint.refuses = lambda texts: None
    refused.clock.advance(DAY)
    refused.store.maintain(now=refused.clock())
    embed(refused)

    assert have_vectors(refused) == ([True, True], [True, True])
    assert refused.updater.pending() == Pending(0, 0, 0)


def test_a_day_begun_while_the_clock_was_ahead_is_over_once_it_is_right(refused: Engine) -> None:
    refused.store.maintain(now=refused.clock() + timedelta(days=1_000))
    embed(refused)

    refused.store.maintain(now=refused.clock())

    assert refused.updater.pending().embed == 2


def test_a_fact_that_is_refused_is_one_with_its_repetition(refused: Engine) -> None:
    refused.clock.advance(3600)
    refused.add("poison: strong", "tea: again")

    refused.finish()

    assert [(fact.text, len(fact.sources)) for fact in refused.store.knowledge("user", None)] == [
        ("leek", 1),
        ("strong", 2),
        ("last", 1),
    ]


def test_facts_are_known_with_their_vectors_once_the_embedder_is_in_use(
    refused: Engine, open_engine: OpenEngine
) -> None:
    opened = open_engine(embedder=refused.updater.embedder)
    assert [fact.vector is not None for fact in opened.long_term.user_knowledge()] == [False, False]

    opened.store.use_embedder("openai-api/vowels", 4)

    assert [fact.vector is not None for fact in opened.long_term.user_knowledge()] == [True, False]
    assert opened.long_term.user_knowledge() is opened.long_term.user_knowledge(), "they are read once"


def test_a_summary_that_is_too_long_for_the_endpoint_is_embedded_by_its_beginning(
    endpoint: EmbeddingEndpoint, open_engine: OpenEngine
) -> None:
    too_long = (413, '{"error": "`inputs` must have less than 512 tokens. Given: 700", "error_type": "Validation"}')
    endpoint.refuses = lambda texts: too_long if any(len(text.encode()) > 1_000 for text in texts) else None
    step = EmbeddingStep(open_engine().store, OpenAIEmbedder(endpoint.url, "", "vowels"))

    vectors = step.embed_texts(["a leek", "onion " * 1_000, "a pea"])

    assert [vector is not None for vector in vectors] == [True, True, True]


# An endpoint that is out of order, or takes no long texts


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503, 400])
def test_an_endpoint_that_is_out_of_order_keeps_all_pages_waiting(
    endpoint: EmbeddingEndpoint, engine: Engine, status: int
) -> None:
    engine.add("soup: leek", "soup: poison")
    endpoint.refuses = lambda texts: (status, '{"error": {"message": "token limit reached"}}')

    with pytest.raises(EmbeddingError):
        engine.updater.embed()

    assert (engine.store.unembedded_count("openai-api/vowels"), engine.store.parked(10)) == (2, ())
    assert engine.store.failures() == (Failure("embed", "EmbeddingError", engine.clock(), 1),)


@pytest.mark.parametrize(
    "refusal",
    [
        (413, '{"error": "`inputs` must have less than 512 tokens. Given: 700", "error_type": "Validation"}'),
        (400, '{"error": {"message": "This model\'s maximum context length is 512 tokens."}}'),
        (500, '{"error": {"message": "input is too large to process. increase the physical batch size"}}'),
    ],
)
def test_a_page_that_is_too_long_for_the_endpoint_is_embedded_in_smaller_windows(
    endpoint: EmbeddingEndpoint, engine: Engine, refusal: tuple[int, str]
) -> None:
    endpoint.refuses = lambda texts: refusal if any(len(text.encode()) > 1_000 for text in texts) else None
    engine.add("soup: leek", f"soup: {'onion ' * 2_000}", "soup: pea")

    embed(engine)

    assert (without_vectors(engine), engine.store.parked(10)) == ([], ())
    assert len(engine.store.page_vectors([2])[2]) > 1
    assert endpoint.texts[-1] == ["soup: pea"], "what is short goes out whole"


def test_a_refusal_for_what_a_text_says_leaves_the_windows_as_they_are(
    endpoint: EmbeddingEndpoint, engine: Engine
) -> None:
    engine.add(f"soup: {'poison ' * 1_000}")
    before = engine.updater.embedder.windows("soup " * 2_000)

    embed(engine)

    assert [parked.kind for parked in engine.store.parked(10)] == ["embed"]
    assert engine.updater.embedder.windows("soup " * 2_000) == before


def test_an_endpoint_that_fails_among_refusals_keeps_the_pages_that_are_left_waiting(
    endpoint: EmbeddingEndpoint, engine: Engine
) -> None:
    pages = engine.add("soup: leek", "soup: poison", "soup: last")

    def dies_at_the_last(texts: Sequence[str]) -> tuple[int, str] | None:
        return (503, "{}") if list(texts) == ["soup: last"] else poison_is_refused(texts)

    endpoint.refuses = dies_at_the_last
    with pytest.raises(EmbeddingError):
        engine.updater.embed()

    assert engine.store.unembedded_pages(10) == pages[2:]
    assert [parked.page for parked in engine.store.parked(10)] == [pages[1].id]


def test_a_page_that_was_refused_is_tried_again_after_a_day(endpoint: EmbeddingEndpoint, engine: Engine) -> None:
    engine.add("soup: poison")
    embed(engine)
    engine.clock.advance(DAY - 1)
    engine.store.maintain(now=engine.clock())
    assert engine.updater.pending().embed == 0

    endpoint.refuses = lambda texts: None
    engine.clock.advance(1)
    engine.store.maintain(now=engine.clock())
    embed(engine)

    assert (without_vectors(engine), engine.store.parked(10)) == ([], ())


def test_a_page_that_was_refused_is_tried_with_another_embedder(engine: Engine, open_engine: OpenEngine) -> None:
    engine.add("soup: leek", "soup: poison")
    embed(engine)
    other = open_engine(embedder=HashEmbedder("hash/2", dim=32))
    other.store.use_embedder("hash/2", 32)

    embed(other)

    assert (without_vectors(other), other.store.parked(10)) == ([], ())
    np.testing.assert_array_equal(
        other.store.page_vectors([2])[2], HashEmbedder(dim=32).embed(["soup: poison"]).astype(np.float16)
    )
