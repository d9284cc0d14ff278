"""What is saved from real databases, damaged on purpose."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryos.errors import StoreError
from memoryos.language.stems import words_with_stems
from memoryos.models import NewPage, Page
from memoryos.storage.sqlite.recovery import Salvage, salvage
from memoryos.storage.sqlite.store import SqliteStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
PAGE_SIZE = 4096
COUNT = 120


@dataclass(frozen=True)
class Sample:
    """A sound memory: its bytes, its pages, and the part of the file that holds each of them."""

    content: bytes
    pages: tuple[Page, ...]
    leaves: tuple[int, ...]
    root: int


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("sample") / "memory.db"
    store = SqliteStore(path)
    pages = add(store, range(COUNT))
    store.close()
    content = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        digests = [digest for (digest,) in connection.execute("SELECT digest FROM pages ORDER BY seq")]
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'pages'").fetchone()
    return Sample(content, pages, tuple(content.index(digest) // PAGE_SIZE for digest in digests), root)


def add(store: SqliteStore, numbers: Sequence[int]) -> tuple[Page, ...]:
    """One page a number; some long enough to fill pages of the file of their own, some without a given timestamp."""
    return tuple(
        store.add_page(
            NewPage(
                f"What did I say on day {number}?" + " Much." * (2_000 if number % 40 == 7 else 1),
                f"On day {number} you spoke of the löwe and 狮子." + " Truly." * 60,
                NOON + timedelta(days=number),
                "2026-03-01 12:00:00" if number % 2 else None,
                {"number": number} if number % 3 else None,
                "helper" if number % 5 else None,
            ),
            timestamp="2026-03-01 12:00:00",
            now=NOON + timedelta(hours=number),
        ).page
        for number in numbers
    )


def saved_pages(result: Salvage) -> tuple[Page, ...]:
    """All pages of the new database."""
    store = SqliteStore(result.recovered)
    try:
        return store.newest_pages(1_000)
    finally:
        store.close()


def renumbered(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages as they stand in a database that holds no others."""
    return tuple(replace(page, seq=seq, previous=seq - 1 or None) for seq, page in enumerate(pages, start=1))


def damaged(folder: Path, content: bytes, log: bytes | None = None) -> Path:
    """A file with this content, and with a write-ahead log beside it."""
    path = folder / "memory.db"
    path.write_bytes(content)
    if log is not None:
        path.with_name("memory.db-wal").write_bytes(log)
    return path


def overwritten(content: bytes, first: int, pages: int = 1) -> bytes:
    """The content with random bytes in place of some pages of the file, counted from 0."""
    noise = random.Random(first).randbytes(pages * PAGE_SIZE)
    return content[: first * PAGE_SIZE] + noise + content[(first + pages) * PAGE_SIZE :]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_sound_file_is_saved_whole_and_left_as_it_is(tmp_path: Path, sample: Sample) -> None:
    path = damaged(tmp_path, sample.content)

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=COUNT, lost=0)
    assert saved_pages(result) == sample.pages
    assert contents(tmp_path) == {"memory.db": sample.content, "memory.db.recovered": result.recovered.read_bytes()}


def test_pages_around_overwritten_parts_of_the_file_are_saved(tmp_path: Path, sample: Sample) -> None:
    noise = {sample.leaves[30], sample.leaves[60], sample.leaves[61], sample.leaves[90]}
    content = sample.content
    for leaf in noise:
        content = overwritten(content, leaf)
    path = damaged(tmp_path, content)
    readable = [page for page, leaf in zip(sample.pages, sample.leaves, strict=True) if leaf not in noise]

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=len(readable), lost=COUNT - len(readable))
    assert saved_pages(result) == renumbered(readable)
    assert path.read_bytes() == content


@pytest.mark.parametrize("begin", [8, 240])
@pytest.mark.parametrize("seed", range(3))
def test_the_leaves_behind_one_that_is_damaged_within_are_saved(
    tmp_path: Path, sample: Sample, begin: int, seed: int
) -> None:
    """SQLite refused every one behind a leaf with a sound header and damaged rows: nothing at all was saved."""
    leaf, content = sample.leaves[60], bytearray(sample.content)
    first, end = leaf * PAGE_SIZE + begin, (leaf + 1) * PAGE_SIZE - begin
    content[first:end] = random.Random(seed).randbytes(end - first)
    readable = [page for page, other in zip(sample.pages, sample.leaves, strict=True) if other != leaf]

    saved = {page.user_input for page in saved_pages(salvage(damaged(tmp_path, bytes(content))))}

    assert {page.user_input for page in readable} <= saved


def test_a_table_without_its_root_is_saved_whole(tmp_path: Path, sample: Sample) -> None:
    path = damaged(tmp_path, overwritten(sample.content, sample.root - 1))

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=COUNT, lost=0)
    assert saved_pages(result) == sample.pages


def test_a_file_without_its_header_is_saved_whole(tmp_path: Path, sample: Sample) -> None:
    path = damaged(tmp_path, bytes(100) + sample.content[100:])

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=COUNT, lost=None)
    assert saved_pages(result) == sample.pages


def test_a_file_without_its_schema_is_saved_whole(tmp_path: Path, sample: Sample) -> None:
    path = damaged(tmp_path, overwritten(sample.content, 0))

    assert saved_pages(salvage(path)) == sample.pages


def test_a_truncated_file_is_saved_up_to_its_end(tmp_path: Path, sample: Sample) -> None:
    # What goes from leaf to leaf through the end of the file are the long pages: none of them here.
    end = sample.leaves[100]
    path = damaged(tmp_path, sample.content[: end * PAGE_SIZE + 1_000])
    readable = [
        page
        for page, leaf in zip(sample.pages, sample.leaves, strict=True)
        if leaf < end and len(page.user_input) < PAGE_SIZE
    ]

    saved = saved_pages(salvage(path))

    assert {page.id for page in saved} >= {page.id for page in readable}
    assert saved == renumbered([page for page in sample.pages if page.id in {page.id for page in saved}])


def test_a_page_whose_text_was_altered_on_disk_is_left_out(tmp_path: Path, sample: Sample) -> None:
    at = sample.content.index(b"What did I say on day 50?", sample.leaves[50] * PAGE_SIZE)
    path = damaged(tmp_path, sample.content[:at] + b"T" + sample.content[at + 1 :])

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=COUNT - 1, lost=1)
    assert saved_pages(result) == renumbered(sample.pages[:50] + sample.pages[51:])


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[bytes, bytes, tuple[Page, ...]]]:
    """The file and the write-ahead log a killed server leaves, the log with the newer half of the pages."""
    path = tmp_path / "killed" / "memory.db"
    store = SqliteStore(path)
    pages = add(store, range(20))
    store.maintain(now=NOON)
    pages += add(store, range(20, 40))
    yield path.read_bytes(), path.with_name("memory.db-wal").read_bytes(), pages
    store.close()


Killed = tuple[bytes, bytes, tuple[Page, ...]]


def test_pages_in_the_write_ahead_log_are_saved_too(tmp_path: Path, killed: Killed) -> None:
    content, log, pages = killed
    path = damaged(tmp_path, content, log)

    result = salvage(path)

    assert saved_pages(result) == pages
    assert path.read_bytes() == content
    assert path.with_name("memory.db-wal").read_bytes() == log
    assert not path.with_name("memory.db-shm").exists()


@pytest.mark.parametrize("lost_bytes", [100, PAGE_SIZE])
def test_the_write_ahead_log_of_a_file_without_header_is_read(tmp_path: Path, killed: Killed, lost_bytes: int) -> None:
    content, log, pages = killed
    path = damaged(tmp_path, bytes(lost_bytes) + content[lost_bytes:], log)

    assert saved_pages(salvage(path)) == pages


def test_a_damaged_write_ahead_log_does_not_hinder_reading_the_file(tmp_path: Path, killed: Killed) -> None:
    content, log, pages = killed
    path = damaged(tmp_path, content, overwritten(log, 0, len(log) // PAGE_SIZE))

    assert saved_pages(salvage(path)) == pages[:20]


def test_a_log_is_read_where_the_file_itself_was_emptied(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "new" / "memory.db")
    pages = add(store, range(5))
    path = damaged(tmp_path, b"", store.path.with_name("memory.db-wal").read_bytes())
    store.close()

    assert saved_pages(salvage(path)) == pages


def test_the_new_database_is_searched_by_words_and_waits_for_its_vectors(tmp_path: Path, sample: Sample) -> None:
    result = salvage(damaged(tmp_path, overwritten(sample.content, sample.root - 1)))
    store = SqliteStore(result.recovered)

    assert store.match_words(words_with_stems("day 33"), 1) == [34]
    assert store.unembedded_count("two/1") == COUNT
    store.close()


def test_a_file_of_an_earlier_version_is_saved_with_what_it_has(tmp_path: Path, sample: Sample) -> None:
    path = damaged(tmp_path, sample.content)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE pages DROP COLUMN assistant_id")
        connection.execute("UPDATE pages SET digest = substr(digest, 1, 16)")
        connection.commit()

    result = salvage(path)

    assert saved_pages(result) == tuple(replace(page, assistant_id=None) for page in sample.pages)
    assert result.unverified == tuple(page.id for page in sample.pages)


@pytest.mark.parametrize("change", ["happened_at = happened_at + 1", "added_at = 7", "id = lower(id)"])
def test_a_page_whose_time_or_id_was_altered_on_disk_is_left_out(tmp_path: Path, sample: Sample, change: str) -> None:
    """Three of 150 damaged files gave pages back that had another time or id than when they were stored."""
    path = damaged(tmp_path, sample.content)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"UPDATE pages SET {change} WHERE seq = 60")
        connection.commit()

    result = salvage(path)

    assert (result.pages, result.lost) == (COUNT - 1, 1)
    assert saved_pages(result) == renumbered([page for page in sample.pages if page.seq != 60])


def test_what_is_missing_is_counted_by_the_mark(tmp_path: Path, killed: Killed) -> None:
    """With the log gone, "none is missing" was said of half of the pages."""
    content, _, pages = killed
    path = damaged(tmp_path, content)
    shutil.copy(tmp_path / "killed" / "memory.mark", tmp_path / "memory.mark")

    result = salvage(path)

    assert result == Salvage(tmp_path / "memory.db.recovered", pages=20, lost=20, by_mark=True)
    assert saved_pages(result) == pages[:20]


def test_what_was_forgotten_and_comes_back_with_a_lost_log_is_counted(tmp_path: Path, killed: Killed) -> None:
    content, _, pages = killed
    store = SqliteStore(tmp_path / "killed" / "memory.db")
    with store.snapshot():  # a reader, so that the deletion stays in the log
        store.newest_pages(1)
    store.forget_pages([pages[0].id, pages[30].id])
    store.close()
    path = damaged(tmp_path, content)
    shutil.copy(tmp_path / "killed" / "memory.mark", tmp_path / "memory.mark")

    result = salvage(path)

    assert (result.pages, result.lost, result.may_be_forgotten) == (20, 18, 2)


def test_numbers_that_are_none_do_not_end_a_rescue(tmp_path: Path, sample: Sample) -> None:
    """One run of 150 ended in a UnicodeDecodeError."""
    path = damaged(tmp_path, sample.content)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = CAST(x'ff31fe' AS TEXT)")
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('forgotten_pages', CAST(x'fffe' AS TEXT))")
        connection.commit()

    result = salvage(path)

    assert (result.pages, result.lost) == (COUNT, None)


def test_the_log_of_a_file_that_is_missing_is_read(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "new" / "memory.db")
    pages = add(store, range(5))
    log = store.path.with_name("memory.db-wal").read_bytes()
    store.close()
    path = tmp_path / "memory.db"
    path.with_name("memory.db-wal").write_bytes(log)

    assert saved_pages(salvage(path)) == pages
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = damaged(tmp_path, b"These are my notes.\n" * 1_000)

    with pytest.raises(StoreError) as raised:
        salvage(path)

    assert str(raised.value) == f"{path}: holds no page of a memory that can be read; it is left as it is"
    assert contents(tmp_path) == {"memory.db": b"These are my notes.\n" * 1_000}


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO notes (text) VALUES (?)", [(f"note {number}",) for number in range(500)])
        connection.commit()
    before = contents(tmp_path)

    with pytest.raises(StoreError, match="holds no page of a memory"):
        salvage(path)

    assert contents(tmp_path) == before


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = damaged(tmp_path, b"")

    with pytest.raises(StoreError, match="holds no page of a memory"):
        salvage(path)

    assert contents(tmp_path) == {"memory.db": b""}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        salvage(tmp_path / "memory.db")

    assert str(raised.value) == f"{tmp_path / 'memory.db'}: there is no such file"


@pytest.mark.parametrize("name", ["memory.db.copy", "memory.db.recovered"])
def test_a_file_of_an_earlier_run_is_never_overwritten(tmp_path: Path, sample: Sample, name: str) -> None:
    path = damaged(tmp_path, sample.content)
    (tmp_path / name).write_bytes(b"earlier")

    with pytest.raises(StoreError) as raised:
        salvage(path)

    assert str(raised.value) == f"{tmp_path / name} exists, perhaps from an earlier run: move it away and try again"
    assert contents(tmp_path) == {"memory.db": sample.content, name: b"earlier"}


@settings(max_examples=40)
@given(
    hits=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 3 * PAGE_SIZE), st.binary(min_size=1, max_size=8))),
    kept=st.floats(0, 1),
)
def test_whatever_the_damage_only_pages_as_they_were_are_saved(
    tmp_path_factory: pytest.TempPathFactory, sample: Sample, hits: list[tuple[float, int, bytes]], kept: float
) -> None:
    content = bytearray(sample.content[: PAGE_SIZE + int(kept * (len(sample.content) - PAGE_SIZE))])
    for place, length, pattern in hits:
        start = int(place * len(content))
        piece = (pattern * length)[: min(length, len(content) - start)]
        content[start : start + len(piece)] = piece
    path = damaged(tmp_path_factory.mktemp("hit"), bytes(content))

    try:
        saved = saved_pages(salvage(path))
    except StoreError:
        saved = ()

    by_text = {page.user_input: page for page in sample.pages}
    unaltered = [(page.user_input, page.agent_response, page.timestamp, page.meta_data) for page in saved]
    originals = [by_text[page.user_input] for page in saved]
    assert unaltered == [(page.user_input, page.agent_response, page.timestamp, page.meta_data) for page in originals]
    assert [page.seq for page in originals] == sorted({page.seq for page in originals})
    assert path.read_bytes() == content
