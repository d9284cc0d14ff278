"""Clients connected and disconnected, on files as clients and people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memoryos.errors import ConfigError
from memoryos_mcp.clients.changes import Change, connected, installation, removal
from memoryos_mcp.clients.machine import Machine, System
from memoryos_mcp.clients.registry import CLIENTS, Client, named

PYTHON = "/opt/memory/bin/python"
ARGS = ("-m", "memoryos_mcp", "--config", "/opt/a b/config.json")

JSON_FILES = {
    "blank": "",
    "empty": "{}",
    "empty in lines": "{\n}\n",
    "minified": '{"a":1,"KEY":{"other":{"command":"x","args":[]}},"z":[1,2]}',
    "minified without servers": '{"a": 1}',
    "no servers": '{\n  "theme": "dark"\n}\n',
    "empty servers": '{\n    "KEY": {},\n    "theme": "dark"\n}',
    "comments": (
        '// mine\n{\n\t// servers\n\t"KEY": {\n\t\t"other": {"command": "x"} // keep, this\n'
        '\t\t/* and this */\n\t},\n\t"url": "http://x/*y*/", // last\n}\n'
    ),
    "trailing comma": '{\n  "KEY": {\n    "other": {\n      "command": "x",\n    }, // note\n  },\n}\n',
    "windows": '\ufeff{\r\n  "KEY": {\r\n    "other": {\r\n      "command": "C:\\\\x"\r\n    }\r\n  }\r\n}\r\n',
    "comment in empty servers": '{\n  "KEY": {\n    // none yet\n  }\n}\n',
    "unusual": '{ "KEY":\n{ "other": {"command": "é \\u00e9 😀"} }, "n": 1e3, "b": [true, null, {"x": []}] }',
}
TOML_FILES = {
    "blank": "",
    "no servers": 'model = "o3" # fast\n\n[tui]\nnotifications = true\n',
    "no newline at the end": 'model = "o3"',
    "servers": '[KEY.other]\ncommand = "x"\nargs = ["a",\n  "b", # why\n]\n\n[KEY.other.env]\nK = "v"\n\n[z]\na = 1\n',
    "inline": 'KEY = { other = { command = "x" } }\n',
    "windows": "model = \"o3\"\r\n\r\n[KEY.other]\r\ncommand = 'C:\\x'\r\n",
    "table of servers": "[KEY]\n# none yet\n\n[z]\na = 1\n",
}
TABLE_FILES = {
    "blank": "",
    "no servers": "GOOSE_MODEL: gpt # mine\n",
    "servers": (
        "# mine\nKEY:\n  other:\n    args:\n    - -y # why\n    cmd: x\n"
        "\n# after\nGOOSE_MODEL: gpt\nlong: |\n  a\n  b\n"
    ),
    "null": "KEY: # none yet\nz: 1\n",
    "empty": "a: 1\nKEY: {}\nz: 1\n",
    "inline": "KEY: {other: {cmd: x}}\nz: 1\n",
    "no newline at the end": "a: 1\nKEY:\n    other:\n        cmd: x",
    "text at the end": "a: 1\nKEY:\n  other:\n    description: |\n      two\n      lines\n\nz: 1\n",
    "windows": "a: 1\r\nKEY:\r\n  other:\r\n    cmd: x\r\nz: 1\r\n",
}
LIST_FILES = {
    "blank": "",
    "no servers": "name: mine\nmodels:\n  - name: m # fast\n",
    "servers": "KEY:\n- name: other\n  command: x\n  args: [a, b] # why\n# after\nmodels: []\n",
    "indented": "KEY:\n    - command: x\n      name: other\n\nz: 1\n",
    "empty": "KEY: []\nz: 1\n",
    "null": "KEY:\nz: 1\n",
    "inline": "KEY: [{name: other, command: x}]\n",
    "windows": "KEY:\r\n  - name: other\r\n    command: x\r\nz: 1\r\n",
}
FILES = {
    **{(client.name, name): text for client in CLIENTS if client.name not in ("codex", "goose", "continue")
       for name, text in JSON_FILES.items()},
    **{("codex", name): text for name, text in TOML_FILES.items()},
    **{("goose", name): text for name, text in TABLE_FILES.items()},
    **{("continue", name): text for name, text in LIST_FILES.items()},
}  # fmt: skip


def written(folder: Path, client: Client, text: str) -> Path:
    """A client's file with a text in which KEY stands for the key of its servers."""
    path = folder / "settings"
    path.write_bytes(text.replace("KEY", client.key).encode())
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def done(change: Change | None) -> Change:
    assert change is not None
    change.write()
    return change


@pytest.mark.parametrize(("name", "kind"), FILES, ids=str)
def test_a_file_is_byte_for_byte_as_before_once_the_client_is_disconnected(
    tmp_path: Path, name: str, kind: str
) -> None:
    client = named(name)
    path = written(tmp_path, client, FILES[name, kind])
    before = contents(tmp_path)

    done(installation(client, path, PYTHON, ARGS))
    assert connected(client, path) == client.entry(PYTHON, ARGS)
    assert contents(tmp_path)["settings.before-memoryos"] == before["settings"]
    once = contents(tmp_path)
    again = installation(client, path, PYTHON, ARGS)
    assert not again.changes
    done(again)
    assert contents(tmp_path) == once

    done(installation(client, path, "/opt/newer/bin/python", ARGS[:2]))  # the installation has moved
    assert connected(client, path) == client.entry("/opt/newer/bin/python", ARGS[:2])
    assert contents(tmp_path)["settings.before-memoryos"] == before["settings"]

    done(removal(client, path))
    assert contents(tmp_path) == before
    assert removal(client, path) is None


@pytest.mark.parametrize(("name", "kind"), FILES, ids=str)
def test_all_other_bytes_of_a_file_stay_while_the_client_is_connected(tmp_path: Path, name: str, kind: str) -> None:
    """What is put in is in few places: without it the file reads as before."""
    client = named(name)
    path = written(tmp_path, client, FILES[name, kind])
    before = path.read_bytes().decode()
    done(installation(client, path, PYTHON, ARGS))
    after = path.read_bytes().decode()
    position = 0
    for character in before.replace("{}", "").replace("[]", ""):  # an empty table opens to take the entry in
        position = after.find(character, position) + 1
        assert position > 0


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_file_that_was_not_there_is_gone_once_the_client_is_disconnected(tmp_path: Path, client: Client) -> None:
    path = tmp_path / "settings"
    done(installation(client, path, PYTHON, ARGS))
    assert connected(client, path) == client.entry(PYTHON, ARGS)
    done(installation(client, path, "/opt/newer/bin/python", ARGS))
    done(removal(client, path))
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "kind", "old", "new"),
    [
        ("cursor", "comments", '"http://x/*y*/"', '"changed"'),
        ("cursor", "trailing comma", '"x"', '"changed"'),
        ("vscode", "no servers", "dark", "light"),
        ("zed", "empty servers", "dark", "light"),
        ("codex", "servers", 'K = "v"', 'K = "w"'),
        ("codex", "no servers", "o3", "o4"),
        ("goose", "servers", "gpt", "changed"),
        ("goose", "no servers", "gpt", "changed"),
        ("goose", "inline", "z: 1", "z: 2"),
        ("continue", "inline", "x", "y"),
        ("continue", "servers", "[a, b]", "[b]"),
        ("continue", "no servers", "mine", "yours"),
    ],
)
def test_what_a_user_changed_meanwhile_stays(tmp_path: Path, name: str, kind: str, old: str, new: str) -> None:
    client = named(name)
    path = written(tmp_path, client, FILES[name, kind])
    before = path.read_bytes()
    done(installation(client, path, PYTHON, ARGS))
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
    done(removal(client, path))
    assert path.read_bytes() == before.replace(old.encode(), new.encode())


def test_fields_that_a_user_added_to_the_entry_survive_an_upgrade(tmp_path: Path) -> None:
    client = named("cline")
    path = tmp_path / "settings"
    entry = {"command": "old", "args": [], "disabled": True, "autoApprove": ["retrieve_memory"], "env": {"A": "1"}}
    path.write_text(json.dumps({"mcpServers": {"memoryos": entry}}))
    done(installation(client, path, PYTHON, ARGS))
    assert connected(client, path) == {**entry, "command": PYTHON, "args": list(ARGS)}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("cursor", '{"mcpServers": {', "it ends within a value"),
        ("cursor", '{"mcpServers": []}', "mcpServers is not an object"),
        ("cursor", '{"a": 1 "b": 2}', "'\"b\"' at character 9 is out of place"),
        ("cursor", "[]", "the top level is not an object"),
        ("codex", "model = ", "Unexpected character"),
        ("goose", "extensions: [", "while parsing a flow node"),
        ("goose", "extensions: yes", "extensions is neither a table nor a list"),
        ("continue", "mcpServers:\n  other:\n    command: x\n", "servers are a table where a list is expected"),
    ],
)
def test_a_file_that_is_not_as_expected_is_left_alone(tmp_path: Path, name: str, text: str, problem: str) -> None:
    client = named(name)
    path = tmp_path / "settings"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        installation(client, path, PYTHON, ARGS)
    assert problem in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert contents(tmp_path) == {"settings": text.encode()}


def test_a_file_that_another_program_changes_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    path = written(tmp_path, named("cursor"), "{}")
    change = installation(named("cursor"), path, PYTHON, ARGS)
    path.write_text('{"other": 1}')
    with pytest.raises(ConfigError, match="another program has just changed it"):
        change.write()
    assert contents(tmp_path) == {"settings": b'{"other": 1}'}


EVERYWHERE = {
    "claude-code": ".claude.json",
    "cursor": ".cursor/mcp.json",
    "windsurf": ".codeium/windsurf/mcp_config.json",
    "gemini-cli": ".gemini/settings.json",
    "lm-studio": ".lmstudio/mcp.json",
    "zed": ".config/zed/settings.json",
    "codex": ".codex/config.toml",
    "goose": ".config/goose/config.yaml",
    "continue": ".continue/config.yaml",
}
DESKTOP = {
    "claude-desktop": "Claude/claude_desktop_config.json",
    "cline": "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    "vscode": "Code/User/mcp.json",
}


@pytest.mark.parametrize(
    ("system", "desktop", "others"),
    [
        ("linux", ".config", {}),
        ("darwin", "Library/Application Support", {}),
        (
            "win32",
            "AppData/Roaming",
            {
                "zed": "AppData/Roaming/Zed/settings.json",
                "goose": "AppData/Roaming/Block/goose/config/config.yaml",
            },
        ),
    ],
)
def test_files_lie_where_each_system_has_them(
    tmp_path: Path, system: System, desktop: str, others: dict[str, str]
) -> None:
    machine = Machine(system, tmp_path, {})
    files = {client.name: client.file(machine).relative_to(tmp_path).as_posix() for client in CLIENTS}
    assert files == {**EVERYWHERE, **others, **{name: f"{desktop}/{file}" for name, file in DESKTOP.items()}}


def test_variables_move_the_folders(tmp_path: Path) -> None:
    environ = {
        "CODEX_HOME": str(tmp_path / "a"),
        "CLAUDE_CONFIG_DIR": str(tmp_path / "b"),
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
    }
    machine = Machine("linux", tmp_path / "home", environ)
    assert named("codex").file(machine) == tmp_path / "a" / "config.toml"
    assert named("claude-code").file(machine) == tmp_path / "b" / ".claude.json"
    assert named("zed").file(machine) == tmp_path / "c" / "zed" / "settings.json"
