"""Tokens of our own: one small file for each, which holds whose it is and a hash, never the token."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from memoryos.errors import ConfigError, MemoryOSError, StoreError
from memoryos.storage.paths import make_folders, named_refusals

_log = logging.getLogger(__name__)

_ID: Final = re.compile(r"[0-9a-f]{12}")
_TOKEN: Final = re.compile(r"mos_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_SECRET_BYTES: Final = 32
"""As much chance as the hash has room for: nobody tries them through, and no slow hash is needed."""

_NOBODYS: Final = hashlib.sha256(b"nobody's").hexdigest()


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: `user_id` is whose it is, or how a service is called; `sha256` is of the whole token."""

    id: str
    user_id: str
    is_service: bool
    created_at: datetime
    expires_at: datetime | None
    sha256: str

    def has_expired(self, now: datetime) -> bool:
        """Whether it is valid no more."""
        return self.expires_at is not None and now >= self.expires_at


class TokenStore:
    """The tokens of a data folder, in files that only their owner can read; safe with any number of processes.

    Every check reads the file of the token: what is created or revoked is so at once, everywhere. All methods may raise
    `StoreError`.
    """

    def __init__(self, data_storage_path: Path, clock: Callable[[], datetime]) -> None:
        self._folder = data_storage_path / "tokens"
        self._clock = clock

    def create(self, user_id: str, *, lasts: timedelta | None = None, is_service: bool = False) -> tuple[str, Token]:
        """A new token, which is known to nobody else from now on, and what is kept of it."""
        now = self._clock()
        id_ = secrets.token_hex(6)
        text = f"mos_{id_}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        token = Token(id_, user_id, is_service, now, None if lasts is None else now + lasts, _sha256(text))
        with named_refusals(self._folder):
            make_folders(self._folder)
            descriptor = os.open(self._file(id_), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(asdict(token), file, default=datetime.isoformat)
                file.flush()
                os.fsync(file.fileno())
        return text, token

    def all(self) -> tuple[Token, ...]:
        """Every token that is there, expired or not, the oldest first; what is none is passed over and logged."""
        with named_refusals(self._folder):
            names = [path.stem for path in self._folder.glob("*.json")] if self._folder.is_dir() else []
        found = [token for name in names if _ID.fullmatch(name) and (token := self._read(name)) is not None]
        return tuple(sorted(found, key=lambda token: (token.created_at, token.id)))

    def revoke(self, id_: str) -> None:
        """Let a token be valid no more. Raises `MemoryOSError` where there is none of that id."""
        unknown = MemoryOSError(f"there is no token {id_!r}; the command `token list` shows those there are")
        if not _ID.fullmatch(id_):
            raise unknown
        try:
            self._file(id_).unlink()
        except FileNotFoundError:
            raise unknown from None
        except OSError as error:
            raise _out_of_reach(self._file(id_), error) from error

    def check(self, text: str) -> Token | None:
        """What is kept of a token that is valid now; None for any other text.

        How long it takes tells nothing of how much of a text is right.
        """
        parts = _TOKEN.fullmatch(text)
        token = None if parts is None else self._read(parts[1])
        # What is unknown is compared, too.
        is_right = hmac.compare_digest(_sha256(text), _NOBODYS if token is None else token.sha256)
        if token is None or not is_right or token.has_expired(self._clock()):
            return None
        return token

    def _file(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _read(self, id_: str) -> Token | None:
        try:
            text = self._file(id_).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _out_of_reach(self._file(id_), error) from error
        try:
            kept = json.loads(text)
            expires_at = kept["expires_at"]
            return Token(
                id=kept["id"],
                user_id=kept["user_id"],
                is_service=kept["is_service"] is True,
                created_at=datetime.fromisoformat(kept["created_at"]),
                expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
                sha256=kept["sha256"],
            )
        except (ValueError, KeyError, TypeError):
            _log.error("%s: this is no token's file; delete it, or put it back from a backup", self._file(id_))
            return None


_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_LONGEST: Final = timedelta(days=36_500)


def lasting(text: str) -> timedelta:
    """How long "90d", "12h" or "30m" are. Raises `ConfigError`."""
    parts = re.fullmatch(r"([0-9]{1,6})([dhm])", text)
    lasts = timedelta(0) if parts is None else int(parts[1]) * _UNITS[parts[2]]
    if not timedelta(0) < lasts <= _LONGEST:
        raise ConfigError('--expires: accepted: days, hours or minutes, such as "90d", "12h" or "30m"')
    return lasts


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _out_of_reach(file: Path, error: OSError) -> StoreError:
    return StoreError(f"{file}: {error.strerror}; give the server's user access to the folder of tokens")
