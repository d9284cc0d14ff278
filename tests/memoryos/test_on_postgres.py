"""A whole memory in PostgreSQL, beside the same in a file: what is found, known and done about it is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timezone

import postgres_server
import pytest
from synthetic_talk import synthetic_talk
from ulid import ULID
from waiting import until

from memoryos import Config, ExcludedError, Memoryos, Selection
from memoryos.retrieval.on_demand_index import OnDemandIndex

pytestmark = pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING))

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
SAID = (
    ("I live in Bern, and I work as a nurse.", "Nice."),
    ("My dog Rex is allergic to chicken.", "Noted."),
    ("We moved, I live in Lyon now.", "How is it there?"),
    ("我住在北京，喜欢喝绿茶。", "好的。"),
)
QUERIES = ("Where do I live?", "What is my dog allergic to?", "kayak in Galway", "what did Henrik repair", "绿茶", "hi")


@pytest.fixture
def both(make_config: Callable[..., Config]) -> Iterator[tuple[Memoryos, Memoryos]]:
    """The same talk in a file and in a database, with nothing left to do."""
    with ExitStack() as opened:
        user = f"user {ULID()}"
        memories = tuple(
            opened.enter_context(Memoryos.open(make_config(user_id=user, database_url=url, count_visits=False)))
            for url in ("", postgres_server.app_url())
        )
        for memory in memories:
            for page in synthetic_talk(30, 7, START):
                memory.add_memory(page.user_input, page.agent_response, page.timestamp)
            for number, (user_input, agent_response) in enumerate(SAID):
                memory.add_memory(user_input, agent_response, f"2026-07-0{number + 1} 12:00:00")
        for memory in memories:
            memory.wait_until_idle(120)
        yield memories[0], memories[1]


def found(memory: Memoryos, query: str) -> list[tuple[str, float]]:
    return [(ranked.page.user_input, round(ranked.score, 3)) for ranked in memory.retrieve(query, 10).pages]


def test_what_is_found_and_known_is_the_same_in_both(both: tuple[Memoryos, Memoryos]) -> None:
    in_file, in_database = both

    for query in QUERIES:
        assert found(in_database, query) == found(in_file, query), query
    assert [fact.text for fact in in_database.user_knowledge()] == [fact.text for fact in in_file.user_knowledge()]
    assert in_database.status().counts == in_file.status().counts
    assert in_database.status().counts.segments > 0
    assert in_database.status().data_path.startswith("postgresql:")


def test_what_a_person_does_comes_to_the_same_in_both(both: tuple[Memoryos, Memoryos]) -> None:
    previews = []
    subject = next(synthetic_talk(1, 7, START)).user_input.split()[3]
    for memory in both:
        memory.exclude("green tea")
        with pytest.raises(ExcludedError):
            memory.add_memory("I drink green tea.", "")
        preview = memory.preview_forgetting(Selection(about=subject))
        forgotten = memory.forget_selected(Selection(about=subject), token=preview.token)
        memory.wait_until_idle(120)
        previews.append((preview.pages, preview.facts, preview.topics, forgotten.pages, memory.status().counts))
    assert previews[0] == previews[1]
    assert previews[0][0] > 0
    for query in QUERIES:
        assert found(both[1], query) == found(both[0], query), query


def test_the_first_recall_of_an_opened_memory_is_that_of_one_in_use(both: tuple[Memoryos, Memoryos]) -> None:
    """The database looks through its vectors until the index is loaded, which is after the first recall here."""
    _, in_use = both
    in_use.retrieve("Where do I live?")
    index = in_use._parts.retriever.index
    assert isinstance(index, OnDemandIndex)
    until(lambda: index.is_loaded)
    # Nothing works in this one, so nothing loads its index.
    with Memoryos.open(in_use.config, works=False) as opened:
        opened.prepare()
        for query in QUERIES:
            assert opened.retrieve(query, 20) == in_use.retrieve(query, 20), query
        unloaded = opened._parts.retriever.index
        assert isinstance(unloaded, OnDemandIndex)
        assert not unloaded.is_loaded
