"""Recall on real conversations may not fall: two of them, in two scripts, through the library."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.recall import command as recall

pytestmark = [pytest.mark.eval_data, pytest.mark.slow]


def test_an_english_and_a_chinese_conversation_reach_their_floors(tmp_path: Path) -> None:
    data = os.environ.get("MEMORYOS_EVAL")
    if not data:
        pytest.skip("MEMORYOS_EVAL is not set: recall on real conversations is not measured")
    options = ["--sets", "locomo,madial_zh", "--conversations", "1", "--in-process", "--method", "hybrid", "bm25"]

    assert recall.main(["--data", data, *options, "--out", str(tmp_path)]) == 0

    results = json.loads((tmp_path / "recall.json").read_text(encoding="utf-8"))["results"]
    found = {(result["set"], result["method"]): result["recall"] for result in results}
    # Of the first conversation 86.9 and 89.5 were measured, of the Chinese one 55.1.
    assert found["locomo", "hybrid"]["@10"] >= 84
    assert found["locomo", "hybrid"]["1500t"] >= 87
    assert found["madial_zh", "hybrid"]["@10"] >= max(52, found["madial_zh", "bm25"]["@10"])
