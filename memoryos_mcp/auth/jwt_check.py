"""Tokens of an organisation's identity provider: JSON web tokens, checked by the keys that it publishes."""

from __future__ import annotations

import http.client
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import jwt

from memoryos.errors import InvalidArgumentError
from memoryos_mcp.auth.caller import exact_user_id

if TYPE_CHECKING:
    from memoryos import Config

_log = logging.getLogger(__name__)

_KEYS_LIVE_SECONDS: Final = 300.0
"""How long published keys are used without a look: a key that the provider withdrew is refused after so long."""

_COOLDOWN_SECONDS: Final = 30.0
"""A token that names an unknown key has the keys fetched again, and no sooner than this after the last time: nobody can
make this server flood the provider by tokens that he made up."""

_FETCH_SECONDS: Final = 5.0
_LEEWAY_SECONDS: Final = 30
"""Two machines' clocks may differ by so much."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a token says that was checked."""

    user_id: str
    client_id: str


class JwtChecker:
    """Checks the tokens of one issuer; thread-safe, and slow while it fetches keys."""

    def __init__(
        self,
        config: Config,
        *,
        cooldown_seconds: float = _COOLDOWN_SECONDS,
        keys_live_seconds: float = _KEYS_LIVE_SECONDS,
    ) -> None:
        self._issuer = config.jwt_issuer
        self._audience = config.jwt_audience or config.public_url
        self._algorithms = list(config.jwt_algorithms)
        self._claim = config.jwt_user_claim
        self._keys = jwt.PyJWKClient(
            config.jwt_jwks_url,
            lifespan=keys_live_seconds,
            cooldown_duration=cooldown_seconds,
            timeout=_FETCH_SECONDS,
        )

    def check(self, text: str) -> SignedIn | None:
        """What a valid token says; None for any other text, and while the keys cannot be had (which is logged)."""
        if not text.isascii():
            return None
        try:
            header = jwt.get_unverified_header(text)
            if header.get("alg") not in self._algorithms or not isinstance(header.get("kid"), str):
                return None  # before any key is fetched for it
            claims = jwt.decode(
                text,
                self._keys.get_signing_key(header["kid"]).key,
                algorithms=self._algorithms,
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", self._claim]},
            )
            user_id = exact_user_id(claims[self._claim])
        except jwt.PyJWKClientConnectionError as error:
            _log.error("the keys of the identity provider cannot be had: %s", error)
            return None
        except (json.JSONDecodeError, UnicodeDecodeError, http.client.HTTPException) as error:
            _log.error("what the identity provider gives for its keys cannot be read: %s", type(error).__name__)
            return None
        except jwt.PyJWTError as error:
            _log.info("a token was refused: %s", type(error).__name__)
            return None
        except InvalidArgumentError as error:
            _log.warning("a token of the identity provider was refused: claim %s: %s", self._claim, error)
            return None
        client = claims.get("azp") or claims.get("client_id")
        return SignedIn(user_id, client if isinstance(client, str) else user_id)
