"""Tokens, by which a server over HTTP lets users in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from memoryos_mcp.commands.cli.options import add_command, quiet_config

if TYPE_CHECKING:
    from memoryos_mcp.commands.cli.options import Commands

_TOKEN = """\
Tokens let users of a server over HTTP in: each opens the memory of one user, or, made with --service, is for an app
that names one of its users with each call. Of a token only a hash is kept, in the data folder. What is created or
revoked is so at once, without a restart.

  python -m memoryos_mcp token create --user alice --expires 90d
  python -m memoryos_mcp token create --user my-app --service
  python -m memoryos_mcp token list
  python -m memoryos_mcp token revoke ID"""

_CONFIG = "configuration of the server"


def add_tokens(commands: Commands) -> None:
    """Declare them."""
    token = add_command(
        commands,
        "token",
        None,
        "let users in, one token each, where auth is tokens",
        config=_CONFIG,
        description=_TOKEN,
    )
    actions = token.add_subparsers(dest="action", metavar="ACTION", required=True)
    making = add_command(actions, "create", _create, "make a token and show it, this once", config=_CONFIG)
    making.add_argument("--user", required=True, metavar="NAME", help="whose memory it opens")
    making.add_argument("--expires", metavar="TIME", help='how long it lasts, such as "90d" (default: until revoked)')
    making.add_argument(
        "--service", action="store_true", help="for an app that names a user with each call; NAME is the app's"
    )
    add_command(actions, "list", _list, "the tokens there are, by their ids", config=_CONFIG)
    ending = add_command(actions, "revoke", _revoke, "let a token be valid no more, from now on", config=_CONFIG)
    ending.add_argument("id", metavar="ID", help="as list shows it")


def _create(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import token

    return token.create(config, arguments.user, arguments.expires, is_service=arguments.service)


def _list(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import token

    return token.show_all(config)


def _revoke(arguments: argparse.Namespace) -> int:
    config = quiet_config(arguments)
    from memoryos_mcp.commands import token

    return token.revoke(config, arguments.id)
