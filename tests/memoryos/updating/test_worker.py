"""The threads: for whom they work and when, when they rest, and how they end. Every wait has a bound."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from memoryos.errors import EmbeddingError, StoreGoneError, WaitTimeoutError
from memoryos.status import Pending
from memoryos.updating import worker as worker_module
from memoryos.updating.worker import LOCAL, BackgroundWork, Lane, Step, Track, Workers, _Rest, idle_seconds

BOUND = 30.0
NOTHING = Pending(0, 0, 0)
StartWork = Callable[..., BackgroundWork]


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


class Shared:
    """Workers whose memories are stopped after the test."""

    def __init__(self) -> None:
        self.workers = Workers(tidy=lambda: None)
        self.started: list[BackgroundWork] = []

    def start(
        self,
        *tracks: tuple[Step, ...],
        pending: Callable[[], Pending] = lambda: NOTHING,
        version: Callable[[], int] = lambda: 0,
        lanes: tuple[Lane, ...] = (LOCAL, Lane("model"), Lane("model", means="another")),
    ) -> BackgroundWork:
        """The work of one more memory, started, with a track on a lane of its own for each tuple of steps."""
        named = [Track(f"test-{number}", lanes[number], steps) for number, steps in enumerate(tracks)]
        work = BackgroundWork(self.workers, named, pending, version)
        self.started.append(work)
        work.start()
        return work


@pytest.fixture
def shared() -> Iterator[Shared]:
    shared = Shared()
    yield shared
    for work in shared.started:
        work.stop()


@pytest.fixture
def start(shared: Shared) -> StartWork:
    """A function that starts the work of a memory with a track, and a thread, for each tuple of steps."""
    return shared.start


def once(event: threading.Event, act: Callable[[], None]) -> Callable[[], None]:
    """Does something once the event is there."""

    def wait_and_act() -> None:
        assert event.wait(BOUND)
        act()

    return wait_and_act


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("memoryos-")]


def no_idle_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory at rest is woken or rests on."""
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", BOUND)


def test_work_that_is_there_is_done_without_being_asked_for(start: StartWork) -> None:
    work = Work(3)

    start((work,))

    assert work.idle.wait(BOUND)
    assert work.done == 3


def test_a_wake_starts_new_work_at_once(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_looks(monkeypatch)
    work = Work()
    memory = start((work,))
    assert work.idle.wait(BOUND)

    work.more(2)
    memory.wake()

    assert work.idle.wait(BOUND)
    assert work.done == 2


def test_a_wake_during_the_last_look_is_not_lost(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_looks(monkeypatch)
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

    memory = start((look,))
    assert looking.wait(BOUND)
    memory.wake()
    go_on.set()

    assert found.wait(BOUND)


def test_a_memory_at_rest_is_looked_at_for_work_that_nobody_told_of(
    start: StartWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    work = Work()
    start((work,))
    assert work.idle.wait(BOUND)

    work.more(1)

    assert work.idle.wait(BOUND)
    assert work.done == 1


def test_after_each_piece_of_work_the_most_urgent_step_is_asked_again(start: StartWork) -> None:
    order: list[str] = []
    urgent, later = Work(2), Work(2)
    urgent.before = lambda: order.append("urgent")
    later.before = lambda: order.append("later")

    start((urgent, later))

    assert later.idle.wait(BOUND)
    assert order[:8] == ["urgent", "urgent", "urgent", "later", "urgent", "later", "urgent", "later"]


def test_a_thread_that_hangs_does_not_hold_up_the_other(start: StartWork) -> None:
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
    start: StartWork, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
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
    now, calls = [100.0], 0
    workers = Workers(monotonic=lambda: now[0])
    work, rest = BackgroundWork(workers, (), lambda: NOTHING, lambda: 0), _Rest()

    def fail() -> bool:
        nonlocal calls
        calls += 1
        raise EmbeddingError("no model")

    rests = []
    for _ in range(7):
        assert not workers._worked(fail, rest, work)
        assert not workers._worked(fail, rest, work), "it still rests"
        rests.append(rest.until - rest.since)
        now[0] = rest.until

    assert (rests, calls) == ([2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0], 7)
    assert workers._worked(lambda: True, rest, work)
    assert rest.failures == 0


# Several memories


def test_a_memory_with_endless_work_holds_up_another_one_for_one_step(shared: Shared) -> None:
    order: list[str] = []
    both = threading.Event()
    importing, talking = Work(10_000_000), Work(3)
    importing.before = once(both, lambda: order.append("import"))
    talking.before = lambda: order.append("talk")

    shared.start((importing,))
    shared.start((talking,))
    both.set()
    assert talking.idle.wait(BOUND)

    assert order[: order.index("talk") + 7] == ["import"] * order.index("talk") + ["talk", "import"] * 3 + ["talk"]
    assert importing.done < importing.pieces


def test_many_memories_take_turns(shared: Shared) -> None:
    turns: list[int] = []
    begin = threading.Event()
    many = [Work(4) for _ in range(20)]
    for number, work in enumerate(many):
        work.before = once(begin, partial(turns.append, number))
    for work in many:
        shared.start((work,))
    begin.set()
    for work in many:
        assert work.idle.wait(BOUND)

    assert turns[:80] == [*range(20)] * 4


def test_a_failing_memory_rests_and_the_others_go_on(shared: Shared, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    work = Work(3)

    def fail() -> bool:
        raise EmbeddingError("no model")

    failing, working = shared.start((fail,)), shared.start((work,))

    working.wait_until_idle(BOUND)
    assert work.done == 3
    (turns,) = failing.turns
    assert turns.rests[0].until - turns.rests[0].since == 2.0


def test_memories_share_the_threads_of_a_lane_and_the_last_one_ends_them(shared: Shared) -> None:
    before = set(threads())
    lanes = (LOCAL, Lane("model", 3, "http://a"))
    opened = [shared.start((Work(),), (Work(),), lanes=lanes) for _ in range(10)]

    names = sorted(thread.name for thread in set(threads()) - before)
    for work in opened[:-1]:
        work.stop()
    still = sorted(thread.name for thread in set(threads()) - before)
    opened[-1].stop()

    assert names == ["memoryos-local", "memoryos-model-1", "memoryos-model-2", "memoryos-model-3"]
    assert still == names
    assert set(threads()) <= before


def test_as_many_memories_think_at_a_time_as_the_lane_has_threads(shared: Shared) -> None:
    together, alone = threading.Barrier(2), threading.Event()

    def think() -> bool:
        together.wait(BOUND)
        alone.set()
        return False

    lanes = (LOCAL, Lane("model", 2, "http://a"))
    for _ in range(2):
        shared.start((Work(),), (think,), lanes=lanes)

    assert alone.wait(BOUND)


def test_an_endpoint_that_hangs_holds_up_nobody_who_uses_another(shared: Shared) -> None:
    go_on, hanging, work = threading.Event(), threading.Event(), Work(2)

    def hang() -> bool:
        hanging.set()
        go_on.wait(BOUND)
        return False

    shared.start((Work(),), (hang,), lanes=(LOCAL, Lane("model", 1, "http://a")))
    assert hanging.wait(BOUND)
    shared.start((Work(),), (work,), lanes=(LOCAL, Lane("model", 1, "http://b")))

    assert work.idle.wait(BOUND)
    go_on.set()
    assert work.done == 2


def test_what_another_process_changes_wakes_that_memory(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "_SECONDS_PER_LOOK", BOUND)
    versions = {"one": 1, "two": 1}
    works = {name: Work() for name in versions}
    looks: dict[str, int] = dict.fromkeys(versions, 0)

    def look(name: str) -> Callable[[], None]:
        def count() -> None:
            looks[name] += 1

        return count

    asked = threading.Semaphore(0)

    def version(name: str) -> Callable[[], int]:
        def ask() -> int:
            asked.release()
            return versions[name]

        return ask

    for name, work in works.items():
        work.before = look(name)
        shared.start((work,), version=version(name)).wait_until_idle(BOUND)
    for _ in range(8):
        assert asked.acquire(timeout=BOUND)
    works["one"].more(1)
    works["two"].more(1)
    versions["two"] += 1

    assert works["two"].idle.wait(BOUND)
    assert (works["one"].done, works["two"].done) == (0, 1)


def test_a_memory_whose_version_cannot_be_asked_is_looked_at(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its steps then name the trouble, each once in a while."""
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "_SECONDS_PER_LOOK", BOUND)
    work, looks = Work(), threading.Semaphore(0)
    work.before = looks.release

    def gone() -> int:
        raise StoreGoneError("memory.db: was deleted")

    shared.start((work,), version=gone)

    for _ in range(4):
        assert looks.acquire(timeout=BOUND)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("rested", "memories", "seconds"),
    [(0, 1, 2), (30, 100, 2), (60, 1, 3), (3_600, 1, 180), (12_000, 1, 600), (1e6, 1, 600), (0, 1_000, 20)],
)
def test_the_longer_memories_rest_and_the_more_they_are_the_longer_until_one_is_looked_at(
    rested: float, memories: int, seconds: float
) -> None:
    assert idle_seconds(rested, memories) == seconds


def test_a_lane_tidies_once_it_comes_to_rest() -> None:
    order: list[str] = []
    tidied, begin = threading.Event(), threading.Event()

    def tidy() -> None:
        order.append("tidy")
        tidied.set()

    workers = Workers(tidy)
    work = Work(2)
    work.before = once(begin, lambda: order.append("step"))
    memory = BackgroundWork(workers, [Track("local", LOCAL, (work,))], lambda: NOTHING, lambda: 0)
    memory.start()
    begin.set()

    assert tidied.wait(BOUND)
    memory.stop()
    assert order == ["step", "step", "step", "tidy"]


# Waiting


def test_waiting_ends_when_nothing_is_pending(start: StartWork) -> None:
    go_on, work = threading.Event(), Work(3)
    work.before = lambda: go_on.wait(BOUND)
    memory = start((work,), pending=lambda: Pending(work.pieces - work.done, 0, 0))

    go_on.set()
    memory.wait_until_idle(BOUND)

    assert work.done == 3


@pytest.mark.parametrize("of_thread", [0, 1])
def test_waiting_lasts_until_each_thread_has_looked(start: StartWork, of_thread: int) -> None:
    """A memory opened with another embedder was idle until the first look had queued its pages."""
    looked, work = threading.Event(), Work(2)
    work.before = lambda: looked.wait(BOUND)
    threads = [(Work(),), (Work(),)]
    threads[of_thread] = (work,)
    memory = start(*threads)

    with pytest.raises(WaitTimeoutError):
        memory.wait_until_idle(0.01)
    looked.set()
    memory.wait_until_idle(BOUND)

    assert work.done == 2


def test_waiting_ends_only_after_a_look_that_began_with_it(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_looks(monkeypatch)
    work = Work()
    memory = start((work,))
    assert work.idle.wait(BOUND)

    work.more(2)
    memory.wait_until_idle(BOUND)

    assert work.done == 2


def test_waiting_does_not_last_while_a_step_rests_that_has_nothing_pending(start: StartWork) -> None:
    def fail() -> bool:
        raise EmbeddingError("no model")

    start((fail,)).wait_until_idle(BOUND)


@pytest.mark.parametrize(("hanging", "at_work"), [(0, "none"), (2, "test-0, test-1")])
def test_waiting_gives_up_after_its_time_and_says_what_is_left(start: StartWork, hanging: int, at_work: str) -> None:
    go_on = threading.Event()
    threads = [(lambda: not go_on.wait(BOUND),)] * hanging
    memory = start(*threads, pending=lambda: Pending(embed=1, consolidate=2, analyse=3))

    with pytest.raises(WaitTimeoutError) as gave_up:
        memory.wait_until_idle(0.01)

    go_on.set()
    assert str(gave_up.value) == (
        "after 0.01 s there is still work to do: Pending(embed=1, consolidate=2, analyse=3, read=0); "
        f"threads at work: {at_work}"
    )


# Stopping


def test_stopping_ends_idle_threads(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    no_idle_looks(monkeypatch)
    before = set(threads())
    work = Work()
    memory = start((work,))
    assert work.idle.wait(BOUND)
    (thread,) = set(threads()) - before

    memory.stop()

    assert not thread.is_alive()
    memory.stop()


def test_a_step_may_stop_the_memory_it_works_for(start: StartWork, caplog: pytest.LogCaptureFixture) -> None:
    """As when a step's thread collects the garbage that holds a memory nobody closed."""
    started, stopped = threading.Event(), threading.Event()
    running: list[threading.Thread] = []

    def stop() -> bool:
        started.wait(BOUND)
        running.append(threading.current_thread())
        memory.stop()
        stopped.set()
        return False

    memory = start((stop,))
    started.set()

    assert stopped.wait(BOUND)
    running[0].join(BOUND)
    assert not running[0].is_alive()
    assert caplog.records == []


def test_a_thread_that_holds_the_lock_may_stop_a_memory(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage is collected anywhere; the memory is then found closed by the next sweep."""
    monkeypatch.setattr(worker_module, "_IDLE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "_STOP_SECONDS", 0.01)
    before = set(threads())
    work = Work()
    memory = start((work,))
    assert work.idle.wait(BOUND)
    (thread,) = set(threads()) - before

    with memory.came_to_rest:
        memory.stop()

    thread.join(BOUND)
    assert not thread.is_alive()


def test_stopping_waits_for_the_step_under_way(start: StartWork) -> None:
    under_way, go_on, after = threading.Event(), threading.Event(), Work(1)
    stopped_after: list[bool] = []

    def step() -> bool:
        under_way.set()
        go_on.wait(BOUND)
        stopped_after.append(stopper.is_alive())
        return True

    memory = start((step, after))
    stopper = threading.Thread(target=memory.stop)
    assert under_way.wait(BOUND)
    stopper.start()
    until_closed(memory)
    go_on.set()
    stopper.join(BOUND)

    assert stopped_after == [True]
    assert after.done == 0


def test_stopping_one_memory_waits_for_no_step_of_another(shared: Shared) -> None:
    under_way, go_on = threading.Event(), threading.Event()

    def hang() -> bool:
        under_way.set()
        go_on.wait(BOUND)
        return False

    shared.start((hang,))
    assert under_way.wait(BOUND)
    queued = Work(1)
    other = shared.start((queued,))

    other.stop()

    assert not go_on.is_set()
    go_on.set()
    assert queued.done == 0


def test_stopping_does_not_wait_for_a_step_that_hangs(start: StartWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_STOP_SECONDS", 0.01)
    before = set(threads())
    hanging, go_on, after = threading.Event(), threading.Event(), Work(1)

    def hang() -> bool:
        hanging.set()
        return go_on.wait(BOUND)

    memory = start((hang, after))
    assert hanging.wait(BOUND)
    (thread,) = set(threads()) - before

    memory.stop()
    go_on.set()

    assert thread.daemon, "the process may end while the step hangs"
    thread.join(BOUND)
    assert not thread.is_alive()
    assert after.done == 0


@pytest.mark.parametrize("of_track", [0, 1])
def test_when_the_process_ends_the_local_step_is_waited_for_and_no_other(
    start: StartWork, monkeypatch: pytest.MonkeyPatch, of_track: int
) -> None:
    monkeypatch.setattr(worker_module, "_STOP_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "_LAST_STEP_SECONDS", BOUND)
    under_way, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def native() -> bool:
        under_way.set()
        go_on.wait(BOUND)
        return False

    tracks: list[tuple[Step, ...]] = [(Work(),), (Work(),)]
    tracks[of_track] = (native,)
    memory = start(*tracks)
    assert under_way.wait(BOUND)

    def end() -> None:
        memory.end()
        ended.set()

    ending = threading.Thread(target=end)
    ending.start()

    assert ended.wait(0.2 if of_track == 0 else BOUND) == (of_track == 1)
    go_on.set()
    ending.join(BOUND)
    assert not ending.is_alive()


def until_closed(memory: BackgroundWork) -> None:
    """Return once somebody began to stop the memory; fails after a bound."""
    assert any(memory.is_closed or threading.Event().wait(0.001) for _ in range(int(BOUND * 1_000)))
