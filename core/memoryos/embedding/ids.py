"""The id of each embedder in the store, known without loading the embedder."""

from __future__ import annotations

ONNX_MINILM = "all-MiniLM-L6-v2/onnx-int8/1"
MULTILINGUAL_E5 = "multilingual-e5-small/onnx-int4/1"
"""The last part counts up whenever the same text would get another vector."""


def sentence_transformers_id(model_name: str) -> str:
    """The id of a model that sentence-transformers runs."""
    return "sentence-transformers/" + model_name.removeprefix("sentence-transformers/")


def openai_api_id(model: str) -> str:
    """The id of a model behind an endpoint; without the address, so that the endpoint may move."""
    return f"openai-api/{model}"


def routed_id(default: str, other: str) -> str:
    """The id of two embedders that share the texts between them."""
    return f"auto/{default}+{other}"
