"""The words of a text as they are searched for: folded, without accents, and cut to their stems.

One function gives the words of pages and of queries alike, so that a store compares what it is given and needs no
tokenizer of its own. They are the words of SQLite's FTS5 tokenizer "porter unicode61 remove_diacritics 2 categories
'L* M* N* Co'", with which all memories so far are indexed; tests compare the two on real text and on every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from memoryos.language.words import index_text


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written (folded, without accents), and its stem, in which all forms of a word meet."""

    written: str
    stem: str


def words_with_stems(text: str) -> list[Word]:
    """The words of a text in their order, repeats kept; unspaced scripts as single characters and pairs."""
    return [Word(word, stem(word)) for word in _words(text)]


def stems(text: str) -> list[str]:
    """The stems of a text in the order of its words, repeats kept."""
    return [stem(word) for word in _words(text)]


def _words(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return index_text(text).translate(_FOLDED).split()


_ASCII_WORD: Final = re.compile("[a-z0-9]+")


def _code_points(ranges: str) -> Iterator[int]:
    for span in ranges.split():
        first, _, last = span.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


# What separates words beyond ASCII: all but letters, marks, numbers and private characters, as of Unicode 6.1. It is
# written down, and not asked of `unicodedata`, because that differs from one Python to the next, and a word has to be
# the same for all that open a memory. Of later characters each is part of a word, newer emoji among them.
_SEPARATORS: Final = frozenset(
    _code_points(
        """
        80-a9 ab-b1 b4 b6-b8 bb bf d7 f7 2c2-2c5 2d2-2df 2e5-2eb 2ed 2ef-2ff 375 37e 384-385 387 3f6 482 55a-55f 589-58a
        58f 5be 5c0 5c3 5c6 5f3-5f4 600-604 606-60f 61b 61e-61f 66a-66d 6d4 6dd-6de 6e9 6fd-6fe 700-70d 70f 7f6-7f9
        830-83e 85e 964-965 970 9f2-9f3 9fa-9fb af0-af1 b70 bf3-bfa c7f d79 df4 e3f e4f e5a-e5b f01-f17 f1a-f1f f34 f36
        f38 f3a-f3d f85 fbe-fc5 fc7-fcc fce-fda 104a-104f 109e-109f 10fb 1360-1368 1390-1399 1400 166d-166e 1680
        169b-169c 16eb-16ed 1735-1736 17d4-17d6 17d8-17db 1800-180a 180e 1940 1944-1945 19de-19ff 1a1e-1a1f 1aa0-1aa6
        1aa8-1aad 1b5a-1b6a 1b74-1b7c 1bfc-1bff 1c3b-1c3f 1c7e-1c7f 1cc0-1cc7 1cd3 1fbd 1fbf-1fc1 1fcd-1fcf 1fdd-1fdf
        1fed-1fef 1ffd-1ffe 2000-2064 206a-206f 207a-207e 208a-208e 20a0-20b9 2100-2101 2103-2106 2108-2109 2114
        2116-2118 211e-2123 2125 2127 2129 212e 213a-213b 2140-2144 214a-214d 214f 2190-23f3 2400-2426 2440-244a
        249c-24e9 2500-26ff 2701-2775 2794-2b4c 2b50-2b59 2ce5-2cea 2cf9-2cfc 2cfe-2cff 2d70 2e00-2e2e 2e30-2e3b
        2e80-2e99 2e9b-2ef3 2f00-2fd5 2ff0-2ffb 3000-3004 3008-3020 3030 3036-3037 303d-303f 309b-309c 30a0 30fb
        3190-3191 3196-319f 31c0-31e3 3200-321e 322a-3247 3250 3260-327f 328a-32b0 32c0-32fe 3300-33ff 4dc0-4dff
        a490-a4c6 a4fe-a4ff a60d-a60f a673 a67e a6f2-a6f7 a700-a716 a720-a721 a789-a78a a828-a82b a836-a839 a874-a877
        a8ce-a8cf a8f8-a8fa a92e-a92f a95f a9c1-a9cd a9de-a9df aa5c-aa5f aa77-aa79 aade-aadf aaf0-aaf1 abeb fb29
        fbb2-fbc1 fd3e-fd3f fdfc-fdfd fe10-fe19 fe30-fe52 fe54-fe66 fe68-fe6b feff ff01-ff0f ff1a-ff20 ff3b-ff40
        ff5b-ff65 ffe0-ffe6 ffe8-ffee fff9-ffff 10100-10102 10137-1013f 10179-10189 10190-1019b 101d0-101fc 1039f 103d0
        10857 1091f 1093f 10a50-10a58 10a7f 10b39-10b3f 11047-1104d 110bb-110c1 11140-11143 111c5-111c8 12470-12473
        1d000-1d0f5 1d100-1d126 1d129-1d164 1d16a-1d16c 1d173-1d17a 1d183-1d184 1d18c-1d1a9 1d1ae-1d1dd 1d200-1d241
        1d245 1d300-1d356 1d6c1 1d6db 1d6fb 1d715 1d735 1d74f 1d76f 1d789 1d7a9 1d7c3 1eef0-1eef1 1f000-1f02b
        1f030-1f093 1f0a0-1f0ae 1f0b1-1f0be 1f0c1-1f0cf 1f0d1-1f0df 1f110-1f12e 1f130-1f16b 1f170-1f19a 1f1e6-1f202
        1f210-1f23a 1f240-1f248 1f250-1f251 1f300-1f320 1f330-1f335 1f337-1f37c 1f380-1f393 1f3a0-1f3c4 1f3c6-1f3ca
        1f3e0-1f3f0 1f400-1f43e 1f440 1f442-1f4f7 1f4f9-1f4fc 1f500-1f53d 1f540-1f543 1f550-1f567 1f5fb-1f640
        1f645-1f64f 1f680-1f6c5 1f700-1f773 e0001 e0020-e007f
        """
    )
)

# Accents that are dropped wherever they stand; other marks stay.
_ACCENTS: Final = frozenset(_code_points("300-304 306-30c 30f 311 31b 323-328 32d-32e 330-331"))

# Letters that have another case since Unicode 6.1 only: they stay as they are.
_NEWER_CASES: Final = frozenset(
    _code_points(
        """
        37f 528 52a 52c 52e 13f8-13fd 1c80-1c88 1c90-1cba 1cbd-1cbf 2c2f a698 a69a a796 a798 a79a a79c a79e a7ab-a7ae
        a7b0-a7b4 a7b6 a7b8 a7ba a7bc a7be a7c0 a7c2 a7c4-a7c7 a7c9 a7d0 a7d6 a7d8 a7f5 ab70-abbf 104b0-104d3
        10570-1057a 1057c-1058a 1058c-10592 10594-10595 10c80-10cb2 118a0-118bf 16e40-16e5f 1e900-1e921
        """
    )
)


class _Folding(dict[int, str]):
    """What stands for a character in a word, " " for one that separates words; found out at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(code)
        return folded


def _folded(code: int) -> str:
    character = chr(code)
    if code < 128:
        return character.lower() if character.isalnum() else " "
    if code in _SEPARATORS:
        return " "
    if code in _ACCENTS:
        return ""
    if code in _NEWER_CASES:
        return character
    lower = next((form for form in (character.casefold(), character.lower()) if len(form) == 1), character)
    base = unicodedata.normalize("NFD", lower)[0]
    # Accents are taken off Latin letters only, and not this one's two.
    return base.lower() if base.isascii() and base.isalpha() and lower != "ǡ" else lower


_FOLDED: Final = _Folding()

_SHORTEST: Final = 3
_LONGEST: Final = 64


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a folded word by Porter's algorithm (1980), made for English: "hikes" and "hiking" give "hike".

    It works on UTF-8 bytes, those beyond ASCII being consonants. A word of less than 3 or more than 64 of them is its
    own stem. Where it would end within a character, that is replaced by U+FFFD.
    """
    if word.isascii():
        return _porter(word) if _SHORTEST <= len(word) <= _LONGEST else word
    encoded = word.encode("utf-8", "replace")
    if not _SHORTEST <= len(encoded) <= _LONGEST:
        return word
    return _porter(encoded.decode("latin-1")).encode("latin-1").decode("utf-8", "replace")


def _porter(word: str) -> str:
    word = _without_ending(_without_plural(word))
    if word.endswith("y") and "v" in _kinds(word[:-1]):
        word = word[:-1] + "i"
    for suffixes in (_STEP_2, _STEP_3):
        word = _replaced(word, suffixes)
    return _without_final_letter(_without_suffix(word))


def _kinds(part: str) -> str:
    """ "c" for each consonant and "v" for each vowel; y is a vowel behind a consonant."""
    kinds = ""
    is_consonant = False
    for letter in part:
        is_consonant = not (letter in "aeiou" or (letter == "y" and is_consonant))
        kinds += "c" if is_consonant else "v"
    return kinds


def _measure(part: str) -> int:
    """How often consonants follow vowels: Porter's m."""
    return _kinds(part).count("vc")


def _ends_short(part: str) -> bool:
    """Whether a part ends like "hop": Porter's *o."""
    return part[-1] not in "wxy" and _kinds(part).endswith("cvc")


def _without_plural(word: str) -> str:
    if word.endswith("es"):
        ends_sses = len(word) > 4 and word.endswith("sses")
        ends_ies = len(word) > 3 and word.endswith("ies")
        return word[:-2] if ends_sses or ends_ies else word[:-1]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _without_ending(word: str) -> str:
    """Without "ed" and "ing", and what they did to the word undone."""
    if len(word) > 3 and word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        if len(word) > len(ending) and word.endswith(ending):
            part = word[: -len(ending)]
            return _mended(part) if "v" in _kinds(part) else word
    return word


def _mended(part: str) -> str:
    if len(part) > 2 and part.endswith(("at", "bl", "iz")):
        return part + "e"
    if part[-1:] == part[-2:-1] and part[-1] not in "aeioulsz":
        return part[:-1]
    return part + "e" if _measure(part) == 1 and _ends_short(part) else part


def _replaced(word: str, suffixes: dict[str, str]) -> str:
    """With the first suffix that it has replaced, if a vowel and a consonant are before it."""
    for suffix, replacement in suffixes.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            part = word[: -len(suffix)]
            return part + replacement if _measure(part) else word
    return word


def _without_suffix(word: str) -> str:
    for suffix in _STEP_4:
        if word.endswith(suffix) and len(word) > len(suffix):
            part = word[: -len(suffix)]
            goes = _measure(part) > 1 and (suffix != "ion" or part[-1] in "st")
            return part if goes else word
    return word


def _without_final_letter(word: str) -> str:
    if word.endswith("e"):
        part = word[:-1]
        measure = _measure(part)
        if measure > 1 or (measure == 1 and not _ends_short(part)):
            word = part
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


# Longer suffixes before those that they end in.
_STEP_2: Final = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "izer": "ize",
    "logi": "log",
    "bli": "ble",
    "alli": "al",
    "entli": "ent",
    "eli": "e",
    "ousli": "ous",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "aliti": "al",
    "iviti": "ive",
    "biliti": "ble",
}
_STEP_3: Final = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_STEP_4: Final = tuple("al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split())
