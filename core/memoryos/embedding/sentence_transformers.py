"""Any Hugging Face or local embedding model, run by the optional package sentence-transformers."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from tokenizers import Tokenizer

from memoryos.embedding.ids import sentence_transformers_id
from memoryos.embedding.vectors import unit_rows
from memoryos.embedding.windows import cut, cut_bytes, known_share
from memoryos.errors import EmbeddingError, MissingDependencyError

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

_log = logging.getLogger(__name__)

_INSTALL: Final = "pip install '.[sentence-transformers]'"

_MAX_TOKENS: Final = 512
"""Longer windows blur a page into one vector and cost quadratic time, whatever the model could read."""

_MIN_WINDOW: Final = 32
"""What is left for the text where a prompt takes all the tokens that the model reads."""

_BYTES_PER_TOKEN: Final = 3
"""A guess for the few models whose tokenizer gives no positions: 4 in English, 3 in Chinese."""

_BATCH_TEXTS: Final = 8

_E5: Final = re.compile(r"(^|[/\\])(multilingual-)?e5-(small|base|large)(-v2)?$")


class _Model(Protocol):
    """What is used of a SentenceTransformer."""

    max_seq_length: float | None
    default_prompt_name: str | None

    @property
    def prompts(self) -> Mapping[str, str | None]: ...

    @property
    def tokenizer(self) -> object: ...

    def encode(
        self, texts: list[str], /, *, prompt: str | None, batch_size: int, show_progress_bar: bool
    ) -> Matrix: ...


class SentenceTransformersEmbedder:
    """The model `model_name`, a Hugging Face name or a folder, on `threads` threads or the graphics card.

    Loads it from disk, or downloads it on first use where the network allows. Raises `MissingDependencyError` without
    the package and `EmbeddingError` without the model.
    """

    def __init__(self, model_name: str, threads: int = 2) -> None:
        self._name = model_name
        self._model = _load(_package(), model_name, threads)
        self._query_prompt, self._passage_prompt = _prompts(model_name, self._model.prompts)
        self._model.default_prompt_name = None  # it would stand before every text that has no prompt
        limit = self._model.max_seq_length
        if limit is None or _MAX_TOKENS < limit < float("inf"):
            self._model.max_seq_length = _MAX_TOKENS
        self._cutter = _cutter(self._model.tokenizer)
        self._window_tokens = self._window(min(limit or _MAX_TOKENS, _MAX_TOKENS))
        # The first call also settles the tokenizer's truncation and padding, which must not change under other threads.
        self._dim = int(self._encode([model_name], self._passage_prompt).shape[1])

    @property
    def id(self) -> str:
        return sentence_transformers_id(self._name)

    @property
    def dim(self) -> int:
        return self._dim

    def windows(self, text: str) -> tuple[str, ...]:
        if self._cutter is None:
            return cut_bytes(text, self._window_tokens * _BYTES_PER_TOKEN)
        tokens = self._cutter.encode(text, add_special_tokens=False)
        return cut(text, [start for start, _ in tokens.offsets], self._window_tokens)

    def embed(self, texts: Sequence[str]) -> Matrix:
        return self._encode(list(texts), self._passage_prompt)

    def embed_query(self, text: str) -> Vector:
        vector: Vector = self._encode([text], self._query_prompt)[0]
        return vector

    def known_share(self, text: str) -> float:
        if self._cutter is None:
            return 1.0
        return known_share(self._cutter.encode(text, add_special_tokens=False).tokens)

    def _window(self, limit: float) -> int:
        """The tokens of a window: what the model reads, less its own marks and the prompt before a passage."""
        taken = 2
        if self._cutter is not None:
            prompt = self._cutter.encode(self._passage_prompt, add_special_tokens=False)
            taken = self._cutter.num_special_tokens_to_add(False) + len(prompt.ids)
        return max(int(limit) - taken, _MIN_WINDOW)

    def _encode(self, texts: list[str], prompt: str) -> Matrix:
        if not texts:
            return np.empty((0, self._dim), dtype=np.float32)
        try:
            found = self._model.encode(texts, prompt=prompt or None, batch_size=_BATCH_TEXTS, show_progress_bar=False)
        except (RuntimeError, ValueError) as error:  # out of memory; a shape or token the model does not know
            raise EmbeddingError(
                f"embedding model {self._name} failed on {len(texts)} texts ({_first_line(error)})"
            ) from error
        return unit_rows(found.astype(np.float32), f"embedding model {self._name}")


def _package() -> ModuleType:
    """sentence-transformers, imported here because it is optional and takes seconds."""
    # Read while it is imported: a server's stderr is no place for progress bars, and nobody agreed to telemetry.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        return import_module("sentence_transformers")
    except ImportError as error:
        raise MissingDependencyError(f"sentence-transformers cannot be imported ({error}); {_INSTALL}") from error


def _load(package: ModuleType, model_name: str, threads: int) -> _Model:
    """The model from disk, else from the hub."""
    import_module("torch").set_num_threads(threads)
    try:
        if _is_cached(model_name):
            # Without this the hub is asked about every file, and answers offline only after a minute of retries.
            try:
                return _open(package, model_name, local_files_only=True)
            except OSError as error:
                _log.info("embedding model %s is not complete on disk (%s)", model_name, _first_line(error))
        return _open(package, model_name, local_files_only=False)
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise EmbeddingError(
            f"embedding model {model_name} cannot be loaded ({_first_line(error)}); check embedding_model_name, or "
            f"download the model once on a machine with a network and name its folder there"
        ) from error


def _open(package: ModuleType, model_name: str, *, local_files_only: bool) -> _Model:
    model: _Model = package.SentenceTransformer(model_name, local_files_only=local_files_only)
    return model


def _is_cached(model_name: str) -> bool:
    """Whether the hub's cache holds the model as this package fetches it: other ones leave out modules.json.

    Without that file the package would put the model together by guess, and its vectors would be other ones.
    """
    if Path(model_name).is_dir():
        return False
    return isinstance(import_module("huggingface_hub").try_to_load_from_cache(model_name, "modules.json"), str)


def _prompts(model_name: str, configured: Mapping[str, str | None]) -> tuple[str, str]:
    """What the model wants before a query and before a passage."""
    if _E5.search(model_name):  # E5 was trained with these two and does not say so in its configuration
        return "query: ", "passage: "
    return configured.get("query") or "", configured.get("document") or configured.get("passage") or ""


def _cutter(tokenizer: object) -> Tokenizer | None:
    """The model's tokenizer without truncation, a copy of its own; None where it gives no positions."""
    fast = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not isinstance(fast, Tokenizer):
        return None
    copy: Tokenizer = Tokenizer.from_str(fast.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
