"""The file of a database as the system knows it."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from memoryos.errors import StoreReadOnlyError


def create(path: Path) -> None:
    """Make the file and its folder, readable by their owner only, unless they are there.

    Raises `StoreReadOnlyError`. A file that is there is not opened for it: where the system is POSIX, closing it would
    end the locks of every connection that this process has to it, and another process would delete the write-ahead
    log under them.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            _check_usable(path)
        else:
            with suppress(FileExistsError):  # another process was faster
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreReadOnlyError(
            f"{path}: {error.strerror}; give this user write access, or set data_storage_path to another folder"
        ) from error


def _check_usable(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    effective_ids = os.access in os.supports_effective_ids
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
