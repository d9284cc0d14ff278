"""Speaking to a server in JSON lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed.pipes import DISCOVER, Server, bare_server

PAGE = {"user_input": "Hi", "agent_response": "Hello", "timestamp": "2026-01-05 20:12:37"}


def test_a_tool_answers_after_the_handshake(tmp_path: Path) -> None:
    with Server(bare_server(), tmp_path / "log") as server:
        server.initialize()
        assert server.call("add_memory", PAGE)["content"] == [{"type": "text", "text": "ok"}]


def test_the_newer_protocol_is_answered_without_a_handshake(tmp_path: Path) -> None:
    with Server(bare_server(), tmp_path / "log") as server:
        assert "2026-07-28" in server.request(*DISCOVER)["supportedVersions"]


def test_a_refusal_is_raised_with_the_servers_words(tmp_path: Path) -> None:
    with Server(bare_server(), tmp_path / "log") as server:
        server.initialize()
        with pytest.raises(RuntimeError, match="user_input"):
            server.call("add_memory", {})


def test_a_server_that_ends_is_told_apart_from_one_that_is_slow(tmp_path: Path) -> None:
    with (
        Server([*bare_server()[:1], "-c", "import sys; sys.exit('no such thing')"], tmp_path / "log") as server,
        pytest.raises(RuntimeError, match="no such thing"),
    ):
        server.initialize()
