"""The stage between ranking and the cut: what a reranker sees, what becomes of its order, and what of its failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from plugins import install

from memoryos import Config, ConfigError, Memoryos
from memoryos.errors import EmbeddingError
from memoryos.models import Page, RankedPage
from memoryos.retrieval.recall import recall
from memoryos.retrieval.rerank import RERANKED_PAGES, SECONDS, Reranking, open_reranking
from memoryos.retry import QUERY, Rest

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
PAGES = tuple(
    RankedPage(
        Page(
            seq=number,
            id=str(number),
            user_input=f"page {number}",
            agent_response="",
            timestamp="",
            happened_at=NOON,
            added_at=NOON,
        ),
        score=1 / (number + 1),
    )
    for number in range(100)
)


class Seconds:
    """A monotonic clock."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Scripted:
    """A reranker that gives these orders, one a call, and notes what it was asked."""

    def __init__(self, *orders: Sequence[int] | Exception) -> None:
        self.orders = list(orders)
        self.asked: list[tuple[str, int, float]] = []

    def order(self, query: str, pages: Sequence[RankedPage], deadline: float) -> Sequence[int]:
        self.asked.append((query, len(pages), deadline))
        order = self.orders.pop(0)
        if isinstance(order, Exception):
            raise order
        return order


def numbers(pages: Sequence[RankedPage]) -> list[int]:
    return [ranked.page.seq for ranked in pages]


def test_of_sixty_pages_or_all_that_are_asked_for_the_order_is_new() -> None:
    clock, reranker = Seconds(), Scripted(range(59, -1, -1))
    reranking = Reranking(reranker, clock)

    assert [reranking.pool(limit) for limit in (3, 60, 80)] == [RERANKED_PAGES, 60, 80] == [60, 60, 80]
    assert numbers(reranking.ordered("where?", PAGES[:60])) == [*range(59, -1, -1)]
    assert reranker.asked == [("where?", 60, 100.0 + SECONDS)]


def test_what_is_not_looked_at_in_time_follows_in_the_order_of_the_ranking() -> None:
    ordered = Reranking(Scripted([5, 2]), Seconds()).ordered("where?", PAGES[:6])

    assert numbers(ordered) == [5, 2, 0, 1, 3, 4]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (EmbeddingError("no model"), "no model"),
        ([1, 1], "positions twice or that are not there, of 60 pages"),
        ([60], "positions twice or that are not there, of 60 pages"),
        ([-1], "positions twice or that are not there, of 60 pages"),
    ],
)
def test_the_ranking_stands_where_the_reranker_fails_which_then_rests(
    order: Sequence[int] | Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, reranker = Seconds(), Scripted(order, [1, 0])
    reranking = Reranking(reranker, clock, Rest(QUERY, clock))

    assert reranking.ordered("where?", PAGES[:60]) == PAGES[:60]
    assert f"without the reranker for 30 s: {'' if isinstance(order, Exception) else 'a reranker gave '}{reason}" in (
        caplog.text
    )
    clock.now += 29
    assert reranking.pool(2) == 2
    assert numbers(reranking.ordered("where?", PAGES[:2])) == [0, 1]
    assert len(reranker.asked) == 1
    clock.now += 1
    assert reranking.pool(2) == 60
    assert numbers(reranking.ordered("where?", PAGES[:2])) == [1, 0]


def test_a_single_page_needs_no_order() -> None:
    assert Reranking(Scripted(), Seconds()).ordered("where?", PAGES[:1]) == PAGES[:1]


def test_where_no_reranker_is_named_there_is_none(make_config: Callable[..., Config]) -> None:
    assert open_reranking(make_config()) is None


def test_an_unknown_reranker_is_answered_with_the_known_ones(make_config: Callable[..., Config]) -> None:
    with pytest.raises(ConfigError) as raised:
        open_reranking(make_config(reranker="bge"))
    assert str(raised.value) == "reranker: got 'bge'; known: none; a package that brings one has to be installed"


BACKWARDS = """
class Backwards:
    def order(self, query, pages, deadline):
        return range(len(pages) - 1, -1, -1)

def open_backwards(config):
    assert config.reranker == "backwards"
    return Backwards()
"""


def test_another_package_brings_a_reranker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_config: Callable[..., Config]
) -> None:
    install(monkeypatch, tmp_path / "site", BACKWARDS, rerankers="backwards = acme:open_backwards")
    reranking = open_reranking(make_config(reranker="backwards"))

    assert reranking is not None
    assert numbers(reranking.ordered("where?", PAGES[:3])) == [2, 1, 0]


def test_a_memory_answers_in_the_order_of_its_reranker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_memory: Callable[..., Memoryos]
) -> None:
    install(monkeypatch, tmp_path / "site", BACKWARDS, rerankers="backwards = acme:open_backwards")
    with open_memory() as memory:
        for text in ("tea", "tea and the sea", "tea and the lighthouse by the sea"):
            memory.add_memory(text, "")
        memory.wait_until_idle()
        ranked = [page.page.user_input for page in memory.retrieve("Where was the lighthouse?").pages]

    memory = open_memory(reranker="backwards")
    memory.wait_until_idle()

    assert [page.page.user_input for page in memory.retrieve("Where was the lighthouse?").pages] == ranked[::-1]
    assert [page.page.user_input for page in memory.retrieve("Where was the lighthouse?", 1).pages] == ranked[-1:]


def test_a_recall_asks_a_reranker_once_and_holds_no_transaction_meanwhile(open_memory: Callable[..., Memoryos]) -> None:
    """It waits for a second at most, in which a server would keep what was deleted, and other recalls a connection."""
    memory = open_memory()
    for number in range(80):
        memory.add_memory(f"tea number {number}" if number < 3 else f"wheel {number}", "")
    memory.wait_until_idle()
    database = memory._parts.store._database  # type: ignore[attr-defined]
    held: list[object] = []

    class Backwards:
        def order(self, query: str, pages: Sequence[RankedPage], deadline: float) -> Sequence[int]:
            held.append((len(pages), getattr(database._pinned, "connection", None)))
            return range(len(pages) - 1, -1, -1)

    sources = replace(memory._parts.recall, reranking=Reranking(Backwards()))
    brought = recall(sources, "Which tea?", 2, now=NOON)

    assert held == [(60, None)]
    assert brought.more
    (first, *_), more = brought.pages, memory.retrieve("Which tea?", 60).pages
    assert first.page.seq == more[-1].page.seq
