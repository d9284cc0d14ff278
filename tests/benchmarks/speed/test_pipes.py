"""Speaking to a server in JSON lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed.pipes import DISCOVER, HttpServer, Server, bare_server

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


@pytest.mark.slow
def test_a_server_over_http_answers_as_one_over_its_pipes_does(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": str(tmp_path / "data")}), encoding="utf-8")
    with HttpServer(config, tmp_path / "log") as server:
        server.initialize()
        server.call("add_memory", PAGE)
        with pytest.raises(RuntimeError, match="user_input"):
            server.call("add_memory", {})
        assert server.status()["pending"]["consolidate"] <= 1
