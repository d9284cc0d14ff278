"""When what failed is tried again: one policy for all that waits after a failure, by a clock that is given to it.

Every part that retries names its own numbers as a `RetryPolicy` below and counts by a `Rest`, or, where the failures
are counted in the store, by `RetryPolicy.wait_seconds`. This module imports nothing of ours, so that every wing can.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

CLIENT_RETRIES: Final = 2
"""Times the openai client itself repeats a request (connection lost, 408, 409, 429, 5xx) before it is a failure here;
its own waits, 0.5 to 8 s, hold the calling thread, so only calls that somebody waits for and embeddings have them."""

_MOST_DOUBLINGS: Final = 64
"""What is down for days fails more often than a float can be doubled; every longest wait is reached before."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait after a failure: `first_seconds`, doubling with each further one up to `longest_seconds`.

    With `spread` 0.5 a wait is drawn from 0.5 to 1.5 times that, so that processes do not come back together. After
    `most_failures` in a row nobody tries again; None never gives up.
    """

    first_seconds: float
    longest_seconds: float
    spread: float = 0.0
    most_failures: int | None = None

    def wait_seconds(
        self, earlier_failures: int, *, asked_seconds: float = 0.0, jitter: random.Random | None = None
    ) -> float:
        """The wait after a failure that `earlier_failures` in a row came before.

        `asked_seconds` is what an endpoint asks for (`Retry-After`): the wait is added to it, never less. `jitter`
        draws the spread; without one there is none.
        """
        doubled = self.first_seconds * 2.0 ** min(earlier_failures, _MOST_DOUBLINGS)
        drawn = 1.0 if jitter is None else jitter.uniform(1.0 - self.spread, 1.0 + self.spread)
        return asked_seconds + min(self.longest_seconds, doubled) * drawn

    def gives_up(self, failures: int) -> bool:
        """Whether after so many failures in a row nobody tries again."""
        return self.most_failures is not None and failures >= self.most_failures


WORK: Final = RetryPolicy(first_seconds=1.0, longest_seconds=300.0, spread=0.5)
"""A piece of background work whose claim failed, over all processes: 1 s, 2 s, ... 5 min, each half to one and a half
times as long."""

STEP: Final = RetryPolicy(first_seconds=2.0, longest_seconds=60.0)
"""A background step that raised, within one process: 2 s, 4 s, ... 1 min."""

LOADING: Final = RetryPolicy(first_seconds=30.0, longest_seconds=30.0)
"""An embedding model that could not be loaded; until then every call raises what the load raised."""

QUERY: Final = RetryPolicy(first_seconds=30.0, longest_seconds=30.0)
"""What a query waits for (its embedding, a reranker) and that failed: queries do without it for 30 s."""

REANALYSIS: Final = RetryPolicy(first_seconds=1.0, longest_seconds=1.0, most_failures=5)
"""A reanalysis somebody watches: it looks every second whether the work's own wait is over, and ends at the fifth
outage in a row, about 30 s after the first."""


class Rest:
    """Whether what failed may be tried again yet, by a monotonic clock in seconds; thread-safe."""

    def __init__(
        self,
        policy: RetryPolicy,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: random.Random | None = None,
    ) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._jitter = jitter
        self._lock = threading.Lock()  # guards the two below
        self._failures = 0
        self._until: float | None = None

    @property
    def failures(self) -> int:
        """How many there were in a row."""
        with self._lock:
            return self._failures

    @property
    def is_over(self) -> bool:
        """Whether it may be tried: nothing failed, or the wait is over and nobody has given up."""
        with self._lock:
            if self._policy.gives_up(self._failures):
                return False
            return self._until is None or self._monotonic() >= self._until

    @property
    def is_given_up(self) -> bool:
        """Whether it failed as often in a row as the policy allows."""
        return self._policy.gives_up(self.failures)

    def failed(self, *, asked_seconds: float = 0.0) -> float:
        """Note a failure; how many seconds it now rests."""
        with self._lock:
            seconds = self._policy.wait_seconds(self._failures, asked_seconds=asked_seconds, jitter=self._jitter)
            self._failures += 1
            self._until = self._monotonic() + seconds
            return seconds

    def succeeded(self) -> None:
        """Note a success: the next failure is the first again."""
        with self._lock:
            self._failures, self._until = 0, None
