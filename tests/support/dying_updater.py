"""Does all background work on a memory and dies on the way, as a kill -9 or a power cut would have it.

python dying_updater.py FILE WHEN METHOD [KIND]: dies when the store's METHOD is called, for KIND of work if one is
named. WHEN is `before` or `after` the call, `midway` in its transaction, or `uncommitted`, when all is written but the
commit. Exits with 9; with anything else if it never came to that point.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine import NOON, Clock, build_engine
from hash_embedder import HashEmbedder

from memoryos.storage.sqlite.database import Database

MIDWAY = 6
"""The statement of a transaction that is never run: some changes are made by then and some are not."""


class Trap:
    """Ends the process in the midst of a transaction."""

    def __init__(self, when: str) -> None:
        self.when = when
        self.armed = False
        self.statements = 0

    def watch(self, connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        """A function that opens connections as `connect` does, each of which tells the trap its statements."""

        def watched(*, durable: bool) -> sqlite3.Connection:
            connection = connect(durable=durable)
            connection.set_trace_callback(self.see)
            return connection

        return watched

    def see(self, statement: str) -> None:
        if not self.armed:
            return
        self.statements += 1
        if (self.when == "midway" and self.statements == MIDWAY) or (
            self.when == "uncommitted" and statement == "COMMIT"
        ):
            die()

    def deadly(self, method: Callable[..., Any], kind: str | None) -> Callable[..., Any]:
        """The method as it is on the day of the crash."""

        def run(*arguments: Any, **settings: Any) -> Any:
            subject = arguments[0]
            if kind is not None and kind != getattr(subject, "kind", subject):
                return method(*arguments, **settings)
            if self.when == "before":
                die()
            self.armed = True
            method(*arguments, **settings)
            if self.when == "after":
                die()
            sys.exit("it was not in the way of any statement")

        return run


def die() -> None:
    os._exit(9)


def main(path: str, when: str, method: str, kind: str | None = None) -> None:
    clock = Clock(NOON + timedelta(hours=1))
    engine = build_engine(Path(path), clock=clock, embedder=HashEmbedder("hash/2"), holder="dying")
    trap, database = Trap(when), engine.store._database
    assert isinstance(database, Database)
    vars(database)["_connect"] = trap.watch(database._connect)
    for opened in (connection for idle in database._idle.values() for connection in idle):
        opened.set_trace_callback(trap.see)
    vars(engine.store)[method] = trap.deadly(getattr(engine.store, method), kind)
    engine.add("tea: the newest page")
    engine.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
