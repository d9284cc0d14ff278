"""MemoryOS as the benchmark reaches it: the library, the server over stdio, or the ranking alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp_types import TextContent, TextResourceContents

from benchmarks.common.conversations import Exchange
from benchmarks.recall.evidence import page_tokens
from memoryos import Memoryos, Runtime, load_config
from memoryos.assembly import assemble
from memoryos_mcp.wording import short_id

if TYPE_CHECKING:
    from memoryos import Page
    from memoryos.embedding import OnDemandEmbedder
    from memoryos.retrieval.candidates import Candidates
    from memoryos.retrieval.hybrid import QueryVector
    from memoryos.retrieval.query import Query
    from memoryos.retrieval.scoring import Weights

Settings = Mapping[str, object]
"""Keys of a config file."""

_NOT_BEARING = "nothing in memory clearly bears on this"

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
    """The list that is measured: ranked pages, then those of short-term memory not among them, newest first.

    `bears` is whether it says that something bears on the query; None where nothing is said of that.
    """

    pages: tuple[Shown, ...]
    tokens: float
    bears: bool | None = None


class Memory(Protocol):
    """One user's memory."""

    def add(self, page: Exchange) -> str:
        """Add a page; the id it got."""

    def wait_until_idle(self) -> None:
        """Return once no background work is pending."""

    def retrieve(self, query: str, max_results: int, now: str | None = None) -> Reply:
        """What the memory brings to a query asked `now` (None: at this moment)."""


class InProcess:
    """A memory opened by the library in this process; closed by `stack`."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self._memory = stack.enter_context(Memoryos.open(load_config(None, environ={}, arguments=settings)))

    def add(self, page: Exchange) -> str:
        return self._memory.add_memory(
            page.user_input, page.agent_response, page.timestamp
        ).page.id  # whole; `short_id` of it is what a reply shows

    def wait_until_idle(self) -> None:
        self._memory.wait_until_idle(_WAIT_SECONDS)
        # A memory that only reads has had nothing to embed yet, and would answer by words until its model is there.
        deadline = time.monotonic() + _WAIT_SECONDS
        while (state := self._memory.status().embedder_state) != "ready":
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {_WAIT_SECONDS} s the embedding model is {state}")
            time.sleep(_POLL_SECONDS)

    def retrieve(self, query: str, max_results: int, now: str | None = None) -> Reply:
        recall = self._memory.retrieve(query, max_results, now=now)
        listed = _reply((*(ranked.page for ranked in recall.pages), *reversed(recall.short_term)))
        return replace(listed, bears=recall.bears)


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
        while any((status := self._status())["pending"].values()) or status["embedder_state"] != "ready":
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"after {_WAIT_SECONDS} s there is still work to do: {status['pending']}, "
                    f"the embedding model is {status['embedder_state']}"
                )
            time.sleep(_POLL_SECONDS)

    def retrieve(self, query: str, max_results: int, now: str | None = None) -> Reply:
        arguments = {"query": query, "max_results": max_results, "max_tokens": REPLY_TOKENS, "now": now}
        reply, text = self._call("retrieve_memory", arguments)
        listed = (*reply["retrieved_pages"], *reversed(reply["short_term_memory"]))
        pages = _each_once(Shown(page["id"], page["user_input"], page["agent_response"]) for page in listed)
        return Reply(pages, len(text.encode()) / 4, bears=_NOT_BEARING not in (reply.get("message") or ""))

    def _status(self) -> dict[str, Any]:
        async def read() -> str:
            contents = (await self._client.read_resource("memoryos://status", cache_mode="bypass")).contents
            assert isinstance(contents[0], TextResourceContents)
            return contents[0].text

        status: dict[str, Any] = json.loads(self._portal.call(read))
        return status

    def _call(self, tool: str, arguments: Mapping[str, object]) -> tuple[dict[str, Any], str]:
        """A tool's reply as JSON and as text; raises `RuntimeError` with the server's words where it refuses."""
        result = self._portal.call(self._client.call_tool, tool, dict(arguments))
        text = "".join(block.text for block in result.content if isinstance(block, TextContent))
        if result.is_error:
            raise RuntimeError(f"{tool}: {text}")
        return json.loads(text), text


class Ranking:
    """The ranking of a memory by any weights: no thread works behind it, and each query is read and embedded once
    for all weights that read it alike."""

    def __init__(self, settings: Settings, embedder: OnDemandEmbedder, stack: ExitStack) -> None:
        config = load_config(None, environ={}, arguments=settings)
        self._parts = assemble(config, Runtime(), lambda: datetime.now(timezone.utc), embedder)
        stack.callback(self._parts.close)
        self._parts.retriever.prepare()
        self._asked: dict[tuple[str, bool, float], tuple[Query, QueryVector | None, Candidates]] = {}
        self._newest = tuple(reversed(self._parts.short_term.pages()))
        # A talk of the past is asked about in the past: "last week" is seen from its newest page.
        self._asked_at = max((page.happened_at for page in self._newest), default=datetime.now(timezone.utc))

    def retrieve(self, query: str, max_results: int, now: str | None = None, *, weights: Weights) -> Reply:
        """The list that these weights bring to a query, asked at the end of the talk whatever `now` says."""
        retriever = self._parts.retriever
        retriever.weights = weights
        as_read = (query, weights.speakers, weights.distrust)
        if as_read not in self._asked:
            read = retriever.read(query)
            self._asked[as_read] = (read, retriever.embed(read), retriever.find(read, self._asked_at))
        read, vector, found = self._asked[as_read]
        ranked = retriever.pages(read, vector, max_results, found)
        return _reply((*(each.page for each in ranked), *self._newest))


def _reply(pages: Iterable[Page]) -> Reply:
    listed = _each_once(Shown(short_id(page.id), page.user_input, page.agent_response) for page in pages)
    return Reply(listed, sum(page_tokens(page.user_input, page.agent_response) for page in listed))


def _each_once(pages: Iterable[Shown]) -> tuple[Shown, ...]:
    """The pages in order, one that comes again left out."""
    first: dict[str, Shown] = {}
    for page in pages:
        first.setdefault(page.id, page)
    return tuple(first.values())
