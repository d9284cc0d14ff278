"""What goes with pages that are forgotten, the same for every store: nothing made of them stays, nothing else goes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from memoryos.language.months import MONTHS
from memoryos.language.words import folded, words

if TYPE_CHECKING:
    from memoryos.models import Knowledge, Trait


MIN_DIGITS: Final = 4
MAX_TOKENS: Final = 50
"""Numbers and names of the forgotten pages that are looked for elsewhere."""
MAX_ECHOES: Final = 20
"""A name that more pages hold is no trace of the forgotten ones: it is what the memory is about."""

# From the beginning of a word on and 64 characters at most, as mail has it: else each letter of a long word begins a
# search of its own.
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w")
_NUMBER: Final = re.compile(r"(?<![\w@.])\+?\d[\d ./()-]{2,22}\d(?!\w)")
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?:[-/.]\d\d?){0,2}")
_NAME: Final = re.compile(r"(?<=[^\W\d_,;] )([A-ZÀ-ÖØ-Þ][^\W\d_]{2,})(?!\w)")
_NO_NAMES: Final = frozenset(MONTHS) | frozenset(
    "monday tuesday wednesday thursday friday saturday sunday english german french spanish chinese".split()
)


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """A stored fact, its successor and since when it has that, and the seqs of the pages it stands on."""

    id: str
    superseded_by: str | None
    superseded_at: datetime | None
    pages: frozenset[int]


@dataclass(frozen=True, slots=True)
class Place:
    """The segment and the chain that a page is in."""

    segment: int | None
    chain: int | None


class Derived(Protocol):
    """What a store made of pages, read in the transaction that forgets them."""

    def facts_standing_on(self, pages: Collection[int]) -> Sequence[SourcedFact]:
        """The facts that one of the pages is a source of."""

    def facts_replaced_by(self, ids: Collection[str]) -> Mapping[str, str]:
        """The facts that one of these facts replaced: the successor's id by id."""

    def traits(self) -> Sequence[Trait]:
        """All traits."""

    def times(self, pages: Collection[int]) -> frozenset[datetime]:
        """When the pages happened."""

    def places(self, pages: Collection[int]) -> Mapping[int, Place]:
        """Where each of the pages lies."""

    def empty_segments(self) -> Collection[int]:
        """Segments without pages: they keep the summaries of pages that a model has read again since."""

    def pages_in(self, segments: Collection[int]) -> Mapping[int, Place]:
        """All pages of these segments, and where each lies."""

    def texts(self, pages: Collection[int]) -> Sequence[str]:
        """What was said on the pages, by both sides."""

    def pages_holding(self, token: str, limit: int) -> Sequence[tuple[int, str]]:
        """The first pages (seq, text) that may hold a number or a name, forgotten ones among them."""


@dataclass(frozen=True, slots=True)
class Successor:
    """The fact that holds in place of another from now on, and since when; None where the other holds again."""

    id: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Fallout:
    """What forgetting `pages` does to what was derived.

    `facts` (ids) and `traits` (dimensions) are deleted; `successors` are what other facts that the deleted ones
    replaced have now; `read_again` are pages to analyse once more, whatever the heat. `segments` and `chains` are
    deleted, and `regrouped`, their segments' other pages, wait to be grouped again. `echoes` are other pages that
    repeat a number or a name of the deleted ones.
    """

    pages: tuple[int, ...]
    facts: tuple[str, ...]
    successors: Mapping[str, Successor]
    read_again: tuple[int, ...]
    traits: tuple[str, ...]
    segments: tuple[int, ...]
    chains: tuple[int, ...]
    regrouped: tuple[int, ...]
    echoes: tuple[int, ...] = ()


def fact_digests(fact: Knowledge) -> tuple[bytes, ...]:
    """What remains of a fact that is not to be learned again from its pages: digests of 16 bytes, never its text.

    One is of its words, whatever their case and marks; where it fills a slot another one is of that and its value, so
    that it does not come back in other words.
    """
    said = [" ".join(words(fact.text))]
    if fact.slot is not None and fact.value is not None:
        said.append(f"{fact.subject or 'user'}\n{fact.slot}\n{fact.value}")
    return tuple(hashlib.blake2b(f"{fact.owner}\n{each}".encode(), digest_size=16).digest() for each in said)


def fallout(pages: Collection[int], derived: Derived, *, with_echoes: bool = True) -> Fallout:
    """What goes with pages (seqs); without their echoes where nobody asks for them.

    - The facts that stand on one of them: what that page says of a fact cannot be told from what its other pages say,
      so those are read again. A fact that was replaced by one of the deleted holds again, or has the successor that the
      deleted one had.
    - The traits whose evidence stands on one of them: they bear the page's time.
    - Every summary that was written with one of them in view: the segments that they are in, whose other pages are
      grouped again, the chains of all pages of those, and every segment that has no page left. Pages of such a chain
      in other segments stay there.
    """
    gone = {fact.id: fact for fact in derived.facts_standing_on(pages)}
    told_by = frozenset[int]().union(*(fact.pages for fact in gone.values()))
    times = derived.times(pages)
    segments = {place.segment for place in derived.places(pages).values() if place.segment is not None}
    placed = derived.pages_in(segments)
    return Fallout(
        pages=tuple(sorted(pages)),
        facts=tuple(gone),
        successors={
            fact: _successor(by, gone) for fact, by in derived.facts_replaced_by(gone).items() if fact not in gone
        },
        read_again=tuple(sorted(told_by.difference(pages))),
        traits=tuple(trait.dimension for trait in derived.traits() if trait.happened_at in times),
        segments=tuple(sorted(segments.union(derived.empty_segments()))),
        chains=tuple(sorted({place.chain for place in placed.values() if place.chain is not None})),
        regrouped=tuple(sorted(placed.keys() - set(pages))),
        echoes=_echoes(pages, derived) if with_echoes else (),
    )


def distinctive(text: str) -> tuple[str, ...]:
    """The numbers, addresses and names of a text by which another page that repeats it is known, in order.

    A number counts from four digits on, years left out; a name where it does not merely begin a sentence.
    """
    numbers = (found[0] for found in _NUMBER.finditer(text) if _is_telling(found[0]))
    names = (found[1] for found in _NAME.finditer(text) if folded(found[1]) not in _NO_NAMES)
    return tuple(dict.fromkeys((*_ADDRESS.findall(text), *numbers, *names)))


def _is_telling(number: str) -> bool:
    digits = sum(map(str.isdigit, number))
    return digits >= MIN_DIGITS and not _YEAR.fullmatch(number)


def _echoes(pages: Collection[int], derived: Derived) -> tuple[int, ...]:
    """Pages that repeat what is distinctive of these; what many pages speak of tells nothing and is passed over."""
    tokens = dict.fromkeys(token for text in derived.texts(pages) for token in distinctive(text))
    most = MAX_ECHOES + len(pages) + 1
    found: set[int] = set()
    for token in list(tokens)[:MAX_TOKENS]:
        others = {seq for seq, text in derived.pages_holding(token, most) if _holds(text, token)}.difference(pages)
        if len(others) <= MAX_ECHOES:
            found |= others
    return tuple(sorted(found))


def _holds(text: str, token: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(token)}(?!\w)", text) is not None


def _successor(replaced_by: str, gone: Mapping[str, SourcedFact]) -> Successor:
    """What a fact has for a successor once those that are gone are passed over."""
    successor: str | None = replaced_by
    since: datetime | None = None
    while successor is not None and successor in gone:
        fact = gone[successor]
        successor, since = fact.superseded_by, fact.superseded_at
    return Successor(successor, since)
