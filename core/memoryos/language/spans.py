"""Stretches of time: what a phrase about time means once the day on which it was said is known."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from typing import Final

from memoryos.language.base import Holiday, Season, Unit

BEFORE: Final = timedelta(days=1.5)
AFTER: Final = timedelta(days=7)
"""How far beside a span a page still counts: people tell of a day rather after it than before."""

EARLIEST: Final = datetime.min.replace(tzinfo=timezone.utc)
LATEST: Final = datetime.max.replace(tzinfo=timezone.utc)

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)

LUNAR_NEW_YEARS: Final = {
    2010 + number: day
    for number, day in enumerate(
        (
            "0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 "
            "0123 0211 0131 0219 0208"
        ).split()
    )
}
"""The first day of the Chinese year that begins in each year, as month and day."""

MID_AUTUMNS: Final = {
    2015 + number: day
    for number, day in enumerate(
        "0927 0915 1004 0924 0913 1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 0912".split()
    )
}
"""The full moon of the eighth Chinese month in each year, as month and day."""


class Width(Enum):
    """How long a stretch of time is, in days; `OPEN` has no end on one side."""

    HOUR = 1 / 24
    PART = 1 / 3
    DAY = 1
    WEEKEND = 2
    WEEK = 7
    MONTH = 31
    SEASON = 92
    YEAR = 366
    OPEN = 10_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another, both of it, in the time of the place, and how sure it is that it is meant, 0-1.

    One `around` a moment means that more than what lies at its edges.
    """

    start: datetime
    end: datetime
    confidence: float = 1.0
    around: bool = False


@dataclass(frozen=True, slots=True)
class Yearly:
    """The same days of any year: months and days of a month, or a feast that moves."""

    month: int = 1
    first_day: int = 1
    end_month: int = 12
    last_day: int = 31
    holiday: Holiday | None = None

    def days(self, year: int) -> Stretch | None:
        """Those days of a year, which they begin in; None where it has no such day."""
        if self.holiday is not None:
            return holiday(self.holiday, year)
        end_year = year + (self.end_month < self.month)
        try:
            last = min(self.last_day, calendar.monthrange(end_year, self.end_month)[1])
            if (self.month, self.end_month) == (self.end_month, self.month) and self.first_day > last:
                return None
            return whole_days(date(year, self.month, self.first_day), date(end_year, self.end_month, last))
        except (ValueError, OverflowError):
            return None

    def in_year(self, year: int, local: tzinfo | None) -> tuple[datetime, datetime] | None:
        """Beginning and end in UTC, the days counted in `local` (None: the machine's zone); None if no such day."""
        days = self.days(year)
        return None if days is None else in_utc(days, local)


def whole_days(first: date, last: date, confidence: float = 1.0) -> Stretch:
    """From the beginning of one day to the last second of another."""
    return Stretch(datetime.combine(first, time()), datetime.combine(last, time(23, 59, 59)), confidence)


def in_utc(days: Stretch, local: tzinfo | None) -> tuple[datetime, datetime] | None:
    """A stretch of time in a place (None: the machine's) as UTC; None where the calendar of UTC does not reach."""
    try:
        start, end = (moment.replace(tzinfo=local).astimezone(timezone.utc) for moment in (days.start, days.end))
    except (ValueError, OverflowError, OSError):
        return None
    return (start, end) if start <= end else None


def month_of(year: int, month: int) -> Stretch:
    """A whole month; months are counted on beyond December and back before January."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return whole_days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def unit_at(unit: Unit, offset: int, now: datetime) -> Stretch:
    """The week, month, quarter or year of the calendar that lies so many away from now's.

    Raises `ValueError` or `OverflowError` beyond the years 1-9999.
    """
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    if unit is Unit.WEEK:
        first = monday + timedelta(weeks=offset)
        return whole_days(first, first + timedelta(days=6))
    if unit is Unit.WEEKEND:
        saturday = monday + timedelta(weeks=offset, days=5)
        return whole_days(saturday, saturday + _DAY)
    if unit is Unit.MONTH:
        return month_of(today.year, today.month + offset)
    if unit in {Unit.QUARTER, Unit.HALF_YEAR}:
        months = 3 if unit is Unit.QUARTER else 6
        first_month = (today.month - 1) // months * months + 1 + offset * months
        return Stretch(month_of(today.year, first_month).start, month_of(today.year, first_month + months - 1).end)
    if unit is Unit.YEAR:
        return whole_days(date(today.year + offset, 1, 1), date(today.year + offset, 12, 31))
    length = _LENGTHS[unit]
    if unit is Unit.DAY:
        return whole_days(today + offset * length, today + offset * length)
    at = now + offset * length
    return Stretch(at, at + length - _SECOND)


_LENGTHS: Final = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: _DAY,
    Unit.WEEKEND: timedelta(days=7),
    Unit.WEEK: timedelta(days=7),
    Unit.FORTNIGHT: timedelta(days=14),
}
_MONTHS: Final = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF_YEAR: 6, Unit.YEAR: 12}

WIDTHS: Final = {
    Unit.MINUTE: Width.HOUR,
    Unit.HOUR: Width.HOUR,
    Unit.DAY: Width.DAY,
    Unit.WEEKEND: Width.WEEKEND,
    Unit.WEEK: Width.WEEK,
    Unit.FORTNIGHT: Width.WEEK,
    Unit.MONTH: Width.MONTH,
    Unit.QUARTER: Width.SEASON,
    Unit.HALF_YEAR: Width.SEASON,
    Unit.YEAR: Width.YEAR,
}
_AROUND: Final = {
    Unit.MINUTE: timedelta(minutes=10),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(0),
    Unit.WEEKEND: timedelta(days=2),
    Unit.WEEK: timedelta(days=3),
    Unit.FORTNIGHT: timedelta(days=4),
    Unit.MONTH: timedelta(days=15),
    Unit.QUARTER: timedelta(days=30),
    Unit.HALF_YEAR: timedelta(days=45),
    Unit.YEAR: timedelta(days=183),
}
"""How far around the exact day people mean by so many of a unit."""

_ROUND_DAYS: Final = 12
_A_YEARS_MARGIN: Final = timedelta(days=75)


def shifted(moment: datetime, count: float, unit: Unit) -> datetime:
    """A moment moved by so many of a unit; the last day of a shorter month for a day that it lacks.

    Raises `ValueError` or `OverflowError` beyond the years 1-9999.
    """
    if unit in _LENGTHS:
        return moment + count * _LENGTHS[unit]
    months = moment.year * 12 + moment.month - 1 + round(count * _MONTHS[unit])
    year, month = divmod(months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def around(moment: datetime, low: float, high: float, unit: Unit) -> Stretch:
    """What "so many units" before (negative) or after a moment means: the day, or the days around it."""
    least, most = sorted((shifted(moment, low, unit), shifted(moment, high, unit)))
    margin = _AROUND[unit]
    if unit is Unit.DAY:  # "15 days" is two weeks as well
        margin = timedelta(days=round(max(abs(low), abs(high)) / _ROUND_DAYS))
    elif unit is Unit.YEAR:
        margin = min(margin, max(abs(low), abs(high)) * _A_YEARS_MARGIN)
    first, last = least - margin, most + margin
    if unit in {Unit.MINUTE, Unit.HOUR}:
        return Stretch(first, last, around=True)
    return replace(whole_days(first.date(), last.date()), around=True)


def season(which: Season, year: int, southern: bool) -> Stretch:
    """A season that begins in a year."""
    month = (which.value + 5) % 12 + 1 if southern else which.value
    return Stretch(month_of(year, month).start, month_of(year, month + 2).end)


def holiday(which: Holiday, year: int) -> Stretch | None:
    """A feast and the days that people call by its name, in a year; None where the tables do not reach."""
    if which in _FIXED:
        month, day, days = _FIXED[which]
        return _days_from(date(year, month, day), days)
    if which in _BY_EASTER:
        after, days = _BY_EASTER[which]
        return _days_from(easter(year) + timedelta(days=after), days) if 1583 <= year < 9999 else None
    if which is Holiday.NEW_YEAR:
        return _days_from(date(year - 1, 12, 31), 2) if year > 1 else None
    if which is Holiday.THANKSGIVING:
        first = date(year, 11, 1)
        return _days_from(first + timedelta(days=(3 - first.weekday()) % 7 + 21), 2)
    table, days = (LUNAR_NEW_YEARS, 8) if which is Holiday.LUNAR_NEW_YEAR else (MID_AUTUMNS, 2)
    if year not in table:
        return None
    return _days_from(date(year, int(table[year][:2]), int(table[year][2:])) - _DAY, days + 1)


def _days_from(first: date, days: int) -> Stretch:
    return whole_days(first, first + timedelta(days=days - 1))


_FIXED: Final = {
    Holiday.CHRISTMAS_EVE: (12, 24, 1),
    Holiday.CHRISTMAS: (12, 24, 3),
    Holiday.NEW_YEARS_EVE: (12, 31, 1),
    Holiday.VALENTINES_DAY: (2, 14, 1),
    Holiday.HALLOWEEN: (10, 31, 1),
    Holiday.MAY_DAY: (5, 1, 1),
    Holiday.CHINESE_NATIONAL_DAY: (10, 1, 7),
    Holiday.GOLDEN_WEEK: (4, 29, 8),
    Holiday.OBON: (8, 13, 4),
}
"""Month and day on which a feast begins, and how many days it has."""

_BY_EASTER: Final = {
    Holiday.EASTER: (-2, 4),
    Holiday.CARNIVAL: (-52, 6),
    Holiday.PENTECOST: (49, 2),
}


def easter(year: int) -> date:
    """The Sunday of Easter by the Gregorian calendar (the anonymous algorithm of Nature, 1876)."""
    golden, century = year % 19, year // 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def candidates(yearly: Yearly, now: datetime, reach: int = 2) -> Iterator[Stretch]:
    """The days of a year's table in the years around now, in order."""
    for year in range(now.year - reach, now.year + reach + 1):
        days = yearly.days(year) if 1 <= year <= 9998 else None
        if days is not None:
            yield days
