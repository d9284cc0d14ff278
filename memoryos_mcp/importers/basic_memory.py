"""The importer of a folder of basic-memory: Markdown notes with a `permalink` in their front matter.

Each observation (`- [category] text #tag (context)`) and each relation (`- relation_type [[Note]]`) is a fact of its
own, and the rest of a note is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from itertools import islice
from pathlib import Path
from typing import Final

import yaml

from memoryos import timestamps
from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import moment
from memoryos_mcp.importers.foreign_facts import ForeignFact, Origin, fact_pages
from memoryos_mcp.importers.json_files import Broken, Place, decoded, each, readable

EXPECTED: Final = "Markdown notes of basic-memory, with title and permalink between two lines of ---"

_FRONT: Final = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
# A box of a task list is no category.
_OBSERVATION: Final = re.compile(r"\s*[-*]\s+\[(?![ xX\-]?\])([^\[\]\n]{1,100})\]\s+(?!\()(.+)")
_RELATION: Final = re.compile(r"\s*[-*]\s+([^\[\]\n]{0,100}?)\s*\[\[([^\[\]\n]{1,300})\]\](.*)")
_LOOKED_AT: Final = 200
_HEAD_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Note:
    title: str
    permalink: str
    at: datetime | None
    tags: list[str]
    body: str


def detects(path: Path) -> bool:
    """Whether it is a folder in which a note has a permalink."""
    if not path.is_dir():
        return False
    for note in islice(_files(path), _LOOKED_AT):
        with readable(Place(note)), note.open("rb") as content:
            front = _FRONT.match(content.read(_HEAD_BYTES).decode("utf-8", errors="ignore"))
        if front is not None and re.search(r"^permalink:", front[1], re.MULTILINE):
            return True
    return False


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The facts of the notes, in the order of their names."""

    def pages(file: Path) -> Iterator[IncomingPage]:
        note = _note(file, path, zone)
        with readable(Place(file)):
            origin = Origin("basic-memory", moment(file.stat().st_mtime), zone, assistant_id)
        for fact in _facts(note):
            yield from fact_pages(fact, origin, str(file))

    yield from each(_files(path), pages)


def _files(folder: Path) -> Iterator[Path]:
    with readable(Place(folder)):
        yield from sorted(
            file
            for file in folder.rglob("*.md")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        )


def _note(file: Path, folder: Path, zone: tzinfo | None) -> _Note:
    with readable(Place(file)):
        text = decoded(file.read_bytes(), Place(file))
    front = _FRONT.match(text)
    try:
        given = yaml.safe_load(front[1]) if front is not None else None
    except yaml.YAMLError as error:
        raise ConfigError(one_line(f"{file}: front matter: {error}; expected: {EXPECTED}")) from error
    named = {str(name): value for name, value in given.items()} if isinstance(given, dict) else {}
    tags = named.get("tags")
    if isinstance(tags, str):
        tags = [tag.strip() for tag in tags.split(",")]
    return _Note(
        str(named.get("title") or file.stem),
        str(named.get("permalink") or file.relative_to(folder).with_suffix("").as_posix()),
        _time(next((named[key] for key in ("created", "date", "created_at") if named.get(key)), None), file, zone),
        [str(tag) for tag in tags] if isinstance(tags, list) else [],
        text[front.end() :] if front is not None else text,
    )


def _time(given: object, file: Path, zone: tzinfo | None) -> datetime | None:
    """A time of the front matter, which YAML may have read already."""
    if isinstance(given, date) and not isinstance(given, datetime):
        given = datetime.combine(given, time())
    if given is None:
        return None
    try:
        return timestamps.parse(given.isoformat() if isinstance(given, datetime) else str(given), zone)
    except InvalidArgumentError as error:
        raise ConfigError(one_line(f"{file}: front matter: {error}")) from error


def _facts(note: _Note) -> Iterator[ForeignFact]:
    rest: list[str] = []
    facts: list[tuple[str, dict[str, object]]] = []
    for line in note.body.splitlines():
        if observation := _OBSERVATION.fullmatch(line):
            facts.append((f"{note.title}: {observation[2]}", {"category": observation[1]}))
        elif relation := _RELATION.fullmatch(line):
            named = relation[1].strip("* ").replace("_", " ") or "relates to"
            facts.append((f"{note.title} {named} {relation[2]}{relation[3].rstrip()}", {}))
        else:
            rest.append(line)
    prose = "\n".join(rest).strip()
    if any(line.strip() and not line.lstrip().startswith("#") for line in rest):
        facts.insert(0, (prose, {}))
    for text, meta_data in facts:
        noted = {"entity": note.title, "permalink": note.permalink, "tags": note.tags, **meta_data}
        yield ForeignFact(text, (note.permalink, text), note.at, noted)
