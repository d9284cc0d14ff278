"""The command `forget`: exchanges deleted for good, with what was made of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from rich.console import Console

from memoryos import arguments
from memoryos.storage.paths import existing_file_of
from memoryos.storage.sqlite.store import SqliteStore
from memoryos_mcp.wording import agreed, counted, forgotten_text

if TYPE_CHECKING:
    from memoryos import Config, Page

_SHOWN_CHARACTERS: Final = 60


def forget(config: Config, ids: Sequence[str], *, yes: bool) -> int:
    """Show the exchanges with these ids and, once that is agreed to, forget them; the exit code.

    Raises `ConfigError` where the configuration's user has no memory, `InvalidArgumentError` where it holds no such
    exchange, and `StoreError`.
    """
    ids = arguments.page_ids(ids)
    with closing(SqliteStore(existing_file_of(config))) as store:
        sys.stdout.write("".join(map(_line, store.pages_to_forget(ids))))
        sys.stdout.flush()
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        if yes or agreed(f"Forget {counted(len(ids), 'exchange')} for good?", console):
            sys.stdout.write(f"{forgotten_text(store.forget_pages(ids))}\n")
    return 0


def _line(page: Page) -> str:
    text = " ".join(page.text.split())
    shown = text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
    return f"{page.id}  {page.timestamp}  {shown}\n"
