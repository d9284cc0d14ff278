"""A retriever over a store, and what it brings to a query."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING

from hash_embedder import HashEmbedder

from memoryos.index import VectorIndex
from memoryos.models import RankedPage
from memoryos.outline_cache import OutlineCache
from memoryos.retriever import QueryVector, Retriever
from memoryos.scoring import Weights
from memoryos.store.base import Store

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder


def ready_retriever(store: Store, embedder: Embedder | None = None, weights: Weights | None = None) -> Retriever:
    """One that is prepared, with the embedder "two/1" of two dimensions unless another is given."""
    embedder = embedder or HashEmbedder("two/1", 2)
    retriever = Retriever(store, VectorIndex(), OutlineCache(), embedder, timezone.utc, weights or Weights())
    retriever.prepare()
    return retriever


def ranked(
    retriever: Retriever, text: str, vector: QueryVector | None = None, limit: int = 10
) -> tuple[RankedPage, ...]:
    """The pages that a text brings."""
    query = retriever.read(text)
    return retriever.pages(query, vector, limit, retriever.find(query))


def seqs(pages: tuple[RankedPage, ...]) -> list[int]:
    """Which pages they are."""
    return [ranked.page.seq for ranked in pages]
