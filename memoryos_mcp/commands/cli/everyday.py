"""Everyday use: ask, add, profile, status, and a demo."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos_mcp.commands.cli.options import add_command, quiet_config

if TYPE_CHECKING:
    from memoryos_mcp.commands.cli.options import Commands


def add_everyday(commands: Commands) -> None:
    """Declare them."""
    asking = add_command(commands, "ask", _ask, "ask the memory: what bears on a question, with dates and why")
    asking.add_argument("question", nargs="+", metavar="QUESTION", help="in words")
    asking.add_argument("--max-results", type=int, default=5, metavar="N", help="exchanges at most (default 5)")
    telling = add_command(commands, "add", _add, "tell the memory something")
    telling.add_argument("text", nargs="+", metavar="TEXT", help="what you say")
    telling.add_argument("--answer", default="", metavar="TEXT", help="what was answered")
    add_command(commands, "profile", _profile, "what the memory knows of you")
    add_command(commands, "status", _status, "how much the memory holds, what is left to do, where dialogue is sent")
    demo = add_command(commands, "demo", _demo, "see it work: a conversation remembered and recalled", config=None)
    demo.add_argument(
        "--conversation",
        type=Path,
        metavar="FILE",
        help="a JSON list of exchanges, or JSON lines of conversations with questions (default: one of our own)",
    )
    demo.add_argument("--questions", type=int, default=8, metavar="N", help="questions to ask at most (default 8)")
    demo.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the demo's memory there (default: throw it away)"
    )


def _ask(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.ask(config, " ".join(arguments.question), max_results=arguments.max_results)


def _add(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.add(config, " ".join(arguments.text), arguments.answer)


def _profile(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.profile(config)


def _status(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.status(config)


def _demo(arguments: argparse.Namespace) -> int:
    from memoryos_mcp.commands.demo.command import run_demo

    return run_demo(arguments.conversation, questions=arguments.questions, keep=arguments.keep)
