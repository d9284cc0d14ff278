"""Serving over HTTP: the sockets to listen on, and the application behind them."""

from __future__ import annotations

import errno
import logging
import os
import socket
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from memoryos.errors import ConfigError
from memoryos_mcp.settings import require_loopback

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from memoryos import Config

_log = logging.getLogger(__name__)

_GRACE_SECONDS = 1

_LOCALHOST = ("127.0.0.1", "::1")
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def serve_http(server: MCPServer[Any], config: Config) -> None:
    """Listen, and answer whoever connects until Ctrl-C.

    Raises `ConfigError` where the port cannot be had, or the host is not a loopback address.
    """
    import uvicorn

    require_loopback(config)
    sockets = listen(config.host, config.port)
    settings = uvicorn.Config(
        _application(server, config),
        log_config=None,  # its own would write every request to stdout
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    path = "/sse" if config.transport == "sse" else "/mcp"
    port = sockets[0].getsockname()[1]
    _log.info("serving at http://%s:%d%s; Ctrl-C ends it", _in_address(config.host), port, path)
    with suppress(KeyboardInterrupt):  # raised again once everything is shut down
        uvicorn.Server(settings).run(sockets)


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen at every address of a loopback host, all on one port: a free one for 0.

    Raises `ConfigError` where the port cannot be had.
    """
    sockets: list[socket.socket] = []
    with ExitStack() as opened:
        for address in _LOCALHOST if host == "localhost" else (host,):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                listening = _prompt(socket.create_server((address, port), family=family))
            except OSError as error:
                if sockets and error.errno in _NO_IPV6:
                    continue
                raise ConfigError(_refusal(host, port, error)) from error
            sockets.append(opened.enter_context(listening))
            port = listening.getsockname()[1]
        opened.pop_all()
    return sockets


def _prompt(listening: socket.socket) -> socket.socket:
    """The same socket, known as one of TCP: only to connections of such a one does asyncio turn Nagle's algorithm off.

    Left on, it holds the second half of each answer back for the client's delayed acknowledgement, 40 ms.
    """
    return socket.socket(listening.family, listening.type, socket.IPPROTO_TCP, fileno=listening.detach())


def _application(server: MCPServer[Any], config: Config) -> ASGIApp:
    from mcp.server.transport_security import TransportSecuritySettings

    names = ("127.0.0.1", "localhost", "[::1]", _in_address(config.host))
    security = TransportSecuritySettings(
        allowed_hosts=[f"{name}:*" for name in names], allowed_origins=[f"http://{name}:*" for name in names]
    )
    if config.transport == "sse":
        return _one_answer(server.sse_app(transport_security=security, host=config.host))
    # Every call brings all that it needs. A session would be kept for each client that ever said hello.
    return server.streamable_http_app(transport_security=security, host=config.host, stateless_http=True)


def _one_answer(app: ASGIApp) -> ASGIApp:
    """The application, its second answer to a request dropped.

    The SDK ends a stream of events with one more answer, which a stream that is cut off by the end of the server
    meets half-way: a page of traceback for each client that was there.
    """

    async def once(scope: Scope, receive: Receive, send: Send) -> None:
        answers = 0

        async def send_first(message: Message) -> None:
            nonlocal answers
            answers += message["type"] == "http.response.start"
            if answers < 2:
                await send(message)

        await app(scope, receive, send_first)

    return once


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port: {port} is in use at {host}, perhaps by another server of this kind; "
            "end that program, or set another port (0: a free one)"
        )
    return f"port: {port} cannot be had at {host} ({os.strerror(error.errno or 0)}); set another port (0: a free one)"
