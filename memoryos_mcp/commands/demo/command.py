"""The command `demo`: a conversation remembered and recalled by a real server, and shown."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from mcp import StdioServerParameters
from rich.console import Console

from memoryos import ConfigError, Memoryos, MemoryOSError, load_config
from memoryos_mcp.commands.demo import report
from memoryos_mcp.commands.demo.asking import ask_on, is_asked
from memoryos_mcp.commands.demo.play import Played, play
from memoryos_mcp.commands.demo.progress import ProgressBars
from memoryos_mcp.importers import conversations
from memoryos_mcp.importers.conversations import Conversation

EXIT_INTERRUPTED = 130
_LOG_LINES = 30

HEAT_THRESHOLD = 2.0
"""A talk of a few dozen pages has few topics as hot as the default asks for; from two pages on they are read here."""


def run_demo(conversation: Path | None, *, questions: int, keep: Path | None) -> int:
    """Play a conversation through a server and show what came of it; the exit code.

    Without `conversation` the shipped one is played; `keep` is a new folder for its memory, which is thrown away
    otherwise. Raises `ConfigError` where the file, the folder or the number cannot be used, `MemoryOSError` with the
    end of the server's log where the server fails.
    """
    if questions < 0:
        raise ConfigError(f"--questions: got {questions}; accepted: a whole number, 0 or more")
    talk = conversations.shipped() if conversation is None else conversations.read(conversation)
    console = Console(highlight=False)
    try:
        with _folder(keep) as folder:
            _run(console, talk, questions, folder)
    except KeyboardInterrupt:
        console.print("\nInterrupted; the server is stopped.")
        return EXIT_INTERRUPTED
    report.show_next_steps(console, None if keep is None else keep.absolute() / "config.json")
    return 0


def _run(console: Console, talk: Conversation, questions: int, folder: Path) -> None:
    config_file = folder / "config.json"
    settings = {
        "user_id": talk.name,
        "data_storage_path": "./data",
        "consolidation_idle_seconds": 0,
        "mid_term_heat_threshold": HEAT_THRESHOLD,
    }
    config_file.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    config = load_config(config_file, environ={})
    report.introduce(console, talk)
    played = _play(talk, questions, config_file)
    with Memoryos.open(config) as memory:
        segments = memory.segments()
    report.show(console, talk, played, segments)
    if is_asked():
        ask_on(config)


def _play(talk: Conversation, questions: int, config_file: Path) -> Played:
    asked = conversations.spread(talk.questions, questions)
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config_file)], env=_environment()
    )
    log_file = config_file.with_name("server.log")
    bars = ProgressBars(Console(stderr=True), len(talk.exchanges), len(asked))
    try:
        with log_file.open("w", encoding="utf-8") as log, bars:
            return asyncio.run(play(talk, asked, server, log, bars))
    except MemoryOSError as error:
        lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        raise MemoryOSError("\n  ".join([f"{error}; the end of its log:", *lines])) from error


def _environment() -> dict[str, str]:
    """This process's variables without those that would change the demo's settings or lend it somebody's key."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MEMORYOS_", "OPENAI_"))}


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The folder to work in: the one to keep, if that is new or empty, or a temporary one."""
    if keep is None:
        # Windows lets go of a server's files a moment after the server is gone.
        with TemporaryDirectory(prefix="memoryos-demo-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken = any(keep.iterdir())
    except OSError as error:
        raise ConfigError(f"--keep: {keep}: {error.strerror}; name a folder that can be written") from error
    if taken:
        raise ConfigError(f"--keep: {keep} is not empty; name a new folder")
    yield keep.absolute()
