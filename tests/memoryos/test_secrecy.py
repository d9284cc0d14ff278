"""A key goes to its endpoint and nowhere else."""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from chat_model import KEY
from engine import Clock
from faults import BAD_CONTENT, OUTAGES, Fault
from hash_embedder import HashEmbedder
from mcp import Client
from mcp_types import TextResourceContents
from reading_model import ReadingModel
from scripted_llm import ScriptedLLM, fails, says, sends

from memoryos import Config, MemoryOSError, Runtime, assembly
from memoryos.embedding import OnDemandEmbedder
from memoryos.models import NewPage
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

ECHOED = f"Incorrect API key provided: {KEY}"
TELLTALES: list[Fault] = [
    *(lambda request, model, status=status: fails(status, ECHOED) for status in (400, 401, 403, 404, 422)),
    lambda request, model: says(f"Error: {ECHOED}"),
    lambda request, model: says(f"<|im_start|>{ECHOED}"),
    lambda request, model: sends({"error": {"code": 401, "message": ECHOED}}),
]
"""Answers that say the key, as some gateways do, and that nobody asks for again."""


async def test_no_log_line_error_status_or_config_shows_the_key(
    make_config: Callable[..., Config],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))
    caplog.set_level(logging.DEBUG)
    with ScriptedLLM() as server:
        config = make_config(openai_base_url=server.base_url, openai_api_key=KEY, consolidation_batch=50)
        shown = _background_failures(config, server)
        shown += await _shown_to_clients(config.model_copy(update={"user_id": "ann"}), server)
        assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    shown += [repr(config), str(config), repr(config.model_endpoint), caplog.text]
    shown += [_dump(database) for database in tmp_path.rglob("*.db")]
    assert len([text for text in shown if "ModelUnavailableError" in text]) > len(TELLTALES)
    assert [text for text in shown if KEY in text] == []


def _background_failures(config: Config, server: ScriptedLLM) -> list[str]:
    """Tracebacks of background work that meets every fault there is."""
    faults = [*(fault for name, fault in OUTAGES.items() if name != "hang"), *BAD_CONTENT.values(), *TELLTALES]
    clock, model = Clock(), ReadingModel()
    parts = assembly.assemble(config, Runtime(), clock)
    for number in range(20):
        new = NewPage(f"I have a soup with number {number}", "", clock())
        parts.store.add_page(new, timestamp="2026-03-01 12:00:00", now=clock())
    parts.updater.embed()
    parts.updater.embed()
    shown = []
    for fault in faults:
        server.reply(lambda request, fault=fault: fault(request, model), times=None)  # type: ignore[misc]
        shown += [_failure(lambda: parts.updater.consolidate(now_due=True)), repr(parts.store.failures())]
        server.forget()
        clock.advance(100_000)
    parts.store.close()
    if parts.model is not None:
        shown.append(repr(parts.model.state()))
        parts.model.close()
    return shown


async def _shown_to_clients(config: Config, server: ScriptedLLM) -> list[str]:
    """Tracebacks of answers that fail, and what the server shows of its status and settings meanwhile."""
    shown = []
    session = MemorySession(config)
    async with Client(build_server(session)) as client:
        for fault in TELLTALES:
            server.reply(lambda request, fault=fault: fault(request, ReadingModel()), times=None)  # type: ignore[misc]
            shown.append(_failure(lambda: session.memory().get_response("Who are you?")))
            server.forget()
            for uri in ("memoryos://status", "memoryos://config"):
                (content,) = (await client.read_resource(uri, cache_mode="bypass")).contents
                assert isinstance(content, TextResourceContents)
                shown.append(content.text)
    session.close()
    return shown


def _failure(call: Callable[[], object]) -> str:
    """The traceback of a call that fails, as a log would have it."""
    try:
        call()
    except MemoryOSError as error:
        return "".join(traceback.format_exception(error))
    return ""


def _dump(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())
