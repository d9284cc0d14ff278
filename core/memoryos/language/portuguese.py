"""Portuguese."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "janeiro|jan",
    "fevereiro|fev",
    "março|mar",
    "abril|abr",
    "maio|mai",
    "junho|jun",
    "julho|jul",
    "agosto|ago",
    "setembro|set",
    "outubro|out",
    "novembro|nov",
    "dezembro|dez",
)
WEEKDAYS: Final = (
    "segunda-feira|segunda",
    "terça-feira|terça",
    "quarta-feira|quarta",
    "quinta-feira|quinta",
    "sexta-feira|sexta",
    "sábado",
    "domingo",
)
UNITS: Final = {
    Unit.MINUTE: "minuto|minutos",
    Unit.HOUR: "hora|horas",
    Unit.DAY: "dia|dias",
    Unit.WEEKEND: "fim de semana|final de semana|fins de semana|finais de semana",
    Unit.WEEK: "semana|semanas",
    Unit.FORTNIGHT: "quinzena",
    Unit.MONTH: "mês|meses",
    Unit.QUARTER: "trimestre|trimestres",
    Unit.HALF_YEAR: "meio ano|semestre",
    Unit.YEAR: "ano|anos",
}
NUMBERS: Final = (
    "um|uma",
    "dois|duas",
    *(
        "três quatro cinco seis sete oito nove dez onze doze treze quatorze|catorze quinze dezesseis|dezasseis "
        "dezessete|dezassete dezoito dezenove|dezanove vinte"
    ).split(),
)
COUPLE: Final = "um par de|par de|uns dois|umas duas"
FEW: Final = "alguns|algumas|uns|umas|poucos|poucas|vários|várias"
SEASONS: Final = {
    Season.SPRING: "primavera",
    Season.SUMMER: "verão",
    Season.AUTUMN: "outono",
    Season.WINTER: "inverno",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "véspera de natal",
    Holiday.CHRISTMAS: "natal",
    Holiday.NEW_YEARS_EVE: "réveillon|véspera de ano novo|passagem de ano",
    Holiday.NEW_YEAR: "ano novo",
    Holiday.EASTER: "páscoa|semana santa",
    Holiday.CARNIVAL: "carnaval",
    Holiday.PENTECOST: "pentecostes",
    Holiday.VALENTINES_DAY: "dia de são valentim",
    Holiday.HALLOWEEN: "halloween|dia das bruxas",
    Holiday.LUNAR_NEW_YEAR: "ano novo chinês",
    Holiday.MAY_DAY: "dia do trabalho|dia do trabalhador",
}
PARTS: Final = {
    Part.MORNING: "manhã|madrugada",
    Part.NOON: "meio-dia",
    Part.AFTERNOON: "tarde",
    Part.EVENING: "noite",
}
DAYS: Final = {
    -2: "anteontem|antes de ontem",
    -1: "ontem",
    0: "hoje",
    1: "amanhã",
    2: "depois de amanhã",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "ontem à noite|noite passada|ontem de noite|na noite passada",
}
DAY_WORDS: Final = {1: "primeiro"}
_LAST: Final = "passado|passada|passados|passadas|último|última|anterior"
PHRASES: Final = {
    Meaning.LAST: (
        f"o|a|no|na|do|da? {{thing}} {_LAST}",
        "o|a|no|na|do|da? último|última|passado|passada {thing}",
    ),
    Meaning.THIS: ("este|esta|esse|essa|neste|nesta|nesse|nessa|deste|desta|desse|dessa {thing}",),
    Meaning.NEXT: (
        "{thing} que_vem|seguinte|próximo|próxima",
        "o|a|no|na? próximo|próxima {thing}",
    ),
    Meaning.SECOND_LAST: (
        "{thing} retrasado|retrasada",
        "o|a|no|na? penúltimo|penúltima|retrasado|retrasada {thing}",
        "{thing} anterior à|ao passada|passado",
    ),
    Meaning.AGO: (
        "há|faz|fazem cerca_de|quase|aproximadamente|uns|umas|mais_de|mais_ou_menos? {n} {unit} atrás?",
        "{n} {unit} atrás",
        "há {unit}",
    ),
    Meaning.AHEAD: ("daqui a|em? {n} {unit}", "em|dentro_de {n} {unit}"),
    Meaning.PAST: (
        "nos|nas|os|as|dos|das|durante_os|durante_as últimos|últimas|passados|passadas {n} {unit}",
        "nos|nas|os|as {n} últimos|últimas {unit}",
        "nestes|nestas|nesses|nessas últimos|últimas {n} {unit}",
        "últimos|últimas {n} {unit}",
        "na última|no_último {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "o|a {unit}"),
    Meaning.SAME_TIME: (
        (
            f"por|em|n|a? esta|esse|este|nesta|nessa|na|mesma|na_mesma altura|época|data|período|dia "
            f"do|no|o? {{unit}} {_LAST}"
        ),
        (
            f"o|no? {{unit}} {_LAST} por|em|n|a? esta|esse|este|nesta|nessa|na|mesma|na_mesma "
            f"altura|época|data|período|dia"
        ),
        "há|faz {n} {unit} nesta|nessa|na_mesma|por_esta altura|época|data",
        "faz hoje {n} {unit}",
    ),
    Meaning.WEEKEND: ("no|neste? fim_de_semana|final_de_semana", "o fim_de_semana"),
    Meaning.RECENTLY: ("recentemente", "ultimamente", "há pouco tempo?", "nos últimos dias|tempos"),
    Meaning.THE_OTHER_DAY: ("outro dia", "no outro dia", "na outra noite|semana", "dia desses", "esses dias"),
    Meaning.AGE: ("quando eu? tinha {n} anos", "quando eu? fiz {n} anos?", "aos {n} anos", "com {n} anos"),
    Meaning.PART: ("à|de|pela|da|na|a {part}", "ao|do|no {part}", "em {part}", "durante a {part}"),
    Meaning.NTH_WEEK: ("{day} {unit} de {month}",),
    Meaning.DAY_NUMBER: ("dia {day}", "no|do|o dia? {day}"),
    Meaning.THE: ("o|a",),
    Meaning.IN: (
        "em",
        "no",
        "na",
        "de",
        "do",
        "da",
        "durante",
        "durante o|a",
        "no mês de",
        "mês de",
        "para",
        "por",
        "nos|nas",
        "no ano de?",
        "ao longo de|do|da",
        "lá em|por",
        "pelo|pela",
    ),
    Meaning.EARLY: ("início", "no|em|ao? início|começo|princípio|princípios|inícios de|do|da"),
    Meaning.MIDDLE: ("meados", "em? meados de|do|da", "no meio de|do|da", "na metade de|do"),
    Meaning.LATE: ("fim", "no|em|ao? fim|final|finais|fins de|do|da"),
    Meaning.BEFORE: ("antes de|do|da|dos|das", "antes"),
    Meaning.AFTER: ("depois de|do|da|dos|das", "após", "após o|a", "depois"),
    Meaning.SINCE: ("desde", "desde o|a", "a partir de|do|da", "de", "do"),
    Meaning.UNTIL: ("até", "até o|a|ao|à"),
    Meaning.TO: ("a", "até", "até o|a|ao"),
    Meaning.BETWEEN: ("entre", "entre o|a"),
    Meaning.AND: ("e", "e o|a"),
    Meaning.FIRST_ASKED: ("pela|a? primeira vez", "primeiro", "mais antigo|antiga", "inicialmente", "no princípio"),
    Meaning.LATEST_ASKED: (
        "pela|a? última vez",
        "mais recente|recentemente",
        "por último",
        "o último",
        "a última",
        "meu último",
        "minha última",
    ),
    Meaning.HOW_LONG_ASKED: (
        "há|faz quanto tempo",
        "quanto tempo faz|passou|desde|há",
        "quantos|quantas {unit} faz|desde|há|passaram",
        "desde quando",
    ),
    Meaning.NO_DATE: (
        "rio de janeiro",
        "cada|todo|toda|todos_os|todas_as|por {thing}",
        "bom dia",
        "boa noite|tarde",
        "mais tarde",
        "segunda|quarta|quinta|sexta|terça vez|parte|opção|pessoa|semana|edição|temporada|vaga",
        "muito|tão|demasiado tarde",
        "um dia",
    ),
}
OF: Final = "de|do|do ano de"
ORDINALS: Final = "º|°|o|."
EVENT_ENDINGS: Final = ""
JOINING: Final = "de|do|da|o|a|os|as|no|na|em|,|à|ao|pela|pelo|feira"
AMBIGUOUS: Final = (
    "março|marco|maio|abril|agosto|julho|junho|segunda|terça|terca|quarta|quinta|sexta|domingo|jan|"
    "fev|mar|abr|mai|jun|jul|ago|"
    "set|out|nov|dez|primavera|verão|verao|outono|inverno|natal|pascoa|carnaval|noite"
)
SHARED: Final = "set|out|mar|mai|nov|ago|domingo"
FUNCTION_WORDS: Final = (
    "o a os as de que eu meu minha com quando onde quem em por para um uma do da no na fiz foi é se me nós qual como e "
    "você fizemos não tinha"
)

LANGUAGE: Final = Language(
    code="pt",
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
        "que|o que|qual|quais|quem|onde|aonde|quando|por que|porque|como|quanto|quanta|quantos|quantas|cadê"
    ),
    question_verbs="sabes|sabe|lembra|lembras|diga me|me diga",
    speaking="eu|nós|você|tu|ele|ela|é|sou|estou|tenho|foi|era",
    unknown=(
        "não sei|eu não sei|não tenho informações|não tenho informação|não tenho nenhuma|não tenho essa"
        "|não tenho dados|nenhuma informação|sem informação|sem informações|não mencionou|não mencionaste"
        "|não me disse|não me disseste|não me contou|não tenho certeza|não lembro|não me lembro|não encontrei"
        "|não encontro|nada sobre|desconheço|desconhecido|não faço ideia|não consta|não disponho"
    ),
    offers=(
        "diga me|me diga|me conte|conta me|pode me dizer|você pode|poderia|podes|se me disser|se você me"
        "|se quiser|avise me|vou lembrar|sinto muito|desculpe|lamento"
    ),
    fillers="desculpa|olá|oi|ok|obrigado|obrigada|boa|pergunta|infelizmente|anotado|certo",
    but="mas|porém|contudo",
    corrections="não|errado|incorreto|isso não é|não é verdade|na verdade",
    collecting="todos|todas|tudo o que|cada|quantos|quantas|quais",
    person=("o usuário|a usuária|do usuário|da usuária|ao usuário|usuário|o utilizador|do utilizador|utilizador"),
)
