"""Whose memory a call is about: known from the connection, from a token, or named with the call."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from mcp.server.auth.provider import AccessToken

from memoryos.config import checks
from memoryos.errors import InvalidArgumentError

USER_ID: Final = "user_id"
"""The argument by which a caller who speaks for many names the user of a call."""


class VerifiedToken(AccessToken):
    """A token that was checked here; `user_id` is whose it is, None for a service that names a user with each call."""

    user_id: str | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: one user, or, where `user_id` is None and `names_user`, somebody who names a user with each call."""

    user_id: str | None = None
    names_user: bool = False


CALLER: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039 - it is frozen
"""Who makes the call at hand; by default somebody of whom nothing is known."""


def current_user() -> str | None:
    """The user whose memory the call at hand is about, None where that is not said."""
    return CALLER.get().user_id


@contextmanager
def on_behalf_of(user_id: str) -> Iterator[None]:
    """Within it, calls are about the memory of this user."""
    token = CALLER.set(Caller(user_id))
    try:
        yield
    finally:
        CALLER.reset(token)


def exact_user_id(value: object) -> str:
    """A user id that somebody else's system made, unchanged.

    Raises `InvalidArgumentError` where it is none, or not in NFC: an id of ours is brought into that form, but two ids
    that a foreign system keeps apart must not become one here.
    """
    try:
        if isinstance(value, str) and checks.normal_id(value) == value:
            return value
    except ValueError:
        pass
    got = "a text" if isinstance(value, str) else "no text"
    if isinstance(value, str) and not unicodedata.is_normalized("NFC", value):
        got = "a text that is not in Unicode's form NFC"
    accepted = f"1 to {checks.MAX_ID_CHARACTERS} characters in Unicode's form NFC, none of them a control character"
    raise InvalidArgumentError(USER_ID, got, accepted)
