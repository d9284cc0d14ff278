"""How far a memory had come, kept beside its file: what opens with less has lost what was acknowledged.

`memory.mark` is written after each commit behind an answer and before the answer, without waiting for the disk. A mark
that lags behind is harmless, and so is none; one that is ahead of the file means that its log was deleted or damaged.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ulid import ULID

if TYPE_CHECKING:
    from typing_extensions import Self

_log = logging.getLogger(__name__)

_SIGN: Final = "memoryos-mark-1"
_DIGITS: Final = 19
"""So that every mark is as long as the one it overwrites, and takes no new block of a full disk."""

_HEIGHT: Final = """
SELECT coalesce((SELECT value FROM settings WHERE key = 'memory'), ''),
       coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'pages'), 0),
       coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'forgotten_pages'), 0)
"""


@dataclass(frozen=True, slots=True)
class HighWater:
    """How far a memory had come: its own id ("" before it has one), the number of its newest page ever, and how many
    pages were forgotten. The latter two never fall."""

    memory: str
    newest: int
    forgotten: int

    @property
    def pages(self) -> int:
        """How many pages it held; their numbers have no gaps but those of forgotten ones."""
        return self.newest - self.forgotten

    @classmethod
    def reached(cls, connection: sqlite3.Connection) -> Self:
        """How far a memory has come."""
        return cls(*connection.execute(_HEIGHT).fetchone())

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> Self:
        """The same for a database that may have no tables yet: it has come nowhere."""
        tables = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name IN ('settings', 'sqlite_sequence', 'pages')"
        ).fetchone()[0]
        return cls.reached(connection) if tables == 3 else cls("", 0, 0)

    @classmethod
    def marked(cls, path: Path) -> Self | None:
        """What the mark beside a database says; None where there is none that can be read."""
        try:
            sign, memory, newest, forgotten, check = mark_file(path).read_text("ascii").split()
            if sign != _SIGN or int(check, 16) != _check(memory, newest, forgotten):
                return None
            return cls(memory, int(newest), int(forgotten))
        except (OSError, ValueError):
            return None

    def is_behind(self, mark: HighWater) -> bool:
        """Whether a memory that has come this far lacks pages, or deletions, that a mark of it tells of."""
        return self.newest < mark.newest or self.forgotten < mark.forgotten

    def mark(self, path: Path) -> None:
        """Write the mark beside a database, unless the one there is further; a refusal costs nothing but the mark."""
        before = HighWater.marked(path)
        if before is not None and before.memory == self.memory and not before.is_behind(self):
            return
        newest, forgotten = f"{self.newest:0{_DIGITS}}", f"{self.forgotten:0{_DIGITS}}"
        line = f"{_SIGN} {self.memory} {newest} {forgotten} {_check(self.memory, newest, forgotten):08x}\n"
        try:
            descriptor = os.open(mark_file(path), os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            try:
                os.write(descriptor, line.encode("ascii"))
            finally:
                os.close(descriptor)
        except OSError as error:
            _log.debug("%s: cannot be written: %s", mark_file(path), error.strerror)


def mark_file(path: Path) -> Path:
    """Where the mark of a database lies."""
    return path.with_suffix(".mark")


def name_memory(connection: sqlite3.Connection) -> None:
    """Give the memory an id of its own, unless it has one: tells it from another that is put in its place."""
    connection.execute("INSERT OR IGNORE INTO settings (key, value) VALUES ('memory', ?)", (str(ULID()),))


def remove_mark(path: Path, memory: str) -> None:
    """Remove the mark of a memory that is no longer there."""
    found = HighWater.marked(path)
    if found is not None and found.memory == memory:
        try:
            mark_file(path).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s: cannot be removed: %s", mark_file(path), error.strerror)


def _check(memory: str, newest: str, forgotten: str) -> int:
    return zlib.crc32(f"{memory} {newest} {forgotten}".encode("ascii", "replace"))
