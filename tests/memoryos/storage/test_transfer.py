"""A memory moved by a script: read as a whole, added to in transactions of bounded length."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memoryos import Config, ConfigError, InvalidArgumentError, timestamps
from memoryos.models import IncomingPage, NewPage
from memoryos.storage.paths import file_of
from memoryos.storage.transfer import BATCH_CHARACTERS, BATCH_PAGES, add_pages, incoming_page, opened_contents

MakeConfig = Callable[..., Config]
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
BERLIN = timestamps.zone("Europe/Berlin")


def pages(count: int, text: str = "") -> list[IncomingPage]:
    return [
        incoming_page(f"Day {number}. {text}", "Noted.", timestamp="2026-03-01 12:00:00") for number in range(count)
    ]


def stored(config: Config) -> list[str]:
    with opened_contents(config) as contents:
        return [page.user_input for page in contents.pages()]


def test_pages_are_added_in_transactions_that_leave_others_their_turn(make_config: MakeConfig) -> None:
    config, given = make_config(), pages(2 * BATCH_PAGES + 1)
    pauses: list[float] = []

    steps = list(add_pages(config, given, pauses.append, clock=lambda: 0.0))

    assert steps == [(BATCH_PAGES, BATCH_PAGES), (BATCH_PAGES, BATCH_PAGES), (1, 1)]
    assert pauses == [0.025, 0.025]
    assert stored(config) == [page.page.user_input for page in given]


def test_others_had_their_turn_while_the_next_pages_were_read(make_config: MakeConfig) -> None:
    pauses: list[float] = []
    seconds = iter(range(100))

    list(add_pages(make_config(), pages(2 * BATCH_PAGES + 1), pauses.append, clock=lambda: float(next(seconds))))

    assert pauses == []


def test_a_transaction_ends_with_the_page_that_makes_it_long(make_config: MakeConfig) -> None:
    given = pages(5, "much " * (BATCH_CHARACTERS // 10))

    assert list(add_pages(make_config(), given, lambda _: None)) == [(2, 2), (2, 2), (1, 1)]


def test_an_import_that_ended_between_two_transactions_is_completed_by_the_same_one(make_config: MakeConfig) -> None:
    config, given = make_config(), pages(2 * BATCH_PAGES)
    cut_short = add_pages(config, given)
    next(cut_short)
    cut_short.close()
    assert len(stored(config)) == BATCH_PAGES

    assert list(add_pages(config, given, lambda _: None)) == [(0, BATCH_PAGES), (BATCH_PAGES, BATCH_PAGES)]

    assert stored(config) == [page.page.user_input for page in given]


def test_nobody_waits_where_nothing_was_added(make_config: MakeConfig) -> None:
    config, pauses = make_config(), list[float]()
    list(add_pages(config, pages(3), lambda _: None))

    list(add_pages(config, pages(3), pauses.append))

    assert pauses == []


def test_a_memory_that_is_not_there_is_named_and_not_made(make_config: MakeConfig) -> None:
    config = make_config()

    with pytest.raises(ConfigError) as raised, opened_contents(config):
        pass

    assert str(raised.value).startswith(f"{file_of(config)}: no such file; set user_id and data_storage_path ")
    assert not Path(config.data_storage_path).exists()


@pytest.mark.skipif(os.name == "nt", reason="there a file has no such mode")
def test_a_memory_that_an_import_makes_is_its_owners_alone(make_config: MakeConfig) -> None:
    config = make_config()

    list(add_pages(config, pages(1), lambda _: None))

    assert file_of(config).stat().st_mode & 0o777 == 0o600
    assert file_of(config).parent.stat().st_mode & 0o777 == 0o700


def test_the_times_of_a_page_are_kept_as_they_are() -> None:
    incoming = incoming_page(
        "Hello.",
        "",
        timestamp="last winter",
        happened_at="2026-03-01T13:00:00.000001+01:00",
        added_at="2026-03-02T00:00:00Z",
        assistant_id="helper",
        id_="01arz3ndektsv4rrffq69g5fav",
    )

    moment = NOON + timedelta(microseconds=1)
    assert incoming == IncomingPage(
        NewPage("Hello.", "", moment, "last winter", None, "helper"),
        shown="last winter",
        added_at=datetime(2026, 3, 2, tzinfo=timezone.utc),
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
    )


def test_a_time_without_a_zone_is_in_the_one_that_is_given() -> None:
    incoming = incoming_page("Hello.", "", timestamp=" 2026-03-01 13:00:00 ", zone=BERLIN)

    assert (incoming.page.happened_at, incoming.page.timestamp) == (NOON, "2026-03-01 13:00:00")
    assert incoming.shown == "2026-03-01 13:00:00"


def test_a_page_without_a_time_happened_now() -> None:
    before = datetime.now(timezone.utc)
    incoming = incoming_page("Hello.", "", timestamp="", zone=BERLIN)

    assert before <= incoming.page.happened_at == incoming.added_at <= datetime.now(timezone.utc)
    assert incoming.page.timestamp is None
    assert incoming.shown == timestamps.written(incoming.page.happened_at, BERLIN)


def test_a_moment_alone_is_shown_as_it_was_written() -> None:
    incoming = incoming_page("Hello.", "", happened_at="0001-01-01T00:00:00+00:00")

    assert incoming.shown == incoming.page.timestamp == "0001-01-01T00:00:00+00:00"


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert incoming_page("cut \ud83d", "").page.user_input == "cut ?"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"user_input": " "}, "user_input and agent_response: got both empty; "),
        ({"timestamp": "noon"}, "timestamp: got 'noon'; accepted: \"YYYY-MM-DD HH:MM:SS\" or ISO 8601, "),
        ({"happened_at": "noon"}, "happened_at: got 'noon'; "),
        ({"added_at": "noon"}, "added_at: got 'noon'; "),
        (
            {"happened_at": "2026-03-01", "timestamp": "a\nb"},
            "timestamp: got 'a\\nb'; accepted: one line of at most 64 ",
        ),
        ({"happened_at": "2026-03-01", "timestamp": "a" * 65}, "timestamp: got 'aaa"),
        ({"meta_data": {"a": float("nan")}}, "meta_data: got a dict; accepted: an object of JSON values"),
        ({"assistant_id": "a\u0007"}, "assistant_id: got 'a\\x07'; accepted: text without control characters"),
        ({"id_": "conv-1/7"}, "id: got 'conv-1/7'; accepted: a ULID of 26 letters and digits, or none "),
    ],
)
def test_what_cannot_be_stored_is_refused_by_its_name(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgumentError) as raised:
        incoming_page(**{"user_input": "Hello.", "agent_response": "", **wrong})  # type: ignore[arg-type]

    assert str(raised.value).startswith(message)
