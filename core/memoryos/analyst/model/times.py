"""The times that a statement or a page names, as days: what is checked, not what a question is searched by.

A reading is generous: it asks which days a phrase can mean, so that a date is refused only where none of them fits.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from memoryos.language.months import MONTHS
from memoryos.language.words import folded

Days = tuple[date, date]
"""The first and the last day of a stretch."""


@dataclass(frozen=True, slots=True)
class Named:
    """One expression of time: the stretches it can mean, where it stands in the folded text, whether it is a length.

    A length ("for two years", "42 years old") dates nothing by itself, but what began or ends then fits it.
    """

    can_be: tuple[Days, ...]
    start: int
    end: int
    is_length: bool = False


def named_times(text: str, said_on: date) -> tuple[Named, ...]:
    """The times that a text of that day names, each stretch of it read once."""
    rest, found = plain(text), []
    for pattern, read in _READINGS:
        for match in pattern.finditer(rest):
            stretches = tuple(_possible(read, match, said_on))
            if stretches:
                found.append(Named(stretches, match.start(), match.end(), read is _long))
        rest = pattern.sub(lambda match: "\0" * len(match[0]), rest)
    return tuple(found)


def without_times(text: str, said_on: date) -> str:
    """The folded text with blanks for the times it names; lengths of time are numbers and stay."""
    rest = plain(text)
    for time in named_times(text, said_on):
        if time.is_length:
            continue
        rest = rest[: time.start] + " " * (time.end - time.start) + rest[time.end :]
    return rest


def plain(text: str) -> str:
    """The text as times are read in it: compatibility forms made one, small letters, no accents, single spaces."""
    return " ".join(folded(unicodedata.normalize("NFKC", text)).split())


def hints_at_time(text: str) -> bool:
    """Whether a text speaks of a time in a way that is perhaps not read here."""
    return _HINT.search(plain(text)) is not None


_Read = Callable[[re.Match[str], date], Iterator[Days]]

_DAY: Final = timedelta(days=1)


def _possible(read: _Read, match: re.Match[str], said_on: date) -> Iterator[Days]:
    try:
        yield from read(match, said_on)
    except (ValueError, OverflowError):
        return


def _month_days(year: int, month: int, first: int = 1, last: int = 31) -> Days:
    end = calendar.monthrange(year, month)[1]
    return date(year, month, min(first, end)), date(year, month, min(last, end))


def _near_years(year: str | None, said_on: date) -> Sequence[int]:
    return (int(year),) if year else (said_on.year - 1, said_on.year, said_on.year + 1)


_MORE_MONTHS: Final = {
    "января феврале марта апреля мая июня июля августа сентября октября ноября декабря": 0,
    "январе февраля марте апреле мае июне июле августе сентябре октябре ноябре декабре": 0,
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь": 0,
}
_MONTHS: Final = {folded(name): number for name, number in MONTHS.items()} | {
    folded(name): number for names in _MORE_MONTHS for number, name in enumerate(names.split(), start=1)
}
_MONTH: Final = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_NTH: Final = r"(\d{1,2})(?:st|nd|rd|th|er|\.|º|-го)?"
_OF: Final = r"\s*(?:of\s+|de\s+|di\s+|del\s+)?"
_YEAR: Final = r"(?:,?\s*(?:of\s+|de\s+|del\s+|в\s+)?((?:19|20)\d\d)\b)?"

_WEEKDAYS: Final = {
    folded(word): day
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miercoles jueves viernes sabado domingo",
        "lunedi martedi mercoledi giovedi venerdi sabato domenica",
        "segunda terca quarta quinta sexta",
        "понедельник вторник среду четверг пятницу субботу воскресенье",
        "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
        "周一 周二 周三 周四 周五 周六 周日",
        "星期一 星期二 星期三 星期四 星期五 星期六 星期天",
        "礼拜一 礼拜二 礼拜三 礼拜四 礼拜五 礼拜六 礼拜天",
    )
    for day, word in enumerate(words.split())
}
_WEEKDAY: Final = rf"({'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})"

_UNIT_DAYS: Final = {
    folded(word): days
    for days, words in {
        1: "day days tag tage tagen jour jours dia dias giorno giorni день дня дней 天 日",
        7: "week weeks woche wochen semaine semaines semana semanas settimana settimane неделю недели недель 周 週間 週"
        " 星期 个星期 个礼拜",
        14: "fortnight fortnights",
        30: "month months monat monate monaten mois mes meses mesi mese месяц месяца месяцев 个月 ヶ月 か月 カ月",
        365: "year years jahr jahre jahren an ans annee annees ano anos anni anno год года лет 年",
        3652: "decade decades jahrzehnt jahrzehnte",
    }.items()
    for word in words.split()
}
_UNIT: Final = rf"({'|'.join(sorted(map(re.escape, _UNIT_DAYS), key=len, reverse=True))})"
_COUNTS: Final = {
    folded(word): count
    for count, words in {
        1: "a an one ein eine einem einer un une uno una um uma один одну 一",
        2: "two zwei deux dos due dois duas два две couple paar 两 二",
        3: "three drei trois tres tre три few einigen ein paar 三 几",
        4: "four vier quatre cuatro quattro quatro четыре several 四",
        5: "five funf cinq cinco cinque пять 五",
        6: "six sechs seis sei шесть 六",
        7: "seven sieben sept siete sette семь 七",
        8: "eight acht huit ocho otto oito восемь 八",
        9: "nine neun neuf nueve nove девять 九",
        10: "ten zehn dix diez dieci dez десять 十",
        12: "twelve zwolf douze doce dodici двенадцать 十二",
    }.items()
    for word in words.split()
}
_COUNT: Final = rf"(\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else _COUNTS[text]


def _around(middle: date, days: int) -> Days:
    slack = timedelta(days=max(1, round(days * 0.3)) if days > 1 else 0)
    return middle - slack, middle + slack


def _so_many(count: str, unit: str, said_on: date, *ways: int) -> Iterator[Days]:
    days = _count(count) * _UNIT_DAYS[unit]
    slack = timedelta(days=max(0 if _UNIT_DAYS[unit] == 1 else 1, round(max(_UNIT_DAYS[unit] * 0.6, days * 0.1))))
    for way in ways:
        middle = said_on + way * timedelta(days=days)
        yield (middle - slack, middle + slack) if _UNIT_DAYS[unit] > 1 else (middle, middle)


def _day(offset: int) -> _Read:
    def read(_: re.Match[str], said_on: date) -> Iterator[Days]:
        yield said_on + offset * _DAY, said_on + offset * _DAY

    return read


def _unit_at(offset: int) -> _Read:
    """This, the last or the next week, month or year: of the calendar, or so long from now."""

    def read(match: re.Match[str], said_on: date) -> Iterator[Days]:
        days = _UNIT_DAYS[next(filter(None, match.groups()))]
        monday = said_on - said_on.weekday() * _DAY
        if days == 7:
            yield monday + 7 * offset * _DAY, monday + (7 * offset + 6) * _DAY
        elif days == 30:
            months = said_on.year * 12 + said_on.month - 1 + offset
            yield _month_days(months // 12, months % 12 + 1)
        elif days == 365:
            yield date(said_on.year + offset, 1, 1), date(said_on.year + offset, 12, 31)
        else:
            yield _around(said_on + offset * days * _DAY, days)

    return read


def _weekday(first: int, last: int) -> _Read:
    """Those days of that name which lie between so many days before and after."""

    def read(match: re.Match[str], said_on: date) -> Iterator[Days]:
        wanted = _WEEKDAYS[match[1]]
        for offset in range(first, last + 1):
            day = said_on + offset * _DAY
            if day.weekday() == wanted:
                yield day, day

    return read


def _cjk_weekday(week: int) -> _Read:
    def read(match: re.Match[str], said_on: date) -> Iterator[Days]:
        monday = said_on - said_on.weekday() * _DAY
        names = {"一": 0, "月": 0, "二": 1, "火": 1, "三": 2, "水": 2, "四": 3, "木": 3, "五": 4, "金": 4}
        names |= {"六": 5, "土": 5, "日": 6, "天": 6}
        day = monday + (7 * week + names[match[1]]) * _DAY
        yield day, day

    return read


def _weekend(first: int, last: int) -> _Read:
    def read(_: re.Match[str], said_on: date) -> Iterator[Days]:
        for offset in range(first, last + 1):
            day = said_on + offset * _DAY
            if day.weekday() == 5:
                yield day - _DAY, day + _DAY

    return read


def _full(year: int, month: int, day: int) -> _Read:
    """A day, month and year by the numbers of their groups; the year may be missing."""

    def read(match: re.Match[str], said_on: date) -> Iterator[Days]:
        number = _MONTHS[match[month]] if match[month] in _MONTHS else _cjk_number(match[month])
        for of_year in _near_years(match[year] if year else None, said_on):
            if day:
                first = date(of_year, number, _cjk_number(match[day]))
                yield first, first
            else:
                yield _month_days(of_year, number)

    return read


def _numeric(match: re.Match[str], said_on: date) -> Iterator[Days]:
    """Day and month in either order."""
    first, second, year = int(match[1]), int(match[2]), match[3]
    for of_year in _near_years(f"20{year}" if year and len(year) == 2 else year, said_on):
        for month, day in ((first, second), (second, first)):
            if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(of_year, month)[1]:
                yield date(of_year, month, day), date(of_year, month, day)


def _day_of_month(match: re.Match[str], said_on: date) -> Iterator[Days]:
    """That day of any month of a year before and after."""
    day = int(next(filter(None, match.groups())))
    for months in range(said_on.year * 12 + said_on.month - 13, said_on.year * 12 + said_on.month + 12):
        year, month = divmod(months, 12)
        if 1 <= day <= calendar.monthrange(year, month + 1)[1]:
            yield date(year, month + 1, day), date(year, month + 1, day)


def _part(first: int, last: int) -> _Read:
    def read(match: re.Match[str], said_on: date) -> Iterator[Days]:
        for of_year in _near_years(match[2], said_on):
            yield _month_days(of_year, _MONTHS[match[1]], first, last)

    return read


def _cjk_part(match: re.Match[str], said_on: date) -> Iterator[Days]:
    first, last = {"初": (1, 10), "上": (1, 10), "中": (10, 20)}.get(match[3][0], (20, 31))
    for of_year in _near_years(match[1], said_on):
        yield _month_days(of_year, _cjk_number(match[2]), first, last)


def _whole_year(match: re.Match[str], _: date) -> Iterator[Days]:
    yield date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)


def _decade(match: re.Match[str], said_on: date) -> Iterator[Days]:
    year = int(match[1])
    year += 0 if year >= 1000 else 1900 if year > said_on.year % 100 else 2000
    yield date(year, 1, 1), date(year + 9, 12, 31)


def _season(month: int) -> _Read:
    def read(_: re.Match[str], said_on: date) -> Iterator[Days]:
        for year in (said_on.year - 1, said_on.year, said_on.year + 1):
            yield date(year, month, 1) - 10 * _DAY, date(year, month, 1) + 100 * _DAY

    return read


def _feast(month: int, day: int, before: int, after: int) -> _Read:
    def read(_: re.Match[str], said_on: date) -> Iterator[Days]:
        for year in (said_on.year - 1, said_on.year, said_on.year + 1):
            middle = date(year, month, day)
            yield middle - before * _DAY, middle + after * _DAY

    return read


def _some_time(before: int, after: int) -> _Read:
    def read(_: re.Match[str], said_on: date) -> Iterator[Days]:
        yield said_on - before * _DAY, said_on + after * _DAY

    return read


def _ago(match: re.Match[str], said_on: date) -> Iterator[Days]:
    return _so_many(match[1], match[2], said_on, -1)


def _ahead(match: re.Match[str], said_on: date) -> Iterator[Days]:
    return _so_many(match[1], match[2], said_on, 1)


def _long(match: re.Match[str], said_on: date) -> Iterator[Days]:
    yield from _so_many(match[1], match[2], said_on, -1, 1)
    days = _count(match[1]) * _UNIT_DAYS[match[2]]
    yield said_on - days * _DAY, said_on + days * _DAY


def _cjk_number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    digits = "〇一二三四五六七八九"
    if not ten:
        return digits.index(text)
    return 10 * (digits.index(tens) if tens else 1) + (digits.index(ones) if ones else 0)


_CJK_NUMBER: Final = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
_CJK_MONTH: Final = rf"(?:((?:19|20)\d\d)\s*[年]\s*)?{_CJK_NUMBER}\s*月"
_LAST: Final = (
    r"(?<![a-z])(?:last|past|previous|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?|pasad[oa]|scors[oa]|passad[oa]"
    r"|прошл\w+|上个?|先)"
)
_NEXT: Final = (
    r"(?<![a-z])(?:next|coming|following|nachste[nrsm]?|kommende[nrsm]?|proxim[oa]|prossim[oa]|que vem|следующ\w+"
    r"|下个?|来)"
)
_THIS: Final = r"(?<![a-z])(?:this|diese[nrsm]?|ce|cette|est[ea]|quest[oa]|эт\w+|这个?|本|今|こ(?:の|ん))"

_READINGS: Final[tuple[tuple[re.Pattern[str], _Read], ...]] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b", _full(1, 2, 3)),
        (r"\b(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)?\d\d)\b", _numeric),
        (r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])\b", _full(1, 2, 0)),
        (rf"\b{_NTH}\s*{_OF}{_MONTH}{_YEAR}", _full(3, 2, 1)),
        (rf"\b{_MONTH}\s+{_NTH}(?!\d){_YEAR}", _full(3, 1, 2)),
        (
            rf"\b(?:early|beginning(?: of)?|start(?: of)?|debut|principios|inicio|inizio|anfang"
            rf"|начале)[ -](?:of |de |d')?{_MONTH}{_YEAR}",
            _part(1, 12),
        ),
        (
            rf"\b(?:mid|middle of|mi|mediados|meta|meados|mitte|середине)[ -](?:of |de |d')?{_MONTH}{_YEAR}",
            _part(8, 22),
        ),
        (rf"\b(?:late|end|end of|fin|finales|fim|fine|ende|конце)[ -](?:of |de |d')?{_MONTH}{_YEAR}", _part(19, 31)),
        (rf"\b{_MONTH},?\s*{_OF}((?:19|20)\d\d)\b", _full(2, 1, 0)),
        (rf"{_CJK_MONTH}\s*{_CJK_NUMBER}\s*[日号]", _full(1, 2, 3)),
        (rf"{_CJK_MONTH}\s*(初|上旬|中旬|下旬|底|末)", _cjk_part),
        (_CJK_MONTH, _full(1, 2, 0)),
        (r"(?<!\d)((?:19|20)\d\d)\s*年", _whole_year),
        (r"\b(\d{1,2})/(\d{1,2})()\b", _numeric),
        (r"\bthe (\d{1,2})(?:st|nd|rd|th)\b|\b(?:am|le|el|il) (\d{1,2})\b\.?(?! (?:uhr|h\b))", _day_of_month),
        (r"(?<![\d月])(\d{1,2})[日号](?!間)", _day_of_month),
        (rf"{_LAST}(?:[ 的]|個|个)*{_WEEKDAY}(?:\s+{_LAST})?", _weekday(-14, -1)),
        (rf"\b{_WEEKDAY}\s+{_LAST}", _weekday(-14, -1)),
        (rf"\b{_WEEKDAY}\s+(?:prochaine?|qui vient)", _weekday(1, 14)),
        (rf"\b{_WEEKDAY}\s+(?:derniere?)", _weekday(-14, -1)),
        (r"(?:上|先)(?:周|星期|礼拜|週)の?([一二三四五六日天月火水木金土])曜?日?", _cjk_weekday(-1)),
        (r"(?:下|来)(?:周|星期|礼拜|週)の?([一二三四五六日天月火水木金土])曜?日?", _cjk_weekday(1)),
        (r"(?:本|这|今)(?:周|星期|礼拜|週)の?([一二三四五六日天月火水木金土])曜?日?", _cjk_weekday(0)),
        (rf"{_NEXT} ?{_WEEKDAY}", _weekday(1, 14)),
        (rf"{_THIS} ?{_WEEKDAY}", _weekday(-7, 7)),
        (
            rf"{_LAST} (?:weekend|wochenende)|(?:fin de semana|week-?end) (?:pasado|passado|dernier)|上周末|先週末",
            _weekend(-13, 0),
        ),
        (
            rf"{_NEXT} (?:weekend|wochenende)|(?:fin de semana|week-?end) (?:que viene|prochain)|下周末|来週末",
            _weekend(1, 14),
        ),
        (r"\bweek-?end|wochenende|fin de semana|fine settimana|выходны|周末|週末", _weekend(-8, 8)),
        (
            r"\bthe day before yesterday|vorgestern|avant-hier|anteayer|l'altro ieri|anteontem"
            r"|позавчера|前天|一昨日|おととい",
            _day(-2),
        ),
        (
            r"\bthe day after tomorrow|ubermorgen|apres-demain|pasado manana|dopodomani|depois de amanha"
            r"|послезавтра|后天|明後日|あさって",
            _day(2),
        ),
        (
            r"\byesterday|\blast night|\bgestern|\bhier (?:soir)?|\bayer\b|\banoche\b|\bieri\b|\bontem\b|вчера"
            r"|昨[天日晚]|きのう",
            _day(-1),
        ),
        (
            r"\btomorrow|\bmorgen\b(?! (?:fruh|mittag|abend)s)|\bdemain|\bmanana\b|\bdomani|\bamanha\b|завтра"
            r"|明[天日]|あした|あす",
            _day(1),
        ),
        (
            r"\btoday|\btonight|\bthis (?:morning|afternoon|evening)|\bheute|\baujourd'hui|\bce (?:matin|soir)"
            r"|\bhoy\b|\boggi|\bhoje\b|сегодня|今[天日晚]|きょう|今朝|just now|right now|\bgerade eben",
            _day(0),
        ),
        (r"\b(?:year|jahr|ano|anno|month|week) (?:before last)|前年|去年前", _some_time(800, 0)),
        (rf"{_LAST} ?(?:的)?{_UNIT}|\b{_UNIT} (?:derniere?|pasad[oa]|scors[oa]|passad[oa])", _unit_at(-1)),
        (rf"{_NEXT} ?{_UNIT}|\b{_UNIT} (?:prochaine?|que viene|proxim[oa]|prossim[oa]|que vem)|來{_UNIT}", _unit_at(1)),
        (rf"{_THIS} ?{_UNIT}", _unit_at(0)),
        (r"去年|昨年", lambda m, d: iter(((date(d.year - 1, 1, 1), date(d.year - 1, 12, 31)),))),
        (r"今年", lambda m, d: iter(((date(d.year, 1, 1), date(d.year, 12, 31)),))),
        (r"明年|来年", lambda m, d: iter(((date(d.year + 1, 1, 1), date(d.year + 1, 12, 31)),))),
        (rf"\b{_COUNT}\s*{_UNIT}\s*(?:ago|back|earlier|fa\b|atras|назад)", _ago),
        (rf"{_COUNT}\s*{_UNIT}\s*(?:之?前|以前|まえ)", _ago),
        (rf"\b(?:vor|il y a|hace|ha|depuis|seit|since)\s+{_COUNT}\s+{_UNIT}\b", _ago),
        (
            rf"\b(?:in|within|dans|en|fra|tra|dentro de|daqui a|через)\s+(?:about\s+|etwa\s+"
            rf"|circa\s+)?{_COUNT}\s+{_UNIT}\b",
            _ahead,
        ),
        (rf"{_COUNT}\s*{_UNIT}\s*(?:之?[后後]|以[后後]|あと)", _ahead),
        (rf"\b{_COUNT}[ -]{_UNIT}\b", _long),
        (rf"(\d{{1,3}}|[一二两三四五六七八九十]){_UNIT}(?![日月])", _long),
        (rf"(?<![a-z]){_WEEKDAY}s?(?![a-z])", _weekday(-7, 7)),
        (
            r"\bchristmas|weihnacht\w*|\bnoel\b|\bnavidad|\bnatale\b|\bnatal\b|рождеств\w*|圣诞|クリスマス",
            _feast(12, 25, 6, 7),
        ),
        (r"\bnew year\w*|silvester|neujahr|nouvel an|ano nuevo|capodanno|новый год|元旦|正月", _feast(1, 1, 3, 5)),
        (r"\beaster|\bostern|\bpaques|\bpascua|\bpasqua|пасх\w*", _feast(4, 8, 20, 20)),
        (r"春节|过年", _feast(2, 4, 16, 18)),
        (r"\bspring(?:time)?\b|fruhling|fruhjahr|printemps|primavera|весн\w+|春天?", _season(3)),
        (r"\bsummer|\bsommer|\bete\b|\bverano|\bestate\b|\bverao\b|лет(?:ом|о)\b|夏", _season(6)),
        (r"\bautumn|\bfall\b|herbst|automne|otono|autunno|outono|осень\w*|秋", _season(9)),
        (r"\bwinter|\bhiver|\binvierno|\binverno|зим\w+|冬", _season(12)),
        (rf"(?<![a-z]){_MONTH}", lambda m, d: iter([_month_days(y, _MONTHS[m[1]]) for y in _near_years(None, d)])),
        (r"\b(?:the |'|in den |les annees )?(\d0|(?:19|20)\d0)'?(?:s|er)\b", _decade),
        (r"(?<![\d.,$€£#-])((?:19[3-9]|20[0-4])\d)(?![\d%]|[.,]\d)", _whole_year),
        (
            r"\brecently|\blately|\bneulich|\bkurzlich|recemment|recientemente|недавно|最近|この間|刚刚?|\bjust\b|\bfrisch\b",
            _some_time(60, 0),
        ),
        (r"\bsoon\b|\bbald\b|bientot|\bpronto\b|\bpresto\b|скоро|马上|快要?|もうすぐ", _some_time(0, 90)),
    )
)
_HINT: Final = re.compile(
    r"\b(?:days?|weeks?|months?|years?|term|semester|season|birthday|until|since|before|after|holidays?|vacation"
    r"|wochen?|monate?n?|jahre?n?|tage?n?|seit|bis|semaines?|mois|annees?|depuis|semanas?|meses?|anos?|settiman\w"
    r"|mesi|anni|недел\w+|месяц\w*|лет|год\w*)\b|[年月周週天日]"
)
