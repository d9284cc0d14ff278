"""French."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "janvier|janv",
    "février|fév|févr",
    "mars",
    "avril|avr",
    "mai",
    "juin",
    "juillet|juil",
    "août|aout",
    "septembre|sept",
    "octobre|oct",
    "novembre|nov",
    "décembre|déc",
)
WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
UNITS: Final = {
    Unit.MINUTE: "minute|minutes",
    Unit.HOUR: "heure|heures",
    Unit.DAY: "jour|jours|journée",
    Unit.WEEKEND: "weekend|week-end|fin de semaine|weekends|week-ends",
    Unit.WEEK: "semaine|semaines",
    Unit.FORTNIGHT: "quinzaine|quinze jours",
    Unit.MONTH: "mois",
    Unit.QUARTER: "trimestre|trimestres",
    Unit.HALF_YEAR: "semestre|semestres",
    Unit.YEAR: "an|ans|année|années",
}
NUMBERS: Final = (
    "un|une",
    *(
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
        "dix-neuf vingt vingt-et-un vingt-deux vingt-trois vingt-quatre vingt-cinq vingt-six vingt-sept vingt-huit "
        "vingt-neuf trente"
    ).split(),
)
COUPLE: Final = "une paire de|deux ou trois|deux trois"
FEW: Final = "quelques|plusieurs"
SEASONS: Final = {
    Season.SPRING: "printemps",
    Season.SUMMER: "été",
    Season.AUTUMN: "automne",
    Season.WINTER: "hiver",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "réveillon de noël|veille de noël",
    Holiday.CHRISTMAS: "noël",
    Holiday.NEW_YEARS_EVE: "réveillon du nouvel an|saint sylvestre|réveillon",
    Holiday.NEW_YEAR: "nouvel an|jour de l'an|nouvelle année",
    Holiday.EASTER: "pâques|week-end de pâques",
    Holiday.CARNIVAL: "carnaval|mardi gras",
    Holiday.PENTECOST: "pentecôte",
    Holiday.VALENTINES_DAY: "saint valentin",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "nouvel an chinois|nouvel an lunaire",
    Holiday.MAY_DAY: "fête du travail",
}
PARTS: Final = {
    Part.MORNING: "matin|matinée",
    Part.NOON: "midi",
    Part.AFTERNOON: "après-midi|aprèm",
    Part.EVENING: "soir|soirée",
    Part.NIGHT: "nuit",
}
DAYS: Final = {
    -2: "avant-hier",
    -1: "hier|la veille",
    0: "aujourd'hui",
    1: "demain",
    2: "après-demain",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "la nuit dernière|la nuit passée|cette nuit|hier dans la nuit",
}
DAY_WORDS: Final = {1: "premier"}
_LAST: Final = "dernier|dernière|derniers|dernières|passé|passée|précédent|précédente|écoulé|écoulée"
PHRASES: Final = {
    Meaning.LAST: (f"le|la|l|du|de_la? {{thing}} {_LAST}", f"le|la? {_LAST} {{thing}}", "la {unit} d avant"),
    Meaning.THIS: ("ce|cet|cette {thing}", "ce|cet|cette {thing} ci", "{thing} ci", "de cette|cet {thing}"),
    Meaning.NEXT: (
        "{thing} prochain|prochaine|prochains|prochaines|suivant|suivante",
        "le|la? prochain|prochaine {thing}",
        "{thing} qui vient",
    ),
    Meaning.SECOND_LAST: (
        "l|la|le|de_la|du? {unit} d avant l|la|le? dernier|dernière|passé|passée|précédent|précédente",
        "l|la|le? {unit} qui? précédait|avant l|la|le? dernier|dernière",
        "la|l|le {unit} encore_avant|d_encore_avant",
        "l? avant dernier|dernière {thing}",
        "{thing} d avant dernier|dernière",
    ),
    Meaning.AGO: (
        "il_y_a|y_a|ya|voilà|voici environ|presque|près_de|plus_de|à_peu_près? {n} {unit}",
        "{n} {unit} plus_tôt|auparavant",
        "ça fait {n} {unit}",
    ),
    Meaning.AHEAD: ("dans|d_ici {n} {unit}",),
    Meaning.PAST: (
        f"ces|les|des|aux {_LAST} {{n}} {{unit}}",
        f"au_cours|lors|durant|pendant|dans? ces|les|des {{n}} {_LAST} {{unit}}",
        "depuis {n} {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "la|le|l {unit}"),
    Meaning.SAME_TIME: (
        f"à|vers? la même|cette époque|période|date l|le|la? {{unit}} {_LAST}",
        f"l|le|la? {{unit}} {_LAST} à la même|cette époque|période|date",
        "il_y_a {n} {unit} jour_pour_jour",
        "il_y_a {n} {unit} à la même|cette époque|période|date",
    ),
    Meaning.WEEKEND: ("le|ce? week-end|weekend", "pendant|durant le week-end|weekend"),
    Meaning.RECENTLY: ("récemment", "dernièrement", "ces derniers temps|jours", "ces dernières semaines", "il y a peu"),
    Meaning.THE_OTHER_DAY: ("l autre jour|soir|matin|semaine",),
    Meaning.AGE: ("quand|lorsque j avais {n} ans", "à l âge de {n} ans?", "à {n} ans"),
    Meaning.PART: ("{part}", "au|le|dans_la|en|dans_l|de|à|du|l|de_l|de_la|la|le|en_fin_de|en_début_de {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} de|d {month}",),
    Meaning.DAY_NUMBER: ("le|du|au {day}",),
    Meaning.THE: ("le|l|la",),
    Meaning.IN: (
        "en",
        "au",
        "à",
        "de",
        "du",
        "pendant",
        "durant",
        "lors de|du|des",
        "au mois de|d",
        "courant",
        "pour",
        "au cours de|du|des",
        "dans",
        "pendant|durant l|le|la|les",
        "à la",
        "vers",
        "autour de",
        "mois de|d",
        "en l an|année",
    ),
    Meaning.EARLY: ("début", "au? début de|du|d|des|de_l|de_la?", "en début de|d"),
    Meaning.MIDDLE: ("mi", "milieu", "au? milieu de|du|d|de_l|de_la?", "à la mi"),
    Meaning.LATE: ("fin", "à? la? fin de|du|d|des|de_l|de_la?", "en fin de|d"),
    Meaning.BEFORE: ("avant", "avant le|la|l|que"),
    Meaning.AFTER: ("après", "après le|la|l"),
    Meaning.SINCE: ("depuis", "depuis le|la|l", "à partir de|du|d", "dès", "dès le", "du", "de"),
    Meaning.UNTIL: ("jusqu à|au|en", "jusque"),
    Meaning.TO: ("à", "au", "jusqu à|au|en"),
    Meaning.BETWEEN: ("entre", "entre le|la|l"),
    Meaning.AND: ("et", "et le|la|l"),
    Meaning.FIRST_ASKED: (
        "pour la première fois",
        "la? première fois",
        "en premier",
        "d abord",
        "au départ",
        "le plus ancien",
        "initialement",
    ),
    Meaning.LATEST_ASKED: (
        "la dernière fois",
        "dernière fois",
        "en dernier",
        "le plus récent",
        "la plus récente",
        "plus récemment",
        "le dernier",
        "la dernière",
        "mon dernier",
        "ma dernière",
    ),
    Meaning.HOW_LONG_ASKED: (
        "depuis combien de temps",
        "combien de temps depuis",
        "il y a combien de temps",
        "combien de {unit} depuis",
        "depuis quand",
        "combien de temps s est il? écoulé",
    ),
    Meaning.NO_DATE: (
        "chaque|tous_les|toutes_les|par {thing}",
        "bon après-midi",
        "bonne nuit|soirée|journée|année",
        "un de ces jours",
        "nom de famille",
        "planète mars",
        "été là|avec|à|au|en|dans|chez|très|un|une|le|la",
        "a|ai|as|avons|avez|ont|avait|avais été",
    ),
}
OF: Final = "de|du|d|de l|de l année|de l an"
ORDINALS: Final = "er|ère|e|eme|."
EVENT_ENDINGS: Final = ""
JOINING: Final = "de|du|d|le|la|l|les|en|au|à|dans|,|des|dernier|ce|cette"
AMBIGUOUS: Final = (
    "mars|mai|avril|août|aout|ete|automne|hiver|printemps|sept|oct|nov|dec|pâques|midi|noel|paques|reveillon|carnaval"
)
SHARED: Final = "hier|mars|mai|demain"
FUNCTION_WORDS: Final = (
    "le la les de des je que quoi est ce qu j ai avons nous mon ma mes quand où qui avec pour dans du au un une as tu "
    "quel quelle quels quelles sur et sont il elle on"
)

LANGUAGE: Final = Language(
    code="fr",
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
    question_words=("que|quoi|quel|quelle|quels|quelles|qui|où|quand|pourquoi|comment|combien|est ce que|qu est ce|qu"),
    question_verbs="as tu|sais tu|ai je|suis je|dis moi|connais tu",
    speaking="je|j|nous|tu|il|elle|on|c est|est|suis|ai",
    unknown=(
        "je ne sais pas|je ne sais|sais pas|je n ai pas d information|je n ai pas d informations"
        "|je n ai pas cette|je n ai pas ces|je n ai pas accès|je n ai trouvé|aucune information|aucune idée"
        "|aucune trace|aucun souvenir|pas d information|pas d informations|pas mentionné|pas dit|pas précisé"
        "|pas partagé|jamais mentionné|jamais dit|pas sûr|pas certain|ne me souviens pas|ne me rappelle pas"
        "|rien trouvé|pas trouvé|inconnu|je ne trouve pas|rien à ce sujet|pas connaissance"
    ),
    offers=(
        "dis moi|dites moi|pouvez vous|peux tu|pourrais tu|pourriez vous|si tu me|si vous me|si tu veux"
        "|n hésite pas|n hésitez pas|je m en souviendrai|je suis désolé|je suis désolée|fais le moi savoir"
    ),
    fillers="désolé|désolée|bonjour|salut|ok|d accord|merci|bonne|question|hum|oh|noté",
    but="mais|cependant|toutefois",
    corrections="non|faux|c est faux|ce n est pas vrai|pas exact|incorrect|en fait",
    collecting="tous|toutes|chaque|combien de|quels|quelles|lesquels|lesquelles",
    person="l'utilisateur|l'utilisatrice|de l'utilisateur|à l'utilisateur|utilisateur",
)
