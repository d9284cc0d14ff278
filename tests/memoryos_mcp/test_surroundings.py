"""A server whose surroundings do not let it work says so to the client, at once and by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from mcp.client.stdio import get_default_environment

from memoryos_mcp.server import INSTRUCTIONS, OUT_OF_ORDER

not_on_windows = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")

_LIMITED: Final = """
import resource, sys
limit, value = sys.argv[1:3]
resource.setrlimit(getattr(resource, limit), (int(value), int(value)))
sys.argv[1:] = []
from memoryos_mcp.__main__ import run
run()
"""
_HELLO: Final = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
_PAGE: Final = {"user_input": "hello", "agent_response": "hi"}


def answers(folder: Path, limit: str, value: int, data: str = "data") -> list[dict[str, Any]]:
    """The answers to `initialize` and to a page to add, of a server under a limit."""
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": _HELLO},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "add_memory", "arguments": _PAGE}},
    ]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, limit, str(value)],
        cwd=folder,
        env={**get_default_environment(), "MEMORYOS_USER_ID": "tom", "MEMORYOS_DATA_STORAGE_PATH": data},
        input="".join(json.dumps(message) + "\n" for message in messages),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line)["result"] for line in done.stdout.splitlines()]


@not_on_windows
@pytest.mark.parametrize("megabytes", [400, 700])
def test_too_little_memory_is_named(tmp_path: Path, megabytes: int) -> None:
    """With 400 MB a call failed without a reason, with 700 a library ended the process before its first answer."""
    opened, added = answers(tmp_path, "RLIMIT_AS", megabytes * 1_000_000)

    trouble = "the limit of memory is too low to open the memory; the server needs some 1.5 GB of address space"
    assert opened["instructions"].startswith(OUT_OF_ORDER + trouble)
    assert opened["instructions"].endswith(INSTRUCTIONS)
    assert added["isError"] is True
    assert trouble in added["content"][0]["text"]


@not_on_windows
def test_a_data_folder_that_cannot_be_had_is_told_to_the_client(tmp_path: Path) -> None:
    """The client showed "connected" while each call failed."""
    (tmp_path / "notes").write_text("a file", encoding="utf-8")

    opened, added = answers(tmp_path, "RLIMIT_CORE", 0, data=str(tmp_path / "notes" / "data"))

    trouble = f"{tmp_path / 'notes' / 'data' / 'users'}: Not a directory; set data_storage_path to another folder"
    assert opened["instructions"] == f"{OUT_OF_ORDER}{trouble}\n\n{INSTRUCTIONS}"
    assert added["content"][0]["text"] == f"Error executing tool add_memory: {trouble}"


@not_on_windows
def test_too_few_descriptors_are_named(tmp_path: Path) -> None:
    """They read as "give this user write access"."""
    _, added = answers(tmp_path, "RLIMIT_NOFILE", 9)

    assert added["isError"] is True
    assert "ulimit -n 1024" in added["content"][0]["text"]
