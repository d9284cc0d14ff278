"""When a connection is watched for a head that does not come, and when no more; without a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from memoryos_mcp.transport.connections import heads_within

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


class Wire(asyncio.Transport):
    """A connection to nowhere, which tells what became of it."""

    was_aborted = False

    def abort(self) -> None:
        self.was_aborted = True

    def write(self, data: Any) -> None:
        """Send nothing."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def close(self) -> None:
        """Stay as it is."""

    def is_closing(self) -> bool:
        return self.was_aborted


class Timers(asyncio.SelectorEventLoop):
    """A loop whose time passes by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.due: list[tuple[float, Callable[..., object], asyncio.TimerHandle]] = []

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(delay, callback, args, self)
        self.due.append((delay, callback, handle))
        return handle

    def waited_for(self) -> list[float]:
        """How long is waited, of what is still waited for."""
        return [delay for delay, _, handle in self.due if not handle.cancelled()]


async def answers(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def loop() -> Any:
    loop = Timers()
    yield loop
    loop.close()


def test_a_head_is_waited_for_from_the_first_moment_and_each_time_one_is_begun(loop: Timers) -> None:
    protocol = heads_within(7.0)(uvicorn.Config(answers, log_config=None), ServerState(), {}, loop)
    waited = []
    protocol.connection_made(Wire())
    waited.append(loop.waited_for())
    protocol.data_received(HEAD)
    waited.append(loop.waited_for())
    protocol.data_received(b"\r\n")
    waited.append(loop.waited_for())
    loop.run_until_complete(asyncio.wait(protocol.tasks))
    waited.append(loop.waited_for())
    protocol.data_received(HEAD)
    waited.append(loop.waited_for())
    protocol.connection_lost(None)
    waited.append(loop.waited_for())
    idle = 5  # between two requests, which is uvicorn's own
    assert waited == [[7.0], [7.0], [], [idle], [7.0], []]


def test_a_head_that_does_not_come_ends_the_connection(loop: Timers) -> None:
    protocol, wire = heads_within(7.0)(uvicorn.Config(answers, log_config=None), ServerState(), {}, loop), Wire()
    protocol.connection_made(wire)
    ((_, ends, _),) = loop.due
    ends()
    assert wire.was_aborted
