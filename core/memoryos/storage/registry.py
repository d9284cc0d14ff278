"""Which store a configuration means, by the scheme of its database_url.

A further store is a folder, a function that opens it, and a line in `STORES`; or, in another package, such a function
as an entry point `memoryos.stores`, named as its scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from memoryos.config.registry import Registry
from memoryos.storage.paths import file_of
from memoryos.storage.ports import Store

if TYPE_CHECKING:
    from memoryos.config.settings import Config


class OpenedStore(Store, Protocol):
    """A store of one user's memory as its scheme opens it, with what a status says of it."""

    @property
    def path(self) -> Path | str:
        """Where the memory lies: a file, or an address without user information."""

    @property
    def schema_version(self) -> int:
        """Of the tables, counted by the store itself."""

    def file_is_gone(self) -> bool:
        """Whether what was opened was deleted, moved away or replaced, so that it has to be opened again."""


OpenStore = Callable[["Config"], OpenedStore]
"""Opens the store of `config.user_id`, made where there is none. Raises `ConfigError` and `StoreError`."""


def open_store(config: Config) -> OpenedStore:
    """The store of the memory that a configuration names.

    Raises `ConfigError` with the known schemes where that of database_url is unknown, `MissingDependencyError` with
    what to do where its store is not there, and `StoreError`.
    """
    return STORES.named(config.store_scheme)(config)


def _open_sqlite(config: Config) -> OpenedStore:
    # Here and not at the top: it brings numpy, and a server looks a scheme up before its first answer.
    from memoryos.storage.sqlite.store import SqliteStore

    return SqliteStore(file_of(config))


_NOT_YET: Final = (
    "there is no store for PostgreSQL in this version; it will come with an extra, pip install '.[postgres]'. Leave "
    "database_url empty: memories are kept in SQLite files in data_storage_path"
)

STORES: Final[Registry[OpenStore]] = Registry(
    "database_url",
    "memoryos.stores",
    {"sqlite": _open_sqlite},
    missing={"postgresql": _NOT_YET, "postgres": _NOT_YET},
)
"""Stores by URL scheme; without any URL it is sqlite."""
