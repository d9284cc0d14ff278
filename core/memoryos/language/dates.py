"""Times that a query names, as spans to compare pages' own times with, and the order that it asks for.

Written here because no library does it. Over 200 questions in eight languages with the language told, dateparser 1.5
named the right day in 85 (it gives one moment for a week or a month, and nothing of how wide it is), took 7 ms a
question, and read "do", "we", "May I", "de mi" and names for dates. Each language is a table
(`memoryos.language.english` and those beside it), of which the tree of `memoryos.language.phrases` is made; it reads
the right time out of all 200 (`benchmarks/relative_time.py`; 194 before their misses were seen). A query of 20 words
takes half a millisecond. Of a long text the first and the last 500 words are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from functools import partial
from typing import Final

from memoryos.language.base import Language, Meaning, Unit
from memoryos.language.composing import Away, Composer, Item
from memoryos.language.phrases import Piece, grammar
from memoryos.language.reading import Said, When, in_figures, is_ambiguous, read
from memoryos.language.spans import (
    AFTER,
    BEFORE,
    EARLIEST,
    LATEST,
    Stretch,
    Width,
    Yearly,
    around,
    in_utc,
)
from memoryos.language.tokens import Token, tokens

__all__ = [
    "AFTER",
    "BEFORE",
    "Offset",
    "Order",
    "Span",
    "Unit",
    "Width",
    "Yearly",
    "named_dates",
    "order_asked",
]

_INSTANT: Final = timedelta(seconds=1)
_MOST_DATES: Final = 32
"""A text that names more dates than this asks for none of them; the first ones are enough."""

_ANCHOR_WORDS: Final = 8
"""So many words may name the event that a time is counted from."""

_SOUTHERN: Final = (
    "Australia/",
    "Antarctica/",
    "Pacific/Auckland",
    "Africa/Johannesburg",
    "America/Argentina",
    "America/Buenos_Aires",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Montevideo",
    "America/Asuncion",
)
"""Zones in which it is winter in July."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that a text names: from `start` to `end` in UTC, both of it.

    `width` is how long a time the phrase means, `confidence` (0-1) how sure it is; text[begin:stop] tells it. A phrase
    that can be read in two ways gives a span for each, the better one first. `yearly`: the same days of any year,
    where the phrase names no year; `start` and `end` are the latest ones then. `around`: its middle is meant more than
    its edges.
    """

    start: datetime
    end: datetime
    width: Width
    confidence: float
    begin: int
    stop: int
    yearly: Yearly | None = None
    around: bool = False


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units (negative: before) from an event that text[event_begin:event_stop] names.

    text[begin:stop] is the phrase without the event.
    """

    low: float
    high: float
    unit: Unit
    begin: int
    stop: int
    event_begin: int
    event_stop: int

    def anchored(self, start: datetime, end: datetime, local: tzinfo | None) -> Span | None:
        """The time that is meant if the event lasted from `start` to `end`; None beyond the calendar."""
        moment = (start if self.high < 0 else end).astimezone(local).replace(tzinfo=None)
        try:
            found = around(moment, self.low, self.high, self.unit)
        except (ValueError, OverflowError):
            return None
        bounds = in_utc(found, local)
        width = next(each for each in Width if each.value >= (found.end - found.start).days)
        return None if bounds is None else Span(*bounds, width, found.confidence, self.begin, self.stop, around=True)


class Order(Enum):
    """Which of several good pages a question asks for."""

    FIRST = "first"
    LATEST = "latest"
    HOW_LONG_SINCE = "how long since"


def named_dates(
    text: str,
    now: datetime,
    local: tzinfo | None = None,
    day_first: bool | None = None,
    birthday: date | None = None,
) -> tuple[Span | Offset, ...]:
    """The times a text names, in its order, as they are meant at the moment `now`.

    Days are those of the zone `local` (None: the machine's). `day_first` says how 02/03/2026 is read (None: in both
    ways). `birthday` is what "when I was 30" counts from; without it that names no time.
    """
    words = tokens(text)
    here = now.astimezone(local).replace(tzinfo=None)
    southern = str(getattr(local, "key", "")).startswith(_SOUTHERN)
    phrases = grammar()
    said = Said(
        here,
        southern,
        day_first,
        birthday,
        text,
        words,
        phrases.languages,
        phrases.spoken(words),
        phrases.everyday(words),
    )
    found = Composer(said, phrases.is_everyday).composed(list(_items(said)))
    spans = [tuple(_spans(each, said, local)) for each in found[:_MOST_DATES]]
    told: list[Span | Offset] = []
    while spans:
        meant = _seen_from(spans[:2], text, partial(named_dates, local=local, day_first=day_first, birthday=birthday))
        told += meant or spans[0]
        del spans[: 2 if meant else 1]
    return tuple(told)


def _seen_from(
    told: Sequence[tuple[Span | Offset, ...]], text: str, read: Callable[[str, datetime], tuple[Span | Offset, ...]]
) -> list[Span]:
    """The first of two phrases as it is meant where the second is "before" or "after" a date, right behind it.

    "The Sunday before 25 May" is no Sunday of this month. Nothing where they do not belong together.
    """
    if len(told) < 2 or not all(told):
        return []
    span, side = told[0][0], told[1][0]
    if not isinstance(side, Span) or side.width is not Width.OPEN or text[span.stop : side.begin].strip():
        return []
    is_before = side.start == EARLIEST
    moment = side.end + _INSTANT if is_before else side.start - _INSTANT
    return [
        replace(each, begin=span.begin, stop=side.stop)
        for each in read(text[span.begin : span.stop], moment)
        if isinstance(each, Span) and (each.end < moment if is_before else each.start > moment)
    ]


def order_asked(text: str) -> Order | None:
    """The order among good pages that a question asks for; None if it asks for none."""
    words = tokens(text)
    asked: dict[Meaning, Order] = {
        Meaning.HOW_LONG_ASKED: Order.HOW_LONG_SINCE,
        Meaning.FIRST_ASKED: Order.FIRST,
        Meaning.LATEST_ASKED: Order.LATEST,
    }
    pieces = grammar().pieces(words, grammar().spoken(words))
    said = {asked[piece.meaning] for piece in pieces if piece.meaning in asked}
    return next((order for order in asked.values() if order in said), None)


def _items(said: Said) -> Iterator[Item]:
    """The phrases of a text, those that tell a time by themselves read."""
    figures = {at: token for at, token in enumerate(said.tokens) if token.kind in _FIGURES}
    dates = 0
    for item in _in_order(said, figures):
        dates += isinstance(item, When)
        if dates > _MOST_DATES:
            return
        yield item


_FIGURES: Final = frozenset({"ymd", "dmy", "compact", "ym", "my", "dm", "slash"})


def _in_order(said: Said, figures: dict[int, Token]) -> Iterator[Item]:
    at = 0
    pending = sorted(figures.items())
    for piece in grammar().pieces(said.tokens, said.favour):
        while at < len(pending) and pending[at][0] < piece.first:
            yield from _figure(*pending[at], said)
            at += 1
        yield from _phrase(piece, said)
    for position, token in pending[at:]:
        yield from _figure(position, token, said)


def _figure(position: int, token: Token, said: Said) -> Iterator[Item]:
    found = in_figures(token, position, said)
    if found is not None:
        yield found


def _phrase(piece: Piece, said: Said) -> Iterator[Item]:
    if piece.meaning is Meaning.NO_DATE or _is_foreign(piece, said):
        return
    found = None if piece.meaning in {Meaning.AGO, Meaning.AHEAD} else read(piece, said)
    yield piece if found is None else found


def _is_foreign(piece: Piece, said: Said) -> bool:
    """Whether a word of one language is another word in the one that the text looks like."""
    if piece.stop - piece.first > 1 and said.tokens[piece.first + 1].word != ".":
        return False
    language: Language = said.languages[piece.language]
    own, most = said.everyday[piece.language], max(said.everyday)
    if said.tokens[piece.first].word in language.shared.split("|"):
        return own < most
    is_name = piece.meaning is Meaning.NAMED and not is_ambiguous(piece, said)
    return own == 0 and most > 1 and not is_name and said.tokens[piece.first].kind == "word"


def _spans(found: When | Away, said: Said, local: tzinfo | None) -> Iterator[Span | Offset]:
    begin, stop = said.tokens[found.first].begin, said.tokens[found.stop - 1].stop
    if isinstance(found, Away):
        yield _offset(found, said, begin, stop)
        return
    told = set[tuple[datetime, datetime]]()
    for reading in found.readings:
        bounds = _in_utc(reading, local)
        if bounds is not None and bounds not in told:
            told.add(bounds)
            yield Span(*bounds, found.width, reading.confidence, begin, stop, found.yearly, reading.around)


def _in_utc(reading: Stretch, local: tzinfo | None) -> tuple[datetime, datetime] | None:
    """A reading in UTC; what has no end on one side reaches to the end of the calendar there."""
    ends = in_utc(Stretch(max(reading.start, _SAFE_FIRST), min(reading.end, _SAFE_LAST)), local)
    if ends is None:
        return None
    start = EARLIEST if reading.start < _SAFE_FIRST else ends[0]
    return start, LATEST if reading.end > _SAFE_LAST else ends[1]


_SAFE_FIRST: Final = EARLIEST.replace(year=2, tzinfo=None)
_SAFE_LAST: Final = LATEST.replace(year=9998, microsecond=0, tzinfo=None)


def _offset(found: Away, said: Said, begin: int, stop: int) -> Offset:
    """A length of time with the words beside it that name what it is counted from."""
    if found.event_follows:
        last = found.stop
        while last < min(found.stop + _ANCHOR_WORDS, len(said.tokens)) and said.tokens[last].kind != "mark":
            last += 1
        event = (said.tokens[found.stop].begin, said.tokens[last - 1].stop) if last > found.stop else (stop, stop)
    else:
        first = found.first
        while first > max(found.first - _ANCHOR_WORDS, 0) and said.tokens[first - 1].kind != "mark":
            first -= 1
        event = (said.tokens[first].begin, said.tokens[found.first - 1].stop) if first < found.first else (begin, begin)
    return Offset(found.low, found.high, found.unit, begin, stop, *event)
