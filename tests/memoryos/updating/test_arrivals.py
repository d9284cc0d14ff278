"""What hooks leave beside a memory: taken in once, whatever the files hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from waiting import until

from memoryos import Config, Memoryos, Selection
from memoryos.storage.inbox import FOLDER
from memoryos.storage.paths import file_of


def leave(config: Config, name: str, **changed: object) -> Path:
    """A file in the inbox of a memory."""
    folder = file_of(config).with_name(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    exchange: dict[str, object] = {
        "user_input": "I moved to Lyon.",
        "agent_response": "How nice!",
        "turn": "t1",
        "begun_at": 1_770_000_000.0,
        "ended_at": 1_770_000_009.0,
        "meta_data": {"source": "hook"},
        **changed,
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(exchange), encoding="utf-8")
    return path


def said(memory: Memoryos) -> list[str]:
    return [page.user_input for page in memory.browsing.pages(20).pages]


def test_an_exchange_becomes_a_page_of_its_time_and_its_file_goes(make_config: Callable[..., Config]) -> None:
    config = make_config(timezone="UTC")
    path = leave(config, "1")
    with closing(Memoryos.open(config)) as memory:
        (page,) = memory.browsing.pages(20).pages

    assert (page.user_input, page.timestamp, page.meta_data) == (
        "I moved to Lyon.",
        "2026-02-02 02:40:00",
        {"source": "hook"},
    )
    assert not path.exists()


def test_what_comes_in_while_a_memory_is_open_is_found_by_the_next_recall(make_config: Callable[..., Config]) -> None:
    config = make_config()
    with closing(Memoryos.open(config)) as memory:
        leave(config, "1")
        assert [item.page.user_input for item in memory.retrieve("Lyon").pages] == ["I moved to Lyon."]


def test_a_turn_left_twice_is_one_page_and_the_same_words_of_another_turn_are_another(
    make_config: Callable[..., Config],
) -> None:
    config = make_config()
    leave(config, "1", user_input="yes")
    leave(config, "2", user_input="yes")
    leave(config, "3", user_input="yes", turn="t2")
    with closing(Memoryos.open(config)) as memory:
        assert said(memory) == ["yes", "yes"]


def test_a_page_belongs_to_the_project_of_the_folder_it_was_said_in(
    make_config: Callable[..., Config], tmp_path: Path
) -> None:
    config = make_config()
    repository = tmp_path / "boat" / ".git"
    repository.mkdir(parents=True)
    (repository / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    remote = '[remote "origin"]\n\turl = https://github.com/ann/boat.git\n'
    (repository / "config").write_text(remote, encoding="utf-8")
    leave(config, "1", folder=str(repository.parent))
    with closing(Memoryos.open(config)) as memory:
        assert said(memory) == []
        assert [item.page.project for item in memory.retrieve("Lyon", project="*").pages] == ["github.com/ann/boat"]


def test_what_was_said_in_a_folder_that_is_gone_is_nobody_elses(
    make_config: Callable[..., Config], tmp_path: Path
) -> None:
    config = make_config()
    leave(config, "1", folder=str(tmp_path / "gone"))
    with closing(Memoryos.open(config)) as memory:
        assert said(memory) == []
        assert len(memory.retrieve("Lyon", project="*").pages) == 1


def test_what_is_never_to_be_remembered_is_not_taken_in(make_config: Callable[..., Config]) -> None:
    config = make_config()
    with closing(Memoryos.open(config)) as memory:
        memory.exclude("Lyon")
        path = leave(config, "1")
        memory.retrieve("moved")
        assert said(memory) == []
    assert not path.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"user_input": None},
        {"turn": ""},
        {"begun_at": "soon"},
        {"begun_at": 1e300},
        {"meta_data": []},
        {"folder": 7},
        {"user_input": "", "agent_response": ""},
        {"turn": "\ud800"},
        {"turn": "t" * 2_000},
        {"begun_at": 253_402_300_799.0, "ended_at": 253_402_300_799.0},
    ],
)
def test_what_is_no_exchange_is_set_aside_and_keeps_nothing_from_coming_in(
    make_config: Callable[..., Config], changed: dict[str, object]
) -> None:
    config = make_config(timezone="Europe/Berlin")  # where the last second of the year 9999 is in the year 10000
    path = leave(config, "1", **changed)
    leave(config, "2", turn="t2")
    with closing(Memoryos.open(config)) as memory:
        assert said(memory) == ["I moved to Lyon."]

    assert sorted(entry.name for entry in path.parent.iterdir()) == ["1.json.refused"]


@pytest.mark.parametrize(
    ("told", "is_the_same"),
    [
        ("Deleting the old build folder. Then I build.", True),
        ("deleting  the old build folder.", True),
        ("Deleting the", True),
        ("I booked the flight to Oslo, reference QX7731.", False),
        ("", False),
    ],
)
def test_what_an_agent_tells_again_after_the_hook_is_one_page_and_another_answer_another(
    make_config: Callable[..., Config], told: str, is_the_same: bool
) -> None:
    config = make_config()
    leave(config, "1", user_input="yes", agent_response="Deleting the old build folder. Then I build.")
    with closing(Memoryos.open(config)) as memory:
        added = memory.add_memory("yes", told)
        assert added.repeated == is_the_same
        assert len(said(memory)) == (1 if is_the_same else 2)


def test_a_recall_does_not_wait_for_who_writes_and_what_hooks_left_comes_in_later(
    make_config: Callable[..., Config],
) -> None:
    config = make_config()
    with closing(Memoryos.open(config)) as memory:
        memory.add_memory("My dog is Rex", "Good dog")
        memory.wait_until_idle(60)
        with closing(sqlite3.connect(file_of(config), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            leave(config, "1")
            assert [item.page.user_input for item in memory.retrieve("dog").pages] == ["My dog is Rex"]
            assert [item.page.user_input for item in memory.retrieve("Lyon", 9).pages] == ["My dog is Rex"]
            other.execute("ROLLBACK")
        until(lambda: "I moved to Lyon." in said(memory))


def test_a_file_that_was_set_aside_stops_no_forgetting(make_config: Callable[..., Config]) -> None:
    config = make_config(project="work")
    contents = [
        "[" * 100_000,
        "[" * 900 + '"walrus"' + "]" * 900,
        '{"at": "noon", "folder": 7, "project": "*"}',
        "7",
        "",
    ]
    for number, content in enumerate(contents):
        path = leave(config, str(number))
        path.write_text(content, encoding="utf-8")
    with closing(Memoryos.open(config)) as memory:
        memory.forget_selected(Selection(everything=True))
        left = sorted(path.read_text(encoding="utf-8") for path in path.parent.iterdir())

    assert left == ["", "7"]
