"""Real conversations through the real server: each remembered whole, and nothing amiss in its log."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from tool_calls import called, idle

pytestmark = [pytest.mark.eval_data, pytest.mark.slow]

QUESTIONS = 10
PAUSE_SECONDS = 0.5
MANY = 1_000_000
"""Questions after the status, which take hours."""


def conversations() -> Iterator[object]:
    data = os.environ.get("MEMORYOS_EVAL")
    if not data:
        reason = "MEMORYOS_EVAL is not set: real conversations do not run through the server"
        yield pytest.param({}, id="no data", marks=pytest.mark.skip(reason=reason))
        return
    for file in sorted(Path(data).glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            yield pytest.param(json.loads(line), id=f"{file.stem}-{number}")
    for file in sorted(Path(data).glob("*.json")):
        yield pytest.param({"pages": json.loads(file.read_text(encoding="utf-8"))}, id=file.stem)


@pytest.mark.parametrize("conversation", list(conversations()))
async def test_a_real_conversation_runs_through_the_server_without_an_error_in_its_log(
    conversation: Mapping[str, Any], tmp_path: Path
) -> None:
    config, log = tmp_path / "config.json", tmp_path / "server.log"
    config.write_text(json.dumps({"data_storage_path": "data", "consolidation_idle_seconds": 0}), encoding="utf-8")
    server = StdioServerParameters(command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config)])
    with log.open("w", encoding="utf-8") as errors:
        async with Client(stdio_client(server, errlog=errors)) as client:
            different = set()
            for page in conversation["pages"]:
                given = {key: page[key] for key in ("user_input", "agent_response", "timestamp") if page.get(key)}
                await called(client, "add_memory", **{"user_input": "", "agent_response": "", **given})
                different.add(json.dumps(given))  # the same page again within minutes is a retry
            status = await idle(client, asks=MANY, pause=PAUSE_SECONDS)
            for question in conversation.get("questions", ())[:QUESTIONS]:
                reply = await called(client, "retrieve_memory", query=question["question"])
                assert reply["retrieved_pages"]
            await called(client, "get_user_profile")

    assert status["counts"]["pages"] == len(different)
    assert [line for line in log.read_text(encoding="utf-8").splitlines() if is_amiss(line)] == []


def is_amiss(line: str) -> bool:
    return any(word in line for word in (" ERROR ", " WARNING ", " CRITICAL ", "Traceback"))
