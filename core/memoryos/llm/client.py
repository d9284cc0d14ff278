"""The connection to an OpenAI-compatible endpoint, of a language model or of embeddings.

Credentials are taken out of the address before the HTTP client logs it. No key is read from the environment. A response
that is not complete in time is given up. A redirect is followed within the endpoint's own origin only: what is sent is
dialogue, and goes to nobody whom no configuration names.
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import openai

from memoryos.errors import RedirectedError

_NO_KEY: Final = "none"
"""Sent where no key is set; without one the client takes OPENAI_API_KEY, which is meant for another endpoint."""

_CONNECT_SECONDS: Final = 10.0

_MOST_REDIRECTS: Final = 5

_PORTS: Final = {"http": 80, "https": 443}


def open_client(
    base_url: str,
    api_key: str,
    timeout_seconds: float,
    *,
    max_retries: int,
    monotonic: Callable[[], float] = time.monotonic,
) -> openai.OpenAI:
    """A client for the endpoint; "" is no key.

    `timeout_seconds` bounds each wait for data, and each body as a whole: a body that comes byte by byte is given up at
    the first byte after that time. `monotonic` is the clock, in seconds.
    """
    address, headers, query = _taken_apart(base_url)
    return openai.OpenAI(
        base_url=address,
        api_key=api_key or _NO_KEY,
        default_headers=headers,
        default_query=query,
        timeout=openai.Timeout(timeout_seconds, connect=min(_CONNECT_SECONDS, timeout_seconds)),
        max_retries=max_retries,
        http_client=_PunctualClient(monotonic),
    )


class _PunctualClient(openai.DefaultHttpxClient):
    """Gives up a response whose body is not complete in time; the time-outs of its base begin anew with each piece.

    Some gateways send blanks while a model works or hangs. They would hold the waiting thread as long as they do so.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._monotonic = monotonic

    def send(self, request: Any, **options: Any) -> Any:
        """The response with its whole body, as `httpx.Client.send` gives it without streaming.

        A redirect is followed with the same method and body, whatever its number: a question is no form. Raises
        `RedirectedError` where one leads to another origin, or leads on and on.
        """
        deadline = self._monotonic() + request.extensions["timeout"]["read"]
        asked = request
        for _ in range(_MOST_REDIRECTS):
            response = self._whole(asked, deadline, options)
            if not response.has_redirect_location:
                return response
            asked = self._redirected(asked, response.headers["Location"])
        raise RedirectedError(f"it redirects on and on, last to {_shown_origin(asked.url)}")

    def _whole(self, request: Any, deadline: float, options: dict[str, Any]) -> Any:
        body = bytearray()
        sent = super().send(request, **{**options, "stream": True, "follow_redirects": False})
        with closing(sent) as response:
            for piece in response.iter_raw():
                body += piece
                if self._monotonic() > deadline:
                    raise openai.APITimeoutError(request=request)
        return type(response)(response.status_code, headers=response.headers, content=bytes(body), request=request)

    def _redirected(self, request: Any, location: str) -> Any:
        """The same request to where a redirect leads, if that is its own origin."""
        try:
            target = request.url.join(location)
        except ValueError:  # also what the client raises for an address that is none
            raise RedirectedError("it redirects to what is no address") from None
        if _origin(target) != _origin(request.url):
            raise RedirectedError(
                f"it redirects to another host, {_shown_origin(target)}, which was not asked: dialogue goes only where "
                "the configuration says. If that is right, set its address there"
            )
        again = self.build_request(request.method, target, content=request.content, extensions=request.extensions)
        again.headers = request.headers
        return again

    def __del__(self) -> None:
        """Close the connections where nobody did, as the client does that this one replaces."""
        with suppress(AttributeError):  # __init__ failed
            self.close()


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _shown_origin(url: Any) -> str:
    """Scheme, host and port, without what else an address may hold."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port else "")


def _taken_apart(base_url: str) -> tuple[str, dict[str, str], dict[str, object]]:
    """The bare address, which the HTTP client logs; its user information as a header; its query as parameters."""
    parts = urlsplit(base_url)
    user, _, host = parts.netloc.rpartition("@")
    basic = b64encode(unquote(user).encode()).decode()
    headers = {"Authorization": f"Basic {basic}"} if user else {}
    return urlunsplit((parts.scheme, host, parts.path, "", "")), headers, dict(parse_qsl(parts.query))
