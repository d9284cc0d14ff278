"""Graphs written by hand, as ONNX Runtime reads them."""

from __future__ import annotations

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from memoryos.embedding.onnx_graph import Graph


def run(graph: Graph, **inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    options = onnxruntime.SessionOptions()
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in graph.weights.values()]
    options.add_external_initializers(list(graph.weights), values)
    model = graph.model("result", ("rows", 2))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    result: NDArray[np.float32] = session.run(None, inputs)[0]
    return result


def test_a_graph_runs_with_constants_attributes_and_a_size_that_varies() -> None:
    graph = Graph({"rows_of_three": ("rows", 3)})
    matrix = graph.weight("matrix", np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    graph.add("Gemm", ["rows_of_three", matrix], "result", alpha=0.5, transB=1)

    result = run(graph, rows_of_three=np.array([[1, 0, 0], [0, 1, 1], [1, 1, 1]], dtype=np.float32))

    np.testing.assert_array_equal(result, [[0.5, 2.0], [2.5, 5.5], [3.0, 7.5]])


def test_a_graph_takes_the_runtimes_own_operators_and_leaves_inputs_out() -> None:
    graph = Graph({"x": ("rows", 2)})
    upper = graph.weight("upper", np.array(1.0, dtype=np.float32))
    clipped = graph.add("Clip", ["x", "", upper], "clipped")
    bias = graph.weight("bias", np.array([0.0, 100.0], dtype=np.float32))
    graph.add("BiasGelu", [clipped, bias], "result", "com.microsoft")

    result = run(graph, x=np.array([[300.0, -1000.0]], dtype=np.float32))

    np.testing.assert_allclose(result, [[0.8413447, 0.0]], atol=1e-6)
