"""A small learned judge: what a sentence says of its speaker, of what, and how that stands to time."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from memoryos.analyst.statements import features
from memoryos.analyst.statements.subjects import USER, subject_of
from memoryos.errors import MemoryOSError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

    from memoryos.models import Matrix

Kind = Literal["lasting", "instruction", "neither"]
State = Literal["holds", "changed", "ended", "planned"]

KINDS: Final[tuple[Kind, ...]] = ("lasting", "instruction", "neither")
STATES: Final[tuple[State, ...]] = ("holds", "changed", "ended", "planned")

WEIGHTS_FILE: Final = "judge.npz"
WEIGHTS_SHA256: Final = "bdc0dc265258443cf0637a02f6c1ab687d4173485e1d40def1ba6b2246bb8595"
"""Of the file that `benchmarks/knowing/train_judge.py` wrote from the sentences beside it."""

SURE_SLOT: Final = 0.4
"""The probability of its slot from which an English sentence about likes, habits, plans and the like is worth keeping.
What is left to `NO_SLOT` is chit-chat: of what else would pass in long conversations half stays out by it."""
LIKELY_SLOT: Final = 0.15
"""The same for all others, in which the judge is less sure of any slot."""
WHO_SOMEBODY_IS: Final = frozenset(
    """name age birthday home origin job employer school allergy diet medication health pet children partner relationship
    language preferred_language phone email address car""".split()
)
PLAIN_SHARE: Final = 0.65
"""An English sentence about who somebody is is kept from this share of the threshold on, with a slot that is only likely:
a missed allergy costs more than a fact too many, and chit-chat that passes for a statement is seldom of these slots."""

NO_SLOT: Final = ""
"""What the head of slots takes a sentence for that says nothing of any."""
MIN_LIKELY_SLOT: Final = 0.12
"""A less likely slot is no hint either."""
MIN_HINT: Final = 0.08
"""The probability of its being worth keeping from which a sentence is looked at for what it may say has changed."""


class JudgeWeightsError(MemoryOSError):
    """The weights of the judge of statements are missing or not those that were measured; reinstall the package."""


def measured_weights(path: Path, sha256: str) -> bytes:
    """The content of a file of weights; raises `JudgeWeightsError` where it is not the measured one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JudgeWeightsError(f"{path} cannot be read: {error.strerror}; reinstall the package") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise JudgeWeightsError(f"{path} has SHA-256 {found}, expected {sha256}; reinstall the package")
    return content


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says of one sentence.

    The `probability` is of its saying something worth keeping, a lasting statement or an instruction; of what is
    `neither`, `slot` is None. The `subject` is "user" or one of the user's people, as "sister".
    What the sentence says if it says anything is in `likely_slots`, the best first, and `likely_state`; `change` is the
    probability that it tells of something that changed or ended. Below `MIN_HINT` there are none.
    """

    kind: Kind
    probability: float
    slot: str | None
    state: State
    subject: str
    likely_slots: tuple[str, ...] = ()
    likely_state: State = "holds"
    change: float = 0.0

    @property
    def is_worth_keeping(self) -> bool:
        """Whether it is a lasting statement or an instruction."""
        return self.kind != "neither"

    def at_its_word(self) -> Verdict:
        """The verdict as if the sentence were worth keeping."""
        if self.is_worth_keeping:
            return self
        slot = self.likely_slots[0] if self.likely_slots else None
        return replace(self, kind="lasting", slot=slot, state=self.likely_state)


@dataclass(frozen=True, slots=True)
class Head:
    """One linear layer: integer weights with a scale for each class.

    `grams` is int8[BUCKETS, classes], `dense` float32[SURFACE + 2 * VECTOR_DIM, classes].
    """

    classes: tuple[str, ...]
    grams: NDArray[np.int8]
    scale: NDArray[np.float32]
    dense: NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str = "") -> Self:
        """That of a file's arrays whose names begin so."""
        return cls(
            tuple(map(str, arrays[f"{name}classes"])),
            arrays[f"{name}grams"],
            arrays[f"{name}scale"],
            arrays[f"{name}dense"].astype(np.float32),
        )

    def probabilities(self, found: Sequence[NDArray[np.int64]], dense: Matrix) -> NDArray[np.float64]:
        """float64[n, classes], each row summing to 1; `found` are the buckets of each sentence."""
        starts = np.cumsum([0, *map(len, found[:-1])])
        sums = np.add.reduceat(self.grams[np.concatenate(found)], starts, axis=0, dtype=np.int32)
        norms = np.sqrt([len(each) for each in found])[:, None]
        scores = (sums * self.scale / norms + dense @ self.dense).astype(np.float64)
        scores -= scores.max(axis=1, keepdims=True)
        odds: NDArray[np.float64] = np.exp(scores)
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares


@dataclass(frozen=True, slots=True)
class StatementJudge:
    """Reads sentences with the weights of three linear heads: kind, slot, state.

    A sentence is worth keeping from `thresholds[group]` on, if its slot is sure, where the group is how well the
    shipped embedding model knows its language and its script; they were set so that of sentences that say nothing
    lasting 12 % pass in cross-validation, before the slot is looked at.
    """

    kind: Head
    slot: Head
    state: Head
    thresholds: tuple[float, ...]

    @classmethod
    def load(cls, file: Path | None = None) -> StatementJudge:
        """The judge that the package brings; raises `JudgeWeightsError` where its file is not the measured one."""
        return cls.decoded(measured_weights(file or Path(__file__).with_name(WEIGHTS_FILE), WEIGHTS_SHA256))

    @classmethod
    def decoded(cls, content: bytes) -> StatementJudge:
        """The judge of a file's content, unchecked."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            kind, slot, state = (Head.of(arrays, f"{name}_") for name in ("kind", "slot", "state"))
            return cls(kind, slot, state, tuple(map(float, arrays["thresholds"])))

    def read(self, sentences: Sequence[str], vectors: Matrix) -> list[Verdict]:
        """A verdict for each sentence.

        `vectors` are float32[n, 384] of the shipped embedding model, of unit length, in the order of the sentences.
        """
        if not sentences:
            return []
        found = [features.buckets(sentence) for sentence in sentences]
        group = features.groups(sentences)
        dense = dense_features(sentences, vectors, group)
        kinds = self.kind.probabilities(found, dense)
        keep = 1 - kinds[:, self.kind.classes.index("neither")]
        verdicts = [Verdict("neither", float(probability), None, "holds", USER) for probability in keep]
        looked = [at for at in range(len(sentences)) if keep[at] >= min(MIN_HINT, self.thresholds[group[at]])]
        if looked:
            grams, traits = [found[at] for at in looked], dense[looked]
            slots, states = self.slot.probabilities(grams, traits), self.state.probabilities(grams, traits)
            slots[:, self.slot.classes.index(NO_SLOT)] = 0.0
            for row, at in enumerate(looked):
                hint = self._hint(sentences[at], float(keep[at]), slots[row], states[row])
                passes = self._passes(group[at], float(keep[at]), slots[row], hint)
                verdicts[at] = self._told(sentences[at], hint, kinds[at], slots[row]) if passes else hint
        return verdicts

    def _passes(self, group: int, probability: float, slots: NDArray[np.float64], hint: Verdict) -> bool:
        """Whether a sentence is worth keeping."""
        best, threshold = float(slots.max()), self.thresholds[group]
        if group != features.ENGLISH:
            return probability >= threshold and best >= LIKELY_SLOT
        if self.slot.classes[int(slots.argmax())] in WHO_SOMEBODY_IS:
            return probability >= PLAIN_SHARE * threshold and best >= LIKELY_SLOT
        return probability >= threshold and best >= (SURE_SLOT if hint.change < 0.5 else LIKELY_SLOT)

    def _hint(
        self, sentence: str, probability: float, slots: NDArray[np.float64], states: NDArray[np.float64]
    ) -> Verdict:
        """What the sentence may say, without taking it for worth keeping."""
        ranked = sorted(range(len(slots)), key=lambda at: -slots[at])[:3]
        likely = tuple(self.slot.classes[at] for at in ranked if slots[at] >= MIN_LIKELY_SLOT)
        told = self.state.classes[int(states.argmax())]
        state = next(state for state in STATES if state == told)
        change = sum(float(states[self.state.classes.index(name)]) for name in ("changed", "ended"))
        subject = subject_of(sentence, likely[0] if likely else None)
        return Verdict("neither", probability, None, "holds", subject, likely, state, change)

    def _told(self, sentence: str, hint: Verdict, kinds: NDArray[np.float64], slots: NDArray[np.float64]) -> Verdict:
        lasting, instruction = (kinds[self.kind.classes.index(name)] for name in KINDS[:2])
        slot = self.slot.classes[int(slots.argmax())]
        return replace(
            hint,
            kind="instruction" if instruction > lasting else "lasting",
            slot=slot,
            state=hint.likely_state,
            subject=subject_of(sentence, slot),
        )


def dense_features(sentences: Sequence[str], vectors: Matrix, group: NDArray[np.int64]) -> Matrix:
    """float32[n, SURFACE + 2 * VECTOR_DIM]: the surface, the vector of an English sentence, that of another in Latin.

    In other scripts the shipped model knows next to nothing, and its vectors are left out.
    """
    english = vectors * (group == features.ENGLISH)[:, None]
    latin = vectors * (group == features.OTHER_LATIN)[:, None]
    dense: Matrix = np.concatenate([features.surface(sentences), english, latin], axis=1, dtype=np.float32)
    return dense
