"""The command `forget`: exchanges deleted for good, with what was made of them."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from memoryos import Memoryos, arguments
from memoryos.storage.inbox import Inbox
from memoryos.storage.paths import file_of, memory_file, named_refusals
from memoryos.storage.registry import check_existing, delete_rows, open_database, open_store, place_of
from memoryos.storage.tables.contents import Contents
from memoryos_mcp.settings import seeing_all
from memoryos_mcp.wording import agreed, counted, forgotten_text, preview_text

if TYPE_CHECKING:
    from memoryos import Config, Page, Selection

_SHOWN_CHARACTERS: Final = 60

_ID_CHARACTERS: Final = 26
_ID: Final = re.compile(rb"(?=([0-9A-HJKMNP-TV-Z]{26}))")
_PIECE_BYTES: Final = 1 << 20


def forget(config: Config, ids: Sequence[str], *, yes: bool) -> int:
    """Show the exchanges with these ids and, once that is agreed to, forget them; the exit code.

    Raises `ConfigError` where the configuration's user has no memory, `InvalidArgumentError` where it holds no such
    exchange, and `StoreError`.
    """
    ids = arguments.page_ids(ids)
    check_existing(config)
    with closing(open_store(config)) as store:
        sys.stdout.write("".join(map(_line, store.pages_to_forget(ids))))
        sys.stdout.flush()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        if yes or agreed(f"Forget {counted(len(ids), 'exchange')} for good?", console):
            sys.stdout.write(f"{forgotten_text(store.forget_pages(ids))}\n")
    return 0


def forget_selected(config: Config, selection: Selection, *, yes: bool, dry_run: bool) -> int:
    """Show what forgetting a selection would take, exactly, and, once that is agreed to, do it; the exit code.

    Raises `ConfigError` where there is no memory, `InvalidArgumentError` where what would go changed since it was
    shown, and `StoreError`.
    """
    check_existing(config)
    with closing(Memoryos.open(seeing_all(config))) as memory:
        preview = memory.preview_forgetting(selection)
        sys.stdout.write("".join(map(_line, preview.shown)))
        if preview.pages > len(preview.shown):
            sys.stdout.write(f"... and {counted(preview.pages - len(preview.shown), 'more exchange')}\n")
        sys.stdout.write(f"{preview_text(preview)}\n")
        sys.stdout.flush()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        if not preview.pages and not dry_run:
            memory.forget_selected(selection, token=preview.token)  # a prompt that waits for its answer is no page yet
        elif not dry_run and (yes or agreed("Forget it for good?", console)):
            forgotten = memory.forget_selected(selection, token=preview.token)
            sys.stdout.write(f"{forgotten_text(forgotten)}\n")
    return 0


def forget_all(config: Config, *, yes: bool) -> int:
    """Once that is agreed to, delete the memory: its folder, or its rows among those of all users.

    Where it was a folder, what was in it is looked for elsewhere in the data folder. The exit code: 1 where some of it
    is found there, or may be. Raises `ConfigError` where there is no memory, and `StoreError`.
    """
    with closing(open_database(config, existing=True)) as database:
        contents = Contents(database)
        count, needles = contents.page_count(), _needles(contents)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    path = file_of(config) if config.store_scheme == "sqlite" else None
    sys.stdout.write(f"{path.parent if path else place_of(config)} holds {counted(count, 'exchange')}.\n")
    sys.stdout.flush()
    if not yes and not agreed("Delete all of it for good?", console):
        return 0
    if path is None:
        delete_rows(config)
        waiting = Inbox(memory_file(Path(config.data_storage_path), config.user_id)).folder
        if waiting.is_dir():  # what hooks left on this machine
            with named_refusals(waiting):
                shutil.rmtree(waiting)
        sys.stdout.write("Deleted. Copies elsewhere, backups and the server's own log too, are not reached.\n")
        return 0
    with named_refusals(path.parent):
        path.unlink()  # first: servers that run notice it
        shutil.rmtree(path.parent)
    sys.stdout.write(
        f"Deleted {path.parent} with all that was in it. Copies elsewhere, backups too, are not reached.\n"
    )
    sys.stdout.flush()
    code = 0
    for file in sorted(Path(config.data_storage_path).rglob("*")):
        try:
            found = file.is_file() and _holds(file, needles)
        except FileNotFoundError:  # another memory's, gone meanwhile
            continue
        except OSError as error:
            sys.stdout.write(f"{file} could not be looked at: {error.strerror}\n")
            code = 1
            continue
        if found:
            sys.stdout.write(f"Some of it is still in {file}\n")
            code = 1
    return code


def _needles(contents: Contents) -> frozenset[bytes]:
    """By what a file shows that it holds something of a memory: the ids of its exchanges."""
    return frozenset(page.id.encode("ascii") for page in contents.pages())


def _holds(file: Path, needles: frozenset[bytes]) -> bool:
    """Whether one of the ids stands in a file, which is read in pieces that overlap by an id."""
    before = b""
    with file.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            if not needles.isdisjoint(_ID.findall(before + piece)):
                return True
            before = piece[-_ID_CHARACTERS:]
    return False


def _line(page: Page) -> str:
    text = " ".join(page.text.split())
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return f"{page.id}  {page.timestamp}  {shown}\n"
