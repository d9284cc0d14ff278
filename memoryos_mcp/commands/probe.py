"""What `doctor --clients` does: each link from a client to the memory is tried by the commands the client would run."""

from __future__ import annotations

import json
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ulid import ULID

from memoryos import Memoryos
from memoryos.errors import ConfigError, MemoryOSError
from memoryos.models import Selection
from memoryos.storage.sqlite.examination import Finding
from memoryos_mcp.clients import hooking
from memoryos_mcp.clients.changes import connected, content_of
from memoryos_mcp.clients.registry import CLIENTS, Client
from memoryos_mcp.settings import load_server_config, seeing_all

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos_mcp.clients.machine import Machine

_START_SECONDS: Final = 30.0
_HOOK_SECONDS: Final = 10.0
_TOOLS: Final = frozenset({"add_memory", "retrieve_memory", "get_user_profile"})
_AGAIN: Final = "install it again: memoryos-mcp-server install"


def probe(machine: Machine, environ: Mapping[str, str]) -> Iterator[Finding]:
    """A line for each link of each connected client: its entry, its server, its hooks; the first broken one ends it."""
    found = False
    for client in CLIENTS:
        try:
            entry = connected(client, client.file(machine))
        except ConfigError as error:
            yield Finding(client.title, "bad", str(error), "mend the file")
            continue
        if entry is not None:
            found = True
            yield from _linked(client, entry, machine, environ)
    if not found:
        yield Finding("clients", "odd", "none is connected", "memoryos-mcp-server install --all")


def _linked(
    client: Client, entry: Mapping[str, object], machine: Machine, environ: Mapping[str, str]
) -> Iterator[Finding]:
    arguments = entry.get("args")
    command = [str(entry.get(client.command)), *(map(str, arguments) if isinstance(arguments, list) else ())]
    wrong = _served(command, environ)
    again = f"{_AGAIN} {client.name}"
    if wrong is not None:
        yield Finding(client.title, "bad", f"its server {wrong}", again)
        return
    yield Finding(client.title, "ok", "its server starts and offers its tools")
    hooked = hooking.HOOKED.get(client.name)
    if hooked is None or not hooking.is_hooked(hooked, machine):
        return
    commands = hooking.hooks_of(content_of(hooked.path(machine)) or "")
    yield from _hooks(client, commands, _config_of(command), machine, environ)


def _served(command: list[str], environ: Mapping[str, str]) -> str | None:
    """What is wrong with the server that a command starts; None where it offers the tools."""
    calls = (
        {"id": 1, "method": "initialize", "params": _HELLO},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
    )
    asked = "".join(json.dumps({"jsonrpc": "2.0", **call}) + "\n" for call in calls)
    try:
        done = _run(command, asked, environ, _START_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not start or answer ({type(error).__name__})"
    tools = {tool for line in done.stdout.splitlines() for tool in _tools_in(line)}
    return None if tools >= _TOOLS else f"ends without its tools: {' '.join(done.stderr.split())[-200:]}"


def _tools_in(line: str) -> Iterator[str]:
    """The names of the tools that a server's line lists; none of a line of another kind, whatever it is."""
    try:
        result = json.loads(line)["result"]
        yield from [str(tool["name"]) for tool in result["tools"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return


_HELLO: Final = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "doctor", "version": "1"},
}


def _hooks(
    client: Client, commands: Mapping[str, str], config: Path | None, machine: Machine, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Play an exchange through the hooks, find it in the memory, and take it out again."""
    again = f"{_AGAIN} {client.name} --hooks"
    word = f"probe{str(ULID()).lower()}"
    with tempfile.TemporaryDirectory() as folder:
        for event, command in commands.items():
            told = json.dumps({**_told(word), "cwd": folder})
            words = command if machine.system == "win32" else shlex.split(command)
            try:
                done = _run(words, told, environ, _HOOK_SECONDS)
            except (OSError, subprocess.TimeoutExpired) as error:
                yield Finding(f"{client.title} hooks", "bad", f"{event}: {type(error).__name__}", again)
                return
            if done.returncode or done.stderr:
                wrong = " ".join(done.stderr.split())[-200:] or f"exit code {done.returncode}"
                yield Finding(f"{client.title} hooks", "bad", f"{event}: {wrong}", again)
                return
    try:
        kept = _kept(load_server_config(config, environ=environ), word)
    except MemoryOSError as error:
        yield Finding(f"{client.title} hooks", "bad", str(error), "see there")
        return
    if kept:
        yield Finding(f"{client.title} hooks", "ok", "an exchange played through them is kept, and was taken out again")
    else:
        yield Finding(f"{client.title} hooks", "bad", "an exchange played through them is not in the memory", again)


def _told(word: str) -> dict[str, object]:
    """An exchange in the fields of every client; each reads its own."""
    said, answer = f"This is a {word}.", "It is."
    return {
        "session_id": word,
        "conversation_id": word,
        "generation_id": word,
        "turn_id": word,
        "timestamp": word,
        "prompt": said,
        "last_assistant_message": answer,
        "prompt_response": answer,
        "text": answer,
    }


def _kept(config: Config, word: str) -> bool:
    with closing(Memoryos.open(seeing_all(config))) as memory:
        selection = Selection(about=word)
        kept = memory.preview_forgetting(selection).pages > 0
        if kept:
            memory.forget_selected(selection)
    return kept


def _config_of(command: list[str]) -> Path | None:
    return Path(command[command.index("--config") + 1]) if "--config" in command[:-1] else None


def _run(
    command: list[str] | str, told: str, environ: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=told, capture_output=True, encoding="utf-8", timeout=seconds, check=False, env=dict(environ)
    )
