"""The demo's talk with a real server: pages in, thinking awaited, questions out.

The SDK's client is asynchronous; so is what calls it, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO

from mcp import Client, MCPError
from mcp.client.stdio import stdio_client
from mcp_types import TextContent, TextResourceContents
from mcp_types.version import LATEST_MODERN_VERSION

from memoryos.errors import MemoryOSError
from memoryos_mcp.tools.schemas import (
    AddMemoryResult,
    PendingWork,
    RetrievedPage,
    RetrieveMemoryResult,
    StatusResult,
    UserProfileResult,
)

if TYPE_CHECKING:
    from mcp import StdioServerParameters
    from mcp_types import CallToolResult

    from memoryos_mcp.importers.conversations import Conversation, Exchange, Question

PAGES_PER_QUESTION = 5

_REPLY_TOKENS = 20_000
"""Enough for that many long pages."""

_ANSWER_SECONDS = 120.0
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 120.0
"""Pending work that does not change for so long is given up."""


class Watcher(Protocol):
    """Hears how far the play is."""

    def answered(self, seconds: float) -> None:
        """The server gave its first answer, so long after its start."""

    def added(self, count: int) -> None:
        """So many exchanges are in memory."""

    def thinking(self, pending: PendingWork) -> None:
        """So much is left to think about."""

    def asked(self, count: int) -> None:
        """So many questions are answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a question: `gold` are the ids of pages that hold evidence, `found` of `wanted` came back."""

    question: Question
    pages: tuple[RetrievedPage, ...]
    gold: frozenset[str]
    found: int
    wanted: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Played:
    """All that the server said, and how long each step took in seconds."""

    first_answer: float
    adds: tuple[float, ...]
    thinking: float
    answers: tuple[Answer, ...]
    profile: UserProfileResult
    status: StatusResult


async def play(
    conversation: Conversation,
    questions: Sequence[Question],
    server: StdioServerParameters,
    log: TextIO,
    watcher: Watcher,
) -> Played:
    """Start the server, its standard error going to `log`, and take the conversation through it.

    The server is gone when this returns, is cancelled or raises `MemoryOSError`.
    """
    started = time.perf_counter()
    # The version is given, so nothing is asked before the first request of ours.
    transport = stdio_client(server, log)
    async with Client(
        transport, mode=LATEST_MODERN_VERSION, cache=None, read_timeout_seconds=_ANSWER_SECONDS
    ) as client:
        try:
            await client.list_tools()
            first_answer = time.perf_counter() - started
            watcher.answered(first_answer)
            return await _played(client, conversation, questions, watcher, first_answer)
        except (MCPError, MemoryOSError) as error:
            failure = error  # raised outside: the SDK's task groups would wrap it
    raise MemoryOSError(f"the server failed: {failure}")


async def _played(
    client: Client, conversation: Conversation, questions: Sequence[Question], watcher: Watcher, first_answer: float
) -> Played:
    ids, adds = [], []
    for count, exchange in enumerate(conversation.exchanges, 1):
        started = time.perf_counter()
        ids.append(await _add(client, exchange))
        adds.append(time.perf_counter() - started)
        watcher.added(count)
    started = time.perf_counter()
    await _wait_until_idle(client, watcher)
    thinking = time.perf_counter() - started
    answers = []
    for count, question in enumerate(questions, 1):
        started = time.perf_counter()
        pages = await _retrieve(client, question)
        answers.append(_answer(question, pages, time.perf_counter() - started, conversation.exchanges, ids))
        watcher.asked(count)
    profile = UserProfileResult.model_validate(_answered(await client.call_tool("get_user_profile", {})))
    return Played(first_answer, tuple(adds), thinking, tuple(answers), profile, await _status(client))


async def _add(client: Client, exchange: Exchange) -> str:
    given = {"user_input": exchange.user_input, "agent_response": exchange.agent_response}
    if exchange.timestamp is not None:
        given["timestamp"] = exchange.timestamp
    return AddMemoryResult.model_validate(_answered(await client.call_tool("add_memory", given))).details.id


async def _retrieve(client: Client, question: Question) -> list[RetrievedPage]:
    given = {"query": question.text, "max_results": PAGES_PER_QUESTION, "max_tokens": _REPLY_TOKENS, "explain": True}
    reply = _answered(await client.call_tool("retrieve_memory", given))
    return RetrieveMemoryResult.model_validate(reply).retrieved_pages


async def _wait_until_idle(client: Client, watcher: Watcher) -> None:
    before, since = None, time.monotonic()
    while True:
        status = await _status(client)
        watcher.thinking(status.pending)
        if status.pending == PendingWork(embed=0, consolidate=0, analyse=0):
            return
        if status.pending != before:
            before, since = status.pending, time.monotonic()
        elif time.monotonic() - since > _PATIENCE_SECONDS:
            error = "no error" if status.last_error is None else status.last_error.error
            raise MemoryOSError(f"its background work stands still ({status.pending!r}; last error: {error})")
        await asyncio.sleep(_POLL_SECONDS)


async def _status(client: Client) -> StatusResult:
    (content,) = (await client.read_resource("memoryos://status")).contents
    if not isinstance(content, TextResourceContents):
        raise MemoryOSError("memoryos://status is not a text")
    return StatusResult.model_validate_json(content.text)


def _answered(result: CallToolResult) -> object:
    """What a tool answered; its error is raised as `MemoryOSError`."""
    text = " ".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        raise MemoryOSError(text)
    return json.loads(text)


def _answer(
    question: Question,
    pages: Sequence[RetrievedPage],
    seconds: float,
    exchanges: Sequence[Exchange],
    ids: Sequence[str],
) -> Answer:
    """The answer with its evidence marked; an exchange with the very same texts counts for its twin."""
    evidence = {_texts(exchanges[index]) for index in question.evidence}
    gold = {id_: _texts(exchange) for id_, exchange in zip(ids, exchanges, strict=True) if _texts(exchange) in evidence}
    found = {gold[page.id] for page in pages if page.id in gold}
    return Answer(question, tuple(pages), frozenset(gold), len(found), len(evidence), seconds)


def _texts(exchange: Exchange) -> tuple[str, str]:
    return exchange.user_input, exchange.agent_response
