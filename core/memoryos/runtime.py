"""What a process has once, whoever's memory is open: embedders, model endpoints, a pool for look-ups, threads."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from memoryos.errors import MemoryOSError, StoreError
from memoryos.updating import heap
from memoryos.updating.worker import Workers

if TYPE_CHECKING:
    from typing_extensions import Self

    from memoryos.analyst.extractive.reader import StatementReader
    from memoryos.embedding.on_demand import OnDemandEmbedder
    from memoryos.llm.model import ChatModel

P = ParamSpec("P")
T = TypeVar("T")


class Closes(Protocol):
    """What can be closed; once more does no harm."""

    def close(self) -> None: ...


class Runtime:
    """What the memories of one process share; thread-safe, and used as a context manager or closed at the end.

    Each embedder is loaded once and each model endpoint asked by one client, whatever the number of memories that are
    configured with it; a fixed number of threads works for all of them, and there is none while no memory is open. It
    knows nothing of configurations: what two memories share has one key.
    """

    def __init__(self) -> None:
        self.workers = Workers()
        self.lookups = _LookUps(thread_name_prefix="memoryos-lookup")
        # Apart from the look-ups, which recalls wait for: this waits for locks and for git.
        self.arrivals = _LookUps(2, thread_name_prefix="memoryos-arrivals")
        self._lock = threading.Lock()  # guards all below
        self._embedders: weakref.WeakValueDictionary[Hashable, OnDemandEmbedder] = weakref.WeakValueDictionary()
        self._last_embedder: OnDemandEmbedder | None = None  # stays loaded while memories open and close in turn
        self._readers: weakref.WeakValueDictionary[Hashable, StatementReader] = weakref.WeakValueDictionary()
        self._last_reader: StatementReader | None = None
        self._models: dict[Hashable, _Held] = {}
        self._memories: weakref.WeakSet[Closes] = weakref.WeakSet()
        self._is_closed = False

    def embedder(self, key: Hashable, build: Callable[[], OnDemandEmbedder]) -> OnDemandEmbedder:
        """The embedder of a key, built if no memory has it; it stays while one has, and the last one asked for stays.

        Raises what `build` raises.
        """
        with self._lock:
            embedder = self._embedders.get(key)
            if embedder is None:
                embedder = self._embedders[key] = build()
            self._last_embedder = embedder
            return embedder

    def reader(self, key: Hashable, build: Callable[[], StatementReader]) -> StatementReader:
        """What reads pages for statements with the model of a key, built once and shared like an embedder."""
        with self._lock:
            reader = self._readers.get(key)
            if reader is None:
                reader = self._readers[key] = build()
            self._last_reader = reader
            return reader

    def take_model(self, key: Hashable, build: Callable[[], ChatModel]) -> ChatModel:
        """The model of a key, built if no memory has it; closed once each that took it has given it back."""
        with self._lock:
            held = self._models.get(key)
            if held is None:
                held = self._models[key] = _Held(build())
            held.users += 1
            return held.model

    def give_back_model(self, key: Hashable) -> None:
        """Say that one of those that took the model of a key is done with it."""
        with self._lock:
            held = self._models[key]
            held.users -= 1
            if held.users:
                return
            del self._models[key]
        held.model.close()

    def enter(self, memory: Closes) -> None:
        """Have a memory closed with the runtime, unless it leaves before.

        Raises `MemoryOSError` where the runtime is closed already.
        """
        with self._lock:
            if self._is_closed:
                raise MemoryOSError("the runtime was closed; open the memory with another one")
            self._memories.add(memory)

    def leave(self, memory: Closes) -> None:
        """Take a memory back."""
        with self._lock:
            self._memories.discard(memory)

    def close(self) -> None:
        """Close the memories that are still open, and let go of everything; no memory can be opened with it then."""
        with self._lock:
            self._is_closed = True
            memories = [*self._memories]
            self._last_embedder = self._last_reader = None
        for memory in memories:
            memory.close()
        self.lookups.shutdown()
        self.arrivals.shutdown()
        heap.give_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@dataclass(slots=True)
class _Held:
    """A model, and how many memories use it."""

    model: ChatModel
    users: int = 0


class _LookUps(ThreadPoolExecutor):
    """Runs look-ups on threads that are started when they are needed."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The look-up, begun. Raises `StoreError` once the runtime is closed."""
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError as error:  # what the pool says at its end, and at the interpreter's
            raise StoreError("the memory was closed; open it again to use it") from error
