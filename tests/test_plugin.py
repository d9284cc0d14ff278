"""The plugin for Claude Code and its marketplace, held against the code; and read by the real client where it is."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from mcp import Client, StdioServerParameters
from tool_calls import called

from memoryos import Config
from memoryos_mcp import __version__
from memoryos_mcp.commands.cli import main
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "plugins" / "claude-code"
MARKETPLACE = ROOT / ".claude-plugin" / "marketplace.json"
MANIFEST = PLUGIN / ".claude-plugin" / "plugin.json"
HOOKS = PLUGIN / "hooks" / "hooks.json"
SERVERS = PLUGIN / ".mcp.json"
SKILL = PLUGIN / "skills" / "recall-and-remember" / "SKILL.md"
COMMAND = PLUGIN / "commands" / "memory.md"
DOCUMENT = ROOT / "docs" / "hooks.md"

PROGRAM = "memoryos-mcp-server"
SHOWN = re.compile(rf"{PROGRAM}((?: [^`\n\"():;]+)?)")
SUBCOMMAND = re.compile(r"^    ([a-z][a-z-]*)  ", re.MULTILINE)
NOT_FOR_PEOPLE = {"hook"}
"""Started by clients only, before the command line is read: --help does not list it."""


def read(path: Path) -> Any:
    """A JSON file; a name that stands twice in an object is a mistake that JSON passes over."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)


def head(path: Path) -> Any:
    """What stands between the two lines of dashes at the begin of a Markdown file."""
    begin, text, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert begin == ""
    assert body.strip()
    return yaml.safe_load(text)


def hook_commands() -> dict[str, str]:
    """By event, what it runs."""
    return {event: hook["command"] for event, (group,) in read(HOOKS)["hooks"].items() for hook in group["hooks"]}


def help_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command prints for --help."""
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_every_json_file_is_read() -> None:
    files = sorted(path for path in PLUGIN.rglob("*.json"))
    assert files == sorted([MANIFEST, HOOKS, SERVERS])
    for path in (*files, MARKETPLACE):
        assert isinstance(read(path), dict), path


def test_the_versions_are_those_of_the_package() -> None:
    (offered,) = read(MARKETPLACE)["plugins"]
    declared = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared is not None
    versions = {"package": __version__, "plugin": read(MANIFEST)["version"], "marketplace": offered["version"]}
    assert versions == dict.fromkeys(versions, declared[1])


def test_the_marketplace_offers_the_plugin_as_it_describes_itself() -> None:
    (offered,) = read(MARKETPLACE)["plugins"]
    assert (ROOT / offered["source"]).resolve() == PLUGIN
    own = read(MANIFEST)
    assert {key: offered[key] for key in own if key != "author"} == {
        key: value for key, value in own.items() if key != "author"
    }


def test_each_event_has_one_hook_that_tells_its_own_name_and_ends_soon() -> None:
    events = ("SessionStart", "UserPromptSubmit", "Stop")
    assert read(HOOKS)["hooks"] == {
        event: [
            {"hooks": [{"type": "command", "command": f"{PROGRAM} hook {event} --client claude-code", "timeout": 5}]}
        ]
        for event in events
    }


def test_the_hooked_events_are_those_that_the_program_reads() -> None:
    if importlib.util.find_spec("memoryos_mcp.hooks") is None:
        pytest.skip("this installation has no hooks yet")
    events = importlib.import_module("memoryos_mcp.hooks.events")
    assert set(hook_commands()) == set(events.READERS["claude-code"].kinds)


def test_the_server_speaks_over_stdio_and_knows_that_hooks_capture() -> None:
    """Over stdio whatever the configuration of the user says; unless they say otherwise the agent adds nothing."""
    server = {
        "command": PROGRAM,
        "args": ["--transport", "stdio", "--hooked"],
        "env": {"MEMORYOS_CAPTURED_BY_HOOKS": "${MEMORYOS_CAPTURED_BY_HOOKS:-true}"},
    }
    assert read(SERVERS) == {"mcpServers": {"memoryos": server}}
    assert f'\n{PROGRAM} = "memoryos_mcp.__main__:run"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


async def test_the_agent_finds_what_the_hooks_kept_in_its_repository(tmp_path: Path) -> None:
    repository, home = tmp_path / "app", tmp_path / "home"
    (repository / ".git").mkdir(parents=True)
    (repository / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:me/app.git\n')
    home.mkdir()
    (server,) = read(SERVERS)["mcpServers"].values()
    words = {
        name: value.partition(":-")[2].rstrip("}") for name, value in server["env"].items()
    }  # as without the variable
    environment = {"HOME": str(home), "MEMORYOS_DATA_STORAGE_PATH": str(home / "data"), **words}
    said = {"prompt": "Our staging database listens on port 6543."}, {"last_assistant_message": "Noted: 6543."}
    for event, told in zip(("UserPromptSubmit", "Stop"), said, strict=True):
        command = shlex.split(hook_commands()[event])[1:]
        subprocess.run(
            [sys.executable, "-m", "memoryos_mcp", *command],
            input=json.dumps({"session_id": "s", "cwd": str(repository), **told}),
            text=True,
            env={**os.environ, **environment, "MEMORYOS_HOOK": "30"},
            check=True,
        )
    started = StdioServerParameters(
        command=sys.executable, args=["-m", "memoryos_mcp", *server["args"]], env=environment, cwd=repository
    )
    async with Client(started) as client:
        answer = await called(client, "retrieve_memory", query="Which port does the staging database listen on?")
    assert [page["user_input"] for page in answer["retrieved_pages"]] == ["Our staging database listens on port 6543."]


def test_every_command_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    general = help_of(capsys)
    helps = {"": general} | {name: help_of(capsys, name) for name in SUBCOMMAND.findall(general)}
    texts = [path.read_text(encoding="utf-8") for path in (SKILL, COMMAND, DOCUMENT)]
    shown = [shlex.split(rest) for text in texts for rest in SHOWN.findall(text)]
    shown += [shlex.split(command)[1:] for command in hook_commands().values()]
    shown += [server["args"] for server in read(SERVERS)["mcpServers"].values()]
    named = set()
    for words in shown:
        name = words[0] if words and words[0].islower() and not words[0].startswith("-") else ""
        named.add(name)
        if name in NOT_FOR_PEOPLE:
            continue
        assert name in helps, words
        assert [word for word in words if word.startswith("--") and word not in helps[name]] == [], words
    assert named >= {"", "forget", "hook", "uninstall"}


async def test_every_tool_that_is_named_is_offered_without_a_setting(make_config: Callable[..., Config]) -> None:
    offered = {tool.name for tool in await build_server(MemorySession(make_config())).list_tools()}
    (name,) = read(SERVERS)["mcpServers"]
    prefixes = (f"mcp__plugin_{read(MANIFEST)['name']}_{name}__", f"mcp__{name}__")
    allowed = [tool for tool in head(COMMAND)["allowed-tools"] if tool.startswith("mcp__")]
    assert allowed == [prefix + tool for prefix in prefixes for tool in ("retrieve_memory", "get_user_profile")]
    written = set(re.findall(r"`(\w+_\w+)`", SKILL.read_text(encoding="utf-8") + COMMAND.read_text(encoding="utf-8")))
    assert written == {"add_memory", "retrieve_memory", "get_user_profile"}
    assert written <= offered


def test_only_the_user_starts_the_command_and_only_the_look_before_forgetting_goes_unasked() -> None:
    told = head(COMMAND)
    assert told["disable-model-invocation"] is True
    assert [tool for tool in told["allowed-tools"] if not tool.startswith("mcp__")] == [
        f"Bash({PROGRAM} forget --dry-run:*)"
    ]


def test_the_skill_and_the_command_have_names_of_their_own() -> None:
    """Claude Code knows both by name alone: of two with one name it shows one, and runs either."""
    names = [path.parent.name for path in PLUGIN.glob("skills/*/SKILL.md")]
    names += [path.stem for path in PLUGIN.glob("commands/*.md")]
    assert names == [head(SKILL)["name"], "memory"]


@pytest.mark.slow
@pytest.mark.parametrize("path", [ROOT, PLUGIN], ids=["marketplace", "plugin"])
def test_the_real_client_finds_nothing_wrong(tmp_path: Path, path: Path) -> None:
    client = shutil.which("claude")
    if client is None:
        pytest.skip("there is no claude here: npm install -g @anthropic-ai/claude-code")
    # Its own home, so that it neither reads nor changes what the user has set.
    own = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "CLAUDE_CONFIG_DIR": str(tmp_path / "claude")}
    said = subprocess.run(
        [client, "plugin", "validate", "--strict", str(path)],
        env=os.environ | own | {"DISABLE_AUTOUPDATER": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
