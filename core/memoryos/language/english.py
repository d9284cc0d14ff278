"""English."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "january|jan",
    "february|feb",
    "march|mar",
    "april|apr",
    "may",
    "june|jun",
    "july|jul",
    "august|aug",
    "september|sep|sept",
    "october|oct",
    "november|nov",
    "december|dec",
)
WEEKDAYS: Final = (
    "monday|mon",
    "tuesday|tue|tues",
    "wednesday|wed",
    "thursday|thu|thur|thurs",
    "friday|fri",
    "saturday|sat",
    "sunday|sun",
)
UNITS: Final = {
    Unit.MINUTE: "minute|minutes|min|mins",
    Unit.HOUR: "hour|hours|hrs",
    Unit.DAY: "day|days",
    Unit.WEEKEND: "weekend|weekends|week end",
    Unit.WEEK: "week|weeks|wk|wks",
    Unit.FORTNIGHT: "fortnight|fortnights",
    Unit.MONTH: "month|months",
    Unit.QUARTER: "quarter|quarters",
    Unit.HALF_YEAR: "half a year|half year",
    Unit.YEAR: "year|years|yr|yrs",
}
NUMBERS: Final = (
    "one|a|an",
    *(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven "
        "twenty-eight twenty-nine thirty thirty-one thirty-two thirty-three thirty-four thirty-five thirty-six "
        "thirty-seven thirty-eight thirty-nine forty"
    ).split(),
)
SEASONS: Final = {
    Season.SPRING: "spring|springtime",
    Season.SUMMER: "summer|summertime",
    Season.AUTUMN: "autumn|fall",
    Season.WINTER: "winter|wintertime",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "christmas eve",
    Holiday.CHRISTMAS: "christmas|christmas day|xmas|christmas time|boxing day",
    Holiday.NEW_YEARS_EVE: "new years eve|new year's eve|new year eve",
    Holiday.NEW_YEAR: "new year|new years|new year's|new year's day|new years day",
    Holiday.EASTER: "easter|easter sunday|easter weekend",
    Holiday.CARNIVAL: "mardi gras",
    Holiday.PENTECOST: "pentecost|whitsun",
    Holiday.VALENTINES_DAY: "valentine's day|valentines day|valentine's",
    Holiday.HALLOWEEN: "halloween",
    Holiday.THANKSGIVING: "thanksgiving|thanksgiving day",
    Holiday.LUNAR_NEW_YEAR: "chinese new year|lunar new year|spring festival",
    Holiday.MID_AUTUMN: "mid autumn festival|chuseok",
    Holiday.MAY_DAY: "may day",
}
PARTS: Final = {
    Part.MORNING: "morning",
    Part.NOON: "noon|midday|lunchtime",
    Part.AFTERNOON: "afternoon",
    Part.EVENING: "evening",
    Part.NIGHT: "night",
}
DAYS: Final = {
    -2: "day before yesterday|two days back",
    -1: "yesterday|previous day|yday",
    0: "today|earlier today",
    1: "tomorrow",
    2: "day after tomorrow",
}
MOMENTS: Final = {
    (0, Part.NIGHT): "tonight",
    (-1, Part.NIGHT): "last night|overnight",
    (0, Part.MORNING): "earlier this morning",
}
DAY_WORDS: Final = dict(
    enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
            "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
        ).split(),
        start=1,
    )
)
PHRASES: Final = {
    Meaning.LAST: (
        "the? last|past|previous {thing}",
        "this? past {thing}",
        "this last {thing}",
        "{weekday} last",
        "the {unit} just gone",
    ),
    Meaning.THIS: ("this|current {thing}", "the current|present {thing}", "earlier|later this {thing}"),
    Meaning.NEXT: ("the? next|following|coming|upcoming {thing}", "this coming {thing}"),
    Meaning.SECOND_LAST: ("the? {thing} before last", "last {thing} but one", "the? {weekday} before last"),
    Meaning.SECOND_NEXT: ("the? {thing} after next",),
    Meaning.AGO: ("about|around|some|roughly|over|almost|nearly|like? {n} {unit} ago|back", "{unit} ago"),
    Meaning.AHEAD: ("in {n} {unit}", "{n} {unit} from now", "{n} {unit} from today"),
    Meaning.PAST: (
        "in|over|during|within|for? the? last|past|previous {n} {unit}",
        "in|over|within|during the last|past {unit}",
        "these last|past {n} {unit}",
        "in|within {n} {unit} past",
    ),
    Meaning.DURATION: ("{n} {unit}", "the {unit}"),
    Meaning.SAME_TIME: (
        "about|around|at? this|the|same? time|day|date last {unit}",
        "on? this very? day|date last|a {unit} ago?",
        "{n} {unit} ago today",
        "about|around? this|same time {n} {unit} ago",
        "a {unit} ago today|now",
    ),
    Meaning.WEEKEND: ("over|at|on|during the weekend", "on weekend"),
    Meaning.RECENTLY: ("recently", "lately", "of late", "these days", "in recent days|weeks"),
    Meaning.THE_OTHER_DAY: ("the other day|night|evening|morning|week", "a few days back"),
    Meaning.AGE: (
        "when|while i was {n} years? old?",
        "when i turned {n}",
        "at age {n}",
        "at the age of {n}",
        "as a {n} year old",
        "at {n} years old",
    ),
    Meaning.PART: ("{part}", "in|during the? {part}", "at {part}", "the {part} of"),
    Meaning.YEAR: ("the? {year} s",),
    Meaning.NTH_WEEK: ("{day} {unit} of|in {month}",),
    Meaning.DAY_NUMBER: ("the {day} of?",),
    Meaning.IN: (
        "in",
        "on",
        "during",
        "over",
        "at",
        "around",
        "of",
        "back in",
        "for",
        "throughout",
        "through",
        "by",
        "within",
        "month of",
        "the year",
    ),
    Meaning.EARLY: (
        "early",
        "early in|on",
        "the? start|beginning of",
        "at|in|by? the start|beginning of",
        "first half of",
        "earlier in",
    ),
    Meaning.MIDDLE: ("mid", "in? the? middle of", "halfway through", "mid way through"),
    Meaning.LATE: ("late", "late in", "at|by|towards|near? the? end of", "second half of", "later in"),
    Meaning.BEFORE: ("before", "prior to", "earlier than", "ahead of", "leading up to"),
    Meaning.AFTER: ("after", "later than", "following", "past"),
    Meaning.SINCE: ("since", "ever since", "starting|from on?", "as of"),
    Meaning.UNTIL: ("until", "till", "up to|until|till", "no later than"),
    Meaning.AFTER_BEHIND: ("onwards|onward", "on wards"),
    Meaning.TO: ("to", "through", "thru"),
    Meaning.BETWEEN: ("between", "from between"),
    Meaning.AND: ("and",),
    Meaning.FIRST_ASKED: (
        "first",
        "first time",
        "earliest",
        "for the first time",
        "initially",
        "originally",
        "at first",
        "the very first",
    ),
    Meaning.LATEST_ASKED: (
        "last",
        "last time",
        "latest",
        "newest",
        "most recent",
        "most recently",
        "the very last",
        "did i last",
        "did we last",
    ),
    Meaning.HOW_LONG_ASKED: (
        "how long since",
        "how long ago",
        "how long has|is it been? since",
        "how many {unit} since|ago",
        "how many {unit} have|has passed|been|gone since?",
        "how much time has passed since?",
        "how many {unit} has|is it been? since",
    ),
    Meaning.NO_DATE: (
        "every|each|any|per|some {thing}",
        "every|each other {thing}",
        "may i|we|you|he|she|they|it|be|have|not|the|this|a",
        "second|seconds",
        "first|last name|names",
        "last minute",
        "first aid|class|floor|language",
        "first of all",
        "last but not least",
        "last straw",
        "day by day",
        "day to day",
        "new year's resolution|resolutions",
        "fall apart|asleep|off|down|in|out|behind|for|short|back",
        "in the long run",
        "at last",
        "to date",
        "spring roll|rolls|onion|onions|cleaning|water|break",
        "no may",
        "the march of|on|for|against",
        "good morning|afternoon|evening|night",
        "the present moment",
    ),
}
OF: Final = "of|of the|in"
ORDINALS: Final = "st|nd|rd|th"
JOINING: Final = "of|in|the|on|at|,|s|for|during|back|by|over"
AMBIGUOUS: Final = (
    "march|may|april|june|august|mar|jan|jun|sep|dec|mon|wed|sat|sun|fri|tue|thu|spring|fall|summer|winter|autumn|"
    "easter|new year|noon|new years"
)
FUNCTION_WORDS: Final = (
    "the what did i do was is were you we my about when how of and to with who which had have that he she they for it"
)

LANGUAGE: Final = Language(
    code="en",
    months=MONTHS,
    weekdays=WEEKDAYS,
    units=UNITS,
    numbers=NUMBERS,
    couple="couple|a couple|couple of|a couple of",
    few="few|a few|several|some",
    seasons=SEASONS,
    holidays=HOLIDAYS,
    parts=PARTS,
    days=DAYS,
    moments=MOMENTS,
    phrases=PHRASES,
    of=OF,
    ordinals=ORDINALS,
    day_words=DAY_WORDS,
    joining=JOINING,
    ambiguous=AMBIGUOUS,
    function_words=FUNCTION_WORDS,
)

ASKING: Final = Asking(
    question_words="what|which|who|whom|whose|where|when|why|how|whats|wheres|whos|hows",
    question_verbs=(
        "do|does|did|is|are|was|were|am|can|could|will|would|has|have|had|should|shall|isn|doesn|didn|aren|won"
        "|tell me|remind me|do you|any idea|name|list"
    ),
    speaking="i|we|you|he|she|they|it|im|ive|is|are|am|was|were",
    unknown=(
        "i don't know|i do not know|don't know that|don't know yet|don't yet know|i don't have that"
        "|i don't have this|i don't have it|i don't have any information|i don't have information"
        "|i don't have any record|i don't have a record|i don't have records|i don't have any details"
        "|i don't have details|i don't have enough|i don't have any memory|i don't have access"
        "|i don't currently have|i do not have|i do not currently have|i have no information|i have no record"
        "|i have no memory|i have no notes|i have nothing|i have no data|i have no way|there is no information"
        "|there is no record|there is no mention|there's no record|there's no mention|there's no information"
        "|no information|no record|no records|no memory|no memories|no mention|not mentioned|wasn't mentioned"
        "|hasn't been mentioned|haven't mentioned|didn't mention|did not mention|never mentioned|haven't told"
        "|have not told|hasn't been told|never told|didn't tell me|haven't shared|have not shared|haven't said"
        "|not sure|unsure|can't recall|cannot recall|don't recall|do not recall|don't remember|do not remember"
        "|can't remember|cannot remember|couldn't find|could not find|can't find|cannot find|didn't find"
        "|did not find|nothing found|found nothing|not found|no results|there is nothing|nothing about"
        "|nothing on that|nothing stored|no idea|no data|no details|is unknown|not aware|not stored|don't see"
        "|do not see|can't tell|cannot tell|can't say|cannot say|i'm unable|i am unable|no access"
        "|don't have access|can't answer|cannot answer|no clue|not in my memory|not in my notes"
    ),
    offers=(
        "let me know|please tell|please share|please provide|could you|can you tell|would you|if you tell"
        "|if you share|if you let me|if you'd like|if you want|happy to help|glad to help|i can help|feel free"
        "|i'll remember|i will remember|i'll keep it|i'll note|just tell me|tell me|remind me|once you"
        "|you haven't|what can i do|i apologize|my apologies|i'm sorry"
    ),
    fillers=(
        "sorry|hi|hello|hey|hmm|hm|ok|okay|sure|thanks|thank|you|good|great|question|oh|well|ah|i|m|am|so|very"
        "|about|that|noted|apologies|please|unfortunately|unknown|n|a"
    ),
    but="but|however|though|although",
    corrections=(
        "no|nope|wrong|that's wrong|that is wrong|that's not|that is not|that isn't|not right|not correct"
        "|incorrect|not true|you're wrong|actually"
    ),
    collecting=(
        "all|every|everything|everyone|everybody|each|how many|how often|which of|what else|list|list of"
        "|in what ways|in which ways|what are some|what are the|what were the"
    ),
    counted="what|which",
    person="the user|user",
)
