"""Filled memories: each filled once, kept whole, and read as copies."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.common.conversations import Conversation, Exchange, Question
from benchmarks.recall.filled import Filled, FilledMemories
from benchmarks.recall.memories import InProcess, Memory, Settings

PAGES = tuple(
    Exchange(f"p{number}", f"I saw lighthouse {number}", "Nice", "2026-01-01 10:00:00") for number in range(5)
)


def asked_after(*pages: int) -> Conversation:
    """A conversation of five pages, the last told twice, with a question after each of these numbers of pages."""
    questions = tuple(Question(f"q{count}", "Which lighthouse?", "x", ("p0",), count) for count in pages)
    return Conversation("two talks", (*PAGES, replace(PAGES[-1], id="twin")), questions, left_out=0)


def never(settings: Settings, stack: ExitStack) -> Memory:
    raise AssertionError("a memory that is kept was opened to be filled")


def untold(pages: int) -> None:
    """Nobody wants to know how far it is."""


def texts(filled: Filled) -> list[str]:
    """What the users said in a memory's pages."""
    with closing(sqlite3.connect(filled.folder / "memory.db")) as database:
        return [text for (text,) in database.execute("SELECT user_input FROM pages ORDER BY seq")]


def test_each_memory_holds_the_pages_that_its_questions_may_know(tmp_path: Path) -> None:
    filled = list(FilledMemories(tmp_path, InProcess).of(asked_after(2, 6), untold))
    said = [page.user_input for page in PAGES]
    assert [(memory.pages, texts(memory)) for memory in filled] == [(2, said[:2]), (6, said)]
    # The page told again right away got the id of the one before.
    assert [list(memory.page_of.values()) for memory in filled] == [["p0", "p1"], ["p0", "p1", "p2", "p3", "p4"]]


def test_what_is_kept_is_not_filled_again(tmp_path: Path) -> None:
    first = list(FilledMemories(tmp_path, InProcess).of(asked_after(2, 6), untold))
    told: list[int] = []
    assert list(FilledMemories(tmp_path, never).of(asked_after(2, 6), told.append)) == first
    assert told == [2, 4]


def test_a_run_that_was_stopped_is_gone_on_from_its_last_whole_memory(tmp_path: Path) -> None:
    told: list[int] = []

    def stopped_at_the_fourth(pages: int) -> None:
        told.append(pages)
        if len(told) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(FilledMemories(tmp_path, InProcess).of(asked_after(2, 6), stopped_at_the_fourth))
    again: list[int] = []
    filled = list(FilledMemories(tmp_path, InProcess).of(asked_after(2, 6), again.append))
    assert again == [2, 1, 1, 1, 1]
    assert texts(filled[-1]) == [page.user_input for page in PAGES]
    assert sorted(path.name for path in filled[0].folder.parent.iterdir()) == ["2", "6"]


def test_other_pages_or_other_rounds_make_another_memory(tmp_path: Path) -> None:
    shorter = replace(asked_after(2), pages=PAGES[:2])
    homes = set()
    for conversation in (asked_after(2), shorter, asked_after(1, 2)):
        *_, last = FilledMemories(tmp_path, InProcess).of(conversation, untold)
        homes.add(last.folder.parent)
    assert len(homes) == 3


def test_a_copy_changes_without_the_memory_it_is_of(tmp_path: Path) -> None:
    (filled,) = FilledMemories(tmp_path / "kept", InProcess).of(asked_after(2), untold)
    before = (filled.folder / "memory.db").read_bytes()
    with ExitStack() as stack:
        memory = InProcess(filled.copied_to(tmp_path / "copy"), stack)
        memory.add(PAGES[2])
        memory.wait_until_idle()
        found = memory.retrieve("Which lighthouse?", 10)
    assert sorted(page.user_input for page in found.pages) == [page.user_input for page in PAGES[:3]]
    assert (filled.folder / "memory.db").read_bytes() == before
    assert [path.name for path in sorted(filled.folder.iterdir())] == ["memory.db", "pages.json"]
