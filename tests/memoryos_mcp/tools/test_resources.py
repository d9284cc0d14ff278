"""The resources and the prompt as an MCP client sees them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import TextContent
from tool_calls import called, read

from memoryos import Config
from memoryos_mcp import __version__
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

OpenSession = Callable[..., MemorySession]
EXCHANGE = {"user_input": "Tea", "agent_response": "Yes"}


async def test_the_status_counts_what_every_tier_holds(client: Client, session: MemorySession) -> None:
    async with client:
        for number in range(15):
            await called(client, "add_memory", user_input=f"Tea number {number}", agent_response="Yes")
        session.memory().wait_until_idle()
        status = await read(client, "memoryos://status")
    assert status == {
        "version": __version__,
        "user_id": "tom",
        "assistant_id": "default_assistant_profile",
        "data_path": session.memory().status().data_path,
        "schema_version": session.memory().status().schema_version,
        "counts": {
            "pages": 15,
            "short_term": 10,
            "segments": session.memory().status().counts.segments,
            "archived_segments": 0,
            "user_knowledge": status["counts"]["user_knowledge"],
            "assistant_knowledge": status["counts"]["assistant_knowledge"],
            "superseded_knowledge": 0,
            "traits": 0,
        },
        "pending": {"embed": 0, "read": 0, "consolidate": 0, "analyse": 0},
        "last_error": None,
        "embedder": "all-MiniLM-L6-v2/onnx-int8/1",
        "embedder_state": "ready",
        "analyst": "extractive",
        "dialogue_is_sent_to": "nowhere",
        "model": None,
        "parked_pages": 0,
        "parked": [],
        "heat": status["heat"],
        "refused_facts": {},
    }
    assert (status["heat"]["threshold"], status["heat"]["waiting"]) == (5.0, 0)
    assert 0 < status["heat"]["hottest"] < 5
    assert status["counts"]["segments"] > 0


async def test_a_model_that_cannot_be_loaded_shows_in_the_status_and_pages_are_found_by_words(
    open_session: OpenSession, tmp_path: Path
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"this is no model")
    session = open_session(embedding_model_file=str(tmp_path / "model.onnx"))
    async with Client(build_server(session)) as client:
        added = await called(client, "add_memory", **EXCHANGE)
        recall = await called(client, "retrieve_memory", query="tea")
        status = await read(client, "memoryos://status")
    assert [page["id"] for page in recall["retrieved_pages"]] == [added["details"]["id"]]
    assert status["embedder_state"].startswith("failed: EmbeddingError: ")
    assert status["pending"]["embed"] == 1


async def test_neither_status_nor_config_shows_a_key(open_session: OpenSession) -> None:
    session = open_session(
        openai_api_key="sk-chat-secret",
        openai_base_url="http://someone:password@localhost:9/v1",
        embedding_api_key="sk-embedding-secret",
    )
    async with Client(build_server(session)) as client:
        status = await read(client, "memoryos://status")
        config = await read(client, "memoryos://config")
    assert status["dialogue_is_sent_to"] == config["openai_base_url"] == "http://***@localhost:9/v1"
    assert (config["openai_api_key"], config["embedding_api_key"]) == ("set", "set")
    shown = json.dumps([status, config])
    assert [secret for secret in ("sk-chat", "sk-embedding", "someone", "password") if secret in shown] == []


async def test_the_config_resource_holds_every_setting(client_of_empty: Client, empty_session: MemorySession) -> None:
    async with client_of_empty as client:
        config = await read(client, "memoryos://config")
    assert config == empty_session.config.redacted()
    assert list(config) == list(Config.model_fields)


async def test_the_resources_are_listed(client_of_empty: Client) -> None:
    async with client_of_empty as client:
        listed = (await client.list_resources()).resources
    assert {str(resource.uri): (resource.name, resource.mime_type) for resource in listed} == {
        "memoryos://status": ("status", "application/json"),
        "memoryos://config": ("config", "application/json"),
    }


async def test_the_prompt_is_a_chat_that_ends_with_what_memory_brings_to_the_message(client: Client) -> None:
    async with client:
        (prompt,) = (await client.list_prompts()).prompts
        for number in range(3):
            await called(client, "add_memory", user_input=f"Tea number {number}", agent_response=f"Noted {number}")
        chat = await client.get_prompt("recall", {"query": "Which tea?", "style_hint": "in rhyme"})
    assert prompt.name == "recall"
    assert [argument.name for argument in prompt.arguments or ()] == ["query", "relationship_with_user", "style_hint"]
    first, *history, last = [(m.role, m.content.text) for m in chat.messages if isinstance(m.content, TextContent)]
    assert "in rhyme" in first[1]
    assert [(role, text) for role, text in history if role == "assistant"] == [
        ("assistant", f"Noted {number}") for number in range(3)
    ]
    assert last[0] == "user"
    assert last[1].endswith("\n\nWhich tea?")


async def test_the_prompt_refuses_an_empty_message(client_of_empty: Client) -> None:
    async with client_of_empty as client:
        with pytest.raises(MCPError, match="query: got empty text; accepted: what to look for, in words"):
            await client.get_prompt("recall", {"query": " "})
