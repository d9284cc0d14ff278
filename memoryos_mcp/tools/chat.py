"""The memory shown inside a chat (the protocol's extension Apps): what hosts that have it are told, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from mcp.server.apps import APP_MIME_TYPE, Apps
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resources import FunctionResource
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from memoryos import MemoryOSError

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from pydantic import BaseModel

    from memoryos import Memoryos
    from memoryos_mcp.session import MemorySession

URI: Final = "ui://memoryos/memory.html"
VIEW: Final = "memoryos/view"
"""Among a result's `_meta`, which no model reads: what is shown of it."""

SHOWN: Final = frozenset({"retrieve_memory", "get_user_profile", "forget_memory"})
"""Tools whose replies are shown."""

SHOW_TOOL: Final = "show_memory"
_MOST_ADDRESS: Final = 4_000

SHOWS_APPS: ContextVar[bool] = ContextVar("shows_apps", default=False)
"""Whether the client of the call at hand shows documents of servers."""


@dataclass(frozen=True, slots=True)
class InChat:
    """What is shown to the person, as HTML, and what is said of it to whoever else reads the reply."""

    html: str
    said: str


@dataclass(frozen=True, slots=True)
class ChatViews:
    """What shows a memory inside a chat; nothing of it is loaded before a host asks.

    `document` is what the host puts into a frame, `of_reply` what is shown of a tool's reply (by the memory, the tool's
    name, its arguments and the reply), and `show` what is at an address, or comes of a form that is sent there.
    """

    document: Callable[[], str]
    of_reply: Callable[[Memoryos, str, Mapping[str, Any], BaseModel], str | None]
    show: Callable[[Memoryos, str, Mapping[str, str] | None], InChat]


def extension(views: ChatViews) -> Apps:
    """What the SDK is given: that the server has the extension, and the document."""
    apps = Apps()
    apps.add_resource(
        FunctionResource(
            uri=URI,
            name="memory",
            title="The memory",
            mime_type=APP_MIME_TYPE,
            fn=views.document,
            meta={"ui": {"csp": {}, "prefersBorder": True}},  # no domain may be reached
        )
    )
    return apps


def add_show_tool(server: MCPServer[Any], session: MemorySession, views: ChatViews) -> None:
    """Offer the tool by which the document asks for views and sends forms, through its host."""

    def show_memory(
        address: Annotated[str, Field(description="of a view")],
        fields: Annotated[dict[str, str] | None, Field(description="of a form that is sent there")] = None,
    ) -> CallToolResult:
        if len(address) > _MOST_ADDRESS:
            raise ToolError(f"address: got {len(address)} characters; accepted: at most {_MOST_ADDRESS}")
        try:
            with session.using() as memory:
                shown = views.show(memory, address, fields)
        except MemoryOSError as error:
            raise ToolError(str(error)) from error
        return CallToolResult(content=[TextContent(type="text", text=shown.said)], _meta={VIEW: shown.html})

    server.add_tool(
        show_memory,
        name=SHOW_TOOL,
        description="For the memory's document in the chat: what the person opens in it, and what they do there.",
        annotations=ToolAnnotations(title="Open the memory", open_world_hint=False),
        structured_output=False,
    )


def meta_of(tool: str) -> dict[str, Any] | None:
    """What a host that shows documents is told of a tool; None where there is nothing to tell."""
    if tool == SHOW_TOOL:
        return {"ui": {"resourceUri": URI, "visibility": ["app"]}}
    return {"ui": {"resourceUri": URI}} if tool in SHOWN else None
