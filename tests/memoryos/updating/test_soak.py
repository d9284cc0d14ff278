"""Nothing is lost and nothing is made up, whatever model and endpoint do."""

from __future__ import annotations

import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timezone
from typing import Any

import pytest
from engine import Clock
from faults import BAD_CONTENT, FAULTS, HARMLESS, OUTAGES, POISON
from hash_embedder import HashEmbedder
from reading_model import ReadingModel
from scripted_llm import Request, Response, ScriptedLLM
from synthetic_talk import SUBJECTS, Exchange, synthetic_talk

from memoryos import Config, ModelError, Runtime, timestamps
from memoryos.assembly import Parts, assemble
from memoryos.embedding import OnDemandEmbedder
from memoryos.language.words import sentences
from memoryos.models import NewPage
from memoryos.status import Pending

PAGES = 500
MANY_FAULTS = 1_000
REFUSED = "refused"
START = datetime(2026, 1, 1, 8, 0, tzinfo=timezone.utc)

FROM_BAD_ANSWERS = ("Porto", "Lasen", "Mia works", "todos estas", "Caroline", "vegetarian", "<|im", "add_memory")
"""Words of the real bad answers, none of which the talk holds."""


def subject_of(text: str) -> str:
    return next(subject for subject in SUBJECTS if subject in text)


class Chaos:
    """An endpoint that keeps pace with the talk: some two faults for each page, drawn from all there are."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.model = ReadingModel(subject_of)
        self.faults: Counter[str] = Counter()
        self.calls = 0
        self.pages = 0

    def __call__(self, request: Request) -> Response:
        self.calls += 1
        if request.output == "text" and "Say yes." in request.text:
            return self.model(request)
        if not self.is_owed() or self.draw.random() > 0.9:
            return self.model(request)
        name = self._drawn()
        self.faults[name] += 1
        return FAULTS[name](request, self.model)

    def is_owed(self) -> bool:
        return self.faults.total() < min(MANY_FAULTS, 2.2 * self.pages)

    def _drawn(self) -> str:
        """A fault of any kind alike, for of bad content there are more names; a hang costs time and is drawn less."""
        kind = self.draw.choice((OUTAGES, BAD_CONTENT, HARMLESS))
        name = self.draw.choice(list(kind))
        return name if name != "hang" or self.draw.random() < 0.1 else "503"


class Memory:
    """A memory without threads, driven step by step, on a clock that the test moves, reopened at will."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = Clock(START)
        self.parts = self._open()
        self.openings = 1
        self.failed: Counter[str] = Counter()

    def _open(self) -> Parts:
        embedder = OnDemandEmbedder(HashEmbedder().id, HashEmbedder)
        return assemble(self.config, Runtime(), self.clock, embedder)

    def reopen(self) -> None:
        self.close()
        self.parts = self._open()
        self.openings += 1

    def close(self) -> None:
        self.parts.close()

    def work(self) -> bool:
        """One round of all steps; whether any did something."""
        updater = self.parts.updater
        while updater.embed():
            pass
        read = updater.read()
        consolidated, analysed = self._tried(updater.consolidate), self._tried(updater.analyse)
        return read or consolidated or analysed

    def _tried(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except ModelError as error:
            self.failed[type(error).__name__] += 1
            return False


@pytest.mark.slow
def test_a_thousand_faults_lose_nothing_and_invent_nothing(
    make_config: Callable[..., Config], capsys: pytest.CaptureFixture[str]
) -> None:
    talk = list(synthetic_talk(PAGES, seed=7, start=START))
    chaos = Chaos(seed=11)
    with ScriptedLLM() as server:
        server.reply(chaos, times=None)
        memory = Memory(
            make_config(
                openai_base_url=server.base_url,
                openai_api_key="sk-soak",
                llm_timeout_seconds=1.0,
                consolidation_idle_seconds=60.0,
                mid_term_similarity_threshold=1.2,
            )
        )
        for exchange in talk:
            happened_at = timestamps.parse(exchange.timestamp, timezone.utc)
            page = NewPage(exchange.user_input, exchange.agent_response, happened_at, exchange.timestamp)
            memory.parts.store.add_page(page, timestamp=exchange.timestamp, now=memory.clock())
            chaos.pages += 1
            while chaos.is_owed() and _has_work(memory):
                _endure(memory, chaos, server)
        while _has_work(memory):
            _endure(memory, chaos, server)
        with capsys.disabled():
            sys.stdout.write(_report(memory, chaos))
        _check_nothing_lost(memory, talk)
        _check_nothing_invented(memory, chaos.model.said, talk)
        assert chaos.faults.total() >= MANY_FAULTS
        assert memory.parts.updater.pending() == Pending(0, 0, 0)
        assert memory.parts.store.failures() == ()
        memory.close()


def _has_work(memory: Memory) -> bool:
    return bool(memory.parts.updater.pending())


def _endure(memory: Memory, chaos: Chaos, server: ScriptedLLM) -> None:
    """One round of work, the endpoint or the memory going away now and then; time passes where nothing is done."""
    if chaos.draw.random() < 0.02:
        memory.reopen()
    refused = chaos.is_owed() and chaos.draw.random() < 0.02
    if refused:
        server.refuse()
    failed = memory.failed.total()
    worked = memory.work()
    if refused:
        server.listen()
        chaos.faults[REFUSED] += memory.failed.total() - failed
    if not worked:
        memory.clock.advance(120)


def _check_nothing_lost(memory: Memory, talk: list[Exchange]) -> None:
    pages = memory.parts.store.newest_pages(2 * PAGES)
    assert [(page.user_input, page.agent_response, page.timestamp) for page in pages] == [
        (exchange.user_input, exchange.agent_response, exchange.timestamp) for exchange in talk
    ]
    outside = [page.seq for page in pages if page.segment is None]
    assert outside == [page.seq for page in pages[-memory.config.short_term_capacity :]]
    in_segments = Counter(page.segment for page in pages if page.segment is not None)
    counted = dict(_rows(memory, "SELECT id, pages FROM segments"))
    assert in_segments == counted


def _check_nothing_invented(memory: Memory, said: set[str], talk: list[Exchange]) -> None:
    sides = [side for exchange in talk for side in (exchange.user_input, exchange.agent_response)]
    spoken = {sentence for side in sides for sentence in sentences(side)}
    clauses = "\n".join(spoken).casefold()
    stored = [text for (text,) in _rows(memory, "SELECT text FROM knowledge UNION SELECT evidence FROM traits")]
    # Of a sentence that tells several things each clause is a fact.
    assert [text for text in stored if text not in said and text.rstrip(".").casefold() not in clauses] == []
    summaries = [text for (text,) in _rows(memory, "SELECT summary FROM chains UNION SELECT summary FROM segments")]
    lines = [line.partition("] ")[2] or line for summary in summaries for line in summary.splitlines()]
    assert [line for line in lines if line not in said and not _is_spoken(line, spoken)] == []
    with closing(sqlite3.connect(memory.parts.store.path)) as connection:
        everything = "\n".join(connection.iterdump())
    assert [word for word in (POISON, *FROM_BAD_ANSWERS) if word in everything] == []


def _is_spoken(line: str, spoken: set[str]) -> bool:
    """Whether a line holds nothing but sentences of the talk."""
    return all(sentence in spoken for sentence in sentences(line))


def _rows(memory: Memory, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(memory.parts.store.path)) as connection:
        return connection.execute(query).fetchall()


def _report(memory: Memory, chaos: Chaos) -> str:
    store = memory.parts.store
    counts = store.counts(memory.config.assistant_id)
    kinds = {"outages": {*OUTAGES, REFUSED}, "bad content": {*BAD_CONTENT}, "harmless": {*HARMLESS}}
    drawn = ", ".join(f"{sum(chaos.faults[name] for name in names)} {kind}" for kind, names in kinds.items())
    return (
        f"\n{chaos.faults.total()} faults ({drawn}) of {len(chaos.faults)} kinds in {chaos.calls} calls,"
        f" memory opened {memory.openings} times, failures by name {dict(memory.failed)}\n"
        f"{counts.pages} pages, {counts.segments} segments, {counts.user_knowledge} facts,"
        f" {counts.superseded_knowledge} superseded, {counts.traits} traits, {len(store.parked_pages())} pages parked\n"
    )
