"""The demo's talk with servers, real ones and ones that fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
from mcp import StdioServerParameters

from memoryos import MemoryOSError
from memoryos_mcp.commands.demo.play import play
from memoryos_mcp.importers.conversations import Conversation, Exchange, Question
from memoryos_mcp.tools.schemas import PendingWork

TALK = Conversation(
    name="ann",
    exchanges=(
        Exchange("I moved to Oslo.", "Welcome to the north.", "2026-03-01 09:00:00"),
        Exchange("My cat is called Fig.", "Give her my regards.", "2026-03-02 09:00:00"),
        Exchange("My cat is called Fig.", "Give her my regards.", "2026-03-03 09:00:00"),
    ),
    questions=(),
)


class Heard:
    """What a watcher was told."""

    def __init__(self) -> None:
        self.first_answers: list[float] = []
        self.adds: list[int] = []
        self.pending: list[PendingWork] = []
        self.asks: list[int] = []

    def answered(self, seconds: float) -> None:
        self.first_answers.append(seconds)

    def added(self, count: int) -> None:
        self.adds.append(count)

    def thinking(self, pending: PendingWork) -> None:
        self.pending.append(pending)

    def asked(self, count: int) -> None:
        self.asks.append(count)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[TextIO]:
    """Where the server's standard error goes."""
    with (tmp_path / "server.log").open("w+", encoding="utf-8") as file:
        yield file


def server(folder: Path) -> StdioServerParameters:
    config = folder / "config.json"
    config.write_text(json.dumps({"data_storage_path": "./data", "consolidation_idle_seconds": 0}), encoding="utf-8")
    return StdioServerParameters(command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config)])


async def test_pages_with_evidence_are_marked_and_twins_count_for_each_other(tmp_path: Path, log: TextIO) -> None:
    heard = Heard()
    with log:
        played = await play(TALK, (Question("What is the cat called?", "Fig", (1,)),), server(tmp_path), log, heard)

    (answer,) = played.answers
    by_time = {page.timestamp: page.id for page in answer.pages}
    assert answer.gold == {by_time["2026-03-02 09:00:00"], by_time["2026-03-03 09:00:00"]}
    assert (answer.found, answer.wanted) == (1, 1)
    assert (heard.first_answers, heard.adds, heard.asks) == ([played.first_answer], [1, 2, 3], [1])
    assert heard.pending[-1] == PendingWork(embed=0, consolidate=0, analyse=0)
    assert played.status.counts.pages == 3
    assert len(played.adds) == 3


async def test_an_exchange_that_the_server_refuses_ends_the_play_with_its_words(tmp_path: Path, log: TextIO) -> None:
    refused = Conversation("ann", (Exchange("", "", None),), ())
    with log, pytest.raises(MemoryOSError) as raised:
        await play(refused, (), server(tmp_path), log, Heard())

    assert str(raised.value) == (
        "the server failed: Error executing tool add_memory: user_input and agent_response: got both empty; "
        "accepted: text in at least one of them"
    )


async def test_a_server_that_dies_at_once_is_an_error_with_its_log_kept(log: TextIO) -> None:
    dying = StdioServerParameters(command=sys.executable, args=["-c", "import sys; sys.exit('no memory today')"])
    with log:
        with pytest.raises(MemoryOSError) as raised:
            await play(TALK, (), dying, log, Heard())
        log.seek(0)
        written = log.read()

    assert str(raised.value) == "the server failed: Connection closed"
    assert written == "no memory today\n"
