"""The value that a statement gives its slot, and what it says has ended, where patterns can tell surely.

A value is folded and normalised for comparison: a date is "03-14" or "monday", a number its digits. Every pattern looks
a bounded way ahead, so the time is linear in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import cache
from typing import Final

from memoryos.language.dates import Span, Width, named_dates
from memoryos.language.months import MONTHS
from memoryos.language.words import content_words, folded

_DAYS: Final[Mapping[str, str]] = {
    name: day
    for day, names in {
        "monday": "monday mon montag lundi lunes segunda-feira lunedì понедельник 周一 星期一 月曜日 월요일",
        "tuesday": "tuesday tue dienstag mardi martes terça martedì вторник 周二 星期二 火曜日 화요일",
        "wednesday": "wednesday wed mittwoch mercredi miércoles quarta mercoledì среду 周三 星期三 水曜日 수요일",
        "thursday": "thursday thu donnerstag jeudi jueves quinta giovedì четверг 周四 星期四 木曜日 목요일",
        "friday": "friday fri freitag vendredi viernes sexta venerdì пятницу 周五 星期五 金曜日 금요일",
        "saturday": "saturday sat samstag samedi sábado sabato субботу 周六 星期六 土曜日 토요일",
        "sunday": "sunday sun sonntag dimanche domingo domenica воскресенье 周日 星期日 星期天 日曜日 일요일",
    }.items()
    for name in names.split()
}
_NO_NAME: Final = rf"(?!(?i:(?:{'|'.join(sorted({*MONTHS, *_DAYS}, key=len, reverse=True))}))\b)(?!I\b|I')"
_WORD: Final = r"[A-ZÀ-ÞА-Я][\w'’&.-]{0,24}(?<![.'’-])"
_NAME: Final = rf"{_NO_NAME}{_WORD}(?: (?:(?:de|del|la|of|upon|am|an der|São) )?{_NO_NAME}{_WORD}){{0,2}}"
_V: Final = rf"(?P<value>{_NAME})"
_HAN: Final = r"[\u4e00-\u9fffA-Za-z·]"
_HV: Final = rf"(?P<value>{_HAN}{{2,8}}?)"
_JV: Final = r"(?P<value>[\u4e00-\u9fff\u30a1-\u30ff々ーA-Za-z]{1,12})"
_KV: Final = r"(?P<value>[\uac00-\ud7a3A-Za-z]{2,10}?)"
_STOP: Final = r"(?=[，,。！!、；; ]|了|$)"
_THING: Final = r"(?P<value>[^\W\d_][\w +#.'’-]{0,40}?)"
_END: Final = (
    r"(?= (?:now|today|again|anymore|any more|instead|these|since|but|and|at|in|for|by|who|with|jetzt"
    r"|inzwischen|maintenant|désormais|ahora|und|et|y)\b|[.,;!?()]|$)"
)

_GIVEN: Final[Mapping[str, tuple[str, ...]]] = {
    "home": (
        rf"(?i:\b(?:to|in|into|near|nach|à|a|en|em|para|для|в|outside|for|pour|por) )(?i:the )?{_V}",
        rf"\b{_V} (?i:is (?:my|our) (?:new )?home|resident)",
        rf"(?:搬(?:家)?[到去来进]了?|住在|定居|调到|生活在|去了|在){_HV}(?=的|住|生活|租|买|定居|工作|{_STOP[3:-1]}|$)",
        rf"家住?在?{_HV}{_STOP}",
        rf"{_JV}(?:の[^。、]{{1,8}})?(?:に住|で暮ら|[にへ]引っ越|[にへ]移|在住|に転居)",
        rf"{_KV}(?:에 살|에서 살|으?로 이사)",
    ),
    "origin": (
        rf"(?i:\b(?:from|in|near|aus|in|de|à|en) ){_V}",
        rf"(?:老家在|来自|长大于|在){_HV}(?=长大|出生|{_STOP[3:-1]}|$)",
        rf"{_JV}(?:で育|出身|生まれ|から来)",
    ),
    "name": (
        rf"(?i:\b(?:name(?:'s| is)|calls? me|go by|i'm|i am|hei(?:ß|ss)e|nenn mich(?: bitte)?|mich|ich bin|m'appelle"
        rf"|appelle-moi|m'appeler|mon nom est|moi c'est|me llamo|llámame|llamarme|nombre es|soy|chamo|nome é|chiamo"
        rf"|chiamarmi|nome è|зовут) ){_V}",
        rf"(?:(?:请|就|都)?叫我|我(?:现在)?(?:叫|改名叫)|名字[是叫]|称呼我){_HV}(?=就|吧|{_STOP[3:-1]}|$)",
        rf"{_JV}(?:さん)?(?:と呼|って呼|と申し|といいます)|名前は(?P<value2>[^。、]{{1,10}})です",
    ),
    "employer": (
        rf"(?i:\b(?:at|for|with|by|join(?:ed)?|rejoint|intégré|bei|zu|chez|pour|en|para|na|em|alla|in) ){_V}",
        rf"(?i:\bcalled ){_V}",
        rf"(?:跳槽(?:到|去)了?|入职|加入了?|去了|在){_HV}(?=上班|工作|做|当|任职|{_STOP[3:-1]}|$)",
        rf"{_JV}(?:で働|に勤め|に転職|に入社|に入り|に移)",
        rf"{_KV}(?:에서 일|에 다|으?로 이직)",
    ),
    "job": (
        rf"(?i:\b(?:as an?|i'm(?: now)? an?|i am(?: now)? an?|became an?|promoted to|a career as an?) ){_THING}{_END}",
        rf"(?i:\b(?:als|bin(?: jetzt| nun)?|comme|suis(?: devenue?)?|soy(?: ahora)?|ahora soy|como"
        rf"|trabajo de) ){_THING}{_END}",
        rf"(?:是(?:一名)?|当|做|职业是){_HV}(?={_STOP[3:-1]}|已经|$)",
        rf"{_JV}(?:をして|として|です|になりました|に転職)",
    ),
    "favourite": (
        rf"(?i:\bfavou?rites? [\w -]{{2,40}}?(?: is| are|'s)(?: now)? )(?:the )?{_THING}{_END}",
        rf"\b(?i:i think |i guess |honestly |these days |nowadays |lately |now |currently )?{_THING} (?i:is|are|has become) (?i:now )?(?i:my) ",
        rf"(?i:\blieblings\w{{2,20}} ist(?: jetzt| inzwischen| nun)? ){_THING}{_END}",
        rf"(?i:\bpréférée?s?(?: est|, c'est)(?: maintenant| désormais)? )(?:le |la )?{_THING}{_END}",
        rf"(?i:\bfavorit[oa]s?(?: ahora)? es(?: ahora)? )(?:el |la )?{_THING}{_END}",
        r"最(?:喜欢|爱)的[\u4e00-\u9fff]{1,6}?(?:是|变成了?)(?P<value>[^，。！了]{1,20})",
        r"好きな[^。、は]{1,8}は(?P<value>[^。、]{1,20}?)(?:です|だ|になり)",
    ),
    "allergy": (
        rf"(?i:\ballerg(?:ic|isch|ique|ic[oa]|ico)s? (?:to|gegen|aux?|à la|à l'|à|a(?: los| las| la| el)?"
        rf"|al) ?){_THING}{_END}",
        rf"(?i:\ballerg(?:y|ie|ia) (?:to|gegen|aux?|à la|à|a(?: los| las| la| el)?) ){_THING}{_END}",
        rf"\b(?:an?|severe|my) {_THING} (?i:allergy)\b",
        rf"对(?P<value>{_HAN}{{1,6}}?)(?:严重)?(?:其实)?不?过敏",
        r"(?P<value>[^、。はがも]{1,8}?)(?:に)?アレルギー",
    ),
    "tool": (
        rf"(?i:\b(?:to|on|auf|à|vers|a|para|use|using|uses|with|in|benutze|verwende[n]?|utilise|uso|usamos) )"
        rf"(?P<value>{_NAME}(?: \d[\d.]{{0,6}})?)",
        rf"(?:换(?:到|成)了?|改用|升级到|用的?是?)(?P<value>[A-Za-z][\w .+#]{{0,20}}\w|{_HAN}{{2,6}})",
        r"(?P<value>[A-Za-z][\w.+#]{0,20})(?:に乗り換え|にしました|に移行|を使|で(?:開発|書))",
    ),
    "car": (
        rf"(?i:\b(?:bought|got|drive|have|own|with|for|is|fahre|habe|gekauft|roule en|ai|acheté|conduzco|tengo|compré)"
        rf"(?: an?| a new| an old| einen?| une?| un)? ){_V}",
    ),
    "pet": (
        rf"(?i:\b(?:named|called|name is|name's|namens|heißt|s'appelle|llama|chamad[oa]|chiama) ){_V}",
        rf"(?:叫|名字是|名叫){_HV}{_STOP}",
        rf"{_JV}(?:という|といい)|名前は(?P<value2>[^。、]{{1,8}})です",
    ),
    "partner": (
        rf"(?i:\b(?:name is|name's|called|heißt|s'appelle|se llama|wife|husband|frau|mann) ){_V}",
        rf"(?:老婆|老公|太太|女朋友|男朋友|妻子|丈夫)叫{_HV}{_STOP}",
    ),
    "relationship": (
        r"(?i:\b(?P<value>single|married|divorced|engaged|widowed|verheiratet|ledig|geschieden|célibataire|marié|divorcé"
        r"|solter|casad|divorciad))",
        rf"(?i:\b(?:dating|seeing|with|to|mit|avec|con|called) )(?:a guy called )?{_V}",
        rf"(?:和|跟|与){_HV}(?=在一起|结婚|谈|已经|分手)",
    ),
}
"""For each slot how its value is told; it stands in `value` or `value2`."""

_ENDED: Final[tuple[str, ...]] = (
    rf"(?i:\b(?:from|left|leaving|quit|dropped|ditched|sold(?: my| the| our| his)?|replaced(?: my| the| our)?"
    rf"|instead of|traded"
    rf"(?: the| my)?|no longer (?:at|with|in|use|using|live in|work (?:for|at))|not|any more to|gave up|put|swapped"
    rf"|switched from|stopped taking|off|with|over) ){_V}",
    r"(?i:\b(?:from|left|quit|dropped|sold(?: my| the)?|stopped|gave up|not|off|instead of|longer"
    r"|anymore) )(?P<value>[\w.+-]{3,20})",
    rf"{_V} (?i:(?:and (?:i|me) )?(?:died|passed away|is no longer with us|ran away|broke up|and i (?:broke|split)"
    rf"|let me go"
    rf"|is gone|got stolen|was totalled))",
    rf"(?i:\b(?:von|aus|verlassen|statt|nicht mehr (?:in|bei|als|mit)|bei|mit|de|quitté|dejé|plus (?:à|chez|avec)"
    rf"|ya no (?:vivo"
    rf" en|estoy en|uso|estoy con|trabajo en)|vendí mi|vendu ma|sacrificar a|piquer|verkauft|au lieu de|en vez de"
    rf"|pas|no|nicht|dal|da) ){_V}",
    rf"{_V} (?i:(?:ist|est|murió|è|und ich|et moi|y yo|habe ich|haben wir|hat mir|m'a licencié|mussten)\b)",
    rf"(?:从|离开了?|把|不(?:再)?用|卖了|停了|不住在|不在|别叫我){_HV}(?=离职|辞职|搬|换|卖|跳槽|，|了|。|$)",
    rf"(?:和|跟|与){_HV}(?=分手|离婚|已经不)",
    rf"(?P<value>{_HAN}{{1,8}}?)(?:上周|上个月|昨天|已经)?(?:死了|去世|走了|走丢|过世)",
    rf"{_JV}(?:から|を(?:離れ|辞め|退職|やめ|売|出)|と別れ|とは|には住んでいま|にはいま|ではなく|が(?:先週|先月|昨日)?(?:死|亡くな)|はもう)",
    rf"{_KV}(?:에서|와 헤어|가 (?:지난주에 )?죽)",
)
"""How a sentence names what is no more so. It is taken for that only where the judge says that something changed or
ended, and only to be found in an older statement: what is not there does no harm."""

_DIET: Final[Mapping[str, tuple[str, ...]]] = {
    "meat": tuple(
        """vegetar veget vegan végé végane veggie pescat plant-based meat chicken beef fleisch viande carne pollo 素 肉
        素食
        菜食 ベジタリアン ヴィーガン fish fisch poisson pescado 鱼 魚 мяс рыб вегетар веган 채식 고기""".split()
    ),
    "coffee": tuple("coffee kaffee café 咖啡 コーヒー".split()),
    "alcohol": tuple("alcohol alkohol alcool álcool alcol drink wine beer 酒 お酒 алкоголь 술".split()),
    "smoking": tuple(
        "smok cigarette zigarett сигарет rauch fumo fumer fumar fumare 烟 タバコ 禁煙 курить 담배".split()
    ),
    "gluten": ("gluten", "bread", "麸质", "グルテン"),
    "carbs": ("keto", "carb", "kohlenhydrat", "glucide", "carbohidrat"),
    "sugar": ("sugar", "zucker", "sucre", "azúcar", "糖", "甘い"),
    "dairy": ("dairy", "milk", "milch", "lait", "leche", "lactos", "牛奶", "乳", "牛乳"),
    "pork": ("pork", "schwein", "porc", "cerdo", "猪", "豚", "halal", "kosher"),
}
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "favourite": (
        r"(?i:\bfavou?rite (?P<key>[\w -]{2,30}?)(?: is| are|'s|[.,!]|$))",
        r"(?i:\blieblings(?P<key>\w{2,20}))",
        r"(?i:\b(?P<key>\w{3,20}) (?:préférée?|favorit[oa]|preferit[oa]))",
        r"最(?:喜欢|爱)的(?P<key>[\u4e00-\u9fff]{1,6}?)(?:是|变)",
        r"好きな(?P<key>[^。、は]{1,8})は",
    ),
    "budget": (r"(?i:\b(?P<key>rent|salary|miete|loyer|alquiler)\b)|(?P<key2>房租|月薪|家賃|月給)",),
    "size": (
        r"(?i:\b(?P<key>shoe|tall|weigh|kilo|kg|pounds|lbs|(?:down|up) to|shirt|schuh|groß|chausse|mesure|calzo|mido)\w*)|(?P<key2>鞋|身高|靴|身長)",
    ),
}
_SAME_KEYS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("kilo", "kg", "pounds", "lbs", "down to", "up to"), "weigh"),
    "schuh": "shoe",
    "chausse": "shoe",
    "calzo": "shoe",
}
_NUMBER: Final = re.compile(r"\d[\d.,  ]{0,12}\d|\d")
_ISO: Final = re.compile(r"\b\d{4}-(\d\d)-(\d\d)\b")
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}")
_PHONE: Final = re.compile(r"\+?\d[\d ()/.-]{5,20}\d")
_TOLD_DAY: Final = re.compile(
    "|".join(
        re.escape(name) if name >= "\u3040" else rf"\b{re.escape(name)}(?=s?\b)"
        for name in sorted(_DAYS, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_TOLD_TIME: Final = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?(am|pm|uhr|h)\b|\b(\d{1,2}):(\d\d)\b", re.IGNORECASE)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled at first use: all of them at import would hold up the start of a process."""
    return re.compile(pattern)


def value_of(text: str, slot: str | None) -> str | None:
    """The value that the sentence gives the slot, normalised; None where none can be told surely."""
    match slot:
        case "birthday" | "plan":
            return _date(text)
        case "age":
            return None if _AT_AN_AGE.search(text) else _number(text)
        case "budget" | "size":
            return _number(text)
        case "email":
            return found.group().casefold() if (found := _EMAIL.search(text)) else None
        case "phone":
            return "".join(filter(str.isdigit, found.group())) if (found := _PHONE.search(text)) else None
        case _:
            return next((value for value, denied in _told(slot, text) if not denied), None)


_NAMED: Final = (
    rf"(?i:\b(?:my name(?:'s| is)|mein name ist|ich hei(?:ß|ss)e|je m'appelle|mon nom est|me llamo|mi nombre es"
    rf"|mi chiamo|il mio nome è|me chamo|(?:o )?meu nome é|ik heet|mijn naam is|меня зовут) ){_V}(?![\w'])",
    rf"^\W*(?i:hi|hello|hey|hallo|servus|moin|salut|bonjour|coucou|hola|buenas|ciao|salve|oi|olá|hoi|привет)\b"
    rf"(?i: (?:there|all|everyone|zusammen|à tous|a todos|a tutti))?[,.! ]+"
    rf"(?P<words>(?i:i'm|i am|this is|ich bin(?: (?:der|die))?|je suis|(?:yo )?soy|(?:io )?sono|(?:eu )?sou|ik ben) )"
    rf"{_V}(?=\s*(?:[,.!;(–-]|$)| (?:and|und|et|y|e|en|from|aus|de|da|here|hier)\b)",
    rf"(?:^|[，。,！! ])我(?:的名字)?叫(?![了过着他她你它]|外卖|车){_HV}(?=[，,。！!、；; ]|$)",
    rf"{_JV}(?:と申し|といいます|と言います)",
)
_NO_PERSON: Final = frozenset(
    """german french english british american dutch greek swiss thai czech danish polish spanish italian russian chinese
    japanese korean indian turkish irish scottish welsh swedish norwegian finnish austrian australian canadian mexican
    brazilian african asian european dr prof mr mrs ms vegan vegetarian catholic muslim jewish christian hindu buddhist protestant single
    deutscher deutsche español española français française italiano italiana""".split()
)
"""What people say they are in the place of a name, with a capital letter."""


def introduction(text: str) -> tuple[str, str] | None:
    """The words by which a sentence introduces its speaker, "I'm Jonas", and the name as values are compared."""
    straight = text.replace("’", "'")
    for pattern in _NAMED:
        found = _compiled(pattern).search(straight)
        if found and (name := normalised(found["value"])) not in _NO_PERSON:
            first = found.start("words") if found.groupdict().get("words") else found.start()
            return text[first : found.end("value")].strip(" ,，。！!"), name
    return None


def key_of(text: str, slot: str | None) -> str | None:
    """What the value is of, where a slot has one for each thing: the colour of "my favourite colour"."""
    if slot == "diet":
        plain = text.casefold()
        return next((key for key, cues in _DIET.items() if any(cue in plain for cue in cues)), None)
    for pattern in _KEYS.get(slot or "", ()):
        if found := _compiled(pattern).search(text):
            key = folded(next(filter(None, found.groupdict().values())))
            key = key.removeprefix("current ").removeprefix("all-time ").removesuffix(" now").replace("colour", "color")
            return _SAME_KEYS.get(key, key)
    return None


def ended_values(text: str, slot: str | None = None) -> frozenset[str]:
    """All that a sentence that tells of a change may name as what is no more, and the values of the slot it denies."""
    named = frozenset(normalised(value) for value, _ in _matches(_ENDED, text) if content_words(value))
    return named | {value for value, denied in _told(slot, text) if denied}


def _told(slot: str | None, text: str) -> Iterator[tuple[str, bool]]:
    """The values that a sentence gives a slot, and whether it denies each: "I'm no longer a nurse"."""
    for value, before in _matches(_GIVEN.get(slot or "", ()), text):
        if value.isascii() and not content_words(value):  # "a group I am a part of"
            continue
        yield normalised(value), _DENIES.search(_CLAUSE_ENDS.split(before)[-1]) is not None


_CLAUSE_ENDS: Final = re.compile(r"[,.;:!?，。；：！？、]| (?:but|and|aber|und|mais|et|pero|y|ma|e|mas|но|а) ")
_DENIES: Final = re.compile(
    r"n't\b|\b(?:not|no longer|never|used to|stopped|quit|nicht|kein\w*|ne|ya no|no (?=\w)|dejé de|não|non|больше не|не)\b|\bn'(?=\w)"
    r"|不(?:再|当|做|是|在|住|用|开|叫)?$|没|别",
    re.IGNORECASE,
)
"""What denies the value that follows it in its clause."""


def _matches(patterns: tuple[str, ...], text: str) -> Iterator[tuple[str, str]]:
    """What the patterns find as a value, as it is written, and the text before it."""
    straight = text.replace("’", "'")
    for pattern in patterns:
        for match in _compiled(pattern).finditer(straight):
            name = next((name for name, value in match.groupdict().items() if value), None)
            if name is not None:
                yield match[name], straight[: match.start(name)]


def normalised(value: str) -> str:
    """The value as values are compared: folded, one space between words, no marks at the ends."""
    return " ".join(folded(value).split()).strip(" .,'’-")


def _number(text: str) -> str | None:
    found = _NUMBER.search(text)
    return re.sub(r"\D", "", found.group()) if found else None


_AT_AN_AGE: Final = re.compile(
    r"\b(?:since|when|until|at|before|after)(?: the age of| age)?(?: i was| i turned)? (?:about |only |just )?\d"
    r"|\b(?:seit|als|mit) (?:ich )?\d|\b(?:depuis|quand|à) (?:que |j'avais |mes |l'âge de )\d"
    r"|\b(?:desde|cuando|a) (?:los|que tenía|tenía) \d|\d+\s?(?:岁|歳)(?:时|起|那年|の(?:とき|時|頃)|から)",
    re.IGNORECASE,
)
"""An age that somebody had once, not the one they have."""
_ANY_DAY: Final = datetime(2024, 1, 1, tzinfo=timezone.utc)
"""What is compared is a day of the year or of the week, so it does not matter from when it is seen."""


def _date(text: str) -> str | None:
    """The day as "03-14" or "monday", with the hour where one is told."""
    day = _day(text)
    hour = _TOLD_TIME.search(text)
    if day is None:
        return None
    return f"{day} {hour.group().casefold().replace(' ', '')}" if hour else day


def _day(text: str) -> str | None:
    if iso := _ISO.search(text):
        return f"{iso[1]}-{iso[2]}"
    spans = [span for span in named_dates(text, _ANY_DAY, timezone.utc) if isinstance(span, Span)]
    for span in spans:
        if span.width is Width.DAY and span.yearly is not None:
            return f"{span.start:%m-%d}"
    told = [_DAYS[match.group().casefold()] for match in _TOLD_DAY.finditer(text)]
    if told:
        return told[0]
    months = [span for span in spans if span.width is Width.MONTH]
    return f"{months[0].start:%m}" if months else None
