"""An embedder whose model is loaded when it is first needed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memoryos import retry
from memoryos.errors import EmbeddingError, MemoryOSError

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.models import Matrix, Vector

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why the last load failed."""

    name: str
    message: str


class OnDemandEmbedder:
    """An embedder that loads its model on first use, once for all threads.

    Every method but `id` and `state` waits for the load. One that fails is raised as `EmbeddingError`, and again by
    every call of the next 30 seconds by `monotonic` (`retry.LOADING`); the first call after them loads anew.
    """

    def __init__(
        self, id: str, load: Callable[[], Embedder], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._id = id
        self._load = load
        self._rest = retry.Rest(retry.LOADING, monotonic)
        self._changed = threading.Condition()  # guards the three below
        self._embedder: Embedder | None = None
        self._loading = False
        self._failure: _Failure | None = None

    @property
    def id(self) -> str:
        """The model's id, known before it is loaded."""
        return self._id

    @property
    def state(self) -> str:
        """ "not loaded", "loading", "ready" or "failed: <error's name>: <message>"."""
        with self._changed:
            if self._embedder is not None:
                return "ready"
            if self._loading:
                return "loading"
            if self._failure is not None:
                return f"failed: {self._failure.name}: {self._failure.message}"
            return "not loaded"

    @property
    def dim(self) -> int:
        return self._loaded().dim

    def windows(self, text: str) -> tuple[str, ...]:
        return self._loaded().windows(text)

    def embed(self, texts: Sequence[str]) -> Matrix:
        return self._loaded().embed(texts)

    def embed_query(self, text: str) -> Vector:
        return self._loaded().embed_query(text)

    def known_share(self, text: str) -> float:
        return self._loaded().known_share(text)

    def _loaded(self) -> Embedder:
        with self._changed:
            self._changed.wait_for(lambda: not self._loading)
            if self._embedder is not None:
                return self._embedder
            if self._failure is not None and not self._rest.is_over:
                raise EmbeddingError(self._failure.message)
            self._loading = True
        embedder: Embedder | None = None
        failure: _Failure | None = None
        try:
            loaded = self._load()
            # An endpoint is asked for its dimension here: one that is down is not ready.
            _log.info("embedding model %s is ready, %d dimensions", self._id, loaded.dim)
            embedder = loaded
        except (MemoryOSError, ImportError) as error:  # ImportError: a native library that this machine cannot load
            failure = _Failure(type(error).__name__, str(error))
            self._rest.failed()
            raise EmbeddingError(failure.message) from error
        finally:
            with self._changed:
                self._embedder, self._failure, self._loading = embedder, failure, False
                self._changed.notify_all()
        return embedder
