"""Dialogue made up or mixed from a seed, as much as is wanted: for speed, where lengths and words matter."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from benchmarks.common.conversations import Conversation, Exchange

_FIRST = datetime(2024, 1, 1, 8, 0)  # noqa: DTZ001 - written without a zone, as dialogues are
_APART = timedelta(minutes=17)

_USER = (
    "Hey, I spent the weekend with the {} and we finally talked about a {} and its {}.",
    "I have been thinking about the {} since you told me that {} comes before {}.",
    "My plan is to have the {} done soon, and the {} will help me with my {}.",
    "Honestly, I was nervous about {}, but it went better with the {} than without any {}.",
    "What would you do about {} and {} if you had my {}?",
)
_AGENT = (
    "That sounds good! Start with the {} and leave the {} for later, when there is {}.",
    "I would ask about {} first, because the {} is easier to reach than the {}.",
    "Being nervous is fine. You did the hard part when you chose {} over {} and {}.",
    "If the {} takes longer than the {}, let them do it with their own {}.",
)
_SLOTS = 3
_USER_SENTENCES, _AGENT_SENTENCES = 2, 2

_NOUNS = """
    apple arch badge bank barn bath beach bean bear bell bench bike bird boat bone book boot bowl box bread brick bridge
    brush cake camp candle card cat chair cheese church clay cliff clock cloud coach coal coat coin cook corn court cow
    crane crown cup deer desk dish dog door dove drum duck dust ear egg farm feast fence field film fire fish flag flock
    flower fog forest fork fox frame frog fruit garden gate ghost glass glove goat gold grain grape grass guard hall ham
    hand harbor hat hawk hay heart hedge hill hook horn horse house ink iron island jam jar jewel juice key king kite
    knot lace lake lamp land lane leaf lemon letter light lion map maple market mask meadow milk mill mine mirror moon
    moss mouse mud nail nest night nut oak ocean olive
"""
_NOUN_LIST = _NOUNS.split()
_DISTINCT = len(_NOUN_LIST) * (len(_NOUN_LIST) + 1)
"""Nouns by themselves and in pairs: 19,740."""


class Talk(Protocol):
    """As many pages as are wanted, and questions about them, always the same by their number."""

    def page(self, number: int) -> Exchange:
        """The page with that number, from 0."""

    def question(self, number: int, pages: int) -> str:
        """The question with that number, about one of the first `pages` pages."""


@dataclass(frozen=True, slots=True)
class MixedDialogue:
    """Real talks taken apart: what one side says on any page, and what the other says on any page of the same talk.

    Questions are the real ones.
    """

    talks: Sequence[Conversation]
    seed: int = 1

    def page(self, number: int) -> Exchange:
        """The page with that number, from 0."""
        chance = random.Random(f"{self.seed}/{number}")
        pages = chance.choices(self.talks, [len(talk.pages) for talk in self.talks])[0].pages
        asked = chance.choice([page.user_input for page in pages if page.user_input])
        answered = chance.choice([page.agent_response for page in pages])
        return Exchange(str(number), asked, answered, _time(number))

    def question(self, number: int, pages: int) -> str:
        """The question with that number; it may have no answer on the first `pages` pages."""
        chance = random.Random(f"{self.seed}?{number}")
        return chance.choice([question.text for talk in self.talks for question in talk.questions])


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Page n of a seed is always the same, and as long as one of a talk between friends: some 65 words.

    The n-th most frequent of its nouns is n times rarer than the first (Zipf), which decides how many pages a search
    by words must look at. A question names three nouns of a page: the rarest in 0.1 % of all pages, the next in 1 %,
    which is no easier than LoCoMo's questions on LoCoMo's pages (0.2 %, 0.8 %).
    """

    seed: int = 1

    def page(self, number: int) -> Exchange:
        """The page with that number, from 0."""
        chance = random.Random(f"{self.seed}/{number}")
        nouns = self._nouns(number)
        sentences = (*chance.sample(_USER, _USER_SENTENCES), *chance.sample(_AGENT, _AGENT_SENTENCES))
        filled = [
            sentence.format(*nouns[place * _SLOTS : (place + 1) * _SLOTS]) for place, sentence in enumerate(sentences)
        ]
        return Exchange(
            id=str(number),
            user_input=" ".join(filled[:_USER_SENTENCES]),
            agent_response=" ".join(filled[_USER_SENTENCES:]),
            timestamp=_time(number),
        )

    def question(self, number: int, pages: int) -> str:
        """The question with that number, about one of the first `pages` pages."""
        chance = random.Random(f"{self.seed}?{number}")
        nouns = chance.sample(self._nouns(chance.randrange(pages)), _SLOTS)
        return "What did you say about the {}, and had it to do with the {} or the {}?".format(*nouns)

    def _nouns(self, number: int) -> list[str]:
        """The nouns of a page, in order."""
        chance = random.Random(f"{self.seed}:{number}")
        return [_noun(chance) for _ in range((_USER_SENTENCES + _AGENT_SENTENCES) * _SLOTS)]


def _time(number: int) -> str:
    """When the page with that number happened."""
    return f"{_FIRST + number * _APART:%Y-%m-%d %H:%M:%S}"


def _noun(chance: random.Random) -> str:
    """A noun by Zipf's law: the most frequent ones are words, the others two words in one."""
    first, second = divmod(int(_DISTINCT ** chance.random()) - 1, len(_NOUN_LIST))
    return _NOUN_LIST[second] if first == 0 else _NOUN_LIST[first - 1] + _NOUN_LIST[second]
