"""Findings kept in a folder."""

from __future__ import annotations

from pathlib import Path

from benchmarks.recall.evidence import Found
from benchmarks.recall.findings import Finding
from benchmarks.recall.kept import KeptFindings

FOUND = [
    Finding("locomo", "conv-26", "q", "x", "hybrid", (Found(0, 40.5), None), 0.012, 900.0, "en", bears=True),
    Finding("locomo", "conv-26", "no", "x", "hybrid", (), 0.001, 90.0, "en", bears=False),
]


def test_what_is_kept_comes_back_under_how_it_was_asked(tmp_path: Path) -> None:
    kept = KeptFindings(tmp_path, "as asked")
    assert kept.of("locomo", "conv-26", "hybrid") is None
    kept.keep("locomo", "conv-26", "hybrid", FOUND)
    assert kept.of("locomo", "conv-26", "hybrid") == FOUND
    assert KeptFindings(tmp_path, "key words").of("locomo", "conv-26", "hybrid") is None


def test_names_that_a_file_cannot_have_are_told_apart(tmp_path: Path) -> None:
    kept = KeptFindings(tmp_path, "as asked")
    kept.keep("a/b", "c?", "hybrid", FOUND)
    assert kept.of("a/b", "c?", "hybrid") == FOUND
    assert kept.of("a-b", "c-", "hybrid") is None


def test_a_method_is_forgotten_with_all_its_weights_and_no_other(tmp_path: Path) -> None:
    kept = KeptFindings(tmp_path, "as asked")
    for method in ("hybrid", "hybrid by Weights(dates=4.0)", "bm25"):
        kept.keep("locomo", "conv-26", method, FOUND)
    kept.forget(["hybrid"])
    left = [kept.of("locomo", "conv-26", method) for method in ("hybrid", "hybrid by Weights(dates=4.0)", "bm25")]
    assert left == [None, None, FOUND]
