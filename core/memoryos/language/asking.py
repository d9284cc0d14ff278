"""Whether somebody asks or tells: questions, key words, and answers that tell nothing.

Every exchange is kept, so that a question which found no answer stands in the memory as a page that matches it better
than the answer does. The tables are those of the languages (`Asking`), all tried at once: a text does not say which
language it is in, and a phrase of one is seldom the word of another.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal

from memoryos.language.registry import ASKINGS
from memoryos.language.tokens import tokens, words
from memoryos.language.words import SPACED, cjk_share, sentences

Kind = Literal[
    "question_words", "question_verbs", "speaking", "unknown", "offers", "fillers", "but", "corrections", "collecting"
]

_KINDS: Final[tuple[Kind, ...]] = (
    "question_words",
    "question_verbs",
    "speaking",
    "unknown",
    "offers",
    "fillers",
    "but",
    "corrections",
    "collecting",
)

_Judge = Callable[[str], bool]

_LONGEST_QUESTION: Final = 600
_LONGEST_ANSWER: Final = 1_000
"""In characters: what is longer tells something."""

_REMEMBERED: Final = 2_048
"""Pages whose judgement, 50 us, is not made again: the same ones come near for many queries."""

_LONGEST_FILLER: Final = 40

_KEY_WORDS: Final = 12
_KEY_CHARACTERS: Final = 16
"""Key words are at most so many, or so many characters in a script without spaces."""

_SHORTEST_SEVERAL: Final = 5
"""A plural is longer than "does"."""

_OPENING: Final = 2
"""A question word is among the first words: "in which city"."""

_ASKED: Final = ("?", "？", "؟")
_CLOSING: Final = "\"'”’»)]*」』）》 "
_SAID: Final = (".", "!", "…", "。", "！", "｡", ":", "：")
_TAG: Final = re.compile(r"\W*\w[^.?!。？！\n:：]{0,30}[:：]\s*\S")
_CLAUSE: Final = re.compile("[,;，、；]")
_ASKING_END: Final = re.compile(r"(?:[吗嗎呢]|ですか|ますか|でしたか|ましたか|でしょうか|까|나요|가요)[。．.｡]?$")


def is_talk(text: str) -> bool:
    """Whether less than half of the sentences ask: somebody talks instead of looking for something.

    A question needs no mark: its first word tells it, and key words are no talk.
    """
    said = sentences(text)
    return sum(map(_is_question, said)) < len(said) / 2 and not all(map(_looks, said))


@functools.lru_cache(maxsize=_REMEMBERED)
def tells_nothing(user_input: str, agent_response: str) -> bool:
    """Whether a page is a question and an answer that holds nothing: none, unknown, an apology, a question back."""
    if len(user_input) > _LONGEST_QUESTION or len(agent_response) > _LONGEST_ANSWER:
        return False
    if not agent_response.strip():
        return asks(user_input)
    if not _only(user_input, _looks):  # most often not, and that is soon seen
        return False
    answered = sentences(agent_response)
    if not all(map(_is_empty, answered)):
        return False
    # Key words only with an answer that says outright that it does not know.
    return asks(user_input) or any(_has(sentence, "unknown") for sentence in answered)


@functools.lru_cache(maxsize=_REMEMBERED)
def asks(text: str) -> bool:
    """Whether a text is questions and nothing else but greetings.

    One with a sender before it ("Tom: where are you?") is a message to somebody and tells of them.
    """
    return not _TAG.match(text) and _only(text, _is_question)


def corrects(text: str) -> bool:
    """Whether a text begins by saying that what was said before is wrong."""
    said = sentences(text[:_LONGEST_QUESTION])
    return bool(said) and any(begin == 0 for begin, _ in _found(_tokens(said[0]), "corrections"))


def collects(text: str) -> bool:
    """Whether somebody wants all that there is of something, of which many pages tell a part: "which books have I
    read", "how often was I there", "all my trips"."""
    if is_talk(text):
        said = _tokens(text)[: _KEY_WORDS + 1]
        return len(said) <= _KEY_WORDS and any(begin == 0 for begin, _ in _found(said, "collecting"))
    return any(_has(each, "collecting") or _asks_for_several(each) for each in sentences(text))


def _asks_for_several(sentence: str) -> bool:
    """Whether a question word stands before a word in -s: "what books", "qué libros"; "does" and "his" are shorter."""
    return any(
        one in _counted() and len(other) >= _SHORTEST_SEVERAL and other.endswith("s") and not other.endswith("ss")
        for one, other in itertools.pairwise(_tokens(sentence))
    )


@functools.cache
def _counted() -> frozenset[str]:
    return frozenset(word for asking in ASKINGS if asking.counted for word in words(asking.counted.replace("|", " ")))


def as_the_person(text: str) -> str:
    """The text in the words of the one whose memory it is, whom agents call "the user"; itself if nothing is left."""
    rest = _person().sub(_first_person, text)
    return rest if _LETTER.search(_person().sub("", text)) else text


_LETTER: Final = re.compile(r"\w")


def _first_person(match: re.Match[str]) -> str:
    """In English, which the default embedder reads, "my" and "I"; nothing elsewhere."""
    written = match[0].lower().split()
    if written[-1:] == ["user"]:
        return "I" if len(written) > 1 else "my"
    return "my" if written[-1][:4] == "user" else ""


def _only(text: str, asking: _Judge) -> bool:
    asked = False
    for sentence in sentences(text):
        if asking(sentence):
            asked = True
        elif len(sentence) > _LONGEST_FILLER or not _is_filler(_tokens(sentence)):
            return False
    return asked


def _looks(sentence: str) -> bool:
    """Whether a sentence asks, or is key words."""
    return _is_question(sentence) or _is_key_words(sentence)


def _is_question(sentence: str) -> bool:
    end = sentence.rstrip(_CLOSING)
    if end.endswith(_ASKED) or _ASKING_END.search(end):
        return True
    if end.endswith(_SAID):
        return False
    return _begins_question(_tokens(sentence), sentence)


def _begins_question(said: tuple[str, ...], sentence: str) -> bool:
    unspaced = cjk_share(sentence) > 0.5
    if any(unspaced or begin < _OPENING for begin, _ in _found(said, "question_words")):
        return True
    return any(begin == 0 for begin, _ in _found(said, "question_verbs"))


def _is_key_words(sentence: str) -> bool:
    if sentence.rstrip(_CLOSING).endswith(_SAID):
        return False
    said = _tokens(sentence)
    most = _KEY_CHARACTERS if cjk_share(sentence) > 0.5 else _KEY_WORDS
    return len(said) <= most and not any(True for _ in _found(said, "speaking"))


def _is_empty(sentence: str) -> bool:
    """Whether a sentence of an answer holds nothing of what was asked."""
    said = _tokens(sentence)
    if _is_filler(said):
        return True
    if _is_question(sentence):
        # "Fruit, and you?" answers before it asks back.
        first = _CLAUSE.split(sentence, maxsplit=1)[0]
        return first == sentence or _is_empty_part(_tokens(first)) or _begins_question(_tokens(first), first)
    # What follows a "but" may tell something after all.
    end = 0
    for begin, stop in (*_found(said, "but"), (len(said), len(said))):
        if begin > end and not _is_empty_part(said[end:begin]):
            return False
        end = max(end, stop)
    return True


def _is_empty_part(said: tuple[str, ...]) -> bool:
    return any(True for kind in _NOTHING for _ in _found(said, kind)) or _is_filler(said)


_NOTHING: Final[tuple[Kind, ...]] = ("unknown", "offers")


def _is_filler(said: tuple[str, ...]) -> bool:
    """Whether fillers cover all of it."""
    covered = 0
    for begin, stop in _found(said, "fillers"):
        if begin > covered:
            return False
        covered = max(covered, stop)
    return covered >= len(said)


def _has(sentence: str, kind: Kind) -> bool:
    return any(True for _ in _found(_tokens(sentence), kind))


def _found(said: tuple[str, ...], kind: Kind) -> Iterator[tuple[int, int]]:
    """Where phrases of a kind stand, by their first word."""
    phrases = _phrases(kind)
    for begin, word in enumerate(said):
        for phrase in phrases.get(word, ()):
            if said[begin : begin + len(phrase)] == phrase:
                yield begin, begin + len(phrase)


@functools.lru_cache(maxsize=64)
def _tokens(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, which one judgement after the other is made of."""
    return tuple(token.word for token in tokens(sentence) if token.kind != "mark")


@functools.cache
def _phrases(kind: Kind) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The phrases of all languages by their first word, in the words they are compared by."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for asking in ASKINGS:
        for phrase in getattr(asking, kind).split("|"):
            said = words(phrase)
            found.setdefault(said[0], set()).add(said)
    return {first: tuple(sorted(each)) for first, each in found.items()}


@functools.cache
def _person() -> re.Pattern[str]:
    """Names of the person anywhere; a word that is often part of another thing's name, only where the text begins."""
    anywhere, leading = set[str](), set[str]()
    for asking in ASKINGS:
        names = asking.person.split("|")
        have_articles = any(" " in name or "'" in name for name in names)
        for name in names:
            (leading if have_articles and name.isalpha() else anywhere).add(name)
    unspaced = {name for name in anywhere if cjk_share(name) > 0}
    return re.compile(
        rf"(?<!{SPACED})(?:{_any_of(anywhere - unspaced)}|(?:(?<=^)|(?<=^\s)){_any_of(leading)})(?:['’]s)?(?![\w-])"
        rf"|{_any_of(unspaced)}(?!{_PARTS_OF_NAMES})[的の]?",
        re.IGNORECASE,
    )


_PARTS_OF_NAMES: Final = (
    "名|界面|体验|體驗|组|組|数据|登录|注册|手册|表|端|インターフェース|登録|体験|인터페이스|등록|경험"
)
"""What follows "user" in the names of other things: "user name", "user interface"."""


def _any_of(names: set[str]) -> str:
    longest_first = sorted(sorted(names), key=len, reverse=True)
    patterns = (re.escape(name).replace("'", "['’]") for name in longest_first)
    return f"(?:{'|'.join(patterns)})"
