"""What an import takes of what it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from memoryos.models import IncomingPage
from memoryos.storage.transfer import incoming_page
from memoryos_mcp.importers.taking import Choice, Tally, taken

KEY = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
ULID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


def page(said: str, answered: str = "", **more: object) -> IncomingPage:
    about = {"meta_data": more.pop("meta_data", None), "id_": more.pop("id", None)}
    at = str(more.pop("at", "2026-03-01 12:00:00"))
    return incoming_page(said, answered, timestamp=at, zone=timezone.utc, **about)  # type: ignore[arg-type]


def test_secrets_are_masked_and_counted_on_both_sides_and_in_titles() -> None:
    tally = Tally()
    came = page(f"My token is {KEY}.", "password = 'hunter22'", meta_data={"conversation": f"On {KEY}", "n": 1})

    kept = list(taken([came], Choice(), tally))

    masked = replace(
        came.page,
        user_input="My token is [masked: GitHub token].",
        agent_response="password = '[masked: password]'",
        meta_data={"conversation": "On [masked: GitHub token]", "n": 1},
    )
    assert kept == [replace(came, page=masked)]
    assert tally == Tally(secrets=3)


def test_masking_can_be_turned_off_while_what_is_private_is_always_left_out() -> None:
    tally = Tally()
    came = [page(f"{KEY} <private>my diary</private>"), page("<private>all</private>", "<PRIVATE>of it")]

    kept = list(taken(came, Choice(mask_secrets=False), tally))

    assert [(incoming.page.user_input, incoming.page.agent_response) for incoming in kept] == [(f"{KEY} ", "")]
    assert tally == Tally(private=1)


def test_pages_of_our_own_export_come_as_they_were() -> None:
    """What an agent added on purpose is not changed by a move to another machine."""
    own, foreign = page(f"<private>{KEY}</private>", id=ULID), page(KEY)

    kept = list(taken([own, foreign], Choice(), Tally(), own=True))

    assert kept[0] is own
    assert kept[1].page.user_input == "[masked: GitHub token]"


def test_only_pages_from_a_time_on_are_taken_into_a_project() -> None:
    tally = Tally()
    came = [page("old", at="2025-12-31 23:59:59"), page("new", at="2026-01-01 00:00:00")]

    kept = list(taken(came, Choice(datetime(2026, 1, 1, tzinfo=timezone.utc), "acme/app"), tally))

    assert [(incoming.page.user_input, incoming.page.project) for incoming in kept] == [("new", "acme/app")]
    assert tally == Tally(earlier=1)


@pytest.mark.parametrize("text", ["plain words", "x < y > z", "key: value"])
def test_a_page_without_anything_to_hide_is_the_very_page(text: str) -> None:
    came = page(text)

    assert next(taken([came], Choice(), Tally())) is came
