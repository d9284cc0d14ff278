"""What a search through all stored vectors finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engine import build_engine
from hash_embedder import HashEmbedder

from benchmarks.speed import nearest


def test_the_nearest_are_found_whichever_part_of_the_memory_they_are_read_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "_NEAREST", 1)
    monkeypatch.setattr(nearest, "_CHUNK_PAGES", 1)
    engine = build_engine(tmp_path / "memory.db")
    engine.add("leek", "potato", "soup")
    engine.finish()
    queries = np.stack([HashEmbedder().embed_query(text) for text in ("soup", "leek")])

    found = nearest._nearest(engine.store, queries)

    assert found == [{3}, {1}]
    engine.store.close()
