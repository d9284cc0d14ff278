"""Hooks in the configurations of clients: which file holds them, how one is written, and putting them in and out.

The fields follow each client's own documentation. A further client is an entry of `HOOKED`, with a reader in
`memoryos_mcp.hooks.events`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos_mcp.clients import json_text
from memoryos_mcp.clients.changes import Change, content_of, copy_of
from memoryos_mcp.clients.machine import Machine
from memoryos_mcp.hooks.events import READERS

T = TypeVar("T")

_KEY: Final = "hooks"
_OURS: Final = re.compile(r"memoryos[-_]mcp\S*\"? hook \w+ --client ")
_TIMEOUT_SECONDS: Final = 5
"""The client waits so long at most; the hook itself ends after a quarter of a second."""


@dataclass(frozen=True, slots=True)
class Hooked:
    """A client with hooks: its name, its file of hooks, and an entry of one event that runs a command.

    `variable` names the environment variable that moves the folder of the file; `fresh` is what a new file begins with.
    """

    client: str
    file: str
    entry: Callable[[str], Mapping[str, object]]
    variable: str = ""
    fresh: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the events that are hooked."""
        return tuple(READERS[self.client].kinds)

    def path(self, machine: Machine) -> Path:
        """The file of this user."""
        path = machine.file(self.file)
        moved = machine.environ.get(self.variable) if self.variable else None
        return Path(moved).expanduser() / path.name if moved else path


def _claude(command: str) -> Mapping[str, object]:
    return {"hooks": [{"type": "command", "command": command, "timeout": _TIMEOUT_SECONDS}]}


def _gemini(command: str) -> Mapping[str, object]:
    hook = {"name": "memoryos", "type": "command", "command": command, "timeout": 1_000 * _TIMEOUT_SECONDS}
    return {"hooks": [hook]}


def _cursor(command: str) -> Mapping[str, object]:
    return {"command": command}


HOOKED: Final[Mapping[str, Hooked]] = {
    hooked.client: hooked
    for hooked in (
        Hooked("claude-code", "{home}/.claude/settings.json", _claude, variable="CLAUDE_CONFIG_DIR"),
        Hooked("codex", "{home}/.codex/hooks.json", _claude, variable="CODEX_HOME"),
        Hooked("gemini-cli", "{home}/.gemini/settings.json", _gemini),
        Hooked("cursor", "{home}/.cursor/hooks.json", _cursor, fresh='{\n  "version": 1\n}\n'),
    )
}


def command_lines(hooked: Hooked, python: str, config: str | None, *, windows: bool) -> dict[str, str]:
    """What a client runs at each event, as its shell reads it."""
    last = ["--client", hooked.client, *(["--config", config] if config else [])]
    join = subprocess.list2cmdline if windows else shlex.join
    return {event: join([python, "-m", "memoryos_mcp", "hook", event, *last]) for event in hooked.events}


def hooking(hooked: Hooked, path: Path, commands: Mapping[str, str]) -> Change:
    """What puts the hooks in, `commands` by event. Raises `ConfigError` where the file is not as expected."""
    before = content_of(path)
    after = _edited(path, lambda text: _with(hooked, text, commands), before or hooked.fresh)
    is_new = not hooks_of(before or "")  # a copy shows the file as it was without them
    return Change(path, _encoded(before), after.encode(), copies=is_new, renews_copy=is_new)


def unhooking(hooked: Hooked, path: Path) -> Change | None:
    """What takes the hooks out, None where there are none; a file that holds nothing else goes, or is as it was."""
    before = content_of(path)
    if before is None or not _edited(path, hooks_of, before):
        return None
    copy, ours = content_of(copy_of(path)), hooks_of(before)
    if _with(hooked, copy or hooked.fresh, ours) == before:
        return Change(path, before.encode(), _encoded(copy), copies=False, drops_copy=True)
    return Change(path, before.encode(), _edited(path, _without, before).encode())


def hooks_of(text: str) -> dict[str, str]:
    """The commands of ours in a file, by event. Raises `ValueError` for a text that is not of its format."""
    events = json_text.parsed(text).get(_KEY)
    found: dict[str, str] = {}
    for event, entries in events.items() if isinstance(events, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            if (command := _command_of(entry)) is not None:
                found[str(event)] = command
    return found


def is_hooked(hooked: Hooked, machine: Machine) -> bool:
    """Whether every event of a client is hooked. Raises `ConfigError` where the file cannot be read."""
    text = content_of(hooked.path(machine))
    return text is not None and set(hooked.events) <= set(_edited(hooked.path(machine), hooks_of, text))


def _with(hooked: Hooked, text: str, commands: Mapping[str, str]) -> str:
    for event, command in commands.items():
        others = [entry for entry in _entries(text, event) if _command_of(entry) is None]
        text = json_text.put(text, (_KEY, event), [*others, hooked.entry(command)])
    return text


def _without(text: str) -> str:
    for event in hooks_of(text):
        others = [entry for entry in _entries(text, event) if _command_of(entry) is None]
        text = json_text.put(text, (_KEY, event), others) if others else json_text.removed(text, (_KEY, event))
    return json_text.pruned(text, _KEY)


def _entries(text: str, event: str) -> list[object]:
    events = json_text.parsed(text).get(_KEY)
    entries = events.get(event, []) if isinstance(events, dict) else []
    if not isinstance(entries, list):
        raise ValueError(f"its hooks of {event} are no list")
    return entries


def _command_of(entry: object) -> str | None:
    """The command of an entry that is ours; None for another's."""
    if not isinstance(entry, dict):
        return None
    inner = entry.get(_KEY)
    each = inner[0] if isinstance(inner, list) and len(inner) == 1 else entry
    command = each.get("command") if isinstance(each, dict) else None
    return command if isinstance(command, str) and _OURS.search(command) else None


def _edited(path: Path, edit: Callable[[str], T], text: str) -> T:
    try:
        return edit(text)
    except ValueError as error:
        raise ConfigError(one_line(f"{path}: {error}; nothing was changed")) from error


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
