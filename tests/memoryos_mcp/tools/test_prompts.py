"""The prompt `recall`: what the memory brings to a message, as a chat ready to be answered."""

from __future__ import annotations

import logging
import re

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, TextContent
from tool_calls import called

SECRET = "the cat is called Miez"


async def told(client: Client, **arguments: str) -> list[tuple[str, str]]:
    """The prompt's messages as (role, text)."""
    chat: list[tuple[str, str]] = []
    for message in (await client.get_prompt("recall", arguments)).messages:
        assert isinstance(message.content, TextContent)
        chat.append((message.role, message.content.text))
    return chat


async def test_the_prompt_is_listed_with_its_arguments(client_of_empty: Client) -> None:
    async with client_of_empty as client:
        (prompt,) = (await client.list_prompts()).prompts

    assert (prompt.name, prompt.title) == ("recall", "Answer from memory")
    assert prompt.description == "What the memory brings to a message, as a chat that is ready to be answered."
    assert [(argument.name, argument.required) for argument in prompt.arguments or ()] == [
        ("query", True),
        ("relationship_with_user", False),
        ("style_hint", False),
    ]


async def test_the_prompt_hands_over_memory_and_message_in_the_role_asked_for(client: Client) -> None:
    async with client:
        await called(client, "add_memory", user_input="I moved to Bern", agent_response="How is it?")
        chat = await told(client, query="Where do I live?", relationship_with_user="coach", style_hint="in one word")

    assert [role for role, _ in chat] == ["user", "user", "assistant", "user"]
    assert "you are their coach" in chat[0][1]
    assert chat[0][1].endswith("How to answer: in one word")
    assert re.fullmatch(r"\([-\d]{10} [:\d]{8}, today, \w+day\) I moved to Bern", chat[1][1])
    assert chat[2] == ("assistant", "How is it?")
    assert chat[3][1].startswith("<memory>")
    assert chat[3][1].endswith("</memory>\n\nWhere do I live?")


async def test_a_prompt_without_a_message_is_refused_by_name(client_of_empty: Client) -> None:
    async with client_of_empty as client:
        with pytest.raises(MCPError, match="query: got empty text; accepted: what to look for, in words"):
            await told(client, query="  ")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("remember", {}, 'unknown prompt "remember"; accepted: recall'),
        ("recall", {}, "query: got nothing; accepted: text (the user's message)"),
        (
            "recall",
            {"query": SECRET, "style": SECRET},
            '"style" is no argument; accepted: query, relationship_with_user, style_hint',
        ),
    ],
)
async def test_a_prompt_that_does_not_fit_is_refused_in_one_line_and_no_crash_is_logged(
    client_of_empty: Client, caplog: pytest.LogCaptureFixture, name: str, arguments: dict[str, str], words: str
) -> None:
    async with client_of_empty as client:
        with pytest.raises(MCPError) as caught:
            await client.get_prompt(name, arguments)
    assert (caught.value.code, caught.value.message) == (INVALID_PARAMS, words)
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert SECRET not in caplog.text
