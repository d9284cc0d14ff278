"""What a memory brings to a query: pages and facts ranked for it, short-term memory, the profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from memoryos.models import Filter, RankedPage, Recall
from memoryos.retrieval import bearing
from memoryos.retrieval.facts import FactRanker
from memoryos.retrieval.hybrid import BY_SCORE, visited
from memoryos.retrieval.present import (
    Glimpse,
    is_about_now,
    newest_first,
    says_now,
    says_one_thing,
    surely_newest,
    telling_the_same,
)
from memoryos.retrieval.scoring import ZERO_RANK
from memoryos.retrieval.sought import facts_sought, pages_sought, stands_first
from memoryos.storage.adding import has_meta_data
from memoryos.walk import Walk

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from datetime import datetime

    from memoryos.analyst.statements.questions import Sought
    from memoryos.models import Knowledge, Page, Profile
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.hybrid import HybridRetriever, QueryVector
    from memoryos.retrieval.query import Query
    from memoryos.retrieval.rerank import Reranking
    from memoryos.storage.ports import Store
    from memoryos.tiers.long_term import LongTermMemory
    from memoryos.tiers.short_term import ShortTermMemory

_PERSONAL: Final = Filter()

_BEGIN: Final = Walk("")

_PAGE_ID: Final = re.compile("[0-9A-HJKMNP-TV-Z]{6,26}", re.IGNORECASE)
"""A ULID, or the end of one."""


CLEARLY_FOUND: Final = 0.5
"""A page with this share of the best one's score is what was asked for: if it is outdated, what took its place is
brought, although the query does not find it."""

SEES: Final = 0.5
"""An embedder with less trust in its vector of a query does not see what that means."""

Rank = Callable[["Query", "QueryVector | None", int, "Candidates"], tuple[RankedPage, ...]]
"""How pages are ranked for a query."""


@dataclass(frozen=True, slots=True)
class RecallSources:
    """What a recall draws on.

    `lookups` runs queries to the database, which end by themselves, so that none keeps a process from ending.
    `count_visits` is told the segments visited; None where visits do not count. `glimpse` tells what short statements
    are of; None where they are ordered by what is known alone. `seeks` tells what of a person a question asks for; None
    where words and meaning alone find it. `reranking` has the last word on the order of what was ranked; None where
    there is none.
    """

    store: Store
    short_term: ShortTermMemory
    long_term: LongTermMemory
    retriever: HybridRetriever
    rank: Rank
    lookups: Executor
    count_visits: Callable[[Mapping[int, int]], None] | None
    facts: FactRanker = field(default_factory=FactRanker)
    glimpse: Glimpse | None = None
    seeks: Callable[[str], Sought | None] | None = None
    reranking: Reranking | None = None


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """What a recall takes from the database before the query's embedding is there."""

    found: Candidates
    profile: Profile
    short_term: tuple[Page, ...]
    user_knowledge: tuple[Knowledge, ...]
    assistant_knowledge: tuple[Knowledge, ...]
    not_embedded: int
    newest: int


def recall(
    sources: RecallSources,
    query: str,
    limit: int,
    *,
    now: datetime,
    as_of: datetime | None = None,
    wanted: Filter = _PERSONAL,
    walk: Walk = _BEGIN,
) -> Recall:
    """What a memory brings to a query asked `now`, `limit` pages at most; it warms the segments of those found.

    Pages and facts are those `wanted`, and the profile is of its scope. With `as_of` it is what the memory would have
    brought at that time: what was added later is left out. A query of page ids and nothing else, with spaces or commas
    between them, brings these pages and nothing else. A `walk` that was begun goes on with the pages that bear on
    the query and were not brought yet, and with nothing else.
    """
    named = tuple(page for page in _named_pages(sources, query, limit, wanted) if _was_there(page, as_of))
    if named:
        return Recall(query, replace(sources.long_term.within(wanted.scope).profile(), text=""), (), named, (), ())
    asked = sources.retriever.read(query)
    # Embedding takes longest: what does not need it is looked up meanwhile.
    looking_up = sources.lookups.submit(_look_up, sources, asked, now, as_of, wanted)
    vector = sources.retriever.embed(asked)
    known = looking_up.result()
    sought = None if walk.goes_on else _sought(sources, asked)
    if not walk.newest:
        walk = replace(walk, newest=known.newest)
    offer = _Offer(sources, walk, as_of, wanted)
    with ExitStack() as moment:
        best, more = _best(offer, asked, vector, limit, known.found, moment)
        measured = bearing.asked(
            asked,
            vector,
            known.found.seen or sources.store,
            pages=known.found.pages,
            embedder=sources.retriever.embedder.id,
            now=now,
            local=sources.retriever.local,
        )
        of_it = frozenset() if sought is None else facts_sought(sought, known.user_knowledge)
        facts = sources.facts.bearing(measured, known.user_knowledge, of_it)
        if sought is not None:
            is_first = stands_first(sought) or vector is None or vector.trust < SEES
            best = _with_sought(offer, best, pages_sought(facts, of_it), first=is_first)
        pages, left = _ordered(offer, asked, best, limit, known.user_knowledge)
        # What took the place of a page was not found by the query, so it says nothing of how far that bears.
        found = [page for page in pages if page.signals] or pages
        measures = bearing.measure_pages(measured, found, sources.store, sources.retriever.index)
    answers = (bearing.as_an_answer(measured, value) for value in measures)
    bearing_of = dict(zip((item.page.seq for item in found), answers, strict=False))
    pages = tuple(replace(item, bearing=bearing_of.get(item.page.seq)) for item in pages)
    bears = not measured.is_phatic and (bool(of_it) or max(measures, default=0.0) >= 1.0)
    if walk.goes_on:
        known = replace(known, profile=replace(known.profile, text=""), short_term=(), assistant_knowledge=())
        facts = ()
    if sources.count_visits is not None and bears:
        sources.count_visits(visited(pages))
    return Recall(
        query=query,
        profile=known.profile,
        short_term=known.short_term,
        pages=pages,
        user_knowledge=facts,
        assistant_knowledge=sources.facts.bearing(measured, known.assistant_knowledge),
        bears=bears,
        is_phatic=measured.is_phatic,
        collects=asked.collects,
        by_words_only=vector is None,
        not_embedded=known.not_embedded,
        left_out=wanted == _PERSONAL and known.found.seen is not None,
        walk=walk,
        more=more or left,
    )


def _look_up(sources: RecallSources, asked: Query, now: datetime, as_of: datetime | None, wanted: Filter) -> _LookedUp:
    long_term = sources.long_term.within(wanted.scope)
    with sources.store.snapshot():
        found = sources.retriever.find(asked, now, wanted)
        short_term = sources.short_term.pages(as_of, wanted.scope)
        having = [page.id for page in _having(sources, wanted, found)]
        return _LookedUp(
            found,
            long_term.profile(as_of),
            tuple(page for page in short_term if _is_wanted(page, wanted)),
            _told_in(long_term.user_knowledge(as_of), wanted, having),
            _told_in(long_term.assistant_knowledge(as_of), wanted, having),
            sources.store.unembedded_count(sources.retriever.embedder.id),
            sources.retriever.outlines.newest,
        )


@dataclass(frozen=True, slots=True)
class _Offer:
    """Which pages a recall may bring: those wanted that were there, and that its walk has not brought yet."""

    sources: RecallSources
    walk: Walk
    as_of: datetime | None
    wanted: Filter

    def has(self, page: RankedPage) -> bool:
        """Whether a page is among them."""
        return _was_there(page, self.as_of) and self.walk.offers(page.page.seq)

    def best(
        self, asked: Query, vector: QueryVector | None, limit: int, found: Candidates
    ) -> tuple[tuple[RankedPage, ...], bool]:
        """The best of them, and whether further ones bear on the query; a walk that goes on brings no others."""
        taken = limit + len(self.walk.brought) + 1
        # Of so many pages that are ranked the last ones bear on nothing.
        bearing = BY_SCORE + found.bearing + (ZERO_RANK if vector is not None and vector.trust else 0)
        best: Sequence[RankedPage] = ()
        before = 0
        while True:
            ranked = self.sources.rank(asked, vector, taken, found)
            pages = [page for page in ranked if self.has(page) and (page.bears or not self.walk.goes_on)]
            if len(best) < limit:  # what is looked for deeper down does not change what was found above
                best = pages[:limit]
            brought = {page.page.seq for page in best}
            more = any(page.bears and page.page.seq not in brought for page in pages)
            is_enough = more or ((len(best) == limit or self.walk.goes_on) and taken >= bearing)
            if is_enough or taken > found.pages or before == len(ranked) < taken:
                return tuple(best), more
            before = len(ranked)
            taken = max(4 * taken, 2 * BY_SCORE)  # pages brought, or added since, take places


def _best(
    offer: _Offer, asked: Query, vector: QueryVector | None, limit: int, found: Candidates, moment: ExitStack
) -> tuple[tuple[RankedPage, ...], bool]:
    """The best pages on offer, and whether further ones bear on the query.

    What is asked of the store until `moment` ends is of one transaction: one for each question takes as long as the
    question, on a server. A reranker, which may be a model, runs in none.
    """
    sources = offer.sources
    moment.enter_context(sources.store.snapshot())
    if sources.reranking is None:
        return offer.best(asked, vector, limit, found)
    best, more = offer.best(asked, vector, sources.reranking.pool(limit), found)
    moment.close()
    ordered = sources.reranking.ordered(asked.text, best)
    moment.enter_context(sources.store.snapshot())
    return ordered[:limit], more or any(page.bears for page in ordered[limit:])


def _ordered(
    offer: _Offer, asked: Query, pages: tuple[RankedPage, ...], limit: int, facts: Sequence[Knowledge]
) -> tuple[tuple[RankedPage, ...], bool]:
    """The best pages, the newest of conflicting ones first where the present is asked for, and whether some that bear
    on the query had to give way."""
    sources = offer.sources
    if not pages:
        return (), False
    outdated = sources.store.outdated_pages(
        [page.page.seq for page in pages], as_of=offer.as_of, scope=offer.wanted.scope
    )
    about_now = is_about_now(asked.text)
    sure = None if len(pages) < limit or says_now(asked.text) else surely_newest(facts)
    if not about_now or asked.is_statement or sources.glimpse is None:  # a statement does not ask what holds
        ordered = newest_first(pages, outdated, about_now=about_now, query=asked.text, sure=sure)
        return ordered[:limit], any(page.bears for page in ordered[limit:])
    best = [page for page in pages if page.score >= CLEARLY_FOUND * pages[0].score]
    fallen = [page.page for page in best if page.page.seq in outdated and says_one_thing(page.page.user_input)]
    newer = {outdated[page.seq] for page in fallen}
    if sure is None:
        newer |= telling_the_same((page.page for page in best), facts, sources.glimpse)
    else:
        newer &= sure
    pages = (*pages, *_not_found(offer, pages, newer))
    ordered = newest_first(pages, outdated, about_now=True, query=asked.text, sure=sure, glimpse=sources.glimpse)
    return ordered[:limit], any(page.bears for page in ordered[limit:])


def _sought(sources: RecallSources, asked: Query) -> Sought | None:
    """What of a person's a question asks for, as it is now."""
    if sources.seeks is None or asked.is_statement or asked.about == "agent" or not is_about_now(asked.text):
        return None
    return sources.seeks(asked.text)


def _with_sought(
    offer: _Offer, pages: tuple[RankedPage, ...], wanted: Sequence[str], *, first: bool
) -> tuple[RankedPage, ...]:
    """The pages and those `wanted` (id), which stand first or, where the best page may be another one, after that."""
    here = {page.page.id: page for page in pages}
    if not wanted or (not first and pages[:1] and pages[0].page.id in wanted):
        return pages
    missing = offer.sources.store.pages_by_id([id_ for id_ in wanted if id_ not in here])
    for id_, page in missing.items():
        found = RankedPage(page, pages[0].score if pages else 1.0)
        if _is_wanted(page, offer.wanted) and offer.has(found):
            here[id_] = found
    raised = [here[id_] for id_ in wanted if id_ in here]
    others = [page for page in pages if page.page.id not in wanted]
    at = 0 if first else 1
    ordered = (*others[:at], *raised, *others[at:])
    scores = sorted((page.score for page in ordered), reverse=True)
    return tuple(replace(page, score=score) for page, score in zip(ordered, scores, strict=True))


def _not_found(offer: _Offer, pages: Sequence[RankedPage], newer: AbstractSet[str]) -> Iterator[RankedPage]:
    """Of the pages (id) that tell more newly what the best pages tell, those that the query did not find."""
    missing = newer - {page.page.id for page in pages}
    if not missing:
        return
    oldest = min(page.page.happened_at for page in pages)
    for page in offer.sources.store.pages_by_id(missing).values():
        found = RankedPage(page, pages[-1].score)
        if _is_wanted(page, offer.wanted) and offer.has(found) and page.happened_at > oldest:
            yield found


def _was_there(page: RankedPage, as_of: datetime | None) -> bool:
    return as_of is None or page.page.added_at <= as_of


def _is_wanted(page: Page, wanted: Filter) -> bool:
    return (
        wanted.scope.sees(page.project)
        and wanted.spans(page.happened_at)
        and has_meta_data(page.meta_data, wanted.meta_data)
    )


def _having(sources: RecallSources, wanted: Filter, found: Candidates) -> Iterable[Page]:
    """The seen pages, where their metadata is asked for: facts are told by these then."""
    if not wanted.meta_data or found.seen is None:
        return ()
    return sources.store.pages(found.seen.seqs.tolist()).values()


def _told_in(facts: Sequence[Knowledge], wanted: Filter, having: Sequence[str]) -> tuple[Knowledge, ...]:
    """The facts of the time that is wanted, and where metadata is, of the pages that have it."""
    sources = set(having)
    return tuple(
        fact
        for fact in facts
        if wanted.spans(fact.happened_at) and (not wanted.meta_data or not sources.isdisjoint(fact.sources))
    )


def _named_pages(sources: RecallSources, query: str, limit: int, wanted: Filter) -> tuple[RankedPage, ...]:
    """The pages whose ids a query consists of, in its order; none where it is one in words."""
    ids = tuple(dict.fromkeys(name.upper() for name in re.split(r"[\s,]+", query.strip(" ,"))))
    if not all(map(_PAGE_ID.fullmatch, ids)):
        return ()
    found = sources.store.pages_ending(ids[:limit], wanted.scope)
    pages = [page for name in ids for page in found.get(name, ()) if _is_wanted(page, wanted)]
    return tuple(RankedPage(page, score=1.0, signals={"id": 1.0}) for page in pages[:limit])
