"""A server over HTTP in this process: its application with its lifespan, asked without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
from anyio.from_thread import start_blocking_portal

from memoryos_mcp.auth.sign_in import sign_in
from memoryos_mcp.commands.inspect import served
from memoryos_mcp.commands.surfaces import chat_views
from memoryos_mcp.observing.metrics import Metrics
from memoryos_mcp.server import TOOL_NAMES, build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.transport.http import application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anyio.from_thread import BlockingPortal
    from starlette.types import ASGIApp, Message

    from memoryos import Config

ACCEPTED = {"Accept": "application/json", "Content-Type": "application/json"}
HOME = "http://127.0.0.1:8765"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class HttpApp:
    """A server that runs, and what to ask it."""

    session: MemorySession
    app: ASGIApp
    portal: BlockingPortal
    client: tuple[str, int] = ("127.0.0.1", 50_000)
    _ids: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000_000)))

    def request(
        self, method: str, path: str, body: bytes = b"", base: str = HOME, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Any request, with these headers."""

        async def ask() -> Reply:
            transport = httpx2.ASGITransport(app=self.app, client=self.client)
            async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
                response = await client.request(method, path, content=body, headers=headers)
                return Reply(response.status_code, dict(response.headers), response.content)

        return self.portal.call(ask)

    def post(
        self, token: str | None, method: str, base: str = HOME, headers: Mapping[str, str] | None = None, **params: Any
    ) -> Reply:
        """A request of the protocol's, as a client with this token makes it."""
        body = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        sent = {**ACCEPTED, "MCP-Protocol-Version": "2025-06-18", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.request("POST", "/mcp", json.dumps(body).encode(), base, sent)

    def tools(self, token: str | None) -> list[dict[str, Any]]:
        """The tools that who has this token is offered."""
        tools: list[dict[str, Any]] = self.post(token, "tools/list").json()["result"]["tools"]
        return tools

    def call(self, token: str | None, tool: str, **arguments: Any) -> tuple[bool, str]:
        """Whether a tool did what it was asked for, and the text of its answer."""
        reply = self.post(token, "tools/call", name=tool, arguments=arguments)
        assert reply.status == 200, (reply.status, reply.body)
        result = reply.json()["result"]
        return not result.get("isError", False), result["content"][0]["text"]


@contextmanager
def running(config: Config, *, client: tuple[str, int] = ("127.0.0.1", 50_000)) -> Iterator[HttpApp]:
    """Within it, a server of this configuration runs; requests come from `client`."""
    session = MemorySession(config)
    try:
        metrics = Metrics(TOOL_NAMES, lambda: len(session.open_users())) if config.metrics_readers else None
        signing_in = sign_in(config)
        server = build_server(session, sign_in=signing_in, views=chat_views(), metrics=metrics)
        shown = served(session, signing_in) if config.inspect else None
        app = application(server, config, lambda: session.trouble() is None, shown, metrics)
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(_lifespan(app)):
            yield HttpApp(session, app, portal, client)
    finally:
        session.close()


@asynccontextmanager
async def _lifespan(app: ASGIApp) -> AsyncIterator[None]:
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def run() -> None:
        await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, to_app.get, from_app.put)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run)
        to_app.put_nowait({"type": "lifespan.startup"})
        assert (await from_app.get())["type"] == "lifespan.startup.complete"
        yield
        to_app.put_nowait({"type": "lifespan.shutdown"})
        assert (await from_app.get())["type"] == "lifespan.shutdown.complete"
