"""What a query asks for: its words and their weights, what to embed of it, whom and which days it names."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

from memoryos.language.asking import as_the_person, collects, is_talk
from memoryos.language.stems import Word, stems, words_with_stems
from memoryos.language.words import SPACED, cjk_share, content_words, only_asks

if TYPE_CHECKING:
    from memoryos.language.sessions import SpeakerNames


class CountedWords(Protocol):
    """Where a word's rarity is known: a store, or the part of one that is seen."""

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        """As `WordStore`."""


IDF_POWER: Final = 1.25
WEIGHT_OF_TIME_WORDS: Final = 0.2
LAST_LINE_WEIGHT: Final = 1.5
"""Of a query of several lines the last one is what is asked now; the others say what led there."""

_SPEAKER_TAG: Final = re.compile(r"^[^\S\n]*(?:[<\[(]([\w .-]{1,30})[>\])]|([A-Z]\w{1,20}))\s*[:：]", re.MULTILINE)
_LATIN_NAME: Final = re.compile(rf"(?<!{SPACED})[A-Z][A-Za-z]+(?!{SPACED})")
_WORD: Final = re.compile(f"{SPACED}+")
_QUESTION_MARK: Final = "?"
"""Without it the default embedder takes a question for a statement: 2 points @5 fewer on LoCoMo."""

_AMBIGUOUS_NAMES: Final = frozenset(
    """will may mark rose grace hope faith joy april june august art bill drew frank grant jack max miles pat ray rich
    rob sue summer autumn dawn iris lily daisy ivy violet ruby pearl amber jasmine olive ginger penny chance chase
    hunter mason carter cooper parker taylor baker page reed wade victor ernest christian jean marina sandy sunny
    star angel melody harmony carol robin jay king baron dean earl duke nick matt don van""".split()
)
"""Names that are other words in small letters."""

MOSTLY_CJK: Final = 0.3

Speaker = Literal["user", "agent"]
"""One of the two sides of a page."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word to score pages by, the number of pages that it stands in, and its weight."""

    word: Word
    pages: int
    weight: float
    is_name: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query as retrieval reads it.

    `text` is all of it, `meaning` what to embed: names of the speakers stand in nearly every page and only blur it.
    `about` is the speaker that it names. A statement means the talk that it continues, a question the page with the
    answer; one that `collects` means all pages that tell a part of it.
    """

    text: str
    meaning: str
    about: Speaker | None
    is_statement: bool
    collects: bool = False


def read_query(text: str, speakers: SpeakerNames) -> Query:
    """The query that a text is, given what the speakers call each other."""
    of_user, of_agent = _named(text, speakers.user), _named(text, speakers.agent)
    about: Speaker | None = None
    if bool(of_user) != bool(of_agent):
        about = "user" if of_user else "agent"
    is_statement = is_talk(text)
    meaning = _without(as_the_person(text), of_user | of_agent)
    if not is_statement and meaning.rstrip()[-1:].isalnum():
        meaning = meaning.rstrip() + _QUESTION_MARK
    return Query(text=text, meaning=meaning, about=about, is_statement=is_statement, collects=collects(text))


def idf(pages_with: float, pages: int) -> float:
    """BM25's inverse document frequency, never below a twentieth."""
    return max(0.05, math.log((pages - pages_with + 0.5) / (pages_with + 0.5) + 1))


def read_terms(
    query: Query, store: CountedWords, pages: int, *, told_by_time: frozenset[str] = frozenset()
) -> tuple[Term, ...]:
    """The words of a query that stand in a memory of so many pages, speakers' names and stop words left out.

    Those `told_by_time` name a date and count little.
    """
    weighed = weighed_terms(query, store, pages, told_by_time=told_by_time)
    return tuple(term for term in weighed if term.pages)


def weighed_terms(
    query: Query, store: CountedWords, pages: int, *, told_by_time: frozenset[str] = frozenset()
) -> tuple[Term, ...]:
    """As `read_terms`, with the words that say what is asked about and stand in no page."""
    lines = [line for line in query.text.splitlines() if line.strip()]
    asked_last = frozenset(stems(lines[-1])) if len(lines) > 1 else frozenset[str]()
    names = frozenset(stem for name in _names(query.text) for stem in stems(name))
    words = _searched_words(query.meaning)
    counts = store.pages_with(words)
    telling = frozenset(content_words(query.meaning))
    terms = []
    for stem, word in words.items():
        count = counts.get(stem, 0)
        if not count and word.written not in telling:
            continue
        weight: float = idf(min(count, pages), pages) ** IDF_POWER
        if stem in told_by_time:
            weight *= WEIGHT_OF_TIME_WORDS
        if stem in asked_last:
            weight *= LAST_LINE_WEIGHT
        terms.append(Term(word, count, weight, stem in names))
    return tuple(terms)


def _searched_words(text: str) -> dict[str, Word]:
    """The words of a text by stem, in order, each as it first stands there; stop words are left out."""
    words: dict[str, Word] = {}
    for word in words_with_stems(text):
        words.setdefault(word.stem, word)
    return {stem: word for stem, word in words.items() if not only_asks(word.written)}


def _named(text: str, names: frozenset[str]) -> set[str]:
    """Those of the names that a text names, as it writes them; in small letters those that are no other word."""
    small = {name.lower() for name in names if not only_asks(name.lower())} - _AMBIGUOUS_NAMES
    return {word for word in _WORD.findall(text) if word in names or word in small}


def _names(text: str) -> set[str]:
    """Names that a query is sure to mean: who speaks in it ("<Bart>: ..."), and Latin names in Chinese or Japanese."""
    names = {match[1] or match[2] for match in _SPEAKER_TAG.finditer(text)}
    return names | set(_LATIN_NAME.findall(text)) if cjk_share(text) > MOSTLY_CJK else names


def _without(text: str, names: set[str]) -> str:
    """The text without names and their genitives; the text itself where nothing else would be left."""
    if not names:
        return text
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    rest = re.sub(rf"(?<!{SPACED})(?:{pattern})(?:['’]s)?(?!{SPACED})", "", text)
    return rest if re.search(r"\w", rest) else text
