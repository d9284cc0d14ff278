"""One user's memory in PostgreSQL: transactions on connections that all memories of a process share."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
from psycopg import conninfo
from psycopg_pool import ConnectionPool

from memoryos.config.checks import without_secrets
from memoryos.errors import ConfigError, MissingMemoryError, StoreError, StoreGoneError
from memoryos.storage.postgres import codecs, schema
from memoryos.storage.postgres.connection import MOMENT, Moment, PostgresConnection, ReadingConnection
from memoryos.storage.postgres.failures import WAIT_SECONDS, translated_errors
from memoryos.storage.postgres.windows import HalfvecWindows
from memoryos.storage.postgres.words import StemRows
from memoryos.storage.tables.connection import NUMBERED
from memoryos.storage.tables.moving import MOVING

T = TypeVar("T")

_MOST_CONNECTIONS: Final = 10
"""Of one process to one database."""

_CONNECTION: Final[Mapping[str, str | int]] = {
    "application_name": "memoryos",
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": WAIT_SECONDS * 1_000,
}
"""What a URL does not say otherwise. A network that is cut tells nothing: whoever waits would wait for hours. So a
connection on which no more comes, or what is sent is not received, is given up after as long as a statement."""

_POOL_SECONDS: Final = 10
_IDLE_SECONDS: Final = WAIT_SECONDS // 2
"""After so long a transaction is given up whose process was cut off: those that wait for the user's row outlive it."""

_CLOSED_SECONDS: Final = 1.0
"""That a connection was closed is known at once."""

_KEY_BYTES: Final = 8

# All of it is said once more in each transaction, so that a pooler may stand between.
# No statement is about all users, and each table has an index by user: to read all of one is never right, and looks so
# while statistics are older than what was loaded. Queries over a few rows were compiled for 70 ms.
_SETTINGS: Final = (
    f"SELECT set_config('search_path', '{schema.SEARCH_PATH}', true),"
    f" set_config('statement_timeout', '{WAIT_SECONDS}s', true), set_config('lock_timeout', '{WAIT_SECONDS}s', true),"
    " set_config('idle_in_transaction_session_timeout', '300s', true),"
    " set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),"
    " set_config('memoryos.user_key', ({key})::bigint::text, true)"
)
_KNOWN: Final = (
    "SELECT m.user_id, s.value FROM memories AS m"
    " LEFT JOIN settings AS s ON s.user_key = %(user)s AND s.key = %(moving)s WHERE m.user_key = %(user)s"
)

_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_READ_SETTINGS: Final = _SETTINGS.format(key="%(user)s")
_MAKE: Final = f"BEGIN; {_SETTINGS}"

# In the middle of a pipeline the server is not idle, and looks whether anybody is there.
_LISTENING: Final = (
    "SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5; SET LOCAL tcp_keepalives_count = 2"
)
_WRITE: Final = (
    f"BEGIN; {_SETTINGS}; SET LOCAL synchronous_commit = {{commit}};"
    f" SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'; {_LISTENING};"
    " SELECT 1 FROM memories WHERE memories.user_key = {key} FOR UPDATE"
)


def user_key(user_id: str) -> int:
    """The number that a user's rows have, of 64 bits. Two users with the same are told apart when one is opened."""
    digest = hashlib.blake2b(user_id.encode(), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(slots=True)
class _Shared:
    pool: ConnectionPool[psycopg.Connection[Any]]
    version: int
    users: int = 0


class Pools:
    """The connections of a process to each database, shared by all memories in it; thread-safe.

    Each new connection is handed to `configure`, which lets it read and write values as the engine has them.
    """

    def __init__(self, configure: Callable[[psycopg.Connection[Any]], None] = codecs.register) -> None:
        self._configure = configure
        self._lock = threading.Lock()  # guards the next, and lets one caller migrate
        self._shared: dict[str, _Shared] = {}

    def take(self, url: str) -> tuple[ConnectionPool[psycopg.Connection[Any]], int]:
        """The connections to a database, and the version of its tables, which are made or migrated first."""
        with self._lock:
            shared = self._shared.get(url)
            if shared is None:
                shared = self._shared[url] = _opened(url, self._configure)
            shared.users += 1
            return shared.pool, shared.version

    def give_back(self, url: str) -> None:
        """Let go of them; who does it last closes them."""
        with self._lock:
            shared = self._shared[url]
            shared.users -= 1
            if not shared.users:
                del self._shared[url]
        if not shared.users:
            shared.pool.close()


def _opened(url: str, configure: Callable[[psycopg.Connection[Any]], None]) -> _Shared:
    address = without_secrets(url)
    try:
        given = {**_CONNECTION, **conninfo.conninfo_to_dict(url)}
        address_and_more = conninfo.make_conninfo("", **given)
    except psycopg.Error:
        raise ConfigError(f"database_url: {address}: no address that PostgreSQL's client can read") from None
    with translated_errors(address):
        with psycopg.connect(address_and_more, autocommit=True) as connection:
            version = schema.migrate(connection, address)
            schema.warn_of_open_door(connection, address)
        pool = ConnectionPool(
            address_and_more,
            kwargs={"autocommit": True},
            min_size=0,
            max_size=_MOST_CONNECTIONS,
            timeout=_POOL_SECONDS,
            reconnect_timeout=_POOL_SECONDS,
            configure=configure,
            name="memoryos",
            open=True,
        )
    return _Shared(pool, version)


POOLS: Final = Pools()
"""Those of this process: a memory is opened by itself, and a thousand of them must not have a connection each."""


class PostgresDatabase:
    """What `Database` says, over the rows of one user, who is made known to the database when he is new."""

    def __init__(
        self, url: str, user_id: str, *, existing: bool = False, moving: bool = False, pools: Pools = POOLS
    ) -> None:
        """With `existing` no user is made known: raises `ConfigError` where he is not. A memory that is not whole yet
        is opened by what is `moving` it alone."""
        self.address = without_secrets(url)
        self._url = url
        self._user_key = user_key(user_id)
        self._words, self._windows = StemRows(), HalfvecWindows()
        self._lock = threading.Lock()  # guards the next
        self._pools: Pools | None = pools
        self._pinned = threading.local()  # .connection: that of this thread's snapshot
        self.is_gone = False
        """Whether the user was deleted since, as far as a write has found out."""
        self._pool, self.schema_version = pools.take(url)
        with ExitStack() as unless_open:
            unless_open.callback(self.close)
            self._enter(user_id, existing=existing, moving=moving)
            unless_open.pop_all()

    @contextmanager
    def read(self) -> Iterator[ReadingConnection]:
        """A connection inside a transaction that sees one moment and can write nothing."""
        pinned: ReadingConnection | None = getattr(self._pinned, "connection", None)
        if pinned is not None:
            with translated_errors(self.address):
                yield pinned
            return
        with translated_errors(self.address), self._begun(self._begin_reading) as (connection, moment):
            try:
                yield ReadingConnection(connection, self._user_key, self._words, self._windows, moment)
            finally:
                _roll_back(connection)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it all reads of the calling thread see one moment, and share one transaction."""
        with self.read() as connection:
            outer: ReadingConnection | None = getattr(self._pinned, "connection", None)
            self._pinned.connection = connection
            try:
                yield
            finally:
                self._pinned.connection = outer

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[PostgresConnection]:
        """A connection inside a transaction on the user's rows that no other process writes to meanwhile."""
        begin = _WRITE.format(key=self._user_key, commit="DEFAULT" if durable else "off")
        with translated_errors(self.address), self._begun(partial(_last_row, begin)) as (connection, found):
            try:
                if found is None:
                    self.is_gone = True
                    raise StoreGoneError(f"{self.address}: this user's memory was deleted while it was open")
                with connection.pipeline():  # nobody waits for what a statement brings but who looks at it
                    yield self._of_user(connection)
                    connection.execute("COMMIT")
            finally:
                _roll_back(connection)

    def numbers(self) -> dict[str, int]:
        """The last number given to a row of each table whose rows are numbered; 0 where none was."""
        with self.read() as connection:
            rows = connection.run("SELECT name, value FROM counters WHERE counters.user_key = %(user)s").fetchall()
        given: dict[str, int] = dict(rows)
        return {table: given.get(table, 0) for table in NUMBERED}

    def set_numbers(self, numbers: Mapping[str, int]) -> None:
        """Let the next rows have the numbers after these."""
        with self.write() as connection:
            connection.run_each(
                "INSERT INTO counters (user_key, name, value) VALUES (%(user)s, %(name)s, %(value)s)"
                " ON CONFLICT (user_key, name) DO UPDATE SET value = excluded.value",
                [{"name": table, "value": numbers[table]} for table in NUMBERED],
            )

    def checkpoint(self) -> None:
        """Nothing: the server does that."""

    def delete(self) -> None:
        """Delete the memory with everything that it holds; what uses it meanwhile is refused from then on."""
        with self.write(durable=True) as connection:
            connection.run("SET LOCAL statement_timeout = 0")  # of a large one that takes long
            for table in reversed(schema.TABLES):
                connection.run(f"DELETE FROM {table} WHERE {table}.user_key = %(user)s")

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            pools, self._pools = self._pools, None
        if pools is not None:
            pools.give_back(self._url)

    def _of_user(self, connection: psycopg.Connection[Any]) -> PostgresConnection:
        return PostgresConnection(connection, self._user_key, self._words, self._windows)

    def _begin_reading(self, connection: psycopg.Connection[Any]) -> Moment:
        """Begin to read, in one round trip; the moment that is seen from now on."""
        user = {"user": self._user_key}
        with connection.pipeline():
            connection.execute(_READ)
            connection.execute(_READ_SETTINGS, user)
            cursor = connection.execute(MOMENT, user)
        (row,) = cursor.fetchall()
        return Moment.from_row(row)

    @contextmanager
    def _begun(self, begin: Callable[[psycopg.Connection[Any]], T]) -> Iterator[tuple[psycopg.Connection[Any], T]]:
        """A connection on which a transaction was begun, and what this brought.

        Connections that the server has closed are passed over; where nobody answers, the first one is enough.
        """
        if self._pools is None:
            raise StoreError(f"{self.address}: the memory was closed; open it again to use it")
        begun_at = time.monotonic()
        with ExitStack() as borrowed:
            for tries_left in range(_MOST_CONNECTIONS, -1, -1):
                connection = self._pool.getconn()
                given_back = borrowed.callback(self._pool.putconn, connection)
                try:
                    brought = begin(connection)
                    break
                except psycopg.OperationalError:
                    _roll_back(connection)
                    if not connection.broken or not tries_left or time.monotonic() - begun_at > _CLOSED_SECONDS:
                        raise
                    borrowed.pop_all()
                    given_back(connection)
            yield connection, brought

    def _enter(self, user_id: str, *, existing: bool, moving: bool) -> None:
        with self.read() as connection:
            row = connection.run(_KNOWN, moving=MOVING).fetchone()
        if row is None and existing:
            raise MissingMemoryError(f"{self.address}: no memory of user {user_id!r}; set user_id to one that has one")
        if row is None:
            begin = partial(_last_row, _MAKE.format(key=self._user_key))
            with translated_errors(self.address), self._begun(begin) as (native, _):
                try:
                    self._of_user(native).run(
                        "INSERT INTO memories (user_key, user_id) VALUES (%(user)s, %(user_id)s)"
                        " ON CONFLICT DO NOTHING",
                        user_id=user_id,
                    )
                    row = self._of_user(native).run(_KNOWN, moving=MOVING).fetchone()
                    native.execute("COMMIT")
                finally:
                    _roll_back(native)
        if row is None or row[0] != user_id:
            raise StoreError(f"{self.address}: another user has this user's number; take another user_id")
        if row[1] is not None and not moving:
            raise StoreError(f"{self.address}: this memory is being moved here; run the command move again to end it")


def _last_row(statements: str, connection: psycopg.Connection[Any]) -> Any:
    """The row that the last of several statements brings; None where it brings none."""
    cursor = connection.execute(statements)
    while cursor.nextset():
        pass
    return cursor.fetchone() if cursor.description is not None else None


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    """End a transaction that was not committed; a connection that is lost has ended it."""
    if not connection.broken and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.execute("ROLLBACK")
