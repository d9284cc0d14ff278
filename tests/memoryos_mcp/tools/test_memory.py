"""The tools as functions: over a memory without any server, and offered by one through their table."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated

import pytest
from mcp import Client
from mcp_types import TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from tool_calls import called

from memoryos import Memoryos
from memoryos.errors import InvalidArgumentError, StoreFullError
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.tools.memory import (
    TOOLS,
    MemoryTool,
    add_memory,
    get_user_profile,
    retrieve_memory,
)
from memoryos_mcp.tools.schemas import AddedDetails, AddMemoryResult, ForgetMemoryResult, RetrievedPage
from memoryos_mcp.tools.steering import forget_memory

OpenMemory = Callable[..., Memoryos]
OpenSession = Callable[..., MemorySession]

NOON = "2026-03-01 12:00:00"


class Echo(BaseModel):
    said: str


def repeat(memory: Memoryos, text: Annotated[str, Field(description="anything")]) -> Echo:
    """Say it again.

    Twice, if need be.
    """
    if text == "":
        raise StoreFullError("the disk is full")
    return Echo(said=f"{memory.config.user_id}: {text}")


REPEATING = MemoryTool(repeat, ToolAnnotations(title="Echo"))


def test_an_exchange_is_added_found_and_forgotten_by_plain_functions(open_memory: OpenMemory) -> None:
    memory = open_memory()

    added = add_memory(memory, "I moved to Lyon.", "Noted.", NOON)

    assert added == AddMemoryResult(
        message="added to memory", timestamp=NOON, details=AddedDetails(id=added.details.id, repeated=False)
    )
    (found,) = retrieve_memory(memory, "Lyon", now="2026-03-03 12:00:00").retrieved_pages
    assert found == RetrievedPage(
        id=added.details.id,
        user_input="I moved to Lyon.",
        agent_response="Noted.",
        timestamp=NOON,
        when="2 days ago, Sunday",
    )
    memory.wait_until_idle(60)
    profile = get_user_profile(memory)
    assert (profile.user_id, profile.assistant_knowledge) == ("tom", None)
    assert forget_memory(memory, [added.details.id], confirm=True) == ForgetMemoryResult(
        message="Forgot 1 exchange, and 1 fact and 0 traits that stood on what was said there.",
        pages=1,
        facts=1,
        traits=0,
        overwritten=True,
    )
    assert retrieve_memory(memory, "Lyon").retrieved_pages == []


def test_a_function_refuses_a_budget_that_no_reply_fits(open_memory: OpenMemory) -> None:
    memory = open_memory()
    refusal = r"^max_tokens: got 1; accepted: a whole number from 200 to 100000$"
    with pytest.raises(InvalidArgumentError, match=refusal):
        retrieve_memory(memory, "Lyon", max_tokens=1)
    with pytest.raises(InvalidArgumentError, match=refusal):
        get_user_profile(memory, max_tokens=1)


async def test_a_further_tool_is_a_function_and_a_line(open_session: OpenSession) -> None:
    async with Client(build_server(open_session(structured_replies=True), (*TOOLS, REPEATING))) as client:
        tool = (await client.list_tools()).tools[-1]
        answer = await client.call_tool("repeat", {"text": "hello"})

    assert (tool.name, tool.description) == ("repeat", "Say it again. Twice, if need be.")
    assert tool.annotations == REPEATING.annotations
    assert list(tool.input_schema["properties"]) == ["text"]
    assert tool.output_schema is not None
    assert list(tool.output_schema["properties"]) == ["said"]
    assert answer.structured_content == {"said": "tom: hello"}
    assert isinstance(answer.content[0], TextContent)
    assert json.loads(answer.content[0].text) == {"said": "tom: hello"}


async def test_a_named_error_of_any_tool_reaches_the_model_as_words(open_session: OpenSession) -> None:
    async with Client(build_server(open_session(), (REPEATING,))) as client:
        answer = await client.call_tool("repeat", {"text": ""})

    assert answer.is_error
    assert isinstance(answer.content[0], TextContent)
    assert answer.content[0].text == "Error executing tool repeat: the disk is full"


async def test_a_reply_goes_over_the_wire_once(open_session: OpenSession) -> None:
    async with Client(build_server(open_session(), (*TOOLS, REPEATING))) as client:
        schemas = [tool.output_schema for tool in (await client.list_tools()).tools]
        answer = await client.call_tool("repeat", {"text": "hello"})

    assert schemas == [None] * 4
    assert answer.structured_content is None
    assert isinstance(answer.content[0], TextContent)
    assert answer.content[0].text == '{"said":"tom: hello"}'


@pytest.mark.parametrize(
    ("settings", "beside_the_core"),
    [
        ({}, []),
        ({"forget_tool": True}, ["forget_memory"]),
        ({"tools": "standard"}, ["forget_memory", "list_memories", "correct_memory"]),
        (
            {"tools": "all"},
            ["forget_memory", "list_memories", "correct_memory", "reflect", "commit_reflection"],
        ),
    ],
)
async def test_a_set_of_tools_is_offered_as_the_configuration_says(
    open_session: OpenSession, settings: dict[str, object], beside_the_core: list[str]
) -> None:
    async with Client(build_server(open_session(**settings))) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]

    assert names == ["add_memory", "retrieve_memory", "get_user_profile", *beside_the_core]


async def test_no_client_is_told_twice_what_it_has(open_session: OpenSession) -> None:
    session = open_session()
    session.memory().add_memory("I moved to Lyon.", "Noted.")
    server = build_server(session)
    async with Client(server, mode="legacy") as client:
        await called(client, "add_memory", user_input="I like leek soup.", agent_response="Noted.")
        newest = [
            (await called(client, "retrieve_memory", query="leek soup", max_results=1))["short_term_memory"]
            for _ in range(2)
        ]
    async with Client(server, mode="legacy") as client:
        anew = (await called(client, "retrieve_memory", query="Lyon", max_results=1))["short_term_memory"]

    assert [[page["user_input"] for page in pages] for pages in newest] == [["I moved to Lyon."], []]
    assert [page["user_input"] for page in anew] == ["I like leek soup."]


async def test_short_term_memory_always_comes_where_the_configuration_says_so(open_session: OpenSession) -> None:
    async with Client(build_server(open_session(reply_short_term="always"))) as client:
        await called(client, "add_memory", user_input="I like leek soup.", agent_response="Noted.")
        newest = [
            (await called(client, "retrieve_memory", query=query))["short_term_count"] for query in ("hi", "Bern?")
        ]

    assert newest == [1, 1]


def test_a_cursor_goes_on_until_every_page_that_bears_was_shown(open_memory: OpenMemory) -> None:
    memory = open_memory()
    tea = {add_memory(memory, f"I tried tea number {number}.", "How was it?", NOON).details.id for number in range(30)}
    question = "Which tea did I try?"

    replies = [retrieve_memory(memory, question, max_results=12)]
    while replies[-1].cursor is not None:
        replies.append(retrieve_memory(memory, question, max_results=12, cursor=replies[-1].cursor))

    shown = [page.id for reply in replies for page in (*reply.retrieved_pages, *reply.short_term_memory)]
    assert sorted(shown) == sorted(tea)
    assert [reply.retrieved_user_knowledge for reply in replies[1:]] == [[]] * (len(replies) - 1)
    with pytest.raises(InvalidArgumentError, match=r"cursor: got .*; accepted: what an earlier reply to this query"):
        retrieve_memory(memory, "Which coffee did I try?", cursor=replies[0].cursor)


def test_a_question_for_all_of_something_is_answered_with_more_pages(open_memory: OpenMemory) -> None:
    memory = open_memory()
    for number in range(30):
        add_memory(memory, f"I read the book called {number}.", "", NOON)

    assert len(retrieve_memory(memory, "Which book did I read?", max_tokens=4_000).retrieved_pages) <= 12
    assert len(retrieve_memory(memory, "Which books did I read?", max_tokens=4_000).retrieved_pages) == 30
