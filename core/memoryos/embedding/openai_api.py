"""Embeddings computed by any OpenAI-compatible endpoint."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import numpy as np
import openai

from memoryos.embedding.ids import openai_api_id
from memoryos.embedding.vectors import unit_rows
from memoryos.embedding.windows import cut_bytes
from memoryos.errors import EmbeddingError, EmbeddingRefusalError, RedirectedError
from memoryos.llm.client import open_client
from memoryos.llm.dialect import is_too_long
from memoryos.retry import CLIENT_RETRIES

if TYPE_CHECKING:
    from openai.types import Embedding as CreatedEmbedding

    from memoryos.models import Matrix, Vector

_BATCH_TEXTS: Final = 64
_FEWEST_BATCH_TEXTS: Final = 10
"""In one request; the latter every provider takes."""

_WINDOW_BYTES: Final = 6_000
"""Below the 8,191 tokens that OpenAI's models read, in every script."""
_LEAST_WINDOW_BYTES: Final = 500
"""Windows are halved, down to this, while an endpoint refuses them as too long; many a model reads 512 tokens."""

_QUERY_SECONDS: Final = 5.0

_ABOUT_THE_TEXTS: Final = frozenset((400, 413, 422))
"""Statuses by which an endpoint may mean these texts and not itself."""

_MALFORMED: Final = "an embedding is not a list of numbers, or their lengths differ"

_NO_TEXT: Final = "."
"""Stands in for an empty text, which endpoints refuse."""


class OpenAIEmbedder:
    """The model `model` behind `<base_url>/embeddings`; its dimension is that of the first answer.

    The client itself retries what may pass, so a request takes at most three times `timeout_seconds` and a little;
    `embed_query`, for which somebody waits, gives a request 5 s. Errors hold neither the key nor anything the endpoint
    wrote, which may repeat the key or the texts.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        timeout_seconds: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._source = f"embedding endpoint {_without_credentials(base_url)}, model {model}"
        if not (api_key.isascii() and api_key.isprintable()):
            raise self._error("embedding_api_key holds characters that HTTP does not carry; copy it again")
        self._client = open_client(base_url, api_key, timeout_seconds, max_retries=CLIENT_RETRIES, monotonic=monotonic)
        self._query_client = self._client.with_options(timeout=min(timeout_seconds, _QUERY_SECONDS), max_retries=0)
        self._batch_texts = _BATCH_TEXTS
        self._window_bytes = _WINDOW_BYTES
        self._dim: int | None = None
        self._settling = threading.Lock()  # guards _dim: the first answer decides, and threads race to be first

    @property
    def id(self) -> str:
        return openai_api_id(self._model)

    @property
    def dim(self) -> int:
        if self._dim is None:
            return int(self._request(self._client, [_NO_TEXT]).shape[1])
        return self._dim

    def windows(self, text: str) -> tuple[str, ...]:
        return cut_bytes(text, self._window_bytes)

    def embed(self, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        size = self._batch_texts
        try:
            return self._in_batches(texts, size)
        except EmbeddingRefusalError:
            if min(size, len(texts)) <= _FEWEST_BATCH_TEXTS:
                raise
        vectors = self._in_batches(texts, _FEWEST_BATCH_TEXTS)
        self._batch_texts = _FEWEST_BATCH_TEXTS  # there were too many at once
        return vectors

    def _in_batches(self, texts: Sequence[str], size: int) -> Matrix:
        batches = [texts[first : first + size] for first in range(0, len(texts), size)]
        return np.concatenate([self._request(self._client, batch) for batch in batches])

    def known_share(self, text: str) -> float:
        return 1.0  # byte-level vocabularies know everything

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self._request(self._query_client, [text])[0]
        return vector

    def _request(self, client: openai.OpenAI, texts: Sequence[str]) -> Matrix:
        sent = [self.windows(text)[0] if text.strip() else _NO_TEXT for text in texts]
        try:
            # Plain numbers: not every server knows the base64 that the client would ask for.
            answer: object = client.embeddings.create(model=self._model, input=sent, encoding_format="float")
        except openai.OpenAIError as error:
            failure = self._error(self._reason(error))
            if _is_about_texts(error):
                failure = self._blamed(client, sent, failure)
            if isinstance(failure, EmbeddingRefusalError) and _is_too_long(error):
                self._cut_finer(sent)
            raise failure from None
        except RedirectedError as error:
            raise self._error(str(error)) from None
        except (ValueError, RecursionError, OverflowError):  # bytes, depth and numbers that no decoder takes
            raise self._error("the answer is not JSON; check embedding_base_url") from None
        vectors = self._matrix(answer, len(texts))
        self._settle(vectors.shape[1])
        try:
            return unit_rows(vectors, self._source)
        except EmbeddingError as error:
            raise self._blamed(client, sent, error) from None

    def _blamed(self, client: openai.OpenAI, sent: Sequence[str], error: EmbeddingError) -> EmbeddingError:
        """The error as a refusal of what was sent, if another text is taken: a wrong setting meets the same answer."""
        if sent != [_NO_TEXT]:
            with suppress(EmbeddingError):
                self._request(client, [_NO_TEXT])
                return EmbeddingRefusalError(str(error))
        return error

    def _cut_finer(self, sent: Sequence[str]) -> None:
        """Make windows smaller than what was just refused as too long, unless it was too many texts."""
        if len(sent) <= _FEWEST_BATCH_TEXTS:
            longest = max(len(text.encode()) for text in sent)
            self._window_bytes = max(_LEAST_WINDOW_BYTES, min(self._window_bytes, longest // 2))

    def _matrix(self, answer: object, count: int) -> Matrix:
        """The answer's vectors in the order of the texts, as long as they come."""
        items = getattr(answer, "data", None)
        if not isinstance(items, list):
            raise self._error("the answer holds no embeddings; check embedding_base_url")
        if len(items) != count:
            raise self._error(f"{len(items)} embeddings came back for {count} texts")
        try:
            vectors = np.array([item.embedding for item in _in_order(items)], dtype=np.float32)
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise self._error(_MALFORMED) from None
        if vectors.ndim != 2:
            raise self._error(_MALFORMED)
        return vectors

    def _settle(self, dim: int) -> None:
        with self._settling:
            if self._dim is None:
                self._dim = dim
        if self._dim != dim:
            raise self._error(f"embeddings of {dim} numbers came back, {self._dim} before; the model has changed")

    def _reason(self, error: openai.OpenAIError) -> str:
        name = type(error).__name__
        if isinstance(error, openai.APITimeoutError):
            return f"{name}: no answer in time"
        if isinstance(error, openai.APIConnectionError):
            return f"{name}: it cannot be reached; check embedding_base_url"
        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            return f"{name}: it refuses the key (HTTP {error.status_code}); check embedding_api_key"
        if isinstance(error, openai.NotFoundError):
            return f"{name}: HTTP 404; check embedding_base_url and embedding_model_name"
        if isinstance(error, openai.APIStatusError):
            return f"{name}: HTTP {error.status_code}"
        return name

    def _error(self, reason: str) -> EmbeddingError:
        return EmbeddingError(f"{self._source}: {reason}")


def _is_about_texts(error: openai.OpenAIError) -> bool:
    """Whether a failure may be these texts' fault; llama.cpp answers 500 to a text that is too long."""
    if not isinstance(error, openai.APIStatusError):
        return False
    return error.status_code in _ABOUT_THE_TEXTS or (error.status_code == 500 and _is_too_long(error))


def _is_too_long(error: openai.OpenAIError) -> bool:
    return isinstance(error, openai.APIStatusError) and is_too_long(error.status_code, f"{error.message} {error.body}")


def _in_order(items: list[CreatedEmbedding]) -> list[CreatedEmbedding]:
    """The answer's items by their index; as they came where a server numbers none."""
    numbered = all(isinstance(getattr(item, "index", None), int) for item in items)
    return sorted(items, key=lambda item: item.index) if numbered else items


def _without_credentials(url: str) -> str:
    """The address as it may be shown: without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
