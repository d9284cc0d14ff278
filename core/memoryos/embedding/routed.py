"""Two embedders behind one: each text is read by the one that knows its language, and a query finds both kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.embedding.base import MAX_WINDOWS
from memoryos.embedding.calibration import CENTRED_E5, MINILM, Calibration
from memoryos.embedding.ids import routed_id

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.models import Matrix, Vector

_MARK: Final = 0.1
"""The last two numbers of a text's vector say who embedded it. Small, so that among texts of one embedder the cosine
stays what it was: 0.99 of it, plus 0.01."""

_SHARE: Final = float(np.sqrt(1.0 - _MARK**2))
"""The rest of the vector's length, so that it is 1 in all."""


class RoutedEmbedder:
    """Embeds what `is_foreign` by `other` and every other text by `default`; a query by both.

    A text's vector holds one embedder's vector, zeros for the other's, and a mark of which it is. Texts of different
    embedders have the cosine 0: nothing is known of how alike they are. A query's vector is of another kind, and not
    of unit length: its product with a text's vector is that text's calibrated score, 0 for what is alike by chance and
    1 for the same text, whoever embedded it. So lists of both are one list, and what a memory learns of its own pages
    (`calibrated`) holds at once, without embedding them again. A foreign query says nothing of the default's texts,
    which stand below all others: their score is -1.
    """

    def __init__(
        self,
        default: Embedder,
        other: Embedder,
        is_foreign: Callable[[str], bool],
        calibrations: tuple[Calibration, Calibration] = (MINILM, CENTRED_E5),
    ) -> None:
        self._default = default
        self._other = other
        self._is_foreign = is_foreign
        self._calibrations = calibrations

    @property
    def id(self) -> str:
        return routed_id(self._default.id, self._other.id)

    @property
    def dim(self) -> int:
        return self._default.dim + self._other.dim + 2

    def windows(self, text: str) -> tuple[str, ...]:
        """The text in pieces that whoever embeds them reads whole: a piece may be English in a text that is not."""
        pieces = self._reader(text).windows(text)
        return tuple(part for piece in pieces for part in self._reader(piece).windows(piece))[:MAX_WINDOWS]

    def embed(self, texts: Sequence[str]) -> Matrix:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        foreign = np.array([self._is_foreign(text) for text in texts], dtype=bool)
        for embedder, rows, columns, mark in (
            (self._default, ~foreign, slice(0, self._default.dim), -2),
            (self._other, foreign, slice(self._default.dim, -2), -1),
        ):
            own = [text for text, is_own in zip(texts, rows, strict=True) if is_own]
            if own:
                vectors[rows, columns] = _SHARE * embedder.embed(own)
                vectors[rows, mark] = _MARK
        return vectors

    def embed_query(self, text: str) -> Vector:
        default, other = self._calibrations
        vector = np.zeros(self.dim, dtype=np.float32)
        if self._is_foreign(text):
            vector[-2] = -1.0 / _MARK
        else:
            vector[: self._default.dim] = self._default.embed_query(text) / (_SHARE * default.scale)
            vector[-2] = -default.floor / (_MARK * default.scale)
        vector[self._default.dim : -2] = self._other.embed_query(text) / (_SHARE * other.scale)
        vector[-1] = -other.floor / (_MARK * other.scale)
        return vector

    def known_share(self, text: str) -> float:
        return self._reader(text).known_share(text)

    def calibrated(self, calibrations: tuple[Calibration, Calibration]) -> RoutedEmbedder:
        """The same embedders for a memory that has learned these calibrations, of the default and of the other."""
        return RoutedEmbedder(self._default, self._other, self._is_foreign, calibrations)

    def parts(self, vectors: Matrix) -> tuple[Matrix, Matrix]:
        """Out of texts' vectors those of the default and those of the other, as each gave them: to learn from."""
        of_default, of_other = vectors[vectors[:, -2] > 0], vectors[vectors[:, -1] > 0]
        return of_default[:, : self._default.dim] / _SHARE, of_other[:, self._default.dim : -2] / _SHARE

    def _reader(self, text: str) -> Embedder:
        return self._other if self._is_foreign(text) else self._default
