"""Dutch."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "januari|jan",
    "februari|feb",
    "maart|mrt",
    "april|apr",
    "mei",
    "juni|jun",
    "juli|jul",
    "augustus|aug",
    "september|sept|sep",
    "oktober|okt",
    "november|nov",
    "december|dec",
)
WEEKDAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
UNITS: Final = {
    Unit.MINUTE: "minuut|minuten",
    Unit.HOUR: "uur|uren",
    Unit.DAY: "dag|dagen",
    Unit.WEEKEND: "weekend|weekenden",
    Unit.WEEK: "week|weken",
    Unit.MONTH: "maand|maanden",
    Unit.QUARTER: "kwartaal|kwartalen",
    Unit.HALF_YEAR: "half jaar|halfjaar",
    Unit.YEAR: "jaar|jaren",
}
NUMBERS: Final = (
    "een|één",
    *(
        "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
        "negentien twintig eenentwintig tweeëntwintig drieëntwintig vierentwintig vijfentwintig zesentwintig "
        "zevenentwintig achtentwintig negenentwintig dertig"
    ).split(),
)
COUPLE: Final = "twee à drie"
FEW: Final = "een paar|paar|enkele|enige|meerdere|verscheidene"
SEASONS: Final = {
    Season.SPRING: "lente|voorjaar",
    Season.SUMMER: "zomer",
    Season.AUTUMN: "herfst|najaar",
    Season.WINTER: "winter",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "kerstavond",
    Holiday.CHRISTMAS: "kerst|kerstmis|kerstdagen|de kerst",
    Holiday.NEW_YEARS_EVE: "oudejaarsavond|oud en nieuw|oudjaar",
    Holiday.NEW_YEAR: "nieuwjaar|jaarwisseling|nieuwjaarsdag",
    Holiday.EASTER: "pasen|paasweekend",
    Holiday.CARNIVAL: "carnaval",
    Holiday.PENTECOST: "pinksteren",
    Holiday.VALENTINES_DAY: "valentijnsdag",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "chinees nieuwjaar",
    Holiday.MAY_DAY: "dag van de arbeid",
}
PARTS: Final = {
    Part.MORNING: "ochtend|morgen|ochtends|morgens|voormiddag",
    Part.NOON: "middags",
    Part.AFTERNOON: "middag|namiddag",
    Part.EVENING: "avond|avonds",
    Part.NIGHT: "nacht|nachts",
}
DAYS: Final = {
    -2: "eergisteren",
    -1: "gisteren",
    0: "vandaag",
    1: "morgen",
    2: "overmorgen",
}
MOMENTS: Final = {
    (0, Part.MORNING): "vanmorgen|vanochtend|deze morgen",
    (0, Part.AFTERNOON): "vanmiddag|deze namiddag",
    (0, Part.EVENING): "vanavond",
    (-1, Part.NIGHT): "vannacht|afgelopen nacht|gisternacht",
    (-1, Part.MORNING): "gisterochtend|gistermorgen",
    (-1, Part.AFTERNOON): "gistermiddag",
    (-1, Part.EVENING): "gisteravond",
    (1, Part.MORNING): "morgenochtend",
    (1, Part.EVENING): "morgenavond",
}
DAY_WORDS: Final = {1: "eerste", 2: "tweede", 3: "derde", 4: "vierde", 5: "vijfde"}
_LAST: Final = "afgelopen|vorig|vorige|laatste|verleden|voorbije"
PHRASES: Final = {
    Meaning.LAST: (f"de|het? {_LAST} {{thing}}", "{thing} jongstleden|geleden"),
    Meaning.THIS: ("deze|dit|huidige {thing}", "eerder|later deze|dit {thing}"),
    Meaning.NEXT: ("volgende|volgend|komende|komend|aanstaande {thing}",),
    Meaning.SECOND_LAST: ("eervorige|voorvorige|voorlaatste|eervorig {thing}", f"{{thing}} voor {_LAST} {{unit}}"),
    Meaning.AGO: ("ongeveer|zo'n|bijna|ruim|meer_dan? {n} {unit} geleden|terug", "{unit} geleden"),
    Meaning.AHEAD: ("over {n} {unit}",),
    Meaning.PAST: (
        f"in|gedurende|tijdens? de|het {_LAST} {{n}} {{unit}}",
        f"{_LAST} {{n}} {{unit}}",
        "al {n} {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "de|het {unit}"),
    Meaning.SAME_TIME: (
        f"rond|om|op? deze|dezelfde|de_zelfde tijd|dag|datum|periode {_LAST} {{unit}}",
        f"{_LAST} {{unit}} rond|om|op? deze|dezelfde|de_zelfde tijd|dag|datum|periode",
        "vandaag|precies {n} {unit} geleden",
        "{n} {unit} geleden rond|om? deze|dezelfde tijd|dag|datum|periode",
    ),
    Meaning.WEEKEND: ("in het weekend", "het weekend"),
    Meaning.RECENTLY: ("onlangs", "recent", "recentelijk", "pas geleden", "de laatste tijd", "kortgeleden"),
    Meaning.THE_OTHER_DAY: ("laatst", "pas", "een dezer dagen"),
    Meaning.AGE: ("toen ik {n} jaar? was|werd", "op mijn {n}", "op {n} jarige leeftijd"),
    Meaning.PART: ("{part}", "s {part}", "in_de|op_de|op {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} van {month}",),
    Meaning.DAY_NUMBER: ("de|op|den {day}",),
    Meaning.IN: (
        "in",
        "op",
        "tijdens",
        "met",
        "rond",
        "van",
        "in de|het",
        "gedurende",
        "tijdens de|het",
        "rond de",
        "in de maand",
        "afgelopen",
        "met de",
        "voor",
        "over",
        "om",
        "maand",
        "in het jaar",
        "omstreeks",
    ),
    Meaning.EARLY: ("begin", "aan_het|in_het begin van de|het?", "vroeg in de?"),
    Meaning.MIDDLE: ("half", "midden", "medio", "halverwege", "in_het midden van de|het?"),
    Meaning.LATE: ("eind", "einde", "aan_het|op_het|tegen_het eind|einde van de|het?", "eind van de|het?", "laat in"),
    Meaning.BEFORE: ("voor", "vóór", "voordat", "voor de|het"),
    Meaning.AFTER: ("na", "nadat", "na de|het"),
    Meaning.SINCE: ("sinds", "sinds de|het", "vanaf", "sedert", "van", "vanaf de"),
    Meaning.UNTIL: ("tot", "tot en met", "tot aan", "t m"),
    Meaning.TO: ("tot", "tot en met", "t m", "tot aan"),
    Meaning.BETWEEN: ("tussen",),
    Meaning.AND: ("en",),
    Meaning.FIRST_ASKED: ("voor het eerst", "de? eerste keer", "eerst", "vroegste", "oorspronkelijk", "aanvankelijk"),
    Meaning.LATEST_ASKED: (
        "voor het laatst",
        "de? laatste keer",
        "meest recente",
        "nieuwste",
        "laatste",
        "recentste",
    ),
    Meaning.HOW_LONG_ASKED: (
        "hoe lang is|is_het geleden?",
        "hoelang is|is_het geleden?",
        "hoe lang geleden",
        "hoeveel {unit} is|zijn|sinds|geleden",
        "sinds wanneer",
        "hoeveel tijd is er verstreken?",
    ),
    Meaning.NO_DATE: (
        "elke|elk|iedere|ieder|per {thing}",
        "goede|goeden morgen|middag|avond|nacht",
        "goedemorgen",
        "een half jaar",
        "op een dag",
        "laatste woord|loodjes",
    ),
}
OF: Final = "van|in"
ORDINALS: Final = "e|ste|de|."
EVENT_ENDINGS: Final = ""
JOINING: Final = "van|de|het|in|op|,|s|om|den|vorig|afgelopen"
AMBIGUOUS: Final = (
    "april|mei|augustus|juni|juli|jan|apr|jun|jul|aug|sep|dec|nov|okt|morgen|zomer|winter|herfst|lente|"
    "kerst|pasen|carnaval"
)
SHARED: Final = "recent|morgen|pas|mei|laatst"
FUNCTION_WORDS: Final = (
    "de het een ik wat heb hebben we mijn met wanneer waar hoe wie is was en van op dat in niet zijn ons "
    "over naar deed had"
)

LANGUAGE: Final = Language(
    code="nl",
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
    question_words="wat|welke|welk|wie|wiens|waar|wanneer|waarom|hoe|hoeveel|waarheen|waarvan",
    question_verbs="heb ik|ben ik|is|zijn|weet je|kun je|herinner je|vertel me",
    speaking="ik|wij|we|jij|je|hij|ze|is|ben|zijn|was|heb",
    unknown=(
        "ik weet het niet|weet ik niet|ik weet niet|weet niet|geen informatie|geen gegevens|geen idee"
        "|geen herinnering|niet vermeld|niet verteld|niet gezegd|niet genoemd|niet zeker|niet herinneren"
        "|niets gevonden|niet gevonden|niet bekend|onbekend|niets over"
    ),
    offers=(
        "vertel me|vertel het me|zeg me|laat me weten|laat het me weten|kun je|kunt u|zou je|als je me|als je het"
        "|als je wilt|ik onthoud|onthoud ik|het spijt me"
    ),
    fillers="sorry|hallo|ok|oké|bedankt|goede|vraag|helaas|genoteerd|het|spijt|me",
    but="maar|echter",
    corrections="nee|fout|dat klopt niet|klopt niet|niet waar|niet juist|onjuist|eigenlijk",
    collecting="alle|elke|iedere|hoeveel|hoe vaak|welke",
    person="de gebruiker|van de gebruiker|gebruiker",
)
