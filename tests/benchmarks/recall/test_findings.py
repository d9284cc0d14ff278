"""Averages and tables out of single findings."""

from __future__ import annotations

from benchmarks.recall.evidence import Found
from benchmarks.recall.findings import Finding, curve, said_sheet, sheets, summary


def finding(
    method: str, category: str, found: tuple[Found | None, ...], milliseconds: float, *, bears: bool | None = None
) -> Finding:
    return Finding(
        "locomo",
        "c",
        f"{category} {milliseconds}",
        category,
        method,
        found,
        milliseconds / 1000,
        900.0,
        language="en",
        bears=bears,
    )


FINDINGS = (
    finding("hybrid", "temporal", (Found(0, 40.0),), 10.0),
    finding("hybrid", "temporal", (Found(7, 700.0), None), 20.0),
    finding("hybrid", "multi-hop", (None,), 30.0),
)


def test_a_summary_holds_every_average_with_its_number_of_questions() -> None:
    temporal = {"@5": 50.0, "@10": 75.0, "500t": 50.0, "1500t": 75.0, "3000t": 75.0}
    nothing = dict.fromkeys(temporal, 0.0)
    assert summary(FINDINGS) == [
        {
            "set": "locomo",
            "method": "hybrid",
            "questions": 3,
            "recall": {"@5": 33.33, "@10": 50.0, "500t": 33.33, "1500t": 50.0, "3000t": 50.0},
            "p50_ms": 20.0,
            "p95_ms": 29.0,
            "reply_tokens": 900,
            "at_ten": {"any": 66.67, "all": 33.33, "ndcg": 39.78},
            "interval_95": {"@10": [0.0, 100.0], "1500t": [0.0, 100.0]},
            "by_category": {
                "multi-hop": {"questions": 1, "recall": nothing, "p50_ms": 30.0, "p95_ms": 30.0, "reply_tokens": 900},
                "temporal": {"questions": 2, "recall": temporal, "p50_ms": 15.0, "p95_ms": 19.5, "reply_tokens": 900},
            },
        }
    ]


def test_tables_show_a_row_a_method_and_a_row_a_category() -> None:
    overall, judged, languages, categories = sheets(FINDINGS)
    assert overall.rows == (("locomo", "hybrid", "3", "33.3", "50.0", "33.3", "50.0", "50.0", "20.0", "29.0", "900"),)
    means = ("3", "33.3", "50.0 (0.0 to 100.0)", "33.3", "50.0 (0.0 to 100.0)", "50.0", "66.7", "33.3", "39.8")
    assert judged.columns[3:] == ("@5", "@10", "500t", "1500t", "3000t", "any@10", "all@10", "NDCG@10")
    assert judged.rows == (("locomo", "hybrid", *means),)
    assert languages.rows == (("en", "hybrid", *means),)
    assert categories.rows == (
        ("hybrid", "multi-hop", "1", "0.0", "0.0", "0.0", "0.0", "0.0"),
        ("hybrid", "temporal", "2", "50.0", "75.0", "50.0", "75.0", "75.0"),
    )


def test_the_curve_rises_where_a_page_comes_within_the_budget() -> None:
    assert curve(FINDINGS[:2], (39, 40, 699, 700)) == [0.0, 50.0, 50.0, 75.0]


def test_a_record_counts_ranks_from_one() -> None:
    assert FINDINGS[1].record() == {
        "set": "locomo",
        "conversation": "c",
        "question": "temporal 20.0",
        "category": "temporal",
        "method": "hybrid",
        "ranks": [8, None],
        "tokens": [700.0, None],
        "milliseconds": 20.0,
        "reply_tokens": 900,
        "language": "en",
        "bears": None,
    }


def test_a_finding_comes_back_from_its_record() -> None:
    told = finding("hybrid", "temporal", (), 12.5, bears=False)
    assert [Finding.of(each.record()) for each in (*FINDINGS, told)] == [*FINDINGS, told]


def test_what_has_no_answer_is_counted_apart_by_what_is_said_of_it() -> None:
    told = (
        finding("hybrid", "adversarial", (), 1.0, bears=False),
        finding("hybrid", "adversarial", (), 2.0, bears=True),
        finding("hybrid", "temporal", (Found(0, 40.0),), 3.0, bears=True),
    )
    said = said_sheet(told)
    assert said is not None
    assert said.rows == (("locomo", "hybrid", "2", "50.0", "1", "0.0"),)
    assert sheets(told)[0].rows[0][2] == "1"


def test_where_nothing_is_said_of_that_there_is_no_table() -> None:
    assert said_sheet(FINDINGS) is None
