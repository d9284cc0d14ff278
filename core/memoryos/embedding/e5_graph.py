"""The encoder of multilingual-e5-small as a graph for ONNX Runtime, its weights left in four bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.embedding.e5_weights import BLOCK_WEIGHTS
from memoryos.embedding.onnx_graph import Graph

if TYPE_CHECKING:
    from memoryos.embedding.e5_weights import E5Weights

EMBEDDED: Final = "embedded"
"""The input float32[texts, tokens, width]: the sum of each token's word, position and type vectors."""

IS_TOKEN: Final = "is_token"
"""The input float32[texts, tokens]: 1, and 0 where padding stands."""

HIDDEN: Final = "hidden"
"""The output float32[texts, tokens, width]."""

_MICROSOFT: Final = "com.microsoft"
_MASK: Final = "mask"
_INT32: Final = 6
"""ONNX's number of the type that attention wants its mask in."""

_INT8: Final = 4
"""MatMulNBits' accuracy level: activations as int8, which is also how the original engine multiplies."""


def encoder(weights: E5Weights) -> Graph:
    """The graph from `EMBEDDED` and `IS_TOKEN` to `HIDDEN`: BERT, every matrix of weights in four bits."""
    graph = Graph({EMBEDDED: ("texts", "tokens", weights.sizes.width), IS_TOKEN: ("texts", "tokens")})
    graph.add("Cast", [IS_TOKEN], _MASK, to=_INT32)
    layers = _Layers(graph, weights)
    value = layers.normal(EMBEDDED, "emb.ln")
    for number in range(weights.sizes.layers):
        value = layers.layer(value, f"l{number}.")
    graph.add("Identity", [value], HIDDEN)
    return graph


@dataclass(frozen=True, slots=True)
class _Layers:
    """Adds layers to a graph; values are named after the file's tensors."""

    graph: Graph
    weights: E5Weights

    def layer(self, value: str, name: str) -> str:
        """One layer: attention, then two matrices with GELU between; each is added to its input and normalised."""
        between = self.weights.sizes.between
        mixed = self._product(self._attention(value, name), name + "ao")
        value = self._added_normal(mixed, value, name + "ao", name + "aln")
        inner = self._product(value, name + "fi")
        active = self.graph.add("BiasGelu", [inner, self._vector(name + "fi.b")], name + "gelu", _MICROSOFT)
        outer = self._product(active, name + "fo", width=between)
        return self._added_normal(outer, value, name + "fo", name + "oln")

    def normal(self, value: str, name: str) -> str:
        """Layer normalisation, over the last axis."""
        inputs = [value, self._vector(name + ".w"), self._vector(name + ".b")]
        return self.graph.add("LayerNormalization", inputs, name, epsilon=self.weights.sizes.epsilon)

    def _attention(self, value: str, name: str) -> str:
        queries_keys_values = [self._product(value, name + part) for part in "qkv"]
        biases = np.concatenate([self.weights.vector(f"{name}{part}.b") for part in "qkv"])
        inputs = [*queries_keys_values, self.graph.weight(name + "qkv.b", biases), _MASK]
        heads = self.weights.sizes.heads
        return self.graph.add("MultiHeadAttention", inputs, name + "attention", _MICROSOFT, num_heads=heads)

    def _added_normal(self, value: str, skipped: str, bias: str, name: str) -> str:
        """What a matrix gave and its bias, added to what went into the layer, normalised."""
        inputs = [value, skipped, *(self._vector(part) for part in (name + ".w", name + ".b", bias + ".b"))]
        epsilon = self.weights.sizes.epsilon
        return self.graph.add("SkipLayerNormalization", inputs, name, _MICROSOFT, epsilon=epsilon)

    def _product(self, value: str, name: str, width: int | None = None) -> str:
        """The value times a matrix of weights whose rows are `width` long, the model's width if not given."""
        width = width or self.weights.sizes.width
        matrix = self.weights.blocks(name + ".w", width)
        inputs = [
            value,
            self.graph.weight(name + ".w", matrix.packed()),
            self.graph.weight(name + ".scales", matrix.scales()),
        ]
        return self.graph.add(
            "MatMulNBits",
            inputs,
            name,
            _MICROSOFT,
            K=width,
            N=len(matrix.blocks),
            bits=4,
            block_size=BLOCK_WEIGHTS,
            accuracy_level=_INT8,
        )

    def _vector(self, name: str) -> str:
        return self.graph.weight(name, self.weights.vector(name))
