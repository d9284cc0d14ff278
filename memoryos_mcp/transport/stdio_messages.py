"""MCP over standard input and output, a line of JSON-RPC a message.

The SDK's own transport (mcp 2.3.0) answers none of these, and its client waits for ever: a line that is no JSON, half a
character, several messages in a list, the id 1.0, a number of 5,000 digits, nesting 3,000 deep; and when input ends it
cancels the requests that have no answer yet. Here each gets its answer, and every answer that is owed is given before
the end, so that requests can come from a file or a pipe. What the SDK does as well while it serves, keeping descriptors
0 and 1 for itself, is done by `transport.stdio` earlier: before anything is imported that may print.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import anyio
from anyio import to_thread
from mcp.server.mcpserver import MCPServer
from mcp.shared.dispatcher import coerce_request_id
from mcp.shared.jsonrpc_dispatcher import cancelled_request_id_from_params
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCError, JSONRPCMessage, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse, RequestId

from memoryos_mcp.transport import json_rpc
from memoryos_mcp.transport.headroom import WORDS, Headroom

if TYPE_CHECKING:
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    Received = MemoryObjectReceiveStream[SessionMessage | Exception]
    Sent = MemoryObjectSendStream[SessionMessage]

_log = logging.getLogger(__name__)

_STALL_SECONDS: Final = 10.0
"""Once input has ended: how long the next answer may take, and the last ones to be read."""
_ENDLESS: Final = frozenset({"subscriptions/listen"})
"""Requests that are answered only when they end."""


class Server(MCPServer[Any]):
    """A server that this transport can run, too."""

    async def serve_lines(self, source: BinaryIO, target: BinaryIO) -> None:
        """Serve one client until input ends or nobody reads output."""
        server = self._lowlevel_server
        async with connected(source, target) as (received, sent):
            await server.run(received, sent, server.create_initialization_options())


@asynccontextmanager
async def connected(source: BinaryIO, target: BinaryIO) -> AsyncIterator[tuple[Received, Sent]]:
    """What comes from `source` as a stream, and one whose messages go to `target`."""
    incoming, received = anyio.create_memory_object_stream[SessionMessage | Exception]()
    sent, outgoing = anyio.create_memory_object_stream[SessionMessage]()
    unanswered, headroom = _Unanswered(), Headroom()
    reading, writing = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)  # tools may have taken all other threads

    async def read() -> None:
        async with incoming, sent.clone() as answers:
            while line := await to_thread.run_sync(source.readline, abandon_on_cancel=True, limiter=reading):
                messages, errors = _told(line, headroom)
                for message in messages:
                    unanswered.came(message)
                    await incoming.send(SessionMessage(message))
                for error in errors:
                    await answers.send(SessionMessage(error))
            await unanswered.none_left()

    async def write() -> None:
        async with outgoing:
            async for sending in outgoing:
                line = json_rpc.written(sending.message)
                try:
                    await to_thread.run_sync(_write, target, line, abandon_on_cancel=True, limiter=writing)
                except OSError as error:
                    _log.warning("nobody reads the answers any more: %s", error.strerror)
                    tasks.cancel_scope.cancel()
                unanswered.left(sending.message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        tasks.start_soon(write)
        async with received, sent:
            yield received, sent
        tasks.cancel_scope.deadline = anyio.current_time() + _STALL_SECONDS


def _told(line: bytes, headroom: Headroom) -> tuple[list[JSONRPCMessage], list[JSONRPCMessage]]:
    """The messages in a line, and the answers to what in it is none, or cannot be done for want of memory."""
    if not headroom.is_enough_for(line):
        headroom.spend()
        if refusals := json_rpc.refused(line, WORDS):  # what asks for nothing is heard all the same
            _log.error("a request was refused: %s", WORDS)
            return [], refusals
    messages, errors = json_rpc.read(line)
    return messages, [*errors]


def _write(target: BinaryIO, line: bytes) -> None:
    target.write(line)
    target.flush()


class _Unanswered:
    """The requests that came and have no answer yet."""

    def __init__(self) -> None:
        self._ids: Counter[RequestId] = Counter()  # as the SDK compares them: 7 and "7" are one
        self._fewer = anyio.Event()

    def came(self, message: JSONRPCMessage) -> None:
        if isinstance(message, JSONRPCRequest) and message.method not in _ENDLESS:
            self._ids[coerce_request_id(message.id)] += 1
        elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
            self._remove(cancelled_request_id_from_params(message.params))

    def left(self, message: JSONRPCMessage) -> None:
        if isinstance(message, (JSONRPCResponse, JSONRPCError)):
            self._remove(message.id)

    async def none_left(self) -> None:
        """Wait until none is left, or none leaves any more."""
        while self._ids:
            self._fewer = anyio.Event()
            with anyio.move_on_after(_STALL_SECONDS) as waiting:
                await self._fewer.wait()
            if waiting.cancelled_caught:
                _log.warning("ending with %d requests unanswered", sum(self._ids.values()))
                return

    def _remove(self, id_: RequestId | None) -> None:
        if id_ is not None and (known := coerce_request_id(id_)) in self._ids:
            self._ids -= Counter([known])
            self._fewer.set()
