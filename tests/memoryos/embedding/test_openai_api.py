"""Embeddings from a real HTTP endpoint, scripted where it misbehaves."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from memoryos.embedding.openai_api import OpenAIEmbedder
from memoryos.errors import EmbeddingError

KEY = "sk-very-secret"
MALFORMED = "an embedding is not a list of numbers, or their lengths differ"


def direction(text: str) -> list[float]:
    """The endpoint's model: how often a, e and i occur, and a one; not of unit length."""
    return [text.count("a"), text.count("e"), text.count("i"), 1]


def unit(*numbers: float) -> list[float]:
    length = sum(number * number for number in numbers) ** 0.5
    return [number / length for number in numbers]


def body(embeddings: Sequence[object], places: Sequence[int] | None = None) -> str:
    """An answer as the API words it, its items numbered as they come or by `places`."""
    numbers = range(len(embeddings)) if places is None else places
    items = [
        {"object": "embedding", "index": number, "embedding": embedding}
        for number, embedding in zip(numbers, embeddings, strict=True)
    ]
    return json.dumps({"object": "list", "data": items, "model": "vowels"})


class Endpoint(ThreadingHTTPServer):
    """Answers with `direction` once the script of (status, body) is used up; hangs while `open` is not set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, str]] = []
        self.requests: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.open = threading.Event()
        self.open.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        self.server.authorizations.append(self.headers["Authorization"])
        if not self.server.open.is_set():
            self.server.open.wait(10)  # and never answers: by then the client has gone
            return
        answer = body([direction(text) for text in request["input"]])
        status, text = self.server.script.pop(0) if self.server.script else (200, answer)
        self.send_response(status if self.path == "/v1/embeddings" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After-Ms", "1")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr is the test's own."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def embedder(endpoint: Endpoint) -> OpenAIEmbedder:
    return OpenAIEmbedder(endpoint.url, KEY, "vowels")


def refusal(endpoint: Endpoint, reason: str) -> str:
    return f"embedding endpoint {endpoint.url}, model vowels: {reason}"


def test_vectors_are_the_endpoints_scaled_to_unit_length(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    vectors = embedder.embed(["a cat", "a tree"])

    np.testing.assert_allclose(vectors, [unit(2, 0, 0, 1), unit(1, 2, 0, 1)], rtol=1e-6)
    assert vectors.dtype == np.float32
    assert endpoint.requests == [{"model": "vowels", "input": ["a cat", "a tree"], "encoding_format": "float"}]
    assert endpoint.authorizations == [f"Bearer {KEY}"]


def test_the_dimension_is_that_of_the_first_answer(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    embedder.embed_query("a")

    assert embedder.dim == 4
    assert len(endpoint.requests) == 1


def test_the_dimension_is_asked_for_where_nothing_was_embedded_yet(
    endpoint: Endpoint, embedder: OpenAIEmbedder
) -> None:
    assert embedder.dim == 4
    assert embedder.embed([]).shape == (0, 4)
    assert [request["input"] for request in endpoint.requests] == [["."]]


def test_texts_go_out_in_batches_of_64_and_come_back_in_order(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    texts = ["a" * number for number in range(1, 131)]

    vectors = embedder.embed(texts)

    np.testing.assert_allclose(vectors, [unit(number, 0, 0, 1) for number in range(1, 131)], rtol=1e-6)
    assert [request["input"] for request in endpoint.requests] == [texts[:64], texts[64:128], texts[128:]]


def test_an_answer_in_another_order_is_put_in_order_by_its_indexes(
    endpoint: Endpoint, embedder: OpenAIEmbedder
) -> None:
    endpoint.script = [(200, body([direction("e"), direction("a")], places=[1, 0]))]

    np.testing.assert_allclose(embedder.embed(["a", "e"]), [unit(1, 0, 0, 1), unit(0, 1, 0, 1)], rtol=1e-6)


def test_a_server_that_numbers_nothing_is_taken_at_its_order(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    endpoint.script = [(200, json.dumps({"data": [{"embedding": [3, 4]}, {"embedding": [0, 2]}]}))]

    np.testing.assert_allclose(embedder.embed(["a", "e"]), [unit(3, 4), unit(0, 1)], rtol=1e-6)


def test_empty_texts_are_sent_as_a_full_stop(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    np.testing.assert_allclose(
        embedder.embed(["", " \n", "a"]), [unit(0, 0, 0, 1), unit(0, 0, 0, 1), unit(1, 0, 0, 1)], rtol=1e-6
    )
    assert endpoint.requests[0]["input"] == [".", ".", "a"]


def test_without_a_key_none_is_taken_from_the_environment(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    OpenAIEmbedder(endpoint.url, "", "vowels").embed_query("a")

    assert endpoint.authorizations == ["Bearer none"]


def test_long_texts_are_cut_by_bytes_so_that_no_script_exceeds_the_models_tokens(embedder: OpenAIEmbedder) -> None:
    windows = embedder.windows("漢" * 3_000)

    assert windows == ("漢" * 2_000, "漢" * 1_250)
    assert embedder.windows("word " * 1_200) == ("word " * 1_200,)


def test_a_passing_fault_is_tried_again(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    endpoint.script = [(503, "{}"), (429, "{}")]

    np.testing.assert_allclose(embedder.embed(["a"]), [unit(1, 0, 0, 1)], rtol=1e-6)
    assert len(endpoint.requests) == 3


def test_a_query_is_not_tried_again_because_somebody_waits_for_it(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    endpoint.script = [(503, "{}")]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query("a")

    assert str(raised.value) == refusal(endpoint, "InternalServerError: HTTP 503")
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (200, body([[1, 2]]), "1 embeddings came back for 2 texts"),
        (200, body([[1, 2], [3, 4], [5, 6]]), "3 embeddings came back for 2 texts"),
        (200, body([[1, 2], [3]]), MALFORMED),
        (200, body(["AACAPw==", "AACAPw=="]), MALFORMED),
        (200, body([1, 2]), MALFORMED),
        (200, body([[1, 2], None]), MALFORMED),
        (200, '{"data": ["x", "y"]}', MALFORMED),
        (200, body([[1, 2], [0, 0]]), "an embedding is zero or holds what is no number"),
        (200, body([[1, 2], [float("nan"), 1]]), "an embedding is zero or holds what is no number"),
        (200, '{"error": "no"}', "the answer holds no embeddings; check embedding_base_url"),
        (200, "[]", "the answer holds no embeddings; check embedding_base_url"),
        (200, '{"data": [' + "[" * 100_000, "the answer is not JSON; check embedding_base_url"),
        (200, body([[10**400, 1], [1, 2]]), "the answer is not JSON; check embedding_base_url"),
        (200, "<html>", "the answer is not JSON; check embedding_base_url"),
        (401, "{}", "AuthenticationError: it refuses the key (HTTP 401); check embedding_api_key"),
        (404, "{}", "NotFoundError: HTTP 404; check embedding_base_url and embedding_model_name"),
        (400, "{}", "BadRequestError: HTTP 400"),
    ],
)
def test_an_unusable_answer_is_refused_with_its_reason(
    endpoint: Endpoint, embedder: OpenAIEmbedder, status: int, answer: str, reason: str
) -> None:
    endpoint.script = [(status, answer)]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(["a", "e"])

    assert str(raised.value) == refusal(endpoint, reason)


def test_a_model_that_changes_its_dimension_is_refused(endpoint: Endpoint, embedder: OpenAIEmbedder) -> None:
    embedder.embed(["a"])
    endpoint.script = [(200, body([[1, 2]]))]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(["a"])

    assert str(raised.value) == refusal(endpoint, "embeddings of 2 numbers came back, 4 before; the model has changed")


def test_an_endpoint_that_hangs_is_given_up(endpoint: Endpoint) -> None:
    endpoint.open.clear()

    with pytest.raises(EmbeddingError) as raised:
        OpenAIEmbedder(endpoint.url, KEY, "vowels", timeout_seconds=0.1).embed_query("a")

    assert str(raised.value) == refusal(endpoint, "APITimeoutError: no answer in time")


def test_an_endpoint_that_is_not_there_is_named_without_its_credentials() -> None:
    embedder = OpenAIEmbedder("http://user:secret@127.0.0.1:9/v1?token=secret", KEY, "vowels")

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query("a")

    assert str(raised.value) == (
        "embedding endpoint http://127.0.0.1:9/v1, model vowels: "
        "APIConnectionError: it cannot be reached; check embedding_base_url"
    )


def test_an_endpoint_that_echoes_the_key_and_the_text_finds_neither_in_the_traceback(
    endpoint: Endpoint, embedder: OpenAIEmbedder
) -> None:
    text = " ".join(["dear", "diary"])  # so that no line of this test holds it
    endpoint.script = [(401, json.dumps({"error": {"message": f"bad key {KEY} for {text}"}}))]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query(text)

    shown = "".join(traceback.format_exception(raised.value))
    assert [secret for secret in (KEY, text) if secret in shown] == []


@pytest.mark.parametrize("key", ["sk-\u2026", "sk-secret\n"])
def test_a_key_that_http_cannot_carry_is_refused_without_showing_it(endpoint: Endpoint, key: str) -> None:
    with pytest.raises(EmbeddingError) as raised:
        OpenAIEmbedder(endpoint.url, key, "vowels")

    assert str(raised.value) == refusal(
        endpoint, "embedding_api_key holds characters that HTTP does not carry; copy it again"
    )


def test_threads_share_one_embedder(embedder: OpenAIEmbedder) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: embedder.embed(["e" * number]).tolist(), range(1, 9)))

    np.testing.assert_allclose(
        [answer[0] for answer in answers], [unit(0, number, 0, 1) for number in range(1, 9)], rtol=1e-6
    )
