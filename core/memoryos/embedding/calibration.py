"""What a cosine is worth: the same number means chance with one model and the same thing with another.

Raw cosines of multilingual-e5-small all lie above 0.7, those of all-MiniLM-L6-v2 between 0 and 0.6. How alike two
pages are by chance is learned from the memory's own first pages, for what is chance in a talk about one subject would
be a match in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from memoryos.models import Matrix

_Cosine = TypeVar("_Cosine", float, NDArray[np.float32])

SAMPLE_PAGES: Final = 256
"""As many pages, spread over those given, tell the mean of their pairs to 0.01."""

_FLOOR_SPREADS: Final = 0.5
"""How far above chance a score begins. Of 72 questions in English about notes in German, Japanese and Russian, kept
among 160 and 215 English pages, 85 % found theirs first with 0.5, 78 % with 0 and 86 % with 1, and 47 % by raw cosines.
The English questions about those pages lost nothing beside Chinese talk; beside 465 pages of Indonesian small talk
MADial's @10 fell from 68 to 61 with 0.5 and to 58 with 1."""

_PRIOR_PAIRS: Final = 6
"""What was known before weighs as much as so many pairs: those of four pages."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How an embedder's cosines of pages that have nothing to do with each other are spread: mean and deviation."""

    mean: float
    spread: float

    @property
    def floor(self) -> float:
        """The cosine whose score is 0."""
        return self.mean + _FLOOR_SPREADS * self.spread

    @property
    def scale(self) -> float:
        """How much more a cosine is than the floor where its score is 1: that of equal texts."""
        return max(1.0 - self.floor, _LEAST_SCALE)

    def score(self, cosine: _Cosine) -> _Cosine:
        """The cosine, or each of them, as what every embedder means by it: 0 at the floor, 1 for equal texts."""
        return (cosine - self.floor) / self.scale

    def cosine(self, score: float) -> float:
        """The cosine that has this score: a threshold set for one embedder, as another one puts it."""
        return self.floor + score * self.scale


_LEAST_SCALE: Final = 0.01
"""For an embedder whose texts are all alike, whose scores mean nothing but must be numbers."""

MINILM: Final = Calibration(mean=0.25, spread=0.13)
"""all-MiniLM-L6-v2 on English talk: 0.30 and 0.14 in LoCoMo, 0.35 and 0.14 in MADial, 0.09 and 0.11 in RealMem."""

CENTRED_E5: Final = Calibration(mean=0.32, spread=0.10)
"""multilingual-e5-small less its mean, one language at a time: 0.51 and 0.11 in MADial (zh), 0.26 and 0.09 in
XPersona (fr), 0.27 and 0.10 in XPersona (id), 0.18 to 0.21 and 0.07 to 0.10 in single notes."""

UNKNOWN: Final = Calibration(mean=0.3, spread=0.12)
"""A model of which nothing is known yet."""


def learned(pages: Matrix, before: Calibration = UNKNOWN) -> Calibration:
    """The calibration that these pages' vectors (float32[n, dim], unit length) show, drawn to `before` where few.

    Equal texts tell nothing of chance: of pages with the same vector one counts.
    """
    sample = np.unique(pages[:: max(1, -(-len(pages) // SAMPLE_PAGES))], axis=0)
    count = len(sample)
    if count < 2:
        return before
    pairs = (sample @ sample.T)[np.triu_indices(count, 1)]
    weight = len(pairs) / (len(pairs) + _PRIOR_PAIRS)
    return Calibration(
        mean=weight * float(pairs.mean()) + (1.0 - weight) * before.mean,
        spread=weight * float(pairs.std()) + (1.0 - weight) * before.spread,
    )
