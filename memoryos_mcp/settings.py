"""What only a server asks of its settings.

The settings themselves stay in one model, `memoryos.Config`: one file and one set of variables configure both a server
and a program that opens the same memory, so the engine has to know the names of all keys in any case, to accept them,
to tell a misspelt one, and to list them. A second model would say each of those names twice.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from memoryos.config.settings import load_config
from memoryos.embedding import configured_embedder
from memoryos.errors import ConfigError
from memoryos.retrieval.rerank import RERANKERS
from memoryos.storage.registry import STORES

if TYPE_CHECKING:
    from memoryos import Config


def load_server_config(
    path: Path | None, *, environ: Mapping[str, str], arguments: Mapping[str, object] = MappingProxyType({})
) -> Config:
    """The settings of a server, as `load_config` gives them; also raises `ConfigError` for what cannot be served."""
    return load_config(path, environ=environ, arguments=arguments, checked={"host": _check_host})


def check_startable(config: Config) -> None:
    """Raise `ConfigError` where the configuration needs a package or a file that cannot be had."""
    configured_embedder(config)
    STORES.named(config.store_scheme)
    if config.reranker:
        RERANKERS.named(config.reranker)


def require_loopback(config: Config) -> None:
    """Raise `ConfigError` where other machines could reach the server, whoever made the configuration."""
    try:
        _check_host(config)
    except ValueError as error:
        raise ConfigError(f"host: got {config.host!r}; accepted: {error}") from error


def _check_host(config: Config) -> None:
    """An address that only this machine can reach: without authentication nobody else may."""
    try:
        address = ipaddress.ip_address(config.host)
        loopback = address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.IPv6Address("::1")
    except ValueError:
        loopback = config.host == "localhost"
    if not loopback:
        raise ValueError("127.0.0.1, ::1 or localhost: other machines cannot be served yet")
