"""Where a server shows a memory to people, beside its tools: pages of its own, and views inside the chat.

Templates and what renders them are loaded when somebody looks, as most servers are never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memoryos_mcp.tools.chat import ChatViews, InChat

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.types import ASGIApp

    from memoryos import Memoryos
    from memoryos_mcp.auth.sign_in import SignIn
    from memoryos_mcp.session import MemorySession


def pages(session: MemorySession, signing_in: SignIn | None) -> ASGIApp:
    """The pages at `/inspect` of a server over HTTP."""
    from memoryos_mcp.commands.inspect import served

    return served(session, signing_in)


def chat_views() -> ChatViews:
    """What shows a memory inside the chat."""
    return ChatViews(document=_document, of_reply=_of_reply, show=_show)


def _document() -> str:
    from memoryos_mcp.inspector.chat import document

    return document()


def _of_reply(memory: Memoryos, tool: str, given: Mapping[str, Any], reply: BaseModel) -> str | None:
    from memoryos_mcp.inspector.chat import of_reply

    return of_reply(memory, tool, given, reply)


def _show(memory: Memoryos, address: str, fields: Mapping[str, str] | None) -> InChat:
    from memoryos_mcp.inspector.chat import show

    return show(memory, address, fields)
