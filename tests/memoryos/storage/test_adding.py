"""What is known of a page before it is stored, and which page is one sent again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from store_work import NOON

from memoryos.language.sessions import TALK_GAP, TALK_PAGES, PageBefore
from memoryos.models import NewPage, Page
from memoryos.storage.adding import (
    NamesCalled,
    PageToAdd,
    page_to_add,
)
from memoryos.storage.seals import content_digest

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def arriving(user_input: str = "hikes", agent_response: str = "") -> PageToAdd:
    return page_to_add(NewPage(user_input, agent_response, NOON), id_=ID, shown="today", added_at=NOON)


def test_a_page_brings_its_stems_its_names_and_whether_it_greets() -> None:
    new = page_to_add(
        NewPage("Hey Ada, we hiked", "Hiking again, Tom!", NOON, "noon", {"b": 1, "a": 2}, "aide"),
        id_=ID,
        shown="noon",
        added_at=NOON,
    )

    assert new.stems == Counter({"hike": 2, "hei": 1, "ada": 1, "we": 1, "again": 1, "tom": 1})
    assert new.names == NamesCalled(by_user=frozenset({"Ada"}), by_agent=frozenset({"Tom"}))
    assert new.greets
    assert new.digest == content_digest("Hey Ada, we hiked", "Hiking again, Tom!", "noon", '{"a":2,"b":1}')
    assert new.stored(7, 6) == Page(
        7, ID, "Hey Ada, we hiked", "Hiking again, Tom!", "noon", NOON, NOON, {"b": 1, "a": 2}, 6, assistant_id="aide"
    )


@pytest.mark.parametrize(
    ("text", "before", "begins"),
    [
        ("hikes", None, True),
        ("hikes", PageBefore(NOON - TALK_GAP, greets=False, talk_pages=1), False),
        ("hikes", PageBefore(NOON - TALK_GAP - timedelta(seconds=1), greets=False, talk_pages=1), True),
        ("hikes", PageBefore(NOON, greets=False, talk_pages=TALK_PAGES), True),
        ("Hello there", PageBefore(NOON, greets=False, talk_pages=1), True),
        ("Hello there", PageBefore(NOON, greets=True, talk_pages=1), False),
    ],
)
def test_a_talk_begins_after_a_pause_or_with_a_greeting_that_answers_none(
    text: str, before: PageBefore | None, begins: bool
) -> None:
    assert arriving(text).begins_talk(before) is begins
