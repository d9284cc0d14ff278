"""The commands `backup`, `restore` and `forget --all`, run as a user runs them, also under a memory that is open."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import CONFIG_ERROR, run

from memoryos import load_config
from memoryos.errors import StoreGoneError
from memoryos.models import NewPage
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse

NOON = parse("2026-03-01T12:00:00Z", None)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"user_id": "tom", "data_storage_path": "data"}), encoding="utf-8")
    return file


@pytest.fixture
def path(config: Path) -> Path:
    return file_of(load_config(config, environ={}))


def add(store: SqliteStore, *texts: str) -> None:
    for text in texts:
        store.add_page(NewPage(text, "Noted.", NOON), timestamp="2026-03-01 12:00:00", now=NOON)


def texts(path: Path) -> list[str]:
    with closing(SqliteStore(path)) as store:
        return [page.user_input for page in store.newest_pages(100)]


def backed_up(config: Path, *options: str) -> Path:
    """The copy that the command says it made."""
    done = run("backup", "copies", "--config", config, *options, cwd=config.parent)
    assert (done.returncode, done.stderr) == (0, "")
    found = re.match(r"Backed up \d+ pages?, verified, to (.*)\n", done.stdout)
    assert found is not None
    return Path(found[1])


def test_a_memory_in_use_is_copied_whole_and_comes_back(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "one", "two")
        copy = backed_up(config)
        add(store, "three")

        done = run("restore", copy, "--config", config, cwd=config.parent)

        assert (done.returncode, done.stderr) == (0, "")
        with pytest.raises(StoreGoneError):
            add(store, "lost")
    assert texts(path) == ["one", "two"]
    (aside,) = path.parent.glob("memory.db.before-????????T??????Z")
    assert f"What was there before is kept as {aside}" in done.stdout
    assert texts(aside) == ["one", "two", "three"]


def test_a_copy_is_one_file_that_only_its_owner_reads(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "one")
    copy = backed_up(config)

    assert [entry.name for entry in copy.parent.iterdir()] == [copy.name]
    assert copy.stat().st_mode & 0o077 == 0
    assert texts(copy) == ["one"]


def test_only_the_newest_copies_are_kept(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "one")
    copy = backed_up(config)
    older = [copy.with_name(copy.name.replace(copy.stem[-16:], f"2020010{day}T000000Z")) for day in range(1, 4)]
    for each in older:
        each.write_bytes(b"")
    foreign = copy.with_name("notes.db")
    foreign.write_bytes(b"")
    copy.rename(copy.with_name(copy.name.replace(copy.stem[-16:], "20210101T000000Z")))

    newest = backed_up(config, "--keep", "2")

    assert {entry.name for entry in newest.parent.iterdir()} == {
        newest.name,
        "notes.db",
        newest.name.replace(newest.stem[-16:], "20210101T000000Z"),
    }


def test_a_memory_that_is_gone_replaces_no_copy_though_hooks_left_something(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "I moved to Lyon.")
    backed_up(config, "--keep", "1")
    for file in path.parent.glob("memory.*"):
        file.unlink()
    path.with_name("inbox").mkdir()

    done = run("backup", "copies", "--config", config, "--keep", "1", cwd=config.parent)

    assert (done.returncode, done.stdout) == (CONFIG_ERROR, "")
    assert [texts(copy) for copy in (config.parent / "copies").glob("*.db")] == [["I moved to Lyon."]]


def test_a_copy_that_is_damaged_is_not_restored(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "one")
    copy = backed_up(config)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE pages SET user_input = 'two'")
        connection.commit()
    before = path.read_bytes()

    done = run("restore", copy, "--config", config, cwd=config.parent)

    assert done.returncode == 1
    assert "is not as it was stored; use another copy" in done.stderr
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["memory.db", "memory.mark"]


def test_what_is_no_copy_is_named(config: Path, path: Path) -> None:
    notes = config.with_name("notes.txt")
    notes.write_text("my notes", encoding="utf-8")
    for source, said in ((notes, "not a database"), (config.with_name("none"), "no such file")):
        done = run("restore", source, "--config", config, cwd=config.parent)
        assert said in done.stderr
        assert done.returncode in (1, CONFIG_ERROR)
    assert not path.exists()


def test_a_whole_memory_is_forgotten_with_its_folder(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "zweihundert secrets")
        (page,) = store.newest_pages(1)
        data = config.with_name("data")

        done = run("forget", "--all", "--yes", "--config", config, cwd=config.parent)

        assert (done.returncode, done.stderr) == (0, "")
        with pytest.raises(StoreGoneError):
            add(store, "lost")
    assert not path.parent.exists()
    left = b"".join(file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert b"zweihundert" not in left
    assert page.id.encode() not in left


def test_what_is_left_of_a_forgotten_memory_is_named(config: Path, path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        add(store, "one")
    run("backup", "data/copies", "--config", config, cwd=config.parent)
    (copy,) = config.with_name("data").glob("copies/*.db")

    done = run("forget", "--all", "--yes", "--config", config, cwd=config.parent)

    assert done.returncode == 1
    assert f"Some of it is still in {copy}" in done.stdout


def test_forget_wants_ids_or_all(config: Path, path: Path) -> None:
    done = run("forget", "--yes", "--config", config, cwd=config.parent)

    assert (done.returncode, done.stderr) == (
        CONFIG_ERROR,
        "memoryos: forget: name ids of exchanges, --about words, a time, or --all for the whole memory\n",
    )
