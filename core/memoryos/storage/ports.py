"""What a store of one user's memory is to the rest of the engine, a port for each who needs it.

Each method is one transaction, and may raise `StoreError`. Nothing is cached in a store; what it answered is what was
committed. The rules by which a store acts stand beside this module and in `memoryos.language`, the same for every
store: what a page brings with it and when it is a repeat (`adding`), who may do which work (`claims`), what goes with
forgotten pages (`forgetting`). A page is named by its `seq`; a later page has a larger one, and nothing else is meant
by the number.

A page belongs to a project or to none; talks, chains and segments lie within one, and a page's `previous` is the one
before in its own. Where a `Scope` is given, what is outside of it is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from memoryos.models import EVERYTHING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memoryos.language.sessions import Calls
    from memoryos.language.stems import Word
    from memoryos.models import (
        Added,
        Audit,
        Excluded,
        ForgetPreview,
        Forgotten,
        Knowledge,
        Matrix,
        NewPage,
        Owner,
        Page,
        PageVectors,
        QueuedFact,
        Scope,
        Segment,
        SegmentVisits,
        Selection,
        Trait,
        Vector,
        WorkKind,
    )
    from memoryos.status import Counts, Failure, Parked
    from memoryos.storage.index_rows import ChangeKind, Changes, OutlineColumns, SideVectors, WindowVectors
    from memoryos.storage.plans import AnalysisPlan, Claim, ConsolidationPlan, ReanalysisSize, ReanalysisState


class ChangeLog(Protocol):
    """What caches of any process need to follow what all others commit."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it all that this thread reads is of one moment; for several reads that must fit together."""

    def version(self, kind: ChangeKind) -> int:
        """The number of the last change of a kind; a cache of a later version is up to date."""

    def changes(self, kind: ChangeKind, since: int) -> Changes:
        """What happened to rows of a kind after version `since`; 0 is that of a cache that holds nothing."""


class PageStore(ChangeLog, Protocol):
    """The pages themselves."""

    def add_page(self, page: NewPage, *, timestamp: str, now: datetime) -> Added:
        """The page as stored, on disk and searchable by words when this returns; `timestamp` is shown with it.

        An equal page (texts, given timestamp, meta_data) of its project and of the last 10 minutes is returned
        instead, and so is the page of the same turn, whether a hook or an agent brought it (`adding.twin`).
        """

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        """Pages by seq; unknown seqs are left out."""

    def pages_by_id(self, ids: Collection[str]) -> dict[str, Page]:
        """Pages by id, of at most 999; unknown ids are left out."""

    def newest_pages(
        self, count: int, *, added_by: datetime | None = None, scope: Scope = EVERYTHING
    ) -> tuple[Page, ...]:
        """The last `count` pages, of all or of those added by a time, oldest first."""

    def unread_pages(self, limit: int) -> tuple[Page, ...]:
        """The oldest pages that have not been read for statements."""

    def unread_count(self) -> int:
        """How many pages have not been read for statements."""

    def fresh_pages(self, limit: int) -> tuple[Page, ...]:
        """The oldest pages that a model has grouped and not yet read for facts."""

    def fresh_count(self) -> int:
        """How many pages a model has grouped and not yet read for facts."""

    def pages_ending(self, ends: Collection[str], scope: Scope = EVERYTHING) -> dict[str, tuple[Page, ...]]:
        """Pages by the end of their id, of at most 999; ends of no page's id are left out. A whole id is an end."""

    def pages_with_meta_data(self, pairs: Collection[tuple[str, str]]) -> list[int]:
        """The seqs, ascending, of pages whose meta_data is as `memoryos.storage.adding.has_meta_data` wants it."""

    def pages_between(self, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
        """How many pages happened within a time, and the first `limit` of them."""

    def span_of_time(self) -> tuple[datetime, datetime] | None:
        """When the earliest and the latest page happened; None without pages."""

    def pages_to_forget(self, ids: Sequence[str]) -> tuple[Page, ...]:
        """The pages that `forget_pages` would delete; raises what it would."""

    def forget_pages(self, ids: Sequence[str], scope: Scope = EVERYTHING) -> Forgotten:
        """Delete pages, at most 999, for good, with all that was derived from them.

        The echoes are pages in the scope, too. Raises `InvalidArgumentError`, with nothing deleted, for an id that is
        unknown in the scope.
        """


class WordStore(ChangeLog, Protocol):
    """The words of pages, as `memoryos.language.stems` gives them for pages and queries."""

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        """In how many pages each of these stems stands; those in none are left out."""

    def match_words(self, words: Sequence[Word], limit: int, *, together: bool = False) -> list[int]:
        """The best pages by BM25 over any of the words, or (`together`) with all of them, best first."""

    def outlines_after(self, seq: int, pages: int) -> OutlineColumns:
        """What ranking needs of the next `pages` pages after a seq."""

    def names_called(self, at_least: int) -> Mapping[str, Calls]:
        """The names that at least one side calls in so many pages."""

    def renew_words(self, pages: int) -> bool:
        """Index the words of the next `pages` old pages as new ones are; False when none are left."""


class VectorStore(ChangeLog, Protocol):
    """The embeddings of pages."""

    def use_embedder(self, name: str, dim: int) -> None:
        """Make this the embedder of the store, whose vectors all methods read and write from now on.

        Pages that have none of it are queued; until then they are found by words. Raises `ClaimLostError` if this
        store used it before and another process uses another one since.
        """

    def other_embedder(self) -> str | None:
        """The embedder that another process made the store's since this one used its own; None where none did."""

    def unembedded_pages(self, limit: int) -> tuple[Page, ...]:
        """The oldest pages that have no vectors of the current embedder."""

    def unembedded_count(self, embedder: str) -> int:
        """How many pages, segments and facts wait for vectors of an embedder, or will once it is in use."""

    def commit_vectors(self, claim: Claim, vectors: Sequence[PageVectors]) -> None:
        """Store the vectors of pages; raises `ClaimLostError` if another worker, or another embedder, took over."""

    def commit_refusal(self, claim: Claim, seq: int, error: str, *, now: datetime) -> None:
        """Park a page that the embedder refuses: it has no vectors then, and waits for none."""

    def page_vectors(self, seqs: Collection[int]) -> dict[int, Matrix]:
        """The window vectors of pages, float32[windows, dim] each; pages not embedded are left out."""

    def windows_after(self, seq: int, pages: int) -> WindowVectors:
        """The window vectors of the next `pages` embedded pages after a seq."""

    def side_vectors(self, seqs: Sequence[int]) -> SideVectors:
        """The window vectors of both sides of pages; pages not embedded are left out."""


@runtime_checkable
class ComparingStore(VectorStore, Protocol):
    """A store that compares vectors by itself: it need not be read into an index before it is searched."""

    def nearest_windows(self, query: Vector, limit: int, among: NDArray[np.int64] | None = None) -> WindowVectors:
        """The `limit` window vectors nearest to a query, none passed over; with `among` of these pages alone."""


class VectorIndex(Protocol):
    """Search by meaning over the window vectors of pages: a local index of a store's, or the store's own."""

    @property
    def held_bytes(self) -> int:
        """How much of this process's memory it takes."""

    def refresh(self, store: VectorStore) -> None:
        """Apply what any process committed since the last refresh; cheap when nothing was."""

    def search(self, query: Vector, limit: int, among: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """The pages of the `limit` nearest windows as (seq, cosine of the best window), nearest first, each once.

        With `among` only the windows of these pages, int64[n] ascending, are looked at.
        """

    def similarities(self, seqs: NDArray[np.int64], query: Vector) -> NDArray[np.float32]:
        """float32[len(seqs)]: the cosine of each page's best window; NaN for pages without vectors."""


class TopicStore(Protocol):
    """Mid-term memory: pages on their way into segments, and the segments."""

    def waiting_pages(
        self, *, newest: int, limit: int, scope: Scope = EVERYTHING, like: int | None = None
    ) -> tuple[Page, ...]:
        """The oldest pages of one project without a segment, those among the `newest` pages of all excepted.

        It is the project of the page `like`, or else the one in the scope with most such pages up to the limit; of
        several alike the one that has waited longest.
        """

    def waiting_count(self, *, newest: int, scope: Scope = EVERYTHING) -> int:
        """How many pages of all projects in the scope have no segment, those among the `newest` excepted."""

    def pages_of_segment(self, segment: int, *, not_analysed: bool, limit: int) -> tuple[Page, ...]:
        """The oldest pages of a segment, all or only those not analysed yet."""

    def segments(self) -> tuple[Segment, ...]:
        """All active segments with their vectors (of the current embedder) and page counts."""

    def segment_visits(self, scope: Scope = EVERYTHING, *, most: int | None = None) -> tuple[SegmentVisits, ...]:
        """What the heat of all active segments is made of, or of some among which the `most` hottest ones are."""

    def segments_of(self, ids: Collection[int]) -> tuple[Segment, ...]:
        """Those of the active segments that have these ids, without their vectors."""

    def largest_topics(self, count: int, scope: Scope = EVERYTHING) -> list[tuple[str, int]]:
        """Theme and number of pages of the active segments with most pages."""

    def commit_consolidation(self, claim: Claim, plan: ConsolidationPlan, *, now: datetime) -> None:
        """Move a batch into mid-term memory; raises `ClaimLostError` if another worker took over.

        Raises `ValueError`, with nothing changed, for pages of several projects in one chain or segment.
        """

    def segments_to_embed(self, limit: int) -> tuple[Segment, ...]:
        """Active segments that wait for a vector of the current embedder."""

    def commit_segment_vectors(self, claim: Claim, vectors: Mapping[int, Vector | None]) -> None:
        """Store segments' vectors, None where one is refused; raises `ClaimLostError` if another worker took over."""

    def segments_not_analysed(self) -> Mapping[int, int]:
        """For each active segment with pages not analysed yet, how many."""

    def segments_to_reanalyse(self) -> frozenset[int]:
        """Active segments to analyse whatever their heat: with pages that a model reads again, or whose fact went with
        a forgotten page."""

    def add_visits(self, visits: Mapping[int, int], *, now: datetime) -> None:
        """Add to the visits of segments."""


class KnowledgeStore(ChangeLog, Protocol):
    """Long-term memory: the user's traits, and facts."""

    def traits(self) -> tuple[Trait, ...]:
        """The user's traits, by dimension."""

    def knowledge(self, owner: Owner, assistant_id: str | None, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        """Facts about the user, or about one assistant, that are not superseded, retired or archived, oldest first.

        They come with their vectors, and with those of their pages that are in the scope; some may be doubtful or
        ended.
        """

    def all_knowledge(self, owner: Owner, assistant_id: str | None, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        """All facts about the user, or about one assistant, retired ones excepted, oldest first, with their vectors."""

    def commit_analysis(self, claim: Claim, plan: AnalysisPlan, *, now: datetime) -> None:
        """Change long-term memory.

        Raises `ClaimLostError` if another worker took over and, with nothing changed, `KnowledgeChangedError` where
        the plan was made for knowledge that is not the present one any more.
        """

    def tombstones(self, pages: Collection[int]) -> frozenset[tuple[int, bytes]]:
        """What is not to be learned again from pages: (page, digest) as of `memoryos.storage.forgetting`."""

    def undo_replacement(self, fact: str, assistant_id: str | None) -> bool:
        """Let a fact about the user or one assistant hold again that another one took the place of, with what fell
        with it; whether there is one such.
        """

    def refused_facts(self) -> Mapping[str, int]:
        """How many statements were not believed, by reason."""

    def outdated_pages(
        self, seqs: Collection[int], *, as_of: datetime | None = None, scope: Scope = EVERYTHING
    ) -> Mapping[int, str]:
        """Pages of these whose fact was superseded or ended, each with the id of the page in the scope that says so.

        With `as_of` by pages that had been added by then.
        """

    def knowledge_to_embed(self, limit: int) -> tuple[Knowledge, ...]:
        """Current facts that wait for a vector of the current embedder."""

    def commit_knowledge_vectors(self, claim: Claim, vectors: Mapping[str, Vector | None]) -> None:
        """Store facts' vectors, None where one is refused; raises `ClaimLostError` if another worker took over."""


class ToldFacts(Protocol):
    """Facts that an agent told with a page, until they are checked.

    `PageStore.add_page` queues them in its own transaction, `KnowledgeStore.commit_analysis` takes them out.
    """

    def told_facts(self, limit: int) -> tuple[QueuedFact, ...]:
        """The facts that were queued first."""

    def told_count(self) -> int:
        """How many wait."""


class WorkStore(Protocol):
    """Who does which background work, how it failed, and what is to be done over."""

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
        """The claim on a kind of work, new or renewed; None while another holds it or a failure's wait runs."""

    def holder(self, kind: WorkKind) -> str | None:
        """Who holds a kind of work, their lease run out or not; None where nobody does."""

    def release(self, claim: Claim) -> None:
        """Give a claim back after success; past failures of this kind are forgotten."""

    def fail(self, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
        """Give a claim back after a failure; nobody claims this kind for `wait_seconds`."""

    def limit_batch(self, claim: Claim, *, content_failures: int, batch: int | None) -> None:
        """Keep, for the tries to come, what replies of the model said about how much it can read at once."""

    def failures(self) -> tuple[Failure, ...]:
        """Kinds of work whose last try failed."""

    def parked(self, limit: int) -> tuple[Parked, ...]:
        """The pages last left without a kind of work, newest first."""

    def parked_pages(self, *kinds: WorkKind) -> frozenset[str]:
        """The ids of all pages that were left without one of these kinds of work, by default without any."""

    def release_for_reanalysis(self, *, now: datetime) -> int:
        """Put all pages that were read for want of a model back among those that wait, and say how many.

        Their segments and the facts found in them are archived. Work under way elsewhere loses its claim.
        """

    def reanalysis_state(self, *, newest: int) -> ReanalysisState:
        """How far such pages are; those among the `newest` pages wait for nothing."""

    def reanalysis_size(self, *, newest: int) -> ReanalysisSize:
        """How much they are to read."""


class SearchStore(PageStore, WordStore, VectorStore, Protocol):
    """What a search reads: pages, their words and their vectors."""


class ReflectionStore(Protocol):
    """What an agent made of pages in the place of a model."""

    def commit_reflection(
        self, holder: str, grouped: ConsolidationPlan, learned: AnalysisPlan, *, now: datetime
    ) -> None:
        """Move a batch into mid-term memory and change long-term memory, both or neither; its pages are read then.

        `holder` has the claims on both kinds of work. Raises `ClaimLostError` and `KnowledgeChangedError` like
        `commit_consolidation` and `commit_analysis`.
        """


class SteeringStore(Protocol):
    """What a person decides: each act with a line of the audit, in one transaction. `actor` is who asked for it."""

    def preview_forgetting(self, selection: Selection, scope: Scope = EVERYTHING) -> ForgetPreview:
        """What `forget_selected` would take; raises `InvalidArgumentError` for an unknown id."""

    def forget_selected(
        self, selection: Selection, token: str | None, actor: str, scope: Scope = EVERYTHING, *, now: datetime
    ) -> Forgotten:
        """Delete the pages of a selection with all that was derived from them.

        Raises `InvalidArgumentError`, with nothing deleted, for an unknown id, or for the token of a preview that does
        not hold any more.
        """

    def correct_fact(self, old: str, new: Knowledge, actor: str, *, now: datetime) -> bool:
        """Let a fact take the place of another one, on whose pages it stands; whether that still held."""

    def undo_correction(self, correction: str, actor: str, *, now: datetime) -> bool:
        """Take a correction back, so that what it took the place of holds again; whether there is one such."""

    def retire_fact(self, fact: str, actor: str, *, now: datetime) -> bool:
        """Take a fact back for good: it is not learned again from its pages. Whether there is one such."""

    def pin_fact(self, fact: str, actor: str, *, pinned: bool, now: datetime) -> bool:
        """Let a fact always be shown, or no more; whether there is one such that holds."""

    def exclusions(self) -> tuple[str, ...]:
        """What is never to be remembered: `add_page` raises `ExcludedError` for what speaks of it."""

    def exclude(self, about: str, actor: str, *, now: datetime) -> Excluded:
        """Add such a rule, and delete the facts and traits that it covers."""

    def allow(self, about: str, actor: str, *, now: datetime) -> bool:
        """Lift such a rule; whether there was one."""

    def audit(self, limit: int) -> tuple[Audit, ...]:
        """Who changed what by these methods, the last first."""


class BrowsingStore(ChangeLog, Protocol):
    """What a person leafs through; each answer is as long as it is asked to be."""

    def pages_before(
        self, before: int | None, limit: int, scope: Scope = EVERYTHING, *, segment: int | None = None
    ) -> tuple[Page, ...]:
        """The last pages before a seq, of all or of a segment, newest first."""

    def pages_after(self, after: int, limit: int, scope: Scope = EVERYTHING) -> tuple[Page, ...]:
        """The first pages after a seq, oldest first."""

    def pages_of_time(
        self, start: datetime, end: datetime, limit: int, offset: int, scope: Scope = EVERYTHING
    ) -> tuple[Page, ...]:
        """Pages that happened from `start` until before `end`, in that order, the first `offset` passed over."""

    def pages_about(self, about: str, limit: int, offset: int, scope: Scope = EVERYTHING) -> tuple[Page, ...]:
        """Pages with a sentence that holds all of these words, newest first, the first `offset` passed over."""

    def counts_between(self, bounds: Sequence[datetime], scope: Scope = EVERYTHING) -> tuple[int, ...]:
        """How many pages happened from each of these times until before the next one."""

    def fact(self, id_: str) -> Knowledge | None:
        """A fact, a retired one too, without its vector."""

    def facts_on(self, page: int) -> tuple[Knowledge, ...]:
        """What stands on a page, history too, oldest first."""

    def history_of(self, fact: str) -> tuple[Knowledge, ...]:
        """A fact with all that it took the place of, and all that took its place, oldest first."""

    def old_facts(self, limit: int, offset: int, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        """Facts that hold no more, newest first, the first `offset` passed over."""


class Store(
    SearchStore,
    TopicStore,
    KnowledgeStore,
    ToldFacts,
    ReflectionStore,
    WorkStore,
    SteeringStore,
    BrowsingStore,
    Protocol,
):
    """One user's memory on disk: all ports together."""

    def counts(self, assistant_id: str) -> Counts:
        """How much each tier holds; `short_term` is left 0, for its capacity is not the store's."""

    def count_pages(self, numbers: int) -> bool:
        """Look whether the pages of the next so many numbers are there; False once all were looked at.

        Raises `StoreDamagedError` where some are gone that nobody has forgotten, as does everything from then on.
        """

    def maintain(self, *, now: datetime) -> None:
        """Trim the log of changes, queue what was refused a day ago, checkpoint, refresh the planner's statistics."""

    def tend_log(self) -> None:
        """What keeps the store's log short, and overwrites what was forgotten and could not be at once.

        Raises `StoreBusyError` while a reader stands in the way; ask again then.
        """

    def close(self) -> None:
        """Release the file."""
