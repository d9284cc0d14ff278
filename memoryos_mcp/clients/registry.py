"""The clients that can be connected; a further one is an entry of `CLIENTS`.

Files, keys and fields follow each client's own documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memoryos.config.text import closest, one_line
from memoryos.errors import ConfigError
from memoryos_mcp.clients import json_text, links, toml_text, yaml_text
from memoryos_mcp.clients.formats import Entry, Format, Place
from memoryos_mcp.clients.machine import Machine, System

SERVER_NAME: Final = "memoryos"

_STDIO: Final[Mapping[str, object]] = {"type": "stdio"}


@dataclass(frozen=True, slots=True)
class Client:
    """A client's configuration: its file on each system, what an entry in it looks like, and when it is read.

    `key` is the table of servers; `command` and `args` are the names of the two fields that start one. An entry begins
    with `leading` and gets `defaults` once, when it is added: a user may change them. `variable` names the environment
    variable that moves the folder of the file. `sign` is a folder that only this client makes, without it the file's
    own. `fresh` is what a new file begins with. `link` makes of the server's name and its entry a link that adds it.
    """

    name: str
    title: str
    format: Format
    files: Mapping[System, str]
    reload: str
    key: str = "mcpServers"
    command: str = "command"
    leading: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    variable: str = ""
    sign: str = ""
    fresh: str = ""
    link: Callable[[str, Mapping[str, object]], str] | None = None

    @property
    def place(self) -> Place:
        """Where in the file the entry stands."""
        return self.key, SERVER_NAME

    def file(self, machine: Machine) -> Path:
        """The configuration of this user."""
        path = machine.file(self.files[machine.system])
        moved = machine.environ.get(self.variable) if self.variable else None
        return Path(moved).expanduser() / path.name if moved else path

    def is_found(self, machine: Machine) -> bool:
        """Whether the client has been used on this machine: its file or its folder is there."""
        path = self.file(machine)
        own = machine.file(self.sign) if self.sign else path.parent
        return path.is_file() or own.is_dir()

    def entry(self, command: str, args: tuple[str, ...], known: Entry | None = None) -> dict[str, object]:
        """The entry that starts a command; what a user changed in a `known` one stays."""
        started = {**self.leading, self.command: command, "args": list(args)}
        return {**started, **self.defaults, **(known or {}), **started}


def _everywhere(template: str) -> dict[System, str]:
    return {"linux": template, "darwin": template, "win32": template}


_CODE_USER: Final = "{config}/Code/User"
_CLINE: Final = f"{_CODE_USER}/globalStorage/saoudrizwan.claude-dev"

CLIENTS: Final[tuple[Client, ...]] = (
    Client(
        "claude-desktop",
        "Claude Desktop",
        json_text,
        _everywhere("{config}/Claude/claude_desktop_config.json"),
        "quit Claude Desktop and start it again",
    ),
    Client(
        "claude-code",
        "Claude Code",
        json_text,
        _everywhere("{home}/.claude.json"),
        "start a new session; /mcp shows the server",
        leading=_STDIO,
        variable="CLAUDE_CONFIG_DIR",
        sign="{home}/.claude",
    ),
    Client(
        "cline",
        "Cline",
        json_text,
        _everywhere(f"{_CLINE}/settings/cline_mcp_settings.json"),
        "it is read at once; MCP Servers in Cline shows the server",
        defaults={"disabled": False},
        sign=_CLINE,
    ),
    Client(
        "cursor",
        "Cursor",
        json_text,
        _everywhere("{home}/.cursor/mcp.json"),
        "switch the server on in Settings > MCP, or restart Cursor",
        leading=_STDIO,
        link=links.cursor,
    ),
    Client(
        "vscode",
        "VS Code",
        json_text,
        _everywhere(f"{_CODE_USER}/mcp.json"),
        "run MCP: List Servers and start the server",
        key="servers",
        leading=_STDIO,
        link=links.vscode,
    ),
    Client(
        "windsurf",
        "Windsurf",
        json_text,
        _everywhere("{home}/.codeium/windsurf/mcp_config.json"),
        "press Refresh in the list of MCP servers",
    ),
    Client(
        "gemini-cli",
        "Gemini CLI",
        json_text,
        _everywhere("{home}/.gemini/settings.json"),
        "start gemini again; /mcp shows the server",
    ),
    Client(
        "lm-studio",
        "LM Studio",
        json_text,
        _everywhere("{home}/.lmstudio/mcp.json"),
        "it is read at once; Program > Integrations shows the server",
        sign="{home}/.lmstudio",
    ),
    Client(
        "zed",
        "Zed",
        json_text,
        {
            "linux": "{xdg}/zed/settings.json",
            "darwin": "{xdg}/zed/settings.json",
            "win32": "{config}/Zed/settings.json",
        },
        "it is read at once; the settings of the Agent Panel show the server",
        key="context_servers",
        leading={"source": "custom"},
        defaults={"env": {}},
    ),
    Client(
        "codex",
        "Codex CLI",
        toml_text,
        _everywhere("{home}/.codex/config.toml"),
        "start codex again; codex mcp list shows the server",
        key="mcp_servers",
        variable="CODEX_HOME",
    ),
    Client(
        "goose",
        "Goose",
        yaml_text.TABLE,
        {
            "linux": "{xdg}/goose/config.yaml",
            "darwin": "{xdg}/goose/config.yaml",
            "win32": "{config}/Block/goose/config/config.yaml",
        },
        "start a new session",
        key="extensions",
        command="cmd",
        leading={"name": SERVER_NAME, "type": "stdio"},
        defaults={"enabled": True, "description": "Long-term memory", "envs": {}, "env_keys": [], "timeout": 300},
    ),
    Client(
        "continue",
        "Continue",
        yaml_text.NAMED_LIST,
        _everywhere("{home}/.continue/config.yaml"),
        "it is read when saved; the settings of Continue show the server",
        leading={"name": SERVER_NAME},
        fresh="name: Local Config\nversion: 1.0.0\nschema: v1\n",
    ),
)


def named(name: str) -> Client:
    """The client of a name. Raises `ConfigError` with the names there are."""
    for client in CLIENTS:
        if client.name == name:
            return client
    names = [client.name for client in CLIENTS]
    near = closest(name, names)
    known = f"known: {', '.join(names)}" + (f"; did you mean {near}?" if near else "")
    raise ConfigError(one_line(f"client: got {name!r}; {known}"))
