"""Phrases that stand beside each other read as one date: "the end of March", "Tuesday of last week", "since May"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, cast

from memoryos.language.base import Meaning, Part, Unit
from memoryos.language.phrases import Count, Piece
from memoryos.language.reading import Said, When, part_of, read, unit_of, width_of
from memoryos.language.spans import Stretch, Width, Yearly, around, candidates, whole_days

_BETWEEN_PARTS: Final = 3
"""So many joining words may stand between two parts of a date: "in the evening of the"."""

_SECOND: Final = timedelta(seconds=1)
_FIRST: Final = datetime.min  # noqa: DTZ901 - the time of the place, whose zone comes last
_LAST: Final = datetime.max.replace(microsecond=0)  # noqa: DTZ901 - the same

_THIRDS: Final = {
    Meaning.EARLY: 0,
    Meaning.MIDDLE: 1,
    Meaning.LATE: 2,
    Meaning.EARLY_BEHIND: 0,
    Meaning.MIDDLE_BEHIND: 1,
    Meaning.LATE_BEHIND: 2,
}
_OPEN_BEFORE: Final = (Meaning.BEFORE, Meaning.AFTER, Meaning.SINCE, Meaning.UNTIL)
_OPEN_BEHIND: Final = {
    Meaning.BEFORE_BEHIND: Meaning.BEFORE,
    Meaning.AFTER_BEHIND: Meaning.AFTER,
    Meaning.SINCE_BEHIND: Meaning.SINCE,
    Meaning.UNTIL_BEHIND: Meaning.UNTIL,
}


@dataclass(frozen=True, slots=True)
class Away:
    """So many units (negative: before) from something that the text names beside the words tokens[first:stop]."""

    low: float
    high: float
    unit: Unit
    first: int
    stop: int
    event_follows: bool


Item = When | Piece
Found = When | Away


class Composer:
    """What stands beside what in one text."""

    def __init__(self, said: Said, is_everyday: Callable[[int, str], bool]) -> None:
        self._said = said
        self._is_everyday = is_everyday
        self._joining = [set(language.joining.split("|")) for language in said.languages]
        self._endings = [
            tuple(ending for ending in language.event_endings.split("|") if ending) for language in said.languages
        ]

    def composed(self, items: Sequence[Item]) -> list[Found]:
        """The dates that the phrases of a text make together, in order."""
        found, whens = self._counted_ago(items)
        whens = self._folded(whens, self._joined)
        whens = self._folded(whens, self._modified)
        counted, whens = self._counted_from_events(whens)
        whens = self._folded(whens, self._ranged)
        whens = self._opened(whens)
        found += counted
        found += [item for item in whens if isinstance(item, When) and not item.bare]
        return sorted(found, key=lambda each: each.first)

    def _folded(
        self, items: Sequence[Item], combine: Callable[[Sequence[Item], Item], Sequence[Item] | None]
    ) -> list[Item]:
        """The items from the left on, each combined with those before it as long as that can be done."""
        stack: list[Item] = []
        for item in items:
            stack.append(item)
            while len(stack) > 1:
                combined = combine(stack[-5:-1], stack[-1])
                if combined is None:
                    break
                taken = len(stack[-5:])
                stack[-taken:] = combined
        return stack

    def _near(self, left: Item, right: Item) -> bool:
        """Whether nothing but joining words stand between two phrases of one language."""
        if left.language != right.language:
            modifiers = [item for item in (left, right) if isinstance(item, Piece)]
            if any(self._said.favour[item.language] < max(self._said.favour) for item in modifiers):
                return False
        between = self._said.tokens[left.stop : right.first]
        joining = self._joining[left.language] | self._joining[right.language]
        return len(between) <= _BETWEEN_PARTS and all(token.word in joining for token in between)

    def _joined(self, before: Sequence[Item], item: Item) -> Sequence[Item] | None:
        """Two parts of one date, and what joins them dropped."""
        kept = list(before)
        while (
            kept
            and isinstance(kept[-1], Piece)
            and kept[-1].meaning in {Meaning.IN, Meaning.IN_BEHIND, Meaning.THE, Meaning.AND}
        ):
            if not self._joins(kept[-1]):
                return None
            kept.pop()
        if not kept or not self._near(kept[-1], item):
            return None
        both = self._united(kept[-1], item) or self._united(item, kept[-1])
        return None if both is None else [*kept[:-1], both]

    def _joins(self, piece: Piece) -> bool:
        tokens = self._said.tokens[piece.first : piece.stop]
        return all(token.word in self._joining[piece.language] for token in tokens)

    def _united(self, one: Item, other: Item) -> When | None:
        """A date of two parts, whichever stands first."""
        if isinstance(one, Piece):
            return None
        first, stop = min(one.first, other.first), max(one.stop, other.stop)
        whole = replace(one, first=first, stop=stop, bare=False, weekday=None, day_number=None)
        if isinstance(other, Piece):
            return self._in_part(whole, other) if other.meaning is Meaning.PART and one.width is Width.DAY else None
        readings: tuple[Stretch, ...] = ()
        width = one.width
        if other.width is Width.YEAR and other.whole and one.yearly is not None:
            readings = _in_years(one.yearly, other.readings)
        elif other.width is Width.WEEK and other.whole and one.weekday is not None:
            readings = tuple(_days_on(other.readings, one.weekday))
        elif other.width is Width.MONTH and other.whole and one.day_number is not None:
            readings = tuple(_nth_days(other.readings, one.day_number))
        elif other.weekday is not None and one.weekday is None and one.width is Width.DAY:
            readings = one.readings
            return replace(one, first=first, stop=stop, bare=False)
        yearly = other.yearly if one.day_number is not None and other.yearly is not None else None
        if yearly is not None and one.day_number is not None:
            yearly = Yearly(yearly.month, one.day_number, yearly.month, one.day_number)
        return replace(whole, readings=readings, width=width, yearly=yearly) if readings else None

    @staticmethod
    def _in_part(when: When, part: Piece) -> When:
        """A day narrowed to its morning or evening."""
        hours = cast("Part", part.value("part"))
        readings = tuple(part_of(each.start, hours, each.confidence) for each in when.readings)
        return replace(when, readings=readings, width=Width.PART, yearly=None)

    def _modified(self, before: Sequence[Item], item: Item) -> Sequence[Item] | None:
        """A date with a word that belongs to it ("in"), or that takes a third of it ("the end of")."""
        previous = before[-1]
        if isinstance(item, When) and isinstance(previous, Piece) and self._near(previous, item):
            if previous.meaning is Meaning.THE and item.width is not Width.MONTH and item.day_number is None:
                return [*before[:-1], replace(item, first=previous.first, bare=False)]
            if previous.meaning is Meaning.IN and self._supports(item):
                return [*before[:-1], replace(_surer(item), first=previous.first, bare=False)]
            if previous.meaning in {Meaning.EARLY, Meaning.MIDDLE, Meaning.LATE}:
                return [*before[:-1], replace(self._third(item, previous), first=previous.first)]
        if isinstance(previous, When) and isinstance(item, Piece) and self._near(previous, item):
            if item.meaning is Meaning.IN_BEHIND and previous.day_number is None:
                return [*before[:-1], replace(previous, stop=item.stop, bare=False)]
            if item.meaning in _THIRDS and item.meaning.name.endswith("_BEHIND"):
                return [*before[:-1], replace(self._third(previous, item), stop=item.stop)]
        return None

    def _supports(self, when: When) -> bool:
        """Whether "in" or "on" makes a date of what follows it: not of "the 5th floor"."""
        if when.day_number is None or when.stop == len(self._said.tokens):
            return True
        return self._said.tokens[when.stop].kind == "mark"

    @staticmethod
    def _third(when: When, piece: Piece) -> When:
        """The beginning, the middle or the end of a time, in whole days."""
        number = _THIRDS[piece.meaning]
        if when.width.value <= 1:
            return replace(when, bare=False)
        readings = []
        for each in when.readings:
            days = (each.end - each.start).days + 1
            third = max(days // 3, 1)
            first = each.start + timedelta(days=(0, (days - third) // 2, days - third)[number])
            last = first + timedelta(days=third) - _SECOND
            readings.append(Stretch(first, last, each.confidence))
        yearly = when.yearly
        if yearly is not None and yearly.holiday is None and yearly.month == yearly.end_month and when.whole:
            bounds = ((1, 10), (10, 20), (21, 31))[number]
            yearly = Yearly(yearly.month, bounds[0], yearly.month, bounds[1])
        else:
            yearly = None
        width = width_of(max(each.end - each.start for each in readings))
        return replace(when, readings=tuple(readings), width=width, yearly=yearly, whole=False, bare=False)

    def _counted_ago(self, items: Sequence[Item]) -> tuple[list[Found], list[Item]]:
        """ "three weeks ago" read, unless it counts from an event or another time that stands before it."""
        found: list[Found] = []
        left: list[Item] = []
        for item in items:
            if isinstance(item, When) or item.meaning not in {Meaning.AGO, Meaning.AHEAD}:
                left.append(item)
                continue
            previous = next((each for each in reversed(left) if isinstance(each, When)), None)
            if previous is not None and self._near(previous, item):
                left.append(item)
            elif self._behind_event(item):
                direction = -1 if item.meaning is Meaning.AGO else 1
                found.append(_away(item, direction, item.first, item.stop, event_follows=False))
            else:
                when = read(item, self._said)
                left += [] if when is None else [when]
        return found, left

    def _behind_event(self, phrase: Piece) -> bool:
        """Whether the word before a phrase makes it count from an event, as "düğünden" does."""
        if phrase.first == 0:
            return False
        word = self._said.tokens[phrase.first - 1].word
        return word.endswith(self._endings[phrase.language]) and not self._is_everyday(phrase.language, word)

    def _counted_from_events(self, items: Sequence[Item]) -> tuple[list[Found], list[Item]]:
        """Phrases such as "two weeks before Christmas" resolved, and those that count from an event found."""
        found: list[Found] = []
        left: list[Item] = []
        at = 0
        while at < len(items):
            taken, result = self._counted_from(items[at : at + 3], left[-1] if left else None)
            if isinstance(result, Away):
                found.append(result)
            elif result is not None:
                if left and isinstance(left[-1], When) and left[-1].first == result.first:
                    left.pop()
                left.append(result)
            else:
                left.append(items[at])
            at += max(taken, 1)
        return found, left

    def _counted_from(self, items: Sequence[Item], previous: Item | None) -> tuple[int, Found | None]:
        """How many items make a length of time counted from something, and that; (0, None) if they make none."""
        head = items[0]
        if isinstance(head, When):
            return 0, None
        if head.meaning is Meaning.DURATION and len(items) > 1 and self._near(head, items[1]):
            return self._before_what_follows(head, items)
        if head.meaning in {Meaning.BEFORE_BEHIND, Meaning.AFTER_BEHIND} and len(items) > 1:
            return self._after_what_stands_before(head, items[1], previous)
        if head.meaning in {Meaning.AGO, Meaning.AHEAD}:
            return self._ago_from_event(head, previous)
        return 0, None

    def _before_what_follows(self, length: Piece, items: Sequence[Item]) -> tuple[int, Found | None]:
        link = items[1]
        if isinstance(link, When) or link.meaning not in {Meaning.BEFORE, Meaning.AFTER}:
            return 0, None
        direction = -1 if link.meaning is Meaning.BEFORE else 1
        if len(items) > 2 and isinstance(items[2], When) and self._near(link, items[2]):
            moved = _moved(items[2], length, direction)
            return (3, replace(moved, first=length.first)) if moved is not None else (0, None)
        return 2, _away(length, direction, length.first, link.stop, event_follows=True)

    def _after_what_stands_before(self, link: Piece, length: Item, previous: Item | None) -> tuple[int, Found | None]:
        if isinstance(length, When) or length.meaning is not Meaning.DURATION or not self._near(link, length):
            return 0, None
        direction = -1 if link.meaning is Meaning.BEFORE_BEHIND else 1
        if isinstance(previous, When) and self._near(previous, link):
            moved = _moved(previous, length, direction)
            return (2, replace(moved, stop=length.stop)) if moved is not None else (0, None)
        return 2, _away(length, direction, link.first, length.stop, event_follows=False)

    def _ago_from_event(self, phrase: Piece, previous: Item | None) -> tuple[int, Found | None]:
        """ "three months before" in languages that say it as "ago", behind a time."""
        direction = -1 if phrase.meaning is Meaning.AGO else 1
        if isinstance(previous, When) and self._near(previous, phrase):
            moved = _moved(previous, phrase, direction)
            return (1, replace(moved, stop=phrase.stop)) if moved is not None else (0, None)
        when = read(phrase, self._said)
        return (0, None) if when is None else (1, when)

    def _ranged(self, before: Sequence[Item], item: Item) -> Sequence[Item] | None:
        """ "from Monday to Wednesday", "between March and May"."""
        if not isinstance(item, When) or len(before) < 2:
            return None
        start, link = before[-2], before[-1]
        if not (isinstance(start, When) and isinstance(link, Piece)):
            return None
        if not (self._near(start, link) and self._near(link, item)):
            return None
        opening = before[-3] if len(before) > 2 else None
        opened = isinstance(opening, Piece) and self._near(opening, start)
        between = opened and isinstance(opening, Piece) and opening.meaning is Meaning.BETWEEN
        if link.meaning not in {Meaning.TO, Meaning.UNTIL, Meaning.SINCE_BEHIND} and not (
            between and link.meaning is Meaning.AND
        ):
            return None
        whole = _range(start, item)
        if whole is None:
            return None
        from_words = opened and isinstance(opening, Piece) and opening.meaning in {Meaning.BETWEEN, Meaning.SINCE}
        if from_words and opening is not None:
            return [*before[:-3], replace(whole, first=opening.first)]
        return [*before[:-2], whole]

    def _opened(self, items: Sequence[Item]) -> list[Item]:
        """Dates with "before" or "since" beside them, open on one side."""
        opened: list[Item] = []
        for item in items:
            both = self._open_pair(opened[-1], item) if opened and self._near(opened[-1], item) else None
            if both is None:
                opened.append(item)
            else:
                opened[-1] = both
        return opened

    def _open_pair(self, previous: Item, item: Item) -> When | None:
        """Two phrases side by side as a time open on one side; None if they make none."""
        if isinstance(item, When):
            if isinstance(previous, When) or previous.meaning not in _OPEN_BEFORE or item.ranged:
                return None
            return replace(_open(item, previous.meaning), first=previous.first)
        if isinstance(previous, Piece):
            return self._since(previous, item)
        if previous.ranged and item.meaning is Meaning.UNTIL_BEHIND:
            return replace(previous, stop=item.stop)
        if item.meaning not in _OPEN_BEHIND or previous.width is Width.OPEN:
            return None
        return replace(_open(previous, _OPEN_BEHIND[item.meaning]), stop=item.stop)

    def _since(self, link: Piece, length: Piece) -> When | None:
        """ "for the three weeks until now", as some languages say with "since"."""
        if link.meaning is not Meaning.SINCE or length.meaning is not Meaning.DURATION or length.value("n") is None:
            return None
        start = _stretch_from(length, -1, self._said.here)
        if start is None:
            return None
        reading = Stretch(start.start, self._said.here, start.confidence)
        return When((reading,), width_of(reading.end - reading.start), link.first, length.stop, link.language)


def _surer(when: When) -> When:
    """A year that stands behind "in" is no other number."""
    if when.width is not Width.YEAR:
        return when
    return replace(when, readings=tuple(replace(each, confidence=max(each.confidence, 0.9)) for each in when.readings))


def _in_years(yearly: Yearly, years: Sequence[Stretch]) -> tuple[Stretch, ...]:
    found = []
    for year in years:
        days = yearly.days(year.start.year)
        if days is not None:
            found.append(replace(days, confidence=1.0 if year is years[0] else year.confidence))
        if yearly.end_month < yearly.month:  # a winter that begins in one year and goes on in the next
            days = yearly.days(year.start.year - 1)
            found += [] if days is None else [replace(days, confidence=0.5)]
    return tuple(found)


def _days_on(weeks: Sequence[Stretch], weekday: int) -> Iterator[Stretch]:
    for week in weeks:
        day = (week.start + timedelta(days=(weekday - week.start.weekday()) % 7)).date()
        yield whole_days(day, day, week.confidence)


def _nth_days(months: Sequence[Stretch], number: int) -> Iterator[Stretch]:
    for month in months:
        day = (month.start + timedelta(days=number - 1)).date()
        if day.month == month.start.month:
            yield whole_days(day, day, month.confidence)


def _stretch_from(length: Piece, direction: int, moment: datetime) -> Stretch | None:
    low, high = cast("Count", length.value("n") or (1, 1))
    try:
        return around(moment, direction * low, direction * high, unit_of(length))
    except (ValueError, OverflowError):
        return None


def _moved(when: When, length: Piece, direction: int) -> When | None:
    """A time so long before or after another one."""
    readings = []
    for each in when.readings:
        moved = _stretch_from(length, direction, each.start if direction < 0 else each.end)
        if moved is not None:
            readings.append(replace(moved, confidence=each.confidence))
    if not readings:
        return None
    width = width_of(readings[0].end - readings[0].start)
    return When(tuple(readings), width, when.first, when.stop, when.language)


def _away(length: Piece, direction: int, first: int, stop: int, *, event_follows: bool) -> Away:
    low, high = sorted(direction * bound for bound in cast("Count", length.value("n") or (1, 1)))
    return Away(low, high, unit_of(length), first, stop, event_follows)


def _range(start: When, end: When) -> When | None:
    """From the beginning of one time to the end of another; the first one's year follows from the second's."""
    last = end.readings[0]
    firsts = [each for each in start.readings if each.start <= last.end]
    if start.yearly is not None:
        firsts = [each for each in candidates(start.yearly, last.start) if each.start <= last.end][-1:] or firsts
    elif start.weekday is not None:
        back = (last.start.weekday() - start.weekday) % 7
        firsts = [Stretch(last.start - timedelta(days=back), last.end)]
    if not firsts:
        return None
    reading = Stretch(firsts[0].start, last.end, min(start.readings[0].confidence, last.confidence))
    width = width_of(reading.end - reading.start)
    return When((reading,), width, start.first, end.stop, end.language, ranged=True)


def _open(when: When, meaning: Meaning) -> When:
    """All time before or after another."""
    readings = []
    for each in when.readings:
        start, end = {
            Meaning.BEFORE: (_FIRST, max(each.start, _FIRST + _SECOND) - _SECOND),
            Meaning.UNTIL: (_FIRST, each.end),
            Meaning.AFTER: (min(each.end, _LAST - _SECOND) + _SECOND, _LAST),
            Meaning.SINCE: (each.start, _LAST),
        }[meaning]
        readings.append(Stretch(start, end, each.confidence))
    return replace(when, readings=tuple(readings), width=Width.OPEN, yearly=None, bare=False)
