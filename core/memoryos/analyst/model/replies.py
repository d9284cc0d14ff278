"""The shapes of a model's replies. Numbers as text, a list as one line and extra keys are accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from memoryos.errors import ModelReplyError

_PROBLEMS_TOLD: Final = 3


def _number(value: object) -> object:
    """3 for 3, 3.0, "3" and "page 3"; 0 where there is no number, for 0 names no page and no fact."""
    if isinstance(value, str):
        found = re.search(r"\d{1,6}", value)
        return int(found[0]) if found else 0
    if isinstance(value, float):
        return int(value) if value.is_integer() else 0
    return 0 if value is None else value


def _numbers(value: object) -> object:
    if isinstance(value, str):
        return [int(number) for number in re.findall(r"\d{1,6}", value)]
    if value is None:
        return []
    return [value] if isinstance(value, int) else value


def _text(value: object) -> object:
    return "" if value is None else value


def _lines(value: object) -> object:
    if value is None:
        return []
    return re.split(r"\s*[,;、，]\s*", value) if isinstance(value, str) else value


_Number: TypeAlias = Annotated[int, BeforeValidator(_number)]
_Numbers: TypeAlias = Annotated[list[_Number], BeforeValidator(_numbers)]
_Lines: TypeAlias = Annotated[list[str], BeforeValidator(_lines)]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class TalkReply(_Reply):
    """One talk of a batch, from its first page on."""

    first_page: _Number
    summary: str


class TopicReply(_Reply):
    """One topic of a batch."""

    theme: Annotated[str, BeforeValidator(_text)] = ""
    keywords: _Lines = []
    summary: str
    pages: _Numbers


class ConsolidationReply(_Reply):
    """A batch's talks and topics, pages numbered from 1."""

    continues: bool = False
    talks: Annotated[list[TalkReply], Field(min_length=1)]
    topics: Annotated[list[TopicReply], Field(min_length=1)]


class FactReply(_Reply):
    """One fact; `replaces` is the number of a known fact, 0 for none. What has no readable fact has an empty one."""

    about: Annotated[str, BeforeValidator(_text)] = ""
    fact: Annotated[str, BeforeValidator(_text)] = ""
    pages: _Numbers = []
    replaces: _Number = 0


class TraitReply(_Reply):
    """One rated dimension; what is missing is empty."""

    dimension: Annotated[str, BeforeValidator(_text)] = ""
    level: Annotated[str, BeforeValidator(_text)] = ""
    evidence: Annotated[str, BeforeValidator(_text)] = ""
    page: _Number = 0


def _each(shape: type[BaseModel]) -> Callable[[object], object]:
    """Every part of a list that has the shape, an empty one for every other: one bad part costs no good one."""

    def read(value: object) -> object:
        if not isinstance(value, list):
            return value
        return [_one(shape, part) for part in value]

    return read


def _one(shape: type[BaseModel], part: object) -> BaseModel:
    try:
        return shape.model_validate(part)
    except ValidationError:
        return shape()


class AnalysisReply(_Reply):
    """The facts and traits that pages tell about the user and the assistant."""

    facts: Annotated[list[FactReply], BeforeValidator(_each(FactReply))]
    traits: Annotated[list[TraitReply], BeforeValidator(_each(TraitReply))] = []


R = TypeVar("R", bound=BaseModel)


def parsed(shape: type[R], value: dict[str, object]) -> R:
    """The value in its shape. Raises `ModelReplyError`, whose message names fields and never shows their text."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'the object'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    told = "; ".join(problems[:_PROBLEMS_TOLD])
    raise ModelReplyError(f"the answer has not the shape asked for: {told}")
