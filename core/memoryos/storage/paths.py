"""Where things lie in the data folder: one folder and one file for each user."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.config.text import one_line
from memoryos.errors import ConfigError, StoreError, StoreReadOnlyError
from memoryos.storage.inbox import FOLDER

if TYPE_CHECKING:
    from memoryos.config.settings import Config

_FILES_OF_A_DATABASE: Final = 5
_NO_DESCRIPTORS: Final = (errno.EMFILE, errno.ENFILE)


def user_folder(user_id: str) -> str:
    """A folder name for any user id: up to 24 of its safe ASCII characters, "-", 16 hex digits of its SHA-256.

    The digits keep different ids apart on every file system; the characters let a person find the folder.
    """
    readable = re.sub(r"[^A-Za-z0-9_]+", "", user_id)[:24]
    return f"{readable}-{hashlib.sha256(user_id.encode()).hexdigest()[:16]}"


def server_file(data_storage_path: Path) -> Path:
    """The database of what belongs to no single user."""
    return data_storage_path / "server.db"


def memory_file(data_storage_path: Path, user_id: str) -> Path:
    """The database of a user."""
    return data_storage_path / "users" / user_folder(user_id) / "memory.db"


def make_folders(folder: Path) -> list[Path]:
    """Make a folder and what leads to it, readable by their owner only, unless they are there: those that were made.

    Raises `OSError`.
    """
    made = []
    for each in reversed([folder, *folder.parents]):  # `parents=True` lets others into those above
        if not each.exists():
            each.mkdir(exist_ok=True, mode=0o700)
            made.append(each)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    return made


@contextmanager
def named_refusals(path: Path) -> Iterator[None]:
    """Within it the system's refusals are raised as `StoreReadOnlyError`, or `StoreError` for want of descriptors."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_DESCRIPTORS:
            raise StoreError(too_few_descriptors(path)) from error
        advice = "set data_storage_path to another folder"
        if isinstance(error, PermissionError):
            advice = f"give this user write access, or {advice}"
        raise StoreReadOnlyError(f"{path}: {error.strerror}; {advice}") from error


def too_few_descriptors(path: Path) -> str:
    """What to do where no further file can be opened."""
    return (
        f"{path}: this process may open no more files; raise its limit (ulimit -n 1024, or LimitNOFILE= of its "
        "service) and start it again"
    )


def has_descriptors() -> bool:
    """Whether this process may open as many more files as a database has, with its log and the folder."""
    with ExitStack() as opened:
        try:
            for _ in range(_FILES_OF_A_DATABASE):
                opened.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            return error.errno not in _NO_DESCRIPTORS
    return True


def check_folder(config: Config) -> None:
    """Raise `StoreError` where the folder of the memory that a configuration names cannot be had.

    It is made to see that, for no question about rights answers it everywhere, and taken back.
    """
    if config.store_scheme != "sqlite":
        return
    folder = Path(config.data_storage_path) / "users"
    with named_refusals(folder):
        made = make_folders(folder)
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    for each in reversed(made):
        with suppress(OSError):  # somebody else has use for it
            each.rmdir()


def file_of(config: Config) -> Path:
    """The database of the memory that a configuration names, whether it is there or not.

    Raises `ConfigError` where its memories are in no files of ours.
    """
    if config.store_scheme != "sqlite":
        raise ConfigError(
            f"database_url: {config.store_scheme}: this works on a memory in a SQLite file; use what the "
            "database brings, such as pg_dump, or leave database_url empty"
        )
    return memory_file(Path(config.data_storage_path), config.user_id)


def existing_file_of(config: Config) -> Path:
    """The same, for what needs the file that is there; raises `ConfigError` where there is none."""
    path = file_of(config)
    if not path.is_file():
        advice = "set user_id and data_storage_path to those of a memory that was used before"
        raise ConfigError(one_line(f"{path}: no such file; {advice}"))
    return path


def begun_file_of(config: Config) -> Path:
    """The same, for what opens a memory that was used before; what hooks left makes one, too."""
    path = file_of(config)
    return path if path.with_name(FOLDER).is_dir() else existing_file_of(config)
