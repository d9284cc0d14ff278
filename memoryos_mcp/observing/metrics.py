"""Counts of one server process, in the text format of Prometheus. Needs the extra `metrics`."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from mcp_types import CallToolResult
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from memoryos_mcp.observing.names import known

if TYPE_CHECKING:
    from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the buckets: a recall takes some 0.015, the first one of a memory that is closed some 0.06."""


class Metrics:
    """What a process counts; thread-safe.

    `tools` are the names that are told apart; `open_memories` says how many are open now.
    """

    def __init__(self, tools: Collection[str], open_memories: Callable[[], int]) -> None:
        self._tools = frozenset(tools)
        self._registry = registry = CollectorRegistry()
        for of_the_process in (ProcessCollector, PlatformCollector, GCCollector):
            of_the_process(registry=registry)
        labels = ("method", "tool")
        self._requests = Counter("memoryos_requests", "Requests by outcome", (*labels, "outcome"), registry=registry)
        self._seconds = Histogram(
            "memoryos_request_seconds", "Time to the answer", labels, buckets=_SECONDS, registry=registry
        )
        self._refusals = Counter("memoryos_refusals", "Refusals over HTTP by status", ("status",), registry=registry)
        gauge = Gauge("memoryos_open_memories", "Memories that are open", registry=registry)
        gauge.set_function(open_memories)

    async def counted(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """The answer to a request, counted: as a middleware of the SDK's."""
        labels = known(ctx.method, (ctx.params or {}).get("name"), self._tools)
        began = time.perf_counter()
        outcome = "failed"
        try:
            result = await call_next(ctx)
            outcome = "refused" if _is_refusal(result) else "done"
            return result
        finally:
            self._requests.labels(*labels, outcome).inc()
            self._seconds.labels(*labels).observe(time.perf_counter() - began)

    def refused(self, status: int) -> None:
        """Count a request over HTTP that was refused before any tool was reached."""
        self._refusals.labels(str(status)).inc()

    def exposed(self) -> bytes:
        """All counts as of now."""
        return generate_latest(self._registry)


def _is_refusal(result: HandlerResult) -> bool:
    if isinstance(result, CallToolResult):
        return bool(result.is_error)
    return isinstance(result, Mapping) and result.get("isError") is True
