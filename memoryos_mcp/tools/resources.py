"""What a client can read without calling a tool: the state of the memory, and the configuration in effect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver.exceptions import ResourceError

from memoryos import MemoryOSError
from memoryos_mcp import __version__
from memoryos_mcp.tools.status import status_reply

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from memoryos_mcp.session import MemorySession


def add_resources(server: MCPServer[Any], session: MemorySession) -> None:
    """Offer `memoryos://status` and, to who may have written it, `memoryos://config`."""

    @server.resource("memoryos://status", name="status", mime_type="application/json")
    def status() -> str:
        """Counts per tier, pending work, the last error, where the data lies."""
        try:
            with session.using() as memory:
                state = memory.status()
        except MemoryOSError as error:
            raise ResourceError(str(error)) from error
        if session.config.auth != "none":
            state = replace(state, data_path="")  # of a machine that is not the caller's
        sent_to = ", ".join(session.config.dialogue_goes_to) or "nowhere"
        return status_reply(state, version=__version__, dialogue_is_sent_to=sent_to).model_dump_json()

    if session.config.auth != "none":
        return

    @server.resource("memoryos://config", name="config", mime_type="application/json")
    def config() -> str:
        """The configuration in effect, keys left out."""
        return json.dumps(session.config.redacted(), ensure_ascii=False)
