"""Serving a configuration over its transport."""

from __future__ import annotations

import logging
import signal
import sys
from typing import TYPE_CHECKING, BinaryIO

import anyio

from memoryos.embedding import configured_embedder
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from memoryos import Config
    from memoryos_mcp.stdio_transport import Server

_log = logging.getLogger(__name__)

_HTTP_GRACE_SECONDS = 1


def serve(config: Config, wire: BinaryIO) -> None:
    """Serve until the client goes away; over stdio the answers go to `wire`.

    Raises `ConfigError` where the configuration needs a package or a file that is not there; loads nothing yet.
    """
    configured_embedder(config)
    session = MemorySession(config)
    server = build_server(session)
    try:
        if config.transport == "stdio":
            # Ctrl-C would otherwise wait for the next line of stdin; what was acknowledged is on disk.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _log.info("serving over stdio: waiting for a client; see --help to connect one")
            anyio.run(server.serve_lines, sys.stdin.buffer, wire)
        else:
            _serve_http(server, config)
    finally:
        session.close()


def _serve_http(server: Server, config: Config) -> None:
    import uvicorn

    uvicorn.run(
        _application(server, config),
        host=config.host,
        port=config.port,
        log_config=None,  # its own would write every request to stdout
        access_log=False,
        timeout_graceful_shutdown=_HTTP_GRACE_SECONDS,
    )


def _application(server: Server, config: Config) -> Starlette:
    from mcp.server.transport_security import TransportSecuritySettings

    names = ("127.0.0.1", "localhost", "[::1]", f"[{config.host}]" if ":" in config.host else config.host)
    security = TransportSecuritySettings(
        allowed_hosts=[f"{name}:*" for name in names], allowed_origins=[f"http://{name}:*" for name in names]
    )
    if config.transport == "sse":
        return server.sse_app(transport_security=security, host=config.host)
    return server.streamable_http_app(transport_security=security, host=config.host)
