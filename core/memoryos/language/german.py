"""German."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "januar|jänner|jan",
    "februar|feber|feb",
    "märz|maerz|mrz",
    "april|apr",
    "mai",
    "juni|jun",
    "juli|jul",
    "august|aug",
    "september|sept|sep",
    "oktober|okt",
    "november|nov",
    "dezember|dez",
)
WEEKDAYS: Final = (
    "montag|montags",
    "dienstag|dienstags",
    "mittwoch|mittwochs",
    "donnerstag|donnerstags",
    "freitag|freitags",
    "samstag|sonnabend|samstags",
    "sonntag|sonntags",
)
UNITS: Final = {
    Unit.MINUTE: "minute|minuten",
    Unit.HOUR: "stunde|stunden",
    Unit.DAY: "tag|tage|tagen|tages",
    Unit.WEEKEND: "wochenende|wochenenden|wochenendes",
    Unit.WEEK: "woche|wochen",
    Unit.MONTH: "monat|monate|monaten|monats",
    Unit.QUARTER: "quartal|quartale|quartalen|quartals|vierteljahr",
    Unit.HALF_YEAR: "halben jahr|halbes jahr|halbjahr",
    Unit.YEAR: "jahr|jahre|jahren|jahres",
}
NUMBERS: Final = (
    "ein|eine|einem|einen|einer|eins",
    *(
        "zwei|zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
        "achtzehn neunzehn zwanzig einundzwanzig zweiundzwanzig dreiundzwanzig vierundzwanzig fünfundzwanzig "
        "sechsundzwanzig siebenundzwanzig achtundzwanzig neunundzwanzig dreißig einunddreißig"
    ).split(),
)
COUPLE: Final = "zwei bis drei"
FEW: Final = "ein paar|paar|einige|einigen|wenige|wenigen|mehrere|mehreren"
SEASONS: Final = {
    Season.SPRING: "frühling|frühjahr|frühlings|frühjahrs",
    Season.SUMMER: "sommer|sommers",
    Season.AUTUMN: "herbst|herbstes",
    Season.WINTER: "winter|winters",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "heiligabend|heiliger abend|heiligen abend",
    Holiday.CHRISTMAS: "weihnachten|weihnachtsfeiertage|weihnachtsfeiertagen|weihnachtszeit",
    Holiday.NEW_YEARS_EVE: "silvester",
    Holiday.NEW_YEAR: "neujahr|jahreswechsel|neujahrstag",
    Holiday.EASTER: "ostern|osterwochenende|osterfeiertage",
    Holiday.CARNIVAL: "karneval|fasching|fastnacht",
    Holiday.PENTECOST: "pfingsten",
    Holiday.VALENTINES_DAY: "valentinstag",
    Holiday.HALLOWEEN: "halloween",
    Holiday.THANKSGIVING: "thanksgiving",
    Holiday.LUNAR_NEW_YEAR: "chinesisches neujahr|chinesischen neujahr",
    Holiday.MAY_DAY: "tag der arbeit|maifeiertag",
}
PARTS: Final = {
    Part.MORNING: "morgen|früh|vormittag|morgens|vormittags",
    Part.NOON: "mittag|mittags",
    Part.AFTERNOON: "nachmittag|nachmittags",
    Part.EVENING: "abend|abends",
    Part.NIGHT: "nacht|nachts",
}
DAYS: Final = {
    -3: "vorvorgestern",
    -2: "vorgestern",
    -1: "gestern",
    0: "heute",
    1: "morgen",
    2: "übermorgen",
}
MOMENTS: Final = {
    (0, Part.MORNING): "heute morgen|heute früh|heut früh",
    (-1, Part.NIGHT): "letzte nacht|vergangene nacht|gestern nacht|heut nacht|in der letzten nacht",
    (0, Part.NIGHT): "heute nacht",
}
DAY_WORDS: Final = {1: "erster|ersten|erste", 2: "zweiten", 3: "dritten", 4: "vierten", 5: "fünften"}
_LAST: Final = (
    "letzte|letzten|letzter|letztes|letztem|vergangene|vergangenen|vergangener|vergangenes|vergangenem|"
    "vorige|vorigen|voriger|voriges|vorigem|vorherige|vorherigen"
)
_THIS: Final = "diese|diesen|dieser|dieses|diesem|aktuelle|aktuellen|laufenden"
_NEXT: Final = (
    "nächste|nächsten|nächster|nächstes|nächstem|kommende|kommenden|kommender|kommendes|kommendem|"
    "folgende|folgenden|folgendes"
)
_SECOND_LAST: Final = "vorletzte|vorletzten|vorletzter|vorletztes|vorletztem"
_SECOND_NEXT: Final = "übernächste|übernächsten|übernächster|übernächstes|übernächstem"
PHRASES: Final = {
    Meaning.LAST: (f"die|der|das|den|dem? {_LAST} {{thing}}",),
    Meaning.THIS: (f"{_THIS} {{thing}}", "früher|später in? dieser|diesem|diesen? {thing}"),
    Meaning.NEXT: (f"{_NEXT} {{thing}}",),
    Meaning.SECOND_LAST: (f"{_SECOND_LAST} {{thing}}",),
    Meaning.SECOND_NEXT: (f"{_SECOND_NEXT} {{thing}}",),
    Meaning.AGO: (
        "vor etwa|ungefähr|rund|ca|circa|gut|fast|über|knapp? {n} {unit}",
        "vor {n} {unit}",
        "vor einem {unit}",
        "{n} {unit} her",
    ),
    Meaning.AHEAD: ("in {n} {unit}",),
    Meaning.PAST: (
        f"in|während|innerhalb? den|der|dem|die {_LAST} {{n}} {{unit}}",
        f"in der|den|dem|dieser {_LAST} {{n}} {{unit}}",
        "die|der letzten|vergangenen {n} {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "der|die|das|den|dem|am {unit}"),
    Meaning.SAME_TIME: (
        f"um? diese|dieselbe|die gleiche? zeit {_LAST} {{unit}}",
        f"{_LAST} {{unit}} um|zu diese|dieser|dieselbe|die gleiche? zeit",
        "heute|genau vor {n} {unit}",
        "vor {n} {unit} um diese zeit",
        f"am? gleichen tag {_LAST} {{unit}}",
    ),
    Meaning.WEEKEND: ("am|übers wochenende", "über das wochenende"),
    Meaning.RECENTLY: (
        "kürzlich",
        "vor kurzem",
        "in letzter zeit",
        "neulich",
        "unlängst",
        "in den letzten tagen|wochen",
    ),
    Meaning.THE_OTHER_DAY: ("dieser tage",),
    Meaning.AGE: ("als ich {n} jahre? alt? war", "mit {n} jahren", "im alter von {n}"),
    Meaning.PART: ("{part}", "am|in_der|zu {part}", "am frühen|späten {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} im|des? {month}",),
    Meaning.DAY_NUMBER: ("am|vom|zum|den|dem {day}",),
    Meaning.IN: (
        "im",
        "am",
        "in",
        "an",
        "zu",
        "um",
        "vom",
        "von",
        "über",
        "während",
        "während des|der",
        "gegen",
        "im monat",
        "im jahr|jahre",
        "jahr",
        "für",
        "letzter",
    ),
    Meaning.EARLY: ("anfang", "zu_beginn|am_anfang des|der|von?", "anfangs"),
    Meaning.MIDDLE: ("mitte", "in_der_mitte des|der|von?"),
    Meaning.LATE: ("ende", "gegen ende des|der|von?", "am_ende|zum_ende des|der|von?"),
    Meaning.BEFORE: ("vor", "bevor"),
    Meaning.AFTER: ("nach",),
    Meaning.SINCE: ("seit", "ab", "von"),
    Meaning.UNTIL: ("bis", "bis zum|zu|einschließlich"),
    Meaning.TO: ("bis", "bis zum|zu"),
    Meaning.BETWEEN: ("zwischen",),
    Meaning.AND: ("und",),
    Meaning.FIRST_ASKED: (
        "zuerst",
        "zum ersten mal",
        "erstmals",
        "das erste mal",
        "früheste|frühesten",
        "als erstes",
        "ursprünglich",
        "anfänglich",
    ),
    Meaning.LATEST_ASKED: (
        "zuletzt",
        "zum letzten mal",
        "das letzte mal",
        "neueste|neuesten|neuester|neuestes|jüngste|jüngsten|aktuellste|aktuellsten",
        "letztens",
        "letzte|letzten|letzter|letztes",
    ),
    Meaning.HOW_LONG_ASKED: (
        "wie lange ist|sind|war es|das? her",
        "wie lange ist",
        "wie lang ist es her",
        "wie viel zeit ist vergangen",
        "wie viele {unit} sind|ist seit|vergangen",
        "seit wann",
    ),
    Meaning.NO_DATE: (
        "jede|jeden|jedes|jeder|jedem|pro {thing}",
        "guten|gute morgen|abend|tag|nacht",
        "ersten blick",
        "letzter|letzte name|schrei|schliff",
        "tag für tag",
        "eines tages",
        "im herbst des lebens",
    ),
}
OF: Final = "des|im|vom"
ORDINALS: Final = ".|ten|ter"
EVENT_ENDINGS: Final = ""
JOINING: Final = "am|im|in|der|des|dem|den|die|das|vom|von|,|um|zu|an|letzten|jahr|."
AMBIGUOUS: Final = (
    "april|mai|august|juni|juli|apr|jan|sep|dez|nov|okt|mrz|jun|jul|aug|sommer|winter|herbst|frühling|"
    "fruhling|fruhjahr|morgen|früh|ostern|karneval"
)
SHARED: Final = "morgen"
FUNCTION_WORDS: Final = (
    "der die das und ich was habe wir war mein meine mit wann wo wie wer nicht ein eine hat ist du uns "
    "über zu von hatte"
)

LANGUAGE: Final = Language(
    code="de",
    months=MONTHS,
    weekdays=WEEKDAYS,
    units=UNITS,
    numbers=NUMBERS,
    couple=COUPLE,
    few=FEW,
    seasons=SEASONS,
    holidays=HOLIDAYS,
    parts=PARTS,
    days=DAYS,
    moments=MOMENTS,
    phrases=PHRASES,
    of=OF,
    ordinals=ORDINALS,
    day_words=DAY_WORDS,
    event_endings=EVENT_ENDINGS,
    joining=JOINING,
    ambiguous=AMBIGUOUS,
    shared=SHARED,
    function_words=FUNCTION_WORDS,
)

ASKING: Final = Asking(
    question_words=(
        "was|welche|welcher|welches|welchen|welchem|wer|wen|wem|wessen|wo|wohin|woher|wann|warum|wieso|weshalb"
        "|wie|womit|wofür|woran|worüber|wogegen|worauf|wovor|wovon|wozu|woraus|worin|wobei|wodurch|wonach|worum"
    ),
    question_verbs=("habe ich|hab ich|bin ich|ist|sind|hat|kann|kennst du|weißt du|erinnerst du|gibt es|sag mir"),
    speaking="ich|wir|du|er|es|ist|bin|sind|war|habe|hab",
    unknown=(
        "weiß ich nicht|weiß ich leider nicht|ich weiß nicht|ich weiß es nicht|weiß es nicht|weiß ich noch nicht"
        "|das weiß ich|keine information|keine informationen|keine angaben|keine angabe|keine daten|keine ahnung"
        "|keine erinnerung|keine aufzeichnung|keine aufzeichnungen|keinen eintrag|nichts gefunden|nicht gefunden"
        "|nicht bekannt|unbekannt|nicht erwähnt|nicht gesagt|nicht erzählt|nicht mitgeteilt|nicht verraten"
        "|nicht sicher|nicht erinnern|nicht sagen|mir nicht bekannt|liegt mir nicht vor|liegen mir nicht vor"
        "|liegen mir keine|dazu nichts|darüber nichts|davon nichts"
    ),
    offers=(
        "sag mir|sagen sie mir|sag es mir|verrate mir|erzähl mir|teile mir|teilen sie mir|lass es mich wissen"
        "|lass mich wissen|kannst du mir|könntest du|können sie mir|wenn du mir|wenn du es mir|wenn du magst"
        "|wenn du möchtest|ich merke es mir|merke ich mir|gerne helfen|es tut mir leid|tut mir leid"
    ),
    fillers=("entschuldigung|leider|hallo|ok|okay|gute|frage|danke|tut|mir|leid|das|hm|oh|gerne|notiert|verstanden"),
    but="aber|jedoch|allerdings",
    corrections="nein|nee|falsch|das ist falsch|stimmt nicht|das stimmt nicht|nicht richtig|eigentlich",
    collecting="alle|allen|alles|jede|jeden|jeder|jedes|sämtliche|wie viele|wie oft|welche",
    person=(
        "der nutzer|die nutzerin|der benutzer|die benutzerin|der user|den nutzer|dem nutzer|des nutzers"
        "|des benutzers|dem benutzer|den benutzer|nutzer|benutzer"
    ),
)
