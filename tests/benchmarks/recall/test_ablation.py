"""Tables of what each signal of ranking is worth."""

from __future__ import annotations

from benchmarks.recall.ablation import VARIANTS, WHOLE, ablation_sheets
from benchmarks.recall.evidence import Found
from benchmarks.recall.findings import Finding
from benchmarks.recall.report import Sheet
from memoryos.retrieval.scoring import Weights


def _finding(set_name: str, method: str, position: int) -> Finding:
    found = (Found(position, tokens=position * 100.0),)
    return Finding(set_name, "c", "q", "x", method, found, seconds=0.0, reply_tokens=0.0)


def test_a_variant_is_shown_by_its_distance_from_the_whole_in_every_set() -> None:
    findings = [
        _finding("one", WHOLE, 3),
        _finding("one", "no dates", 12),
        _finding("two", WHOLE, 20),
        _finding("two", "no dates", 2),
    ]
    columns = ("ranking", "one", "two")
    assert ablation_sheets(findings) == [
        Sheet(f"{cut}, %: whole, and the difference without one signal", columns, rows)
        for cut, rows in (
            ("@10", (("hybrid", "100.0", "0.0"), ("no dates", "-100.0", "+100.0"))),
            ("500t", (("hybrid", "100.0", "0.0"), ("no dates", "-100.0", "+100.0"))),
            ("1500t", (("hybrid", "100.0", "0.0"), ("no dates", "0.0", "+100.0"))),
        )
    ]


def test_every_variant_differs_from_what_is_shipped_and_from_every_other() -> None:
    assert len({Weights(), *VARIANTS.values()}) == len(VARIANTS) + 1
