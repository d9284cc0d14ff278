"""Dates that a query names, as spans to compare pages' own times with.

Written out here because the libraries that parse dates take 10-100 ms to search a sentence for them, and a query has
5 ms. Only what names a month, a day or a year counts: a relative date ("last week") has no meaning in a query that
may be asked years after the talk.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

_MONTHS: Final = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sept oct nov dec",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "januari februari maret april mei juni juli agustus september oktober november desember",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH: Final = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?"
_OF: Final = r"(?:of|de|di|del)?\s*"
_YEAR: Final = r"(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?"
_CJK_NUMBERS: Final = {name: number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], start=1)}
_CJK_MONTH: Final = r"(?:(\d{4})\s*[年년])?\s*(\d{1,2}|十[一二]?|[一二三四五六七八九])\s*[月월](?:份)?"

BEFORE: Final = timedelta(days=1.5)
AFTER: Final = timedelta(days=7)
"""How far beside a span a page still counts: people tell of a day rather after it than before."""


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Days of a month, or (month None) a whole year; `year` None means the days of any year."""

    year: int | None
    month: int | None
    first_day: int = 1
    last_day: int = 31

    def in_year(self, year: int, local: tzinfo | None) -> tuple[datetime, datetime] | None:
        """Beginning and end in UTC, the days counted in `local` (None: the machine's zone); None if no such day."""
        month, end_month = self.month or 1, self.month or 12
        last = min(self.last_day, calendar.monthrange(year, end_month)[1])
        if self.first_day > last:
            return None
        try:
            start = datetime(year, month, self.first_day, tzinfo=local).astimezone(timezone.utc)
            end = datetime(year, end_month, last, 23, 59, 59, tzinfo=local).astimezone(timezone.utc)
        except (ValueError, OverflowError):
            return None
        return start, end


def named_dates(text: str) -> tuple[DateSpan, ...]:
    """The dates a text names, each stretch of text read once and the most exact reading first."""
    return tuple(span for span in _spans(text) if _is_possible(span))


def _is_possible(span: DateSpan) -> bool:
    month_fits = span.month is None or 1 <= span.month <= 12
    year_fits = span.year is None or 1900 <= span.year <= 2200
    return month_fits and year_fits and 1 <= span.first_day <= 31 and span.first_day <= span.last_day


def _spans(text: str) -> Iterator[DateSpan]:
    rest = text
    for pattern, read in _READINGS:
        found = list(pattern.finditer(rest))
        yield from (read(match) for match in found)
        if found:
            rest = pattern.sub(" # ", rest)


def _number(text: str) -> int:
    return _CJK_NUMBERS[text] if text in _CJK_NUMBERS else int(text)


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _month(name: str) -> int:
    return _MONTHS[name.lower()]


def _days(pattern: str, first: int, last: int) -> tuple[re.Pattern[str], Callable[[re.Match[str]], DateSpan]]:
    """A reading of a part of a Chinese or Japanese month."""
    return re.compile(_CJK_MONTH + pattern), lambda m: DateSpan(_year(m[1]), _number(m[2]), first, last)


_READINGS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], DateSpan]], ...]] = (
    (
        re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"),
        lambda m: DateSpan(int(m[1]), int(m[2]), int(m[3]), int(m[3])),
    ),
    (
        re.compile(rf"\b{_DAY}\s+{_OF}{_MONTH}{_YEAR}\b", re.IGNORECASE),
        lambda m: DateSpan(_year(m[3]), _month(m[2]), int(m[1]), int(m[1])),
    ),
    (
        re.compile(rf"\b{_MONTH}\s+{_DAY}\b{_YEAR}", re.IGNORECASE),
        lambda m: DateSpan(_year(m[3]), _month(m[1]), int(m[2]), int(m[2])),
    ),
    (
        re.compile(rf"\b{_MONTH},?\s+{_OF}(\d{{4}})\b", re.IGNORECASE),
        lambda m: DateSpan(int(m[2]), _month(m[1])),
    ),
    (
        re.compile(rf"\b(?:early|beginning of|début|anfang|awal)\s+{_MONTH}\b", re.IGNORECASE),
        lambda m: DateSpan(None, _month(m[1]), 1, 10),
    ),
    (
        re.compile(rf"\b(?:late|end of|fin|ende|akhir)\s+{_MONTH}\b", re.IGNORECASE),
        lambda m: DateSpan(None, _month(m[1]), 21, 31),
    ),
    (
        # A month by itself only after a preposition: "may", "mars" and "mai" are words too.
        re.compile(
            rf"\b(?:in|during|since|of|last|mid|by|until|en|au mois de|im|seit|bulan|pada|a|nel)[ -]{_MONTH}\b",
            re.IGNORECASE,
        ),
        lambda m: DateSpan(None, _month(m[1])),
    ),
    (
        re.compile(_CJK_MONTH + r"\s*(\d{1,2})\s*[日号]?\s*(?:至|到|-|~|—)\s*(\d{1,2})\s*[日号]"),
        lambda m: DateSpan(_year(m[1]), _number(m[2]), int(m[3]), int(m[4])),
    ),
    (
        re.compile(_CJK_MONTH + r"\s*(\d{1,2})\s*[日号일]"),
        lambda m: DateSpan(_year(m[1]), _number(m[2]), int(m[3]), int(m[3])),
    ),
    _days(r"(?:上旬|初)", 1, 10),
    _days(r"中旬?", 10, 20),
    _days(r"(?:下旬|底|末)", 20, 31),
    (re.compile(_CJK_MONTH), lambda m: DateSpan(_year(m[1]), _number(m[2]))),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[年년]|\b)"), lambda m: DateSpan(int(m[1]), None)),
)
