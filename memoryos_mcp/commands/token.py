"""`token create`, `token list`, `token revoke`: who is let in where a server knows its users by tokens."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos.config import checks
from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos_mcp.auth.tokens import TokenStore, lasting

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos_mcp.auth.tokens import Token


def create(config: Config, user: str, expires: str | None, *, is_service: bool) -> int:
    """Make a token; it alone goes to standard output, so that a script may take it from there."""
    try:
        user_id = checks.normal_id(user)
    except ValueError as error:
        raise ConfigError(f"--user: accepted: {error}") from error
    lasts = None if expires is None else lasting(expires)
    text, token = _store(config).create(user_id, lasts=lasts, is_service=is_service)
    sys.stderr.write(f"{_described(token)}\nIt is shown this once; only a hash of it is kept.\n")
    if config.auth != "tokens":
        sys.stderr.write('This configuration does not ask for tokens: set auth to "tokens".\n')
    sys.stdout.write(f"{text}\n")
    return 0


def show_all(config: Config) -> int:
    """One line for each token: id, whose, since when, until when."""
    tokens = _store(config).all()
    sys.stdout.writelines(f"{_described(token)}\n" for token in tokens)
    if not tokens:
        sys.stdout.write("there are no tokens\n")
    return 0


def revoke(config: Config, id_: str) -> int:
    """Let a token be valid no more."""
    _store(config).revoke(id_)
    sys.stdout.write(f"token {id_} is revoked\n")
    return 0


def _store(config: Config) -> TokenStore:
    return TokenStore(Path(config.data_storage_path), _now)


def _described(token: Token) -> str:
    whose = f"{'service' if token.is_service else 'user'} {one_line(token.user_id)}"
    until = "until revoked"
    if token.expires_at is not None:
        has_expired = token.has_expired(_now())
        until = f"{'expired' if has_expired else 'until'} {token.expires_at:%Y-%m-%d %H:%M} UTC"
    return f"{token.id}  {whose}  made {token.created_at:%Y-%m-%d %H:%M} UTC, {until}"


def _now() -> datetime:
    return datetime.now(timezone.utc)
