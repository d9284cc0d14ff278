"""The same question as agents and people put it: without its mark, as key words, in small letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from benchmarks.common.conversations import Conversation
from memoryos.language.words import content_words

AS_ASKED: Final = "as asked"


def _without_mark(text: str) -> str:
    return text.rstrip(" ?？")


def _small(text: str) -> str:
    return _without_mark(text).lower()


def _key_words(text: str) -> str:
    """The words that say what it is about, as they are written; all of it where there are none."""
    telling = set(content_words(text))
    words = (word.strip("?？.,;:!\"'()") for word in text.split())
    return " ".join(word for word in words if telling.intersection(content_words(word))) or text


DRESSES: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        AS_ASKED: str,
        'without "?"': _without_mark,
        "key words": _key_words,
        'small letters without "?"': _small,
    }
)
"""What becomes of a question's text."""


def dressed(talk: Conversation, dress: str) -> Conversation:
    """The talk with its questions in one of `DRESSES`."""
    change = DRESSES[dress]
    questions = tuple(replace(question, text=change(question.text)) for question in talk.questions)
    return replace(talk, questions=questions)
