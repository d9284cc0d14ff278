"""Take a memory along: export, import."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos_mcp.commands.cli.options import add_command, quiet_config

if TYPE_CHECKING:
    from memoryos_mcp.commands.cli.options import Commands

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


def add_transfer(commands: Commands) -> None:
    """Declare them."""
    leaving = add_command(commands, "export", _export, "write a memory as JSON lines", description=_EXPORT)
    leaving.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")
    coming = add_command(
        commands, "import", _import, "add the pages of such a file, or of conversations", description=_IMPORT
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


def _export(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.transfer import export

    return export(config, arguments.output)


def _import(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands.transfer import ImportOptions, import_

    options = ImportOptions(
        arguments.format, arguments.since, arguments.project, arguments.dry_run, arguments.skip_broken
    )
    return import_(config, arguments.source, options)
