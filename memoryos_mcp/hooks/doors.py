"""The names of doors: beside a memory, where hooks find the servers that run on it (`local_socket`).

A server has a door of its own, so any number of them share a memory, and one that was killed leaves only a name, at
which nobody answers and which the next server takes away.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from contextlib import suppress
from typing import Final

SUFFIX: Final = ".pipe" if sys.platform == "win32" else ".sock"

_PREFIX: Final = "hook-"
_DRAWN_BYTES: Final = 4
_LONGEST_PATH: Final = 103
"""Bytes of a socket's path: macOS has 104 with the zero at its end, Linux 108."""

_MOST: Final = 4
"""So many are tried, the newest first."""


def doors(memory_folder: str) -> list[str]:
    """The paths of the doors of the memory in a folder, the newest first; behind some nobody may be left."""
    found = []
    with suppress(OSError):
        folder, prefix = _named(memory_folder)
        for entry in os.scandir(folder):
            if entry.name.startswith(prefix) and entry.name.endswith(SUFFIX):
                with suppress(OSError):
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
    return [path for _, path in sorted(found, reverse=True)[:_MOST]]


def new_door(memory_folder: str) -> str:
    """The path of a door that is not there yet. Raises `OSError`."""
    folder, prefix = _named(memory_folder, make=True)
    return os.path.join(folder, f"{prefix}{os.urandom(_DRAWN_BYTES).hex()}{SUFFIX}")


def _named(memory_folder: str, *, make: bool = False) -> tuple[str, str]:
    """The folder of a memory's doors, and how their names begin.

    It is the memory's, or one of the user's among the temporary ones where that path is too long for a socket.
    """
    longest = os.path.join(memory_folder, f"{_PREFIX}{'0' * 2 * _DRAWN_BYTES}{SUFFIX}")
    if sys.platform == "win32" or len(os.fsencode(longest)) <= _LONGEST_PATH:
        return memory_folder, _PREFIX
    import tempfile  # here, for it takes longer to load than all the rest, and paths are seldom so long

    folder = os.path.join(tempfile.gettempdir(), f"memoryos-{os.getuid()}")
    if make:
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
    _check_private(folder)
    return folder, f"{hashlib.sha256(os.fsencode(memory_folder)).hexdigest()[:16]}-"


def _check_private(folder: str) -> None:
    """Raise `PermissionError` unless a folder, in one where anybody may make some, is the user's alone."""
    assert sys.platform != "win32"  # where no path is too long
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{folder} is not this user's alone")
