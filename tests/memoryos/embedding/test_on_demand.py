"""An embedder that loads its model when it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from embedding_endpoint import EmbeddingEndpoint

from memoryos.embedding import Embedder, OnDemandEmbedder
from memoryos.embedding.openai_api import OpenAIEmbedder
from memoryos.errors import EmbeddingError, MissingDependencyError

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

BOUND_SECONDS = 10


class Compass:
    """An embedder with two directions: texts with an even number of characters point east, others north."""

    id = "compass"
    dim = 2

    def windows(self, text: str) -> tuple[str, ...]:
        return (text,)

    def embed(self, texts: Sequence[str]) -> Matrix:
        return np.array([(1, 0) if len(text) % 2 == 0 else (0, 1) for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self.embed([text])[0]
        return vector

    def known_share(self, text: str) -> float:
        return 1.0


class Script:
    """A loader that does the next thing it was told to, and fails on a call that nobody expected."""

    def __init__(self, *steps: Exception | Embedder) -> None:
        self.steps = list(steps)

    def __call__(self) -> Embedder:
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


class Clock:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _blocked(
    entered: threading.Event, release: threading.Event, then: Callable[[], Embedder]
) -> Callable[[], Embedder]:
    def load() -> Embedder:
        entered.set()
        assert release.wait(BOUND_SECONDS)
        return then()

    return load


def test_id_and_state_are_known_without_the_model() -> None:
    embedder = OnDemandEmbedder("compass", Script())

    assert (embedder.id, embedder.state) == ("compass", "not loaded")


@pytest.mark.parametrize(
    "call",
    [
        lambda embedder: embedder.dim,
        lambda embedder: embedder.windows("text"),
        lambda embedder: embedder.embed(["text"]),
        lambda embedder: embedder.embed_query("text"),
    ],
    ids=["dim", "windows", "embed", "embed_query"],
)
def test_the_first_use_of_any_kind_loads_the_model(call: Callable[[OnDemandEmbedder], object]) -> None:
    embedder = OnDemandEmbedder("compass", Script(Compass()))

    call(embedder)

    assert embedder.state == "ready"


def test_the_loaded_model_answers_and_is_loaded_once() -> None:
    embedder = OnDemandEmbedder("compass", Script(Compass()))

    assert embedder.dim == 2
    assert embedder.windows("odd") == ("odd",)
    assert embedder.embed(["even", "odd"]).tolist() == [[1, 0], [0, 1]]
    assert embedder.embed_query("odd").tolist() == [0, 1]


def test_threads_that_come_while_it_loads_wait_for_the_one_load() -> None:
    entered, release = threading.Event(), threading.Event()
    embedder = OnDemandEmbedder("compass", _blocked(entered, release, Script(Compass())))

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(embedder.embed_query, "odd") for _ in range(4)]
        assert entered.wait(BOUND_SECONDS)
        assert embedder.state == "loading"
        release.set()
        assert [answer.result(BOUND_SECONDS).tolist() for answer in answers] == [[0, 1]] * 4


def test_a_failed_load_is_named_and_raised_to_everyone_until_half_a_minute_has_passed() -> None:
    clock = Clock()
    load = Script(EmbeddingError("model.onnx is gone"), Compass())
    embedder = OnDemandEmbedder("compass", load, monotonic=clock)

    for seconds in (0.0, 1.0, 28.9):
        clock.now += seconds
        with pytest.raises(EmbeddingError, match=r"^model\.onnx is gone$"):
            embedder.embed_query("odd")
    assert embedder.state == "failed: EmbeddingError: model.onnx is gone"

    clock.now += 0.2
    assert embedder.embed_query("odd").tolist() == [0, 1]
    assert embedder.state == "ready"


def test_an_endpoint_that_is_down_is_not_ready() -> None:
    clock = Clock()
    with EmbeddingEndpoint() as endpoint:
        endpoint.refuses = lambda texts: (503, "{}")
        embedder = OnDemandEmbedder("vowels", lambda: OpenAIEmbedder(endpoint.url, "", "vowels"), monotonic=clock)

        with pytest.raises(EmbeddingError):
            embedder.windows("text")
        assert embedder.state.startswith(f"failed: EmbeddingError: embedding endpoint {endpoint.url}")

        endpoint.refuses = lambda texts: None
        clock.now += 30
        assert embedder.windows("text") == ("text",)
        assert embedder.state == "ready"


def test_half_a_minute_counts_from_the_last_failure() -> None:
    clock = Clock()
    load = Script(EmbeddingError("first"), EmbeddingError("second"))
    embedder = OnDemandEmbedder("compass", load, monotonic=clock)

    for seconds, message in [(0, "first"), (30, "second"), (29, "second")]:
        clock.now += seconds
        with pytest.raises(EmbeddingError, match=message):
            embedder.embed(["even"])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (MissingDependencyError("torch is missing"), "failed: MissingDependencyError: torch is missing"),
        (ImportError("DLL load failed"), "failed: ImportError: DLL load failed"),
    ],
    ids=["package", "native library"],
)
def test_a_package_that_does_not_load_is_an_embedding_error_with_its_name_in_the_state(
    error: Exception, state: str
) -> None:
    embedder = OnDemandEmbedder("compass", Script(error))

    with pytest.raises(EmbeddingError, match=str(error)):
        embedder.embed(["even"])

    assert embedder.state == state


def test_a_defect_in_a_loader_passes_through_and_blocks_nobody() -> None:
    embedder = OnDemandEmbedder("compass", Script(ZeroDivisionError(), Compass()))

    with pytest.raises(ZeroDivisionError):
        embedder.embed(["even"])

    assert embedder.state == "not loaded"
    assert embedder.dim == 2
