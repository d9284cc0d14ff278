"""Polish."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "styczeń|stycznia|styczniu|stycz",
    "luty|lutego|lutym",
    "marzec|marca|marcu",
    "kwiecień|kwietnia|kwietniu",
    "maj|maja|maju",
    "czerwiec|czerwca|czerwcu",
    "lipiec|lipca|lipcu",
    "sierpień|sierpnia|sierpniu",
    "wrzesień|września|wrześniu",
    "październik|października|październiku",
    "listopad|listopada|listopadzie",
    "grudzień|grudnia|grudniu",
)
WEEKDAYS: Final = (
    "poniedziałek|poniedziałku|poniedziałku",
    "wtorek|wtorku|wtorkowy",
    "środa|środę|środy|środowy",
    "czwartek|czwartku|czwartkowy",
    "piątek|piątku|piątkowy",
    "sobota|sobotę|soboty",
    "niedziela|niedzielę|niedzieli",
)
UNITS: Final = {
    Unit.MINUTE: "minuta|minutę|minuty|minut",
    Unit.HOUR: "godzina|godzinę|godziny|godzin",
    Unit.DAY: "dzień|dnia|dni|dniach|dniu",
    Unit.WEEKEND: "weekend|weekendu|weekendy|weekendzie",
    Unit.WEEK: "tydzień|tygodnia|tygodnie|tygodni|tygodniu|tygodniach",
    Unit.MONTH: "miesiąc|miesiąca|miesiące|miesięcy|miesiącu|miesiącach",
    Unit.QUARTER: "kwartał|kwartału|kwartale",
    Unit.HALF_YEAR: "pół roku|półrocze|półroczu",
    Unit.YEAR: "rok|roku|lata|lat|latach",
}
NUMBERS: Final = (
    "jeden|jedną|jedna|jednego",
    "dwa|dwie|dwóch|dwoma",
    "trzy|trzech",
    "cztery|czterech",
    "pięć|pięciu",
    "sześć|sześciu",
    "siedem|siedmiu",
    "osiem|ośmiu",
    "dziewięć|dziewięciu",
    "dziesięć|dziesięciu",
    *(
        "jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście "
        "dwadzieścia"
    ).split(),
)
COUPLE: Final = "parę|paru"
FEW: Final = "kilka|kilku|kilkoma"
SEASONS: Final = {
    Season.SPRING: "wiosna|wiosną|wiosnę|wiosny|wiośnie",
    Season.SUMMER: "lato|latem|lecie",
    Season.AUTUMN: "jesień|jesienią|jesieni",
    Season.WINTER: "zima|zimą|zimę|zimy|zimie",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "wigilia|wigilię|wigilii",
    Holiday.CHRISTMAS: "boże narodzenie|bożego narodzenia|święta bożego narodzenia",
    Holiday.NEW_YEARS_EVE: "sylwester|sylwestra",
    Holiday.NEW_YEAR: "nowy rok|nowego roku|nowym roku",
    Holiday.EASTER: "wielkanoc|wielkanocy|wielkanocą",
    Holiday.CARNIVAL: "karnawał|karnawału|karnawale",
    Holiday.PENTECOST: "zielone świątki",
    Holiday.VALENTINES_DAY: "walentynki|walentynek",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "chiński nowy rok",
    Holiday.MAY_DAY: "majówka|majówkę|majówki|święto pracy",
}
PARTS: Final = {
    Part.MORNING: "rano|ranek|ranka|rana|przed południem",
    Part.NOON: "południe|w południe",
    Part.AFTERNOON: "popołudnie|po południu|popołudniu|popołudniem",
    Part.EVENING: "wieczór|wieczorem|wieczoru",
    Part.NIGHT: "noc|nocą|nocy|w nocy",
}
DAYS: Final = {
    -2: "przedwczoraj|onegdaj",
    -1: "wczoraj|wczorajszy dzień",
    0: "dziś|dzisiaj",
    1: "jutro",
    2: "pojutrze",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "zeszłej nocy|ostatniej nocy|tej nocy|wczoraj w nocy|dziś w nocy|minionej nocy",
}
DAY_WORDS: Final = {1: "pierwszego|pierwszy|pierwszym", 2: "drugiego|drugim|drugi", 3: "trzeciego|trzecim|trzeci"}
_LAST: Final = (
    "zeszły|zeszła|zeszłe|zeszłego|zeszłej|zeszłym|zeszłą|ubiegły|ubiegła|ubiegłego|ubiegłej|ubiegłym|ubiegłą|ubiegłe|"
    "ostatni|ostatnia|ostatnie|ostatniego|ostatniej|ostatnim|ostatnią|miniony|minionego|minionej|minionym|poprzedni|"
    "poprzedniego|poprzedniej|poprzednim|poprzednią"
)
_THIS: Final = "ten|ta|to|tego|tej|tym|tą|tę|te|bieżący|bieżącego|bieżącym|obecny|obecnym|obecnego"
_NEXT: Final = (
    "następny|następna|następne|następnego|następnej|następnym|następną|przyszły|przyszła|przyszłe|"
    "przyszłego|przyszłej|"
    "przyszłym|przyszłą|najbliższy|najbliższą|najbliższym|kolejny|kolejnym"
)
_LAST_BUT_ONE: Final = (
    "przedostatni|przedostatnia|przedostatniego|przedostatniej|przedostatnim|przedostatnią|zaprzeszły|zaprzeszłym"
)
PHRASES: Final = {
    Meaning.LAST: (f"w|we? {_LAST} {{thing}}", f"{{weekday}} {_LAST}"),
    Meaning.THIS: (f"w|we? {_THIS} {{thing}}", "dziś|dzisiaj {part}"),
    Meaning.NEXT: (f"w|we? {_NEXT} {{thing}}",),
    Meaning.SECOND_LAST: (f"w|we? {_LAST_BUT_ONE} {{thing}}",),
    Meaning.AGO: (
        "około|prawie|mniej_więcej|ponad|jakieś? {n} {unit} temu|wstecz",
        "{unit} temu",
        "przed {n} {unit}",
    ),
    Meaning.AHEAD: ("za {n} {unit}", "za {unit}"),
    Meaning.PAST: (
        "w|przez|w_ciągu|z? ostatnich|ostatnie|ostatni|minionych|minione {n} {unit}",
        "przez|w_ciągu ostatni|ostatniego|ostatnie|ostatnich {unit}",
        "od {n} {unit}",
    ),
    Meaning.DURATION: ("{n} {unit}", "{unit}"),
    Meaning.SAME_TIME: (
        (
            f"mniej_więcej|około? o|w? tej|tym|ten|tę samej|samym|sam|samą? "
            f"porze|czasie|dzień|porę|okresie w? {_LAST} {{unit}}"
        ),
        (
            f"w? {_LAST} {{unit}} mniej_więcej|około? o|w? tej|tym|ten|tę samej|samym|sam|samą? "
            f"porze|czasie|dzień|porę|okresie"
        ),
        "dokładnie {n} {unit} temu",
        "dokładnie {unit} temu",
        "{unit} temu o tej porze",
    ),
    Meaning.WEEKEND: ("w weekend",),
    Meaning.RECENTLY: ("niedawno", "ostatnio", "w ostatnim czasie", "w ostatnich dniach|tygodniach"),
    Meaning.THE_OTHER_DAY: ("któregoś dnia",),
    Meaning.AGE: ("gdy|kiedy miałem|miałam {n} lat|lata", "w wieku {n} lat"),
    Meaning.PART: ("{part}", "w|nad|z {part}"),
    Meaning.NTH_WEEK: ("w? {day} {unit} {month}",),
    Meaning.DAY_NUMBER: ("dnia {day}",),
    Meaning.IN: (
        "w",
        "we",
        "na",
        "podczas",
        "w czasie",
        "w ciągu",
        "w miesiącu",
        "przez",
        "w roku",
        "na",
        "około",
        "o",
        "dnia",
        "za",
        "wczesną|późną",
    ),
    Meaning.EARLY: ("początek", "na początku", "z początkiem", "wczesną", "z początku"),
    Meaning.MIDDLE: ("połowa", "w połowie", "w środku", "od połowy"),
    Meaning.LATE: ("koniec", "pod|na|w koniec|końcu", "z końcem", "późną"),
    Meaning.BEFORE: ("przed", "zanim"),
    Meaning.AFTER: ("po",),
    Meaning.SINCE: ("od", "począwszy od", "z"),
    Meaning.UNTIL: ("do", "aż do"),
    Meaning.TO: ("do",),
    Meaning.BETWEEN: ("między", "pomiędzy"),
    Meaning.AND: ("a", "i"),
    Meaning.FIRST_ASKED: (
        "po raz pierwszy",
        "pierwszy raz",
        "najpierw",
        "najwcześniejszy|najwcześniejsza",
        "początkowo",
    ),
    Meaning.LATEST_ASKED: (
        "po raz ostatni",
        "ostatni raz",
        "najnowszy|najnowsza|najnowsze",
        "najświeższy",
        "ostatni|ostatnia|ostatnie|ostatnią",
    ),
    Meaning.HOW_LONG_ASKED: (
        "jak dawno temu?",
        "ile czasu minęło|temu|upłynęło",
        "ile {unit} minęło|temu|upłynęło|od",
        "od kiedy",
        "jak długo od",
    ),
    Meaning.NO_DATE: (
        "każdy|każdą|każde|każdego|każdej|co {thing}",
        "dzień dobry",
        "dobry wieczór",
        "dobranoc",
        "dzień po dniu",
        "na południe od",
    ),
}
OF: Final = "roku|r"
ORDINALS: Final = ".|go|ego"
EVENT_ENDINGS: Final = ""
JOINING: Final = "w|we|roku|r|,|dnia|z|na|po|o"
AMBIGUOUS: Final = (
    "maja|maj|luty|marca|noc|nocy|wieczór|wieczor|wieczoru|poludnie|rana|ranka|soboty|srody|sobota|"
    "niedziela|sroda|karnawal"
)
SHARED: Final = "rana|rano|noc"
FUNCTION_WORDS: Final = (
    "co ja mi mój moja z w na i się że jak kiedy gdzie kto jest był była o dla nie do robiłem czy to nas mam"
)

LANGUAGE: Final = Language(
    code="pl",
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
        "co|kto|kogo|komu|gdzie|kiedy|dlaczego|jak|jaki|jaka|jakie|jakich|który|która|które|ile|czy|skąd|dokąd|czyj"
    ),
    question_verbs="pamiętasz|wiesz|powiedz mi",
    speaking="ja|my|ty|on|ona|jest|jestem|mam|był|była|się",
    unknown=(
        "nie wiem|tego nie wiem|nie mam informacji|nie mam żadnych informacji|nie mam danych|brak informacji"
        "|żadnych informacji|nie wspomniałeś|nie wspomniałaś|nie wspominałeś|nie wspominałaś|nie powiedziałeś"
        "|nie powiedziałaś|nie mówiłeś|nie mówiłaś|nie jestem pewien|nie jestem pewna|nie pamiętam|nie znalazłem"
        "|nie znalazłam|nie znaleziono|nic o tym|nie znam|nieznane|nie mogę powiedzieć"
    ),
    offers=(
        "powiedz mi|daj mi znać|daj znać|czy możesz|możesz mi|jeśli mi|jeśli chcesz|zapamiętam|przykro mi"
        "|proszę podaj|proszę powiedz"
    ),
    fillers="przepraszam|niestety|cześć|ok|dobrze|dziękuję|dzięki|dobre|pytanie|zanotowane",
    but="ale|jednak|lecz",
    corrections="nie|źle|to nieprawda|nieprawda|to nie tak|błąd|właściwie",
    collecting="wszystkie|wszystkich|wszystko|każdy|każda|każde|ile|ilu|jakie|które",
    person="użytkownik|użytkownika|użytkownikowi|użytkowniczka",
)
