"""How a client starts this installation."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from memoryos.errors import ConfigError
from memoryos_mcp.settings import check_startable, load_server_config

# Folders of uv's cache in which `uvx` and `uv run --with` make environments.
_PASSING_FOLDERS: Final = ("archive-v", "environments-v", "builds-v")


def launch(config: Path | None, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The command and its arguments, with absolute paths, that serve over stdio, which is how clients talk.

    Raises `ConfigError` for a configuration with which no server would start.
    """
    args = ["-m", "memoryos_mcp"]
    if config is not None:
        checked = load_server_config(config, environ=environ)
        check_startable(checked)
        args += ["--config", os.path.abspath(config.expanduser())]
        if checked.transport != "stdio":
            args += ["--transport", "stdio"]
    return sys.executable, tuple(args)


def check_lasting(prefix: str) -> None:
    """Raise `ConfigError` where the installation at this prefix lies in a cache, whose paths go when it is emptied."""
    if any(part.startswith(_PASSING_FOLDERS) for part in Path(prefix).parts):
        raise ConfigError(
            f"{prefix} lies in uv's cache, and goes with `uv cache prune`; install what stays "
            "(`uv tool install`, `pipx install` or a virtual environment), and run install there"
        )
