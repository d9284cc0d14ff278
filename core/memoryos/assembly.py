"""The one place that builds the concrete parts of a memory and joins them."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ulid import ULID

from memoryos import timestamps
from memoryos.analyst.extractive.analyst import ExtractiveAnalyst
from memoryos.analyst.model.analyst import ModelAnalyst
from memoryos.embedding import configured_embedder
from memoryos.errors import StoreError
from memoryos.llm.model import ChatModel
from memoryos.retrieval.hybrid import HybridRetriever
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.two_stage import TwoStageRetriever
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.paths import file_of, server_file
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.sqlite.usage import UsageStore
from memoryos.tiers.heat import HeatFormula
from memoryos.tiers.long_term import LongTermMemory
from memoryos.tiers.mid_term import MidTermMemory
from memoryos.tiers.short_term import ShortTermMemory
from memoryos.updating import heap
from memoryos.updating.updater import EXTRACTIVE_LEASE_SECONDS, Updater
from memoryos.updating.worker import Step, Worker

if TYPE_CHECKING:
    from memoryos.config.settings import Config
    from memoryos.embedding.on_demand import OnDemandEmbedder
    from memoryos.models import RankedPage
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.hybrid import QueryVector
    from memoryos.retrieval.query import Query


_log = logging.getLogger(__name__)

UPKEEP_SECONDS = 600.0
"""The log of changes may grow for so long before it is trimmed."""

FIRST_UPKEEP_SECONDS = 60.0
"""After opening, so that it also happens where no server ever lives for long."""

_RENEWED_PAGES = 100
"""In one transaction: 50 ms, in which no page can be added."""

Rank = Callable[["Query", "QueryVector | None", int, "Candidates"], "tuple[RankedPage, ...]"]
"""How pages are ranked for a query."""


class Visits:
    """Visits of segments since the last flush: hints, kept in memory because reading does not write."""

    def __init__(self, store: SqliteStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()  # guards _counts
        self._counts: Counter[int] = Counter()

    def add(self, segments: Mapping[int, int]) -> None:
        """Count visits."""
        with self._lock:
            self._counts.update(segments)

    def flush(self) -> bool:
        """Commit what was counted; False when there was nothing."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return False
        self._store.add_visits(counts, now=self._clock())
        return True

    def save(self) -> None:
        """Commit what was counted, if the store lets it: a memory that cannot be written is closed without."""
        try:
            self.flush()
        except StoreError as error:
            _log.warning("the last visits of segments are not counted: %s", error)


class Upkeep:
    """Maintenance of the store, now and then."""

    def __init__(
        self, store: SqliteStore, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._next = monotonic() + FIRST_UPKEEP_SECONDS

    def run(self) -> bool:
        """Maintain the store if it is time to; never says that there is more to do."""
        if self._monotonic() >= self._next:
            self._next = self._monotonic() + UPKEEP_SECONDS
            self._store.maintain(now=self._clock())
        return False


class Renewal:
    """Old pages' words brought up to this package, once after it was opened."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._done = False

    def run(self) -> bool:
        """Renew some pages; False when all are as they should be."""
        self._done = self._done or not self._store.renew_words(_RENEWED_PAGES)
        return not self._done


@dataclass(frozen=True, slots=True)
class Parts:
    """A memory taken apart.

    `lookups` runs queries to the database, which end by themselves, so that none keeps a process from ending.
    """

    store: SqliteStore
    embedder: OnDemandEmbedder
    short_term: ShortTermMemory
    mid_term: MidTermMemory
    long_term: LongTermMemory
    retriever: HybridRetriever
    rank: Rank
    updater: Updater
    visits: Visits
    model: ChatModel | None
    worker: Worker
    lookups: ThreadPoolExecutor


def assemble(config: Config, clock: Callable[[], datetime], embedder: OnDemandEmbedder | None = None) -> Parts:
    """The parts a configuration asks for, joined, the worker not yet started.

    `embedder` takes the place of the configured one.
    Raises `ConfigError` (`MissingDependencyError` where an embedder's package is not installed) and `StoreError`.
    """
    embedder = embedder or configured_embedder(config)
    store = SqliteStore(file_of(config))
    short_term = ShortTermMemory(store, config.short_term_capacity)
    mid_term = MidTermMemory(
        store,
        HeatFormula(config.heat_alpha, config.heat_beta, config.heat_gamma, config.heat_recency_seconds),
        capacity=config.mid_term_capacity,
        similarity_threshold=config.mid_term_similarity_threshold,
        heat_threshold=config.mid_term_heat_threshold,
    )
    long_term = LongTermMemory(store, config.assistant_id, config.long_term_knowledge_capacity)
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), embedder, timestamps.zone(config.timezone))
    model = _chat_model(config, clock)
    extractive = ExtractiveAnalyst()
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
        thinking_lease_seconds=EXTRACTIVE_LEASE_SECONDS if model is None else model.longest_seconds,
    )
    visits = Visits(store, clock)
    local = (retriever.prepare, visits.flush, updater.embed, Renewal(store).run, Upkeep(store, clock).run)
    thinking = (updater.consolidate, updater.analyse)
    return Parts(
        store=store,
        embedder=embedder,
        short_term=short_term,
        mid_term=mid_term,
        long_term=long_term,
        retriever=retriever,
        rank=TwoStageRetriever(store).pages if config.retrieval_mode == "two_stage" else retriever.pages,
        updater=updater,
        visits=visits,
        model=model,
        worker=Worker(_threads(local, thinking, 0 if model is None else config.llm_concurrency), updater.pending),
        lookups=ThreadPoolExecutor(thread_name_prefix="memoryos-lookup"),
    )


def _threads(local: tuple[Step, ...], thinking: tuple[Step, ...], model_calls: int) -> dict[str, tuple[Step, ...]]:
    """The steps of each thread, given how many calls of a model may be under way, 0 where there is no model."""
    if not model_calls:
        return {"local": (*local, *thinking, _tidy)}
    # Apart, because a model that hangs must not stop embedding.
    if model_calls == 1:
        return {"local": (*local, _tidy), "model": thinking}
    return {"local": (*local, _tidy), **{f"model-{number}": (step,) for number, step in enumerate(thinking, 1)}}


def _tidy() -> bool:
    """Give back the memory that finished work leaves; comes last, so that it is done once nothing else is to do."""
    heap.give_back()
    return False


def _chat_model(config: Config, clock: Callable[[], datetime]) -> ChatModel | None:
    endpoint = config.model_endpoint
    if endpoint is None:
        return None
    return ChatModel(
        endpoint,
        timeout_seconds=config.llm_timeout_seconds,
        concurrency=config.llm_concurrency,
        daily_token_budget=config.llm_daily_token_budget,
        usage=UsageStore(server_file(Path(config.data_storage_path)), clock),
        clock=clock,
    )
