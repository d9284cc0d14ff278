"""What a person has one of at a time, so that a later statement corrects an earlier one.

Each pattern asks for a value of the attribute's own shape, since what only mentions it must not replace what is known.
They meet the sentence as written, with straight apostrophes: only a capital tells "I live in Berlin" from "I live in a
small house".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from memoryos.analyst.grammar import compiled, found
from memoryos.months import MONTHS
from memoryos.words import folded

if TYPE_CHECKING:
    from datetime import datetime

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĘĞĪİŁŃŌŘŚŞŠŽА-ЯΑ-Ω]"
_PLACE: Final = (
    rf"(?!(?:Python|Linux|Windows|Ubuntu|Mac|Google|Rust|Java|React|Sales|Marketing|Finance|Engineering|Plan"
    rf"|Hause|Frieden|Trennung|Scheidung|Miete|\w+day)\b|[\w.+-]+ v?\d){_CAPITAL}"
)
_MAIN_JOB: Final = (
    r"(?![^,;.]*(?:volunt|bénévol|ehrenamt|freiwillig|part.time|on the side|sometimes|\bon \w+days?\b|weekend))"
    r"(?!(?:(?:an?|une?|part|team|loc[oa]|fou|folle) )*(?:team|part|member|fou|folle|loc[oa]|esclav[oa])\b)"
)
_YES: Final = r"\b(?<!no )"
"""Before a Spanish verb, where "no" stands."""
_SPOUSE: Final = r"\b(?!-| in\b| with\b| by\b| to my (?:job|work))"
_ATTRIBUTES: Final = {
    name: "|".join(alternatives)
    for name, alternatives in {
        "name": (
            r"(?i:\b(?:my name(?:'s| is)|je m'appelle|mon nom est|(?<!no )me llamo|mi nombre es|ich hei(?:ß|ss)e"
            rf"|mein name ist|nama (?:saya|aku)(?: adalah)?)) (?:{_CAPITAL}|[\u4e00-\u9fff])",
            r"(?:我叫|我的名字[是叫])(?![了着过他她它你我人上不什外车快醒救出滴朋])[一-鿿·]{2,4}(?=[，,。！!、 ]|$)",
            r"(?:我叫|我的名字[是叫]) ?[A-Z]|私の名前は[^。、]{1,12}です|と申します",
        ),
        "age": (
            r"(?i:\bI(?:(?:'m| am)(?: now| already)?|(?: just)? turned) \d{1,3}(?: years old| now|[.!,](?!\d)|$))",
            rf"(?i:\bj'ai \d+ ans\b(?! d)|{_YES}tengo \d+ años\b(?! de)"
            r"|\bich bin (?:jetzt )?\d+ jahre(?: alt|(?=[.!,]|$))|\b(?:saya|aku)(?: sekarang)? \d+ tahun(?=[.!,]|$))",
            r"我(?:今年|现在|已经)*\d+岁(?=[了，,。！!]|$)|\d+[歳才]です",
        ),
        "birthday": (
            r"(?i:\b(?:my birthday(?:'s| is)|mon anniversaire est|mi cumpleaños es|mein geburtstag ist"
            r"|ulang tahun saya)(?: (?:on|the|now|le|el|am|der|tanggal))* (?:\d(?!\d* ?(?:days|weeks|months))"
            rf"|(?:{'|'.join(MONTHS)})\.? (?:the )?\d))",
            r"我的?生日是[^，。]{0,4}[\d一二三四五六七八九十]+月|誕生日は\d+月",
        ),
        "home": (
            r"(?i:\bI(?:'m|'ve)?(?: (?:now|currently|just|recently|have|actually))* (?:live in|living in"
            rf"|moved (?:back )?to)) (?:the (?=US|UK|United|Nether|Philipp|Czech))?{_PLACE}",
            rf"(?i:\bj'habite|\bje vis|\bj'ai déménagé)(?: (?:maintenant|désormais))? (?:à|en|au|aux) {_PLACE}",
            rf"(?i:{_YES}(?:vivo|me mudé))(?: ahora)? (?:en|a) {_PLACE}",
            rf"(?i:\bich (?:wohne|lebe)(?: jetzt| nun| inzwischen)? in) {_PLACE}",
            rf"(?i:\bich bin(?: jetzt)? nach) {_PLACE}[^,.]*gezogen",
            rf"(?i:\b(?:saya|aku)(?: sekarang)? (?:tinggal di|pindah ke)) {_PLACE}",
            r"我(?:现在|目前|已经|刚)*(?:住在|搬到|搬去)(?![了这那一新家楼隔学宿父爸妈朋酒宾附城郊])|に住んでい(?:る|ます)|に引っ越しま?し",
        ),
        "occupation": (
            rf"(?i:\bI(?:'m| am)?(?: now| currently)? work(?:ing)? as an? {_MAIN_JOB}\w)",
            rf"(?i:\bje travaille(?: maintenant)? comme|{_YES}trabajo(?: ahora)? como|\bich arbeite(?: jetzt)? als"
            rf"|\b(?:saya|aku)(?: sekarang)? bekerja sebagai) {_MAIN_JOB}\w",
            r"我的?(?:工作|职业)是[^，。]{0,10}[师员生工家手者长官](?=[，,。！!]|$)|(?<!ボランティア)として働いてい(?:る|ます)",
        ),
        "employer": (
            r"(?i:\bI(?: now| currently)? work (?:at|for)|\bje travaille chez|\bich arbeite bei) "
            rf"{_MAIN_JOB}{_CAPITAL}",
        ),
        "marital status": (
            r"(?i:\bI(?:'m| am)(?: now| currently| happily| already)* (?:single|married|divorced|engaged|widowed)"
            rf"{_SPOUSE}|\bI(?: just)? got (?:married|divorced|engaged){_SPOUSE})",
            r"(?i:\bje suis(?: maintenant)? (?:mariée?|célibataire|divorcée?|fiancée?)\b"
            rf"|{_YES}estoy (?:casad|divorciad|solter)[oa]\b|\bich bin(?: jetzt)? (?:verheiratet|geschieden|ledig)\b)",
            r"我(?:已经|现在)*(?:结婚|已婚|离婚|单身)(?=[了，,。！!]|$)",
        ),
        "address": (r"(?i:\bmy (?:home )?address is:? [^,;]{0,40}\d)",),
        "email": (r"(?i:\bmy e-?mail(?: address)? is:? (?:now )?[^\s@]+@\w)",),
        "phone": (r"(?i:\bmy (?:phone|mobile|cell)(?: number)? is:? (?:now )?[+(]*(?:\d[ ()/.-]*){5})",),
        "favourite": (
            r"(?i:\bmy favou?rite (?!part|thing|one|moment|bit|scene|way)([\w -]{2,30}?) (?:is|are)\b(?! (?:also|not"
            r"|so|too|very|hard|difficult|gone|on|at|in|out|back|here|being|coming|playing|still|one of)\b))",
            r"(?i:\b(?:mon|ma|mes) (\w+) préférée?s? (?:est|sont)\b|\bmi (\w+) favorit[oa] es\b"
            r"|\bmein lieblings(\w+) ist\b)",
            r"我最(?:喜欢|爱)的(\w{1,6}?)是",
        ),
    }.items()
}
_DATED: Final = frozenset({"birthday", "address", "email", "phone"})
"""Whose values may hold what looks like a year."""
UNTOLD_BY_DENIAL: Final = ("name", "age", "birthday", "address", "email", "phone", "favourite")
"""What begins the names of those with so many possible values that "not this one" tells nothing."""
_YEAR: Final = r"(?<!since )(?<!depuis )(?<!seit )(?<!desde )(?<!sejak )(?<!\d)(?:19|20)\d\d(?!\d)"
_BACK_THEN: Final = (
    r"\b(?:when|while) (?:i|we) (?:was|were|lived)\b|\bas a (?:child|kid|teen)|\byears? ago\b|\bback (?:then|when|in)\b"
    r"|\bused to\b|quand j'étais|\bals ich\b|cuando (?:era|tenía)|\bfor (?:an?|one|two|\d+) (?:day|week|month)"
    r"|小时候|的时候|以前|曾经|当时|那时|子供の頃"
)


def attributes(text: str, at: datetime) -> dict[str, int]:
    """The attributes that a sentence of the time `at` gives a value of that holds then, and where in it."""
    return {
        " ".join((name, *(folded(value) for value in match.groups() if value))): match.start()
        for name, pattern in _ATTRIBUTES.items()
        if (match := compiled(pattern).search(text)) and (name in _DATED or not _is_past(text, at))
    }


def _is_past(text: str, at: datetime) -> bool:
    """Whether a sentence of the time `at` tells of an earlier one."""
    years = compiled(_YEAR).findall(text.casefold())
    return any(int(year) < at.year for year in years) or found(_BACK_THEN, text.casefold())
