"""`doctor --clients`: each link from a client to the memory, tried by what the client would run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "HOME": str(home), "USERPROFILE": str(home), "MEMORYOS_HOOK": "30"},
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A person with Claude Code connected, its hooks put in."""
    (tmp_path / ".claude").mkdir()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": "data"}), encoding="utf-8")
    assert run(tmp_path, "install", "claude-code", "--hooks", "--config", str(config)).returncode == 0
    return tmp_path


def test_a_client_whose_links_all_hold_is_well_and_nothing_is_left_in_the_memory(home: Path) -> None:
    done = run(home, "doctor", "--clients")

    assert (done.returncode, done.stdout) == (
        0,
        "ok   Claude Code: its server starts and offers its tools\n"
        "ok   Claude Code hooks: an exchange played through them is kept, and was taken out again\n",
    )
    status = run(home, "status", "--config", str(home / "config.json")).stdout
    assert "exchanges         0\n" in status


def test_a_server_that_does_not_start_is_named(home: Path) -> None:
    file = home / ".claude.json"
    file.write_text(file.read_text(encoding="utf-8").replace("memoryos_mcp", "memoryos_gone"), encoding="utf-8")

    done = run(home, "doctor", "--clients")

    assert done.returncode == 2
    assert done.stdout.startswith("bad  Claude Code: its server ends without its tools")


@pytest.mark.parametrize(
    "said", ["{debug: started}", '{"id": 2, "result": null}', '{"id": 2, "result": {"tools": [1]}}']
)
def test_a_server_that_says_something_else_is_named(home: Path, said: str) -> None:
    file = home / ".claude.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["mcpServers"]["memoryos"].update(command=sys.executable, args=["-c", f"print({said!r})"])
    file.write_text(json.dumps(settings), encoding="utf-8")

    done = run(home, "doctor", "--clients")

    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("bad  Claude Code: its server ends without its tools")


def test_hooks_that_keep_nothing_are_named(home: Path) -> None:
    file = home / ".claude" / "settings.json"
    settings = file.read_text(encoding="utf-8").replace("hook UserPromptSubmit", "hook Nothing")
    file.write_text(settings, encoding="utf-8")

    done = run(home, "doctor", "--clients")

    assert done.returncode == 2
    assert "bad  Claude Code hooks: UserPromptSubmit: memoryos: hook Nothing: ValueError" in done.stdout


def test_where_no_client_is_connected_that_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--clients")

    assert (done.returncode, done.stdout.startswith("odd  clients: none is connected")) == (1, True)
