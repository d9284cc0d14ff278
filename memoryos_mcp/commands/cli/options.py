"""What the subcommands share: how each is declared, and how each reads its settings."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.config.settings import load_config

if TYPE_CHECKING:
    from memoryos import Config

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Run = Callable[[argparse.Namespace], int]
"""What a subcommand does; returns the exit code."""

CONFIG: Final = ("config",)


def add_command(
    commands: Commands,
    name: str,
    run: Run | None,
    help_: str,
    *,
    config: str | None = "configuration that names the memory",
    takes: tuple[str, ...] = CONFIG,
    description: str | None = None,
) -> argparse.ArgumentParser:
    """A subcommand that does `run`, or None where its own subcommands do.

    `config` says what its option --config is for; None: it has none. Of the options of serving it `takes` some, when
    they are given before it.
    """
    command = commands.add_parser(
        name, help=help_, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if config is not None:
        command.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=config)
    command.set_defaults(run=run, takes=takes if config is not None else ())
    return command


def quiet_config(arguments: argparse.Namespace) -> Config:
    """The settings of a command that says what it does itself: of the log only warnings are shown."""
    log_to_stderr("WARNING")
    return load_config(arguments.config, environ=os.environ)


def log_to_stderr(level: str) -> None:
    """Configure logging before anything else is imported: the SDK would do it in its own way."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    # One line for each request, HTTP call or processor feature tried is noise at INFO.
    for noisy in ("mcp", "httpx2", "httpx", "uvicorn.access", "faiss.loader"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It shows what it cannot read, which may be dialogue; the client is told.
    logging.getLogger("mcp.server.sse").setLevel(logging.CRITICAL)
