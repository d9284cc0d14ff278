"""From a query to its vector: what is embedded of it, how far it is trusted, and what happens without an embedder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest
from hash_embedder import HashEmbedder
from interruptions import HookedEmbedder
from ready_retriever import ranked, ready_retriever, seqs
from store_work import NOON, TIMESTAMP, add

from memoryos import Memoryos, assembly
from memoryos.embedding import OnDemandEmbedder
from memoryos.errors import EmbeddingError
from memoryos.models import NewPage
from memoryos.retrieval import hybrid as module
from memoryos.retrieval.hybrid import HybridRetriever, QueryVector
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.query import Query, Speaker
from memoryos.retrieval.scoring import Weights
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.retry import Rest, RetryPolicy
from memoryos.storage.ports import Store

BOUND_SECONDS = 10


def test_the_embedder_and_the_index_are_loaded_once(store: Store) -> None:
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), HashEmbedder("two/1", 2))

    assert [retriever.prepare(), retriever.prepare()] == [True, False]


def test_until_it_is_ready_queries_have_no_vector(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOAD_SECONDS", 0.0)
    embedder = HookedEmbedder()
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), embedder)
    add(store, "tea", "leek soup")

    assert retriever.embed(retriever.read("leek?")) is None
    assert embedder.texts == []
    assert seqs(ranked(retriever, "leek?"))[:1] == [2]


def asked(retriever: HybridRetriever) -> Future[QueryVector | None]:
    """A query's vector, asked for on a thread that may wait for it."""
    result: Future[QueryVector | None] = Future()
    query = retriever.read("leek?")
    threading.Thread(target=lambda: result.set_result(retriever.embed(query)), daemon=True).start()
    return result


def test_a_query_that_comes_while_the_embedder_is_loaded_waits_for_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOAD_SECONDS", 600.0)
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), HashEmbedder("two/1", 2))
    early = asked(retriever)

    retriever.prepare()

    assert early.result(BOUND_SECONDS) is not None


def test_a_query_does_not_wait_where_nothing_is_to_be_loaded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The background may be at other memories for long."""
    monkeypatch.setattr(module, "_LOAD_SECONDS", 600.0)
    embedder = HashEmbedder("two/1", 2)
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), embedder, is_at_hand=lambda: True)

    assert asked(retriever).result(BOUND_SECONDS) is not None
    assert not retriever.prepare()


def test_once_loading_has_failed_queries_wait_for_it_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an endpoint that was down since the start every single retrieval took a second longer."""
    monkeypatch.setattr(module, "_LOAD_SECONDS", 600.0)
    embedder = HashEmbedder("two/1", 2)
    loads = iter((EmbeddingError("the endpoint is down"), embedder))

    def load() -> HashEmbedder:
        loaded = next(loads)
        if isinstance(loaded, EmbeddingError):
            raise loaded
        return loaded

    seconds = iter((0.0, 60.0))
    on_demand = OnDemandEmbedder("two/1", load, monotonic=lambda: next(seconds))
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), on_demand)
    early = asked(retriever)
    with pytest.raises(EmbeddingError, match="the endpoint is down"):
        retriever.prepare()

    assert [early.result(BOUND_SECONDS), asked(retriever).result(BOUND_SECONDS)] == [None, None]

    retriever.prepare()
    assert asked(retriever).result(BOUND_SECONDS) is not None


def test_once_a_query_has_waited_in_vain_no_other_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOAD_SECONDS", 0.0)
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), HashEmbedder("two/1", 2))
    assert asked(retriever).result(BOUND_SECONDS) is None

    monkeypatch.setattr(module, "_LOAD_SECONDS", 600.0)

    assert asked(retriever).result(BOUND_SECONDS) is None


def test_an_embedder_that_fails_is_warned_about_once_and_left_in_peace(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = HookedEmbedder()
    retriever = ready_retriever(store, embedder)
    query = retriever.read("leek?")

    def fail() -> None:
        raise EmbeddingError("the endpoint is down")

    embedder.hook = fail
    with caplog.at_level(logging.WARNING):
        vectors = [retriever.embed(query) for _ in range(3)]

    assert vectors == [None, None, None]
    assert embedder.texts == ["leek?"]
    assert [record.getMessage() for record in caplog.records] == [
        "queries are answered by words for 30 s: the endpoint is down"
    ]


def test_after_its_rest_an_embedder_that_failed_is_asked_again(store: Store) -> None:
    embedder = HookedEmbedder()
    retriever = ready_retriever(store, embedder)
    retriever._rest = Rest(RetryPolicy(0.0, 0.0))
    query = retriever.read("leek?")

    def fail() -> None:
        embedder.hook = bool
        raise EmbeddingError("the endpoint is down")

    embedder.hook = fail
    vectors = [retriever.embed(query) for _ in range(2)]

    assert vectors[0] is None
    assert vectors[1] is not None
    assert vectors[1].vector.tolist() == HashEmbedder().embed_query("leek?").tolist()


def test_a_memory_whose_embedder_cannot_be_loaded_answers_by_words(
    open_memory: Callable[..., Memoryos], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load() -> HashEmbedder:
        raise EmbeddingError("the model file is gone")

    monkeypatch.setattr(module, "_LOAD_SECONDS", 0.0)
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", load))
    memory = open_memory()
    memory.add_memory("Tea is ready", "")
    page = memory.add_memory("The parcel went to Basel", "").page

    (best,) = memory.retrieve("Basel?", max_results=1).pages

    assert (best.page, best.score, best.signals["meaning"], best.words) == (page, 1, 0, ("basel",))


@pytest.mark.parametrize(("known", "trust"), [(1.0, 1.0), (0.75, 0.5), (0.5, 0.0), (0.25, 0.0)])
def test_the_less_of_a_query_its_embedder_knows_the_less_it_is_trusted(
    store: Store, known: float, trust: float
) -> None:
    retriever = ready_retriever(store, HashEmbedder(known=known), weights=Weights(distrust=2.0))

    embedded = retriever.embed(retriever.read("leek?"))

    assert embedded is not None
    assert embedded.trust == trust


def named(store: Store) -> None:
    """Five exchanges in which Tom is called by his name."""
    for number in range(5):
        page = NewPage(f"number {number}", f"Thanks, Tom! {number} is fine.", NOON)
        store.add_page(page, timestamp=TIMESTAMP, now=NOON)


@pytest.mark.parametrize(("speakers", "meaning", "about"), [(True, "What does  eat?", "user"), (False, None, None)])
def test_the_speakers_names_are_told_from_other_words_unless_switched_off(
    store: Store, speakers: bool, meaning: str | None, about: Speaker | None
) -> None:
    named(store)
    text = "What does Tom eat?"

    assert ready_retriever(store, weights=Weights(speakers=speakers)).read(text) == Query(
        text, meaning or text, about, is_statement=False
    )


def test_the_speakers_names_are_not_embedded(store: Store) -> None:
    named(store)
    embedder = HookedEmbedder()
    retriever = ready_retriever(store, embedder)

    retriever.embed(retriever.read("What does Tom eat?"))

    assert embedder.texts == ["What does  eat?"]
