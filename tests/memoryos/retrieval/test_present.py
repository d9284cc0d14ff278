"""What is outdated among the pages found."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from memoryos.models import Page, RankedPage
from memoryos.retrieval.present import is_about_now, newest_first

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
