"""Conversations for the demo: the one that is shipped, and files of a user's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from memoryos import arguments, timestamps
from memoryos.config_checks import normal_id
from memoryos.config_text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.words import sentences

_ACCEPTED = (
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


class _Page(BaseModel):
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
    pages: list[_Page] = Field(min_length=1)
    questions: list[_AskedQuestion] = []


def shipped() -> Conversation:
    """The conversation that comes with the package."""
    with resources.as_file(resources.files("memoryos_mcp") / "data" / "demo_conversation.json") as path:
        return read(path)


def read(path: Path) -> Conversation:
    """The conversation in a file: of several in a .jsonl file the first.

    Raises `ConfigError` with one line that names the file, the place in it and what is expected.
    """
    try:
        line, text = _text(path)
        place = f"{path}: line {line}" if path.suffix == ".jsonl" else str(path)
        content = _content(text, path, line, place)
        return _conversation(content, place, path.stem)
    except OSError as error:
        raise ConfigError(one_line(f"{path}: {error.strerror}; name a file that can be read")) from error
    except UnicodeDecodeError as error:
        raise ConfigError(one_line(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8")) from error


def spread(questions: Sequence[Question], count: int) -> tuple[Question, ...]:
    """At most so many of the questions, evenly over all of them and in their order."""
    if len(questions) <= count:
        return tuple(questions)
    return tuple(questions[index * len(questions) // count] for index in range(count))


def _text(path: Path) -> tuple[int, str]:
    """What is to be parsed, and the line it begins in."""
    with path.open(encoding="utf-8-sig") as content:
        if path.suffix != ".jsonl":
            return 1, content.read()
        return next(((number, line) for number, line in enumerate(content, 1) if line.strip()), (1, ""))


def _content(text: str, path: Path, line: int, place: str) -> _File:
    try:
        parsed = json.loads(text)
        return _File.model_validate(parsed if isinstance(parsed, dict) else {"pages": parsed})
    except json.JSONDecodeError as error:
        where = f"{path}: line {line + error.lineno - 1}, column {error.colno}"
        raise ConfigError(one_line(f"{where}: not JSON ({error.msg}); expected: {_ACCEPTED}")) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        raise ConfigError(
            one_line(": ".join(filter(None, (place, where, f"{first['msg']}; expected: {_ACCEPTED}"))))
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of open brackets
        raise ConfigError(one_line(f"{place}: {error}; expected: {_ACCEPTED}")) from error


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


def _exchange(page: _Page, place: str) -> Exchange:
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
