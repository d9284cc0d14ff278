"""What the language model was used for, day by day, in the file that all memories of a data folder share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, Literal

from memoryos.errors import StoreError
from memoryos.status import Use
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.schema import Schema, migrations_in

Purpose = Literal["background", "answer"]
"""Whether somebody waits for what a request brings."""

_SERVER: Final = Schema(lambda: migrations_in("server_migrations"), application_id=0x4D4F5332)


class UsageStore:
    """Counts of requests and tokens in `server.db`, added to by every process; thread-safe.

    The file is opened, and made, with the first use, and again where it was deleted or replaced. Every method may
    raise `StoreError`.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()  # guards the two below
        self._database: Database | None = None
        self._closed = False

    def add(self, purpose: Purpose, use: Use) -> None:
        """Add to what was used today."""
        with self._open().write() as connection:
            connection.execute(
                "INSERT INTO model_use (day, purpose, calls, prompt_tokens, completion_tokens) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (day, purpose) DO UPDATE SET calls = calls + excluded.calls,"
                " prompt_tokens = prompt_tokens + excluded.prompt_tokens,"
                " completion_tokens = completion_tokens + excluded.completion_tokens",
                (self._today(), purpose, use.calls, use.prompt_tokens, use.completion_tokens),
            )

    def today(self, *purposes: Purpose) -> Use:
        """What was used today for these purposes together."""
        with self._open().read() as connection:
            rows = connection.execute(
                "SELECT purpose, calls, prompt_tokens, completion_tokens FROM model_use WHERE day = ?",
                (self._today(),),
            ).fetchall()
        chosen = [row[1:] for row in rows if row[0] in purposes]
        return Use(*(sum(column) for column in zip(*chosen, strict=True))) if chosen else Use()

    def close(self) -> None:
        """Release the file, for good."""
        with self._lock:
            database, self._database, self._closed = self._database, None, True
        if database is not None:
            database.close()

    def _open(self) -> Database:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self.path}: the memory was closed; open it again to use it")
            if self._database is not None and self._database.file_is_gone():
                self._database.close()
                self._database = None
            if self._database is None:
                self._database = Database(self.path, _SERVER)
            return self._database

    def _today(self) -> str:
        return self._clock().astimezone(timezone.utc).date().isoformat()
