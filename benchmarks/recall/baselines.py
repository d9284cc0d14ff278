"""One signal alone each, words, meaning or the newest pages, and the usual fusion of the first two."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
import weakref
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common.conversations import Exchange

if TYPE_CHECKING:
    from benchmarks.recall.methods import Ranker
    from memoryos.embedding import Embedder
    from memoryos.models import Matrix

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"\w+")
_EMBED_BATCH = 64


class Words:
    """BM25 alone: SQLite's FTS5 with the Porter stemmer, unspaced scripts as characters and their pairs."""

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        weakref.finalize(self, self._database.close)
        self._database.execute(
            "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._count = 0

    def add(self, page: Exchange) -> None:
        text = segmented(page_text(page))
        self._database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (self._count, text))
        self._count += 1

    def settle(self) -> None:
        """Return at once: what was added is found."""

    def rank(self, question: str, limit: int) -> list[int]:
        words = dict.fromkeys(_WORD.findall(segmented(question).casefold()))
        if not words:
            return []
        query = " OR ".join(f'"{word}"' for word in words)
        rows = self._database.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words), rowid LIMIT ?", (query, limit)
        )
        return [number for (number,) in rows]


class Meaning:
    """Cosine alone, between the question and a page's best window, by the library's embedder.

    `embedded` holds the vectors of texts; rankers that share it embed none twice.
    """

    def __init__(self, embedder: Embedder, embedded: dict[str, Matrix] | None = None) -> None:
        self._embedder = embedder
        self._embedded = {} if embedded is None else embedded
        self._waiting: list[str] = []
        self._pages: list[Matrix] = []

    def add(self, page: Exchange) -> None:
        self._waiting.append(page_text(page))

    def settle(self) -> None:
        unknown = [text for text in dict.fromkeys(self._waiting) if text not in self._embedded]
        for start in range(0, len(unknown), _EMBED_BATCH):
            batch = unknown[start : start + _EMBED_BATCH]
            windows = [self._embedder.windows(text) for text in batch]
            vectors = self._embedder.embed([window for of_page in windows for window in of_page])
            ends = np.cumsum([len(of_page) for of_page in windows])[:-1]
            self._embedded.update(zip(batch, np.split(vectors, ends), strict=True))
        self._pages.extend(self._embedded[text] for text in self._waiting)
        self._waiting.clear()

    def rank(self, question: str, limit: int) -> list[int]:
        vector = self._embedder.embed_query(question)
        scores = np.array([(windows @ vector).max() for windows in self._pages])
        best: list[int] = np.argsort(-scores, kind="stable")[:limit].tolist()
        return best


class Fusion:
    """Reciprocal rank fusion of several rankings (Cormack, Clarke and Buettcher, SIGIR 2009, k = 60)."""

    def __init__(self, rankers: Sequence[Ranker]) -> None:
        self._rankers = rankers

    def add(self, page: Exchange) -> None:
        for ranker in self._rankers:
            ranker.add(page)

    def settle(self) -> None:
        for ranker in self._rankers:
            ranker.settle()

    def rank(self, question: str, limit: int) -> list[int]:
        scores: dict[int, float] = {}
        for ranker in self._rankers:
            for place, number in enumerate(ranker.rank(question, max(limit, _FUSED)), 1):
                scores[number] = scores.get(number, 0.0) + 1 / (_RANK_CONSTANT + place)
        return sorted(scores, key=lambda number: (-scores[number], number))[:limit]


_RANK_CONSTANT = 60
_FUSED = 100
"""So many pages of each ranking are fused."""


class Newest:
    """The newest pages, whatever is asked."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, page: Exchange) -> None:
        self._count += 1

    def settle(self) -> None:
        """Return at once: what was added is found."""

    def rank(self, question: str, limit: int) -> list[int]:
        return list(range(self._count - 1, -1, -1))[:limit]


def page_text(page: Exchange) -> str:
    """Both sides of a page, the empty one left out."""
    return "\n".join(side for side in (page.user_input, page.agent_response) if side)


def segmented(text: str) -> str:
    """The text in NFC with each run of an unspaced script as its characters and their overlapping pairs."""
    return _UNSPACED.sub(lambda run: f" {' '.join(_units(run[0]))} ", unicodedata.normalize("NFC", text))


def _units(run: str) -> Iterator[str]:
    yield from run
    yield from (run[start : start + 2] for start in range(len(run) - 1))
