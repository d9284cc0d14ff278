"""A look at a memory's files before SQLite opens them: it would delete the log of an empty file, play a log into a file
that it does not belong to, and pass over the end of a damaged one without a word.

Nothing is changed, and no file is opened but through SQLite: on POSIX, closing it would end the locks of all
connections that this process has to it.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memoryos.storage.sqlite import files
from memoryos.storage.sqlite.failures import BUSY_TIMEOUT_SECONDS, damaged
from memoryos.storage.sqlite.high_water import HighWater, mark_file

_log = logging.getLogger(__name__)

_LOG_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24
_SALTS_OF_LOG: Final = slice(16, 24)
_SALTS_OF_FRAME: Final = slice(8, 16)
_ID_CHARACTERS: Final = 26
_NO_DATABASE: Final = "not a database"


def check(path: Path, application_id: int) -> None:
    """Raise `StoreDamagedError` where a file and its log do not fit, or hold less than the mark beside them says."""
    if log_bytes(path):
        _check_beside_log(path, application_id)
    elif not path.exists():
        _note_new(path)


def check_height(path: Path, found: HighWater, mark: HighWater | None) -> None:
    """Raise `StoreDamagedError` where a memory has not come as far as its mark says.

    The mark is read first: what another process commits between the two readings is then in what is found alone.
    """
    if mark is None or mark.memory != found.memory != "":
        return  # another memory was put in the place of the marked one
    if found.is_behind(mark):
        raise damaged(
            path,
            f"lacks what it was said to hold: {mark_file(path)} tells of {mark.pages} pages up to number "
            f"{mark.newest}, and there are {found.pages} up to number {found.newest}. Its write-ahead log "
            f"({path.name}-wal) was deleted, damaged or left behind by a copy. If an older copy was put here on "
            f"purpose, delete {mark_file(path).name}",
        )


def kept_as_it_is(path: Path) -> sqlite3.Connection:
    """A connection that keeps a file from being written to when others are closed, if it is closed after them."""
    connection = sqlite3.connect(files.address(path, "?mode=ro"), uri=True, check_same_thread=False)
    with suppress(sqlite3.Error):  # it has the log before it meets the damage
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def log_bytes(path: Path) -> int:
    """How much the write-ahead log of a database holds, in bytes; 0 where it holds nothing."""
    try:
        size = os.stat(log_of(path)).st_size
    except OSError:
        return 0
    return size if size > _LOG_HEADER_BYTES else 0


def log_of(path: Path) -> Path:
    """The write-ahead log of a database: beside it, behind any link."""
    path = path.resolve()
    return path.with_name(f"{path.name}-wal")


def _note_new(path: Path) -> None:
    mark = HighWater.marked(path)
    if mark is not None and mark.pages:
        _log.warning("%s: is gone, with %d pages that it held; a new memory begins", path, mark.pages)
        mark_file(path).unlink(missing_ok=True)


def _check_beside_log(path: Path, application_id: int) -> None:
    if _size(path) == 0 and log_bytes(path) and _size(path) == 0:  # once more: another process may be making it
        state = "is empty" if path.exists() else "is missing"
        raise damaged(path, f"{state}, and its write-ahead log ({path.name}-wal), which holds its newest pages, is not")
    alone = _alone(path, application_id)
    try:
        with _reading(path, "") as connection:
            connection.execute("BEGIN")
            _check_log(path, connection, alone)
    except sqlite3.OperationalError as error:
        _log.debug("%s: not looked at before it is opened: %s", path, error)  # opening it meets the same, and names it


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class _Alone:
    """What the file says without its log: how far it had come, and the id of its newest page; "" without pages."""

    height: HighWater
    id: str


def _alone(path: Path, application_id: int) -> _Alone | None:
    """The file as it is without its log; None where it tells nothing, being half-way through taking the log in.

    Raises `StoreDamagedError` where it is no database, or another program's.
    """
    try:
        with _reading(path, "&immutable=1") as connection:
            mark = connection.execute("SELECT application_id FROM pragma_application_id").fetchone()[0]
            if mark not in (0, application_id):
                raise damaged(path, "is a database, but not one of this package, beside a write-ahead log")
            height = HighWater.of(connection)
            if not height.newest:
                return _Alone(height, "")
            newest = connection.execute("SELECT seq, id FROM pages ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        if _NO_DATABASE in str(error):
            raise damaged(
                path, f"{error}. Beside it lies a write-ahead log ({path.name}-wal) with pages in it"
            ) from error
        return None
    if newest is None or newest[0] != height.newest or len(str(newest[1])) != _ID_CHARACTERS:
        return None
    return _Alone(height, newest[1])


def _check_log(path: Path, connection: sqlite3.Connection, alone: _Alone | None) -> None:
    """Raise `StoreDamagedError` where the log is not that of the file, or both together are not whole."""
    mark = HighWater.marked(path)
    if _is_cut(path, connection):
        raise damaged(path, f"ends too early: a part of it is in neither the file nor its log ({path.name}-wal)")
    together = HighWater.of(connection)
    if alone is not None and _is_foreign(connection, alone, together):
        raise damaged(
            path,
            f"does not fit its write-ahead log ({path.name}-wal), which is another file's, or of another time: was it "
            "put here while the log of the one before lay beside it? If it is complete by itself, move the log away",
        )
    check_height(path, together, mark)


def _is_cut(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether a page of the database is missing that the file is too short for.

    SQLite takes it for empty, and moves the log into the file around it. The connection has begun to read: until it
    ends, what is moved out of the log meanwhile is in the file.
    """
    size, pages = connection.execute(
        "SELECT (SELECT page_size FROM pragma_page_size), (SELECT page_count FROM pragma_page_count)"
    ).fetchone()
    if _size(path) >= size * pages:
        return False
    logged = set(_logged_pages(path, size))
    return any(page not in logged for page in range(_size(path) // size + 1, pages + 1))


def _logged_pages(path: Path, page_size: int) -> Iterator[int]:
    """The numbers of the pages whose content the log has, https://www.sqlite.org/fileformat2.html#walformat.

    No lock is ever taken on that file, so that closing it ends none.
    """
    with log_of(path).open("rb", buffering=0) as log:
        salts = log.read(_LOG_HEADER_BYTES)[_SALTS_OF_LOG]
        while len(frame := log.read(_FRAME_HEADER_BYTES)) == _FRAME_HEADER_BYTES:
            if frame[_SALTS_OF_FRAME] != salts:
                return
            yield int.from_bytes(frame[:4], "big")
            log.seek(page_size, os.SEEK_CUR)


def _is_foreign(connection: sqlite3.Connection, alone: _Alone, together: HighWater) -> bool:
    """Whether what the log brings is not the continuation of what the file has."""
    before = alone.height
    if (before.memory and together.memory != before.memory) or together.is_behind(before):
        return True
    forgotten = together.forgotten - before.forgotten
    row = connection.execute("SELECT id FROM pages WHERE seq = ?", (before.newest,)).fetchone()
    if before.newest and row is not None and row != (alone.id,):
        return True
    # All pages that the file does not know of: they are in the log, which holds some hundred.
    new = connection.execute(
        "SELECT count(length(user_input)) FROM pages NOT INDEXED WHERE seq > ?", (before.newest,)
    ).fetchone()[0]
    is_short = bool(before.newest and row is None and not forgotten)
    is_short = is_short or new + forgotten < together.newest - before.newest
    return is_short and _count(connection) != together.pages


def _count(connection: sqlite3.Connection) -> int:
    """How many pages there are, one by one.

    A process that dies while it moves the log into the file leaves parts of it from several moments: it may count a
    page as forgotten whose coming it does not know of yet. Whole it is only together with the log.
    """
    return int(connection.execute("SELECT count(*) FROM pages NOT INDEXED").fetchone()[0])


@contextmanager
def _reading(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    """A connection that can write nothing: closing it leaves the log where it is."""
    with closing(sqlite3.connect(files.address(path, f"?mode=ro{how}"), uri=True, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000}")
        yield connection
