"""A statement about the user, and which older ones it replaces, ends or puts in doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from memoryos.analyst.statements.slots import DEPENDENTS, DEPENDS_LIKE, KEYED, are_near, is_single
from memoryos.analyst.statements.subjects import USER, WE
from memoryos.analyst.statements.values import ended_values, key_of, value_of
from memoryos.language.words import content_words, folded, particulars

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import State, Verdict

Effect = Literal["replaces", "ends", "doubtful", "stands"]

SURELY_RELATED: Final = 0.55
"""The cosine of sentence vectors from which a dependent statement without a telling word is doubtful, too."""
SURELY_SAME_THING: Final = 0.6
"""The cosine from which two statements of one slot are of the same thing although they share no rare word."""

_WORDS: Final = re.compile(r"[\w+#.-]*[\w+#]")
_SINCE: Final = re.compile(
    r"\b(?:since|seit|depuis|desde|desde el|from)\s+(?:\w+\s+)?((?:19|20)\d\d)\b|((?:19|20)\d\d)年(?:から|以来|起|开始)"
)
_YESTERDAY: Final = re.compile(r"\b(?:yesterday|gestern|hier|ayer|ontem|ieri)\b|昨天|昨日|вчера|어제", re.IGNORECASE)
_NEW_VALUE: Final = re.compile(
    r"\b(?:now|instead|switched|moved to|upgraded|bought|got a|jetzt|inzwischen|statt|maintenant|désormais|ahora|en vez"
    r"|adesso|agora|again|wieder|converted|became|joined|started)\b|现在|换|改|搬[到去来]|跳槽|今は|に(?:なり|引っ越|転職|乗り換|変わ)|теперь|이제",
    re.IGNORECASE,
)
_CORRECTS: Final = re.compile(
    r"\b(?:correction|typo|i meant|misspoke|actually|after all|in fact|it turns out|korrektur|doch nicht"
    r"|eigentlich|en fait"
    r"|finalement|en realidad|al final|resulta)\b|其实|原来|更正|訂正|実は|実際は",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of the user, as it was said.

    The `value` is None where none can be told surely; the `key` is what it is of (the colour of a favourite colour).
    What the sentence may name as no more so is in `ended`. `held_from` and `held_until` are aware times where the
    sentence tells them surely; a statement that something ended held until it was said at the latest.
    """

    text: str
    slot: str | None
    value: str | None
    key: str | None
    subject: str
    state: State
    said_at: datetime
    ended: frozenset[str] = frozenset()
    held_from: datetime | None = None
    held_until: datetime | None = None

    @property
    def tells_of_change(self) -> bool:
        """Whether it says that something is no longer as it was."""
        return self.state in {"changed", "ended"}

    @property
    def only_ends(self) -> bool:
        """Whether it says what is no more, and nothing that took its place."""
        return self.state == "ended" or (
            self.state == "changed" and not _NEW_VALUE.search(self.text) and not self.value
        )


def statement_of(sentence: str, verdict: Verdict, said_at: datetime) -> Statement:
    """The statement that a judged sentence of an aware time makes; its slot and state are the judge's."""
    tells_of_change = verdict.state in {"changed", "ended"} or _CORRECTS.search(sentence) is not None
    ended = ended_values(sentence) if tells_of_change else frozenset()
    value = value_of(sentence, verdict.slot)
    if value in ended and verdict.state == "ended":
        value = None
    return Statement(
        sentence,
        verdict.slot,
        value,
        key_of(sentence, verdict.slot),
        verdict.subject,
        verdict.state,
        said_at,
        ended - {value} if value else ended,
        held_from=_held_from(sentence, verdict.state, said_at),
        held_until=said_at if verdict.state == "ended" else None,
    )


def _held_from(sentence: str, state: State, said_at: datetime) -> datetime | None:
    if since := _SINCE.search(sentence):
        return datetime(int(since[1] or since[2]), 1, 1, tzinfo=timezone.utc)
    if state == "changed" and _YESTERDAY.search(sentence):
        return said_at - timedelta(days=1)
    return None


def supersedes(old: Statement, new: Statement, similarity: float | None = None) -> Effect:
    """What the `new` statement does to the `old` one.

    "replaces": another value holds now; "ends": the old one holds no more and nothing took its place; "doubtful": it
    may no longer hold, nobody can tell; "stands": both hold. The `similarity` is the cosine of their sentence vectors,
    where the caller has it. An older statement never bears on a newer one.
    """
    if new.said_at < old.said_at or not _same_subject(old, new):
        return "stands"
    if new.tells_of_change or new.ended:
        return _effect_of_change(old, new, similarity)
    if old.state == "ended" or old.slot != new.slot or not is_single(new.slot):
        return "stands"
    if not _same_key(old, new, similarity):
        return "stands"
    if old.value and new.value:
        return "stands" if _same_value(old, new) else "replaces"
    return "stands" if _same_words(old, new) else "doubtful"


def _effect_of_change(old: Statement, new: Statement, similarity: float | None) -> Effect:
    """What a statement does that says that something changed or ended."""
    decided: Effect = "ends" if new.only_ends else "replaces"
    near = are_near(old.slot, new.slot)
    if _names_what_ended(old, new) and (near or old.slot is None or new.slot is None or _is_named_first(old, new)):
        return "stands" if _says_the_same(old, new) else decided
    if not near or (old.tells_of_change and old.slot != new.slot):
        return "stands"
    if _says_the_same(old, new):
        return "stands"
    if new.slot in KEYED and not _same_key(old, new, similarity):
        return "stands"
    if is_single(new.slot) or new.slot == "diet":
        return decided if old.slot == new.slot else "doubtful"
    if _shares_a_thing(old, new) or (similarity is not None and similarity >= SURELY_SAME_THING):
        return decided
    return "stands" if new.ended or new.value else "doubtful"


def _same_subject(old: Statement, new: Statement) -> bool:
    """Whether both are of the same person; what "we" do, the user does."""
    mine = {USER, WE}
    return old.subject == new.subject or (old.subject in mine and new.subject in mine)


def _same_key(old: Statement, new: Statement, similarity: float | None) -> bool:
    """Whether two statements of a slot with one value for each thing are of the same thing."""
    if new.slot not in KEYED:
        return True
    if old.key is not None and new.key is not None:
        return old.key == new.key
    if new.slot == "favourite":
        return False
    return _shares_a_thing(old, new) or (similarity is not None and similarity >= SURELY_SAME_THING)


def _same_value(old: Statement, new: Statement) -> bool:
    if particulars(old.value or "") != particulars(new.value or ""):
        return False
    return old.value == new.value or f" {old.value} " in f" {new.value} " or f" {new.value} " in f" {old.value} "


def _says_the_same(old: Statement, new: Statement) -> bool:
    """Whether the old statement says already what the new one does; what denies a value never repeats it."""
    if new.state == "ended" and old.state != "ended":
        return False
    return bool(new.value and old.value and _same_value(old, new)) or _same_words(old, new)


def _same_words(old: Statement, new: Statement) -> bool:
    return folded(old.text) == folded(new.text)


def _names_what_ended(old: Statement, new: Statement) -> bool:
    text = _padded(old.text)
    return any(_holds(text, value) for value in new.ended)


def _is_named_first(old: Statement, new: Statement) -> bool:
    """Whether what ended is a name of the old statement's own, as the dog's: then its slot does not matter."""
    return any(value == old.value for value in new.ended)


def _holds(padded: str, value: str) -> bool:
    return f" {value} " in padded or (not value.isascii() and len(value) > 1 and value in padded)


def _padded(text: str) -> str:
    return f" {' '.join(_WORDS.findall(folded(text)))} "


def _shares_a_thing(old: Statement, new: Statement) -> bool:
    """Whether both name the same rare thing: a place, a person, the kind of appointment."""
    shared = set(content_words(old.text)) & set(content_words(new.text))
    return bool(shared - _VAGUE)


_VAGUE: Final = frozenset(
    """day time week month year home work job new monday tuesday wednesday thursday friday saturday sunday now moved
    montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
    lunes
    martes miércoles jueves viernes sábado domingo use using""".split()
)


def cascade(
    ended: Statement, others: Sequence[Statement], similarities: Sequence[float] | None = None
) -> tuple[int, ...]:
    """Positions of the statements that stood on one that ended and are doubtful with it.

    `ended` is the statement that holds no more, not the one that says so. `similarities` are the cosines of its vector
    to those of the others. A statement said later than the end should not be among the others.
    """
    slot = ended.slot and DEPENDS_LIKE.get(ended.slot, ended.slot)
    if slot is None or slot not in DEPENDENTS:
        return ()
    slots, cues = DEPENDENTS[slot]
    names = {ended.value} if ended.value else set()
    found: list[int] = []
    for at, other in enumerate(others):
        if not _same_subject(ended, other) or other == ended:
            continue
        plain = folded(other.text)
        by_word = any(folded(cue) in plain for cue in cues) and (other.slot in slots or other.slot is None)
        by_name = any(_holds(_padded(other.text), name) for name in names) and other.slot != ended.slot
        by_meaning = similarities is not None and similarities[at] >= SURELY_RELATED and other.slot in slots
        if by_word or by_name or by_meaning:
            found.append(at)
    return tuple(found)
