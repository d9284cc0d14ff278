"""Which of the known facts bear on a query."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np

from memoryos.embedding.calibration import MINILM
from memoryos.models import Knowledge
from memoryos.retrieval.bearing import Asked
from memoryos.retrieval.facts import FACTS_PER_RECALL, FactRanker
from memoryos.retrieval.hybrid import QueryVector

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def fact(day: int, text: str, cosine: float | None = None) -> Knowledge:
    """A fact of a day, whose vector has this cosine with the query's."""
    at = START + timedelta(days=day)
    vector = None if cosine is None else np.array([cosine, np.sqrt(1 - cosine**2)], dtype=np.float32)
    return Knowledge(f"K{day}", "user", text, at.isoformat(), at, (), "extractive", vector=vector)


def asked(**changes: bool) -> Asked:
    return Asked({"dog": 5.0}, QueryVector(np.array([1.0, 0.0], dtype=np.float32), 1.0), MINILM, **changes)


def bearing(asked_: Asked, *facts: Knowledge) -> list[str]:
    return [ranked.knowledge.text for ranked in FactRanker().bearing(asked_, facts)]


def test_facts_that_do_not_bear_on_the_query_are_not_brought() -> None:
    facts = (fact(1, "Lives in Bern.", 0.2), fact(2, "Has two dogs.", 0.3), fact(3, "Owns a greyhound.", 0.7))
    assert bearing(asked(), *facts) == ["Owns a greyhound.", "Has two dogs."]


def test_a_fact_of_what_is_asked_for_bears_on_it_in_whatever_words() -> None:
    facts = (fact(1, "Owns a greyhound.", 0.7), fact(2, "Rex barked.", -0.3), fact(3, "Lives in Bern.", -0.3))
    ranked = FactRanker().bearing(asked(), facts, frozenset({"K2"}))
    assert [each.knowledge.text for each in ranked] == ["Owns a greyhound.", "Rex barked."]


def test_what_one_has_one_of_surely_bears_and_one_of_several_by_its_own_words_alone() -> None:
    home, pet = replace(fact(1, "In Bern now.", -0.3), slot="home"), replace(fact(2, "Rex barked.", -0.3), slot="pet")
    of_home, of_pet = (
        FactRanker().bearing(asked(), (home, pet), frozenset({each.id}))[0].bearing for each in (home, pet)
    )
    assert of_home == 1.5
    assert of_pet is not None
    assert of_pet < 1.0


def test_of_two_facts_alike_the_newer_stands_first() -> None:
    facts = (fact(1, "The dog is called Rex.", 0.5), fact(2, "The dog is called Ada.", 0.5))
    assert bearing(asked(), *facts) == ["The dog is called Ada.", "The dog is called Rex."]


def test_facts_are_few_and_none_for_a_greeting() -> None:
    facts = tuple(fact(day, f"Dog number {day}.", 0.5) for day in range(9))
    assert len(bearing(asked(), *facts)) == FACTS_PER_RECALL
    assert bearing(asked(is_phatic=True), *facts) == []
