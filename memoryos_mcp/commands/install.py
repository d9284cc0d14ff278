"""The commands `install`, `uninstall` and `clients`: the entry in the configurations of clients."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos_mcp.clients import hooking
from memoryos_mcp.clients.changes import Change, connected, installation, removal
from memoryos_mcp.clients.machine import Machine
from memoryos_mcp.clients.registry import CLIENTS, Client, named

EXIT_REFUSED: Final = 2

_SHOWN_LINE: Final = 160


def install(
    machine: Machine,
    names: Sequence[str],
    command: str,
    args: tuple[str, ...],
    *,
    config: str | None,
    everywhere: bool,
    hooks: Callable[[str], bool],
    dry_run: bool,
) -> int:
    """Connect clients, `everywhere` all that are found; 0, or 2 where one was refused and the others were not.

    `hooks` tells, by a client's title, whether its hooks are wanted: they capture each exchange, and inject what bears
    on a prompt. Raises `ConfigError` where no client is meant.
    """

    def one(client: Client) -> None:
        hooked = hooking.HOOKED.get(client.name)
        if hooked is not None and not hooks(client.title):
            hooked = None
        served = args if hooked is None else (*args, "--hooked")
        change = installation(client, client.file(machine), command, served)
        _make(change, client.title, "connected", f"; {client.reload}", dry_run=dry_run)
        if hooked is not None:
            commands = hooking.command_lines(hooked, command, config, windows=machine.system == "win32")
            change = hooking.hooking(hooked, hooked.path(machine), commands)
            _make(change, client.title, "hooked", _kept(client), dry_run=dry_run)

    return _each(_meant(machine, names, everywhere, Client.is_found), one)


def uninstall(machine: Machine, names: Sequence[str], *, everywhere: bool) -> int:
    """Disconnect clients, `everywhere` all of them; 0, or 2 where one was refused and the others were not.

    Raises `ConfigError` where no client is meant.
    """

    def one(client: Client) -> None:
        path = client.file(machine)
        hooked = hooking.HOOKED.get(client.name)
        unhooked = hooking.unhooking(hooked, hooked.path(machine)) if hooked is not None else None
        if unhooked is not None:
            _show(unhooked)
            unhooked.write()
            _say(f"{client.title}: hooks taken out, in {unhooked.path}")
        change = removal(client, path)
        if change is None:
            if not everywhere:
                _say(f"{client.title}: not connected in {path}")
            return
        _show(change)
        change.write()
        gone = "; the file was ours and is gone" if change.after is None else ""
        _say(f"{client.title}: disconnected, in {path}{gone}; {client.reload}")

    return _each(_meant(machine, names, everywhere, lambda client, machine: client.file(machine).is_file()), one)


def clients(machine: Machine, command: str) -> int:
    """Show each client, whether it is found and connected, and its file; 0, or 2 where a file cannot be read."""
    width = max(len(client.name) for client in CLIENTS)

    def one(client: Client) -> None:
        path = client.file(machine)
        _say(f"{client.name:{width}}  {_state(client, machine, path, command):28}  {path}")

    return _each(CLIENTS, one)


def _state(client: Client, machine: Machine, path: Path, command: str) -> str:
    entry = connected(client, path)
    if entry is not None:
        hooked = hooking.HOOKED.get(client.name)
        hooks = ", hooks" if hooked is not None and hooking.is_hooked(hooked, machine) else ""
        return ("connected" if entry.get(client.command) == command else "connected, other install") + hooks
    return "found, not connected" if client.is_found(machine) else "not found"


def _meant(
    machine: Machine, names: Sequence[str], everywhere: bool, among: Callable[[Client, Machine], bool]
) -> tuple[Client, ...]:
    if names and everywhere:
        raise ConfigError("got names of clients and --all; name clients, or say --all")
    if names:
        return tuple(named(name) for name in dict.fromkeys(names))
    if not everywhere:
        found = ", ".join(client.name for client in CLIENTS if among(client, machine)) or "none"
        raise ConfigError(one_line(f"name clients, or say --all; found here: {found}"))
    meant = tuple(client for client in CLIENTS if among(client, machine))
    if not meant:
        known = ", ".join(client.name for client in CLIENTS)
        raise ConfigError(one_line(f"--all: no client is found here; name one of {known}"))
    return meant


def _each(meant: Sequence[Client], one: Callable[[Client], None]) -> int:
    """Do it for each: what is wrong with one client's file does not keep the others from it."""
    code = 0
    for client in meant:
        try:
            one(client)
        except ConfigError as error:
            sys.stdout.flush()
            sys.stderr.write(f"memoryos: {client.title}: {error}\n")
            code = EXIT_REFUSED
    return code


def _make(change: Change, title: str, done: str, then: str, *, dry_run: bool) -> None:
    """Show a change and make it, unless that is only tried."""
    if not change.changes:
        _say(f"{title}: {done} already, in {change.path}")
        return
    _show(change)
    if dry_run:
        _say(f"{title}: would be {done}, in {change.path}")
        return
    change.write()
    kept = f" (as it was: {change.copy})" if change.before is not None else ""
    _say(f"{title}: {done}, in {change.path}{kept}{then}")


def _kept(client: Client) -> str:
    trust = "; once you trust the hooks there (/hooks)" if client.name == "codex" else ""
    return f"{trust}; each exchange is kept from the next session on"


def _show(change: Change) -> None:
    """What goes and what comes, and nothing beside it in the same lines: a configuration may hold keys."""
    before, after = ("" if content is None else content.decode() for content in (change.before, change.after))
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    for sign, text in (("-", before), ("+", after)):
        for line in text[start : len(text) - end].splitlines():
            if line.strip(" ,"):
                _say(f"  {sign}{line if len(line) <= _SHOWN_LINE else line[:_SHOWN_LINE] + ' ...'}")


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
