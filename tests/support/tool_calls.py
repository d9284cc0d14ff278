"""What a client asks an MCP server, with what has to hold for every answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from mcp import Client
from mcp_types import TextContent, TextResourceContents


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers; its text is checked to be compact JSON, and its structured content, if any, the same."""
    result = await client.call_tool(tool, arguments)
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert not result.is_error, content.text
    answer: dict[str, Any] = json.loads(content.text)
    assert content.text == json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    assert result.structured_content in (None, answer)
    return answer


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """The words with which a tool refuses a call."""
    result = await client.call_tool(tool, arguments)
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert result.is_error, content.text
    return content.text


async def idle(client: Client, *, asks: int = 10_000, pause: float = 0) -> dict[str, Any]:
    """The status, asked for until no background work is left; `pause` seconds between leave the machine to that."""
    for _ in range(asks):
        status = await read(client, "memoryos://status")
        if not any(status["pending"].values()):
            return status
        await asyncio.sleep(pause)
    raise AssertionError("still busy")


async def read(client: Client, uri: str) -> dict[str, Any]:
    """A resource, which is JSON."""
    (content,) = (await client.read_resource(uri, cache_mode="bypass")).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    answer: dict[str, Any] = json.loads(content.text)
    return answer
