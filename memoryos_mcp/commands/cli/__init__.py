"""The command line: serve, show a client's entry, run the demo, and look after a memory."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from memoryos.errors import ConfigError, InvalidArgumentError, MemoryOSError
from memoryos.projects import identity
from memoryos_mcp import __version__
from memoryos_mcp.commands.cli.connecting import add_connecting
from memoryos_mcp.commands.cli.everyday import add_everyday
from memoryos_mcp.commands.cli.keeping import add_keeping
from memoryos_mcp.commands.cli.options import log_to_stderr
from memoryos_mcp.commands.cli.steering import add_steering
from memoryos_mcp.commands.cli.tokens import add_tokens
from memoryos_mcp.commands.cli.transferring import add_transfer
from memoryos_mcp.settings import load_server_config
from memoryos_mcp.transport.stdio import claimed_stdout

EXIT_CONFIG: Final = 2

CONFIG_VARIABLE: Final = "MEMORYOS_CONFIG"
"""Names the configuration where --config does not."""

_SERVING_OPTIONS: Final = ("config", "transport", "host", "port")

_DESCRIPTION = """\
MemoryOS: long-term memory for AI agents, served over the Model Context Protocol.

Without a subcommand it serves: over stdio (what Claude Desktop, Cline, Cursor and VS Code start), or over HTTP with
--transport. It works offline; without --config it keeps its memory in the platform's folder for user data."""

_EPILOG = """\
examples:
  python -m memoryos_mcp mcp-json                          print the entry for your client's configuration
  python -m memoryos_mcp demo                              see it work on a sample conversation
  python -m memoryos_mcp ask where do I live               ask your memory by hand
  python -m memoryos_mcp --config config.json              serve over stdio
  python -m memoryos_mcp --transport streamable-http --port 8765"""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with one line on standard error where the configuration is wrong, 1 for other errors."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error: no path or text is refused
    parser = _parser()
    arguments = parser.parse_args(argv)
    if idle := _idle_options(arguments):
        parser.error(f"{arguments.command} takes no {' and no '.join(idle)}")
    if arguments.config is None and os.environ.get(CONFIG_VARIABLE):
        arguments.config = Path(os.environ[CONFIG_VARIABLE])
    try:
        code: int = arguments.run(arguments)
        return code
    except (ConfigError, InvalidArgumentError) as error:
        sys.stderr.write(f"memoryos: {error}\n")
        return EXIT_CONFIG
    except MemoryOSError as error:
        sys.stderr.write(f"memoryos: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m memoryos_mcp",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"memoryos-mcp-server {__version__}")
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration (see config.example.json; default: the variable MEMORYOS_CONFIG)",
    )
    parser.add_argument("--transport", choices=("stdio", "sse", "streamable-http"), help="overrides the configuration")
    parser.add_argument(
        "--hooked",
        action="store_true",
        help="the client's hooks keep each exchange: the agent is not asked to (unless the variable "
        "MEMORYOS_CAPTURED_BY_HOOKS says otherwise), and the repository in which this is started is the project",
    )
    parser.add_argument("--host", help="address to listen on over HTTP (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on over HTTP (default 8765; 0: a free one)")
    parser.set_defaults(run=_serve, takes=_SERVING_OPTIONS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="subcommands")
    for add in (add_everyday, add_steering, add_connecting, add_keeping, add_tokens, add_transfer):
        add(commands)
    return parser


def _idle_options(arguments: argparse.Namespace) -> list[str]:
    """Options given before a subcommand that it would pass over in silence."""
    given = [name for name in _SERVING_OPTIONS if getattr(arguments, name) is not None]
    return [f"--{name}" for name in given if name not in arguments.takes]


def _serve(arguments: argparse.Namespace) -> int:
    overrides: dict[str, object] = {key: getattr(arguments, key) for key in ("transport", "host", "port")}
    if arguments.hooked and "MEMORYOS_CAPTURED_BY_HOOKS" not in os.environ:
        overrides["captured_by_hooks"] = True
    wire = claimed_stdout()
    log_to_stderr("INFO")
    config = load_server_config(
        arguments.config,
        environ=os.environ,
        arguments={key: value for key, value in overrides.items() if value is not None},
    )
    if arguments.hooked and not config.project:
        config = config.model_copy(update={"project": identity(os.getcwd()) or ""})
    logging.getLogger().setLevel(config.log_level)
    # Here and not at the top: what they import may print, and the other commands do not need it.
    from memoryos_mcp.commands.surfaces import chat_views, pages
    from memoryos_mcp.transport.serving import serve

    serve(config, wire, pages, chat_views())
    return 0
