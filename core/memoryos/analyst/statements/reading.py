"""Which sentences of what a user wrote are the user's own, said in earnest, and worth the judge's time.

One pass over the text, line by line: its time is linear in its length, whatever the text holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memoryos.language.words import cjk_share, sentences

MAX_PIECE_CHARS: Final = 300
"""A longer sentence is rarely spoken: it is pasted or has no marks."""
MAX_OWN_CHARS: Final = 1500
"""Of a longer text only the beginning is taken for the user's own words, the rest is usually pasted."""
EDGE_CHARS: Final = 1000
EDGE_LINES: Final = 5
MIN_WORDS: Final = 2
MIN_CJK: Final = 3
MAX_PIECES: Final = 60
"""Sentences of one page that are judged, from the first on: more are a document's."""

_FENCE: Final = ("```", "~~~")
_FRAME: Final = re.compile(
    r"\b(?:role-?play|let'?s pretend|pretend (?:that|to|you|i'?m|i am)|act as|you are (?:now )?(?:an?|the) "
    r"|imagine (?:that|you|i'?m"
    r"|i am)|scenario:|suppose (?:that|i|you)|hypothetically|for (?:this|the) exercise|in character|write (?:a"
    r"|me a|the) (?:story"
    r"|dialogue|scene|biography|monologue|poem|play)|rollenspiel|stell dir vor|tu so|angenommen|jeu de rôle"
    r"|jouons un|imagine"
    r" que|supposons|fais comme si|juego de rol|imagina que|supongamos|haz como si|jogo de interpretação|imagine que"
    r"|immagina che|facciamo finta|представь|ролев)"
    r"|角色扮演|假设|假装|假如|想象一下|扮演|场景：|ロールプレイ|仮に|ふりをして|想像して|역할극|상상해",
    re.IGNORECASE,
)
_HANDS_OVER: Final = re.compile(
    r"^\W*(?:(?:please|can you|could you|bitte|kannst du|peux-tu|por favor|puedes|请|麻烦|帮我)[ ,]{0,2})?"
    r"(?:translate|rewrite|rephrase|paraphrase|proofread|summari[sz]e|correct|edit|fix|improve|polish"
    r"|shorten|übersetze?|korrigiere?"
    r"|fasse|kürze|traduis|corrige|résume|raccourcis|traduce|corrige|resume|acorta|翻译|改写|润色|总结|校对"
    r"|修改|把(?:以下|下面)|次の文)"
    r"|\b(?:the|this|following|below|my|sample|example) (?:text|e-?mail|letter|message|article|essay|paragraph"
    r"|transcript|sentences?"
    r"|review|document|bio|cv|résumé|ticket|log)s?[^:\n]{0,40}:\s*$|以下(?:文章|内容|文字|邮件)|を(?:英語"
    r"|日本語|要約|翻訳|添削|校正)",
    re.IGNORECASE,
)
_GREETS: Final = re.compile(
    r"^\W*(?:hey|hi|hello|yeah|yep|woo\w*|way to go|(?:nice|good|great) (?:job|luck|one|work)|congrat\w*|thanks"
    r"|thank you|wow|sounds|cheers|hallo|danke|salut|merci|hola|gracias|ciao|grazie|oi|obrigad[oa]|привет|спасибо)\b"
    r"(?!.*\b(?:i|i'm|my|we|our|me|this is|ich|je|yo|soy|io|sono|eu|sou|я)\b)[^.!?]{0,30}[.!]?$",
    re.IGNORECASE,
)
"""A name in a greeting is not the user's."""
_EXERCISE: Final = re.compile(
    r"^\W*(?:exercise|question|problem|task|sentence|example|aufgabe|übung|exercice|ejercicio|练习|题目|例句"
    r"|問題|例文|q)\s?\d{0,3}\s?[:.：)]",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"^\W*(?:dear (?:sir|madam|mr|ms|mrs|dr|all|team|hiring)|to whom it may|sehr geehrte|madame, monsieur"
    r"|estimad[oa]s|尊敬的|拝啓"
    r"|from:|subject:|betreff:|objet :|sent:)",
    re.IGNORECASE,
)
_TABLE: Final = re.compile(r"^\s*\|.*\||\t.*\t|^[^,\n]{1,40}(?:,[^, \n][^,\n]{0,40}){2,}$")
_QUOTED_LINE: Final = re.compile(r"^\s*(?:>|\$ |>>> |#!|<[a-z/!]|\d+:\d+|\[\d)")
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|«[^»\n]{1,300}»|„[^“”\n]{1,300}[“”]|「[^」\n]{1,300}」|『[^』\n]{1,300}』"
)
_CODE: Final = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from|return|const|let|var|function|public|SELECT|INSERT|#include)\b"
    r"|\w\(.*\)\s*[:;{]?$|</|=>|=="
)
_BULLET: Final = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)])\s+")
_ABOUT_ME: Final = re.compile(
    r"\b(?:about me|my (?:profile|details|data|info\w*)|facts about me|who i am|über mich|zu mir|à propos de moi"
    r"|sobre mí|su di me"
    r"|sobre mim|обо мне)\b|关于我|我的(?:资料|信息|情况)|自我介绍|自己紹介|私について|내 소개",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(r"^[^\W\d][\w .'-]{0,24}[:：]\s*\S")
_OTHERS_LABEL: Final = re.compile(r"^[^\W\d][\w .'/&()-]{0,40}[:：]\s*\S")
_WORD: Final = re.compile(r"[^\W_]+")
MAX_CLAUSES: Final = 5
MIN_CLAUSE_WORDS: Final = 3
MIN_CLAUSE_CHARS: Final = 12
_JOINS: Final = re.compile(r"^(?:and|but|und|aber|et|mais|y|pero|e|mas|ma|и|а|но)\s+", re.IGNORECASE)
_BETWEEN: Final = re.compile(
    r"[;；]\s*|,\s+(?!(?:\w+,|\w+ (?:and|or|und|oder|et|ou|y|o|e)\b))|[，、](?=[^，、]{3})| [-–—]+ "
    r"| (?:and|but|so|und|aber|et|mais|pero|ma|mas|а|но|и)(?= (?:i|we|my|our|now|ich|wir|bin|je|on|j'|yo"
    r"|ahora|me|io|ora"
    r"|adesso|eu|agora|я|мы|теперь)\b)",
    re.IGNORECASE,
)
_SHARED_SUBJECT: Final = re.compile(
    r"^(?P<lead>.{0,40}?\b)(?P<subject>I|we|ich|wir|ik|wij|я|мы)(?P<first>(?:['’]\w+)? .+?),? (?:and|und|en|и) "
    r"(?P<second>(?:(?:also|now|currently|auch|jetzt|nu|ook|сейчас) )?"
    r"(?:work|study|teach|drive|speak|play|own|am|have|run|live (?:in|near|with|at|on|outside)|love|hate|collect|take"
    r"|arbeite|studiere|unterrichte|fahre|spreche|spiele|habe|bin|wohne|lebe|liebe|sammle|nehme"
    r"|arbeiten|haben|wohnen|leben|sind|werk|studeer|woon|heb|ben|spreek|speel|rijd"
    r"|работаю|учусь|живу|преподаю|говорю|играю|работаем|живём) .+)$",
    re.IGNORECASE,
)
"""Two clauses with one subject: "I live in Bremen and work as a nurse"."""
_SUBJECTLESS: Final = re.compile(
    r",? (?:y|e|et) (?=(?:trabajo|estudio|tengo|soy|vivo|hablo|juego|enseño|lavoro|studio|ho|sono|abito|parlo|insegno"
    r"|trabalho|estudo|tenho|sou|moro|falo|ensino|travaille|étudie|enseigne|suis|habite) )",
    re.IGNORECASE,
)
"""Between two clauses whose verbs tell the subject by themselves."""
_LEANS: Final = re.compile(
    r"(?:over|in|at|on|for|with|without|from|near|to|by|about|after|before|of|around|just|only|especially|including|like"
    r"|because|which|who|whom|whose|where|though|although|even|as|than|per|every|each|all|half|mostly|usually"
    r"|in|im|am|bei|beim|mit|aus|von|vom|zu|zum|zur|für|seit|weil|obwohl|das|der|die|den|dem"
    r"|dans|chez|avec|pour|depuis|près|qui|que|où|en|con|para|por|desde|cerca|donde|porque|nel|nella|da|per|presso"
    r"|em|no|na|com|perto)\b(?! (?:i|we|ich|wir|je|nous|yo|io|eu)\b)",
    re.IGNORECASE,
)
"""How a piece begins that says nothing without the one before it."""
_NOT_EARNEST: Final = re.compile(
    r"[?？]|^\W*(?:if|when|whenever|imagine|suppose|say|what|how|unless|wenn|falls|stell|si|quand|imagin|cuando|se"
    r"|quando|если|когда|如果|要是|假如|もし|만약)\b|\b(?:said|says|told|wrote|dreamt|dreamed|sagte|dit|dijo"
    r"|disse|ha detto"
    r"|сказал\w*)\b|如果|要是|假如|もし|夢|梦见|と言|说：|만약",
    re.IGNORECASE,
)
"""What stands in a question, a condition or another's words is not the user's by itself."""


@dataclass(frozen=True, slots=True)
class OwnSentence:
    """A sentence as the user wrote it, for the fact, and without quotations, for the judge.

    `in_profile` marks a line of a list that the user said is about themselves ("About me: - City: Graz"): the judge is
    not needed for it.
    """

    text: str
    judged: str
    in_profile: bool = False

    @property
    def clauses(self) -> tuple[str, ...]:
        """Its clauses that may say something by themselves; none of a single one, a question or a condition."""
        return clauses_of(self.judged)

    @property
    def parts(self) -> tuple[str, ...]:
        """What the judge reads of it: the whole and its clauses."""
        return (self.judged, *self.clauses)


def sentences_worth_judging(user_text: str) -> tuple[OwnSentence, ...]:
    """The sentences that may say something of the user, in order; none of a text that plays a role.

    Left out are code, quoted lines, tables, lists that are not about the user, exercises, letters, what follows a
    request to translate or rework a text or a frame like "let's role-play". Questions stay in: many hold a statement
    ("I'm vegetarian, what can I cook?"), and the judge tells which.
    """
    found: list[OwnSentence] = []
    for sentence in _spoken(user_text):
        found.append(sentence)
        if len(found) == MAX_PIECES:
            break
    return tuple(found)


def clauses_of(sentence: str) -> tuple[str, ...]:
    """The clauses of a sentence that may each say something, two to `MAX_CLAUSES`; otherwise none."""
    if _NOT_EARNEST.search(sentence) or len(sentence) < MIN_CLAUSE_CHARS:
        return ()
    pieces = [each for piece in _pieces(sentence) for each in _of_one_subject(_JOINS.sub("", piece))]
    told = [piece for piece in pieces if _is_clause(piece)]
    return tuple(told) if 2 <= len(pieces) <= MAX_CLAUSES else ()


def _pieces(sentence: str) -> Iterator[str]:
    """What stands between commas and the like; a piece that leans on the one before stays with it: "over in Zwolle"."""
    start = 0
    for cut in _BETWEEN.finditer(sentence):
        if not _LEANS.match(sentence, cut.end()):
            yield sentence[start : cut.start()].strip(" ,;，；、-–—")
            start = cut.end()
    yield sentence[start:].strip(" ,;，；、-–—")


def _of_one_subject(piece: str) -> Iterator[str]:
    """The clauses of a piece, each with its subject."""
    if (shared := _SHARED_SUBJECT.match(piece)) is not None:
        yield f"{shared['lead']}{shared['subject']}{shared['first']}"
        yield f"{shared['subject']} {shared['second']}"
        return
    yield from _SUBJECTLESS.split(piece)


def _is_clause(piece: str) -> bool:
    if cjk_share(piece) > 0.5:
        return len(piece) >= MIN_CJK
    return len(_WORD.findall(piece)) >= MIN_CLAUSE_WORDS


def _spoken(user_text: str) -> Iterator[OwnSentence]:
    in_code = in_profile = in_list = False
    for line in _own_lines(user_text):
        if line.lstrip().startswith(_FENCE):
            in_code = not in_code
            continue
        if in_code or not line.strip():
            continue
        if _is_others(line):
            if _HANDS_OVER.search(line) or _MAIL.search(line):
                return
            continue
        in_profile = _goes_on_about_user(line, in_profile)
        in_list = not in_profile and _goes_on(line, in_list)
        if not in_profile and (_BULLET.match(line) or (in_list and _OTHERS_LABEL.match(line))):
            continue
        listed = in_profile and bool(_BULLET.match(line) or _LABELLED.match(line))
        for sentence in _of_line(line, in_profile=listed):
            if _FRAME.search(sentence.judged):
                return
            if _HANDS_OVER.search(sentence.judged) and sentence.judged.endswith((":", "：")):
                return
            yield sentence


def _own_lines(user_text: str) -> Iterator[str]:
    """The lines of a text, of a long one the first few."""
    if len(user_text) <= MAX_OWN_CHARS:
        yield from user_text.splitlines()
    else:
        yield from user_text[:EDGE_CHARS].splitlines()[:EDGE_LINES]


def _is_others(line: str) -> bool:
    """Whether a line is code, quoted, a table, an exercise, or hands over to another text."""
    start = line[:400]
    return any(pattern.search(start) for pattern in (_QUOTED_LINE, _TABLE, _CODE, _EXERCISE, _MAIL, _HANDS_OVER))


def _goes_on_about_user(line: str, in_profile: bool) -> bool:
    """Whether the lines of a list are about the user: after a heading that says so, as long as the list goes on."""
    if _ABOUT_ME.search(line) and line.rstrip().endswith((":", "：", "。", ".")):
        return True
    return in_profile and bool(_BULLET.match(line) or _LABELLED.match(line))


def _goes_on(line: str, in_list: bool) -> bool:
    """Whether the lines of a list are of something else: after a heading, as long as each has a label."""
    return line.rstrip().endswith((":", "：")) or (in_list and _OTHERS_LABEL.match(line) is not None)


def _of_line(line: str, *, in_profile: bool) -> Iterator[OwnSentence]:
    text = _BULLET.sub("", line, count=1)
    if in_profile:
        yield OwnSentence(text.strip(), text.strip(), in_profile=True)
        return
    for sentence in sentences(text):
        judged = _QUOTED.sub(" … ", sentence).strip()
        if len(sentence) <= MAX_PIECE_CHARS and _is_long_enough(judged) and not _GREETS.search(judged):
            yield OwnSentence(sentence, judged)


def _is_long_enough(sentence: str) -> bool:
    if cjk_share(sentence) > 0.5:
        return len(sentence) >= MIN_CJK
    return len(_WORD.findall(sentence)) >= MIN_WORDS
