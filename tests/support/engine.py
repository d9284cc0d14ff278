"""The engine without threads: a store, the tiers over it and an updater, on a clock that the test moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from hash_embedder import HashEmbedder
from label_analyst import LabelAnalyst

from memoryos.models import NewPage, Page
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.tables.store import TableStore
from memoryos.tiers.heat import HeatFormula
from memoryos.tiers.long_term import LongTermMemory
from memoryos.tiers.mid_term import MidTermMemory
from memoryos.tiers.short_term import ShortTermMemory
from memoryos.updating.updater import Updater

if TYPE_CHECKING:
    from memoryos.analyst.base import Analyst, StatementReader
    from memoryos.embedding.base import Embedder

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Engine:
    """The parts that a test works with."""

    store: TableStore
    updater: Updater
    short_term: ShortTermMemory
    mid_term: MidTermMemory
    long_term: LongTermMemory
    clock: Clock

    def add(self, *texts: str, agent_response: str = "") -> tuple[Page, ...]:
        """One page for each user input."""
        return tuple(
            self.store.add_page(
                NewPage(text, agent_response, self.clock()), timestamp="2026-03-01 12:00:00", now=self.clock()
            ).page
            for text in texts
        )

    def finish(self) -> None:
        """Do all the work there is, whether due or not."""
        steps = (
            self.updater.embed,
            self.updater.read,
            lambda: self.updater.consolidate(now_due=True),
            lambda: self.updater.analyse(whatever_heat=True),
        )
        while any(step() for step in steps):
            pass


OpenEngine = Callable[..., Engine]
"""Opens another engine on the test's file, with settings of `build_engine`."""


def build_engine(
    place: Path | TableStore,
    *,
    clock: Clock | None = None,
    embedder: Embedder | None = None,
    analyst: Analyst | None = None,
    reader: StatementReader | None = None,
    holder: str = "one",
    assistant_id: str = "helper",
    short_term_capacity: int = 1,
    mid_term_capacity: int = 100,
    similarity_threshold: float = 0.6,
    heat_threshold: float = 5.0,
    knowledge_capacity: int = 100,
    consolidation_batch: int = 10,
    consolidation_idle_seconds: float = 60.0,
    seed: int = 1,
) -> Engine:
    """An engine over a file or a store; its embedder hashes and its analyst reads labels unless others are given."""
    clock = clock or Clock()
    store = SqliteStore(place) if isinstance(place, Path) else place
    short_term = ShortTermMemory(store, short_term_capacity)
    mid_term = MidTermMemory(store, HeatFormula(), mid_term_capacity, similarity_threshold, heat_threshold)
    long_term = LongTermMemory(store, assistant_id, knowledge_capacity)
    updater = Updater(
        store=store,
        embedder=embedder or HashEmbedder(),
        analyst=analyst or LabelAnalyst(),
        short_term=short_term,
        mid_term=mid_term,
        long_term=long_term,
        clock=clock,
        holder=holder,
        consolidation_batch=consolidation_batch,
        consolidation_idle_seconds=consolidation_idle_seconds,
        reader=reader,
        jitter=random.Random(seed),
    )
    return Engine(store, updater, short_term, mid_term, long_term, clock)
