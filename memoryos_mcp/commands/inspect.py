"""The command `inspect`: the memory in the browser, at an address of this machine, until Ctrl-C."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from memoryos import Memoryos
from memoryos.storage.registry import check_existing
from memoryos_mcp.commands.doctor import look
from memoryos_mcp.inspector.application import application
from memoryos_mcp.inspector.door import Door
from memoryos_mcp.inspector.views import House, Line
from memoryos_mcp.settings import seeing_all
from memoryos_mcp.transport.http import listen

if TYPE_CHECKING:
    from memoryos import Config

_GRACE_SECONDS: Final = 1


def inspect(config: Config, *, port: int, opens_browser: bool) -> int:
    """Print a link that works once, open it, and serve the memory there until Ctrl-C; the exit code.

    Raises `ConfigError` where there is no memory, or the port cannot be had, and `StoreError`.
    """
    import uvicorn

    check_existing(config)
    # What a person looks up says nothing of what their talks return to: it warms no topic.
    looking = seeing_all(config).model_copy(update={"count_visits": False})
    sockets = listen("127.0.0.1", port)
    door = Door(sockets[0].getsockname()[1])
    with closing(Memoryos.open(looking)) as memory:
        house = House(memory, config.dialogue_goes_to, lambda: _lines(config))
        settings = uvicorn.Config(
            application(house, door), log_config=None, access_log=False, timeout_graceful_shutdown=_GRACE_SECONDS
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


def _lines(config: Config) -> Sequence[Line]:
    return [Line(found.verdict, found.subject, found.found, found.fix or "") for found in look(config)]
