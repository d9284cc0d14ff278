"""Who may come in: what is exchanged for a cookie, and what every request and every answer has to carry."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Final, Protocol

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

_MOST_BROWSERS: Final = 10_000
BROWSER_LASTS: Final = timedelta(hours=12)
"""Then whoever signed in has to do it again: a browser may be left open."""


class Refused(Exception):
    """A request that is turned away: the status, and why, without anything that it said."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who came in.

    `csrf` stands in each form that they are shown, `user_id` is whose memory they see (None: that of the only user),
    and `token` is what they signed in with, "" where nobody signs in.
    """

    csrf: str
    user_id: str | None = None
    token: str = field(default="", repr=False)


class Door(Protocol):
    """What stands before the pages. All methods but `check_host` and `check_origin` may read files or the network."""

    prefix: str
    """All addresses of the pages begin with it."""
    entry: str
    """Where somebody enters: `<entry>/enter`."""
    asks: bool
    """Whether whoever enters types a token, rather than following a link."""

    def check_host(self, headers: Mapping[str, str]) -> str:
        """The host that a request names; raises `Refused` for one that is not this server's: another site's name may
        lead here (DNS rebinding)."""

    def check_origin(self, headers: Mapping[str, str], host: str, scheme: str) -> None:
        """Raise `Refused` for a form that was not sent by a page of this door."""

    def admit(self, token: str, scheme: str) -> str:
        """The cookie for whoever brings a token; raises `Refused`."""

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """Who sent a request; raises `Refused` for a stranger."""

    def leave(self, headers: Mapping[str, str]) -> str:
        """The cookie that takes back the one of a request, which opens nothing from now on."""


@dataclass(slots=True)
class Browsers:
    """The browsers that were let in, by the keys in their cookies. Safe to use from threads."""

    prefix: str
    clock: Callable[[], datetime]
    lasts: timedelta | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)  # guards the next
    _known: OrderedDict[str, tuple[Visitor, datetime]] = field(default_factory=OrderedDict)

    def welcome(self, scheme: str, user_id: str | None = None, token: str = "") -> str:
        """The cookie of a browser that is let in from now on."""
        key = secrets.token_urlsafe(_SECRET_BYTES)
        visitor = Visitor(secrets.token_urlsafe(_SECRET_BYTES), user_id, token)
        with self._lock:
            self._known[key] = visitor, self.clock()
            while len(self._known) > _MOST_BROWSERS:
                self._known.popitem(last=False)
        return self._cookie(key, "; Secure" if scheme == "https" else "")

    def find(self, headers: Mapping[str, str]) -> Visitor | None:
        """Who sent a request; None for a stranger."""
        key = _key_of(headers)
        with self._lock:
            visitor, since = self._known.get(key, (None, None))
        if since is not None and self.lasts is not None and self.clock() - since >= self.lasts:
            return None
        return visitor

    def forget(self, headers: Mapping[str, str]) -> str:
        """The cookie that takes back the one of a request, whose browser is a stranger from now on."""
        with self._lock:
            self._known.pop(_key_of(headers), None)
        return self._cookie("", "; Max-Age=0")

    def _cookie(self, key: str, further: str) -> str:
        return f"{COOKIE}={key}; Path={self.prefix}/; HttpOnly; SameSite=Strict{further}"


def _key_of(headers: Mapping[str, str]) -> str:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if cookie is None else cookie.value


def unguessable(entry: str = "") -> str:
    """A beginning of addresses below `entry` that nobody can guess.

    A cookie knows no ports, and another program of this machine may serve at the next one: it is sent to these only.
    """
    return f"{entry}/{secrets.token_urlsafe(_PREFIX_BYTES)}"


@dataclass(slots=True)
class LinkDoor:
    """The door of the command `inspect`, at a port of this machine: a link opens it, once for each link."""

    port: int
    clock: Callable[[], datetime]
    prefix: str = field(default_factory=unguessable)
    entry: str = field(init=False)
    asks: bool = field(default=False, init=False)
    _browsers: Browsers = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)  # guards the next
    _tokens: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.entry = self.prefix
        self._browsers = Browsers(self.prefix, self.clock)

    def link(self) -> str:
        """An address that lets one browser in, once."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._lock:
            self._tokens.add(token)
        return f"http://127.0.0.1:{self.port}{self.entry}/enter?token={token}"

    def check_host(self, headers: Mapping[str, str]) -> str:
        """See `Door`."""
        host = headers.get("host", "")
        if host not in {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]")}:
            raise Refused(421, "This page is served at 127.0.0.1 only.")
        return host

    def check_origin(self, headers: Mapping[str, str], host: str, scheme: str) -> None:
        """See `Door`."""
        require_own_page(headers, (f"{scheme}://{host}",))

    def admit(self, token: str, scheme: str) -> str:
        """See `Door`: the token is that of a link, which is used up by it."""
        with self._lock:
            if token not in self._tokens:
                raise Refused(403, "This link was used already, or is none. Run inspect again for a new one.")
            self._tokens.discard(token)
        return self._browsers.welcome(scheme)

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """See `Door`."""
        known = self._browsers.find(headers)
        if known is None:
            raise Refused(401, "Open the link that inspect printed; each works once, in one browser.")
        return known

    def leave(self, headers: Mapping[str, str]) -> str:
        """See `Door`."""
        return self._browsers.forget(headers)


def require_own_page(headers: Mapping[str, str], origins: tuple[str, ...]) -> None:
    """Raise `Refused` for a form that was not sent by a page of one of these origins."""
    if headers.get("origin") not in origins or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403, "This was not sent by a page of the memory.")


def check_form(visitor: Visitor, form: Mapping[str, str]) -> None:
    """Raise `Refused` for a form that this visitor was not shown."""
    if not secrets.compare_digest(form.get("csrf", "").encode(), visitor.csrf.encode()):
        raise Refused(403, "This form is out of date. Go back, load the page again and repeat it.")
