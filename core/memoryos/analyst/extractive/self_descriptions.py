"""What speakers say of themselves: whole sentences of a text, in their own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memoryos.analyst.extractive.first_person import GRAMMARS
from memoryos.analyst.extractive.voice import (
    ASSISTANT_VOICE,
    CLAUSE_END,
    HANDS_OVER,
    NAMED,
    OTHERS_WORDS,
    REACTION,
    WISH,
)
from memoryos.language.grammar import compiled, found, simplified, straightened
from memoryos.language.words import cjk_share, sentences

MAX_STATEMENT_CHARS: Final = 300
MIN_STATEMENT_WORDS: Final = 3
MIN_STATEMENT_CJK: Final = 5
MAX_USER_CHARS: Final = 2000
"""A longer text of the user is usually pasted, and its "I" is somebody else."""
MAX_AGENT_CHARS: Final = 600
"""A longer reply is an assistant's (a draft in the user's name, a story, a list); people in talk stay below."""

_LAYOUT: Final = re.compile(r"```|^\s*(?:[-*•#>|]|\d+[.)])\s", re.MULTILINE)
_QUOTE_OR_QUESTION: Final = re.compile(r"^[\"“«'*#>|•「-]|[?？]")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in the speaker's own name, verbatim, and whether it says something lasting about them."""

    text: str
    lasting: bool


def user_sentences(text: str) -> tuple[Sentence, ...]:
    """What the user says in their own name; how they want to be answered is lasting, too."""
    if len(text) > MAX_USER_CHARS or "```" in text:
        return ()
    return tuple(Sentence(s, found(WISH, simplified(s)) or _is_statement(s)) for s in _own_sentences(text))


def agent_sentences(text: str) -> tuple[Sentence, ...]:
    """What the other speaker says in their own name; nothing where that speaker is an AI assistant."""
    if len(text) > MAX_AGENT_CHARS or _LAYOUT.search(text) or found(ASSISTANT_VOICE, simplified(text)):
        return ()
    return tuple(Sentence(s, _is_statement(s)) for s in _own_sentences(text))


def _own_sentences(text: str) -> Iterator[str]:
    """The sentences that assert something in the speaker's own name; it stops where another text is handed over."""
    for sentence in sentences(text):
        plain = simplified(sentence)
        if found(HANDS_OVER, plain) or (sentence.endswith((":", "：")) and found(OTHERS_WORDS, f"{plain} i am")):
            return
        if _has_fit_length(sentence) and not (_QUOTE_OR_QUESTION.search(sentence) or found(OTHERS_WORDS, plain)):
            yield sentence


def _is_statement(sentence: str) -> bool:
    if found(NAMED, straightened(sentence)):
        return True
    plain = simplified(sentence)
    clauses = compiled(CLAUSE_END).split(plain)
    spoken = [grammar for grammar in GRAMMARS if grammar.speaks(plain)]
    return not found(REACTION, plain) and any(grammar.states(clause) for grammar in spoken for clause in clauses)


def _has_fit_length(sentence: str) -> bool:
    if len(sentence) > MAX_STATEMENT_CHARS:
        return False
    if cjk_share(sentence) > 0.5:
        return len(sentence) >= MIN_STATEMENT_CJK
    return len(_WORD.findall(sentence)) >= MIN_STATEMENT_WORDS
