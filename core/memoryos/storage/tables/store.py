"""A store over tables: each method of `Store` as one transaction over the tables' modules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ulid import ULID

from memoryos.errors import ExcludedError
from memoryos.language.sessions import Calls
from memoryos.language.stems import Word
from memoryos.models import (
    EVERYTHING,
    Added,
    Audit,
    Excluded,
    ForgetPreview,
    Forgotten,
    Knowledge,
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
)
from memoryos.status import Counts, Failure, Parked
from memoryos.storage.adding import page_to_add
from memoryos.storage.exclusions import REFUSAL
from memoryos.storage.index_rows import ChangeKind, Changes, OutlineColumns, SideVectors, WindowVectors
from memoryos.storage.plans import AnalysisPlan, Claim, ConsolidationPlan, ReanalysisSize, ReanalysisState
from memoryos.storage.tables import (
    browsing,
    changes,
    forgetting,
    knowledge,
    outlines,
    pages,
    reanalysis,
    reindexing,
    selecting,
    steering,
    talks,
    told,
    topics,
    vectors,
    work,
)
from memoryos.storage.tables.connection import Connection, Database, EmbedderRow
from memoryos.storage.tables.word_counts import WordCounts

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector, WorkKind

_NO_EMBEDDER = EmbedderRow(id=0, dim=1)
"""Stands for the embedder until one is in use: no row has it, so every vector reads as absent."""


_CURRENT = "state = 'current' AND superseded_by IS NULL AND archived_at IS NULL"


class TableStore(ABC):
    """One user's memory in a database. What each method does, `Store` says."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._embedder = _NO_EMBEDDER
        self._embedder_name = ""
        self._word_counts = WordCounts()

    @abstractmethod
    def maintain(self, *, now: datetime) -> None:
        """What `Store` says."""

    @abstractmethod
    def tend_log(self) -> None:
        """What `Store` says."""

    @abstractmethod
    def _overwrite(self) -> bool:
        """Overwrite what was deleted wherever it is left; whether that is done."""

    def snapshot(self) -> AbstractContextManager[None]:
        return self._database.snapshot()

    def add_page(self, page: NewPage, *, timestamp: str, now: datetime) -> Added:
        new = page_to_add(page, id_=str(ULID.from_datetime(now)), shown=timestamp, added_at=now)
        outline = outlines.packed(new.stems)
        with self._database.write(durable=True) as connection:
            if steering.covered(connection, page.user_input, page.agent_response, project=page.project):
                raise ExcludedError(REFUSAL)
            added = pages.add(connection, new, outline)
            told.queue(connection, added.page.seq, page.facts)
            return added

    def told_facts(self, limit: int) -> tuple[QueuedFact, ...]:
        with self._database.read() as connection:
            return told.oldest(connection, limit)

    def told_count(self) -> int:
        with self._database.read() as connection:
            return told.count(connection)

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        with self._database.read() as connection:
            return pages.by_seq(connection, seqs)

    def pages_by_id(self, ids: Collection[str]) -> dict[str, Page]:
        with self._database.read() as connection:
            return pages.by_id(connection, ids)

    def pages_ending(self, ends: Collection[str], scope: Scope = EVERYTHING) -> dict[str, tuple[Page, ...]]:
        with self._database.read() as connection:
            return pages.ending(connection, ends, scope)

    def pages_with_meta_data(self, pairs: Collection[tuple[str, str]]) -> list[int]:
        with self._database.read() as connection:
            return pages.with_meta_data(connection, pairs)

    def newest_pages(
        self, count: int, *, added_by: datetime | None = None, scope: Scope = EVERYTHING
    ) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return pages.newest(connection, count, added_by, scope)

    def waiting_pages(
        self, *, newest: int, limit: int, scope: Scope = EVERYTHING, like: int | None = None
    ) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return pages.waiting(connection, newest=newest, limit=limit, scope=scope, like=like)

    def waiting_count(self, *, newest: int, scope: Scope = EVERYTHING) -> int:
        with self._database.read() as connection:
            return pages.waiting_count(connection, newest=newest, scope=scope)

    def pages_of_segment(self, segment: int, *, not_analysed: bool, limit: int) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return pages.of_segment(connection, segment, not_analysed=not_analysed, limit=limit)

    def use_embedder(self, name: str, dim: int) -> None:
        if name == self._embedder_name:  # not taken back from a process that came with another one since
            with self._database.read() as connection:
                vectors.check(connection, self._embedder)
            return
        with self._database.read() as connection:
            row = vectors.recorded(connection, name)
        if row is None or row.dim != dim:  # opening a memory with the embedder it knows writes nothing
            with self._database.write() as connection:
                row = vectors.use_embedder(connection, name, dim)
        self._embedder, self._embedder_name = row, name

    def other_embedder(self) -> str | None:
        if self._embedder == _NO_EMBEDDER:
            return None
        with self._database.read() as connection:
            return vectors.replaced_by(connection, self._embedder)

    def unembedded_pages(self, limit: int) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return vectors.unembedded(connection, limit)

    def unembedded_count(self, embedder: str) -> int:
        with self._database.read() as connection:
            own = None if self._embedder == _NO_EMBEDDER else self._embedder
            return vectors.unembedded_count(connection, own, embedder)

    def commit_vectors(self, claim: Claim, new: Sequence[PageVectors]) -> None:
        with self._database.write() as connection:
            work.check(connection, claim)
            vectors.check(connection, self._embedder)
            there = pages.existing(connection, [page.seq for page in new])  # the others were forgotten meanwhile
            vectors.put(connection, self._embedder, [page for page in new if page.seq in there])

    def commit_refusal(self, claim: Claim, seq: int, error: str, *, now: datetime) -> None:
        with self._database.write() as connection:
            work.check(connection, claim)
            vectors.check(connection, self._embedder)
            vectors.give_up(connection, seq)
            if seq not in pages.existing(connection, [seq]):
                return
            work.park(connection, claim.kind, [seq], error, now=now)

    def page_vectors(self, seqs: Collection[int]) -> dict[int, Matrix]:
        with self._database.read() as connection:
            return connection.windows.of_pages(connection, self._embedder, seqs)

    def side_vectors(self, seqs: Sequence[int]) -> SideVectors:
        with self._database.read() as connection:
            return connection.windows.of_sides(connection, self._embedder, seqs)

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        with self._database.read() as connection:
            known = self._word_counts.known(pages.newest_seq(connection))
            counts = connection.words.pages_with(connection, stems, known)
        self._word_counts.learn(counts)
        return counts

    def match_words(self, words: Sequence[Word], limit: int, *, together: bool = False) -> list[int]:
        with self._database.read() as connection:
            return connection.words.match(connection, words, limit, together=together)

    def outlines_after(self, seq: int, pages: int) -> OutlineColumns:
        with self._database.read() as connection:
            return outlines.read(connection, seq, pages)

    def pages_between(self, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
        with self._database.read() as connection:
            return pages.between(connection, start, end, limit)

    def span_of_time(self) -> tuple[datetime, datetime] | None:
        with self._database.read() as connection:
            return pages.span_of_time(connection)

    def names_called(self, at_least: int) -> Mapping[str, Calls]:
        with self._database.read() as connection:
            return talks.names_called(connection, at_least)

    def version(self, kind: ChangeKind) -> int:
        with self._database.read() as connection:
            return changes.version(connection, kind)

    def changes(self, kind: ChangeKind, since: int) -> Changes:
        with self._database.read() as connection:
            return changes.since(connection, kind, since)

    def windows_after(self, seq: int, pages: int) -> WindowVectors:
        with self._database.read() as connection:
            return connection.windows.after(connection, self._embedder, seq, pages)

    def segments(self) -> tuple[Segment, ...]:
        with self._database.read() as connection:
            return topics.active(connection, self._embedder)

    def segment_visits(self, scope: Scope = EVERYTHING, *, most: int | None = None) -> tuple[SegmentVisits, ...]:
        with self._database.read() as connection:
            return topics.visits(connection, scope, most)

    def segments_of(self, ids: Collection[int]) -> tuple[Segment, ...]:
        with self._database.read() as connection:
            return topics.with_ids(connection, ids)

    def largest_topics(self, count: int, scope: Scope = EVERYTHING) -> list[tuple[str, int]]:
        with self._database.read() as connection:
            return topics.largest_topics(connection, count, scope)

    def commit_consolidation(self, claim: Claim, plan: ConsolidationPlan, *, now: datetime) -> None:
        with self._database.write() as connection:
            self._consolidate(connection, claim, plan, now)

    def commit_reflection(
        self, holder: str, grouped: ConsolidationPlan, learned: AnalysisPlan, *, now: datetime
    ) -> None:
        with self._database.write(durable=True) as connection:
            self._consolidate(connection, Claim("consolidate", holder), grouped, now)
            read = replace(learned, fresh=learned.pages, finished=topics.of_pages(connection, learned.pages))
            self._analyse(connection, Claim("analyse", holder), read, now)

    def holder(self, kind: WorkKind) -> str | None:
        with self._database.read() as connection:
            return work.holder(connection, kind)

    def _consolidate(self, connection: Connection, claim: Claim, plan: ConsolidationPlan, now: datetime) -> None:
        work.check(connection, claim)
        topics.check(connection, claim.kind, plan)
        topics.consolidate(connection, plan, self._embedder, now=now)
        seqs = [seq for segment in plan.segments for seq in segment.pages]
        if plan.parked is None:
            reanalysis.note_consolidated(connection, seqs, plan.analysis)
            if plan.analysis == "model":
                reanalysis.queue_fresh(connection, seqs)
        else:
            work.park(connection, claim.kind, seqs, plan.parked, now=now)

    def segments_to_embed(self, limit: int) -> tuple[Segment, ...]:
        with self._database.read() as connection:
            return topics.without_vector(connection, self._embedder, limit)

    def commit_segment_vectors(self, claim: Claim, new: Mapping[int, Vector | None]) -> None:
        with self._database.write() as connection:
            work.check(connection, claim)
            vectors.check(connection, self._embedder)
            topics.put_vectors(connection, self._embedder, new)

    def segments_not_analysed(self) -> Mapping[int, int]:
        with self._database.read() as connection:
            return topics.not_analysed(connection)

    def add_visits(self, visits: Mapping[int, int], *, now: datetime) -> None:
        with self._database.write() as connection:
            topics.add_visits(connection, visits, now=now)

    def traits(self) -> tuple[Trait, ...]:
        with self._database.read() as connection:
            return knowledge.traits(connection)

    def knowledge(self, owner: Owner, assistant_id: str | None, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return knowledge.current(connection, self._embedder, owner, assistant_id, scope)

    def all_knowledge(self, owner: Owner, assistant_id: str | None, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return knowledge.all_but_retired(connection, self._embedder, owner, assistant_id, scope)

    def tombstones(self, pages: Collection[int]) -> frozenset[tuple[int, bytes]]:
        with self._database.read() as connection:
            return knowledge.tombstones(connection, pages)

    def undo_replacement(self, fact: str, assistant_id: str | None) -> bool:
        with self._database.write(durable=True) as connection:
            return knowledge.undo_replacement(connection, fact, assistant_id)

    def refused_facts(self) -> Mapping[str, int]:
        with self._database.read() as connection:
            return knowledge.refused(connection)

    def outdated_pages(
        self, seqs: Collection[int], *, as_of: datetime | None = None, scope: Scope = EVERYTHING
    ) -> Mapping[int, str]:
        with self._database.read() as connection:
            return knowledge.outdated_pages(connection, seqs, as_of, scope)

    def unread_pages(self, limit: int) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return pages.queued(connection, "unread", limit)

    def unread_count(self) -> int:
        with self._database.read() as connection:
            return pages.queued_count(connection, "unread")

    def fresh_pages(self, limit: int) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return pages.queued(connection, "fresh", limit)

    def fresh_count(self) -> int:
        with self._database.read() as connection:
            return pages.queued_count(connection, "fresh")

    def commit_analysis(self, claim: Claim, plan: AnalysisPlan, *, now: datetime) -> None:
        with self._database.write() as connection:
            self._analyse(connection, claim, plan, now)

    def _analyse(self, connection: Connection, claim: Claim, plan: AnalysisPlan, now: datetime) -> None:
        work.check(connection, claim)
        knowledge.check(connection, claim.kind, plan)
        knowledge.analyse(connection, plan, self._embedder, now=now)
        told.remove(connection, plan.told)
        if plan.parked is None:
            reanalysis.note_analysed(connection, plan.pages, plan.analysis)
        else:
            reanalysis.forget(connection, plan.pages)
            work.park(connection, claim.kind, plan.pages or plan.fresh, plan.parked, now=now)

    def knowledge_to_embed(self, limit: int) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return knowledge.without_vector(connection, self._embedder, limit)

    def commit_knowledge_vectors(self, claim: Claim, new: Mapping[str, Vector | None]) -> None:
        with self._database.write() as connection:
            work.check(connection, claim)
            vectors.check(connection, self._embedder)
            knowledge.put_vectors(connection, self._embedder, new)

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None:
        with self._database.write() as connection:
            return work.take(connection, kind, holder, lease_seconds=lease_seconds, now=now)

    def release(self, claim: Claim) -> None:
        with self._database.write() as connection:
            work.release(connection, claim)

    def fail(self, claim: Claim, error: str, *, wait_seconds: float, now: datetime) -> None:
        with self._database.write() as connection:
            work.fail(connection, claim, error, wait_seconds=wait_seconds, now=now)

    def limit_batch(self, claim: Claim, *, content_failures: int, batch: int | None) -> None:
        with self._database.write() as connection:
            work.limit_batch(connection, claim, content_failures=content_failures, batch=batch)

    def parked(self, limit: int) -> tuple[Parked, ...]:
        with self._database.read() as connection:
            return work.parked(connection, limit)

    def parked_pages(self, *kinds: WorkKind) -> frozenset[str]:
        with self._database.read() as connection:
            return work.parked_pages(connection, kinds)

    def failures(self) -> tuple[Failure, ...]:
        with self._database.read() as connection:
            return work.failures(connection)

    def release_for_reanalysis(self, *, now: datetime) -> int:
        with self._database.write() as connection:
            return reanalysis.release(connection, now=now)

    def reanalysis_state(self, *, newest: int) -> ReanalysisState:
        with self._database.read() as connection:
            return reanalysis.state(connection, newest=newest)

    def reanalysis_size(self, *, newest: int) -> ReanalysisSize:
        with self._database.read() as connection:
            return reanalysis.size(connection, newest=newest)

    def segments_to_reanalyse(self) -> frozenset[int]:
        with self._database.read() as connection:
            return reanalysis.segments_to_analyse(connection)

    def pages_to_forget(self, ids: Sequence[str]) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return forgetting.named(connection, ids)

    def forget_pages(self, ids: Sequence[str], scope: Scope = EVERYTHING) -> Forgotten:
        with self._database.write(durable=True) as connection:
            forgotten = forgetting.forget(connection, ids, scope)
        return replace(forgotten, overwritten=self._overwrite())

    def preview_forgetting(self, selection: Selection, scope: Scope = EVERYTHING) -> ForgetPreview:
        with self._database.read() as connection:
            return selecting.preview(connection, selection, scope)

    def forget_selected(
        self, selection: Selection, token: str | None, actor: str, scope: Scope = EVERYTHING, *, now: datetime
    ) -> Forgotten:
        with self._database.write(durable=True) as connection:
            forgotten = selecting.forget(connection, selection, token, scope)
            steering.note(connection, actor, "forget", count=forgotten.pages, now=now)
        return replace(forgotten, overwritten=self._overwrite())

    def correct_fact(self, old: str, new: Knowledge, actor: str, *, now: datetime) -> bool:
        with self._database.write(durable=True) as connection:
            done = steering.correct(connection, old, new, now=now)
            if done:
                steering.note(connection, actor, "correct", new.id, now=now)
            return done

    def undo_correction(self, correction: str, actor: str, *, now: datetime) -> bool:
        with self._database.write(durable=True) as connection:
            done = steering.undo_correction(connection, correction)
            if done:
                steering.note(connection, actor, "undo", correction, now=now)
            return done

    def retire_fact(self, fact: str, actor: str, *, now: datetime) -> bool:
        with self._database.write(durable=True) as connection:
            done = bool(steering.retire(connection, [fact], now=now))
            if done:
                steering.note(connection, actor, "retire", fact, now=now)
            return done

    def pin_fact(self, fact: str, actor: str, *, pinned: bool, now: datetime) -> bool:
        with self._database.write(durable=True) as connection:
            done = steering.pin(connection, fact, pinned=pinned)
            if done:
                steering.note(connection, actor, "pin" if pinned else "unpin", fact, now=now)
            return done

    def exclusions(self) -> tuple[str, ...]:
        with self._database.read() as connection:
            return steering.exclusions(connection)

    def exclude(self, about: str, actor: str, *, now: datetime) -> Excluded:
        with self._database.write(durable=True) as connection:
            excluded = steering.exclude(connection, about, now=now)
            steering.note(connection, actor, "exclude", count=excluded.facts, now=now)
        self._overwrite()
        return excluded

    def allow(self, about: str, actor: str, *, now: datetime) -> bool:
        with self._database.write(durable=True) as connection:
            lifted = steering.allow(connection, about)
            if lifted:
                steering.note(connection, actor, "allow", now=now)
            return lifted

    def audit(self, limit: int) -> tuple[Audit, ...]:
        with self._database.read() as connection:
            return steering.audit(connection, limit)

    def pages_before(
        self, before: int | None, limit: int, scope: Scope = EVERYTHING, *, segment: int | None = None
    ) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return browsing.pages_before(connection, before, limit, scope, segment=segment)

    def pages_after(self, after: int, limit: int, scope: Scope = EVERYTHING) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return browsing.pages_after(connection, after, limit, scope)

    def pages_of_time(
        self, start: datetime, end: datetime, limit: int, offset: int, scope: Scope = EVERYTHING
    ) -> tuple[Page, ...]:
        with self._database.read() as connection:
            return browsing.pages_of_time(connection, start, end, limit, offset, scope)

    def pages_about(self, about: str, limit: int, offset: int, scope: Scope = EVERYTHING) -> tuple[Page, ...]:
        with self._database.read() as connection:
            seqs = selecting.pages_about(connection, about, scope)[::-1][offset : offset + limit]
            found = pages.by_seq(connection, seqs)
            return tuple(found[seq] for seq in seqs)

    def counts_between(self, bounds: Sequence[datetime], scope: Scope = EVERYTHING) -> tuple[int, ...]:
        with self._database.read() as connection:
            return browsing.counts_between(connection, bounds, scope)

    def fact(self, id_: str) -> Knowledge | None:
        with self._database.read() as connection:
            return browsing.fact(connection, id_)

    def facts_on(self, page: int) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return browsing.facts_on(connection, page)

    def history_of(self, fact: str) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return browsing.history_of(connection, fact)

    def old_facts(self, limit: int, offset: int, scope: Scope = EVERYTHING) -> tuple[Knowledge, ...]:
        with self._database.read() as connection:
            return browsing.old_facts(connection, limit, offset, scope)

    def count_pages(self, numbers: int) -> bool:
        """Nothing: a server that has lost a part of a table says so itself."""
        return False

    def counts(self, assistant_id: str) -> Counts:
        with self._database.read() as connection:
            return _counts(connection, assistant_id)

    def renew_words(self, pages: int) -> bool:
        with self._database.read() as connection:
            if reindexing.is_current(connection):  # opening a memory writes nothing
                return False
        with self._database.write() as connection:
            return reindexing.renew(connection, pages)

    def close(self) -> None:
        self._database.close()


def _counts(connection: Connection, assistant_id: str) -> Counts:
    """The counts of what is current and of what is history."""
    pages, active, archived, user, assistant, superseded, traits = connection.execute(
        "SELECT (SELECT count(*) FROM pages),"
        " (SELECT count(*) FROM segments WHERE archived_at IS NULL),"
        " (SELECT count(*) FROM segments WHERE archived_at IS NOT NULL),"
        f" (SELECT count(*) FROM knowledge WHERE owner = 'user' AND {_CURRENT}),"
        " (SELECT count(*) FROM knowledge WHERE owner = 'assistant' AND assistant_id = ?"
        f"  AND {_CURRENT}),"
        " (SELECT count(*) FROM knowledge WHERE superseded_by IS NOT NULL),"
        " (SELECT count(*) FROM traits)",
        (assistant_id,),
    ).fetchone()
    return Counts(
        pages=pages,
        short_term=0,
        segments=active,
        archived_segments=archived,
        user_knowledge=user,
        assistant_knowledge=assistant,
        superseded_knowledge=superseded,
        traits=traits,
    )
