"""`install`, `uninstall`, `clients` and `mcp-json --client`, run as a user runs them in a home of their own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from command_line import CONFIG_ERROR, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the home is set by HOME")


def homely(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A command of a user whose home is this folder."""
    moved = {"XDG_CONFIG_HOME": "", "CODEX_HOME": "", "CLAUDE_CONFIG_DIR": ""}
    return run(*arguments, cwd=home, HOME=str(home), **moved)


def everything(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def lived_in(home: Path) -> None:
    """A home in which Cursor, Codex, Goose and Claude Code have been used."""
    for name, text in {
        ".cursor/mcp.json": '{\n  // mine\n  "mcpServers": {}\n}\n',
        ".codex/config.toml": 'model = "o3"\n',
        ".config/goose/config.yaml": "extensions:\n  other:\n    cmd: x\n",
        ".claude/history": "",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def test_all_clients_that_are_found_are_connected_and_disconnected_again(tmp_path: Path) -> None:
    lived_in(tmp_path)
    before = everything(tmp_path)
    ended = homely(tmp_path, "install", "--all")
    assert (ended.returncode, ended.stderr) == (0, "")
    titles = ["Claude Code", "Cursor", "Codex CLI", "Goose"]
    assert [title for title in titles if f"{title}: connected, in {tmp_path}" in ended.stdout] == titles
    written = json.loads((tmp_path / ".claude.json").read_text())
    entry = {"type": "stdio", "command": sys.executable, "args": ["-m", "memoryos_mcp"]}
    assert written == {"mcpServers": {"memoryos": entry}}

    installed = everything(tmp_path)
    again = homely(tmp_path, "install", "--all")
    assert again.stdout.count("connected already") == len(titles)
    assert everything(tmp_path) == installed

    states = {line[:14].strip(): line[16:44].strip() for line in homely(tmp_path, "clients").stdout.splitlines()}
    assert {name for name, state in states.items() if state == "connected"} == {
        "claude-code",
        "cursor",
        "codex",
        "goose",
    }
    assert states["zed"] == "not found"

    ended = homely(tmp_path, "uninstall", "--all")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert everything(tmp_path) == before


def test_a_dry_run_shows_the_change_and_makes_none(tmp_path: Path) -> None:
    lived_in(tmp_path)
    before = everything(tmp_path)
    ended = homely(tmp_path, "install", "cursor", "--dry-run")
    assert ended.returncode == 0
    assert '+    "memoryos": {' in ended.stdout
    assert "Cursor: would be connected" in ended.stdout
    assert "mine" not in ended.stdout
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "mine",
    ['{"theme": "dark", "primaryApiKey": "sk-mine"}', '{\n  "theme": "dark",\n  "primaryApiKey": "sk-mine"\n}\n'],
)
def test_keys_beside_the_entry_are_not_shown(tmp_path: Path, mine: str) -> None:
    (tmp_path / ".claude.json").write_text(mine)
    shown = [homely(tmp_path, *words).stdout for words in (("install", "--all"), ("uninstall", "--all"))]
    assert [("memoryos" in text, "sk-mine" in text) for text in shown] == [(True, False)] * 2


def test_one_file_that_is_refused_keeps_no_other_client_from_being_connected(tmp_path: Path) -> None:
    lived_in(tmp_path)
    (tmp_path / ".cursor" / "mcp.json").write_text("{")
    ended = homely(tmp_path, "install", "--all")
    assert ended.returncode == CONFIG_ERROR
    assert ended.stderr.startswith(f"memoryos: Cursor: {tmp_path}/.cursor/mcp.json: it ends within a value; ")
    assert "Codex CLI: connected" in ended.stdout
    assert (tmp_path / ".cursor" / "mcp.json").read_text() == "{"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["install"], "name clients, or say --all; found here: claude-code, cursor, codex, goose"),
        (["install", "cursr"], "client: got 'cursr'; known: claude-desktop, "),
        (["install", "cursor", "--all"], "got names of clients and --all; "),
        (["install", "cursor", "--config", "none.json"], "none.json"),
    ],
)
def test_a_command_that_cannot_be_meant_says_what_can(tmp_path: Path, arguments: list[str], problem: str) -> None:
    lived_in(tmp_path)
    before = everything(tmp_path)
    ended = homely(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (CONFIG_ERROR, "")
    assert problem in ended.stderr
    assert everything(tmp_path) == before


def test_the_configuration_is_named_by_its_absolute_path(tmp_path: Path) -> None:
    (tmp_path / "my config.json").write_text('{"transport": "sse"}')
    homely(tmp_path, "install", "cursor", "--config", "my config.json")
    args = ["-m", "memoryos_mcp", "--config", os.path.join(tmp_path, "my config.json"), "--transport", "stdio"]
    entry = json.loads((tmp_path / ".cursor" / "mcp.json").read_text())["mcpServers"]["memoryos"]
    assert entry == {"type": "stdio", "command": sys.executable, "args": args}


@pytest.mark.parametrize(
    ("client", "printed"),
    [
        ("vscode", '{\n  "servers": {\n    "memoryos": {\n      "type": "stdio",\n      "command": "PYTHON",\n'),
        ("codex", '[mcp_servers.memoryos]\ncommand = "PYTHON"\nargs = ["-m", "memoryos_mcp"]\n'),
        ("continue", "mcpServers:\n  - name: memoryos\n    command: PYTHON\n    args:\n    - -m\n    - memoryos_mcp\n"),
        ("goose", "extensions:\n  memoryos:\n    name: memoryos\n    type: stdio\n    cmd: PYTHON\n    args:\n"),
    ],
)
def test_an_entry_is_printed_in_the_form_of_a_client(tmp_path: Path, client: str, printed: str) -> None:
    ended = homely(tmp_path, "mcp-json", "--client", client)
    assert ended.returncode == 0
    assert ended.stdout.startswith(printed.replace("PYTHON", sys.executable))


def test_the_link_of_cursor_is_printed_beside_its_entry(tmp_path: Path) -> None:
    ended = homely(tmp_path, "mcp-json", "--client", "cursor")

    said, link = ended.stderr.splitlines()
    parts = urlsplit(link)
    given = parse_qs(parts.query)
    assert said == "Or open this link, which adds it to Cursor:"
    assert link.startswith("cursor://anysphere.cursor-deeplink/mcp/install?name=memoryos&config=")
    entry = {"type": "stdio", "command": sys.executable, "args": ["-m", "memoryos_mcp"]}
    assert json.loads(base64.b64decode(given["config"][0])) == entry
    assert json.loads(ended.stdout) == {"mcpServers": {"memoryos": entry}}


def test_the_link_of_vs_code_has_the_name_and_the_entry(tmp_path: Path) -> None:
    _, link = homely(tmp_path, "mcp-json", "--client", "vscode").stderr.splitlines()

    assert link.startswith("vscode:mcp/install?%7B%22name%22%3A%22memoryos%22%2C")
    assert json.loads(unquote(link.partition("?")[2])) == {
        "name": "memoryos",
        "type": "stdio",
        "command": sys.executable,
        "args": ["-m", "memoryos_mcp"],
    }


def test_a_client_without_links_has_none(tmp_path: Path) -> None:
    assert homely(tmp_path, "mcp-json", "--client", "zed").stderr == ""
