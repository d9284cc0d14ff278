"""The facts of what a question asks for, and their pages, in whatever words and language they were told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from memoryos.analyst.statements.judge import WHO_SOMEBODY_IS
from memoryos.analyst.statements.questions import WHOLE
from memoryos.analyst.statements.slots import ANSWERED_BY
from memoryos.analyst.statements.subjects import ABOUT_THE_USER, USER, WE

if TYPE_CHECKING:
    from memoryos.analyst.statements.questions import Sought
    from memoryos.models import Knowledge, RankedKnowledge

MOST_PAGES: Final = 3


def facts_sought(sought: Sought, facts: Sequence[Knowledge]) -> frozenset[str]:
    """The facts (id) of what is sought; those that answer it as well where there is none of that."""
    if sought.slot == WHOLE:
        return frozenset(fact.id for fact in facts if fact.slot is not None)
    of_them = [fact for fact in facts if _is_of(fact, sought)]
    found = [fact for fact in of_them if fact.slot == sought.slot] or [
        fact for fact in of_them if fact.slot in ANSWERED_BY.get(sought.slot, ())
    ]
    return frozenset(fact.id for fact in found)


def pages_sought(facts: Sequence[RankedKnowledge], sought: frozenset[str]) -> tuple[str, ...]:
    """The pages (id) that tell what is sought, as the facts are ranked."""
    told = [ranked.knowledge for ranked in facts if ranked.knowledge.id in sought]
    return tuple(dict.fromkeys(fact.sources[-1] for fact in told if fact.sources))[:MOST_PAGES]


def stands_first(sought: Sought) -> bool:
    """Whether what tells of it stands above what a query's words and meaning find: of plans or likings a person has
    many, of which the fact that is known may be another one."""
    return sought.slot in WHO_SOMEBODY_IS


def _is_of(fact: Knowledge, sought: Sought) -> bool:
    """Whether a fact is about whom the question asks."""
    if sought.slot in ABOUT_THE_USER:
        return True
    return fact.subject in {USER, WE, None} if sought.subject in {USER, WE} else fact.subject == sought.subject
