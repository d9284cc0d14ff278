"""Which store a configuration means, by the scheme of its database_url.

A further store is a folder, a function that opens it, and a line in `STORES`; or, in another package, such a function
as an entry point `memoryos.stores`, named as its scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from memoryos.config.checks import without_secrets
from memoryos.config.registry import Registry
from memoryos.errors import ConfigError, MissingDependencyError
from memoryos.storage.paths import begun_file_of, file_of
from memoryos.storage.ports import Store

if TYPE_CHECKING:
    from memoryos.config.settings import Config
    from memoryos.storage.tables.connection import Database


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


_POSTGRESQL: Final = ("postgresql", "postgres")
_OF_POSTGRESQL: Final = ("psycopg", "psycopg_pool", "sqlglot")

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


def _open_postgres(config: Config) -> OpenedStore:
    check_installed(config)
    # Here and not at the top: an extra brings what it needs.
    from memoryos.storage.postgres.store import PostgresStore

    return PostgresStore(config.database_url, config.user_id)


STORES: Final[Registry[OpenStore]] = Registry(
    "database_url",
    "memoryos.stores",
    {"sqlite": _open_sqlite, **dict.fromkeys(_POSTGRESQL, _open_postgres)},
)
"""Stores by URL scheme; without any URL it is sqlite."""


def check_installed(config: Config) -> None:
    """Raise what `open_store` raises of `ConfigError`, without opening anything."""
    STORES.named(config.store_scheme)
    missing = [name for name in _OF_POSTGRESQL if config.store_scheme in _POSTGRESQL and find_spec(name) is None]
    if missing:
        raise MissingDependencyError(
            f"database_url: {config.store_scheme}: needs {', '.join(missing)}, not installed; pip install '.[postgres]'"
        )


def open_database(config: Config, *, existing: bool = False, moving: bool = False) -> Database:
    """The tables of the memory that a configuration names, for what moves them; made where there are none.

    With `existing` it raises `ConfigError` instead of making a memory; `moving` opens one that is not whole. Otherwise
    it raises what `open_store` does, and `ConfigError` for a store that another package brought.
    """
    check_installed(config)
    if config.store_scheme in _POSTGRESQL:
        from memoryos.storage.postgres.database import PostgresDatabase

        return PostgresDatabase(config.database_url, config.user_id, existing=existing, moving=moving)
    from memoryos.storage.sqlite.database import MOVING_CACHE_KB
    from memoryos.storage.sqlite.database import Database as SqliteDatabase

    return SqliteDatabase(begun_file_of(config) if existing else file_of(config), cache_kb=MOVING_CACHE_KB)


def check_existing(config: Config) -> None:
    """Raise `ConfigError` where there is no memory of a configuration's user, and `StoreError`."""
    if config.store_scheme in _POSTGRESQL:
        open_database(config, existing=True).close()
    else:
        begun_file_of(config)


def delete_rows(config: Config) -> None:
    """Delete the memory of a configuration out of a database that has those of all users.

    Raises `ConfigError` where there is none, or memories are files, and `StoreError`.
    """
    if config.store_scheme not in _POSTGRESQL:
        raise ConfigError(f"{place_of(config)}: is no database of all users; delete its folder instead")
    check_installed(config)
    from memoryos.storage.postgres.database import PostgresDatabase

    with closing(PostgresDatabase(config.database_url, config.user_id, existing=True)) as database:
        database.delete()


def place_of(config: Config) -> str:
    """Where the memory that a configuration names lies, for people to read: a file, or an address without secrets."""
    return str(file_of(config)) if config.store_scheme == "sqlite" else without_secrets(config.database_url)
