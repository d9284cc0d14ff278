"""LoCoMo's conversations with their speakers, questions and answers, and a draw of questions that can be repeated."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers.locomo_scores import ADVERSARIAL, NOT_MENTIONED
from benchmarks.common.conversations import Exchange, parsed

CATEGORIES = ("single-hop", "multi-hop", "temporal", "open-domain")
"""Those with an answer, in the order of the published tables."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, that answer as an audit corrected it, and a wrong one where there is none."""

    id: str
    text: str
    category: str
    answer: str
    audited_answer: str
    trap: str

    def choices(self, seed: int) -> tuple[str, str]:
        """What (a) and (b) say for an adversarial question, in an order drawn by the seed."""
        choices = (NOT_MENTIONED, self.trap)
        return choices if random.Random(f"{seed}/{self.id}").random() < 0.5 else (choices[1], choices[0])


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of two; the first speaker is the user of its pages, the second the assistant."""

    id: str
    speakers: tuple[str, str]
    pages: tuple[Exchange, ...]
    questions: tuple[Asked, ...]

    def draw(self, answerable: int | None, adversarial: int, seed: int) -> tuple[Asked, ...]:
        """So many questions with an answer (None: all), then so many without, as `drawn` draws them."""
        with_answer = [question for question in self.questions if question.category != ADVERSARIAL]
        without = [question for question in self.questions if question.category == ADVERSARIAL]
        return drawn(with_answer, seed)[:answerable] + drawn(without, seed)[:adversarial]


def read_talks(file: Path) -> tuple[Talk, ...]:
    """The conversations of a file, one JSON object a line."""
    with file.open(encoding="utf-8") as lines:
        return tuple(_talk(json.loads(line)) for line in lines if line.strip())


def drawn(questions: Sequence[Asked], seed: int) -> tuple[Asked, ...]:
    """The questions in an order of which every head holds each category in its share.

    So a longer draw contains every shorter one, and a run that was cut short is a fair one.
    """
    placed: list[tuple[float, str, Asked]] = []
    for category in sorted({question.category for question in questions}):
        members = [question for question in questions if question.category == category]
        random.Random(f"{seed}/{category}").shuffle(members)
        placed += [((at + 0.5) / len(members), category, question) for at, question in enumerate(members)]
    return tuple(question for _, _, question in sorted(placed, key=lambda place: place[:2]))


def _talk(data: Mapping[str, object]) -> Talk:
    speakers, questions = data["speakers"], data["questions"]
    if not isinstance(speakers, list) or len(speakers) != 2 or not isinstance(questions, list):
        raise ValueError(f"conversation {data['id']}: two speakers and a list of questions are needed")
    return Talk(
        id=str(data["id"]),
        speakers=(str(speakers[0]), str(speakers[1])),
        pages=parsed(data).pages,
        questions=tuple(_asked(question) for question in questions),
    )


def _asked(data: Mapping[str, object]) -> Asked:
    answer = str(data["answer"])
    return Asked(
        id=str(data["id"]),
        text=str(data["question"]),
        category=str(data["category"]),
        answer=answer,
        audited_answer=str(data.get("audit_answer") or answer),
        trap=str(data.get("trap_answer") or ""),
    )
