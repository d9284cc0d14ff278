"""How a server over HTTP knows who calls, as the SDK wants it: a verifier of tokens, and what is told of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio import to_thread
from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings
from pydantic import AnyHttpUrl

from memoryos.errors import MemoryOSError
from memoryos_mcp.auth.caller import VerifiedToken
from memoryos_mcp.auth.tokens import TokenStore

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos_mcp.auth.jwt_check import JwtChecker

_log = logging.getLogger(__name__)

_AT_ONCE = 4
"""Tokens checked at the same time, on threads of their own: a slow provider must not take those of the tools."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the SDK is given: who checks tokens, and where clients get them; `check` is for who has a thread to wait on.

    It gives what is known of a token that is valid, None for another, and may raise `MemoryOSError`.
    """

    verifier: TokenVerifier
    settings: AuthSettings
    check: Callable[[str], VerifiedToken | None]


def sign_in(config: Config) -> SignIn | None:
    """How callers of a server sign in; None where nobody does."""
    if config.auth == "none":
        return None
    if config.auth == "tokens":
        store = TokenStore(Path(config.data_storage_path), _now)
        # There is no server that hands them out: an issuer has to be named, and is told to nobody.
        settings = AuthSettings(issuer_url=AnyHttpUrl("http://localhost"), resource_server_url=None)
        return _signed_in(lambda text: _own(store, text), settings)
    from memoryos_mcp.auth import jwt_check  # here, for it brings cryptography, which others do without

    checker = jwt_check.JwtChecker(config)
    # As texts: an address without a path would get one otherwise, and be another issuer.
    settings = AuthSettings.model_validate(
        {
            "issuer_url": config.jwt_issuer,
            "resource_server_url": config.public_url,
            "validate_token_resource": False,  # the audience is checked with the signature
        }
    )
    return _signed_in(lambda text: _foreign(checker, text), settings)


def _signed_in(check: Callable[[str], VerifiedToken | None], settings: AuthSettings) -> SignIn:
    return SignIn(_Verifier(check), settings, check)


class _Verifier(TokenVerifier):
    """Checks tokens on threads, as files or the network are read for it."""

    def __init__(self, check: Callable[[str], VerifiedToken | None]) -> None:
        self._check = check
        self._limiter: anyio.CapacityLimiter | None = None

    async def verify_token(self, token: str) -> VerifiedToken | None:
        """What is known of a token that is valid, None for another."""
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)
        try:
            return await to_thread.run_sync(self._check, token, limiter=self._limiter)
        except MemoryOSError as error:
            _log.error("no token can be checked, and all are refused: %s", error)
            return None


def _own(store: TokenStore, text: str) -> VerifiedToken | None:
    token = store.check(text)
    if token is None:
        return None
    return VerifiedToken(
        token=token.id,  # the SDK needs a text, and nothing needs the secret any more
        client_id=token.id,
        scopes=[],
        subject=token.user_id,
        user_id=None if token.is_service else token.user_id,
    )


def _foreign(checker: JwtChecker, text: str) -> VerifiedToken | None:
    found = checker.check(text)
    if found is None:
        return None
    return VerifiedToken(token="", client_id=found.client_id, scopes=[], subject=found.user_id, user_id=found.user_id)


def _now() -> datetime:
    return datetime.now(timezone.utc)
