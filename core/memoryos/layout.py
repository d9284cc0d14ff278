"""Where things lie in the data folder: one folder and one file for each user."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path


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
