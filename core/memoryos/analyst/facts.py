"""Facts out of what speakers say of themselves: which statements repeat, correct or end others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.attributes import UNTOLD_BY_DENIAL, attributes
from memoryos.analyst.grammar import any_of, compiled, simplified, straightened
from memoryos.analyst.self_descriptions import agent_statements, user_statements
from memoryos.analyst.voice import CLAUSE_END
from memoryos.models import Fact
from memoryos.words import content_words, folded, particulars, words

if TYPE_CHECKING:
    from datetime import datetime

    from memoryos.models import Knowledge, Owner, Page

SAME_STATEMENT: Final = 0.8
"""Two statements with a smaller share of common words are never the same."""

_WORD: Final = re.compile(r"[^\W_]+")
_OTHER_CLAUSE: Final = rf"(?i:{CLAUSE_END}| (?:and|with|et|avec|y|con|und|mit|dan|dengan|who|which|where|while) )"
_FACT_CLAUSE: Final = rf"{CLAUSE_END}| and (?=(?:they|we|he|she|it)\b)"
_ASIDES: Final = frozenset(
    "hi hello hey yes yeah well so oh ok okay btw by the way actually and also now just thanks thank you there all"
    " everyone today bonjour salut oui hola hallo ja halo 你好 您好 大家好 嗨 对 是的 はい こんにちは".split()
)
"""Words beside a statement that add nothing to it."""
_DECISIVE: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve first second third last new more less old"
    " deux trois quatre dos tres cuatro zwei drei vier dua tiga empat before after until".split()
)
"""Words that make another statement of it, though they are function words and no negations."""
_ANSWERS: Final = r"(?! (?:i|saya|aku)\b)(?!我)"
"""Not where a "no" answers a question: "no I have two dogs"."""
_DENYING: Final = any_of(
    r"\s*\b(?:do(?= not\b)|don't|not|no longer|any ?more)\b|n't\b",
    r"(?<=\bj)e n(?=')|\s*\b(?:ne|pas|plus)\b|\bn'",
    rf"\s*\b(?:ya|no|nicht|mehr|sudah|tidak|bukan|lagi)\b{_ANSWERS}",
    rf"现在|已经|不再?{_ANSWERS}|了",
)
"""What alone tells "I no longer live in Berlin", or the same in another language, from what it ends."""
_ABOUT_OTHERS: Final = any_of(
    r"\b(?:that|who|which|qui|que|yang)\b.*", r", (?:die|der|das|den|dem)\b.*", r"不[^，。]*的.*"
)
"""Where a denial is one of what is spoken of: "I like places that don't allow dogs" ends nothing."""
_SHORT_FORM: Final = re.compile(r"'(m|re|ve)\b", re.IGNORECASE)
_WHOLE_FORM: Final = {"m": " am", "re": " are", "ve": " have"}


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement with what comparing it needs; `pages` are positions in the batch, none for a known fact.

    Of the attributes that it is `about` it denies a value of those that it does not give one. The `core` are its words
    without those that deny; `denied` are the cores of what it says is not so.
    """

    owner: Owner
    text: str
    at: datetime
    words: tuple[str, ...]
    clauses: frozenset[tuple[str, ...]]
    gives: frozenset[str]
    about: frozenset[str]
    tells_more: bool
    core: tuple[str, ...]
    denied: frozenset[tuple[str, ...]]
    pages: tuple[int, ...] = ()
    id: str | None = None

    @property
    def rules_out_one_of_many(self) -> bool:
        """Whether it says only which of very many values is not the one, as "My name is not Tim" does."""
        only_denies = bool(self.about) and not self.gives and not self.tells_more
        return only_denies and all(name.startswith(UNTOLD_BY_DENIAL) for name in self.about)


def facts(known: Sequence[Knowledge], pages: Sequence[Page]) -> tuple[Fact, ...]:
    """New facts in order of talk, each a sentence as it was said, none that `known` or another says already.

    Where a sentence gives a new value for what a person has one of, or says that something is no longer so, the newest
    stays and names the known fact it replaces. A known fact of a later date is never replaced. What only rules out one
    value of many is told where it replaces that value, and nowhere else.
    """
    told = [_said(old.owner, old.text, old.happened_at, id=old.id) for old in known]
    statements = sorted(_statements(pages), key=lambda said: (said.at, said.pages))
    found = [
        (said, _replaced(said, told))
        for said in _newest(statements)
        if not any(_same(said, old) or (old.at > said.at and _corrects(old, said)) for old in told)
    ]
    return tuple(
        Fact(said.owner, said.text, said.pages, replaced)
        for said, replaced in found
        if replaced or not said.rules_out_one_of_many
    )


def _statements(pages: Sequence[Page]) -> Iterator[_Said]:
    for position, page in enumerate(pages):
        for text in user_statements(page.user_input):
            yield _said("user", text, page.happened_at, pages=(position,))
        for text in agent_statements(page.agent_response):
            yield _said("assistant", text, page.happened_at, pages=(position,))


def _said(owner: Owner, text: str, at: datetime, *, pages: tuple[int, ...] = (), id: str | None = None) -> _Said:
    straight = straightened(text)
    undenied = _undenied(straight)
    about = attributes(undenied, at)
    return _Said(
        owner,
        text,
        at,
        words=words(text),
        clauses=frozenset(words(clause) for clause in compiled(_FACT_CLAUSE).split(simplified(text))),
        gives=frozenset(attributes(straight, at)),
        about=frozenset(about),
        tells_more=_tells_more(undenied, about),
        core=_core(straight),
        denied=frozenset(_core(clause) for clause in compiled(CLAUSE_END).split(straight) if _denies(clause)),
        pages=pages,
        id=id,
    )


def _undenied(text: str) -> str:
    return compiled(f"(?i){_DENYING}").sub("", text).strip()


def _denies(clause: str) -> bool:
    own = compiled(f"(?i){_ABOUT_OTHERS}").sub("", clause)
    return particulars(own) != particulars(_undenied(own))


def _core(text: str) -> tuple[str, ...]:
    whole = _SHORT_FORM.sub(lambda short: _WHOLE_FORM[short[1].lower()], _undenied(text))
    return tuple(word for word in words(whole) if word not in _ASIDES)


def _tells_more(text: str, matches: Mapping[str, int]) -> bool:
    """Whether a clause beside those of the attributes may say something; a place after a comma belongs to the home."""
    begin = 0
    ends = [(end.start(), end.end()) for end in compiled(_OTHER_CLAUSE).finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        if not any(begin <= at < max(stop, begin + 1) for at in matches.values()) and any(
            not (word.lower() in _ASIDES or word.isdigit() or ("home" in matches and word[0].isupper()))
            for word in _WORD.findall(text[begin:stop])
        ):
            return True
        begin = following
    return False


def _newest(statements: Sequence[_Said]) -> list[_Said]:
    """The statements without repeats, which lend their pages, and without those a later one corrects."""
    kept: list[_Said] = []
    for said in statements:
        twin = next((i for i, other in enumerate(kept) if _same(said, other)), None)
        if twin is None:
            kept = [*(other for other in kept if not _corrects(said, other)), said]
        elif said.pages[0] not in kept[twin].pages:
            kept[twin] = replace(kept[twin], pages=tuple(sorted(kept[twin].pages + said.pages)))
    return kept


def _same(said: _Said, other: _Said) -> bool:
    """Whether `other` says all that `said` says: in so many clauses, or in other function words."""
    if said.owner != other.owner:
        return False
    if said.words == other.words:
        return True
    if said.gives & other.gives:
        return False
    if said.words in other.clauses:
        return True
    mine, theirs = frozenset(said.words), frozenset(other.words)
    if len(mine & theirs) < SAME_STATEMENT * len(mine | theirs):
        return False
    return not any(_decides(word, said, other) for word in (mine ^ theirs) - _ASIDES)


def _decides(word: str, said: _Said, other: _Said) -> bool:
    """Whether a word that only one of two has makes them two: a number, a negation, a name, any content."""
    if word in _DECISIVE or not word.isascii() or particulars(word):
        return True
    texts = said.text, other.text
    return any(word in content_words(text) or folded(word).capitalize() in _WORD.findall(text) for text in texts)


def _corrects(said: _Said, other: _Said) -> bool:
    """Whether `said` gives a new value for all that `other` tells, or says that just this is not so."""
    if said.owner != other.owner:
        return False
    ends = other.core in said.denied - other.denied
    begins_again = said.core == other.core and other.core in other.denied - said.denied
    gives_anew = bool(other.about) and other.about <= said.gives and not other.tells_more
    return ends or begins_again or gives_anew


def _replaced(said: _Said, told: Sequence[_Said]) -> str | None:
    outdated = [old for old in told if _corrects(said, old)]
    return max(outdated, key=lambda old: old.at).id if outdated else None
