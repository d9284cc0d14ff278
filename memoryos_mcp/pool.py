"""Memories of many users in one process: opened when they are asked for, the last used ones kept open."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from memoryos.errors import MemoryOSError

if TYPE_CHECKING:
    from memoryos import Memoryos

_log = logging.getLogger(__name__)

_LOOKED_AT: Final = 8
"""Of so many memories, those that were not used for longest, one without work is closed before one that has some."""


@dataclass(slots=True, eq=False)
class _Place:
    """One user's memory in the pool: None while it is being opened; `users` are the calls that use it."""

    memory: Memoryos | None = None
    users: int = 0
    held: int = 0  # bytes, when it was used last
    is_leaving: bool = False  # it is being closed, or will be once nobody uses it


class MemoryPool:
    """Open memories by user id; thread-safe.

    At most `most_open` are open, and they take at most `most_bytes` (0: any), unless more are in use at once or one
    alone takes more; those that are not wanted are closed on a thread of their own, for which no call waits. A memory
    is opened by one call while the others that want it wait, and never closed while a call uses it. What fails to open
    or to close is no trouble for other users.
    `open_memory` opens the memory of a user id.
    """

    def __init__(self, open_memory: Callable[[str], Memoryos], most_open: int, most_bytes: int = 0) -> None:
        self._open_memory = open_memory
        self._most_open = most_open
        self._most_bytes = most_bytes
        self._changed = threading.Condition()  # guards all below; told when a place is filled or free
        self._places: OrderedDict[str, _Place] = OrderedDict()  # the last used one is the last
        self._is_closed = False
        self._closer = ThreadPoolExecutor(1, thread_name_prefix="memoryos-pool")  # has a thread once it has work

    @contextmanager
    def using(self, user_id: str) -> Iterator[Memoryos]:
        """Within it, the memory of a user, which stays open. Raises what opening it raises; a later call tries again.

        It is opened anew where its file was deleted or replaced.
        """
        place, memory = self._enter(user_id)
        try:
            yield memory
        finally:
            self._leave(place)

    def get(self, user_id: str) -> Memoryos:
        """The memory of a user, which is closed when others are wanted more: for a pool of one user."""
        with self.using(user_id) as memory:
            return memory

    def open_users(self) -> tuple[str, ...]:
        """The ids of users whose memories are open, the one used last at the end."""
        with self._changed:
            return tuple(user for user, place in self._places.items() if place.memory is not None)

    def close(self) -> None:
        """Open no more memories, and close those that are open, also under the calls that use them."""
        with self._changed:
            self._is_closed = True
            memories = [place.memory for place in self._places.values() if place.memory is not None]
            self._places.clear()
            self._changed.notify_all()
        self._closer.shutdown()
        for memory in memories:  # here: nobody else holds them, and one that is let go is not closed
            _close(memory)

    def _enter(self, user_id: str) -> tuple[_Place, Memoryos]:
        place = self._claim(user_id)
        with ExitStack() as unless_known:
            unless_known.callback(self._leave, place)
            is_gone = place.memory is not None and place.memory.file_is_gone()
            unless_known.pop_all()
        if is_gone:
            _log.warning("the file of user %r was deleted or replaced; what is there now is used", user_id)
            self._give_up(user_id, place)
            place = self._claim(user_id)
        if place.memory is None:
            self._fill(user_id, place)
        memory = place.memory
        assert memory is not None
        return place, memory

    def _claim(self, user_id: str) -> _Place:
        """The place of a user, counted as used; an empty one is to be filled by the caller, and by nobody else."""
        with self._changed:
            while not self._is_closed:
                place = self._places.get(user_id)
                if place is None:
                    place = self._places[user_id] = _Place(users=1)
                    return place
                if place.memory is not None and not place.is_leaving:
                    place.users += 1
                    self._places.move_to_end(user_id)
                    return place
                self._changed.wait()
        raise MemoryOSError("the server is shutting down")

    def _fill(self, user_id: str, place: _Place) -> None:
        memory: Memoryos | None = None
        try:
            memory = self._open_memory(user_id)
        finally:
            with self._changed:
                place.memory = memory
                if memory is None:
                    self._take_away(user_id, place)
                self._changed.notify_all()
        _log.info("memory of user %r open", user_id)

    def _give_up(self, user_id: str, place: _Place) -> None:
        """Let a memory whose file is gone be opened anew; it is closed once the last of its calls is done."""
        with self._changed:
            place.is_leaving = True
            self._take_away(user_id, place)
            self._changed.notify_all()
        self._leave(place)

    def _take_away(self, user_id: str, place: _Place) -> None:
        """Let a user have another place, or none."""
        if self._places.get(user_id) is place:
            del self._places[user_id]

    def _leave(self, place: _Place) -> None:
        held = 0 if place.memory is None else place.memory.held_bytes()
        with self._changed:
            place.users -= 1
            place.held = held
            closing = place.memory if place.is_leaving and not place.users else None
            if not self._is_closed and (closing is not None or any(self._closable())):
                self._closer.submit(self._make_room, closing).add_done_callback(_log_fault)
                return
        if closing is not None:
            _close(closing)

    def _make_room(self, closing: Memoryos | None) -> None:
        if closing is not None:
            _close(closing)
        while idle := self._superfluous():
            # Outside of the lock: a file that is locked answers late.
            user_id, place = next((found for found in idle if not _has_work(found[1])), idle[0])
            with self._changed:
                if place.users or place.is_leaving:
                    continue  # it was wanted again meanwhile
                place.is_leaving = True
            try:
                if place.memory is not None:
                    _close(place.memory)
            finally:
                with self._changed:
                    self._take_away(user_id, place)
                    self._changed.notify_all()
            _log.debug("memory of user %r closed: others were used since", user_id)

    def _superfluous(self) -> list[tuple[str, _Place]]:
        """Memories of which one is to be closed; none while they are not too many, or all are in use."""
        with self._changed:
            return list(islice(self._closable(), _LOOKED_AT))

    def _closable(self) -> Iterator[tuple[str, _Place]]:
        """As `_superfluous`, all of them, the one used last at the end: it is not closed for what it takes."""
        staying = [place for place in self._places.values() if not place.is_leaving]
        are_many = len(staying) > self._most_open
        if not are_many and not 0 < self._most_bytes < sum(place.held for place in staying):
            return
        places = [*self._places.items()]
        for user_id, place in places if are_many else places[:-1]:
            if place.memory and not (place.users or place.is_leaving):
                yield user_id, place


def _close(memory: Memoryos) -> None:
    """Close a memory; what goes wrong then is no call's trouble: all that was acknowledged is on disk."""
    try:
        memory.close()
    except (MemoryOSError, OSError) as error:
        _log.error("a memory did not close well: %s", error)


def _log_fault(closing: Future[None]) -> None:
    """Log what nobody waits for, and no error of ours names."""
    error = closing.exception()
    if error is not None:
        _log.error("a memory did not close", exc_info=error)


def _has_work(place: _Place) -> bool:
    try:
        return place.memory is not None and place.memory.has_work()
    except MemoryOSError:
        return False
