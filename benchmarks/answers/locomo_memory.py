"""A memory of one conversation behind the server, built once and found again by the next run."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp_types import TextContent, TextResourceContents

from benchmarks.common.conversations import Exchange

BATCH = 10
"""The server's `consolidation_batch`: a model is not asked about fewer waiting pages."""

_WAIT_SECONDS = 12 * 3_600.0
_POLL_SECONDS = 0.25

Tick = Callable[[], None]
"""Told after each page."""


@dataclass(frozen=True, slots=True)
class Build:
    """What building a memory took; a `resumed` one took longer than this counts."""

    conversation: str
    pages: int
    analysis: str
    seconds: float
    calls: int
    tokens: int
    segments: int
    facts: int
    traits: int
    parked: int
    left_waiting: int
    resumed: bool
    embedder: str


class MemoryServer:
    """The server over stdio with a configuration, spoken to by the SDK's client; ended by `stack`.

    It gets this process's environment, so that a key named there need not stand in the file.
    """

    def __init__(self, config_file: Path, stack: ExitStack, python: str = sys.executable) -> None:
        arguments = ["-m", "memoryos_mcp", "--config", config_file.name]
        # Started where no checkout lies, else that would be imported instead of what the Python has installed.
        server = StdioServerParameters(command=python, args=arguments, env=dict(os.environ), cwd=config_file.parent)
        self._portal = stack.enter_context(start_blocking_portal())
        self._client = stack.enter_context(self._portal.wrap_async_context_manager(Client(server)))

    def add(self, page: Exchange) -> str:
        """Add a page; the id it got."""
        arguments = {"user_input": page.user_input, "agent_response": page.agent_response}
        given = arguments if page.timestamp is None else {**arguments, "timestamp": page.timestamp}
        return str(self._call("add_memory", given)["details"]["id"])

    def retrieve(self, query: str, max_results: int, max_tokens: int) -> dict[str, Any]:
        """The reply of `retrieve_memory`."""
        return self._call("retrieve_memory", {"query": query, "max_results": max_results, "max_tokens": max_tokens})

    def status(self) -> dict[str, Any]:
        """The resource `memoryos://status`."""

        async def read() -> str:
            contents = (await self._client.read_resource("memoryos://status", cache_mode="bypass")).contents
            assert isinstance(contents[0], TextResourceContents)
            return contents[0].text

        status: dict[str, Any] = json.loads(self._portal.call(read))
        return status

    def wait_until_nothing_is_due(self) -> None:
        """Return once all work is done but for pages that do not fill a batch. Raises `TimeoutError` after hours."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while (pending := self.status()["pending"])["embed"] or pending["analyse"] or pending["consolidate"] >= BATCH:
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {_WAIT_SECONDS} s there is still work to do: {pending}")
            time.sleep(_POLL_SECONDS)

    def reply(self, tool: str, arguments: Mapping[str, object]) -> str:
        """The text of a tool's reply. Raises `RuntimeError` where the tool refuses."""
        result = self._portal.call(self._client.call_tool, tool, dict(arguments))
        text = "".join(block.text for block in result.content if isinstance(block, TextContent))
        if result.is_error:
            raise RuntimeError(f"{tool}: {text}")
        return text

    def _call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self.reply(tool, arguments))
        return reply


@dataclass(frozen=True, slots=True)
class Built:
    """A memory that holds a conversation: its server, the data's page of each id, and what building it took."""

    server: MemoryServer
    page_of: Mapping[str, str]
    build: Build


def built(
    conversation: str,
    pages: Sequence[Exchange],
    settings: Mapping[str, object],
    folder: Path,
    stack: ExitStack,
    tick: Tick,
    python: str = sys.executable,
) -> Built:
    """The memory in `folder`, with every page added in order and no work due; goes on where an earlier run stopped.

    `python` is the one whose installed server keeps it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config_file = folder / "config.json"
    fixed = {"data_storage_path": "data", "count_visits": False, "consolidation_batch": BATCH, "log_level": "INFO"}
    config_file.write_text(json.dumps({**fixed, **settings}), encoding="utf-8")
    server = MemoryServer(config_file, stack, python)
    added_file, build_file = folder / "added.jsonl", folder / "build.json"
    page_of = _added(added_file)
    resumed = bool(page_of)
    started = time.monotonic()
    with added_file.open("a", encoding="utf-8") as added:
        for position, page in enumerate(pages):
            if position >= len(page_of):
                # One that was added but not yet written down here counts as sent again, and gets the same id.
                added.write(json.dumps([server.add(page), page.id]) + "\n")
                added.flush()
            tick()
    page_of = _added(added_file)
    if build_file.exists():
        return Built(server, dict(page_of), Build(**json.loads(build_file.read_text(encoding="utf-8"))))
    server.wait_until_nothing_is_due()
    build = _build(conversation, server.status(), time.monotonic() - started, resumed)
    build_file.write_text(json.dumps(asdict(build)), encoding="utf-8")
    return Built(server, dict(page_of), build)


def _added(file: Path) -> list[tuple[str, str]]:
    """The server's and the data's id of each page that was added, in order."""
    if not file.exists():
        return []
    return [(own, page) for own, page in map(json.loads, file.read_text(encoding="utf-8").splitlines())]


def _build(conversation: str, status: Mapping[str, Any], seconds: float, resumed: bool) -> Build:
    counts, model = status["counts"], status.get("model") or {}
    return Build(
        conversation=conversation,
        pages=counts["pages"],
        analysis=status["analyst"],
        seconds=seconds,
        calls=model.get("calls_today", 0),
        tokens=model.get("tokens_today", 0),
        segments=counts["segments"],
        facts=counts["user_knowledge"] + counts["assistant_knowledge"],
        traits=counts["traits"],
        parked=status["parked_pages"],
        left_waiting=status["pending"]["consolidate"],
        resumed=resumed,
        embedder=status["embedder"],
    )
