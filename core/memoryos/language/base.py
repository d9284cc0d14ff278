"""The shape of what a language's file says about dates: words and phrases as tables, no code.

Every table maps a meaning to its forms, written "one form|another form". Accents and capitals make no difference, a
hyphen or an apostrophe is a space, and each Chinese, Japanese or Korean character is a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Unit(Enum):
    """A length of time that people count or name."""

    MINUTE = auto()
    HOUR = auto()
    DAY = auto()
    WEEKEND = auto()
    WEEK = auto()
    FORTNIGHT = auto()
    MONTH = auto()
    QUARTER = auto()
    HALF_YEAR = auto()
    YEAR = auto()


class Part(Enum):
    """A part of a day: the hours, counted from its midnight, in which it lies."""

    MORNING = (4, 12)
    NOON = (11, 15)
    AFTERNOON = (12, 19)
    EVENING = (17, 24)
    NIGHT = (18, 30)


class Season(Enum):
    """A season of the northern half of the world, by its first month."""

    SPRING = 3
    SUMMER = 6
    AUTUMN = 9
    WINTER = 12


class Holiday(Enum):
    """A feast that people date things by."""

    CHRISTMAS_EVE = auto()
    CHRISTMAS = auto()
    NEW_YEARS_EVE = auto()
    NEW_YEAR = auto()
    EASTER = auto()
    CARNIVAL = auto()
    PENTECOST = auto()
    VALENTINES_DAY = auto()
    HALLOWEEN = auto()
    THANKSGIVING = auto()
    LUNAR_NEW_YEAR = auto()
    MID_AUTUMN = auto()
    MAY_DAY = auto()
    CHINESE_NATIONAL_DAY = auto()
    GOLDEN_WEEK = auto()
    OBON = auto()


class Meaning(Enum):
    """What a phrase does. Those that end in `_BEHIND` stand behind the date that they change."""

    LAST = auto()
    THIS = auto()
    NEXT = auto()
    SECOND_LAST = auto()
    SECOND_NEXT = auto()
    WEEKDAY_LAST_WEEK = auto()
    WEEKDAY_THIS_WEEK = auto()
    WEEKDAY_NEXT_WEEK = auto()
    WEEKDAY_WEEK_BEFORE_LAST = auto()
    AGO = auto()
    AHEAD = auto()
    PAST = auto()
    DURATION = auto()
    SAME_TIME = auto()
    WEEKEND = auto()
    RECENTLY = auto()
    THE_OTHER_DAY = auto()
    AGE = auto()
    DAY = auto()
    MOMENT = auto()
    NAMED = auto()
    YEAR = auto()
    CALENDAR = auto()
    PART = auto()
    DAY_NUMBER = auto()
    NTH_WEEK = auto()
    IN = auto()
    IN_BEHIND = auto()
    THE = auto()
    EARLY = auto()
    MIDDLE = auto()
    LATE = auto()
    EARLY_BEHIND = auto()
    MIDDLE_BEHIND = auto()
    LATE_BEHIND = auto()
    BEFORE = auto()
    AFTER = auto()
    SINCE = auto()
    UNTIL = auto()
    BEFORE_BEHIND = auto()
    AFTER_BEHIND = auto()
    SINCE_BEHIND = auto()
    UNTIL_BEHIND = auto()
    TO = auto()
    BETWEEN = auto()
    AND = auto()
    FIRST_ASKED = auto()
    LATEST_ASKED = auto()
    HOW_LONG_ASKED = auto()
    NO_DATE = auto()


@dataclass(frozen=True, slots=True)
class Language:
    """All that is known of how a language names times.

    `months` and `weekdays` (Monday first) are their forms in order. `named_units`: forms of units that are named ("last
    month") and never counted. `numbers`: the words from one on; `couple` and `few`: the vague ones. `days` counts from
    today; `moments` are parts of such a day in one phrase; `day_words` are ordinal numbers.

    A template in `phrases` is made of words ("ago"), choices ("last|past", a choice of several words being
    "at_the_end"), what may be missing ("the?") and slots: {n} a number, {unit}, {half_year}, {thing} (a unit, weekday,
    month, season, feast or part of a day), {weekday}, {month}, {season}, {holiday}, {part}, {day} (1-31), {year}.

    `of` joins day, month and year; `ordinals` follow the number of a day, always if
    `days_are_marked`; `joining` may stand between two parts of one
    date. `event_endings`: what a word ends in that "three months before" is counted from, where it stands in front.
    `ambiguous`: names of times that are also names of people or other words, which count only beside a word that a
    date has. `shared`: words that mean something else in another language, which count only where the text has as many
    `function_words` of this one.
    """

    code: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    units: Mapping[Unit, str]
    numbers: tuple[str, ...]
    seasons: Mapping[Season, str]
    holidays: Mapping[Holiday, str]
    parts: Mapping[Part, str]
    days: Mapping[int, str]
    moments: Mapping[tuple[int, Part], str]
    phrases: Mapping[Meaning, tuple[str, ...]]
    named_units: Mapping[Unit, str] = field(default_factory=dict)
    couple: str = ""
    few: str = ""
    of: str = ""
    ordinals: str = ""
    day_words: Mapping[int, str] = field(default_factory=dict)
    days_are_marked: bool = False
    event_endings: str = ""
    joining: str = ""
    ambiguous: str = ""
    shared: str = ""
    function_words: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """What tells a question from a statement in a language, and an answer from one that tells nothing.

    Each is a table as above, "one form|another form". `question_words` begin a question, or stand anywhere in one where
    the script has no spaces; `question_verbs` begin one. `speaking`: words that a whole sentence of talk has and key
    words do not. `unknown`: what somebody says who does not know; `offers`: what is said beside that, to ask back or to
    be of help; `fillers`: words that tell nothing by themselves. `but` begins what may tell something after all.
    `corrections` begin a reply to what was wrong. `collecting`: what asks for all that there is, not for one thing;
    `counted`: question words that do before a word in -s. `person`: what agents call the one whose memory it is.
    """

    question_words: str
    question_verbs: str
    speaking: str
    unknown: str
    offers: str
    fillers: str
    but: str
    corrections: str
    collecting: str
    person: str
    counted: str = ""
