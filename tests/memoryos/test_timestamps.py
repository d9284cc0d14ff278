"""Times as callers give them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryos import timestamps
from memoryos.errors import InvalidArgumentError

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[arg-type,misc]  # year, month, day, ...


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01 09:30:00", utc(2026, 3, 1, 8, 30)),
        ("2026-07-01 09:30:00", utc(2026, 7, 1, 7, 30)),
        ("2026-03-01T09:30:00", utc(2026, 3, 1, 8, 30)),
        ("2026-03-01 09:30", utc(2026, 3, 1, 8, 30)),
        ("2026-03-01", utc(2026, 2, 28, 23, 0)),
        ("  2026-03-01 09:30:00\n", utc(2026, 3, 1, 8, 30)),
        ("2026-03-01T09:30:00Z", utc(2026, 3, 1, 9, 30)),
        ("2026-03-01T09:30:00z", utc(2026, 3, 1, 9, 30)),
        ("2026-03-01T09:30:00+05:30", utc(2026, 3, 1, 4, 0)),
        ("2026-03-01T09:30:00.123456+00:00", utc(2026, 3, 1, 9, 30, 0, 123456)),
        ("1890-12-24 18:00:00+00:00", utc(1890, 12, 24, 18, 0)),
    ],
)
def test_a_time_without_a_zone_is_in_the_configured_one(text: str, moment: datetime) -> None:
    assert timestamps.parse(text, BERLIN) == moment


def test_without_a_configured_zone_the_machines_own_is_meant() -> None:
    machines = datetime(2026, 3, 1, 9, 30).astimezone()

    assert timestamps.parse("2026-03-01 09:30:00", timestamps.zone("")) == machines
    assert timestamps.written(machines, timestamps.zone("")) == "2026-03-01 09:30:00"


def test_what_is_parsed_is_in_utc() -> None:
    assert timestamps.parse("2026-03-01 09:30:00", BERLIN).tzinfo is timezone.utc


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-13-01 00:00:00",
        "2026-02-30 00:00:00",
        "2026-03-01 25:00:00",
        "01.03.2026 09:30",
        "03/01/2026",
        "   ",
        "2026-03-01\n10:00:00",
        "2026-03-01\x0010:00:00",
        "2026-03-01💥10:00:00",
        "2026-03-01\ud80010:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59-05:00",
    ],
)
def test_a_time_that_is_none_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        timestamps.parse(text, KOLKATA)

    assert str(refused.value) == (
        f'timestamp: got {text!r}; accepted: "YYYY-MM-DD HH:MM:SS" or ISO 8601, such as "2026-03-01T09:30:00+01:00"'
    )


def test_a_long_text_in_place_of_a_time_is_not_repeated_whole() -> None:
    with pytest.raises(InvalidArgumentError, match=r"^timestamp: got 'x{40}'; accepted"):
        timestamps.parse("x" * 10_000, BERLIN)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-01-03", utc(2025, 1, 2, 18, 30)),
        ("2023/05/20 (Sat) 02:21", utc(2023, 5, 19, 20, 51)),
        ("2026-03-01 09:30:00 UTC", utc(2026, 3, 1, 9, 30)),
        ("2026-03-01 9:30 AM", utc(2026, 3, 1, 4)),
        ("1:56 pm on 8 May, 2023", utc(2023, 5, 8, 8, 26)),
        ("March 1, 2026", utc(2026, 2, 28, 18, 30)),
        ("March 1st, 2026 at 9:30am", utc(2026, 3, 1, 4)),
        ("Sun, 01 Mar 2026 09:30:00 +0100", utc(2026, 3, 1, 8, 30)),
        ("2026/03/01 09:30:00", utc(2026, 3, 1, 4)),
        ("1772357400", utc(2026, 3, 1, 9, 30)),
        ("1772357400000", utc(2026, 3, 1, 9, 30)),
    ],
)
def test_the_forms_that_agents_send_are_read(text: str, moment: datetime) -> None:
    assert timestamps.parse(text, KOLKATA) == moment


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today, Sunday"),
        (1, "yesterday, Saturday"),
        (3, "3 days ago, Thursday"),
        (14, "2 weeks ago, Sunday"),
        (150, "5 months ago, Thursday"),
        (800, "2 years ago, Friday"),
        (-1, "tomorrow, Monday"),
        (-2, "in 2 days, Tuesday"),
    ],
)
def test_a_time_is_told_as_seen_from_a_later_one(days: int, words: str) -> None:
    now = utc(2026, 3, 1, 12)
    assert timestamps.seen_from(now - timedelta(days=days), now, timezone.utc) == words


def test_a_moment_is_written_in_the_configured_zone() -> None:
    assert timestamps.written(utc(2026, 7, 1, 7, 30), BERLIN) == "2026-07-01 09:30:00"


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone.utc)),  # noqa: DTZ001
    st.sampled_from([timezone.utc, KOLKATA, timezone(timedelta(hours=-9))]),
)
def test_what_is_written_is_read_back_to_the_second(moment: datetime, zone: timezone | ZoneInfo) -> None:
    assert timestamps.parse(timestamps.written(moment, zone), zone) == moment.replace(microsecond=0)
