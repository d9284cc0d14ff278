"""Facts out of what speakers say of themselves, sentence by sentence, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.first_person import ASSISTANT_VOICE, CLAUSE_END, GRAMMARS, NAMED, REACTION, WISH
from memoryos.analyst.grammar import compiled, found
from memoryos.models import Fact
from memoryos.words import cjk_share, folded, sentences, words

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
"""From this share of common words two statements say the same; "I have two dogs" and "three dogs" share 0.6."""

_LAYOUT: Final = re.compile(r"```|^\s*(?:[-*•#>|]|\d+[.)])\s", re.MULTILINE)
_QUOTE_OR_QUESTION: Final = re.compile(r"^[\"“«'*#>|•「-]|[?？]")
_APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")
_WORD: Final = re.compile(r"[^\W_]+")

# What a person has one of at a time, so that a later statement corrects an earlier one. They meet the sentence as
# written: only a capital tells "I live in Berlin" from "I live in a small house".
_ATTRIBUTES: Final = {
    name: "|".join(alternatives)
    for name, alternatives in {
        "name": (
            r"(?i:\bmy name(?:'s| is)|\bje m'appelle|\bmon nom est|\bme llamo|\bmi nombre es|\bich heiße"
            r"|\bmein name ist)",
            r"(?i:\bnama (?:saya|aku))|我叫|我的名字[是叫]|私の名前は|と申します",
        ),
        "age": (
            r"(?i:\bI(?:'m| am)(?: now| already)? \d{1,3}(?: years old| now|[.!,]|$)|\bI(?: just)? turned \d)",
            r"(?i:\bj'ai \d+ ans|\btengo \d+ años|\bich bin (?:jetzt )?\d+ jahre|\b(?:saya"
            r"|aku)(?: sekarang)? \d+ tahun)",
            r"我(?:今年|现在|已经)*\d+岁|\d+[歳才]です",
        ),
        "birthday": (
            r"(?i:\bmy birthday(?:'s| is)|\bmon anniversaire est|\bmi cumpleaños es|\bmein geburtstag ist)",
            r"(?i:\bulang tahun saya)|我的?生日是|誕生日は",
        ),
        "home": (
            r"(?i:\bI(?:'m|'ve)?(?: (?:now|currently|just|recently|have|actually))* (?:live in|living in"
            r"|moved (?:back )?to)) (?:the (?=US|UK|United|Nether|Philipp|Czech))?[A-Z]",
            r"(?i:\bj'habite|\bje vis|\bj'ai déménagé)(?: (?:maintenant|désormais))? (?:à|en|au|aux) [A-Z]",
            r"(?i:\bvivo|\bme mudé)(?: ahora)? (?:en|a) [A-Z]",
            r"(?i:\bich (?:wohne|lebe)(?: jetzt| nun| inzwischen)? in|\bich bin(?: jetzt)? nach) [A-Z]",
            r"(?i:\b(?:saya|aku)(?: sekarang)? (?:tinggal di|pindah ke)) [A-Z]",
            r"我(?:现在|目前|已经|刚)*(?:住在|搬到|搬去)|に住んで|に引っ越し",
        ),
        "occupation": (
            r"(?i:\bI(?:'m| am)?(?: now| currently)? work(?:ing)? as an? |\bmy job is )",
            r"(?i:\bje travaille(?: maintenant)? comme|\btrabajo(?: ahora)? (?:como|de) |\bich arbeite(?: jetzt)? als)",
            r"(?i:\b(?:saya|aku)(?: sekarang)? bekerja sebagai)|我的?(?:工作|职业)是|として働いて",
        ),
        "employer": (r"(?i:\bI(?: now| currently)? work (?:at|for)|\bje travaille chez|\bich arbeite bei) [A-Z]",),
        "marital status": (
            r"(?i:\bI(?:'m| am)(?: now| currently| happily| already)* (?:single|married|divorced|engaged|widowed))",
            r"(?i:\bI(?: just)? got (?:married|divorced|engaged))",
            r"(?i:\bje suis(?: maintenant)? (?:marié|célibataire|divorcé|fiancé)|\bestoy (?:casad|divorciad|solter))",
            r"(?i:\bich bin(?: jetzt)? (?:verheiratet|geschieden|ledig|single))|我(?:已经|现在)*(?:结婚|已婚|离婚"
            r"|单身)",
        ),
        "address": (r"(?i:\bmy (?:home )?address is)",),
        "email": (r"(?i:\bmy e-?mail(?: address)? is)",),
        "phone": (r"(?i:\bmy (?:phone|mobile|cell)(?: number)? is)",),
        "favourite": (
            r"(?i:\bmy favou?rite ([\w -]{2,30}?) (?:is|are)\b)",
            r"(?i:\b(?:mon|ma|mes) (\w+) préférée?s? (?:est|sont)\b|\bmi (\w+) favorit[oa] es\b"
            r"|\bmein lieblings(\w+) ist\b)",
            r"我最(?:喜欢|爱)的(\w{1,6}?)是",
        ),
    }.items()
}


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement with what comparing it needs; `pages` are positions in the batch, none for a known fact."""

    owner: Owner
    text: str
    at: datetime
    words: tuple[str, ...]
    attributes: frozenset[str]
    pages: tuple[int, ...] = ()
    id: str | None = None


def facts(known: Sequence[Knowledge], pages: Sequence[Page]) -> tuple[Fact, ...]:
    """New facts in order of talk, each a sentence as it was said, none that `known` or another says already.

    Where a sentence gives a new value for what a person has one of, the newest stays and names the known fact it
    replaces. A known fact of a later date is never replaced.
    """
    told = [_said(old.owner, old.text, old.happened_at, id=old.id) for old in known]
    return tuple(
        Fact(said.owner, said.text, said.pages, _replaced(said, told))
        for said in _newest(_statements(pages))
        if not any(_same(said, old) or (old.at > said.at and _corrects(said, old)) for old in told)
    )


def user_statements(text: str) -> tuple[str, ...]:
    """What the user says of themself and of how they want to be answered, sentence by sentence, verbatim."""
    if len(text) > MAX_USER_CHARS or "```" in text:
        return ()
    return tuple(s for s in sentences(text) if _is_statement(s) or (_has_fit_length(s) and found(WISH, _plain(s))))


def agent_statements(text: str) -> tuple[str, ...]:
    """What the other speaker says of themself, verbatim; nothing where an assistant in service speaks."""
    if len(text) > MAX_AGENT_CHARS or _LAYOUT.search(text) or found(ASSISTANT_VOICE, _plain(text)):
        return ()
    return tuple(filter(_is_statement, sentences(text)))


def _is_statement(sentence: str) -> bool:
    if not _has_fit_length(sentence) or _QUOTE_OR_QUESTION.search(sentence):
        return False
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
    attributes = frozenset(
        " ".join((name, *(folded(value) for value in match.groups() if value)))
        for name, pattern in _ATTRIBUTES.items()
        if (match := compiled(pattern).search(straight))
    )
    return _Said(owner, text, at, words(text), attributes, pages, id)


def _newest(statements: Iterator[_Said]) -> list[_Said]:
    """The statements without repeats, which lend their pages, and without those a later one corrects."""
    kept: list[_Said] = []
    for said in statements:
        twin = next((i for i, other in enumerate(kept) if _same(said, other)), None)
        if twin is None:
            kept = [*(other for other in kept if not _corrects(said, other)), said]
        elif said.pages[0] not in kept[twin].pages:
            kept[twin] = replace(kept[twin], pages=kept[twin].pages + said.pages)
    return kept


def _same(said: _Said, other: _Said) -> bool:
    """Whether `other` says all that `said` says."""
    if said.owner != other.owner:
        return False
    if f" {' '.join(said.words)} " in f" {' '.join(other.words)} ":
        return True
    if said.attributes & other.attributes:
        return False
    mine, theirs = frozenset(said.words), frozenset(other.words)
    return len(mine & theirs) >= SAME_STATEMENT * len(mine | theirs)


def _corrects(said: _Said, other: _Said) -> bool:
    """Whether `said` gives a new value for all that `other` is known to tell."""
    return said.owner == other.owner and bool(other.attributes) and other.attributes <= said.attributes


def _replaced(said: _Said, told: Sequence[_Said]) -> str | None:
    outdated = [old for old in told if _corrects(said, old)]
    return max(outdated, key=lambda old: old.at).id if outdated else None
