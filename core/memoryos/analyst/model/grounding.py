"""Checks that a model's statements use the words and the language of the pages it read, and are statements at all."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from memoryos.errors import ModelReplyError
from memoryos.language.words import cjk_share, content_words, words
from memoryos.llm import reply_text
from memoryos.llm.prompt_data import has_tags

_STEM_CHARS: Final = 5
"""Words with the same first 5 characters count as one: "moved" and "moving", "nurse" and "nursing"."""

_SPEAKERS: Final = frozenset("user users assis utili usuar benut nutze utent pengg 用户 助手 助理".split())

_TOO_FEW_STEMS: Final = 3
"""Pages with fewer than 3 words of content ("Ok, thanks!") are too short to check a statement by."""

_OTHER_SCRIPT: Final = 0.2
_ENOUGH_WORDS: Final = 12
_USUAL_SMALL_WORDS: Final = 0.25
_OTHER_LANGUAGE: Final = 0.4
"""Of the usual share of small words (0.4-0.6 in the languages that have a list of them, next to none in others).
Two or more texts against six of English, French and Indonesian talk: told apart in 98 %, taken for foreign in 0.1 %."""

_REFUSAL: Final = re.compile(
    r"\W*(?:(?:i'm|i am|we're) (?:sorry|unable|afraid)|sorry[,.]|i (?:cannot|can't|can not|won't)\b|as an ai\b)",
    re.IGNORECASE,
)


class Grounds:
    """The pages a model read, as what its statements are measured against; `texts` is one text a page."""

    def __init__(self, texts: Sequence[str], context: str = "") -> None:
        self._stems = [stems(text) for text in texts]
        self._context = stems(context)
        self._all = "\n".join((*texts, context))
        self._all_stems = self._context.union(*self._stems)

    def share(self, statement: str, pages: Iterable[int]) -> float:
        """The share of a statement's words that these pages hold, 0-1."""
        held = self._context.union(*(self._stems[page] for page in pages))
        if len(held) < _TOO_FEW_STEMS:
            return 1.0
        said = stems(statement)
        return len(said & held) / len(said) if said else 0.0

    def best_page(self, statement: str) -> int:
        """The page that holds most of a statement's words."""
        said = stems(statement)
        return max(range(len(self._stems)), key=lambda page: len(said & self._stems[page]))

    def check_statement(self, what: str, statement: str) -> None:
        """Raise `ModelReplyError`, naming `what`, for a text that is empty, an error, a refusal or our prompt."""
        if not any(map(str.isalnum, statement)):
            raise ModelReplyError(f"{what} is empty")
        # People talk about errors and apologise, so a phrase that the pages hold too is no sign of a failed reply.
        if reply_text.is_error(statement) and not self._says(statement):
            raise ModelReplyError(f"{what} is an error message")
        if _REFUSAL.match(statement) and not self._says(statement):
            raise ModelReplyError(f"{what} is a refusal")
        if has_tags(statement):
            raise ModelReplyError(f"{what} repeats the prompt")

    def _says(self, statement: str) -> bool:
        said = stems(statement)
        return 2 * len(said & self._all_stems) >= len(said)

    def check_language(self, statements: Sequence[str]) -> None:
        """Raise `ModelReplyError` where the statements, or one of them, are in another language than the pages."""
        for told in ("\n".join(statements), *statements):
            foreign = not _same_script(told, self._all) and not self._says(told)
            if foreign or not _same_language(told, self._all):
                raise ModelReplyError("the answer is not in the language of the pages")


def stems(text: str) -> frozenset[str]:
    """The first 5 characters of each word of content in a text; of each word, where none carries content.

    Names for the two speakers ("the user") are left out: every fact begins with one.
    """
    return _begun(content_words(text)) or _begun(words(text))


def _begun(found: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM_CHARS] for word in found) - _SPEAKERS


def _same_script(told: str, source: str) -> bool:
    """Whether `source`, too, uses the script that most letters of `told` are in."""
    ours, theirs = _scripts(told), _scripts(source)
    if not ours or not theirs:
        return True
    script = max(ours, key=ours.__getitem__)
    return theirs[script] >= _OTHER_SCRIPT * theirs.total()


def _same_language(told: str, source: str) -> bool:
    """Whether `told` has as many small words of the language of `source` as a text in it usually has; true if in doubt.

    In doubt are short texts and scripts without spaces; `_same_script` tells the languages of the latter apart.
    """
    ours = _spelled(told)
    if len(ours) < _ENOUGH_WORDS or max(cjk_share(told), cjk_share(source)) > _OTHER_SCRIPT:
        return True
    # So often that the source decides whose small words are left out.
    repeated = f"{source}\n" * (1 + 4 * len(told) // max(1, len(source)))
    carrying = frozenset(content_words(f"{repeated}{told}"))
    usual = _share_of_small_words(_spelled(source), carrying)
    return usual < _USUAL_SMALL_WORDS or _share_of_small_words(ours, carrying) >= _OTHER_LANGUAGE * usual


def _share_of_small_words(text: Sequence[str], carrying: frozenset[str]) -> float:
    return sum(word not in carrying for word in text) / max(1, len(text))


def _spelled(text: str) -> tuple[str, ...]:
    return tuple(word for word in words(text) if len(word) > 1 and word.isalpha())


def _scripts(text: str) -> Counter[str]:
    """How many letters of each script a text has; kana and Han characters are told apart."""
    return Counter(_script(letter) for letter in text if letter.isalpha())


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(maxsplit=1)[0]
