"""An embedder without a model, for tests in which meaning does not matter."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from memoryos.embedding.base import MAX_WINDOWS
from memoryos.embedding.vectors import unit_rows

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector


class HashEmbedder:
    """Counts a text's words, each in the three places its digest names.

    Equal texts are equal vectors in every process, texts that share words are close, no cosine is below zero, and one
    of texts that share no word is near it. Windows are `window_words` words long. Of every text it says that it knows
    the share `known`.
    """

    def __init__(self, id: str = "hash/1", dim: int = 128, window_words: int = 32, known: float = 1.0) -> None:
        self._id = id
        self._dim = dim
        self._window_words = window_words
        self._known = known

    @property
    def id(self) -> str:
        return self._id

    @property
    def dim(self) -> int:
        return self._dim

    def windows(self, text: str) -> tuple[str, ...]:
        words = text.split()
        if len(words) <= self._window_words:
            return (text,)
        starts = range(0, len(words), self._window_words)[:MAX_WINDOWS]
        return tuple(" ".join(words[start : start + self._window_words]) for start in starts)

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                digest = hashlib.blake2b(word.encode(), digest_size=6).digest()
                for place in struct.unpack("<3H", digest):
                    row[place % self._dim] += 1.0
        return unit_rows(rows, "the words of a text")

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self.embed([text])[0]
        return vector

    def known_share(self, text: str) -> float:
        return self._known
