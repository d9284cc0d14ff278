"""The command `move`: a memory copied to another store, compared, and ready to be used there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from memoryos import ConfigError
from memoryos.config.checks import database_address
from memoryos.storage.moving import move as moving
from memoryos.storage.registry import place_of
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos.storage.moving import Moved

EXIT_INTERRUPTED = 130
EXIT_CHANGED = 1


def move(config: Config, to: str) -> int:
    """Copy the memory to the store of a URL, and compare; the exit code, 1 where the memory changed meanwhile.

    Raises `ConfigError` where there is no memory, or one is there already, or the URL is none, and `StoreError`.
    """
    target = config.model_copy(update={"database_url": _address(to)})
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
            copying = progress.add_task("Copying", total=None)
            steps = moving(config, target)
            while True:
                try:
                    progress.advance(copying, next(steps))
                except StopIteration as end:
                    moved: Moved = end.value
                    break
    except KeyboardInterrupt:
        console.print("Interrupted. What was copied is kept, and no memory yet; run this command again to go on.")
        return EXIT_INTERRUPTED
    sys.stdout.write(
        f"Copied {counted(moved.pages, 'page')} and all that belongs to them, {moved.rows:,} rows, to "
        f"{place_of(target)}; counts and digests of all tables are the same.\n"
    )
    if moved.changed:
        sys.stdout.write(
            f"{place_of(config)} changed meanwhile, and the copy lacks that. Stop what writes to it, forget the copy "
            "(forget --all with the new configuration), and run this command again.\n"
        )
        return EXIT_CHANGED
    sys.stdout.write(
        f"Nothing was deleted in {place_of(config)}. Set database_url to the new place"
        f"{' (leave it empty)' if target.store_scheme == 'sqlite' else ''}, and start the servers again.\n"
    )
    return 0


def _address(url: str) -> str:
    try:
        return database_address(url)
    except ValueError as error:
        raise ConfigError(f"--to: accepted: {error}") from None
