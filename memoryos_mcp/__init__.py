"""The MCP server over `memoryos`."""

from importlib.metadata import version

__version__ = version("memoryos-mcp-server")
