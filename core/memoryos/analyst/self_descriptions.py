"""Facts out of what speakers say of themselves, sentence by sentence, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.first_person import ASSISTANT_VOICE, CLAUSE_END, GRAMMARS, NAMED, OTHERS_WORDS, REACTION, WISH
from memoryos.analyst.grammar import compiled, found
from memoryos.models import Fact
from memoryos.words import cjk_share, content_words, folded, particulars, sentences, words

if TYPE_CHECKING:
    from datetime import datetime

    from memoryos.models import Knowledge, Owner, Page

MAX_STATEMENT_CHARS: Final = 300
MIN_STATEMENT_WORDS: Final = 3
MIN_STATEMENT_CJK: Final = 5
MAX_USER_CHARS: Final = 2000
"""A longer text is usually pasted, and its first person is somebody else's."""
MAX_AGENT_CHARS: Final = 600
"""Longer replies are an assistant's: drafts in the user's name, stories, lists. People in talk stay below."""
SAME_STATEMENT: Final = 0.8
"""Two statements with a smaller share of common words are never the same."""

_LAYOUT: Final = re.compile(r"```|^\s*(?:[-*•#>|]|\d+[.)])\s", re.MULTILINE)
_QUOTE_OR_QUESTION: Final = re.compile(r"^[\"“«'*#>|•「-]|[?？]")
_APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")
_WORD: Final = re.compile(r"[^\W_]+")

# What a person has one of at a time, so that a later statement corrects an earlier one. Each pattern asks for a value
# of the attribute's own shape, since what only mentions it must not replace what is known. They meet the sentence as
# written: only a capital tells "I live in Berlin" from "I live in a small house".
_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĘĞĪİŁŃŌŘŚŞŠŽА-ЯΑ-Ω]"
_MONTH: Final = (
    r"(?:jan|f[eé]b|mar|mär|apr|avr|abr|may|mai|mei|jun|jui|jul|aug|août|ago|agu|sep|oct|okt|nov|de[czs]|déc|ene)"
)
_PLACE: Final = (
    rf"(?!(?:Python|Linux|Windows|Ubuntu|Mac|Google|Rust|Java|React|Sales|Marketing|Finance|Engineering|Plan"
    rf"|Hause|Frieden|Trennung|Scheidung|Miete|\w+day)\b|[\w.+-]+ v?\d){_CAPITAL}"
)
_MAIN_JOB: Final = (
    r"(?![^,;.]*(?:volunt|bénévol|ehrenamt|freiwillig|part.time|on the side|sometimes|\bon \w+days?\b|weekend))"
    r"(?!(?:(?:an?|une?|part|team|loc[oa]|fou|folle) )*(?:team|part|member|fou|folle|loc[oa]|esclav[oa])\b)"
)
_SPOUSE: Final = r"\b(?!-| in\b| with\b| by\b| to my (?:job|work))"
_ATTRIBUTES: Final = {
    name: "|".join(alternatives)
    for name, alternatives in {
        "name": (
            r"(?i:\b(?:my name(?:'s| is)|je m'appelle|mon nom est|me llamo|mi nombre es|ich heiße|mein name ist"
            rf"|nama (?:saya|aku)(?: adalah)?)) (?:{_CAPITAL}|[\u4e00-\u9fff])",
            r"(?:我叫|我的名字[是叫])(?![了着过他她它你我人上不什外车快醒救出滴朋])[一-鿿·]{2,4}(?=[，,。！!、 ]|$)",
            r"(?:我叫|我的名字[是叫]) ?[A-Z]|私の名前は[^。、]{1,12}です|と申します",
        ),
        "age": (
            r"(?i:\bI(?:(?:'m| am)(?: now| already)?|(?: just)? turned) \d{1,3}(?: years old| now|[.!,](?!\d)|$))",
            r"(?i:\bj'ai \d+ ans\b(?! d)|\btengo \d+ años\b(?! de)"
            r"|\bich bin (?:jetzt )?\d+ jahre(?: alt|(?=[.!,]|$))|\b(?:saya|aku)(?: sekarang)? \d+ tahun(?=[.!,]|$))",
            r"我(?:今年|现在|已经)*\d+岁(?=[了，,。！!]|$)|\d+[歳才]です",
        ),
        "birthday": (
            r"(?i:\b(?:my birthday(?:'s| is)|mon anniversaire est|mi cumpleaños es|mein geburtstag ist"
            r"|ulang tahun saya)(?: (?:on|the|now|le|el|am|der|tanggal))* (?:\d(?!\d* ?(?:days|weeks|months))"
            rf"|{_MONTH}\w{{0,7}}\.? (?:the )?\d))",
            r"我的?生日是[^，。]{0,4}[\d一二三四五六七八九十]+月|誕生日は\d+月",
        ),
        "home": (
            r"(?i:\bI(?:'m|'ve)?(?: (?:now|currently|just|recently|have|actually))* (?:live in|living in"
            rf"|moved (?:back )?to)) (?:the (?=US|UK|United|Nether|Philipp|Czech))?{_PLACE}",
            rf"(?i:\bj'habite|\bje vis|\bj'ai déménagé)(?: (?:maintenant|désormais))? (?:à|en|au|aux) {_PLACE}",
            rf"(?i:\bvivo|\bme mudé)(?: ahora)? (?:en|a) {_PLACE}",
            rf"(?i:\bich (?:wohne|lebe)(?: jetzt| nun| inzwischen)? in) {_PLACE}",
            rf"(?i:\bich bin(?: jetzt)? nach) {_PLACE}[^,.]*gezogen",
            rf"(?i:\b(?:saya|aku)(?: sekarang)? (?:tinggal di|pindah ke)) {_PLACE}",
            r"我(?:现在|目前|已经|刚)*(?:住在|搬到|搬去)(?![了这那一新家楼隔学宿父爸妈朋酒宾附城郊])|に住んでい[るま]|に引っ越しま?し",
        ),
        "occupation": (
            rf"(?i:\bI(?:'m| am)?(?: now| currently)? work(?:ing)? as an? {_MAIN_JOB}\w)",
            r"(?i:\bje travaille(?: maintenant)? comme|\btrabajo(?: ahora)? como|\bich arbeite(?: jetzt)? als|\b(?:saya"
            rf"|aku)(?: sekarang)? bekerja sebagai) {_MAIN_JOB}\w",
            r"我的?(?:工作|职业)是[^，。]{0,10}[师员生工家手者长官](?=[，,。！!]|$)|(?<!ボランティア)として働いてい[るま]",
        ),
        "employer": (
            r"(?i:\bI(?: now| currently)? work (?:at|for)|\bje travaille chez|\bich arbeite bei) "
            rf"{_MAIN_JOB}{_CAPITAL}",
        ),
        "marital status": (
            r"(?i:\bI(?:'m| am)(?: now| currently| happily| already)* (?:single|married|divorced|engaged|widowed)"
            rf"{_SPOUSE}|\bI(?: just)? got (?:married|divorced|engaged){_SPOUSE})",
            r"(?i:\bje suis(?: maintenant)? (?:mariée?|célibataire|divorcée?|fiancée?)\b"
            r"|\bestoy (?:casad|divorciad|solter)[oa]\b|\bich bin(?: jetzt)? (?:verheiratet|geschieden|ledig)\b)",
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
_YEAR: Final = r"(?<!since )(?<!depuis )(?<!seit )(?<!desde )(?<!sejak )(?<!\d)(?:19|20)\d\d(?!\d)"
_BACK_THEN: Final = (
    r"\b(?:when|while) (?:i|we) (?:was|were|lived)\b|\bas a (?:child|kid|teen)|\byears? ago\b|\bback (?:then|when|in)\b"
    r"|\bused to\b|quand j'étais|\bals ich\b|cuando (?:era|tenía)|\bfor (?:an?|one|two|\d+) (?:day|week|month)"
    r"|小时候|的时候|以前|曾经|当时|那时|子供の頃"
)
_OTHER_CLAUSE: Final = rf"(?i:{CLAUSE_END}| (?:and|with|et|avec|y|con|und|mit|dan|dengan|who|which|where|while) )"
_FACT_CLAUSE: Final = rf"{CLAUSE_END}| and (?=(?:they|we|he|she|it)\b)"
_ASIDES: Final = frozenset(
    "hi hello hey yes yeah well so oh ok okay btw by the way actually and also now just thanks thank you there all"
    " everyone today bonjour salut oui hola hallo ja halo 你好 您好 大家好 嗨 对 是的 はい こんにちは".split()
)
"""Words beside a statement that add nothing to it."""
_DECISIVE: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve first second third last new more less old"
    " deux trois quatre dos tres cuatro zwei drei vier dua tiga empat before after until".split()
)
"""Words that make another statement of it, though they are function words and no negations."""
_ENDING: Final = frozenset("no longer not don t anymore".split())
"""Words that alone tell "I no longer live in Berlin" from what it ends."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement with what comparing it needs; `pages` are positions in the batch, none for a known fact."""

    owner: Owner
    text: str
    at: datetime
    words: tuple[str, ...]
    attributes: frozenset[str]
    tells_more: bool
    pages: tuple[int, ...] = ()
    id: str | None = None


def facts(known: Sequence[Knowledge], pages: Sequence[Page]) -> tuple[Fact, ...]:
    """New facts in order of talk, each a sentence as it was said, none that `known` or another says already.

    Where a sentence gives a new value for what a person has one of, the newest stays and names the known fact it
    replaces. A known fact of a later date is never replaced.
    """
    told = [_said(old.owner, old.text, old.happened_at, id=old.id) for old in known]
    statements = sorted(_statements(pages), key=lambda said: (said.at, said.pages))
    return tuple(
        Fact(said.owner, said.text, said.pages, _replaced(said, told))
        for said in _newest(statements)
        if not any(_same(said, old) or (old.at > said.at and _corrects(old, said)) for old in told)
    )


def user_statements(text: str) -> tuple[str, ...]:
    """What the user says of themself and of how they want to be answered, sentence by sentence, verbatim."""
    if len(text) > MAX_USER_CHARS or "```" in text:
        return ()
    return tuple(s for s in _own_sentences(text) if found(WISH, _plain(s)) or _is_statement(s))


def agent_statements(text: str) -> tuple[str, ...]:
    """What the other speaker says of themself, verbatim; nothing where an assistant in service speaks."""
    if len(text) > MAX_AGENT_CHARS or _LAYOUT.search(text) or found(ASSISTANT_VOICE, _plain(text)):
        return ()
    return tuple(filter(_is_statement, _own_sentences(text)))


def _own_sentences(text: str) -> Iterator[str]:
    """The sentences that assert something in the speaker's own name, up to a colon that hands over to another text."""
    for sentence in sentences(text):
        plain = _plain(sentence)
        if _has_fit_length(sentence) and not (_QUOTE_OR_QUESTION.search(sentence) or found(OTHERS_WORDS, plain)):
            yield sentence
        elif sentence.endswith((":", "：")) and found(OTHERS_WORDS, f"{plain} i am"):
            return


def _is_statement(sentence: str) -> bool:
    if found(NAMED, sentence.translate(_APOSTROPHES)):
        return True
    plain = _plain(sentence)
    clauses = compiled(CLAUSE_END).split(plain)
    spoken = [grammar for grammar in GRAMMARS if grammar.speaks(plain)]
    return not found(REACTION, plain) and any(grammar.states(clause) for grammar in spoken for clause in clauses)


def _has_fit_length(sentence: str) -> bool:
    if len(sentence) > MAX_STATEMENT_CHARS:
        return False
    if cjk_share(sentence) > 0.5:
        return len(sentence) >= MIN_STATEMENT_CJK
    return len(_WORD.findall(sentence)) >= MIN_STATEMENT_WORDS


def _plain(text: str) -> str:
    return text.translate(_APOSTROPHES).casefold()


def _statements(pages: Sequence[Page]) -> Iterator[_Said]:
    for position, page in enumerate(pages):
        for text in user_statements(page.user_input):
            yield _said("user", text, page.happened_at, pages=(position,))
        for text in agent_statements(page.agent_response):
            yield _said("assistant", text, page.happened_at, pages=(position,))


def _said(owner: Owner, text: str, at: datetime, *, pages: tuple[int, ...] = (), id: str | None = None) -> _Said:
    straight = text.translate(_APOSTROPHES)
    matches = {
        " ".join((name, *(folded(value) for value in match.groups() if value))): match.start()
        for name, pattern in _ATTRIBUTES.items()
        if (match := compiled(pattern).search(straight)) and (name in _DATED or not _is_past(straight, at))
    }
    tells_more = _tells_more(straight, matches)
    return _Said(owner, text, at, words(text), frozenset(matches), tells_more, pages, id)


def _is_past(text: str, at: datetime) -> bool:
    """Whether a sentence of the time `at` tells of an earlier one, so that it neither corrects nor is corrected."""
    years = compiled(_YEAR).findall(text.casefold())
    return any(int(year) < at.year for year in years) or found(_BACK_THEN, text.casefold())


def _tells_more(text: str, matches: Mapping[str, int]) -> bool:
    """Whether a clause beside those of the attributes may say something; a place after a comma belongs to the home."""
    begin = 0
    ends = [(end.start(), end.end()) for end in compiled(_OTHER_CLAUSE).finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        if not any(begin <= at < max(stop, begin + 1) for at in matches.values()) and any(
            not (word.lower() in _ASIDES or word.isdigit() or ("home" in matches and word[0].isupper()))
            for word in _WORD.findall(text[begin:stop])
        ):
            return True
        begin = following
    return False


def _newest(statements: Sequence[_Said]) -> list[_Said]:
    """The statements without repeats, which lend their pages, and without those a later one corrects."""
    kept: list[_Said] = []
    for said in statements:
        twin = next((i for i, other in enumerate(kept) if _same(said, other)), None)
        if twin is None:
            kept = [*(other for other in kept if not _corrects(said, other)), said]
        elif said.pages[0] not in kept[twin].pages:
            kept[twin] = replace(kept[twin], pages=tuple(sorted(kept[twin].pages + said.pages)))
    return kept


def _same(said: _Said, other: _Said) -> bool:
    """Whether `other` says all that `said` says: in so many clauses, or in other function words."""
    if said.owner != other.owner:
        return False
    if said.words == other.words:
        return True
    if said.attributes & other.attributes:
        return False
    if any(said.words == words(clause) for clause in compiled(_FACT_CLAUSE).split(_plain(other.text))):
        return True
    mine, theirs = frozenset(said.words), frozenset(other.words)
    if len(mine & theirs) < SAME_STATEMENT * len(mine | theirs):
        return False
    return not any(_decides(word, said, other) for word in (mine ^ theirs) - _ASIDES)


def _decides(word: str, said: _Said, other: _Said) -> bool:
    """Whether a word that only one of two has makes them two: a number, a negation, a name, any content."""
    if word in _DECISIVE or not word.isascii() or particulars(word):
        return True
    texts = said.text, other.text
    return any(word in content_words(text) or folded(word).capitalize() in _WORD.findall(text) for text in texts)


def _corrects(said: _Said, other: _Said) -> bool:
    """Whether `said` gives a new value for all that `other` tells, or says that just this is not so."""
    if said.owner != other.owner:
        return False
    mine, theirs = ([word for word in each.words if word not in _ENDING] for each in (said, other))
    denies = mine == theirs and said.words != other.words
    return denies or (bool(other.attributes) and other.attributes <= said.attributes and not other.tells_more)


def _replaced(said: _Said, told: Sequence[_Said]) -> str | None:
    outdated = [old for old in told if _corrects(said, old)]
    return max(outdated, key=lambda old: old.at).id if outdated else None
