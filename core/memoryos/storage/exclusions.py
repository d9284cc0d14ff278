"""What is never to be remembered: the rule by which a text speaks of it, the same for every store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from memoryos.language.stems import Word, stems, words_with_stems
from memoryos.language.words import content_words, sentences
from memoryos.models import OF_PROJECT

if TYPE_CHECKING:
    from typing_extensions import Self

REFUSAL: Final = (
    "nothing was stored: this speaks of what the user wishes never to be remembered (a rule that the person set; they "
    "can see and lift it). Go on without storing it"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is excluded, as the person wrote it: a project, or the stems that a sentence about it holds, all of them."""

    about: str
    words: tuple[Word, ...]
    stems: frozenset[str]
    project: str | None = None

    @classmethod
    def of(cls, about: str) -> Self:
        """The rule for some words; "my divorce" is about divorce, whatever its case and ending.

        "project:acme" is about all that belongs to the project acme.
        """
        if about.startswith(OF_PROJECT):
            return cls(about, (), frozenset(), about.removeprefix(OF_PROJECT))
        words = tuple(words_with_stems(" ".join(content_words(about))) or words_with_stems(about))
        return cls(about, words, frozenset(word.stem for word in words))

    def covers(self, text: str) -> bool:
        """Whether one sentence of a text holds all words of the rule."""
        if not self.stems or not self.stems.issubset(stems(text)):  # the whole text at once: nearly always the answer
            return False
        return any(self.stems.issubset(stems(sentence)) for sentence in sentences(text) or (text,))


@dataclass(frozen=True, slots=True)
class Exclusions:
    """All rules of a memory; where `everything` is so they cover whatever is said."""

    rules: tuple[Rule, ...] = ()
    everything: bool = False

    @classmethod
    def of(cls, words: Iterable[str]) -> Self:
        """The rules for these words, a rule each."""
        return cls(tuple(map(Rule.of, words)))

    def within(self, project: str | None) -> Self:
        """The rules as they hold for what belongs to a project (None: for what is personal)."""
        if project is None or all(rule.project != project for rule in self.rules):
            return self
        return replace(self, everything=True)

    def cover(self, texts: Sequence[str]) -> bool:
        """Whether one of the texts speaks of what is excluded."""
        return self.everything or any(rule.covers(text) for rule in self.rules for text in texts)
