"""What a language's patterns for self-descriptions are, and how they are applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

_APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a clause of one language states something lasting about the speaker, and what looks like it but is not.

    No sentence without the `cue` holds a statement, which spares most sentences the longer patterns.
    """

    cue: str
    statement: str
    no_statement: str

    def speaks(self, sentence: str) -> bool:
        """Whether a sentence may hold a statement in this language."""
        return found(self.cue, sentence)

    def states(self, clause: str) -> bool:
        """Whether a clause says something lasting about the speaker."""
        return found(self.statement, clause) and not found(self.no_statement, clause)


def any_of(*alternatives: str) -> str:
    """The pattern that finds what any of these does."""
    return "|".join(alternatives)


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text."""
    return compiled(pattern).search(text) is not None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled at first use: all of them at import would add 60 ms to the start of a process."""
    return re.compile(pattern)


def straightened(text: str) -> str:
    """The text with straight apostrophes, as the patterns have them."""
    return text.translate(_APOSTROPHES)


def simplified(text: str) -> str:
    """The text as most patterns meet it: casefolded, with straight apostrophes."""
    return straightened(text).casefold()
