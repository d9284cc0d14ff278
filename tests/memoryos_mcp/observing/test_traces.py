"""Spans as a collector gets them from a real server: when, how long, which tool, and nothing that a client wrote."""

from __future__ import annotations

import json
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATIENCE_SECONDS = 30
SECRET = "my-secret-passport"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@dataclass(slots=True)
class Collector:
    """What came, as it came."""

    url: str
    bodies: queue.Queue[bytes] = field(default_factory=queue.Queue)

    def received(self) -> bytes:
        """All that has come, once something has."""
        parts = [self.bodies.get(timeout=PATIENCE_SECONDS)]
        while not self.bodies.empty():
            parts.append(self.bodies.get())
        return b"".join(parts)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@contextmanager
def running_collector() -> Iterator[Collector]:
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


async def test_a_span_tells_of_a_request_and_nothing_that_a_client_wrote(collector: Collector, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": "data", "user_id": SECRET, "traces_url": collector.url}))
    stdio = StdioServerParameters(
        command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config)], cwd=tmp_path
    )
    traced: Any = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "tracestate": f"them={SECRET}"}
    with (tmp_path / "stderr.txt").open("w") as errors:
        async with Client(stdio_client(stdio, errlog=errors)) as client:
            await client.call_tool("add_memory", {"user_input": SECRET, "agent_response": SECRET}, meta=traced)
            await client.call_tool("retrieve_memory", {"query": SECRET, "max_results": -1})
            assert (await client.call_tool(SECRET, {})).is_error
            with pytest.raises(MCPError):
                await client.get_prompt(SECRET)
    body = collector.received()

    request = ExportTraceServiceRequest.FromString(body)
    spans = [span for r in request.resource_spans for s in r.scope_spans for span in s.spans]
    seen = {
        span.name: (
            {attribute.key: attribute.value.string_value for attribute in span.attributes},
            span.status.code,
            span.status.message,
            len(span.events),
            span.trace_state,
        )
        for span in spans
    }
    called = {"mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool"}
    version = {"mcp.protocol.version": next(iter(seen.values()))[0]["mcp.protocol.version"]}
    invalid = {"error.type": "-32602", "rpc.response.status_code": "-32602"}
    assert seen["tools/call add_memory"] == ({**called, **version, "gen_ai.tool.name": "add_memory"}, 0, "", 0, "")
    assert seen["tools/call retrieve_memory"] == (
        {**called, **version, "gen_ai.tool.name": "retrieve_memory", "error.type": "tool_error"},
        2,
        "",
        0,
        "",
    )
    assert seen["tools/call other"] == (
        {**called, **version, "gen_ai.tool.name": "other", "error.type": "tool_error"},
        2,
        "",
        0,
        "",
    )
    assert seen["prompts/get"] == ({"mcp.method.name": "prompts/get", **version, **invalid}, 2, "", 0, "")
    assert TRACE in [span.trace_id.hex() for span in spans if span.name == "tools/call add_memory"]
    assert SECRET.encode() not in body
