"""Links that add the server to a client when they are opened, in the forms of the clients' own documentation."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode


def cursor(name: str, entry: Mapping[str, object]) -> str:
    """Cursor's deep link: the entry as JSON in base64 (https://cursor.com/docs/mcp/install-links)."""
    config = base64.b64encode(_compact(entry)).decode()
    return f"cursor://anysphere.cursor-deeplink/mcp/install?{urlencode({'name': name, 'config': config})}"


def vscode(name: str, entry: Mapping[str, object]) -> str:
    """VS Code's link: the entry with its name as JSON, percent-encoded (its guide for developers of MCP servers)."""
    return f"vscode:mcp/install?{quote(_compact({'name': name, **entry}), safe='')}"


def _compact(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
