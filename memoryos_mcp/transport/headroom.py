"""Memory kept back, so that a server that gets no more of it can say so instead of ending.

What reads messages is written in Rust (pydantic-core 2): where it gets no memory it panics, which is no `Exception`,
and brings down all that runs beside it. So room is looked for before a message is read.
"""

from __future__ import annotations

import mmap
from typing import Final

WORDS: Final = "the server has no memory left for this; raise the limit of its process, or ask for less"

_KEPT_BYTES: Final = 16 * 1024 * 1024
_ROOM_BYTES: Final = 16 * 1024 * 1024
"""What a call may take at once, besides `_TIMES` what it says. Nothing is touched: to look takes some microseconds."""
_TIMES: Final = 16
_OF_RUST: Final = "pyo3_runtime"
"""The module of its panics, which cannot be imported."""


class Headroom:
    """Some address space that nothing else uses; a limit of the process counts it."""

    def __init__(self) -> None:
        self._kept = _taken(_KEPT_BYTES)

    def is_enough_for(self, line: bytes) -> bool:
        """Whether the system gives what it takes to read a message and do what it says."""
        taken = _taken(_ROOM_BYTES + _TIMES * len(line))
        if taken is None:
            return False
        taken.close()
        if self._kept is None:
            self._kept = _taken(_KEPT_BYTES)
        return True

    def spend(self) -> None:
        """Let go of what was kept back, for a refusal; it is kept back again once there is enough."""
        if self._kept is not None:
            self._kept.close()
        self._kept = None


def ran_out(error: BaseException) -> bool:
    """Whether an error, or one of those in a group, says that there was no memory."""
    if isinstance(error, MemoryError) or type(error).__module__ == _OF_RUST:
        return True
    within = getattr(error, "exceptions", ())  # of a group, which Python 3.10 does not know
    return any(ran_out(each) for each in within)


def _taken(size: int) -> mmap.mmap | None:
    try:
        return mmap.mmap(-1, size)
    except (OSError, MemoryError):
        return None
