"""Reads the times of pages in the forms that agents send, and writes them, also as seen from a later moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from memoryos.errors import InvalidArgumentError

_ACCEPTED = '"YYYY-MM-DD HH:MM:SS" or ISO 8601, such as "2026-03-01T09:30:00+01:00"'
_FORMAT = "%Y-%m-%d %H:%M:%S"

_EPOCH: Final = re.compile(r"\d{9,10}(?:\.\d{1,6})?|\d{12,13}")
"""Seconds or, with three digits more, milliseconds since 1970; eight digits are a day of ISO 8601."""

_LARGEST_SECONDS: Final = 10_000_000_000

_WEEKDAY: Final = re.compile(r"\(?\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\)?[.,]?\s*", re.IGNORECASE)
_UTC: Final = re.compile(r"\s*(?:Z|UTC|GMT)$", re.IGNORECASE)
_ZONE: Final = re.compile(r"\s*([+-]\d{2}):?(\d{2})$")
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_LONG_FRACTION: Final = re.compile(r"(?<=:\d\d)[.,](\d{1,6})\d*")

_TIME_OF_DAY: Final = re.compile(r":|[ap]m\b|\dT\d", re.IGNORECASE)

_DAYS: Final = ("%Y-%m-%d", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y")
_TIMES: Final = ("", "%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I %p")

_WEEK, _MONTH, _YEAR = 7, 30.44, 365.25

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None for "", which means the machine's own."""
    return ZoneInfo(name) if name else None


def parse(text: str, local: tzinfo | None, *, argument: str = "timestamp") -> datetime:
    """The moment a timestamp names, in UTC; without a zone of its own it is in `local` (None: the machine's).

    Beside the forms that are advertised it reads those that agents send: "2023/05/20 (Sat) 02:21", "March 1, 2026",
    "9:30 AM", "... UTC", and seconds or milliseconds since 1970. Days in figures whose order is not sure (03/01/2026)
    are refused. Raises `InvalidArgumentError`, which calls it `argument`.
    """
    try:
        return _moment(text.strip(), local).astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidArgumentError(argument, repr(text[:40]), _ACCEPTED) from error


def end_of(text: str, local: tzinfo | None, *, argument: str = "timestamp") -> datetime:
    """The same, of a day without a time of day its last moment."""
    moment = parse(text, local, argument=argument)
    shows_time = is_epoch(text) or _TIME_OF_DAY.search(text) is not None
    return moment if shows_time else moment + timedelta(days=1, microseconds=-1)


def on_the_clock(text: str) -> datetime | None:
    """What the clock of the one who sent a timestamp showed, without its zone; None where `parse` does not read it.

    "Yesterday" on a page is the day before this one, whatever day it is in UTC.
    """
    try:
        return _moment(text.strip(), timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def is_epoch(text: str) -> bool:
    """Whether a timestamp is a number of seconds or milliseconds, which says nothing to whoever reads it."""
    return _EPOCH.fullmatch(text.strip()) is not None


def written(moment: datetime, local: tzinfo | None) -> str:
    """A moment as "YYYY-MM-DD HH:MM:SS" in `local` (None: the machine's zone)."""
    return moment.astimezone(local).strftime(_FORMAT)


def weekday(moment: datetime, local: tzinfo | None) -> str:
    """The name of the day in `local`, in English."""
    return _WEEKDAYS[moment.astimezone(local).weekday()]


def seen_from(moment: datetime, now: datetime, local: tzinfo | None) -> str:
    """How long ago a moment is, in calendar days of `local`, and its weekday: "5 months ago, Tuesday".

    Within two weeks days are counted, within two months weeks, within two years months: what a person would say.
    """
    days = (now.astimezone(local).date() - moment.astimezone(local).date()).days
    return f"{_distance(days)}, {weekday(moment, local)}"


def _distance(days: int) -> str:
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in near:
        return near[days]
    size = abs(days)
    if size < 2 * _WEEK:
        count, unit = size, "day"
    elif size < 2 * _MONTH:
        count, unit = round(size / _WEEK), "week"
    elif size < 2 * _YEAR:
        count, unit = round(size / _MONTH), "month"
    else:
        count, unit = round(size / _YEAR), "year"
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if days > 0 else f"in {words}"


def _moment(text: str, local: tzinfo | None) -> datetime:
    """The moment of a text, aware where it or `local` names a zone; raises ValueError."""
    if not (text.isascii() and text.isprintable()):  # fromisoformat takes any character before the time
        raise ValueError("a timestamp is plain text")
    if is_epoch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds if seconds < _LARGEST_SECONDS else seconds / 1_000, timezone.utc)
    body, own = _split_zone(text)
    moment = _without_zone(body)
    if own is not None:
        return moment.replace(tzinfo=own)
    return moment.replace(tzinfo=local) if moment.tzinfo is None and local is not None else moment


def _split_zone(text: str) -> tuple[str, tzinfo | None]:
    """A text and the zone at its end, None where it has none."""
    if _UTC.search(text):
        return _UTC.sub("", text), timezone.utc
    if (found := _ZONE.search(text)) and ":" in text[: found.start()]:
        sign = -1 if found[1][0] == "-" else 1
        return text[: found.start()], timezone(sign * timedelta(hours=int(found[1][1:]), minutes=int(found[2])))
    return text, None


def _without_zone(text: str) -> datetime:
    # Python 3.10 reads fractions of three or six digits alone.
    text = _LONG_FRACTION.sub(lambda found: "." + found[1].ljust(6, "0"), text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    plain = _ORDINAL.sub("", _WEEKDAY.sub("", text))
    plain = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})", r"\1-\2-\3", plain.strip())
    plain = re.sub(r"(?<=\d)(?=[ap]\.?m\b)", " ", plain.replace(",", " "), flags=re.IGNORECASE)
    plain = re.sub(r"\b([ap])\.m\.?", r"\1m", plain, flags=re.IGNORECASE)
    plain = " ".join(re.sub(r"\b(?:at|on|of)\b|(?<=\d)T(?=\d)", " ", plain).split())
    for form in _forms():
        try:
            return datetime.strptime(plain, form)  # noqa: DTZ007 - the zone was taken off before
        except ValueError:
            continue
    raise ValueError("no form that is known")


def _forms() -> Iterator[str]:
    """Day and time in either order."""
    for day in _DAYS:
        for time in _TIMES:
            yield f"{day} {time}".strip()
            yield f"{time} {day}".strip()
