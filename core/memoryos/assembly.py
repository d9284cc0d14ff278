"""The one place that builds the concrete parts of a memory and joins them."""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ulid import ULID

from memoryos.analyst.extractive import ExtractiveAnalyst
from memoryos.embedding import open_embedder
from memoryos.heat import HeatFormula
from memoryos.index import VectorIndex
from memoryos.layout import memory_file
from memoryos.long_term import LongTermMemory
from memoryos.mid_term import MidTermMemory
from memoryos.retriever import Retriever
from memoryos.short_term import ShortTermMemory
from memoryos.store.sqlite import SqliteStore
from memoryos.updater import Updater
from memoryos.worker import Worker

if TYPE_CHECKING:
    from memoryos.config import Config
    from memoryos.embedding.on_demand import OnDemandEmbedder


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


@dataclass(frozen=True, slots=True)
class Parts:
    """A memory taken apart."""

    store: SqliteStore
    embedder: OnDemandEmbedder
    short_term: ShortTermMemory
    mid_term: MidTermMemory
    long_term: LongTermMemory
    retriever: Retriever
    updater: Updater
    visits: Visits
    worker: Worker


def assemble(config: Config, clock: Callable[[], datetime]) -> Parts:
    """The parts a configuration asks for, joined, the worker not yet started.

    Raises `ConfigError` (`MissingDependencyError` where an embedder's package is not installed) and `StoreError`.
    """
    embedder = open_embedder(
        config.embedding_model_name,
        model_file=Path(config.embedding_model_file) if config.embedding_model_file else None,
        base_url=config.embedding_base_url,
        api_key=config.embedding_api_key.get_secret_value(),
        threads=config.embedding_threads,
    )
    store = SqliteStore(memory_file(Path(config.data_storage_path), config.user_id))
    short_term = ShortTermMemory(store, config.short_term_capacity)
    mid_term = MidTermMemory(
        store,
        HeatFormula(config.heat_alpha, config.heat_beta, config.heat_gamma, config.heat_recency_seconds),
        capacity=config.mid_term_capacity,
        similarity_threshold=config.mid_term_similarity_threshold,
        heat_threshold=config.mid_term_heat_threshold,
    )
    long_term = LongTermMemory(store, config.assistant_id, config.long_term_knowledge_capacity)
    retriever = Retriever(store, VectorIndex(), embedder)
    updater = Updater(
        store=store,
        embedder=embedder,
        analyst=ExtractiveAnalyst(),
        short_term=short_term,
        mid_term=mid_term,
        long_term=long_term,
        clock=clock,
        holder=f"{socket.gethostname()}/{os.getpid()}/{ULID()}",
        consolidation_batch=config.consolidation_batch,
        consolidation_idle_seconds=config.consolidation_idle_seconds,
    )
    visits = Visits(store, clock)
    local = (retriever.prepare, visits.flush, updater.embed, updater.consolidate, updater.analyse)
    return Parts(
        store=store,
        embedder=embedder,
        short_term=short_term,
        mid_term=mid_term,
        long_term=long_term,
        retriever=retriever,
        updater=updater,
        visits=visits,
        worker=Worker({"local": local}, updater.pending),
    )
