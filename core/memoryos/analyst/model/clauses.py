"""A text as clauses: what each is about, whether it denies, whether it says that something ended, whose it is.

The words of nine languages stand here as data. They decide only what contradicts a statement; what they do not know
contradicts nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from memoryos.language.words import cjk_share, content_words, folded, sentences, words

Frame = Literal["hypothetical", "role-play", "question", "sarcasm"]
"""Why a sentence says nothing about what is so."""

_STEM_CHARS: Final = 5
_SUFFIX: Final = re.compile(r"(?:ings?|edly|ed|es|s|e|en|er|ly|n|(?<=[a-z]{3})[oai]|(?<=[a-zäöü]{3})e?t)$")
_CYRILLIC_SUFFIX: Final = re.compile(
    r"(?:ого|ему|ыми|ими|ами|ями|ает|яет|ешь|ишь|[юуеиая]т|[еи]м|ть|л[аои]|[ое]в|[ая]м|[ая]х|[оеыия]й|[ая]я"
    r"|[оеы]е|ие|ом|[ую]ю"
    r"|[уюаяоеыийьл])$"
)
_DOUBLED: Final = re.compile(r"([b-df-hj-np-tv-z])\1$")

_SCAFFOLD: Final = frozenset(
    """user users nutzer nutzerin benutzer benutzerin utilisateur utilisatrice usuario usuaria utente пользователь
    assistant assistent assistentin asistente assistente like likes love loves enjoy enjoys own owns named called name
    using 用户 使用者 助手 助理 ユーザー ユーザ ユー ーザ ザー ーザー アシスタント アシ シス スタ タン ント
    namens heißt heisst nommé llamado
    llama chiamato 叫做 名字 зовут
    mag gern hat besitzt aime possède tiene gusta possiede piace gosta""".split()
)
_STEM_SCAFFOLD: Final = frozenset(map(folded, _SCAFFOLD))


def either(*alternatives: str) -> re.Pattern[str]:
    """The pattern that finds what any of these does, in capitals or not; lines are joined as they are wrapped."""
    return re.compile("|".join(re.sub(r"\n\s*", "", listed) for listed in alternatives), re.IGNORECASE)


def stem(word: str) -> str:
    """The beginning of a word without its ending: "moved" and "moving", "nurse" and "nursing" are one."""
    if len(word) == 3 and word.endswith("y"):
        return f"{word[:-1]}i"
    if len(word) < 4 or not word[0].isalpha() or cjk_share(word):
        return word
    bare = (_SUFFIX if word[0] < "\u0400" else _CYRILLIC_SUFFIX).sub("", word)
    bare = bare if len(bare) >= 3 else word
    bare = f"{bare[:-1]}i" if bare.endswith("y") else bare
    return _DOUBLED.sub(r"\1", bare)[:_STEM_CHARS]


_LIGHT_HAN: Final = (
    "的了是我你您他她它们在不没有和就都也很吗呢吧啊呀这那个么什怎哪谁为因所以但而且或如果要会能可还去来到把被让给对从向于与"
    "及其之已再又才只太更最真好想说看得地着过些上下里中一二三四五六七八九十两几多少每时候天今明昨年月日周刚人"
    "用户者助手私僕俺彼何時無沒毎当分方名叫"
)
_HEAVY: Final = rf"(?![{_LIGHT_HAN}])[\u4e00-\u9fff]"
_ALONE: Final = re.compile(
    rf"(?<![\u4e00-\u9fff])({_HEAVY})(?![\u4e00-\u9fff])|(?<=[{_LIGHT_HAN}])({_HEAVY})(?=[{_LIGHT_HAN}]"
    rf"|[^\u4e00-\u9fff]|$)"
)
"""A Chinese character that says something between others that say little: 飲 in 飲みます."""


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry a text's content; of all its words, where none does.

    What statements call the two speakers, and what joins them to what is stated, is no content: all have it.
    """
    alone = frozenset[str]() if text.isascii() else frozenset(found[0] for found in _ALONE.finditer(text))
    return _begun(content_words(text)) | alone or _begun(words(text))


def _begun(found: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in found if word not in _STEM_SCAFFOLD)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence: its stems, whether it denies and what of it is denied, what it says has ended."""

    text: str
    stems: frozenset[str]
    denies: bool
    denied: frozenset[str]
    ended: frozenset[str]


# Where one clause ends. "and" does so only before a subject: "meat and fish" is one thing.
_SPLIT: Final = re.compile(
    r"\s*[,;:—–()，；：、]\s*|\s+-\s+|\s+(?=(?:but|because|so|while|whereas|although|though|since|aber|sondern"
    r"|weil|denn|nur|mais|car|parce que|seulement|pero|sino|porque|solo|ma|però|perché|mas|но|а|потому что|только)\s)"
    r"|\s+(?=(?:and|und|et|y|e|и)\s+(?:i|i'm|i've|now|my|we|he|she|they|ich|jetzt|nun|wir|je|j'|maintenant|ahora|yo"
    r"|adesso|ora|agora|eu|я|теперь|works?|lives?|has|have|is|use[sd]?|needs?|wants?|does|did|hates?|avoids?"
    r"|prefers?|loves?)\b)"
    r"|(?=但是?|不过|而是|只是|所以|因为)|(?<=けど)|(?<=ので)|(?<=ですが)|(?<=ますが)|(?<=んが)",
    re.IGNORECASE,
)
_TURNS: Final = re.compile(
    r"(?:but|only|just|sondern|aber|nur|mais|seulement|pero|sino|solo|ma|mas|но|а|только)\b|但|而是|只是|不过",
    re.IGNORECASE,
)
_FRAGMENT_WORDS: Final = 2


def is_fragment(text: str) -> bool:
    """Whether a clause is but a word or two: it names something and says nothing of it."""
    return len(words(text)) <= _FRAGMENT_WORDS and not cjk_share(text)


_NO_DENIAL: Final = re.compile(
    r"\b(?:not (?:only|just|to mention|least)|no (?:doubt|problem|worries|matter|wonder|idea|less than)"
    r"|why not|nothing (?:but|better|like)"
    r"|can'?t (?:wait|believe|get enough|help|recommend|stress)|cannot wait|couldn'?t (?:be happier|be more"
    r"|wait|agree more)"
    r"|don'?t (?:forget|mind|worry|you)|(?:isn|aren|don|doesn|wasn|didn|haven|won)'?t (?:it|i|you|that|they"
    r"|we)\b|never (?:too late|mind)"
    r"|if not|whether or not|or not|not bad|not sure"
    r"|nicht nur|kein(?:e)? (?:problem|sorge|zweifel|ahnung)|nicht (?:wahr|schlecht)|gar nicht schlecht"
    r"|ohne zweifel|kaum erwarten"
    r"|pas (?:de souci|de problème|mal|seulement)|non seulement|sans doute|n'est-ce pas"
    r"|no (?:solo|hay problema|hay duda)|sin duda|non solo|senza dubbio|não só|sem dúvida|не только|без сомнения)\b"
    r"|不错|不仅|不但|不只|没问题|没错|不久|差不多|不同|了不起|不好意思|不得不|不停|忍不住|迫不及待|对不起|要不|不管|不论|无论"
    r"|なければ|なきゃ|ないと|しかない|かもしれない|じゃない[？?か]|くない[？?]|なくちゃ|だけでなく|違いない|間違いな[いく]|仕方ない",
    re.IGNORECASE,
)
_DENIAL: Final = re.compile(
    r"\b(?:except|außer|sauf|salvo|excepto|кроме|fail(?:s|ed)?|flunked|durchgefallen|hardly|barely|rarely"
    r"|seldom|scarcely|kaum|selten|rarement|apenas|rara vez|raramente|редко|едва|not"
    r"|no|never|nor|none|nobody|nothing|neither|cannot|without|(?:do|does|did|is|are|was|were|have|has|had|ca"
    r"|could|wo"
    r"|would|should)n['’]?t|can'?t|won'?t|ain't|avoid\w*|hate[sd]?|hating|dislik\w+|loath\w+|detest\w*"
    r"|refus\w+|despis\w+"
    r"|can'?t (?:stand|bear)|gave up|giv(?:es?|ing) up|given up|quits?|quitting|stopped|stops? \w+ing"
    r"|abstain\w*|abstinent|lacks?|free of"
    r"|nicht|kein(?:e[nmrs]?)?|nie(?:mals)?|nirgends|niemand|nichts|ohne|weder|vermeide\w*|meide[nt]?|hass(?:e"
    r"|t|en)|verabscheu\w*"
    r"|verzichte\w*|aufgehört|aufgegeben"
    r"|ne|n'\w*|pas|jamais|aucune?|rien|sans|évite\w*|déteste\w*|refuse\w*|arrêté\w*"
    r"|nunca|jamás|ningun[oa]?|ningún|sin|tampoco|evit[oa]\w*|odi[oa]\w*|detest[oa]\w*|dej[éó] de"
    r"|non|nessun[oa]?|niente|senza|smesso|não|nem|nenhum[a]?|sem|parei"
    r"|не|нет|никогда|никто|ничего|без|ненавижу|ненавидит|избега\w+|бросил[а]?|перестал[а]?)\b"
    r"|[不没沒無无]|很少|めったに|讨厌|討厭|戒|避免|拒绝|停止|放弃|ない|ません|ず(?=に|、)|なく|嫌い|避け|やめ|苦手|禁止",
    re.IGNORECASE,
)
_PORTUGUESE: Final = re.compile(
    r"\b(?:usuári[oa]|mor[ao]|trabalh[ao]|não|em|uma?|minha|meu|você)\b|ão\b", re.IGNORECASE
)
_PORTUGUESE_NO: Final = re.compile(r"\bno\b", re.IGNORECASE)
"""Portuguese "no" is "in the"."""
_ALONE_NO: Final = re.compile(r"(?:no|nope|non|nein|não|нет|不|いいえ|いや)\W*", re.IGNORECASE)
_SOFT: Final = re.compile(
    r"\b(?:allerg\w*|intoleran\w*|phobi\w*|vegan\w*|vegetari\w*|abstinent\w*|sober|teetotal\w*|\w+-free"
    r"|singles?|divorced"
    r"|retired|unemployed|former\w*|ex|fear|afraid|scared|problem\w*|trouble|lost|left|moved|former|deaf|blind"
    r"|stranger)\b"
    r"|过敏|アレルギー|素食|аллерги\w*|離婚|离婚|失业|退休",
    re.IGNORECASE,
)
"""States that are told by a denial as well: "can't eat nuts" is an allergy to them."""

_ENDING: Final = re.compile(
    r"\b(?:quit|quitting|left|leaving|broke up(?: with)?|broken up(?: with)?|split up(?: with)?"
    r"|split(?: from)?|sold|died|passed away|cancel(?:l?ed)|stopped"
    r"|no longer|used to|gave up|given up|lost|dumped|divorced|dropped out(?: of)?|retired(?: from)?"
    r"|fired(?: from)?|laid off(?: from| by)?|resigned(?: from)?|moved (?:out of|away from|from)"
    r"|got rid of|gave away|ended|finished with|switched (?:away )?from|former(?:ly)?|previously"
    r"|before that(?: it was)?|not \w+ any ?more"
    r"|put (?:him|her|it) to sleep|called off|deleted|unsubscribed(?: from)?|over"
    r"|gekündigt|verlassen|getrennt|verkauft|gestorben|abgesagt|aufgehört|nicht mehr|kein\w* \w+ mehr|verloren"
    r"|früher|geschieden|aufgegeben|weg von"
    r"|quitté|démissionné|rompu|séparée?s?|vendue?|morte?|annulée?|arrêté|ne \w+ plus|n'\w+ plus|plus de"
    r"|perdue?|divorcée?|avant"
    r"|dejé|renuncié|rompí|rompimos|terminé con|vendí|vendimos|murió|cancel(?:é|amos|ado)|ya no|perdí"
    r"|divorci[eéa]\w*|antes"
    r"|lasciat[oa]|licenziat[oa]|vendut[oa]|mort[oa]|annullat[oa]|smesso|non \w+ più|pers[oa]"
    r"|deixei|larguei|terminei|vendi|morreu|cancelei|parei|não \w+ mais|perdi"
    r"|уволил\w+|ушел|ушёл|ушла|бросил\w*|расстал\w+|продал\w*|умер\w*|отменил\w*|перестал\w*|больше не"
    r"|потерял\w*|развел\w+|развёл\w+|раньше)\b"
    r"|离职|辞职|辞了|辞掉|离开|分手|卖了|卖掉|去世|死了|取消|不再|戒了|以前|曾经|搬离|离婚|失去|停止"
    r"|辞め|やめ|退職|別れ|売っ|売り|亡くな|死ん|死に|キャンセル|もう.{0,12}ない|もう.{0,12}ません|以前|昔|離婚|解約",
    re.IGNORECASE,
)
_END_OBJECT_STOPS: Final = re.compile(
    r"\s(?:for|to|and|after|when|last|on|nach|für|und|pour|et|para|por|y|per|e|на|и|ради)\s", re.IGNORECASE
)
_OBJECT_FIRST: Final = re.compile(
    r"gekündigt|verlassen|getrennt|verkauft|gestorben|abgesagt|aufgehört|verloren|geschieden|aufgegeben|died"
    r"|passed away|ended|\bover\b|cancel"
    r"|morte?\b|murió|morreu|умер|离职|去世|死了|分手|取消|辞め|やめ|退職|別れ|売っ|売り|亡くな|死ん|死に"
    r"|キャンセル|ない|ません|離婚|解約|any ?more",
    re.IGNORECASE,
)
"""What stands behind the thing that ended."""

HOLDS_NO_MORE: Final = re.compile(
    r"^(?:the )?[\w']+ (?:recently |just |also |once |\w+ly )?\w{2,}ed\b|\b(?:no longer|used to|former\w*|ex"
    r"|ex-\w+|quit|left|ended|broke|broken|split|separated|divorced|lost|died|dead|late|deceased|until"
    r"|previous\w*|was|were|had|"
    r"stopped|stops?|sold|cancel\w+|gave|resigned|retired|unemployed|single|widow\w*|not|never|without|n't"
    r"|avoids?|any ?more|past|ago|over"
    r"|nicht|kein\w*|früher\w*|ehemalig\w*|war|hatte|verlassen|getrennt|verkauft|gestorben|gekündigt|verloren"
    r"|single|\w+t hat|bis"
    r"|ne|n'|ancien\w*|quitté|rompu|séparée?|vendu|mort|décédé\w*|était|avait|a \w+é"
    r"|no|ya no|dejó|rompió|vendió|murió|era|tenía|ex|antig\w+|non|più|não|mais|deixou|vendeu"
    r"|не|нет|бывш\w+|бросил\w*|ушел|ушёл|ушла|расстал\w+|продал\w*|умер\w*|уволил\w+|был\w*)\b"
    r"|[不没無无]|曾|前|离职|辞|离开|分手|卖|去世|死|取消|戒|离婚|了|た。?$|ない|ません|元|辞め|やめ|別れ|亡|離婚",
    re.IGNORECASE,
)
"""What a statement says of something that is over, or says in the past."""


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text. A fragment goes on with the denial before it: "I don't smoke, drink or gamble"."""
    return tuple(clause for sentence in sentences(_joined(text)) for clause in _clauses(sentence))


_TOPIC: Final = re.compile(r"(?:^|(?<=[.!?]\s))([^\W\d_]{1,30}(?: [^\W\d_]{1,30}){0,2}) ?[?？]\s+(?=\w)")


def _joined(text: str) -> str:
    """The text in one form; a topic put as a question is one sentence with what is said of it: "Olives, never."."""
    return _TOPIC.sub(lambda match: f"{match[1]}, " if not _ASKS_BY_ORDER.match(match[1]) else match[0], straight(text))


def straight(text: str) -> str:
    """The text in one form, with straight apostrophes and single spaces, over which no pattern stumbles."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).translate(_APOSTROPHES))


_BLANKS: Final = re.compile(r"[^\S\n]+")


_APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")


def _clauses(sentence: str) -> Iterator[Clause]:
    denies = False
    before = ""
    for part in _SPLIT.split(sentence):
        if not part or not any(map(str.isalnum, part)):
            continue
        own = _PORTUGUESE_NO.sub("  ", part) if _PORTUGUESE.search(part) else part
        own = _NO_DENIAL.sub(lambda match: " " * len(match[0]), own)
        marks = () if _ALONE_NO.fullmatch(own) else [*_DENIAL.finditer(own)]
        goes_on = is_fragment(part) and not _TURNS.match(part)
        denies = (_count_denials(marks) % 2 == 1) or (denies and goes_on and not marks)
        held = stems(part)
        denied = _denied(own, marks) & held
        if marks and before and not _begun(content_words(_DENIAL.sub(" ", part))):  # "Olives? I hate them."
            denied = stems(before)
            held |= denied
        yield Clause(part, held, denies, denied if marks else held, _ended(part, before))
        before = f"{before} {part}"


def _denied(clause: str, marks: Sequence[re.Match[str]]) -> frozenset[str]:
    """The stems of what a clause denies: what stands behind the first mark, or all where nothing does."""
    if not marks:
        return frozenset()
    behind = clause[marks[0].end() :]
    if _begun(content_words(behind)) or cjk_share(behind):
        return stems(behind) if not _MARK_LAST.match(marks[0][0]) else stems(clause)
    return stems(clause) if _MARK_LAST.match(marks[0][0]) or len(words(behind)) <= 1 else frozenset()


_MARK_LAST: Final = re.compile(r"(?:nicht|pas|ない|ません|なく|ず|嫌い|苦手|避け|やめ)\b", re.IGNORECASE)
"""Denials that may stand behind all that they deny."""


def _count_denials(marks: Sequence[re.Match[str]]) -> int:
    """How often a clause denies; the two halves of "ne ... pas" and "can't stand" are one denial."""
    count, behind = 0, -100
    for mark in marks:
        word = mark[0].casefold()
        second_half = word in {"pas", "jamais", "aucun", "aucune", "rien", "personne", "no", "nunca", "mai", "nessuno"}
        if not (second_half and mark.start() - behind < 40):
            count += 1
        behind = mark.end()
    return count


def _ended(part: str, said_before: str) -> frozenset[str]:
    """The stems of what a clause says has ended; "Rex, our dog, died" has it in the clauses before."""
    ending = _ENDING.search(part)
    if ending is None:
        return frozenset()
    before, after = part[: ending.start()], part[ending.end() :]
    after = _END_OBJECT_STOPS.split(f" {after.strip()} ", maxsplit=1)[0] or after
    first, second = (before, after) if _OBJECT_FIRST.search(ending[0]) else (after, before)
    for text in (first, said_before, second) if first is before else (first, second, said_before):
        if _begun(content_words(text)):
            return stems(text)
    return frozenset()


# Frames

_IF: Final = re.compile(
    r"\b(?:if|unless|wenn|falls|si|se|если)\b|如果|要是|假如|假设|倘若|もし|としたら|だったら|たら、", re.IGNORECASE
)
_WOULD: Final = re.compile(
    r"\b(?:would|\w+'d|could|might|were|würde\w*|wäre\w*|hätte\w*|könnte\w*|\w{2,}(?:rais|rait|raient|rions"
    r"|riez)|\w{2,}r[ií]a[ns]?|\w{2,}r[ií]amos"
    r"|\w{2,}(?:rei|rebbe|remmo|ssi|sse|ria|riam)|бы)\b|就|会|たい|だろう|でしょう|のに|する",
    re.IGNORECASE,
)
_UNREAL: Final = re.compile(
    r"\b(?:imagine|suppose|supposing|pretend\w*|what if|(?:i|we) wish|if only|let's say|hypothetically|as if"
    r"|as though|in (?:my|a) dream|i dreamed|i dreamt|i had a dream"
    r"|might|maybe|perhaps|possibly|thinking (?:of|about)|consider(?:ing|ed)?|dream(?:ing)? (?:of|about)"
    r"|(?:almost|nearly) (?!every|all|always|never|no|any|an?\b|the\b|\d|two|three)|tempted|toying"
    r"|in another life|one day|someday"
    r"|i'd love to|would love|not saying|not that i|don't know (?:if|whether)|unlikely"
    r"|stell dir vor|angenommen|was wäre|vielleicht|überlege\w*|träum\w+|fast|beinahe|wünschte|eventuell|möglicherweise"
    r"|imagine[zr]? que|imaginons|supposons|peut-être|j'ai rêvé|je rêve|presque|failli|j'envisage|je pense à|j'aimerais"
    r"|imagina|supongamos|quizás?|tal vez|ojalá|soñé|sueño con|casi|estoy pensando|me gustaría|a lo mejor"
    r"|immagina|supponiamo|forse|magari|sogno|quasi|vorrei|imagine que|suponha|talvez|sonhei|quase|estou pensando"
    r"|представь\w*|допустим|может быть|возможно|мечтаю|приснил\w+|чуть не|думаю (?:о|купить|завести))\b"
    r"|想象|假设|也许|可能|梦见|梦到|做梦|差点|在考虑|考虑|要是.{0,20}就好了|说不定|仮に|夢で|夢を見|かもしれ|検討|と思って|考えて|たらいい|ふりを",
    re.IGNORECASE,
)
_PLAY: Final = re.compile(
    r"\b(?:let'?s|lets|we|now|start|begin|do)\b.{0,20}\brole-?\s?play|^\W*role-?\s?play|\byou(?:'re"
    r"| are) (?:now )?(?:a|an|the|my)\b.{0,60}\bi(?:'m| am)\b|\bi(?:'m| am) (?:a|an|the"
    r"|your)\b.{0,60}\byou(?:'re| are) (?:a|an|the|my)\b(?! (?:great|good|real|big|huge|true|total|life\w*"
    r"|star|gem|genius|best|wonderful|amazing|lovely|legend|hero))|\bich bin\b.{0,60}\bdu bist\b"
    r"|\bdu bist\b.{0,60}\bich bin\b|\bje suis\b.{0,60}\btu es\b|\bsoy\b.{0,60}\beres\b|我是.{0,30}你是"
    r"|你是.{0,30}我是|\b(?:continue|finish|begin|start|tell) (?:the|a|me a|my|our|this) (?:story|tale|scene"
    r"|adventure)\b|\b(?:for|in) (?:(?:this|our) (?:game|play|exercise)|(?:this|the|our|my) (?:scene"
    r"|screenplay|campaign|sketch|d&d))\b|^\W*be my \w+|\b(?:let's|lets|we) play\b.{0,30}\b(?:i|where|game)\b"
    r"|\bwir spielen\b|\b(?:mock|practi[cs]e) (?:interview|dialogue|conversation)\b|role-?\s?play\w*\s*[:,.—-]"
    r"|\bpretend (?:that |to be |you|i|we)\w*|\bact (?:as|like)\b"
    r"|\b(?:i'll|you'll|i will|you will|i|you) (?:play|be playing) (?:the (?:role|part|character)|a |an )"
    r"|\bplay(?:ing)? the (?:role|part) of\b|\byou are (?:now )?a (?:\w+ ){0,3}(?:and|who) (?:i|i'm)\b"
    r"|\bin (?:this|our) (?:scene|scenario|game|story|campaign|exercise)\b|\bmy (?:character|dnd|d&d"
    r"|alter ego)\b|\bin character\b"
    r"|rollenspiel\w*|\btu(?:n wir)? so,? als\b|\bspiel(?:e|st)? (?:den|die|eine?n?)\b|\bmein charakter\b"
    r"|jeu de rôle|\b(?:fais|faisons|faites) (?:comme si|semblant)|\bjouons\b|\bmon personnage\b"
    r"|juego de rol|\b(?:juguemos|hagamos como|finge|fingimos)\b|\bmi personaje\b|gioco di ruolo"
    r"|facciamo finta|il mio personaggio|jogo de papéis|faz de conta|meu personagem"
    r"|ролев\w+|сыграем|притвор\w+|мой персонаж|角色扮演|扮演|假装|假裝|我的角色"
    r"|ロールプレイ|演じ|なりきり|ごっこ|という設定|役をや|役で"
    r"|\bscene (?:one|two|three|four|\d+)\b|^\W*\*\w[^*\n]{2,60}\*\s|^\W*play (?:a|an|the|my) [\w -]{2,30}[.,!;:]"
    r"|\byou (?:be|play|are playing) (?:the|a|an|my)\b.{0,60}\bi(?:'m|'ll| am| will)\b"
    r"|\bspielen wir\b|\blass(?:t)? uns\b.{0,40}\bspielen\b.{0,40}\bich bin\b|\bon joue\b|\bjugamos a\b|\bgiochiamo\b"
    r"|我们来玩|来演|역할극|롤플레이",
    re.IGNORECASE,
)
_QUOTES: Final = either(
    r"""[\"“«„「『][^\"”»“」』«„「『]{0,200}(?:\b(?:i|i'm|i've|my|we|ich|je|j'\w+|mon|yo|soy|mi|я|мой)\b|我|私|僕|俺)[^\"”»“」』«„「『]{0,200}[\"”»“」』]
    |(?<!\w)'(?:i|i'm|i've|my|we)\b|\bas (?:they|people|he|she|the saying) (?:says?|goes)\b""",
    r"""^[\w' ,]{0,60}\b(?:scenario|interview|says?|said|goes|line|lyrics?|caption|poster|sign|character|script|text
    |dialogue|letter|e-?mail
        |story|prompt|setting|premise|scene|practi[cs]e
    |draft|reads?|screenplay|claimed|wrote|rehearse)\b[\w' ]{0,20}: """,
)
_I_SAID: Final = re.compile(
    r"\b(?:i|ich|je|yo) (?:\w+ )?(?:said|told|say|answered|replied|sagte|dis|dije)\b", re.IGNORECASE
)
"""Somebody else's words, or words that are made up; what one quotes of oneself is one's own."""
_NOT_OWN: Final = re.compile(
    r"^\W*(?:(?:please|can you|could you|now|help me|bitte|kannst du|por favor|peux-tu) )*(?:translate|rewrite"
    r"|rephrase|paraphrase|proofread|correct|fix|edit|improve|summari[sz]e"
    r"|write (?:a|an|me|the)|draft|compose|übersetz\w*|korrigier\w*|schreib\w*|formulier\w*|traduis\w*"
    r"|corrige\w*|écris\w*|traduc\w*|traduz\w*|escrib\w*|escreva|tradu(?:ci|rre)|scrivi|переведи\w*|исправь\w*"
    r"|напиши\w*)\b"
    r"|\btranslate\b.{0,30}:|\b(?:sentence|phrase|exercise|example|quote|lyrics|homework|dialogue|task|problem"
    r"|question)\s?\d*\s*:|\b(?:how do (?:i|you) say|what does .{0,40} mean)\b"
    r"|\bin (?:the|this|that|my|a) (?:film|movie|book|novel|story|series|episode|poem)\b|\b(?:my"
    r"|the) (?:protagonist|narrator|hero(?:ine)?|main character|villain)\b|\bin my (?:fiction|screenplay)\b"
    r"|\b(?:he|she|they|who|[A-Z]\w+) (?:said|says|goes|sang|sings|wrote)[,:]? [\"“'«]"
    r"|\b(?:im|in dem|in meinem) (?:film|buch|roman|lied)\b|\b(?:hauptfigur|protagonist\w*)\b|\b(?:satz"
    r"|aufgabe|übung|beispiel)\s?\d*\s*:"
    r"|\bdans (?:le|ce|mon) (?:film|livre|roman)\b|\b(?:phrase|exercice|exemple)\s?\d*\s*:|\ben (?:la|esta"
    r"|mi) (?:película|novela|historia)\b|\bel protagonista\b|\b(?:frase|ejercicio|ejemplo"
    r"|esercizio)\s?\d*\s*:"
    r"|\bnel (?:film|libro|romanzo)\b|\bno (?:filme|livro|romance)\b|\bв (?:фильме|книге|романе)\b|\bглавн\w+ геро\w+"
    r"|翻译|翻譯|改写|润色|例句|造句|课文|小说里|电影里|电影中|书里|主角|主人公|歌词|訳し|翻訳|例文|映画[ので]|小説[ので]|主人公|練習問題",
    re.IGNORECASE,
)
OWN_FRAME: Final = re.compile(
    r"\b(?:would|could|might|may|wants?|wishes|wished|hopes?|dream\w*|imagin\w*|hypothe\w+|consider\w*"
    r"|thinking|plans?|planning|interested|interest|asks?|asked|prefers?|preference|looking|looks for|seek\w*"
    r"|needs?"
    r"|curious|wonder\w*|question\w*|request\w*|should|learn\w*|pretend\w*|working on|tempted|if|unsure"
    r"|unclear|likely|possibly|maybe|thinks?|almost|nearly|help"
    r"|möchte|will|würde|wünscht|hofft|träumt|überlegt|plant|fragt|bevorzugt|sucht|braucht|interessiert"
    r"|soll\w*|vielleicht"
    r"|veut|voudrait|souhaite|aimerait|envisage|prévoit|demande|préfère|cherche|intéress\w+|besoin|rêve|peut-être"
    r"|quiere|querría|desea|espera|sueña|piensa|planea|pregunta|prefiere|busca|necesita|interesad[oa]|gustaría|quizás?"
    r"|vuole|vorrebbe|spera|sogna|pensa|chiede|preferisce|cerca|quer|gostaria|deseja|prefere|procura|precisa"
    r"|хочет|хотел\w*|мечтает|планирует|спрашивает|предпочитает|ищет|интерес\w+|думает|нужд\w+|просит|бы)\b"
    r"|想|希望|打算|考虑|计划|询问|问|喜欢用|偏好|需要|感兴趣|要求|梦想|如果|可能|寻找|倾向"
    r"|たい|希望|予定|検討|興味|尋ね|質問|好む|欲し|探し|必要|夢|もし|かも|求め",
    re.IGNORECASE,
)
"""A statement that says itself that it is about a wish, a plan, a question or a text."""

OWN_TEXT: Final = re.compile(
    r"\b(?:role-?play\w*|pretend\w*|translat\w*|writ(?:es|ing|er)|wrote|novels?|stor(?:y|ies)|films?|movies?"
    r"|books?|games?|songs?|poems?"
    r"|exercises?|characters?|scenes?|übersetz\w*|schreibt|(?:einen|am|seine[mn]|ihre[mn]|un|son) roman|buch"
    r"|spiel|rollenspiel\w*|écrit|traduit|livre|jeu|escribe|traduce|novela"
    r"|película|libro|juego|scrive|traduce|romanzo|gioco|пишет|переводит|роман|фильм|книг\w+|игр\w+)\b"
    r"|写|小说|电影|翻译|角色|扮演|游戏|小説|映画|翻訳|演じ|書い|ゲーム",
    re.IGNORECASE,
)
"""A statement that says itself that it is about a text or a play."""

_ASKS: Final = re.compile(r"[?？]\s*[\"”」)]*\s*$|[吗呢么][。.!]?\s*$|(?:です|ます|でしょう)か。?\s*$")
_ASKS_BY_ORDER: Final = re.compile(
    r"^\W*(?:what|which|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|should|would"
    r"|will|has|have|any)\b[^.!]*$",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(
    r"\b(?:can|could|would|will) you\b|\bplease\b|\bi(?:'d| would) like you to\b|\bkannst du\b|\bkönntest du\b"
    r"|\bkönnen sie\b|\bbitte\b|\bpeux-tu\b|\bpouvez-vous\b|\bpourrais-tu\b"
    r"|\bpuedes\b|\bpodrías\b|\bpor favor\b|\bpuoi\b|\bpotresti\b|\bvocê pode\b|\bможешь\b|\bпожалуйста\b|请"
    r"|能不能|可以帮|麻烦|ください|もらえ|お願い",
    re.IGNORECASE,
)
_MINE: Final = re.compile(
    r"\b(?:my|mine|our|mein\w*|unser\w*|mon|ma|mes|notre|nos|mi|mis|nuestr[oa]s?|mio|mia|miei|meu|minha|meus"
    r"|minhas|мо[йяеи]\w*|наш\w*)\b|我的|我们|我家|咱|私の|僕の|俺の|うちの|我[妈爸哥姐弟妹儿女老]",
    re.IGNORECASE,
)
_I_DO: Final = re.compile(
    r"\b(?:i'm|i am|i've|i have|i was|i just|i work|i live|i want|i need|i'd like|i got|i use|i recently"
    r"|as an? \w+|ich bin|ich habe|je suis|j'ai|soy|tengo|estoy|sono|ho|sou|tenho|estou|у меня)\b"
    r"|^(?!\W*(?:do|am|should|can|could|may|would|will|did|have|what|which|where|when|why|how|who)\b).*\b(?:i"
    r"|ich|je|j')\b|我是|我在|我有|我要|我想|我刚|私は|僕は",
    re.IGNORECASE,
)


def frames(text: str) -> tuple[tuple[str, Frame | None], ...]:
    """Each sentence of a text with what keeps it from saying that something is so. A role-play goes on to the end."""
    found: list[tuple[str, Frame | None]] = []
    playing, taken_back = False, _TAKEN_BACK.search(text) is not None
    for sentence in sentences(_joined(text)):
        playing = playing or _PLAY.search(sentence) is not None
        found.append((sentence, "role-play" if playing or _is_not_own(sentence) else _unreal(sentence, taken_back)))
    return tuple(found)


_IRONY: Final = either(
    r"""\boh,? (?:great|joy|wonderful|fantastic|perfect|lovely|brilliant|goody)\b
    (?!,?\ (?:i|we|my)\b.{0,12}\b(?:finally|got|won|passed)\b)|\blucky me\b
    |\bpigs (?:can|might) fly\b
    |\bexactly what i (?:dreamed|needed|wanted)\b|\byeah,? right\b
    |\b(?:sure|yes|right),? because\b|\bjust what i (?:needed|wanted)\b|(?:\.\.\.|…) ?not\b\W*$|[,.] not!|🙄|\s/s\b
    |\bi (?:just|simply|absolutely|really|totally) (?:love|adore|enjoy) (?:it when\b.{0,60}
    \b(?:again|late|cancel|crash|break|fail|never)
    |waiting|paying|standing in|losing|queu|being (?:stuck|ignored|woken|yelled|late|broke)|(?:sitting|stuck) in traffic
    |.{3,60}\b(?:for no reason|for hours|thanks for asking|at [2-5] ?a\.?m))
    |\boh,? sure,? i\b(?!'ll| will| can)|\bjust what i wanted\b|\bthanks for nothing\b|\bbest day ever,? not\b
    |\bhow (?:lovely|wonderful|delightful)\b.{0,40}\b(?:again|another|hours)\b
    |\bwhat a (?:joy|treat|pleasure|wonderful|lovely|great)\b.{0,80}\b(?:again|hours|rain|late|broken)\b
    |\bich liebe es,? (?:zu warten|im stau|wenn\b.{0,40}\b(?:wieder|schon|zu spät))|\btoll, (?:schon )?wieder\b
    |\bj'adore (?:attendre|être en retard|quand\b.{0,40}\b(?:encore|retard|panne))
    |\bme encanta (?:esperar|madrugar|cuando\b.{0,40}\b(?:otra vez|tarde))|(?:太好了|真棒|真好|好极了)[，,！!].{0,6}又
    |\bna (?:toll|super|klasse|prima)\b|\bja,? klar\b|\bwie schön\b.{0,30}\bwieder\b|\bgénial,
    |\bsuper, encore\b|\bquel bonheur\b
    |\bmais bien sûr\b|\bqué (?:bien|alegría),|\bclaro que sí,|\bgenial, otra vez\b
    |\bче(?:го|м) мне не хватало\b|\bну да, конечно\b    |呵呵|可真是|真是太[好棒]了，|（棒）|\(棒\)"""
)


def _is_not_own(sentence: str) -> bool:
    """Whether a sentence is a text to work on, a quotation, or about a story."""
    return _NOT_OWN.search(sentence) is not None or (
        _QUOTES.search(sentence) is not None and not _I_SAID.search(sentence)
    )


_TAKEN_BACK: Final = re.compile(r"[.!…,] not\W*$", re.IGNORECASE)
"""Irony that is given away at the end: "My absolute favourite. Not."."""


def _unreal(sentence: str, taken_back: bool) -> Frame | None:
    if taken_back or _IRONY.search(sentence):
        return "sarcasm"
    if _UNREAL.search(sentence) or (_IF.search(sentence) and _WOULD.search(sentence)):
        return "hypothetical"
    asks = _ASKS.search(sentence) is not None or _ASKS_BY_ORDER.match(sentence) is not None
    if asks and not _MINE.search(sentence) and not _I_DO.search(sentence):
        return "question"
    return None


# Whose clause it is

_KIN: Final = (
    "sister|brother|mother|mom|mum|father|dad|wife|husband|(?:(?<=my )|(?<=our )|(?<='s )|(?<=a )|(?<=the )"
    "|(?<=and )|(?<=little ))son|daughter|kids?|children|child|friend|roommate"
    "|flatmate|colleague|coworker|boss|neighbou?r|cousin|aunt|uncle"
    "|grand\\w+|partner|girlfriend|boyfriend|fianc\\w+|parents|nephew|niece|in-laws?|team ?mate|manager"
    "|teacher|landlord|ex|buddy|twin|sibling\\w*|baby|little one|family|spouse|stepson|\\w+-in-law"
    "|schwester|bruder|mutter|mama|vater|papa|frau|mann|sohn|tochter|kind\\w*|freund\\w*|mitbewohner\\w*"
    "|kolleg\\w*|chefin|nachbar\\w*|cousine?|tante|onkel|oma|opa|eltern|schwager|schwägerin"
    "|sœur|soeur|frère|mère|père|maman|femme|mari|fils|fille|enfants?|ami\\w*|coloc\\w*|collègue|patron\\w*"
    "|voisin\\w*|oncle|grand-\\w+|copain|copine|parents"
    "|hermana|hermano|madre|padre|mamá|papá|esposa|esposo|mujer|marido|hijo|hija|hijos|amig[oa]|compañer[oa]"
    "|colega|jef[ea]|vecin[oa]|prim[oa]|tí[oa]|abuel[oa]|novi[oa]|padres"
    "|sorella|fratello|moglie|marito|figli[oa]|amic[oa]|collega|capo|nonn[oa]|irmã|irmão|mãe|pai|filh[oa]"
    "|namorad[oa]|av[óô]"
    "|сестра|брат|мама|папа|мать|отец|жена|муж|сын|дочь|друг|подруга|коллега|начальник|сосед\\w*|бабушка|дедушка|дети"
)
_PETS: Final = "dog|cat|puppy|kitten|hund|katze|chien|chatte?|perr[oa]|gat[oa]|cane|cachorro|собака|кот|кошка"
_KIN_WORD: Final = re.compile(
    rf"\b(?:{_KIN})(?:'s|s)?\b|姐|妹|哥|弟|妈|爸|母|父|老婆|妻|老公|丈夫|儿子|女儿|孩子|朋友|室友|同事|老板|邻居|爷|奶奶|外婆|姉|兄|夫(?!妇)|息子|娘|友達|同僚"
    rf"|上司|彼女|彼氏|祖父|祖母|子供|家族",
    re.IGNORECASE,
)
_THIRD: Final = re.compile(
    rf"^\W*(?:(?:and|but|so|also|well|oh|yes|und|aber|et|mais|y|pero|e|ma|и|а|но) )*(?:(?:my|our|mein\w*"
    rf"|unser\w*|mon|ma|mes|notre|nos|mi|mis|nuestr[oa]s?|il mio|la mia|mio|mia|meu|minha|мо[йя]|наш\w*)"
    rf" (?:[\w-]+ ){{0,2}}?(?:{_KIN}|{_PETS})\b(?!'s name|'s called)(?! (?:and|und|et|y|e|и) (?:i|ich|moi|je|yo"
    rf"|io|eu|я)\b)|(?:he|she|they|er|il|elle|ils|él|ella|lui|lei|ele|ela|он|она|они)(?:'s|'re)? )"
    r"|^\W*(?:我[的]?(?:姐|妹|哥|弟|妈|爸|老婆|妻|老公|丈夫|儿子|女儿|孩子|朋友|室友|同事|老板|男朋友|女朋友|奶奶|爷爷|外婆)|他|她|(?:私の)?(?:姉|妹|兄|弟|父|母"
    r"|妻|夫|息子|娘|友達|同僚|上司|彼女|彼氏|彼|祖父|祖母)[はが]?)",
    re.IGNORECASE,
)
_NAMED_SUBJECT: Final = re.compile(
    r"^\W*(?:And |But |So )?([A-Z][a-zà-ÿ]+) (?:is|has|was|had|got|told|said|says|can|can't|will|just|never"
    r"|always|also|works?|lives?|hat|ist|wohnt|arbeitet|est|a|habite|travaille|es|tiene|vive|trabaja"
    r"|\w+(?<!s)s|\w+ed)\b"
)
_NO_NAMES: Final = frozenset(
    "one two three four five six seven eight nine ten twelve twenty thirty mondays tuesdays wednesdays"
    " thursdays fridays saturdays sundays"
    " it this that there what who here everything something nothing somebody someone everyone today yesterday"
    " tomorrow i the he she we they you my our its exam work life school one das es er sie ich je il elle on"
    " ce"
    " el la lo esto yo nosotros".split()
)
_FIRST: Final = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|me|we|we're|we've|ich|mich|mir|wir|je|j'\w*|moi|nous|yo|me|nosotros|io|mi|noi"
    r"|eu|nós|я|мне|меня|мы|у меня|s?oy|estoy|tengo|sono|sou|tenho)\b|j'|我|咱|私|僕|俺",
    re.IGNORECASE,
)
_SOMEBODY: Final = re.compile(
    r"^\W*(?:(?:the|a|an|some|this|that|these|another) (?:\w+ )?(?:guy|man|woman|kid|girl|boy|lady|person"
    r"|people|student|patient|client|customer"
    r"|friend|neighbou?r|colleague|couple|actor|actress|singer|author|player)s?\b(?: (?:of mine|next door"
    r"|i(?:'m| am) \w+|i \w+|from \w+))?"
    r"|(?:one|two|some|many|most|both|several|a few) of (?:my|our|the) \w+|ein(?:e|er)? (?:freund|bekannte"
    r"|kolleg|nachbar)\w*|un(?:e)? (?:amie?|collègue"
    r"|voisine?)|un(?:a|o)? (?:amig[oa]|colega|vecin[oa]))",
    re.IGNORECASE,
)
_TELLS: Final = re.compile(r"\W*(?:says?|said|told|thinks|recommend|prescribe|put|gave|wants)", re.IGNORECASE)
"""What somebody says is often about the speaker: "the doctor says no more salt"."""
_HEARSAY: Final = re.compile(
    r"^\W*(?:(?:i )?(?:just )?(?:heard|learned|found out|saw|read)|guess what|apparently|turns out"
    r"|did you know)(?: that)?\W+",
    re.IGNORECASE,
)
_REPORTS: Final = re.compile(
    r"\b(?:told|tells|said|says|claims?|claimed|mentioned|wrote)\b(?: (?:me|us))?(?: that)? (?:he|she|they|his"
    r"|her|their)\b|\b(?:heard|learned|saw|read) (?:that )?(?!i\b)\w",
    re.IGNORECASE,
)
_TO_ME: Final = re.compile(r"\b(?:i|me|us|ich|mich|mir|uns|je|moi|nous|yo|eu|io|я|мне|меня|нам)\b", re.IGNORECASE)
_SECOND: Final = re.compile(
    r"\b(?:you|your|you're|yours|du|dein\w*|dich|dir|ihr|ihnen|ihre?\w?|sie|tu|ton|ta|tes|toi|vous|votre|vos"
    r"|te|tú|tus?|ti|usted|su|sus|lei|tuo|tua|você|seu|sua|ты|твой|твоя|твои|тебе|тебя|вы|ваш\w*|вас|вам)\b|你"
    r"|您|あなた|さん",
    re.IGNORECASE,
)
_SERVICE: Final = re.compile(
    r"\bi(?:'ll| will|'d| would| can| could| may| might|'m (?:glad|happy|sorry|here|afraid|sure|delighted"
    r"|excited)| am (?:glad|happy|sorry|here|afraid|sure|delighted)| see| hope| understand| suggest| recommend"
    r"| note[d]?| remember"
    r"| (?:think|guess|believe|imagine|bet|know)\b(?! an?\b)| love (?:that|it|how)|'ve (?:noted|saved|added"
    r"|updated|made|got)| have (?:noted|saved|added|updated))\b|\blet me\b|\bour (?:conversation|chat)"
    r"|\bich (?:werde|kann|könnte|merke|verstehe|hoffe|freue|empfehle|notiere|würde|denke)\b|\bje (?:peux|vais"
    r"|comprends|note|suis (?:ravi|désolé|là)|recommande|suggère)\b|\b(?:puedo|entiendo|anoto|recomiendo"
    r"|espero|me alegro|lo siento)\b"
    r"|\b(?:posso|capisco|consiglio|entendo|recomendo)\b|я (?:могу|понимаю|запомн\w+|надеюсь|рекоменд\w+"
    r"|думаю)|我(?:会|可以|能|建议|理解|记住|记下|明白|知道|想)|承知|覚えて|お手伝い|ますね|でしょう",
    re.IGNORECASE,
)
_CONFIRMS: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|right|exactly|correct|sure|ok(?:ay)?|indeed|true|that's (?:right|it|me)|perfect"
    r"|ja|genau|stimmt|richtig|oui|exact\w*|sí|si|claro|exacto|correcto|sì|certo|esatto|sim|isso|да|точно"
    r"|верно|конечно)\b"
    r"|^\W*(?:对|是的|没错|嗯|好的|はい|そう|うん|ええ)",
    re.IGNORECASE,
)


def names_kin(text: str) -> bool:
    """Whether a text names a relative, a friend or another person by what they are to somebody."""
    return _KIN_WORD.search(text) is not None


_KIN_OF_KIN: Final = re.compile(rf"\b(?:my|our) ({_KIN})'s? ({_KIN})\b", re.IGNORECASE)
_KIN_NAMED: Final = re.compile(
    rf"\b({_KIN})(?:'s name is| is called| is named| named| called|, ?|) ([A-Z][\w-]+)|\b([A-Z][\w-]+), (?:my"
    rf"|our) (?:\w+ )?({_KIN})\b"
)
_PET_NAMED: Final = re.compile(
    rf"\b({_PETS})(?: is| is called| is named| named| called|'s name is) ([A-Z][\w-]+)(?=[,.;!]|$| and\b)"
)


def kin_of_kin(text: str) -> tuple[tuple[str, str], ...]:
    """Whose people a text tells of, where they are not the speaker's: "my neighbour's son"."""
    return tuple((match[1].casefold(), match[2].casefold()) for match in _KIN_OF_KIN.finditer(text))


def named_kin(text: str) -> dict[str, frozenset[str]]:
    """The names that a text gives to somebody's people and animals."""
    found: dict[str, frozenset[str]] = {}
    for match in _KIN_NAMED.finditer(text):
        kin, name = (match[1] or match[4]).casefold(), (match[2] or match[3]).casefold()
        found[kin] = found.get(kin, frozenset()) | {name}
    for match in _PET_NAMED.finditer(text):
        found[match[1]] = found.get(match[1], frozenset()) | {match[2].casefold()}
    return found


def without_kin(text: str) -> str:
    """The text without the words that name people by what they are to somebody."""
    return _KIN_WORD.sub(" ", text)


_BARE_KIN: Final = re.compile(
    r"^\W*(?:mum|mom|mama|mommy|dad|daddy|papa|grandma|grandpa|granny|maman|mamie|papi|mamá|papá|mamma|oma|opa"
    r"|мама|папа|бабушка)(?:'s)?\s",
    re.IGNORECASE,
)
_NAME_IS: Final = re.compile(r"^\W*([A-Z][a-zà-ÿ]+)'s (?:an? |the |\w+ing\b|got |been )")


def is_about_another(clause: str, told: frozenset[str] = frozenset()) -> bool:
    """Whether somebody else than the speaker is the subject of a clause: "my sister", "she", "Ken".

    Not where what was `told` of it speaks of that subject too.
    """
    found = _THIRD.match(clause) or _BARE_KIN.match(clause)
    if found is not None:
        if _TO_ME.search(clause) and not _REPORTS.search(clause):  # "they made me team lead"
            return False
        return not told & _begun(content_words(found[0])) and not re.search(
            r"\b(?:and|und|et|y|e|и) (?:i|ich|moi|yo|io|eu|я)\b", clause, re.IGNORECASE
        )
    somebody = _SOMEBODY.match(clause)
    if somebody is not None and not _TELLS.match(clause[somebody.end() :]):
        return not told & _begun(content_words(somebody[0]))
    heard = _HEARSAY.sub("", clause)
    named = _NAMED_SUBJECT.match(heard) or _NAME_IS.match(heard)
    if named is None or not _is_name(named[1]):
        return False
    return not speaks_of_itself(clause) or _REPORTS.search(clause) is not None


def subject_name(clause: str) -> str | None:
    """The name that a clause begins with as its subject."""
    named = _NAMED_SUBJECT.match(clause)
    return named[1] if named is not None and _is_name(named[1]) else None


def _is_name(word: str) -> bool:
    """Whether a capitalised word that begins a clause may be a name: it is no small word of a language."""
    return word.casefold() not in _NO_NAMES and bool(content_words(word))


def speaks_of_itself(text: str) -> bool:
    """Whether a clause is in the first person."""
    return _FIRST.search(text) is not None


def is_speakers_own(text: str) -> bool:
    """Whether an assistant tells something of its own: in the first person, not to or of the user, not in service."""
    return speaks_of_itself(text) and not _SECOND.search(text) and not _SERVICE.search(text)


def addresses(text: str) -> bool:
    """Whether a text speaks to somebody."""
    return _SECOND.search(text) is not None


def confirms(text: str) -> bool:
    """Whether a text begins by agreeing to what was said."""
    return _CONFIRMS.match(text) is not None


def is_soft(text: str) -> bool:
    """Whether a text tells a state that a denial tells as well: "can't eat nuts" is an allergy."""
    return _SOFT.search(text) is not None


def is_request(text: str) -> bool:
    """Whether a sentence asks for something to be done."""
    return _REQUEST.search(text) is not None
