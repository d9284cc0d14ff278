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
from memoryos.storage.sqlite.database import Database
from memoryos.storage.transfer import (
    BATCH_CHARACTERS,
    BATCH_PAGES,
    BATCHES_ON_DISK,
    add_pages,
    incoming_page,
    opened_contents,
)

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


ON_DISK = BATCHES_ON_DISK * BATCH_PAGES


def test_pages_are_added_in_transactions_that_leave_others_their_turn(make_config: MakeConfig) -> None:
    config, given = make_config(), pages(ON_DISK + BATCH_PAGES + 1)
    pauses: list[float] = []

    steps = list(add_pages(config, given, pauses.append, clock=lambda: 0.0))

    assert steps == [(ON_DISK, ON_DISK), (BATCH_PAGES + 1, BATCH_PAGES + 1)]
    assert pauses == [0.005] * (BATCHES_ON_DISK + 1)
    assert stored(config) == [page.page.user_input for page in given]


def test_others_have_the_lock_for_as_long_as_the_import_had_it(make_config: MakeConfig) -> None:
    """The clock is asked when the lock is taken, when it is released, and before a pause."""
    pauses: list[float] = []
    taken_and_released = iter([0.0, 0.02, 0.025, 1.0, 1.3, 1.3, 2.0, 2.01, 2.5, 3.0, 3.01])

    list(
        add_pages(make_config(), pages(3 * BATCH_PAGES + 1), pauses.append, clock=lambda: next(taken_and_released)),
    )

    assert pauses == [pytest.approx(0.015), pytest.approx(0.05)]


def test_a_transaction_ends_with_the_page_that_makes_it_long(make_config: MakeConfig) -> None:
    pauses: list[float] = []

    list(add_pages(make_config(), pages(5, "much " * (BATCH_CHARACTERS // 10)), pauses.append, clock=lambda: 0.0))

    assert len(pauses) == 2, "between two pages, two, and the last one"


def test_an_import_that_ended_between_two_transactions_is_completed_by_the_same_one(make_config: MakeConfig) -> None:
    config, given = make_config(), pages(2 * ON_DISK)
    cut_short = add_pages(config, given)
    next(cut_short)
    cut_short.close()
    assert len(stored(config)) == ON_DISK

    assert list(add_pages(config, given, lambda _: None)) == [(0, ON_DISK), (ON_DISK, ON_DISK)]

    assert stored(config) == [page.page.user_input for page in given]


def test_nobody_waits_where_nothing_was_added(make_config: MakeConfig) -> None:
    config, pauses = make_config(), list[float]()
    list(add_pages(config, pages(BATCH_PAGES + 1), lambda _: None))

    list(add_pages(config, pages(BATCH_PAGES + 1), pauses.append))

    assert pauses == []


def test_what_is_on_disk_is_so_though_the_last_transaction_added_nothing(
    make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that changes nothing waits for nothing, so the log has to be written out."""
    config, known = make_config(), pages(BATCH_PAGES)
    new = [incoming_page(f"Night {number}.", "Noted.") for number in range(BATCH_PAGES)]
    list(add_pages(config, known, lambda _: None))
    checkpoints: list[int] = []
    checkpoint = Database.checkpoint

    def counted(database: Database) -> None:
        checkpoints.append(len(checkpoints))
        checkpoint(database)

    monkeypatch.setattr(Database, "checkpoint", counted)
    adding = add_pages(config, [*new, *known], lambda _: None)
    assert next(adding) == (BATCH_PAGES, 2 * BATCH_PAGES)
    assert checkpoints == [0]
    assert list(adding) == []


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
