"""Many users over HTTP: who is let in, whose memory a call is about, and what each guard keeps out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from http_app import ACCEPTED, HttpApp, running
from mcp import Client
from tool_calls import called, read, refused

from memoryos import Config, ConfigError
from memoryos.storage.paths import memory_file
from memoryos_mcp.auth.caller import on_behalf_of
from memoryos_mcp.auth.tokens import TokenStore
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import load_server_config
from memoryos_mcp.transport import guards
from memoryos_mcp.transport.http import serve_http

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

Start = Callable[..., HttpApp]
TOKENS = {"auth": "tokens", "transport": "streamable-http"}
TEA = {"user_input": "I like green tea.", "agent_response": "Noted."}


@pytest.fixture
def tokens(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "data", lambda: datetime.now(timezone.utc))


@pytest.fixture
def start(make_config: Callable[..., Config]) -> Iterator[Start]:
    """A function that starts a server that asks for tokens, with further settings; requests come from `client`."""
    with ExitStack() as started:

        def start_one(client: tuple[str, int] = ("127.0.0.1", 50_000), **settings: object) -> HttpApp:
            return started.enter_context(running(make_config(**{**TOKENS, **settings}), client=client))

        yield start_one


# Tokens


def test_nobody_is_let_in_without_a_token_that_is_valid_now(start: Start, tokens: TokenStore, tmp_path: Path) -> None:
    server = start()
    good, kept = tokens.create("alice")
    long_ago = TokenStore(tmp_path / "data", lambda: datetime(2020, 1, 1, tzinfo=timezone.utc))
    expired, _ = long_ago.create("alice", lasts=timedelta(days=90))
    assert server.post(good, "tools/list").status == 200
    assert [server.post(token, "tools/list").status for token in (None, "", "x", good[:-1], expired)] == [401] * 5
    assert server.request("POST", "/mcp", b"{}", headers={**ACCEPTED, "Authorization": f"Basic {good}"}).status == 401
    assert server.request("POST", f"/mcp?access_token={good}", b"{}", headers=ACCEPTED).status == 401
    tokens.revoke(kept.id)
    assert server.post(good, "tools/list").status == 401
    assert server.session.open_users() == ()


def test_a_token_opens_the_memory_of_its_user_and_no_other(start: Start, tokens: TokenStore) -> None:
    server = start()
    alice, bob = tokens.create("alice")[0], tokens.create("bob")[0]
    assert server.call(alice, "add_memory", **TEA)[0]
    assert "green tea" in server.call(alice, "retrieve_memory", query="tea")[1]
    assert json.loads(server.call(bob, "retrieve_memory", query="tea")[1])["total_pages_found"] == 0
    assert json.loads(server.call(bob, "get_user_profile")[1])["user_id"] == "bob"


def test_the_tools_of_a_service_differ_from_a_users_by_the_user_they_name_only(
    start: Start, tokens: TokenStore, make_config: Callable[..., Config]
) -> None:
    server = start(tools="all")
    of_user, of_service = server.tools(tokens.create("alice")[0]), server.tools(tokens.create("a", is_service=True)[0])
    without = json.loads(json.dumps(of_service))
    for tool in without:
        schema = tool["inputSchema"]
        assert schema["properties"].pop("user_id") == {
            "type": "string",
            "description": "whose memory it is",
            "minLength": 1,
            "maxLength": 128,
        }
        schema["required"].remove("user_id")
        if not schema["required"]:
            del schema["required"]
    assert without == of_user
    with running(make_config(transport="streamable-http", tools="all")) as alone:
        assert alone.tools(None) == of_user


def test_a_service_names_a_user_with_each_call(start: Start, tokens: TokenStore) -> None:
    server = start()
    app, alice = tokens.create("app", is_service=True)[0], tokens.create("alice")[0]
    assert server.call(app, "add_memory", user_id="alice", **TEA)[0]
    assert "green tea" in server.call(alice, "retrieve_memory", query="tea")[1]
    assert "green tea" in server.call(app, "retrieve_memory", query="tea", user_id="alice")[1]
    assert "green tea" not in server.call(app, "retrieve_memory", query="tea", user_id="bob")[1]
    for named in ({}, {"user_id": None}, {"user_id": 7}, {"user_id": ""}, {"user_id": "a\nb"}, {"userid": "alice"}):
        is_done, text = server.call(app, "retrieve_memory", query="tea", **named)
        assert (is_done, "user_id: got " in text) == (False, True), (named, text)
    assert sorted(server.session.open_users()) == ["alice", "bob"]


def test_a_user_cannot_name_another_one(start: Start, tokens: TokenStore) -> None:
    server = start()
    alice, bob = tokens.create("alice")[0], tokens.create("bob")[0]
    server.call(alice, "add_memory", **TEA)
    for tool, arguments in (("retrieve_memory", {"query": "tea"}), ("add_memory", TEA), ("get_user_profile", {})):
        assert server.call(bob, tool, user_id="alice", **arguments) == (
            False,
            f"Error executing tool {tool}: user_id: got a text; accepted: no such argument: whoever signs in has one "
            "memory",
        )
    prompted = server.post(bob, "prompts/get", name="recall", arguments={"query": "tea", "user_id": "alice"})
    assert '"user_id" is no argument' in prompted.json()["error"]["message"]


def test_a_foreign_id_is_answered_exactly_as_an_unknown_one(start: Start, tokens: TokenStore) -> None:
    server = start(tools="standard")
    alice, bob = tokens.create("alice")[0], tokens.create("bob")[0]
    foreign = json.loads(server.call(alice, "add_memory", **TEA)[1])["details"]["id"]
    with on_behalf_of("bob"), server.session.using() as memory:
        memory.prepare()  # else one of the two may be answered by words only
    answers = []
    for id_ in (foreign, "ZZZZZZZZZZ"):
        recalled = json.loads(server.call(bob, "retrieve_memory", query=id_)[1].replace(id_, "ID"))
        del recalled["timestamp"]
        forgotten = server.call(bob, "forget_memory", page_ids=[id_])
        answers.append((recalled, forgotten[0], forgotten[1].replace(id_, "ID")))
    assert answers[0] == answers[1]
    assert answers[0][1] is False
    assert "green tea" in server.call(alice, "retrieve_memory", query=foreign)[1]


def test_a_prompt_is_about_the_user_who_asks_or_is_named(start: Start, tokens: TokenStore) -> None:
    server = start()
    app, alice = tokens.create("app", is_service=True)[0], tokens.create("alice")[0]
    server.call(alice, "add_memory", **TEA)

    def prompted(token: str, **arguments: str) -> bytes:
        return server.post(token, "prompts/get", name="recall", arguments={"query": "tea", **arguments}).body

    assert b"green tea" in prompted(alice)
    assert b"green tea" in prompted(app, user_id="alice")
    assert b"green tea" not in prompted(app, user_id="bob")
    assert b"user_id: got nothing" in prompted(app)
    (prompt,) = server.post(app, "prompts/list").json()["result"]["prompts"]
    assert [argument["name"] for argument in prompt["arguments"]] == [
        "user_id",
        "query",
        "relationship_with_user",
        "style_hint",
    ]


def test_who_signs_in_is_told_nothing_of_the_machine(start: Start, tokens: TokenStore, tmp_path: Path) -> None:
    server = start()
    alice, app = tokens.create("alice")[0], tokens.create("app", is_service=True)[0]
    resources = server.post(alice, "resources/list").json()["result"]["resources"]
    assert [resource["uri"] for resource in resources] == ["memoryos://status"]
    status = server.post(alice, "resources/read", uri="memoryos://status").json()["result"]["contents"][0]["text"]
    assert (json.loads(status)["user_id"], json.loads(status)["data_path"]) == ("alice", "")
    assert str(tmp_path) not in status
    assert b"nobody said whose is meant" in server.post(app, "resources/read", uri="memoryos://status").body


def test_any_process_answers_any_request(start: Start, tokens: TokenStore) -> None:
    """A balancer may send each request elsewhere: there are no sessions, and an answer is one piece of JSON."""
    one, other = start(), start()
    alice = tokens.create("alice")[0]
    hello: dict[str, Any] = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "c", "version": "1"},
    }
    answers = [
        one.post(alice, "initialize", **hello),
        other.post(alice, "tools/call", name="add_memory", arguments=TEA),
        one.post(alice, "tools/call", name="retrieve_memory", arguments={"query": "tea"}),
    ]
    assert [(reply.status, reply.headers["content-type"], "mcp-session-id" in reply.headers) for reply in answers] == [
        (200, "application/json", False)
    ] * 3
    assert b"green tea" in answers[2].body


# Guards


def test_a_host_that_nobody_named_is_refused(start: Start, tokens: TokenStore) -> None:
    server = start(allowed_hosts=["memory.example", "other.example:8443"], public_url="https://public.example/mcp")
    alice = tokens.create("alice")[0]

    def status(host: str) -> int:
        return server.post(alice, "tools/list", base=f"http://{host}").status

    served = ["memory.example", "memory.example:80", "other.example:8443", "public.example", "127.0.0.1:1", "localhost"]
    foreign = [
        "evil.example",
        "memory.example.evil.example",
        "other.example:1",
        "evil.example:8443",
        "127.0.0.1.evil:1",
    ]
    assert [status(host) for host in served] == [200] * len(served)
    assert [status(host) for host in foreign] == [421] * len(foreign)


def test_a_web_page_of_another_origin_is_refused(start: Start, tokens: TokenStore) -> None:
    server, alice = start(allowed_origins=["https://app.example"]), tokens.create("alice")[0]

    def status(origin: str) -> int:
        return server.post(alice, "tools/list", headers={"Origin": origin}).status

    assert status("https://app.example") == 200
    foreign = [
        "https://evil.example",
        "http://app.example",
        "https://app.example.evil",
        "https://app.example:1",
        "null",
    ]
    assert [status(origin) for origin in foreign] == [403] * len(foreign)


def test_browsers_let_pages_of_named_origins_in_only(start: Start) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    closed, opened = start(), start(allowed_origins=["https://app.example"])

    def allowed(server: HttpApp, origin: str) -> tuple[int, str | None]:
        reply = server.request("OPTIONS", "/mcp", headers={"Origin": origin, **asked})
        assert "access-control-allow-credentials" not in reply.headers  # cookies and client certificates stay out
        return reply.status, reply.headers.get("access-control-allow-origin")

    assert allowed(opened, "https://app.example") == (200, "https://app.example")
    assert allowed(opened, "https://evil.example") == (400, None)
    status, origin = allowed(closed, "https://app.example")
    assert (status >= 400, origin) == (True, None)
    local = closed.request("GET", "/healthz", headers={"Origin": "https://evil.example"})
    assert [name for name in local.headers if name.startswith("access-control-")] == []


def test_a_request_that_is_too_large_is_refused(start: Start, tokens: TokenStore) -> None:
    server, alice = start(max_request_bytes=2_000), tokens.create("alice")[0]
    assert server.call(alice, "add_memory", user_input="x" * 500, agent_response="")[0]
    large = server.post(alice, "tools/call", name="add_memory", arguments={"user_input": "x" * 2_000})
    assert (large.status, server.session.open_users()) == (413, ("alice",))
    assert server.post("x", "tools/call", name="add_memory", arguments={"user_input": "x" * 2_000}).status == 401


async def answered(app: Any, *parts: bytes) -> tuple[list[int], list[bytes]]:
    """The statuses with which an application answers a request of which nothing comes after these parts."""
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    sent: list[Message] = []

    async def receive() -> Message:
        if not coming:
            await anyio.sleep_forever()
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
    statuses = [message["status"] for message in sent if message["type"] == "http.response.start"]
    return statuses, [message["body"] for message in sent if message["type"] == "http.response.body"]


async def test_a_request_that_does_not_arrive_whole_is_given_up() -> None:
    async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        raise AssertionError("it never arrived")

    with anyio.fail_after(30):
        assert await answered(guards.arriving_in_time(reads_all, 0.01), b"a", b"b") == (
            [408],
            [b"The request took too long to arrive"],
        )


async def test_a_request_that_brings_nothing_may_wait_for_its_turn() -> None:
    async def answers_late(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("there is nothing to receive")

    await guards.arriving_in_time(answers_late, 0.01)({"type": "http", "method": "GET"}, receive, send)
    assert [message.get("status", message.get("body")) for message in sent] == [200, b"late"]


async def test_an_answer_may_take_longer_than_its_request() -> None:
    async def answers_late(scope: Scope, receive: Receive, send: Send) -> None:
        assert not (await receive())["more_body"]
        with anyio.move_on_after(0.05):
            await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})

    coming = [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if not coming:
            await anyio.sleep_forever()
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await guards.arriving_in_time(answers_late, 0.01)({"type": "http"}, receive, send)
    assert [message.get("status", message.get("body")) for message in sent] == [200, b"late"]


@pytest.mark.parametrize(
    ("proxies", "peer", "believed"),
    [
        ([], "10.1.2.3", False),
        (["10.0.0.0/8"], "10.1.2.3", True),
        (["10.1.2.3"], "10.1.2.3", True),
        (["10.0.0.0/8"], "203.0.113.9", False),
        (["10.0.0.0/8"], "127.0.0.1", False),
    ],
)
def test_only_a_proxy_that_is_trusted_says_who_called(
    start: Start, caplog: pytest.LogCaptureFixture, proxies: list[str], peer: str, believed: bool
) -> None:
    server = start(client=(peer, 1), trusted_proxies=proxies)
    server.post("x", "tools/list", headers={"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
    logged = f"refused a request of {'198.51.100.7' if believed else peer}: no valid token"
    assert [text for text in caplog.messages if text.startswith("refused")] == [logged]


def test_probes_answer_anybody_and_say_nothing(start: Start, tmp_path: Path) -> None:
    server = start()
    for path in ("/healthz", "/readyz"):
        reply = server.request("GET", path, base="http://10.0.0.5:8765")
        assert (reply.status, reply.body) == (200, b"")
    (tmp_path / "file").write_text("")
    broken = start(data_storage_path=str(tmp_path / "file" / "data"))
    assert [broken.request("GET", path).status for path in ("/healthz", "/readyz")] == [200, 503]


# Limits


def test_a_user_who_adds_too_fast_is_told_when_to_try_again(start: Start, tokens: TokenStore) -> None:
    server = start(max_pages_per_minute=2)
    alice, bob = tokens.create("alice")[0], tokens.create("bob")[0]
    assert [server.call(alice, "add_memory", **TEA)[0] for _ in range(2)] == [True, True]
    is_done, text = server.call(alice, "add_memory", user_input="One more.", agent_response="")
    assert not is_done
    assert text.startswith(
        "Error executing tool add_memory: max_pages_per_minute: a user may add 2 exchanges a minute, and nothing was "
        "stored; try again in "
    )
    assert "One more." not in server.call(alice, "retrieve_memory", query="One more")[1].replace(
        '"query":"One more"', ""
    )
    assert server.call(bob, "add_memory", **TEA)[0]


def test_a_user_whose_memory_is_full_adds_nothing_and_reads_on(
    start: Start, tokens: TokenStore, tmp_path: Path
) -> None:
    server = start(max_stored_bytes=1_000_000)
    alice, bob = tokens.create("alice")[0], tokens.create("bob")[0]
    assert server.call(alice, "add_memory", **TEA)[0]
    file = memory_file(tmp_path / "data", "alice")
    number = 0
    while sum(path.stat().st_size for path in (file, file.with_name("memory.db-wal"))) < 1_000_000:
        number += 1
        assert server.call(alice, "add_memory", user_input=f"{number} " + "word " * 30_000, agent_response="")[0]
    is_done, text = server.call(alice, "add_memory", user_input="One more.", agent_response="")
    assert (is_done, "max_stored_bytes: this user's memory takes " in text) == (False, True)
    assert "green tea" in server.call(alice, "retrieve_memory", query="green tea")[1]
    assert server.call(bob, "add_memory", **TEA)[0]


# Without sign-in


async def test_over_stdio_each_call_names_its_user_where_the_configuration_says_so(
    make_config: Callable[..., Config],
) -> None:
    session = MemorySession(make_config(multi_user=True))
    try:
        async with Client(build_server(session)) as client:
            await called(client, "add_memory", user_id="alice", **TEA)
            assert (await called(client, "retrieve_memory", user_id="alice", query="tea"))["total_pages_found"] == 1
            assert (await called(client, "retrieve_memory", user_id="bob", query="tea"))["total_pages_found"] == 0
            assert "user_id: got no text" in await refused(client, "retrieve_memory", query="tea")
            tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
            assert [schema["required"][0] for schema in tools.values()] == ["user_id"] * 3
            assert "memoryos://config" in [str(r.uri) for r in (await client.list_resources()).resources]
            assert (await read(client, "memoryos://config"))["multi_user"] is True
    finally:
        session.close()


def test_what_one_user_was_told_is_still_news_to_another(make_config: Callable[..., Config]) -> None:
    session = MemorySession(make_config(multi_user=True))
    told = []
    for user in ("alice", "alice", "bob"):
        with on_behalf_of(user):
            told.append(session.conversation("stdio").tell_profile())
    session.conversation("stdio", anew=True)
    with on_behalf_of("alice"):
        told.append(session.conversation("stdio").tell_profile())
    assert told == [True, False, True, True]


async def test_with_one_user_a_name_is_an_unknown_argument_as_ever(make_config: Callable[..., Config]) -> None:
    session = MemorySession(make_config())
    try:
        async with Client(build_server(session)) as client:
            reply = await called(client, "get_user_profile", user_id="alice")
            assert (reply["user_id"], reply["ignored_arguments"]) == ("tom", ["user_id"])
    finally:
        session.close()


# What cannot be served


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"auth": "tokens"}, 'auth: got "tokens"; accepted: "none" with transport "stdio": callers sign in over '),
        ({"auth": "tokens", "transport": "sse"}, 'auth: got "tokens"; accepted: "none" with transport "sse": '),
        ({**TOKENS, "multi_user": True}, 'auth: got "tokens"; accepted: "none" with multi_user: '),
        ({"multi_user": True, "transport": "sse"}, "multi_user: got true; accepted: false with transport "),
        ({**TOKENS, "auth": "jwt"}, "without jwt_issuer, jwt_jwks_url, public_url: set them"),
        ({**TOKENS, "host": "0.0.0.0"}, "allowed_hosts: got nothing; accepted: the names that clients call this "),
        ({"jwt_jwks_url": "http://sso.example/keys"}, "jwt_jwks_url: got "),
        ({"tls_certificate": "cert.pem"}, "tls_certificate: got "),
        ({"multi_user": True, "transport": "streamable-http", "host": "0.0.0.0"}, "set auth to "),
    ],
)
def test_what_would_let_strangers_in_is_refused_at_the_start(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_server_config(None, environ={}, arguments=settings)
    assert problem.replace("got nothing", 'got ""') in str(raised.value)


def test_a_certificate_that_cannot_be_used_ends_the_start(make_config: Callable[..., Config], tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for name in ("nowhere.pem", "empty.pem"):
        path = str(tmp_path / name)
        config = make_config(transport="streamable-http", tls_certificate=path, tls_key=path)
        with pytest.raises(ConfigError, match=rf"^tls_certificate: .*{name} .* cannot be used "):
            serve_http(build_server(MemorySession(config)), config)


async def test_who_builds_a_server_of_many_users_without_sign_in_lets_nobody_in(
    make_config: Callable[..., Config],
) -> None:
    session = MemorySession(make_config(**TOKENS))
    try:
        async with Client(build_server(session)) as client:
            assert "nobody said whose is meant" in await refused(client, "retrieve_memory", query="tea")
    finally:
        session.close()
    assert session.open_users() == ()


def test_other_machines_are_served_where_callers_sign_in() -> None:
    settings = {**TOKENS, "host": "0.0.0.0", "allowed_hosts": ["memory.example"]}
    assert load_server_config(None, environ={}, arguments=settings).host == "0.0.0.0"
    assert load_server_config(None, environ={}, arguments={**TOKENS, "host": "192.168.1.7"}).auth == "tokens"


def test_a_user_of_a_foreign_system_is_never_merged_with_another(start: Start, tokens: TokenStore) -> None:
    server, app = start(), tokens.create("app", is_service=True)[0]
    composed = "jos\u00e9"
    assert server.call(app, "add_memory", user_id=composed, **TEA)[0]
    is_done, text = server.call(app, "retrieve_memory", query="tea", user_id=unicodedata.normalize("NFD", composed))
    assert (is_done, "not in Unicode's form NFC" in text, "green tea" in text) == (False, True, False)
    for twin in ("jose", "Jos\u00e9", "jos\u00e9 ", "j\u043es\u00e9", "jos\u00e9\u200b"):
        assert "green tea" not in server.call(app, "retrieve_memory", query="tea", user_id=twin)[1]
