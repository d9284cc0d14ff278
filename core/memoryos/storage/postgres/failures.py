"""PostgreSQL's errors as this package's, each message with the address and the next step, and no row's content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from memoryos.errors import StoreBusyError, StoreDamagedError, StoreError, StoreFullError, StoreReadOnlyError
from memoryos.storage.seals import AlteredPageError

_RESTORE: Final = (
    "Its row was changed in the database by somebody else, or on the disk: restore it from a backup of the database"
)

WAIT_SECONDS: Final = 30
"""So long a statement runs, and waits for another process's transaction."""

_OUT_OF_REACH: Final = (
    "{address}: cannot be reached ({reason}); what was asked is not done, or it is not known to be: ask again, no page "
    "is stored twice"
)
_FULL: Final = (errors.DiskFull, errors.OutOfMemory, errors.ConfigurationLimitExceeded)
_READ_ONLY: Final = (errors.ReadOnlySqlTransaction,)
_BUSY: Final = (errors.QueryCanceled, errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


@contextmanager
def translated_errors(address: str) -> Iterator[None]:
    """Within it PostgreSQL's errors are raised as `StoreError` and its subclasses; `address` is without secrets."""
    try:
        yield
    except (psycopg.Error, PoolTimeout) as error:
        raise _translated(error, address) from None  # the chain would show rows and, of an address, its user
    except AlteredPageError as error:
        raise StoreDamagedError(f"{address}: {error}. {_RESTORE}") from None


def _translated(error: Exception, address: str) -> StoreError:
    if isinstance(error, (PoolTimeout, TooManyRequests)):
        return StoreError(_OUT_OF_REACH.format(address=address, reason="it gave no connection in time"))
    if isinstance(error, PoolClosed):
        return StoreError(f"{address}: the memory was closed; open it again to use it")
    if isinstance(error, _BUSY):
        return StoreBusyError(
            f"{address}: another process was in the way, or the database slow, for {WAIT_SECONDS} s; try again, and "
            "see pg_stat_activity for what it does"
        )
    if isinstance(error, _FULL):
        return StoreFullError(f"{address}: the database is full; nothing was stored. Free some space and try again")
    if isinstance(error, _READ_ONLY):
        return StoreReadOnlyError(f"{address}: is read-only (a standby?); name the primary in database_url")
    if isinstance(error, errors.InsufficientPrivilege):
        return StoreReadOnlyError(
            f"{address}: this user may not do that; give it SELECT, INSERT, UPDATE and DELETE on all tables in schema "
            "memoryos, and let their owner open the memory once for a new version of them (docs/postgresql.md)"
        )
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return StoreError(_OUT_OF_REACH.format(address=address, reason=_reason(error)))
    return StoreError(f"{address}: {type(error).__name__} ({getattr(error, 'sqlstate', None) or 'no code'})")


def _reason(error: psycopg.Error) -> str:
    """Why there is no connection, in a word; the server's own would name the user."""
    said = str(error).lower()
    reasons = {
        "password authentication failed": "the password is wrong",
        "no password supplied": "it wants a password",
        "does not exist": "there is no such database or role",
        "connection refused": "nobody listens there",
        "could not translate host name": "the host is not known",
        "failed to resolve host": "the host is not known",
        "timeout expired": "it does not answer",
        "starting up": "it is starting up",
        "shutting down": "it is shutting down",
        "too many clients": "it has no connection left",
        "ssl": "it and this process do not agree on TLS",
    }
    return next((reason for words, reason in reasons.items() if words in said), "the connection was lost")
