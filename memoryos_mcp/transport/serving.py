"""Serving a configuration over its transport."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

import anyio

from memoryos.errors import MemoryOSError
from memoryos_mcp.auth.sign_in import sign_in
from memoryos_mcp.observing.names import check_observable
from memoryos_mcp.server import TOOL_NAMES, build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import check_startable, require_servable
from memoryos_mcp.transport.headroom import ran_out
from memoryos_mcp.transport.hook_questions import answered_to_hooks
from memoryos_mcp.transport.http import serve_http
from memoryos_mcp.transport.stdio import claimed_stdin

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from memoryos import Config
    from memoryos_mcp.auth.sign_in import SignIn
    from memoryos_mcp.observing.metrics import Metrics
    from memoryos_mcp.tools.chat import ChatViews

_log = logging.getLogger(__name__)

_NOTHING_LEFT: Final = (
    "the server got no memory where it needs some to go on, and ends; what was acknowledged is on disk. Raise the "
    "limit of its process (ulimit -v unlimited; the memory of its container) and start it again"
)

Pages = Callable[[MemorySession, "SignIn | None"], "ASGIApp"]
"""Makes the pages that show people the memories of a session, behind how they sign in (None: nobody does)."""


def serve(config: Config, wire: BinaryIO, pages: Pages | None = None, views: ChatViews | None = None) -> None:
    """Serve until the client goes away; over stdio the answers go to `wire`.

    `pages` makes those for people where the configuration has some, and `views` show the memory inside the chat.

    Raises `ConfigError` where the configuration needs a package, a file or a port that cannot be had.
    """
    require_servable(config)
    check_startable(config)
    check_observable(config)
    session = MemorySession(config)
    metrics = _metrics(config, session)
    signing_in = sign_in(config)
    server = build_server(session, sign_in=signing_in, views=views, metrics=metrics)
    with ExitStack() as serving:
        serving.callback(session.close)
        serving.enter_context(answered_to_hooks(session))
        if config.traces_url:
            from memoryos_mcp.observing.traces import traced  # here, for it is an extra

            serving.enter_context(traced(config.traces_url, TOOL_NAMES))
        if config.transport == "stdio":
            # Ctrl-C would otherwise wait for the next line of stdin; what was acknowledged is on disk.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _log.info("serving over stdio: waiting for a client; see --help to connect one")
            with _ended_by_name():
                anyio.run(server.serve_lines, claimed_stdin(), wire)
        else:
            shown = pages(session, signing_in) if config.inspect and pages is not None else None
            serve_http(server, config, lambda: session.trouble() is None, shown, metrics)


@contextmanager
def _ended_by_name() -> Iterator[None]:
    """Within it what ends the server for want of memory is raised as `MemoryOSError`, which says so in one line."""
    try:
        yield
    except BaseException as error:
        if not ran_out(error):
            raise
        raise MemoryOSError(_NOTHING_LEFT) from None


def _metrics(config: Config, session: MemorySession) -> Metrics | None:
    if not config.metrics_readers:
        return None
    from memoryos_mcp.observing.metrics import Metrics  # here, for it is an extra

    return Metrics(TOOL_NAMES, lambda: len(session.open_users()))
