"""How a model of ours runs on ONNX Runtime: a CPU shared with others, and batches that cost little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import onnxruntime  # type: ignore[import-untyped]


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Options for a session that runs on `threads` threads and leaves the machine to others while it waits."""
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads that spin would take the cores from whatever else the machine does.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Folding constants is all that pays: fused operators were slower on every length measured.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return options


def shrinking() -> onnxruntime.RunOptions:
    """Lets go of the memory that batches took, 50 MB; for every run of one it would cost a tenth of its time."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def batches(lengths: Sequence[int], max_texts: int, max_tokens: int) -> Iterator[list[int]]:
    """Positions in batches of similar length, at most `max_texts` texts and `max_tokens` padded tokens in each.

    A text longer than `max_tokens` is a batch of its own.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == max_texts or (len(batch) + 1) * lengths[position] > max_tokens):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
