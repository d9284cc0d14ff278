"""The measurements behind each budget: servers started, tools called, side by side with what they are compared to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common.conversations import Exchange
from benchmarks.speed.dialogue import Talk
from benchmarks.speed.pipes import DISCOVER, INITIALIZE, Server, bare_server, memory_server

_FSYNC_BYTES = 4_096
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 600.0
BY_WORDS = "words only"
"""What a reply says while the vectors are still being read."""

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
    """Seconds of each add_memory, with the background idle, over stdio and HTTP, and busy, and of what it is compared
    to."""

    idle: tuple[float, ...]
    over_http: tuple[float, ...]
    busy: tuple[float, ...]
    bare_call: tuple[float, ...]
    fsync: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Retrievals:
    """Seconds of each retrieve_memory over stdio and HTTP, and of the least that it can take over stdio."""

    retrieve: tuple[float, ...]
    over_http: tuple[float, ...]
    least: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Openings:
    """Seconds from starting a process to its first recall answered, and to the first that compares meaning."""

    first: float
    by_meaning: float


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


def opening(command: Sequence[str], log: Path, question: str) -> Openings:
    """A server started and asked until it has read all vectors."""
    started = time.perf_counter()
    first = None
    with Server(command, log) as server:
        server.initialize()
        while True:
            reply = server.call("retrieve_memory", {"query": question})["content"][0]["text"]
            took = time.perf_counter() - started
            first = first or took
            if BY_WORDS not in reply:
                return Openings(first, took)
            time.sleep(_POLL_SECONDS)


def retrievals(
    server: Server, http: Server, least: Server, questions: Sequence[str], batch: int, tick: Tick
) -> Retrievals:
    """Each question but the first `WARM_CALLS` asked of one after the other, with nothing else going on.

    `least` is the server of `pipes.embedding_server`, `batch` the other ones' consolidation_batch.
    """
    asked = (server, http, least)
    for question in questions[:WARM_CALLS]:
        for each in asked:
            each.call("retrieve_memory", {"query": question})
    wait_until_idle(server, batch)
    rows = []
    for question in questions[WARM_CALLS:]:
        rows.append([each.seconds("retrieve_memory", {"query": question}) for each in asked])
        tick()
    return Retrievals(*map(tuple, zip(*rows, strict=True)))


def adds(
    server: Server,
    http: Server,
    bare: Server,
    scratch: Path,
    dialogue: Talk,
    numbers: Sequence[int],
    batch: int,
    tick: Tick,
) -> Adds:
    """Two thirds of the pages added one by one with nothing else going on, over stdio and HTTP in turn, the others back
    to back.

    Between the former a bare tool call and an fsync are timed. `batch` is the servers' consolidation_batch: fewer
    waiting pages are not work yet.
    """
    third = len(numbers) // 3
    pages = [add_arguments(dialogue.page(number)) for number in numbers]
    rows = []
    with scratch.open("ab", buffering=0) as file:
        for page, other in zip(pages[:third], pages[third : 2 * third], strict=True):
            wait_until_idle(server, batch)
            bare_call = bare.seconds("add_memory", page)
            fsync = _fsync_seconds(file.fileno())
            idle = server.seconds("add_memory", page)
            wait_until_idle(http, batch)
            rows.append((idle, http.seconds("add_memory", other), bare_call, fsync))
            tick()
    busy = []
    for page in pages[2 * third :]:
        busy.append(server.seconds("add_memory", page))
        tick()
    idle_seconds, over_http, bare_calls, fsyncs = map(tuple, zip(*rows, strict=True))
    return Adds(idle_seconds, over_http, tuple(busy), bare_calls, fsyncs)


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
