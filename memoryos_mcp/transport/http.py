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
    from starlette.applications import Starlette

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
                listening = socket.create_server((address, port), family=family)
            except OSError as error:
                if sockets and error.errno in _NO_IPV6:
                    continue
                raise ConfigError(_refusal(host, port, error)) from error
            sockets.append(opened.enter_context(listening))
            port = listening.getsockname()[1]
        opened.pop_all()
    return sockets


def _application(server: MCPServer[Any], config: Config) -> Starlette:
    from mcp.server.transport_security import TransportSecuritySettings

    names = ("127.0.0.1", "localhost", "[::1]", _in_address(config.host))
    security = TransportSecuritySettings(
        allowed_hosts=[f"{name}:*" for name in names], allowed_origins=[f"http://{name}:*" for name in names]
    )
    if config.transport == "sse":
        return server.sse_app(transport_security=security, host=config.host)
    return server.streamable_http_app(transport_security=security, host=config.host)


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port: {port} is in use at {host}, perhaps by another server of this kind; "
            "end that program, or set another port (0: a free one)"
        )
    return f"port: {port} cannot be had at {host} ({os.strerror(error.errno or 0)}); set another port (0: a free one)"
