"""The threads behind the calls: they embed, consolidate and analyse while nobody waits for them.

A process has one set of them, however many memories are open in it. They take turns over the memories that have work.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from memoryos import retry
from memoryos.errors import MemoryOSError, WaitTimeoutError
from memoryos.updating import heap

if TYPE_CHECKING:
    from memoryos.status import Pending

_log = logging.getLogger(__name__)

_IDLE_SECONDS = 2.0
"""How soon, at the earliest, an idle memory is looked at for work that nobody told of."""

_IDLE_SHARE: Final = 0.05
_LONGEST_IDLE_SECONDS: Final = 600.0
"""A memory at rest is looked at again after this share of the time for which it has rested, or after the longest time.
Work that falls due by time begins so much later at most: 3 s after a minute's rest, 3 minutes after an hour's."""

_SECONDS_PER_LOOK: Final = 0.02
"""Of all memories at rest on a lane one is looked at in so long a time: a look takes 0.2 ms, so that a thousand of them
take a hundredth of a thread's time, and each waits for its look 20 s at least."""

_SWEEP_SHARE: Final = 0.01
"""Asking all memories whether another process changed them, 0.06 ms each, takes so much of a thread's time at most: it
is done every two seconds up to some 300 open memories, and less often beyond."""

_POLL_SECONDS = 0.1
"""How often a wait looks for what no thread of this process tells: that another one did the work."""

_HEAD_START_SECONDS = 0.02
"""A woken thread lets the answer behind which it works leave first."""

_STOP_SECONDS = 1.0
_LAST_STEP_SECONDS = 10.0

Step = Callable[[], bool]
"""One piece of work; False when there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Lane:
    """So many threads that share one means of working: this machine, or an endpoint; equal lanes are the same threads.

    `means` tells apart lanes of one name. It is never shown.
    """

    name: str
    threads: int = 1
    means: Hashable = field(default=None, repr=False)


LOCAL: Final = Lane("local")


@dataclass(frozen=True, slots=True)
class Track:
    """Steps of one memory that one thread at a time works on, in order of urgency.

    After a step that did something it is the next memory's turn, and then the first step is asked again.
    """

    name: str
    lane: Lane
    steps: tuple[Step, ...]


class Workers:
    """The threads of a process, for each lane those that it says, alive while a memory has a track there.

    Each turn is one step that did something, or a look that found nothing: a memory with a million pages to read holds
    up another one for one step. They are daemons, and correctness does not rest on stopping them: a thread may be
    killed anywhere. `tidy` is called when a lane has come to rest after work, and with each sweep.
    """

    def __init__(
        self, tidy: Callable[[], object] = heap.give_back, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._tidy = tidy
        self.monotonic = monotonic
        self.lock = threading.Lock()  # guards the crews, and the turns of all memories
        self._crews: dict[Lane, _Crew] = {}

    def enroll(self, work: BackgroundWork) -> None:
        """Give a memory's tracks their turns from now on; the caller holds the lock."""
        for turns in work.turns:
            lane = turns.track.lane
            crew = self._crews.get(lane)
            if crew is None:
                crew = self._crews[lane] = _Crew(lane, self.lock)
                crew.start(self._run)
            if turns.is_first:
                crew.next_sweep = min(crew.next_sweep, self.monotonic() + _IDLE_SECONDS)
            crew.turns[turns] = None
            turns.crew = crew
            turns.rouse(self.monotonic())

    def dismiss(self, work: BackgroundWork) -> list[threading.Thread]:
        """Give a memory no more turns; the threads that end because it was their last. The caller holds the lock."""
        ending: list[threading.Thread] = []
        for turns in work.turns:
            crew, turns.crew = turns.crew, None
            if crew is None:
                continue
            crew.dismiss(turns)
            if not crew.turns:
                del self._crews[turns.track.lane]
                crew.end()
                ending += crew.threads
        return ending

    def _run(self, crew: _Crew) -> None:
        while (task := self._next(crew)) is not None:
            task()

    def _next(self, crew: _Crew) -> Callable[[], object] | None:
        """What a thread of a crew is to do; waits for it, and is None when the thread is to end."""
        with self.lock:
            while not crew.has_ended:
                now = self.monotonic()
                crew.call(now)
                if now >= crew.next_sweep:
                    crew.next_sweep = math.inf  # one thread at a time
                    return partial(self._sweep, crew)
                if crew.ready:
                    turns = crew.take()
                    return partial(self._take_turn, crew, turns, turns.asked)
                if crew.is_untidy:
                    crew.is_untidy = False
                    return self._tidy
                next_time = crew.next_time()
                crew.changed.wait(None if next_time == math.inf else next_time - now)
        return None

    def _take_turn(self, crew: _Crew, turns: _Turns, asked: int) -> None:
        worked = any(
            self._worked(step, rest, turns.work) for step, rest in zip(turns.track.steps, turns.rests, strict=True)
        )
        with self.lock:
            crew.is_untidy |= worked
            turns.thread = None
            turns.rested = 0 if worked else asked
            turns.work.came_to_rest.notify_all()
            if turns.crew is None:
                return  # the memory was closed meanwhile
            now = self.monotonic()
            turns.quiet_since = max(turns.quiet_since, now if worked else 0.0, *(rest.since for rest in turns.rests))
            if worked:
                turns.work.rouse_others(turns, now)  # what one track did may be what another waits for
            crew.call(now)  # what fell due meanwhile comes first
            if worked or turns.asked != asked:
                crew.ready.append(turns)
            else:
                turns.due = now + idle_seconds(now - turns.quiet_since, len(crew.turns))

    def _sweep(self, crew: _Crew) -> None:
        """Wake the memories at rest that another process changed."""
        started = self.monotonic()
        with self.lock:
            at_rest = [turns.work for turns in crew.turns if turns.is_first and turns.is_at_rest]
        for work in at_rest:
            if work.is_closed:
                with self.lock:
                    self.dismiss(work)
            elif self._worked(work.has_changed, work.rest, work):
                work.wake()
        self._tidy()  # for recalls leave something too
        now = self.monotonic()
        with self.lock:
            crew.next_sweep = now + max(_IDLE_SECONDS, (now - started) / _SWEEP_SHARE)

    def _worked(self, step: Step, rest: _Rest, work: BackgroundWork) -> bool:
        """Whether a step did something; one that failed did nothing and rests a while."""
        if work.is_closed or self.monotonic() < rest.until:
            return False
        try:
            worked = step()
        except MemoryOSError as error:
            if work.is_closed:
                return False  # the memory was closed under it
            _log.warning("background work failed and will be tried again: %s: %s", type(error).__name__, error)
        except Exception:
            _log.exception("background work failed and will be tried again")
        else:
            rest.failures = 0
            return worked
        rest.since = self.monotonic()
        rest.until = rest.since + retry.STEP.wait_seconds(rest.failures)
        rest.failures += 1
        return False


class BackgroundWork:
    """The work behind the calls of one memory, done by the threads of `workers` once it is started.

    The first of the `tracks` is the local work. `version` is cheap to ask and changes when any process changes the
    memory.
    """

    def __init__(
        self, workers: Workers, tracks: Sequence[Track], pending: Callable[[], Pending], version: Callable[[], Hashable]
    ) -> None:
        self.turns: tuple[_Turns, ...] = tuple(_Turns(self, track, track is tracks[0]) for track in tracks)
        self.rest = _Rest()
        self.is_closed = False
        self.came_to_rest = threading.Condition(workers.lock)  # a thread ended a turn of this memory
        self._workers = workers
        self._pending = pending
        self._version = version
        self._known: Hashable = None

    def start(self) -> None:
        """Let the threads take turns over it; once."""
        with self._workers.lock:
            if not self.is_closed:
                self._workers.enroll(self)

    def wake(self) -> None:
        """Say that there may be work."""
        with self._workers.lock:
            self._rouse()

    def has_changed(self) -> bool:
        """Whether the memory has changed since this was asked last."""
        try:
            version = self._version()
        except MemoryOSError:
            return True  # the steps will meet the trouble, and name it
        known, self._known = self._known, version
        return version != known

    def rouse_others(self, worked: _Turns, due: float) -> None:
        """Have the other tracks looked at; the caller holds the lock."""
        for turns in self.turns:
            if turns is not worked:
                turns.rouse(due)

    def wait_until_idle(self, timeout: float) -> None:
        """Return once every track was looked at anew without finding anything to do, and nothing is pending.

        Not all work is known as pending before a thread has looked. Raises `WaitTimeoutError` after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        with self._workers.lock:
            self._rouse()
            asked = [turns.asked for turns in self.turns]
        while (at_work := self._at_work(asked)) or self._pending():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise WaitTimeoutError(
                    f"after {timeout} s there is still work to do: {self._pending()}; "
                    f"threads at work: {', '.join(at_work) or 'none'}"
                )
            with self.came_to_rest:
                self.came_to_rest.wait(min(_POLL_SECONDS, remaining))

    def stop(self) -> None:
        """Let no further turn begin, and give those under way a moment.

        Threads that had work of this memory only have then ended.
        """
        deadline = time.monotonic() + _STOP_SECONDS
        self.is_closed = True
        if not self._workers.lock.acquire(timeout=_STOP_SECONDS):
            return  # held by this very thread, which came here to collect garbage; a sweep finds the memory closed
        try:
            threads = self._workers.dismiss(self)
            if self.came_to_rest.wait_for(lambda: not self._under_way(self.turns), _STOP_SECONDS):
                self.turns = ()  # which refer back to this: a closed memory needs no garbage collection
        finally:
            self._workers.lock.release()
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def end(self) -> None:
        """Stop because the process ends: the local step, which may be in a native library, is waited for.

        A thread that comes back from C++ to an interpreter that is gone aborts the process.
        """
        self.stop()
        if not self._workers.lock.acquire(timeout=_STOP_SECONDS):
            return
        try:
            self.came_to_rest.wait_for(lambda: not self._under_way(self.turns[:1]), _LAST_STEP_SECONDS)
        finally:
            self._workers.lock.release()

    def _rouse(self) -> None:
        due = self._workers.monotonic() + _HEAD_START_SECONDS
        for turns in self.turns:
            turns.rouse(due)

    def _at_work(self, asked: Sequence[int]) -> list[str]:
        """The tracks that have not come to rest since they were asked."""
        with self._workers.lock:
            return [turns.track.name for turns, at in zip(self.turns, asked, strict=True) if turns.rested < at]

    def _under_way(self, turns: Sequence[_Turns]) -> bool:
        """Whether another thread is at one of these; this one may collect the garbage that holds a memory."""
        return any(each.thread not in (None, threading.current_thread()) for each in turns)


def idle_seconds(rested: float, memories: int) -> float:
    """After how long a memory is looked at again that has rested for so many seconds, one of so many on a lane."""
    return max(_IDLE_SECONDS, _SECONDS_PER_LOOK * memories, min(_LONGEST_IDLE_SECONDS, _IDLE_SHARE * rested))


@dataclass(slots=True)
class _Rest:
    """How often in a row a step failed, and since when and until when it rests by the monotonic clock."""

    failures: int = 0
    since: float = 0.0
    until: float = 0.0


@dataclass(slots=True, eq=False)
class _Turns:
    """Where a track of one memory stands. It is at rest until it is `due`, in its crew's queue, or with a thread."""

    work: BackgroundWork
    track: Track
    is_first: bool
    rests: list[_Rest] = field(init=False)
    crew: _Crew | None = None  # None before it is started and once it is stopped
    thread: threading.Thread | None = None  # that takes its turn
    due: float | None = math.inf
    quiet_since: float = 0.0  # by the monotonic clock, as `due` is
    asked: int = 0
    rested: int = 0  # the last asking after which none of its steps did anything; 0 once one did

    def __post_init__(self) -> None:
        self.rests = [_Rest() for _ in self.track.steps]

    @property
    def is_at_rest(self) -> bool:
        return self.due is not None or (self.work.is_closed and self.thread is None)

    def rouse(self, due: float) -> None:
        """Have it looked at, at that time or sooner; the caller holds the lock."""
        if self.crew is None:
            return
        self.asked += 1
        self.quiet_since = due
        if self.due is not None and due < self.due:
            self.due = due
            self.crew.changed.notify()


class _Crew:
    """The threads of one lane, and the tracks they take turns over; the lock of its workers guards all of it."""

    def __init__(self, lane: Lane, lock: threading.Lock) -> None:
        self.lane = lane
        self.changed = threading.Condition(lock)  # something is due sooner, or the threads are to end
        self.turns: dict[_Turns, None] = {}
        self.ready: deque[_Turns] = deque()
        self.next_sweep = math.inf  # while one is under way, and where no memory does its local work
        self.is_untidy = False
        self.has_ended = False
        self.threads: list[threading.Thread] = []

    def start(self, run: Callable[[_Crew], None]) -> None:
        """Start the threads."""
        for number in range(1, self.lane.threads + 1):
            name = f"memoryos-{self.lane.name}" + (f"-{number}" if self.lane.threads > 1 else "")
            self.threads.append(threading.Thread(target=run, args=(self,), name=name, daemon=True))
            self.threads[-1].start()

    def end(self) -> None:
        """Have the threads end."""
        self.has_ended = True
        self.changed.notify_all()

    def call(self, now: float) -> None:
        """Queue what is due."""
        for turns in self.turns:
            if turns.due is not None and turns.due <= now:
                turns.due = None
                self.ready.append(turns)

    def take(self) -> _Turns:
        """The track whose turn it is, given to the calling thread."""
        turns = self.ready.popleft()
        turns.thread = threading.current_thread()
        if self.ready:
            self.changed.notify()
        return turns

    def next_time(self) -> float:
        """When the next thing is due, while nothing is queued."""
        return min([self.next_sweep, *(turns.due for turns in self.turns if turns.due is not None)])

    def dismiss(self, turns: _Turns) -> None:
        """Have a track looked at no more."""
        del self.turns[turns]
        if turns in self.ready:
            self.ready.remove(turns)
