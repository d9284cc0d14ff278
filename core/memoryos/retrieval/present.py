"""What is outdated among the pages found: it is marked, and for a question about now stands below what is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Final

from memoryos.analyst.statements import Statement, Verdict, may_outdate, shares_a_thing, statement_of
from memoryos.analyst.statements.slots import is_single
from memoryos.language.words import content_words, distinguishing_words, particulars, sentences

if TYPE_CHECKING:
    from memoryos.models import Knowledge, Page, RankedPage

LIKELY_STATEMENT: Final = 0.3
"""Of two sentences that are less likely to say something of somebody, the numbers, days and names decide."""

SURE_CHANGE: Final = 0.75
"""What so likely tells of a change tells what became of a thing that both name, whatever the two are taken to be of:
"Got an e-bike, no more trains for me"."""

Glimpse = Callable[[Sequence[str]], Sequence[Verdict]]
"""What sentences say if they say anything, told at a glance."""

REACH: Final = 10
"""Among so many best pages a newer one comes above an outdated one, whatever tells that it is outdated. From far below
it would take the place of evidence: in a long talk much that seems to be a change is none (LoCoMo, conv-26: @5 79.5
instead of 78.1, 500 tokens 77.7 instead of 75.0)."""
LOOKED_AT: Final = 8
"""So many of the best short statements are looked at for which of them are of the same. All together they cost a
recall 2 to 4 ms where every one of them is a single sentence, and nothing where none is."""

SAME_STATEMENT: Final = 0.6
"""Two short pages say something of the same if they have this share of their content words in common."""
MAX_CHARS: Final = 160
"""A longer page says more than one thing, and does not stand or fall with one of them."""
MAX_SINGLE_CHARS: Final = 110
"""So long is a sentence at most by which a change is told."""
MAX_APART: Final = 3
"""Words that only one of two pages has, each: with more of them they speak of different things."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page, how likely it says something of somebody, and what it says then."""

    page: Page
    probability: float
    statement: Statement


_PAST: Final = re.compile(
    r"\b(?:was(?! (?:ist|sind|hat|haben|macht|mag|für|isst|trinkt|kann|will|wird|arbeitet|\w+ (?:ich|wir))\b)"
    r"|were|did|had|used to"
    r"|before|previous(?:ly)?|former(?:ly)?|earlier|ago|original(?:ly)?|(?:first|last)(?! names?\b)|(?<!how )old|once"
    r"|back then|history|until|since|changed?|past|yesterday|(?:19|20)\d\d"
    r"|war|waren|hatte|hatten|früher|vorher|ehemalig\w*|damals|zuvor|était|avait|avant|autrefois|ancien\w*|fut"
    r"|era|estaba|tenía|antes|anterior\w*|solía|vivía|prima (?:di|che)|ieri|был[аои]?|раньше)\b"
    r"|以前|之前|过去|曾经|原来|那时|去年|昨天|前の|昔|でした|ました|예전|이전",
    re.IGNORECASE,
)

_NOW: Final = re.compile(
    r"\b(?:now|currently|current|nowadays|these days|at the moment|at present|still|any ?more|latest|newest"
    r"|jetzt|derzeit|aktuell\w*|momentan|zurzeit|heutzutage|noch|maintenant|actuel\w*|en ce moment|désormais|encore"
    r"|ahora|actual\w*|hoy en día|todavía|aún|adesso|attual\w*|ora|ancora|agora|atual\w*|ainda"
    r"|сейчас|теперь|нынешн\w*|ещё)\b|现在|目前|如今|当前|还在|今は|今の|現在|最近は|지금|요즘|현재",
    re.IGNORECASE,
)


def says_now(query: str) -> bool:
    """Whether a question says that it is about the present."""
    return _NOW.search(query) is not None


def is_about_now(query: str) -> bool:
    """Whether a question names no past, no date, and no change: what holds now is asked for."""
    return _PAST.search(query) is None


def surely_newest(facts: Iterable[Knowledge]) -> frozenset[str]:
    """The pages (id) that tell the value of what a person has one of at a time: where they live, their number."""
    return frozenset(page for fact in facts if fact.value is not None and is_single(fact.slot) for page in fact.sources)


def telling_the_same(pages: Iterable[Page], facts: Iterable[Knowledge], glimpse: Glimpse) -> frozenset[str]:
    """The pages (id) of the facts that hold now of what short statements seem to be of, one thing at a time."""
    said = [page.user_input for page in pages if says_one_thing(page.user_input)]
    slots = {
        verdict.at_its_word().slot for verdict in glimpse(said[:LOOKED_AT]) if verdict.probability >= LIKELY_STATEMENT
    }
    return frozenset(fact.sources[-1] for fact in facts if fact.sources and is_single(fact.slot) and fact.slot in slots)


def newest_first(
    pages: Sequence[RankedPage],
    outdated: Mapping[int, str],
    *,
    about_now: bool,
    query: str = "",
    sure: Collection[str] | None = (),
    glimpse: Glimpse | None = None,
) -> tuple[RankedPage, ...]:
    """The pages, outdated ones marked; for a question about now a newer one that stands below comes right above it.

    `outdated` names for pages (seq) the page (id) with what took the place of theirs. One that stands far below comes
    up only where it is `sure` (None: all are). Where nobody has told that something changed, and short statements seem
    to be of the same, as `glimpse` tells or their words do, the later one comes right above the earlier one, too, but
    not where the `query` names what only the earlier one does: the code of the front door is none of the garage.
    """
    marked = [
        replace(page, outdated_by=outdated[page.page.seq]) if page.page.seq in outdated else page for page in pages
    ]
    if not about_now:
        return tuple(marked)
    order = [page.page.id for page in marked]
    near = {page.page.id for page in marked[:REACH]}
    said = [page.page for page in marked if _is_short_statement(page.page.user_input)]
    single = [page for page in said if says_one_thing(page.user_input)]
    asked = _named(query)
    for later, earlier in (*_reworded(said, asked), *_of_the_same(single[:LOOKED_AT], glimpse, asked)):
        _raise_above(order, earlier, later)
    for page in marked:
        newer = page.outdated_by
        if newer is not None and (newer in near or sure is None or newer in sure):
            _raise_above(order, page.page.id, newer)
    by_id = {page.page.id: page for page in marked}
    return tuple(replace(by_id[id_], score=place.score) for id_, place in zip(order, marked, strict=True))


def _raise_above(order: list[str], outdated: str, newer: str) -> None:
    """Put the newer page right above the outdated one, which falls by one place: it may answer the question still."""
    if newer in order and order.index(newer) > order.index(outdated):
        order.remove(newer)
        order.insert(order.index(outdated), newer)


def _named(text: str) -> frozenset[str]:
    """What a text is about, and its numbers."""
    return particulars(text).union(content_words(text))


def _reworded(said: Sequence[Page], asked: frozenset[str]) -> list[tuple[str, str]]:
    """Pairs (later, earlier) of short statements that say something else in nearly the same words."""
    words = {page.id: distinguishing_words(page.user_input) for page in said}
    about = {page.id: frozenset(content_words(page.user_input)) for page in said}
    named = {page.id: _named(page.user_input) for page in said}
    return [
        (later.id, earlier.id)
        for later, earlier in permutations(said, 2)
        if later.happened_at > earlier.happened_at
        and not asked & (named[earlier.id] - named[later.id])
        and _differ_little(words[later.id], words[earlier.id], about[later.id], about[earlier.id])
    ]


def _of_the_same(said: Sequence[Page], glimpse: Glimpse | None, asked: frozenset[str]) -> list[tuple[str, str]]:
    """Pairs (later, earlier) of statements of which the later is likely to tell what became of the earlier."""
    if glimpse is None or len(said) < 2:
        return []
    seen = [
        _Seen(page, verdict.probability, statement_of(page.user_input, verdict.at_its_word(), page.happened_at))
        for page, verdict in zip(said, glimpse([page.user_input for page in said]), strict=True)
    ]
    # Only what stands below an earlier one has a place to gain.
    pairs = [(later, earlier) for earlier, later in combinations(seen, 2) if _is_newer(later, earlier, asked)]
    pairs.sort(key=lambda pair: pair[0].page.happened_at, reverse=True)
    return [(later.page.id, earlier.page.id) for later, earlier in pairs]


def _is_newer(later: _Seen, earlier: _Seen, asked: frozenset[str]) -> bool:
    had, has = particulars(earlier.page.user_input), particulars(later.page.user_input)
    if later.page.happened_at <= earlier.page.happened_at or asked & (had - has):
        return False
    if later.statement.change >= SURE_CHANGE and shares_a_thing(earlier.statement, later.statement):
        return True
    if min(later.probability, earlier.probability) >= LIKELY_STATEMENT:
        return may_outdate(earlier.statement, later.statement)
    if not had or not has or had == has or asked & (_named(earlier.page.user_input) - _named(later.page.user_input)):
        return False
    return shares_a_thing(earlier.statement, later.statement)


def _is_short_statement(text: str) -> bool:
    return 0 < len(text) <= MAX_CHARS and not text.rstrip().endswith(("?", "？"))


def says_one_thing(text: str) -> bool:
    """Whether a text is a single short sentence: what tells of more does not stand or fall with one of it."""
    return len(text) <= MAX_SINGLE_CHARS and len(sentences(text)) == 1


def _differ_little(
    one: frozenset[str], other: frozenset[str], about_one: frozenset[str], about_other: frozenset[str]
) -> bool:
    shared = len(about_one & about_other)
    if one == other or shared < 2 or shared < SAME_STATEMENT * len(about_one | about_other):
        return False
    return len(one - other) <= MAX_APART and len(other - one) <= MAX_APART
