"""The memory inside a chat in a real Chromium: in a host of our own that speaks the protocol's documented messages and,
where APP_BRIDGE names its bundle (`.ci/run` makes one), in one that the protocol's own library makes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from chat_host import chat_client
from chromium import CHROMIUM, Watched, chromium, serious_in
from hostile_talk import TALK
from mcp import Client
from mcp_types import CallToolResult
from tool_calls import idle

from memoryos import load_config
from memoryos_mcp.inspector.chat import document
from memoryos_mcp.session import MemorySession

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

BRIDGE = os.environ.get("APP_BRIDGE")
SUPPORT = Path(__file__).parents[2] / "support"
AT, SANDBOX = "http://chat.test/", "http://chat.test:81/"
SANDBOX_POLICY = (
    "default-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:;"
    " connect-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'"
)
"""That of the protocol's example of a host for a document that wants nothing."""
ALL: dict[str, Any] = {"serverTools": {}, "updateModelContext": {"text": {}}}
SAID = (
    ("My name is Tom and I live in Bern.", "Nice to meet you, Tom!"),
    ("I am allergic to nuts.", "No nuts, then."),
    ("I have a cat called Mochi.", "A lovely name."),
    ("I saw a zebra at the zoo.", "How many stripes?"),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; MEMORYOS_CHROMIUM names one"),
]


@dataclass(frozen=True, slots=True)
class Server:
    """A server with a memory, and a client of it on another thread."""

    client: Client
    portal: BlockingPortal

    def call(self, tool: str, given: dict[str, Any]) -> dict[str, Any]:
        """A result as the wire has it."""
        result = self.portal.call(self.client.call_tool, tool, given)
        assert isinstance(result, CallToolResult)
        wire: dict[str, Any] = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        return wire


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose memory heard an honest and a hostile talk."""
    given = {
        "data_storage_path": str(tmp_path_factory.mktemp("chat")),
        "user_id": "tom",
        "timezone": "UTC",
        "tools": "standard",
        "consolidation_idle_seconds": 0,
        "short_term_capacity": 2,
    }
    session = MemorySession(load_config(None, environ={}, arguments=given))

    @asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        async with chat_client(session) as client:
            for number, (user_input, agent_response) in enumerate((*TALK, *SAID)):
                said = {"user_input": user_input, "agent_response": agent_response}
                await client.call_tool("add_memory", {**said, "timestamp": f"2026-03-{number + 1:02d} 09:30:00"})
            await idle(client, pause=0.05)
            yield client

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(connected()) as client:
        yield Server(client, portal)
    session.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@dataclass(slots=True)
class Chat:
    """A host with the memory in a frame of it."""

    watched: Watched
    server: Server
    frames: int = 1

    @property
    def page(self) -> Any:
        return self.watched.page

    @property
    def memory(self) -> Any:
        """What stands in the frame."""
        found = self.page
        for _ in range(self.frames):
            found = found.frame_locator("iframe")
        return found

    @property
    def frame(self) -> Any:
        return self.page.frames[self.frames]

    def heading(self) -> str:
        return str(self.memory.locator("h1").inner_text())

    def check(self, width: int) -> None:
        """Nothing ran, nothing was asked of elsewhere, nothing stands out of the frame, axe finds nothing serious."""
        assert self.frame.evaluate("window.pwned") is None
        assert self.frame.evaluate("document.documentElement.scrollWidth") <= width
        assert serious_in(self.frame) == []
        assert self.watched.wrong == []


Start = Callable[..., Chat]


@pytest.fixture(params=["plain", pytest.param("bridge", marks=pytest.mark.skipif(BRIDGE is None, reason="no bundle"))])
def start(request: pytest.FixtureRequest, browser: Any, server: Server) -> Iterator[Start]:
    """A function that shows a tool's reply in a host with some abilities."""
    context = browser.new_context(viewport={"width": 700, "height": 900})
    page = context.new_page()
    page.route(f"{AT}**", lambda route: route.fulfill(path=SUPPORT / "chat_host.html"))
    policy = {"content-type": "text/html; charset=utf-8", "content-security-policy": SANDBOX_POLICY}
    page.route(f"{SANDBOX}**", lambda route: route.fulfill(path=SUPPORT / "chat_sandbox.html", headers=policy))
    watched = Watched(page, AT.rstrip("/"))
    page.goto(AT)
    if request.param == "bridge":
        page.evaluate(f"{Path(str(BRIDGE)).read_text(encoding='utf-8')}; window.Host = Host")
    page.expose_function("callTool", lambda tool, given: server.call(tool, given))

    def show(
        tool: str, given: dict[str, Any], abilities: dict[str, Any] = ALL, *, theme: str = "light", width: int = 700
    ) -> Chat:
        page.set_viewport_size({"width": width, "height": 900})
        result = server.call(tool, given)
        start = {"html": document(), "abilities": abilities, "theme": theme, "arguments": given, "result": result}
        page.evaluate("start", {**start, "sandbox": SANDBOX})
        chat = Chat(watched, server, 2 if request.param == "bridge" else 1)
        chat.memory.locator("main[aria-busy=false]").wait_for()
        return chat

    yield show
    context.close()


REPLIES = {
    "recall": ("retrieve_memory", {"query": "What am I allergic to?"}, "Recalled"),
    "profile": ("get_user_profile", {}, "What is known"),
    "forgetting": ("forget_memory", {"about": "nuts", "dry_run": True}, "Forget"),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [700, 375])
@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_shown_whole_in_each_theme_and_on_a_phone(start: Start, reply: str, theme: str, width: int) -> None:
    tool, given, heading = REPLIES[reply]
    chat = start(tool, given, theme=theme, width=width)

    assert chat.heading() == heading
    chat.check(width)
    ground = chat.frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 21, 23)") is (theme == "dark")
    chat.page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 200")
    chat.page.evaluate("setTheme", "dark" if theme == "light" else "light")
    chat.memory.locator(f"html[data-theme={'dark' if theme == 'light' else 'light'}]").wait_for()


def test_every_exchange_opens_in_its_place_and_nothing_of_it_runs(start: Start) -> None:
    chat = start("retrieve_memory", {"query": "What am I allergic to?"}, width=375)
    chat.memory.get_by_role("link", name="Time").click()
    chat.memory.get_by_role("heading", name="March 2026").wait_for()
    days = chat.memory.locator("td a").count()
    assert days == len(TALK) + len(SAID)
    for day in range(len(TALK)):
        chat.memory.locator("td a").nth(day).click()
        chat.memory.locator("li.page a.said").first.click()
        chat.memory.locator("article.exchange").wait_for()
        chat.check(375)
        for _ in range(2):
            chat.memory.get_by_role("button", name="Back").click()
        chat.memory.locator("table.calendar").wait_for()


def test_a_fact_is_corrected_through_the_host_and_the_model_told_that_something_changed(start: Start) -> None:
    chat = start("get_user_profile", {})
    fact = chat.memory.locator("a.said", has_text=re.compile(r"I have a cat called \w+\.")).first
    old = fact.inner_text()
    new = "I have a cat called Miso." if "Mochi" in old else "I have a cat called Mochi."
    fact.click()
    chat.memory.get_by_label("How it is, in your words").fill(new)
    chat.page.keyboard.press("Enter")
    chat.memory.get_by_role("status").filter(has_text="Kept as your own word").wait_for()
    assert chat.heading() == new
    chat.check(700)
    chat.page.wait_for_function("told.length === 1")

    assert chat.page.evaluate("told[0].content[0].text") == (
        "The user did something in the memory by hand (corrected): look up again what you know from it."
    )
    known = json.loads(chat.server.call("get_user_profile", {})["content"][0]["text"])["user_knowledge"]
    assert [each["knowledge"] for each in known if "cat" in each["knowledge"]] == [new]


def test_what_would_go_is_shown_and_goes_when_the_person_says_so(start: Start, server: Server) -> None:
    server.call("add_memory", {"user_input": "I met a yak.", "agent_response": "Where?"})
    chat = start("forget_memory", {"about": "yak", "dry_run": True})
    button = chat.memory.locator("button.delayed")
    assert not button.is_visible()
    assert chat.memory.locator("li.page").count() == 1

    button.wait_for(state="visible")
    button.press("Enter")
    chat.memory.get_by_role("status").filter(has_text="Forgotten").wait_for()
    reply = json.loads(chat.server.call("forget_memory", {"about": "yak", "dry_run": True})["content"][0]["text"])
    assert reply["pages"] == 0
    assert chat.watched.wrong == []


def test_a_host_that_offers_nothing_still_shows_what_came(start: Start) -> None:
    chat = start("get_user_profile", {}, {})

    assert chat.heading() == "What is known"
    assert not chat.memory.locator("form").first.is_visible()
    assert not chat.memory.locator("nav").is_visible()
    chat.memory.locator("a.said").first.click()
    assert chat.heading() == "What is known"
    chat.check(700)
    assert "tools/call" not in chat.page.evaluate("heard")


def test_a_reply_without_a_view_is_shown_as_its_text(start: Start) -> None:
    chat = start("list_memories", {"kind": "exclusions"}, {})

    assert json.loads(chat.memory.locator("main .whole").inner_text()) == {
        "status": "success",
        "kind": "exclusions",
        "items": [],
    }
    chat.check(700)


def test_a_script_put_into_the_frame_does_not_run(start: Start) -> None:
    chat = start("get_user_profile", {})

    chat.frame.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.ran = 1';"
        " document.body.append(made) }"
    )
    assert chat.frame.evaluate("window.ran") is None
    assert [line for line in chat.watched.wrong if "Content Security Policy" in line] == chat.watched.wrong != []


def test_where_no_host_answers_the_document_waits(browser: Any, server: Server) -> None:
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(path=SUPPORT / "chat_host.html"))
    page.goto(AT)
    page.evaluate("start", {"html": document(), "silent": True, "theme": "light"})

    assert page.frame_locator("iframe").locator("main").inner_text() == "Waiting for the memory …"
    page.close()
