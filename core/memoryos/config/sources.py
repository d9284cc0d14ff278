"""Where settings come from: arguments, MEMORYOS_* variables, a JSON file, OPENAI_* variables.

A source holds values as they were written. `gather` takes each setting from the first source that sets it, replaces
`${NAME}` and anchors relative paths; whether a value is sound is left to the model in config.py.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from pydantic import SecretStr, TypeAdapter, ValidationError

from memoryos.config.checks import is_local_model
from memoryos.config.text import closest, one_line, shown_name
from memoryos.errors import ConfigError

PREFIX = "MEMORYOS_"
OTHER_VARIABLES = frozenset({"MEMORYOS_CONFIG", "MEMORYOS_EVAL", "MEMORYOS_HOOK"})
"""Variables of this product that are no settings."""

SCHEMA_KEY = "$schema"
"""Lets an editor check a config file; means nothing here."""

PATH_KEYS = frozenset({"data_storage_path", "embedding_model_file", "tls_certificate", "tls_key"})

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_PLACEHOLDER = re.compile(r"YOUR[_-][A-Z0-9_-]*|<[^<>]*>|sk-[\w-]*(?:\.{3}|…)[\w-]*")
_PLACEHOLDER_FOR_KEY = re.compile(r"your[_-].*|.* .*", re.IGNORECASE)
"""No key has a blank in it, so "OpenAI API key" is a placeholder too."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one place says, as written there.

    `prefix` is that of environment variables, None where settings go by their own names; `folder` is where relative
    paths begin, None for the working directory.
    """

    place: str
    values: Mapping[str, object]
    prefix: str | None = None
    folder: Path | None = None

    def name(self, key: str) -> str:
        """The name a setting goes by in this place."""
        return key if self.prefix is None else self.prefix + key.upper()


@dataclass(frozen=True, slots=True)
class Gathered:
    """One value for each setting that is set, the source it came from, and what stood in the way of others."""

    values: dict[str, object] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    placeholders: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def from_arguments(arguments: Mapping[str, object]) -> Source:
    """Settings given in code or on the command line; None is not set, a path object is its text."""
    values = {
        key: os.fspath(value) if isinstance(value, os.PathLike) else value
        for key, value in arguments.items()
        if value is not None
    }
    return Source("arguments", values)


def from_environment(environ: Mapping[str, str], keys: Iterable[str]) -> Source:
    """The settings that have a MEMORYOS_* variable."""
    return Source("environment", _variables(environ, PREFIX, keys), prefix=PREFIX)


def from_openai_environment(environ: Mapping[str, str]) -> Source:
    """The two variables that every OpenAI client reads."""
    return Source("environment", _variables(environ, "", ("openai_api_key", "openai_base_url")), prefix="")


def from_file(path: Path) -> Source:
    """The settings of a JSON file (UTF-8, with or without byte order mark).

    Raises `ConfigError` with line and column where the file is not JSON.
    """
    full_path = Path(os.path.abspath(os.path.expanduser(path)))
    place = one_line(str(full_path))
    try:
        text = full_path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{place}: no such file; copy config.example.json there, or leave the path out") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{place}: byte {error.start + 1} is not UTF-8; save the file as UTF-8") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{place}: cannot be read ({reason}); name a readable JSON file") from error
    values = _parsed(text, place)
    return Source(place, {key: values[key] for key in values if key != SCHEMA_KEY}, folder=full_path.parent)


def unknown_variables(environ: Mapping[str, str], keys: Iterable[str]) -> tuple[str, ...]:
    """MEMORYOS_* variables that set nothing, each with the closest right name."""
    settings = [key.upper() for key in keys]
    known = {PREFIX + setting for setting in settings} | OTHER_VARIABLES
    names = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    near = {name: closest(name.removeprefix(PREFIX), settings) for name in names}
    return tuple(f"{name} (did you mean {PREFIX}{near[name]}?)" if near[name] else name for name in names)


def gather(sources: Sequence[Source], environ: Mapping[str, str], kinds: Mapping[str, object]) -> Gathered:
    """Each setting from the first source that sets it; `kinds` are the settings with the types of their values."""
    gathered = Gathered()
    for source in sources:
        for key in source.values:
            if key not in kinds:
                near = closest(key, kinds)
                hint = f'did you mean "{near}"?' if near else "config.example.json holds every setting"
                gathered.problems.append(f"{source.place}: unknown key {shown_name(key)}; {hint}")
    for key, kind in kinds.items():
        _gather_one(key, kind, sources, environ, gathered)
    return gathered


def _gather_one(
    key: str, kind: object, sources: Sequence[Source], environ: Mapping[str, str], gathered: Gathered
) -> None:
    placeholders = []
    for source in sources:
        value = source.values.get(key)
        if isinstance(value, str):
            undefined = next((name for name in _REFERENCE.findall(value) if not _is_defined(name, environ)), None)
            if undefined is not None:
                gathered.problems.append(f"{source.place}: {source.name(key)}: {_undefined(undefined)}")
                return
            text = _REFERENCE.sub(lambda match: environ[match[1]], value)
            if _is_placeholder(text.strip(), kind):
                placeholders.append(f"{source.name(key)} ({source.place})")
                continue
            from_variable = source.prefix is not None or text != value
            value = _prepared(text, key, kind, source.folder, from_variable) if text.strip() else None
        if value is not None:
            gathered.values[key] = value
            gathered.sources[key] = source
            return
    gathered.placeholders.extend(placeholders)


def _is_defined(name: str, environ: Mapping[str, str]) -> bool:
    try:
        return name in environ
    except UnicodeEncodeError:  # no variable of this system can have such a name
        return False


def _undefined(name: str) -> str:
    if not _VARIABLE.fullmatch(name):  # perhaps the key itself between the braces: not to be shown
        return "what stands in ${...} is no environment variable; write the name of one, or the value without ${}"
    return f"${{{name}}} is not defined; set this environment variable, or write the value itself"


def _is_placeholder(text: str, kind: object) -> bool:
    if _PLACEHOLDER.fullmatch(text):
        return True
    return kind is SecretStr and _PLACEHOLDER_FOR_KEY.fullmatch(text) is not None


def _prepared(text: str, key: str, kind: object, folder: Path | None, from_variable: bool) -> object:
    """A path anchored at its file's folder; a variable's text as the number or truth value the setting wants."""
    if folder is not None and (key in PATH_KEYS or (key == "embedding_model_name" and is_local_model(text))):
        return text if text.startswith("~") else str(folder / text)
    if from_variable and kind in (int, float, bool):
        try:
            value: object = TypeAdapter(kind).validate_python(text)
        except ValidationError:
            return text  # the model's own check then names the setting and what it accepts
        return value
    return text


def _variables(environ: Mapping[str, str], prefix: str, keys: Iterable[str]) -> dict[str, object]:
    names = {key: prefix + key.upper() for key in keys}
    return {key: environ[name] for key, name in names.items() if name in environ}


def _parsed(text: str, place: str) -> dict[str, object]:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members: dict[str, object] = {}
        for key, value in pairs:
            if key in members:
                raise ConfigError(f"{place}: key {shown_name(key)} stands there twice; keep one of them")
            members[key] = value
        return members

    def refuse(constant: str) -> NoReturn:
        raise ConfigError(f"{place}: {constant} is not JSON; write a finite number")

    try:
        values = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        where = f"{place}: line {error.lineno}, column {error.colno}"
        raise ConfigError(f"{where}: not JSON ({error.msg}); {_json_hint(error.msg)}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of open brackets
        raise ConfigError(f"{place}: not a config ({error}); see config.example.json") from None
    if not isinstance(values, dict):
        raise ConfigError(f'{place}: the top level is not an object; write {{"user_id": "alex"}} for a start')
    return values


def _json_hint(message: str) -> str:
    if "escape" in message:
        return "write a backslash twice, or / in paths"
    return "JSON wants double quotes, a comma between settings and none after the last, and has no comments"
