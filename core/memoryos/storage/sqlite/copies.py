"""Whole copies of a memory: made while servers use it, verified, and put in the place of what is there."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from memoryos.errors import StoreDamagedError, StoreError
from memoryos.storage.paths import make_folders, named_refusals
from memoryos.storage.seals import is_as_stored
from memoryos.storage.sqlite import files
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.failures import BUSY_TIMEOUT_SECONDS, translated_errors
from memoryos.storage.sqlite.high_water import HighWater, mark_file
from memoryos.storage.sqlite.schema import MEMORY

_FIELDS: Final = "digest, id, happened_at, added_at, timestamp, user_input, agent_response, meta_data, assistant_id"


@dataclass(frozen=True, slots=True)
class Verified:
    """A copy that was read through: where it lies, its pages, and how far it has come."""

    path: Path
    pages: int
    height: HighWater


def back_up(source: Path, folder: Path, *, name: str, now: datetime) -> Verified:
    """A verified copy of a memory as of now, one file without a log, named by the time (UTC); others go on using it.

    It has its name once it is complete, verified and on disk. Raises `StoreError`.
    """
    target = folder / f"{name}-{now:%Y%m%dT%H%M%SZ}.db"
    with named_refusals(folder):
        make_folders(folder)
        if target.exists():
            raise FileExistsError(17, "a backup of this second is there")
    Database(source).close()  # what is there is sound as far as opening can tell
    part = folder / f".{target.name}.part"
    with ExitStack() as unless_done:
        unless_done.callback(_remove, part)
        _remove(part)
        _copy(source, part)
        found = verified(part)
        with named_refusals(folder):
            _to_disk(part)
            part.replace(target)
            _to_disk(folder)
        unless_done.pop_all()
    return Verified(target, found.pages, found.height)


def kept(folder: Path, *, name: str, keep: int) -> list[Path]:
    """Delete all but the newest backups of a memory; what was deleted."""
    old = sorted(folder.glob(f"{name}-????????T??????Z.db"))[:-keep]
    with named_refusals(folder):
        for path in old:
            path.unlink()
    return old


def verified(path: Path) -> Verified:
    """A copy read through: sound as a database, and every page as it was stored.

    Raises `StoreDamagedError` where it is not, and `StoreError`.
    """
    with translated_errors(path), closing(_opened(path)) as connection:
        (mark,) = connection.execute("SELECT application_id FROM pragma_application_id").fetchone()
        if mark != MEMORY.application_id:
            raise StoreDamagedError(f"{path}: is no memory; name a file that backup wrote")
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise StoreDamagedError(f"{path}: is not sound ({said}); use another copy")
        height, pages = HighWater.of(connection), 0
        columns = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('pages')")}
        project = "project" if "project" in columns else "NULL"  # in copies of an earlier version
        for row in connection.execute(f"SELECT {_FIELDS}, {project} FROM pages"):
            pages += 1
            if not is_as_stored(*row):
                raise StoreDamagedError(f"{path}: page {row[1]} is not as it was stored; use another copy")
    if pages != height.pages:
        raise StoreDamagedError(f"{path}: holds {pages} pages and counts {height.pages}; use another copy")
    return Verified(path, pages, height)


def restore(copy: Path, path: Path, *, now: datetime) -> tuple[Verified, Path | None]:
    """Put a verified copy in the place of a memory; what was there is moved aside, with its log, and its new name.

    Servers that run notice it at their next call. Raises `StoreError` with everything as it was, unless the system
    refuses a rename half-way: the memory is then whole under the other name.
    """
    verified(copy)
    part = path.with_name(f".{path.name}.part")
    with named_refusals(path.parent):
        make_folders(path.parent)
    with ExitStack() as unless_done:
        unless_done.callback(_remove, part)
        _remove(part)
        _copy(copy, part)
        found = verified(part)
        with named_refusals(path):
            _to_disk(part)
            aside = _moved_aside(path, now)
            part.replace(path)
            _to_disk(path.parent)
        unless_done.pop_all()
    Database(path).close()  # migrated, should it be of an earlier version
    found.height.mark(path)
    return Verified(path, found.pages, found.height), aside


def put_in_place(whole: Path, path: Path) -> None:
    """Give a memory that was filled under another name, and that nobody has open, its own. Raises `StoreError`."""
    found = verified(whole)
    with named_refusals(path):
        if path.exists():
            raise FileExistsError(17, "a memory was made here meanwhile")
        _to_disk(whole)
        whole.replace(path)
        _to_disk(path.parent)
    mark_file(whole).unlink(missing_ok=True)
    found.height.mark(path)


def _moved_aside(path: Path, now: datetime) -> Path | None:
    """Another name for the file that is there, which keeps its own until the next is in its place; None without one."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}")
    os.link(path, aside)
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    mark_file(path).unlink(missing_ok=True)
    return aside


def _copy(source: Path, target: Path) -> None:
    with translated_errors(source), closing(_opened(source)) as reading, closing(sqlite3.connect(target)) as writing:
        target.chmod(0o600)
        reading.backup(writing)  # in one step: of one moment, while others write
        writing.execute("PRAGMA journal_mode = DELETE")  # a copy is one file


def _opened(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    return files.connect(path, timeout=BUSY_TIMEOUT_SECONDS)


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return  # only POSIX lets a folder be opened
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
