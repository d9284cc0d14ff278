"""Which importer reads a file, and what another package adds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from plugins import install

from memoryos import Config, ConfigError, Memoryos
from memoryos_mcp.commands.cli import main
from memoryos_mcp.importers import IMPORTERS, import_pages

EXCHANGE = {"user_input": "I moved to Lyon.", "agent_response": "Noted.", "timestamp": "2026-03-01 12:00:00"}

TABLE = """
from memoryos.errors import ConfigError
from memoryos.storage.transfer import incoming_page

def detects(path):
    return path.read_text().startswith("said|answered")

def read(path, zone, assistant_id):
    for number, line in enumerate(path.read_text().splitlines()[1:], 2):
        if line.count("|") != 1:
            raise ConfigError(f"{path}: line {number}: expected: said|answered")
        said, answered = line.split("|")
        yield incoming_page(said, answered, assistant_id=assistant_id, zone=zone)
"""


@pytest.fixture
def table_importer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The package of somebody else, whose module is an importer."""
    install(monkeypatch, tmp_path / "site", TABLE, importers="table = acme")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def texts(path: Path, format_name: str = "") -> list[str]:
    return [page.page.user_input for page in import_pages(path, None, "mine", format_name)]


@pytest.mark.parametrize(
    ("name", "content", "format_name"),
    [
        ("a.jsonl", json.dumps(EXCHANGE), "json-lines"),
        ("a.txt", f"\n{json.dumps(EXCHANGE)}\n", "json-lines"),
        ("a.json", json.dumps([EXCHANGE], indent=1), "json-list"),
        ("a.json", json.dumps({"pages": [EXCHANGE]}, indent=1), "json-list"),
    ],
)
def test_the_format_is_found_by_a_look_at_the_file(tmp_path: Path, name: str, content: str, format_name: str) -> None:
    path = written(tmp_path / name, content)
    detected = next(found for found, importer in IMPORTERS.brought.items() if importer.detects(path))

    assert detected == format_name
    assert texts(path) == texts(path, format_name) == ["I moved to Lyon."]


def test_a_format_that_is_named_is_not_looked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", f"{json.dumps(EXCHANGE)}\n{json.dumps(EXCHANGE)}")

    with pytest.raises(ConfigError, match="line 2, column 1: not JSON"):
        texts(path, "json-list")
    assert texts(path, "json-lines") == ["I moved to Lyon."] * 2


def test_an_unknown_format_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        texts(written(tmp_path / "a.json", "[]"), "json-line")

    known = (
        "reference-folder, chatgpt, claude, gemini, claude-code, codex, mem0, letta, mcp-memory-service, "
        "basic-memory, server-memory, json-lines, json-list"
    )
    assert str(raised.value) == f"--format: got 'json-line'; known: {known}; did you mean json-lines?"


@pytest.mark.usefixtures("table_importer")
def test_another_package_brings_an_importer_that_is_asked_first(tmp_path: Path) -> None:
    table = written(tmp_path / "talk.jsonl", "said|answered\nI moved to Lyon.|Noted.\n")

    assert texts(table) == texts(table, "table") == ["I moved to Lyon."]
    assert texts(written(tmp_path / "a.json", json.dumps([EXCHANGE]))) == ["I moved to Lyon."]
    with pytest.raises(ConfigError, match=r"known: .*, json-lines, json-list, table$"):
        texts(table, "csv")


@pytest.mark.usefixtures("table_importer")
def test_the_command_imports_by_a_format_of_another_package(
    make_config: Callable[..., Config], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = written(tmp_path / "c.json", json.dumps({"user_id": "tom", "data_storage_path": str(tmp_path / "data")}))
    table = written(tmp_path / "talk.txt", "said|answered\nI moved to Lyon.|Noted.\n")
    torn = written(tmp_path / "torn.txt", "I moved\nto Lyon.|\nNoted.\n")

    assert main(["import", "--config", str(config), str(table)]) == 0
    assert main(["import", "--config", str(config), "--format", "table", str(torn)]) == 2

    assert capsys.readouterr().err.endswith(f"memoryos: {torn}: line 3: expected: said|answered\n")
    with Memoryos.open(make_config()) as memory:
        assert [page.user_input for page in memory.retrieve("Lyon").short_term] == ["I moved to Lyon."]
