"""A memory filled to a size, by the real pipeline or, where only its size matters, by a short cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common.conversations import Exchange
from benchmarks.speed.dialogue import Talk
from memoryos import Config, Memoryos, timestamps
from memoryos.embedding import Embedder, configured_embedder
from memoryos.models import NewPage, Page, PageVectors, WorkKind
from memoryos.storage.plans import AnalysisPlan, ChainPlan, Claim, ConsolidationPlan, SegmentPlan
from memoryos.storage.registry import OpenedStore, open_store

if TYPE_CHECKING:
    from memoryos.models import Matrix

Tick = Callable[[], None]
"""Told after each page."""

_IDLE_SECONDS = 3_600.0
_DISTINCT = 1_000
_NOISE = 0.03
"""The standard deviation added to each of 384 dimensions; a copy's cosine to its original is then 0.86."""

_SEGMENT_PAGES = 10
_KEYWORDS = 8
_THEME = 60
_LEASE_SECONDS = 86_400.0


def fill(config: Config, dialogue: Talk, first: int, last: int, tick: Tick) -> None:
    """Add pages `first` to `last` - 1 and do all work on them, by the engine itself."""
    with Memoryos.open(config.model_copy(update={"consolidation_idle_seconds": 0.0})) as memory:
        for number in range(first, last):
            page = dialogue.page(number)
            memory.add_memory(page.user_input, page.agent_response, page.timestamp)
            tick()
        memory.wait_until_idle(_IDLE_SECONDS)


def fill_fast(config: Config, dialogue: Talk, first: int, last: int, tick: Tick, *, distinct: int = _DISTINCT) -> None:
    """The same number of pages through the same commits, but thinking is replaced by arithmetic.

    Texts, words, segments and rows are as many and as large as real ones. A page's vectors are those of one of the
    first `distinct` pages with noise, so what a query finds means nothing: good for speed and size alone.
    """
    embedder = configured_embedder(config)
    store = open_store(config)
    try:
        store.use_embedder(embedder.id, embedder.dim)
        vectors = _Vectors(embedder, dialogue, min(last, distinct))
        with _claims(store) as claims:
            work = _Work(store, claims, vectors, deque(segment.id for segment in store.segments()))
            for start in range(first, last, _SEGMENT_PAGES):
                numbers = range(start, min(last, start + _SEGMENT_PAGES))
                work.segment(numbers, [dialogue.page(number) for number in numbers], config.mid_term_capacity)
                for _ in numbers:
                    tick()
        store.maintain(now=datetime.now(timezone.utc))
    finally:
        store.close()


@contextmanager
def _claims(store: OpenedStore) -> Iterator[dict[WorkKind, Claim]]:
    """The claims on all kinds of work, which no server holds meanwhile, given back at the end."""
    kinds: tuple[WorkKind, ...] = ("embed", "consolidate", "analyse")
    now = datetime.now(timezone.utc)
    claims = {kind: store.claim(kind, "benchmark", lease_seconds=_LEASE_SECONDS, now=now) for kind in kinds}
    held = {kind: claim for kind, claim in claims.items() if claim is not None}
    try:
        if len(held) < len(kinds):
            raise RuntimeError(f"{store.path}: another process works on this memory")
        yield held
    finally:
        for claim in held.values():
            store.release(claim)


class _Vectors:
    """Vectors of pages, made from the real ones of a few."""

    def __init__(self, embedder: Embedder, dialogue: Talk, distinct: int) -> None:
        pages = [dialogue.page(number) for number in range(distinct)]
        self._whole = embedder.embed([f"{page.user_input}\n{page.agent_response}" for page in pages])
        self._user = embedder.embed([page.user_input for page in pages])
        self._agent = embedder.embed([page.agent_response for page in pages])

    def of(self, page: Page, number: int) -> PageVectors:
        """Those of the page with this number in the dialogue."""
        chance = np.random.default_rng(number)
        row = number % len(self._whole)
        whole, user, agent = (_noisy(rows[row], chance) for rows in (self._whole, self._user, self._agent))
        return PageVectors(page.seq, whole, user, agent)


def _noisy(vector: Matrix, chance: np.random.Generator) -> Matrix:
    """One row of unit length near the vector."""
    moved = vector + chance.normal(0, _NOISE, vector.shape)
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)[np.newaxis, :]


@dataclass(slots=True)
class _Work:
    """What the engine does with pages, as commits of the store, ten pages to a segment."""

    store: OpenedStore
    claims: Mapping[WorkKind, Claim]
    vectors: _Vectors
    active: deque[int]
    """The segments not archived, oldest first."""

    def segment(self, numbers: Sequence[int], exchanges: Sequence[Exchange], capacity: int) -> None:
        """Add the pages with their vectors, one chain and one segment, and mark them analysed."""
        now = datetime.now(timezone.utc)
        pages = [self._added(exchange, now) for exchange in exchanges]
        vectors = [self.vectors.of(page, number) for page, number in zip(pages, numbers, strict=True)]
        self.store.commit_vectors(self.claims["embed"], vectors)
        seqs = tuple(page.seq for page in pages)
        text = exchanges[0].user_input
        keywords = tuple(dict.fromkeys(text.lower().split()))[:_KEYWORDS]
        archived = tuple(self.active.popleft() for _ in range(len(self.active) + 1 - capacity))
        plan = ConsolidationPlan(
            chains=(ChainPlan(None, text, seqs),),
            segments=(SegmentPlan(None, text[:_THEME], text, keywords, vectors[0].windows[0], seqs),),
            archived=archived,
            analysis="extractive",
        )
        self.store.commit_consolidation(self.claims["consolidate"], plan, now=now)
        segment = self.store.pages(seqs[:1])[seqs[0]].segment
        assert segment is not None
        self.active.append(segment)
        analysed = AnalysisPlan(seqs, (), (), {}, {}, (), finished=(segment,), read=seqs)
        self.store.commit_analysis(self.claims["analyse"], analysed, now=now)

    def _added(self, exchange: Exchange, now: datetime) -> Page:
        timestamp = exchange.timestamp or ""
        page = NewPage(exchange.user_input, exchange.agent_response, timestamps.parse(timestamp, None), timestamp)
        return self.store.add_page(page, timestamp=timestamp, now=now).page
