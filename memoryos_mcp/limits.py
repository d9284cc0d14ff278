"""How much each user may add: pages a minute, and bytes on disk."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.errors import MemoryOSError
from memoryos.storage.paths import memory_file

if TYPE_CHECKING:
    from memoryos import Config

_MINUTE: Final = 60.0
_REMEMBERED: Final = 100_000
"""Users whose pace is remembered, the last ones; who comes back after as many others begins anew."""


class Limits:
    """What the configuration allows each user, counted in this process; thread-safe.

    Pages are counted by a bucket that holds a minute's pages and fills steadily, so that a user may add as many at once
    and then one each time a page's share of the minute has passed.
    """

    def __init__(self, config: Config, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pages_a_minute = config.max_pages_per_minute
        self._bytes = config.max_stored_bytes
        self._folder = Path(config.data_storage_path)
        self._monotonic = monotonic
        self._lock = threading.Lock()  # guards the next
        self._full_at: OrderedDict[str, float] = OrderedDict()  # when a user's bucket will be full again

    def admit_page(self, user_id: str) -> None:
        """Count a page that a user is about to add.

        Raises `MemoryOSError`, with nothing counted, where it is one too many; the message names the limit and says
        when to try again.
        """
        if self._bytes:
            self._check_size(user_id)
        if self._pages_a_minute:
            self._count(user_id)

    def _check_size(self, user_id: str) -> None:
        file = memory_file(self._folder, user_id)
        size = sum(_size(path) for path in (file, file.with_name(f"{file.name}-wal")))
        if size >= self._bytes:
            raise MemoryOSError(
                f"max_stored_bytes: this user's memory takes {size} bytes of {self._bytes}, and nothing was stored; "
                "forget exchanges that are not needed, or ask who runs the server for more, and try again then"
            )

    def _count(self, user_id: str) -> None:
        share = _MINUTE / self._pages_a_minute
        with self._lock:
            now = self._monotonic()
            full_at = max(now, self._full_at.get(user_id, now)) + share
            over = full_at - now - _MINUTE
            if over > 1e-6:
                raise MemoryOSError(
                    f"max_pages_per_minute: a user may add {self._pages_a_minute} exchanges a minute, and nothing was "
                    f"stored; try again in {math.ceil(over)} s"
                )
            self._full_at[user_id] = full_at
            self._full_at.move_to_end(user_id)
            while len(self._full_at) > _REMEMBERED:
                self._full_at.popitem(last=False)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
