"""What only a server asks of its settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memoryos import Config, ConfigError, Memoryos, load_config
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import load_server_config
from memoryos_mcp.transport.http import serve_http

LOCAL = (
    "127.0.0.1, ::1 or localhost, as other machines are served only where callers sign in: set auth to "
    '"tokens" (and give each user one: python -m memoryos_mcp token create --user NAME) or to "jwt"'
)
OTHERS = ["0.0.0.0", "192.168.1.7", "::", "memory.example", "128.0.0.1", "127.0.0.1.example"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_every_loopback_host_is_served(host: str) -> None:
    assert load_server_config(None, environ={}, arguments={"host": host}) == Config(host=host)


@pytest.mark.parametrize("host", OTHERS)
def test_a_host_that_others_could_reach_is_refused_with_its_place(tmp_path: Path, host: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"host": host}), encoding="utf-8")

    for file, environ, place in [
        (path, {}, f"{path}: host"),
        (None, {"MEMORYOS_HOST": host}, "environment: MEMORYOS_HOST"),
    ]:
        with pytest.raises(ConfigError) as raised:
            load_server_config(file, environ=environ)
        assert str(raised.value) == f'{place}: got "{host}"; accepted: {LOCAL}'


@pytest.mark.parametrize("host", OTHERS)
def test_no_configuration_made_in_code_is_served_to_others(tmp_path: Path, host: str) -> None:
    config = Config(host=host, transport="streamable-http", data_storage_path=str(tmp_path))

    with pytest.raises(ConfigError) as raised:
        serve_http(build_server(MemorySession(config)), config)
    assert str(raised.value) == f"host: got {host!r}; accepted: {LOCAL}"


def test_a_program_that_serves_nothing_is_not_asked_whom_it_would_serve(tmp_path: Path) -> None:
    config = load_config(None, environ={}, arguments={"host": "0.0.0.0", "data_storage_path": tmp_path})

    with Memoryos.open(config) as memory:
        assert memory.status().counts.pages == 0
    with Memoryos("tom", data_storage_path=str(tmp_path), transport="sse", host="0.0.0.0", port=1) as memory:
        assert memory.status().counts.pages == 0


def test_a_limit_that_is_not_kept_in_a_database_is_refused_with_what_is() -> None:
    settings = {"max_stored_bytes": 1_000, "database_url": "postgresql://db.example/memories"}
    with pytest.raises(ConfigError) as raised:
        load_server_config(None, environ={}, arguments=settings)
    assert str(raised.value) == (
        "arguments: max_stored_bytes: got 1000; accepted: 0 with a database_url, for what a user's rows take in a "
        "database is not counted: leave it out, and bound what users add by max_pages_per_minute"
    )
