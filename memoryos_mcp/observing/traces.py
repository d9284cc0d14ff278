"""Spans of requests for OpenTelemetry: the SDK makes them, and they are made bare here. Needs the extra `traces`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from mcp_types.version import KNOWN_PROTOCOL_VERSIONS
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, Status, set_tracer_provider

from memoryos_mcp.observing.names import known

_EXPORT_SECONDS: Final = 3.0
"""A collector that does not answer holds up no request, and the end of the server for so long."""

_KIND: Final = re.compile(r"-?[0-9]{1,6}|[A-Za-z_]{1,64}")
"""What is let through as the kind of an error: a code of JSON-RPC, or the name of a class."""


@contextmanager
def traced(url: str, tools: Collection[str]) -> Iterator[None]:
    """Within it, each request leaves a span, which is sent to this address by OTLP over HTTP; once in a process.

    `tools` are the names that are told apart. Headers that a collector wants stand in `OTEL_EXPORTER_OTLP_HEADERS`.
    """
    provider = TracerProvider(resource=Resource.create({"service.name": "memoryos"}), shutdown_on_exit=False)
    exporter = BareExporter(OTLPSpanExporter(endpoint=url, timeout=_EXPORT_SECONDS), tools)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


class BareExporter(SpanExporter):
    """Hands spans on to another exporter with nothing in them that a client wrote."""

    def __init__(self, exporter: SpanExporter, tools: Collection[str]) -> None:
        self._exporter = exporter
        self._tools = frozenset(tools)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Whether these spans were taken, made bare."""
        return self._exporter.export([_bare(span, self._tools) for span in spans])

    def shutdown(self) -> None:
        """Take no more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is left."""
        return self._exporter.force_flush(timeout_millis)


def _bare(span: ReadableSpan, tools: Collection[str]) -> ReadableSpan:
    """When, how long, which method and tool, whether it failed, and by which kind of error.

    Left out are the request's id, the words of errors and their tracebacks, the state that a client's trace brings
    along, and names that are none of ours.
    """
    given = dict(span.attributes or {})
    method, tool = known(given.get("mcp.method.name"), given.get("gen_ai.tool.name"), tools)
    kept = {"mcp.method.name": method}
    if tool:
        kept |= {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
    if (version := given.get("mcp.protocol.version")) in KNOWN_PROTOCOL_VERSIONS:
        kept["mcp.protocol.version"] = str(version)
    for key in ("error.type", "rpc.response.status_code"):
        if _KIND.fullmatch(str(given.get(key, ""))):
            kept[key] = str(given[key])
    return ReadableSpan(
        name=f"{method} {tool}".rstrip(),
        context=_without_state(span.context),
        parent=_without_state(span.parent),
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _without_state(context: SpanContext | None) -> SpanContext | None:
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
