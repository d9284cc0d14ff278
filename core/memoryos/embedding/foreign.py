"""How well the default model can read a text: it learned English, and its vocabulary hides what it does not know.

Every letter of French, Russian or Korean is in the vocabulary, so that hardly a piece of such a text is unknown; but
its words fall into many pieces, and a vector made of syllables means little. What tells is the script, the words that
are one piece, and the small words that every sentence of a language holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from tokenizers import Encoding, Tokenizer

_READ_CHARACTERS: Final = 2000
"""What a text is judged by: its beginning, so that a long one costs no more."""

_IDEOGRAPHS: Final = "\u2e80"
"""From here on one character says as much as several letters: Chinese, Japanese, Korean."""

_IDEOGRAPH_LETTERS: Final = 3

_SCRIPT_SLOPE: Final = (0.6, 0.2)
"""Letters of other scripts: unreadable from the first share on, no matter up to the second. Chinese with names of
programs in it is above, an English question about two Chinese characters below."""

_WHOLE_SLOPE: Final = (0.5, 0.9)
"""Letters in words of one piece, of those in Latin script: unreadable up to the first share, read from the second on.
Of the sets of `benchmarks/recall.py`, 99 of 100 English texts have 0.64 and more, most above 0.9; at the median French
ones have 0.36 and Indonesian ones 0.07."""

_UNKNOWN: Final = "[UNK]"

_FEW_WORDS: Final = 4

_ENGLISH_SHARE: Final = 0.25
_OTHER_SHARE: Final = 0.2
"""From these shares of words on, a language's small words decide: names and terms between them do not count."""

_ENGLISH_WORDS: Final = frozenset(
    "the and of is that it for with you your my what did does how when where who why which from this have has had are "
    "were be been would could should can about our we they their his her she there not at by if or as but than "
    "then".split()
)
"""Those that other languages of Latin script use as often are left out: was, on, in, me, do, to."""

_OTHER_WORDS: Final = frozenset(
    "je tu il elle nous vous le la les un une du des de et est suis ai dans pas pour que qui sur avec mon ma mes "
    "ich du er sie wir ihr der das den dem ein eine einen und ist nicht mit mein meine wie wo wann habe auf zu "
    "yo el los las una en con por para mi es que como donde cuando tengo "
    "saya aku kamu anda dia yang dan di ke dari untuk dengan ini itu tidak apa ada adalah "
    "io che di il per sono non ho mio os um uma com eu meu na nie jest się czy "
    "een het ik van niet mijn en jag är och det inte bir ve bu için".split()
)
"""Of French, German, Spanish, Indonesian, Italian, Portuguese, Polish, Dutch, Swedish and Turkish, but none that is
also frequent in English. Of languages that are left out the words in pieces tell."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of letters, in small ones, and whether the vocabulary has it as one piece."""

    text: str
    is_whole: bool

    @property
    def is_latin(self) -> bool:
        return all(character < "\u0250" or "\u1e00" <= character <= "\u1eff" for character in self.text)

    @property
    def letters(self) -> int:
        return len(self.text) * (_IDEOGRAPH_LETTERS if self.text >= _IDEOGRAPHS else 1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Tells how well the model of this tokenizer, which learned English, can read a text. Linear, about 0.1 ms."""

    tokenizer: Tokenizer

    def familiarity(self, text: str) -> float:
        """0-1: how far the model's vector of the text can be trusted."""
        text = text[:_READ_CHARACTERS]
        tokens = self.tokenizer.encode(text, add_special_tokens=False)
        words = _words(text, tokens)
        if not words:  # numbers, signs, emoji
            return 1.0 - tokens.tokens.count(_UNKNOWN) / max(1, len(tokens.tokens))
        return min(_script_familiarity(words), _word_familiarity([word for word in words if word.is_latin]))

    def is_foreign(self, text: str) -> bool:
        """Whether another model should read the text, if there is one."""
        return self.familiarity(text) < 0.5


def default_reader() -> Reader:
    """For the default model, whose tokenizer comes with this package; 20 ms."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(Path(__file__).with_name("tokenizer.json")))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Reader(tokenizer)


def _words(text: str, tokens: Encoding) -> list[_Word]:
    pieces = zip(tokens.word_ids, tokens.tokens, tokens.offsets, strict=True)
    words = []
    for _, of_word in groupby(pieces, key=lambda piece: piece[0]):
        _, names, places = zip(*of_word, strict=True)
        written = text[places[0][0] : places[-1][1]].lower()
        if written[:1].isalpha():
            # The model strips accents: a word that had one is another word to it.
            words.append(_Word(written, len(names) == 1 and names[0] != _UNKNOWN and written.isascii()))
    return words


def _script_familiarity(words: list[_Word]) -> float:
    other = sum(word.letters for word in words if not word.is_latin)
    return _slope(other / sum(word.letters for word in words), _SCRIPT_SLOPE)


def _word_familiarity(words: list[_Word]) -> float:
    if not words:
        return 1.0
    english = sum(word.text in _ENGLISH_WORDS for word in words) / len(words)
    other = sum(word.text in _OTHER_WORDS for word in words) / len(words)
    if english >= max(_ENGLISH_SHARE, other):
        return 1.0
    if other >= _OTHER_SHARE and other > english:
        return 0.0
    whole = sum(word.letters for word in words if word.is_whole)
    familiarity = _slope(whole / sum(word.letters for word in words), _WHOLE_SLOPE)
    if len(words) < _FEW_WORDS and other == 0 and all(word.text.isascii() for word in words):
        return max(0.5, familiarity)  # "OAuth", "pytest flags": names of things, in whatever language
    return familiarity


def _slope(share: float, ends: tuple[float, float]) -> float:
    """0 at the first end and beyond, 1 at the second and beyond, a line between."""
    zero, one = ends
    return min(1.0, max(0.0, (share - zero) / (one - zero)))
