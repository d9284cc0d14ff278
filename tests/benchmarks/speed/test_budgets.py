"""Budgets as ratios, from times worked by hand."""

from __future__ import annotations

from benchmarks.speed.budgets import (
    Measured,
    add_lines,
    flat_line,
    memory_line,
    opening_lines,
    retrieve_lines,
    sheet,
    start_lines,
)
from benchmarks.speed.measuring import Adds, Openings, Retrievals, Starts

ADDS = Adds(idle=(0.003,) * 3, over_http=(0.006,) * 3, busy=(0.018,) * 3, bare_call=(0.001,) * 3, fsync=(0.001,) * 3)


def test_a_start_is_compared_to_a_bare_server_and_the_first_retrieval_to_its_limit() -> None:
    starts = Starts(
        initialize=(0.6, 0.7, 0.9),
        bare_initialize=(0.5, 0.5, 0.8),
        discover=(0.6, 0.6, 0.6),
        bare_discover=(0.4, 0.4, 0.4),
        first_retrieve=(1.2, 1.2, 1.2),
    )
    assert [(line.what, round(line.ratio, 2), line.kept) for line in start_lines(starts)] == [
        ("start to initialize answered", 1.4, False),
        ("start to server/discover answered", 1.5, False),
        ("start to first retrieve answered", 0.8, True),
    ]


def test_adds_are_compared_to_a_bare_call_and_an_fsync() -> None:
    what = "add_memory at 1,000 pages, background"
    assert [(line.what, round(line.ratio, 2), line.kept) for line in add_lines(1_000, ADDS)] == [
        (f"{what} idle, p50", 1.5, True),
        (f"{what} idle, p95", 1.5, None),
        (f"{what} idle, p99", 0.06, True),
        (f"{what} busy, p50", 9.0, False),
        (f"{what} busy, p95", 9.0, None),
        (f"{what} busy, p99", 0.36, True),
        ("add_memory at 1,000 pages, over HTTP, p50", 0.75, True),
    ]


def test_growth_is_the_largest_memory_against_the_smallest() -> None:
    slower = Adds(idle=(0.006,), over_http=(), busy=(), bare_call=(), fsync=())
    assert flat_line({10_000: slower, 100: ADDS}) == Measured(
        "add_memory p50 at 10,000 pages", 6.0, "ms", "at 100 pages", 3.0, 1.3
    )


def test_one_size_says_nothing_about_growth() -> None:
    assert flat_line({100: ADDS}) is None


def test_a_retrieval_may_take_so_many_times_a_server_that_only_embeds_and_more_in_a_larger_memory() -> None:
    times = Retrievals(retrieve=(0.012,), over_http=(0.018,), least=(0.008,))
    assert [(line.what, line.reference, line.ratio, line.budget) for line in retrieve_lines(10_000, times)] == [
        ("retrieve_memory at 10,000 pages, p50", 8.0, 1.5, 1.4),
        ("retrieve_memory at 10,000 pages, p95", 8.0, 1.5, None),
        ("retrieve_memory at 10,000 pages, p99", 8.0, 1.5, None),
        ("retrieve_memory at 10,000 pages, over HTTP, p50", 17.0, 18 / 17, 1.0),
    ]
    budgets = {pages: retrieve_lines(pages, times)[0].budget for pages in (100, 10_001, 1_000_000, 2_000_000)}
    assert budgets == {100: 1.4, 10_001: 1.8, 1_000_000: 3.0, 2_000_000: 3.0}


def test_an_opening_is_told_with_and_without_meaning() -> None:
    openings = [Openings(3.0, 6.0), Openings(4.0, 9.0), Openings(3.0, 7.0)]
    assert [(line.what, line.value, line.ratio) for line in opening_lines(1_000, openings)] == [
        ("start to first recall at 1,000 pages", 3_000.0, 0.5),
        ("start to first recall by meaning at 1,000 pages", 7_000.0, 7 / 6),
    ]


def test_memory_is_compared_to_its_limit() -> None:
    assert memory_line(1_000, 300_000_000).record() == {
        "what": "server's memory at 1,000 pages",
        "value": 300.0,
        "unit": "MB",
        "against": "limit",
        "reference": 450.0,
        "ratio": 0.667,
        "budget": 1.0,
        "kept": True,
    }


def test_a_budget_that_is_not_kept_stands_out_in_the_table() -> None:
    lines = [Measured("a", 4.0, "ms", "b", 2.0, 1.5), Measured("c", 4.0, "ms", "b", 2.0)]
    assert sheet(lines).rows == (
        ("a", "4.0 ms", "b", "2.0 ms", "2.00", "1.5", "NO"),
        ("c", "4.0 ms", "b", "2.0 ms", "2.00", "", ""),
    )
