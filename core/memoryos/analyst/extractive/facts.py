"""Facts out of what speakers say of themselves: which statements repeat, correct or end others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.extractive.attributes import UNTOLD_BY_DENIAL, Given, Value, attributes, left
from memoryos.analyst.extractive.denials import ASIDES, core, denies, undenied
from memoryos.analyst.extractive.self_descriptions import Sentence, agent_sentences, user_sentences
from memoryos.analyst.extractive.voice import CLAUSE_END
from memoryos.language.grammar import compiled, simplified, straightened
from memoryos.language.words import content_words, folded, particulars, words
from memoryos.models import Fact

if TYPE_CHECKING:
    from datetime import datetime

    from memoryos.models import Knowledge, Owner, Page

SAME_STATEMENT: Final = 0.8
"""Two statements may be the same if they have at least 80 % of their words in common."""

_WORD: Final = re.compile(r"[^\W_]+")
_OTHER_CLAUSE: Final = rf"(?i:{CLAUSE_END}| (?:and|with|et|avec|y|con|und|mit|dan|dengan|who|which|where|while) )"
_FACT_CLAUSE: Final = rf"{CLAUSE_END}| and (?=(?:they|we|he|she|it)\b)"
_DECISIVE: Final = frozenset(
    "one two three four five six seven eight nine ten eleven twelve first second third last new more less old"
    " deux trois quatre dos tres cuatro zwei drei vier dua tiga empat before after until".split()
)
"""Function words that change what a statement says, although they are no negations."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement with what comparing it needs; `pages` are positions in the batch, none for a known fact.

    `about` are the attributes it speaks of: it gives a value of each or denies one. `values` are the values it gives;
    where it is not `sure`, they may belong to something else. `ended` are the values it says hold no more. `core` are
    its words without negation, `denied` the cores of the statements it denies. A statement that is not `lasting` is
    kept only where it ends a fact.
    """

    owner: Owner
    text: str
    at: datetime
    words: tuple[str, ...]
    clauses: frozenset[tuple[str, ...]]
    gives: frozenset[str]
    about: frozenset[str]
    sure: bool
    values: frozenset[Value]
    ended: frozenset[Value]
    tells_more: bool
    core: tuple[str, ...]
    denied: frozenset[tuple[str, ...]]
    lasting: bool = True
    has_ended_another: bool = False
    pages: tuple[int, ...] = ()
    id: str | None = None

    @property
    def rules_out_one_of_many(self) -> bool:
        """Whether it only rules out one of very many values, as "My name is not Tim" does."""
        only_denies = bool(self.about) and not self.gives and not self.tells_more
        return only_denies and all(name.startswith(UNTOLD_BY_DENIAL) for name in self.about)

    @property
    def tells_by_itself(self) -> bool:
        """Whether it is worth keeping where it replaces no known fact."""
        return (self.lasting or self.has_ended_another) and not self.rules_out_one_of_many


def facts(known: Sequence[Knowledge], pages: Sequence[Page]) -> tuple[Fact, ...]:
    """New facts in order of talk, each a sentence as it was said; none that `known` or another new fact says already.

    A sentence with a new value of an attribute, or one that says that something is no longer so, replaces the known
    fact that it corrects; of several the newest stays. A known fact of a later date is never replaced. Two kinds of
    sentence are kept only where they replace a fact: one that rules out one value of many, and one that describes
    nobody.
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
        if replaced or said.tells_by_itself
    )


def _statements(pages: Sequence[Page]) -> Iterator[_Said]:
    for position, page in enumerate(pages):
        sides: tuple[tuple[Owner, tuple[Sentence, ...]], ...] = (
            ("user", user_sentences(page.user_input)),
            ("assistant", agent_sentences(page.agent_response)),
        )
        for owner, sentences in sides:
            for sentence in sentences:
                if sentence.lasting or _ends_something(sentence.text, page.happened_at):
                    yield _said(owner, sentence.text, page.happened_at, pages=(position,), lasting=sentence.lasting)


def _ends_something(text: str, at: datetime) -> bool:
    straight = straightened(text)
    return bool(_denials(straight) or left(straight, at))


def _denials(text: str) -> list[str]:
    """The clauses that say that something is not so."""
    return [clause for clause in compiled(CLAUSE_END).split(text) if denies(clause)]


def _said(
    owner: Owner,
    text: str,
    at: datetime,
    *,
    pages: tuple[int, ...] = (),
    id: str | None = None,
    lasting: bool = True,
) -> _Said:
    straight = straightened(text)
    without_denial = undenied(straight)
    given, mentioned = attributes(straight, at), attributes(without_denial, at)
    denials = _denials(straight)
    return _Said(
        owner,
        text,
        at,
        words=words(text),
        clauses=frozenset(words(clause) for clause in compiled(_FACT_CLAUSE).split(simplified(text))),
        gives=frozenset(name for name, what in given.items() if what.sure),
        about=frozenset(mentioned),
        sure=all(what.sure for what in mentioned.values()),
        values=frozenset((name, what.value) for name, what in given.items()),
        ended=left(straight, at).union(*(_denied_values(clause, at) for clause in denials if lasting)),
        tells_more=_tells_more(without_denial, mentioned),
        core=core(straight),
        denied=frozenset(map(core, denials)),
        lasting=lasting,
        pages=pages,
        id=id,
    )


def _denied_values(clause: str, at: datetime) -> frozenset[Value]:
    given = attributes(clause, at)
    mentioned = attributes(undenied(clause), at)
    return frozenset((name, what.value) for name, what in mentioned.items() if what.value and name not in given)


def _tells_more(text: str, matches: Mapping[str, Given]) -> bool:
    """Whether a clause without an attribute may say something more; a place after a comma belongs to the home."""
    begin = 0
    ends = [(end.start(), end.end()) for end in compiled(_OTHER_CLAUSE).finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        if not any(begin <= match.at < max(stop, begin + 1) for match in matches.values()) and any(
            not (word.lower() in ASIDES or word.isdigit() or ("home" in matches and word[0].isupper()))
            for word in _WORD.findall(text[begin:stop])
        ):
            return True
        begin = following
    return False


def _newest(statements: Sequence[_Said]) -> list[_Said]:
    """The statements without those that a later one corrects; of repeats one stays, with the pages of all."""
    kept: list[_Said] = []
    for said in statements:
        twin = next((i for i, other in enumerate(kept) if _same(said, other)), None)
        if twin is None:
            outdated = [other for other in kept if _corrects(said, other)]
            ends = any(other.tells_by_itself for other in outdated)
            kept = [*(other for other in kept if other not in outdated), replace(said, has_ended_another=ends)]
        elif said.pages[0] not in kept[twin].pages:
            kept[twin] = replace(kept[twin], pages=tuple(sorted(kept[twin].pages + said.pages)))
    return kept


def _same(said: _Said, other: _Said) -> bool:
    """Whether `other` says all that `said` says: word for word in one of its clauses, or but for function words."""
    if said.owner != other.owner or (said.lasting and not other.lasting):
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
    return not any(_decides(word, said, other) for word in (mine ^ theirs) - ASIDES)


def _decides(word: str, said: _Said, other: _Said) -> bool:
    """Whether a word that only one of two statements has makes them differ: a number, a negation, a name, content."""
    if word in _DECISIVE or not word.isascii() or particulars(word):
        return True
    texts = said.text, other.text
    return any(word in content_words(text) or folded(word).capitalize() in _WORD.findall(text) for text in texts)


def _corrects(said: _Said, other: _Said) -> bool:
    """Whether `said` gives a new value for every attribute of `other`, or denies just what `other` says."""
    if said.owner != other.owner:
        return False
    ends = other.core in said.denied - other.denied or _all_has_ended(said, other)
    begins_again = said.core == other.core and other.core in other.denied - said.denied
    gives_anew = said.lasting and bool(other.about) and other.sure and other.about <= said.gives
    return ends or begins_again or (gives_anew and not other.tells_more)


def _all_has_ended(said: _Said, other: _Said) -> bool:
    return bool(other.values) and other.values <= said.ended and not other.tells_more


def _replaced(said: _Said, told: Sequence[_Said]) -> str | None:
    outdated = [old for old in told if _corrects(said, old)]
    return max(outdated, key=lambda old: old.at).id if outdated else None
