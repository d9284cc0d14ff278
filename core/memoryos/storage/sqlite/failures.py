"""SQLite's errors as this package's, each message with the file and the next step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memoryos.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError, StoreReadOnlyError

BUSY_TIMEOUT_SECONDS = 30
"""So long a transaction waits for another process's."""


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Within it SQLite's errors are raised as `StoreError` and its subclasses."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    text = str(error)
    if "locked" in text:
        return StoreBusyError(
            f"{path}: another process kept the database locked for {BUSY_TIMEOUT_SECONDS} s; "
            "try again, and see which process holds it"
        )
    if "is full" in text:
        return StoreFullError(f"{path}: the disk is full; nothing was stored. Free some space and try again")
    if "readonly" in text or "unable to open" in text:
        return StoreReadOnlyError(
            f"{path}: cannot be written; give this user write access to it and to {path.parent}, "
            "or set data_storage_path to a folder that has it"
        )
    if "malformed" in text or "not a database" in text:
        return damaged(path, text)
    if "disk I/O" in text:
        return StoreError(f"{path}: {text}; check the disk, its free space and this user's quota, and try again")
    return StoreError(f"{path}: {text}")


def damaged(path: Path, what: str) -> StoreDamagedError:
    """The error for a file that is not sound, with the way to what can be saved."""
    copy = path.with_name(f"{path.name}.copy")
    return StoreDamagedError(
        f"{path}: {what}. The file is left as it is. To save what can be read: stop every server that uses it, "
        f'run  python -m memoryos_mcp recover "{path}"  (it works on the copy {copy} and never changes the original)'
    )
