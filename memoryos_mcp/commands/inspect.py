"""The command `inspect`: the memory in the browser, at an address of this machine, until Ctrl-C; or a link to the one
that a server shows."""

from __future__ import annotations

import sys
import webbrowser
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos import Memoryos
from memoryos.errors import ConfigError
from memoryos.storage.registry import check_existing
from memoryos_mcp.commands.doctor import look
from memoryos_mcp.importers.json_lines import export_line
from memoryos_mcp.inspector.application import always, application
from memoryos_mcp.inspector.door import LinkDoor
from memoryos_mcp.inspector.one_time import LINK_LASTS, OneTimeTokens
from memoryos_mcp.inspector.served import pages
from memoryos_mcp.inspector.views import House, Line
from memoryos_mcp.transport.http import ENTRY, address_of, listen

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from memoryos import Config
    from memoryos_mcp.auth.sign_in import SignIn
    from memoryos_mcp.session import MemorySession

_GRACE_SECONDS: Final = 1


def inspect(config: Config, *, port: int, opens_browser: bool) -> int:
    """Print a link that works once, open it, and serve the memory there until Ctrl-C; the exit code.

    Raises `ConfigError` where there is no memory, or the port cannot be had, and `StoreError`.
    """
    import uvicorn

    check_existing(config)
    sockets = listen("127.0.0.1", port)
    door = LinkDoor(sockets[0].getsockname()[1], _now)
    with closing(Memoryos.open(config)) as memory:
        house = House(memory.for_person(), config.dialogue_goes_to, lambda: _lines(config), export_line)
        settings = uvicorn.Config(
            application(always(house), door),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        link = door.link()
        sys.stdout.write(f"The memory of {config.user_id}, for this browser only (the link works once):\n{link}\n")
        sys.stdout.write("Ctrl-C ends it.\n")
        sys.stdout.flush()
        if opens_browser:
            webbrowser.open(link)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets)
    return 0


def link(config: Config, *, port: int | None) -> int:
    """Print a link to the memory that a server of this configuration shows at `/inspect`; the exit code.

    It alone goes to standard output. Raises `ConfigError` where that server shows none or asks for tokens instead, and
    `StoreError`.
    """
    address = f"{address_of(config, port or config.port)}{ENTRY}"
    if not config.inspect:
        raise ConfigError("inspect: false: set it to true for a server that shows the memory at /inspect")
    if config.auth != "none":
        raise ConfigError(f"--link: this server knows its users by their tokens: open {address} and show yours")
    token = OneTimeTokens(Path(config.data_storage_path), _now).create()
    sys.stdout.write(f"{address}/enter?token={token}\n")
    minutes = int(LINK_LASTS.total_seconds()) // 60
    sys.stderr.write(f"It opens the memory in one browser, once, within {minutes} minutes, while the server runs.\n")
    return 0


def served(session: MemorySession, signing_in: SignIn | None) -> ASGIApp:
    """The pages at `/inspect` of a server."""
    return pages(session, signing_in, _lines, export_line)


def _lines(config: Config) -> list[Line]:
    return [Line(found.verdict, found.subject, found.found, found.fix or "") for found in look(config)]


def _now() -> datetime:
    return datetime.now(timezone.utc)
