"""Serving a configuration over its transport."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, BinaryIO

import anyio

from memoryos_mcp.auth.sign_in import sign_in
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import check_startable, require_servable
from memoryos_mcp.transport.http import serve_http
from memoryos_mcp.transport.stdio import claimed_stdin

if TYPE_CHECKING:
    from memoryos import Config

_log = logging.getLogger(__name__)


def serve(config: Config, wire: BinaryIO) -> None:
    """Serve until the client goes away; over stdio the answers go to `wire`.

    Raises `ConfigError` where the configuration needs a package, a file or a port that cannot be had.
    """
    require_servable(config)
    check_startable(config)
    session = MemorySession(config)
    server = build_server(session, sign_in=sign_in(config))
    try:
        if config.transport == "stdio":
            # Ctrl-C would otherwise wait for the next line of stdin; what was acknowledged is on disk.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _log.info("serving over stdio: waiting for a client; see --help to connect one")
            anyio.run(server.serve_lines, claimed_stdin(), wire)
        else:
            serve_http(server, config, is_ready=lambda: session.trouble() is None)
    finally:
        session.close()
