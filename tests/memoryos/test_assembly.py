"""The parts joined: who thinks, on which thread, and what a memory with a model has learned at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine import NOON, Clock
from hash_embedder import HashEmbedder
from reading_model import ReadingModel
from scripted_llm import HANG, ScriptedLLM
from waiting import until

from memoryos import Config, Memoryos, Runtime, assembly
from memoryos.embedding import OnDemandEmbedder
from memoryos.status import Pending

OpenMemory = Callable[..., Memoryos]
BOUND = 60.0
SUBJECTS = ("soup", "kite", "violin", "glacier")


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted


@pytest.fixture
def open_thinking(
    open_memory: OpenMemory, server: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Memoryos]:
    """A function that opens a memory with a model at the server."""
    monkeypatch.setattr(assembly, "configured_embedder", lambda config: OnDemandEmbedder("hash/1", HashEmbedder))

    def open_one(**settings: object) -> Memoryos:
        return open_memory(openai_base_url=server.base_url, mid_term_similarity_threshold=1.2, **settings)

    return open_one


@pytest.mark.parametrize("concurrency", [1, 2])
def test_with_a_model_a_talk_becomes_talks_topics_facts_and_traits(
    server: ScriptedLLM, open_thinking: OpenMemory, concurrency: int
) -> None:
    reader = ReadingModel(lambda text: next(subject for subject in SUBJECTS if subject in text))
    server.reply(reader, times=None)
    memory = open_thinking(llm_concurrency=concurrency)

    for number in range(50):
        memory.add_memory(f"I have a {SUBJECTS[number // 10 % 4]} with number {number}.", "", "2026-03-01 09:00:00")
    memory.wait_until_idle(BOUND)

    assert {segment.theme: segment.analysis for segment, _ in memory.segments()} == dict.fromkeys(SUBJECTS, "model")
    recall = memory.retrieve("What about the kite?")
    assert recall.pages[0].page.meta_info in reader.said
    of_model = {fact.text for fact in memory.user_knowledge() if fact.analysis == "model"}
    assert of_model
    assert of_model <= reader.said
    assert memory.profile().traits != ()
    status = memory.status()
    assert (status.analyst, status.pending, status.failures, status.parked) == ("model", Pending(0, 0, 0), (), ())
    assert status.model is not None
    assert (status.model.state, status.model.today.calls) == ("ready", len(server.requests))
    assert len(server.requests) <= 0.3 * 50, "calls a page"


def test_a_hanging_endpoint_stops_neither_embedding_nor_recall(server: ScriptedLLM, open_thinking: OpenMemory) -> None:
    server.reply(HANG, times=None)
    memory = open_thinking(short_term_capacity=1, llm_timeout_seconds=600.0)
    memory.add_memory("I moved to Bern", "How is it?")
    memory.add_memory("I like it", "Good")
    assert server.hanging.wait(BOUND)

    added = memory.add_memory("There is a river", "Nice")
    until(lambda: memory.status().pending.embed == 0)

    assert memory.retrieve("river").pages[0].page == added.page
    assert memory.status().pending.consolidate == 2


def test_the_longest_lease_that_can_be_configured_is_believed(make_config: Callable[..., Config]) -> None:
    """One that is even longer counts as made while the clock was ahead."""
    config = make_config(openai_base_url="http://localhost:1/v1", llm_timeout_seconds=3_600)
    parts = assembly.assemble(config, Runtime(), Clock())
    claim, lease_seconds = parts.store.claim, parts.updater.thinking_lease_seconds

    assert claim("analyse", "one", lease_seconds=lease_seconds, now=NOON) is not None
    assert claim("analyse", "two", lease_seconds=30, now=NOON) is None
    parts.close()


def test_without_a_model_nothing_is_kept_about_one(open_memory: OpenMemory, tmp_path: Path) -> None:
    memory = open_memory()

    assert memory.status().model is None
    assert memory.status().analyst == "extractive"
    assert not (tmp_path / "data" / "server.db").exists()
