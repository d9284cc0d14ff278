"""What a memory brings to a query: pages and facts ranked for it, short-term memory, the profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from memoryos.models import RankedPage, Recall
from memoryos.retrieval import bearing
from memoryos.retrieval.facts import FactRanker
from memoryos.retrieval.hybrid import visited
from memoryos.retrieval.present import is_about_now, newest_first

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import datetime

    from memoryos.models import Knowledge, Page, Profile
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.hybrid import HybridRetriever, QueryVector
    from memoryos.retrieval.query import Query
    from memoryos.storage.ports import Store
    from memoryos.tiers.long_term import LongTermMemory
    from memoryos.tiers.short_term import ShortTermMemory

_PAGE_ID: Final = re.compile("[0-9A-HJKMNP-TV-Z]{6,26}", re.IGNORECASE)
"""A ULID, or the end of one."""


Rank = Callable[["Query", "QueryVector | None", int, "Candidates"], tuple[RankedPage, ...]]
"""How pages are ranked for a query."""


@dataclass(frozen=True, slots=True)
class RecallSources:
    """What a recall draws on.

    `lookups` runs queries to the database, which end by themselves, so that none keeps a process from ending.
    `count_visits` is told the segments visited; None where visits do not count.
    """

    store: Store
    short_term: ShortTermMemory
    long_term: LongTermMemory
    retriever: HybridRetriever
    rank: Rank
    lookups: Executor
    count_visits: Callable[[Mapping[int, int]], None] | None
    facts: FactRanker = field(default_factory=FactRanker)


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """What a recall takes from the database before the query's embedding is there."""

    found: Candidates
    profile: Profile
    short_term: tuple[Page, ...]
    user_knowledge: tuple[Knowledge, ...]
    assistant_knowledge: tuple[Knowledge, ...]
    not_embedded: int


def recall(sources: RecallSources, query: str, limit: int, *, now: datetime, as_of: datetime | None = None) -> Recall:
    """What a memory brings to a query asked `now`, `limit` pages at most; it warms the segments of those found.

    With `as_of` it is what the memory would have brought at that time: what was added later is left out. A query of
    page ids and nothing else, with spaces or commas between them, brings these pages and nothing else.
    """
    named = tuple(page for page in _named_pages(sources, query, limit) if _was_there(page, as_of))
    if named:
        return Recall(query, replace(sources.long_term.profile(), text=""), (), named, (), ())
    asked = sources.retriever.read(query)
    # Embedding takes longest: what does not need it is looked up meanwhile.
    looking_up = sources.lookups.submit(_look_up, sources, asked, now, as_of)
    vector = sources.retriever.embed(asked)
    known = looking_up.result()
    pages = _ranked(sources, asked, vector, limit, known.found, as_of)
    measured = bearing.asked(
        asked,
        vector,
        sources.store,
        pages=known.found.pages,
        embedder=sources.retriever.embedder.id,
        now=now,
        local=sources.retriever.local,
    )
    best = max(bearing.measure_pages(measured, pages, sources.store, sources.retriever.index), default=0.0)
    bears = not measured.is_phatic and bool(pages) and best >= 1.0
    if sources.count_visits is not None and bears:
        sources.count_visits(visited(pages))
    return Recall(
        query=query,
        profile=known.profile,
        short_term=known.short_term,
        pages=pages,
        user_knowledge=sources.facts.bearing(measured, known.user_knowledge),
        assistant_knowledge=sources.facts.bearing(measured, known.assistant_knowledge),
        bears=bears,
        is_phatic=measured.is_phatic,
        by_words_only=vector is None,
        not_embedded=known.not_embedded,
    )


def _look_up(sources: RecallSources, asked: Query, now: datetime, as_of: datetime | None) -> _LookedUp:
    with sources.store.snapshot():
        return _LookedUp(
            sources.retriever.find(asked, now),
            sources.long_term.profile(as_of),
            sources.short_term.pages(as_of),
            sources.long_term.user_knowledge(as_of),
            sources.long_term.assistant_knowledge(as_of),
            sources.store.unembedded_count(sources.retriever.embedder.id),
        )


def _ranked(
    sources: RecallSources,
    asked: Query,
    vector: QueryVector | None,
    limit: int,
    found: Candidates,
    as_of: datetime | None,
) -> tuple[RankedPage, ...]:
    """The best pages of those that were there, the newest of conflicting ones first where the present is asked for."""
    wanted = limit
    while True:
        ranked = sources.rank(asked, vector, wanted, found)
        pages = tuple(page for page in ranked if _was_there(page, as_of))[:limit]
        if len(pages) == limit or len(ranked) < wanted:
            break
        wanted *= 4  # pages added since take places
    outdated = sources.store.outdated_pages([page.page.seq for page in pages], as_of=as_of) if pages else {}
    return newest_first(pages, outdated, about_now=is_about_now(asked.text))


def _was_there(page: RankedPage, as_of: datetime | None) -> bool:
    return as_of is None or page.page.added_at <= as_of


def _named_pages(sources: RecallSources, query: str, limit: int) -> tuple[RankedPage, ...]:
    """The pages whose ids a query consists of, in its order; none where it is one in words."""
    ids = tuple(dict.fromkeys(name.upper() for name in re.split(r"[\s,]+", query.strip(" ,"))))
    if not all(map(_PAGE_ID.fullmatch, ids)):
        return ()
    found = sources.store.pages_ending(ids[:limit])
    return tuple(RankedPage(page, score=1.0, signals={"id": 1.0}) for name in ids for page in found.get(name, ()))[
        :limit
    ]
