"""Short-term memory: the newest pages, and those that left it and wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine import build_engine


def test_the_queue_is_the_newest_pages_oldest_first(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db", short_term_capacity=2)
    pages = engine.add("a: one", "a: two", "a: three")

    assert engine.short_term.pages() == pages[1:]
    engine.store.close()


@pytest.mark.parametrize(("capacity", "waiting"), [(1, 4), (3, 2), (4, 1), (5, 0), (10, 0)])
def test_what_the_next_page_pushed_out_waits_for_mid_term_memory(tmp_path: Path, capacity: int, waiting: int) -> None:
    engine = build_engine(tmp_path / "memory.db", short_term_capacity=capacity)
    pages = engine.add("a: one", "a: two", "a: three", "a: four", "a: five")

    assert engine.short_term.waiting(10) == pages[:waiting]
    assert engine.short_term.waiting(2) == pages[: min(2, waiting)]
    assert engine.short_term.waiting_count() == waiting
    engine.store.close()


def test_a_page_in_the_queue_stays_there_while_older_ones_are_consolidated(tmp_path: Path) -> None:
    engine = build_engine(tmp_path / "memory.db", short_term_capacity=2)
    pages = engine.add("a: one", "a: two", "a: three")

    engine.finish()

    assert engine.short_term.pages() == pages[1:]
    assert (engine.short_term.waiting(10), engine.short_term.waiting_count()) == ((), 0)
    engine.store.close()


def test_a_larger_queue_after_a_restart_takes_back_pages_that_still_waited(tmp_path: Path) -> None:
    small = build_engine(tmp_path / "memory.db", short_term_capacity=1)
    pages = small.add("a: one", "a: two", "a: three")
    small.store.close()

    large = build_engine(tmp_path / "memory.db", short_term_capacity=5)

    assert large.short_term.pages() == pages
    assert large.short_term.waiting_count() == 0
    large.store.close()
