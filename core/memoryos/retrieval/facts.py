"""Which of the known facts bear on a query: by words and by meaning, like pages, and only those above the floor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

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


@dataclass(slots=True)
class FactRanker:
    """Ranks facts; keeps the stems of those it saw last, which change only where facts are learnt or forgotten."""

    _stems: dict[str, frozenset[str]] = field(default_factory=dict)

    def bearing(
        self, asked: Asked, facts: Sequence[Knowledge], sought: Collection[str] = ()
    ) -> tuple[RankedKnowledge, ...]:
        """The facts that bear on the query, best first, the newer of two alike before the older.

        Those `sought` (id) are of what it asks for.
        """
        if asked.is_phatic:
            return ()
        self._forget_all_but(facts)
        measured = [(self._measured(asked, fact, fact.id in sought), fact) for fact in facts]
        best = sorted(
            ((score, fact) for score, fact in measured if score >= 1.0),
            key=lambda pair: (-round(pair[0] / _AS_GOOD), -pair[1].happened_at.timestamp()),
        )
        return tuple(
            RankedKnowledge(fact, 1.0 - 0.5 / score, as_an_answer(asked, score))
            for score, fact in best[:FACTS_PER_RECALL]
        )

    def _measured(self, asked: Asked, fact: Knowledge, is_sought: bool) -> float:
        measure = asked.measure(self._stems_of(fact), _cosine(asked, fact))
        return max(measure, 0.0) + _SOUGHT if is_sought else measure

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
