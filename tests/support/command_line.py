"""The command line, run to its end as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mcp.client.stdio import get_default_environment

PATIENCE_SECONDS = 30
CONFIG_ERROR = 2


def run(*arguments: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """`python -m memoryos_mcp` with these arguments, with no terminal, once it has ended."""
    return subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", *map(str, arguments)],
        cwd=cwd,
        env={**get_default_environment(), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
