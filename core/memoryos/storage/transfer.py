"""A memory on its way out or in: all that it holds read at one moment, and pages from elsewhere added.

No embedder and no model is loaded, and nothing runs behind the calls. Other processes may use the memory meanwhile; a
server derives vectors, topics and facts of what was added as it does for every page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Final

from ulid import ULID

from memoryos import arguments, timestamps
from memoryos.config.checks import normal_id
from memoryos.errors import InvalidArgumentError
from memoryos.models import IncomingPage, Metadata, NewPage, Turn
from memoryos.storage.registry import open_database
from memoryos.storage.tables.contents import Contents
from memoryos.storage.tables.intake import Intake

if TYPE_CHECKING:
    from memoryos.config.settings import Config

BATCH_PAGES: Final = 50
BATCH_CHARACTERS: Final = 50_000
"""What is added in one transaction: some 10 ms, in which a server can add no page."""

BATCHES_ON_DISK: Final = 5
"""Of so many transactions the last one waits until all of them are on disk."""

_PAUSE_SECONDS: Final = 0.005
_LONGEST_PAUSE_SECONDS: Final = 0.05
"""Between two transactions others have the lock for as long as the one before held it, within these bounds. So a server
that waits, and tries again after 1, 2, 5, 10, 15 ms, finds it free at every second try."""

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
    """Add the pages that are not there yet, in their order; after some transactions each, how many were added of how
    many.

    The memory is made where there is none. Once a pair is out, its pages are on disk; whatever ends it before the last
    one, the same call completes. `differing` gets the ids that are there with other content, which stays. Raises
    `StoreError`.
    """
    with closing(open_database(config)) as database:
        intake = Intake(database)
        if differing is not None:
            intake.differing = differing
        others = _Others(sleep, clock)
        batches = _batches(pages)
        while group := list(islice(batches, BATCHES_ON_DISK)):
            counts = []
            for number, batch in enumerate(group, 1):
                prepared = intake.prepared(batch)
                others.have_their_turn()
                counts.append(intake.add_prepared(prepared, durable=number == len(group)))
                others.may_begin(changed=counts[-1] > 0)
            if any(counts) and not counts[-1]:  # what changes nothing waits for nothing
                database.checkpoint()
            yield sum(counts), sum(map(len, group))
        database.checkpoint()


class _Others:
    """Others who want to write: they have the lock for as long as an import had it."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._sleep = sleep
        self._clock = clock
        self._taken = 0.0
        self._turn: tuple[float, float] | None = None  # since when they may, and for how long

    def have_their_turn(self) -> None:
        """Wait for the rest of it, then the import takes the lock."""
        if self._turn is not None:
            since, seconds = self._turn
            if (left := since + seconds - self._clock()) > 0:
                self._sleep(left)
        self._taken = self._clock()

    def may_begin(self, *, changed: bool) -> None:
        """The import has released the lock; where it changed nothing, it held it for a moment only."""
        now = self._clock()
        self._turn = (now, min(max(now - self._taken, _PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)) if changed else None


def incoming_page(
    user_input: str,
    agent_response: str,
    *,
    timestamp: str | None = None,
    meta_data: Metadata | None = None,
    assistant_id: str | None = None,
    zone: tzinfo | None = None,
    id_: str | ULID | None = None,
    happened_at: str | datetime | None = None,
    added_at: str | None = None,
    project: str | None = None,
    turn: str | None = None,
) -> IncomingPage:
    """A page from elsewhere as it can be stored.

    Its times are "YYYY-MM-DD HH:MM:SS" or ISO 8601, in `zone` (None: the machine's) where they name none; an aware
    time and a ULID are taken as they are. It happened at `happened_at`, beside which any one line of text may be the
    timestamp, without it when `timestamp` says, without either now. It is the client's turn of the id `turn`, where
    that is given. Raises `InvalidArgumentError`.
    """
    user_input, agent_response = arguments.page_texts(user_input, agent_response)
    written = happened_at.isoformat() if isinstance(happened_at, datetime) else happened_at
    timestamp = (timestamp or written or "").strip() or None
    now = moment = datetime.now(timezone.utc)
    if isinstance(happened_at, datetime):
        moment = happened_at.astimezone(timezone.utc)
    elif happened_at:
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
            turn=None if turn is None else Turn(arguments.turn(turn), moment, moment),
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


def _ulid(text: str | ULID) -> str:
    if isinstance(text, ULID):
        return str(text)
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
