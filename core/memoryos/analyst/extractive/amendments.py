"""When somebody takes back or puts right what they just said: a table beats the judge, for the words are few."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_VALUE: Final = r"[\"'“„«「]?(?P<value>[^\s\"'”“»」,.;:!?，。！？、]+(?: (?-i:[A-Z])[^\s,.;:!?]*){0,3})[\"'”“»」]?"
_LEAD: Final = (
    r"^\W*(?:(?:oh|oops|ups|sorry|pardon|wait|no|nein|non|perdón|hoppla|啊|哦|不好意思|すみません|あ)\W+){0,3}"
)

_PUTS_RIGHT: Final = re.compile(
    rf"{_LEAD}(?:(?:that was a |a |my )?typo\W+(?:i (?:meant|mean)(?: to (?:say|write))?|it'?s|should be|make that)?"
    r"|i (?:meant|misspoke\W+(?:it'?s|i meant))(?: to (?:say|write))?|correction\s?[:,]\s?(?:it'?s|i'?m|make that)?"
    r"|(?:vertippt|tippfehler|verschrieben)\W+(?:ich meinte|es sind|ich bin)?|ich meinte(?: natürlich)?"
    r"|(?:faute de frappe|erreur)\W+(?:je voulais dire|c'est)?|je voulais (?:dire|écrire)"
    r"|(?:error|errata|me equivoqué)\W+(?:quise decir|quería decir|es|son)?|(?:quise|quería) (?:decir|escribir)"
    r"|erro(?: de digitação)?\W+(?:eu quis dizer|é)?|quis dizer|(?:errore|refuso)\W+(?:volevo dire)?|volevo dire"
    r"|опечатка\W+(?:я имел[а]? в виду)?|я имел[а]? в виду"
    rf")\s*(?:was |is |are )?{_VALUE}"
    r"(?:,?\s*(?:and |und |et |y )?(?:not|nicht|pas|no|não|non|не)\b.{0,30})?\s*[.!]*$"
    r"|^\W*(?:打错了|写错了|说错了|口误|更正)\W*(?:应该)?(?:是|我是|我说的是)?\s*(?P<zh>[^\s，。！]{1,20})[。！]?$"
    r"|^\W*(?:間違え(?:た|ました)|誤字です|打ち間違い(?:です)?|訂正(?:します)?)\W*(?P<ja>[^\s、。！]{1,20}?)(?:です|だ)?[。！]?$",
    re.IGNORECASE,
)
_TAKES_BACK: Final = re.compile(
    rf"{_LEAD}(?:(?:please )?(?:forget|ignore|disregard|scratch|strike)(?: about)? (?:that|it|this"
    r"|what i (?:just )?(?:said|told you|wrote)"
    r"|my last (?:message|sentence))"
    r"|(?:i was |i'm |i am )?(?:just |only )?(?:kidding|joking)|(?:that|it) was (?:just |only )?a joke"
    r"|(?:that|this|it)(?:'s| is| was) (?:not|n't) (?:me|mine|my \w+|about me|true)"
    r"|(?:that|this) isn'?t (?:me|mine|true)"
    r"|vergiss (?:das|es|was ich gesagt habe)|das war (?:nur )?ein (?:scherz|witz)"
    r"|das (?:stimmt|bin|gehört) (?:nicht|nicht ich|mir nicht)"
    r"|oublie (?:ça|cela|ce que j'ai dit)|c'était (?:juste )?une blague"
    r"|ce n'est pas (?:vrai|à moi|le mien|la mienne|moi)"
    r"|olvida (?:eso|lo que dije|lo que he dicho)|era (?:una )?broma|no es (?:mío|mía|verdad|cierto)"
    r"|esqueça(?: isso)?|era brincadeira|não é meu|dimentica(?:lo)?|scherzavo|non è (?:mio|mia|vero)"
    r"|забудь(?: это)?|я пошутил[а]?"
    r")(?:,? (?:again|please|bitte|wieder|about .{1,40}|über .{1,40}))?\s*[.!,]*$"
    r"|^\W*(?:别管|忘了|忘掉|忽略)(?:我)?(?:刚才|刚刚|之前)?(?:说)?的?(?:话|那句|那个|这个)?吧?[。！]?$|^\W*(?:开玩笑的|我开玩笑|那不是我的?)[。！]?$"
    r"|^\W*(?:さっき|今)の(?:は|話は)?(?:忘れて|なしで|無視して).{0,6}$|^\W*(?:冗談です|うそです)[。！]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amended:
    """What takes the place of what was said: the `value`, or None where it is taken back."""

    value: str | None


def amended(sentence: str) -> Amended | None:
    """Whether a sentence takes back or puts right what was said just before; None where it does neither."""
    plain = sentence.translate(_STRAIGHT)
    if _TAKES_BACK.search(plain):
        return Amended(None)
    if found := _PUTS_RIGHT.search(plain):
        value: str = found["value"] or found["zh"] or found["ja"]
        return Amended(value) if _NAMES.search(value) else None
    return None


_NAMES: Final = re.compile(r"\d|^[^\W\d_a-zß-öø-ÿа-я]")
"""A number, or a name: what begins with a small letter is the beginning of a sentence."""


_STRAIGHT: Final = str.maketrans("’‘ʼ", "'''")
