"""What is outdated among the pages found."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from memoryos.analyst.statements import Verdict
from memoryos.models import Page, RankedPage
from memoryos.retrieval.present import Glimpse, is_about_now, newest_first, says_now

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import State

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def found(seq: int, text: str, score: float) -> RankedPage:
    """A page found, of the day of its number."""
    at = NOON + timedelta(days=seq)
    return RankedPage(Page(seq, f"P{seq}", text, "Noted.", f"day {seq}", at, at), score)


def listed(pages: tuple[RankedPage, ...]) -> list[tuple[str, float, str | None]]:
    return [(page.page.id, page.score, page.outdated_by) for page in pages]


FOUND = (found(1, "I live in Basel.", 1.0), found(3, "It rained.", 0.5), found(2, "We moved to Denver!", 0.4))


def test_for_a_question_about_now_the_newer_page_comes_right_above_the_outdated_one() -> None:
    pages = newest_first(FOUND, {1: "P2"}, about_now=True)

    assert listed(pages) == [("P2", 1.0, None), ("P1", 0.5, "P2"), ("P3", 0.4, None)]


def test_for_a_question_about_the_past_outdated_pages_are_only_marked() -> None:
    pages = newest_first(FOUND, {1: "P2"}, about_now=False)

    assert listed(pages) == [("P1", 1.0, "P2"), ("P3", 0.5, None), ("P2", 0.4, None)]


def test_an_outdated_page_whose_successor_was_not_found_keeps_its_place() -> None:
    assert listed(newest_first(FOUND, {1: "P9"}, about_now=True))[0] == ("P1", 1.0, "P9")


def test_of_two_short_statements_in_nearly_the_same_words_the_later_stands_first() -> None:
    pages = (
        found(1, "Production deployment is allowed.", 1.0),
        found(2, "Production deployment is not allowed.", 0.9),
        found(3, "Is production deployment allowed?", 0.8),
    )

    assert [page.page.id for page in newest_first(pages, {}, about_now=True)] == ["P2", "P1", "P3"]


@pytest.mark.parametrize(
    ("earlier", "later", "query", "first"),
    [
        ("The code of the garage is 4411.", "The code of the front door is 5512.", "code of the garage?", "P1"),
        ("The code of the garage is 4411.", "The code of the garage is 5512.", "code of the garage?", "P2"),
        ("Ticket 7 is assigned to Ana.", "Ticket 8 is assigned to Bo.", "who has ticket 7?", "P1"),
        ("The rent of flat 7 is 800.", "The rent of flat 7 is 850.", "rent of flat 7?", "P2"),
    ],
)
def test_what_the_query_names_and_only_the_earlier_statement_says_keeps_it_first(
    earlier: str, later: str, query: str, first: str
) -> None:
    pages = (found(1, earlier, 1.0), found(2, later, 0.9))
    unsure = Verdict("neither", 0.1, None, "holds", "user")

    ordered = newest_first(pages, {}, about_now=True, query=query, glimpse=judged(unsure, unsure))

    assert ordered[0].page.id == first


def judged(*verdicts: Verdict) -> Glimpse:
    """A judge that says these of the sentences it is shown, one after another."""
    return lambda sentences: verdicts[: len(sentences)]


def seems(slot: str, state: State = "holds", probability: float = 0.9) -> Verdict:
    return Verdict("neither", probability, None, "holds", "user", (slot,), state)


def order_of(pages: tuple[RankedPage, ...], *verdicts: Verdict) -> list[str]:
    ordered = newest_first(pages, {}, about_now=True, glimpse=judged(*verdicts))
    assert [page.outdated_by for page in ordered] == [None] * len(pages)
    return [page.page.id for page in ordered]


def test_of_two_statements_that_seem_to_be_of_one_slot_the_later_stands_first_though_no_fact_was_learned() -> None:
    pages = (found(1, "I bake bread for a living.", 1.0), found(2, "Trams are what I drive since May.", 0.1))

    assert order_of(pages, seems("job"), seems("job", "changed")) == ["P2", "P1"]
    assert order_of(pages, seems("job"), seems("hobby", "changed")) == ["P1", "P2"]


def test_what_surely_tells_of_a_change_stands_above_what_names_the_same_thing() -> None:
    changed = Verdict("neither", 0.9, None, "holds", "user", ("car",), "changed", change=0.9)
    pages = (found(1, "I commute by train.", 1.0), found(2, "Got an e-bike, no more trains for me.", 0.1))

    assert order_of(pages, seems("habit"), changed) == ["P2", "P1"]
    assert order_of((pages[0], found(2, "Got an e-bike, no more gym.", 0.1)), seems("habit"), changed) == ["P1", "P2"]


def test_what_hardly_says_anything_of_somebody_is_not_taken_for_a_change() -> None:
    pages = (found(1, "I bake bread for a living.", 1.0), found(2, "Glad the job helped ya!", 0.1))

    assert order_of(pages, seems("job"), seems("job", "changed", probability=0.2)) == ["P1", "P2"]


def test_of_two_sentences_that_name_a_thing_and_other_numbers_the_later_stands_first() -> None:
    nothing = Verdict("neither", 0.0, None, "holds", "user")
    pages = (found(1, "The dentist is booked for the 4th at 9.", 1.0), found(2, "Dentist pushed to the 18th.", 0.5))

    assert order_of(pages, nothing, nothing) == ["P2", "P1"]
    assert order_of((pages[0], found(2, "The dentist was nice.", 0.5)), nothing, nothing) == ["P1", "P2"]


def test_a_page_of_several_sentences_does_not_fall_with_one_of_them() -> None:
    pages = (found(1, "I bake bread. It is fun.", 1.0), found(2, "Trams are what I drive since May.", 0.1))

    assert order_of(pages, seems("job"), seems("job", "changed")) == ["P1", "P2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Where do I live now?", True),
        ("Where do I live?", False),
        ("Wo wohne ich jetzt?", True),
        ("我现在住在哪里？", True),
        ("今天天气怎么样？", False),
    ],
)
def test_a_question_says_that_it_is_about_now(query: str, expected: bool) -> None:
    assert says_now(query) == expected


@pytest.mark.parametrize(
    ("query", "about_now"),
    [
        ("Where do I live?", True),
        ("How old am I?", True),
        ("What's my last name?", True),
        ("¿Cómo se llama mi prima?", True),
        ("What was my old job?", False),
        ("When did I last see Rex?", False),
        ("Dove abitavo prima di Roma?", False),
        ("user location", True),
        ("When is the flight to Oslo?", True),
        ("Was ist die Lieblingsfarbe?", True),
        ("用户现在住在哪里？", True),
        ("Where did I live before?", False),
        ("What was my first job?", False),
        ("Where did I live in 2019?", False),
        ("Wo habe ich früher gewohnt?", False),
        ("Où habitait-il avant ?", False),
        ("以前住在哪里？", False),
    ],
)
def test_a_question_is_about_now_unless_it_names_a_past(query: str, about_now: bool) -> None:
    assert is_about_now(query) == about_now
