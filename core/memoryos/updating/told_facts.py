"""Facts that an agent told with a page, on their way into long-term memory: checked like a model's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.model.analyst import checked_fact
from memoryos.models import Fact, Statements

if TYPE_CHECKING:
    from memoryos.analyst.base import StatementReader
    from memoryos.models import Knowledge, Page, QueuedFact

BATCH: Final = 50
"""Told facts taken at once; those of one exchange are at most 20."""


def checked(
    told: Sequence[QueuedFact], pages: Sequence[Page], known: Sequence[Knowledge], reader: StatementReader | None
) -> tuple[Statements, list[str]]:
    """What told facts state, each with the position of its page in `pages`, and why the others are not believed.

    Each is measured against its own page. One that says that it replaces a fact which is not known replaces nothing.
    """
    at = {page.seq: position for position, page in enumerate(pages)}
    facts: list[Fact] = []
    refused: list[str] = []
    for each in told:
        page = pages[at[each.page]]
        fact = checked_fact(each.fact.text, page, known, replaces=each.fact.replaces)
        if isinstance(fact, Fact):
            facts.append(replace(fact, pages=(at[each.page],), author="agent"))
        elif fact is not None:
            refused.append(fact)
    described = tuple(facts) if reader is None else reader.described(facts, pages)
    return Statements(described), refused
