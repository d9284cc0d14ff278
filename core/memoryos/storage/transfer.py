"""A memory on its way out or in: all that it holds read at one moment, and pages from elsewhere added.

No embedder and no model is loaded, and nothing runs behind the calls. Other processes may use the memory meanwhile; a
server derives vectors, topics and facts of what was added as it does for every page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone, tzinfo
from typing import TYPE_CHECKING, Final

from ulid import ULID

from memoryos import arguments, timestamps
from memoryos.config.checks import normal_id
from memoryos.errors import InvalidArgumentError
from memoryos.models import IncomingPage, Metadata, NewPage
from memoryos.storage.registry import open_database
from memoryos.storage.tables.contents import Contents
from memoryos.storage.tables.intake import Intake

if TYPE_CHECKING:
    from memoryos.config.settings import Config

BATCH_PAGES: Final = 250
BATCH_CHARACTERS: Final = 250_000
"""What is added in one transaction: about 50 ms, in which a server can add no page."""

_PAUSE_SECONDS: Final = 0.025
"""Between two transactions, at least: in the first 0.13 s of its wait for the lock, SQLite tries so often."""

_MAX_TIMESTAMP: Final = 64


@contextmanager
def opened_contents(config: Config) -> Iterator[Contents]:
    """All that a memory holds, as of one moment.

    Raises `ConfigError` where there is no memory, and `StoreError`. While it is open the write-ahead log of a server
    that adds pages grows.
    """
    with closing(open_database(config, existing=True)) as database, database.snapshot():
        yield Contents(database)


def add_pages(
    config: Config,
    pages: Iterable[IncomingPage],
    sleep: Callable[[float], None] = time.sleep,
    differing: list[str] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[tuple[int, int]]:
    """Add the pages that are not there yet, in their order; after each transaction, how many it added of how many.

    The memory is made where there is none. Once a pair is out, its pages are on disk; whatever ends it before the last
    one, the same call completes. `differing` gets the ids that are there with other content, which stays. Raises
    `StoreError`.
    """
    with closing(open_database(config)) as database:
        intake = Intake(database)
        if differing is not None:
            intake.differing = differing
        released: float | None = None
        for batch in _batches(pages):
            prepared = intake.prepared(batch)
            if released is not None and (left := released + _PAUSE_SECONDS - clock()) > 0:
                sleep(left)
            added = intake.add_prepared(prepared)
            released = clock() if added else None
            yield added, len(batch)
        database.checkpoint()


def incoming_page(
    user_input: str,
    agent_response: str,
    *,
    timestamp: str | None = None,
    meta_data: Metadata | None = None,
    assistant_id: str | None = None,
    zone: tzinfo | None = None,
    id_: str | None = None,
    happened_at: str | None = None,
    added_at: str | None = None,
    project: str | None = None,
) -> IncomingPage:
    """A page from elsewhere as it can be stored.

    Its times are "YYYY-MM-DD HH:MM:SS" or ISO 8601, in `zone` (None: the machine's) where they name none. It happened
    at `happened_at`, beside which any one line of text may be the timestamp, without it when `timestamp` says, without
    either now. Raises `InvalidArgumentError`.
    """
    user_input, agent_response = arguments.page_texts(user_input, agent_response)
    timestamp = (timestamp or happened_at or "").strip() or None
    now = moment = datetime.now(timezone.utc)
    if happened_at:
        moment = timestamps.parse(happened_at, zone, argument="happened_at")
    elif timestamp:
        moment = timestamps.parse(timestamp, zone)
    return IncomingPage(
        NewPage(
            user_input,
            agent_response,
            moment,
            _one_line(timestamp),
            arguments.meta_data(meta_data),
            _assistant(assistant_id),
            project=arguments.project(project),
        ),
        shown=timestamp or timestamps.written(now, zone),
        added_at=timestamps.parse(added_at, zone, argument="added_at") if added_at else now,
        id=None if id_ is None else _ulid(id_),
    )


def _batches(pages: Iterable[IncomingPage]) -> Iterator[list[IncomingPage]]:
    batch: list[IncomingPage] = []
    characters = 0
    for incoming in pages:
        batch.append(incoming)
        characters += len(incoming.page.user_input) + len(incoming.page.agent_response)
        if len(batch) == BATCH_PAGES or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _ulid(text: str) -> str:
    try:
        return str(ULID.from_str(text))
    except ValueError as error:
        accepted = "a ULID of 26 letters and digits, or none for a page that has no id yet"
        raise InvalidArgumentError("id", repr(text[:40]), accepted) from error


def _one_line(timestamp: str | None) -> str | None:
    if timestamp and (len(timestamp) > _MAX_TIMESTAMP or not timestamp.isprintable()):
        raise InvalidArgumentError(
            "timestamp", repr(timestamp[:40]), f"one line of at most {_MAX_TIMESTAMP} characters"
        )
    return timestamp


def _assistant(id_: str | None) -> str | None:
    try:
        return None if id_ is None else normal_id(id_)
    except ValueError as error:
        raise InvalidArgumentError("assistant_id", repr(id_)[:40], str(error)) from error
