"""A user's sentence as the judge reads it: the whole, and its clauses where the whole says nothing or too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from memoryos.analyst.statements.judge import StatementJudge, Verdict
    from memoryos.analyst.statements.reading import OwnSentence
    from memoryos.models import Matrix, Vector

MIN_CLAUSE_PROBABILITY: Final = 0.8
"""From which a clause makes its sentence worth keeping although the whole does not pass: so few others pass by it that
the share of false ones stays what the thresholds allow."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence with what the judge says of the whole and of each clause; `vectors` are theirs, the whole's first."""

    sentence: OwnSentence
    whole: Verdict
    clauses: tuple[tuple[str, Verdict], ...]
    vectors: Matrix

    @property
    def vector(self) -> Vector:
        """That of the whole."""
        of_whole: Vector = self.vectors[0]
        return of_whole

    @property
    def verdict(self) -> Verdict:
        """That of the whole, or of the surest clause where the whole is not worth keeping and the clause surely is."""
        if self.whole.is_worth_keeping or not self.clauses:
            return self.whole
        best = max((verdict for _, verdict in self.clauses), key=lambda verdict: verdict.probability)
        return best if best.is_worth_keeping and best.probability >= MIN_CLAUSE_PROBABILITY else self.whole

    @property
    def clauses_worth_keeping(self) -> tuple[tuple[str, Verdict, Vector], ...]:
        """Where clauses surely say something of different slots, each of them with its verdict and vector; else none.

        "My wife is vegetarian and I teach in Leeds" is two facts: a new job leaves the wife as she is.
        """
        surely = [
            (text, verdict, vector)
            for (text, verdict), vector in zip(self.clauses, self.vectors[1:], strict=True)
            if verdict.is_worth_keeping and verdict.probability >= MIN_CLAUSE_PROBABILITY
        ]
        return tuple(surely) if len({verdict.slot for _, verdict, _ in surely}) > 1 else ()

    @property
    def is_worth_keeping(self) -> bool:
        """Whether it is worth a fact, whatever is known."""
        return self.sentence.in_profile or self.verdict.is_worth_keeping

    def heard(self) -> Iterator[tuple[str, Verdict]]:
        """The whole and each clause, with what the judge says of it."""
        yield self.sentence.text, self.verdict
        yield from self.clauses


def readings(judge: StatementJudge, own: Sequence[OwnSentence], vectors: Matrix) -> list[Reading]:
    """A reading of each sentence; `vectors` are float32[n, 384] of all `parts` of the sentences, one after another."""
    parts = [sentence.parts for sentence in own]
    verdicts = judge.read([part for each in parts for part in each], vectors)
    found: list[Reading] = []
    at = 0
    for sentence, each in zip(own, parts, strict=True):
        clauses = tuple(zip(each[1:], verdicts[at + 1 : at + len(each)], strict=True))
        found.append(Reading(sentence, verdicts[at], clauses, vectors[at : at + len(each)]))
        at += len(each)
    return found
