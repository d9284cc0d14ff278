"""The default embedding model, run once for each text of a process: for tests that ask the same things thousands of
times. A text's vector does not depend on the texts beside it, so what it makes is what it always makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from memoryos.embedding.onnx_minilm import OnnxMiniLM

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector


@contextmanager
def remembered_vectors() -> Iterator[None]:
    """Within it the model of this process makes no vector twice."""
    known: dict[tuple[int, ...], Vector] = {}
    run = OnnxMiniLM._run

    def remembered(self: OnnxMiniLM, tokens: Sequence[Sequence[int]], options: Any) -> Matrix:
        texts = [tuple(ids) for ids in tokens]
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, run(self, new, options), strict=True))
        return np.stack([known[text] for text in texts])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OnnxMiniLM, "_run", remembered)
        yield
