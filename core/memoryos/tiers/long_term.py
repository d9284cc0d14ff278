"""Long-term persona memory: what is known about the user and about the assistant (paper, section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from ulid import ULID

from memoryos.language.words import distinguishing_words, particulars
from memoryos.models import Analysis, Fact, Knowledge, Page, Profile, Trait
from memoryos.storage.plans import AnalysisPlan, NewKnowledge
from memoryos.storage.ports import KnowledgeStore, TopicStore

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.models import Owner, Vector

SAME_FACT = 0.95
"""Two facts whose embeddings are this close may say the same: then the older one stays and gains the new source. By
themselves embeddings do not tell 12 March from 13 March nor, in a script that their model does not know, a cat from a
dog."""

_LATIN: Final = re.compile("[\x00-\u024f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20cf]*")

_PROFILE_TOPICS = 8


class PersonaStore(KnowledgeStore, TopicStore, Protocol):
    """What persona memory reads: traits and facts, and for the profile the topics of mid-term memory."""


@dataclass(frozen=True, slots=True)
class _Known:
    """Facts as of a version of the log of changes."""

    version: int
    facts: tuple[Knowledge, ...]


@dataclass(frozen=True, slots=True)
class LongTermMemory:
    """Traits, and two queues of at most `capacity` current facts: the user's and this assistant's.

    A fact leaves its queue into the archive, first in first out; nothing is destroyed. Assistants that share a memory
    share what is known of the user.
    """

    store: PersonaStore
    assistant_id: str
    capacity: int
    _known: dict[Owner, _Known] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_assistant(self, page: Page) -> Self:
        """What the assistant of a page knows; where it was not noted, this one."""
        return replace(self, assistant_id=page.assistant_id or self.assistant_id)

    def user_knowledge(self) -> tuple[Knowledge, ...]:
        """Current facts about the user, oldest first."""
        return self._current("user", None)

    def assistant_knowledge(self) -> tuple[Knowledge, ...]:
        """Current facts about this assistant, oldest first."""
        return self._current("assistant", self.assistant_id)

    def _current(self, owner: Owner, assistant_id: str | None) -> tuple[Knowledge, ...]:
        """The facts as read last, unless any process has changed some since: every recall asks for them."""
        version = self.store.version("knowledge")
        known = self._known.get(owner)
        if known is not None and known.version == version:
            return known.facts
        facts = self.store.knowledge(owner, assistant_id)
        if any(fact.vector is not None for fact in facts):  # else the embedder may not be in use yet
            self._known[owner] = _Known(version, facts)
        return facts

    def profile(self) -> Profile:
        """The user in words: the rated traits, and the topics that the talks return to most."""
        traits = self.store.traits()
        topics = self.store.largest_topics(_PROFILE_TOPICS)
        lines = [_trait_line(trait) for trait in traits]
        if topics:
            lines.append("Recurring topics: " + "; ".join(f"{theme} ({pages})" for theme, pages in topics))
        return Profile(text="\n".join(lines), traits=traits, analysis="model" if traits else "extractive")

    def plan(
        self, pages: Sequence[Page], analysis: Analysis, vectors: Sequence[Vector | None], *, now: datetime
    ) -> AnalysisPlan:
        """What an analysis of `pages` changes here; `vectors` are the embeddings of its facts, None where refused."""
        current: dict[Owner, list[Knowledge]] = {
            "user": list(self.user_knowledge()),
            "assistant": list(self.assistant_knowledge()),
        }
        new: list[NewKnowledge] = []
        replaced: dict[str, str] = {}
        confirmed: dict[str, tuple[int, ...]] = {}
        for fact, vector in zip(analysis.facts, vectors, strict=True):
            known = current[fact.owner]
            same = None if fact.replaces else _same(known, fact, vector)
            if same is not None:
                sources = tuple(pages[position].seq for position in fact.pages)
                confirmed[same.id] = (*confirmed.get(same.id, ()), *sources)
                continue
            knowledge = self._knowledge(fact, vector, pages, analysis, now=now)
            new.append(knowledge)
            if any(old.id == fact.replaces for old in known):
                replaced[str(fact.replaces)] = knowledge.knowledge.id
                known[:] = [old for old in known if old.id != fact.replaces]
            known.append(knowledge.knowledge)
        archived = [fact.id for queue in current.values() for fact in queue[: max(0, len(queue) - self.capacity)]]
        return AnalysisPlan(
            pages=tuple(page.seq for page in pages),
            traits=analysis.traits,
            new=tuple(new),
            replaced=replaced,
            confirmed=confirmed,
            archived=tuple(archived),
            analysis=analysis.analysis,
        )

    def _knowledge(
        self, fact: Fact, vector: Vector | None, pages: Sequence[Page], analysis: Analysis, *, now: datetime
    ) -> NewKnowledge:
        sources = [pages[position] for position in fact.pages]
        newest = max(sources, key=lambda page: page.happened_at)
        return NewKnowledge(
            Knowledge(
                id=str(ULID.from_datetime(now)),
                owner=fact.owner,
                text=fact.text,
                timestamp=newest.timestamp,
                happened_at=newest.happened_at,
                sources=tuple(page.id for page in sources),
                analysis=analysis.analysis,
                assistant_id=self.assistant_id if fact.owner == "assistant" else None,
                vector=vector,
            ),
            pages=tuple(page.seq for page in sources),
        )


def _same(known: Sequence[Knowledge], fact: Fact, vector: Vector | None) -> Knowledge | None:
    text = fact.text.casefold()
    for other in known:
        near = _are_near(other.vector, vector) and _may_say_the_same(other.text, fact.text)
        if near or other.text.casefold() == text:
            return other
    return None


def _are_near(one: Vector | None, other: Vector | None) -> bool:
    return one is not None and other is not None and float(one @ other) >= SAME_FACT


def _may_say_the_same(one: str, other: str) -> bool:
    if _LATIN.fullmatch(one) and _LATIN.fullmatch(other):
        return particulars(one) == particulars(other)
    return distinguishing_words(one) == distinguishing_words(other)


def _trait_line(trait: Trait) -> str:
    return f"{trait.dimension}: {trait.level} ({trait.evidence}; {trait.timestamp})"
