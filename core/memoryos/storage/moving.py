"""A memory moved from files into a database of all users, or back, while what is there goes on being read.

All of it is copied as of one moment and then compared, table by table. The copy can be opened once it is whole; the
same call goes on with one that was cut short.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.errors import ConfigError, StoreDamagedError
from memoryos.storage.paths import file_of, make_folders, named_refusals
from memoryos.storage.registry import open_database, place_of
from memoryos.storage.sqlite.copies import put_in_place
from memoryos.storage.sqlite.database import Database as SqliteDatabase
from memoryos.storage.tables import moving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memoryos.config.settings import Config
    from memoryos.storage.tables.connection import Database
    from memoryos.storage.tables.moving import Extent

_SUFFIX: Final = ".moving"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied and found to be the same: the extent of each table; `changed` if the source went on since."""

    extents: dict[str, Extent]
    changed: bool

    @property
    def pages(self) -> int:
        return self.extents["pages"].rows

    @property
    def rows(self) -> int:
        return sum(extent.rows for extent in self.extents.values())


def move(source: Config, target: Config) -> Generator[int, None, Moved]:
    """Copy the memory of a configuration to where another one has it; how many rows, after each transaction.

    The source stays as it is. Raises `ConfigError` where there is no memory, or one is there already, and `StoreError`,
    of it `StoreDamagedError` where the copy is not the same as the source: it is not taken for a memory then.
    """
    if place_of(source) == place_of(target):
        raise ConfigError(f"{place_of(target)}: the memory lies there; name another place")
    with ExitStack() as opened:
        before = opened.enter_context(closing(open_database(source, existing=True)))
        after = opened.enter_context(_unfinished(target))
        with before.snapshot():
            state = _state(before)
            _begin(after, state, target)
            for table in moving.TABLES:
                yield from moving.copy_table(before, after, table)
            yield from moving.copy_vectors(before, after)
            after.set_numbers(before.numbers())
            extents = dict(moving.extents(before))
            _check(extents, dict(moving.extents(after)), after)
        with after.write(durable=True) as connection:
            moving.unmark(connection)
        changed = _state(before) != state
    if target.store_scheme == "sqlite":
        put_in_place(_part(target), file_of(target))
    return Moved(extents, changed)


@contextmanager
def _unfinished(target: Config) -> Iterator[Database]:
    """The tables of a copy that nobody else opens yet."""
    if target.store_scheme != "sqlite":
        with closing(open_database(target, moving=True)) as database:
            yield database
        return
    if file_of(target).exists():
        raise ConfigError(f"{file_of(target)}: there is a memory already; move it away, or name another place")
    with named_refusals(_part(target).parent):
        make_folders(_part(target).parent)
    with closing(SqliteDatabase(_part(target))) as file:
        yield file


def _part(target: Config) -> Path:
    file = file_of(target)
    return file.with_name(f"{file.stem}{_SUFFIX}.db")


def _state(database: Database) -> str:
    """Changes with what the memory holds."""
    return json.dumps(dict(database.numbers()))


def _begin(copy: Database, state: str, target: Config) -> None:
    """Mark what is there as a copy of the source as it is; what is there of another state is deleted."""
    with copy.read() as connection:
        marked = moving.marked(connection)
    is_whole = marked is None and any(copy.numbers().values())
    if is_whole and target.store_scheme != "sqlite":  # a file beside the memory's is a copy that was not put there yet
        place = place_of(target)
        raise ConfigError(f"{place}: there is a memory of this user already; forget it, or name another place")
    with copy.write(durable=True) as connection:
        if is_whole or marked not in (None, state):
            moving.clear(connection)
        moving.mark(connection, state)


def _check(wanted: dict[str, Extent], found: dict[str, Extent], target: Database) -> None:
    """Raise `StoreDamagedError` where a copy is not the same; it begins anew at the next try."""
    different = [name for name in wanted if found.get(name) != wanted[name]]
    if not different:
        return
    with target.write(durable=True) as connection:
        moving.mark(connection, "to be done over")
    raise StoreDamagedError(
        f"the copy differs from its source in {', '.join(different)} and is not used: something changed while an "
        "interrupted move waited, or the copy was touched. Run the command again: it begins anew"
    )
