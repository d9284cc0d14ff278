"""Connect clients: their entries, installed, printed and taken out again."""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos.errors import ConfigError
from memoryos_mcp.commands.cli.options import add_command
from memoryos_mcp.settings import check_startable, load_server_config

if TYPE_CHECKING:
    from memoryos_mcp.commands.cli.options import Commands

# Folders of uv's cache in which `uvx` and `uv run --with` make environments.
_PASSING_FOLDERS = ("archive-v", "environments-v", "builds-v")


def add_connecting(commands: Commands) -> None:
    """Declare them."""
    coming = add_command(
        commands,
        "install",
        _install,
        "connect clients: add this server to their configuration",
        config="configuration to serve with",
    )
    leaving = add_command(
        commands, "uninstall", _uninstall, "disconnect clients: take this server out again", config=None
    )
    for command in (coming, leaving):
        command.add_argument("clients", nargs="*", metavar="CLIENT", help="such as claude-code (see clients)")
        command.add_argument("--all", action="store_true", help="every client that is found on this machine")
    coming.add_argument(
        "--hooks",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let the client's hooks keep each exchange and bring what bears on a prompt (default: it is asked for)",
    )
    coming.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    add_command(
        commands, "clients", _clients, "the clients there are: found, connected, and in which file", config=None
    )
    entry = add_command(
        commands,
        "mcp-json",
        _mcp_json,
        "print the entry for a client's mcp.json",
        config="configuration to serve with",
    )
    entry.add_argument("--client", metavar="CLIENT", help="in the form of that client's file (see clients)")


def _install(arguments: argparse.Namespace) -> int:
    from memoryos_mcp.clients.machine import this_machine
    from memoryos_mcp.commands.install import install

    _check_lasting(sys.prefix)
    command, args = _launch(arguments.config)
    return install(
        this_machine(),
        arguments.clients,
        command,
        args,
        config=None if arguments.config is None else os.path.abspath(arguments.config.expanduser()),
        everywhere=arguments.all,
        hooks=functools.partial(_wants_hooks, arguments.hooks),
        dry_run=arguments.dry_run,
    )


def _wants_hooks(said: bool | None, client: str) -> bool:
    """Whether a client's hooks are wanted: as was said, else as the person says; nobody there to ask is a no."""
    if said is not None:
        return said
    if not sys.stdin.isatty():
        sys.stdout.write(f"{client}: install --hooks lets it keep each exchange by itself, without the model's help\n")
        return False
    sys.stdout.write(f"{client}: keep each exchange by itself, and bring what bears on a prompt (hooks)? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _uninstall(arguments: argparse.Namespace) -> int:
    from memoryos_mcp.clients.machine import this_machine
    from memoryos_mcp.commands.install import uninstall

    return uninstall(this_machine(), arguments.clients, everywhere=arguments.all)


def _clients(_: argparse.Namespace) -> int:
    from memoryos_mcp.clients.machine import this_machine
    from memoryos_mcp.commands.install import clients

    return clients(this_machine(), sys.executable)


def _mcp_json(arguments: argparse.Namespace) -> int:
    command, args = _launch(arguments.config)
    if arguments.client is not None:
        from memoryos_mcp.clients.registry import SERVER_NAME, named

        client = named(arguments.client)
        entry = client.entry(command, args)
        sys.stdout.write(client.format.added("", client.place, entry))
        if client.link is not None:  # beside the output, which may go into a file
            sys.stderr.write(
                f"Or open this link, which adds it to {client.title}:\n{client.link(SERVER_NAME, entry)}\n"
            )
        return 0
    servers = {"mcpServers": {"memoryos": {"command": command, "args": list(args)}}}
    sys.stdout.write(json.dumps(servers, indent=2) + "\n")
    return 0


def _launch(config: Path | None) -> tuple[str, tuple[str, ...]]:
    """The command and its arguments, with absolute paths, that serve over stdio, which is how clients talk.

    Raises `ConfigError` for a configuration with which no server would start.
    """
    args = ["-m", "memoryos_mcp"]
    if config is not None:
        checked = load_server_config(config, environ=os.environ)
        check_startable(checked)
        args += ["--config", os.path.abspath(config.expanduser())]
        if checked.transport != "stdio":
            args += ["--transport", "stdio"]
    return sys.executable, tuple(args)


def _check_lasting(prefix: str) -> None:
    """Raise `ConfigError` where the installation at this prefix lies in a cache, whose paths go when it is emptied."""
    if any(part.startswith(_PASSING_FOLDERS) for part in Path(prefix).parts):
        raise ConfigError(
            f"{prefix} lies in uv's cache, and goes with `uv cache prune`; install what stays "
            "(`uv tool install`, `pipx install` or a virtual environment), and run install there"
        )
