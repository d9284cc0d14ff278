"""The doors of a server over HTTP: its sign-in, or with none a link of its own that works once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from memoryos.errors import MemoryOSError
from memoryos_mcp.inspector.door import BROWSER_LASTS, Browsers, Refused, Visitor, require_own_page, unguessable
from memoryos_mcp.transport.http import ENTRY

if TYPE_CHECKING:
    from memoryos_mcp.auth.caller import VerifiedToken
    from memoryos_mcp.inspector.one_time import OneTimeTokens

_OUT_OF_REACH: Final = "Nobody can be let in at the moment; the server's log says why."


@dataclass(frozen=True, slots=True)
class Names:
    """What a server is called by: hosts as `Host` headers name them, of which one that ends with ":*" has any port, and
    the origins that its own pages may have besides those of the hosts."""

    hosts: Collection[str]
    origins: Collection[str] = ()

    def check_host(self, headers: Mapping[str, str]) -> str:
        """See `Door`."""
        host = headers.get("host", "").lower()
        name, _, port = host.rpartition(":")
        if host not in self.hosts and not (port.isdigit() and f"{name}:*" in self.hosts):
            raise Refused(421, "This server is not known by that name; allowed_hosts names those it is known by.")
        return host

    def check_origin(self, headers: Mapping[str, str], host: str, scheme: str) -> None:
        """See `Door`."""
        require_own_page(headers, (f"{scheme}://{host}", *self.origins))


@dataclass(slots=True)
class _ServerDoor:
    """What both doors have: a server's names, and the browsers that were let in."""

    names: Names
    clock: Callable[[], datetime]
    prefix: str = field(default=ENTRY, init=False)
    entry: str = field(default=ENTRY, init=False)
    _browsers: Browsers = field(init=False)

    def __post_init__(self) -> None:
        self._browsers = Browsers(self.prefix, self.clock, BROWSER_LASTS)

    def check_host(self, headers: Mapping[str, str]) -> str:
        """See `Door`."""
        return self.names.check_host(headers)

    def check_origin(self, headers: Mapping[str, str], host: str, scheme: str) -> None:
        """See `Door`."""
        self.names.check_origin(headers, host, scheme)

    def leave(self, headers: Mapping[str, str]) -> str:
        """See `Door`."""
        return self._browsers.forget(headers)


@dataclass(slots=True)
class SignInDoor(_ServerDoor):
    """The door of a server where callers sign in: they show the same token, and are let in for as long as it is valid.

    `check` tells whose a token is. It is asked again with each request: what is revoked, or has expired, opens nothing.
    """

    check: Callable[[str], VerifiedToken | None]
    asks: bool = field(default=True, init=False)

    def admit(self, token: str, scheme: str) -> str:
        """See `Door`: the token is the one that a client of the server shows."""
        token = token.strip()
        found = self._checked(token)
        if found is None:
            raise Refused(403, "That is no valid token.")
        if found.user_id is None:
            raise Refused(403, "That token is a service's, which speaks for many users. Sign in with a user's own.")
        return self._browsers.welcome(scheme, found.user_id, token)

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """See `Door`."""
        known = self._browsers.find(headers)
        found = None if known is None else self._checked(known.token)
        if known is None or found is None or found.user_id != known.user_id:
            raise Refused(401, "Sign in first.")
        return known

    def _checked(self, token: str) -> VerifiedToken | None:
        try:
            return self.check(token)
        except MemoryOSError as error:
            raise Refused(503, _OUT_OF_REACH) from error


@dataclass(slots=True)
class OwnDoor(_ServerDoor):
    """The door of a server on this machine where nobody signs in: a link of `inspect --link` opens it, once."""

    tokens: OneTimeTokens
    asks: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.prefix = unguessable(ENTRY)
        _ServerDoor.__post_init__(self)  # `super()` finds no class that slots have made anew

    def admit(self, token: str, scheme: str) -> str:
        """See `Door`: the token is that of a link, which is used up by it."""
        try:
            is_good = self.tokens.use(token)
        except MemoryOSError as error:
            raise Refused(503, _OUT_OF_REACH) from error
        if not is_good:
            raise Refused(403, "This link was used already, is too old, or is none. Run `inspect --link` for another.")
        return self._browsers.welcome(scheme)

    def visitor(self, headers: Mapping[str, str]) -> Visitor:
        """See `Door`."""
        known = self._browsers.find(headers)
        if known is None:
            raise Refused(401, "Run `python -m memoryos_mcp inspect --link` and open what it prints, in one browser.")
        return known
