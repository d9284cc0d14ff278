"""Embeddings from a real HTTP endpoint, scripted where it misbehaves."""

from __future__ import annotations

import itertools
import json
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from embedding_endpoint import EmbeddingEndpoint, body, direction

from memoryos.embedding.openai_api import OpenAIEmbedder
from memoryos.errors import EmbeddingError, EmbeddingRefusalError

KEY = "sk-very-secret"
MALFORMED = "an embedding is not a list of numbers, or their lengths differ"


def unit(*numbers: float) -> list[float]:
    length = sum(number * number for number in numbers) ** 0.5
    return [number / length for number in numbers]


@pytest.fixture
def endpoint() -> Iterator[EmbeddingEndpoint]:
    with EmbeddingEndpoint() as server:
        yield server


@pytest.fixture
def embedder(endpoint: EmbeddingEndpoint) -> OpenAIEmbedder:
    return OpenAIEmbedder(endpoint.url, KEY, "vowels")


def refusal(endpoint: EmbeddingEndpoint, reason: str) -> str:
    return f"embedding endpoint {endpoint.url}, model vowels: {reason}"


def test_vectors_are_the_endpoints_scaled_to_unit_length(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    vectors = embedder.embed(["a cat", "a tree"])

    np.testing.assert_allclose(vectors, [unit(2, 0, 0, 1), unit(1, 2, 0, 1)], rtol=1e-6)
    assert vectors.dtype == np.float32
    assert endpoint.requests == [{"model": "vowels", "input": ["a cat", "a tree"], "encoding_format": "float"}]
    assert endpoint.authorizations == [f"Bearer {KEY}"]


def test_the_dimension_is_that_of_the_first_answer(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    embedder.embed_query("a")

    assert embedder.dim == 4
    assert len(endpoint.requests) == 1


def test_the_dimension_is_asked_for_where_nothing_was_embedded_yet(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    assert embedder.dim == 4
    assert embedder.embed([]).shape == (0, 4)
    assert [request["input"] for request in endpoint.requests] == [["."]]


def test_texts_go_out_in_batches_of_64_and_come_back_in_order(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    texts = ["a" * number for number in range(1, 131)]

    vectors = embedder.embed(texts)

    np.testing.assert_allclose(vectors, [unit(number, 0, 0, 1) for number in range(1, 131)], rtol=1e-6)
    assert [request["input"] for request in endpoint.requests] == [texts[:64], texts[64:128], texts[128:]]


def test_an_answer_in_another_order_is_put_in_order_by_its_indexes(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    endpoint.script = [(200, body([direction("e"), direction("a")], places=[1, 0]))]

    np.testing.assert_allclose(embedder.embed(["a", "e"]), [unit(1, 0, 0, 1), unit(0, 1, 0, 1)], rtol=1e-6)


def test_a_server_that_numbers_nothing_is_taken_at_its_order(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    endpoint.script = [(200, json.dumps({"data": [{"embedding": [3, 4]}, {"embedding": [0, 2]}]}))]

    np.testing.assert_allclose(embedder.embed(["a", "e"]), [unit(3, 4), unit(0, 1)], rtol=1e-6)


def test_empty_texts_are_sent_as_a_full_stop(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    np.testing.assert_allclose(
        embedder.embed(["", " \n", "a"]), [unit(0, 0, 0, 1), unit(0, 0, 0, 1), unit(1, 0, 0, 1)], rtol=1e-6
    )
    assert endpoint.requests[0]["input"] == [".", ".", "a"]


def test_without_a_key_none_is_taken_from_the_environment(
    endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    OpenAIEmbedder(endpoint.url, "", "vowels").embed_query("a")

    assert endpoint.authorizations == ["Bearer none"]


def test_long_texts_are_cut_by_bytes_so_that_no_script_exceeds_the_models_tokens(embedder: OpenAIEmbedder) -> None:
    windows = embedder.windows("漢" * 3_000)

    assert windows == ("漢" * 2_000, "漢" * 1_250)
    assert embedder.windows("word " * 1_200) == ("word " * 1_200,)


def test_a_passing_fault_is_tried_again(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    endpoint.script = [(503, "{}"), (429, "{}")]

    np.testing.assert_allclose(embedder.embed(["a"]), [unit(1, 0, 0, 1)], rtol=1e-6)
    assert len(endpoint.requests) == 3


def test_a_query_is_not_tried_again_because_somebody_waits_for_it(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
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
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder, status: int, answer: str, reason: str
) -> None:
    endpoint.script = [(status, answer)]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(["a", "e"])

    assert str(raised.value) == refusal(endpoint, reason)


TOO_LONG = '{"error": {"message": "input (513 tokens) is too large to process. increase the physical batch size"}}'


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (400, "{}", "BadRequestError: HTTP 400"),
        (413, "{}", "APIStatusError: HTTP 413"),
        (422, "{}", "UnprocessableEntityError: HTTP 422"),
        (500, TOO_LONG, "InternalServerError: HTTP 500"),
        (200, body([[0, 0, 0, 0]]), "an embedding is zero or holds what is no number"),
    ],
)
def test_a_text_that_is_refused_while_others_are_taken_is_told_from_an_outage(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder, status: int, answer: str, reason: str
) -> None:
    endpoint.refuses = lambda texts: (status, answer) if "poison" in texts else None

    with pytest.raises(EmbeddingRefusalError) as raised:
        embedder.embed(["poison"])

    assert str(raised.value) == refusal(endpoint, reason)
    assert endpoint.texts[-1] == ["."]


@pytest.mark.parametrize(("status", "answer"), [(400, "{}"), (500, TOO_LONG), (200, body([[0, 0, 0, 0]]))])
def test_an_endpoint_that_takes_no_other_text_either_is_out_of_order(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder, status: int, answer: str
) -> None:
    endpoint.refuses = lambda texts: (status, answer)

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(["a"])

    assert type(raised.value) is EmbeddingError


def test_a_batch_that_is_refused_for_its_size_goes_out_in_smaller_ones_from_then_on(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    endpoint.refuses = lambda texts: (400, "{}") if len(texts) > 10 else None
    texts = ["a" * number for number in range(1, 26)]

    for _ in range(2):
        expected = [unit(number, 0, 0, 1) for number in range(1, 26)]
        np.testing.assert_allclose(embedder.embed(texts), expected, rtol=1e-6)

    assert [len(sent) for sent in endpoint.texts] == [25, 1, 10, 10, 5, 10, 10, 5]


def test_a_long_query_is_cut_to_what_the_model_reads(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    embedder.embed_query("漢" * 3_000)

    assert endpoint.texts == [["漢" * 2_000]]


def test_a_model_that_changes_its_dimension_is_refused(endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder) -> None:
    embedder.embed(["a"])
    endpoint.script = [(200, body([[1, 2]]))]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(["a"])

    assert str(raised.value) == refusal(endpoint, "embeddings of 2 numbers came back, 4 before; the model has changed")


def test_an_endpoint_that_hangs_is_given_up(endpoint: EmbeddingEndpoint) -> None:
    endpoint.open.clear()

    with pytest.raises(EmbeddingError) as raised:
        OpenAIEmbedder(endpoint.url, KEY, "vowels", timeout_seconds=0.1).embed_query("a")

    assert str(raised.value) == refusal(endpoint, "APITimeoutError: no answer in time")


def test_an_endpoint_that_sends_a_byte_now_and_then_is_given_up_after_the_timeout(endpoint: EmbeddingEndpoint) -> None:
    """Blanks that some gateways send to keep a connection alive held every retrieval for ever."""
    endpoint.drips = True
    seconds = itertools.count()
    embedder = OpenAIEmbedder(endpoint.url, KEY, "vowels", monotonic=lambda: float(next(seconds)))

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query("a")

    assert str(raised.value) == refusal(endpoint, "APITimeoutError: no answer in time")
    assert next(seconds) == 7, "the 5 s of a query"


def test_user_information_and_query_of_the_address_go_where_they_belong(endpoint: EmbeddingEndpoint) -> None:
    url = endpoint.url.replace("//", "//user:secret@")

    OpenAIEmbedder(f"{url}?api-version=2", KEY, "vowels").embed_query("a")

    assert endpoint.paths == ["/v1/embeddings?api-version=2"]
    assert endpoint.authorizations == ["Basic dXNlcjpzZWNyZXQ="]


def test_an_endpoint_that_is_not_there_is_named_without_its_credentials() -> None:
    embedder = OpenAIEmbedder("http://user:secret@127.0.0.1:9/v1?token=secret", KEY, "vowels")

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query("a")

    assert str(raised.value) == (
        "embedding endpoint http://127.0.0.1:9/v1, model vowels: "
        "APIConnectionError: it cannot be reached; check embedding_base_url"
    )


def test_an_endpoint_that_echoes_the_key_and_the_text_finds_neither_in_the_traceback(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    text = " ".join(["dear", "diary"])  # so that no line of this test holds it
    endpoint.script = [(401, json.dumps({"error": {"message": f"bad key {KEY} for {text}"}}))]

    with pytest.raises(EmbeddingError) as raised:
        embedder.embed_query(text)

    shown = "".join(traceback.format_exception(raised.value))
    assert [secret for secret in (KEY, text) if secret in shown] == []


@pytest.mark.parametrize("key", ["sk-\u2026", "sk-secret\n"])
def test_a_key_that_http_cannot_carry_is_refused_without_showing_it(endpoint: EmbeddingEndpoint, key: str) -> None:
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


def test_a_redirect_to_another_host_gets_no_text_and_is_named(
    endpoint: EmbeddingEndpoint, embedder: OpenAIEmbedder
) -> None:
    with EmbeddingEndpoint() as other:
        endpoint.location = f"{other.url}/embeddings"

        with pytest.raises(EmbeddingError) as raised:
            embedder.embed(["a secret"])

        assert other.requests == []
        assert str(raised.value) == refusal(
            endpoint,
            f"it redirects to another host, {other.url.removesuffix('/v1')}, which was not asked: dialogue goes only "
            "where the configuration says. If that is right, set its address there",
        )
