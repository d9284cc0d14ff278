"""A retriever over a store, and what it brings to a query."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from hash_embedder import HashEmbedder

from memoryos.models import RankedPage
from memoryos.retrieval.hybrid import HybridRetriever, QueryVector
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.scoring import Weights
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.ports import Store

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder


NOW = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)
"""When queries are asked."""


def ready_retriever(store: Store, embedder: Embedder | None = None, weights: Weights | None = None) -> HybridRetriever:
    """One that is prepared, with the embedder "two/1" of two dimensions unless another is given."""
    embedder = embedder or HashEmbedder("two/1", 2)
    retriever = HybridRetriever(store, FaissIndex(), PageIndex(), embedder, timezone.utc, weights or Weights())
    retriever.prepare()
    return retriever


def ranked(
    retriever: HybridRetriever, text: str, vector: QueryVector | None = None, limit: int = 10, now: datetime = NOW
) -> tuple[RankedPage, ...]:
    """The pages that a text brings."""
    query = retriever.read(text)
    return retriever.pages(query, vector, limit, retriever.find(query, now))


def seqs(pages: tuple[RankedPage, ...]) -> list[int]:
    """Which pages they are."""
    return [ranked.page.seq for ranked in pages]
