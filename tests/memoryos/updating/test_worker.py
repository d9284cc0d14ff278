"""The threads: when they work, when they rest, and how they end. Every wait has a bound."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from memoryos.errors import EmbeddingError, WaitTimeoutError
from memoryos.status import Pending
from memoryos.updating import worker as worker_module
from memoryos.updating.worker import Step, Worker, _Rest

BOUND = 30.0
NOTHING = Pending(0, 0, 0)
StartWorker = Callable[..., Worker]


class Work:
    """A step with so many pieces of work to do; it counts its calls and says when it is idle."""

    def __init__(self, pieces: int = 0) -> None:
        self.pieces = pieces
        self.done = 0
        self.idle = threading.Event()
        self.before: Callable[[], object] = lambda: None

    def __call__(self) -> bool:
        self.before()
        if self.done >= self.pieces:
            self.idle.set()
            return False
        self.done += 1
        return True

    def more(self, pieces: int) -> None:
        self.pieces += pieces
        self.idle.clear()


@pytest.fixture
def start() -> Iterator[StartWorker]:
    """A function that starts a worker with a thread for each tuple of steps; all are stopped after the test."""
    started: list[Worker] = []

    def start_one(*threads: tuple[Step, ...], pending: Callable[[], Pending] = lambda: NOTHING) -> Worker:
        worker = Worker({f"test-{number}": steps for number, steps in enumerate(threads)}, pending)
        started.append(worker)
        worker.start()
        return worker

    yield start_one
    for worker in started:
        worker.stop()


def no_idle_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle thread is woken or sleeps on."""
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", BOUND)


def test_work_that_is_there_is_done_without_being_asked_for(start: StartWorker) -> None:
    work = Work(3)

    start((work,))

    assert work.idle.wait(BOUND)
    assert work.done == 3


def test_a_wake_starts_new_work_at_once(start: StartWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_checks(monkeypatch)
    work = Work()
    worker = start((work,))
    assert work.idle.wait(BOUND)

    work.more(2)
    worker.wake()

    assert work.idle.wait(BOUND)
    assert work.done == 2


def test_a_wake_during_the_last_look_is_not_lost(start: StartWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_checks(monkeypatch)
    looking, go_on, found = threading.Event(), threading.Event(), threading.Event()
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        if looks == 1:
            looking.set()
            go_on.wait(BOUND)  # finds nothing, but work arrives before it goes to sleep
            return False
        found.set()
        return False

    worker = start((look,))
    assert looking.wait(BOUND)
    worker.wake()
    go_on.set()

    assert found.wait(BOUND)


def test_an_idle_thread_looks_for_work_that_nobody_told_it_of(
    start: StartWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    work = Work()
    start((work,))
    assert work.idle.wait(BOUND)

    work.more(1)

    assert work.idle.wait(BOUND)
    assert work.done == 1


def test_after_each_piece_of_work_the_most_urgent_step_is_asked_again(start: StartWorker) -> None:
    order: list[str] = []
    urgent, later = Work(2), Work(2)
    urgent.before = lambda: order.append("urgent")
    later.before = lambda: order.append("later")

    start((urgent, later))

    assert later.idle.wait(BOUND)
    assert order[:8] == ["urgent", "urgent", "urgent", "later", "urgent", "later", "urgent", "later"]


def test_a_thread_that_hangs_does_not_hold_up_the_other(start: StartWorker) -> None:
    hanging, go_on, work = threading.Event(), threading.Event(), Work(3)

    def hang() -> bool:
        hanging.set()
        go_on.wait(BOUND)
        return False

    start((hang,), (work,))

    assert hanging.wait(BOUND)
    assert work.idle.wait(BOUND)
    assert work.done == 3
    go_on.set()


@pytest.mark.parametrize("error", [EmbeddingError("no model"), ZeroDivisionError("a defect")])
def test_a_step_that_fails_is_logged_and_tried_again_while_the_others_go_on(
    start: StartWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    work, tries, recovered = Work(3), 0, threading.Event()

    def fail_twice() -> bool:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise error
        recovered.set()
        return False

    start((fail_twice, work))

    assert work.idle.wait(BOUND)
    assert recovered.wait(BOUND)
    assert work.done == 3
    records = [record for record in caplog.records if record.name == "memoryos.updating.worker"]
    assert [record.levelno for record in records] == (
        [logging.WARNING] * 2 if isinstance(error, EmbeddingError) else [logging.ERROR] * 2
    )
    assert [record.exc_info is not None for record in records] == [not isinstance(error, EmbeddingError)] * 2


def test_a_step_that_goes_on_failing_rests_longer_each_time_up_to_a_minute() -> None:
    worker, rest, calls = Worker({}, lambda: NOTHING), _Rest(), 0

    def fail() -> bool:
        nonlocal calls
        calls += 1
        raise EmbeddingError("no model")

    rests = []
    for _ in range(7):
        assert not worker._worked(fail, rest)
        assert not worker._worked(fail, rest), "it still rests"
        rests.append(rest.seconds)
        rest.until = 0.0

    assert (rests, calls) == ([2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0], 7)
    assert worker._worked(lambda: True, rest)
    assert rest.seconds == 0.0


# Waiting


def test_waiting_ends_when_nothing_is_pending(start: StartWorker) -> None:
    go_on, work = threading.Event(), Work(3)
    work.before = lambda: go_on.wait(BOUND)
    worker = start((work,), pending=lambda: Pending(work.pieces - work.done, 0, 0))

    go_on.set()
    worker.wait_until_idle(BOUND)

    assert work.done == 3


@pytest.mark.parametrize("of_thread", [0, 1])
def test_waiting_lasts_until_each_thread_has_looked(start: StartWorker, of_thread: int) -> None:
    """A memory opened with another embedder was idle until the first look had queued its pages."""
    looked, work = threading.Event(), Work(2)
    work.before = lambda: looked.wait(BOUND)
    threads = [(Work(),), (Work(),)]
    threads[of_thread] = (work,)
    worker = start(*threads)

    with pytest.raises(WaitTimeoutError):
        worker.wait_until_idle(0.01)
    looked.set()
    worker.wait_until_idle(BOUND)

    assert work.done == 2


def test_waiting_ends_only_after_a_look_that_began_with_it(start: StartWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_checks(monkeypatch)
    work = Work()
    worker = start((work,))
    assert work.idle.wait(BOUND)

    work.more(2)
    worker.wait_until_idle(BOUND)

    assert work.done == 2


def test_waiting_does_not_last_while_a_step_rests_that_has_nothing_pending(start: StartWorker) -> None:
    def fail() -> bool:
        raise EmbeddingError("no model")

    start((fail,)).wait_until_idle(BOUND)


@pytest.mark.parametrize(("hanging", "at_work"), [(0, "none"), (2, "test-0, test-1")])
def test_waiting_gives_up_after_its_time_and_says_what_is_left(start: StartWorker, hanging: int, at_work: str) -> None:
    go_on = threading.Event()
    threads = [(lambda: not go_on.wait(BOUND),)] * hanging
    worker = start(*threads, pending=lambda: Pending(embed=1, consolidate=2, analyse=3))

    with pytest.raises(WaitTimeoutError) as gave_up:
        worker.wait_until_idle(0.01)

    go_on.set()
    assert str(gave_up.value) == (
        "after 0.01 s there is still work to do: Pending(embed=1, consolidate=2, analyse=3); "
        f"threads at work: {at_work}"
    )


# Stopping


def test_stopping_ends_idle_threads(start: StartWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_checks(monkeypatch)
    work = Work()
    worker = start((work,))
    assert work.idle.wait(BOUND)
    (thread,) = worker._threads

    worker.stop()

    thread.join(BOUND)
    assert not thread.is_alive()
    worker.stop()


def test_a_step_may_stop_the_worker_that_runs_it(start: StartWorker, caplog: pytest.LogCaptureFixture) -> None:
    """As when a step's thread collects the garbage that holds a memory nobody closed."""
    started = threading.Event()

    def stop() -> bool:
        started.wait(BOUND)
        worker.stop()
        return False

    worker = start((stop,))
    started.set()

    (thread,) = worker._threads
    thread.join(BOUND)
    assert not thread.is_alive()
    assert caplog.records == []


def test_stopping_does_not_wait_for_a_step_that_hangs(start: StartWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_STOP_SECONDS", 0.01)
    hanging, go_on, after = threading.Event(), threading.Event(), Work(1)

    def hang() -> bool:
        hanging.set()
        return go_on.wait(BOUND)

    worker = start((hang, after))
    assert hanging.wait(BOUND)

    worker.stop()
    go_on.set()

    (thread,) = worker._threads
    assert thread.daemon, "the process may end while the step hangs"
    thread.join(BOUND)
    assert not thread.is_alive()
    assert after.done == 0
