"""The threads behind the calls: they embed, consolidate and analyse while nobody waits for them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memoryos.errors import MemoryOSError, WaitTimeoutError

if TYPE_CHECKING:
    from memoryos.status import Pending

_log = logging.getLogger(__name__)

_IDLE_SECONDS = 2.0
"""How often an idle thread looks for work it was not woken for: pages of another process, or due by time."""

_POLL_SECONDS = 0.1
"""How often a wait looks for what no thread of this process tells: that another one did the work."""

_HEAD_START_SECONDS = 0.02
"""A woken thread lets the answer behind which it works leave first."""

_STOP_SECONDS = 1.0
_LAST_STEP_SECONDS = 10.0
_LONGEST_REST_SECONDS = 60.0

Step = Callable[[], bool]
"""One piece of work; False when there was nothing to do."""


class Worker:
    """Daemon threads, each taking turns over its steps until none has anything to do.

    `threads` maps a thread's name to its steps, in order of urgency: after a step that did something the first one is
    asked again. The first thread does the local work. Correctness does not rest on stopping: a thread may be killed
    anywhere.
    """

    def __init__(self, threads: dict[str, tuple[Step, ...]], pending: Callable[[], Pending]) -> None:
        self._steps = threads
        self._pending = pending
        lock = threading.Lock()  # guards all below
        self._work = threading.Condition(lock)  # there may be some, or the threads are to end
        self._idle = threading.Condition(lock)  # a thread found nothing to do
        self._wakes = 0
        # The last wake after which each thread asked all its steps and none did anything; 0 once one did.
        self._idle_since = dict.fromkeys(threads, 0)
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; once."""
        with self._work:
            self._threads = [
                threading.Thread(target=self._run, args=(name, steps), name=f"memoryos-{name}", daemon=True)
                for name, steps in self._steps.items()
            ]
            for thread in self._threads:
                thread.start()

    def wake(self) -> None:
        """Say that there may be work."""
        with self._work:
            self._wakes += 1
            self._work.notify_all()

    def stop(self) -> None:
        """Ask the threads to end after their current step, and give them a moment."""
        with self._work:
            self._stopping = True
            self._work.notify_all()
        self._join(self._threads, _STOP_SECONDS)

    def end(self) -> None:
        """Stop because the process ends: the first thread's step, which may be in a native library, is waited for.

        A thread that comes back from C++ to an interpreter that is gone aborts the process.
        """
        self.stop()
        self._join(self._threads[:1], _LAST_STEP_SECONDS)

    def _join(self, threads: Sequence[threading.Thread], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for thread in threads:
            if thread is not threading.current_thread():  # which may collect the garbage that holds a memory
                thread.join(max(0.0, deadline - time.monotonic()))

    def wait_until_idle(self, timeout: float) -> None:
        """Return once every thread looked anew and found nothing to do, and nothing is pending.

        Not all work is known as pending before a thread has looked. Raises `WaitTimeoutError` after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        self.wake()
        asked = self._wakes
        while (at_work := self._at_work(asked)) or self._pending():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise WaitTimeoutError(
                    f"after {timeout} s there is still work to do: {self._pending()}; "
                    f"threads at work: {', '.join(at_work) or 'none'}"
                )
            with self._idle:
                self._idle.wait(min(_POLL_SECONDS, remaining))

    def _at_work(self, asked: int) -> list[str]:
        """The threads that have not come to rest since a wake."""
        with self._idle:
            return [name for name, wakes in self._idle_since.items() if wakes < asked]

    def _run(self, name: str, steps: tuple[Step, ...]) -> None:
        rests = [_Rest() for _ in steps]
        while True:
            with self._work:
                if self._stopping:
                    return
                wakes = self._wakes
            worked = any(self._worked(step, rest) for step, rest in zip(steps, rests, strict=True))
            with self._work:
                self._idle_since[name] = 0 if worked else wakes
                if worked:
                    self._work.notify_all()  # what one thread did may be what another waits for
                    continue
                self._idle.notify_all()
                if not self._stopping and self._wakes == wakes:
                    self._work.wait(_IDLE_SECONDS)
                    self._work.wait_for(lambda: self._stopping, _HEAD_START_SECONDS)

    def _worked(self, step: Step, rest: _Rest) -> bool:
        """Whether a step did something; one that failed did nothing and rests a while."""
        if time.monotonic() < rest.until:
            return False
        try:
            worked = step()
        except MemoryOSError as error:
            if self._stopping:
                return False  # the memory was closed under it
            _log.warning("background work failed and will be tried again: %s: %s", type(error).__name__, error)
        except Exception:
            _log.exception("background work failed and will be tried again")
        else:
            rest.seconds = 0.0
            return worked
        rest.seconds = min(_LONGEST_REST_SECONDS, max(_IDLE_SECONDS, rest.seconds * 2))
        rest.until = time.monotonic() + rest.seconds
        return False


@dataclass(slots=True)
class _Rest:
    """How long a failed step rests, doubling while it goes on failing."""

    seconds: float = 0.0
    until: float = 0.0
