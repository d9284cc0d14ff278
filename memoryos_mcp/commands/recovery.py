"""The command `recover`: what can be read of a damaged memory, and how to go on with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.storage.sqlite.opening import log_bytes
from memoryos.storage.sqlite.recovery import salvage
from memoryos_mcp.wording import counted

if TYPE_CHECKING:
    from memoryos.storage.sqlite.recovery import Salvage

_SHOWN_IDS = 20


def recover(database: Path) -> int:
    """Save what can be read of a damaged database into a new file beside it, and say what to do next; always 0.

    Raises `ConfigError` where there is no such file, `StoreError` where nothing can be saved.
    """
    path = database.absolute()
    if not path.is_file() and (path.exists() or not log_bytes(path)):
        problem = "is a folder" if path.is_dir() else "no such file"
        raise ConfigError(one_line(f"{path}: {problem}; name the damaged memory.db, below users/ in the data folder"))
    sys.stdout.write(_report(path, salvage(path)))
    return 0


def _report(damaged: Path, saved: Salvage) -> str:
    set_aside = damaged.with_name(f"{damaged.name}.damaged")
    return f"""\
Saved {counted(saved.pages, "page")} from {damaged}
   to {saved.recovered}
{_losses(saved)}
The damaged file is as it was. To go on with what was saved:

  1. Stop every server that uses this memory.
  2. Rename the damaged file, and keep it until you are sure you miss nothing:
       from {damaged}
         to {set_aside}
  3. Move these away too if they are there: they belong to the damaged file and
     would harm the new one.
       {damaged}-wal
       {damaged}-shm
  4. Rename the new file:
       from {saved.recovered}
         to {damaged}
  5. Start the server again. Every page is found by its words at once; vectors,
     topics, facts and the profile are derived anew in the background.
"""


def _losses(saved: Salvage) -> str:
    lines = [_lost(saved)]
    if saved.unverified:
        shown = "".join(f"       {id_}\n" for id_ in saved.unverified[:_SHOWN_IDS])
        more = len(saved.unverified) - _SHOWN_IDS
        lines.append(
            f"Nothing vouches for the id and the times of {counted(len(saved.unverified), 'saved page')} of an earlier "
            f"version:\n{shown}" + (f"       and {more:,} more\n" if more > 0 else "")
        )
    if saved.may_be_forgotten:
        lines.append(
            f"{counted(saved.may_be_forgotten, 'page')} among them may be what you had forgotten: forget again.\n"
        )
    return "".join(lines)


def _lost(saved: Salvage) -> str:
    if saved.lost is None:
        return "How many there were is not known: nothing that tells it can be read.\n"
    by = "the mark beside the file" if saved.by_mark else "their numbering"
    behind = "" if saved.by_mark else " Newer ones may have been in a log that is lost."
    if not saved.lost:
        return f"None is missing, going by {by}.{behind}\n"
    return f"{counted(saved.lost, 'page')} could not be read, going by {by}.{behind}\n"
