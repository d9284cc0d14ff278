"""A statement about the user, and which older ones it replaces, ends or puts in doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from memoryos.analyst.statements.concepts import concepts
from memoryos.analyst.statements.slots import DEPENDENTS, DEPENDS_LIKE, KEYED, PEOPLE_OF, VALUED, are_near, is_single
from memoryos.analyst.statements.subjects import USER, WE
from memoryos.analyst.statements.values import ended_values, key_of, value_of
from memoryos.language.words import content_words, folded, particulars, words

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import State, Verdict

Effect = Literal["replaces", "ends", "doubtful", "stands"]

SURELY_RELATED: Final = 0.55
"""The cosine of sentence vectors from which a dependent statement without a telling word is doubtful, too."""
SURELY_SAME_THING: Final = 0.6
"""The cosine from which two statements of one slot are of the same thing although they share no rare word."""
LIKELY_SAME_THING: Final = 0.4
"""The cosine from which they may be."""
MIN_CHANGE: Final = 0.35
"""The probability from which a statement tells of a change although the judge rather takes it for one that holds."""

ENOUGH_SHARED: Final = 0.2
"""Of the words of the shorter of two statements more than this share stands in the other if that changes what the first
says, where it names no value."""

_WORDS: Final = re.compile(r"[\w+#.-]*[\w+#]")
_SINCE: Final = re.compile(
    r"\b(?:since|seit|depuis|desde|desde el|from)\s+(?:\w+\s+)?((?:19|20)\d\d)\b|((?:19|20)\d\d)年(?:から"
    r"|以来|起|开始)"
)
_YESTERDAY: Final = re.compile(r"\b(?:yesterday|gestern|hier|ayer|ontem|ieri)\b|昨天|昨日|вчера|어제", re.IGNORECASE)
_NEW_VALUE: Final = re.compile(
    r"\b(?:now|instead|switched|moved to|upgraded|bought|got a|jetzt|inzwischen|statt|maintenant|désormais"
    r"|ahora|en vez"
    r"|adesso|agora|again|wieder|converted|became|joined|started)\b|现在|换|改|搬[到去来]|跳槽|今は"
    r"|に(?:なり|引っ越|転職|乗り換|変わ)|теперь|이제",
    re.IGNORECASE,
)
_CORRECTS: Final = re.compile(
    r"\b(?:correction|typo|i meant|misspoke|actually|after all|in fact|it turns out|korrektur|doch nicht"
    r"|eigentlich|en fait"
    r"|finalement|en realidad|al final|resulta)\b|其实|原来|更正|訂正|実は|実際は",
    re.IGNORECASE,
)


_CALLED: Final = re.compile(
    r"(?<!n't )(?<!not )(?<!never )\b(?i:call me|nennt? mich|appelle[- ]moi|llámame|chiamami|me chame de|зови меня) "
    r"(?i:bitte |please |just )?(?=[A-ZÀ-ÞА-Я])|(?<![别不])叫我(?=\w)|と呼んで"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says of the user, as it was said.

    The `value` is None where none can be told surely; the `key` is what it is of (the colour of a favourite colour).
    What the sentence may name as no more so is in `ended`, the slots that it may as well be of in `likely_slots`,
    the probability that it tells of something that changed or ended in `change`. `held_from` and `held_until` are
    aware times where the sentence tells them surely; what ended held until it was said at the latest.
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
    likely_slots: tuple[str, ...] = ()
    change: float = 0.0

    @property
    def tells_of_change(self) -> bool:
        """Whether it says that something is no longer as it was."""
        return self.state in {"changed", "ended"} or self.change >= MIN_CHANGE

    @property
    def only_ends(self) -> bool:
        """Whether it says what is no more, and nothing that took its place."""
        return self.state == "ended"


def statement_of(sentence: str, verdict: Verdict, said_at: datetime) -> Statement:
    """The statement that a judged sentence of an aware time makes; its slot and state are the judge's.

    An address with an @ tells its slot better than the judge, and so does "call me" with a name.
    """
    slot = "email" if value_of(sentence, "email") else "name" if _CALLED.search(sentence) else verdict.slot
    tells_of_change = (
        verdict.state in {"changed", "ended"} or verdict.change >= MIN_CHANGE or _CORRECTS.search(sentence) is not None
    )
    ended = ended_values(sentence, slot) if tells_of_change else frozenset()
    value = value_of(sentence, slot)
    if value is None and slot in VALUED:
        slot = None
    if value in ended and verdict.state == "ended":
        value = None
    return Statement(
        sentence,
        slot,
        value,
        key_of(sentence, slot),
        verdict.subject,
        verdict.state,
        said_at,
        ended - {value} if value else ended,
        held_from=_held_from(sentence, verdict.state, said_at),
        held_until=said_at if verdict.state == "ended" else None,
        likely_slots=verdict.likely_slots,
        change=verdict.change,
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
    if new.said_at < old.said_at or old.state == "ended" or not _same_person(old, new) or _says_the_same(old, new):
        return "stands"
    if new.tells_of_change or new.ended:
        return _effect_of_change(old, new, similarity)
    if old.slot != new.slot or not is_single(new.slot) or not _same_key(old, new, similarity):
        return "stands"
    if old.value and new.value:
        return "replaces"
    return "doubtful"


def may_outdate(old: Statement, new: Statement) -> bool:
    """Whether a later statement is likely to tell of what an older one tells, and more newly.

    Where both can be read, the later is to be read first. That takes less than `supersedes`, by which a fact falls: the
    same slot of the same person, with one value at a time, a change, or a thing that both name.
    """
    if new.said_at <= old.said_at or not _same_person(old, new) or _says_the_same(old, new):
        return False
    if supersedes(old, new) != "stands":
        return True
    if not _are_near(old, new) or not _can_be_of_one_thing(old, new):
        return False
    return new.tells_of_change or is_single(new.slot) or shares_a_thing(old, new)


def _effect_of_change(old: Statement, new: Statement, similarity: float | None) -> Effect:
    """What a statement does that says that something changed or ended."""
    decided: Effect = "ends" if new.only_ends else "replaces"
    near = _are_near(old, new)
    if _names_what_ended(old, new) and (near or old.slot is None or new.slot is None or _is_named_first(old, new)):
        return decided
    if not _can_be_of_one_thing(old, new):
        return "stands"
    if _shares_a_name(old, new) and _speaks_of_it(old, new):
        return decided if near or new.state == "ended" or new.slot in OF_SOMEONE_NAMED else "doubtful"
    if shares_a_thing(old, new) and _speaks_of_it(old, new):
        if near:
            return decided
        return "doubtful" if (similarity or 0.0) >= LIKELY_SAME_THING else "stands"
    return _effect_without_a_word(old, new, similarity, decided, near=near)


def _effect_without_a_word(
    old: Statement, new: Statement, similarity: float | None, decided: Effect, *, near: bool
) -> Effect:
    """The effect where the two statements have no telling word in common, only what they are about."""
    if not near or _adds_to(old, new):
        return "stands"
    same = old.slot == new.slot
    if old.slot in EATEN and new.slot in EATEN and not same:
        return decided
    if same and new.slot == "diet":
        return decided
    if same and is_single(new.slot) and new.slot not in KEYED:
        # What names no value may be of somebody else, or of a visit.
        return decided if new.value or new.ended or new.state == "ended" else "doubtful"
    told_of_same = same and (old.key is not None or _meant(old, new))
    if told_of_same or (
        (similarity or 0.0) >= SURELY_SAME_THING and (is_single(new.slot) or _INSTEAD.search(new.text))
    ):
        return decided
    if is_single(new.slot) and new.slot not in KEYED and old.slot not in KEYED:
        return "doubtful"
    if same and (similarity or 0.0) >= LIKELY_SAME_THING and (new.state == "ended" or _NEW_VALUE.search(new.text)):
        return "doubtful"
    return "stands"


def _adds_to(old: Statement, new: Statement) -> bool:
    """Whether it says more of what was told in the same breath: "We moved to Zurich. The new flat has a balcony."."""
    return old.said_at == new.said_at and new.state != "ended" and not new.value and not new.ended


def _are_near(old: Statement, new: Statement) -> bool:
    """Whether both are of the same slot or of slots that may stand for each other, so far as the judge is sure."""
    if are_near(old.slot, new.slot) or old.slot in new.likely_slots:
        return True
    if new.slot is not None and new.slot in old.likely_slots:
        return True
    eaten = key_of(new.text, "diet")
    return eaten is not None and {old.slot, new.slot} <= EATEN and eaten == key_of(old.text, "diet")


def _meant(old: Statement, new: Statement) -> bool:
    """Whether both speak of the same in other words: the wedding and getting married."""
    had, has = (set(concepts(words(each.text))) & TELLING for each in (old, new))
    return bool(had & has)


def _can_be_of_one_thing(old: Statement, new: Statement) -> bool:
    """Whether nothing says that the two are of different things: the colour and the food among favourites."""
    both_keyed = old.slot == new.slot and old.key is not None and new.key is not None
    return not both_keyed or old.key == new.key


def _same_person(old: Statement, new: Statement) -> bool:
    """Whether both are of the same person; what "we" do, the user does. Who is named needs no "my sister"."""
    if _same_subject(old, new):
        return True
    return new.subject in {USER, WE} and new.tells_of_change and _shares_a_name(old, new)


def _same_subject(old: Statement, new: Statement) -> bool:
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
    return shares_a_thing(old, new) or (similarity or 0.0) >= SURELY_SAME_THING


def _same_value(old: Statement, new: Statement) -> bool:
    if particulars(old.value or "") != particulars(new.value or ""):
        return False
    return old.value == new.value or f" {old.value} " in f" {new.value} " or f" {new.value} " in f" {old.value} "


def _says_the_same(old: Statement, new: Statement) -> bool:
    """Whether the old statement says already what the new one does; what denies a value never repeats it."""
    if new.state == "ended" and old.state != "ended":
        return False
    same_value = bool(new.value and old.value and old.slot == new.slot and _same_value(old, new))
    return same_value or folded(old.text) == folded(new.text)


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


def _shares_a_name(old: Statement, new: Statement) -> bool:
    """Whether the new statement has a name of the old one, in capitals or not."""
    names = {folded(name) for name in _NAMES.findall(old.text)} - _VAGUE
    if old.value and not old.value.isdigit():
        names.add(old.value)
    text = _padded(new.text.replace("'", " ").replace("’", " "))
    return any(_holds(text, name) for name in names)


def shares_a_thing(old: Statement, new: Statement) -> bool:
    """Whether both name the same rare thing: a place, a person, the kind of appointment."""
    if _shares_a_name(old, new):
        return True
    had, has = set(content_words(old.text)) - _VAGUE, set(content_words(new.text)) - _VAGUE
    if had & has:
        return True
    return any(_is_same_word(one, other) for one in had for other in has)


def _speaks_of_it(old: Statement, new: Statement) -> bool:
    """Whether a statement with a value, or what it names as no more so, is of what the old one tells, or most of it is.

    In long sentences one word in common says little: in talks of friends most that a single one ended held on.
    """
    if new.value or new.ended:
        return True
    had, has = set(content_words(old.text)) - _VAGUE, set(content_words(new.text)) - _VAGUE
    shorter, longer = sorted((had, has), key=len)
    shared = sum(any(one == other or _is_same_word(one, other) for other in longer) for one in shorter)
    return shared > ENOUGH_SHARED * len(shorter)


def _is_same_word(one: str, other: str) -> bool:
    """Whether two words differ in their ending only, or one is the first part of the other."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < MIN_STEM or not shorter[0].isalpha():
        return False
    stem = shorter if len(shorter) > MIN_STEM + 1 else shorter[:-1]
    return longer.startswith(stem) and (len(longer) - len(stem) <= MAX_ENDING or len(shorter) > MIN_STEM + 1)


OF_SOMEONE_NAMED: Final = frozenset({"relationship", "partner", "pet", "family"})
"""Slots whose end is told by a name alone: whatever was said of Rex, he died."""
EATEN: Final = frozenset({"diet", "habit", "like", "dislike"})
"""Slots among which smoking, coffee or meat may stand."""
TELLING: Final = frozenset({"marry", "doctor", "smoke", "vegan", "drink"})
"""Concepts narrow enough that two statements of one slot that share one are of the same thing."""
_INSTEAD: Final = re.compile(
    r"\b(?:instead|no more|no longer|switched|swapped|replaced|dropped|only|statt|gewechselt|umgestiegen|à la place"
    r"|remplacé|en vez|cambié|invece|al posto|вместо|перешёл|перешла)\b|换|改|不再|乗り換え|変え|やめて|대신"
    r"|바꿨|갈아",
    re.IGNORECASE,
)
MIN_STEM: Final = 4
MAX_ENDING: Final = 3
_NAMES: Final = re.compile(r"(?<=[\w,;:] )[A-ZÀ-ÞА-ЯЁ][\w-]+|[\u30a1-\u30ffー]{2,}")
_VAGUE: Final = frozenset(
    """day time week month year home work works working job new monday tuesday wednesday thursday friday saturday sunday
    now moved moving use using used got get getting left leave quit still think really like likes love hate old good
    best since years weeks months days ago called name start started starting going went back made make take took thing
    things people live lives living place times every morning evening night today yesterday tomorrow weekend last next
    first one two three four five always never also own big small lot much many way long january february march april
    june july august september october november december born have had want need favourite favorite
    sister brother mother father mum mom dad parents wife husband partner girlfriend boyfriend son daughter kids
    children friend boss colleague neighbour family married flat house apartment room
    montag dienstag mittwoch donnerstag freitag samstag sonntag arbeite arbeiten wohne wohnen heißt heiße habe neue
    neuen neues neuer jetzt schwester bruder mutter vater eltern frau mann kinder jahre jahren tag woche monat
    lundi mardi mercredi jeudi vendredi samedi dimanche travaille habite vis nouveau nouvelle maintenant ans sœur frère
    mère père parents femme mari enfants jour semaine mois
    lunes martes miércoles jueves viernes sábado domingo trabajo vivo nuevo nueva ahora años hermana hermano madre padre
    padres mujer marido hijos día semana mes
    lunedì martedì mercoledì giovedì venerdì sabato domenica lavoro vivo abito nuovo nuova adesso anni sorella fratello
    segunda terça quarta quinta sexta trabalho moro novo nova agora anos irmã irmão
    работаю живу теперь новый новая года лет сестра брат мама папа день неделю месяц зовут
    现在 工作 公司 今天 昨天 上周 下周 每天 开始 喜欢 姐姐 妹妹 哥哥 弟弟 妈妈 爸爸 先月
    今日 昨日 仕事 会社 好き""".split()
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
    found: list[int] = []
    for at, other in enumerate(others):
        similarity = similarities[at] if similarities is not None else 0.0
        if other != ended and _stood_on(ended, other, slot, similarity):
            found.append(at)
    return tuple(found)


def _stood_on(ended: Statement, other: Statement, slot: str, similarity: float) -> bool:
    """Whether a statement stood on one of the slot that ended: by whom it is of, a word, a name, or its meaning."""
    if ended.subject in {USER, WE} and other.subject in PEOPLE_OF.get(slot, ()):
        return True
    if not _same_subject(ended, other):
        return False
    slots, cues = DEPENDENTS[slot]
    plain = folded(other.text)
    if (other.slot in slots or other.slot is None) and any(folded(cue) in plain for cue in cues):
        return True
    if ended.value and other.slot != ended.slot and _holds(_padded(other.text), ended.value):
        return True
    return similarity >= SURELY_RELATED and other.slot in slots
