"""Checks every call's arguments against their bounds, before anything is done."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar, cast

from memoryos.errors import InvalidArgumentError
from memoryos.models import EVERY_PROJECT, EVERYTHING, OF_PROJECT, Metadata, Scope, Selection, ToldFact

MAX_TEXT = 200_000
"""The most characters of one side of a page, or of a query."""

MAX_META_DATA = 20_000
"""The most characters of a page's meta_data as JSON."""

MAX_RESULTS = 100
MAX_FORGOTTEN = 500
"""The most pages that one call forgets."""

SHORTEST_ID = 6
"""Letters at the end of a page's id that may stand for it, where no other page's ends so."""

MAX_FACTS, MAX_FACT = 20, 300
"""The most facts that are told with one exchange, and the most characters of one."""

_FACTS: Final = f'at most {MAX_FACTS} sentences of at most {MAX_FACT} characters, such as "The user lives in Bern."'
_REPLACES: Final = re.compile(rf"replaces ([0-9A-Z]{{{SHORTEST_ID},26}}): ?", re.IGNORECASE)

MAX_EXCLUSION = 100
"""The most characters of what is never to be remembered."""
MAX_PROJECT = 256
MAX_TURN_BYTES = 1_000
_MAX_CURSOR = 18
"""Digits: the numbers of pages have 19 at most."""

_PROJECT: Final = f"the name of one project, a line of at most {MAX_PROJECT} characters"

MIN_TOKENS, MAX_TOKENS = 200, 100_000

V = TypeVar("V", int, float, str)


class _Default:
    """Marks the default of a parameter, so that the same value given by a caller is told apart from it."""


class _DefaultInt(int, _Default):
    pass


class _DefaultFloat(float, _Default):
    pass


class _DefaultStr(str, _Default):
    pass


_MARKED: Final = {int: _DefaultInt, float: _DefaultFloat, str: _DefaultStr}


def default(value: V) -> V:
    """The value as the default of a parameter: equal to it in all, but not `is_given`."""
    return cast("V", _MARKED[type(value)](value))


def is_given(value: object) -> bool:
    """Whether a caller chose the value, and not the signature."""
    return not isinstance(value, _Default)


def page_texts(user_input: str, agent_response: str) -> tuple[str, str]:
    """Both sides as they can be stored; raises `InvalidArgumentError`."""
    sides = _text("user_input", user_input), _text("agent_response", agent_response)
    if not any(side.strip() for side in sides):
        raise InvalidArgumentError("user_input and agent_response", "both empty", "text in at least one of them")
    return sides


def query(text: str) -> str:
    """A query as it can be searched for; raises `InvalidArgumentError`."""
    checked = _text("query", text)
    if not checked.strip():
        raise InvalidArgumentError("query", "empty text", "what to look for, in words")
    return checked


def within(argument: str, value: int, low: int, high: int) -> int:
    """The value; raises `InvalidArgumentError` unless it is a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidArgumentError(argument, repr(value), f"a whole number from {low} to {high}")
    return value


def page_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids in capitals, each once; raises `InvalidArgumentError` unless these are a list of 1 to 500 texts."""
    if isinstance(ids, str) or not all(isinstance(id_, str) for id_ in ids):
        raise InvalidArgumentError("page_ids", f"a {type(ids).__name__}", "a list of ids of pages")
    distinct = tuple(dict.fromkeys(id_.strip().upper() for id_ in ids))
    if not 1 <= len(distinct) <= MAX_FORGOTTEN:
        raise InvalidArgumentError("page_ids", f"{len(distinct)} ids", f"1 to {MAX_FORGOTTEN}")
    return distinct


def cursor(given: str | None) -> int:
    """Where a list goes on, as the part before it says; 0 for its begin."""
    if given is None:
        return 0
    if not (given.isascii() and given.isdigit() and len(given) <= _MAX_CURSOR):
        raise InvalidArgumentError("cursor", repr(given[:40]), "what an earlier list gave as its cursor")
    return int(given)


def facts(told: Sequence[str]) -> tuple[ToldFact, ...]:
    """What an agent says that an exchange tells, each sentence once.

    A text that begins with "replaces ID: " corrects the fact of that id. Raises `InvalidArgumentError` unless these are
    a list of at most 20 sentences of at most 300 characters.
    """
    if isinstance(told, str) or not isinstance(told, Sequence) or not all(isinstance(t, str) for t in told):
        raise InvalidArgumentError("facts", f"a {type(told).__name__}", _FACTS)
    if len(told) > MAX_FACTS:
        raise InvalidArgumentError("facts", f"{len(told)} facts", _FACTS)
    read = [_told(text) for text in told]
    for fact in read:
        if not fact.text or len(fact.text) > MAX_FACT:
            raise InvalidArgumentError("facts", f"a fact of {len(fact.text)} characters", _FACTS)
    return tuple({fact.text: fact for fact in read}.values())


def fact_text(text: str) -> str:
    """A fact in one line, as a person puts it; raises `InvalidArgumentError` unless it has 1 to 300 characters."""
    line = " ".join(_text("text", text).split())
    if not 1 <= len(line) <= MAX_FACT:
        accepted = f'a sentence of 1 to {MAX_FACT} characters, such as "I live in Bern."'
        raise InvalidArgumentError("text", f"{len(line)} characters", accepted)
    return line


def excluded(about: str) -> str:
    """What is never to be remembered, in one line.

    That is words, or "project:" with the name of one. Raises `InvalidArgumentError` unless these have 1 to 100
    characters and a word among them, or it names a project.
    """
    line = " ".join(_text("about", about).split())
    if line.startswith(OF_PROJECT):
        return _excluded_project(line)
    if not 1 <= len(line) <= MAX_EXCLUSION or not any(map(str.isalnum, line)):
        accepted = f'words, at most {MAX_EXCLUSION} characters, such as "my divorce"'
        raise InvalidArgumentError("about", repr(line[:MAX_EXCLUSION]), accepted)
    return line


def _excluded_project(line: str) -> str:
    try:
        name = project(line.removeprefix(OF_PROJECT))
    except InvalidArgumentError:
        name = None
    if name is None:
        raise InvalidArgumentError("about", repr(line[:MAX_EXCLUSION]), f'"{OF_PROJECT}" and {_PROJECT}')
    return f"{OF_PROJECT}{name}"


def fact_id(id_: str) -> str:
    """The id in capitals; raises `InvalidArgumentError` unless it is text."""
    return _text("fact_id", id_).strip().upper()


def selection(chosen: Selection) -> Selection:
    """The selection; raises `InvalidArgumentError` unless it chooses in exactly one way, and a time by its order."""
    ways = {
        "pages": bool(chosen.pages),
        "segment": chosen.segment is not None,
        "about": chosen.about is not None,
        "a time": chosen.start is not None or chosen.end is not None,
        "everything": chosen.everything,
    }
    given = [name for name, is_given in ways.items() if is_given]
    if len(given) != 1:
        raise InvalidArgumentError("selection", " and ".join(given) or "nothing", f"one of {', '.join(ways)}")
    if chosen.start is not None and chosen.end is not None and chosen.start >= chosen.end:
        raise InvalidArgumentError("end", chosen.end.isoformat(), f"a time after {chosen.start.isoformat()}")
    return chosen if chosen.about is None else replace(chosen, about=excluded(chosen.about))


def _told(text: str) -> ToldFact:
    line = " ".join(_text("facts", text).split())
    found = _REPLACES.match(line)
    return ToldFact(line) if found is None else ToldFact(line[found.end() :], found[1].upper())


def meta_data(value: Metadata | None) -> Metadata | None:
    """The value as the store will give it back; None for an empty object.

    Raises `InvalidArgumentError` unless it is a JSON object of bounded size.
    """
    if not value:
        return None
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
        stored = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError("meta_data", f"a {type(value).__name__}", "an object of JSON values") from error
    if not isinstance(stored, dict):
        raise InvalidArgumentError("meta_data", f"a {type(value).__name__}", "an object of JSON values")
    if len(text) > MAX_META_DATA:
        raise InvalidArgumentError("meta_data", f"{len(text)} characters as JSON", f"at most {MAX_META_DATA}")
    return stored


def project(name: str | None) -> str | None:
    """The project that a page is to belong to; None for "" and None: it is personal then.

    Raises `InvalidArgumentError` unless it is one line of at most 256 characters, and for "*", which names none.
    """
    if name is None or not (name := _text("project", name).strip()):
        return None
    if len(name) > MAX_PROJECT or not name.isprintable() or name == EVERY_PROJECT:
        raise InvalidArgumentError("project", repr(name[:40]), _PROJECT)
    return unicodedata.normalize("NFC", name)


def turn(id_: str) -> str:
    """The id of a client's turn. Raises `InvalidArgumentError` unless it is 1 to 1,000 bytes long in UTF-8."""
    if not 0 < len(_text("turn", id_).encode()) <= MAX_TURN_BYTES:
        raise InvalidArgumentError("turn", repr(id_[:40]), f"an id of at most {MAX_TURN_BYTES:,} bytes")
    return id_


def scope(name: str | None, configured: str) -> Scope:
    """What is seen from a project, None standing for the `configured` one: "" is personal pages, "*" everything.

    Raises `InvalidArgumentError` like `project`.
    """
    name = configured if name is None else _text("project", name).strip()
    return EVERYTHING if name == EVERY_PROJECT else Scope(project(name))


def _text(argument: str, value: str) -> str:
    if not isinstance(value, str):
        raise InvalidArgumentError(argument, f"a {type(value).__name__}", "text")
    if len(value) > MAX_TEXT:
        raise InvalidArgumentError(argument, f"{len(value)} characters", f"at most {MAX_TEXT}; split it into pages")
    # JSON can carry half a surrogate pair, which is no character and has no UTF-8.
    return value.encode("utf-8", "replace").decode() if _has_surrogates(value) else value


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
