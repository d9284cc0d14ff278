"""The model calls and tokens a conversation costs, as the server and its model's endpoint count them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.conversations import Conversation
from benchmarks.endpoint.chat_endpoints import AnsweringEndpoint, Call, tokens
from benchmarks.endpoint.quoting_model import QuotingModel
from benchmarks.recall.report import Sheet
from benchmarks.speed.budgets import Measured
from benchmarks.speed.measuring import Tick, add_arguments, wait_until_idle
from benchmarks.speed.pipes import Server, memory_server

CALLS_PER_PAGE = 0.3
REFERENCE_CALLS_PER_PAGE = 3.1
"""Calls of the reference implementation, counted at a stub that answers at once, while pages of LoCoMo were added."""

_BATCH = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast pages come: all of them as soon as the work before them is done, or one every so many seconds.

    `idle_seconds` is the server's `consolidation_idle_seconds`: with it, hours pass in seconds. `rest_seconds` pass
    after the last page, in which a batch that is not full may come due.
    """

    name: str
    page_seconds: float = 0.0
    idle_seconds: float = 60.0
    rest_seconds: float = 0.0


AT_ONCE = Pace("at once")
SLOW = Pace("one in 7.5 min", page_seconds=0.25, idle_seconds=60.0 / 1_800, rest_seconds=5.0)
"""Time runs 1,800 times faster: the hour that a batch waits for more pages is two seconds."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a conversation cost, told by the pace of its pages and the size of the model's topics.

    `thought_about` counts the pages that have left short-term memory for a segment.
    """

    conversation: str
    pace: str
    topic_pages: int
    pages: int
    thought_about: int
    dialogue_tokens: int
    consolidations: int
    analyses: int
    prompt_tokens: int
    completion_tokens: int
    segments: int
    facts: int

    @property
    def calls(self) -> int:
        return self.consolidations + self.analyses

    @property
    def calls_per_page(self) -> float:
        return self.calls / self.thought_about

    @property
    def tokens_per_page(self) -> float:
        return (self.prompt_tokens + self.completion_tokens) / self.thought_about

    @property
    def what(self) -> str:
        return f"{self.conversation}, {self.pace}, topics of {self.topic_pages}"


def measure(conversation: Conversation, topic_pages: int, pace: Pace, folder: Path, tick: Tick) -> Cost:
    """The cost of every page added through the server, each once the work due on those before it is done.

    Before each page memory is asked about it, as an agent does, which warms segments. Raises `RuntimeError` where
    server and endpoint count differently, or the model was not believed throughout.
    """
    with AnsweringEndpoint(QuotingModel(topic_pages)) as endpoint:
        config_file = _written(folder, endpoint.base_url, pace)
        with Server(memory_server(config_file), folder / "server.log") as server:
            server.initialize()
            for page in conversation.pages:
                due = time.monotonic() + pace.page_seconds
                server.call("retrieve_memory", {"query": page.user_input or page.agent_response})
                server.call("add_memory", add_arguments(page))
                wait_until_idle(server, _BATCH)
                time.sleep(max(0.0, due - time.monotonic()))
                tick()
            time.sleep(pace.rest_seconds)
            status, calls = _settled(server, endpoint)
    _check(status, calls)
    wanted = Counter(call.wanted for call in calls)
    counts = status["counts"]
    return Cost(
        conversation=conversation.id,
        pace=pace.name,
        topic_pages=topic_pages,
        pages=counts["pages"],
        thought_about=counts["pages"] - counts["short_term"] - status["pending"]["consolidate"],
        dialogue_tokens=sum(tokens([page.user_input, page.agent_response]) for page in conversation.pages),
        consolidations=wanted["consolidation"],
        analyses=wanted["analysis"],
        prompt_tokens=sum(call.prompt_tokens for call in calls),
        completion_tokens=sum(call.completion_tokens for call in calls),
        segments=counts["segments"],
        facts=counts["user_knowledge"] + counts["assistant_knowledge"],
    )


def lines(costs: Sequence[Cost]) -> list[Measured]:
    """Calls per page against the budget and the reference, tokens per page against those of the page itself."""
    found = []
    for cost in costs:
        calls = f"model calls per page ({cost.what})"
        own = cost.dialogue_tokens / cost.pages
        found += [
            Measured(calls, cost.calls_per_page, "calls", "limit", CALLS_PER_PAGE, 1.0),
            Measured(calls, cost.calls_per_page, "calls", "reference implementation", REFERENCE_CALLS_PER_PAGE),
            Measured(f"model tokens per page ({cost.what})", cost.tokens_per_page, "tokens", "the page itself", own),
        ]
    return found


def sheet(costs: Sequence[Cost]) -> Sheet:
    """The counts behind the ratios."""
    columns = (
        *("conversation", "pages come", "topics of", "pages", "thought about", "consolidations", "analyses"),
        *("prompt tokens", "completion tokens", "segments", "facts"),
    )
    return Sheet(
        "Calls and tokens, equal in the server's status and at its endpoint",
        columns,
        tuple(
            (
                cost.conversation,
                cost.pace,
                *(
                    f"{count:,}"
                    for count in (
                        *(cost.topic_pages, cost.pages, cost.thought_about, cost.consolidations, cost.analyses),
                        *(cost.prompt_tokens, cost.completion_tokens, cost.segments, cost.facts),
                    )
                ),
            )
            for cost in costs
        ),
        names=2,
    )


def _settled(server: Server, endpoint: AnsweringEndpoint) -> tuple[dict[str, Any], tuple[Call, ...]]:
    """The server's status and the endpoint's calls, told while no call was under way."""
    while True:
        calls = endpoint.calls
        status = wait_until_idle(server, _BATCH)
        if endpoint.calls == calls:
            return status, calls


def _check(status: Mapping[str, Any], calls: Sequence[Call]) -> None:
    told = status["model"]["calls_today"], status["model"]["tokens_today"]
    counted = len(calls), sum(call.tokens for call in calls)
    if told != counted:
        raise RuntimeError(
            f"the server counts {told} calls and tokens of today, its endpoint {counted}; "
            "a run over midnight UTC has to be repeated"
        )
    if status["parked_pages"] or status["last_error"]:
        raise RuntimeError(f"{status['parked_pages']} pages parked, last error {status['last_error']}")


def _written(folder: Path, base_url: str, pace: Pace) -> Path:
    """The config file of a new memory in a folder."""
    folder.mkdir(parents=True)
    config_file = folder / "config.json"
    settings = {
        "data_storage_path": "data",
        "log_level": "WARNING",
        "openai_base_url": base_url,
        "llm_model": "scripted",
        "consolidation_batch": _BATCH,
        "consolidation_idle_seconds": pace.idle_seconds,
    }
    config_file.write_text(json.dumps(settings), encoding="utf-8")
    return config_file
