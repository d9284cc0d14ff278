"""Moving pages up the tiers: each step claims, reads, thinks and commits once, and is safe to repeat.

A step that dies leaves everything as it was; its claim runs out and the next worker does the same work.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from memoryos.analyst.base import EmbeddedPage
from memoryos.errors import ClaimLostError
from memoryos.models import Consolidation, Fact, Page, PageVectors, Pending, Segment
from memoryos.store.base import ChainPlan, ConsolidationPlan, SegmentPlan

if TYPE_CHECKING:
    from memoryos.analyst.base import Analyst
    from memoryos.embedding.base import Embedder
    from memoryos.long_term import LongTermMemory
    from memoryos.mid_term import MidTermMemory
    from memoryos.models import Matrix, WorkKind
    from memoryos.short_term import ShortTermMemory
    from memoryos.store.base import Claim, Store

_log = logging.getLogger(__name__)

EMBED_BATCH = 16
ANALYSE_BATCH = 20
"""Pages of a segment read in one analysis; the rest of a longer segment follows in the next."""

_LEASE_SECONDS = {"extractive": 30.0, "model": 600.0}
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 300.0


@dataclass(slots=True)
class Updater:
    """The background work on one user's memory, a step at a time, without threads of its own."""

    store: Store
    embedder: Embedder
    analyst: Analyst
    short_term: ShortTermMemory
    mid_term: MidTermMemory
    long_term: LongTermMemory
    clock: Callable[[], datetime]
    holder: str
    consolidation_batch: int
    consolidation_idle_seconds: float
    jitter: random.Random = field(default_factory=random.Random)

    def embed(self) -> bool:
        """Embed the oldest pages without vectors, or what a change of embedder left; False when nothing was to do."""
        return self._claimed("embed", self._embed)

    def consolidate(self, *, now_due: bool = False) -> bool:
        """Move a batch of waiting pages into mid-term memory once due; False when nothing was to do."""
        if not now_due and not self.consolidation_due():
            return False
        return self._claimed("consolidate", self._consolidate)

    def analyse(self, *, whatever_heat: bool = False) -> bool:
        """Read the hottest segment's new pages into long-term memory; False when nothing was to do."""
        if not self._to_analyse(whatever_heat):
            return False
        return self._claimed("analyse", lambda claim: self._analyse(claim, whatever_heat))

    def pending(self) -> Pending:
        """What is left to do."""
        return Pending(
            embed=self.store.unembedded_count(),
            consolidate=self.short_term.waiting_count(),
            analyse=len(self._to_analyse(whatever_heat=False)),
        )

    def consolidation_due(self) -> bool:
        """Whether a whole batch waits, or the oldest waiting page has waited long enough."""
        waiting = self.short_term.waiting(self.consolidation_batch)
        if len(waiting) >= self.consolidation_batch:
            return True
        if not waiting:
            return False
        waited = (self.clock() - waiting[0].added_at).total_seconds()
        return waited >= self.consolidation_idle_seconds

    def _to_analyse(self, whatever_heat: bool) -> list[Segment]:
        now = self.clock()
        return self.mid_term.to_analyse(now=now) if whatever_heat else self.mid_term.hot(now=now)

    def _claimed(self, kind: WorkKind, step: Callable[[Claim], bool]) -> bool:
        lease_seconds = _LEASE_SECONDS["extractive" if kind == "embed" else self.analyst.kind]
        claim = self.store.claim(kind, self.holder, lease_seconds=lease_seconds, now=self.clock())
        if claim is None:
            return False
        started = time.monotonic()
        try:
            done = step(claim)
        except ClaimLostError as error:
            _log.info("%s", error)
            return False
        except Exception as error:
            wait_seconds = self._wait_seconds(claim.attempts)
            self.store.fail(claim, type(error).__name__, wait_seconds=wait_seconds, now=self.clock())
            raise
        self.store.release(claim)
        if done:
            _log.info("%s: one step in %.2f s", kind, time.monotonic() - started)
        return done

    def _wait_seconds(self, attempts: int) -> float:
        """Doubling with the number of failed tries, and spread so that processes do not come back together."""
        return min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0**attempts) * self.jitter.uniform(0.5, 1.5)

    # Embedding

    def _embed(self, claim: Claim) -> bool:
        self.store.use_embedder(self.embedder.id, self.embedder.dim)
        pages = self.store.unembedded_pages(EMBED_BATCH)
        if pages:
            self.store.commit_vectors(claim, self._vectors(pages))
            return True
        segments = self.store.segments_to_embed(EMBED_BATCH)
        if segments:
            rows = self.embedder.embed([segment.summary for segment in segments])
            self.store.commit_segment_vectors(claim, {s.id: row for s, row in zip(segments, rows, strict=True)})
            return True
        facts = self.store.knowledge_to_embed(EMBED_BATCH)
        if facts:
            rows = self.embedder.embed([fact.text for fact in facts])
            self.store.commit_knowledge_vectors(claim, {f.id: row for f, row in zip(facts, rows, strict=True)})
        return bool(facts)

    def _vectors(self, pages: Sequence[Page]) -> list[PageVectors]:
        """The vectors of pages and of their sides, every distinct text embedded once."""
        windows: dict[str, tuple[str, ...]] = {"": ()}
        for page in pages:
            for text in (page.text, page.user_input, page.agent_response):
                if text not in windows:
                    windows[text] = self.embedder.windows(text)
        pieces = list(dict.fromkeys(piece for of_text in windows.values() for piece in of_text))
        row_of = dict(zip(pieces, self.embedder.embed(pieces), strict=True)) if pieces else {}

        def rows(text: str) -> Matrix:
            return np.array([row_of[piece] for piece in windows[text]], dtype=np.float32).reshape(-1, self.embedder.dim)

        return [PageVectors(p.seq, rows(p.text), rows(p.user_input), rows(p.agent_response)) for p in pages]

    # Consolidation

    def _consolidate(self, claim: Claim) -> bool:
        waiting = self.short_term.waiting(self.consolidation_batch)
        pages = self._embedded(waiting)
        if not pages:
            return False
        previous = self._before(pages[0].page)
        consolidation = self.analyst.consolidate(previous, pages)
        plan = self._consolidation_plan(previous, [page.page for page in pages], consolidation)
        self.store.commit_consolidation(claim, plan, now=self.clock())
        return True

    def _embedded(self, pages: Sequence[Page]) -> list[EmbeddedPage]:
        """The pages up to the first that has no vector yet."""
        vectors = self.store.page_vectors([page.seq for page in pages])
        embedded = []
        for page in pages:
            if page.seq not in vectors:
                break
            embedded.append(EmbeddedPage(page, _mean(vectors[page.seq])))
        return embedded

    def _before(self, page: Page) -> EmbeddedPage | None:
        if page.previous is None:
            return None
        previous = list(self.store.pages([page.previous]).values())
        return next(iter(self._embedded(previous)), None)

    def _consolidation_plan(
        self, previous: EmbeddedPage | None, pages: Sequence[Page], consolidation: Consolidation
    ) -> ConsolidationPlan:
        topics = consolidation.topics
        vectors = self.embedder.embed([topic.summary for topic in topics])
        placements = self.mid_term.place(topics, list(vectors), pages)
        summaries = self.embedder.embed([placement.summary for placement in placements])
        chain_before = None if previous is None else previous.page.chain
        return ConsolidationPlan(
            chains=tuple(
                ChainPlan(
                    chain=chain_before if part.continues else None,
                    summary=part.summary,
                    pages=tuple(pages[position].seq for position in part.pages),
                )
                for part in consolidation.chains
            ),
            segments=tuple(
                SegmentPlan(p.segment, p.theme, p.summary, p.keywords, vector, p.pages)
                for p, vector in zip(placements, summaries, strict=True)
            ),
            archived=self.mid_term.evicted(placements, now=self.clock()),
            analysis=consolidation.analysis,
        )

    # Analysis

    def _analyse(self, claim: Claim, whatever_heat: bool) -> bool:
        segments = self._to_analyse(whatever_heat)
        if not segments:
            return False
        segment = segments[0]
        pages = self.store.pages_of_segment(segment.id, not_analysed=True, limit=ANALYSE_BATCH + 1)
        finished = len(pages) <= ANALYSE_BATCH
        pages = pages[:ANALYSE_BATCH]
        known = (*self.long_term.user_knowledge(), *self.long_term.assistant_knowledge())
        analysis = self.analyst.analyse(self.long_term.profile(()), known, pages)
        vectors = self._fact_vectors(analysis.facts)
        plan = self.long_term.plan(segment, pages, analysis, vectors, finished=finished, now=self.clock())
        self.store.commit_analysis(claim, plan, now=self.clock())
        return True

    def _fact_vectors(self, facts: Sequence[Fact]) -> list[Matrix]:
        return list(self.embedder.embed([fact.text for fact in facts])) if facts else []


def _mean(windows: Matrix) -> Matrix:
    """One unit vector for a page of several windows."""
    mean = windows.mean(axis=0)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm else mean, dtype=np.float32)
