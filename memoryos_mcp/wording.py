"""What commands and tools say in the same words, and how a command asks before it changes what cannot be undone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from memoryos import ForgetPreview, Forgotten


ID_LETTERS: Final = 10
"""Of an id's random end, as replies show it: among a million pages two share them once in two thousand memories. Such
an id brings both, and forgets neither."""


def short_id(id_: str) -> str:
    """A page's id as replies show it; `retrieve` and `forget` take it for the page's."""
    return id_[-ID_LETTERS:]


def counted(count: int, what: str) -> str:
    """`1 page`, `1,234 pages`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def forgotten_text(forgotten: Forgotten) -> str:
    """What was forgotten, and what comes of it."""
    derived = f"{counted(forgotten.facts, 'fact')} and {counted(forgotten.traits, 'trait')}"
    said = f"Forgot {counted(forgotten.pages, 'exchange')}, and {derived} that stood on what was said there."
    if not forgotten.overwritten:
        said += " Somebody is reading the file: it is overwritten there within about a minute of their leaving."
    if forgotten.echoes:
        said += (
            f" {counted(len(forgotten.echoes), 'other exchange')} repeat{'s' if len(forgotten.echoes) == 1 else ''} a "
            f"number or a name of it and can be forgotten, too: {', '.join(forgotten.echoes)}."
        )
    if not forgotten.regrouped:
        return said
    return f"{said} {counted(forgotten.regrouped, 'other exchange')} of the same topics will be grouped anew."


def preview_text(preview: ForgetPreview) -> str:
    """What would be forgotten, and what would come of it."""
    derived = f"{counted(preview.facts, 'fact')} and {counted(preview.traits, 'trait')}"
    said = f"{counted(preview.pages, 'exchange')} would go, and {derived} that stand on what was said there."
    if preview.regrouped:
        said += f" {counted(preview.regrouped, 'other exchange')} of the same topics would be grouped anew."
    if preview.echoes:
        verb = "says" if len(preview.echoes) == 1 else "say"
        said += (
            f" {counted(len(preview.echoes), 'other exchange')} would stay that {verb} a number or a name of it, too."
        )
    return said


def agreed(question: str, console: Console) -> bool:
    """Whether a person at a terminal says yes; anybody else is told how to agree beforehand."""
    from rich.prompt import Confirm  # here: a server says some of the above and must not wait for rich

    if sys.stdin is not None and sys.stdin.isatty() and console.is_terminal:
        try:
            return Confirm.ask(question, console=console, default=False)
        except EOFError:  # the end of input is no agreement
            return False
    sys.stdout.write("Nothing was changed; add --yes to begin.\n")
    return False
