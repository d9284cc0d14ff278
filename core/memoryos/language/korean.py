"""Korean."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

MONTHS: Final = tuple(
    f"{number}월달|{number}월|0{number}월|{word}월"
    for number, word in enumerate("일 이 삼 사 오 유 칠 팔 구 시 십일 십이".split(), start=1)
)
WEEKDAYS: Final = tuple(f"{day}요일" for day in "월화수목금토일")
UNITS: Final = {
    Unit.MINUTE: "분",
    Unit.HOUR: "시간",
    Unit.DAY: "일|날|칠",
    Unit.WEEKEND: "주말",
    Unit.WEEK: "주일|주|주간",
    Unit.MONTH: "개월|달",
    Unit.QUARTER: "분기",
    Unit.HALF_YEAR: "반년",
    Unit.YEAR: "년|해",
}
NUMBERS: Final = (
    "한|일|하나",
    "두|이|둘",
    "세|삼|석",
    "네|사|넉",
    "다섯|오",
    "여섯|육",
    "일곱|칠",
    "여덟|팔",
    "아홉|구",
    "열|십",
    "열한|십일",
    "열두|십이",
    "열세|십삼",
    "열네|십사",
    "열다섯|십오",
    "열여섯|십육",
    "열일곱|십칠",
    "열여덟|십팔",
    "열아홉|십구",
    "스무|이십",
)
COUPLE: Final = "두세|한두|두어|이삼"
FEW: Final = "몇|서너|며"
SEASONS: Final = {
    Season.SPRING: "봄|봄철",
    Season.SUMMER: "여름|여름철|여름방학",
    Season.AUTUMN: "가을|가을철",
    Season.WINTER: "겨울|겨울철|겨울방학",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "크리스마스이브|크리스마스 이브",
    Holiday.CHRISTMAS: "크리스마스|성탄절",
    Holiday.NEW_YEARS_EVE: "연말 파티|섣달그믐",
    Holiday.NEW_YEAR: "새해|신정",
    Holiday.EASTER: "부활절",
    Holiday.VALENTINES_DAY: "밸런타인데이|발렌타인데이",
    Holiday.HALLOWEEN: "할로윈|핼러윈",
    Holiday.LUNAR_NEW_YEAR: "설날|설 연휴|구정|설",
    Holiday.MID_AUTUMN: "추석|한가위|추석 연휴",
    Holiday.MAY_DAY: "근로자의 날|노동절",
}
PARTS: Final = {
    Part.MORNING: "아침|오전|새벽",
    Part.NOON: "점심|정오|점심때",
    Part.AFTERNOON: "오후",
    Part.EVENING: "저녁|밤",
    Part.NIGHT: "한밤|심야",
}
DAYS: Final = {
    -4: "나흘 전",
    -3: "그끄저께|사흘 전",
    -2: "그저께|그제|엊그제|이틀 전|엊그저께",
    -1: "어제|하루 전|어저께",
    0: "오늘",
    1: "내일",
    2: "모레|내일모레",
    -5: "닷새 전",
    -10: "열흘 전",
}
MOMENTS: Final = {
    (-1, Part.NIGHT): "어젯밤|간밤|지난밤|어제 밤|지난 밤",
    (0, Part.MORNING): "오늘 아침|오늘 새벽",
    (0, Part.EVENING): "오늘 밤|오늘밤|오늘 저녁",
}
DAY_WORDS: Final[dict[int, str]] = {1: "첫", 2: "둘째", 3: "셋째", 4: "넷째"}
_LAST: Final = "지난|저번|작|전|지난번"
PHRASES: Final = {
    Meaning.WEEKDAY_LAST_WEEK: ("지난|저번 주 에? {weekday}", "전주 {weekday}"),
    Meaning.WEEKDAY_THIS_WEEK: ("이번|금 주 에? {weekday}",),
    Meaning.WEEKDAY_NEXT_WEEK: ("다음|내 주 에? {weekday}",),
    Meaning.WEEKDAY_WEEK_BEFORE_LAST: ("지지난|저저번 주 {weekday}", "2주 전 {weekday}"),
    Meaning.LAST: (
        "지난|저번|지난번 {thing}",
        "작년",
        "지난해",
        "전년",
    ),
    Meaning.THIS: ("이번|요번 {thing}", "올해", "금년"),
    Meaning.NEXT: ("다음 {thing}", "내년", "돌아오는 {thing}", "다가오는 {thing}"),
    Meaning.SECOND_LAST: ("지지난|저저번 {thing}", "재작년", "전전 {unit}"),
    Meaning.SECOND_NEXT: ("다다음 {thing}",),
    Meaning.AGO: (
        "약|대략|한? {n} {unit} 쯤|정도|여|가량? 전",
        "{n} {unit} 넘게 전",
        "{half_year} 쯤|정도? 전",
    ),
    Meaning.AHEAD: ("{n} {unit} 뒤|후",),
    Meaning.PAST: ("지난|최근|요|과거 {n} {unit} 동안|간?", "최근|지난 {half_year}", "{n} {unit} 이내"),
    Meaning.DURATION: ("{n} {unit}",),
    Meaning.SAME_TIME: (
        "작년|지난해 의? 이맘때|이때쯤|이_때쯤|이_시기|이때|오늘|이_무렵|이즈음|같은_날|같은_시기",
        "{n} {unit} 전 이맘때|이때쯤|오늘|이_시기|이때|이_무렵|같은_날",
        "지난 {unit} 이맘때",
        "정확히 {n} {unit} 전",
        "딱 {n} {unit} 전",
    ),
    Meaning.WEEKEND: ("주말",),
    Meaning.RECENTLY: ("최근", "요즘", "요새", "근래"),
    Meaning.THE_OTHER_DAY: ("얼마 전", "저번에", "일전에", "지난번에"),
    Meaning.AGE: ("내가|제가? {n} 살|세 때|이었을_때|였을_때|일_때|무렵", "{n} 살에"),
    Meaning.PART: ("{part}", "의 {part}", "에? {part}"),
    Meaning.YEAR: ("{year} 년",),
    Meaning.NTH_WEEK: ("{month} {day} 째? {unit}",),
    Meaning.DAY_NUMBER: ("{day}",),
    Meaning.IN_BEHIND: ("에는", "에", "의", "때", "때에", "동안", "에도"),
    Meaning.EARLY_BEHIND: ("의? 초|초순|초반|초에|초기|시작|상순",),
    Meaning.MIDDLE_BEHIND: ("의? 중순|중반|중간",),
    Meaning.LATE_BEHIND: ("의? 말|하순|후반|말쯤|끝",),
    Meaning.BEFORE_BEHIND: ("의? 전", "이전", "보다 전"),
    Meaning.AFTER_BEHIND: ("의? 후", "이후", "뒤", "다음", "지나고"),
    Meaning.SINCE_BEHIND: ("부터", "이래", "이래로", "에서"),
    Meaning.UNTIL_BEHIND: ("까지",),
    Meaning.TO: ("부터", "에서", "~", "〜"),
    Meaning.FIRST_ASKED: ("처음", "맨 처음", "가장 먼저", "최초", "처음으로"),
    Meaning.LATEST_ASKED: ("마지막", "가장 최근", "최신", "제일 최근", "마지막으로"),
    Meaning.HOW_LONG_ASKED: (
        "얼마나 오래|됐|되었|지났|전|지나",
        "몇 {unit} 전이|이나|됐|지났|만",
        "언제부터",
        "얼마 만",
    ),
    Meaning.NO_DATE: (
        "매 주|월|년|일|달",
        "매주 {weekday}",
        "{weekday} 마다",
        "{unit} 마다",
        "생일",
        "좋은 아침",
        "일일이",
        "아침|점심|저녁 식사|밥|을|메뉴|으로",
        "말하|말했|말씀|말한",
        "설명|설정|설치|설계|건설|소설|시설|연설",
        "새해 복",
        "봄이|보다",
        "일반|일단|일부|일상",
        "이해|이유|이전",
        "초등|초보|초대",
        "전화|전체|전부|전혀",
        "후보|후기",
        "사월이",
    ),
}
OF: Final = "년|의"
ORDINALS: Final = "일"
EVENT_ENDINGS: Final = "기|식|의"
JOINING: Final = "의|에|,|년|달|날|도|째"
AMBIGUOUS: Final = "설|봄|밤|아침|점심|저녁|여름|가을|겨울|새벽|새해|오전|오후|시월|이월|오월|사월|구월"
SHARED: Final = ""
FUNCTION_WORDS: Final = "은 는 이 가 을 를 에 요 했 지 뭐 나 내 다 까 어 니 언 무 엇 서 고 누"

LANGUAGE: Final = Language(
    code="ko",
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
    days_are_marked=True,
    day_words=DAY_WORDS,
    event_endings=EVENT_ENDINGS,
    joining=JOINING,
    ambiguous=AMBIGUOUS,
    shared=SHARED,
    function_words=FUNCTION_WORDS,
)

ASKING: Final = Asking(
    question_words="뭐|무엇|무슨|누구|누가|어디|언제|왜|어떻게|어떤|몇|얼마|어느|까|나요|가요|인가|니",
    question_verbs="알려 줘|알려줘|말해 줘",
    speaking="나는|내가|저는|제가|우리는|당신|어요|아요|습니다|니다|이야|예요|해요",
    unknown=(
        "모르겠|모릅니다|몰라요|알지 못|알 수 없|정보가 없|정보는 없|기록이 없|기록은 없"
        "|기억나지|기억이 없|기억이 나지|찾을 수 없|찾지 못|못 찾|말씀하신 적|말한 적"
        "|언급하지|언급된 적|언급되지|확실하지|들은 적|알려 주시지|알려주시지|알려 주지"
    ),
    offers=(
        "알려 주세요|알려주세요|말씀해 주세요|말씀해 주시|알려 주시면|알려주시면|알려 주실"
        "|알려주실|원하시면|기억할게|기억하겠|죄송|미안"
    ),
    fillers=(
        "죄송합니다|죄송해요|미안해요|미안합니다|감사합니다|좋은 질문이에요|좋은 질문입니다|알겠습니다|안녕하세요|음"
    ),
    but="하지만|그러나|그런데|지만",
    corrections="아니|아니요|아니에요|틀렸|틀려|사실은",
    collecting="모든|모두|전부|몇 번|몇 개|몇 명|몇 권|몇 곳",
    person="사용자|유저",
)
