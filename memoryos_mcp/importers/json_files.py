"""JSON files of a user's own: whatever is wrong with one is a line that names the place and what is expected."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.models import IncomingPage

_Model = TypeVar("_Model", bound=BaseModel)
_Record = TypeVar("_Record")

_HEAD_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Place:
    """Where a JSON value stands: a file, or a line of one."""

    path: Path
    line: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.line is None else f"{self.path}: line {self.line}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read, in the place of its pages; `problem` is what a `ConfigError` says."""

    problem: str


def each(
    records: Iterable[_Record], read: Callable[[_Record], Iterable[IncomingPage]]
) -> Iterator[IncomingPage | Broken]:
    """The pages of each record; of one for which `read` raises `ConfigError`, what is wrong with it."""
    for record in records:
        try:
            pages = tuple(read(record))
        except ConfigError as error:
            yield Broken(str(error))
        else:
            yield from pages


def head_of(path: Path) -> str:
    """How a file begins, "" where it is none. Raises `ConfigError` where it cannot be read."""
    if not path.is_file():
        return ""
    with readable(Place(path)), path.open("rb") as content:
        return content.read(_HEAD_BYTES).decode("utf-8-sig", errors="ignore")


def has_keys(head: str, *keys: str) -> bool:
    """Whether a JSON text has all of these keys. Within a text of a talk the quotes of a key are escaped."""
    return all(re.search(rf'(?<!\\)"{key}"\s*:', head) is not None for key in keys)


def json_value(path: Path, *, expected: str) -> object:
    """The JSON value in a file. Raises `ConfigError`."""
    place = Place(path)
    with readable(place):
        content = path.read_bytes()
    return parsed(decoded(content, place), place, expected=expected)


def json_lines(path: Path, *, expected: str) -> Iterator[tuple[object, Place] | Broken]:
    """The JSON values in the lines of a file, each with its place; of a line that is none, what is wrong with it.

    Raises `ConfigError` where the file cannot be read.
    """
    with readable(Place(path)), path.open("rb") as content:
        for number, line in enumerate(content, 1):
            place = Place(path, number)
            try:
                if text := decoded(line, place).strip():
                    yield parsed(text, place, expected=expected), place
            except ConfigError as error:
                yield Broken(str(error))


@contextmanager
def readable(place: Place) -> Iterator[None]:
    """Within it, what cannot be read or is no UTF-8 is a `ConfigError`."""
    try:
        yield
    except OSError as error:
        raise ConfigError(one_line(f"{place}: {error.strerror}; name a file that can be read")) from error
    except UnicodeDecodeError as error:
        raise ConfigError(one_line(f"{place}: byte {error.start} is not UTF-8; save the file as UTF-8")) from error


def decoded(content: bytes, place: Place) -> str:
    """The text at a place, without a byte order mark. Raises `ConfigError` where it is no UTF-8."""
    with readable(place):
        return content.decode("utf-8-sig")


def parsed(text: str, place: Place, *, expected: str) -> object:
    """The JSON value at a place. Raises `ConfigError`."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{place.path}: line {(place.line or 1) + error.lineno - 1}, column {error.colno}"
        raise ConfigError(one_line(f"{where}: not JSON ({error.msg}); expected: {expected}")) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of open brackets
        raise ConfigError(one_line(f"{place}: {error}; expected: {expected}")) from error
    return value


def validated(model: type[_Model], value: object, place: object, *, expected: str) -> _Model:
    """The JSON value at a place as such a model. Raises `ConfigError`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        wanted = first["msg"].partition(" or instance of ")[0]  # a class of ours says nothing to a user
        problem = ": ".join(filter(None, (str(place), where, wanted)))
        raise ConfigError(one_line(f"{problem}; expected: {expected}")) from error
