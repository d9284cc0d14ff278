"""Italian."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "gennaio|gen",
    "febbraio|feb",
    "marzo|mar",
    "aprile|apr",
    "maggio|mag",
    "giugno|giu",
    "luglio|lug",
    "agosto|ago",
    "settembre|set|sett",
    "ottobre|ott",
    "novembre|nov",
    "dicembre|dic",
)
WEEKDAYS: Final = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")
UNITS: Final = {
    Unit.MINUTE: "minuto|minuti",
    Unit.HOUR: "ora|ore",
    Unit.DAY: "giorno|giorni",
    Unit.WEEKEND: "fine settimana|weekend|week-end",
    Unit.WEEK: "settimana|settimane",
    Unit.MONTH: "mese|mesi",
    Unit.QUARTER: "trimestre|trimestri",
    Unit.HALF_YEAR: "mezzo anno|semestre|semestri",
    Unit.YEAR: "anno|anni",
}
NUMBERS: Final = (
    "un|una|uno",
    *(
        "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
        "diciassette diciotto diciannove venti ventuno ventidue ventitré ventiquattro venticinque ventisei ventisette "
        "ventotto ventinove trenta"
    ).split(),
)
COUPLE: Final = "un paio di|paio di"
FEW: Final = "alcuni|alcune|qualche|pochi|poche|diversi|diverse|parecchi|parecchie"
SEASONS: Final = {
    Season.SPRING: "primavera",
    Season.SUMMER: "estate",
    Season.AUTUMN: "autunno",
    Season.WINTER: "inverno",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "vigilia di natale",
    Holiday.CHRISTMAS: "natale",
    Holiday.NEW_YEARS_EVE: "san silvestro",
    Holiday.NEW_YEAR: "capodanno|anno nuovo",
    Holiday.EASTER: "pasqua|pasquetta",
    Holiday.CARNIVAL: "carnevale",
    Holiday.PENTECOST: "pentecoste",
    Holiday.VALENTINES_DAY: "san valentino",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "capodanno cinese",
    Holiday.MAY_DAY: "festa dei lavoratori|festa del lavoro",
}
PARTS: Final = {
    Part.MORNING: "mattina|mattino|mattinata",
    Part.NOON: "mezzogiorno",
    Part.AFTERNOON: "pomeriggio",
    Part.EVENING: "sera|serata",
    Part.NIGHT: "notte",
}
DAYS: Final = {
    -2: "l'altro ieri|altro ieri|avantieri|ieri l'altro|altroieri",
    -1: "ieri",
    0: "oggi",
    1: "domani",
    2: "dopodomani",
}
MOMENTS: Final = {
    (0, Part.MORNING): "stamattina|stamani|stamane",
    (0, Part.EVENING): "stasera",
    (-1, Part.NIGHT): "stanotte|la notte scorsa|ieri notte",
    (-1, Part.EVENING): "iersera|ieri sera",
}
DAY_WORDS: Final = {1: "primo"}
_LAST: Final = "scorso|scorsa|scorsi|scorse|passato|passata|precedente"
PHRASES: Final = {
    Meaning.LAST: (
        f"il|la|lo|l|nel|nella|dell|dello|della|del? {{thing}} {_LAST}",
        f"il|lo|la|nello|nella? {_LAST} {{thing}}",
        "il|la|l|nell|nel|nella|dell|del? ultimo|ultima {thing}",
    ),
    Meaning.THIS: ("questo|questa|quest {thing}", "il|la corrente {thing}"),
    Meaning.NEXT: (
        "{thing} prossimo|prossima|seguente|entrante|che_viene",
        "il|la|lo|l? prossimo|prossima {thing}",
    ),
    Meaning.SECOND_LAST: ("il|la|l? penultimo|penultima {thing}", "{thing} ancora prima", "{thing} prima ancora"),
    Meaning.AGO: (
        "circa|quasi|più_di|oltre? {n} {unit} fa|addietro|orsono",
        "{n} {unit} or sono",
        "{unit} fa",
    ),
    Meaning.AHEAD: ("tra|fra {n} {unit}",),
    Meaning.PAST: (
        "negli|nelle|gli|le|degli|delle|in_questi|in_queste ultimi|ultime|scorsi|scorse {n} {unit}",
        "negli|nelle|gli|le? ultimi|ultime {n} {unit}",
        "da {n} {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "il|la|l {unit}"),
    Meaning.SAME_TIME: (
        f"in|di|a? questo|questi|lo|lo_stesso|stesso periodo|giorno|giorni|tempi dell|lo|l? {{unit}} {_LAST}",
        f"l|lo? {_LAST}? {{unit}} {_LAST}? in|di|a? questo|questi|lo_stesso|stesso periodo|giorno|giorni|tempi",
        "esattamente {n} {unit} fa",
        "{n} {unit} fa in|di? questo|questi|lo_stesso|stesso periodo|giorno|giorni|tempi",
        "oggi {n} {unit} fa",
    ),
    Meaning.WEEKEND: ("nel|il|durante_il|lo_scorso fine_settimana|weekend|week-end",),
    Meaning.RECENTLY: ("recentemente", "di recente", "ultimamente", "poco tempo fa", "negli ultimi tempi|giorni"),
    Meaning.THE_OTHER_DAY: ("l altro giorno", "l altra sera|settimana|mattina"),
    Meaning.AGE: ("quando avevo {n} anni", "a {n} anni", "all età di {n} anni?"),
    Meaning.PART: ("{part}", "di|alla|al|nel|in|della|del|nella|la|il {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} di {month}",),
    Meaning.DAY_NUMBER: ("il|del|al {day}", "il giorno {day}", "l {day}"),
    Meaning.THE: ("il|la|l",),
    Meaning.IN: (
        "a",
        "in",
        "nel",
        "nella",
        "nell",
        "di",
        "del",
        "durante",
        "durante il|la|l",
        "per",
        "ad",
        "d",
        "nel mese di",
        "mese di",
        "nell anno",
        "della|dell|dello",
        "verso",
        "nel corso di|del|della|dell",
    ),
    Meaning.EARLY: ("inizio", "a? inizio|inizi", "all inizio di|del|della|dell", "ai primi di", "agli inizi di|del"),
    Meaning.MIDDLE: ("metà", "a metà di|del|della|dell?", "alla metà di|del"),
    Meaning.LATE: ("fine", "a? fine", "alla fine di|del|della|dell", "verso la fine di|del|della|dell"),
    Meaning.BEFORE: ("prima di|del|della|dell|dello", "prima che", "prima"),
    Meaning.AFTER: ("dopo", "dopo il|la|l|di", "dopo del"),
    Meaning.SINCE: ("da", "dal", "dalla|dall|dallo", "a partire da|dal|dalla", "fin da"),
    Meaning.UNTIL: ("fino a|al|alla|ad", "entro", "entro il|la"),
    Meaning.TO: ("a", "al", "fino a|al|alla"),
    Meaning.BETWEEN: ("tra", "fra", "tra|fra il|la"),
    Meaning.AND: ("e", "e il|la", "ed"),
    Meaning.FIRST_ASKED: (
        "per la prima volta",
        "la? prima volta",
        "per primo|prima",
        "più vecchio|vecchia",
        "inizialmente",
        "all inizio",
    ),
    Meaning.LATEST_ASKED: (
        "l? ultima volta",
        "per ultimo|ultima",
        "più recente|recentemente",
        "l ultimo",
        "l ultima",
        "mio ultimo",
        "mia ultima",
    ),
    Meaning.HOW_LONG_ASKED: (
        "quanto tempo è|fa|sono passato?",
        "da quanto tempo?",
        "quanti|quante {unit} sono|fa|è|da",
        "quanto tempo da",
        "da quando",
    ),
    Meaning.NO_DATE: (
        "ogni|tutti_i|tutte_le|al|alla {unit}",
        "ogni|tutti_i|tutte_le {thing}",
        "buona sera|notte|giornata|serata",
        "un giorno o l altro",
        "secondo|seconda",
        "prima cosa|volta",
    ),
}
OF: Final = "di|del|dell|dell anno"
ORDINALS: Final = "º|°|."
EVENT_ENDINGS: Final = ""
JOINING: Final = "di|del|dell|della|dello|il|la|lo|l|in|a|nel|,|al|alla|nella|scorso"
AMBIGUOUS: Final = (
    "aprile|maggio|agosto|mar|set|gen|feb|apr|mag|giu|lug|ago|sett|ott|nov|dic|primavera|estate|autunno|inverno|sera|"
    "natale|pasqua|domenica|carnevale"
)
SHARED: Final = "set|mar|ago|nov|sett"
FUNCTION_WORDS: Final = (
    "il lo la gli le di che cosa ho abbiamo io mio mia quando dove chi con per un una del della nel è sono mi ci quale "
    "come e ha fatto"
)

LANGUAGE: Final = Language(
    code="it",
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
        "cosa|che cosa|che|quale|quali|chi|dove|quando|perché|come|quanto|quanta|quanti|quante|dov|qual|com"
    ),
    question_verbs="sai|ricordi|ho|dimmi",
    speaking="io|noi|tu|lui|lei|è|sono|ho|mi|era",
    unknown=(
        "non lo so|non so|non ho informazioni|non ho alcuna informazione|non ho questa|non ho dati"
        "|nessuna informazione|non hai detto|non mi hai|non hai menzionato|non è stato menzionato|non sono sicuro"
        "|non sono sicura|non ricordo|non mi ricordo|non trovo|non ho trovato|niente su|nulla su|sconosciuto"
        "|nessuna idea|non risulta|non dispongo"
    ),
    offers=("dimmi|mi dica|puoi dirmi|potresti|può dirmi|se mi dici|se vuoi|fammi sapere|me lo ricorderò|mi dispiace"),
    fillers="scusa|scusi|ciao|ok|grazie|buona|domanda|mi|dispiace|annotato|purtroppo",
    but="ma|però|tuttavia",
    corrections="no|sbagliato|non è vero|non è giusto|non è così|in realtà",
    collecting="tutti|tutte|tutto quello|ogni|quanti|quante|quali",
    person="l'utente|dell'utente|all'utente|utente",
)
