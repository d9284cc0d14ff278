"""The stage between ranking and the cut: what a reranker sees, what becomes of its order, and what of its failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest
from plugins import install

from memoryos import Config, ConfigError, Memoryos
from memoryos.errors import EmbeddingError
from memoryos.models import Page, RankedPage
from memoryos.retrieval.candidates import Candidates
from memoryos.retrieval.hybrid import QueryVector
from memoryos.retrieval.query import Query
from memoryos.retrieval.rerank import RERANKED_PAGES, SECONDS, Reranked, open_reranker, reranked
from memoryos.retry import QUERY, Rest

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
ASKED = Query("where?", "where?", about=None, is_statement=False)
FOUND = Candidates((), (), (), frozenset(), 0)
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


class Ranking:
    """A ranking of the hundred pages, which notes how many it was asked for."""

    def __init__(self) -> None:
        self.limits: list[int] = []

    def __call__(self, _: Query, __: QueryVector | None, limit: int, ___: Candidates) -> tuple[RankedPage, ...]:
        self.limits.append(limit)
        return PAGES[:limit]


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


def test_the_best_sixty_are_ordered_anew_and_then_cut() -> None:
    clock, ranking, reranker = Seconds(), Ranking(), Scripted(range(59, -1, -1))
    stage = Reranked(ranking, reranker, clock)

    best = stage.pages(ASKED, None, 3, FOUND)

    assert best == (PAGES[59], PAGES[58], PAGES[57])
    assert ranking.limits == [RERANKED_PAGES] == [60]
    assert reranker.asked == [("where?", 60, 100.0 + SECONDS)]


def test_whoever_asks_for_more_pages_gets_them_all_reranked() -> None:
    ranking = Ranking()

    best = Reranked(ranking, Scripted(range(79, -1, -1)), Seconds()).pages(ASKED, None, 80, FOUND)

    assert numbers(best) == [*range(79, -1, -1)]


def test_what_is_not_looked_at_in_time_follows_in_the_order_of_the_ranking() -> None:
    best = Reranked(Ranking(), Scripted([5, 2]), Seconds()).pages(ASKED, None, 6, FOUND)

    assert numbers(best) == [5, 2, 0, 1, 3, 4]


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
    clock, ranking, reranker = Seconds(), Ranking(), Scripted(order, [1, 0])
    stage = Reranked(ranking, reranker, clock, Rest(QUERY, clock))

    assert numbers(stage.pages(ASKED, None, 2, FOUND)) == [0, 1]
    assert f"without the reranker for 30 s: {'' if isinstance(order, Exception) else 'a reranker gave '}{reason}" in (
        caplog.text
    )
    clock.now += 29
    assert numbers(stage.pages(ASKED, None, 2, FOUND)) == [0, 1]
    assert len(reranker.asked) == 1
    assert ranking.limits == [60, 2]
    clock.now += 1
    assert numbers(stage.pages(ASKED, None, 2, FOUND)) == [1, 0]


def test_a_single_page_needs_no_order() -> None:
    def one(*_: object) -> tuple[RankedPage, ...]:
        return PAGES[:1]

    assert Reranked(one, Scripted(), Seconds()).pages(ASKED, None, 7, FOUND) == PAGES[:1]


def test_without_a_reranker_the_ranking_is_left_as_it_is(make_config: Callable[..., Config]) -> None:
    ranking = Ranking()

    assert reranked(ranking, open_reranker(make_config())) is ranking


def test_an_unknown_reranker_is_answered_with_the_known_ones(make_config: Callable[..., Config]) -> None:
    with pytest.raises(ConfigError) as raised:
        open_reranker(make_config(reranker="bge"))
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
    rank = reranked(Ranking(), open_reranker(make_config(reranker="backwards")))

    assert numbers(rank(ASKED, None, 2, FOUND)) == [59, 58]


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
