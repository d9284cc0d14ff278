"""Who does a piece of background work, and what a failure leaves."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from engine import NOON, Clock, Engine, OpenEngine
from hash_embedder import HashEmbedder
from interruptions import STEPS, Hooked

from memoryos.errors import EmbeddingError, ModelError
from memoryos.status import Failure, Pending

if TYPE_CHECKING:
    from memoryos.models import WorkKind


@pytest.fixture
def hooked() -> Hooked:
    return Hooked()


def prepare(engine: Engine, kind: WorkKind) -> None:
    """Pages for which everything before a kind of work is done."""
    engine.add("soup: likes leek", "soup: likes potato", "tea: last", agent_response="knows soup")
    for before, step in STEPS.items():
        if before == kind:
            return
        step(engine)


def state(engine: Engine) -> object:
    """All that is stored, in a form that compares."""
    store = engine.store
    vectors = {seq: rows.tolist() for seq, rows in store.page_vectors(range(1, 50)).items()}
    return (
        store.newest_pages(50),
        store.segments(),
        vectors,
        store.unembedded_count("hash/1"),
        [(fact.owner, fact.text, fact.sources) for fact in store.knowledge("user", None)],
        [(fact.owner, fact.text, fact.sources) for fact in store.knowledge("assistant", "helper")],
    )


# Who does the work


@pytest.mark.parametrize("kind", STEPS)
def test_work_in_hand_is_not_done_by_another_as_well(open_engine: OpenEngine, hooked: Hooked, kind: WorkKind) -> None:
    clock = Clock()
    one = open_engine(holder="one", clock=clock, embedder=hooked.embedder, analyst=hooked.analyst)
    two = open_engine(holder="two", clock=clock)
    prepare(one, kind)
    meanwhile: list[bool] = []
    hooked.interrupt(kind, lambda: meanwhile.append(STEPS[kind](two)))

    assert STEPS[kind](one)

    assert meanwhile == [False]
    assert not STEPS[kind](two)


@pytest.mark.parametrize("kind", STEPS)
def test_who_comes_back_after_its_lease_ran_out_adds_nothing(
    open_engine: OpenEngine, hooked: Hooked, kind: WorkKind
) -> None:
    """A laptop that slept in the middle of a step, while another process did the same work."""
    clock = Clock()
    one = open_engine(holder="one", clock=clock, embedder=hooked.embedder, analyst=hooked.analyst)
    two = open_engine(holder="two", clock=clock)
    prepare(one, kind)
    after: list[object] = []

    def others_turn() -> None:
        clock.advance(3600)
        after.extend([STEPS[kind](two), state(two)])

    hooked.interrupt(kind, others_turn)

    assert not STEPS[kind](one)

    assert after == [True, state(one)]
    assert one.store.failures() == ()


@pytest.mark.parametrize("kind", STEPS)
def test_steps_that_take_long_are_claimed_for_longer(open_engine: OpenEngine, hooked: Hooked, kind: WorkKind) -> None:
    """Of two processes with a slow embedder each took over the other's work before it was done, and none got done."""
    clock = Clock()
    one = open_engine(holder="one", clock=clock, embedder=hooked.embedder, analyst=hooked.analyst)
    two = open_engine(holder="two", clock=clock)
    one.updater.monotonic = lambda: (clock.now - NOON).total_seconds()
    meanwhile: list[bool] = []

    def take_long() -> None:
        clock.advance(40)
        meanwhile.append(STEPS[kind](two))

    done = []
    for _ in range(2):
        prepare(one, kind)
        hooked.interrupt(kind, take_long)
        done.append(STEPS[kind](one))
        clock.advance(3600)

    assert (done, meanwhile) == ([False, True], [True, False])


@pytest.mark.parametrize("kind", STEPS)
def test_two_threads_of_one_process_never_do_the_same_work(
    open_engine: OpenEngine, hooked: Hooked, kind: WorkKind
) -> None:
    """`force_mid_term_analysis` beside the worker once stored the same facts twice: both hold the same claim."""
    engine = open_engine(embedder=hooked.embedder, analyst=hooked.analyst)
    prepare(engine, kind)
    results: list[bool] = []
    second = threading.Thread(target=lambda: results.append(STEPS[kind](engine)))

    def start_second() -> None:
        second.start()
        second.join(0.2)  # long enough for a whole step, were it let in

    hooked.interrupt(kind, start_second)

    assert STEPS[kind](engine)
    second.join(30)

    assert results == [False]


def test_who_finds_another_embedder_in_use_leaves_the_work_to_it_at_once(open_engine: OpenEngine) -> None:
    clock = Clock()
    before = open_engine(holder="before", clock=clock)
    before.add("soup: leek")
    assert before.updater.embed()
    since = open_engine(holder="since", clock=clock, embedder=HashEmbedder("hash/2"))
    since.store.use_embedder("hash/2", 128)

    assert not before.updater.embed()

    assert since.updater.embed(), "the claim was given back, and not kept for its lease"
    assert (since.store.unembedded_count("hash/2"), since.store.failures()) == (0, ())


def test_different_kinds_of_work_go_on_beside_each_other(open_engine: OpenEngine, hooked: Hooked) -> None:
    clock = Clock()
    one = open_engine(holder="one", clock=clock, embedder=hooked.embedder, analyst=hooked.analyst)
    two = open_engine(holder="two", clock=clock)
    prepare(one, "analyse")
    one.add("soup: a new page")
    meanwhile: list[bool] = []
    hooked.interrupt("analyse", lambda: meanwhile.extend([STEPS["embed"](two), STEPS["consolidate"](two)]))

    assert STEPS["analyse"](one)

    assert meanwhile == [True, True]
    assert [fact.text for fact in one.store.knowledge("user", None)] == ["likes leek", "likes potato"]


def test_with_nothing_to_do_nothing_is_written(open_engine: OpenEngine, tmp_path: Path) -> None:
    """Idle servers once took turns at the write lock, every two seconds each."""
    engine = open_engine()
    prepare(engine, "analyse")
    engine.finish()
    with engine.store._database.read() as connection:
        before = connection.execute("SELECT * FROM claims").fetchall()
    log = tmp_path / "memory.db-wal"
    size = log.stat().st_size

    assert [engine.updater.embed(), engine.updater.consolidate(), engine.updater.analyse()] == [False, False, False]

    with engine.store._database.read() as connection:
        assert connection.execute("SELECT * FROM claims").fetchall() == before
    assert log.stat().st_size == size


def test_while_due_pages_wait_for_their_vectors_nothing_is_written(open_engine: OpenEngine, tmp_path: Path) -> None:
    """Each look at them took the claim and gave it back, every two seconds while the embedder was out of order."""
    engine = open_engine(consolidation_idle_seconds=0)
    prepare(engine, "embed")
    engine.store.use_embedder("hash/1", 128)
    log = tmp_path / "memory.db-wal"
    size = log.stat().st_size

    assert not engine.updater.consolidate()

    assert log.stat().st_size == size
    assert engine.updater.embed()
    assert engine.updater.consolidate()


# Failures


@pytest.mark.parametrize(
    ("kind", "error"), [("embed", EmbeddingError), ("consolidate", ModelError), ("analyse", ModelError)]
)
def test_a_failure_is_recorded_and_the_work_given_back(
    open_engine: OpenEngine, hooked: Hooked, kind: WorkKind, error: type[Exception]
) -> None:
    clock = Clock()
    one = open_engine(holder="one", clock=clock, embedder=hooked.embedder, analyst=hooked.analyst)
    two = open_engine(holder="two", clock=clock)
    prepare(one, kind)
    before = state(one)

    def fail() -> None:
        raise error("down")

    hooked.interrupt(kind, fail)
    with pytest.raises(error, match="down"):
        STEPS[kind](one)

    assert one.store.failures() == (Failure(kind, error.__name__, NOON, 1),)
    assert state(one) == before
    clock.advance(2)  # the first wait is 1 s, times 0.5 to 1.5
    assert STEPS[kind](two)
    assert one.store.failures() == ()


def test_failures_wait_twice_as_long_each_time_up_to_five_minutes(open_engine: OpenEngine, hooked: Hooked) -> None:
    engine = open_engine(embedder=hooked.embedder, seed=7)
    engine.add("soup: leek")
    jitter = random.Random(7)

    def fail() -> None:
        raise EmbeddingError("down")

    waits = []
    for attempt in range(11):
        hooked.interrupt("embed", fail)
        with pytest.raises(EmbeddingError):
            engine.updater.embed()
        wait = min(300.0, 2.0**attempt) * jitter.uniform(0.5, 1.5)
        engine.clock.advance(wait - 0.001)
        assert not engine.updater.embed(), "the wait still runs"
        engine.clock.advance(0.002)
        waits.append(wait)

    assert engine.updater.embed()
    assert engine.store.failures() == ()
    assert max(waits) > 200


def test_an_outage_of_weeks_is_borne_like_one_of_minutes(open_engine: OpenEngine, hooked: Hooked) -> None:
    """After 1,024 tries, 3 days and a half, the wait was beyond any number, and the claim was not given back."""
    engine = open_engine(embedder=hooked.embedder)
    engine.add("soup: leek")
    with engine.store._database.write() as connection:
        connection.execute("INSERT INTO claims (kind, attempts) VALUES ('embed', 1024)")

    def fail() -> None:
        raise EmbeddingError("down")

    hooked.interrupt("embed", fail)
    with pytest.raises(EmbeddingError):
        engine.updater.embed()

    assert engine.store.failures() == (Failure("embed", "EmbeddingError", NOON, 1025),)
    engine.clock.advance(450)
    assert engine.updater.embed()


def test_a_failing_kind_of_work_does_not_stop_the_others(open_engine: OpenEngine, hooked: Hooked) -> None:
    engine = open_engine(embedder=hooked.embedder, analyst=hooked.analyst)
    prepare(engine, "consolidate")

    def fail() -> None:
        raise ModelError("down")

    hooked.interrupt("consolidate", fail)
    with pytest.raises(ModelError):
        engine.updater.consolidate(now_due=True)
    engine.add("soup: a new page")

    assert engine.updater.embed()
    assert engine.updater.pending() == Pending(embed=0, consolidate=3, analyse=0)


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_repeated_is_harmless(open_engine: OpenEngine, hooked: Hooked, kind: WorkKind) -> None:
    engine = open_engine(embedder=hooked.embedder, analyst=hooked.analyst)
    prepare(engine, kind)
    assert STEPS[kind](engine)
    once = state(engine)

    assert not STEPS[kind](engine)

    assert state(engine) == once
