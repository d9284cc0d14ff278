"""The commands `backup` and `restore`: verified copies of a memory, and one of them put in its place."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos import ConfigError
from memoryos.config.text import one_line
from memoryos.storage.paths import existing_file_of, file_of, user_folder
from memoryos.storage.sqlite import copies
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from memoryos import Config


def backup(config: Config, folder: Path, keep: int | None) -> int:
    """Write a verified copy of the memory into a folder, and keep the newest ones only; always 0.

    Raises `ConfigError` where there is no memory, or `keep` is no number of copies, and `StoreError`.
    """
    if keep is not None and keep < 1:
        raise ConfigError(f"--keep: got {keep}; accepted: 1 or more")
    source, target = existing_file_of(config), folder.expanduser().absolute()
    name = user_folder(config.user_id)
    made = copies.back_up(source, target, name=name, now=datetime.now(timezone.utc))
    sys.stdout.write(f"Backed up {counted(made.pages, 'page')}, verified, to {made.path}\n")
    for old in copies.kept(target, name=name, keep=keep) if keep is not None else ():
        sys.stdout.write(f"Deleted the older {old}\n")
    return 0


def restore(config: Config, copy: Path) -> int:
    """Put a copy that `backup` wrote in the place of the memory, which is moved aside; always 0.

    Raises `ConfigError` where there is no such copy, and `StoreError` where it is not sound, with nothing changed.
    """
    source = copy.expanduser().absolute()
    if not source.is_file():
        raise ConfigError(one_line(f"{source}: no such file; name a file that backup wrote"))
    put, aside = copies.restore(source, file_of(config), now=datetime.now(timezone.utc))
    sys.stdout.write(f"Restored {counted(put.pages, 'page')} to {put.path}; servers use them from now on.\n")
    if aside is not None:
        sys.stdout.write(f"What was there before is kept as {aside}\n")
    return 0
