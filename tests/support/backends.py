"""The stores that the contract is tested on; another one is one more entry of `BACKENDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import postgres_server

from memoryos.storage.sqlite.store import SqliteStore

OpenBackend = Callable[[], object]
"""Opens the test's store once more."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A store: how a test opens it in a folder of its own, and whether it has all ports or those of search alone.

    `missing` says what it lacks to run here, None where it can.
    """

    name: str
    opening: Callable[[Path], OpenBackend]
    has_all_ports: bool
    missing: str | None = None


BACKENDS = (
    Backend("sqlite", lambda folder: lambda: SqliteStore(folder / "memory.db"), has_all_ports=True),
    Backend("postgres", postgres_server.opening, has_all_ports=True, missing=postgres_server.MISSING),
)
