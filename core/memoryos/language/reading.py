"""What one phrase about time means by itself, at the moment it was said."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from memoryos.language.base import Holiday, Language, Meaning, Part, Season, Unit
from memoryos.language.phrases import COUPLE, FEW, FIRST_YEAR, LAST_YEAR, Count, Piece
from memoryos.language.spans import (
    WIDTHS,
    Stretch,
    Width,
    Yearly,
    around,
    candidates,
    holiday,
    season,
    shifted,
    unit_at,
    whole_days,
)
from memoryos.language.tokens import Token, words

_MODES: Final = {
    Meaning.SECOND_LAST: -2,
    Meaning.LAST: -1,
    Meaning.THIS: 0,
    Meaning.NEXT: 1,
    Meaning.SECOND_NEXT: 2,
    Meaning.WEEKDAY_WEEK_BEFORE_LAST: -2,
    Meaning.WEEKDAY_LAST_WEEK: -1,
    Meaning.WEEKDAY_THIS_WEEK: 0,
    Meaning.WEEKDAY_NEXT_WEEK: 1,
}
_OF_A_WEEK: Final = {
    Meaning.WEEKDAY_WEEK_BEFORE_LAST,
    Meaning.WEEKDAY_LAST_WEEK,
    Meaning.WEEKDAY_THIS_WEEK,
    Meaning.WEEKDAY_NEXT_WEEK,
}

_SAID: Final = 0.9
"""How sure a phrase is that names its time."""
_GUESSED: Final = 0.7
"""How sure it is that the latest day of that name is meant."""
_OTHERWISE: Final = 0.4
"""How sure another reading of the same phrase is."""
_VAGUE: Final = 0.3

_SAME_TIME: Final = {Unit.YEAR: 12, Unit.HALF_YEAR: 7, Unit.QUARTER: 5, Unit.MONTH: 3, Unit.WEEK: 1, Unit.WEEKEND: 1}
"""How many days around the same day of an earlier year, month or week people mean."""


@dataclass(frozen=True, slots=True)
class When:
    """A time as far as it is known: its readings, best first, and the words tokens[first:stop] that tell it.

    `yearly`: the same days of any year, where no year is said. `weekday`: a day of a week that is not said.
    `day_number`: a day of a month that is not said. `whole`: a week, month or year of the calendar. `bare`: may be
    another word or somebody's name, so that it counts only beside a word that dates have. `ranged`: from one time to
    another.
    """

    readings: tuple[Stretch, ...]
    width: Width
    first: int
    stop: int
    language: int
    yearly: Yearly | None = None
    weekday: int | None = None
    day_number: int | None = None
    whole: bool = False
    bare: bool = False
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Where and when a text was said, and who said it: all that its phrases are read by.

    `favour` and `everyday`: how many of the text's words each language has, and has as everyday words.
    """

    here: datetime
    southern: bool
    day_first: bool | None
    birthday: date | None
    text: str
    tokens: Sequence[Token]
    languages: Sequence[Language]
    favour: Sequence[int]
    everyday: Sequence[int]


def read(piece: Piece, said: Said) -> When | None:
    """The time a phrase means; None if there is no such day, or the phrase tells no time by itself."""
    reader = _READERS.get(piece.meaning)
    if reader is None:
        return None
    try:
        return reader(piece, said)
    except (ValueError, OverflowError):
        return None


def _when(piece: Piece, width: Width, *readings: Stretch | None) -> When | None:
    found = tuple(stretch for stretch in readings if stretch is not None)
    return When(found, width, piece.first, piece.stop, piece.language) if found else None


def _sure(stretch: Stretch | None, confidence: float) -> Stretch | None:
    return None if stretch is None else replace(stretch, confidence=confidence)


def _thing(piece: Piece, said: Said) -> When | None:
    """ "last Tuesday", "this summer": something named, and which one of it."""
    mode = _MODES[piece.meaning]
    if piece.meaning in _OF_A_WEEK:
        week = unit_at(Unit.WEEK, mode, said.here)
        return _when(piece, Width.DAY, _sure(_weekday_of(week, cast(int, piece.value("weekday"))), _SAID))
    named = piece.values[-1] if piece.values else ("unit", Unit.YEAR)  # languages that say a year in one word
    slot, value = cast("tuple[str, object]", piece.value("thing") or named)
    return _named(slot, value, mode, piece, said)


def _weekday_of(week: Stretch, weekday: int) -> Stretch:
    day = week.start.date() + timedelta(days=(weekday - week.start.weekday()) % 7)
    return whole_days(day, day)


def _named(slot: str, value: object, mode: int | None, piece: Piece, said: Said) -> When | None:
    if isinstance(value, Unit):
        return _unit(value, mode or 0, piece, said)
    if slot == "weekday":
        return _weekday(cast(int, value), mode, piece, said)
    if isinstance(value, Part):
        return _when(piece, Width.PART, part_of(said.here + timedelta(days=mode or 0), value, _SAID))
    yearly, width = _yearly(value, said)
    return _of_years(yearly, width, mode, piece, said)


def _unit(unit: Unit, mode: int, piece: Piece, said: Said) -> When | None:
    if unit is Unit.FORTNIGHT:
        start = said.here + timedelta(days=14 * (mode if mode < 1 else 0))
        return _when(piece, Width.WEEK, whole_days(start.date(), start.date() + timedelta(days=14), _SAID))
    found = _when(piece, WIDTHS[unit], _sure(unit_at(unit, mode, said.here), _SAID))
    return None if found is None else replace(found, whole=unit in {Unit.WEEK, Unit.MONTH, Unit.YEAR})


def _weekday(weekday: int, mode: int | None, piece: Piece, said: Said) -> When | None:
    """The nearest such day on that side, or the one of that week of the calendar, which others mean."""
    today = said.here.date()
    back, ahead = (today.weekday() - weekday - 1) % 7 + 1, (weekday - today.weekday() - 1) % 7 + 1
    of_week = weekday - today.weekday() + 7 * (mode or 0)
    nearest = {None: -back, -1: -back, -2: -back - 7, 0: of_week, 1: ahead, 2: ahead + 7}[mode]
    if mode is None:
        other = 0 if back == 7 else ahead
    elif mode == 0:
        other = -back
    else:
        other = of_week
    days = [today + timedelta(days=offset) for offset in dict.fromkeys((nearest, other))]
    sure = _GUESSED if mode is None else _SAID
    readings = [whole_days(day, day, _OTHERWISE if rank else sure) for rank, day in enumerate(days)]
    found = _when(piece, Width.DAY, *readings)
    return replace(found, weekday=weekday) if found is not None and mode is None else found


def part_of(day: datetime, part: Part, confidence: float) -> Stretch:
    """A part of the day on which a moment lies."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the time of the place, whose zone comes last
    start, end = (midnight + timedelta(hours=hour) for hour in part.value)
    return Stretch(start, end - timedelta(seconds=1), confidence)


def _yearly(value: object, said: Said) -> tuple[Yearly, Width]:
    """What comes round each year: a month, a season or a feast."""
    if isinstance(value, Holiday):
        days = holiday(value, 2024)
        length = 1 if days is None else (days.end - days.start).days + 1
        return Yearly(holiday=value), Width.DAY if length == 1 else Width.WEEK
    if isinstance(value, Season):
        days = season(value, 2023, said.southern)
        return Yearly(days.start.month, 1, days.end.month, 31), Width.SEASON
    month = cast(int, value)
    return Yearly(month, 1, month, 31), Width.MONTH


def _of_years(yearly: Yearly, width: Width, mode: int | None, piece: Piece, said: Said) -> When | None:
    """Which year's days are meant, and for want of a word for it the latest ones."""
    here = said.here
    days = list(candidates(yearly, here, 8 if yearly.last_day == 29 else 2))
    ended = [stretch for stretch in days if stretch.end < here]
    begun = [stretch for stretch in days if stretch.start <= here]
    ahead = [stretch for stretch in days if stretch.start > here]
    if mode is None:
        soon = [stretch for stretch in ahead[:1] if stretch.start - here < timedelta(days=60)]
        chosen = begun[-1:] + soon
    elif mode < 0:
        year_before = [stretch for stretch in days if stretch.start.year == here.year + mode]
        chosen = ended[mode : mode + 1 or None] + year_before
    elif mode == 0:
        chosen = sorted(days, key=lambda stretch: _distance(stretch, here))[:1]
    else:
        chosen = ahead[mode - 1 : mode]
    sure = _GUESSED if mode is None else _SAID
    distinct = list(dict.fromkeys(chosen))
    found = _when(piece, width, *(_sure(each, _OTHERWISE if rank else sure) for rank, each in enumerate(distinct)))
    if found is None or mode is not None:
        return found
    return replace(found, yearly=yearly, whole=width is Width.MONTH)


def _distance(stretch: Stretch, moment: datetime) -> tuple[timedelta, bool]:
    """How far a moment is from a stretch, and whether that is another year's."""
    apart = max(stretch.start - moment, moment - stretch.end, timedelta(0))
    return apart, stretch.start.year != moment.year


def _bare_name(piece: Piece, said: Said) -> When | None:
    slot, value = piece.values[0]
    found = _named(slot, value, None, piece, said)
    return None if found is None else replace(found, bare=is_ambiguous(piece, said))


def is_ambiguous(piece: Piece, said: Said) -> bool:
    """Whether a phrase is also a name or another word in its language."""
    name = " ".join(token.word for token in said.tokens[piece.first : piece.stop] if token.word != ".")
    return name in _compared(said.languages[piece.language].ambiguous)


@functools.cache
def _compared(forms: str) -> frozenset[str]:
    return frozenset(" ".join(words(form)) for form in forms.split("|"))


def _count(piece: Piece) -> Count:
    return cast("Count", piece.value("n") or (1, 1))


def unit_of(piece: Piece) -> Unit:
    """The unit that a phrase counts in."""
    return cast("Unit", piece.value("unit") or piece.value("half_year"))


def _ago(piece: Piece, said: Said) -> When | None:
    return counted(piece, said, -1)


def _ahead(piece: Piece, said: Said) -> When | None:
    return counted(piece, said, 1)


def counted(piece: Piece, said: Said, direction: int) -> When | None:
    """So many units before (-1) or after (1) now: the days around that day, or else that unit of the calendar."""
    (low, high), unit = _count(piece), unit_of(piece)
    nearby = around(said.here, direction * low, direction * high, unit)
    others = []
    if low == high and unit in {Unit.WEEK, Unit.MONTH, Unit.YEAR}:
        others.append(_sure(unit_at(unit, direction * int(low), said.here), _OTHERWISE))
    width = WIDTHS[unit] if (low, high) not in {COUPLE, FEW} or unit is not Unit.DAY else Width.WEEK
    return _when(piece, width, _sure(nearby, _SAID), *others)


def _past(piece: Piece, said: Said) -> When | None:
    """From so many units ago until now."""
    (_, high), unit = _count(piece), unit_of(piece)
    start = shifted(said.here, -high, unit)
    if unit not in {Unit.HOUR, Unit.MINUTE}:
        start = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - the time of the place
    return _when(piece, width_of(said.here - start), Stretch(start, said.here, _SAID))


def width_of(length: timedelta) -> Width:
    """The least width that comes near so long a time."""
    return next(width for width in Width if timedelta(days=1.5 * width.value) >= length or width is Width.OPEN)


def _same_time(piece: Piece, said: Said) -> When | None:
    (low, _), unit = _count(piece), cast("Unit", piece.value("unit") or Unit.YEAR)
    day = shifted(said.here, -low, unit).date()
    margin = timedelta(days=_SAME_TIME.get(unit, 0))
    return _when(piece, width_of(2 * margin), whole_days(day - margin, day + margin, _SAID))


def _weekend(piece: Piece, said: Said) -> When | None:
    """ "over the weekend": the one that it is, or the one before."""
    offset = 0 if said.here.weekday() >= 5 else -1
    readings = (_sure(unit_at(Unit.WEEKEND, offset, said.here), _SAID), unit_at(Unit.WEEKEND, offset + 1, said.here))
    return _when(piece, Width.WEEKEND, readings[0], _sure(readings[1], _VAGUE))


def _recently(piece: Piece, said: Said) -> When | None:
    return _when(piece, Width.MONTH, whole_days((said.here - timedelta(days=30)).date(), said.here.date(), _VAGUE))


def _the_other_day(piece: Piece, said: Said) -> When | None:
    first, last = (said.here - timedelta(days=days) for days in (14, 1))
    return _when(piece, Width.WEEK, whole_days(first.date(), last.date(), _OTHERWISE))


def _age(piece: Piece, said: Said) -> When | None:
    if said.birthday is None:
        return None
    born = datetime(said.birthday.year, said.birthday.month, said.birthday.day)  # noqa: DTZ001 - a day, not a moment
    (low, _) = _count(piece)
    first, last = shifted(born, low, Unit.YEAR), shifted(born, low + 1, Unit.YEAR) - timedelta(days=1)
    return _when(piece, Width.YEAR, whole_days(first.date(), last.date(), _SAID))


def _relative_day(piece: Piece, said: Said) -> When | None:
    day = said.here.date() + timedelta(days=cast(int, piece.value("days")))
    return _when(piece, Width.DAY, whole_days(day, day, 1.0))


def _moment(piece: Piece, said: Said) -> When | None:
    days, part = cast("tuple[int, Part]", piece.value("moment"))
    return _when(piece, Width.PART, part_of(said.here + timedelta(days=days), part, 1.0))


def _year(piece: Piece, said: Said) -> When | None:
    """A year, which may be another number where it stands alone, or "the 1990s"."""
    year = cast(int, piece.value("year"))
    alone = piece.stop - piece.first == 1
    decade = said.tokens[piece.stop - 1].word == "s" and year % 10 == 0
    days = whole_days(date(year, 1, 1), date(year + 9 * decade, 12, 31), _OTHERWISE if alone else _SAID)
    found = _when(piece, Width.YEAR, days)
    return None if found is None else replace(found, whole=not decade)


def _calendar(piece: Piece, said: Said) -> When | None:
    days = [cast(int, value) for slot, value in piece.values if slot == "day"]
    month, year = cast(int, piece.value("month")), cast("int | None", piece.value("year"))
    first, last = (days[0], days[-1]) if days else (1, 31)
    if first > last or (year is None and _is_before_a_year(piece, said)):
        return None
    found = _on(Yearly(month, first, month, last), year, piece, said)
    if found is None:
        return None
    return replace(found, bare=year is None and _may_be_a_verb(piece, said))


def _is_before_a_year(piece: Piece, said: Said) -> bool:
    """Whether a year follows that the calendar does not reach."""
    behind = [token for token in said.tokens[piece.stop : piece.stop + 2] if token.word != ","]
    return bool(behind) and behind[0].kind == "number" and len(behind[0].word) >= 4


def _may_be_a_verb(piece: Piece, said: Said) -> bool:
    """Whether this is "may 5 people ..." rather than "May 5"."""
    first = said.tokens[piece.first]
    if piece.values[0][0] != "month" or not said.text[first.begin : first.stop].islower():
        return False
    ordinal = said.tokens[piece.stop - 1].kind != "number"
    followed = piece.stop < len(said.tokens) and said.tokens[piece.stop].kind == "word"
    return followed and not ordinal and first.word in _compared(said.languages[piece.language].ambiguous)


def _on(yearly: Yearly, year: int | None, piece: Piece, said: Said) -> When | None:
    """The days of a month in a year, or in the latest one for want of a year."""
    width = Width.MONTH if (yearly.first_day, yearly.last_day) == (1, 31) else Width.DAY
    if width is Width.DAY and yearly.last_day > yearly.first_day:
        width = width_of(timedelta(days=yearly.last_day - yearly.first_day + 1))
    if year is None:
        return _of_years(yearly, width, None, piece, said)
    found = _when(piece, width, _sure(yearly.days(year), 1.0))
    return None if found is None else replace(found, whole=width is Width.MONTH)


def _nth_week(piece: Piece, said: Said) -> When | None:
    number = cast(int, piece.value("day")) if piece.value("day") else int(_count(piece)[0])
    month = cast(int, piece.value("month"))
    if number > 5 or piece.value("unit") not in {Unit.WEEK, Unit.WEEKEND}:
        return None
    year = cast("int | None", piece.value("year"))
    return _on(Yearly(month, 7 * number - 6, month, min(7 * number, 31)), year, piece, said)


def _day_number(piece: Piece, said: Said) -> When | None:
    """ "the 5th": the latest one for want of a month."""
    number = cast(int, piece.value("day"))
    months = [unit_at(Unit.MONTH, offset, said.here).start for offset in (0, -1, -2)]
    days = [month.date() + timedelta(days=number - 1) for month in months]
    fitting = [day for day in days if day.day == number and day <= said.here.date()]
    found = _when(piece, Width.DAY, *(whole_days(day, day, _OTHERWISE) for day in fitting[:1]))
    return None if found is None else replace(found, bare=True, day_number=number)


def in_figures(token: Token, at: int, said: Said) -> When | None:
    """The day or month that a date in figures means, and both where its order is open."""
    piece = Piece(Meaning.CALENDAR, (), 0, at, at + 1)
    try:
        read = list(_figures(token, said.day_first))
        found = [_on(yearly, year, piece, said) for yearly, year in read]
    except (ValueError, OverflowError):
        return None
    whens = [when for when in found if when is not None]
    if not whens:
        return None
    confidence = 1.0 / len(whens)
    readings = [replace(each, confidence=each.confidence * confidence) for when in whens for each in when.readings]
    return replace(whens[0], readings=tuple(readings), bare=token.kind == "slash")


def _figures(token: Token, day_first: bool | None) -> Iterator[tuple[Yearly, int | None]]:
    """The days a date in figures may name, with their year."""
    numbers = _numbers(token.word)
    if token.kind in {"ymd", "compact"}:
        year, month, day = numbers[:3]
        yield from _valid((day, month, year))
    elif token.kind in {"ym", "my"}:
        year, month = sorted(numbers[:2], reverse=True)
        yield from _valid((0, month, year))
    else:
        first, second, *rest = numbers
        given = None if not rest else rest[0] if rest[0] > 99 else 2000 + rest[0]
        orders = [(first, second, given), (second, first, given)]
        valid = [order for order in orders if any(True for _ in _valid(order))]
        if "." in token.word or day_first or first == second:
            valid = valid[:1]
        elif day_first is False:
            valid = valid[-1:]
        for order in valid:
            yield from _valid(order)


def _numbers(word: str) -> list[int]:
    digits = "".join(character if character.isdecimal() else " " for character in word.split("T")[0]).split()
    if len(digits) == 1:
        return [int(word[:4]), int(word[4:6]), int(word[6:8])]
    return [int(number) for number in digits]


def _valid(order: tuple[int, int, int | None]) -> Iterator[tuple[Yearly, int | None]]:
    """A day (0: all of the month), month and year, if the calendar has them."""
    day, month, year = order
    if not 1 <= month <= 12 or day > 31 or (year is not None and not FIRST_YEAR <= year <= LAST_YEAR):
        return
    yearly = Yearly(month, day or 1, month, day or 31)
    if yearly.days(year or 2024) is not None:
        yield yearly, year


_READERS: Final[Mapping[Meaning, Callable[[Piece, Said], When | None]]] = dict.fromkeys(_MODES, _thing) | {
    Meaning.AGO: _ago,
    Meaning.AHEAD: _ahead,
    Meaning.PAST: _past,
    Meaning.SAME_TIME: _same_time,
    Meaning.WEEKEND: _weekend,
    Meaning.RECENTLY: _recently,
    Meaning.THE_OTHER_DAY: _the_other_day,
    Meaning.AGE: _age,
    Meaning.DAY: _relative_day,
    Meaning.MOMENT: _moment,
    Meaning.NAMED: _bare_name,
    Meaning.YEAR: _year,
    Meaning.CALENDAR: _calendar,
    Meaning.NTH_WEEK: _nth_week,
    Meaning.DAY_NUMBER: _day_number,
}
