"""What stands before the server over HTTP, each an application around another: proxies, pages, probes, time."""

from __future__ import annotations

import ipaddress
import logging
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import anyio

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

_REFUSALS: Final = {
    401: "no valid token",
    403: "a foreign origin, or a form with what is not valid",
    421: "a foreign host",
    408: "too slow",
    413: "too much",
}

_PAGES_SEND: Final = (
    "authorization",
    "content-type",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
)
"""Headers that clients in a browser send along (accept they may always send)."""


def behind_proxies(app: ASGIApp, trusted: Sequence[str]) -> ASGIApp:
    """The application, told the client's address and scheme by the headers of proxies, and of nobody else."""
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    return ProxyHeadersMiddleware(app, trusted_hosts=list(trusted))  # type: ignore[arg-type, return-value]


def open_to_pages(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The application, which browsers let web pages of these origins call and read, without cookies."""
    from starlette.middleware.cors import CORSMiddleware

    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=_PAGES_SEND,
        expose_headers=("mcp-session-id", "www-authenticate"),
    )


def with_probes(app: ASGIApp, is_ready: Callable[[], bool]) -> ASGIApp:
    """The application, with `/healthz`, which answers while the process does, and `/readyz`, while it can be used.

    Both answer anybody, by a status and nothing else: 200 or 503.
    """
    from anyio import to_thread
    from starlette.responses import Response

    async def probed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ("/healthz", "/readyz"):
            await app(scope, receive, send)
            return
        sound = scope["path"] == "/healthz" or await to_thread.run_sync(is_ready)
        await Response(status_code=200 if sound else 503, headers={"Cache-Control": "no-store"})(scope, receive, send)

    return probed


def with_pages(app: ASGIApp, pages: ASGIApp, entry: str) -> ASGIApp:
    """The application, with pages for people at `entry` and below it, which look after themselves."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and (scope["path"] == entry or scope["path"].startswith(f"{entry}/"))
        await (pages if is_page else app)(scope, receive, send)

    return answered


def with_metrics(app: ASGIApp, exposed: Callable[[], bytes], readers: Sequence[str]) -> ASGIApp:
    """The application, with `/metrics` for clients at these addresses and in these networks, and for nobody else."""
    from starlette.responses import Response

    networks = [ipaddress.ip_network(reader) for reader in readers]

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/metrics" or not _is_within(scope, networks):
            await app(scope, receive, send)
            return
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"}
        await Response(exposed(), headers=headers)(scope, receive, send)

    return counting


def _is_within(scope: Scope, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        client = ipaddress.ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return False
    # A socket for both kinds of addresses gives one of IPv4 in the dress of one of IPv6.
    address = getattr(client, "ipv4_mapped", None) or client
    return any(address in network for network in networks)


def refusals_logged(app: ASGIApp, counted: Callable[[int], object] | None) -> ASGIApp:
    """The application; who is refused, and for what, is logged with the client's address, and its status `counted`."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _REFUSALS:
                client = scope.get("client") or ("unknown", 0)
                if counted is not None:
                    counted(message["status"])
                _log.warning("refused a request of %s: %s", client[0], _REFUSALS[message["status"]])
            await send(message)

        await app(scope, receive, send_on)

    return logged


def arriving_in_time(app: ASGIApp, seconds: float) -> ASGIApp:
    """The application, whose requests have to arrive whole within so many seconds: others are answered 408.

    Who sends a byte a minute would hold a place for as long as he likes.
    """
    from starlette.responses import Response

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("method") in ("GET", "HEAD"):  # which bring nothing but a head
            await app(scope, receive, send)
            return
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        with anyio.move_on_after(seconds) as arriving:

            async def receive_on() -> Message:
                message = await receive()
                if not message.get("more_body", False):
                    arriving.deadline = math.inf
                return message

            await app(scope, receive_on, send_on)
        if arriving.cancelled_caught and not begun:
            await Response("The request took too long to arrive", status_code=408)(scope, receive, send)

    return timed
