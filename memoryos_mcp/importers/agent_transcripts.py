"""What transcripts of coding agents have in common: files of JSON lines, each a talk that had its place in a folder.

A turn is what the user wrote and the agent's last text in answer to it: what it said between its tools is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from memoryos import models
from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.projects import identity
from memoryos_mcp.hooks.spool import turn_id
from memoryos_mcp.importers.chat_exports import page_parts
from memoryos_mcp.importers.json_files import Place, readable

_LINES_LOOKED_AT: Final = 20
_FILES_LOOKED_AT: Final = 50
_LINE_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What the user said and the agent answered, from when to when; `id` is that of the user's message.

    `client_id` is the one by which the client tells its hooks of the turn, "" where it is not known.
    """

    id: str
    said: str
    answered: str
    at: datetime | None
    ended_at: datetime | None = None
    client_id: str = ""

    def with_answer(self, text: str, at: datetime | None) -> Turn:
        """The turn with this answer, which was given then."""
        return replace(self, answered=text, ended_at=at or self.ended_at)


@dataclass(frozen=True, slots=True)
class Talk:
    """A transcript: the folder that it was had in is None where nothing names it."""

    id: str
    title: str
    folder: str | None
    turns: tuple[Turn, ...]


def begins_with(path: Path, is_of: Callable[[dict[str, object]], bool]) -> bool:
    """Whether one of the first lines of a file, or of one of the files in a folder, is an object of such a kind."""
    return any(_begins_with(file, is_of) for file in islice(files(path), _FILES_LOOKED_AT))


def files(path: Path) -> Iterator[Path]:
    """The transcripts: the file itself, or all in the folder by their names."""
    if not path.is_dir():
        if path.suffix == ".jsonl" and path.is_file():
            yield path
        return
    with readable(Place(path)):
        yield from sorted(file for file in path.rglob("*.jsonl") if file.is_file())


def talk_pages(
    talk: Talk, *, source: str, place: str, zone: tzinfo | None, assistant_id: str
) -> Iterator[models.IncomingPage]:
    """The turns of a talk; they belong to the project of its folder, where that is still a repository."""
    project = None if talk.folder is None else _project(talk.folder)
    began = next((turn.at for turn in talk.turns if turn.at is not None), None)
    meta_data: dict[str, object] = {"source": source, "conversation": talk.title, "conversation_id": talk.id}
    if talk.folder is not None:
        meta_data["folder"] = talk.folder
    for turn in talk.turns:
        told = _told(turn, talk, source)
        for incoming in page_parts(
            turn.said,
            turn.answered,
            (source, turn.id),
            turn.at or began,
            meta_data={name: value for name, value in meta_data.items() if value},
            place=place,
            zone=zone,
            assistant_id=assistant_id,
        ):
            yield replace(incoming, page=replace(incoming.page, project=project, turn=told))
            told = None  # a further part of a long one is a page of its own


def _told(turn: Turn, talk: Talk, source: str) -> models.Turn | None:
    """By what a hook of the client would know this turn; None where it has no time."""
    if turn.at is None:
        return None
    id_, *other_ids = (turn_id(source, talk.id, own) for own in dict.fromkeys((turn.client_id, turn.id)) if own)
    return models.Turn(id_, turn.at, turn.ended_at or turn.at, tuple(other_ids))


def ordered(talks: Iterable[tuple[Talk, Path]]) -> list[tuple[Talk, Path]]:
    """The talks in the order in which they began, each turn once: a talk that goes on from another one repeats it."""
    seen: set[str] = set()
    found = []
    for talk, file in sorted(talks, key=_began):
        turns = tuple(turn for turn in talk.turns if turn.id not in seen)
        seen.update(turn.id for turn in turns)
        found.append((replace(talk, turns=turns), file))
    return found


def time_of(text: object, place: object) -> datetime | None:
    """A time as clients write it. Raises `ConfigError`."""
    if not isinstance(text, str) or not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ConfigError(one_line(f"{place}: timestamp: {error}; expected: YYYY-MM-DDTHH:MM:SS.sssZ")) from error
    return at if at.tzinfo is not None else None


def _began(found: tuple[Talk, Path]) -> float:
    return next((turn.at.timestamp() for turn in found[0].turns if turn.at is not None), 0.0)


def _begins_with(file: Path, is_of: Callable[[dict[str, object]], bool]) -> bool:
    with readable(Place(file)), file.open("rb") as content:
        for _ in range(_LINES_LOOKED_AT):
            try:
                value = json.loads(content.readline(_LINE_BYTES).decode("utf-8-sig"))
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict) and is_of(value):
                return True
    return False


@lru_cache(maxsize=4_096)
def _project(folder: str) -> str | None:
    return identity(folder)
