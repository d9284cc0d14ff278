"""The smallest server on this SDK, with one tool that does nothing: what MemoryOS is compared to."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import MCPServer

server: MCPServer[Any] = MCPServer("bare", log_level="WARNING")


@server.tool()
def add_memory(user_input: str, agent_response: str, timestamp: str) -> str:
    """Take two texts and answer."""
    return "ok"


if __name__ == "__main__":
    server.run("stdio")
