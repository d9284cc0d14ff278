"""The numbers that a text names, in digits or in words, as exact values to compare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from memoryos.analyst.model.clauses import stem
from memoryos.language.words import folded

_DIGITS: Final = re.compile(
    r"(?<![A-Za-z0-9_.,])(\d+(?:[.,'’ \u00a0]\d{3})+(?!\d)(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)*)"
    r"(?:(k)\b|\s?(mio|tsd|万|萬|千|億|亿))?",
    re.IGNORECASE,
)
_ANY_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPS: Final = re.compile(r"(?<=\d)[.,'’ \u00a0](?=\d{3}(?!\d))")
_SCALES: Final[Mapping[str, int]] = {
    **{"k": 1_000, "tsd": 1_000, "千": 1_000},
    **{"mio": 1_000_000, "万": 10_000, "萬": 10_000, "億": 100_000_000, "亿": 100_000_000},
}

_CJK_DIGITS: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2, "零": 0}
_CJK_TENS: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000}
_CJK_NUMBER: Final = re.compile("[〇零一二三四五六七八九两兩十百千万萬]+")
_CJK_COUNTED: Final = re.compile(
    "([〇零一二三四五六七八九两兩十百千万萬]+)(?=[个個只隻条條岁歳才年月天次匹名位本人つ回杯块塊元円公小分周週层階台件])"
)

_LISTED: Final = (
    "zero null zéro cero nol ноль",
    "",
    "two zwei deux dos due dois duas два две двое couple pair both twice twins zwillinge jumeaux gemelos paar beide",
    "three drei trois tres tre três три трое third dritte troisième tercera tercero terza triplets thrice",
    "four vier quatre cuatro quattro quatro четыре четверо fourth",
    "five fünf cinq cinco cinque пять fifth",
    "six sechs seis sei шесть sixth",
    "seven sieben sept siete sette sete семь seventh",
    "eight acht huit ocho otto oito восемь eighth",
    "nine neun neuf nueve nove девять ninth",
    "ten zehn dix diez dieci dez десять tenth",
    "eleven elf onze once undici одиннадцать",
    "twelve zwölf douze doce dodici doze двенадцать dozen dutzend",
    "thirteen dreizehn treize trece tredici treze тринадцать",
    "fourteen vierzehn quatorze catorce quattordici catorze четырнадцать",
    "fifteen fünfzehn quinze quince quindici пятнадцать",
    "sixteen sechzehn seize dieciséis sedici dezesseis шестнадцать",
    "seventeen siebzehn diecisiete diciassette dezessete семнадцать",
    "eighteen achtzehn dieciocho diciotto dezoito восемнадцать",
    "nineteen neunzehn diecinueve diciannove dezenove девятнадцать",
)
_TENS: Final = {
    20: "twenty zwanzig vingt veinte venti vinte двадцать",
    30: "thirty dreißig trente treinta trenta trinta тридцать",
    40: "forty vierzig quarante cuarenta quaranta quarenta сорок",
    50: "fifty fünfzig cinquante cincuenta cinquanta cinquenta пятьдесят",
    60: "sixty sechzig soixante sesenta sessanta sessenta шестьдесят",
    70: "seventy siebzig septante setenta settanta семьдесят",
    80: "eighty achtzig ochenta ottanta oitenta восемьдесят",
    90: "ninety neunzig nonante noventa novanta девяносто",
    100: "hundred hundert cent cien cento cem сто",
    1000: "thousand tausend mille mil тысяча тысяч",
}
_WORDS: Final[Mapping[str, int]] = {
    folded(word): value for value, words in (*enumerate(_LISTED), *_TENS.items()) for word in words.split()
}
_OTHER_MEANINGS: Final = frozenset(
    map(
        folded,
        "both pair couple paar beide third fourth fifth dritte terza tercera tercero troisième due once sei neuf"
        " sept mil mille cent null nol twins zwillinge jumeaux gemelos tre quince twice thrice dozen second".split(),
    )
)
"""Words that mean something else in another language, or are no plain count: they support a number and claim none."""

_AGE: Final = re.compile(r"\b(\w+)[ -](?:years?|jahre?|months?)[ -](?:old|alt)\b|\b\w+ ans\b", re.IGNORECASE)
_COUNTED: Final = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?|[^\W\d_]{3,})(?=\s+([^\W\d_]{2,}))")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ENUMERATION: Final = re.compile(
    r"\s*(?:,|、|，|;|&|\+|\b(?:and|und|et|y|e|и|sowie)\b|(?<=[\u3040-\u9fff])[和与跟と](?=[\u3040-\u9fff]))\s*"
)


def claimed(text: str) -> frozenset[Decimal]:
    """The numbers that a statement stands for; one, which is an article in many languages, is none."""
    text = unicodedata.normalize("NFKC", text)
    words = (word for word in map(folded, _WORD.findall(text)) if word not in _OTHER_MEANINGS)
    cjk = (value for run in _CJK_COUNTED.findall(text) if (value := _cjk(run)) != 1)
    return frozenset((*_in_digits(text), *_in_words(words), *map(Decimal, cjk)))


def named(text: str) -> frozenset[Decimal]:
    """Every number that a text may be read to name: what can support a claim."""
    text = unicodedata.normalize("NFKC", text)
    loose = (
        Decimal(run.replace(",", "."))
        for run in _ANY_DIGITS.findall(text)
        if _is_plain(run) and not _GROUPS.search(run)
    )
    runs = (run for run in _ANY_DIGITS.findall(text) if not _GROUPS.search(run))
    parts = (Decimal(part) for run in runs for part in re.split("[.,]", run))
    cjk = (Decimal(_cjk(run)) for run in _CJK_NUMBER.findall(text))
    return frozenset((*_in_digits(text), *loose, *parts, *_in_words(map(folded, _WORD.findall(text))), *cjk))


def attached(text: str) -> dict[str, frozenset[Decimal]]:
    """The numbers before each word that they count: "two children and three dogs"; ages are left out."""
    text = _AGE.sub(" ", _GROUPS.sub("", unicodedata.normalize("NFKC", text)))
    found: dict[str, frozenset[Decimal]] = {}
    for match in _COUNTED.finditer(text):
        value = claimed(match[1])
        if len(value) == 1:
            thing = stem(folded(match[2]))
            found[thing] = found.get(thing, frozenset()) | value
    return found


def counted(sentence: str) -> int:
    """How many things a sentence lists; 1 where it lists none."""
    return sum(any(map(str.isalnum, item)) for item in _ENUMERATION.split(sentence))


def digits(text: str) -> str:
    """All digits of a text in a row, as phone numbers are compared."""
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))


def _is_plain(run: str) -> bool:
    return run.count(".") + run.count(",") <= 1


def _in_digits(text: str) -> Iterator[Decimal]:
    for found in _DIGITS.finditer(text):
        run = _GROUPS.sub("", found[1])
        scale = _SCALES.get((found[2] or found[3] or "").casefold(), 1)
        if _is_plain(run):
            yield Decimal(run.replace(",", ".")) * scale
        else:
            yield from (Decimal(part) for part in re.split("[.,]", run))


def _in_words(words: Iterator[str]) -> Iterator[Decimal]:
    """Values of number words; "twenty five" is 25, and so is "fünfundzwanzig"."""
    tens = 0
    for word in words:
        value = _WORDS.get(word)
        if value is None:
            value = _german(word)
        if value is None:
            if tens:
                yield Decimal(tens)
            tens = 0
        elif 20 <= value <= 90 and value % 10 == 0:
            if tens:
                yield Decimal(tens)
            tens = value
        elif tens and value < 10:
            yield Decimal(tens + value)
            tens = 0
        else:
            yield Decimal(value)
    if tens:
        yield Decimal(tens)


def _german(word: str) -> int | None:
    ones, und, tens = word.partition("und")
    if not und or tens not in _WORDS or _WORDS[tens] not in range(20, 100):
        return None
    one = 1 if ones == "ein" else _WORDS.get(ones)
    return None if one is None or not 0 < one < 10 else _WORDS[tens] + one


def _cjk(run: str) -> int:
    """二十五 is 25, 三百 300, 二〇二五 2025."""
    if not any(character in _CJK_TENS for character in run):
        return int("".join(str(_CJK_DIGITS[character]) for character in run))
    total = part = digit = 0
    for character in run:
        if character in _CJK_DIGITS:
            digit = _CJK_DIGITS[character]
        elif (scale := _CJK_TENS[character]) >= 10_000:
            total, part, digit = (total + part + digit or 1) * scale, 0, 0
        else:
            part, digit = part + (digit or 1) * scale, 0
    return total + part + digit
