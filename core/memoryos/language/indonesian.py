"""Indonesian."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = (
    "januari|jan",
    "februari|feb",
    "maret|mar",
    "april|apr",
    "mei",
    "juni|jun",
    "juli|jul",
    "agustus|agu|agt",
    "september|sep|sept",
    "oktober|okt",
    "november|nov",
    "desember|des",
)
WEEKDAYS: Final = (
    "senin|hari senin",
    "selasa|hari selasa",
    "rabu|hari rabu",
    "kamis|hari kamis",
    "jumat|jum'at|hari jumat",
    "sabtu|hari sabtu",
    "hari minggu",
)
UNITS: Final = {
    Unit.MINUTE: "menit",
    Unit.HOUR: "jam",
    Unit.DAY: "hari|sehari",
    Unit.WEEKEND: "akhir pekan",
    Unit.WEEK: "minggu|pekan|seminggu|sepekan",
    Unit.MONTH: "bulan|sebulan",
    Unit.QUARTER: "kuartal|triwulan",
    Unit.HALF_YEAR: "setengah tahun|semester",
    Unit.YEAR: "tahun|setahun",
}
NUMBERS: Final = (
    "satu|se",
    *(
        "dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua-belas tiga-belas empat-belas lima-belas "
        "enam-belas tujuh-belas delapan-belas sembilan-belas dua-puluh"
    ).split(),
)
COUPLE: Final = "sepasang"
FEW: Final = "beberapa"
SEASONS: Final = {
    Season.SPRING: "musim semi",
    Season.SUMMER: "musim panas",
    Season.AUTUMN: "musim gugur",
    Season.WINTER: "musim dingin",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "malam natal",
    Holiday.CHRISTMAS: "natal|hari natal",
    Holiday.NEW_YEARS_EVE: "malam tahun baru",
    Holiday.NEW_YEAR: "tahun baru",
    Holiday.EASTER: "paskah",
    Holiday.VALENTINES_DAY: "hari valentine|valentine",
    Holiday.HALLOWEEN: "halloween",
    Holiday.LUNAR_NEW_YEAR: "imlek|tahun baru imlek|tahun baru cina",
    Holiday.MAY_DAY: "hari buruh",
}
PARTS: Final = {
    Part.MORNING: "pagi",
    Part.NOON: "siang",
    Part.AFTERNOON: "sore",
    Part.EVENING: "malam",
}
DAYS: Final = {
    -2: "kemarin lusa|dua hari lalu",
    -1: "kemarin|hari kemarin",
    0: "hari ini",
    1: "besok|esok",
    2: "lusa",
}
MOMENTS: Final = {
    (0, Part.MORNING): "tadi pagi|pagi ini",
    (0, Part.NOON): "tadi siang|siang ini",
    (0, Part.AFTERNOON): "tadi sore|sore ini",
    (0, Part.EVENING): "malam ini|nanti malam",
    (-1, Part.NIGHT): "tadi malam|semalam|malam tadi|malam lalu|kemarin malam",
}
DAY_WORDS: Final = {1: "pertama", 2: "kedua", 3: "ketiga", 4: "keempat", 5: "kelima"}
_AGO: Final = "lalu|yang_lalu|silam|yang_silam|lampau|yang_lampau"
PHRASES: Final = {
    Meaning.LAST: (f"{{thing}} {_AGO}|kemarin|sebelumnya|terakhir",),
    Meaning.THIS: ("{thing} ini",),
    Meaning.NEXT: ("{thing} depan|mendatang|berikutnya|yang_akan_datang",),
    Meaning.SECOND_LAST: ("{unit} sebelum {unit} lalu|kemarin", "{unit} sebelumnya lagi"),
    Meaning.AGO: (f"sekitar|kira-kira|hampir|lebih_dari? {{n}} {{unit}} {_AGO}",),
    Meaning.AHEAD: ("{n} {unit} lagi", "dalam {n} {unit} ke_depan|mendatang"),
    Meaning.PAST: (
        "dalam|selama? {n} {unit} terakhir|belakangan|belakangan_ini|ini",
        "selama {n} {unit} ini",
    ),
    Meaning.DURATION: ("{n} {unit}", "{unit}"),
    Meaning.SAME_TIME: (
        f"sekitar? waktu|saat|tanggal|hari|periode yang? ini|sama pada|di? {{unit}} {_AGO}|kemarin",
        f"{{unit}} {_AGO}|kemarin di|pada? sekitar? waktu|saat|tanggal|hari|periode yang? ini|sama",
        f"tepat {{n}} {{unit}} {_AGO}",
    ),
    Meaning.WEEKEND: ("di|pada|saat|selama akhir_pekan",),
    Meaning.RECENTLY: ("baru-baru ini", "belakangan ini", "akhir-akhir ini", "belum lama ini", "baru saja"),
    Meaning.THE_OTHER_DAY: ("tempo hari", "kemarin dulu", "kapan hari"),
    Meaning.AGE: ("saat|ketika|waktu aku|saya berusia|berumur|umur|usia {n} tahun?", "pada usia|umur {n} tahun?"),
    Meaning.PART: ("{part}", "di|pada {part} hari?", "{part} hari|harinya|nya"),
    Meaning.NTH_WEEK: ("{unit} {day} bulan? {month}",),
    Meaning.DAY_NUMBER: ("tanggal|tgl {day}",),
    Meaning.IN: (
        "pada",
        "di",
        "bulan",
        "pada bulan",
        "di bulan",
        "selama",
        "saat",
        "waktu",
        "ketika",
        "tahun",
        "pada tahun",
        "sekitar",
        "pada hari|tanggal",
        "tanggal",
        "dari",
        "sepanjang",
        "untuk",
        "waktu bulan",
        "di musim",
    ),
    Meaning.EARLY: ("awal", "di|pada? awal bulan|tahun|musim?"),
    Meaning.MIDDLE: ("pertengahan", "di|pada? pertengahan bulan|tahun?", "tengah"),
    Meaning.LATE: ("akhir", "di|pada? akhir bulan|tahun?"),
    Meaning.BEFORE: ("sebelum", "sebelum bulan|tahun|tanggal|hari?"),
    Meaning.AFTER: ("setelah", "sesudah", "setelah|sesudah bulan|tahun|tanggal|hari?", "usai"),
    Meaning.SINCE: ("sejak", "sejak bulan|tahun|tanggal|hari?", "semenjak", "mulai", "dari", "dari bulan|tanggal"),
    Meaning.UNTIL: ("sampai", "hingga", "sampai|hingga bulan|tahun|tanggal|hari?"),
    Meaning.TO: ("sampai", "hingga", "ke", "sampai|hingga bulan|tanggal", "s d"),
    Meaning.BETWEEN: ("antara", "antara bulan|tanggal"),
    Meaning.AND: ("dan",),
    Meaning.FIRST_ASKED: ("pertama kali", "untuk pertama kalinya", "paling awal", "awalnya", "mula-mula", "pertama"),
    Meaning.LATEST_ASKED: ("terakhir kali", "terakhir", "terbaru", "paling baru", "kali terakhir"),
    Meaning.HOW_LONG_ASKED: (
        "sudah berapa lama",
        "berapa lama sejak",
        "berapa lama yang lalu",
        "berapa {unit} sejak|yang_lalu",
        "sejak kapan",
        "sudah berapa {unit}",
    ),
    Meaning.NO_DATE: (
        "setiap|tiap|per {thing}",
        "selamat pagi|siang|sore|malam",
        "makan pagi|siang|sore|malam",
        "{thing} pertama",
        "hari demi hari",
        "suatu hari",
    ),
}
OF: Final = "bulan|tahun"
ORDINALS: Final = "."
EVENT_ENDINGS: Final = ""
JOINING: Final = "di|pada|bulan|tahun|hari|,|tanggal|dari|yang|itu|musim"
AMBIGUOUS: Final = (
    "mei|april|agustus|juli|juni|jan|mar|apr|jun|jul|agu|sep|des|nov|okt|malam|pagi|siang|sore|natal|"
    "musim dingin|musim panas"
)
SHARED: Final = "rabu|des|mei|lusa"
FUNCTION_WORDS: Final = (
    "apa yang saya aku kami kita di dan dengan untuk dari ke ini itu kapan siapa mana bagaimana "
    "adalah tidak sudah pada "
    "ada lakukan tentang kamu akan"
)

LANGUAGE: Final = Language(
    code="id",
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
    question_words=("apa|apakah|siapa|dimana|di mana|mana|kapan|mengapa|kenapa|bagaimana|berapa|gimana|kemana|ke mana"),
    question_verbs="tahukah|ingatkah|sebutkan|beri tahu",
    speaking="saya|aku|kami|kita|kamu|anda|dia|adalah|gue|saja",
    unknown=(
        "saya tidak tahu|aku tidak tahu|tidak tahu|belum tahu|tidak ada informasi|tidak memiliki informasi"
        "|tidak punya informasi|tidak ada catatan|belum memberi tahu|belum menyebutkan|tidak menyebutkan"
        "|tidak disebutkan|belum pernah menyebutkan|tidak yakin|tidak ingat|tidak menemukan|tidak ditemukan"
        "|tidak diketahui|belum bilang|tidak ada data"
    ),
    offers=(
        "beri tahu saya|tolong beri|bisa beri tahu|bisakah kamu|bisakah anda|kalau kamu mau|jika anda mau"
        "|beritahu saya|akan saya ingat|mohon maaf|katakan padaku|ceritakan"
    ),
    fillers="maaf|halo|hai|ok|oke|terima|kasih|baik|dicatat|pertanyaan|bagus",
    but="tapi|tetapi|namun",
    corrections="bukan|tidak|salah|itu salah|tidak benar|sebenarnya",
    collecting="semua|seluruh|setiap|berapa kali|berapa banyak|apa saja|siapa saja|mana saja",
    person="pengguna",
)
