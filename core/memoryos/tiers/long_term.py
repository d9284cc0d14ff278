"""Long-term persona memory: what is known about the user and about the assistant (paper, section 3.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, get_args

from ulid import ULID

from memoryos.models import (
    PERSONAL,
    Amendment,
    Analysis,
    AnalysisKind,
    Fact,
    Knowledge,
    Owner,
    Page,
    Profile,
    Scope,
    Statements,
    Trait,
)
from memoryos.storage.exclusions import Exclusions
from memoryos.storage.plans import AnalysisPlan
from memoryos.storage.ports import KnowledgeStore, PageStore, SteeringStore, TopicStore
from memoryos.tiers.card import card
from memoryos.tiers.knowledge_now import KnowledgeNow

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.models import Vector

PAGES_BEFORE: Final = 3
"""What is taken back or put right was said on one of so many pages before, or on the same one."""

_PROFILE_TOPICS: Final = 8

_MOST_QUEUES: Final = 64
"""So many queues of facts are kept as read last."""

_Queue = tuple[Owner, str | None, Scope]

Meanings = Callable[[Sequence[str]], Sequence["Vector | None"]]
"""The vectors of sentences by the shipped embedding model, None for one that it refuses."""


class PersonaStore(KnowledgeStore, TopicStore, PageStore, SteeringStore, Protocol):
    """What persona memory reads: traits, facts, their pages and what is excluded, and for the profile the topics."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Facts as of a version of the log of changes."""

    version: int
    facts: tuple[Knowledge, ...]
    current: tuple[Knowledge, ...]


@dataclass(frozen=True, slots=True)
class LongTermMemory:
    """Traits, and two queues of at most `capacity` facts: the user's and this assistant's.

    A fact beyond it leaves its queue into the archive; nothing is destroyed. Assistants that share a memory share what
    is known of the user. Each project has such queues of its own, of which those in `scope` are seen; traits are the
    person's and seen everywhere.
    """

    store: PersonaStore
    assistant_id: str
    capacity: int
    scope: Scope = PERSONAL
    # Of this memory and all that are made of it.
    _known: dict[_Queue, _Known] = field(default_factory=dict, repr=False, compare=False)

    def of_page(self, page: Page) -> Self:
        """What is known where a page was added: by its assistant, or this one where it was not noted, in its project.

        From elsewhere it sees and changes nothing.
        """
        return replace(self, assistant_id=page.assistant_id or self.assistant_id, scope=Scope(page.project))

    def within(self, scope: Scope) -> Self:
        """What is known within a scope."""
        return replace(self, scope=scope)

    def user_knowledge(self, as_of: datetime | None = None) -> tuple[Knowledge, ...]:
        """Current facts about the user, oldest first; or those that were known at a time, and held then."""
        return self._current("user", None, as_of)

    def assistant_knowledge(self, as_of: datetime | None = None) -> tuple[Knowledge, ...]:
        """Current facts about this assistant, oldest first; or those that were known at a time, and held then."""
        return self._current("assistant", self.assistant_id, as_of)

    def doubtful_knowledge(self) -> tuple[Knowledge, ...]:
        """Facts about the user of which nobody knows whether they still hold, oldest first."""
        return tuple(fact for fact in self._queue("user", None).facts if fact.state == "doubtful")

    def _current(self, owner: Owner, assistant_id: str | None, as_of: datetime | None) -> tuple[Knowledge, ...]:
        if as_of is not None:
            return held_at(self.store.all_knowledge(owner, assistant_id, self.scope), as_of)
        return self._queue(owner, assistant_id).current

    def _queue(self, owner: Owner, assistant_id: str | None) -> _Known:
        """The facts as read last, unless any process has changed some since: every recall asks for them."""
        version = self.store.version("knowledge")
        queue = (owner, assistant_id, self.scope)
        known = self._known.get(queue)
        if known is not None and known.version == version:
            return known
        facts = self.store.knowledge(owner, assistant_id, self.scope)
        known = _Known(version, facts, tuple(fact for fact in facts if fact.state == "current"))
        if not facts or any(fact.vector is not None for fact in facts):  # else the embedder may not be in use yet
            if len(self._known) >= _MOST_QUEUES:
                self._known.clear()
            self._known[queue] = known
        return known

    def profile(self, as_of: datetime | None = None) -> Profile:
        """The user in words: a card of what is known, the rated traits, and the topics that the talks return to most.

        As of a time it holds what was known by then, and no topics: their pages may have come later.
        """
        traits = self.store.traits()
        if as_of is not None:
            traits = tuple(trait for trait in traits if trait.happened_at <= as_of)
        topics = [] if as_of is not None else self.store.largest_topics(_PROFILE_TOPICS, self.scope)
        doubtful = () if as_of is not None else self.doubtful_knowledge()
        lines = card(self.user_knowledge(as_of), doubtful, traits)
        if topics:
            lines.append("Recurring topics: " + "; ".join(f"{theme} ({pages})" for theme, pages in topics))
        return Profile(text="\n".join(lines), traits=traits, analysis="model" if traits else "extractive")

    def plan(
        self,
        pages: Sequence[Page],
        analysis: Analysis,
        vectors: Sequence[Vector | None],
        *,
        now: datetime,
        meanings: Meanings | None = None,
    ) -> AnalysisPlan:
        """What an analysis of `pages` changes here; `vectors` are the embeddings of its facts, None where refused."""
        told = [
            ([pages[position] for position in fact.pages], fact, vector)
            for fact, vector in zip(analysis.facts, vectors, strict=True)
        ]
        board, version = self._board(pages, now, meanings)
        for sources, fact, vector in sorted(told, key=lambda each: max(map(_time_of, each[0]))):
            board.tell(fact, sources, analysis.analysis, vector, self._assistant_of(fact), embedded=True)
        return replace(
            self._plan(board, version, analysis.analysis),
            pages=tuple(page.seq for page in pages),
            traits=tuple(
                _of_the_person(trait, pages)
                for trait in analysis.traits
                if not board.excluded.cover((trait.evidence, trait.dimension))
            ),
            refused=dict(Counter(analysis.refused)),
        )

    def plan_statements(
        self, pages: Sequence[Page], statements: Statements, *, now: datetime, meanings: Meanings | None = None
    ) -> AnalysisPlan:
        """What statements of `pages` change here; new facts wait for their vectors."""
        board, version = self._board(pages, now, meanings)
        told = [(pages[each.page if isinstance(each, Amendment) else each.pages[-1]], each) for each in statements.told]
        for page, each in sorted(told, key=lambda pair: _time_of(pair[0])):
            if isinstance(each, Amendment):
                board.amend(each, page, self._before(page))
            else:
                analysis: AnalysisKind = "extractive" if each.author == "rule" else "model"
                board.tell(each, [page], analysis, None, self._assistant_of(each), embedded=False)
        return replace(
            self._plan(board, version, "extractive"),
            read=tuple(page.seq for page in pages),
        )

    def _board(self, pages: Sequence[Page], now: datetime, meanings: Meanings | None) -> tuple[KnowledgeNow, int]:
        """All that is known and not archived, and the version of the log of changes of which that is."""
        with self.store.snapshot():
            version = self.store.version("knowledge")
            facts = (
                *self.store.all_knowledge("user", None, self.scope),
                *self.store.all_knowledge("assistant", self.assistant_id, self.scope),
            )
            forgotten = self.store.tombstones([page.seq for page in pages])
            excluded = Exclusions.of(self.store.exclusions()).within(self.scope.project)
        board = KnowledgeNow(lambda: str(ULID.from_datetime(now)), forgotten, excluded)
        known = [fact for fact in facts if fact.archived_at is None and fact.state != "retired"]
        live = [fact for fact in known if fact.superseded_by is None]
        vectors = [None] * len(live) if meanings is None else meanings([fact.text for fact in live])
        found = {fact.id: vector for fact, vector in zip(live, vectors, strict=True)}
        board.know(known, [found.get(fact.id) for fact in known])
        return board, version

    def _plan(self, board: KnowledgeNow, version: int, analysis: AnalysisKind) -> AnalysisPlan:
        changes = board.changes()
        return AnalysisPlan(
            pages=(),
            traits=(),
            new=changes.new,
            replaced=changes.replaced,
            confirmed=changes.confirmed,
            archived=tuple(
                fact.id
                for owner in get_args(Owner)
                for project in {None, self.scope.project}
                for fact in over_capacity(
                    [fact for fact in changes.known if (fact.owner, fact.project) == (owner, project)], self.capacity
                )
            ),
            analysis=analysis,
            changed=changes.changed,
            retired=changes.retired,
            version=version,
        )

    def _assistant_of(self, fact: Fact) -> str | None:
        return self.assistant_id if fact.owner == "assistant" else None

    def _before(self, page: Page) -> list[Page]:
        """The last pages before one in its project, oldest first."""
        before: list[Page] = []
        previous = page.previous
        while previous is not None and len(before) < PAGES_BEFORE:
            found = self.store.pages([previous]).get(previous)
            if found is None:
                break
            before.insert(0, found)
            previous = found.previous
        return before


def _of_the_person(trait: Trait, pages: Sequence[Page]) -> Trait:
    """A trait as it is known everywhere: without its evidence where that is of a project."""
    return trait if all(page.project is None for page in pages) else replace(trait, evidence="")


def over_capacity(facts: Sequence[Knowledge], capacity: int) -> list[Knowledge]:
    """The facts to archive so that `capacity` of an owner's stay; what is pinned always stays.

    First go those that ended, then doubtful ones, then those about nothing in particular, oldest first. Of the others
    always the oldest of the slot that has most: what a person says once, an allergy, outlives the hundredth hobby.
    """
    queue = [fact for fact in facts if not (fact.superseded_by or fact.archived_at or fact.state == "retired")]
    excess = len(queue) - capacity
    if excess <= 0:
        return []
    leaving = sorted((fact for fact in queue if not fact.pinned and _standing(fact) < _SLOTTED), key=_standing)[:excess]
    slots: dict[tuple[str | None, str | None], list[Knowledge]] = {}
    for fact in queue:
        if not fact.pinned and _standing(fact) == _SLOTTED:
            slots.setdefault((fact.subject, fact.slot), []).append(fact)
    while len(leaving) < excess and slots:
        fullest = max(slots, key=lambda slot: len(slots[slot]))
        leaving.append(slots[fullest].pop(0))
        if not slots[fullest]:
            del slots[fullest]
    return leaving


_SLOTTED: Final = 3


def _standing(fact: Knowledge) -> int:
    """How much is lost with a fact; within one rank the sort keeps the order of arrival."""
    if fact.state == "ended":
        return 0
    if fact.state == "doubtful":
        return 1
    return 2 if fact.slot is None and fact.author != "person" else _SLOTTED


def held_at(facts: Sequence[Knowledge], time: datetime) -> tuple[Knowledge, ...]:
    """The facts that were known at a time and held then, as far as was known at it.

    `facts` are all there are: what took the place of one, or ended it, tells by when that was learned since when the
    other holds no more.
    """
    every = {fact.id: fact for fact in facts}
    known = {fact.id for fact in facts if _learned_at(fact) <= time}
    return tuple(fact for fact in facts if fact.id in known and _held(fact, every, known, time))


def _held(fact: Knowledge, every: Mapping[str, Knowledge], known: AbstractSet[str], time: datetime) -> bool:
    if fact.archived_at is not None and fact.archived_at <= time:
        return False
    if fact.held_from is not None and fact.held_from > time:
        return False
    if any(successor in known for successor in _successors(fact, every)):
        return False
    return fact.state == "current" or (fact.doubted_by is not None and fact.doubted_by not in known)


def _successors(fact: Knowledge, every: Mapping[str, Knowledge]) -> Iterator[str]:
    """What took the place of a fact, and of that, and so on: each may have been learned before the one before it."""
    by = fact.superseded_by
    while by is not None:
        yield by
        by = every[by].superseded_by if by in every else None


def _learned_at(fact: Knowledge) -> datetime:
    return fact.learned_at or fact.happened_at


def _time_of(page: Page) -> tuple[datetime, int]:
    return page.happened_at, page.seq
