"""A person decides at the command line."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from memoryos import Memoryos, load_config
from memoryos_mcp.commands.cli import main

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration that the environment names, of a memory of three exchanges."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"data_storage_path": "data", "user_id": "tom", "timezone": "UTC"}), encoding="utf-8")
    monkeypatch.setenv("MEMORYOS_CONFIG", str(file))
    with closing(Memoryos.open(load_config(file, environ={}))) as memory:
        memory.add_memory("I live in Bern.", "Noted.", "2026-03-01 12:00:00")
        memory.add_memory("I am allergic to nuts.", "Noted.", "2026-03-02 12:00:00")
        memory.add_memory("My divorce is final.", "I see.", "2026-03-03 12:00:00")
        memory.wait_until_idle(60)
    return file


def ids(capsys: Printed) -> dict[str, str]:
    """The facts as `facts` prints them, with their ids."""
    capsys.readouterr()
    assert main(["facts"]) == 0
    lines = [line.split("  ", 2) for line in capsys.readouterr().out.splitlines()]
    return {text: id_ for id_, _, text in lines}


def test_a_fact_is_corrected_pinned_and_the_correction_undone(config: Path, capsys: Printed) -> None:
    bern = ids(capsys)["I live in Bern."]

    assert main(["correct", bern, "I", "live", "in", "Basel."]) == 0
    (basel,) = [id_ for text, id_ in ids(capsys).items() if "Basel" in text]
    assert main(["pin", basel]) == 0
    assert next(iter(ids(capsys))) == "I live in Basel.  (person, pinned)"
    assert main(["pin", basel, "--off"]) == 0
    capsys.readouterr()
    assert main(["history", basel]) == 0
    assert [line.split("  ")[2:] for line in capsys.readouterr().out.splitlines()] == [
        ["I live in Bern.", "(replaced)"],
        ["I live in Basel.", "(person)"],
    ]
    assert main(["correct", basel]) == 0
    assert "I live in Bern." in ids(capsys)
    assert main(["history"]) == 0
    assert [line.split()[3] for line in capsys.readouterr().out.splitlines()] == ["undo", "unpin", "pin", "correct"]


def test_a_fact_is_taken_back_once_that_is_agreed_to(config: Path, capsys: Printed) -> None:
    bern = ids(capsys)["I live in Bern."]

    assert main(["retire", bern]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing was changed; add --yes to begin."
    assert main(["retire", bern, "--yes"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Taken back."
    assert "I live in Bern." not in ids(capsys)
    assert main(["retire", bern, "--yes"]) == 2


def test_what_is_excluded_is_listed_refused_and_allowed_again(config: Path, capsys: Printed) -> None:
    assert main(["exclude", "my", "divorce"]) == 0
    said = capsys.readouterr().out
    assert "1 exchange speaks of it still" in said
    assert main(["exclude"]) == 0
    assert capsys.readouterr().out == "my divorce\n"
    assert main(["add", "My divorce was hard."]) == 1
    assert "never to be remembered" in capsys.readouterr().err
    assert main(["exclude", "--lift", "my", "divorce"]) == 0
    assert main(["exclude"]) == 0
    assert capsys.readouterr().out == "Lifted.\nNothing is excluded.\n"


def test_forgetting_by_words_and_by_time_shows_first_what_would_go(config: Path, capsys: Printed) -> None:
    assert main(["forget", "--about", "divorce", "--dry-run"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith("2026-03-03 12:00:00  My divorce is final. I see.")
    assert shown[1].startswith("1 exchange would go, and ")
    assert len(shown) == 2
    assert main(["forget", "--since", "2026-03-02", "--until", "2026-03-03", "--yes"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Forgot 1 exchange, and 1 fact and 0 traits")
    assert "I am allergic to nuts." not in ids(capsys)
    assert main(["forget", "--all", "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2 exchanges would go")


@pytest.mark.parametrize("arguments", [[], ["--about", "nuts", "--all"], ["X", "--since", "2026-03-01"]])
def test_forgetting_is_told_one_way_what(config: Path, arguments: list[str], capsys: Printed) -> None:
    assert main(["forget", *arguments]) == 2
    assert "forget: name ids of exchanges" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["facts"], ["history"], ["exclude"], ["correct", "X", "Y"], ["inspect"]])
def test_no_command_makes_a_memory(tmp_path: Path, command: list[str], capsys: Printed) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"data_storage_path": "nowhere"}), encoding="utf-8")

    assert main([*command, "--config", str(file)]) == 2
    assert "no such file" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()
