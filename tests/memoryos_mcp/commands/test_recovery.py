"""What the command `recover` says and leaves, run as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from memoryos.models import NewPage
from memoryos.storage.sqlite.store import SqliteStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """A memory of twelve pages."""
    path = tmp_path / "memory.db"
    store = SqliteStore(path)
    for number in range(12):
        page = NewPage(f"Day {number}.", "Noted." * 100, NOON)
        store.add_page(page, timestamp="2026-03-01 12:00:00", now=NOON)
    store.close()
    return path


def run_recover(database: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", "recover", database],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_damaged_memory_is_saved_with_the_steps_to_go_on(memory: Path) -> None:
    memory.write_bytes(bytes(100) + memory.read_bytes()[100:])

    done = run_recover("memory.db", memory.parent)

    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == f"""\
Saved 12 pages from {memory}
   to {memory}.recovered
None is missing, going by the mark beside the file.

The damaged file is as it was. To go on with what was saved:

  1. Stop every server that uses this memory.
  2. Rename the damaged file, and keep it until you are sure you miss nothing:
       from {memory}
         to {memory}.damaged
  3. Move these away too if they are there: they belong to the damaged file and
     would harm the new one.
       {memory}-wal
       {memory}-shm
  4. Rename the new file:
       from {memory}.recovered
         to {memory}
  5. Start the server again. Every page is found by its words at once; vectors,
     topics, facts and the profile are derived anew in the background.
"""
    )


def test_following_the_steps_gives_a_memory_that_opens(memory: Path) -> None:
    memory.write_bytes(bytes(4_096) + memory.read_bytes()[4_096:])
    run_recover(str(memory), memory.parent)

    memory.rename(f"{memory}.damaged")
    Path(f"{memory}.recovered").rename(memory)

    store = SqliteStore(memory)
    assert [page.user_input for page in store.newest_pages(100)] == [f"Day {number}." for number in range(12)]
    store.close()


def test_an_output_without_the_letters_of_a_path_shows_their_numbers(memory: Path) -> None:
    folder = memory.parent / "茶"
    folder.mkdir()
    memory.rename(folder / memory.name)

    done = run_recover("memory.db", folder, PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Saved 12 pages from {memory.parent / chr(92)}u8336{os.sep}memory.db\n")


def test_pages_that_are_lost_are_counted(memory: Path) -> None:
    memory.write_bytes(memory.read_bytes().replace(b"Day 5.", b"Day 6."))

    done = run_recover(str(memory), memory.parent)

    assert done.stdout.splitlines()[2] == "1 page could not be read, going by the mark beside the file."


def test_a_file_without_pages_ends_with_one_line_on_standard_error(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes", encoding="utf-8")

    done = run_recover(str(notes), tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"memoryos: {notes}: holds no page of a memory that can be read; it is left as it is\n")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("name", "problem"), [("none.db", "no such file"), (".", "is a folder")])
def test_a_path_that_is_no_file_is_answered_with_what_to_name(tmp_path: Path, name: str, problem: str) -> None:
    done = run_recover(name, tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"memoryos: {tmp_path / name}: {problem}; name the damaged memory.db, below users/ in the data folder\n"
    )


def test_a_file_without_a_mark_is_counted_by_its_numbers_or_not_at_all(memory: Path) -> None:
    memory.with_name("memory.mark").unlink()

    assert run_recover(str(memory), memory.parent).stdout.splitlines()[2] == (
        "None is missing, going by their numbering. Newer ones may have been in a log that is lost."
    )

    Path(f"{memory}.recovered").unlink()
    memory.write_bytes(bytes(100) + memory.read_bytes()[100:])
    assert run_recover(str(memory), memory.parent).stdout.splitlines()[2] == (
        "How many there were is not known: nothing that tells it can be read."
    )
