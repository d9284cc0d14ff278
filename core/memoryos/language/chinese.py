"""Chinese, in simplified and traditional characters."""

from __future__ import annotations

from typing import Final

from memoryos.language.base import Asking, Holiday, Language, Meaning, Part, Season, Unit

_FIGURES: Final = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()
MONTHS: Final = tuple(
    f"{number}月份|{number}月|0{number}月|{figure}月份|{figure}月" for number, figure in enumerate(_FIGURES, start=1)
)
WEEKDAYS: Final = tuple(
    "|".join(f"{week}{day}" for week in ("周", "星期", "礼拜", "週", "禮拜") for day in days)
    for days in (*_FIGURES[:6], "日天")
)
UNITS: Final = {
    Unit.MINUTE: "分钟|分鐘",
    Unit.HOUR: "小时|小時|个小时|個小時|个钟头",
    Unit.DAY: "天",
    Unit.WEEKEND: "周末|週末|个周末|個週末",
    Unit.WEEK: "周|星期|礼拜|个星期|个礼拜|週|個星期|個禮拜|禮拜|个周",
    Unit.MONTH: "个月|個月",
    Unit.QUARTER: "季度|个季度|個季度",
    Unit.HALF_YEAR: "半年|个半年",
    Unit.YEAR: "年",
}
NUMBERS: Final = ("一|１",)
COUPLE: Final = "两三|兩三|一两|一兩"
FEW: Final = "几|幾|数|若干|好几|好幾"
NAMED_UNITS: Final = {Unit.MONTH: "月", Unit.DAY: "日"}
SEASONS: Final = {
    Season.SPRING: "春天|春季",
    Season.SUMMER: "夏天|夏季",
    Season.AUTUMN: "秋天|秋季",
    Season.WINTER: "冬天|冬季",
}
HOLIDAYS: Final = {
    Holiday.CHRISTMAS_EVE: "平安夜",
    Holiday.CHRISTMAS: "圣诞节|圣诞|聖誕節|聖誕",
    Holiday.NEW_YEARS_EVE: "跨年夜|跨年",
    Holiday.NEW_YEAR: "元旦|新年",
    Holiday.EASTER: "复活节|復活節",
    Holiday.VALENTINES_DAY: "情人节|情人節",
    Holiday.HALLOWEEN: "万圣节|萬聖節",
    Holiday.THANKSGIVING: "感恩节|感恩節",
    Holiday.LUNAR_NEW_YEAR: "春节|春節|过年|過年|大年三十|除夕|农历新年|農曆新年",
    Holiday.MID_AUTUMN: "中秋节|中秋|中秋節",
    Holiday.MAY_DAY: "五一|劳动节|勞動節",
    Holiday.CHINESE_NATIONAL_DAY: "国庆节|国庆|十一假期|十一长假|國慶",
}
PARTS: Final = {
    Part.MORNING: "早上|早晨|上午|清晨|凌晨|一早|早",
    Part.NOON: "中午",
    Part.AFTERNOON: "下午",
    Part.EVENING: "晚上|傍晚|晚间|晚",
    Part.NIGHT: "夜里|深夜|半夜|夜晚|夜",
}
DAYS: Final = {
    -3: "大前天",
    -2: "前天|前日",
    -1: "昨天|昨日",
    0: "今天|今日",
    1: "明天|明日",
    2: "后天|後天",
    3: "大后天|大後天",
}
MOMENTS: Final = {
    (0, Part.MORNING): "今早|今晨",
    (0, Part.EVENING): "今晚|今夜",
    (-1, Part.NIGHT): "昨晚|昨夜",
    (-2, Part.NIGHT): "前晚",
    (1, Part.EVENING): "明晚",
    (-1, Part.MORNING): "昨早",
}
DAY_WORDS: Final[dict[int, str]] = {}
PHRASES: Final = {
    Meaning.WEEKDAY_WEEK_BEFORE_LAST: ("上上|上上个|上上個 {weekday}",),
    Meaning.WEEKDAY_LAST_WEEK: ("上|上个|上個 {weekday}",),
    Meaning.WEEKDAY_THIS_WEEK: ("这|这个|这周的|本|這|這個 {weekday}",),
    Meaning.WEEKDAY_NEXT_WEEK: ("下|下个|下個 {weekday}",),
    Meaning.LAST: (
        "上|上个|上個 {unit} 一起|一直|一样|一共|一定|一般",
        "上|上个|上個|上一|上一个|上一個|前一 {thing}",
        "上个|上一个|上一|上個 的? {season}",
        "去年",
        "上年",
        "旧年",
    ),
    Meaning.THIS: (
        "这|本|這 {unit} 一起|一直|一样|一共|一定|一般",
        "这|这个|本|这一|這|這個|這一|当前|這一個 {thing}",
        "这个|这 {season}",
        "今 {thing}",
        "今年",
    ),
    Meaning.NEXT: (
        "下|下个|下個 {unit} 一起|一直|一样|一共|一定|一般",
        "下|下个|下個|下一|下一个|下一個 {thing}",
        "明年",
        "来年",
    ),
    Meaning.SECOND_LAST: (
        "上上|上上个|上上個 {thing}",
        "前年",
    ),
    Meaning.SECOND_NEXT: ("下下|下下个|下下個 {unit}", "后年", "後年"),
    Meaning.AGO: (
        "大概|大约|约|差不多|快? {n} 多? {unit} 之前|以前|前|之前",
        "{half_year} 前|之前|以前",
        "{n} 多 {unit} 前|之前|以前",
    ),
    Meaning.AHEAD: ("{n} {unit} 后|之后|以后|後|之後|以後",),
    Meaning.PAST: (
        "过去|最近|近|这|過去|這|最近这|过去这 的? {n} {unit} 里|内|以来|来|間|裡?",
        "{n} {unit} 以来|來|内|之内|以内",
        "过去|最近|近 一 {unit}",
        "最近|过去|近 {half_year}",
    ),
    Meaning.DURATION: ("{n} {unit}", "{half_year}"),
    Meaning.SAME_TIME: (
        "去年 的? 这个|这|同一|這個|同 时候|時候|时间|期|一天|天|段时间",
        "去年 差不多|大概|大约? 的? 这个|这|同一|這個 时候|時候|时间",
        "去年今天|去年今日|去年同期|去年此时|去年这时候",
        "一 年 前 的? 今天|这时候|这个时候|此时",
        "上|上个 {unit} 的? 这个|这|同一 时候|时间|一天",
        "{n} {unit} 前 的? 今天|这个时候|这时候|此时",
    ),
    Meaning.WEEKEND: ("周末|週末",),
    Meaning.RECENTLY: ("最近", "近来", "近期", "这阵子", "近日", "這陣子"),
    Meaning.THE_OTHER_DAY: ("前几天", "前些天", "前两天", "前阵子", "前幾天"),
    Meaning.AGE: ("我 {n} 岁|歲 那年|时|的时候|時?", "在? {n} 岁|歲 那年|时|的时候|時"),
    Meaning.PART: ("{part}", "的 {part}"),
    Meaning.YEAR: ("{year} 年",),
    Meaning.NTH_WEEK: ("{month} 的? 第 {n} 个? {unit}",),
    Meaning.DAY_NUMBER: ("{day}",),
    Meaning.IN: ("在", "于", "於"),
    Meaning.EARLY_BEHIND: ("初", "上旬", "的? 开头|月初|年初|初期", "之初", "开始的时候"),
    Meaning.MIDDLE_BEHIND: ("中旬", "的? 中间|中期|月中|年中"),
    Meaning.LATE_BEHIND: ("底", "末", "下旬", "的? 末尾|月底|年底|后期", "月末", "年末"),
    Meaning.BEFORE_BEHIND: ("前", "之前", "以前"),
    Meaning.AFTER_BEHIND: ("后", "之后", "以后", "後", "之後", "以後"),
    Meaning.SINCE_BEHIND: ("以来", "以來", "起", "开始", "之后到现在", "至今"),
    Meaning.UNTIL_BEHIND: ("为止", "為止"),
    Meaning.SINCE: ("自", "自从", "从", "從", "打从", "自從"),
    Meaning.UNTIL: ("直到", "截至", "截止到"),
    Meaning.TO: ("到", "至", "~", "—", "～"),
    Meaning.FIRST_ASKED: ("第一次", "首次", "最早", "最初", "最先", "头一次", "一开始"),
    Meaning.LATEST_ASKED: ("最后一次", "最近一次", "上一次", "上次", "最新", "最後一次"),
    Meaning.HOW_LONG_ASKED: (
        "多久 没|没有|之前|以前|前|了|過了?",
        "过了多久",
        "多长时间 没|了|以前|之前|前?",
        "几 {unit} 没|没有|了",
        "多少 {unit} 没|没有|前|以前|了",
        "距离上次",
    ),
    Meaning.NO_DATE: (
        "这个|那个|這個 年龄|年纪|年代|年头|年齡|年紀",
        "每|每个|每一|每個|每逢 {thing}",
        "一 {unit} 一 次",
        "{n} 周岁",
        "早上好",
        "早安",
        "晚上好",
        "晚安",
        "下午好",
        "有 一 天",
        "总有一天",
        "星期几",
        "周围",
        "周年",
        "早餐|早饭|早点|早期|早就|早已|晚餐|晚饭|晚会|夜宵|夜市",
        "天天",
        "下 一 天",
        "新年快乐",
        "半年报",
        "三五 天",
    ),
}
OF: Final = "年|的|年的|日"
ORDINALS: Final = "日|号|號"
EVENT_ENDINGS: Final = ""
JOINING: Final = "的|,|，|在|那|年|、|份"
AMBIGUOUS: Final = "早|晚|夜|新年|五一|跨年|过年"
SHARED: Final = ""
FUNCTION_WORDS: Final = "我 你 的 了 是 在 吗 什 么 们 和 有 不 这 那 说 过 哪 谁 呢 做"

LANGUAGE: Final = Language(
    code="zh",
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
        "什么|什麼|甚么|哪|谁|誰|几|多少|多大|多久|多高|多重|吗|嗎|呢|怎么|怎麼|怎样|为什么"
        "|为何|何时|何地|是否|是不是|有没有|有沒有|会不会|能不能|要不要|记得吗"
    ),
    question_verbs="请告诉我|告诉我",
    speaking="我|你|您|他|她|它|咱|是|在|了",
    unknown=(
        "我不知道|不知道|不清楚|不太清楚|不确定|没有相关|没有找到|没找到|找不到|未找到|没有信息"
        "|没有记录|没有关于|暂无|无相关|没有提到|没提到|没有提过|没提过|未提及|没有说过|没说过"
        "|没有告诉|没告诉|还没告诉|不记得|想不起来|无法确定|无法回答|无法得知|没有印象|不了解|未知"
        "|我没有相关|我没有关于|我没有你|我没有找到|沒有相關|沒有提到|沒提過"
    ),
    offers=(
        "请告诉我|告诉我吧|可以告诉我|能告诉我|你能说说|能不能告诉|如果你告诉|如果你愿意|我会记住"
        "|我会记下|抱歉|对不起|不好意思|请提供|请问|需要我"
    ),
    fillers="抱歉|对不起|不好意思|很|非常|好的|好|嗯|哦|谢谢|知道了|明白了|收到|好问题|您好|你好",
    but="但是|但|不过|可是",
    corrections="不是|不对|错了|不是的|说错|搞错|其实",
    collecting="哪些|哪几|哪幾|几次|幾次|多少次|几个|幾個|几本|幾本|多少个|多少個|所有|全部|每次|每个|每個|都有|一共",
    person="用户|用戶|使用者",
)
