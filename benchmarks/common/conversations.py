"""Conversations with questions and gold evidence, as the files of a data folder hold them."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

SETS = ("locomo", "realmem", "madial_en", "madial_zh", "xpersona_fr", "xpersona_id", "xpersona_zh", "lifebench_zh")
"""The sets this benchmark knows, each a file <name>.jsonl with one conversation a line."""

TOGETHER = "together"
"""The name of all sets in one memory."""

_UNANSWERABLE = frozenset({"adversarial", "Unanswerable"})
"""The categories of questions without an answer in the talk, LoCoMo's and LifeBench's: there is nothing to find."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One page to be added; `timestamp` is None where the data has none."""

    id: str
    user_input: str
    agent_response: str
    timestamp: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the ids of the pages that answer it, asked when the first `asked_after` pages are in.

    `asked_at` is when, for "yesterday" and the like; None where the data does not say.
    """

    id: str
    text: str
    category: str
    evidence: tuple[str, ...]
    asked_after: int
    asked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A long talk and the questions about it that are measured; `left_out` counts the others.

    Of these the `unanswerable` have no answer in the talk. `sessions` is the session of each page (ids), the page
    itself where it has none.
    """

    id: str
    pages: tuple[Exchange, ...]
    questions: tuple[Question, ...]
    left_out: int
    language: str = ""
    sessions: Mapping[str, str] = field(default_factory=dict)
    unanswerable: tuple[Question, ...] = ()

    def rounds(self) -> list[tuple[int, list[Question]]]:
        """The questions by the number of pages that must be in before they are asked, fewest pages first.

        Where only unanswerable ones are asked, a round has none.
        """
        rounds: dict[int, list[Question]] = {question.asked_after: [] for question in self.unanswerable}
        for question in self.questions:
            rounds.setdefault(question.asked_after, []).append(question)
        return sorted(rounds.items())

    def newest_time(self, pages: int) -> str | None:
        """The time of the newest of the first so many pages that has one."""
        return next((page.timestamp for page in reversed(self.pages[:pages]) if page.timestamp), None)

    def twins(self) -> dict[str, str]:
        """For each page's id the id of the first page with the same two texts, which counts as the same page."""
        first: dict[tuple[str, str], str] = {}
        return {page.id: first.setdefault((page.user_input, page.agent_response), page.id) for page in self.pages}


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the folder with the sets."""
    environment = os.environ.get("MEMORYOS_EVAL")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        default=Path(environment) if environment else None,
        help="folder with the sets as <name>.jsonl (default: the variable MEMORYOS_EVAL)",
    )


def read_set(file: Path) -> tuple[Conversation, ...]:
    """The conversations of a file. Raises `ValueError` where evidence names a page that is not there."""
    with file.open(encoding="utf-8") as lines:
        return tuple(parsed(json.loads(line)) for line in lines if line.strip())


def parsed(data: Mapping[str, object]) -> Conversation:
    """A conversation from its JSON object; questions without evidence and adversarial ones are left out."""
    pages = tuple(
        Exchange(
            id=str(page["id"]),
            user_input=str(page["user_input"]),
            agent_response=str(page["agent_response"]),
            timestamp=str(page["timestamp"]) if page.get("timestamp") else None,
        )
        for page in _objects(data["pages"])
    )
    every = [_question(question, pages) for question in _objects(data["questions"])]
    nowhere = tuple(question for question in every if question.category in _UNANSWERABLE)
    questions = tuple(question for question in every if question.evidence and question.category not in _UNANSWERABLE)
    conversation = Conversation(
        str(data["id"]),
        pages,
        questions,
        left_out=len(every) - len(questions),
        language=str(data.get("lang", "")),
        sessions={str(page["id"]): str(page.get("session") or page["id"]) for page in _objects(data["pages"])},
        unanswerable=tuple(replace(question, evidence=()) for question in nowhere),
    )
    unknown = {page for question in questions for page in question.evidence} - {page.id for page in pages}
    if unknown:
        raise ValueError(f"conversation {conversation.id}: evidence names pages that are not there: {sorted(unknown)}")
    return conversation


def together(sets: Mapping[str, Sequence[Conversation]]) -> Conversation:
    """The conversations of all sets as one: their pages in order, then all questions, by set."""
    pages: list[Exchange] = []
    questions: list[Question] = []
    sessions: dict[str, str] = {}
    left_out = 0
    for name, conversations in sets.items():
        for talk in conversations:
            own = f"{name}/{talk.id}"
            pages += (replace(page, id=f"{own}/{page.id}") for page in talk.pages)
            sessions |= {f"{own}/{page}": f"{own}/{session}" for page, session in talk.sessions.items()}
            questions += (
                replace(
                    question,
                    id=f"{own}/{question.id}",
                    category=name,
                    evidence=tuple(f"{own}/{page}" for page in question.evidence),
                )
                for question in talk.questions
            )
            left_out += talk.left_out
    asked = tuple(replace(question, asked_after=len(pages)) for question in questions)
    return Conversation(TOGETHER, tuple(pages), asked, left_out, sessions=sessions)


def missing(folder: Path, names: Iterable[str]) -> list[str]:
    """The sets whose file the folder lacks."""
    return [name for name in names if not set_file(folder, name).is_file()]


def set_file(folder: Path, name: str) -> Path:
    """Where a set lies."""
    return folder / f"{name}.jsonl"


def _question(data: Mapping[str, object], pages: Sequence[Exchange]) -> Question:
    asked_after = data["asked_after"]
    evidence = data["evidence"]
    if not isinstance(evidence, list):
        raise ValueError(f"question {data['id']}: evidence must be a list of page ids")
    return Question(
        id=str(data["id"]),
        text=str(data["question"]),
        category=str(data["category"]),
        evidence=tuple(map(str, evidence)),
        asked_after=len(pages) if asked_after is None else int(str(asked_after)),
    )


def _objects(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise ValueError("pages and questions must be lists of objects")
    return value
