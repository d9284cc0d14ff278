"""What a tool answers to bad input: the argument, its value and what is accepted; and nothing is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from mcp import Client, MCPError
from tool_calls import called, refused

from memoryos import Config, StoreDamagedError
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

OpenSession = Callable[..., MemorySession]

LONGEST_TEXT = 200_000
TOO_LONG = "x" * (LONGEST_TEXT + 1)
TIMES = '"YYYY-MM-DD HH:MM:SS" or ISO 8601, such as "2026-03-01T09:30:00+01:00"'
EXCHANGE = {"user_input": "Tea", "agent_response": "Yes"}
SECRET = "the cat is called Miez"
USER_INPUT = "text (what the user said, verbatim)"
RESULTS = "a whole number (pages at most; given, that many come)"


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        (
            "add_memory",
            {"user_input": " \n", "agent_response": ""},
            "user_input and agent_response: got both empty; accepted: text in at least one of them",
        ),
        (
            "add_memory",
            {"user_input": TOO_LONG, "agent_response": "Yes"},
            "user_input: got 200001 characters; accepted: at most 200000; split it into pages",
        ),
        (
            "add_memory",
            {"user_input": "Tea", "agent_response": TOO_LONG},
            "agent_response: got 200001 characters; accepted: at most 200000; split it into pages",
        ),
        ("add_memory", EXCHANGE | {"timestamp": "yesterday"}, f"timestamp: got 'yesterday'; accepted: {TIMES}"),
        (
            "add_memory",
            EXCHANGE | {"timestamp": "2026-02-30 09:30:00"},
            f"timestamp: got '2026-02-30 09:30:00'; accepted: {TIMES}",
        ),
        (
            "add_memory",
            EXCHANGE | {"timestamp": "0001-01-01T00:00:00+14:00"},
            f"timestamp: got '0001-01-01T00:00:00+14:00'; accepted: {TIMES}",
        ),
        (
            "add_memory",
            EXCHANGE | {"meta_data": {"notes": "x" * 20_000}},
            "meta_data: got 20013 characters as JSON; accepted: at most 20000",
        ),
        ("add_memory", EXCHANGE | {"meta_data": {"n": "\ud83d"}}, "meta_data: got a dict; accepted: an object of JSON"),
        ("retrieve_memory", {"query": " "}, "query: got empty text; accepted: what to look for, in words"),
        ("retrieve_memory", {"query": TOO_LONG}, "query: got 200001 characters; accepted: at most 200000"),
        (
            "retrieve_memory",
            {"query": "tea", "max_results": 0},
            "max_results: got 0; accepted: a whole number from 1 to 100",
        ),
        (
            "retrieve_memory",
            {"query": "tea", "max_results": 101},
            "max_results: got 101; accepted: a whole number from 1 to 100",
        ),
        (
            "retrieve_memory",
            {"query": "tea", "max_tokens": 199},
            "max_tokens: got 199; accepted: a whole number from 200 to 100000",
        ),
        (
            "get_user_profile",
            {"max_tokens": 100_001},
            "max_tokens: got 100001; accepted: a whole number from 200 to 100000",
        ),
    ],
)
async def test_an_argument_out_of_bounds_is_named_with_its_value_and_what_is_accepted(
    client_of_empty: Client, empty_session: MemorySession, tool: str, arguments: dict[str, Any], words: str
) -> None:
    before = empty_session.memory().status().counts
    async with client_of_empty as client:
        message = await refused(client, tool, **arguments)
    assert message.startswith(f"Error executing tool {tool}: {words}")
    assert empty_session.memory().status().counts == before


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("add_memory", {"user_input": 5, "agent_response": ""}, f"user_input: got 5; accepted: {USER_INPUT}"),
        (
            "add_memory",
            {"user_input": None, "agent_response": [SECRET]},
            f"user_input: got nothing; accepted: {USER_INPUT} (1 more problem)",
        ),
        (
            "add_memory",
            EXCHANGE | {"meta_data": [SECRET]},
            "meta_data: got a list; accepted: an object (kept with the exchange)",
        ),
        (
            "retrieve_memory",
            {"query": {"text": SECRET}},
            "query: got an object; accepted: text (what you want to know, in the user's words)",
        ),
        (
            "retrieve_memory",
            {"query": "tea", "max_results": SECRET},
            f"max_results: got a text that is not shown; accepted: {RESULTS}",
        ),
        (
            "retrieve_memory",
            {"query": "tea", "max_results": 2.5},
            f"max_results: got 2.5; accepted: {RESULTS}",
        ),
        (
            "get_user_profile",
            {"include_knowledge": SECRET},
            "include_knowledge: got a text that is not shown; accepted: true or false (with facts about the user)",
        ),
        (
            "add_memory",
            {"user_input": SECRET, "agentResponse": SECRET},
            '"agentResponse" is no argument; did you mean "agent_response"?',
        ),
        (
            "add_memory",
            EXCHANGE | {"metadata": {"notes": SECRET}},
            '"metadata" is no argument; did you mean "meta_data"?',
        ),
    ],
)
async def test_an_argument_of_the_wrong_type_or_name_is_refused_in_one_line_without_its_text(
    client_of_empty: Client,
    empty_session: MemorySession,
    caplog: pytest.LogCaptureFixture,
    tool: str,
    arguments: dict[str, Any],
    words: str,
) -> None:
    before = empty_session.memory().status().counts
    async with client_of_empty as client:
        assert await refused(client, tool, **arguments) == f"Error executing tool {tool}: {words}"
    assert SECRET not in caplog.text
    assert empty_session.memory().status().counts == before


async def test_what_a_client_sends_along_of_its_own_is_let_be(client_of_empty: Client) -> None:
    async with client_of_empty as client:
        answer = await called(client, "get_user_profile", sessionId="17", toolCallId="4")
        plain = await called(client, "get_user_profile")
    assert answer["user_id"] == "tom"
    assert answer["ignored_arguments"] == ["sessionId", "toolCallId"]
    assert "ignored_arguments" not in plain


async def test_an_exchange_without_an_answer_or_with_a_time_in_figures_is_kept(open_session: OpenSession) -> None:
    async with Client(build_server(open_session(timezone="UTC"))) as client:
        added = await called(client, "add_memory", user_input="Tea", timestamp=1767643957, meta_data='{"topic":"tea"}')
        (page,) = (await called(client, "retrieve_memory", query="tea"))["retrieved_pages"]
    assert added["timestamp"] == page["timestamp"] == "2026-01-05 20:12:37"
    assert page["agent_response"] == ""


@pytest.mark.parametrize(
    ("given", "happened_at"),
    [
        ("2026/03/01", "2026-03-01T00:00:00+00:00"),
        ("2026/03/01 09:30:00", "2026-03-01T09:30:00+00:00"),
        ("2023/05/20 (Sat) 02:21", "2023-05-20T02:21:00+00:00"),
        ("2026-03-01 09:30:00 UTC", "2026-03-01T09:30:00+00:00"),
        ("2026-03-01 9:30 AM", "2026-03-01T09:30:00+00:00"),
        ("March 1, 2026", "2026-03-01T00:00:00+00:00"),
        ("March 1, 2026 9:30 PM", "2026-03-01T21:30:00+00:00"),
        ("Sun, 01 Mar 2026 09:30:00 +0100", "2026-03-01T08:30:00+00:00"),
        (1_772_357_400, "2026-03-01T09:30:00+00:00"),
        ("1772357400", "2026-03-01T09:30:00+00:00"),
        (1_772_357_400_000, "2026-03-01T09:30:00+00:00"),
    ],
)
async def test_a_time_is_read_in_the_forms_that_agents_send(
    open_session: OpenSession, given: object, happened_at: str
) -> None:
    session = open_session(timezone="UTC")
    async with Client(build_server(session)) as client:
        await called(client, "add_memory", user_input="Tea", timestamp=given)
        (page,) = session.memory().retrieve("tea").pages
    assert page.page.happened_at.isoformat() == happened_at
    assert page.page.agent_response == ""


async def test_now_is_when_it_comes_and_empty_texts_are_not_given(open_session: OpenSession) -> None:
    session = open_session(timezone="UTC")
    async with Client(build_server(session)) as client:
        now = await called(client, "add_memory", user_input="Tea", timestamp="now", meta_data="", facts=" ")
        (page,) = session.memory().retrieve("tea").pages
    assert page.page.happened_at == page.page.added_at
    assert now["timestamp"] == page.page.timestamp
    assert page.page.meta_data is None


async def test_a_memory_that_cannot_be_opened_is_named_in_every_answer(
    open_session: OpenSession, make_config: Callable[..., Config]
) -> None:
    session = open_session()
    path = session.memory().status().data_path
    session.close()
    with open(path, "wb") as file:
        file.write(b"this was a database once " * 1_000)
    async with Client(build_server(MemorySession(make_config()))) as client:
        for tool, arguments in (
            ("add_memory", EXCHANGE),
            ("retrieve_memory", {"query": "tea"}),
            ("get_user_profile", {}),
        ):
            message = await refused(client, tool, **arguments)
            assert message.startswith(f"Error executing tool {tool}: {path}: file is not a database.")
            assert "memoryos_mcp recover" in message


async def test_a_memory_that_lacks_an_exchange_is_named_in_every_answer(
    open_session: OpenSession, make_config: Callable[..., Config]
) -> None:
    session = open_session()
    session.memory().add_memory("I have two cats.", "Lovely.")
    session.memory().add_memory("The tea is ready.", "Enjoy it.")
    session.memory().wait_until_idle(60)  # so that nothing is under way, and no log left, once it is closed
    path = session.memory().status().data_path
    session.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM pages WHERE seq = 1")
        connection.commit()

    again = open_session()
    with pytest.raises(StoreDamagedError):
        again.memory().wait_until_idle(60)
    async with Client(build_server(again)) as client:
        messages = [
            await refused(client, "add_memory", **EXCHANGE),
            await refused(client, "retrieve_memory", query="tea"),
            await refused(client, "get_user_profile"),
        ]
        with pytest.raises(MCPError) as status:
            await client.read_resource("memoryos://status")

    for message in (*messages, str(status.value)):
        assert f"{path}: lacks pages that nobody has forgotten, 1 at least. The file is left as it is." in message
        assert f'python -m memoryos_mcp recover "{path}"' in message


async def test_null_counts_as_not_given(open_session: OpenSession) -> None:
    async with Client(build_server(open_session())) as client:
        await called(client, "add_memory", **EXCHANGE, timestamp=None, meta_data=None)
        recalled = await called(client, "retrieve_memory", query="tea", max_tokens=None, explain=None, style_hint=None)
        refusal = await refused(client, "add_memory", user_input=None, agent_response="Yes")

    assert [page["user_input"] for page in recalled["retrieved_pages"]] == ["Tea"]
    assert refusal.endswith(f"user_input: got nothing; accepted: {USER_INPUT}")
