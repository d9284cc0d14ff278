"""Vectors for what is stored. A text that the embedder refuses goes without, and keeps no other one waiting."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.analyst.base import EmbeddedPage
from memoryos.errors import EmbeddingRefusalError
from memoryos.models import Page, PageVectors

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.models import Matrix, Vector
    from memoryos.storage.plans import Claim
    from memoryos.storage.ports import Store

_log = logging.getLogger(__name__)

EMBED_BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class EmbeddingStep:
    """The vectors of a store's pages, segments and facts, of one embedder."""

    store: Store
    embedder: Embedder

    def has_work(self) -> bool:
        """Whether anything waits for its vectors."""
        store = self.store
        return bool(store.unembedded_pages(1) or store.segments_to_embed(1) or store.knowledge_to_embed(1))

    def run(self, claim: Claim, *, now: datetime) -> bool:
        """Embed the oldest pages without vectors, or what a change of embedder left; False when nothing was to do.

        What the embedder refuses waits no more until it is tried again, a day later. Raises `EmbeddingError` where the
        embedder is out of order; what was embedded by then is committed.
        """
        pages = self.store.unembedded_pages(EMBED_BATCH)
        if pages:
            self._embed(claim, pages, now)
            return True
        segments = self.store.segments_to_embed(EMBED_BATCH)
        if segments:
            of_segments = self.embed_texts([segment.summary for segment in segments])
            self.store.commit_segment_vectors(claim, {s.id: v for s, v in zip(segments, of_segments, strict=True)})
            return True
        facts = self.store.knowledge_to_embed(EMBED_BATCH)
        if facts:
            of_facts = self.embed_texts([fact.text for fact in facts])
            self.store.commit_knowledge_vectors(claim, {f.id: v for f, v in zip(facts, of_facts, strict=True)})
        return bool(facts)

    def embed_texts(self, texts: Sequence[str]) -> list[Vector | None]:
        """float32[dim] of unit length for each text; None for one that the embedder refuses."""
        try:
            return [*self.embedder.embed(texts)]
        except EmbeddingRefusalError:
            return [self._embed_text(text) for text in texts]

    def _embed_text(self, text: str) -> Vector | None:
        windows = self.embedder.windows(text)
        try:
            vector: Vector = self.embedder.embed([text])[0]
        except EmbeddingRefusalError as error:
            if self.embedder.windows(text) != windows:  # it cuts finer after a refusal
                return self._embed_text(text)
            _log.warning("a summary or a fact has no vector until it is tried again: %s", error)
            return None
        return vector

    def embedded(self, pages: Sequence[Page]) -> list[EmbeddedPage]:
        """The pages up to the first that waits for its vectors; one that is refused them is near nothing."""
        vectors = self.store.page_vectors([page.seq for page in pages])
        refused = self.store.parked_pages("embed") if len(vectors) < len(pages) else frozenset()
        known = []
        for page in pages:
            if page.seq in vectors:
                known.append(EmbeddedPage(page, _mean(vectors[page.seq])))
            elif page.id in refused:
                known.append(EmbeddedPage(page, np.zeros(self.embedder.dim, dtype=np.float32)))
            else:
                break
        return known

    def _embed(self, claim: Claim, pages: Sequence[Page], now: datetime) -> None:
        windows = self._windows(pages)
        try:
            self.store.commit_vectors(claim, self._vectors(pages, windows))
        except EmbeddingRefusalError as error:
            if len(pages) > 1 or self._windows(pages) != windows:  # the embedder cuts finer after a refusal
                for page in pages:
                    self._embed(claim, [page], now)
                return
            _log.warning("page %s is found by words only: %s", pages[0].id, error)
            self.store.commit_refusal(claim, pages[0].seq, type(error).__name__, now=now)

    def _windows(self, pages: Sequence[Page]) -> dict[str, tuple[str, ...]]:
        """What pages and their sides are embedded as, by their texts."""
        texts = dict.fromkeys(text for page in pages for text in (page.text, page.user_input, page.agent_response))
        return {text: self.embedder.windows(text) if text else () for text in texts}

    def _vectors(self, pages: Sequence[Page], windows: Mapping[str, Sequence[str]]) -> list[PageVectors]:
        """The vectors of pages and of their sides, every distinct piece embedded once."""
        pieces = list(dict.fromkeys(piece for of_text in windows.values() for piece in of_text))
        row_of = dict(zip(pieces, self.embedder.embed(pieces), strict=True)) if pieces else {}

        def rows(text: str) -> Matrix:
            return np.array([row_of[piece] for piece in windows[text]], dtype=np.float32).reshape(-1, self.embedder.dim)

        return [PageVectors(p.seq, rows(p.text), rows(p.user_input), rows(p.agent_response)) for p in pages]


def _mean(windows: Matrix) -> Vector:
    """One unit vector for a page of several windows."""
    mean = windows.mean(axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm else mean, dtype=np.float32)
