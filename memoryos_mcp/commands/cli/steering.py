"""See and steer: what is known, put right, taken back, kept out, and who did it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from memoryos.errors import ConfigError
from memoryos.models import OF_PROJECT
from memoryos_mcp.commands.cli.options import add_command, quiet_config

if TYPE_CHECKING:
    from memoryos_mcp.commands.cli.options import Commands


def add_steering(commands: Commands) -> None:
    """Declare them."""
    looking = add_command(
        commands, "inspect", _inspect, "see and steer the memory in your browser", takes=("config", "port")
    )
    looking.add_argument(
        "--port", type=int, default=argparse.SUPPRESS, metavar="N", help="port on loopback (default: a free one)"
    )
    looking.add_argument("--no-browser", action="store_true", help="print the link, and open nothing")
    looking.add_argument("--link", action="store_true", help="print a link to /inspect of a server that runs already")
    add_command(commands, "facts", _facts, "what is known, with ids")
    correcting = add_command(commands, "correct", _correct, "put a fact right: kept as your word, above any model's")
    correcting.add_argument("fact", metavar="ID", help="as facts gives it")
    correcting.add_argument("text", nargs="*", metavar="TEXT", help="how it is; nothing: undo a correction")
    pinning = add_command(commands, "pin", _pin, "always show a fact in the profile")
    pinning.add_argument("fact", metavar="ID", help="as facts gives it")
    pinning.add_argument("--off", action="store_true", help="no longer")
    retiring = add_command(commands, "retire", _retire, "take a fact back, so that it is not learned again")
    retiring.add_argument("fact", metavar="ID", help="as facts gives it")
    retiring.add_argument("--yes", action="store_true", help="without asking")
    excluding = add_command(
        commands, "exclude", _exclude, "never remember anything about some words, or list these rules"
    )
    excluding.add_argument("words", nargs="*", metavar="WORD", help="such as: my divorce")
    excluding.add_argument("--project", metavar="NAME", help="instead of words: anything that belongs to this project")
    excluding.add_argument("--lift", action="store_true", help="take the rule back")
    looking_back = add_command(commands, "history", _history, "who changed what by hand, or how a fact came to be")
    looking_back.add_argument("fact", nargs="?", metavar="ID", help="as facts gives it")


def _inspect(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.inspect import inspect, link

    if arguments.link:
        return link(config, port=arguments.port)
    return inspect(config, port=arguments.port or 0, opens_browser=not arguments.no_browser)


def _facts(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.facts(config)


def _correct(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.correct(config, arguments.fact, " ".join(arguments.text))


def _pin(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.pin(config, arguments.fact, pinned=not arguments.off)


def _retire(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.retire(config, arguments.fact, yes=arguments.yes)


def _exclude(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    if arguments.project and arguments.words:
        raise ConfigError("exclude: got words and --project; accepted: one of them")
    about = f"{OF_PROJECT}{arguments.project}" if arguments.project else " ".join(arguments.words)
    return steering.exclude(config, about, lift=arguments.lift)


def _history(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.history(config, arguments.fact)
