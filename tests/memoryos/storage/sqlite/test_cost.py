"""What the worker asks at each step costs the same whatever the memory holds, counted in steps of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from memoryos.models import NewPage
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.timestamps import parse

NOON = parse("2026-03-01T12:00:00Z", None)
PAGES = 5_000
STEPS = 1_000

_MANY = """
INSERT INTO pages (id, happened_at, added_at, talk, digest, timestamp, user_input, agent_response)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
SELECT printf('%026d', n), n, n, (SELECT max(id) FROM talks), x'00', 'now', 'said', ''
FROM numbers
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A memory of many pages that are done with, and twenty that are not."""
    with closing(SqliteStore(tmp_path / "memory.db")) as store:
        store.add_page(NewPage("first", "", NOON), timestamp="now", now=NOON)
        with store._database.write() as connection:
            connection.execute(
                "INSERT INTO segments (theme, summary, keywords, analysis, last_visit_at, pages, first_page_at,"
                " last_page_at) VALUES ('all', 'all', '[]', 'extractive', 0, 1, 0, 0)"
            )
            connection.execute(_MANY, (PAGES,))
            # What SQLite notes of the memory now, as after an import, guides it for long.
            connection.execute("ANALYZE")
            connection.execute("UPDATE pages SET segment = (SELECT id FROM segments), analysed = 1")
        for number in range(20):
            store.add_page(NewPage(f"page {number}", "", NOON), timestamp="now", now=NOON)
        yield store


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.waiting_count(newest=10),
        lambda store: store.waiting_pages(newest=10, limit=4),
        lambda store: store.segments_not_analysed(),
        lambda store: store.segments_to_reanalyse(),
        lambda store: store.unembedded_pages(4),
    ],
    ids=["how many wait", "which wait", "topics with new pages", "topics to read again", "what is to be embedded"],
)
def test_a_question_of_the_worker_looks_at_no_page_that_is_done_with(
    store: SqliteStore, ask: Callable[[SqliteStore], object]
) -> None:
    """Which pages wait was found by walking through all: 24 ms of 100,000 pages at each step, and a second of 4 M."""
    rounds: list[int] = []
    ask(store)
    with store._database.read() as connection:
        cast(sqlite3.Connection, connection).set_progress_handler(lambda: rounds.append(1), STEPS)
    ask(store)
    with store._database.read() as connection:
        cast(sqlite3.Connection, connection).set_progress_handler(None, 0)

    assert len(rounds) < PAGES // STEPS
