"""From a query to the pages worth reading: candidates by meaning and by words, scored together."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from memoryos.models import Knowledge, RankedKnowledge, RankedPage

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.index import VectorIndex
    from memoryos.models import Vector
    from memoryos.store.base import Store

CANDIDATES = 200
_LOAD_SECONDS = 1.0


@dataclass(slots=True)
class Retriever:
    """Ranks pages and facts for a query; reads, never writes."""

    store: Store
    index: VectorIndex
    embedder: Embedder
    _prepared: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> bool:
        """Load the embedder and the index; False when they were loaded before. Raises `EmbeddingError`."""
        if self._prepared.is_set():
            return False
        self.store.use_embedder(self.embedder.id, self.embedder.dim)
        self.index.refresh(self.store)
        self._prepared.set()
        return True

    def query_vector(self, query: str) -> Vector | None:
        """The query's embedding; None while the model is not there, and pages are found by words."""
        if not self._prepared.wait(_LOAD_SECONDS):
            return None
        return self.embedder.embed_query(query)

    def pages(self, query: str, vector: Vector | None, limit: int) -> tuple[RankedPage, ...]:
        """The best pages, best first."""
        dense: dict[int, float] = {}
        if vector is not None:
            self.index.refresh(self.store)
            dense = dict(self.index.search(vector, CANDIDATES))
        words = self.store.query_words(query)
        lexical = dict(self.store.match_words([word.word for word in words], CANDIDATES))
        seqs = sorted(set(dense) | set(lexical))
        if not seqs:
            return ()
        neighbours = {seq + step for seq in seqs for step in (-1, 1)}
        pages = self.store.pages(set(seqs) | neighbours)
        seqs = sorted(pages)
        side = np.zeros(len(seqs), dtype=np.float32)
        page = np.zeros(len(seqs), dtype=np.float32)
        if vector is not None:
            windows = self.store.page_vectors(seqs)
            sides = self.store.side_vectors(seqs)
            for row, seq in enumerate(seqs):
                if seq in windows:
                    page[row] = float((windows[seq] @ vector).max())
                    side[row] = max((float((m @ vector).max()) for m in sides[seq] if len(m)), default=page[row])
        bm25 = np.array([lexical.get(seq, 0.0) for seq in seqs], dtype=np.float32)
        score = 0.5 * _scaled(page) + 1.0 * _scaled(side) + 1.5 * _scaled(bm25)
        row_of = {seq: row for row, seq in enumerate(seqs)}
        lent = score.copy()
        for seq, row in row_of.items():
            for other in (seq - 1, seq + 1):
                if other in row_of:
                    lent[row] += 0.3 * score[row_of[other]]
        order = np.argsort(-lent, kind="stable")[:limit]
        top = float(lent[order[0]]) or 1.0
        return tuple(RankedPage(pages[seqs[row]], score=float(lent[row]) / top) for row in order)

    def knowledge(self, facts: Sequence[Knowledge], vector: Vector | None, limit: int) -> tuple[RankedKnowledge, ...]:
        """The facts closest to the query, best first; the newest ones while there is no query vector."""
        if vector is None:
            return tuple(RankedKnowledge(fact, 0.0) for fact in facts[::-1][:limit])
        scored = [RankedKnowledge(f, 0.0 if f.vector is None else max(0.0, float(f.vector @ vector))) for f in facts]
        return tuple(sorted(scored, key=lambda ranked: -ranked.score)[:limit])


def _scaled(signal: np.ndarray) -> np.ndarray:
    low, high = float(signal.min()), float(signal.max())
    return (signal - low) / (high - low) if high > low else np.zeros_like(signal)


def visited(pages: Sequence[RankedPage]) -> Mapping[int, int]:
    """The segments that these pages belong to, each visited once."""
    return {ranked.page.segment: 1 for ranked in pages if ranked.page.segment is not None}
