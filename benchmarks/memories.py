"""MemoryOS as the benchmark reaches it: through the library, or through the server over stdio."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp_types import TextContent, TextResourceContents

from benchmarks.conversations import Exchange
from benchmarks.evidence import page_tokens
from memoryos import Memoryos, load_config
from memoryos.scoring import Weights

Settings = Mapping[str, object]
"""Keys of a config file."""

REPLY_TOKENS = 20_000
"""`max_tokens` of a retrieval: larger than every budget measured."""

_WAIT_SECONDS = 1_800.0
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as a reply shows it."""

    id: str
    user_input: str
    agent_response: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The list that is measured: ranked pages, then those of short-term memory not among them, newest first."""

    pages: tuple[Shown, ...]
    tokens: float


class Memory(Protocol):
    """One user's memory."""

    def add(self, page: Exchange) -> str:
        """Add a page; the id it got."""

    def wait_until_idle(self) -> None:
        """Return once no background work is pending."""

    def retrieve(self, query: str, max_results: int) -> Reply:
        """What the memory brings to a query."""


class InProcess:
    """A memory opened by the library in this process; closed by `stack`."""

    def __init__(self, settings: Settings, stack: ExitStack, weights: Weights | None = None) -> None:
        config = load_config(None, environ={}, arguments=settings)
        self._memory = stack.enter_context(Memoryos.open(config, weights))

    def add(self, page: Exchange) -> str:
        return self._memory.add_memory(page.user_input, page.agent_response, page.timestamp).page.id

    def wait_until_idle(self) -> None:
        self._memory.wait_until_idle(_WAIT_SECONDS)
        # A memory that only reads has had nothing to embed yet, and would answer by words until its model is there.
        deadline = time.monotonic() + _WAIT_SECONDS
        while (state := self._memory.status().embedder_state) != "ready":
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {_WAIT_SECONDS} s the embedding model is {state}")
            time.sleep(_POLL_SECONDS)

    def retrieve(self, query: str, max_results: int) -> Reply:
        recall = self._memory.retrieve(query, max_results)
        listed = (*(ranked.page for ranked in recall.pages), *reversed(recall.short_term))
        pages = _each_once(Shown(page.id, page.user_input, page.agent_response) for page in listed)
        return Reply(pages, sum(page_tokens(page.user_input, page.agent_response) for page in pages))


class OverStdio:
    """A memory behind the server, in a process of its own, through the SDK's client; ended by `stack`."""

    def __init__(self, settings: Settings, config_file: Path, stack: ExitStack) -> None:
        config_file.write_text(json.dumps(dict(settings)), encoding="utf-8")
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config_file)]
        )
        self._portal = stack.enter_context(start_blocking_portal())
        self._client = stack.enter_context(self._portal.wrap_async_context_manager(Client(server)))

    def add(self, page: Exchange) -> str:
        arguments = {"user_input": page.user_input, "agent_response": page.agent_response}
        if page.timestamp is not None:
            arguments["timestamp"] = page.timestamp
        reply, _ = self._call("add_memory", arguments)
        return str(reply["details"]["id"])

    def wait_until_idle(self) -> None:
        deadline = time.monotonic() + _WAIT_SECONDS
        while any(pending := self._pending()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {_WAIT_SECONDS} s there is still work to do: {pending}")
            time.sleep(_POLL_SECONDS)

    def retrieve(self, query: str, max_results: int) -> Reply:
        arguments = {"query": query, "max_results": max_results, "max_tokens": REPLY_TOKENS}
        reply, text = self._call("retrieve_memory", arguments)
        listed = (*reply["retrieved_pages"], *reversed(reply["short_term_memory"]))
        pages = _each_once(Shown(page["id"], page["user_input"], page["agent_response"]) for page in listed)
        return Reply(pages, len(text.encode()) / 4)

    def _pending(self) -> list[int]:
        async def read() -> str:
            contents = (await self._client.read_resource("memoryos://status", cache_mode="bypass")).contents
            assert isinstance(contents[0], TextResourceContents)
            return contents[0].text

        return list(json.loads(self._portal.call(read))["pending"].values())

    def _call(self, tool: str, arguments: Mapping[str, object]) -> tuple[dict[str, Any], str]:
        """A tool's reply as JSON and as text; raises `RuntimeError` with the server's words where it refuses."""
        result = self._portal.call(self._client.call_tool, tool, dict(arguments))
        text = "".join(block.text for block in result.content if isinstance(block, TextContent))
        if result.is_error:
            raise RuntimeError(f"{tool}: {text}")
        return json.loads(text), text


def _each_once(pages: Iterable[Shown]) -> tuple[Shown, ...]:
    """The pages in order, one that comes again left out."""
    first: dict[str, Shown] = {}
    for page in pages:
        first.setdefault(page.id, page)
    return tuple(first.values())
