"""What a model endpoint that hangs costs those who call the server, beside the same server without one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.endpoint.chat_endpoints import AnsweringEndpoint, HangingEndpoint
from benchmarks.endpoint.quoting_model import QuotingModel
from benchmarks.recall.report import Sheet
from benchmarks.speed.budgets import Measured, milliseconds
from benchmarks.speed.dialogue import Dialogue
from benchmarks.speed.filling import fill
from benchmarks.speed.measuring import WARM_CALLS, Tick, add_arguments, wait_until, wait_until_idle
from benchmarks.speed.pipes import Server, memory_server
from memoryos import load_config

HANGING = "hanging endpoint"
BESIDE = ("healthy endpoint", "no model")
"""The endpoints of the servers that are called in turn with the one whose endpoint hangs."""

CALL_RATIO = 1.2
END_SECONDS = 2.0

_BATCH = 10
"""The server's `consolidation_batch`: 10 waiting pages make a request to the model."""

_TOPIC_PAGES = 5
_DRAWS = 2_000
_REQUEST_SECONDS = 60.0
_TIMEOUT_SECONDS = 3_600
"""The server's `llm_timeout_seconds`: a request hangs for longer than a round takes."""


@dataclass(slots=True)
class Times:
    """Seconds of each add_memory and retrieve_memory, and of the end of the process in each round."""

    add: list[float] = field(default_factory=list)
    retrieve: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)


ByServer = Mapping[str, Times]
"""What was measured of the server with a hanging endpoint, and of those beside it."""


def measure(folder: Path, pages: int, rounds: int, calls: int, ticker: Callable[[str, int], Tick]) -> ByServer:
    """`calls` of each tool in each of `rounds`, which all begin with the same memory of `pages` pages.

    Servers are called in turn, each of them first as often as the others, once all have done what work they can.
    """
    dialogue = Dialogue()
    filled = folder / "filled"
    config = load_config(_written(filled, None), environ={})
    fill(config, dialogue, 0, pages, ticker(f"fill to {pages:,} pages", pages))
    times = {name: Times() for name in (HANGING, *BESIDE)}
    tick = ticker("calls while an endpoint hangs", rounds * calls)
    for number in range(rounds):
        with ExitStack() as stack:
            _Round(filled, folder / str(number), dialogue, pages, stack).measure(calls, times, tick)
    return times


def lines(times: ByServer) -> list[Measured]:
    """Each tool while the endpoint hangs against the same without; then the end of the process against its limit."""
    if not times:
        return []
    found = [
        Measured(
            f"{tool} while the endpoint hangs, p{percentile}",
            milliseconds(ours, percentile),
            "ms",
            name,
            milliseconds(theirs, percentile),
            CALL_RATIO,
        )
        for tool, percentile, name, ours, theirs in _compared(times)
    ]
    what, ends = "end of the server while a request hangs", times[HANGING].end
    return [
        *found,
        *(
            Measured(f"{what}, p50", milliseconds(ends, 50), "ms", name, milliseconds(times[name].end, 50))
            for name in BESIDE
        ),
        Measured(f"{what}, slowest", milliseconds(ends, 100), "ms", "limit", END_SECONDS * 1000, 1.0),
    ]


def intervals(times: ByServer) -> Sheet:
    """The 95 % interval of each ratio by bootstrap: calls are drawn anew together with those beside them."""
    chance = np.random.default_rng(1)
    rows = []
    for tool, percentile, name, ours, theirs in _compared(times):
        drawn = chance.integers(0, len(ours), (_DRAWS, len(ours)))
        upper, lower = (np.percentile(np.array(seconds)[drawn], percentile, axis=1) for seconds in (ours, theirs))
        low, high = np.percentile(upper / lower, (2.5, 97.5))
        rows.append((f"{tool} while the endpoint hangs, p{percentile}", name, f"{low:.2f}", f"{high:.2f}"))
    return Sheet("95 % intervals of the ratios (bootstrap)", ("what", "against", "from", "to"), tuple(rows), names=2)


def _compared(times: ByServer) -> Iterator[tuple[str, int, str, list[float], list[float]]]:
    """Tool, percentile and server beside it of every ratio, with the times of both."""
    if not times:
        return
    adds = {name: each.add for name, each in times.items()}
    retrievals = {name: each.retrieve for name, each in times.items()}
    for tool, seconds in (("add_memory", adds), ("retrieve_memory", retrievals)):
        for percentile in (50, 95):
            for name in BESIDE:
                yield tool, percentile, name, seconds[HANGING], seconds[name]


class _Round:
    """One start of each server over its copy of a filled memory, ended by `stack`; a request of the first hangs."""

    def __init__(self, filled: Path, folder: Path, dialogue: Dialogue, pages: int, stack: ExitStack) -> None:
        self._dialogue = dialogue
        self._pages = pages
        self._hanging = stack.enter_context(HangingEndpoint())
        healthy = stack.enter_context(AnsweringEndpoint(QuotingModel(_TOPIC_PAGES)))
        endpoints = (self._hanging.base_url, healthy.base_url, None)
        self._servers: dict[str, Server] = {}
        for name, base_url in zip((HANGING, *BESIDE), endpoints, strict=True):
            own = folder / name.split()[0]
            shutil.copytree(filled, own)
            server = stack.enter_context(Server(memory_server(_written(own, base_url)), own / "server.log"))
            server.initialize()
            self._servers[name] = server

    def measure(self, calls: int, times: ByServer, tick: Tick) -> None:
        """Add to the times. Raises `RuntimeError` where the request that hangs was given up."""
        self._make_a_request_hang()
        for number in range(calls):
            names = list(self._servers)
            first = number % len(names)
            order = [*names[first:], *names[:first]]
            question = {"query": self._dialogue.question(WARM_CALLS + number, self._pages)}
            self._settle()
            for name in order:
                times[name].add.append(self._servers[name].seconds("add_memory", self._page(_BATCH + number)))
            self._settle()
            for name in order:
                times[name].retrieve.append(self._servers[name].seconds("retrieve_memory", question))
            tick()
        self._settle()
        if not self._hanging.is_awaited():
            raise RuntimeError("the request that should hang was given up: these times say nothing")
        for name, server in self._servers.items():
            times[name].end.append(server.seconds_to_end())

    def _make_a_request_hang(self) -> None:
        """Add the pages that a request is about to every memory, and ask what is not counted."""
        for server in self._servers.values():
            for number in range(_BATCH):
                server.call("add_memory", self._page(number))
            for number in range(WARM_CALLS):
                server.call("retrieve_memory", {"query": self._dialogue.question(number, self._pages)})
        self._hanging.wait_for_request(_REQUEST_SECONDS)

    def _page(self, number: int) -> dict[str, object]:
        return add_arguments(self._dialogue.page(self._pages + number))

    def _settle(self) -> None:
        """Return once each server has done the work it can do."""
        wait_until(self._servers[HANGING], lambda pending: not pending["embed"])
        for name in BESIDE:
            wait_until_idle(self._servers[name], _BATCH)


def _written(folder: Path, base_url: str | None) -> Path:
    """The config file of the memory in a folder, with a model at that address or without."""
    folder.mkdir(parents=True, exist_ok=True)
    config_file = folder / "config.json"
    settings: dict[str, object] = {"data_storage_path": "data", "consolidation_batch": _BATCH, "log_level": "WARNING"}
    if base_url is not None:
        settings |= {"openai_base_url": base_url, "llm_model": "scripted", "llm_timeout_seconds": _TIMEOUT_SECONDS}
    config_file.write_text(json.dumps(settings), encoding="utf-8")
    return config_file
