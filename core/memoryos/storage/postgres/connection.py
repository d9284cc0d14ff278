"""A connection to PostgreSQL inside a transaction of one user's, as the statements of all stores want it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import psycopg

from memoryos.storage.index_rows import ChangeKind
from memoryos.storage.postgres import dialect

if TYPE_CHECKING:
    from memoryos.storage.postgres.windows import HalfvecWindows
    from memoryos.storage.postgres.words import StemRows
    from memoryos.storage.tables.connection import Cursor

_NEXT: Final = (
    "INSERT INTO counters (user_key, name, value) VALUES (%(user)s, %(name)s, %(step)s)"
    " ON CONFLICT (user_key, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value"
)
"""The last of the next numbers of a table."""

_VERSION: Final = (
    "coalesce((SELECT max(version) FROM changes WHERE changes.user_key = %(user)s AND kind = '{}'),"
    " (SELECT min(version) - 1 FROM changes WHERE changes.user_key = %(user)s), 0)"
)

MOMENT: Final = (
    f"SELECT {', '.join(map(_VERSION.format, get_args(ChangeKind)))},"
    " (SELECT coalesce(max(seq), 0) FROM pages WHERE pages.user_key = %(user)s)"
)
"""The row of which a `Moment` is made: what every recall would ask for, several times."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a transaction that reads sees: the version of each kind of change, and the seq of the newest page."""

    versions: Mapping[ChangeKind, int]
    newest: int

    @classmethod
    def from_row(cls, row: Sequence[int]) -> Moment:
        """That of the row that `MOMENT` brings."""
        *versions, newest = row
        return cls(dict(zip(get_args(ChangeKind), versions, strict=True)), newest)


class PostgresConnection:
    """Runs what is written for all stores by `execute`, and what is written for PostgreSQL by `run` and its like.

    In the latter values are named, and the user's key is %(user)s.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], user_key: int, words: StemRows, windows: HalfvecWindows
    ) -> None:
        self._connection = connection
        self._user_key = user_key
        self.words = words
        self.windows = windows

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement that is written for all stores."""
        call = dialect.translated(statement, values)
        number = self._numbers(call.statement, 1)
        return self._connection.execute(call.statement.text, call.on(self._user_key, number))

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        """Run such a statement for each of several rows of values."""
        calls = [dialect.translated(statement, values) for values in rows]
        cursor = self._connection.cursor()
        for same in {call.statement: None for call in calls}:  # what is absent makes it another statement
            alike = [call for call in calls if call.statement == same]
            last = self._numbers(same, len(alike)) or 0
            first = last - len(alike) + 1
            cursor.executemany(same.text, [call.on(self._user_key, first + at) for at, call in enumerate(alike)])
        return cursor

    def run(self, statement: str, **values: Any) -> Cursor:
        """Run a statement of PostgreSQL's own."""
        return self._connection.execute(statement, {"user": self._user_key, **values})

    def run_each(self, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run such a statement for each of several rows of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, [{"user": self._user_key, **values} for values in rows])

    def binary(self, statement: str, **values: Any) -> Cursor:
        """The same as `run`, with rows in PostgreSQL's binary format: vectors come as bytes."""
        cursor = self._connection.cursor(binary=True)
        return cursor.execute(statement, {"user": self._user_key, **values})

    def _numbers(self, statement: dialect.Statement, count: int) -> int | None:
        """The last of the numbers for new rows; None where they have none."""
        if statement.numbered is None:
            return None
        return int(self.run(_NEXT, name=statement.numbered, step=count).fetchone()[0])


class ReadingConnection(PostgresConnection):
    """The same in a transaction that sees one `moment`."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        user_key: int,
        words: StemRows,
        windows: HalfvecWindows,
        moment: Moment,
    ) -> None:
        super().__init__(connection, user_key, words, windows)
        self.moment = moment
