"""What of a person a question asks for: a small learned head that sees the question's words alone.

"Where do I live?", "user location" and "Wo wohne ich?" ask for the home, whose page may say "I bought a flat in
Leith": no word and, in other languages, no meaning that the shipped embedder sees leads from the one to the other.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.analyst.statements import features
from memoryos.analyst.statements.judge import NO_SLOT, Head, measured_weights
from memoryos.analyst.statements.subjects import subject_asked_of
from memoryos.language.asking import as_the_person

if TYPE_CHECKING:
    from typing_extensions import Self

WEIGHTS_FILE: Final = "questions.npz"
WEIGHTS_SHA256: Final = "1d2dc7cebe6c8dbc86d3b2a7452a55a2b18a0a51a6774b472ffd171c791f75d3"
"""Of the file that `benchmarks/knowing/train_questions.py` wrote from the questions beside it."""

WHOLE: Final = "profile"
"""What a question asks for that asks for all that is known of the person: "What do you know about me?"."""

SURE: Final = 0.5
"""The probability of a slot from which a question is taken to ask for it."""
MAX_CHARS: Final = 160
"""Who asks for one thing about a person says it in fewer."""


_NAME: Final = re.compile(r"(?<=\w[\s'’-])[A-ZÀ-ÞА-ЯЁ][\w-]+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question asks for: a slot of the user's, or of one of the user's people, or the `WHOLE` of it."""

    slot: str
    subject: str


@dataclass(frozen=True, slots=True)
class QuestionJudge:
    """Reads questions with the weights of one linear head."""

    head: Head

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """The one that the package brings; raises `JudgeWeightsError` where its file is not the measured one."""
        return cls.decoded(measured_weights(file or Path(__file__).with_name(WEIGHTS_FILE), WEIGHTS_SHA256))

    @classmethod
    def decoded(cls, content: bytes) -> Self:
        """That of a file's content, unchecked."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return cls(Head.of(arrays))

    def sought(self, text: str) -> Sought | None:
        """What a question asks for; None where it asks for nothing of a person's, and for what is no question."""
        if not text.strip() or len(text) > MAX_CHARS or _is_of_somebody_named(text):
            return None
        (shares,) = self.head.probabilities([features.buckets(text)], features.surface([text]))
        best = int(shares.argmax())
        slot = self.head.classes[best]
        if slot == NO_SLOT or shares[best] < SURE:
            return None
        return Sought(slot, subject_asked_of(text, slot))


def _is_of_somebody_named(text: str) -> bool:
    """Whether a question names somebody or something and not the one whose memory it is: "Where does Anna live?"."""
    return _NAME.search(text) is not None and not features.speaks_of_self(text) and as_the_person(text) == text
