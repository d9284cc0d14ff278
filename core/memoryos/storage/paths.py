"""Where things lie in the data folder: one folder and one file for each user."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos.config.text import one_line
from memoryos.errors import ConfigError

if TYPE_CHECKING:
    from memoryos.config.settings import Config


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


def file_of(config: Config) -> Path:
    """The database of the memory that a configuration names, whether it is there or not.

    Raises `ConfigError` where its memories are in no files of ours.
    """
    if config.store_scheme != "sqlite":
        raise ConfigError(
            f"database_url: {config.store_scheme}: this needs a memory in a SQLite file; leave database_url empty"
        )
    return memory_file(Path(config.data_storage_path), config.user_id)


def existing_file_of(config: Config) -> Path:
    """The same, for what must not make a memory; raises `ConfigError` where there is none."""
    path = file_of(config)
    if not path.is_file():
        advice = "set user_id and data_storage_path to those of a memory that was used before"
        raise ConfigError(one_line(f"{path}: no such file; {advice}"))
    return path
