"""The tables of all users, brought to the newest version by whoever opens a memory first."""

from __future__ import annotations

import logging
from importlib import resources
from typing import Any, Final

import psycopg

from memoryos.errors import StoreError, StoreVersionError

_log = logging.getLogger(__name__)

SCHEMA: Final = "memoryos"

TABLES: Final = tuple(
    "memories counters settings embedders chains segments talks pages words page_terms names unembedded page_vectors"
    " side_vectors traits knowledge knowledge_sources claims changes parked extractive_pages analyse_again tombstones"
    " told_facts exclusions audit refused_facts unread fresh".split()
)
"""All of them that have users' rows, what others refer to first."""

SEARCH_PATH: Final = f"{SCHEMA}, public, extensions"
"""The extension's types are where it was installed: in `public` by default, in `extensions` with some providers."""

_LOCK: Final = 0x4D4F5331
"""Of all processes one migrates at a time."""

_MINIMUM: Final = 150_000


def migrations() -> list[str]:
    """The migration scripts in order; the version of the tables is how many of them were run."""
    folder = resources.files("memoryos.storage.postgres") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def migrate(connection: psycopg.Connection[Any], address: str) -> int:
    """Bring the tables to the newest version, one transaction a migration; that version.

    `connection` is in autocommit mode. Raises `StoreError` for a server that is too old or lacks pgvector, and
    `StoreVersionError` for tables of a newer package.
    """
    scripts = migrations()
    version = _version(connection)
    while version < len(scripts):
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            version = _version(connection)  # another process may have been faster
            if version < len(scripts):
                _check_server(connection, address)
                _run(connection, scripts[version], version)
                version += 1
    if version > len(scripts):
        raise StoreVersionError(
            f"{address} has tables of version {version}, this package knows {len(scripts)}: "
            "install the newer package that made them"
        )
    return version


def warn_of_open_door(connection: psycopg.Connection[Any], address: str) -> None:
    """Say in the log where row-level security does not bind the role: one wall is missing then."""
    row = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    if row is not None and row[0]:
        _log.warning("%s: row-level security does not bind this role; use one that is no superuser", address)


def _version(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT to_regclass(%s)::text", (f"{SCHEMA}.schema_version",)).fetchone()
    if row is None or row[0] is None:
        return 0
    found = connection.execute(f"SELECT version FROM {SCHEMA}.schema_version").fetchone()
    return 0 if found is None else int(found[0])


def _check_server(connection: psycopg.Connection[Any], address: str) -> None:
    if connection.info.server_version < _MINIMUM:
        raise StoreError(f"{address}: is older than PostgreSQL 15; use a newer server")
    row = connection.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    if row is None or not row[0]:
        raise StoreError(
            f"{address}: this server lacks pgvector; install it there (https://github.com/pgvector/pgvector)"
        )


def _run(connection: psycopg.Connection[Any], script: str, version: int) -> None:
    if version == 0:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.execute(f"CREATE TABLE {SCHEMA}.schema_version (version integer NOT NULL)")
        connection.execute(f"INSERT INTO {SCHEMA}.schema_version VALUES (0)")
    connection.execute(f"SET LOCAL search_path TO {SEARCH_PATH}")
    connection.execute(script)
    connection.execute(f"UPDATE {SCHEMA}.schema_version SET version = %s", (version + 1,))
