"""What a memory brings to a query: pages and facts ranked for it, short-term memory, the profile."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.models import RankedPage, Recall
from memoryos.retrieval.hybrid import visited

if TYPE_CHECKING:
    from memoryos.assembly import Parts
    from memoryos.models import Knowledge, Page, Profile
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.query import Query

KNOWLEDGE_PER_RECALL: Final = 10
"""Facts of each kind brought to a query (paper, section 3.4)."""

_PAGE_ID: Final = re.compile("[0-9A-HJKMNP-TV-Z]{26}", re.IGNORECASE)
"""A ULID."""


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """What a recall takes from the database before the query's embedding is there."""

    found: Candidates
    profile: Profile
    short_term: tuple[Page, ...]
    user_knowledge: tuple[Knowledge, ...]
    assistant_knowledge: tuple[Knowledge, ...]


def recall(parts: Parts, query: str, limit: int, *, count_visits: bool) -> Recall:
    """What the memory of some parts brings to a query, `limit` pages at most; it warms the segments of those found.

    A query of page ids and nothing else, with spaces or commas between them, brings these pages and nothing else.
    """
    if named := _named_pages(parts, query, limit):
        return Recall(query, replace(parts.long_term.profile(), text=""), (), named, (), ())
    asked = parts.retriever.read(query)
    # Embedding takes longest: what does not need it is looked up meanwhile.
    looking_up = parts.lookups.submit(_look_up, parts, asked)
    vector = parts.retriever.embed(asked)
    known = looking_up.result()
    pages = parts.rank(asked, vector, limit, known.found)
    if count_visits:
        parts.visits.add(visited(pages))
    return Recall(
        query=query,
        profile=known.profile,
        short_term=known.short_term,
        pages=pages,
        user_knowledge=parts.retriever.knowledge(known.user_knowledge, vector, KNOWLEDGE_PER_RECALL),
        assistant_knowledge=parts.retriever.knowledge(known.assistant_knowledge, vector, KNOWLEDGE_PER_RECALL),
    )


def _look_up(parts: Parts, asked: Query) -> _LookedUp:
    with parts.store.snapshot():
        return _LookedUp(
            parts.retriever.find(asked),
            parts.long_term.profile(),
            parts.short_term.pages(),
            parts.long_term.user_knowledge(),
            parts.long_term.assistant_knowledge(),
        )


def _named_pages(parts: Parts, query: str, limit: int) -> tuple[RankedPage, ...]:
    """The pages whose ids a query consists of, in its order; none where it is one in words."""
    ids = tuple(dict.fromkeys(name.upper() for name in re.split(r"[\s,]+", query.strip(" ,"))))
    if not all(map(_PAGE_ID.fullmatch, ids)):
        return ()
    found = parts.store.pages_by_id(ids[:limit])
    return tuple(RankedPage(found[name], score=1.0, signals={"id": 1.0}) for name in ids if name in found)
