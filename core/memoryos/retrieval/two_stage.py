"""The paper's own retrieval (section 3.4), kept for comparison: segments first, then pages in them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from memoryos.language.words import content_words
from memoryos.models import RankedPage
from memoryos.storage.ports import TopicStore, VectorStore
from memoryos.tiers.mid_term import f_score

if TYPE_CHECKING:
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.hybrid import QueryVector
    from memoryos.retrieval.query import Query

SEGMENTS: Final = 5
"""The paper's m."""

_ALL_PAGES: Final = 1_000_000


class SegmentSearchStore(TopicStore, VectorStore, Protocol):
    """What a search of segments first reads."""


@dataclass(frozen=True, slots=True)
class TwoStageRetriever:
    """The best `SEGMENTS` segments by F_score against the query, then their pages by cosine.

    Pages that no segment holds yet are not found: those of short-term memory stand beside the result, as in the paper.
    """

    store: SegmentSearchStore

    def pages(self, query: Query, vector: QueryVector | None, limit: int, found: Candidates) -> tuple[RankedPage, ...]:
        """The best pages, best first; none while the query has no vector. What words found is not asked."""
        if vector is None:
            return ()
        keywords = content_words(query.meaning)
        seen = found.seen
        projects = None if seen is None else seen.projects
        scored = [
            (f_score(segment.vector, segment.keywords, vector.vector, keywords), segment.id)
            for segment in self.store.segments()
            if projects is None or segment.project in projects
        ]
        pages = {
            page.seq: page
            for _, segment in sorted(scored, reverse=True)[:SEGMENTS]
            for page in self.store.pages_of_segment(segment, not_analysed=False, limit=_ALL_PAGES)
        }
        if seen is not None:
            pages = {seq: pages[seq] for seq in itertools.compress(pages, seen.of([*pages]))}
        similar = {
            seq: float((windows @ vector.vector).max()) for seq, windows in self.store.page_vectors(pages).items()
        }
        best = sorted(similar, key=lambda seq: (-similar[seq], seq))[:limit]
        return tuple(RankedPage(pages[seq], max(0.0, similar[seq]), {"meaning": similar[seq]}) for seq in best)
