"""What pages say about the course of a talk: where one begins, and what its speakers call each other.

Cheap enough to be read off every page when it is added; retrieval weighs by it. What each contributes to recall is in
the ablation of `benchmarks/recall.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

TALK_GAP: Final = timedelta(hours=1)
"""A pause this long ends a talk."""

TALK_PAGES: Final = 50
"""A talk without a pause is cut after so many pages."""

_GREETINGS: Final = frozenset(
    """hi hello hey hiya howdy bonjour bonsoir salut coucou allô allo hallo moin hej hei hoi hé hallå ciao salve
    buongiorno hola buenas ola olá alô oi halo hai helo selamat merhaba salam привет здравствуйте""".split()
)
_GREETING_BEGINNINGS: Final = (
    *("good morning", "good evening", "good afternoon", "good day", "guten tag", "guten morgen", "guten abend"),
    *("buenos días", "buenos dias", "bom dia", "boa tarde", "boa noite"),
    *("你好", "您好", "大家好", "嗨", "嘿", "哈喽", "早上好", "晚上好", "下午好", "早安", "晚安"),
    *("こんにちは", "こんばんは", "おはよう", "안녕"),
)
_HOW_ARE_YOU: Final = re.compile(
    r"\W*(?:how are you|how's it going|what's up|comment (?:ça va|allez|vas)|ça va|apa kabar|bagaimana kabar|最近好吗"
    r"|今天过得好吗|你今天怎么样|wie geht|cómo est|como est|come stai)"
)
_GREETING_CHARACTERS: Final = 60
_FIRST_WORD: Final = re.compile(r"\W*(\w+)")


def greets(text: str) -> bool:
    """Whether a text begins with a greeting."""
    beginning = text.strip()[:_GREETING_CHARACTERS].casefold()
    word = _FIRST_WORD.match(beginning)
    return (
        beginning.startswith(_GREETING_BEGINNINGS)
        or (word is not None and word[1] in _GREETINGS)
        or _HOW_ARE_YOU.match(beginning) is not None
    )


@dataclass(frozen=True, slots=True)
class PageBefore:
    """What decides whether the next page still belongs to its talk: when it was, and how long the talk is."""

    happened_at: datetime
    greets: bool
    talk_pages: int


def begins_talk(happened_at: datetime, page_greets: bool, before: PageBefore) -> bool:
    """Whether a page begins a new talk: after a pause, or with a greeting that does not answer one."""
    return (
        abs(happened_at - before.happened_at) > TALK_GAP
        or before.talk_pages >= TALK_PAGES
        or (page_greets and not before.greets)
    )


_NAME: Final = r"([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,19})"
_BEFORE_NAME: Final = (
    "Hey|Hi|Hello|Thanks|Thank you|Wow|Yeah|Yep|Yes|No|Sure|Congrats|Bye|Cool|Awesome|Totally|Oh|Nice|Great|Okay|Ok"
    "|Sorry|Dear|Bonjour|Salut|Merci|Hola|Gracias|Hallo|Danke|Ciao|Grazie|Olá|Obrigado|Obrigada|Halo|Hai|Terima kasih"
)


def _one_of(words: str) -> str:
    """A pattern for one of these words as a whole, which `re` looks for by the first letters: three times as fast."""
    rests: dict[str, list[str]] = {}
    for word in words.split("|"):
        rests.setdefault(word[0], []).append(word[1:])
    ways = "|".join(f"(?<={letter})(?:{'|'.join(rest)})" for letter, rest in rests.items())
    return rf"[{''.join(rests)}](?<!\w.)(?:{ways})"


_CALLED: Final = (
    re.compile(rf"{_one_of(_BEFORE_NAME)},? {_NAME}\b(?=[,!.?]| -|$)"),
    re.compile(rf"(?<=, ){_NAME}(?=[!.?])"),
)
_NO_NAMES: Final = frozenset(
    """hi hey hello thanks thank wow yeah yep yes no sure congrats bye cool awesome totally oh nice great okay ok
    sorry dear well so and but also plus anyway actually honestly maybe finally sometimes lately recently
    currently next unfortunately first second then now today yesterday tomorrow definitely absolutely exactly
    right indeed yup haha aww phew ah um hmm man god certainly understood excellent wonderful too though please
    again there""".split()
)


@dataclass(frozen=True, slots=True)
class SpeakerNames:
    """What the agent calls the user, and the user the agent, as far as often repeated calls tell."""

    user: frozenset[str]
    agent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Calls:
    """In how many pages each side calls a name."""

    by_user: int
    by_agent: int


SPEAKER_CALLS: Final = 5
_SPEAKER_RATIO: Final = 5
_SPEAKER_SHARE: Final = 0.1
"""A name is a speaker's if the other side called it at least 5 times, 5 times more often than its own side, and 10 % as
often as the most called name."""


def speakers(names: Mapping[str, Calls]) -> SpeakerNames:
    """The names of the two speakers among all that are called at least `SPEAKER_CALLS` times by one side."""
    of_user = {
        name: calls.by_agent
        for name, calls in names.items()
        if calls.by_agent >= max(SPEAKER_CALLS, _SPEAKER_RATIO * calls.by_user)
    }
    of_agent = {
        name: calls.by_user
        for name, calls in names.items()
        if calls.by_user >= max(SPEAKER_CALLS, _SPEAKER_RATIO * calls.by_agent)
    }
    return SpeakerNames(user=_frequent(of_user), agent=_frequent(of_agent))


def _frequent(calls: Mapping[str, int]) -> frozenset[str]:
    most = max(calls.values(), default=0)
    return frozenset(name for name, count in calls.items() if count >= _SPEAKER_SHARE * most)


def names_called(text: str) -> frozenset[str]:
    """The names by which the speaker addresses the other: after a greeting or thanks, or before a closing mark."""
    names = {match[1] for pattern in _CALLED for match in pattern.finditer(text)}
    return frozenset(name for name in names if name.casefold() not in _NO_NAMES)
