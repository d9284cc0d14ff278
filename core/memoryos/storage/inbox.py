"""Exchanges that programs without the engine left beside a memory, as one file each, until the memory takes them in.

A client's hook has a quarter of a second, and no time for a lock: it writes a file and is done. The format is that of
`Arrival.from_text`; a file has its name once it is whole, and names are in the order of the turns.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.arguments import MAX_TURN_BYTES
from memoryos.models import Turn

if TYPE_CHECKING:
    from memoryos.models import Metadata

FOLDER: Final = "inbox"
"""Beside the memory's file."""

_SESSIONS: Final = "sessions"
"""In it: a folder for each session of a client, with the prompts that wait for their answer."""

_ABOUT_IT: Final = frozenset({"client", "session", "turn", "transcript", "folder", "project", "meta_data"})
"""In a file: what nobody said."""

_SUFFIX: Final = ".json"
_REFUSED: Final = ".refused"
_OPEN: Final = ".open"
_MAX_BYTES: Final = 4_000_000
"""Both sides have 200,000 characters at most."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An exchange in the inbox; `name` is its file's."""

    name: str
    user_input: str
    agent_response: str
    turn: Turn
    meta_data: Metadata
    folder: str = ""
    project: str = ""

    @classmethod
    def from_text(cls, name: str, text: str) -> Arrival:
        """The exchange of a file: a JSON object of `user_input`, `agent_response`, `turn`, `begun_at`, `ended_at` (in
        seconds since 1970), `meta_data` and, where that is known, the `folder` in which it was said, or the `project`
        that its client is configured with.

        Raises `ValueError` for anything else.
        """
        read = json.loads(text)
        try:
            sides, turn, meta_data = (read["user_input"], read["agent_response"]), read["turn"], read["meta_data"]
            begun_at, ended_at = (datetime.fromtimestamp(read[key], timezone.utc) for key in ("begun_at", "ended_at"))
        except (KeyError, TypeError, OverflowError, OSError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
        if not all(isinstance(side, str) for side in (*sides, turn)) or not isinstance(meta_data, dict) or not turn:
            raise ValueError("a text or an object is missing")
        if len(turn.encode()) > MAX_TURN_BYTES:
            raise ValueError("the turn's id is too long")
        folder, project = read.get("folder", ""), read.get("project", "")
        if not isinstance(folder, str) or not isinstance(project, str):
            raise ValueError("the folder or the project is no text")
        return cls(name, *sides, Turn(turn, begun_at, ended_at), meta_data, folder, project)


@dataclass(frozen=True, slots=True)
class Left:
    """What one file of hooks holds, as far as it can be read: texts, when they were said, and where."""

    texts: tuple[str, ...]
    said_at: datetime
    folder: str = ""
    project: str = ""

    @classmethod
    def from_text(cls, text: str, changed_at: float) -> Left:
        """That of a file's content; it was said when the file changed, in seconds since 1970, if it tells no time."""
        try:
            read = json.loads(text)
        except (ValueError, RecursionError):
            read = text
        told = {key: value for key, value in read.items() if key not in _ABOUT_IT} if isinstance(read, dict) else read
        where = {key: str(read.get(key) or "") if isinstance(read, dict) else "" for key in ("folder", "project")}
        at = read.get("begun_at", read.get("at")) if isinstance(read, dict) else None
        try:
            said_at = datetime.fromtimestamp(changed_at if at is None else at, timezone.utc)
        except (TypeError, ValueError, OverflowError, OSError):
            said_at = datetime.fromtimestamp(changed_at, timezone.utc)
        return cls(tuple(_texts_in(told)), said_at, **where)


def _texts_in(value: object) -> Iterator[str]:
    """Every text in what was read of a file, however deep it lies."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str) and part:
            yield part
        elif isinstance(part, dict):
            parts += part.values()
        elif isinstance(part, list):
            parts += part


class Inbox:
    """The inbox of the memory in a file. Nothing here holds up a memory: what cannot be read is set aside by name."""

    def __init__(self, memory: Path) -> None:
        self.folder = memory.with_name(FOLDER)

    def version(self) -> int:
        """Changes when something comes in; 0 where nothing ever came. Costs one look at the folder."""
        try:
            return self.folder.stat().st_mtime_ns
        except OSError:
            return 0

    def names(self) -> list[str]:
        """The files that wait, in the order of their turns."""
        try:
            return sorted(entry.name for entry in self.folder.iterdir() if entry.name.endswith(_SUFFIX))
        except OSError:
            return []

    def arrivals(self) -> Iterator[Arrival]:
        """What waits, in the order of the turns; another process may take it in meanwhile."""
        for name in self.names():
            try:
                text = self._text(name)
            except OSError:  # taken in meanwhile, or not readable now
                continue
            except ValueError as error:
                self.refuse(name, str(error))
                continue
            try:
                yield Arrival.from_text(name, text)
            except (ValueError, RecursionError) as error:
                self.refuse(name, type(error).__name__)

    def remove(self, name: str) -> None:
        """What was taken in waits no more."""
        with suppress(OSError):
            (self.folder / name).unlink()

    def refuse(self, name: str, why: str) -> None:
        """Set aside what is no exchange: it is kept, and not looked at again."""
        _log.warning("%s: not taken in (%s); it is kept as %s%s", self.folder / name, why, name, _REFUSED)
        with suppress(OSError):
            (self.folder / name).replace(self.folder / f"{name}{_REFUSED}")

    def drop(self, is_dropped: Callable[[Left], bool]) -> None:
        """Throw away what waits, what was set aside, and prompts without an answer, if what they hold is to go.

        Of a prompt without an answer an empty one stays, with which a hook drops the answer.
        """
        kinds = (f"*{_SUFFIX}", f"*{_REFUSED}", f"{_SESSIONS}/*/*")
        for path in (path for kind in kinds for path in self.folder.glob(kind)):
            with suppress(OSError):
                text = path.read_text(encoding="utf-8", errors="replace")
                left = Left.from_text(text, path.stat().st_mtime)
                if left.texts and is_dropped(left):
                    _empty(path, text)

    def refused(self) -> int:
        """How many were set aside."""
        try:
            return sum(entry.name.endswith(_REFUSED) for entry in self.folder.iterdir())
        except OSError:
            return 0

    def _text(self, name: str) -> str:
        path = self.folder / name
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"more than {_MAX_BYTES:,} bytes")
        return path.read_text(encoding="utf-8")


def _empty(path: Path, text: str) -> None:
    if path.suffix == _OPEN:
        with suppress(ValueError, RecursionError, TypeError):
            kept = json.dumps({**json.loads(text), "text": ""})
            emptied = path.with_name(f".{path.name}.emptied")
            emptied.touch(0o600)
            emptied.write_text(kept, encoding="utf-8")
            emptied.replace(path)
            return
    path.unlink()
