"""What tells that something is not so, or no longer, and what remains of a sentence without it.

A denial ends what it leaves when its negation is taken away: "I no longer live in Berlin" leaves "I live in Berlin".
"""

from __future__ import annotations

from typing import Final

from memoryos.language.grammar import any_of, compiled
from memoryos.language.words import particulars, words

ASIDES: Final = frozenset(
    "hi hello hey yes yeah well so oh ok okay btw by the way actually and also now just thanks thank you there all"
    " everyone today bonjour salut oui hola hallo ja halo 你好 您好 大家好 嗨 对 是的 はい こんにちは".split()
)
"""Words beside a statement that add nothing to it."""
_ARTICLES: Final = frozenset("a an any un une des de d una ein eine einen einer einem".split())
"""Words that a denial has otherwise than what it ends: "j'ai un chien", "je n'ai plus de chien"."""

_ANSWERS: Final = r"(?! (?:i|saya|aku)\b)(?!我)"
"""Not where a "no" answers a question: "no I have two dogs"."""
_DENYING: Final = any_of(
    r"\s*\b(?:do(?= not\b)|don't|not|no longer|any ?more)\b|n't\b",
    r"(?<=\bj)e n(?=')|\s*\b(?:ne|pas|plus)\b|\bn'",
    rf"\s*\b(?:ya|no|nicht|kein(?:e[nmrs]?)?|mehr|sudah|tidak|bukan|lagi)\b{_ANSWERS}",
    rf"现在|已经|不再?{_ANSWERS}|没(?=有)|了",
    r"もう|(?:今|現在|最近)(?:は、?|、)",
)
"""What alone tells "I no longer live in Berlin", or the same in another language, from what it ends."""
_ABOUT_OTHERS: Final = any_of(
    r"\b(?:that|who|which|qui|que|yang)\b.*", r", (?:die|der|das|den|dem)\b.*", r"不[^，。]*的.*"
)
"""Where a denial is one of what is spoken of: "I like places that don't allow dogs" ends nothing."""
_NOT: Final = r"(?:ありません|ない(?:です|んです)?|なくなりました|なくなった(?:んです)?)"
_AFFIRMED: Final = (
    (rf"(?:では|じゃ){_NOT}", "です"),
    (rf"(?<=[てで])い?(?:ません|{_NOT})", "います"),
    (rf"(?<=アレルギー)[はが]{_NOT}", "があります"),
    (r"ません(?:でした)?", "ます"),
)
"""Japanese denies in the verb's ending, which is put back."""
_ONE_FORM: Final = (
    (r"(?i)'m\b", " am"),
    (r"(?i)'re\b", " are"),
    (r"(?i)'ve\b", " have"),
    (r"(?<=有)一?[只条个匹]", ""),
    (r"(?:私|僕|俺|わたし|ぼく)[はも]、?|(?<=[にでと])は|[はがを](?=[^はがを]*(?:です|ます|る)[よね]*[。！!]?$)", ""),
    (r"大(?=好き)|(?<=です)[よね]+|(?<=ます)[よね]+", ""),
    (r"(?<=[てで])(?:い?る|ます)(?=[。！!]?$)", "います"),
)
"""Ways of writing that tell nothing, each with the one form that statements are compared in."""


def undenied(text: str) -> str:
    """The text without what denies in it; also without what tells no more than that it is so now."""
    for denied, affirmed in () if text.isascii() else _AFFIRMED:
        text = compiled(denied).sub(affirmed, text)
    return compiled(f"(?i){_DENYING}").sub("", text).strip()


def denies(clause: str) -> bool:
    """Whether a clause says that something is not so."""
    own = compiled(f"(?i){_ABOUT_OTHERS}").sub("", clause)
    return particulars(own) != particulars(undenied(own))


def core(text: str) -> tuple[str, ...]:
    """The words of a clause and of all that deny it, in one form: two with the same core are about the same."""
    whole = undenied(text)
    for written, one in _ONE_FORM:
        whole = compiled(written).sub(one, whole)
    return tuple(word for word in words(whole) if word not in ASIDES and word not in _ARTICLES)
