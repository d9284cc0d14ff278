"""The engine with a real language model, a small one that errs a lot: its work ends, or fails by name.

`MEMORYOS_TEST_MODEL_URL` names an OpenAI-compatible endpoint that serves one, `MEMORYOS_TEST_MODEL` the model where the
endpoint cares.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from memoryos import Memoryos, ModelError, WaitTimeoutError
from memoryos.analyst.model import prompts
from memoryos.analyst.model.grounding import Grounds
from memoryos.llm import reply_text
from memoryos.models import Page
from memoryos.status import Status

URL = os.environ.get("MEMORYOS_TEST_MODEL_URL", "")

pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(not URL, reason="MEMORYOS_TEST_MODEL_URL names no endpoint with a real model"),
]

WORK_SECONDS = 180.0
CALL_SECONDS = 60.0
ANSWER_SECONDS = 30.0
"""For all background work, for each call of it, and for each of three tries to answer: the whole takes less than five
minutes even where the endpoint is too slow for it, and its slowness is then named."""

BATCH = 5
SHORT_TERM = 2

TALK = (
    ("Hi! I'm Nora, I work as a nurse in Bergen.", "Nice to meet you, Nora! How is the hospital?"),
    ("Busy. Yesterday I started on the night shift.", "Night shifts are hard. Do you sleep well by day?"),
    ("Not really. My dog Balto wakes me at noon.", "Maybe a walk with Balto before you go to bed helps."),
    ("Good idea. We walk around the lake every morning now.", "That sounds lovely for both of you."),
    ("By the way, I began to learn the cello in May.", "How nice! I can suggest easy pieces for the cello."),
    ("My teacher says I should practise half an hour a day.", "Short and daily works best, your teacher is right."),
    ("Next month I will travel to Porto with my sister Ida.", "Porto is beautiful. Try the old bookshop there."),
    ("Ida wants to see the river and taste the wine.", "A boat on the Douro joins both."),
    ("I don't drink wine, I prefer tea.", "There are good tea houses in Porto too."),
    ("I moved from Bergen to Oslo last week.", "A big step! How do you like Oslo?"),
    ("The flat is small, but Balto likes the park.", "Then he has chosen well."),
    ("I still miss the rain of Bergen a little.", "Oslo will rain on you soon enough."),
)
"""Twelve pages with facts of each kind, dates that are relative, and one fact that corrects another."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The memory after the model read the talk as far as it got in time, now at rest; `status` is as of then."""

    memory: Memoryos
    status: Status

    def pages(self) -> tuple[Page, ...]:
        """All pages in order of arrival, before a test adds one: at rest they all fit into short-term memory."""
        return self.memory.retrieve("anything").short_term


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder = str(tmp_path_factory.mktemp("real-model"))
    with _at_rest(folder) as memory:
        for number, (user_input, agent_response) in enumerate(TALK):
            memory.add_memory(user_input, agent_response, f"2026-06-{number + 1:02} 18:30:00")
    # Opened like this all of it is due, in whole batches.
    with _opened(folder, short_term=SHORT_TERM, heat_threshold=1.5, timeout_seconds=CALL_SECONDS) as memory:
        with suppress(WaitTimeoutError):
            memory.wait_until_idle(WORK_SECONDS)
        status = memory.status()
    with _at_rest(folder) as memory:
        yield Outcome(memory, status)


def _at_rest(folder: str) -> Memoryos:
    """The memory with nothing due: no page waits, and no segment is ever hot enough."""
    return _opened(folder, short_term=len(TALK), heat_threshold=1e9, timeout_seconds=ANSWER_SECONDS)


def _opened(folder: str, *, short_term: int, heat_threshold: float, timeout_seconds: float) -> Memoryos:
    return Memoryos(
        user_id="nora",
        data_storage_path=folder,
        openai_base_url=URL,
        llm_model=os.environ.get("MEMORYOS_TEST_MODEL", "any"),
        short_term_capacity=short_term,
        mid_term_heat_threshold=heat_threshold,
        llm_timeout_seconds=timeout_seconds,
        consolidation_batch=BATCH,
        consolidation_idle_seconds=0,
    )


def test_work_is_done_or_failed_by_name(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    status = outcome.status
    with capsys.disabled():
        sys.stdout.write(_in_words(status))
    assert status.counts.pages == len(TALK)
    assert status.pending.embed == 0
    named = [failure.error for failure in status.failures] + [parked.error for parked in status.parked]
    assert set(named) <= {"ModelReplyError", "ModelLengthError", "ModelUnavailableError"}
    assert not status.pending or status.failures
    assert status.model is not None
    assert status.model.today.calls > 0


def test_every_page_is_there_once(outcome: Outcome) -> None:
    pages = outcome.pages()
    assert [(page.timestamp, page.user_input, page.agent_response) for page in pages] == [
        (f"2026-06-{number + 1:02} 18:30:00", *texts) for number, texts in enumerate(TALK)
    ]
    held = sum(segment.pages for segment, _ in outcome.memory.segments())
    assert held + sum(page.segment is None for page in pages) == len(TALK)


def test_what_is_stored_stands_on_the_pages(outcome: Outcome) -> None:
    memory = outcome.memory
    grounds = Grounds(outcome.pages())
    every = range(len(TALK))
    summaries = [segment.summary for segment, _ in memory.segments()]
    summaries += [page.meta_info for page in outcome.pages() if page.segment is not None]
    facts = [fact.text for fact in (*memory.user_knowledge(), *memory.assistant_knowledge())]
    evidence = [trait.evidence for trait in memory.profile().traits]
    for text in (*summaries, *evidence):
        assert grounds.share(text, every) > 0.0, text
    for text in (*summaries, *facts, *evidence):
        assert grounds.flaw(text) is None, text
        assert not reply_text.has_template_tokens(text), text
        assert not reply_text.is_loop(text), text
        assert not reply_text.is_error(text), text


def test_facts_and_traits_are_of_known_kinds_with_dates_of_the_talk(outcome: Outcome) -> None:
    memory = outcome.memory
    dates = {page.id: page.timestamp for page in outcome.pages()}
    for fact in (*memory.user_knowledge(), *memory.assistant_knowledge()):
        assert fact.sources, fact
        assert fact.timestamp in {dates[source] for source in fact.sources}, fact
    for trait in memory.profile().traits:
        assert trait.dimension in prompts.DIMENSIONS, trait
        assert trait.level in prompts.LEVELS, trait
        assert trait.timestamp in dates.values(), trait


def test_a_question_is_answered_and_kept_or_refused_by_name(outcome: Outcome) -> None:
    memory = outcome.memory
    query = "Do you remember what my dog is called?"
    try:
        answer = memory.get_response(query)
    except ModelError:
        assert memory.status().counts.pages == len(TALK)
        return
    newest = memory.retrieve(query).short_term[-1]
    assert (newest.user_input, newest.agent_response) == (query, answer)
    assert answer.strip()
    assert not reply_text.is_error(answer)


def _in_words(status: Status) -> str:
    assert status.model is not None
    today, counts = status.model.today, status.counts
    return (
        f"\n{today.calls} calls, {today.tokens} tokens; {counts.segments} segments, {counts.user_knowledge} + "
        f"{counts.assistant_knowledge} facts, {counts.traits} traits; {status.parked_pages} parked "
        f"{sorted({parked.error for parked in status.parked})}; left {status.pending}, last {status.model.state}\n"
    )
