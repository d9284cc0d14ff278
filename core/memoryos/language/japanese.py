"""Japanese."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

_FIGURES: Final = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()
MONTHS: Final = tuple(f"{number}月|0{number}月|{figure}月" for number, figure in enumerate(_FIGURES, start=1))
WEEKDAYS: Final = tuple(f"{day}曜日|{day}曜" for day in "月火水木金土日")
UNITS: Final = {
    Unit.MINUTE: "分|分間",
    Unit.HOUR: "時間",
    Unit.DAY: "日|日間",
    Unit.WEEKEND: "週末|回の週末",
    Unit.WEEK: "週間|週",
    Unit.MONTH: "ヶ月|か月|カ月|ヵ月|ケ月|箇月|ヶ月間|か月間|カ月間",
    Unit.QUARTER: "四半期",
    Unit.HALF_YEAR: "半年|半年間",
    Unit.YEAR: "年|年間",
}
NUMBERS: Final = ("一|ひと|１",)
COUPLE: Final = "二三|二、三|2、3|2〜3"
FEW: Final = "数"
NAMED_UNITS: Final = {Unit.MONTH: "月"}
SEASONS: Final = {
    Season.SPRING: "春|春頃|春先",
    Season.SUMMER: "夏|夏頃|夏休み",
    Season.AUTUMN: "秋|秋頃",
    Season.WINTER: "冬|冬頃|冬休み",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "クリスマスイブ|クリスマスイヴ",
    Holiday.CHRISTMAS: "クリスマス",
    Holiday.NEW_YEARS_EVE: "大晦日|年越し",
    Holiday.NEW_YEAR: "正月|お正月|元日|元旦|新年|年末年始",
    Holiday.EASTER: "イースター|復活祭",
    Holiday.VALENTINES_DAY: "バレンタイン|バレンタインデー",
    Holiday.HALLOWEEN: "ハロウィン|ハロウィーン",
    Holiday.LUNAR_NEW_YEAR: "旧正月|春節",
    Holiday.MID_AUTUMN: "中秋の名月|お月見",
    Holiday.GOLDEN_WEEK: "ゴールデンウィーク|ゴールデンウイーク|連休",
    Holiday.OBON: "お盆|盆休み|お盆休み",
}
PARTS: Final = {
    Part.MORNING: "朝|午前|午前中|早朝|明け方",
    Part.NOON: "昼|お昼|正午|昼間",
    Part.AFTERNOON: "午後|夕方",
    Part.EVENING: "夜|晩|夕べ",
    Part.NIGHT: "深夜|夜中|真夜中",
}
DAYS: Final = {
    -3: "一昨々日|さきおととい|一昨昨日",
    -2: "一昨日|おととい|おとつい",
    -1: "昨日|きのう|前日",
    0: "今日|きょう|本日",
    1: "明日|あした|あす",
    2: "明後日|あさって",
}
MOMENTS: Final = {
    (0, Part.MORNING): "今朝|けさ",
    (0, Part.EVENING): "今夜|今晩|今夕",
    (-1, Part.NIGHT): "昨夜|昨晩|ゆうべ|昨日の夜|昨日の晩",
    (0, Part.AFTERNOON): "今日の午後",
    (-2, Part.NIGHT): "一昨日の夜|おとといの夜",
}
DAY_WORDS: Final[dict[int, str]] = {}
PHRASES: Final = {
    Meaning.WEEKDAY_LAST_WEEK: ("先週 の? {weekday}",),
    Meaning.WEEKDAY_THIS_WEEK: ("今週 の? {weekday}",),
    Meaning.WEEKDAY_NEXT_WEEK: ("来週 の? {weekday}",),
    Meaning.WEEKDAY_WEEK_BEFORE_LAST: ("先々週|先先週 の? {weekday}",),
    Meaning.LAST: (
        "先|昨|去 {thing}",
        "前|前回|この前|こないだ|先|この間|先日 の {weekday}",
        "先週|前|この前|先 の {thing}",
        "この前|前|前回 の {season}",
        "この前|前|前回 の {holiday}",
        "直近 の {thing}",
        "昨 {season}",
        "前 四半期",
    ),
    Meaning.THIS: (
        "この|今 {thing}",
        "今度 の {weekday}",
        "今 四半期",
    ),
    Meaning.NEXT: (
        "来|翌 {thing}",
        "来 {season}",
        "次 の {thing}",
        "今度 の {thing}",
    ),
    Meaning.SECOND_LAST: (
        "先々|先先|一昨 {thing}",
        "おととし",
        "前 の 前 の {thing}",
    ),
    Meaning.AGO: (
        "約|およそ|だいたい|大体? {n} {unit} ほど|くらい|ぐらい|位|ちょっと? 前",
        "{half_year} ほど|くらい|ぐらい? 前",
        "{n} {unit} 以上|近く 前",
    ),
    Meaning.AHEAD: ("{n} {unit} 後",),
    Meaning.PAST: (
        "ここ|この|過去|最近|直近 の? {n} {unit}",
        "ここ|この|過去|最近 の? {half_year}",
        "{n} {unit} 以内",
    ),
    Meaning.DURATION: ("{n} {unit}",),
    Meaning.SAME_TIME: (
        "去年|昨年 の 今頃|今ごろ|いまごろ|今日|同じ頃|同じころ|同じ時期|同じ日|この時期|この頃",
        "{n} {unit} 前 の 今頃|今ごろ|今日|同じ頃|同じ時期|同じ日|この時期|ちょうど今日|この頃",
        "先月 の 今頃|今日|同じ頃|同じ日",
        "ちょうど {n} {unit} 前",
    ),
    Meaning.WEEKEND: ("週末",),
    Meaning.RECENTLY: ("最近", "近頃", "このごろ", "この頃", "最近の"),
    Meaning.THE_OTHER_DAY: ("先日", "この間", "こないだ", "この前", "先だって"),
    Meaning.AGE: ("私|僕|俺? が? {n} 歳|才 の? 時|とき|頃|ころ", "{n} 歳|才 だった? 時|とき|頃|ころ"),
    Meaning.PART: ("{part}", "の {part}"),
    Meaning.YEAR: ("{year} 年",),
    Meaning.NTH_WEEK: ("{month} の? 第 {n} {unit}",),
    Meaning.DAY_NUMBER: ("{day}",),
    Meaning.IN_BEHIND: ("に", "には", "の", "頃", "頃に|ごろに|ころに", "は", "中", "中に"),
    Meaning.EARLY_BEHIND: ("の? 初め|はじめ|始め|上旬|初旬|前半|頭|初頭|序盤", "初"),
    Meaning.MIDDLE_BEHIND: ("の? 半ば|なかば|中旬|中頃|中ごろ|真ん中",),
    Meaning.LATE_BEHIND: ("の? 終わり|おわり|下旬|末|後半|末頃|暮れ", "末"),
    Meaning.BEFORE_BEHIND: ("の? 前", "より? 前", "以前", "よりも前", "までに"),
    Meaning.AFTER_BEHIND: ("の? 後", "以降", "より後", "の? あと", "の次", "が終わってから"),
    Meaning.SINCE_BEHIND: ("から", "以来", "からずっと"),
    Meaning.UNTIL_BEHIND: ("まで",),
    Meaning.TO: ("から", "〜", "～", "~", "ー", "より"),
    Meaning.FIRST_ASKED: ("最初", "初めて", "はじめて", "一番最初", "もともと"),
    Meaning.LATEST_ASKED: ("最後", "最新", "一番最近", "直近", "前回", "一番新しい"),
    Meaning.HOW_LONG_ASKED: (
        "どれくらい|どのくらい|どれぐらい|どのぐらい|どれだけ 前|経ち|経っ|たち|経つ|ぶり|になり",
        "いつから",
        "何 {unit} 前|経ち|経っ|ぶり",
        "いつ以来",
    ),
    Meaning.NO_DATE: (
        "毎 週|月|年|日|朝|晩|夜|回",
        "毎週 の? {weekday}",
        "おはよう",
        "きょうだい",
        "こんばんは",
        "こんにちは",
        "今後",
        "以前",
        "朝食|朝ごはん|昼食|昼ごはん|夕食|晩ごはん|夜景|夜空",
        "青春",
        "日々",
        "年末調整",
        "何 年|月|日 生まれ",
        "名前",
        "午前様",
        "春巻|春雨",
        "秋葉|秋田|千秋|春樹|夏目|小春|美春",
    ),
}
OF: Final = "年|の|年の"
ORDINALS: Final = "日"
EVENT_ENDINGS: Final = "の"
JOINING: Final = "の|、|,|に|は|年|間|頃|で"
AMBIGUOUS: Final = "春|夏|秋|冬|朝|昼|夜|晩|新年|連休|年越し|正月"
SHARED: Final = ""
FUNCTION_WORDS: Final = "は が を に で と も た か し て い る です ます こ そ 何 私 僕 誰 ま す で よ ね っ"

LANGUAGE: Final = Language(
    code="ja",
    months=MONTHS,
    weekdays=WEEKDAYS,
    units=UNITS,
    named_units=NAMED_UNITS,
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
    question_words=(
        "何|なに|なん|誰|だれ|どこ|いつ|どの|どれ|どんな|どう|どちら|どなた|なぜ|どうして"
        "|いくつ|いくら|ですか|ますか|でしたか|ましたか|だっけ|ですっけ|たっけ|でしょうか|のか"
    ),
    question_verbs="教えて",
    speaking="私は|僕は|俺は|あなたは|です|ます|した|だよ|だね|った|いる",
    unknown=(
        "わかりません|分かりません|わからない|分からない|知りません|存じません|覚えていません"
        "|記憶にありません|情報がありません|情報はありません|記録がありません|記録はありません"
        "|見つかりません|見つかりませんでした|聞いていません|伺っていません|まだ教えて"
        "|うかがっていません|不明です|確認できません|言及されていません|話していません"
    ),
    offers=(
        "教えてください|教えていただけ|教えてもらえ|よろしければ|よければ|お聞かせ|覚えておきます"
        "|申し訳|すみません|ごめん"
    ),
    fillers=(
        "すみません|申し訳ありません|申し訳ございません|ごめんなさい|残念ながら|いい質問ですね|了解です"
        "|了解しました|わかりました|ありがとうございます"
    ),
    but="しかし|ですが|けれど|けど",
    corrections="いいえ|違います|違う|ちがう|間違|そうじゃない|実は",
    collecting="すべて|全て|全部|何回|何度|何人|何個|何冊|何本|いくつ|どれだけ",
    person="ユーザー|ユーザ|利用者",
)
