"""Text as words: what the keyword index stores, where sentences end, which words carry the content.

Plain functions over the standard library, for every language. The stop lists are ours because the packages that
ship some drop words people talk about (home, work, name, computer) or do not install on every supported Python.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from memoryos.language.months import GERMAN

_CJK: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Han
    "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"  # Hangul
)
# Thai, Lao, Myanmar, Khmer: written without spaces between words, like Chinese and Japanese.
_UNSPACED: Final = _CJK + "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ede\u1000-\u109f\u1780-\u17d3"
SPACED: Final = rf"[^\W{_UNSPACED}]"
"""A pattern for one character of a word in a script that puts spaces between words; `\\b` sees no end of such a word
where a Chinese one begins."""

# Marks that belong to a word although \w does not match them: accents, vowel points, the signs of Indic scripts.
_MARKS: Final = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff"

_CJK_RUN: Final = re.compile(f"[{_CJK}]+")
_UNSPACED_RUN: Final = re.compile(f"[{_UNSPACED}]+")
_WORD: Final = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")


def folded(word: str) -> str:
    """The word as words are compared: casefolded, without accents."""
    if word.isascii():
        return word.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", word.casefold()))
    return unicodedata.normalize("NFC", bare)


# Function words, and the small change of talk. Accents do not matter.
_STOP_WORDS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(map(folded, listed.split()))
    for language, listed in {
        "en": """a able about above after again ago ah ain all already also always am amazing an and another any
            anyone anything are aren around as at away awesome back be because been before being below between bit
            both but by bye came can cannot come comes cool could couldn day days did didn do does doesn doing don
            done down during each else enough even ever every everyone everything feel feeling felt few find first
            for found from gave get gets getting give glad go goes going gone gonna good got great had hadn happy has
            hasn have haven having he hear heard hello help her here hers hey hi him his how if in into is isn it its
            just keep kind know last lately let like ll look looking looks lot lots love made make makes making many
            may maybe me might mine more most much must my myself need never new next nice no nope nor not nothing
            now of off often oh ok okay on once one only or other our ours out over own perhaps please pretty put
            quite re real really right said same saw say says see seen shall she should shouldn since so some someone
            something sometimes soon sorry sort sound sounds still such super sure take tell than thank thanks that
            the their theirs them then there these they thing things think this those though thought through time
            times to today told too took totally try trying two under until up us use used ve very wanna want was
            wasn way ways we well went were weren what when where which while who whom whose why will with won
            wonderful would wouldn wow yeah year years yep yes yet you your yours""",
        "fr": """a ai aime aller alors apres as au aucun aujourd aurais aussi autre autres aux avais avait avec avez
            avoir avons beaucoup bien bon bonjour bonne c ca car ce cela ces cest cet cette chez comme comment d dans
            de depuis des deux dire dit dois donc dont du eh elle elles en encore es est et etait etais etes etre eu
            fait faire fais faut hui il ils j jai je jamais jusqu juste l la le les leur leurs lui ma mais me meme
            merci mes moi moins mon n ne ni non nos notre nous on ont or ou ouais oui par parce pas peu peut peux
            plus pour pourquoi pouvez qu quand que quel quelle quelque quelques qui quoi s sa salut sans se sera ses
            si son sont souvent suis sur ta te tes toi ton toujours tous tout toute toutes tres trop tu un une va
            vais vas vers veux voir vos votre vous vraiment y""",
        "es": """a al algo alguien algun alguna ahora antes aqui asi aun aunque bien buen bueno cada casi claro como
            con cosas cual cuando de del desde donde dos e el ella ellas ellos en entonces era eran eres es esa ese
            eso esta estaba estan estas este esto estos estoy fue gracias gusta ha hace hacer hasta hay he hola hoy
            la las le les lo los mas me mi mis mucha mucho muy nada ni no nos nosotros nuestra nuestro nunca o otra
            otro otros para pero poco por porque pues puede puedo que quien quiero sea ser si siempre sin sobre solo
            son soy su sus tambien tan tanto te tengo tiene tienes todo todos tu tus un una unas uno unos usted va
            vamos ver vez y ya yo""",
        "de": """ab aber alle allem allen alles als also am an ander andere anderen auch auf aus bei bin bis bist da
            dabei dann das dass dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir
            doch dort du durch ein eine einem einen einer eines einfach er es etwas euch euer fur ganz gar gerade
            gern gerne gibt gut habe haben hallo hast hat hatte hatten hier ich ihm ihn ihnen ihr ihre im immer in
            ins ist ja jede jeder jetzt kann kannst kein keine konnen leider machen mal man mehr mein meine meinem
            meinen meiner mich mir mit muss nach nein nicht nichts noch nun nur ob oder ohne schon sehr sein seine
            seit sich sie sind so soll sollte uber um und uns unser unsere unter viel viele vielen vielleicht vom von
            vor war waren warum was weil wenn wer werde werden wie wieder wir wird wirklich wo wurde wurden zu zum
            zur danke""",
        "pt": """a acho agora ai ainda algo alguem alguma algum antes ao aos apenas aqui as assim ate bem boa bom
            cada coisa com como da das de dela dele depois desde do dois dos e ela elas ele eles em entao era essa
            esse esta estao estava este estou eu faz fazer foi gosto ha isso isto ja la lhe mais mas me mesmo meu
            meus minha minhas muita muito na nada nao nas nem no nos nossa nosso num numa nunca o obrigada obrigado
            ola onde os ou outra outro para pela pelo pode porque posso pra qual quando quase que quem quero se seja
            sem sempre ser seu seus sim so sobre sou sua suas tambem te tem tenho ter teu toda todo todos tudo um uma
            vai vamos ver vez voce voces vou""",
        "it": """a ad adesso ai al alla alle allora altra altre altri altro anche ancora bene c che chi ci ciao cio
            come con cosa cosi cui d da dai dal dalla davvero degli dei del della delle di dire dopo dove due e ed
            era essere fa fare fatto gli gia grazie ha hai hanno ho i il in io l la le lei li lo loro lui ma mai me
            meno mi mia mie miei mio molta molto ne nei nel nella niente no noi non nostra nostro o ogni oggi ora per
            perche pero piace piu poco poi proprio puo qualche quale quando quello questa queste questi questo qui sa
            sai se sei sempre senza si sia siamo sono sta sto stato su sua sue sui sul sulla suo te ti tra troppo tu
            tua tuo tutti tutto un una uno va vai vi vorrei""",
        "id": """ada adalah agar akan aku anda apa apakah atau bagaimana bagi bagus bahwa baik baru beberapa begitu
            belum benar berapa bisa boleh bukan cukup dalam dan dapat dari dengan di dia dua hai hal halo hanya harus
            hari ingin ini itu iya jadi jangan jika juga kalau kali kamu kan kapan karena kata ke kenapa keren ketika
            kita kok lagi lain lalu lebih maaf mana mau melakukan memang membuat memiliki mereka mungkin nya oh oleh
            orang pada paling pernah pun punya saat saja saling sama sampai sana sangat satu saya sebuah sedang
            sedikit sehingga sekali sekarang selalu semua senang seorang seperti sering setelah siapa suka sudah
            supaya tahu tapi telah tentang tentu terima kasih tetapi tidak untuk waktu wah ya yah yaitu yakin yang""",
        "nl": """aan al alles als altijd andere ben bent bij daar dan dat de deze die dit doen door dus een en er ga
            gaan geen goed haar had hallo heb hebben heeft heel hem het hier hij hoe hun ik in is ja je jij jou jouw
            kan kon kunnen leuk maar me meer met mij mijn moet na naar nee niet niets nog nu of om omdat ons ook op
            over te toch toen tot u uit van veel voor waar was wat we wel werd wij wil worden zal ze zeer zei zelf
            zich zij zijn zo zonder zou bedankt""",
        "ru": """а без более бы был была были было быть в вам вас весь вот все всегда всего вы где да даже для до его
            ее ей если есть еще же за здесь и из или им их к как какой когда конечно кто ли лучше меня мне много
            может можно мои мой моя мы на надо нам нас не него нее нет ни них но ну о об один он она они от очень по
            под после потому почему при привет про просто раз с сам своей свои свой себе себя сейчас со спасибо так
            также такой там те тебе тебя то тогда того тоже только том тут ты у уже хорошо хочу чем через что чтобы
            эта эти это этого этот я""",
    }.items()
}
_LANGUAGES_OF: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(language for language, listed in _STOP_WORDS.items() if word in listed)
    for word in frozenset[str]().union(*_STOP_WORDS.values())
}
# A pair holding one of these says little: particles, pronouns and light verbs of Chinese, and all hiragana.
_LIGHT_CHARACTERS: Final = re.compile(
    "[\u3041-\u3096的了是我你您他她它们们在不有和就都也很吗呢吧啊呀哦嗯这那个么什怎哪谁为因所以但而且或如果要会能可"
    "还没去来到把被让给对从向于与及其之已再又才只太更最真好欢想说看得地着过些上下里中一二三两几多少每时候天今明昨年月日]"
)

# These do say what a talk is about, though one of their characters is light. No rule for characters tells them from
# pairs that begin or end in the middle of a word.
_WEIGHTY_PAIRS: Final = frozenset(
    """上海 上课 上班 上网 线上 下班 下雨 下载 中国 中文 中心 中学 中秋 初中 高中 天气 天空 天使 天才 蓝天
    雨天 春天 夏天 秋天 冬天 聊天 日本 日记 日落 生日 节日 假日 年轻 年级 年龄 年货 新年 童年 少年 青年 老年
    月亮 月饼 明星 发明 聪明 透明 照明 证明 文明 时尚 时光 气候 地图 地址 地铁 地震 场地 草地 爱好 好友 梦想
    理想 想象 看书 小说 说唱 会议 社会 聚会 机会 技能 智能 能源 功能 水果 苹果 糖果 果汁 效果 成果 行为 原因
    因素 派对 方向 过敏 去世 未来 来源 邻里 公里 三亚 成都 首都 太阳 和平 可乐 欢乐 厕所""".split()
)

# What remains of "don't" is "don" and "t".
_NEGATIONS: Final = frozenset(
    map(
        folded,
        """not no never nor none nobody cannot without t don nicht kein keine keinen nie ohne pas jamais
        aucun ne n non sans nunca sin não nem sem mai senza tidak tak bukan belum tanpa niet geen nooit не
        нет никогда без""".split(),
    )
)
_PARTICULAR: Final = re.compile(r"\d|[不没沒無无未别]|せん|ない|なく")

# Words of questions in English and Chinese. These are few: what else says little stands in nearly every page, and is
# weighted near zero there by its count, which does not tell yet in a small memory. `content_words` drops far more, as
# "happy", "day" or "tell" name no topic; in a query they may be what tells two pages apart.
_QUESTION_WORDS: Final = frozenset(
    """a an the and or but if of at by for with about to from in on off is are was were be been being am do does
    did doing have has had having i me my we our you your he him his she her it its they them their what which
    who whom this that these those as so than too very can will just should would could how when where why not
    no yes there here s t re ve ll d m n out up into over during while hi because before any many only""".split()
)
_QUESTION_CHARACTERS: Final = frozenset(
    "的了是我你他她它们在有和就不也都很吗呢吧啊呀哦嗯这那个一上下说要会能可以到去来没为什怎么样哪些谁给让"
    "得着过还又对把被从与及或但而所如果因想时候好多"
)

# A run of enders starts only where no ender stands before it, which keeps the search linear in the text.
_SENTENCE_END: Final = re.compile(
    r"(?<![.!?…])[.!?…]+[\"'”’»)\]*_]*(?=\s|$)|[。！？｡][。！？｡!?…]*[」』”’）》]*|[।؟۔]|\n"
)
_LAST_WORD: Final = re.compile(r"(?:^|[\s(\[\"'“‘«])([^\s(\[\"'“‘«]{1,12})\.$")
_LIST_NUMBER: Final = re.compile(r"\s*(?:[-*>#]\s*)*\(?(?:\d{1,3}|[a-z])\.", re.IGNORECASE)
_LONGEST_LIST_NUMBER: Final = 48
"""Characters, with the marks before it."""
_DOTTED: Final = re.compile(r"(?:\w{1,2}\.)+\w{1,2}")
_GERMAN_MONTH: Final = re.compile("|".join(name[:3] for name in GERMAN))
# Never the end of a sentence; not before a number; not before a small letter.
_TITLES, _COUNTED, _CLOSING = (
    frozenset(listed.split())
    for listed in (
        "capt dept dr gen gov mme mlle mr mrs ms mt prof rev sen sgt sra st str vs",
        "apr art aug ca cf dec feb fig jan jul jun mar no nos nov nr núm oct p pp sep sept tel vol",
        "a.m al approx bzw co corp ed est etc evtl inc jr ltd p.m sr usw",
    )
)


SEGMENTER_VERSION: Final = 2
"""Of `index_text`. Raise it with every change of what that function gives: old pages are then indexed anew."""


def index_text(text: str) -> str:
    """The text as the keyword index takes it: normal forms, unspaced scripts as characters and overlapping pairs.

    All other text is left as it is. Queries go through here too, so that both sides meet.
    """
    if text.isascii():
        return text
    return _UNSPACED_RUN.sub(_characters_and_pairs, _normal_form(text))


def _normal_form(text: str) -> str:
    """The text in NFKC, full-width letters as plain ones; each pictogram as a word of one private character.

    SQLite's tokenizer takes private characters for letters, and pictograms for spaces.
    """
    return _PICTOGRAM.sub(_as_word, unicodedata.normalize("NFKC", text))


_PICTOGRAM: Final = re.compile(
    "([\u2600-\u27bf\u2b50\u2b55\U0001f300-\U0001faff])[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]*"
)
_PRIVATE_PLANE: Final = 0xF0000


def _as_word(pictogram: re.Match[str]) -> str:
    return f" {chr(_PRIVATE_PLANE + (ord(pictogram[1]) & 0xFFFF))} "


def cjk_share(text: str) -> float:
    """The share of Chinese, Japanese and Korean characters among the letters of a text, 0-1; 0 without letters."""
    if text.isascii() or not _CJK_RUN.search(text):
        return 0.0
    cjk = sum(map(len, _CJK_RUN.findall(text)))
    letters = sum(map(str.isalpha, _CJK_RUN.sub("", text)))
    return cjk / (cjk + letters)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text as they stand, stripped; pieces without a letter or digit are left out.

    A line always ends a sentence. Decimals, addresses, initials, abbreviations and list numbers do not.
    """
    return tuple(piece for piece in map(str.strip, _pieces(text)) if any(map(str.isalnum, piece)))


def words(text: str) -> tuple[str, ...]:
    """All words of a text, folded, in order; unspaced scripts as overlapping pairs."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(word for found in _WORD.findall(text) for word in _units(found))


def content_words(text: str) -> tuple[str, ...]:
    """The words with at least two letters that say what a text is about, folded, in order, repeats kept.

    The function words of the language that explains most of the text are dropped; judging each language on its own
    keeps "son" and "car" in English and drops them in French.
    """
    every = words(text)
    stopped = _stop_words(every)
    return tuple(word for word in every if word not in stopped and _carries_content(word))


def only_asks(word: str) -> bool:
    """Whether a folded word of a query is one that questions are made of, and says nothing of what is asked."""
    return word in _QUESTION_WORDS or _QUESTION_CHARACTERS.issuperset(word)


def distinguishing_words(text: str) -> frozenset[str]:
    """What tells a statement from others: its words without function words, but with numbers, negations, and all that
    unspaced scripts write."""
    every = words(text)
    stopped = _stop_words(every)
    return frozenset(word for word in every if word not in stopped or word in _NEGATIONS)


def particulars(text: str) -> frozenset[str]:
    """The numbers and negations of a text: two statements that differ in these never say the same."""
    return frozenset(word for word in words(text) if word in _NEGATIONS or _PARTICULAR.search(word))


def _characters_and_pairs(run: re.Match[str]) -> str:
    characters = run[0]
    return f" {' '.join((*characters, *_pairs(characters)))} "


def _pairs(characters: str) -> Iterator[str]:
    return map("".join, pairwise(characters))


def _units(found: str) -> Iterable[str]:
    if found.isascii() or not _UNSPACED_RUN.match(found):
        return (folded(found),)
    return _pairs(unicodedata.normalize("NFC", found)) if len(found) > 1 else (found,)


def _stop_words(every: Iterable[str]) -> frozenset[str]:
    votes = Counter(language for word in every for language in _LANGUAGES_OF.get(word, ()))
    return _STOP_WORDS[max(_STOP_WORDS, key=votes.__getitem__)]


def _carries_content(word: str) -> bool:
    if word.isascii() and word.isalpha():
        return len(word) >= 2
    if _UNSPACED_RUN.match(word):
        return len(word) == 2 and (word in _WEIGHTY_PAIRS or not _LIGHT_CHARACTERS.search(word))
    return sum(map(str.isalpha, word)) >= 2


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end[0] == "\n" or not _goes_on(text, start, end.end()):
            yield text[start : end.end()]
            start = end.end()
    yield text[start:]


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the mark that ends a piece of a text does not end a sentence.

    It looks at a few characters around the mark, however long the piece is: a text of abbreviations has as many marks
    as words and one sentence.
    """
    follows = text[end : end + 8].lstrip(" \t\u00a0")
    if text.endswith(("...", "…"), start, end):
        return follows[:1].islower()
    last = _LAST_WORD.search(text[max(start, end - 16) : end])
    return last is not None and (_is_list_number(text, start, end) or _is_short_form(last[1].casefold(), follows))


def _is_list_number(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_LIST_NUMBER and _LIST_NUMBER.fullmatch(text, start, end) is not None


def _is_short_form(word: str, follows: str) -> bool:
    if word in _CLOSING:
        return follows[:1].islower() or follows[:1] == ","
    if word in _COUNTED:
        return follows[:1].isdigit()
    if word.isdecimal():
        return len(word) <= 2 and _GERMAN_MONTH.match(follows.casefold()) is not None
    is_initial = len(word) == 1 and word.isalpha() and word != "i"
    return word in _TITLES or _DOTTED.fullmatch(word) is not None or (is_initial and follows[:1].isupper())
