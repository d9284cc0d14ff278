"""Leafing through a memory: the hottest topics are found without reading all, and the heat of one at a time."""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memoryos import Memoryos
from memoryos.storage.tables.rows import to_micros

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def with_segments(memory: Memoryos, visits: list[tuple[int, int, datetime]]) -> None:
    """Segments with these visits, pages not analysed, and times of their last visit."""
    with closing(sqlite3.connect(Path(memory.status().data_path))) as connection, connection:
        connection.executemany(
            "INSERT INTO segments (theme, summary, keywords, analysis, n_visit, l_interaction, pages, first_page_at,"
            " last_page_at, last_visit_at) VALUES ('t', '', '[]', 'extractive', ?, ?, 1, 0, 1, ?)",
            [(visited, length, to_micros(last)) for visited, length, last in visits],
        )


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.3, 2.0, 5.0), (0.0, 0.0, 1.0), (1.0, 0.5, 0.0)])
def test_the_hottest_topics_are_those_of_all(
    open_memory: Callable[..., Memoryos], weights: tuple[float, float, float]
) -> None:
    seeded = random.Random(7)
    memory = open_memory(heat_alpha=weights[0], heat_beta=weights[1], heat_gamma=weights[2])
    with_segments(
        memory,
        [(seeded.randrange(4), seeded.randrange(3), NOW - seeded.randrange(400) * DAY) for _ in range(300)],
    )
    segments = memory.browsing.mid_term.store.segment_visits()
    heat = memory.browsing.mid_term.heat
    by_heat = [
        each.id
        for each in sorted(segments, key=lambda each: (-heat(each, NOW), -each.last_visit_at.timestamp(), each.id))
    ]

    for limit, offset in ((1, 0), (5, 0), (25, 25), (26, 290), (400, 0)):
        found = memory.browsing.topics(limit, offset, now=NOW)
        assert [topic.segment.id for topic in found] == by_heat[offset : offset + limit]


def test_a_topic_cools_by_its_recency_alone(open_memory: Callable[..., Memoryos]) -> None:
    memory = open_memory(heat_alpha=2.0, heat_gamma=3.0, heat_recency_seconds=86_400.0)
    with_segments(memory, [(2, 1, NOW)])
    (topic,) = memory.browsing.topics(1, now=NOW)

    later = memory.browsing.heat(topic.segment, NOW + 2 * DAY)
    assert (topic.visits, topic.length, topic.recency, topic.heat) == (4.0, 1.0, 3.0, 8.0)
    assert (later.visits, later.length) == (4.0, 1.0)
    assert later.recency == pytest.approx(3 * math.exp(-2))
    assert memory.browsing.heat(topic.segment, NOW - DAY).recency == 3.0
