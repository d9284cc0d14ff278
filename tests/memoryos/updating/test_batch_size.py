"""Work goes on whatever the model does: outages wait, bad replies make batches smaller, a hopeless page is parked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chat_model import open_chat_model
from engine import Clock, Engine, build_engine
from reading_model import ReadingModel, pages_of
from scripted_llm import Request, Response, ScriptedLLM, fails, says

from memoryos.analyst.extractive.analyst import ExtractiveAnalyst
from memoryos.analyst.model.analyst import ModelAnalyst
from memoryos.errors import ModelError, ModelLengthError, ModelReplyError, ModelUnavailableError
from memoryos.status import Failure, Parked, Pending

GARBAGE = says("I would rather talk about the sea.")
OTHER_GARBAGE = says("")
SUBJECTS = ("soup", "kite", "poison", "violin", "glacier")
READER = ReadingModel(subject_of=lambda text: next((s for s in SUBJECTS if s in text), "bye"))

OpenEngine = Callable[..., Engine]


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as scripted:
        yield scripted


@pytest.fixture
def open_engine(server: ScriptedLLM, tmp_path: Path) -> Iterator[OpenEngine]:
    """A function that opens the test's memory with a model at the server."""
    closing: list[Callable[[], None]] = []

    def open_one(*, clock: Clock | None = None, daily_token_budget: int = 0, **settings: object) -> Engine:
        clock = clock or Clock()
        model = open_chat_model(server, tmp_path, clock, daily_token_budget=daily_token_budget)
        defaults = {"consolidation_idle_seconds": 0.0, "similarity_threshold": 1.2, **settings}
        engine = build_engine(tmp_path / "memory.db", clock=clock, analyst=ModelAnalyst(model), **defaults)  # type: ignore[arg-type]
        engine.updater.fallback = ExtractiveAnalyst()
        closing.extend((model.close, engine.store.close))
        return engine

    yield open_one
    for close in closing:
        close()


def talk(engine: Engine, *subjects: str) -> None:
    """Pages on these subjects and one more, which stays in short-term memory; all embedded."""
    engine.add(*(f"I have a {subject} with number {at}." for at, subject in enumerate(subjects)), "Bye!")
    while engine.updater.embed():
        pass


def failure(step: Callable[[], bool]) -> ModelError:
    with pytest.raises(ModelError) as raised:
        step()
    return raised.value


def finish(engine: Engine, step: Callable[[], bool], pending: Callable[[], int]) -> None:
    """Do a kind of work until none is left, waiting after every bad reply."""
    while pending():
        with contextlib.suppress(ModelReplyError):
            step()
        engine.clock.advance(2)


def reply_unusably(server: ScriptedLLM, *, tries: int) -> None:
    """Replies for so many tries and their repairs, the two of a try unusable for different reasons."""
    for _ in range(tries):
        server.reply(GARBAGE)
        server.reply(OTHER_GARBAGE)


def batches(server: ScriptedLLM) -> list[int]:
    """How many pages each request showed."""
    return [len(pages_of(request)) for request in server.requests]


def garbage_about(*words: str) -> Callable[[Request], Response]:
    """Garbage for a request that shows one of these words, else what a good model says."""

    def answer(request: Request) -> Response:
        shown = request.messages[1][1]
        return GARBAGE if any(word in shown for word in words) else READER(request)

    return answer


def test_a_batch_is_consolidated_in_one_call(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 6, *["kite"] * 4)
    server.reply(READER)

    assert engine.updater.consolidate()

    assert batches(server) == [10]
    assert {(s.theme, s.pages, s.analysis) for s in engine.store.segments()} == {
        ("soup", 6, "model"),
        ("kite", 4, "model"),
    }
    assert engine.store.newest_pages(11)[0].meta_info == "They talked about soup, kite."


def test_an_outage_waits_and_never_makes_a_batch_smaller(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 10)
    server.reply(fails(503), times=8)

    for attempt in range(1, 9):
        assert isinstance(failure(engine.updater.consolidate), ModelUnavailableError)
        assert engine.store.failures() == (Failure("consolidate", "ModelUnavailableError", engine.clock(), attempt),)
        assert not engine.updater.consolidate()
        engine.clock.advance(450)

    server.reply(READER)
    assert engine.updater.consolidate()
    assert batches(server)[-1] == 10
    assert (engine.store.failures(), engine.store.parked(10)) == ((), ())


def test_the_wait_that_an_endpoint_asks_for_is_kept(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, "soup")
    server.reply(fails(429, retry_after="3600"))
    failure(engine.updater.consolidate)

    engine.clock.advance(3_599)
    assert not engine.updater.consolidate()

    server.reply(READER)
    engine.clock.advance(301)
    assert engine.updater.consolidate()


def test_work_waits_for_the_next_day_once_the_budget_is_spent(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine(daily_token_budget=100)
    talk(engine, *["soup"] * 10)
    server.reply(READER, times=2)
    engine.updater.consolidate()
    talk(engine, *["kite"] * 10)

    failure(engine.updater.consolidate)

    assert [failure.error for failure in engine.store.failures()] == ["ModelBudgetError"]
    engine.clock.advance(12 * 3_600 - 1)
    assert not engine.updater.consolidate()
    engine.clock.advance(2)
    assert engine.updater.consolidate()


def test_a_batch_is_halved_after_three_replies_that_cannot_be_used(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 10)
    reply_unusably(server, tries=3)

    for _ in range(3):
        assert isinstance(failure(engine.updater.consolidate), ModelReplyError)
        engine.clock.advance(2)
    server.reply(READER, times=None)
    while engine.updater.consolidate():
        pass

    assert batches(server) == [10] * 6 + [5, 5]
    assert engine.updater.pending().consolidate == 0


def test_a_batch_is_halved_at_once_when_the_repaired_reply_fails_for_the_same_reason(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    """Asked the same, a model at temperature 0 says the same: two more tries of the whole cost four calls."""
    engine = open_engine()
    talk(engine, *["soup"] * 10)
    server.reply(GARBAGE, times=2)

    assert isinstance(failure(engine.updater.consolidate), ModelReplyError)
    engine.clock.advance(2)
    server.reply(READER, times=None)
    while engine.updater.consolidate():
        pass

    assert batches(server) == [10, 10, 5, 5]


def test_outages_between_bad_replies_do_not_count_as_such(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 10)

    for outage in (fails(500), fails(401)):
        reply_unusably(server, tries=1)
        server.reply(outage)
        assert isinstance(failure(engine.updater.consolidate), ModelReplyError)
        engine.clock.advance(450)
        assert isinstance(failure(engine.updater.consolidate), ModelUnavailableError)
        engine.clock.advance(450)
    server.reply(READER)
    assert engine.updater.consolidate()

    assert batches(server)[-1] == 10


@pytest.mark.parametrize("reopened", [False, True])
def test_a_page_that_no_model_can_read_is_read_without_one_and_named(
    server: ScriptedLLM, open_engine: OpenEngine, reopened: bool
) -> None:
    clock = Clock()
    engine = open_engine(clock=clock)
    talk(engine, *["soup"] * 6, "poison", *["kite"] * 13)
    server.reply(garbage_about("poison"), times=None)

    failures = 0
    while engine.updater.pending().consolidate:
        if reopened:
            engine = open_engine(clock=clock)
        try:
            engine.updater.consolidate()
        except ModelReplyError:
            failures += 1
        clock.advance(2)

    poisoned = engine.store.newest_pages(21)[6]
    (parked,) = engine.store.parked(10)
    assert (parked.kind, parked.page, parked.error) == ("consolidate", poisoned.id, "ModelReplyError")
    assert engine.store.parked_pages() == {poisoned.id}
    assert {s.theme: s.analysis for s in engine.store.segments()} == {
        "soup": "model",
        "kite": "model",
        "number, poison": "extractive",
    }
    assert failures == 4
    assert engine.store.failures() == ()


def test_a_hopeless_model_costs_two_calls_a_page(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 30)
    server.reply(GARBAGE, times=None)

    finish(engine, engine.updater.consolidate, lambda: engine.updater.pending().consolidate)

    assert engine.store.parked_pages() == {page.id for page in engine.store.newest_pages(31)[:-1]}
    assert [segment.analysis for segment in engine.store.segments()] == ["extractive"]
    halving = [10] * 2 + [5] * 2 + [2] * 2
    assert batches(server) == halving + [1] * 60


def test_batches_grow_again_once_the_model_can_be_used(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 40)
    server.reply(GARBAGE, times=2)
    server.reply(READER, times=None)

    finish(engine, engine.updater.consolidate, lambda: engine.updater.pending().consolidate)

    assert batches(server) == [10] * 2 + [5, 6, 7, 8, 9, 5]


def test_a_batch_over_the_context_is_halved_at_once(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine()
    talk(engine, *["soup"] * 10)
    server.reply(fails(400, "exceed_context_size_error"))
    server.reply(READER, times=None)

    assert isinstance(failure(engine.updater.consolidate), ModelLengthError)
    engine.clock.advance(2)
    while engine.updater.consolidate():
        pass

    assert batches(server) == [10, 5, 5]


def test_an_analysis_is_halved_and_a_page_of_it_parked(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine(similarity_threshold=0.0)
    talk(engine, *["soup"] * 9, "poison")
    server.reply(READER)
    engine.updater.consolidate()
    server.reply(garbage_about("poison"), times=None)

    finish(engine, engine.updater.analyse, lambda: engine.updater.pending().analyse)

    poisoned = engine.store.newest_pages(2)[0]
    parked = engine.store.parked(10)
    assert parked == (Parked("analyse", poisoned.id, "ModelReplyError", parked[0].at),)
    facts = engine.long_term.user_knowledge()
    assert {fact.analysis for fact in facts} == {"model"}
    assert "I have a poison with number 9." not in {fact.text for fact in facts}, "it was read when it came"
    assert engine.store.fresh_count() == 0


def test_a_model_is_asked_for_a_batch_that_is_not_full_once_the_talk_has_rested(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0)
    talk(engine, *["soup"] * 4)
    engine.clock.advance(3_000)
    talk(engine, "soup")

    engine.clock.advance(3_599)
    assert not engine.updater.consolidate(), "pages wait for those that still come"
    engine.clock.advance(1)
    server.reply(READER)
    assert engine.updater.consolidate()
    assert server.requests[0].text.count("<page ") == 6


def test_a_model_does_not_wait_for_the_time_of_pages_added_while_the_clock_was_ahead(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0)
    now = engine.clock.now
    engine.clock.advance(1e8)
    talk(engine, *["soup"] * 4)

    engine.clock.now = now

    server.reply(READER)
    assert engine.updater.consolidate()


def test_a_model_reads_the_few_new_pages_of_several_hot_segments_at_once(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0)
    server.reply(READER, times=None)
    talk(engine, *["soup"] * 4)
    engine.updater.consolidate(now_due=True)
    engine.store.add_visits({1: 9}, now=engine.clock())
    assert (engine.updater.analyse(), engine.updater.pending().analyse) == (False, 1), "they wait for some more"

    talk(engine, *["kite"] * 3)
    engine.updater.consolidate(now_due=True)
    engine.store.add_visits({2: 9, 3: 9}, now=engine.clock())
    assert engine.updater.pending().analyse == 4, "three hot segments, and one batch to read for facts"
    assert engine.updater.analyse()
    assert engine.updater.analyse()

    assert [request.text.count("<page ") for request in server.requests[-2:]] == [7, 7]
    assert engine.store.segments_not_analysed() == {}
    assert [(segment.n_visit, segment.l_interaction) for segment in engine.store.segments()] == [(0, 0)] * 3


def test_a_few_new_pages_are_read_once_the_talk_has_rested(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0)
    server.reply(READER, times=None)
    talk(engine, *["soup"] * 4)
    engine.updater.consolidate(now_due=True)
    engine.store.add_visits({1: 99}, now=engine.clock())

    engine.clock.advance(3_599)
    assert not engine.updater.analyse()
    engine.clock.advance(1)
    assert engine.updater.analyse()
    assert engine.updater.pending().analyse == 1, "the hot segment, for traits"
    assert engine.updater.analyse()
    assert engine.updater.pending() == Pending(0, 0, 0)


def test_whoever_waits_for_the_work_has_a_few_pages_read_too(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0)
    server.reply(READER, times=None)
    talk(engine, *["soup"] * 4)

    with engine.updater.waiters:
        assert engine.updater.consolidate()
        engine.store.add_visits({1: 9}, now=engine.clock())
        assert engine.updater.analyse()


def test_the_work_stays_hurried_until_the_last_who_waits_for_it_leaves(
    server: ScriptedLLM, open_engine: OpenEngine
) -> None:
    """The first of two threads that waited once took the other's hurry along."""
    engine = open_engine(consolidation_idle_seconds=60.0)
    server.reply(READER, times=None)
    talk(engine, *["soup"] * 4)

    with engine.updater.waiters:
        with engine.updater.waiters:
            pass
        assert engine.updater.consolidation_due()
    assert not engine.updater.consolidation_due()


def test_what_was_learned_of_batches_is_the_memory_s_own(server: ScriptedLLM, open_engine: OpenEngine) -> None:
    clock = Clock()
    first = open_engine(clock=clock)
    talk(first, *["soup"] * 10)
    server.reply(GARBAGE, times=2)
    failure(first.updater.consolidate)
    clock.advance(2)

    server.reply(READER)
    assert open_engine(clock=clock, holder="another").updater.consolidate()
    assert batches(server)[-1] == 5


@pytest.mark.parametrize("pause", [1, 90, 450, 3_500], ids="a page every {} s".format)
def test_a_long_talk_costs_at_most_three_calls_for_ten_pages(
    server: ScriptedLLM, open_engine: OpenEngine, pause: int
) -> None:
    engine = open_engine(consolidation_idle_seconds=60.0, similarity_threshold=1.2)
    server.reply(READER, times=None)
    subjects = ("soup", "kite", "violin", "glacier")

    for number in range(400):
        engine.add(f"I have a {subjects[number // 3 % 4]} with number {number}.")
        engine.store.add_visits({1: 1, 2: 1}, now=engine.clock())
        engine.clock.advance(pause)
        while any([engine.updater.embed(), engine.updater.consolidate(), engine.updater.analyse()]):
            pass

    assert len(server.requests) <= 0.3 * 400
    assert engine.store.counts("helper").pages == 400
