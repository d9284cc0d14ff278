"""What the best candidates tell: a question that was asked before is no answer, however well it matches.

Every exchange is kept, so that what is asked again finds itself. A page that asks and whose answer holds nothing stands
behind all others. One that asks what the query asks, and was answered, counts by its answer alone; of several with the
same answer the newest counts, and for one that the person corrected the correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.language.asking import asks, corrects, tells_nothing
from memoryos.language.stems import stems, words_with_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Page, Vector
    from memoryos.retrieval.page_index import Outlines
    from memoryos.retrieval.query import Term
    from memoryos.retrieval.scoring import Signal
    from memoryos.storage.ports import SearchStore

_SAME_WORDS: Final = 0.7
"""A question asks the same if so much of the weight of the query's words stands in it,"""

_SAME_MEANING: Final = 0.7
"""or its embedding has this cosine to the query's."""

_ECHO: Final = 0.4
"""What an answer that was given before counts beside what the person told: it may be an echo of that."""

_SAME_ANSWER: Final = 0.5
"""The share of their words that the same answer in other words has in common."""

_OTHER_ANSWER: Final = 0.6
"""What each further answer to the same question counts, by the one before."""


@dataclass(slots=True)
class Telling:
    """What the candidates tell, as far as they were read: `told` 0-1 for each, 0 for one that tells nothing.

    `bm25` and `similarity` are the candidates' own, less what a page has from repeating the query; `answers` the
    similarity of the answer for rows whose question does not count.
    """

    store: SearchStore
    outlines: Outlines
    terms: Sequence[Term]
    vector: Vector | None
    is_statement: bool
    bm25: Signal
    similarity: Signal
    told: Signal
    pages: dict[int, Page] = field(default_factory=dict)
    answers: dict[int, float] = field(default_factory=dict)
    _asked: list[int] = field(default_factory=list)
    _judged: set[int] = field(default_factory=set)  # rows; `pages` also has those that follow them

    def read(self, rows: Sequence[int]) -> bool:
        """Read these candidates; whether what counts of any has changed."""
        seqs = self.outlines.seqs
        unread = [row for row in rows if row not in self._judged]
        if not unread:
            return False
        self._judged.update(unread)
        if missing := [int(seqs[row]) for row in unread if int(seqs[row]) not in self.pages]:
            self.pages.update(self.store.pages(missing))
        # Another thread may have brought the caches a page that was added after this one's snapshot.
        there = [row for row in unread if int(seqs[row]) in self.pages]
        empty = [row for row in there if tells_nothing(self._page(row).user_input, self._page(row).agent_response)]
        self._silence(empty)
        if self.is_statement:  # it continues a talk, and questions are part of that
            return bool(empty)
        asking = [row for row in there if self.told[row] and asks(self._page(row).user_input)]
        corrected = self._corrected(asking)
        repeated = self._repeating([row for row in asking if row not in corrected])
        if repeated:
            self._asked += repeated
            self._count_answers()
        return bool(empty or corrected or repeated)

    def _page(self, row: int) -> Page:
        return self.pages[int(self.outlines.seqs[row])]

    def _silence(self, rows: Sequence[int]) -> None:
        self.told[rows] = 0.0
        self.bm25[rows] = 0.0
        self.similarity[rows] = -1.0

    def _repeating(self, rows: Sequence[int]) -> list[int]:
        """Those of some questions that ask what the query asks; their similarity is that of their answers from now."""
        if not rows:
            return []
        cosines = self._sides(rows)
        repeating = []
        for row, (of_question, of_answer) in zip(rows, cosines, strict=True):
            share = self._share(self._page(row).user_input)
            if share < _SAME_WORDS and not of_question >= _SAME_MEANING:
                continue
            repeating.append(row)
            self.answers[row] = float(of_answer)
            self.similarity[row] = of_answer
            self.bm25[row] *= self._share(self._page(row).agent_response)
        return repeating

    def _sides(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """float32[len(rows), 2]: the cosines of the two sides to the query; NaN where there is none."""
        best = np.full((len(rows), 2), np.nan, dtype=np.float32)
        if self.vector is not None:
            sides = self.store.side_vectors([int(self.outlines.seqs[row]) for row in rows])
            similarity = np.einsum("ij,j->i", sides.vectors, self.vector)
            np.fmax.at(best, (sides.rows, sides.of_agent.astype(np.intp)), similarity)
        return best

    def _share(self, text: str) -> float:
        """How much of the weight of the query's words a text has, 0-1."""
        said = frozenset(stems(text))
        whole = sum(term.weight for term in self.terms)
        return sum(term.weight for term in self.terms if term.word.stem in said) / whole if whole else 0.0

    def _count_answers(self) -> None:
        """Let the newest of the same answers count, and others by what they add."""
        answers: list[frozenset[str]] = []
        for row in sorted(self._asked, key=lambda row: -int(self.outlines.happened_at[row])):
            if self.told[row] == 0.0:
                continue
            answer = frozenset(stems(self._page(row).agent_response))
            if any(_alike(answer, known) for known in answers):
                self._silence([row])
            else:
                self.told[row] = _ECHO * _OTHER_ANSWER ** len(answers)
                answers.append(answer)

    def _corrected(self, rows: Sequence[int]) -> list[int]:
        """Those after which the person said that it is wrong: what comes after answers in their place."""
        places, talks, seqs = self.outlines.places, self.outlines.talks, self.outlines.seqs
        followed = [
            row
            for row in rows
            if row + 1 < len(seqs) and talks[row + 1] == talks[row] and places[row + 1] == places[row] + 1
        ]
        if unread := [int(seqs[row + 1]) for row in followed if int(seqs[row + 1]) not in self.pages]:
            self.pages.update(self.store.pages(unread))
        corrected = [
            row
            for row in followed
            if (page := self.pages.get(int(seqs[row + 1]))) is not None and corrects(page.user_input)
        ]
        for row in corrected:
            self.bm25[row + 1] = max(self.bm25[row + 1], self.bm25[row])
            self.similarity[row + 1] = np.fmax(self.similarity[row + 1], self.similarity[row])
        self._silence(corrected)
        return corrected


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME_ANSWER * max(1, len(one | other))


_SHORTEST_BEGINNING: Final = 3


def forms_shared(asked: str, told: str) -> float:
    """The share of a query's words that begin like a word of the text: what is left to go by in a language that
    nothing here can stem, where the model is blind and no word stands in the memory as it was asked."""
    beginnings = {written[: max(_SHORTEST_BEGINNING, -(-len(written) // 2))] for written in _written(asked)}
    if not beginnings:
        return 0.0
    said = tuple(_written(told))
    return sum(any(word.startswith(each) for word in said) for each in beginnings) / len(beginnings)


def _written(text: str) -> set[str]:
    words = (word.written for word in words_with_stems(text))
    return {written for written in words if len(written) >= _SHORTEST_BEGINNING}
