"""The memory at /inspect of a server: off by default, behind its sign-in or a link that works once, each their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from http_app import HOME, HttpApp, Reply, running
from identity_provider import AUDIENCE, identity_provider

from memoryos import Config, ConfigError
from memoryos_mcp.auth.tokens import TokenStore
from memoryos_mcp.commands.inspect import link
from memoryos_mcp.inspector.door import BROWSER_LASTS, COOKIE, HEADERS, Browsers
from memoryos_mcp.inspector.one_time import LINK_LASTS, OneTimeTokens
from memoryos_mcp.settings import load_server_config
from memoryos_mcp.tools.chat import VIEW

Start = Callable[..., HttpApp]
SERVED = {"transport": "streamable-http", "inspect": True}
FORM = {"content-type": "application/x-www-form-urlencoded", "origin": HOME}
NOW = datetime(2026, 3, 20, tzinfo=timezone.utc)


@dataclass(slots=True)
class Browser:
    """A browser at a server: it keeps the cookie that it gets."""

    server: HttpApp
    cookie: str = ""
    prefix: str = "/inspect"

    def get(self, path: str, **headers: str) -> Reply:
        return self.server.request("GET", f"{self.prefix}{path}", headers={"cookie": self.cookie, **headers})

    def post(self, path: str, headers: Mapping[str, str] = FORM, **fields: str) -> Reply:
        body = urlencode(fields).encode()
        return self.server.request("POST", f"{self.prefix}{path}", body, headers={"cookie": self.cookie, **headers})

    def enter(self, token: str) -> int:
        """The status of showing a token; the cookie is kept."""
        reply = self.server.request("POST", "/inspect/enter", urlencode({"token": token}).encode(), headers=FORM)
        self.cookie = reply.headers.get("set-cookie", "").partition(";")[0]
        self.prefix = reply.headers.get("location", "/inspect/").removesuffix("/")
        return reply.status

    def csrf(self) -> str:
        found = re.search(rb'name="csrf" value="([\w-]+)"', self.get("/rules").body)
        assert found is not None
        return found[1].decode()


@pytest.fixture
def tokens(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "data", lambda: datetime.now(timezone.utc))


@pytest.fixture
def start(make_config: Callable[..., Config]) -> Iterator[Start]:
    """A function that starts a server with pages for people, with further settings."""
    with ExitStack() as started:

        def start_one(**settings: object) -> HttpApp:
            return started.enter_context(running(make_config(**{**SERVED, **settings})))

        yield start_one


def opened(server: HttpApp) -> Browser:
    """A browser that followed a link of the command."""
    config = server.session.config
    browser = Browser(server)
    token = OneTimeTokens(Path(config.data_storage_path), lambda: datetime.now(timezone.utc)).create()
    assert browser.enter(token) == 303
    return browser


def test_a_server_shows_nothing_unless_it_is_told_to(start: Start) -> None:
    server = start(inspect=False)

    assert [server.request("GET", path).status for path in ("/inspect", "/inspect/", "/inspect/enter")] == [404] * 3


def test_the_bare_address_leads_in(start: Start) -> None:
    server = start()

    bare = server.request("GET", "/inspect")
    assert (bare.status, bare.headers["location"]) == (303, "/inspect/")
    assert b"inspect --link" in server.request("GET", "/inspect/").body
    assert server.request("GET", "/inspect", headers={"host": "evil.example"}).status == 421


# A link that works once


def test_a_link_of_the_command_opens_the_memory_once(
    start: Start, make_config: Callable[..., Config], capsys: pytest.CaptureFixture[str]
) -> None:
    server = start(user_id="tom")
    server.call(None, "add_memory", user_input="I like green tea.", agent_response="Noted.")
    assert link(make_config(**SERVED, user_id="tom"), port=8765) == 0
    printed = capsys.readouterr().out.strip()
    token = re.fullmatch(rf"{HOME}/inspect/enter\?token=([\w-]{{43}})", printed)
    assert token is not None
    looked = server.request("GET", f"/inspect/enter?token={token[1]}")
    assert looked.status == 200  # whoever looks at a link does not use it up

    browser = Browser(server)
    assert browser.enter(token[1]) == 303
    assert re.fullmatch(r"/inspect/[\w-]{16}", browser.prefix)
    assert "I like green tea." in browser.get("/").body.decode()
    assert Browser(server).enter(token[1]) == 403
    assert Browser(server).enter("x" * 43) == 403


def test_a_cookie_goes_to_addresses_that_nobody_can_guess(start: Start) -> None:
    server = start()
    token = OneTimeTokens(Path(server.session.config.data_storage_path), lambda: datetime.now(timezone.utc)).create()
    reply = server.request("POST", "/inspect/enter", urlencode({"token": token}).encode(), headers=FORM)

    prefix = reply.headers["location"]
    assert re.fullmatch(
        rf"{COOKIE}=[\w-]{{43}}; Path={re.escape(prefix)}; HttpOnly; SameSite=Strict", reply.headers["set-cookie"]
    )
    assert server.request("GET", "/inspect/knows").status == 404


def test_a_link_is_good_for_ten_minutes_and_leaves_no_file(tmp_path: Path) -> None:
    now = [NOW]
    tokens = OneTimeTokens(tmp_path, lambda: now[0])
    first, second = tokens.create(), tokens.create()
    now[0] += LINK_LASTS - timedelta(seconds=1)
    assert tokens.use(first)
    assert not tokens.use(first)
    now[0] += timedelta(seconds=1)
    assert not tokens.use(second)
    tokens.create()
    now[0] += LINK_LASTS
    tokens.create()

    (left,) = (tmp_path / "links").iterdir()
    assert re.fullmatch(r"[0-9a-f]{64}", left.name)


def test_a_browser_is_let_in_for_half_a_day() -> None:
    now = [NOW]
    browsers = Browsers("/inspect", lambda: now[0], BROWSER_LASTS)
    cookie = {"cookie": browsers.welcome("https").partition(";")[0]}
    now[0] += BROWSER_LASTS - timedelta(seconds=1)
    assert browsers.find(cookie) is not None
    now[0] += timedelta(seconds=1)

    assert browsers.find(cookie) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"inspect": False}, "inspect: false: set it to true"),
        ({"auth": "tokens"}, "open http://127.0.0.1:8765/inspect and show yours"),
    ],
)
def test_no_link_is_printed_that_leads_nowhere(
    make_config: Callable[..., Config], settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        link(make_config(**{**SERVED, **settings}), port=None)


# The server's sign-in


def test_each_user_sees_their_own_memory_and_no_other(start: Start, tokens: TokenStore) -> None:
    server = start(auth="tokens")
    said = {"alice": "I like green tea.", "bob": "I saw a zebra."}
    token = {user: tokens.create(user)[0] for user in said}
    for user, text in said.items():
        assert server.call(token[user], "add_memory", user_input=text, agent_response="Noted.")[0]
    browsers = {user: Browser(server) for user in said}
    assert {user: browser.enter(token[user]) for user, browser in browsers.items()} == {"alice": 303, "bob": 303}

    seen = {user: browser.get("/").body.decode() for user, browser in browsers.items()}
    assert {user: [text in page for text in said.values()] for user, page in seen.items()} == {
        "alice": [True, False],
        "bob": [False, True],
    }
    with server.session._pool.using("bob") as memory:
        (page,) = memory.browsing.pages(1).pages
    assert browsers["alice"].get(f"/page/{page.id}").status == 404
    assert browsers["bob"].get(f"/page/{page.id}").status == 200
    assert browsers["alice"].post("/exclude", csrf=browsers["alice"].csrf(), about="zebra").status == 303
    assert b"zebra" not in browsers["bob"].get("/rules").body
    assert browsers["bob"].post("/exclude", csrf=browsers["alice"].csrf(), about="x").status == 403


def test_a_browser_is_a_stranger_once_its_token_is_revoked_or_it_leaves(start: Start, tokens: TokenStore) -> None:
    server = start(auth="tokens")
    text, kept = tokens.create("alice")
    first, second = Browser(server), Browser(server)
    assert [first.enter(text), second.enter(text)] == [303, 303]
    left = second.post("/leave", csrf=second.csrf())
    assert (left.status, left.headers["location"]) == (303, "/inspect/enter")
    assert left.headers["set-cookie"].startswith(f"{COOKIE}=; Path=/inspect/; HttpOnly; SameSite=Strict; Max-Age=0")
    assert [first.get("/").status, second.get("/").status] == [200, 401]
    tokens.revoke(kept.id)

    assert first.get("/").status == 401
    assert first.enter(text) == 403


def test_neither_a_service_nor_a_made_up_token_comes_in_and_each_try_is_logged(
    start: Start, tokens: TokenStore, caplog: pytest.LogCaptureFixture
) -> None:
    server = start(auth="tokens")
    service, _ = tokens.create("s", is_service=True)

    assert [Browser(server).enter(token) for token in (service, "", "x", "mos_" + "0" * 12 + "_" + "A" * 43)] == [
        403
    ] * 4
    assert server.session.open_users() == ()
    assert caplog.text.count("refused a request of 127.0.0.1: a foreign origin, or a form with what is not valid") == 4


def test_the_token_of_an_identity_provider_opens_until_it_expires(start: Start) -> None:
    with identity_provider() as provider:
        server = start(auth="jwt", jwt_issuer=provider.issuer, jwt_jwks_url=provider.keys_url, public_url=AUDIENCE)
        browser = Browser(server)
        assert browser.enter(provider.token()) == 303
        assert b"alice" in browser.get("/").body
        expired = provider.token(exp=datetime(2020, 1, 1, tzinfo=timezone.utc))
        assert Browser(server).enter(expired) == 403
        assert Browser(server).enter(provider.token(aud="https://other.example")) == 403


def test_what_lies_on_the_servers_machine_is_not_shown_to_those_who_sign_in(
    start: Start, tokens: TokenStore, tmp_path: Path
) -> None:
    server = start(auth="tokens")
    browser = Browser(server)
    browser.enter(tokens.create("alice")[0])

    page = browser.get("/health?examine=yes").body.decode()
    assert (str(tmp_path) in page, "Examine" in page) == (False, False)
    own = opened(start())
    assert str(tmp_path) in own.get("/health?examine=yes").body.decode()


# What is refused at either


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example:8765", "127.0.0.1:x"])
@pytest.mark.parametrize("path", ["/", "/enter", "/style.css"])
def test_another_name_for_this_server_is_refused(start: Start, host: str, path: str) -> None:
    """A name that was led here by DNS rebinding."""
    browser = opened(start())
    at = "/inspect" if path == "/enter" else browser.prefix

    assert browser.server.request("GET", f"{at}{path}", headers={"host": host}).status == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8765"},
        {"origin": "http://127.0.0.1:8766"},
        {"origin": HOME, "sec-fetch-site": "cross-site"},
        {},
    ],
)
def test_a_form_of_another_page_is_refused_also_where_that_may_call_the_tools(
    start: Start, headers: dict[str, str]
) -> None:
    server = start(allowed_origins=["http://evil.example"])
    browser = opened(server)
    sent = {"content-type": FORM["content-type"], **headers}

    assert browser.post("/exclude", sent, csrf=browser.csrf(), about="nuts").status == 403
    shown = browser.get("/", origin="http://evil.example")
    assert [name for name in shown.headers if name.startswith("access-control")] == []
    assert browser.get("/rules").body.count(b'class="rule"') == 0


def test_every_answer_has_the_headers_and_a_form_needs_its_token(start: Start) -> None:
    browser = opened(start())
    answers = [browser.get(path) for path in ("/", "/knows", "/style.css", "/exclude", "/nothing")]
    answers += [browser.post("/exclude", about="nuts"), browser.post("/exclude", about="nuts", csrf="guess")]

    assert [answer.status for answer in answers] == [200, 200, 200, 405, 404, 403, 403]
    for answer in answers[:3] + answers[5:]:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("proxies", "public", "status"),
    [(["127.0.0.1"], "", 303), ([], "https://memory.example/mcp", 303), ([], "", 403)],
)
def test_behind_a_proxy_with_tls_the_pages_have_its_scheme(
    start: Start, tokens: TokenStore, proxies: list[str], public: str, status: int
) -> None:
    server = start(auth="tokens", trusted_proxies=proxies, public_url=public, allowed_hosts=["memory.example"])
    text, _ = tokens.create("alice")
    headers = {**FORM, "host": "memory.example", "origin": "https://memory.example", "x-forwarded-proto": "https"}

    reply = server.request("POST", "/inspect/enter", urlencode({"token": text}).encode(), headers=headers)
    assert reply.status == status
    assert reply.headers.get("set-cookie", "").endswith("; Secure") is bool(proxies)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"multi_user": True}, "inspect: got true; accepted: false with multi_user"),
        ({"transport": "sse"}, 'inspect: got true; accepted: false with transport "sse"'),
    ],
)
def test_pages_that_would_be_anybodys_are_refused_at_start(
    tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        load_server_config(None, environ={}, arguments={**SERVED, **settings})


def test_what_a_person_looks_up_warms_no_topic_of_the_server(start: Start) -> None:
    server = start(user_id="tom")
    for text in ("I like green tea.", "I have a cat.", "I live in Bern."):
        server.call(None, "add_memory", user_input=text, agent_response="Noted.")
    browser = opened(server)
    with server.session.using() as memory:
        assert memory.for_person()._parts.recall.count_visits is None
        assert memory._parts.recall.count_visits is not None
        assert memory.for_person().config.project == "*"
        assert memory.config.project == ""

    assert b"green tea" in browser.get("/search?q=tea").body


# Inside the chat, over HTTP


def test_over_http_each_request_says_whether_its_host_shows_documents(start: Start, tokens: TokenStore) -> None:
    server = start(auth="tokens")
    token = {user: tokens.create(user)[0] for user in ("alice", "bob")}
    shows = {"extensions": {"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]}}}

    def asked(user: str, capabilities: dict[str, Any], method: str, **params: Any) -> dict[str, Any]:
        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "host", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        }
        headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method}
        headers |= {"Mcp-Name": str(params["name"])} if "name" in params else {}
        reply = server.post(token[user], method, headers=headers, **params, _meta=meta)
        assert reply.status == 200, reply.body
        found: dict[str, Any] = reply.json()["result"]
        return found

    without = [tool["name"] for tool in asked("alice", {}, "tools/list")["tools"]]
    assert [tool["name"] for tool in asked("alice", shows, "tools/list")["tools"]] == [*without, "show_memory"]
    assert [tool["name"] for tool in server.tools(token["alice"])] == without
    said = {"user_input": "I like green tea.", "agent_response": "Noted."}
    asked("alice", shows, "tools/call", name="add_memory", arguments=said)
    views = {
        user: asked(user, shows, "tools/call", name="show_memory", arguments={"address": "/"})["_meta"][VIEW]
        for user in token
    }
    assert {user: "green tea" in view for user, view in views.items()} == {"alice": True, "bob": False}
