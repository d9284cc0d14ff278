"""The facts of what a question asks for, and their pages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from memoryos.analyst.statements import Sought
from memoryos.models import Knowledge, RankedKnowledge
from memoryos.retrieval.sought import facts_sought, pages_sought, stands_first

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def fact(id_: str, slot: str, subject: str | None = "user", sources: tuple[str, ...] = ()) -> Knowledge:
    at = START + timedelta(days=1)
    return Knowledge(id_, "user", id_, at.isoformat(), at, sources, "extractive", slot=slot, subject=subject)


FACTS = (
    fact("mine", "home"),
    fact("ours", "home", "we"),
    fact("hers", "home", "sister"),
    fact("work", "employer"),
    fact("dog", "pet", "daughter"),
)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought("home", "user"), {"mine", "ours"}),
        (Sought("home", "sister"), {"hers"}),
        (Sought("home", "brother"), set()),
        (Sought("address", "user"), {"mine", "ours"}),
        (Sought("job", "user"), {"work"}),
        (Sought("allergy", "user"), set()),
        (Sought("pet", "user"), {"dog"}),
        (Sought("profile", "user"), {"mine", "ours", "hers", "work", "dog"}),
    ],
)
def test_facts_are_those_of_the_slot_and_of_whom_is_asked(sought: Sought, found: set[str]) -> None:
    assert facts_sought(sought, FACTS) == found


def test_pages_are_those_that_told_it_last_as_the_facts_are_ranked() -> None:
    ranked = [
        RankedKnowledge(fact("new", "pet", sources=("first", "again")), 0.9),
        RankedKnowledge(fact("other", "job", sources=("elsewhere",)), 0.8),
        RankedKnowledge(fact("same", "pet", sources=("again",)), 0.7),
        RankedKnowledge(fact("old", "pet", sources=("before",)), 0.6),
    ]
    assert pages_sought(ranked, frozenset({"new", "same", "old"})) == ("again", "before")


def test_of_what_a_person_has_many_the_known_one_may_be_another() -> None:
    assert stands_first(Sought("home", "user"))
    assert not stands_first(Sought("plan", "user"))
