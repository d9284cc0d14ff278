"""Who does what to whom, and whose a name or a number is: what a statement must not turn round.

Told by the order of names in one sentence, so only for languages that tell it by order; what is not sure turns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from memoryos.analyst.model.clauses import Clause, is_about_another, names_kin, stems
from memoryos.analyst.model.numbers import claimed
from memoryos.analyst.model.subjects import subject
from memoryos.analyst.statements.subjects import USER, subject_of
from memoryos.language.words import content_words, folded, sentences

_TOKEN: Final = re.compile(r"[^\W_][\w'-]*")
_SPEAKER: Final = frozenset(
    "i me we us i'm i've i'd i'll we're we've je j'ai moi nous yo nosotros io noi eu nós user".split()
)
_WAYS: Final = frozenset("to from into than".split())
"""Small words that give names a direction: from Porto to Bergen."""
_PREFERRED: Final = {"over": "to", "than": "to"}
_BOTH_WAYS: Final = re.compile(
    r"\b(?:by|with|and|married|marry|met|meet\w*|dat(?:e|es|ed|ing)|engaged|talk\w*|chat\w*|par|avec|por|con|com|da)\b",
    re.IGNORECASE,
)
"""Where one of these stands between two names, either may stand first."""
_FROM_TO: Final = re.compile(r"\b(from|to|into) ([A-ZÀ-Þ][\w-]+)")


def is_turned_round(statement: str, said: str) -> bool:
    """Whether a statement has two of the people, places or things of a sentence the other way round than it has.

    "Jonas introduced the user to Priya", where it was Priya who introduced me to Jonas.
    """
    told = _capitals(statement)
    for sentence in sentences(said):
        both = told & _capitals(sentence)
        if not both or _from_where_it_goes(statement, sentence):
            return bool(both)
        ours, theirs = _places(statement, both), _places(sentence, both)
        if any(pair in theirs for pair in _reversed(ours - theirs)):
            return True
    return False


def _from_where_it_goes(statement: str, sentence: str) -> bool:
    """Whether a statement starts where a sentence arrives."""
    ways = {"from": set[str](), "to": set[str]()}
    for way, name in _FROM_TO.findall(sentence):
        ways["from" if way == "from" else "to"].add(name)
    left = {name for way, name in _FROM_TO.findall(statement) if way == "from"}
    return bool(ways["from"] and len(ways["to"]) == 1 and left & ways["to"])


def _capitals(text: str) -> frozenset[str]:
    """The capitalised words, as they are compared; one that begins a sentence counts if it carries content."""
    return frozenset(
        folded(token.removesuffix("'s"))
        for sentence in sentences(text)
        for place, token in enumerate(_TOKEN.findall(sentence))
        if token[0].isupper() and token.casefold() not in _SPEAKER and (place or content_words(token))
    )


def _places(text: str, named: Collection[str]) -> frozenset[tuple[str, str, str]]:
    """(first, word, second) for each two of these names, and the speaker, with a telling word between them."""
    tokens = _TOKEN.findall(text)
    prefers = any(token.casefold().startswith("prefer") for token in tokens)
    at = [(place, who) for place, token in enumerate(tokens) if (who := _participant(token, named))]
    found: set[tuple[str, str, str]] = set()
    for (start, first), (end, second) in combinations(at, 2):
        between = tokens[start + 1 : end]
        if first != second and not _BOTH_WAYS.search(" ".join(between)) and not _leads_past(between, named):
            found.update((first, word, second) for word in _telling(between, prefers=prefers))
    return frozenset(found)


def _participant(token: str, named: Collection[str]) -> str | None:
    plain = token.casefold()
    if plain in _SPEAKER:
        return USER
    bare = folded(token.removesuffix("'s"))
    return bare if token[0].isupper() and bare in named else None


def _leads_past(between: Sequence[str], named: Collection[str]) -> bool:
    """Whether somebody stands between that the other text does not have."""
    others = (token for token in between if token[0].isupper() and token.casefold() not in _SPEAKER)
    return any(content_words(token) and folded(token.removesuffix("'s")) not in named for token in others)


def _telling(between: Sequence[str], *, prefers: bool) -> Iterator[str]:
    """What the first does, which comes first, and the way to the second, which comes last."""
    plain = [_PREFERRED.get(token.casefold(), token.casefold()) if prefers else token.casefold() for token in between]
    if plain and plain[-1] in _WAYS:
        yield plain[-1]
    done = next((token for token in plain if token not in _SPEAKER and content_words(token)), None)
    if done is not None:
        yield from stems(done)


def _reversed(places: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((second, word, first) for first, word, second in places)


def is_of_another(statement: str, said: Sequence[Clause]) -> bool:
    """Whether all names and numbers of a statement are somebody else's in what was said, which has others for it.

    "User is 31", where my sister is 31 and I am 27.
    """
    whose = subject(statement) or USER
    if whose == USER and names_kin(statement):
        return False
    wanted = _values(statement)
    holders: set[str | None] = set()
    has_others = False
    for clause in said:
        values, of = _values(clause.text), _whose(clause.text)
        if values & wanted:
            holders.add(of)
        elif values and of == whose:
            has_others = True
    return has_others and bool(holders) and None not in holders and whose not in holders


def _values(text: str) -> frozenset[str]:
    return _capitals(text) | frozenset(map(str, claimed(text)))


def _whose(clause: str) -> str | None:
    """Whom a clause is about; None where that is somebody without a place in the user's life."""
    person = subject_of(clause, None)
    return None if person == USER and is_about_another(clause) else person
