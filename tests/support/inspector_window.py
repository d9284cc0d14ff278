"""A browser's view of an inspector, without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from starlette.testclient import TestClient

from memoryos import Memoryos
from memoryos_mcp.inspector.door import LinkDoor

PORT = 4567
NOW = datetime(2026, 3, 20, tzinfo=timezone.utc)
ORIGIN = f"http://127.0.0.1:{PORT}"
_CSRF = re.compile(r'name="csrf" value="([\w-]+)"')


@dataclass(frozen=True, slots=True)
class Window:
    """A browser that came in: what it sees and sends, below the door's prefix."""

    http: TestClient
    door: LinkDoor
    memory: Memoryos

    def see(self, path: str) -> str:
        """The page at an address, which has to be there."""
        answer = self.http.get(f"{self.door.prefix}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """The status of a form that is sent, and where that leads, or what it says."""
        csrf = _CSRF.search(self.see("/rules"))
        assert csrf is not None
        answer = self.http.post(
            f"{self.door.prefix}{path}", data={"csrf": csrf[1], **fields}, headers={"origin": ORIGIN}
        )
        return answer.status_code, answer.headers.get("location", "").removeprefix(self.door.prefix) or answer.text
