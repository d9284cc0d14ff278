"""A memory used by hand: what a person types, and what comes back."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from memoryos import Memoryos, load_config
from memoryos.updating.worker import BackgroundWork
from memoryos_mcp.commands.cli import main


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration that the environment names."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"data_storage_path": "data", "user_id": "tom", "timezone": "UTC"}), encoding="utf-8")
    monkeypatch.setenv("MEMORYOS_CONFIG", str(file))
    return file


def test_what_was_told_is_recalled_with_its_date_and_the_reason(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", "I moved to Lyon.", "--answer", "How is it there?"]) == 0
    told, id_ = capsys.readouterr().out.strip().split(": ")
    assert main(["ask", "Where", "is", "Lyon?"]) == 0

    first, you, agent, *_ = capsys.readouterr().out.splitlines()
    assert told == "Remembered"
    assert first.startswith("1. 20")
    assert first.endswith(f"lyon)  {id_}")
    assert (you, agent) == ("   you    I moved to Lyon.", "   agent  How is it there?")


def test_what_bears_on_nothing_is_said_to(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Memoryos.open(load_config(config, environ={}))) as memory:
        for day in range(20):  # of fewer all are shown, whatever is asked
            memory.add_memory(f"I moved to Lyon, and have been here for {day} days.", "How is it there?")

    assert main(["ask", "Which torque does the flywheel housing take?"]) == 0

    assert capsys.readouterr().out.startswith("Nothing in memory clearly bears on it; nearest comes:\n\n1. 20")


def test_the_state_of_a_memory_is_told_in_lines(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "I moved to Lyon."])
    capsys.readouterr()

    assert main(["status"]) == 0

    lines = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["user"].strip() == "tom"
    assert lines["exchanges"].strip() == "1"
    assert lines["dialogue is sent"].strip() == "nowhere"


@pytest.mark.parametrize("command", [["ask", "anything"], ["profile"], ["status"]])
def test_no_command_that_only_looks_makes_a_memory(
    config: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2

    assert "no such file" in capsys.readouterr().err
    assert not (config.parent / "data").exists()


def test_the_option_wins_over_the_variable(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "I moved to Lyon."])
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"data_storage_path": "elsewhere"}), encoding="utf-8")
    capsys.readouterr()

    assert main(["status", "--config", str(other)]) == 2
    assert "elsewhere" in capsys.readouterr().err


LOOKING = [["ask", "Where", "is", "Lyon?"], ["profile"], ["status"], ["facts"], ["history"], ["exclude"]]


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_a_command_that_only_looks_thinks_about_nothing(
    config: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`status` began to embed and, with a model, to send dialogue to it; what it had begun was cut off at its end."""
    settings = load_config(config, environ={})
    with closing(Memoryos.open(settings, works=False)) as memory:
        memory.add_memory("I moved to Lyon.", "How is it there?")
        waiting = memory.status().pending
    started: list[BackgroundWork] = []
    monkeypatch.setattr(BackgroundWork, "start", started.append)

    assert main(command) == 0

    with closing(Memoryos.open(settings, works=False)) as memory:
        assert (memory.status().pending, started) == (waiting, [])
    assert waiting.embed == 1


def test_a_command_that_only_looks_finds_by_meaning(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["add", "My flat is on the third floor of an old house."])
    main(["add", "The dog eats twice a day."])
    capsys.readouterr()

    assert main(["ask", "Which storey is the apartment on?"]) == 0

    first, you, *_ = capsys.readouterr().out.splitlines()
    assert ("meaning" in first, you) == (True, "   you    My flat is on the third floor of an old house.")
