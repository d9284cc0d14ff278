"""What only a server asks of its settings.

The settings themselves stay in one model, `memoryos.Config`: one file and one set of variables configure both a server
and a program that opens the same memory, so the engine has to know the names of all keys in any case, to accept them,
to tell a misspelt one, and to list them. A second model would say each of those names twice.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from memoryos.config.settings import load_config
from memoryos.embedding import configured_embedder
from memoryos.errors import ConfigError
from memoryos.models import EVERY_PROJECT
from memoryos.retrieval.rerank import RERANKERS
from memoryos.storage.registry import check_installed

if TYPE_CHECKING:
    from memoryos import Config


def load_server_config(
    path: Path | None, *, environ: Mapping[str, str], arguments: Mapping[str, object] = MappingProxyType({})
) -> Config:
    """The settings of a server, as `load_config` gives them; also raises `ConfigError` for what cannot be served."""
    return load_config(path, environ=environ, arguments=arguments, checked=_CHECKS)


def check_startable(config: Config) -> None:
    """Raise `ConfigError` where the configuration needs a package or a file that cannot be had."""
    configured_embedder(config)
    check_installed(config)
    if config.reranker:
        RERANKERS.named(config.reranker)


def require_servable(config: Config) -> None:
    """Raise `ConfigError` for what cannot be served, whoever made the configuration."""
    for key, check in _CHECKS.items():
        try:
            check(config)
        except ValueError as error:
            raise ConfigError(f"{key}: got {getattr(config, key)!r}; accepted: {error}") from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.IPv6Address("::1")


def _check_host(config: Config) -> None:
    """An address that only this machine can reach, unless everybody says who they are."""
    if not is_loopback(config.host) and config.auth == "none":
        raise ValueError(
            "127.0.0.1, ::1 or localhost, as other machines are served only where callers sign in: set auth to "
            '"tokens" (and give each user one: python -m memoryos_mcp token create --user NAME) or to "jwt"'
        )


def _check_auth(config: Config) -> None:
    if config.auth == "none":
        return
    if config.transport != "streamable-http":
        raise ValueError(f'"none" with transport "{config.transport}": callers sign in over "streamable-http" only')
    if config.multi_user:
        raise ValueError('"none" with multi_user: with sign-in a token of `token create --service` names its users')
    if config.auth == "jwt":
        wanted = ("jwt_issuer", "jwt_jwks_url", "public_url")
        if missing := [key for key in wanted if not getattr(config, key)]:
            raise ValueError(
                f'"none" or "tokens" without {", ".join(missing)}: set {"it" if len(missing) == 1 else "them"}'
            )


def _check_multi_user(config: Config) -> None:
    if config.multi_user and config.transport == "sse":
        raise ValueError('false with transport "sse", which is for old clients of one user; use "streamable-http"')


def _check_inspect(config: Config) -> None:
    if config.inspect and config.multi_user:
        raise ValueError("false with multi_user, where nobody says whose memory a browser may see; set auth")
    if config.inspect and config.transport == "sse":
        raise ValueError('false with transport "sse", which is for old clients; use "streamable-http"')


def _check_allowed_hosts(config: Config) -> None:
    anywhere = config.host in ("0.0.0.0", "::")
    if anywhere and config.auth != "none" and not config.allowed_hosts and not config.public_url:
        raise ValueError('the names that clients call this server by, such as ["memory.example"], or a public_url')


def _check_jwks_url(config: Config) -> None:
    parts = urlsplit(config.jwt_jwks_url)
    if config.jwt_jwks_url and parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError(
            "an address that begins with https://, or one of this machine: keys must come from who they say"
        )


def _check_certificate(config: Config) -> None:
    if bool(config.tls_certificate) != bool(config.tls_key):
        raise ValueError("both of tls_certificate and tls_key, or neither")


def _check_max_stored_bytes(config: Config) -> None:
    if config.max_stored_bytes and config.store_scheme != "sqlite":
        raise ValueError(
            "0 with a database_url, for what a user's rows take in a database is not counted: leave it out, and bound "
            "what users add by max_pages_per_minute"
        )


_CHECKS: Mapping[str, Callable[[Config], None]] = MappingProxyType(
    {
        "host": _check_host,
        "auth": _check_auth,
        "multi_user": _check_multi_user,
        "inspect": _check_inspect,
        "allowed_hosts": _check_allowed_hosts,
        "jwt_jwks_url": _check_jwks_url,
        "tls_certificate": _check_certificate,
        "max_stored_bytes": _check_max_stored_bytes,
    }
)
"""What a server asks of its settings, by the setting that is named where it is not so."""


def seeing_all(config: Config) -> Config:
    """The configuration for a person who looks at their own memory: without a project they see those of all."""
    return config.model_copy(update={"project": config.project or EVERY_PROJECT})
