"""What a store of one user's memory is to the rest of the engine, and the plans it commits.

Each method is one transaction. Nothing is cached in a store; what it answered is what was committed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from memoryos.models import (
        Added,
        AnalysisKind,
        Counts,
        Failure,
        Knowledge,
        Matrix,
        NewPage,
        Owner,
        Page,
        PageVectors,
        Segment,
        Trait,
        Vector,
        WorkKind,
    )


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query: as written (folded), as the index has it, its count in the query and its pages."""

    word: str
    term: str
    count: int
    pages: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one worker to do one kind of work until the lease ends, after so many failed tries in a row."""

    kind: WorkKind
    holder: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ChainPlan:
    """Pages to put into a chain, an existing one or (None) a new one, and its summary from now on."""

    chain: int | None
    summary: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Pages to put into a segment, an existing one or (None) a new one, and what it says from now on."""

    segment: int | None
    theme: str
    summary: str
    keywords: tuple[str, ...]
    vector: Vector
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConsolidationPlan:
    """One batch's way from waiting to mid-term memory; every page in one chain and one segment."""

    chains: tuple[ChainPlan, ...]
    segments: tuple[SegmentPlan, ...]
    archived: tuple[int, ...]
    analysis: AnalysisKind


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """What one segment's pages add to long-term memory.

    `new` facts come with their vectors; `replaced` maps ids of outdated facts to the new fact's id;
    `confirmed` maps ids of facts found again to the pages that say so. `finished` says that no page of the segment
    is left to analyse, so that its heat falls.
    """

    segment: int
    pages: tuple[int, ...]
    traits: tuple[Trait, ...]
    new: tuple[NewKnowledge, ...]
    replaced: Mapping[str, str]
    confirmed: Mapping[str, tuple[int, ...]]
    archived: tuple[str, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class NewKnowledge:
    """A fact on its way in, with the seqs of its source pages."""

    knowledge: Knowledge
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VectorChanges:
    """What an index must apply to reach `version`; `complete` means it must start from nothing."""

    version: int
    complete: bool
    upserts: Sequence[tuple[int, Matrix]]
    deletes: Sequence[int]


ChangeKind = Literal["page", "vector", "segment", "knowledge", "trait"]
"""What a change in the log is about."""


class Store(Protocol):
    """One user's memory on disk. Every method may raise `StoreError`."""

    # Pages

    def add_page(self, page: NewPage, *, timestamp: str, now: datetime) -> Added:
        """The page as stored, on disk and searchable by words when this returns; `timestamp` is shown with it.

        An equal page (texts, given timestamp, meta_data) among the last 20 of the last 10 minutes is returned instead.
        """

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        """Pages by seq; unknown seqs are left out."""

    def newest_pages(self, count: int) -> tuple[Page, ...]:
        """The last `count` pages, oldest first."""

    def waiting_pages(self, *, newest: int, limit: int) -> tuple[Page, ...]:
        """The oldest pages without a segment, those among the `newest` pages excepted."""

    def waiting_count(self, *, newest: int) -> int:
        """How many pages `waiting_pages` would give without a limit."""

    def pages_of_segment(self, segment: int, *, not_analysed: bool, limit: int) -> tuple[Page, ...]:
        """The oldest pages of a segment, all or only those not analysed yet."""

    # Vectors and words

    def use_embedder(self, name: str, dim: int) -> None:
        """Make this the embedder of the store, whose vectors all methods read and write from now on.

        Pages that have none of it are queued; until then they are found by words.
        """

    def unembedded_pages(self, limit: int) -> tuple[Page, ...]:
        """The oldest pages that have no vectors of the current embedder."""

    def unembedded_count(self) -> int:
        """How many pages have no vectors of the current embedder."""

    def commit_vectors(self, claim: Claim, vectors: Sequence[PageVectors]) -> None:
        """Store the vectors of pages; raises `ClaimLostError` if another worker took over."""

    def page_vectors(self, seqs: Collection[int]) -> dict[int, Matrix]:
        """The window vectors of pages, float32[windows, dim] each; pages not embedded are left out."""

    def side_vectors(self, seqs: Collection[int]) -> dict[int, tuple[Matrix, Matrix]]:
        """The vectors of the user's and the agent's side, float32[n, dim] each, n = 0 where a side is empty."""

    def query_words(self, text: str) -> tuple[QueryWord, ...]:
        """The words of a text as the index knows them, with the number of pages each stands in."""

    def match_words(self, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """The best pages by BM25 over any of the words, as (seq, score), best first."""

    def version(self, kind: ChangeKind) -> int:
        """The number of the last change of a kind; a cache of a later version is up to date."""

    def vector_changes(self, since: int) -> VectorChanges:
        """What happened to page vectors after version `since`."""

    # Mid-term memory

    def segments(self) -> tuple[Segment, ...]:
        """All active segments with their vectors (of the current embedder) and page counts."""

    def commit_consolidation(self, claim: Claim, plan: ConsolidationPlan, *, now: datetime) -> None:
        """Move a batch into mid-term memory; raises `ClaimLostError` if another worker took over."""

    def segments_to_embed(self, limit: int) -> tuple[Segment, ...]:
        """Active segments without a vector of the current embedder."""

    def commit_segment_vectors(self, claim: Claim, vectors: Mapping[int, Vector]) -> None:
        """Store segments' vectors; raises `ClaimLostError` if another worker took over."""

    def segments_not_analysed(self) -> Mapping[int, int]:
        """For each active segment with pages not analysed yet, how many."""

    def add_visits(self, visits: Mapping[int, int], *, now: datetime) -> None:
        """Add to the visits of segments."""

    # Long-term memory

    def traits(self) -> tuple[Trait, ...]:
        """The user's traits, by dimension."""

    def knowledge(self, owner: Owner, assistant_id: str | None) -> tuple[Knowledge, ...]:
        """Current facts about the user, or about one assistant, oldest first, with their vectors."""

    def commit_analysis(self, claim: Claim, plan: AnalysisPlan, *, now: datetime) -> None:
        """Add to long-term memory; raises `ClaimLostError` if another worker took over."""

    def knowledge_to_embed(self, limit: int) -> tuple[Knowledge, ...]:
        """Current facts without a vector of the current embedder."""

    def commit_knowledge_vectors(self, claim: Claim, vectors: Mapping[str, Vector]) -> None:
        """Store facts' vectors; raises `ClaimLostError` if another worker took over."""

    # Work and state

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
        """The claim on a kind of work, new or renewed; None while another holds it or a failure's wait runs."""

    def release(self, claim: Claim) -> None:
        """Give a claim back after success; past failures of this kind are forgotten."""

    def fail(self, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
        """Give a claim back after a failure; nobody claims this kind for `wait_seconds`."""

    def failures(self) -> tuple[Failure, ...]:
        """Kinds of work whose last try failed."""

    def counts(self, assistant_id: str) -> Counts:
        """How much each tier holds; `short_term` is left 0, for its capacity is not the store's."""

    def maintain(self) -> None:
        """Trim the log of changes, checkpoint, refresh the query planner's statistics."""

    def close(self) -> None:
        """Release the file."""
