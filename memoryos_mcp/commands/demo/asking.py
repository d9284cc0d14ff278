"""The end of the demo on a terminal: the person asks on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from memoryos.errors import InvalidArgumentError
from memoryos_mcp.commands import everyday
from memoryos_mcp.commands.demo.play import PAGES_PER_QUESTION

if TYPE_CHECKING:
    from memoryos import Config

_PROMPT = "Your question (Enter ends): "


def is_asked() -> bool:
    """Whether there is a person to ask on: a terminal on both sides."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_on(config: Config, read_line: Callable[[str], str] = input) -> None:
    """Answer questions from the demo's memory until an empty line or the end of the input."""
    sys.stdout.write("\nAsk it something yourself.\n")
    while question := _line(read_line):
        try:
            everyday.ask(config, question, max_results=PAGES_PER_QUESTION)
        except InvalidArgumentError as error:
            sys.stdout.write(f"{error}\n")


def _line(read_line: Callable[[str], str]) -> str:
    try:
        return read_line(_PROMPT).strip()
    except EOFError:
        sys.stdout.write("\n")
        return ""
