"""Turkish."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

_CASES: Final = (
    ("ocak", "ocakta", "ocağın", "ocaktan", "ocağa"),
    ("şubat", "şubatta", "şubatın", "şubattan", "şubata"),
    ("mart", "martta", "martın", "marttan", "marta"),
    ("nisan", "nisanda", "nisanın", "nisandan", "nisana"),
    ("mayıs", "mayısta", "mayısın", "mayıstan", "mayısa"),
    ("haziran", "haziranda", "haziranın", "hazirandan", "hazirana"),
    ("temmuz", "temmuzda", "temmuzun", "temmuzdan", "temmuza"),
    ("ağustos", "ağustosta", "ağustosun", "ağustostan", "ağustosa"),
    ("eylül", "eylülde", "eylülün", "eylülden", "eylüle"),
    ("ekim", "ekimde", "ekimin", "ekimden", "ekime"),
    ("kasım", "kasımda", "kasımın", "kasımdan", "kasıma"),
    ("aralık", "aralıkta", "aralığın", "aralıktan", "aralığa"),
)
MONTHS: Final = tuple(
    "|".join((*forms, f"{forms[0]} ayında", f"{forms[0]} ayı", f"{forms[0]} ayının")) for forms in _CASES
)
WEEKDAYS: Final = (
    "pazartesi|pazartesi günü|pazartesiden|pazartesiye",
    "salı|salı günü|salıdan|salıya",
    "çarşamba|çarşamba günü|çarşambadan|çarşambaya",
    "perşembe|perşembe günü|perşembeden|perşembeye",
    "cuma|cuma günü|cumadan|cumaya",
    "cumartesi|cumartesi günü|cumartesiden|cumartesiye",
    "pazar günü|pazar",
)
UNITS: Final = {
    Unit.MINUTE: "dakika",
    Unit.HOUR: "saat",
    Unit.DAY: "gün|günü|günde",
    Unit.WEEKEND: "hafta sonu|haftasonu|hafta sonunda|hafta sonundan",
    Unit.WEEK: "hafta|haftada|haftanın|haftadan",
    Unit.MONTH: "ay|ayda|ayın|aydan|ayki",
    Unit.QUARTER: "çeyrek|çeyrekte",
    Unit.HALF_YEAR: "yarım yıl|altı ay",
    Unit.YEAR: "yıl|yılda|yılın|sene|senede|senenin|yıldan",
}
NUMBERS: Final = (
    *(
        "bir iki üç dört beş altı yedi sekiz dokuz on on-bir on-iki on-üç on-dört on-beş on-altı on-yedi on-sekiz "
        "on-dokuz yirmi"
    ).split(),
)
COUPLE: Final = "bir iki|iki üç"
FEW: Final = "birkaç|bir kaç"
SEASONS: Final = {
    Season.SPRING: "ilkbahar|bahar|ilkbaharda|baharda|baharın",
    Season.SUMMER: "yaz|yazın|yazdan",
    Season.AUTUMN: "sonbahar|güz|sonbaharda|güzün",
    Season.WINTER: "kış|kışın|kıştan",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "noel arifesi",
    Holiday.CHRISTMAS: "noel|noelde|noel de|noelden|noel den",
    Holiday.NEW_YEARS_EVE: "yılbaşı gecesi",
    Holiday.NEW_YEAR: "yılbaşı|yılbaşında|yeni yıl|yılbaşından",
    Holiday.EASTER: "paskalya|paskalyada",
    Holiday.VALENTINES_DAY: "sevgililer günü|sevgililer gününde",
    Holiday.HALLOWEEN: "cadılar bayramı",
    Holiday.LUNAR_NEW_YEAR: "çin yeni yılı",
    Holiday.MAY_DAY: "işçi bayramı",
}
PARTS: Final = {
    Part.MORNING: "sabah|sabahı|sabahleyin",
    Part.NOON: "öğlen|öğle|öğleyin",
    Part.AFTERNOON: "öğleden sonra|öğleden sonrası",
    Part.EVENING: "akşam|akşamı|akşamleyin",
    Part.NIGHT: "gece|gecesi|geceleyin",
}
DAYS: Final = {
    -2: "evvelsi gün|önceki gün|evvelki gün|dünden önceki gün",
    -1: "dün",
    0: "bugün|bu gün",
    1: "yarın",
    2: "öbür gün|yarından sonra",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "dün gece|geçen gece",
    (0, Part.MORNING): "bu sabah",
    (0, Part.EVENING): "bu akşam",
    (0, Part.NIGHT): "bu gece",
    (-1, Part.EVENING): "dün akşam",
}
DAY_WORDS: Final = {1: "ilk|birinci", 2: "ikinci", 3: "üçüncü", 4: "dördüncü"}
_LAST: Final = "geçen|geçtiğimiz|önceki"
PHRASES: Final = {
    Meaning.LAST: (f"{_LAST}|son {{thing}}", "bir_önceki {thing}"),
    Meaning.THIS: ("bu {thing}", "içinde_bulunduğumuz {thing}"),
    Meaning.NEXT: ("gelecek|önümüzdeki|sonraki|bir_sonraki {thing}", "haftaya {weekday}"),
    Meaning.SECOND_LAST: (
        "geçen {unit} değil ondan|bir? önceki|evvelki? {unit}?",
        "evvelki|evvelsi {thing}",
        "geçen|geçtiğimiz {unit} önceki {unit}",
        "iki önceki {thing}",
    ),
    Meaning.AGO: ("yaklaşık|tam|aşağı_yukarı|neredeyse? {n} {unit} önce|evvel", "{half_year} önce"),
    Meaning.AHEAD: ("{n} {unit} sonra", "{n} {unit} içinde"),
    Meaning.PAST: ("son|geçen|geçtiğimiz {n} {unit} içinde|boyunca?",),
    Meaning.DURATION: ("{n} {unit}",),
    Meaning.SAME_TIME: (
        (
            f"{_LAST} {{unit}} bu|aynı "
            f"zamanlar|zaman|zamanlarda|dönem|dönemde|günlerde|gün|vakitler|sıralar|sıralarda|tarihte"
        ),
        "{n} {unit} önce bugün|tam_bugün|bu_zamanlar",
        "tam {n} {unit} önce",
    ),
    Meaning.WEEKEND: ("hafta sonu",),
    Meaning.RECENTLY: ("son zamanlarda", "geçenlerde", "yakın zamanda", "son günlerde", "yakınlarda"),
    Meaning.THE_OTHER_DAY: ("geçen gün", "geçenlerde"),
    Meaning.AGE: ("ben? {n} yaşındayken|yaşımdayken", "{n} yaşında|yaşımda"),
    Meaning.PART: ("{part}",),
    Meaning.NTH_WEEK: ("{month} {day} {unit}",),
    Meaning.DAY_NUMBER: ("ayın {day}",),
    Meaning.EARLY_BEHIND: ("başı", "başında", "başları", "başlarında", "başlangıcında", "ilk günlerinde"),
    Meaning.MIDDLE_BEHIND: ("ortası", "ortasında", "ortaları", "ortalarında"),
    Meaning.LATE_BEHIND: ("sonu", "sonunda", "sonları", "sonlarında", "sonlarına doğru"),
    Meaning.IN: ("bu yılın", "yılının", "yılında", "yılı", "boyunca", "ayında", "günü", "için"),
    Meaning.BEFORE_BEHIND: ("önce", "öncesi", "öncesinde", "evvel", "dan|den|tan|ten önce"),
    Meaning.AFTER_BEHIND: ("sonra", "sonrası", "sonrasında", "dan|den|tan|ten sonra"),
    Meaning.SINCE_BEHIND: ("beri", "itibaren", "bu yana", "dan|den|tan|ten beri|itibaren", "dan|den|tan|ten"),
    Meaning.UNTIL_BEHIND: ("kadar", "dek", "a|e|ya|ye kadar|dek"),
    Meaning.TO: ("ile", "ila"),
    Meaning.FIRST_ASKED: ("ilk kez|defa", "ilk olarak", "en eski", "ilk", "başlangıçta"),
    Meaning.LATEST_ASKED: ("son kez|defa", "en son", "en yeni", "en son ne zaman", "son"),
    Meaning.HOW_LONG_ASKED: (
        "ne kadar zaman|süre oldu|geçti|önce",
        "ne kadar oldu|önce",
        "kaç {unit} oldu|geçti|önce",
        "ne zamandan beri",
    ),
    Meaning.NO_DATE: (
        "her {thing}",
        "iyi geceler|akşamlar|günler|sabahlar",
        "günaydın",
        "gün be gün",
        "bir gün",
        "on yaz",
        "yaz dedi|bana|mesaj",
    ),
}
OF: Final = "yılı|yılının|yılında"
ORDINALS: Final = ".|i|ı|u|ü|si|sı|inde|ında|unda|ünde|sinde|sında|de|da|te|ta|nci|inci|üncü|uncu"
EVENT_ENDINGS: Final = "dan|den|tan|ten"
JOINING: Final = "ta|te|da|de|nın|nin|in|ın|un|ün|,|yılının|yılında|günü|ki|ayının|ayında|yılı"
AMBIGUOUS: Final = (
    "ekim|ocak|kasım|kasim|nisan|eylül|eylul|mart|yaz|bahar|pazar|gece|sabah|aralık|aralik|yazin|sabahi|"
    "öğle|ogle|mayis|noel"
)
SHARED: Final = "dun|on|gun|once|mart|pazar|noel|son"
FUNCTION_WORDS: Final = (
    "neden ne bir ve bu ben biz ile için mi mı benim zaman nerede kim nasıl da de ne yaptım hakkında var "
    "olan çok neler yaptık"
)

LANGUAGE: Final = Language(
    code="tr",
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
    question_words="ne|neyi|nerede|nereye|nereden|kim|kimi|kimin|kime|hangi|kaç|nasıl|neden|niçin|ne zaman",
    question_verbs="hatırlıyor musun|biliyor musun|söyle",
    speaking="ben|biz|sen|o|benim|var|yok",
    unknown=(
        "bilmiyorum|bilgim yok|bilgi yok|bilgiye sahip değilim|bilgi bulunmuyor|bahsetmedin|bahsetmediniz"
        "|söylemedin|söylemediniz|emin değilim|hatırlamıyorum|bulamadım|bulunamadı|kayıt yok|bilinmiyor"
        "|fikrim yok"
    ),
    offers=(
        "söyler misin|söyleyebilir misin|paylaşır mısın|bana söyle|bana bildir|istersen|isterseniz"
        "|aklımda tutarım|söylersen"
    ),
    fillers="üzgünüm|maalesef|ne|yazık|ki|merhaba|tamam|teşekkürler|güzel|soru|not|ettim",
    but="ama|ancak|fakat",
    corrections="hayır|yanlış|doğru değil|bu yanlış|aslında",
    collecting="bütün|tüm|hepsi|kaç|hangileri|neler|kimler|nereler|nerelere",
    person="kullanıcı|kullanıcının|kullanıcıya|kullanıcıyı",
)
