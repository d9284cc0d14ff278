"""Conversations for the demo: the one that is shipped, and files of a user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, Field

from memoryos import arguments, timestamps
from memoryos.config.checks import normal_id
from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.language.words import sentences
from memoryos_mcp.importers.json_files import Place, parsed, readable, validated

_EXPECTED = (
    'a JSON list of {"user_input": "...", "agent_response": "...", "timestamp": "YYYY-MM-DD HH:MM:SS"}, or an object '
    'with such "pages" and "questions" [{"question": "...", "evidence": [indexes or ids of pages]}], one line in .jsonl'
)
_QUESTION_MARKS = ("?", "？", "؟")
_ADVERSARIAL = "adversarial"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One page to add; `timestamp` is None where the file gives none."""

    user_input: str
    agent_response: str
    timestamp: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask afterwards; `evidence` are indexes of the exchanges that hold the answer, where known."""

    text: str
    answer: str | None = None
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one user said to an agent over time; `note` says what a reader must know about the questions."""

    name: str
    exchanges: tuple[Exchange, ...]
    questions: tuple[Question, ...]
    note: str = ""


class ExchangeObject(BaseModel):
    """An exchange as it stands in a file."""

    id: str | None = None
    user_input: str
    agent_response: str
    timestamp: str | None = None


class _AskedQuestion(BaseModel):
    question: str = Field(min_length=1)
    answer: str | None = None
    evidence: list[int | str] = []
    category: str = ""
    asked_after: int | None = None


class _File(BaseModel):
    user: str | None = None
    id: str | None = None
    pages: list[ExchangeObject] = Field(min_length=1)
    questions: list[_AskedQuestion] = []


def shipped() -> Conversation:
    """The conversation that comes with the package."""
    with resources.as_file(resources.files("memoryos_mcp") / "data" / "demo_conversation.json") as path:
        return read(path)


def read(path: Path) -> Conversation:
    """The conversation in a file: of several in a .jsonl file the first.

    Raises `ConfigError` with one line that names the file, the place in it and what is expected.
    """
    with readable(Place(path)):
        place, text = _text(path)
    found = parsed(text, place, expected=_EXPECTED)
    content = validated(_File, found if isinstance(found, dict) else {"pages": found}, place, expected=_EXPECTED)
    return _conversation(content, str(place), path.stem)


def spread(questions: Sequence[Question], count: int) -> tuple[Question, ...]:
    """At most so many of the questions, evenly over all of them and in their order."""
    if len(questions) <= count:
        return tuple(questions)
    return tuple(questions[index * len(questions) // count] for index in range(count))


def _text(path: Path) -> tuple[Place, str]:
    """What is to be parsed, and where it stands."""
    with path.open(encoding="utf-8-sig") as content:
        if path.suffix != ".jsonl":
            return Place(path), content.read()
        return next(
            ((Place(path, line), text) for line, text in enumerate(content, 1) if text.strip()), (Place(path, 1), "")
        )


def _conversation(content: _File, place: str, stem: str) -> Conversation:
    exchanges = tuple(_exchange(page, f"{place}: pages[{index}]") for index, page in enumerate(content.pages))
    asked = [question for question in content.questions if question.category != _ADVERSARIAL]
    asked = [question for question in asked if question.evidence] or asked
    at_the_end = [question for question in asked if question.asked_after is None]
    index_of = {page.id: index for index, page in enumerate(content.pages) if page.id is not None}
    questions = tuple(_question(question, index_of, len(exchanges), place) for question in at_the_end or asked)
    note = ""
    if asked and not at_the_end:
        note = "Its questions belong to earlier points of the talk; here all are asked at its end."
    if not questions:
        questions = _questions_in(exchanges)
        note = "The file holds no questions to ask: these are questions the user asked in the talk."
    return Conversation(_name(content, place, stem), exchanges, questions, note)


def _exchange(page: ExchangeObject, place: str) -> Exchange:
    try:
        user_input, agent_response = arguments.page_texts(page.user_input, page.agent_response)
        if page.timestamp:
            timestamps.parse(page.timestamp, None)
    except InvalidArgumentError as error:
        raise ConfigError(one_line(f"{place}: {error}")) from error
    return Exchange(user_input, agent_response, page.timestamp or None)


def _question(question: _AskedQuestion, index_of: dict[str, int], pages: int, place: str) -> Question:
    evidence = [index_of.get(item, -1) if isinstance(item, str) else item for item in question.evidence]
    for given, index in zip(question.evidence, evidence, strict=True):
        if not 0 <= index < pages:
            raise ConfigError(
                one_line(
                    f"{place}: evidence of {question.question[:60]!r}: got {given!r}; "
                    f"accepted: the id of a page, or its index from 0 to {pages - 1}"
                )
            )
    return Question(question.question, question.answer, tuple(dict.fromkeys(evidence)))


def _questions_in(exchanges: Sequence[Exchange]) -> tuple[Question, ...]:
    """The longest question of each exchange in which the user asked one."""
    asked = (
        max((text for text in sentences(exchange.user_input) if text.endswith(_QUESTION_MARKS)), key=len, default="")
        for exchange in exchanges
    )
    return tuple(Question(text) for text in dict.fromkeys(asked) if text)


def _name(content: _File, place: str, stem: str) -> str:
    try:
        return normal_id(content.user or content.id or stem)
    except ValueError as error:
        raise ConfigError(one_line(f"{place}: user: expected: {error}")) from error
