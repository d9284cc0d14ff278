"""Phrases about time found in a text: the tables of all languages, laid out as one tree.

From each word of a text at most as many words are read as the longest phrase has, whatever the text, so that reading is
linear in it. The tree is built at the first use and kept.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from memoryos.language.base import Language, Meaning, Unit
from memoryos.language.registry import LANGUAGES
from memoryos.language.tokens import Token, words

Count = tuple[float, float]
"""A number, or the least and the most that a vague one means."""

Value = object
_Key = TypeVar("_Key")
Slot = tuple[int, str]
"""A language's number and the name of a slot in its templates."""

COUPLE: Final[Count] = (2, 3)
FEW: Final[Count] = (2, 6)
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_SLOT: Final = re.compile(r"\{(\w+)\}(\??)")
_FIGURES: Final = {character: number for number, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "兩": 2,
}
_POWERS: Final = {"十": 10, "百": 100, "千": 1000}
_CALENDAR: Final = (
    "{year} {of}? {month} {of}? {day}",
    "{day} {to}? {day} {of}? {month} {of}? ,? {year}?",
    "{month} {day} {to}? {day} ,? {year}?",
    "{day} {of}? {month} {of}? ,? {year}?",
    "{month} {of}? {day} ,? {of}? {year}?",
    "{month} {of}? ,? {year}",
    "{year} {of}? {month}",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A phrase found: what it does, what its slots hold in order, and the words tokens[first:stop] it takes."""

    meaning: Meaning
    values: tuple[tuple[str, Value], ...]
    language: int
    first: int
    stop: int

    def value(self, slot: str) -> Value | None:
        """What the first slot of that name holds."""
        return next((value for name, value in self.values if name == slot), None)


@dataclass(slots=True)
class _Node:
    """A place within phrases: the words and slots that may follow, and what ends here.

    `by_word`: for the first word of what may follow, the words after it and the place behind them. `grown`: the place
    behind each element of a template, so that templates that begin alike are read once.
    """

    by_word: dict[str, list[tuple[tuple[str, ...], _Node]]] = field(default_factory=dict)
    by_slot: list[tuple[Slot, _Node]] = field(default_factory=list)
    grown: dict[tuple[int, str], _Node] = field(default_factory=dict)
    ends: list[tuple[Meaning, int]] = field(default_factory=list)


class Grammar:
    """The phrases of some languages."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self.languages = tuple(languages)
        self._root = _Node()
        self._vocabularies: dict[Slot, dict[str, list[tuple[tuple[str, ...], Value]]]] = {}
        for number, language in enumerate(languages):
            for slot, entries in _vocabulary(language).items():
                self._vocabularies[number, slot] = _by_first_word(entries)
            for meaning, template in _templates(language):
                self._plant(number, meaning, template)
        self._slots_by_word: dict[str, list[tuple[Slot, _Node]]] = {}
        for opening in self._root.by_slot:
            for word in self._vocabularies.get(opening[0], ()):
                self._slots_by_word.setdefault(word, []).append(opening)
        self._counting = [opening for opening in self._root.by_slot if opening[0][1] in _NUMBERS]
        self._everyday = [
            frozenset(word for entry in language.function_words.split() for word in words(entry))
            for language in languages
        ]
        self._known = [self._words_of(number) for number in range(len(languages))]

    def _words_of(self, number: int) -> frozenset[str]:
        """The everyday words of a language and those that its dates are made of."""
        spelled = set(self._everyday[number])
        for _, template in _templates(self.languages[number]):
            for element in template.split():
                spelled.update(word for choice in _choices(element.removesuffix("?")) for word in choice)
        for (owner, _), forms in self._vocabularies.items():
            if owner == number:
                spelled.update(forms)
        return frozenset(spelled)

    def spoken(self, text: Sequence[Token]) -> list[int]:
        """How many of a text's first 300 words each language has."""
        heads = [token.word for token in itertools.islice(text, 300)]
        return [sum(word in known for word in heads) for known in self._known]

    def everyday(self, text: Sequence[Token]) -> list[int]:
        """How many of them are everyday words of each language."""
        heads = [token.word for token in itertools.islice(text, 300)]
        return [sum(word in known for word in heads) for known in self._everyday]

    def is_everyday(self, language: int, word: str) -> bool:
        """Whether a word is an everyday word of a language."""
        return word in self._everyday[language]

    def pieces(self, text: Sequence[Token], favour: Sequence[int]) -> Iterator[Piece]:
        """The phrases of a text, the longest from each word on; of two as long, of the language favoured more."""
        at = 0
        while at < len(text):
            piece = self._longest(text, at, favour)
            if piece is None:
                at += 1
            else:
                yield piece
                at = piece.stop

    def _longest(self, text: Sequence[Token], at: int, favour: Sequence[int]) -> Piece | None:
        token = text[at]
        best: Piece | None = None
        for piece in self._from(token, text, at):
            if best is None or _rank(piece, favour) > _rank(best, favour):
                best = piece
        return best

    def _from(self, token: Token, text: Sequence[Token], at: int) -> Iterator[Piece]:
        """All phrases that begin at a word."""
        yield from self._worded(self._root, text, at, at, ())
        counts = token.kind == "number" or token.word in _FIGURES or token.word in _POWERS
        slots = self._slots_by_word.get(token.word, [])
        if counts:
            slots = [each for each in slots if each[0][1] not in _NUMBERS] + self._counting
        for slot, node in slots:
            for value, stop in self._filled(slot, text, at):
                yield from self._walk(node, text, at, stop, ((slot[1], value),))

    def _walk(
        self, node: _Node, text: Sequence[Token], first: int, at: int, values: tuple[tuple[str, Value], ...]
    ) -> Iterator[Piece]:
        """The phrases that go on from a place."""
        for meaning, language in node.ends:
            yield Piece(meaning, values, language, first, at)
        if at == len(text):
            return
        yield from self._worded(node, text, first, at, values)
        for slot, following in node.by_slot:
            for value, stop in self._filled(slot, text, at):
                yield from self._walk(following, text, first, stop, (*values, (slot[1], value)))

    def _worded(
        self, node: _Node, text: Sequence[Token], first: int, at: int, values: tuple[tuple[str, Value], ...]
    ) -> Iterator[Piece]:
        """Those that go on with a word of their own."""
        for rest, following in node.by_word.get(text[at].word, ()):
            if _stands(rest, text, at + 1):
                yield from self._walk(following, text, first, at + 1 + len(rest), values)

    def _filled(self, slot: Slot, text: Sequence[Token], at: int) -> Iterator[tuple[Value, int]]:
        """What a slot may hold from a word on, and where it ends."""
        vocabulary = self._vocabularies.get(slot)
        if vocabulary is not None:
            for rest, value in vocabulary.get(text[at].word, ()):
                if _stands(rest, text, at + 1):
                    yield value, self._past_full_stop(slot[1], text, at + 1 + len(rest))
        read = _NUMBERS.get(slot[1])
        if read is not None:
            found = read(text, at)
            if found is not None:
                value, stop = found
                past = self._past_ordinal(slot, text, stop) if slot[1] == "day" else stop
                if past != stop:
                    yield value, past
                if past != stop or slot[1] != "day" or not self.languages[slot[0]].days_are_marked:
                    yield value, stop

    @staticmethod
    def _past_full_stop(slot: str, text: Sequence[Token], stop: int) -> int:
        """Past the full stop of a short month or weekday."""
        if slot not in {"month", "weekday"} or stop == len(text) or text[stop].word != ".":
            return stop
        short = len(text[stop - 1].word) <= 5 and text[stop].begin == text[stop - 1].stop and stop + 1 < len(text)
        return stop + 1 if short else stop

    def _past_ordinal(self, slot: Slot, text: Sequence[Token], stop: int) -> int:
        """Past what makes a number the number of a day: "5th", "5."."""
        if stop < len(text) and text[stop].word in self._vocabularies[slot[0], "ordinal"]:
            return stop + 1
        return stop

    def _plant(self, language: int, meaning: Meaning, template: str) -> None:
        """Lay out a template of a language."""
        places = [self._root]
        for element in template.split():
            reached = [self._behind(place, language, element.removesuffix("?")) for place in places]
            places = places + reached if element.endswith("?") else reached
        for place in places:
            if (meaning, language) not in place.ends:
                place.ends.append((meaning, language))

    def _behind(self, place: _Node, language: int, element: str) -> _Node:
        """The place behind an element of a template, made if it is not there yet."""
        known = place.grown.get((language, element))
        if known is not None:
            return known
        behind = place.grown[language, element] = _Node()
        slot = _SLOT.fullmatch(element)
        if slot is not None and slot[1] not in _SPELLED:
            place.by_slot.append(((language, slot[1]), behind))
            return behind
        if slot is not None:
            forms = self._vocabularies[language, slot[1]]
            choices: Sequence[tuple[str, ...]] = [(first, *rest) for first in forms for rest, _ in forms[first]]
        else:
            choices = _choices(element)
        for first, *rest in choices:
            place.by_word.setdefault(first, []).append((tuple(rest), behind))
        return behind


def _stands(rest: Sequence[str], text: Sequence[Token], at: int) -> bool:
    """Whether words stand in a text at a place."""
    if at + len(rest) > len(text):
        return False
    return all(text[at + place].word == word for place, word in enumerate(rest))


@functools.cache
def _choices(element: str) -> tuple[tuple[str, ...], ...]:
    """The words of each choice of an element, "this|last_week"."""
    if element.startswith("{"):
        return ()
    return tuple(words(choice.replace("_", " ")) for choice in element.split("|"))


def _rank(piece: Piece, favour: Sequence[int]) -> tuple[int, int, bool]:
    """The longest piece, then that of the language of the text; a month before so many of a unit."""
    return piece.stop, favour[piece.language], piece.meaning is not Meaning.DURATION


def _number(text: Sequence[Token], at: int) -> tuple[Count, int] | None:
    if text[at].kind == "number":
        word = text[at].word
        return ((int(word), int(word)), at + 1) if len(word) <= 4 else None
    stop = at
    while stop < len(text) and stop - at < 6 and (text[stop].word in _FIGURES or text[stop].word in _POWERS):
        stop += 1
    number = _in_figures("".join(token.word for token in text[at:stop]))
    return None if number is None else ((number, number), stop)


def _in_figures(characters: str) -> int | None:
    """A number in Chinese: "二十五", or one figure after another, "二〇二五"; None if it is none."""
    if not characters:
        return None
    if not any(character in _POWERS for character in characters):
        return int("".join(str(_FIGURES[character]) for character in characters))
    total, figure = 0, None
    for character in characters:
        if character in _POWERS:
            total += (1 if figure is None else figure) * _POWERS[character]
            figure = None
        else:
            figure = _FIGURES[character]
    return total + (figure or 0)


def _bounded(text: Sequence[Token], at: int, least: int, most: int) -> tuple[int, int] | None:
    found = _number(text, at)
    if found is None or not least <= found[0][0] <= most:
        return None
    return int(found[0][0]), found[1]


def _day(text: Sequence[Token], at: int) -> tuple[int, int] | None:
    return _bounded(text, at, 1, 31) if len(text[at].word) <= 2 else None


def _year(text: Sequence[Token], at: int) -> tuple[int, int] | None:
    return _bounded(text, at, FIRST_YEAR, LAST_YEAR)


_NUMBERS: Final = {"n": _number, "day": _day, "year": _year}
"""The slots that figures fill."""

_SPELLED: Final = frozenset({"of", "to"})
"""The slots whose words matter and not which."""


def _vocabulary(language: Language) -> Mapping[str, list[tuple[str, Value]]]:
    """The forms of each slot, and what they mean."""
    months: list[tuple[str, Value]] = [*_numbered(language.months)]
    weekdays: list[tuple[str, Value]] = [(form, number - 1) for form, number in _numbered(language.weekdays)]
    units, seasons = _forms(language.units), _forms(language.seasons)
    holidays, parts = _forms(language.holidays), _forms(language.parts)
    named = {"unit": units, "weekday": weekdays, "month": months, "season": seasons, "holiday": holidays}
    things: list[tuple[str, Value]] = [
        (form, (slot, value))
        for slot, entries in [*named.items(), ("unit", _forms(language.named_units)), ("part", parts)]
        for form, value in entries
        if value not in {Unit.MINUTE, Unit.HOUR}
    ]
    numbers: list[tuple[str, Value]] = [(form, (n, n)) for form, n in _numbered(language.numbers)]
    numbers += [(form, COUPLE) for form in _split(language.couple)] + [(form, FEW) for form in _split(language.few)]
    return named | {
        "part": parts,
        "half_year": [(form, value) for form, value in units if value is Unit.HALF_YEAR],
        "thing": things,
        "n": numbers,
        "day": _forms(language.day_words),
        "days": _forms(language.days),
        "moment": _forms(language.moments),
        "of": [(form, None) for form in _split(language.of)],
        "to": [
            (form.replace("_", " "), None)
            for template in language.phrases.get(Meaning.TO, ())
            for form in _split(template)
        ],
        "ordinal": [(form, None) for form in _split(language.ordinals)],
    }


def _templates(language: Language) -> Iterator[tuple[Meaning, str]]:
    """All phrases of a language: its own, and those that every language has."""
    for meaning, templates in language.phrases.items():
        for template in templates:
            yield meaning, template
    yield Meaning.DAY, "{days}"
    yield Meaning.MOMENT, "{moment}"
    for slot in ("weekday", "month", "season", "holiday"):
        yield Meaning.NAMED, "{" + slot + "}"
    yield Meaning.YEAR, "{year}"
    for template in _CALENDAR:
        yield Meaning.CALENDAR, template


def _split(forms: str) -> list[str]:
    return [form for form in forms.split("|") if form]


def _numbered(forms: Sequence[str]) -> list[tuple[str, int]]:
    return [(form, number) for number, entry in enumerate(forms, start=1) for form in _split(entry)]


def _forms(table: Mapping[_Key, str]) -> list[tuple[str, Value]]:
    return [(form, value) for value, entry in table.items() for form in _split(entry)]


def _by_first_word(entries: Sequence[tuple[str, Value]]) -> dict[str, list[tuple[tuple[str, ...], Value]]]:
    """The forms by their first word, longer ones first."""
    by_first: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
    for form, value in sorted(entries, key=lambda entry: -len(words(entry[0]))):
        first, *rest = words(form)
        by_first.setdefault(first, []).append((tuple(rest), value))
    return by_first


@functools.cache
def grammar() -> Grammar:
    """The phrases of all languages that are registered."""
    return Grammar(LANGUAGES)
