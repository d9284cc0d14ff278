"""Which of the known facts bear on a query: by words and by meaning, like pages, and only those above the floor."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.analyst.statements.slots import KEYED, is_single
from memoryos.language.stems import stems
from memoryos.models import Knowledge, RankedKnowledge
from memoryos.retrieval.bearing import as_an_answer

if TYPE_CHECKING:
    from memoryos.retrieval.bearing import Asked

FACTS_PER_RECALL: Final = 5
"""Of each kind, at most. The paper brings ten (section 3.4); ten facts cost as much as six pages and bear on one query
in three."""

_AS_GOOD: Final = 0.15
"""Facts that bear on a query alike are told newest first."""

_SOUGHT: Final = 1.0
"""What being of what the query asks for adds: it bears on the query in whatever words it was told."""

_SURELY: Final = 1.5
"""So far at least bears as an answer does what a person has one of at a time: from there on hooks put it before a model
that did not ask for it. Who asks for their dog asks for no cat."""


@dataclass(slots=True)
class FactRanker:
    """Ranks facts; keeps the stems of those it saw last, which change only where facts are learnt or forgotten."""

    _stems: dict[str, frozenset[str]] = field(default_factory=dict)

    def bearing(
        self, asked: Asked, facts: Sequence[Knowledge], sought: AbstractSet[str] = frozenset()
    ) -> tuple[RankedKnowledge, ...]:
        """The facts that bear on the query, best first, the newer of two alike before the older.

        Those `sought` (id) are of what it asks for.
        """
        if asked.is_phatic:
            return ()
        self._forget_all_but(facts)
        measures = {fact.id: asked.measure(self._stems_of(fact), _cosine(asked, fact)) for fact in facts}
        scores = {**measures, **{id_: max(measures[id_], 0.0) + _SOUGHT for id_ in sought & measures.keys()}}
        best = sorted(
            (fact for fact in facts if scores[fact.id] >= 1.0),
            key=lambda fact: (-round(scores[fact.id] / _AS_GOOD), -fact.happened_at.timestamp()),
        )[:FACTS_PER_RECALL]
        return tuple(
            RankedKnowledge(
                fact,
                1.0 - 0.5 / scores[fact.id],
                max(as_an_answer(asked, measures[fact.id]), _SURELY if _is_all_there_is(fact, sought) else -np.inf),
            )
            for fact in best
        )

    def _stems_of(self, fact: Knowledge) -> frozenset[str]:
        known = self._stems.get(fact.text)
        if known is None:
            known = self._stems[fact.text] = frozenset(stems(fact.text))
        return known

    def _forget_all_but(self, facts: Sequence[Knowledge]) -> None:
        """What was forgotten on disk must not stay here, either."""
        if len(self._stems) > 2 * max(len(facts), FACTS_PER_RECALL):
            self._stems = {}


def _cosine(asked: Asked, fact: Knowledge) -> float | None:
    vector = asked.vector
    if vector is None or not vector.trust or fact.vector is None:
        return None
    return float(np.dot(fact.vector, vector.vector))


def _is_all_there_is(fact: Knowledge, sought: AbstractSet[str]) -> bool:
    """Whether a fact is the only one sought, of what a person has one of at a time."""
    return {fact.id} == sought and is_single(fact.slot) and fact.slot not in KEYED
