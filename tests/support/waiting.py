"""Waiting for what another thread does, without knowing how long that takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

BOUND = 60.0
"""Seconds after which what is waited for is taken for lost."""


def until(condition: Callable[[], bool]) -> None:
    """Return once the condition holds; fails after a bound."""
    deadline = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
