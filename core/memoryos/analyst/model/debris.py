"""What makes a model's text no statement at all, whatever the pages say: empty, broken, a loop, an echo, an excuse."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import groupby
from typing import Final, Literal

from memoryos.analyst.model import prompts
from memoryos.language.words import words
from memoryos.llm import reply_text
from memoryos.llm.prompt_data import has_tags

Flaw = Literal["empty", "debris", "loop", "echo", "error text", "refusal text"]

_REFUSAL: Final = re.compile(
    r"\W*(?:(?:i'm|i am|we're) (?:sorry|unable|afraid)|sorry[,.]|i (?:cannot|can't|can not|won't)\b|as an ai\b"
    r"|(?:es )?tut mir leid|ich kann (?:das |dir |ihnen )?nicht|désolé|je (?:suis désolé|ne peux pas)"
    r"|lo siento|no puedo"
    r"|mi dispiace|desculpe|извините|抱歉|对不起|很抱歉|我无法|申し訳)",
    re.IGNORECASE,
)
_NOTHING: Final = re.compile(
    r"\W*(?:none|null|n/?a|not (?:applicable|available|specified|mentioned|provided|stated|known)"
    r"|(?:there (?:is|are) )?nothing(?: (?:to (?:note|add|remember|extract|report)|new|relevant|lasting))?"
    r"|(?:there (?:is|are|were) )?no (?:(?:new|lasting|relevant|personal|further|other|additional|specific"
    r"|known) ){0,2}"
    r"(?:facts?|information|traits?|details?|data|statements?)(?: \w+){0,6}"
    r"|unknown|undefined|keine|aucune?|ninguno"
    r"|无|なし)\W*",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    r"[{\[]\s*[\"'{]|[\"']\s*[}\]]|[\"']\s*:\s*[\"'\[{\d]|\\[nut\"]|</?[a-z][\w-]{1,20}(?:\s[^<>]{0,80})?/?>"
    r"|```|\{\{|\}\}|\$\{|%[sd]\b|<[|｜]|[|｜]>"
    r"|&(?:#\d+|[a-z]{2,8});|\b\w+_\w+\s*[:=]|\[[A-Z][A-Z_ ]*\]|<[A-Z_]+>|^\W*(?:sure|certainly|okay|of course)[,!] "
    r"|^\W*assistant\W+(?:sure|certainly|okay|here)\b|^\W*(?:user|assistant|system|human|ai|answer|output"
    r"|response|result|json|note|page \d+)\s*[:\n]|^\s*#{1,6} "
    r"|^\W*(?:the )?(?:user|assistant)(?:'s)? (?:facts?|pages?|traits?|profile|about|summary|knowledge)\s*[:=]"
    r"|^\W*(?:new |lasting |updated |known )*(?:facts?|traits?|information|details)(?: \w+){0,2} (?:about|of"
    r"|on) (?:the )?(?:user|assistant)\W*$"
    r"|\bno facts? (?:were|was|are|is|about)\b|^\W*here (?:is|are) (?:the|a|some|your)\b"
    r"|^\s*(?:facts?|about|pages?|replaces|evidence|summary|theme|dimension|level)(?: ?#?\d{1,3})?\s*[:=]"
    r"|^\s*[\[{](?![^\[\]{}]*[\]}])|^\W*[a-z]?\d{1,3}\W*$|\(\s*(?:see )?pages? \d+\s*\)",
    re.IGNORECASE,
)
_SMALL_TALK: Final = re.compile(
    r"\bsaid (?:hello|hi|thanks?|thank you|goodbye|ok|yes|no)\b\W*$|\b(?:asked|greeted|thanked"
    r"|told) the assistant(?: (?:a question|for help|something|a story))?\W*$"
    r"|\b(?:provided?s?|shared?s?|gave|gives?|mention(?:ed|s)?) (?:some |more |an? )?(?:\w+ )?"
    r"(?:information|details?|facts?) (?:about|on|of) (?:the user|their|his|her|him|them)\w*(?: \w+)?\W*$"
    r"|^\W*(?:the )?user is (?:a|an) (?:human|person|user)\W*$"
    r"|\b(?:asked|has) a question\W*$|\b(?:did|does|has|have) ?n[o']t (?:provided?|shared?|mention(?:ed)?|reveal(?:ed)?"
    r"|given?|state[ds]?|disclosed?) (?:any|enough|much|personal|specific|further|more)\b.{0,40}"
    r"\b(?:information|details?|facts?|data|themsel\w+|preferences?)\b"
    r"|\bis (?:talking|chatting|speaking|conversing|interacting) (?:with|to) (?:the"
    r"|an) (?:assistant|ai)\b|\bas an? ai\b"
    r"|\b(?:the|these|this) (?:pages?|conversation|dialogue|exchange) (?:do|does|did|is|are|contains?"
    r"|mentions?|says?|shows?)\b",
    re.IGNORECASE,
)
"""What a fact about somebody never is: that they said hello, or what the talk is about."""

_OF_THE_TASK: Final = re.compile(
    r"^\W*(?:please )?(?:extract|list|return|write|output|summari[sz]e|identify|provide|respond|reply with)\b.{0,60}"
    r"\b(?:facts?|traits?|json|these pages|the pages|the user|the dialogue)\b|\blasting (?:facts?|statements?)\b"
    r"|\bjson object\b|\bknown[ _](?:facts|traits)\b|\bprevious[ _]page\b|\b(?:on|of|in|to|from"
    r"|see) pages? \d+\b|\bpages? \d+ (?:to|and|-|–) \d+\b|\bpage number\b",
    re.IGNORECASE,
)
_SHINGLE: Final = 6
_SHORTEST_ECHO: Final = 3
_TIMES: Final = 3
_RUN: Final = re.compile(r"(.{2,24}?)\1{3,}", re.DOTALL)
"""Looked for in short texts only: a statement has 600 characters at most."""
_LONGEST: Final = 1_000


def flaw(statement: str, pages: str) -> Flaw | None:
    """What is wrong with a text as a statement; what the pages say themselves is talk and no flaw."""
    if _is_empty(statement):
        return "empty"
    if is_echo(statement, pages):
        return "echo"
    if has_tags(statement) or reply_text.has_template_tokens(statement) or _is_debris(statement, pages):
        return "debris"
    if is_repetitive(statement, pages):
        return "loop"
    if reply_text.is_error(statement) and not _says(statement, pages):
        return "error text"
    if _REFUSAL.match(statement) and not _says(statement, pages):
        return "refusal text"
    return None


def is_small_talk(statement: str) -> bool:
    """Whether a statement tells of the talk itself and not of a speaker."""
    return _SMALL_TALK.search(statement) is not None


def _is_empty(statement: str) -> bool:
    """Whether a text says nothing: no letter, "none", or a speaker's name and a verb ("The user is the user.")."""
    if not any(map(str.isalnum, statement)) or _NOTHING.fullmatch(statement):
        return True
    return statement.isascii() and _SPEAKERS_ONLY.fullmatch(statement) is not None


_SPEAKERS_ONLY: Final = re.compile(
    r"\W*(?:\b(?:the|a|an|user|users|user's|assistant|is|are|has|likes?|loves?|wants?|and|of|to|lives|works|name"
    r"|facts?|fact|string|text|value"
    r"|evidence|summary|example|placeholder|none|in|at|was)\b\W*)+",
    re.IGNORECASE,
)


def is_repetitive(text: str, pages: str) -> bool:
    """Whether a text says the same three times over, in words or without, and more often than the pages do."""
    text = text[:_LONGEST]
    if reply_text.is_loop(text) or _RUN.search(text):
        return True
    every = words(text)
    if any(len([*same]) > _TIMES for _, same in groupby(every)):
        return True
    triples = Counter(zip(every, every[1:], every[2:], strict=False))
    spoken = f" {' '.join(words(pages))} "
    return any(times >= _TIMES and spoken.count(f" {' '.join(triple)} ") < times for triple, times in triples.items())


def is_echo(text: str, pages: str) -> bool:
    """Whether a text repeats what the model was told to do, in words that the pages do not have."""
    every = words(text)
    if len(every) < _SHORTEST_ECHO:
        return False
    size = min(_SHINGLE, len(every))
    spoken = f" {' '.join(words(pages))} "
    told = (f" {' '.join(every[at : at + size])} " for at in range(len(every) - size + 1))
    return any(shingle in _instructions() and shingle not in spoken for shingle in told)


@cache
def _instructions() -> str:
    return f" {' '.join(words(prompts.INSTRUCTIONS))} "


def _is_debris(statement: str, pages: str) -> bool:
    found = [match[0] for pattern in (_MARKUP, _OF_THE_TASK) for match in pattern.finditer(statement)]
    return any(piece.strip() not in pages for piece in found)


def _says(statement: str, pages: str) -> bool:
    """Whether most of the words of a statement stand on the pages."""
    said = frozenset(words(statement))
    return 2 * len(said & frozenset(words(pages))) >= len(said)
