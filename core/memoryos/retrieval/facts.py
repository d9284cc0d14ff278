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
        measured = [(asked.measure(self._stems_of(fact), _cosine(asked, fact)), fact) for fact in facts]
        scored = [
            (max(measure, 0.0) + _SOUGHT if fact.id in sought else measure, measure, fact) for measure, fact in measured
        ]
        best = sorted(
            (each for each in scored if each[0] >= 1.0),
            key=lambda each: (-round(each[0] / _AS_GOOD), -each[2].happened_at.timestamp()),
        )
        return tuple(
            RankedKnowledge(fact, 1.0 - 0.5 / score, max(as_an_answer(asked, measure), _surely(fact, sought)))
            for score, measure, fact in best[:FACTS_PER_RECALL]
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


def _surely(fact: Knowledge, sought: AbstractSet[str]) -> float:
    """How far a fact bears on a query at least, as an answer, by being all that is sought."""
    return _SURELY if {fact.id} == sought and is_single(fact.slot) and fact.slot not in KEYED else -np.inf
