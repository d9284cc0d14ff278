"""The measurements behind each budget: servers started, tools called, side by side with what they are compared to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dialogue import Dialogue
from benchmarks.pipes import DISCOVER, INITIALIZE, Server, bare_server, memory_server
from memoryos.embedding import Embedder

_FSYNC_BYTES = 4_096
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 600.0
WARM_CALLS = 5
"""The first retrievals of a server are asked, not counted."""

Tick = Callable[[], None]
"""Told after each step."""


@dataclass(frozen=True, slots=True)
class Starts:
    """Seconds from starting a process to its first answer, a value a round; and to the first retrieval."""

    initialize: tuple[float, ...]
    bare_initialize: tuple[float, ...]
    discover: tuple[float, ...]
    bare_discover: tuple[float, ...]
    first_retrieve: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Adds:
    """Seconds of each add_memory, with the background idle and busy, and of what it is compared to."""

    idle: tuple[float, ...]
    busy: tuple[float, ...]
    bare_call: tuple[float, ...]
    fsync: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Retrievals:
    """Seconds of each retrieve_memory, and of embedding the same query in this process."""

    retrieve: tuple[float, ...]
    embed: tuple[float, ...]


def starts(config_file: Path, log: Path, questions: Sequence[str], tick: Tick) -> Starts:
    """Each server started in turn, a round a question; the first round, which warms the disk's cache, is not counted.

    The first answer is timed with either protocol, the first retrieval from the start of the process, too.
    """
    ours, bare = memory_server(config_file), bare_server()
    rows = []
    for question in questions:
        row = (
            _first_answer(ours, log, INITIALIZE),
            _first_answer(bare, log, INITIALIZE),
            _first_answer(ours, log, DISCOVER),
            _first_answer(bare, log, DISCOVER),
            _first_retrieve(ours, log, question),
        )
        rows.append(row)
        tick()
    return Starts(*zip(*rows[1:], strict=True))


def _first_answer(command: Sequence[str], log: Path, request: tuple[str, Mapping[str, object]]) -> float:
    started = time.perf_counter()
    with Server(command, log) as server:
        server.request(*request)
        return time.perf_counter() - started


def _first_retrieve(command: Sequence[str], log: Path, question: str) -> float:
    started = time.perf_counter()
    with Server(command, log) as server:
        server.initialize()
        server.call("retrieve_memory", {"query": question})
        return time.perf_counter() - started


def retrievals(server: Server, embedder: Embedder, questions: Sequence[str], tick: Tick) -> Retrievals:
    """Each question but the first `WARM_CALLS` embedded here and asked there, in turn."""
    for question in questions[:WARM_CALLS]:
        server.call("retrieve_memory", {"query": question})
        embedder.embed_query(question)
    retrieve, embed = [], []
    for question in questions[WARM_CALLS:]:
        started = time.perf_counter()
        embedder.embed_query(question)
        embed.append(time.perf_counter() - started)
        retrieve.append(server.seconds("retrieve_memory", {"query": question}))
        tick()
    return Retrievals(tuple(retrieve), tuple(embed))


def adds(
    server: Server, bare: Server, scratch: Path, dialogue: Dialogue, numbers: Sequence[int], batch: int, tick: Tick
) -> Adds:
    """Half of the pages added one by one with nothing else going on, the other half back to back.

    Between the former a bare tool call and an fsync are timed. `batch` is the server's consolidation_batch: fewer
    waiting pages are not work yet.
    """
    half = len(numbers) // 2
    idle, bare_call, fsync = [], [], []
    with scratch.open("ab", buffering=0) as file:
        for number in numbers[:half]:
            _wait_until_idle(server, batch)
            bare_call.append(bare.seconds("add_memory", _arguments(dialogue, number)))
            fsync.append(_fsync_seconds(file.fileno()))
            idle.append(server.seconds("add_memory", _arguments(dialogue, number)))
            tick()
    busy = []
    for number in numbers[half:]:
        busy.append(server.seconds("add_memory", _arguments(dialogue, number)))
        tick()
    return Adds(tuple(idle), tuple(busy), tuple(bare_call), tuple(fsync))


def _arguments(dialogue: Dialogue, number: int) -> dict[str, object]:
    page = dialogue.page(number)
    return {"user_input": page.user_input, "agent_response": page.agent_response, "timestamp": page.timestamp}


def _fsync_seconds(descriptor: int) -> float:
    started = time.perf_counter()
    os.write(descriptor, bytes(_FSYNC_BYTES))
    os.fsync(descriptor)
    return time.perf_counter() - started


def _wait_until_idle(server: Server, batch: int) -> None:
    deadline = time.monotonic() + _IDLE_SECONDS
    while (pending := _pending(server))["embed"] or pending["analyse"] or pending["consolidate"] >= batch:
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {_IDLE_SECONDS} s there is still work to do: {pending}")
        time.sleep(_POLL_SECONDS)


def _pending(server: Server) -> dict[str, int]:
    contents = server.request("resources/read", {"uri": "memoryos://status"})["contents"]
    pending: dict[str, int] = json.loads(contents[0]["text"])["pending"]
    return pending
