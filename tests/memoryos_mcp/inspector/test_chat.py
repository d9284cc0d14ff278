"""The memory inside a chat: hosts that show documents get views with the replies, and others get nothing of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from chat_host import chat_client
from hostile_talk import TALK
from mcp import Client
from mcp_types import CallToolResult, TextContent, TextResourceContents
from tool_calls import called, idle

from memoryos_mcp.inspector.chat import document
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.tools.chat import URI, VIEW

OpenSession = Callable[..., MemorySession]
ALLOWED = frozenset(
    "div nav p h1 h2 form input label button ul ol li dl dt dd section article time table caption thead tbody tr th td"
    " a span svg rect line polygon figure figcaption br details summary strong em bdi mark code".split()
)
SETTINGS = {"timezone": "UTC", "consolidation_idle_seconds": 0, "short_term_capacity": 2}


class Markup(HTMLParser):
    """What a browser would make of a view: its elements, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "src", "srcset", "formaction"):
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "action") and not re.match(r"/(?!/)", value or ""):
                self.wrong.append(f"{tag} {name}={value}")


def wrong_in(html: str) -> list[str]:
    markup = Markup()
    markup.feed(html)
    markup.close()
    return markup.wrong


def seen(result: object) -> str:
    """The view that came with a reply."""
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    html = (result.meta or {})[VIEW]
    assert isinstance(html, str)
    return html


async def show(client: Client, address: str, **fields: str) -> tuple[str, str]:
    """A view of the memory by its address, or what comes of a form, and what is said of it."""
    given: dict[str, Any] = {"address": address, **({"fields": fields} if fields else {})}
    result = await client.call_tool("show_memory", given)
    (content,) = result.content
    assert isinstance(content, TextContent)
    return seen(result), content.text


async def test_a_client_without_the_extension_is_told_and_sent_nothing_of_it(open_session: OpenSession) -> None:
    session = open_session(tools="standard")
    async with Client(build_server(session)) as client:
        tools = (await client.list_tools()).tools
        resources = (await client.list_resources()).resources
    async with chat_client(session, shows=False) as client:
        assert (await client.list_tools()).tools == tools
        assert (await client.list_resources()).resources == resources
        reply = await client.call_tool("get_user_profile", {})
        refused = await client.call_tool("show_memory", {"address": "/"})

    assert isinstance(reply, CallToolResult)
    assert VIEW not in (reply.meta or {})
    assert isinstance(refused, CallToolResult)
    assert (refused.is_error, refused.content[0]) == (True, TextContent(type="text", text="Unknown tool: show_memory"))


async def test_a_host_is_told_which_tools_are_shown_and_where(open_session: OpenSession) -> None:
    async with chat_client(open_session(tools="standard")) as client:
        tools = {tool.name: tool.meta for tool in (await client.list_tools()).tools}
        (found,) = [each for each in (await client.list_resources()).resources if each.uri == URI]
        (content,) = (await client.read_resource(URI)).contents

    shown = {"ui": {"resourceUri": URI}}
    assert tools == {
        "add_memory": None,
        "retrieve_memory": shown,
        "get_user_profile": shown,
        "forget_memory": shown,
        "list_memories": None,
        "correct_memory": None,
        "show_memory": {"ui": {"resourceUri": URI, "visibility": ["app"]}},
    }
    assert found.mime_type == "text/html;profile=mcp-app"
    assert isinstance(content, TextResourceContents)
    assert (content.text, content.mime_type) == (document(), "text/html;profile=mcp-app")
    assert (content.meta or {})["ui"] == {"csp": {}, "prefersBorder": True}


def test_the_document_loads_nothing_and_runs_its_own_script_only() -> None:
    html = document()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; base-uri 'none'; "
        r"form-action 'none'",
        policy[1],
    )
    assert re.findall(r"https?:|\bsrc=|url\(|@import|unsafe|eval\(", html) == []
    assert html.count("<script>") == html.count("<style>") == 1
    assert len(html) < 32_000


async def test_replies_come_with_what_is_shown_of_them(open_session: OpenSession) -> None:
    async with chat_client(open_session(tools="standard", **SETTINGS)) as client:
        for number, (user_input, agent_response) in enumerate(TALK):
            stamp = f"2026-03-{number + 1:02d} 09:30:00"
            await called(client, "add_memory", user_input=user_input, agent_response=agent_response, timestamp=stamp)
        await idle(client)
        recalled = seen(await client.call_tool("retrieve_memory", {"query": "What am I allergic to?"}))
        profile = seen(await client.call_tool("get_user_profile", {}))
        preview = seen(await client.call_tool("forget_memory", {"about": "nuts", "dry_run": True}))
        gone = seen(await client.call_tool("forget_memory", {"about": "weather", "confirm": True}))

    assert "I am allergic to nuts &amp; &lt;i&gt;milk&lt;/i&gt;" in recalled
    assert "What is known" in profile
    assert re.search(r'name="token" value="\w+"', preview)
    assert 'name="about" value="nuts"' in preview
    assert "<h1>Forgotten</h1>" in gone
    assert [wrong_in(view) for view in (recalled, profile, preview, gone)] == [[]] * 4
    assert max(map(len, (recalled, profile, preview, gone))) < 40_000


ADDRESSES = (
    *("/", "/search?q=nuts", "/knows", "/knows/old", "/topics", "/time?month=2026-03", "/time/2026-03-01", "/rules"),
    *(
        "/health",
        "/forget",
        "/forget?everything=yes",
        "/fact/UNKNOWN",
        "/nothing",
        "//evil.example/",
        "/forget?topic=x",
    ),
)


async def test_every_view_of_the_pages_is_there_and_nothing_of_a_hostile_talk_runs(open_session: OpenSession) -> None:
    async with chat_client(open_session(**SETTINGS)) as client:
        for number, (user_input, agent_response) in enumerate(TALK):
            stamp = f"2026-03-{number + 1:02d} 09:30:00"
            await called(client, "add_memory", user_input=user_input, agent_response=agent_response, timestamp=stamp)
        await idle(client)
        shown = {address: (await show(client, address))[0] for address in ADDRESSES}
        links = sorted(
            {link for view in shown.values() for link in re.findall(r'href="(/(?:page|fact|topics)/\w+)"', view)}
        )
        shown |= {address: (await show(client, address))[0] for address in links}

    assert len(links) > len(TALK)
    assert {address: wrong_in(view) for address, view in shown.items() if wrong_in(view)} == {}
    assert all("Not there" in shown[address] for address in ("/fact/UNKNOWN", "/nothing"))
    assert "Not done" in shown["/forget?topic=x"]
    assert not any("<html" in view or "csrf=" in view for view in shown.values())


async def test_what_a_person_does_in_the_chat_is_done(open_session: OpenSession) -> None:
    session = open_session(**SETTINGS)
    async with chat_client(session) as client:
        await called(client, "add_memory", user_input="I have a cat called Mochi.", agent_response="Lovely.")
        await called(client, "add_memory", user_input="I saw a zebra.", agent_response="Where?")
        await idle(client)
        with session.using() as memory:
            (fact,) = [fact for fact in memory.user_knowledge() if "Mochi" in fact.text]
        html, said = await show(client, f"/fact/{fact.id}/correct", text="I have a cat called Miso.")
        assert ("I have a cat called Miso." in html, "Kept as your own word" in html) == (True, True)
        assert said == "The user did something in the memory by hand (corrected): look up again what you know from it."
        assert "Mochi" not in said

        preview, _ = await show(client, "/forget?about=zebra")
        token = re.search(r'name="token" value="(\w+)"', preview)
        assert token is not None
        nothing, said = await show(client, "/forget", about="zebra", token="0" * 32)
        assert ("Not done" in nothing, said) == (True, "nothing was changed")
        gone, _ = await show(client, "/forget", about="zebra", token=token[1])
        assert "Forgotten, with everything that stood on it." in gone
        assert (await show(client, "/search", q="x"))[1] == "there is no such form"
        with session.using() as memory:
            assert [page.user_input for page in memory.browsing.pages(9).pages] == ["I have a cat called Mochi."]
            assert [(each.actor, each.action) for each in memory.audit()] == [
                ("person", "forget"),
                ("person", "correct"),
            ]


async def test_the_chat_shows_what_the_agent_sees_of_projects(open_session: OpenSession) -> None:
    session = open_session(**SETTINGS)
    async with chat_client(session) as client:
        await called(client, "add_memory", user_input="I like tea.", agent_response="", project="acme")
        await called(client, "add_memory", user_input="I like coffee.", agent_response="")
        view, _ = await show(client, "/")
        everything = {"query": "What do I like?", "filter": {"project": "*"}}
        recalled = seen(await client.call_tool("retrieve_memory", everything))
        (of_acme,) = re.findall(
            r'href="(/page/\w+)">\s*<span class="side"><span class="who">you</span>[^>]*>I like tea', recalled
        )
        page, _ = await show(client, of_acme)
        preview, _ = await show(client, of_acme.replace("/page/", "/forget?page="))
        token = re.search(r'name="token" value="(\w+)"', preview)
        assert token is not None
        gone, _ = await show(client, "/forget", page=of_acme.removeprefix("/page/"), token=token[1])

        widened = [await show(client, f"/search?q=like&page={page}") for page in ("", "1")]
        widened += [await show(client, address) for address in ("/?page=1", "/forget?everything=yes&page=,")]

    assert ("coffee" in view, "tea" in view) == (True, False)
    assert [("coffee" in view, "tea" in view) for view, _ in widened] == [(True, False)] * 4
    assert ("coffee" in recalled, "I like tea." in page) == (True, True)
    assert "Forgotten, with everything that stood on it." in gone


@pytest.mark.parametrize("address", ["x" * 5_000, "/" + "x" * 4_000])
async def test_an_endless_address_is_refused(open_session: OpenSession, address: str) -> None:
    async with chat_client(open_session()) as client:
        result = await client.call_tool("show_memory", {"address": address})

    assert isinstance(result, CallToolResult)
    assert result.is_error
