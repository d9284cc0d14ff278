"""Denials: how people say that something is not so, or no longer, and the statement that a denial ends.

A denial ends the statement that is left without its negation: "I no longer live in Berlin" ends "I live in Berlin".
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
"""Articles, in which a denial may differ from what it ends: "j'ai un chien", "je n'ai plus de chien"."""

_ANSWERS: Final = r"(?! (?:i|saya|aku)\b)(?!我)"
"""A "no" before these answers a question and denies nothing: "no I have two dogs"."""
_DENYING: Final = any_of(
    r"\s*\b(?:do(?= not\b)|don't|not|no longer|any ?more)\b|n't\b",
    r"(?<=\bj)e n(?=')|\s*\b(?:ne|pas|plus)\b|\bn'",
    rf"\s*\b(?:ya|no|nicht|kein(?:e[nmrs]?)?|mehr|sudah|tidak|bukan|lagi)\b{_ANSWERS}",
    rf"现在|已经|不再?{_ANSWERS}|没(?=有)|了",
    r"もう|(?:今|現在|最近)(?:は、?|、)",
)
"""The words of negation; without them "I no longer live in Berlin" is "I live in Berlin"."""
_ABOUT_OTHERS: Final = any_of(
    r"\b(?:that|who|which|qui|que|yang)\b.*", r", (?:die|der|das|den|dem)\b.*", r"不[^，。]*的.*"
)
"""Relative clauses, whose denials end nothing: "I like places that don't allow dogs"."""
_NOT: Final = r"(?:ありません|ない(?:です|んです)?|なくなりました|なくなった(?:んです)?)"
_AFFIRMED: Final = (
    (rf"(?:では|じゃ){_NOT}", "です"),
    (rf"(?<=[てで])い?(?:ません|{_NOT})", "います"),
    (rf"(?<=アレルギー)[はが]{_NOT}", "があります"),
    (r"ません(?:でした)?", "ます"),
)
"""Japanese denies by the ending of the verb: each negative ending with its affirmative one."""
_ONE_FORM: Final = (
    (r"(?i)'m\b", " am"),
    (r"(?i)'re\b", " are"),
    (r"(?i)'ve\b", " have"),
    (r"(?<=有)一?[只条个匹]", ""),
    (r"(?:私|僕|俺|わたし|ぼく)[はも]、?|(?<=[にでと])は|[はがを](?=[^はがを]*(?:です|ます|る)[よね]*[。！!]?$)", ""),
    (r"大(?=好き)|(?<=です)[よね]+|(?<=ます)[よね]+", ""),
    (r"(?<=[てで])(?:い?る|ます)(?=[。！!]?$)", "います"),
)
"""Spellings without a difference in meaning, each with the form in which statements are compared."""


def undenied(text: str) -> str:
    """The text without its words of negation, and without words that only say "now"."""
    for denied, affirmed in () if text.isascii() else _AFFIRMED:
        text = compiled(denied).sub(affirmed, text)
    return compiled(f"(?i){_DENYING}").sub("", text).strip()


def denies(clause: str) -> bool:
    """Whether a clause says that something is not so."""
    own = compiled(f"(?i){_ABOUT_OTHERS}").sub("", clause)
    return particulars(own) != particulars(undenied(own))


def core(text: str) -> tuple[str, ...]:
    """The words of a clause without negation, in one form: a clause and its denial have the same core."""
    whole = undenied(text)
    for written, one in _ONE_FORM:
        whole = compiled(written).sub(one, whole)
    return tuple(word for word in words(whole) if word not in ASIDES and word not in _ARTICLES)
