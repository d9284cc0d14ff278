"""What a sentence does to facts that are known: also one that says too little to be worth a fact by itself.

"Rex died" means something to who knows of Rex; "sorry, I meant 34" to who has just been told an age.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.statements.slots import is_single
from memoryos.analyst.statements.statement import EFFECTS, Effect, Statement, shares_a_thing, statement_of, supersedes
from memoryos.analyst.statements.values import key_of, normalised, value_of

if TYPE_CHECKING:
    from datetime import datetime

    from memoryos.analyst.statements.judge import Verdict
    from memoryos.analyst.statements.readings import Reading

MIN_CHANGE: Final = 0.5
"""The probability of telling of a change from which a sentence that is not worth a fact is held against the known."""
MIN_PROBABILITY_OF_SLOT: Final = 0.25
"""The probability of its being worth keeping from which the same slot is enough, with no name or word in common."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a sentence does to the known statement at a position, and the `statement` that it makes itself.

    `text` is the known statement as corrected, where the sentence only gives another number or name for it ("typo, I
    meant 34"): it is to be kept in place of the sentence.
    """

    effect: Effect
    at: int
    statement: Statement
    text: str | None = None


def updates_of(
    reading: Reading, known: Sequence[Statement], said_at: datetime, similarities: Sequence[float] | None = None
) -> tuple[Update, ...]:
    """What a read sentence does to each known statement that it bears on, in their order.

    `similarities` are the cosines of its vector to those of the known. A sentence with an update is worth a fact.
    """
    found: dict[int, Update] = {}
    for text, verdict in reading.heard():
        for update in _of_each(text, verdict, known, said_at, similarities):
            other = found.get(update.at)
            if other is None or EFFECTS.index(update.effect) < EFFECTS.index(other.effect):
                found[update.at] = update
    return tuple(found[at] for at in sorted(found))


def update_of(
    sentence: str,
    verdict: Verdict,
    known: Sequence[Statement],
    said_at: datetime,
    similarities: Sequence[float] | None = None,
) -> Update | None:
    """The strongest of what a judged sentence does to the known statements; None where it bears on none."""
    return min(
        _of_each(sentence, verdict, known, said_at, similarities),
        key=lambda update: EFFECTS.index(update.effect),
        default=None,
    )


def _of_each(
    sentence: str,
    verdict: Verdict,
    known: Sequence[Statement],
    said_at: datetime,
    similarities: Sequence[float] | None,
) -> list[Update]:
    if not verdict.is_worth_keeping and verdict.change < MIN_CHANGE:
        return []
    judged = verdict if verdict.is_worth_keeping else taken_at_its_word(verdict)
    new = statement_of(sentence, judged, said_at)
    found: list[Update] = []
    for at, old in enumerate(known):
        if not verdict.is_worth_keeping and not _bears_on(old, new, verdict):
            continue
        effect = supersedes(old, new, similarities[at] if similarities is not None else None)
        if effect != "stands":
            found.append(Update(effect, at, new))
    return found


def taken_at_its_word(verdict: Verdict) -> Verdict:
    """The verdict as if the sentence were worth keeping."""
    slot = verdict.likely_slots[0] if verdict.likely_slots else None
    return replace(verdict, kind="lasting", slot=slot, state=verdict.likely_state)


def _bears_on(old: Statement, new: Statement, verdict: Verdict) -> bool:
    """Whether a sentence that is not worth a fact by itself is about what the known statement says."""
    if shares_a_thing(old, new):
        return True
    if verdict.probability < MIN_PROBABILITY_OF_SLOT or old.slot != new.slot:
        return False
    return is_single(new.slot) or (new.key is not None and new.key == old.key)


_MEANT: Final = re.compile(
    r"\b(?:i meant|i mean|typo|correction|misspoke|sorry,? it'?s|my mistake|ich meinte|tippfehler|korrektur"
    r"|je voulais dire"
    r"|faute de frappe|quise decir|quería decir|errata|volevo dire|intendevo|quis dizer|я имел[а]? в виду|опечатка"
    r"|to be precise|make that)\b|打错了|我是说|说错了|应该是|間違えた|訂正|のことです|오타|말실수",
    re.IGNORECASE,
)
_NOT_BUT: Final = re.compile(
    r"^\W*(?:no|nope|nein|non|不|不是|違う|нет|아니)?\W{0,2}(?:it'?s |es ist |c'est |es |è |é |это )?"
    r"(?:not|nicht|pas|no|non|não|не) (?P<old>[\w'’ -]{1,30}?),? (?:but|sondern|mais|sino|ma|mas|а"
    r"|it'?s) (?P<new>[\w'’ -]{1,30}?)[.!]?$",
    re.IGNORECASE,
)
_TAKES_BACK: Final = re.compile(
    r"^\W*(?:no,? |sorry,? |actually,? |wait,? |oh,? )*(?:(?:that'?s|that is|that was|this is"
    r"|it'?s) (?:wrong|not true|not right"
    r"|not mine|a lie|a joke|outdated)|(?:please )?(?:forget|ignore|disregard|scratch|never ?mind"
    r"|strike) (?:that|it|what i (?:just )?(?:said|told))"
    r"|(?:i was|just) (?:joking|kidding)|not true"
    r"|das stimmt nicht|vergiss (?:das|es|was)|das war (?:falsch|gelogen|ein scherz)|c'est faux|oublie (?:ça|ce que)"
    r"|es mentira|eso no es (?:cierto|verdad)|olvida (?:eso|lo)|non è vero|dimentica|isso não é verdade|esquece"
    r"|это неправда|забудь|не так)|^\W*(?:别当真|忘了(?:吧|它|这)|不对|当我没说|不是真的|嘘です|忘れて"
    r"|違います|冗談|잊어|농담)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_NAMED: Final = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÀ-ÞА-Я][\w'’-]+")
MAX_CORRECTION_CHARS: Final = 90
"""A longer sentence says something of its own."""


def correction_of(sentence: str, just_said: Sequence[Statement], said_at: datetime) -> Update | None:
    """What a sentence takes back or puts right of what was said just before, the last of `just_said` first.

    `just_said` are the statements of the same talk, in order. None where the sentence corrects nothing, or gives a
    value of which none of them has the like: "I meant line 7" says nothing of a home.
    """
    if len(sentence) > MAX_CORRECTION_CHARS or not just_said:
        return None
    if _TAKES_BACK.search(sentence):
        at = _of_what(sentence, just_said)
        return Update("ends", at, _kept(just_said[at], just_said[at].text, said_at))
    swap = _NOT_BUT.search(sentence)
    if not swap and not _MEANT.search(sentence):
        return None
    for at in reversed(range(len(just_said))):
        text = _corrected(just_said[at].text, sentence, swap)
        if text is not None:
            return Update("replaces", at, _kept(just_said[at], text, said_at), text)
    return None


def _of_what(sentence: str, just_said: Sequence[Statement]) -> int:
    """Which statement is taken back: one that the sentence names, or the last."""
    said = replace(just_said[-1], text=sentence)
    named = [at for at, old in enumerate(just_said) if shares_a_thing(old, said)]
    return named[-1] if named else len(just_said) - 1


def _corrected(old: str, sentence: str, swap: re.Match[str] | None) -> str | None:
    """The older sentence with the number or name that the newer one gives; None where it is not sure which."""
    new: list[str]
    if swap and normalised(swap["old"]) in normalised(old):
        place = re.search(re.escape(swap["old"].strip()), old, re.IGNORECASE)
        return f"{old[: place.start()]}{swap['new'].strip()}{old[place.end() :]}" if place else None
    for pattern in (_NUMBER, _NAMED):
        new, there = pattern.findall(sentence), list(pattern.finditer(old))
        new = [each for each in new if each not in old]
        if len(new) == 1 and len(there) == 1:
            return f"{old[: there[0].start()]}{new[0]}{old[there[0].end() :]}"
    return None


def _kept(old: Statement, text: str, said_at: datetime) -> Statement:
    return replace(old, text=text, value=value_of(text, old.slot), key=key_of(text, old.slot), said_at=said_at)
