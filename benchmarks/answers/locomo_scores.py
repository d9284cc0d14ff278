"""How well an answer agrees with the right one: LoCoMo's own measure, BLEU-1, and that of MemoryOS's reference.

LoCoMo (task_eval/evaluation.py): lower case, commas and punctuation dropped, then "a", "an", "the" and "and", words
stemmed by Porter's algorithm; F1 over what is left, counted with repetitions. A multi-hop answer is a list, split at
commas: each right part counts by the best of the given parts. Only what stands before ";" in an open-domain answer
counts. BLEU-1, which LoCoMo does not have, is taken over the same words, of the whole answer.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import snowballstemmer  # type: ignore[import-untyped, unused-ignore]

if TYPE_CHECKING:
    from typing import Any

MULTI_HOP = "multi-hop"
OPEN_DOMAIN = "open-domain"
ADVERSARIAL = "adversarial"

NOT_MENTIONED = "Not mentioned in the conversation"
"""The right choice for an adversarial question."""

_DROPPED = frozenset(("a", "an", "the", "and"))
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_MARKS_AS_BLANKS = str.maketrans(".,!?", "    ")
_ABSTAINS = ("not mentioned", "no information available")
_CHOICE = re.compile(r"\W*([ab])\W*\Z")


def f1(given: str, right: str, category: str) -> float:
    """LoCoMo's F1 of an answer to a question of this category, 0-1."""
    if category == OPEN_DOMAIN:
        right = right.split(";")[0]
    if category != MULTI_HOP:
        return _f1(words(given), words(right))
    parts = [words(part) for part in given.split(",")]
    best = [max(_f1(part, words(wanted)) for part in parts) for wanted in right.split(",")]
    return sum(best) / len(best)


def bleu1(given: str, right: str, category: str) -> float:
    """The share of given words that are right, each as often as it is there, less for a short answer; 0-1."""
    if category == OPEN_DOMAIN:
        right = right.split(";")[0]
    said, wanted = words(given), words(right)
    if not said:
        return 0.0
    precision = _shared(said, wanted) / len(said)
    return precision * min(1.0, math.exp(1 - len(wanted) / len(said)))


def f1_of_sets(given: str, right: str) -> float:
    """The reference's F1: of sets of lower-case words between blanks and ".,!?", not stemmed, articles among them."""
    said, wanted = set(_bare_words(given)), set(_bare_words(right))
    shared = len(said & wanted)
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def abstains(given: str, choices: Sequence[str]) -> bool:
    """Whether an answer to an adversarial question says that nothing was said; `choices` are what (a) and (b) say."""
    letter = _CHOICE.match(given.lower())
    said = choices["ab".index(letter[1])] if letter else given
    return any(mark in said.lower() for mark in _ABSTAINS)


def words(text: str) -> list[str]:
    """The stems of a text that are compared."""
    plain = text.lower().translate(_WITHOUT_PUNCTUATION)
    stems: list[str] = _stemmer().stemWords([word for word in plain.split() if word not in _DROPPED])
    return stems


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    shared = _shared(said, wanted)
    return 2 * shared / (len(said) + len(wanted)) if shared else 0.0


def _shared(said: Sequence[str], wanted: Sequence[str]) -> int:
    return (Counter(said) & Counter(wanted)).total()


def _bare_words(text: str) -> list[str]:
    return text.lower().translate(_MARKS_AS_BLANKS).split()


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("porter")
