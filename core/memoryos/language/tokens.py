"""A text as the words that phrases about time are matched with."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 1_000

_IDEOGRAPHS: Final = "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af"
_MARKS: Final = "\u0300-\u036f"
_CLOCK: Final = r"(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d))?"

_TOKEN: Final = rf"""
      (?P<ymd>(?<!\d)(?<!\d[-/.])\d{{4}}([-/.])\d{{1,2}}\2\d{{1,2}}(?!\d|[-/]\d){_CLOCK})
    | (?P<dmy>(?<!\d)(?<!\d[-/.])\d{{1,2}}([-/.])\d{{1,2}}\4(?:\d{{4}}|\d\d)(?!\d|[-/.]\d))
    | (?P<compact>(?<!\d)(?<!\d[-/.])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T\d{{4,6}}Z?)?(?!\.?\d))
    | (?P<ym>(?<!\d)(?<!\d[-/.])(?:19|20)\d\d[-/](?:0?[1-9]|1[0-2])(?!\d|[-/.:]\d))
    | (?P<my>(?<!\d)(?<!\d[-/.])(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d\d(?!\d|[-/.:]\d))
    | (?P<dm>(?<!\d)(?<!\d[-/.])\d{{1,2}}\.\s?\d{{1,2}}\.(?!\d))
    | (?P<slash>(?<!\d)(?<!\d[-/.])\d{{1,2}}/\d{{1,2}}(?!\d|[-/.:]\d))
    | (?P<number>\d+)
    | (?P<ideograph>[{_IDEOGRAPHS}])
    | (?P<word>[^\W\d_{_IDEOGRAPHS}][^\W\d_{_IDEOGRAPHS}{_MARKS}]*(?:[{_MARKS}]+[^\W\d_{_IDEOGRAPHS}{_MARKS}]*)*)
    | (?P<mark>[^\s\w'’‘`_-])
    """

_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms and the characters they stand for."""

_ALIKE: Final = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "ß": "ss"})


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Compiled at the first use: that takes 10 ms."""
    return re.compile(_TOKEN, re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word in the form that is compared, a number, a mark, or a date in figures; `kind` is its name in the pattern.

    text[begin:stop] is where it was read.
    """

    word: str
    kind: str
    begin: int
    stop: int


def tokens(text: str) -> list[Token]:
    """The words of a text in order, in one pass whatever the text.

    Of a text longer than `MOST_WORDS` those at its beginning and its end, where people ask, and a mark between them.
    """
    read = []
    for match in _pattern().finditer(text.translate(_WIDE)):
        kind = match.lastgroup or "mark"
        word = match[0]
        read.append(Token(fold(word) if kind == "word" else word, kind, match.start(), match.end()))
    if len(read) <= MOST_WORDS:
        return read
    half = MOST_WORDS // 2
    between = Token("", "mark", read[half - 1].stop, read[-half].begin)
    return [*read[:half], between, *read[-half:]]


def fold(word: str) -> str:
    """A word in small letters without accents, as forms are compared."""
    small = word.lower()
    if small.isascii():
        return small
    plain = "".join(letter for letter in unicodedata.normalize("NFD", small) if not unicodedata.combining(letter))
    return plain.translate(_ALIKE)


@functools.cache
def words(phrase: str) -> tuple[str, ...]:
    """A phrase of a table as the words it is compared by."""
    return tuple(token.word for token in tokens(phrase))
