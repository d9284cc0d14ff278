"""What goes with pages that are forgotten, the same for every store: nothing made of them stays, nothing else goes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from memoryos.language.words import words

if TYPE_CHECKING:
    from memoryos.models import Knowledge, Trait


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
    deleted, and `regrouped`, their segments' other pages, wait to be grouped again.
    """

    pages: tuple[int, ...]
    facts: tuple[str, ...]
    successors: Mapping[str, Successor]
    read_again: tuple[int, ...]
    traits: tuple[str, ...]
    segments: tuple[int, ...]
    chains: tuple[int, ...]
    regrouped: tuple[int, ...]


def fact_digests(fact: Knowledge) -> tuple[bytes, ...]:
    """What remains of a fact that is not to be learned again from its pages: digests of 16 bytes, never its text.

    One is of its words, whatever their case and marks; where it fills a slot another one is of that and its value, so
    that it does not come back in other words.
    """
    said = [" ".join(words(fact.text))]
    if fact.slot is not None and fact.value is not None:
        said.append(f"{fact.subject or 'user'}\n{fact.slot}\n{fact.value}")
    return tuple(hashlib.blake2b(f"{fact.owner}\n{each}".encode(), digest_size=16).digest() for each in said)


def fallout(pages: Collection[int], derived: Derived) -> Fallout:
    """What goes with pages (seqs).

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
    )


def _successor(replaced_by: str, gone: Mapping[str, SourcedFact]) -> Successor:
    """What a fact has for a successor once those that are gone are passed over."""
    successor: str | None = replaced_by
    since: datetime | None = None
    while successor is not None and successor in gone:
        fact = gone[successor]
        successor, since = fact.superseded_by, fact.superseded_at
    return Successor(successor, since)
