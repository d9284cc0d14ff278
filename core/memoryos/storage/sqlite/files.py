"""The file of a database as the system knows it: made, checked, told from others."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from memoryos.storage.paths import make_folders, named_refusals
from memoryos.storage.sqlite.connection import SqliteConnection

Identity = tuple[int, int]
"""What the system tells a file by, whatever it is called."""


def identity(path: Path) -> Identity | None:
    """The identity of the file that has this name now; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def connect(path: Path, *, timeout: float) -> SqliteConnection:
    """A connection in autocommit mode, for any thread, to a file that is there; `timeout` in seconds, for locks.

    SQLite would make a missing file, empty and for everybody to read.
    """
    return sqlite3.connect(
        address(path, "?mode=rw"),
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
        factory=SqliteConnection,
    )


def address(path: Path, how: str) -> str:
    """The file as SQLite takes it where it is to be opened in a certain way."""
    whole = path.absolute().as_posix()
    named = quote(os.fsencode(whole if whole.startswith("/") else f"/{whole}"))
    return f"file://{named}{how}"


def log_files(path: Path) -> dict[Path, Identity]:
    """The write-ahead log of a database and the log's index, as far as they are there: beside it, behind any link."""
    path = path.resolve()
    names = (path.with_name(f"{path.name}-{suffix}") for suffix in ("wal", "shm"))
    return {name: found for name in names if (found := identity(name)) is not None}


def remove(known: Mapping[Path, Identity]) -> None:
    """Remove the files that are still what they were. Raises `StoreReadOnlyError`."""
    for path, before in known.items():
        if identity(path) == before:
            with named_refusals(path):
                path.unlink(missing_ok=True)


def create(path: Path) -> None:
    """Make the file and the folders that lead to it, readable by their owner only, unless they are there.

    Raises `StoreReadOnlyError`. A file that is there is not opened for it: where the system is POSIX, closing it would
    end the locks of every connection that this process has to it, and another process would delete the write-ahead
    log under them.
    """
    with named_refusals(path):
        make_folders(path.parent)
        if path.exists():
            _check_usable(path)
        else:
            with suppress(FileExistsError):  # another process was faster
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _check_usable(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    effective_ids = os.access in os.supports_effective_ids
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
