"""Scales vectors to unit length, so that a dot product is a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from memoryos.errors import EmbeddingError

if TYPE_CHECKING:
    from memoryos.models import Matrix


def unit_rows(rows: Matrix, source: str) -> Matrix:
    """The rows scaled to length 1. Raises `EmbeddingError`, naming `source`, for a row that is zero or not finite."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.all(np.isfinite(norms) & (norms > 0)):
        raise EmbeddingError(f"{source}: an embedding is zero or holds what is no number")
    unit: Matrix = rows / norms
    return unit
