"""Moving pages up the tiers: each step claims, reads, thinks and commits once, and is safe to repeat.

A step that dies leaves everything as it was; its claim runs out and the next worker does the same work.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, get_args

from memoryos import retry
from memoryos.errors import ClaimLostError, KnowledgeChangedError, ModelReplyError, ModelUnavailableError
from memoryos.models import Analysis, Consolidation, Page, Segment, WorkKind
from memoryos.status import Pending
from memoryos.storage.plans import AnalysisPlan, ChainPlan, ConsolidationPlan, SegmentPlan
from memoryos.updating import told_facts
from memoryos.updating.batch_size import BatchReader, Reading
from memoryos.updating.embedding_step import EmbeddingStep
from memoryos.updating.schedule import Schedule, Waiters

if TYPE_CHECKING:
    from memoryos.analyst.base import Analyst, EmbeddedPage, StatementReader
    from memoryos.embedding.base import Embedder
    from memoryos.storage.plans import Claim
    from memoryos.storage.ports import Store
    from memoryos.tiers.long_term import LongTermMemory
    from memoryos.tiers.mid_term import MidTermMemory
    from memoryos.tiers.short_term import ShortTermMemory

_log = logging.getLogger(__name__)

ANALYSE_BATCH = 20
"""Pages read in one analysis, those of the hottest segment first."""

READ_BATCH = 50
READ_SENTENCES = 200
"""Pages read for statements in one step, fewer where they hold more sentences than these: a step takes a second."""

AGENT_BATCHES = 20
AGENT_SECONDS = 86_400.0
"""So many batches wait for an agent at most, and until the talk has rested for a day; what it does not read by then is
grouped without a model."""

PLAN_TRIES = 5
"""What to change is worked out again where another worker changed facts meanwhile; that takes milliseconds."""

EXTRACTIVE_LEASE_SECONDS = 30.0
_LONGEST_LEASE_SECONDS = 600.0
_LEASE_PER_STEP = 2
"""A lease is at least so many times as long as the longest step so far: a big model without a GPU may take minutes for
a batch. Of two processes whose steps outlast their leases each takes over what the other is about to commit."""


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
    # What reads a page that the analyst's model gives nothing usable for; None where no model is used.
    fallback: Analyst | None = None
    # What reads every page for statements; None where nothing does.
    reader: StatementReader | None = None
    # How long pages wait for an agent that reads them in the place of a model, in seconds after the last one.
    agent_seconds: float = 0.0
    thinking_lease_seconds: float = EXTRACTIVE_LEASE_SECONDS
    jitter: random.Random = field(default_factory=random.Random)
    monotonic: Callable[[], float] = time.monotonic
    waiters: Waiters = field(default_factory=Waiters, init=False, repr=False)
    """Within it batches that are not full do not wait."""
    # Each guards one kind's claim, which belongs to the holder and not to a thread.
    _locks: dict[WorkKind, threading.Lock] = field(
        default_factory=lambda: {kind: threading.Lock() for kind in get_args(WorkKind)}, init=False, repr=False
    )
    _longest_steps: dict[WorkKind, float] = field(default_factory=dict, init=False, repr=False)  # so far, in seconds

    def embed(self) -> bool:
        """Embed the oldest pages without vectors, or what a change of embedder left; False when nothing was to do."""
        if not self.embedding.has_work():
            return False
        return self._claimed("embed", lambda claim: self.embedding.run(claim, now=self.clock()))

    def read(self) -> bool:
        """Read the oldest pages that nobody has read for statements, or what an agent told of some; False when nothing
        was to do."""
        if not self.store.told_count() and (self.reader is None or not self.store.unread_pages(1)):
            return False
        return self._claimed("read", self._read)

    def consolidate(self, *, now_due: bool = False) -> bool:
        """Move a batch of waiting pages into mid-term memory once due; False when nothing was to do."""
        if not now_due and not self.consolidation_due():
            return False
        return self._claimed("consolidate", self._consolidate)

    def analyse(self, *, whatever_heat: bool = False) -> bool:
        """Read pages into long-term memory; False when nothing was to do.

        These are pages that a model has just grouped, each once, or else the hottest segments' new ones. With
        `whatever_heat` somebody waits for it, and another thread that is at it is waited for.
        """
        if self._fresh_are_due(whatever_heat):
            return self._claimed("analyse", self._analyse_fresh, patiently=whatever_heat)
        if not self._to_analyse(whatever_heat):
            return False
        return self._claimed("analyse", lambda claim: self._analyse(claim, whatever_heat), patiently=whatever_heat)

    def pending(self) -> Pending:
        """What is left to do."""
        return Pending(
            embed=self.store.unembedded_count(self.embedder.id),
            consolidate=self.short_term.waiting_count(),
            analyse=len(self._to_analyse(whatever_heat=False)) + math.ceil(self.store.fresh_count() / ANALYSE_BATCH),
            read=self.store.told_count() + (0 if self.reader is None else self.store.unread_count()),
        )

    def consolidation_due(self) -> bool:
        """Whether a whole batch waits, somebody waits for it, or what there is has waited long enough.

        Nothing is due before its first page is embedded.
        """
        waiting, unembedded = self.short_term.waiting(self.consolidation_batch), self.store.unembedded_pages(1)
        if not waiting or any(page.seq <= waiting[0].seq for page in unembedded):
            return False
        newest = self.store.newest_pages(1)[0]
        if not self.waiters and self._is_left_to_agent(newest):
            return False
        return bool(self.waiters) or self._schedule().is_batch_due(waiting, newest, now=self.clock())

    @property
    def embedding(self) -> EmbeddingStep:
        """What embeds pages and texts."""
        return EmbeddingStep(self.store, self.embedder)

    def _is_left_to_agent(self, newest: Page) -> bool:
        """Whether what waits is for an agent to read: not once the talk has rested long, or much has come together."""
        if not 0 <= (self.clock() - newest.added_at).total_seconds() < self.agent_seconds:
            return False
        return self.short_term.waiting_count() < AGENT_BATCHES * self.consolidation_batch

    def _schedule(self) -> Schedule:
        return Schedule(self.consolidation_batch, self.consolidation_idle_seconds, self.analyst.kind == "model")

    def _to_analyse(self, whatever_heat: bool) -> list[Segment]:
        now = self.clock()
        if whatever_heat:
            return self.mid_term.to_analyse(now=now)
        hot = self.mid_term.hot(now=now)
        if not hot or self.waiters:
            return hot
        waiting = self.store.segments_not_analysed()
        pages = sum(waiting.get(segment.id, 0) for segment in hot)
        return hot if self._schedule().is_enough(pages, self.store.newest_pages(1)[0], now=now) else []

    def _fresh_are_due(self, whatever_heat: bool) -> bool:
        pages = self.store.fresh_count()
        if not pages or whatever_heat or self.waiters:
            return bool(pages)
        return self._schedule().is_enough(pages, self.store.newest_pages(1)[0], now=self.clock())

    def _claimed(self, kind: WorkKind, step: Callable[[Claim], bool], *, patiently: bool = False) -> bool:
        if kind != "read" and self.store.other_embedder() is not None:
            return False  # its process does all the work
        # A background thread has other memories to work for, and does not wait for one that is at this work.
        if not self._locks[kind].acquire(blocking=patiently):
            return False
        try:
            claim = self.store.claim(kind, self.holder, lease_seconds=self._lease_seconds(kind), now=self.clock())
            return claim is not None and self._done(claim, step)
        finally:
            self._locks[kind].release()

    def _lease_seconds(self, kind: WorkKind) -> float:
        least = EXTRACTIVE_LEASE_SECONDS if kind in {"embed", "read"} else self.thinking_lease_seconds
        longest = self._longest_steps.get(kind, 0.0)
        return max(least, min(_LONGEST_LEASE_SECONDS, _LEASE_PER_STEP * longest))

    def _done(self, claim: Claim, step: Callable[[Claim], bool]) -> bool:
        started = self.monotonic()
        try:
            with ExitStack() as stack:
                stack.push(partial(self._note_failure, claim))
                if claim.kind != "read":  # which needs no embedder of the memory's own, be it out of order
                    self.store.use_embedder(self.embedder.id, self.embedder.dim)
                done = step(claim)
        except ClaimLostError as error:
            _log.info("%s", error)
            self.store.release(claim)  # should it be ours still: another process can make use of it
            return False
        finally:
            seconds = self.monotonic() - started
            self._longest_steps[claim.kind] = max(self._longest_steps.get(claim.kind, 0.0), seconds)
        self.store.release(claim)
        if done:
            _log.info("%s: one step in %.2f s", claim.kind, seconds)
        return done

    def _note_failure(self, claim: Claim, _: object, error: object, __: object) -> None:
        """Give the claim back for a while, whatever the step raised: a bug must not be tried over and over either."""
        if isinstance(error, Exception) and not isinstance(error, ClaimLostError):
            wait_seconds = self._wait_seconds(claim.attempts, error)
            self.store.fail(claim, type(error).__name__, wait_seconds=wait_seconds, now=self.clock())

    def _wait_seconds(self, attempts: int, error: Exception) -> float:
        """By `retry.WORK`, on top of what an endpoint asks for.

        A reply that could not be used waits as after a first failure: the endpoint is well, and need not be spared.
        """
        earlier = 0 if isinstance(error, ModelReplyError) else attempts
        asked = error.retry_after_seconds if isinstance(error, ModelUnavailableError) else 0.0
        return retry.WORK.wait_seconds(earlier, asked_seconds=asked, jitter=self.jitter)

    # Consolidation

    def _consolidate(self, claim: Claim) -> bool:
        pages = self.embedding.embedded(self.short_term.waiting(_most(self.consolidation_batch, claim)))
        if not pages:
            return False
        previous = self.before(pages[0].page)
        reading = BatchReader(self.store, self.analyst, self.fallback).read(
            claim, pages, self.consolidation_batch, lambda analyst: analyst.consolidate(previous, pages)
        )
        plan = self.consolidation_plan(previous, [page.page for page in pages], reading)
        self.store.commit_consolidation(claim, plan, now=self.clock())
        return True

    def before(self, page: Page) -> EmbeddedPage | None:
        """The page before one, if there is one that a model can read."""
        if page.previous is None:
            return None
        previous = list(self.store.pages([page.previous]).values())
        # What the model could not read on a page it would be shown again in the summary of its talk.
        readable = [page for page in previous if page.id not in self._unreadable()]
        return next(iter(self.embedding.embedded(readable)), None)

    def _unreadable(self) -> frozenset[str]:
        """The ids of pages that the model gave nothing usable for."""
        return self.store.parked_pages("consolidate", "analyse")

    def consolidation_plan(
        self, previous: EmbeddedPage | None, pages: Sequence[Page], reading: Reading[Consolidation]
    ) -> ConsolidationPlan:
        """Where pages go by what was read in them; `previous` is the page before them."""
        consolidation = reading.result
        topics = consolidation.topics
        vectors = self.embedding.embed_texts([topic.summary for topic in topics])
        placements = self.mid_term.place(topics, vectors, pages)
        summaries = self.embedding.embed_texts([placement.summary for placement in placements])
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
            parked=reading.parked,
        )

    # Reading

    def _read(self, claim: Claim) -> bool:
        reader = self.reader
        pages = _of_one_talker(self.store.unread_pages(READ_BATCH))
        if reader is None or not pages:
            return self._read_told(claim)  # what the user's own words come to stands before what is told of them
        statements, count = reader.read(pages, READ_SENTENCES)
        long_term, read = self.long_term.of_page(pages[0]), pages[:count]

        def plan() -> AnalysisPlan:
            return long_term.plan_statements(read, statements, now=self.clock(), meanings=reader.meanings)

        self._commit(claim, plan)
        return True

    def _read_told(self, claim: Claim) -> bool:
        """Check what an agent told with pages of one assistant and project, and keep what is believed."""
        told = self.store.told_facts(told_facts.BATCH)
        by_seq = self.store.pages({each.page for each in told})
        pages = _of_one_talker([by_seq[seq] for seq in dict.fromkeys(each.page for each in told) if seq in by_seq])
        if not pages:
            return False
        seqs = {page.seq for page in pages}
        of_pages = [each for each in told if each.page in seqs]
        long_term, reader = self.long_term.of_page(pages[0]), self.reader
        known = (*long_term.user_knowledge(), *long_term.doubtful_knowledge(), *long_term.assistant_knowledge())
        statements, refused = told_facts.checked(of_pages, pages, known, reader)
        meanings = None if reader is None else reader.meanings

        def plan() -> AnalysisPlan:
            planned = long_term.plan_statements(pages, statements, now=self.clock(), meanings=meanings)
            done = tuple(each.id for each in of_pages)
            return replace(planned, read=(), refused=dict(Counter(refused)), told=done)

        self._commit(claim, plan)
        return True

    def _commit(self, claim: Claim, plan: Callable[[], AnalysisPlan]) -> None:
        """Commit what a plan says, made anew where facts changed since it was made."""
        for tries in range(1, PLAN_TRIES + 1):
            try:
                self.store.commit_analysis(claim, plan(), now=self.clock())
            except KnowledgeChangedError:
                if tries == PLAN_TRIES:
                    raise
            else:
                return

    # Analysis

    def _analyse(self, claim: Claim, whatever_heat: bool) -> bool:
        pages, segments = self._hottest_pages(self._to_analyse(whatever_heat), _most(ANALYSE_BATCH, claim))
        if not pages:
            return False
        self._analyse_pages(claim, pages, lambda plan: replace(plan, finished=segments))
        return True

    def _analyse_fresh(self, claim: Claim) -> bool:
        """Read pages for facts that a model has grouped; their traits wait for the heat of their topics."""
        pages = _of_one_talker(self.store.fresh_pages(_most(ANALYSE_BATCH, claim)))
        if not pages:
            return False
        seqs = tuple(page.seq for page in pages)
        self._analyse_pages(claim, pages, lambda plan: replace(plan, pages=(), traits=(), fresh=seqs))
        return True

    def _analyse_pages(
        self, claim: Claim, pages: Sequence[Page], completed: Callable[[AnalysisPlan], AnalysisPlan]
    ) -> None:
        parked = self._unreadable()
        long_term = self.long_term.of_page(pages[0])
        facts = (*long_term.user_knowledge(), *long_term.assistant_knowledge())
        known = tuple(fact for fact in facts if parked.isdisjoint(fact.sources))
        profile = long_term.profile()
        reading = BatchReader(self.store, self.analyst, self.fallback).read(
            claim, pages, ANALYSE_BATCH, lambda analyst: analyst.analyse(profile, known, pages)
        )
        told = self._described(reading.result, pages)
        vectors = self.embedding.embed_texts([fact.text for fact in told.facts]) if told.facts else []
        meanings = None if self.reader is None else self.reader.meanings

        def plan() -> AnalysisPlan:
            planned = long_term.plan(pages, told, vectors, now=self.clock(), meanings=meanings)
            return replace(completed(planned), parked=reading.parked)

        self._commit(claim, plan)

    def _described(self, analysis: Analysis, pages: Sequence[Page]) -> Analysis:
        """The analysis with what its facts are about, where they were put into words by a model."""
        if self.reader is None or analysis.analysis != "model" or not analysis.facts:
            return analysis
        facts = (replace(fact, author="model") for fact in analysis.facts)
        return replace(analysis, facts=self.reader.described(tuple(facts), pages))

    def _hottest_pages(self, segments: Sequence[Segment], most: int) -> tuple[list[Page], tuple[int, ...]]:
        """The next pages to analyse, all of one assistant and project, and the segments that then have none left."""
        pages: list[Page] = []
        finished = []
        for segment in segments:
            if segment.project != segments[0].project:
                continue
            room = most - len(pages)
            new = self.store.pages_of_segment(segment.id, not_analysed=True, limit=room + 1)
            own = [page for page in new[:room] if page.assistant_id == (*pages, *new)[0].assistant_id]
            pages += own
            if len(new) > room:
                break
            if len(own) == len(new):
                finished.append(segment.id)
        return pages, tuple(finished)


def _of_one_talker(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Those of the pages that were had with the assistant and in the project of the first."""
    return tuple(
        page for page in pages if (page.assistant_id, page.project) == (pages[0].assistant_id, pages[0].project)
    )


def _most(batch: int, claim: Claim) -> int:
    """The pages to read at once: a batch, or less after replies that could not be used."""
    return batch if claim.batch is None else min(batch, claim.batch)
