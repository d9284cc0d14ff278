"""A real Chromium of the machine, not one that Playwright fetches; MEMORYOS_CHROMIUM names another one. With AXE_CORE,
the path of axe-core's axe.min.js, what is shown is examined by that as well."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = os.environ.get("MEMORYOS_CHROMIUM") or shutil.which("chromium")
AXE = os.environ.get("AXE_CORE")

# It looks for updates and hosts of its own otherwise, and as root it has no sandbox.
_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
_BOUND_MS = 20_000


@contextmanager
def chromium() -> Iterator[Any]:
    """Within it, a browser."""
    from playwright.sync_api import sync_playwright  # which only these tests need

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


def serious_in(frame: Any) -> list[tuple[str, list[str]]]:
    """What axe-core finds in a page or frame that keeps people out; nothing where it is not there."""
    if AXE is None:
        return []
    frame.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found = frame.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (violation["id"], [node["html"][:120] for node in violation["nodes"][:3]])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


@dataclass(slots=True)
class Watched:
    """A page of the browser, with all that went wrong in it."""

    page: Any
    base: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(_BOUND_MS)
        self.page.on("console", lambda message: self._hear(message))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self._note(request.url))

    def _hear(self, message: Any) -> None:
        if message.type != "debug":  # by which a host's library tells of each message
            self.wrong.append(f"console: {message.text}")

    def _note(self, url: str) -> None:
        if not url.startswith(self.base):
            self.wrong.append(f"request: {url}")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def check(self, width: int) -> None:
        """Nothing ran, nothing was asked of elsewhere, nothing stands out of the window, axe finds nothing serious."""
        assert self.page.evaluate("window.pwned") is None
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        assert self.page.locator("main").count() == 1
        assert self.page.locator("main").is_visible()
        assert self.wrong == []
        assert serious_in(self.page) == [], self.page.url
