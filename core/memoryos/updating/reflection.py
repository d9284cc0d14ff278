"""The calling agent as the model: it is handed a batch of pages, and what it makes of them is committed.

A batch is claimed in the store like a model's work, so that no two agents, processes or models do the same, and what
comes back is read by the rules for a model's reply. Nothing is kept here meanwhile: the token says which pages these
are, and holds the claims on them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from ulid import ULID

from memoryos.analyst.model.analyst import nearest, read_analysis, read_consolidation
from memoryos.arguments import SHORTEST_ID
from memoryos.errors import ClaimLostError, InvalidArgumentError, KnowledgeChangedError
from memoryos.llm.reply_text import json_object
from memoryos.models import PERSONAL, WorkKind
from memoryos.storage.plans import Claim
from memoryos.updating.batch_size import Reading
from memoryos.updating.updater import PLAN_TRIES

if TYPE_CHECKING:
    from memoryos.llm.reply_text import JsonObject
    from memoryos.models import Analysis, Knowledge, Page, Scope, Trait
    from memoryos.storage.plans import AnalysisPlan, ConsolidationPlan
    from memoryos.updating.updater import Updater

LEASE_SECONDS: Final = 600.0
"""An agent reads ten pages in a minute, and may be asked something else meanwhile."""

MAX_REFLECTION: Final = 100_000
"""The most characters of what comes back."""

_TOKEN: Final = re.compile(r"R-[0-9A-Z]{26}-(\d{1,3})-(\d{1,18})")
_AGAIN: Final = "call reflect for another"


@dataclass(frozen=True, slots=True)
class Batch:
    """Pages to read, oldest first, with the one `before` them and what is known; `left` wait beside them.

    They are all of one project or all personal, and so is what is known.
    """

    token: str
    expires_at: datetime
    before: Page | None
    pages: tuple[Page, ...]
    known: tuple[Knowledge, ...]
    traits: tuple[Trait, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Reflected:
    """What was kept of a reflection; `refused` are the reasons for which statements were not believed."""

    pages: int
    topics: int
    facts: int
    traits: int
    refused: tuple[str, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Reflection:
    """Hands out the work of an updater's memory as far as it is in a scope, and takes its results."""

    updater: Updater
    scope: Scope = PERSONAL

    def hand_out(self) -> Batch | None:
        """The next pages that wait for a model, claimed; None where none wait, or somebody else is at them.

        Pages that have no vectors yet wait for these first.
        """
        updater, now = self.updater, self.updater.clock()
        store = updater.store
        if store.other_embedder() is not None:
            return None  # its process does all the work
        store.use_embedder(updater.embedder.id, updater.embedder.dim)
        waiting = updater.short_term.waiting(updater.consolidation_batch, self.scope)
        pages = [each.page for each in updater.embedding.embedded(waiting)]
        if not pages:
            return None
        pages = [*takewhile(lambda page: page.assistant_id == pages[0].assistant_id, pages)]
        token = f"R-{ULID.from_datetime(now)}-{len(pages)}-{pages[-1].seq}"
        if not self._claimed(token, now):
            return None
        # As claimed, and not as read before: another worker may have finished them in between.
        pages = self._pages(token)
        if not pages:
            self._release(token)
            return None
        known = self._known(pages)
        before = updater.before(pages[0])
        return Batch(
            token=token,
            expires_at=now + timedelta(seconds=LEASE_SECONDS),
            before=None if before is None else before.page,
            pages=tuple(pages),
            known=nearest(known, pages),
            traits=store.traits(),
            left=self.left() - len(pages),
        )

    def left(self) -> int:
        """How many pages in the scope wait, handed out ones among them."""
        return self.updater.short_term.waiting_count(self.scope)

    def commit(self, token: str, reflection: str) -> Reflected:
        """What is kept of `reflection`, JSON text as a model answers it, for the batch of a token.

        A `replaces` may be the id of a known fact. Raises `InvalidArgumentError` for a token that holds no batch (any
        more), and `ModelReplyError`, with nothing stored and the batch still held, for what cannot be used.
        """
        pages = self._pages(token)
        if len(reflection) > MAX_REFLECTION:
            raise InvalidArgumentError("reflection", f"{len(reflection)} characters", f"at most {MAX_REFLECTION}")
        if not pages or any(self.updater.store.holder(kind) != token for kind in _KINDS):
            raise _lost()
        updater = self.updater
        updater.store.use_embedder(updater.embedder.id, updater.embedder.dim)
        value = json_object(reflection)
        known, traits = self._known(pages), updater.store.traits()
        before = updater.before(pages[0])
        consolidation = read_consolidation(value, None if before is None else before.page, pages)
        analysis = read_analysis(_numbered(value, known), traits, known, pages)
        analysis = self._described(analysis, pages)
        plan = updater.consolidation_plan(before, pages, Reading(consolidation))
        try:
            kept = self._commit(token, plan, analysis, pages)
        except ClaimLostError:
            raise _lost() from None
        self._release(token)
        return Reflected(
            pages=len(pages),
            topics=len(consolidation.topics),
            facts=len(kept.new) + len(kept.confirmed),
            traits=len(kept.traits),
            refused=analysis.refused,
            left=self.left(),
        )

    def _commit(self, token: str, plan: ConsolidationPlan, analysis: Analysis, pages: Sequence[Page]) -> AnalysisPlan:
        """Both at once; what facts change is worked out anew where others changed some meanwhile."""
        updater = self.updater
        vectors = updater.embedding.embed_texts([fact.text for fact in analysis.facts]) if analysis.facts else []
        meanings = None if updater.reader is None else updater.reader.meanings
        long_term = updater.long_term.of_page(pages[0])
        for tries in range(1, PLAN_TRIES + 1):
            kept = long_term.plan(pages, analysis, vectors, now=updater.clock(), meanings=meanings)
            try:
                updater.store.commit_reflection(token, plan, kept, now=updater.clock())
            except KnowledgeChangedError:
                if tries == PLAN_TRIES:
                    raise
            else:
                break
        return kept

    def _described(self, analysis: Analysis, pages: Sequence[Page]) -> Analysis:
        facts = tuple(replace(fact, author="agent") for fact in analysis.facts)
        reader = self.updater.reader
        return replace(analysis, facts=facts if reader is None or not facts else reader.described(facts, pages))

    def _known(self, pages: Sequence[Page]) -> tuple[Knowledge, ...]:
        long_term = self.updater.long_term.of_page(pages[0])
        return (*long_term.user_knowledge(), *long_term.assistant_knowledge())

    def _pages(self, token: str) -> list[Page]:
        """The pages of a token that still wait, if they are as many as were handed out.

        Raises `InvalidArgumentError` for what is no token.
        """
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise InvalidArgumentError("token", "what is none", "the token of a batch that reflect handed out")
        count, last = int(found[1]), int(found[2])
        waiting = self.updater.short_term.waiting(count, like=last)
        pages = [page for page in waiting if page.seq <= last and self.scope.sees(page.project)]
        return pages if len(pages) == count and pages[-1].seq == last else []

    def _claimed(self, token: str, now: datetime) -> bool:
        claims: list[Claim] = []
        for kind in _KINDS:
            claim = self.updater.store.claim(kind, token, lease_seconds=LEASE_SECONDS, now=now)
            if claim is None:
                for taken in claims:
                    self.updater.store.release(taken)
                return False
            claims.append(claim)
        return True

    def _release(self, token: str) -> None:
        for kind in _KINDS:
            self.updater.store.release(Claim(kind, token))


_KINDS: Final[tuple[WorkKind, ...]] = ("consolidate", "analyse")


def _lost() -> InvalidArgumentError:
    return InvalidArgumentError(
        "token",
        "one whose batch is held no more: it was committed, or its time ran out and another took it",
        f"the token of a batch that is held; {_AGAIN}",
    )


def _numbered(value: JsonObject, known: Sequence[Knowledge]) -> JsonObject:
    """The object with the numbers of known facts in the place of their ids, and with nothing where it says nothing."""
    facts = value.get("facts", [])
    if isinstance(facts, list):
        facts = [
            {**fact, "replaces": _number(fact.get("replaces"), known)} if isinstance(fact, dict) else fact
            for fact in facts
        ]
    return {"traits": [], **value, "facts": facts}


def _number(replaces: object, known: Sequence[Knowledge]) -> int:
    id_ = str(replaces or "").strip().upper()
    if len(id_) < SHORTEST_ID:
        return 0
    return next((number for number, fact in enumerate(known, 1) if fact.id.endswith(id_)), 0)
