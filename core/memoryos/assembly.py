"""The one place that builds the concrete parts of a memory and joins them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ulid import ULID

from memoryos import timestamps
from memoryos.analyst.extractive.analyst import ExtractiveAnalyst
from memoryos.analyst.extractive.reader import StatementReader
from memoryos.analyst.model.analyst import ModelAnalyst
from memoryos.embedding import configured_embedder, ids, shipped_embedder
from memoryos.llm.model import ChatModel
from memoryos.retrieval.hybrid import HybridRetriever
from memoryos.retrieval.on_demand_index import OnDemandIndex
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.recall import RecallSources
from memoryos.retrieval.rerank import open_reranking
from memoryos.retrieval.two_stage import TwoStageRetriever
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.runtime import Runtime
from memoryos.storage.inbox import Inbox
from memoryos.storage.paths import memory_file, server_file
from memoryos.storage.ports import ComparingStore
from memoryos.storage.registry import OpenedStore, open_store
from memoryos.storage.sqlite.usage import UsageStore
from memoryos.tiers.heat import HeatFormula
from memoryos.tiers.long_term import LongTermMemory
from memoryos.tiers.mid_term import MidTermMemory
from memoryos.tiers.short_term import ShortTermMemory
from memoryos.updating.arrivals import Arrivals
from memoryos.updating.reanalysis import Reanalysis
from memoryos.updating.updater import AGENT_SECONDS, EXTRACTIVE_LEASE_SECONDS, Updater
from memoryos.updating.upkeep import COUNTED_PAGES, RENEWED_PAGES, Once, Upkeep, Visits
from memoryos.updating.worker import LOCAL, BackgroundWork, Lane, Step, Track

if TYPE_CHECKING:
    from memoryos.config.settings import Config
    from memoryos.embedding.on_demand import OnDemandEmbedder
    from memoryos.storage.ports import VectorIndex


@dataclass(frozen=True, slots=True)
class Parts:
    """A memory taken apart; `closing` holds what is to be undone at its end, the last first."""

    store: OpenedStore
    embedder: OnDemandEmbedder
    short_term: ShortTermMemory
    mid_term: MidTermMemory
    long_term: LongTermMemory
    retriever: HybridRetriever
    recall: RecallSources
    updater: Updater
    arrivals: Arrivals
    model: ChatModel | None
    work: BackgroundWork
    closing: ExitStack

    def close(self) -> None:
        """Stop the background work, save the last visits, release the file; once more does no harm."""
        self.closing.pop_all().close()


def assemble(
    config: Config, runtime: Runtime, clock: Callable[[], datetime], embedder: OnDemandEmbedder | None = None
) -> Parts:
    """The parts a configuration asks for, joined, the background work not yet started.

    They share with the other memories of `runtime` what these are configured alike for. `embedder` takes the place of
    the configured one. Raises `ConfigError` (`MissingDependencyError` where an embedder's package is not installed) and
    `StoreError`.
    """
    if embedder is None:
        embedder = runtime.embedder(_settings(config, "embedding_"), lambda: configured_embedder(config))
    with ExitStack() as closing:
        model = _take_model(config, runtime, clock, closing)
        store = open_store(config)
        closing.callback(store.close)
        short_term = ShortTermMemory(store, config.short_term_capacity)
        mid_term = MidTermMemory(
            store,
            HeatFormula(config.heat_alpha, config.heat_beta, config.heat_gamma, config.heat_recency_seconds),
            capacity=config.mid_term_capacity,
            similarity_threshold=config.mid_term_similarity_threshold,
            heat_threshold=config.mid_term_heat_threshold,
        )
        long_term = LongTermMemory(store, config.assistant_id, config.long_term_knowledge_capacity)
        outlines = PageIndex()
        index: VectorIndex = FaissIndex()
        load: tuple[Step, ...] = ()
        if isinstance(store, ComparingStore):  # what it looks through by itself is loaded once that pays
            index = on_demand = OnDemandIndex(store, outlines.__len__, lambda: work.wake())
            load = (on_demand.load,)
        zone = timestamps.zone(config.timezone)
        retriever = HybridRetriever(
            store, index, outlines, embedder, zone, is_at_hand=lambda: bool(load) and embedder.state == "ready"
        )
        rank = TwoStageRetriever(store).pages if config.retrieval_mode == "two_stage" else retriever.pages
        extractive = ExtractiveAnalyst()
        reader = _reader(config, runtime, embedder)
        updater = Updater(
            store=store,
            embedder=embedder,
            analyst=extractive if model is None else ModelAnalyst(model),
            short_term=short_term,
            mid_term=mid_term,
            long_term=long_term,
            clock=clock,
            holder=f"{socket.gethostname()}/{os.getpid()}/{ULID()}",
            consolidation_batch=config.consolidation_batch,
            consolidation_idle_seconds=config.consolidation_idle_seconds,
            fallback=None if model is None else extractive,
            reader=reader,
            agent_seconds=AGENT_SECONDS if model is None and config.agent_analysis else 0.0,
            thinking_lease_seconds=EXTRACTIVE_LEASE_SECONDS if model is None else model.longest_seconds,
        )
        inbox = Inbox(memory_file(Path(config.data_storage_path), config.user_id))  # also of a memory in a database
        arrivals = Arrivals(inbox, store, config.assistant_id, zone, clock, runtime.arrivals)
        closing.callback(arrivals.end)
        visits = Visits(store, clock)
        closing.callback(visits.save)
        local = (
            arrivals.take_in,
            retriever.prepare,
            *load,
            Once(reader.prepare).run,
            Once(partial(store.count_pages, COUNTED_PAGES)).run,
            visits.flush,
            updater.embed,
            updater.read,
            Once(partial(store.renew_words, RENEWED_PAGES)).run,
            Upkeep(store, clock).run,
        )
        tracks = _tracks(config, local, (updater.consolidate, updater.analyse))
        work = BackgroundWork(runtime.workers, tracks, updater.pending, partial(_version, store, arrivals))
        closing.callback(work.stop)
        return Parts(
            store=store,
            embedder=embedder,
            short_term=short_term,
            mid_term=mid_term,
            long_term=long_term,
            retriever=retriever,
            recall=RecallSources(
                store=store,
                short_term=short_term,
                long_term=long_term,
                retriever=retriever,
                rank=rank,
                lookups=runtime.lookups,
                count_visits=visits.add if config.count_visits else None,
                glimpse=reader.glimpsed,
                seeks=reader.sought,
                reranking=open_reranking(config),
            ),
            updater=updater,
            arrivals=arrivals,
            model=model,
            work=work,
            closing=closing.pop_all(),
        )


@contextmanager
def open_reanalysis(config: Config) -> Iterator[Reanalysis]:
    """Within it, the reanalysis of the memory that a configuration names.

    Raises `ConfigError`, `StoreError` and `ModelNotConfiguredError`.
    """
    with ExitStack() as opened:
        parts = assemble(config, opened.enter_context(Runtime()), _now)
        opened.callback(parts.close)
        yield Reanalysis(parts.updater, _now)


def _tracks(config: Config, local: tuple[Step, ...], thinking: tuple[Step, ...]) -> tuple[Track, ...]:
    """The steps of each track, the local work first."""
    # An endpoint that hangs must not stop what this machine does for other memories, nor a model the embedding.
    lane = Lane("local", means=_settings(config, "embedding_")) if config.embedding_base_url else LOCAL
    if config.model_endpoint is None:
        return (Track("local", lane, (*local, *thinking)),)
    model = Lane("model", config.llm_concurrency, _model_settings(config))
    if config.llm_concurrency == 1:
        return (Track("local", lane, local), Track("model", model, thinking))
    apart = (Track(f"model-{number}", model, (step,)) for number, step in enumerate(thinking, 1))
    return (Track("local", lane, local), *apart)


def _take_model(
    config: Config, runtime: Runtime, clock: Callable[[], datetime], closing: ExitStack
) -> ChatModel | None:
    endpoint = config.model_endpoint
    if endpoint is None:
        return None
    key = _model_settings(config)
    model = runtime.take_model(
        key,
        lambda: ChatModel(
            endpoint,
            timeout_seconds=config.llm_timeout_seconds,
            concurrency=config.llm_concurrency,
            daily_token_budget=config.llm_daily_token_budget,
            usage=UsageStore(server_file(Path(config.data_storage_path)), clock),
            clock=clock,
        ),
    )
    closing.callback(runtime.give_back_model, key)
    return model


def _reader(config: Config, runtime: Runtime, embedder: OnDemandEmbedder) -> StatementReader:
    """What reads pages for statements: with the memory's own embedder where that is the shipped model."""
    if embedder.id == ids.ONNX_MINILM:
        return runtime.reader(embedder, lambda: StatementReader(embedder))
    key = ("statements", config.embedding_threads)
    return runtime.reader(key, lambda: StatementReader(shipped_embedder(config.embedding_threads)))


def _model_settings(config: Config) -> Hashable:
    """What memories have in common that share a model: its endpoint, how it is asked, where its use is counted."""
    return (config.model_endpoint, config.data_storage_path, _settings(config, "llm_"))


def _settings(config: Config, prefix: str) -> Hashable:
    return tuple((key, getattr(config, key)) for key in type(config).model_fields if key.startswith(prefix))


def _version(store: OpenedStore, arrivals: Arrivals) -> Hashable:
    """Changes when any process adds or forgets pages, gives them back to be read again, or leaves an exchange."""
    with store.snapshot():
        return store.version("page"), store.version("segment"), arrivals.version()


def _now() -> datetime:
    return datetime.now(timezone.utc)
