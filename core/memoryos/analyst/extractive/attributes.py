"""Attributes that a person has one of at a time (a home, a job), so that a later statement corrects an earlier one.

Each pattern asks for a value of the attribute's own shape, because a mere mention must not replace what is known. It is
matched against the sentence as written, with straight apostrophes: only a capital tells "I live in Berlin" from "I live
in a small house". The group `value` is compared where something ends. A match with the group `unsure` may mean another
thing ("I moved to Netflix") and replaces nothing. The group `kind` becomes part of the attribute's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from memoryos.language.grammar import compiled, found
from memoryos.language.months import MONTHS
from memoryos.language.words import folded, words

if TYPE_CHECKING:
    import re
    from datetime import datetime

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĘĞĪİŁŃŌŘŚŞŠŽА-ЯΑ-Ω]"
_NAME: Final = (
    rf"(?:St\. )?{_CAPITAL}[\w'-]*"
    rf"(?: (?:(?:of|de|del|la|las|los|le|am|an der|upon|sur|do|da) )?(?!I\b){_CAPITAL}[\w'-]*)*"
)
_NO_PLACE: Final = (
    r"(?!(?:Team|Python|Linux|Windows|Ubuntu|Mac|Google|Rust|Java|React|Sales|Marketing|Finance|Engineering|Plan"
    r"|Hause|Frieden|Trennung|Scheidung|Miete|\w+day)\b|[\w.+-]+ v?\d)"
)
_PLACE: Final = rf"{_NO_PLACE}(?P<value>{_NAME})"
_THE: Final = r"(?:the (?=US|UK|United|Nether|Philipp|Czech))?"
_SURELY_HOME: Final = (
    r"(?!.*\b(?:apps?|plans?|subscriptions?|streaming|accounts?|browsers?|editors?|providers?|services?|software|tools?"
    r"|teams?|departments?|projects?|platforms?|features?|aplikasi|langganan|akun|layanan|tim)\b)"
    r"(?= ?(?:[.,;:!)–—-]|$|(?:with|and|but|so|where|when|now|again|alone|together|recently|today|yesterday|this|last"
    r"|in|on|after|about|a (?:few|couple|year|month|week)|\d+|two|three|four|five|six|to [a-z]+|bersama|dan|tahun|bulan"
    r"|minggu|(?:for|because of|karena|untuk) (?:(?:a|an|my|the|new|his|her|our) )*(?:work|jobs?|stud(?:y|ies)|college"
    r"|university|uni|school|love|good|famil\w+|wife|husband|girlfriend|boyfriend|partner|kerja|pekerjaan|kuliah"
    r"|keluarga))\b))"
)
"""How a sentence goes on after the name of a new home. A service, tool or team has a capital, too; then the sentence
goes on with what it is for or what was used before."""
_MOVE: Final = rf"{_PLACE}(?:{_SURELY_HOME}|(?P<unsure>))"
_MAIN_JOB: Final = (
    r"(?![^,;.]*(?:volunt|bénévol|ehrenamt|freiwillig|part.time|on the side|sometimes|\bon \w+days?\b|weekend))"
    r"(?!(?:(?:an?|une?|part|team|loc[oa]|fou|folle) )*(?:team|part|member|fou|folle|loc[oa]|esclav[oa])\b)"
)
_JOB: Final = rf"{_MAIN_JOB}(?P<value>\w[\w'-]*(?: (?!(?:at|in|for|with|and|y|et|und|dan|en|bei|di)\b)\w[\w'-]*)?)"
_EMPLOYER: Final = rf"{_MAIN_JOB}(?P<value>{_NAME})"
_YES: Final = r"\b(?<!no )"
"""Before a Spanish verb, where "no" stands."""
_SPOUSE: Final = r"\b(?!-| in\b| with\b| by\b| to my (?:job|work))"
_JAPANESE_SELF: Final = (
    r"(?:^|[、。]|です[がけ]ど?)"
    r"(?:(?:私|僕|俺|わたし|ぼく|自分)[はも]|[今現]在?[はも]?|もう|最近|去年|先月|今年|昨日|実は|、)*"
)
"""Where a Japanese clause begins that names nobody else: "my mother lives in Osaka" does not tell where I live."""
_JAPANESE_NAME: Final = r"(?:[^はがもを、。]{1,10}(?:の|から))?(?P<value>[\u4e00-\u9fff々\u30a1-\u30faーA-Za-z]{2,12})"
_JAPANESE_PLACE: Final = (
    rf"{_JAPANESE_NAME}(?<![家寮町街村])(?<!都会|団地|郊外|田舎|近所|部屋)(?<!アパート)(?<!マンション)"
)
_CHINESE_ENDS: Final = r"(?=了?(?:[，,。！!、 ]|$))"
_CHINESE_NAME: Final = r"(?P<value>[\u4e00-\u9fffA-Za-z]{2,10}?)"
_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (
        r"(?i:\b(?:my name(?:'s| is)|je m'appelle|mon nom est|(?<!no )me llamo|mi nombre es|ich hei(?:ß|ss)e"
        rf"|mein name ist|nama (?:saya|aku)(?: adalah)?)) (?:{_CAPITAL}|[\u4e00-\u9fff])",
        r"(?:我叫|我的名字[是叫])(?![了着过他她它你我人上不什外车快醒救出滴朋])[一-鿿·]{2,4}(?=[，,。！!、 ]|$)",
        r"(?:我叫|我的名字[是叫]) ?[A-Z]|私の名前は[^。、]{1,12}です|と申します",
    ),
    "age": (
        r"(?i:\bI(?:(?:'m| am)(?: now| already)?|(?: just)? turned) \d{1,3}(?: years old| now|[.!,](?!\d)|$))",
        r"(?i:\bI(?: just)? turned \d{1,3} (?:today|yesterday|last|this|on|in)\b)",
        rf"(?i:\bj'ai \d+ ans\b(?! d)|{_YES}tengo \d+ años\b(?! de)"
        r"|\bich bin (?:jetzt )?\d+ jahre(?: alt|(?=[.!,]|$))|\b(?:saya|aku)(?: sekarang)? \d+ tahun(?=[.!,]|$))",
        rf"我(?:今年|现在|已经)*\d+岁(?=[了，,。！!]|$)|{_JAPANESE_SELF}\d+[歳才](?:です|になりま)",
    ),
    "birthday": (
        r"(?i:\b(?:my birthday(?:'s| is)|mon anniversaire est|mi cumpleaños es|mein geburtstag ist"
        r"|ulang tahun saya)(?: (?:on|the|now|le|el|am|der|tanggal))* (?:\d(?!\d* ?(?:days|weeks|months))"
        rf"|(?:{'|'.join(MONTHS)})\.? (?:the )?\d))",
        r"我的?生日是[^，。]{0,4}[\d一二三四五六七八九十]+月|(?:^|[、。]|私の)誕生日は\d+月",
    ),
    "home": (
        r"(?i:\bI(?:'m|'ve)?(?: (?:now|currently|just|recently|have|actually))* (?:live in|living in|based in)) "
        rf"{_THE}{_PLACE}",
        rf"(?i:\bI(?:'ve| have)(?: been living| lived) in) {_THE}{_PLACE}(?= (?:since|for)\b)",
        rf"(?i:\bI(?:'ve)?(?: (?:now|just|recently|have|actually))* moved (?:back )?to) {_THE}{_MOVE}",
        rf"(?i:\bI(?:'ve)?(?: (?:now|just|recently|have|actually))* moved from) {_NAME} to {_THE}{_PLACE}(?P<unsure>)",
        rf"(?i:\bj'habite|\bje vis)(?: (?:maintenant|désormais))? (?:à|en|au|aux) {_PLACE}",
        rf"(?i:\bj'ai déménagé) (?:de {_NAME} )?(?:à|en|au|aux) {_PLACE}",
        rf"(?i:{_YES}(?:vivo|me mudé))(?: ahora)? (?:de {_NAME} )?(?:en|a) {_PLACE}",
        rf"(?i:\bich (?:wohne|lebe)(?: jetzt| nun| inzwischen)? in) {_PLACE}",
        rf"(?i:\bich bin)(?: jetzt)?(?: (?:von|aus) {_NAME})? nach {_PLACE}[^,.]*gezogen",
        rf"(?i:\b(?:saya|aku)(?: sekarang)? tinggal di) {_PLACE}",
        rf"(?i:\b(?:saya|aku)(?: sekarang| baru saja| baru)? pindah ke) {_MOVE}",
        r"我(?:现在|目前|已经|刚)*(?:住在|(?:从[\u4e00-\u9fff]{2,8})?搬[到去])(?![了这那一新家楼隔学宿父爸妈朋酒宾附城郊])"
        rf"(?:{_CHINESE_NAME}{_CHINESE_ENDS})?",
        rf"{_JAPANESE_SELF}{_JAPANESE_PLACE}に(?:住んでい?(?:る|ます)|引っ越し(?:まし)?た)",
    ),
    "occupation": (
        rf"(?i:\bI(?:'m| am)?(?: now| currently)? work(?:ing)? as an? {_JOB})",
        rf"(?i:\bje travaille(?: maintenant)? comme|{_YES}trabajo(?: ahora)? como|\bich arbeite(?: jetzt)? als"
        rf"|\b(?:saya|aku)(?: sekarang)? bekerja sebagai) {_JOB}",
        r"我的?(?:工作|职业)是[^，。]{0,10}[师员生工家手者长官](?=[，,。！!]|$)",
        rf"{_JAPANESE_SELF}{_JAPANESE_NAME}(?<!ボランティア)として働いてい?(?:る|ます)",
    ),
    "employer": (
        rf"(?i:\bI(?:'m| am)?(?: now| currently)? work(?:ing)? (?:at|for)) {_EMPLOYER}",
        rf"(?i:\bI(?:'ve)?(?: just| recently)? started (?:working|(?:a|my) new job) (?:at|for)) {_EMPLOYER}",
        rf"(?i:\bje travaille chez|\bich arbeite bei) {_EMPLOYER}",
        rf"(?i:{_YES}trabajo(?: ahora)? (?:en|para)|\b(?:saya|aku)(?: sekarang)? bekerja di) {_EMPLOYER}(?P<unsure>)",
        rf"我(?:现在|目前)*在{_CHINESE_NAME}(?:工作|上班|任职)(?P<unsure>)",
        rf"{_JAPANESE_SELF}{_JAPANESE_NAME}(?:で働いて|に勤めて)い?(?:る|ます)(?P<unsure>)",
    ),
    "marital status": (
        r"(?i:\bI(?:'m| am)(?: now| currently| happily| already)* (?P<value>single|married|divorced|engaged|widowed)"
        rf"{_SPOUSE})",
        rf"(?i:\bI(?: just)? got (?P<value>married|divorced|engaged){_SPOUSE})",
        r"(?i:\bje suis(?: maintenant)? (?P<value>mariée?|célibataire|divorcée?|fiancée?)\b)",
        rf"(?i:{_YES}estoy (?P<value>casad|divorciad|solter)[oa]\b)",
        r"(?i:\bich bin(?: jetzt)? (?P<value>verheiratet|geschieden|ledig)\b)",
        r"我(?:已经|现在)*(?P<value>结婚|已婚|离婚|单身)(?=[了，,。！!]|$)",
        rf"{_JAPANESE_SELF}(?P<value>結婚|離婚)し(?:ています|てます|ている|ました|た)(?=[。！!、]|$)",
        rf"{_JAPANESE_SELF}(?P<value>独身)です",
    ),
    "address": (r"(?i:\bmy (?:home )?address is:? [^,;]{0,40}\d)",),
    "email": (r"(?i:\bmy e-?mail(?: address)? is:? (?:now )?[^\s@]+@\w)",),
    "phone": (r"(?i:\bmy (?:phone|mobile|cell)(?: number)? is:? (?:now )?[+(]*(?:\d[ ()/.-]*){5})",),
    "favourite": (
        r"(?i:\bmy favou?rite (?!part|thing|one|moment|bit|scene|way)(?P<kind>[\w -]{2,30}?) (?:is|are)\b(?! (?:also"
        r"|not|so|too|very|hard|difficult|gone|on|at|in|out|back|here|being|coming|playing|still|one of)\b))",
        r"(?i:\b(?:mon|ma|mes) (?P<kind>\w+) préférée?s? (?:est|sont)\b)",
        r"(?i:\bmi (?P<kind>\w+) favorit[oa] es\b)",
        r"(?i:\bmein lieblings(?P<kind>\w+) ist\b)",
        r"我最(?:喜欢|爱)的(?P<kind>\w{1,6}?)是",
    ),
}
_I_HAVE: Final = (
    r"\b(?<!when )(?<!before )(?<!after )(?<!since )(?<!until )(?<!once )(?<!if )I(?:'ve| have)?"
    r"(?: (?:just|recently|finally|already|since|also))*"
)
_LEFT_FOR_GOOD: Final = (
    r"(?= ?(?:[.!]|$|(?:for good|behind|and (?:moved|live)"
    r"|(?:last|this) (?:month|year|spring|summer|autumn|fall|winter)"
    rf"|in (?:(?:19|20)\d\d|(?i:{'|'.join(MONTHS)})))\b))"
)
"""How a sentence goes on that tells of leaving for good: people also leave a town by train or after a visit."""
_LEFT_ANYTHING: Final = (
    rf"(?i:{_I_HAVE} left) {_THE}(?P<value>{_NAME}){_LEFT_FOR_GOOD}",
    rf"(?i:\bj'ai(?: définitivement)? quitté) (?P<value>{_NAME})(?=[.!]|$)",
    rf"(?i:\b(?:dejé|me fui de|he dejado)) (?P<value>{_NAME})(?=[.!]|$)",
    rf"(?i:\bich habe) (?P<value>{_NAME}) (?i:verlassen)\b",
    rf"(?i:\b(?:saya|aku) (?:sudah )?meninggalkan) (?P<value>{_NAME})(?=[.!]|$)",
    rf"我(?:已经)?离开了?{_CHINESE_NAME}{_CHINESE_ENDS}",
)
_LEFT: Final[Mapping[str, tuple[str, ...]]] = {
    "home": (
        *_LEFT_ANYTHING,
        rf"(?i:{_I_HAVE} moved (?:away |out )?(?:from|of)) {_THE}(?P<value>{_NAME})",
        rf"(?i:{_I_HAVE} moved (?:back )?to) {_THE}{_NAME}(?:, {_NAME})? from {_THE}(?P<value>{_NAME})",
        rf"(?i:\bich bin(?: jetzt)? (?:aus|von)) (?P<value>{_NAME}) (?:weg|aus|fort)gezogen",
        rf"(?i:\b(?:saya|aku)(?: sudah)? pindah dari) (?P<value>{_NAME})",
        rf"(?i:\b(?:saya|aku)(?: sudah| baru saja| baru)? pindah ke) {_NAME} dari (?P<value>{_NAME})",
        rf"我(?:已经|刚)*从{_CHINESE_NAME}搬[到去走]",
        rf"{_JAPANESE_SELF}{_JAPANESE_NAME}(?:を(?:離れ|去り|出)|から引っ越し)(?:まし)?た",
    ),
    "employer": (
        *_LEFT_ANYTHING,
        rf"(?i:{_I_HAVE} (?:quit|resigned from|retired from)) (?P<value>{_NAME})",
        rf"(?i:{_I_HAVE} (?:quit|left) my (?:old )?job (?:at|with)) (?P<value>{_NAME})",
        rf"(?i:\bI (?:was|got) (?:fired|laid off) (?:by|from|at)) (?P<value>{_NAME})",
        rf"(?i:\bI(?:'m| am) no longer (?:at|with)) (?P<value>{_NAME})",
        rf"(?i:\bj'ai démissionné (?:de|de chez)|\brenuncié a) (?P<value>{_NAME})",
        rf"(?i:\bich habe bei) (?P<value>{_NAME}) (?:gekündigt|aufgehört)",
        rf"(?i:\b(?:saya|aku)(?: sudah)? (?:keluar|resign|berhenti(?: bekerja)?) (?:dari|di)) (?P<value>{_NAME})",
        rf"我(?:已经|刚)*从{_CHINESE_NAME}(?:辞职|离职)",
        rf"{_JAPANESE_SELF}{_JAPANESE_NAME}(?:で(?:の仕事|働くの))?を(?:もう)?(?:辞め|やめ|退職し|退社し)(?:まし)?た",
    ),
}
"""How people say that they have left their home or their employer, other than by denials."""
_DATED: Final = frozenset({"birthday", "address", "email", "phone"})
"""Attributes whose values may hold digits that look like a year."""
UNTOLD_BY_DENIAL: Final = ("name", "age", "birthday", "address", "email", "phone", "favourite")
"""The beginnings of the names of attributes with very many possible values: "not this one" tells nothing of them."""
_YEAR: Final = r"(?=[12])(?<!since )(?<!depuis )(?<!seit )(?<!desde )(?<!sejak )(?<!\d)(?:19|20)\d\d(?!\d)"
_BACK_THEN: Final = (
    r"\b(?:when|while) (?:i|we) (?:was|were|lived)\b|\bas a (?:child|kid|teen)|\byears? ago\b|\bback (?:then|when|in)\b"
    r"|\bused to\b|quand j'étais|\bals ich\b|cuando (?:era|tenía)|\bfor (?:an?|one|two|\d+) (?:day|week|month)"
    r"|小时候|的时候|以前|曾经|当时|那时|子供の頃"
)

Value = tuple[str, str]
"""An attribute's name and its value, folded; the value is "" where a sentence gives one that no pattern can cut out."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a sentence says of an attribute: position, value, and whether it is surely a value of that."""

    at: int
    value: str
    sure: bool


def attributes(text: str, at: datetime) -> dict[str, Given]:
    """The attributes that a sentence, said at `at`, gives a current value of; the name of each with what is given."""
    is_past = _is_past(text, at)
    matches = {
        name: match
        for name, patterns in _ATTRIBUTES.items()
        if (name in _DATED or not is_past) and (match := _first(patterns, text))
    }
    return {
        f"{name} {folded(kind)}" if (kind := match.groupdict().get("kind")) else name: Given(
            match.start(), _value(match), sure=match.groupdict().get("unsure") is None
        )
        for name, match in matches.items()
    }


def left(text: str, at: datetime) -> frozenset[Value]:
    """The homes and employers that the speaker left lately, by a sentence said at `at`.

    A name that may be either stands as both.
    """
    if _is_past(text, at):
        return frozenset()
    matches = ((name, _first(patterns, text)) for name, patterns in _LEFT.items())
    return frozenset((name, _value(match)) for name, match in matches if match)


def _first(patterns: tuple[str, ...], text: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := compiled(pattern).search(text))), None)


def _value(match: re.Match[str]) -> str:
    return " ".join(words(match.groupdict().get("value") or ""))


def _is_past(text: str, at: datetime) -> bool:
    """Whether a sentence, said at `at`, tells of an earlier time."""
    years = compiled(_YEAR).findall(text.casefold())
    return any(int(year) < at.year for year in years) or found(_BACK_THEN, text.casefold())
