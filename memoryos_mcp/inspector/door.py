"""Who may come in: a link that works once, a cookie behind it, and what every request and every answer has to carry."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Final

COOKIE: Final = "memoryos_inspect"

HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none a form would name no origin either
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""On every answer: nothing runs, nothing comes from elsewhere, nothing is kept or framed."""

_SECRET_BYTES: Final = 32
_PREFIX_BYTES: Final = 12


class Refused(Exception):
    """A request that is turned away: the status, and why, without anything that it said."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who came in; `csrf` stands in each form that they are shown."""

    csrf: str


@dataclass(slots=True)
class Door:
    """The door of one inspector at a port of this machine.

    All its addresses begin with `prefix`, which nobody can guess, and the cookie is sent to these only: a cookie knows
    no ports, and another program of this machine may serve at the next one.
    """

    port: int
    prefix: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(_PREFIX_BYTES)}")
    _lock: threading.Lock = field(default_factory=threading.Lock)  # guards the two below
    _tokens: set[str] = field(default_factory=set)
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    def link(self) -> str:
        """An address that lets one browser in, once."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._lock:
            self._tokens.add(token)
        return f"http://127.0.0.1:{self.port}{self.prefix}/enter?token={token}"

    def check_host(self, headers: Mapping[str, str]) -> str:
        """The host that a request names; raises `Refused` for any but this machine: another site's name may lead
        here (DNS rebinding)."""
        host = headers.get("host", "")
        if host not in {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")}:
            raise Refused(421, "This page is served at 127.0.0.1 only.")
        return host

    def check_origin(self, headers: Mapping[str, str], host: str) -> None:
        """Raise `Refused` for a form that was not sent by a page of ours."""
        if headers.get("origin") != f"http://{host}" or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise Refused(403, "This was not sent by a page of the memory.")

    def admit(self, token: str) -> str:
        """The cookie for whoever brings the token of a link, which is used up by it; raises `Refused`."""
        with self._lock:
            if token not in self._tokens:
                raise Refused(403, "This link was used already, or is none. Run inspect again for a new one.")
            self._tokens.discard(token)
            key = secrets.token_urlsafe(_SECRET_BYTES)
            self._visitors[key] = Visitor(secrets.token_urlsafe(_SECRET_BYTES))
        return f"{COOKIE}={key}; Path={self.prefix}/; HttpOnly; SameSite=Strict"

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """Who sent a request; raises `Refused` for a stranger."""
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        with self._lock:
            known = None if cookie is None else self._visitors.get(cookie.value)
        if known is None:
            raise Refused(401, "Open the link that inspect printed; each works once, in one browser.")
        return known

    @staticmethod
    def check_form(visitor: Visitor, form: Mapping[str, str]) -> None:
        """Raise `Refused` for a form that this visitor was not shown."""
        if not secrets.compare_digest(form.get("csrf", "").encode(), visitor.csrf.encode()):
            raise Refused(403, "This form is out of date. Go back, load the page again and repeat it.")
