"""Saving what can be read from a damaged database into a new one."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from ulid import ULID

from memoryos.errors import StoreError
from memoryos.models import NewPage
from memoryos.storage.adding import PageToAdd, page_to_add
from memoryos.storage.seals import DIGEST_BYTES, is_as_stored, page_seal
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.failures import translated_errors
from memoryos.storage.sqlite.high_water import HighWater, mark_file
from memoryos.storage.sqlite.leaves import Leaves
from memoryos.storage.sqlite.opening import log_bytes
from memoryos.storage.tables import outlines, pages
from memoryos.storage.tables.rows import Row, from_micros

_log = logging.getLogger(__name__)

_COLUMNS = (
    "seq, id, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id, project"
)

_SOME_BYTES = 4096

_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was saved: the new database, and its pages.

    `lost` is how many more there were: by the mark beside the file where there is one (`by_mark`), otherwise by the
    numbering up to the last page that is known of, behind which there may have been others; None where that tells
    nothing. `unverified` are the ids of saved pages of an earlier version, whose texts are vouched for and whose id and
    times are not. `may_be_forgotten` is how many of the saved pages the user may have forgotten.
    """

    recovered: Path
    pages: int
    lost: int | None
    by_mark: bool = False
    unverified: tuple[str, ...] = ()
    may_be_forgotten: int = 0


def salvage(damaged: Path) -> Salvage:
    """Write every page that can be read into a new database beside the damaged one, called `<name>.recovered`.

    A page counts as read if all that it holds is still what its digest was made of; pages of an earlier version, whose
    digest covers less, are named. Words are indexed anew at once; vectors,
    topics and facts are derived again when the new file is used. The work is done on a copy: the damaged file and its
    write-ahead log are never changed. Raises `StoreError` and leaves nothing behind where no page can be read, or
    where a file of an earlier run is in the way.
    """
    copy, recovered = damaged.with_name(f"{damaged.name}.copy"), damaged.with_name(f"{damaged.name}.recovered")
    if not damaged.is_file() and not log_bytes(damaged):
        raise StoreError(f"{damaged}: there is no such file")
    for taken in (copy, recovered):
        if taken.exists():
            raise StoreError(f"{taken} exists, perhaps from an earlier run: move it away and try again")
    with ExitStack() as unless_saved:
        unless_saved.callback(_remove, recovered)
        try:
            _copy(damaged, copy)
            result = _save(copy, recovered, HighWater.marked(damaged))
        finally:
            _remove(copy)
            mark_file(recovered).unlink(missing_ok=True)  # it will have another name
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
        if not copy.exists() or not copy.stat().st_size:
            copy.touch(0o600)
            os.truncate(copy, _SOME_BYTES)  # SQLite throws away the log of an empty file
    except OSError as error:
        raise StoreError(
            f"{damaged}: {error.strerror}; saving needs the right to read it and to write beside it, twice its size"
        ) from error


def _save(copy: Path, recovered: Path, mark: HighWater | None) -> Salvage:
    height = _height(copy)
    if mark is not None and height.memory not in ("", mark.memory):
        mark = None  # of another memory
    saved, newest = 0, height.newest
    ids: set[str] = set()
    unverified = []
    database = Database(recovered)
    try:
        with database.write(durable=True) as target:
            table = [name for (name,) in target.execute("SELECT name FROM pragma_table_info('pages')")]
            with closing(_pages(copy, table)) as found:
                for row in found:
                    page = _page_to_add(row, ids)
                    seq, _ = pages.insert(target, page, outlines.packed(page.stems))
                    pages.queue(target, [seq])
                    ids.add(page.id)
                    saved, newest = saved + 1, max(newest, row[0])
                    if not _is_sealed(row):
                        unverified.append(page.id)
    finally:
        database.close()
    return Salvage(
        recovered,
        saved,
        lost=_lost(saved, newest, height, mark),
        by_mark=mark is not None,
        unverified=tuple(unverified),
        may_be_forgotten=0 if mark is None else max(0, min(saved, mark.forgotten - height.forgotten)),
    )


def _lost(saved: int, newest: int, height: HighWater, mark: HighWater | None) -> int | None:
    """How many pages there were besides those saved; None where nothing tells how many there were."""
    if mark is not None:
        height = HighWater(mark.memory, max(newest, mark.newest), max(height.forgotten, mark.forgotten))
    elif not height.newest:
        return None
    return max(0, max(newest, height.newest) - height.forgotten - saved)


def _height(copy: Path) -> HighWater:
    """How far the database notes that it had come, each number by itself: 0, and "", where it cannot be read."""
    memory = _noted(copy, "SELECT value FROM settings WHERE key = 'memory'") or b""
    newest = _noted(copy, "SELECT seq FROM sqlite_sequence WHERE name = 'pages'")
    forgotten = _noted(copy, "SELECT value FROM settings WHERE key = 'forgotten_pages'")
    return HighWater(memory.decode("ascii", "replace"), _number(newest), _number(forgotten))


def _noted(copy: Path, query: str) -> bytes | None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.text_factory = bytes
        try:
            row = connection.execute(query).fetchone()
        except (sqlite3.DatabaseError, OverflowError, UnicodeDecodeError):
            return None
    if row is None or row[0] is None:
        return None
    return row[0] if isinstance(row[0], bytes) else str(row[0]).encode()


def _number(noted: bytes | None) -> int:
    """A number as noted; 0 for what is none, or none that a memory can come to."""
    if noted is None or not noted.isdigit() or len(noted) > _MOST_DIGITS:
        return 0
    return int(noted)


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
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
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
    """Whether a row is a page that can be used, still what was stored as far as its digest covers it."""
    _, id_, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, *others = row
    texts = (id_, timestamp, user_input, agent_response, meta_data or "", *(other or "" for other in others))
    if not all(isinstance(text, str) for text in texts) or not isinstance(digest, bytes):
        return False
    if not _is_moment(happened_at) or not _is_moment(added_at):
        return False
    return is_as_stored(digest, id_, happened_at, added_at, timestamp, user_input, agent_response, meta_data, *others)


def _is_sealed(row: Row) -> bool:
    """Whether the digest of a row that is sound otherwise vouches for every field of the page."""
    _, id_, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id, project = row
    of_project = () if project is None else (project,)
    texts = (timestamp, user_input, agent_response, meta_data, assistant_id, *of_project)
    seal = page_seal(id_, happened_at, added_at, *texts)
    return bool(digest[DIGEST_BYTES:] == seal)


def _page_to_add(row: Row, taken: Collection[str]) -> PageToAdd:
    """A sound page as it was, with the digest that it had; one whose id is another's gets a new one."""
    _, id_, happened_at, added_at, digest, timestamp, user_input, agent_response, meta_data, assistant_id, project = row
    meta = None if meta_data is None else json.loads(meta_data)
    if len(digest) <= DIGEST_BYTES:  # of a version without projects
        project = None
    page = NewPage(user_input, agent_response, from_micros(happened_at), None, meta, assistant_id, project=project)
    unique = str(ULID()) if id_ in taken else id_
    new = page_to_add(page, id_=unique, shown=timestamp, added_at=from_micros(added_at))
    return replace(new, digest=digest[:DIGEST_BYTES])


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
