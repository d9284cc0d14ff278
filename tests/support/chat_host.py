"""A client that shows documents of servers in its chat, as far as the protocol tells of it."""

from __future__ import annotations

from typing import Any

from mcp import Client
from mcp.client.extension import ClientExtension
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID

from memoryos_mcp.commands.surfaces import chat_views
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession


class ShowsApps(ClientExtension):
    """What such a client declares."""

    identifier = EXTENSION_ID

    def settings(self) -> dict[str, Any]:
        return {"mimeTypes": [APP_MIME_TYPE]}


def chat_client(session: MemorySession, *, shows: bool = True) -> Client:
    """A client of a server that has views for the chat."""
    server = build_server(session, views=chat_views())
    return Client(server, extensions=[ShowsApps()] if shows else [])
