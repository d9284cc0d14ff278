"""The memories behind a server: one, opened behind the first answer and shared by all calls, or one for each user."""

from __future__ import annotations

import logging
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from memoryos.errors import MemoryOSError
from memoryos.storage.paths import check_folder
from memoryos_mcp.auth.caller import current_user
from memoryos_mcp.limits import Limits
from memoryos_mcp.pool import MemoryPool
from memoryos_mcp.wording import short_id

if TYPE_CHECKING:
    from memoryos import Config, Memoryos, Page, Runtime

_log = logging.getLogger(__name__)

_DELAY_SECONDS = 0.05
"""Lets the answer that starts the opening leave first: loading numpy and FAISS keeps the interpreter busy."""

_LEAST_ADDRESS_SPACE: Final = 1_000_000_000
"""Bytes. With 1.0 GB a server of two cores finds by words, with 1.3 GB by meaning too; with 0.7 numpy's libraries end
the process with a segmentation fault, and nobody is told why. Most of it is never used: 250 MB of memory are."""

_ADVICE: Final = (
    "the server needs some 1.5 GB of address space, 250 MB of memory and 64 open files: raise the limits of its "
    "process (ulimit -v unlimited; ulimit -n 1024; the memory of its container)"
)
_TOO_LITTLE_MEMORY: Final = f"the limit of memory is too low to open the memory; {_ADVICE}"


_CONVERSATIONS: Final = 256
_KNOWN_PAGES: Final = 4_096
"""Of so many clients, and of each so many pages, it is remembered that they have them, the last ones."""


@dataclass(slots=True)
class Conversation:
    """What one client has been told since it connected, so that nothing is told twice. Safe to use from threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)  # guards the two below
    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _told_profile: bool = False

    def lacks(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Those of the newest pages that the client neither added nor was given."""
        with self._lock:
            return [page for page in pages if short_id(page.id) not in self._known]

    def tell_profile(self) -> bool:
        """Whether the client was not told the profile yet; true once."""
        with self._lock:
            told, self._told_profile = self._told_profile, True
            return not told

    def was_given(self, ids: Sequence[str]) -> None:
        """Pages that the client has, by the ids that replies show."""
        with self._lock:
            self._known.update(dict.fromkeys(ids))
            while len(self._known) > _KNOWN_PAGES:
                self._known.popitem(last=False)


class MemorySession:
    """Opens the memory of a configuration on first use or, without anybody waiting, soon after `open_soon`.

    Where the configuration serves many users, it opens the memory of whoever calls. A memory is opened again where its
    file was deleted or replaced; what a process needs once is kept for that.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits(config)
        self._pool = MemoryPool(self._opened, _most_open(config), config.max_open_bytes)
        self._on_opening: Callable[[], None] | None = None
        self._lock = threading.Lock()  # guards the three below
        self._runtime: Runtime | None = None
        self._timer: threading.Timer | None = None
        self._closed = False
        self._conversations_lock = threading.Lock()  # guards the next
        self._conversations: OrderedDict[tuple[str, str | None], Conversation] = OrderedDict()

    def conversation(self, client: str, *, anew: bool = False) -> Conversation:
        """What the client of that name was told of the current user; nothing yet where it connects `anew`."""
        key = (client, current_user())
        with self._conversations_lock:
            if anew:
                for known in [known for known in self._conversations if known[0] == client]:
                    del self._conversations[known]
            conversation = self._conversations.setdefault(key, Conversation())
            self._conversations.move_to_end(key)
            while len(self._conversations) > _CONVERSATIONS:
                self._conversations.popitem(last=False)
            return conversation

    def on_opening(self, callback: Callable[[], None]) -> None:
        """Call this each time that a memory was opened, before anybody uses it."""
        self._on_opening = callback

    def trouble(self) -> str | None:
        """Why the memory cannot be used as things are, in words for who can mend it; cheap, and loads nothing."""
        try:
            self._check_surroundings()
        except MemoryOSError as error:
            return str(error)
        return None

    def memory(self) -> Memoryos:
        """The memory of the configuration's user, opened if it is not.

        Raises `MemoryOSError`; a later call tries again. Where the configuration serves many users it raises, too:
        whose memory is meant has to be said.
        """
        return self._pool.get(self._user(None))

    @contextmanager
    def using(self) -> Iterator[Memoryos]:
        """Within it, the memory of whoever calls, which stays open. Raises as `memory` does."""
        with self._pool.using(self._user(current_user())) as memory:
            yield memory

    def open_users(self) -> tuple[str, ...]:
        """The ids of users whose memories are open."""
        return self._pool.open_users()

    def _user(self, caller: str | None) -> str:
        """Whose memory is meant, where `caller` is who calls, as far as that is known."""
        if not self.config.serves_many:
            return self.config.user_id
        if caller is None:
            raise MemoryOSError("this server has a memory for each user, and nobody said whose is meant")
        return caller

    def _opened(self, user_id: str) -> Memoryos:
        self._check_surroundings()
        try:
            # Here and not at the top: it brings numpy and FAISS, and the first answer must not wait for them.
            from memoryos import Memoryos

            memory = Memoryos.open(self.config.model_copy(update={"user_id": user_id}), self._shared_runtime())
        except MemoryError as error:
            raise MemoryOSError(_TOO_LITTLE_MEMORY) from error
        except (ImportError, OSError) as error:  # of a library that finds no room, or no descriptor, to be loaded
            raise MemoryOSError(f"a part of the server cannot be loaded ({error}); {_ADVICE}") from error
        if self._on_opening is not None:
            self._on_opening()
        return memory

    def _shared_runtime(self) -> Runtime:
        from memoryos import Runtime

        with self._lock:
            if self._closed:
                raise MemoryOSError("the server is shutting down")
            if self._runtime is None:
                self._runtime = Runtime()
            return self._runtime

    def _check_surroundings(self) -> None:
        if _address_space() < _LEAST_ADDRESS_SPACE:
            raise MemoryOSError(_TOO_LITTLE_MEMORY)
        check_folder(self.config)

    def open_soon(self) -> None:
        """Open the memory, or load what memories need, in a moment, on another thread; once."""
        with self._lock:
            if self._timer is not None:
                return
            self._timer = threading.Timer(_DELAY_SECONDS, self._open_quietly)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Close the memories that are open; none is opened again."""
        with self._lock:
            self._closed = True
            runtime, self._runtime = self._runtime, None
        self._pool.close()
        if runtime is not None:
            runtime.close()

    def _open_quietly(self) -> None:
        try:
            if self.config.serves_many:
                self._shared_runtime()
            else:
                self.memory()
        except MemoryOSError as error:
            if self._closed:
                return
            # Every tool call tries again and gives the client the same words.
            _log.error("cannot open the memory: %s", error)


_DESCRIPTORS_OF_A_MEMORY: Final = 6
_DESCRIPTORS_OF_A_SERVER: Final = 128


def _most_open(config: Config) -> int:
    """How many memories may be open at a time: as configured, and as the process may open files for."""
    if sys.platform == "win32" or not config.serves_many:
        return config.max_open_memories
    import resource  # which Windows has not

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return config.max_open_memories
    most = max(1, (files - _DESCRIPTORS_OF_A_SERVER) // _DESCRIPTORS_OF_A_MEMORY)
    if most < config.max_open_memories:
        _log.warning(
            "max_open_memories is %d, and this process may open files for %d memories: raise its limit (ulimit -n %d)",
            config.max_open_memories,
            most,
            config.max_open_memories * _DESCRIPTORS_OF_A_MEMORY + _DESCRIPTORS_OF_A_SERVER,
        )
    return min(most, config.max_open_memories)


def _address_space() -> float:
    """How many bytes of address space this process may have."""
    if sys.platform == "win32":
        return float("inf")
    import resource  # which Windows has not

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return float("inf") if soft == resource.RLIM_INFINITY else soft
