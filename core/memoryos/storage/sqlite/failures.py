"""SQLite's errors as this package's, each message with the file and the next step."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import clear_frames

from memoryos.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError, StoreReadOnlyError
from memoryos.storage.paths import has_descriptors, too_few_descriptors
from memoryos.storage.seals import AlteredPageError

BUSY_TIMEOUT_SECONDS = 30
"""So long a transaction waits for another process's."""

_PRIMARY_CODE = 0xFF
_CODES_OF_DAMAGE = frozenset({11, 24, 26})
"""CORRUPT, FORMAT, NOTADB; https://www.sqlite.org/rescode.html"""

_WORDS_OF_DAMAGE = (
    "malformed",
    "not a database",
    "corrupt",
    "vtable constructor failed",
    "unsupported file format",
    "file is encrypted",
    "no such table",  # the tables are made before anything asks for them
    "no such column",
    "no such module",
    "sql logic error",  # FTS5's, of an index whose parts do not fit
    "invalid rootpage",
)

_NO_TEXT = "Could not decode to UTF-8"


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Within it SQLite's errors are raised as `StoreError` and its subclasses."""
    try:
        yield
    except sqlite3.Error as error:
        clear_frames(error.__traceback__)  # a cursor in one would keep its connection from being closed
        if _NO_TEXT in str(error):
            raise damaged(path, "a text in it is damaged") from None  # the error quotes what was said
        raise _translated(error, path) from error
    except AlteredPageError as error:  # SQLite has no check sums
        raise damaged(path, str(error)) from None
    except UnicodeDecodeError:  # the words of an error that quotes a damaged schema
        raise damaged(path, "its schema or a text in it is damaged") from None


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    text = str(error)
    if "locked" in text:
        return StoreBusyError(
            f"{path}: another process kept the database locked for {BUSY_TIMEOUT_SECONDS} s; "
            "try again, and see which process holds it"
        )
    if "is full" in text:
        return StoreFullError(f"{path}: the disk is full; nothing was stored. Free some space and try again")
    if "unable to open" in text and not has_descriptors():
        return StoreError(too_few_descriptors(path))
    if "readonly" in text or "unable to open" in text:
        return StoreReadOnlyError(
            f"{path}: cannot be written; give this user write access to it and to {path.parent}, "
            "or set data_storage_path to a folder that has it"
        )
    if _tells_of_damage(error):
        return damaged(path, text)
    if "disk I/O" in text:
        return StoreError(f"{path}: {text}; check the disk, its free space and this user's quota, and try again")
    return StoreError(f"{path}: {text}")


def _tells_of_damage(error: sqlite3.Error) -> bool:
    """By SQLite's code, which Python tells from 3.11 on, and by its words, for parts of it give no code of damage."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int) and code & _PRIMARY_CODE in _CODES_OF_DAMAGE:
        return True
    text = str(error).lower()
    return any(words in text for words in _WORDS_OF_DAMAGE)


def damaged(path: Path, what: str) -> StoreDamagedError:
    """The error for a file that is not sound, with the way to what can be saved."""
    copy = path.with_name(f"{path.name}.copy")
    return StoreDamagedError(
        f"{path}: {what}. The file is left as it is. To save what can be read: stop every server that uses it, "
        f'run  python -m memoryos_mcp recover "{path}"  (it works on the copy {copy} and never changes the original)'
    )
