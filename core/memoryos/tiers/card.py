"""The user as a card that a person would recognise: what is known by subject, each with its date and its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from memoryos.models import Knowledge, Trait

SECTIONS: Final[dict[str, frozenset[str]]] = {
    heading: frozenset(slots.split())
    for heading, slots in {
        "Name": "name age birthday origin",
        "Home": "home address",
        "Work": "job employer school",
        "People": "relationship partner children family pet",
        "Health": "allergy diet health medication",
        "How to answer": "answer_style preferred_language",
        "Languages": "language",
        "Plans": "plan goal budget",
        "Likes": "favourite like dislike hobby sport",
        "Everyday": "tool car possession habit size trait religion phone email",
    }.items()
}
"""The headings in their order, and the slots below each. What an answer must not get wrong stands first."""

_USER: Final = frozenset({None, "user", "we"})
"""Of whom a fact is that is the user's own: what "we" do, the user does."""
_PEOPLE: Final = "People"

OTHER: Final = "Also"
"""Facts of no slot."""

DOUBTFUL: Final = "Not sure any more"
"""Facts that may not hold any more."""

_DATE_CHARS: Final = len("YYYY-MM-DD")
_ID_CHARS: Final = 6
_MOST_IN_A_SECTION: Final = 12
"""The newest facts of a section; the whole list stands beside the card."""
_MOST_DOUBTFUL: Final = 4
"""Of a long talk there are dozens, and a person is not what is no more sure of them."""


def card(facts: Sequence[Knowledge], doubtful: Sequence[Knowledge], traits: Sequence[Trait]) -> list[str]:
    """The lines of the card, most important first, so that it can be cut at its end.

    `facts` are current, `doubtful` may not hold any more; both oldest first. A fact ends with its date and the end of
    its newest page's id, by which the page can be asked for. What the user pinned stands first.
    """
    sorted_in: dict[str, list[Knowledge]] = {heading: [] for heading in (*SECTIONS, OTHER)}
    for fact in facts:
        sorted_in[heading_of(fact)].append(fact)
    lines = [
        f"{heading}: {_told(fact)}"
        for heading, known in sorted_in.items()
        for fact in _newest_first(fact for fact in known if fact.pinned)
    ]
    for heading, known in sorted_in.items():
        lines += _section(heading, [fact for fact in known if not fact.pinned])
    lines += _section(DOUBTFUL, doubtful, _MOST_DOUBTFUL)
    lines += [f"{trait.dimension}: {trait.level} ({_shown_by(trait)}{trait.timestamp})" for trait in traits]
    return lines


def heading_of(fact: Knowledge) -> str:
    """Below which heading of the card a fact about the user stands."""
    if fact.subject not in _USER:  # a sister's job says nothing of the user's work
        return _PEOPLE
    return next((heading for heading, slots in SECTIONS.items() if fact.slot in slots), OTHER)


def _section(heading: str, known: Sequence[Knowledge], most: int = _MOST_IN_A_SECTION) -> Iterator[str]:
    newest = _newest_first(known)
    yield from (f"{heading}: {_told(fact)}" for fact in newest[:most])
    if len(newest) > most:
        yield f"{heading}: and {len(newest) - most} older ones"


def _newest_first(facts: Iterable[Knowledge]) -> list[Knowledge]:
    """The newest facts first, of one time those that name a value."""
    return sorted(facts, key=lambda fact: (fact.happened_at, fact.value is not None), reverse=True)


def _shown_by(trait: Trait) -> str:
    return f"{trait.evidence}; " if trait.evidence else ""


def _told(fact: Knowledge) -> str:
    source = f", #{fact.sources[-1][-_ID_CHARS:]}" if fact.sources else ""
    return f"{' '.join(fact.text.split())} ({fact.timestamp[:_DATE_CHARS]}{source})"
