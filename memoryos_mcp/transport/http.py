"""Serving over HTTP: the sockets to listen on, and the application behind them."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from memoryos.errors import ConfigError
from memoryos_mcp.settings import is_loopback, require_servable
from memoryos_mcp.transport import guards

if TYPE_CHECKING:
    import uvicorn
    from mcp.server.mcpserver import MCPServer
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from memoryos import Config
    from memoryos_mcp.observing.metrics import Metrics

_log = logging.getLogger(__name__)

_GRACE_SECONDS: Final = 1
_GRACE_SECONDS_OF_MANY: Final = 10
"""How long a request may take that is being answered when the server is told to end; of many users' servers longer, as
somebody is always in the middle of something, and a balancer sends the next ones elsewhere."""

ENTRY: Final = "/inspect"

_LOCAL_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")

_LOCALHOST = ("127.0.0.1", "::1")
_NO_IPV6 = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def serve_http(
    server: MCPServer[Any],
    config: Config,
    is_ready: Callable[[], bool] = lambda: True,
    pages: ASGIApp | None = None,
    metrics: Metrics | None = None,
) -> None:
    """Listen, and answer whoever connects until Ctrl-C or a polite signal; what is being answered then is answered.

    `pages` are those for people, where the configuration has some. Raises `ConfigError` where the port cannot be had,
    or the configuration must not be served.
    """
    import uvicorn  # here, for over stdio nobody needs it

    from memoryos_mcp.transport.connections import heads_within

    require_servable(config)
    settings = uvicorn.Config(
        application(server, config, is_ready, pages, metrics),
        log_config=None,  # its own would write every request to stdout
        access_log=False,
        http=heads_within(config.request_timeout_seconds),
        ws="none",
        proxy_headers=False,  # the application looks after them itself
        server_header=False,
        limit_concurrency=config.max_connections or None,
        timeout_graceful_shutdown=_GRACE_SECONDS if config.auth == "none" else _GRACE_SECONDS_OF_MANY,
        ssl_certfile=config.tls_certificate or None,
        ssl_keyfile=config.tls_key or None,
    )
    _load(settings)
    sockets = listen(config.host, config.port)
    scheme = "https" if config.tls_certificate else "http"
    path = "/sse" if config.transport == "sse" else "/mcp"
    port = sockets[0].getsockname()[1]
    if not is_loopback(config.host) and scheme == "http" and not config.trusted_proxies:
        _log.warning(
            "tokens and dialogue go over the network in the clear: set tls_certificate and tls_key, or put a proxy "
            "that has them before this server and name its address in trusted_proxies"
        )
    _log.info("serving at %s://%s:%d%s; Ctrl-C ends it", scheme, _in_address(config.host), port, path)
    if pages is not None:
        how = "; `inspect --link` lets a browser in" if config.auth == "none" else ""
        _log.info("the memory can be looked at: %s://%s:%d%s%s", scheme, _in_address(config.host), port, ENTRY, how)
    with suppress(KeyboardInterrupt):  # raised again once everything is shut down
        uvicorn.Server(settings).run(sockets)


def address_of(config: Config, port: int) -> str:
    """Where a server of this configuration answers, at a port of this machine."""
    scheme = "https" if config.tls_certificate else "http"
    return f"{scheme}://{_in_address(config.host)}:{port}"


def _load(settings: uvicorn.Config) -> None:
    """Have the files of TLS read. Raises `ConfigError` where they cannot be used."""
    try:
        settings.load()
    except OSError as error:  # also what the ssl module raises
        raise ConfigError(
            f"tls_certificate: {settings.ssl_certfile} and tls_key {settings.ssl_keyfile} cannot be used "
            f"({error.strerror or error}); name a certificate chain and its private key, both in PEM"
        ) from error


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


def application(
    server: MCPServer[Any],
    config: Config,
    is_ready: Callable[[], bool] = lambda: True,
    pages: ASGIApp | None = None,
    metrics: Metrics | None = None,
) -> ASGIApp:
    """What answers requests over HTTP: the server behind its guards, pages for people, probes and, if any, metrics.

    The innermost guards are the SDK's: the names and origins a request may come under, the size of its body, and
    whether its token is good. Any request may be answered by any process: none keeps sessions.
    """
    from mcp.server.transport_security import TransportSecuritySettings

    security = TransportSecuritySettings(allowed_hosts=names(config), allowed_origins=_origins(config))
    if config.transport == "sse":
        app = _one_answer(server.sse_app(transport_security=security, host=config.host))
    else:
        app = server.streamable_http_app(
            transport_security=security,
            host=config.host,
            stateless_http=True,  # every call brings all that it needs: a session would be kept for each hello
            json_response=True,
            max_request_body_size=config.max_request_bytes,
        )
        app = guards.arriving_in_time(app, config.request_timeout_seconds)
    app = guards.with_probes(app, is_ready)
    if metrics is not None:
        app = guards.with_metrics(app, metrics.exposed, config.metrics_readers)
    if config.allowed_origins:
        app = guards.open_to_pages(app, config.allowed_origins)
    if pages is not None:  # around what lets pages of other origins in: they have no business there
        app = guards.with_pages(app, guards.arriving_in_time(pages, config.request_timeout_seconds), ENTRY)
    app = guards.refusals_logged(app, None if metrics is None else metrics.refused)
    if config.trusted_proxies:
        app = guards.behind_proxies(app, config.trusted_proxies)
    return app


def names(config: Config) -> list[str]:
    """What a Host header may say: this machine, the address listened on, the names of the configuration."""
    local = _with_any_port(config)
    named = [*config.allowed_hosts]
    if config.public_url:
        named.append(urlsplit(config.public_url).netloc.rpartition("@")[2].lower())
    return [*local, *named, *(f"{name}:*" for name in named if not _has_port(name))]


def _origins(config: Config) -> list[str]:
    return [*(f"http://{name}" for name in _with_any_port(config)), *config.allowed_origins]


def _with_any_port(config: Config) -> list[str]:
    """This machine's names, with any port, and without one, as clients leave out 80 and 443."""
    names = (*_LOCAL_NAMES, _in_address(config.host))
    return [*names, *(f"{name}:*" for name in names)]


def _has_port(name: str) -> bool:
    return name.rpartition(":")[2].isdigit() and not name.endswith("]")


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
