"""The MCP server over `memoryos`."""


def __getattr__(name: str) -> str:
    """`__version__` on first use: looking it up takes longer than a client's hook has for all it does."""
    if name == "__version__":
        from importlib.metadata import version

        return version("memoryos-mcp-server")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
