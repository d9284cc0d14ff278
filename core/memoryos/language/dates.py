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

from memoryos.language.months import MONTHS

_MONTH: Final = rf"({'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY: Final = r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?"
_TO: Final = r"\s*(?:-|–|—|\b(?:to|until|till|and|à|au|et|al?|hasta|y|até|e|bis|und|sampai|dan)\b)\s*"
_OF: Final = r"(?:of|de|di|del)?\s*"
_YEAR: Final = r"(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?"
_CJK_DIGITS: Final = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
_CJK_NUMBER: Final = r"(?<![\d一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九十]{1,3})"
_CJK_MONTH: Final = rf"(?:(\d{{4}})\s*[年년]\s*)?{_CJK_NUMBER}\s*[月월](?:份)?"
_CJK_DAY: Final = rf"\s*{_CJK_NUMBER}\s*[日号일]"
_CJK_TO: Final = r"\s*(?:至|到|-|~|—)"

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
    rest = " ".join(text.lower().split())  # or a run of spaces is searched from each of them
    for pattern, read in _READINGS:
        found = list(pattern.finditer(rest))
        yield from (read(match) for match in found)
        if found:
            rest = pattern.sub(" # ", rest)


def _number(text: str) -> int:
    """A number up to 99 in digits or in Chinese; 0 for characters that make none."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CJK_DIGITS.get(text, 0)
    if (tens and tens not in _CJK_DIGITS) or (ones and ones not in _CJK_DIGITS):
        return 0
    return 10 * _CJK_DIGITS.get(tens, 1) + _CJK_DIGITS.get(ones, 0)


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _month(name: str) -> int:
    return MONTHS[name]


Reading = tuple[re.Pattern[str], Callable[[re.Match[str]], DateSpan]]
"""A way to write a date, in small letters, and what it says."""


def _part(words: str, first: int, last: int) -> Reading:
    """A part of a month that words before it name, with or without its year."""
    pattern = re.compile(rf"\b(?:{words})[ -](?:of |de |d')?{_MONTH}{_YEAR}\b")
    return pattern, lambda m: DateSpan(_year(m[2]), _month(m[1]), first, last)


def _cjk_part(words: str, first: int, last: int) -> Reading:
    """A part of a Chinese or Japanese month."""
    return re.compile(_CJK_MONTH + words), lambda m: DateSpan(_year(m[1]), _number(m[2]), first, last)


_READINGS: Final[tuple[Reading, ...]] = (
    (
        re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"),
        lambda m: DateSpan(int(m[1]), int(m[2]), int(m[3]), int(m[3])),
    ),
    (
        re.compile(rf"\b{_DAY}{_TO}{_DAY}\s+{_OF}{_MONTH}{_YEAR}\b"),
        lambda m: DateSpan(_year(m[4]), _month(m[3]), int(m[1]), int(m[2])),
    ),
    (
        re.compile(rf"\b{_MONTH}\s+{_DAY}{_TO}{_DAY}\b{_YEAR}"),
        lambda m: DateSpan(_year(m[4]), _month(m[1]), int(m[2]), int(m[3])),
    ),
    (
        re.compile(rf"\b{_DAY}\s+{_OF}{_MONTH}{_YEAR}\b"),
        lambda m: DateSpan(_year(m[3]), _month(m[2]), int(m[1]), int(m[1])),
    ),
    (
        re.compile(rf"\b{_MONTH}\s+{_DAY}\b{_YEAR}"),
        lambda m: DateSpan(_year(m[3]), _month(m[1]), int(m[2]), int(m[2])),
    ),
    _part("early|beginning|start|début|principios|inizio|início|anfang|awal", 1, 10),
    _part("mid|middle|mi(?=-)|mediados|metà|meados|mitte|pertengahan", 10, 20),
    _part("late|end|fin|finales|fim|ende|akhir", 21, 31),
    (
        re.compile(rf"\b{_MONTH},?\s+{_OF}(\d{{4}})\b"),
        lambda m: DateSpan(int(m[2]), _month(m[1])),
    ),
    (
        # A month by itself only after a preposition of its language: "may", "march", "mars" and "mai" are words too.
        re.compile(
            r"\b(?!a\s+(?:may|march)\b)(?!(?:in|during|since|of|last|by|until)\s+mars\b)"
            rf"(?:in|during|since|of|last|by|until|en|au mois de|em|im|seit|bulan|pada|a|nel)[ -]{_MONTH}\b"
        ),
        lambda m: DateSpan(None, _month(m[1])),
    ),
    (
        re.compile(_CJK_MONTH + rf"\s*{_CJK_NUMBER}\s*[日号]?{_CJK_TO}\s*{_CJK_NUMBER}\s*[日号]"),
        lambda m: DateSpan(_year(m[1]), _number(m[2]), _number(m[3]), _number(m[4])),
    ),
    (
        re.compile(_CJK_MONTH + _CJK_DAY),
        lambda m: DateSpan(_year(m[1]), _number(m[2]), _number(m[3]), _number(m[3])),
    ),
    _cjk_part(r"(?:上旬|初)", 1, 10),
    _cjk_part(r"中旬?", 10, 20),
    _cjk_part(r"(?:下旬|底|末)", 20, 31),
    (re.compile(_CJK_MONTH), lambda m: DateSpan(_year(m[1]), _number(m[2]))),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[年년]|\b)"), lambda m: DateSpan(int(m[1]), None)),
)
