"""The measurements behind each budget: servers started, tools called, side by side with what they are compared to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.conversations import Exchange
from benchmarks.speed.dialogue import Dialogue
from benchmarks.speed.pipes import DISCOVER, INITIALIZE, Server, bare_server, memory_server
from memoryos.embedding import Embedder

_FSYNC_BYTES = 4_096
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 600.0
WARM_CALLS = 5
"""The first 5 retrievals of a server warm it up and are not counted."""

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
    """Seconds of each retrieve_memory, of the least that it can take, and of embedding the query in this process."""

    retrieve: tuple[float, ...]
    least: tuple[float, ...]
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


def retrievals(
    server: Server, least: Server, embedder: Embedder, questions: Sequence[str], batch: int, tick: Tick
) -> Retrievals:
    """Each question but the first `WARM_CALLS` embedded here and asked there, in turn, with nothing else going on.

    `least` is the server of `pipes.embedding_server`, `batch` the other one's consolidation_batch.
    """
    for question in questions[:WARM_CALLS]:
        for asked in (server, least):
            asked.call("retrieve_memory", {"query": question})
        embedder.embed_query(question)
    wait_until_idle(server, batch)
    retrieve, least_seconds, embed = [], [], []
    for question in questions[WARM_CALLS:]:
        started = time.perf_counter()
        embedder.embed_query(question)
        embed.append(time.perf_counter() - started)
        retrieve.append(server.seconds("retrieve_memory", {"query": question}))
        least_seconds.append(least.seconds("retrieve_memory", {"query": question}))
        tick()
    return Retrievals(tuple(retrieve), tuple(least_seconds), tuple(embed))


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
            page = add_arguments(dialogue.page(number))
            wait_until_idle(server, batch)
            bare_call.append(bare.seconds("add_memory", page))
            fsync.append(_fsync_seconds(file.fileno()))
            idle.append(server.seconds("add_memory", page))
            tick()
    busy = []
    for number in numbers[half:]:
        busy.append(server.seconds("add_memory", add_arguments(dialogue.page(number))))
        tick()
    return Adds(tuple(idle), tuple(busy), tuple(bare_call), tuple(fsync))


def add_arguments(page: Exchange) -> dict[str, object]:
    """A page as `add_memory` takes it."""
    given = {"user_input": page.user_input, "agent_response": page.agent_response, "timestamp": page.timestamp}
    return {key: text for key, text in given.items() if text is not None}


def _fsync_seconds(descriptor: int) -> float:
    started = time.perf_counter()
    os.write(descriptor, bytes(_FSYNC_BYTES))
    os.fsync(descriptor)
    return time.perf_counter() - started


def wait_until_idle(server: Server, batch: int) -> dict[str, Any]:
    """The status of a server without due work, once it is so; fewer than `batch` waiting pages are not due.

    Raises `TimeoutError` after minutes.
    """
    return wait_until(
        server,
        lambda pending: not pending["embed"] and not pending["analyse"] and pending["consolidate"] < batch,
    )


def wait_until(server: Server, is_little_enough: Callable[[Mapping[str, int]], bool]) -> dict[str, Any]:
    """The status of a server once what it counts as pending is little enough; raises `TimeoutError` after minutes."""
    deadline = time.monotonic() + _IDLE_SECONDS
    while not is_little_enough((status := server.status())["pending"]):
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {_IDLE_SECONDS} s there is still work to do: {status['pending']}")
        time.sleep(_POLL_SECONDS)
    return status
