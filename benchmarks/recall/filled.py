"""Memories filled with the part of a conversation that each question may know; kept for later runs."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ulid import ULID

from benchmarks.common.conversations import Conversation
from benchmarks.recall.memories import Memory, Settings
from memoryos import Config, load_config
from memoryos.embedding import configured_embedder
from memoryos.storage.moving import move
from memoryos.storage.paths import file_of
from memoryos.storage.registry import delete_rows
from memoryos.storage.sqlite.schema import migrations_in
from memoryos_mcp.wording import short_id

SETTINGS: Final[Settings] = {"consolidation_idle_seconds": 0, "count_visits": False, "log_level": "WARNING"}
"""Settings under which work waits for nothing, and no question warms segments for a later one."""

_MEMORY: Final = "memory.db"
_PAGES: Final = "pages.json"

MEMORIES_HELP: Final = "filled memories are kept there and used again (default: filled for this run alone)"

OpenMemory = Callable[[Settings, ExitStack], Memory]
"""Opens a memory, to be closed by the stack."""

Advance = Callable[[int], None]
"""Called with the number of pages added since the last call."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A memory with the first `pages` pages of a conversation and no work due, in a folder where nobody opens it.

    `page_of` is the data's page for each id as replies show it.
    """

    pages: int
    folder: Path
    page_of: Mapping[str, str]

    def copied_to(self, folder: Path) -> Settings:
        """The settings of a memory equal to this one, in a folder of its own that is not there yet."""
        settings = _settings(folder)
        file = _file(settings)
        file.parent.mkdir(parents=True)
        shutil.copyfile(self.folder / _MEMORY, file)
        return settings


def moved_to(url: str, settings: Settings, stack: ExitStack) -> Settings:
    """The settings of an equal memory in a database, under a user of its own; it is deleted at the end of `stack`."""
    there = {**settings, "database_url": url, "user_id": f"recall {ULID()}"}
    for _ in move(_config(settings), _config(there)):
        pass
    stack.callback(delete_rows, _config(there))
    return there


class FilledMemories:
    """Filled memories in a folder, each under the conversation, the package, its schema and the embedder it is of.

    A memory is renamed into its place once it is whole, so that what a stopped run leaves is never taken for one.
    Remove the folder after a change to how pages are stored, grouped or embedded that has no new version.
    """

    def __init__(self, folder: Path, open_memory: OpenMemory) -> None:
        self._folder = folder
        self._open_memory = open_memory

    def of(self, conversation: Conversation, advance: Advance) -> Iterator[Filled]:
        """One memory for each of the conversation's rounds; those not kept are filled, on from the last one that is."""
        home = self._folder / _name(conversation)
        home.mkdir(parents=True, exist_ok=True)
        filling: _Filling | None = None
        latest: Filled | None = None
        with ExitStack() as stack:
            for pages, _ in conversation.rounds():
                if _place(home, pages).is_dir():
                    advance(pages - (latest.pages if latest else 0))
                else:
                    filling = filling or _Filling(conversation, latest, self._open_memory, home, stack)
                    filling.go_on(pages, advance)
                latest = _kept(home, pages)
                yield latest


class _Filling:
    """A memory on its way, that starts empty or as a copy of a kept one, in a folder that ends with `stack`."""

    def __init__(
        self, conversation: Conversation, start: Filled | None, open_memory: OpenMemory, home: Path, stack: ExitStack
    ) -> None:
        self._conversation = conversation
        self._home = home
        # Beside what is kept, because only on one file system is a folder renamed at once.
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="filling-", dir=home)))
        settings = start.copied_to(self._folder / "data") if start else _settings(self._folder / "data")
        self._file = _file(settings)
        self._added = start.pages if start else 0
        self._page_of = dict(start.page_of) if start else {}
        self._memory = open_memory(settings, stack)

    def go_on(self, pages: int, advance: Advance) -> None:
        """Add pages until so many are in, and keep the memory as it is once no work is due."""
        for page in self._conversation.pages[self._added : pages]:
            # A page equal to one of a moment ago gets that one's id, and counts as its twin.
            self._page_of.setdefault(self._memory.add(page), page.id)
            advance(1)
        self._added = pages
        self._memory.wait_until_idle()
        whole = self._folder / str(pages)
        whole.mkdir()
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(whole / _MEMORY)) as copy:
            source.backup(copy)
        (whole / _PAGES).write_text(json.dumps(self._page_of), encoding="utf-8")
        try:
            os.replace(whole, _place(self._home, pages))
        except OSError:
            if not _place(self._home, pages).is_dir():  # otherwise another run was faster, and its memory is as good
                raise


def _place(home: Path, pages: int) -> Path:
    return home / str(pages)


def _kept(home: Path, pages: int) -> Filled:
    folder = _place(home, pages)
    page_of = json.loads((folder / _PAGES).read_text(encoding="utf-8"))
    return Filled(pages, folder, {short_id(id_): page for id_, page in page_of.items()})


def _name(conversation: Conversation) -> str:
    """A folder's name for all that the memories of a conversation depend on."""
    config = _config(SETTINGS)
    depends_on = {
        "pages": [astuple(page) for page in conversation.pages],
        "rounds": [pages for pages, _ in conversation.rounds()],
        "package": version("memoryos-mcp-server"),
        "schema": len(migrations_in("migrations")),
        "embedder": configured_embedder(config).id,
        "settings": dict(SETTINGS),
    }
    digest = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
    return f"{re.sub('[^A-Za-z0-9_]+', '-', conversation.id)[:40]}-{digest[:16]}"


def _settings(folder: Path) -> Settings:
    return {**SETTINGS, "data_storage_path": str(folder)}


def _config(settings: Settings) -> Config:
    return load_config(None, environ={}, arguments=settings)


def _file(settings: Settings) -> Path:
    config = _config(settings)
    return file_of(config)
