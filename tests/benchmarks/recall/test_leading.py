"""How far a method leads."""

from __future__ import annotations

from benchmarks.recall.evidence import Found
from benchmarks.recall.findings import Finding
from benchmarks.recall.leading import lead_sheet


def found(set_name: str, method: str, *positions: int | None) -> list[Finding]:
    return [
        Finding(
            set_name, "c", f"q{number}", "x", method, (None if at is None else Found(at, 10.0),), 0.0, reply_tokens=0.0
        )
        for number, at in enumerate(positions)
    ]


def test_a_lead_is_over_the_best_of_the_others_in_each_set_and_on_average_of_a_kind() -> None:
    findings = [
        *found("madial_en", "hybrid", 0, 0, 0, None),
        *found("madial_en", "bm25", 0, None, None, None),
        *found("madial_en", "fusion", 0, 9, None, None),
        *found("madial_zh", "hybrid", 0, 0, 0, 0),
        *found("madial_zh", "bm25", 0, 0, 0, 10),
        *found("madial_zh", "fusion", None, None, None, None),
        *found("locomo", "hybrid", 0),
        *found("locomo", "bm25", 0),
    ]
    assert lead_sheet(findings, "hybrid").rows == (
        ("two people's chats", "locomo", "bm25", "+0.0", "+0.0 to +0.0", "+0.0"),
        ("memories that fit a talk", "madial_en", "fusion", "+25.0", "+0.0 to +75.0", "+25.0"),
        ("memories that fit a talk", "madial_zh", "bm25", "+25.0", "+0.0 to +75.0", "+25.0"),
    )
