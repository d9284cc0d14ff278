"""Outlines of a few pages and signals of theirs, written down by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from store_work import NOON

from memoryos.retrieval.page_index import Outlines
from memoryos.storage.index_rows import stem_id

if TYPE_CHECKING:
    from memoryos.retrieval.scoring import Signal


def floats(*numbers: float) -> Signal:
    """float32[n]."""
    return np.array(numbers, dtype=np.float32)


def outlines(
    *texts: str,
    places: Sequence[int] | None = None,
    talks: Sequence[int] | None = None,
    ages: Sequence[int] | None = None,
    talk_pages: int = 100,
    happened_at: Sequence[datetime] | None = None,
) -> Outlines:
    """Pages of these words, one after another amid one talk unless said otherwise."""
    count = len(texts)
    counted = [sorted(Counter(map(stem_id, text.split())).items()) for text in texts]
    return Outlines(
        seqs=np.arange(1, count + 1),
        talks=np.array([1] * count if talks is None else talks, dtype=np.int64),
        happened_at=np.array([round(time.timestamp() * 1e6) for time in happened_at or [NOON] * count], dtype=np.int64),
        places=np.array(range(1, count + 1) if places is None else places, dtype=np.int64),
        ages=np.array(range(count)[::-1] if ages is None else ages, dtype=np.int64),
        talk_pages=np.full(count, talk_pages, dtype=np.int64),
        lengths=np.array([len(text.split()) for text in texts], dtype=np.int64),
        stems=np.array([stem for page in counted for stem, _ in page], dtype=np.uint32),
        counts=np.array([number for page in counted for _, number in page], dtype=np.uint16),
        ends=np.cumsum([len(page) for page in counted], dtype=np.int64),
    )
