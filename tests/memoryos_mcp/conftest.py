"""Servers in this process, each over a memory of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from mcp import Client

from memoryos import Config, load_config
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

OpenSession = Callable[..., MemorySession]


@pytest.fixture
def open_session(make_config: Callable[..., Config]) -> Iterator[OpenSession]:
    """A function that makes the session of a server, with further settings as keywords; closed after the test."""
    opened: list[MemorySession] = []

    def open_one(**settings: object) -> MemorySession:
        opened.append(MemorySession(make_config(**settings)))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def session(open_session: OpenSession) -> MemorySession:
    return open_session(timezone="Europe/Berlin")


@pytest.fixture
def client(session: MemorySession) -> Client:
    return Client(build_server(session))


@pytest.fixture(scope="module")
def empty_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemorySession]:
    """One session for all tests that store nothing: opening a memory is most of what they would cost."""
    data = tmp_path_factory.mktemp("empty")
    session = MemorySession(load_config(None, environ={}, arguments={"data_storage_path": data, "user_id": "tom"}))
    yield session
    session.close()


@pytest.fixture
def client_of_empty(empty_session: MemorySession) -> Client:
    return Client(build_server(empty_session))
