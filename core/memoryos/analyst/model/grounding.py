"""Whether what a model says can stand on the pages it read: by what can be checked, not by shared words.

A statement is refused for a reason with a name: a number, a name or a date that its pages do not have, a denial
turned round, a wish taken for a fact, the other speaker's words. What says the same in other words contradicts
nothing and is believed: "User is vegetarian" from "I don't eat meat".
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from memoryos import timestamps
from memoryos.analyst.model import clauses as speech
from memoryos.analyst.model.clauses import Clause, stems
from memoryos.analyst.model.debris import flaw, is_small_talk
from memoryos.analyst.model.numbers import attached, claimed, counted, digits, named
from memoryos.analyst.model.roles import is_of_another, is_turned_round
from memoryos.analyst.model.times import hints_at_time, named_times, without_times
from memoryos.language.dates import Span, named_dates
from memoryos.language.words import content_words, folded, sentences, words

if TYPE_CHECKING:
    from memoryos.models import Owner, Page

Reason = Literal[
    "empty",
    "debris",
    "loop",
    "echo",
    "error text",
    "refusal text",
    "number",
    "name",
    "date",
    "negation",
    "ended",
    "hypothetical",
    "role-play",
    "question",
    "other speaker",
    "third person",
    "language",
    "restated",
    "sarcasm",
    "unfounded",
]
"""Why a statement is not believed."""

Days = tuple[date, date]

_CONTRADICTS: Final = 0.5
"""A clause bears on a statement when it holds this much of its stems."""

_ALIKE: Final = 0.6
_LONGEST_NUMBER: Final = 5
_UNITS: Final = (100, 60, 12, 7, 1000)
_MEASURED: Final = re.compile(
    r"\d ?(?:m|cm|km|kg|g|l|ml|h|min)\b|\b(?:met(?:er|re)s?|hours?|minutes?|weeks?|months?|days?|stunden?|minuten"
    r"|wochen|monate|heures?|semaines?|mois|jours|horas?|semanas|meses|días|ore|settimane|mesi|час\w*|недел\w+"
    r"|месяц\w*)\b"
    r"|小时|分钟|周|个月|時間|週間|ヶ月"
)
"""Units that convert into others: metres, hours, weeks, months."""
_OTHER_SCRIPT: Final = 0.2
_MIN_SHARED_HAN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Side:
    """What one speaker said on a page, read for checks."""

    text: str
    stems: frozenset[str]
    clauses: tuple[Clause, ...]
    framed: tuple[tuple[str, speech.Frame | None], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One page, both sides, and when it was said by the timestamp that the model was shown."""

    user: Side
    agent: Side
    said_at: datetime

    def own(self, owner: Owner) -> Side:
        return self.user if owner == "user" else self.agent

    def other(self, owner: Owner) -> Side:
        return self.agent if owner == "user" else self.user


class Grounds:
    """The pages a model read, as what its statements are measured against; `context` is what was told before."""

    def __init__(self, pages: Sequence[Page], context: str = "") -> None:
        self._sources = [
            Source(
                _side(page.user_input),
                _side(page.agent_response),
                timestamps.on_the_clock(page.timestamp) or page.happened_at,
            )
            for page in pages
        ]
        self._context = stems(context)
        self._stems = [source.user.stems | source.agent.stems for source in self._sources]
        self._text = "\n".join((*(page.text for page in pages), context))

    def share(self, statement: str, pages: Iterable[int]) -> float:
        """How much of a statement's stems stand on these pages, 0-1."""
        held = self._context.union(*(self._stems[page] for page in pages))
        if len(held) < _TOO_FEW_STEMS:
            return 1.0
        said = stems(statement)
        return len(said & held) / len(said) if said else 0.0

    def flaw(self, statement: str) -> Reason | None:
        """What makes a text no statement at all, or one in a language that nobody spoke."""
        found = flaw(statement, self._text)
        return found or (None if self._is_spoken_here(statement) else "language")

    def supported(self, statement: str, owner: Owner, pages: Sequence[int]) -> tuple[tuple[int, ...], Reason | None]:
        """The pages that a statement stands on, and why it stands on none.

        The pages that the model names are believed unless they contradict the statement or say nothing of it while
        another page says most of it.
        """
        if problem := self.flaw(statement) or ("empty" if is_small_talk(statement) else None):
            return (), problem
        shares = [self.share(statement, (page,)) for page in range(len(self._sources))]
        ranked = sorted(range(len(shares)), key=lambda page: (-shares[page], page))
        first: Reason | None = None
        for candidate in self._candidates(statement, tuple(pages), ranked, shares):
            problem = self._problem(statement, owner, candidate)
            if problem is None:
                return candidate, None
            first = first or problem
        return (), first or "unfounded"

    def _candidates(
        self, statement: str, told: tuple[int, ...], ranked: Sequence[int], shares: Sequence[float]
    ) -> list[tuple[int, ...]]:
        """The pages that a statement may stand on, the likeliest first: those that the model names, then others."""
        best = shares[ranked[0]] if ranked else 0.0
        found = [tuple(page for page in told if shares[page] > 0.0 or best < _CONFIRMED), told]
        if best >= _SAID and self.share(statement, told) <= _SAID / 2:
            found.insert(0, (ranked[0],))
        found += [(page,) for page in (*told, *(page for page in ranked if shares[page] > 0.0))]
        if len(shares) == 1:
            found.append((0,))
        return [pages for pages in dict.fromkeys(found) if pages]

    def _problem(self, statement: str, owner: Owner, pages: tuple[int, ...]) -> Reason | None:
        """What on these pages speaks against a statement."""
        sources = [self._sources[page] for page in pages]
        claim = _Claim(statement, owner, sources)
        for check in _CHECKS:
            if problem := check(claim):
                return problem
        return None

    def _is_spoken_here(self, statement: str) -> bool:
        """Whether a statement is in a script and a language of the pages, or in English."""
        ours, theirs = _scripts(statement), _scripts(self._text)
        if not ours or not theirs:
            return True
        script = max(ours, key=ours.__getitem__)
        if theirs[script] < _OTHER_SCRIPT * theirs.total() and script != "LATIN":
            return _is_han_here(script, theirs) or self._says(statement)
        return script != "LATIN" or self._is_in_a_spoken_language(statement) or self._says(statement)

    def _is_in_a_spoken_language(self, statement: str) -> bool:
        """Whether a statement in Latin letters is not clearly in a language that is neither English nor the pages'."""
        ours = _language(statement)
        if ours in {None, "en"}:
            return True
        texts = ("\n".join(side.text for side in sides).strip() for sides in self._speakers())
        spoken = [_language(text, least=2) for text in texts if text]
        return not {None, ours}.isdisjoint(spoken) or any(
            _votes(line)[ours or ""] >= 2 for line in self._text.splitlines()
        )

    def _speakers(self) -> tuple[list[Side], list[Side]]:
        return [source.user for source in self._sources], [source.agent for source in self._sources]

    def _says(self, statement: str) -> bool:
        said, held = stems(statement), self._context.union(*self._stems)
        return 2 * len(said & held) >= len(said)


_TOO_FEW_STEMS: Final = 3
"""Pages with fewer words of their own ("Ok, thanks!") say too little to measure against."""

_CONFIRMED: Final = 0.6
_SAID: Final = 0.9
"""A page says a statement in its own words with this much of its stems, most of it with the other."""


class _Claim:
    """A statement about somebody beside the pages that are to bear it out."""

    def __init__(self, statement: str, owner: Owner, sources: Sequence[Source]) -> None:
        self.text = speech.straight(statement)
        self.owner: Owner = owner
        self.stems = stems(statement)
        self.sources = sources
        self.said_at = sources[0].said_at
        self.parts = speech.clauses(self.text)
        self.own = [source.own(owner) for source in sources]
        self.other = [source.other(owner) for source in sources]
        self.own_text = "\n".join(side.text for side in self.own)
        self.other_text = "\n".join(side.text for side in self.other)
        self.own_clauses = [clause for side in self.own for clause in side.clauses]
        self.own_stems = frozenset[str]().union(*(side.stems for side in self.own))
        self.other_stems = frozenset[str]().union(*(side.stems for side in self.other))

    @property
    def heard(self) -> str:
        """What the statement may take numbers from: the words of the one it is about, and what that one agrees to."""
        agreed = [other.text for own, other in zip(self.own, self.other, strict=True) if speech.confirms(own.text)]
        return "\n".join((self.own_text, *agreed)) if self.own_text.strip() else self.other_text

    @property
    def everything(self) -> str:
        return f"{self.own_text}\n{self.other_text}"

    def bearing(self, wanted: frozenset[str]) -> list[Clause]:
        """The clauses of the one it is about that hold most of these stems, if that is enough to speak against them."""
        if not wanted:
            return []
        shares = [(len(clause.stems & wanted) / len(wanted), clause) for clause in self.own_clauses]
        most = max((share for share, _ in shares), default=0.0)
        return [clause for share, clause in shares if share == most] if most >= _CONTRADICTS else []


def _side(said: str) -> Side:
    text = speech.straight(said)
    return Side(text, stems(text) if text.strip() else frozenset(), speech.clauses(text), speech.frames(text))


# Numbers


def _number(claim: _Claim) -> Reason | None:
    statement = without_times(claim.text, claim.said_at.date())
    wanted = claimed(statement)
    if not wanted:
        return None
    heard = claim.heard
    held = named(heard)
    if _counts_otherwise(statement, heard):
        return "number"
    missing = [number for number in wanted if number not in held]
    if not missing or all(_is_derived(number, claim, held) for number in missing):
        return None
    return "number"


def _counts_otherwise(statement: str, heard: str) -> bool:
    """Whether the page has another number before something that the statement counts, and not this one."""
    ours, theirs = attached(statement), attached(heard)
    return any(not numbers & theirs[thing] for thing, numbers in ours.items() if thing in theirs)


def _is_derived(number: Decimal, claim: _Claim, held: frozenset[Decimal]) -> bool:
    """Whether a number follows from the pages: things listed, other units, an age from a year, digits of a row."""
    if _MEASURED.search(claim.text) and any(number * unit in held or number / unit in held for unit in _UNITS):
        return True
    if number <= 12 and any(counted(sentence) == number for sentence in sentences(claim.heard)):
        return True
    year = claim.said_at.year
    if any(abs(year - other - number) <= 1 for other in held if 1900 <= other <= year or 1900 <= number <= year):
        return True
    if any(number - other == 12 for other in held if 13 <= number <= 23):  # 19:30 is 7:30 pm
        return True
    row = str(number).replace(".", "")
    return len(row) >= _LONGEST_NUMBER and row in digits(claim.heard)


# Dates


def _date(claim: _Claim) -> Reason | None:
    wanted = [time.can_be for time in named_times(claim.text, claim.said_at.date()) if not time.is_length]
    if not wanted:
        return None
    offered = _offered_times(claim)
    if not all(_meets(can_be, offered) for can_be in wanted):
        return "date"
    return "date" if len(wanted) == 1 and _is_the_day_of_another(claim, wanted[0]) else None


_PART_ENDS: Final = re.compile(r"\s*[,;]\s*|\s+(?:and|but|und|aber|et|mais|y|pero|e|ma|mas)\s+", re.IGNORECASE)
_SHIFTS: Final = re.compile(
    r"\b(?:moved?|shift\w*|postpon\w*|reschedul\w*|pushed|chang\w*|instead|actually|now|not|until|verschoben|verlegt"
    r"|statt|report\w*|décal\w*|aplaz\w*|cambi\w*|rimandat\w*|adiad\w*)\b|n't\b",
    re.IGNORECASE,
)


def _is_the_day_of_another(claim: _Claim, can_be: Sequence[Days]) -> bool:
    """Whether a sentence gives a day to what the statement is about, and the statement's to something else."""
    for sentence in sentences(claim.own_text):
        if _SHIFTS.search(sentence):
            continue
        shared = [(len(stems(part) & claim.stems), part) for part in _PART_ENDS.split(sentence)]
        most = max(count for count, _ in shared)
        best = [part for count, part in shared if count == most]
        dated = [days for _, part in shared if (days := _days(part, claim.said_at))]
        if most and len(best) == 1 and len(dated) > 1:
            own = _days(best[0], claim.said_at)
            return bool(own) and not _meets(can_be, own)
    return False


_BORN: Final = re.compile(
    r"\b(?:born|birth\w*|geboren|jahrgang|née?|nació|nacid[oa]|nat[oa]|nascid[oa]|nasceu|родил\w*|рождени\w*)\b|出生|生まれ|年生",
    re.IGNORECASE,
)


def _offered_times(claim: _Claim) -> list[Days]:
    """The days that the pages speak of; the day of the page itself where the words that bear it out name none."""
    days: list[Days] = []
    for source in claim.sources:
        text = f"{source.own(claim.owner).text}\n{source.other(claim.owner).text}"
        spoken = _days(text, source.said_at)
        own_day = source.said_at.date()
        days += spoken
        if _BORN.search(claim.text):
            days += _years_of_numbers(text, own_day)
        if not spoken or not _days(_best_sentence(claim, source), source.said_at):
            days.append((own_day, own_day))
        if not spoken and hints_at_time(text):
            days.append((own_day.replace(year=own_day.year - 1, day=1), own_day.replace(year=own_day.year + 1, day=28)))
    return days


def _best_sentence(claim: _Claim, source: Source) -> str:
    """The sentence of the one it is about that holds most of the statement; all that was said where none holds any."""
    own = source.own(claim.owner).text
    spoken = sentences(own)
    best = max(spoken, key=lambda sentence: len(stems(sentence) & claim.stems), default=own)
    return best if stems(best) & claim.stems else own


def _days(text: str, said_at: datetime) -> list[Days]:
    """The days that a page may name, by this reading and by that of queries, which knows more languages."""
    times = [stretch for time in named_times(text, said_at.date()) for stretch in time.can_be]
    spans = named_dates(text, said_at.replace(tzinfo=timezone.utc), timezone.utc)
    return times + [(span.start.date(), span.end.date()) for span in spans if isinstance(span, Span)]


def _years_of_numbers(text: str, said_on: date) -> list[Days]:
    """The years in which somebody of that age was born."""
    ages = (int(number) for number in named(text) if number == int(number) and 0 < number < 120)
    return [(date(said_on.year - age - 1, 1, 1), date(said_on.year - age, 12, 31)) for age in ages]


def _meets(can_be: Sequence[Days], offered: Sequence[Days]) -> bool:
    return any(ours[0] <= theirs[1] and theirs[0] <= ours[1] for ours in can_be for theirs in offered)


# Names

_CAPITALISED: Final = re.compile(r"(?<![\w.'’-])([A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’&.+#-]*[\w+#]|[A-Z])(?![\w])")
_NO_NAME: Final = frozenset(
    """user users nutzer nutzerin benutzer benutzerin utilisateur utilisatrice usuario usuaria utente usuário usuária
    пользователь пользовательница
    assistant ai i i'm i've i'd i'll ok ki ia tv pc phd mr mrs ms dr st
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
    january february march april may june july august september october november december
    januar februar märz mai juni juli oktober dezember
    english german french spanish italian portuguese russian chinese japanese korean dutch turkish arabic hindi
    american british european asian african indian canadian mexican brazilian polish swedish greek
    christian catholic muslim jewish buddhist hindu christmas easter
    sir madam god internet web""".split()
)
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:]\s+|[\"“(\n]\s*)$")
_GERMAN: Final = re.compile(
    r"\b(?:der|die|das|und|ist|hat|ein|eine|einen|einem|nutzer|nutzerin|benutzer|wohnt|arbeitet|mag|heißt"
    r"|beim?|im|am|zum|zur|seine|ihre|seit|mit|für|auf)\b",
    re.IGNORECASE,
)
_GERMAN_NAME: Final = re.compile(
    r"\b(?:in|bei|aus|nach|namens|heißt|heisst|mit|von|für|Marke|Firma"
    r"|Stadt) ([A-ZÄÖÜ][\wäöüß-]+)(?![\wäöüß]*(?:ung|heit|keit|schaft|tion|tät)\b)"
)
_SUBJECT_NAME: Final = re.compile(
    r"^(?!(?:The|A|An|This|That|These|Those|Their|His|Her|Its|Both|All|Some|Every|Each|There|No|Not|As|In|On"
    r"|At|With)\b)([A-Z][a-z]+)(?<!s)(?:'s \w+| is| has| was| had| \w+(?:s|ed))\b"
)


_PLACE_OF_NAME: Final = re.compile(
    r"(住在|来自|搬到|搬去|嫁给|名叫|叫做?|在)([\u4e00-\u9fff]{2,4}?)(?=工作|上班|上学|读书|念书|生活|住|结婚|的|了|[，。！]|$)"
    r"|([\u4e00-\u9fff\u30a1-\u30fc]{2,8})(に住|で働|に勤|という|と結婚|に引っ越|を卒業|に通)"
)
"""Where Chinese and Japanese, which have no capitals, name a place, an employer or somebody."""


def _unspaced_name(claim: _Claim) -> Reason | None:
    ours, theirs = _names_by_place(claim.text), _names_by_place(claim.own_text)
    for place, name in ours.items():
        other = theirs.get(place)
        if other is not None and not set(name) & set(other) and name not in claim.everything:
            return "name"
    return None


def _names_by_place(text: str) -> dict[str, str]:
    return {match[1] or match[4]: match[2] or match[3] for match in _PLACE_OF_NAME.finditer(text)}


def _name(claim: _Claim) -> Reason | None:
    text = _plain_names(claim.everything)
    subject = _SUBJECT_NAME.match(claim.text)
    if subject is not None and subject[1].casefold() not in _NO_NAME and not _is_known_name(subject[1], text):
        return "name"
    if _is_misnamed(claim):
        return "name"
    unknown = [name for name in _names(claim.text) if not _is_known_name(name, text)]
    if not unknown:
        return None
    said = _plain_names(claim.text)
    left_out = [name for name in _page_names(claim.own_text) if not _is_known_name(name, said)]
    if not left_out:
        return None
    return "name" if any(_stands_for(name, left_out, claim) for name in unknown) else None


def _turned_round(claim: _Claim) -> Reason | None:
    """Whether a statement swaps those of whom the page tells, or gives one what is another's."""
    if len(_GERMAN.findall(claim.own_text)) >= 2:  # any noun is capitalised, and may stand first
        return None
    if is_turned_round(claim.text, claim.own_text):
        return "name"
    return "third person" if claim.owner == "user" and is_of_another(claim.text, claim.own_clauses) else None


def _is_misnamed(claim: _Claim) -> bool:
    """Whether somebody's sister, boss or friend has another name on the page."""
    ours, theirs = speech.named_kin(claim.text), speech.named_kin(claim.own_text)
    return any(not names & theirs[kin] for kin, names in ours.items() if kin in theirs)


def _stands_for(name: str, left_out: Sequence[str], claim: _Claim) -> bool:
    """Whether a name took the place of one on the page: the rest is the same, or it stands behind the same word."""
    names = stems(" ".join((name, *left_out)))
    rest = stems(speech.without_kin(claim.text)) - names - stems(" ".join(_names(claim.text)))
    if not rest or rest & claim.own_stems:
        return True
    before = _word_before(name, claim.text)
    if before in _PLACED:  # a country for its town
        return False
    return before is not None and any(before == _word_before(other, claim.own_text) for other in left_out)


_PLACED: Final = frozenset({"in", "en", "à", "em", "в", "to", "nach"})


def _word_before(name: str, text: str) -> str | None:
    found = re.search(rf"(\w+) {re.escape(name)}\b", text)
    return None if found is None else found[1].casefold()


def _names(statement: str) -> tuple[str, ...]:
    """The capitalised words of a statement that are names, those at the beginning of a sentence left out."""
    if len(_GERMAN.findall(statement)) >= 2:
        found = _GERMAN_NAME.findall(statement)
    else:
        found = [
            match[1]
            for match in _CAPITALISED.finditer(statement)
            if not _SENTENCE_START.search(statement[max(0, match.start() - 8) : match.start()] or "\n")
            and match.start() > 0
        ]
    return tuple(name for name in found if folded(name.removesuffix("'s")) not in _FOLDED_NO_NAME)


_FOLDED_NO_NAME: Final = frozenset(map(folded, _NO_NAME))


def _page_names(text: str) -> tuple[str, ...]:
    """The names on a page; a word that begins a sentence counts if it is none of everyday."""
    german = len(_GERMAN.findall(text)) >= 2
    if german:
        return tuple(name for name in _GERMAN_NAME.findall(text) if folded(name) not in _FOLDED_NO_NAME)
    everyday = frozenset(words(text)) - frozenset(content_words(text))
    small = frozenset(re.findall(r"\b[a-zà-ÿ]\w+", text))
    found = _CAPITALISED.finditer(text)
    return tuple(
        name
        for match in found
        if (name := match[1].removesuffix("'s"))
        and folded(name) not in _FOLDED_NO_NAME
        and folded(name) not in everyday
        and folded(name) not in small
        and not (
            _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]) and not _is_name_shaped(name, text)
        )
    )


def _is_name_shaped(word: str, text: str) -> bool:
    """Whether a capitalised word that begins a sentence looks like a name: a subject with a verb, or more than once."""
    return speech.subject_name(f"{text[text.index(word) :]}") == word


def _plain_names(text: str) -> str:
    return folded(unicodedata.normalize("NFKC", text))


def _is_known_name(name: str, text: str) -> bool:
    """Whether a name, or one much like it, stands in a folded text."""
    bare = folded(name.removesuffix("'s").removesuffix("’s"))
    if bare in text or _is_initials(bare, text):
        return True
    return any(_alike(bare, word) for word in frozenset(re.findall(r"[^\W\d_][\w'+#-]*", text)))


def _is_initials(name: str, text: str) -> bool:
    found = re.findall(r"[^\W\d_]+", text)
    return 2 <= len(name) <= 5 and name in "".join(word[0] for word in found)


def _alike(name: str, word: str) -> bool:
    if abs(len(name) - len(word)) > max(len(name), len(word)) // 2:
        return len(word) >= 3 and len(name) >= 3 and (name.startswith(word) or word.startswith(name[:4]))
    if name[:4] == word[:4] and len(name) >= 4:
        return True
    return name[0] == word[0] and SequenceMatcher(None, name, word).ratio() >= _ALIKE + 0.1


# Denials and ends


def _negation(claim: _Claim) -> Reason | None:
    for part in claim.parts:
        about = part.stems
        bearing = claim.bearing(about)
        if part.denies and len(about) > 1:
            bearing = [clause for clause in bearing if len(clause.stems & about) > len(about) * _CONTRADICTS]
        telling = [clause for clause in bearing if clause.denies or not speech.is_fragment(clause.text)]
        if bearing and not any(_agree(part, clause) for clause in telling or bearing):
            return "negation"
    return None


def _agree(part: Clause, clause: Clause) -> bool:
    """Whether a clause of a page does not turn a part of a statement round."""
    if part.denies == clause.denies or (part.denies and (part.stems & clause.ended or speech.is_fragment(clause.text))):
        return True
    denying, other = (part, clause) if part.denies else (clause, part)
    if not denying.denied & other.stems:
        return True
    if denying.ended and (other.ended or speech.HOLDS_NO_MORE.search(other.text)):
        return True
    return speech.is_soft(part.text) != speech.is_soft(clause.text)


def _ended(claim: _Claim) -> Reason | None:
    for part in claim.parts:
        if part.denies or part.ended or speech.HOLDS_NO_MORE.search(part.text):
            continue
        over = [clause for clause in claim.own_clauses if _is_over(part, clause, claim)]
        if over and not any(_still_holds(part, clause) for clause in claim.own_clauses):
            return "ended"
    return None


def _is_over(part: Clause, clause: Clause, claim: _Claim) -> bool:
    """Whether a clause says that what a part of a statement tells has ended."""
    shared = part.stems & clause.ended
    return bool(shared) and 2 * len(shared) >= len(part.stems & claim.own_stems)


def _still_holds(part: Clause, clause: Clause) -> bool:
    """Whether another clause speaks of the same thing and of no end."""
    return not clause.ended and not clause.denies and 2 * len(part.stems & clause.stems) > len(part.stems)


# Frames


def _framed(claim: _Claim) -> Reason | None:
    """Why the sentences that bear a statement out say nothing about what is so."""
    framed = [pair for side in claim.own for pair in side.framed]
    if not framed:
        return None
    shares = [(len(stems(sentence) & claim.stems), frame) for sentence, frame in framed]
    most = max(share for share, _ in shares)
    bearing = [frame for share, frame in shares if share == most]
    if None in bearing or (most == 0 and any(speech.is_request(sentence) for sentence, _ in framed)):
        return None
    if bearing[0] == "question" and most == 0 and not claim.other_stems & claim.stems:
        return None  # asked in passing, or as one asks who wants no answer
    return None if _is_told_as_such(bearing[0], claim) else bearing[0]


def _is_told_as_such(frame: speech.Frame | None, claim: _Claim) -> bool:
    """Whether a statement itself tells of a wish, a question, a play, or the opposite of what was said in irony."""
    if frame == "sarcasm":
        return any(part.denies for part in claim.parts)
    if frame == "role-play":
        return speech.OWN_TEXT.search(claim.text) is not None
    return speech.OWN_FRAME.search(claim.text) is not None


# Speakers


def _speaker(claim: _Claim) -> Reason | None:
    """Whether a statement is about the one who did not say it."""
    if not claim.own_text.strip() or not claim.stems or _is_asked_of(claim):
        return None
    theirs = (claim.stems & claim.other_stems) - claim.own_stems
    ours = claim.stems & claim.own_stems
    if not theirs:
        return _assistant_alone(claim) if claim.owner == "assistant" and not ours else None
    if speech.confirms(claim.own_text):
        return None
    carrying = [clause for side in claim.other for clause in _sentences_with(side, theirs)]
    if claim.owner == "assistant":
        return "other speaker" if len(theirs) > len(ours) and any(map(speech.speaks_of_itself, carrying)) else None
    if len(theirs) >= len(ours) and any(map(speech.is_speakers_own, carrying)):
        return "other speaker"
    told_of_others = len(theirs) >= 2 and len(theirs) > len(ours)
    return "other speaker" if told_of_others and not any(map(speech.addresses, carrying)) else None


def _assistant_alone(claim: _Claim) -> Reason | None:
    return None


def _is_asked_of(claim: _Claim) -> bool:
    """Whether a statement about an assistant is what the user asked of it."""
    return claim.owner == "assistant" and _ASKED_OF.search(claim.text) is not None


_ASKED_OF: Final = re.compile(
    r"\b(?:should|must|asked|has to|is to|shall|needs? to|called|named|name|soll\w*|muss|heißt|doit|devrait"
    r"|s'appelle|debe|debería|llama|deve|должен|зовут)\b|应该|要|被|叫|べき|呼",
    re.IGNORECASE,
)


def _sentences_with(side: Side, wanted: frozenset[str]) -> list[str]:
    return [sentence for sentence in sentences(side.text) if stems(sentence) & wanted]


def _third_person(claim: _Claim) -> Reason | None:
    """Whether a statement about the user is said of somebody else on the page, or the other way round."""
    if claim.owner != "user":
        return None
    said = claim.text.casefold()
    if any(whose in said and owner not in said for owner, whose in speech.kin_of_kin(claim.own_text)):
        return "third person"
    about_another = speech.names_kin(claim.text) or _is_of_named(claim)
    bearing = claim.bearing(claim.stems)
    if not bearing:
        return None
    if not about_another:
        others = [clause for clause in bearing if speech.is_about_another(clause.text, claim.stems)]
        return "third person" if len(others) == len(bearing) else None
    if speech.names_kin(claim.everything) or _page_names(claim.everything):
        return None
    own = [clause for clause in bearing if speech.speaks_of_itself(clause.text)]
    return "third person" if len(own) == len(bearing) and not _another_spoken_of(claim) else None


def _is_of_named(claim: _Claim) -> bool:
    """Whether a statement speaks of somebody by a name on the page."""
    said = _plain_names(claim.text)
    subjects = (speech.subject_name(clause.text) for clause in claim.own_clauses)
    return any(name is not None and folded(name) in said for name in subjects)


def _another_spoken_of(claim: _Claim) -> bool:
    return any(speech.is_about_another(clause.text) for clause in claim.own_clauses)


_CHECKS: Final[tuple[Callable[[_Claim], Reason | None], ...]] = (
    _speaker,
    _number,
    _date,
    _name,
    _unspaced_name,
    _turned_round,
    _framed,
    _ended,
    _negation,
    _third_person,
)


# Language


def _is_han_here(script: str, theirs: Counter[str]) -> bool:
    """Whether kana or Han characters stand beside the other kind, as they do in Japanese."""
    east = {"CJK", "HIRAGANA", "KATAKANA"}
    return script in east and sum(theirs[other] for other in east) >= _MIN_SHARED_HAN * theirs.total()


_TELLING: Final = {
    language: frozenset(map(folded, listed.split()))
    for language, listed in {
        "en": """i my she it you we the is has of and to with was are his her their user for from at in an that who does
            likes lives works""",
        "de": """ich mein meine du wir der die das ist hat und ein eine einen mit zu auf für von im am nutzer benutzer
            nicht seine ihre wohnt""",
        "fr": """je j mon ma tu nous le la les est et un une des du au aux avec pour son sa ses utilisateur l d n qui
            dans habite travaille""",
        "es": """yo mi me el la los las es y un una del al con para su sus usuario tiene que en vive trabaja se""",
        "pt": """eu meu minha o os as é e um uma do da com para seu sua usuário tem que em no na mora trabalha""",
        "it": """io mio mia il lo gli è e un una del della con per suo sua utente ha che di in nel vive lavora""",
        "nl": """de het een is en van met op voor zijn haar gebruiker heeft niet woont werkt""",
        "id": """yang dan di ke dari dengan untuk adalah pengguna tidak ini itu tinggal bekerja""",
    }.items()
}
"""Small words that tell languages in Latin letters apart, with those that statements about a user are made of."""


def _language(text: str, least: int = 3) -> str | None:
    """The language whose small words a text holds clearly more of than of any other; None where that is unclear."""
    ranked = _votes(text).most_common(2)
    (best, most), (_, second) = ranked
    return best if most >= least and most >= second + least - 1 else None


def _votes(text: str) -> Counter[str]:
    every = words(text)
    return Counter({language: sum(word in telling for word in every) for language, telling in _TELLING.items()})


def _scripts(text: str) -> Counter[str]:
    """How many letters of each script a text has; kana and Han characters are told apart."""
    return Counter(_script(letter) for letter in text if letter.isalpha())


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(maxsplit=1)[0]
