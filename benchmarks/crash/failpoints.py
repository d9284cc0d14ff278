"""Places between the steps of a commit at which a process dies as by kill -9.

A step is a statement of a writing transaction, a move of the write-ahead log, or what is done to a file of the memory:
opening, renaming, removing. The product knows nothing of it: connections are made by a class of this module.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from memoryos.storage.sqlite import files
from memoryos.storage.sqlite.connection import SqliteConnection

_NAME_CHARACTERS: Final = 70
_NUMBERS: Final = re.compile(r"\d+(?:\s*,\s*\d+)*")
_FILE_EVENTS: Final = frozenset({"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod"})
"""https://docs.python.org/3/library/audit_events.html; each is raised before the thing is done."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a process is to die, if nobody kills it before.

    By "moment" it is killed from outside. By "place" it dies the `nth` time it comes to a place, or at its `nth` step
    of all where the place is "". By "commit" the kernel ends it `seconds` after its `nth` COMMIT has begun.
    """

    way: Literal["moment", "place", "commit"]
    nth: int = 1
    place: str = ""
    seconds: float = 0.0


class Failpoints:
    """The steps that this process takes from now on, the last of which is the death.

    `note` gets the place just before it. `discovered` gets each place that is passed for the first time.
    """

    def __init__(self, death: Death, folder: Path, note: Callable[[str], None], discovered: Callable[[str], None]):
        self._death = death
        self._folder = str(folder)
        self._note = note
        self._discovered = discovered
        self._passed: Counter[str] = Counter()

    def arm(self) -> None:
        """Have every connection and every touch of a file counted."""
        Stepping.passing = self.passing
        vars(files)["SqliteConnection"] = Stepping
        vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=Stepping)
        sys.addaudithook(self._heard)

    def passing(self, place: str) -> None:
        """Count a step that is about to be taken, and die if it is the one."""
        self._passed[place] += 1
        self._passed[""] += 1
        if self._passed[place] == 1:
            self._discovered(place)
        death = self._death
        if death.way == "place" and death.place in ("", place) and self._passed[death.place] == death.nth:
            self._note(place)
            os.kill(os.getpid(), signal.SIGKILL)
        elif death.way == "commit" and place == "COMMIT" and self._passed[place] == death.nth:
            self._note("within COMMIT")
            # Nobody handles this signal: the kernel ends the process wherever it is, in the middle of a write, too.
            signal.setitimer(signal.ITIMER_REAL, death.seconds)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FILE_EVENTS and arguments and isinstance(arguments[0], (str, os.PathLike)):
            path = os.fspath(arguments[0])
            if isinstance(path, str) and path.startswith(self._folder):
                self.passing(f"{event} {_kind_of_file(path)}")


class Stepping(SqliteConnection):
    """A connection that counts its steps while it writes."""

    passing: Callable[[str], None] = staticmethod(lambda place: None)
    _writes = False

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        self._before(sql)
        cursor = super().execute(sql, *parameters)
        self._after(sql)
        return cursor

    def executemany(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        self._before(sql)
        return super().executemany(sql, *parameters)

    def backup(self, *arguments: Any, **options: Any) -> None:
        type(self).passing("backup")
        super().backup(*arguments, **options)
        type(self).passing("after backup")

    def _before(self, sql: str) -> None:
        if sql == "BEGIN IMMEDIATE":
            self._writes = True
        if self._writes or "wal_checkpoint" in sql:
            type(self).passing(named(sql))

    def _after(self, sql: str) -> None:
        if "wal_checkpoint" in sql:
            type(self).passing(f"after {named(sql)}")
        elif self._writes and sql in ("COMMIT", "ROLLBACK"):
            self._writes = False
            type(self).passing(f"after {sql}")


def named(sql: str) -> str:
    """A statement by its first words, without its numbers, and a check sum of the rest."""
    text = _NUMBERS.sub("N", " ".join(sql.split()))
    if len(text) <= _NAME_CHARACTERS:
        return text
    return f"{text[:_NAME_CHARACTERS]}... {zlib.crc32(text.encode()):08x}"


def _kind_of_file(path: str) -> str:
    """A file's name without what is of one run."""
    return re.sub(r"[0-9]{3,}[0-9TZx]*", "N", Path(path).name)
