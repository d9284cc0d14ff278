"""Asking before a command changes what cannot be changed back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.prompt import Confirm

if TYPE_CHECKING:
    from rich.console import Console


def agreed(question: str, console: Console) -> bool:
    """Whether a person at a terminal says yes; anybody else is told how to agree beforehand."""
    if sys.stdin is not None and sys.stdin.isatty() and console.is_terminal:
        try:
            return Confirm.ask(question, console=console, default=False)
        except EOFError:  # the end of input is no agreement
            return False
    sys.stdout.write("Nothing was changed; add --yes to begin.\n")
    return False
