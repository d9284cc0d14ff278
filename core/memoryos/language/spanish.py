"""Spanish."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "enero|ene",
    "febrero|feb",
    "marzo|mar",
    "abril|abr",
    "mayo|may",
    "junio|jun",
    "julio|jul",
    "agosto|ago",
    "septiembre|setiembre|sept|sep",
    "octubre|oct",
    "noviembre|nov",
    "diciembre|dic",
)
WEEKDAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
UNITS: Final = {
    Unit.MINUTE: "minuto|minutos",
    Unit.HOUR: "hora|horas",
    Unit.DAY: "día|días",
    Unit.WEEKEND: "fin de semana|finde|fines de semana",
    Unit.WEEK: "semana|semanas",
    Unit.FORTNIGHT: "quincena",
    Unit.MONTH: "mes|meses",
    Unit.QUARTER: "trimestre|trimestres",
    Unit.HALF_YEAR: "medio año|semestre",
    Unit.YEAR: "año|años",
}
NUMBERS: Final = (
    "un|una|uno",
    *(
        "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
        "dieciocho diecinueve veinte veintiuno|veintiún veintidós veintitrés veinticuatro veinticinco veintiséis "
        "veintisiete veintiocho veintinueve treinta"
    ).split(),
)
COUPLE: Final = "un par de|par de"
FEW: Final = "unos|unas|algunos|algunas|varios|varias|pocos|pocas|unos pocos|unas pocas|unos cuantos|unas cuantas"
SEASONS: Final = {
    Season.SPRING: "primavera",
    Season.SUMMER: "verano",
    Season.AUTUMN: "otoño",
    Season.WINTER: "invierno",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "nochebuena",
    Holiday.CHRISTMAS: "navidad|navidades",
    Holiday.NEW_YEARS_EVE: "nochevieja|fin de año",
    Holiday.NEW_YEAR: "año nuevo",
    Holiday.EASTER: "semana santa|pascua",
    Holiday.CARNIVAL: "carnaval|carnavales",
    Holiday.PENTECOST: "pentecostés",
    Holiday.VALENTINES_DAY: "san valentín",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "año nuevo chino",
    Holiday.MAY_DAY: "día del trabajo|día del trabajador",
}
PARTS: Final = {
    Part.MORNING: "mañana|madrugada",
    Part.NOON: "mediodía",
    Part.AFTERNOON: "tarde",
    Part.EVENING: "noche|tarde noche",
}
DAYS: Final = {
    -3: "trasanteayer",
    -2: "anteayer|antier|antes de ayer|antes de anoche",
    -1: "ayer",
    0: "hoy",
    1: "mañana",
    2: "pasado mañana",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "anoche|ayer noche|la noche pasada|ayer por la noche|ayer en la noche",
    (-2, Part.NIGHT): "anteanoche|antenoche",
}
DAY_WORDS: Final = {1: "primero"}
_LAST: Final = "pasado|pasada|pasados|pasadas|último|última|anterior"
_OF_LAST: Final = "pasado|pasada|último|última"
PHRASES: Final = {
    Meaning.LAST: (f"el|la|del? {{thing}} {_LAST}", f"el|la? {_OF_LAST} {{thing}}"),
    Meaning.THIS: ("este|esta {thing}", "el|la presente {thing}"),
    Meaning.NEXT: (
        "{thing} próximo|próxima|siguiente|entrante",
        "el|la? próximo|próxima|siguiente {thing}",
        "{thing} que viene",
    ),
    Meaning.SECOND_LAST: (
        "el|la? {thing} antepasado|antepasada|trasanterior",
        "el|la? {unit} antes_de|anterior_a|antes_del|anterior_al la? última|último|pasada|pasado",
        "el|la? antepasado|antepasada|penúltimo|penúltima {thing}",
        "{thing} anterior a la|al pasada|pasado|anterior",
    ),
    Meaning.AGO: (
        "hace|hará casi|unos|unas|aproximadamente|más_de|como|cerca_de|alrededor_de? {n} {unit}",
        "hace {unit}",
        "{n} {unit} atrás",
    ),
    Meaning.AHEAD: ("en|dentro_de {n} {unit}", "de aquí a {n} {unit}"),
    Meaning.PAST: (
        "en|durante? los|las|estos|estas últimos|últimas|pasados|pasadas {n} {unit}",
        "en? los|las {n} últimos|últimas {unit}",
        "en? los|las? últimos|últimas {n} {unit}",
        "desde hace {n} {unit}",
        "en el último|la_última {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "el|la {unit}"),
    Meaning.SAME_TIME: (
        f"por|en|a? esta|estas|la|las misma|mismas? época|fecha|fechas|alturas el|del? {{unit}} {_LAST}",
        f"el? {{unit}} {_LAST} por|en|a? esta|estas|la|las misma|mismas? época|fecha|fechas|alturas",
        "hoy hace {n} {unit}",
        "hace {n} {unit} por|en? estas|esta|la|las misma|mismas? época|fecha|fechas",
        f"tal día como hoy el|del? {{unit}} {_LAST}",
    ),
    Meaning.WEEKEND: ("el|este? fin_de_semana", "el finde", "durante el fin_de_semana"),
    Meaning.RECENTLY: ("recientemente", "últimamente", "hace poco", "en los últimos días|tiempos", "estos días"),
    Meaning.THE_OTHER_DAY: ("el otro día", "la otra noche|tarde|semana"),
    Meaning.AGE: ("cuando tenía {n} años", "cuando cumplí {n} años?", "a los {n} años", "a la edad de {n} años?"),
    Meaning.PART: ("por|en|de|a la {part}", "al|a_el|del {part}", "a {part}", "en la? {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} de {month}",),
    Meaning.DAY_NUMBER: ("el|del|día|al {day}", "el día {day}"),
    Meaning.THE: ("el|la|los|las",),
    Meaning.IN: (
        "en",
        "de",
        "del",
        "durante",
        "en el|la",
        "por",
        "durante el|la|las",
        "en el mes de",
        "mes de",
        "para",
        "el día de",
        "al",
        "en el año",
        "año",
        "por el|la",
        "hacia",
    ),
    Meaning.EARLY: (
        "principios",
        "a|en|al? principio|principios|comienzo|comienzos|inicio|inicios de|del|de_la|del_mes_de",
    ),
    Meaning.MIDDLE: ("mediados", "a|en? mediados de|del|de_la", "en mitad de|del", "a mitad de|del"),
    Meaning.LATE: ("finales", "a|en|al? fin|final|finales de|del|de_la"),
    Meaning.BEFORE: ("antes de|del", "antes de el|la|las|los", "previo a", "antes"),
    Meaning.AFTER: ("después de|del", "después de el|la|las|los", "tras", "tras el|la", "después"),
    Meaning.SINCE: ("desde", "desde el|la", "a partir de|del", "de", "del"),
    Meaning.UNTIL: ("hasta", "hasta el|la"),
    Meaning.TO: ("a", "al", "hasta", "hasta el|la"),
    Meaning.BETWEEN: ("entre", "entre el|la"),
    Meaning.AND: ("y", "y el|la", "e"),
    Meaning.FIRST_ASKED: (
        "por primera vez",
        "la? primera vez",
        "primero",
        "más antiguo|antigua",
        "inicialmente",
        "al principio",
        "originalmente",
    ),
    Meaning.LATEST_ASKED: (
        "por última vez",
        "la? última vez",
        "más reciente",
        "más recientemente",
        "lo último",
        "el último",
        "la última",
        "mi último",
        "mi última",
    ),
    Meaning.HOW_LONG_ASKED: (
        "cuánto tiempo hace|ha|pasó|lleva",
        "hace cuánto tiempo?",
        "cuánto hace",
        "cuántos|cuántas {unit} hace|han|desde|pasaron",
        "desde cuándo",
    ),
    Meaning.NO_DATE: (
        "cada|todos_los|todas_las|por {thing}",
        "cada|todos los {weekday}",
        "todas las {unit}",
        "buenos días",
        "buenas noches|tardes",
        "segundo|segunda",
        "más tarde",
        "algún día",
        "san martes",
        "llegar|llegué|llegó|demasiado|muy tarde",
    ),
}
OF: Final = "de|del|de el|del año"
ORDINALS: Final = "º|°|o|ro|."
EVENT_ENDINGS: Final = ""
JOINING: Final = "de|del|el|la|las|los|en|por|a|,|al|este|durante"
AMBIGUOUS: Final = (
    "julio|abril|mayo|agosto|domingo|junio|mar|ene|feb|abr|may|jun|jul|ago|sep|sept|oct|nov|dic|primavera|verano|"
    "otono|invierno|navidad|noche|mediodia|pascua|fin de ano|carnaval"
)
SHARED: Final = "mar|ago|may|nov|oct|jun|jul"
FUNCTION_WORDS: Final = (
    "el la los las de que qué yo mi mis es con cuándo dónde quién en por para un una del al hice hicimos he fue se me "
    "nos cuál cómo y había"
)

LANGUAGE: Final = Language(
    code="es",
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
    question_words=("qué|cuál|cuáles|quién|quiénes|dónde|adónde|cuándo|cómo|cuánto|cuánta|cuántos|cuántas|por qué"),
    question_verbs="sabes|recuerdas|tengo yo|dime",
    speaking="yo|nosotros|tú|él|ella|es|soy|estoy|tengo|me|fue|era",
    unknown=(
        "no lo sé|no sé|no tengo información|no tengo ninguna información|no tengo datos|no tengo registro"
        "|no tengo ese|no tengo esa|no hay información|ninguna información|sin información|no mencionaste"
        "|no has mencionado|no me has dicho|no me dijiste|no me lo has|no estoy seguro|no estoy segura"
        "|no recuerdo|no me acuerdo|no encuentro|no encontré|no he encontrado|nada sobre|desconozco|desconocido"
        "|ni idea|no consta|no dispongo|no puedo decir"
    ),
    offers=(
        "dime|dígame|cuéntame|puedes decirme|podrías|podría|puede decirme|si me dices|si me lo|si quieres|avísame"
        "|lo recordaré|lo siento|házmelo saber"
    ),
    fillers="perdón|hola|vale|ok|gracias|buena|pregunta|lo|siento|anotado|claro",
    but="pero|sin embargo|aunque",
    corrections="no|falso|incorrecto|eso no es|no es cierto|no es verdad|en realidad",
    collecting="todos|todas|todo lo que|cada|cuántos|cuántas|cuáles|cuantos|cuantas",
    counted="qué",
    person="el usuario|la usuaria|del usuario|al usuario|usuario",
)
