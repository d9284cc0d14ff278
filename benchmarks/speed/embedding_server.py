"""The smallest server on this SDK that embeds a query: its answer is ready before it is asked.

    python benchmarks/speed/embedding_server.py CONFIG REPLY

serves one tool, `retrieve_memory`, that embeds with the embedder of the configuration and answers with the JSON object
in the file REPLY, as MemoryOS does: as text and as structured content.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, TextContent

from memoryos import load_config
from memoryos.embedding import configured_embedder


def embedding_server(config_file: Path, reply: Path) -> MCPServer[Any]:
    """The server; its model is loaded."""
    server: MCPServer[Any] = MCPServer("embedding", log_level="WARNING")
    embedder = configured_embedder(load_config(config_file, environ={}))
    embedder.embed_query("to load the model")
    text = reply.read_text(encoding="utf-8")
    structured: dict[str, Any] = json.loads(text)

    @server.tool()
    def retrieve_memory(query: str) -> CallToolResult:
        """Embed the query, and answer."""
        embedder.embed_query(query)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured)

    return server


if __name__ == "__main__":
    embedding_server(Path(sys.argv[1]), Path(sys.argv[2])).run("stdio")
