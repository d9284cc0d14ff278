"""Saving what can be read from a damaged database into a new one."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from memoryos.errors import StoreError
from memoryos.models import NewPage
from memoryos.storage.adding import PageToAdd, content_digest, page_to_add
from memoryos.storage.sqlite import pages
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.failures import translated_errors
from memoryos.storage.sqlite.leaves import Leaves
from memoryos.storage.sqlite.rows import Row, from_micros

_log = logging.getLogger(__name__)

_COLUMNS = "seq, id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id"

_SOME_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved: the new database, its pages, and how many more the numbering up to the last known one has."""

    recovered: Path
    pages: int
    lost: int


def salvage(damaged: Path) -> Salvage:
    """Write every page that can be read into a new database beside the damaged one, called `<name>.recovered`.

    A page counts as read if its texts are still those its digest was made of. Words are indexed anew at once; vectors,
    topics and facts are derived again when the new file is used. The work is done on a copy: the damaged file and its
    write-ahead log are never changed. Raises `StoreError` and leaves nothing behind where no page can be read, or
    where a file of an earlier run is in the way.
    """
    copy, recovered = damaged.with_name(f"{damaged.name}.copy"), damaged.with_name(f"{damaged.name}.recovered")
    if not damaged.is_file():
        raise StoreError(f"{damaged}: there is no such file")
    for taken in (copy, recovered):
        if taken.exists():
            raise StoreError(f"{taken} exists, perhaps from an earlier run: move it away and try again")
    with ExitStack() as unless_saved:
        unless_saved.callback(_remove, recovered)
        try:
            _copy(damaged, copy)
            result = _save(copy, recovered)
        finally:
            _remove(copy)
        if not result.pages:
            raise StoreError(f"{damaged}: holds no page of a memory that can be read; it is left as it is")
        unless_saved.pop_all()
    return result


def _copy(damaged: Path, copy: Path) -> None:
    """Copy the file and its write-ahead log, which holds the newest pages if the server was killed."""
    try:
        for suffix in ("", "-wal"):
            source, target = damaged.with_name(damaged.name + suffix), copy.with_name(copy.name + suffix)
            if source.exists():
                shutil.copyfile(source, target)  # its mode might forbid writing
                target.chmod(0o600)
        if not copy.stat().st_size:
            os.truncate(copy, _SOME_BYTES)  # SQLite throws away the log of an empty file
    except OSError as error:
        raise StoreError(
            f"{damaged}: {error.strerror}; saving needs the right to read it and to write beside it, twice its size"
        ) from error


def _save(copy: Path, recovered: Path) -> Salvage:
    # Unknown, the count of lost pages rests on the gaps between those that are found.
    numbers = _known_number(copy, "SELECT seq FROM sqlite_sequence WHERE name = 'pages'")
    forgotten = _known_number(copy, "SELECT value FROM settings WHERE key = 'forgotten_pages'")
    saved = 0
    database = Database(recovered)
    try:
        with database.write(durable=True) as target:
            table = [name for (name,) in target.execute("SELECT name FROM pragma_table_info('pages')")]
            with closing(_pages(copy, table)) as found:
                for row in found:
                    pages.insert(target, _page_to_add(row))
                    saved, numbers = saved + 1, max(numbers, row[0])
    finally:
        database.close()
    return Salvage(recovered, saved, max(0, numbers - saved - forgotten))


def _known_number(copy: Path, query: str) -> int:
    """A number that the database notes of itself, 0 where it cannot be read."""
    with closing(sqlite3.connect(copy)) as connection:
        try:
            row = connection.execute(query).fetchone()
        except sqlite3.DatabaseError:
            return 0
    return 0 if row is None else int(row[0])


def _pages(copy: Path, table: Sequence[str]) -> Generator[Row]:
    """The sound pages by number, each as (seq, id, ...): the table walked as far as that goes, then leaf by leaf.

    Of a file of an earlier version, whose table lacks columns, all of them leaf by leaf.
    """
    last = 0
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = _text
        try:
            for row in connection.execute(f"SELECT {_COLUMNS} FROM pages NOT INDEXED ORDER BY seq"):
                if row[0] > last and _is_sound(row):  # a damaged tree may lead back to what was read
                    last = row[0]
                    yield row
            return
        except sqlite3.DatabaseError as error:
            _log.info("%s: the table of pages ends behind page %d: %s", copy, last, error)
    with translated_errors(copy), closing(Leaves(copy, table, _text)) as leaves:
        yield from _pages_of_leaves(leaves, after=last)


def _pages_of_leaves(leaves: Leaves, *, after: int) -> Iterator[Row]:
    """The sound pages of all leaves with a number above `after`, by number."""
    leaf_of = {
        row[0]: leaf for leaf in leaves for row in leaves.rows(leaf, _COLUMNS) if row[0] > after and _is_sound(row)
    }
    for leaf, found in groupby(sorted(leaf_of.items()), key=itemgetter(1)):
        wanted = {seq for seq, _ in found}
        yield from (row for row in leaves.rows(leaf, _COLUMNS) if row[0] in wanted)


def _is_sound(row: Row) -> bool:
    """Whether a row is a page that can be used, its texts still those that were stored."""
    _, id_, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id = row
    texts = (id_, timestamp, user_input, agent_response, meta_data or "", assistant_id or "")
    if not all(isinstance(text, str) for text in texts):
        return False
    if not _is_moment(happened_at) or not _is_moment(added_at):
        return False
    # The digest has the timestamp as the caller gave it; where none was given, the column has the time of arrival.
    return any(digest == content_digest(user_input, agent_response, given, meta_data) for given in (timestamp, None))


def _page_to_add(row: Row) -> PageToAdd:
    """A sound page as it was, with the digest that it had."""
    _, id_, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id = row
    meta = None if meta_data is None else json.loads(meta_data)
    page = NewPage(user_input, agent_response, from_micros(happened_at), None, meta, assistant_id)
    return replace(page_to_add(page, id_=id_, shown=timestamp, added_at=from_micros(added_at)), digest=digest)


def _is_moment(micros: object) -> bool:
    try:
        return isinstance(micros, int) and from_micros(micros) is not None
    except OverflowError:
        return False


def _text(stored: bytes) -> str:
    """A damaged text is let through: its digest tells."""
    return stored.decode("utf-8", "replace")


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
