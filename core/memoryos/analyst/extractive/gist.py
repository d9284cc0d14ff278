"""What pages are about, told in their own words: keywords, a title, central sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import fsum, sqrt
from typing import TYPE_CHECKING, Final

from memoryos.language.words import cjk_share, content_words, folded, sentences, words
from memoryos.models import Topic

if TYPE_CHECKING:
    from memoryos.models import Page

MAX_KEYWORDS: Final = 8
MAX_TITLE_KEYWORDS: Final = 3
MAX_TITLE_CHARS: Final = 60
MAX_SENTENCE_CHARS: Final = 199
"""Two sentences and the line break between them fit in a summary of `MAX_SUMMARY_CHARS`."""
MAX_SUMMARY_CHARS: Final = 400
MAX_PHRASE_CHARS: Final = 6
MAX_SIDE_CHARS: Final = 1500
"""Only so many characters of a side are read: a text says early what it is about, and a batch costs milliseconds."""

_ASIDE: Final = re.compile(r"\([^()]*\)")
_SPELLED: Final = re.compile(r"[^\W_]+")
_REACTION: Final = re.compile(r"(?:that's|it's|what an?|so|how|wow|thanks?|congrats|glad|sounds)\b", re.IGNORECASE)
_QUESTION: Final = re.compile(r"[?？]|[吗呢]。?$")
_MARKUP: Final = re.compile(r"^(?:[-*•#>|`(\[]|\d+[.)]\s)|[:：]\**$")
_ADDRESSED: Final = re.compile(
    r"(?:^|[,，!.]\s*|\b(?:[Hh]ey|[Hh]i|[Hh]ello|[Tt]hanks|[Yy]eah|[Ww]ow) )(\w+)(?=[,，!.?]|$)"
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    page: int
    text: str
    words: frozenset[str]
    by_user: bool


class Reading:
    """A batch of pages, read once. Pages are given by their positions in the batch."""

    def __init__(self, pages: Sequence[Page]) -> None:
        sides = [(at, side, by_user) for at, page in enumerate(pages) for side, by_user in _sides(page)]
        self._texts = ["\n".join(side for page, side, _ in sides if page == at) for at in range(len(pages))]
        self._sides = [(at, frozenset(content_words(_ASIDE.sub(" ", side)))) for at, side, _ in sides]
        self._sentences = [
            _Sentence(at, text, said.intersection(words(text)), by_user)
            for (at, side, by_user), (_, said) in zip(sides, self._sides, strict=True)
            for text in _whole_sentences(side)
        ]
        self._sides_with = Counter(word for _, said in self._sides for word in said)

    def words_of(self, page: int) -> frozenset[str]:
        """The content words of one page, both sides together."""
        return frozenset[str]().union(*(said for at, said in self._sides if at == page))

    def topic(self, pages: tuple[int, ...]) -> Topic:
        """These pages as a topic: title, keywords and summary in the words of the talk.

        The title is the first keywords as they are spelled, or the beginning of the talk. Keywords are in lower case,
        so that keywords of two batches can be compared. The summary is one to three central sentences, a line each.
        """
        keywords = self._keywords(pages)
        separator = "、" if cjk_share("".join(keywords)) > 0.5 else ", "
        title = separator.join(keywords[:MAX_TITLE_KEYWORDS]) or self._opening(pages)
        lines = self.central(pages, 3 if len(pages) > 1 else 2)
        while len("\n".join(lines)) > MAX_SUMMARY_CHARS:
            lines = lines[:-1]
        summary = "\n".join(lines) or shortened(self._opening(pages), MAX_SENTENCE_CHARS)
        return Topic(shortened(title, MAX_TITLE_CHARS), tuple(map(str.lower, keywords)), summary, pages)

    def central(self, pages: Collection[int], count: int, *, without: Collection[str] = ()) -> tuple[str, ...]:
        """Up to `count` sentences that tell most about these pages, in order of talk, none of them in `without`.

        A sentence longer than `MAX_SENTENCE_CHARS` is taken only where there is no other, and cut at a space.
        """
        weights = self._weights(pages)
        scores = {
            at: _score(sentence, weights)
            for at, sentence in enumerate(self._sentences)
            if sentence.page in pages and sentence.text not in without
        }
        chosen: list[int] = []
        for at in sorted(scores, key=lambda at: -scores[at]):
            if len(chosen) < count and not any(self._repeats(at, other) for other in chosen):
                chosen.append(at)
        return tuple(dict.fromkeys(shortened(self._sentences[at].text, MAX_SENTENCE_CHARS) for at in sorted(chosen)))

    def _keywords(self, pages: Collection[int]) -> tuple[str, ...]:
        """Up to `MAX_KEYWORDS` words, as spelled, that many sides of these pages hold and few sides of others."""
        weights = self._weights(pages)
        likely = sorted(weights, key=lambda word: (-weights[word], word))[: 6 * MAX_KEYWORDS]
        ranked = sorted(likely, key=lambda word: -weights[word] * self._shape(word))
        text = "\n".join(self._texts[page] for page in pages)
        found: dict[str, str] = {}
        for word in _phrases(ranked, text):
            if not {word, word.removesuffix("s"), f"{word}s"} & found.keys():
                found[word] = self._spellings.get(word, word)
        return tuple(found.values())[:MAX_KEYWORDS]

    def _weights(self, pages: Collection[int]) -> dict[str, float]:
        """How much each word stands for these pages: the sides that hold it, less where other pages do too."""
        here = Counter(word for at, said in self._sides if at in pages for word in said)
        return {word: count * sqrt(count / self._sides_with[word]) for word, count in here.items()}

    def _shape(self, word: str) -> float:
        """A factor for how a word looks: names stand for a topic, very short words seldom do."""
        spelled = self._spellings.get(word, word)
        if word in self._addressed:
            return 0.3
        if spelled[:1].isupper():
            return 1.5
        return 0.6 if word.isascii() and len(word) < 4 else 1.0

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """For each word its most frequent spelling; a capital at the beginning of a sentence does not count."""
        first, inner = Counter[str](), Counter[str]()
        for sentence in self._sentences:
            spelled = _SPELLED.findall(sentence.text)
            first.update(spelled[:1])
            inner.update(spelled[1:])
        once = {spelled.lower(): 1 for spelled, count in first.items() if count == 1}
        often = {spelled: count for spelled, count in first.items() if count > 1}
        rising = (sorted(counted, key=counted.__getitem__) for counted in (once, often, inner))
        return {folded(spelled): spelled for counted in rising for spelled in counted}

    @cached_property
    def _addressed(self) -> frozenset[str]:
        """The names by which speakers address each other; they make no topic."""
        names = [name for text in self._texts for name in _ADDRESSED.findall(text) if name[:1].isupper()]
        return frozenset(folded(name) for name, count in Counter(names).items() if count > 1)

    def _repeats(self, at: int, other: int) -> bool:
        mine, theirs = self._sentences[at].words, self._sentences[other].words
        return len(mine & theirs) > 0.5 * min(len(mine), len(theirs))

    def _opening(self, pages: Collection[int]) -> str:
        return next((self._texts[page].split("\n")[0] for page in pages if self._texts[page]), "")


def _sides(page: Page) -> Iterator[tuple[str, bool]]:
    """What was said on a page, and whether the user said it."""
    for side, by_user in ((page.user_input.strip(), True), (page.agent_response.strip(), False)):
        if side:
            yield side[:MAX_SIDE_CHARS], by_user


def _whole_sentences(side: str) -> tuple[str, ...]:
    """The sentences of a side; the last one is left out where the side was cut within it."""
    found = sentences(side)
    return found[:-1] if len(side) == MAX_SIDE_CHARS and len(found) > 1 else found


def _score(sentence: _Sentence, weights: Mapping[str, float]) -> float:
    """How much a sentence tells: the weight of its words, less for questions, markup, small talk and excess length."""
    # fsum gives the same last bit whatever the order of the words, which a set does not keep.
    score = fsum(weights[word] for word in sentence.words) / sqrt(len(sentence.words) + 1)
    if _QUESTION.search(sentence.text) or _MARKUP.search(sentence.text):
        score *= 0.3
    if len(sentence.words) < 3 or _REACTION.match(sentence.text):
        score *= 0.5
    if len(sentence.text) > MAX_SENTENCE_CHARS:
        score *= 0.1
    return score * (1.2 if sentence.by_user else 1.0)


def _phrases(ranked: Sequence[str], text: str) -> Iterator[str]:
    """The words in their order; pairs of an unspaced script that overlap and mostly stand together are joined."""
    used: set[str] = set()
    pairs = [word for word in ranked if len(word) == 2 and not word.isascii()]
    for word in ranked:
        if word in used:
            continue
        phrase = word
        for _ in range(MAX_PHRASE_CHARS if word in pairs else 0):
            grown = next((g for g in _grown(phrase, pairs, used) if 2 * text.count(g) > text.count(phrase)), None)
            if grown is None or len(grown) > MAX_PHRASE_CHARS:
                break
            phrase = grown
            used.update(map("".join, pairwise(phrase)))
        used.add(word)
        yield phrase


def _grown(phrase: str, pairs: Sequence[str], used: set[str]) -> Iterator[str]:
    for pair in pairs:
        if pair not in used and pair[0] == phrase[-1]:
            yield phrase + pair[1]
        if pair not in used and pair[1] == phrase[0]:
            yield pair[0] + phrase


def shortened(text: str, max_chars: int) -> str:
    """The text up to a space, `max_chars` characters at most."""
    if len(text) <= max_chars:
        return text
    head = text[:max_chars]
    return head.rsplit(" ", 1)[0].strip() or head
