"""Vectors of unit length."""

from __future__ import annotations

import numpy as np
import pytest

from memoryos.embedding.vectors import unit_rows
from memoryos.errors import EmbeddingError


def test_rows_keep_their_direction_and_get_length_one() -> None:
    rows = unit_rows(np.array([[3, 4], [0, -5]], dtype=np.float32), "model")

    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, -1.0]], rtol=1e-6)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("row", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]])
def test_a_row_without_direction_is_refused(row: list[float]) -> None:
    with pytest.raises(EmbeddingError, match=r"^model: an embedding is zero or holds what is no number$"):
        unit_rows(np.array([[3, 4], row], dtype=np.float32), "model")
