"""Serving a configuration over its transport."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from memoryos.embedding import configured_embedder
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.stdio import with_whole_characters

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from starlette.applications import Starlette

    from memoryos import Config

_log = logging.getLogger(__name__)

_HTTP_GRACE_SECONDS = 1


def serve(config: Config) -> Callable[[], None]:
    """The function that serves until the client goes away.

    Raises `ConfigError` where the configuration needs a package or a file that is not there; loads nothing yet.
    """
    configured_embedder(config)
    session = MemorySession(config)
    server = build_server(session)

    def run() -> None:
        try:
            if config.transport == "stdio":
                # Ctrl-C would otherwise wait for the next line of stdin; what was acknowledged is on disk.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                _log.info("serving over stdio: waiting for a client; see --help to connect one")
                if sys.stdin is not None:
                    sys.stdin = with_whole_characters(sys.stdin)
                server.run("stdio")
            else:
                _serve_http(server, config)
        finally:
            session.close()

    return run


def _serve_http(server: MCPServer[Any], config: Config) -> None:
    import uvicorn

    uvicorn.run(
        _application(server, config),
        host=config.host,
        port=config.port,
        log_config=None,  # its own would write every request to stdout
        access_log=False,
        timeout_graceful_shutdown=_HTTP_GRACE_SECONDS,
    )


def _application(server: MCPServer[Any], config: Config) -> Starlette:
    from mcp.server.transport_security import TransportSecuritySettings

    names = ("127.0.0.1", "localhost", "[::1]", f"[{config.host}]" if ":" in config.host else config.host)
    security = TransportSecuritySettings(
        allowed_hosts=[f"{name}:*" for name in names], allowed_origins=[f"http://{name}:*" for name in names]
    )
    if config.transport == "sse":
        return server.sse_app(transport_security=security, host=config.host)
    return server.streamable_http_app(transport_security=security, host=config.host)
