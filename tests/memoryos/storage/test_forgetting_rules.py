"""What goes with forgotten pages, worked out on a few derived things written down by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store_work import NOON, TIMESTAMP

from memoryos.models import Trait
from memoryos.storage.forgetting import Fallout, Place, SourcedFact, Successor, distinctive, fallout


@dataclass
class Written:
    """Derived things: facts, traits, and for each page when it was and where it lies."""

    facts: dict[str, SourcedFact] = field(default_factory=dict)
    trait_times: dict[str, datetime] = field(default_factory=dict)
    placed: dict[int, Place] = field(default_factory=dict)
    empty: tuple[int, ...] = ()
    said: dict[int, str] = field(default_factory=dict)

    def fact(self, id_: str, *pages: int, replaced_by: str | None = None, since: datetime | None = None) -> None:
        self.facts[id_] = SourcedFact(id_, replaced_by, since, frozenset(pages))

    def facts_standing_on(self, pages: Collection[int]) -> list[SourcedFact]:
        return [fact for fact in self.facts.values() if fact.pages & set(pages)]

    def facts_replaced_by(self, ids: Collection[str]) -> Mapping[str, str]:
        return {fact.id: fact.superseded_by for fact in self.facts.values() if fact.superseded_by in ids}  # type: ignore[misc]

    def traits(self) -> list[Trait]:
        return [Trait(name, "High", "said so", time, TIMESTAMP) for name, time in self.trait_times.items()]

    def times(self, pages: Collection[int]) -> frozenset[datetime]:
        return frozenset(NOON + timedelta(minutes=seq) for seq in pages)

    def places(self, pages: Collection[int]) -> Mapping[int, Place]:
        return {seq: place for seq, place in self.placed.items() if seq in pages}

    def empty_segments(self) -> Collection[int]:
        return self.empty

    def pages_in(self, segments: Collection[int]) -> Mapping[int, Place]:
        return {seq: place for seq, place in self.placed.items() if place.segment in segments}

    def texts(self, pages: Collection[int]) -> list[str]:
        return [text for seq, text in self.said.items() if seq in pages]

    def pages_holding(self, token: str, limit: int) -> list[tuple[int, str]]:
        return [(seq, text) for seq, text in self.said.items() if token in text][:limit]


def test_a_page_of_which_nothing_was_made_goes_alone() -> None:
    derived = Written(placed={2: Place(1, 1)}, trait_times={"Openness": NOON + timedelta(minutes=2)})
    derived.fact("K1", 2)

    assert fallout([1], derived) == Fallout((1,), (), {}, (), (), (), (), ())


def test_a_fact_goes_and_its_other_pages_are_read_again() -> None:
    derived = Written()
    derived.fact("K1", 1, 4, 3)
    derived.fact("K2", 3)

    what = fallout([1], derived)

    assert (what.facts, what.read_again) == (("K1",), (3, 4))


def test_what_a_deleted_fact_replaced_holds_again() -> None:
    derived = Written()
    derived.fact("Basel", 1, replaced_by="Bern", since=NOON)
    derived.fact("Bern", 2)

    assert fallout([2], derived).successors == {"Basel": Successor(None, None)}


def test_a_chain_of_corrections_closes_over_those_that_go_in_whatever_order_they_came() -> None:
    """Basel -> Bern -> Biel -> Brig; the two in the middle go, and the later one was stored first."""
    later = NOON + timedelta(days=2)
    derived = Written()
    derived.fact("Biel", 3, replaced_by="Brig", since=later)
    derived.fact("Bern", 2, replaced_by="Biel", since=NOON + timedelta(days=1))
    derived.fact("Basel", 1, replaced_by="Bern", since=NOON)
    derived.fact("Brig", 4)

    what = fallout([2, 3], derived)

    assert (what.facts, what.successors) == (("Biel", "Bern"), {"Basel": Successor("Brig", later)})


def test_the_trait_of_its_time_goes() -> None:
    derived = Written(trait_times={"Openness": NOON + timedelta(minutes=1), "Humour": NOON})

    assert fallout([1], derived).traits == ("Openness",)


def test_its_segment_goes_with_every_chain_of_it_and_the_others_are_grouped_again() -> None:
    """Page 5 shares a chain with page 2, in another segment, and stays there."""
    derived = Written(
        placed={1: Place(1, 1), 2: Place(1, 2), 3: Place(1, None), 4: Place(2, 3), 5: Place(2, 2)}, empty=(7,)
    )

    what = fallout([1], derived)

    assert (what.segments, what.chains, what.regrouped) == ((1, 7), (1, 2), (2, 3))


def test_another_page_that_repeats_a_number_of_a_forgotten_one_is_named() -> None:
    derived = Written(said={1: "My number is 0151 2345678.", 2: "You told me 0151 2345678.", 3: "It rained all day."})

    assert fallout([1], derived).echoes == (2,)


def test_a_word_without_end_is_read_once() -> None:
    """Each letter of it began a search for an address: a page of 200,000 letters took minutes to forget."""
    assert distinctive("A" * 200_000) == ()
    assert distinctive(f"{'a.' * 50_000} write to ann@example.org") == ("ann@example.org",)
