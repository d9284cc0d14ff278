"""Ways to fit pages into a budget, on three pages of which two fit."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from benchmarks.common.fits import WAYS, whole_pages
from memoryos import Page, RankedPage
from memoryos.language.sizes import tokens
from memoryos_mcp.tools.fitting import as_json
from memoryos_mcp.tools.schemas import RetrievedPage

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
LONG, MIDDLE, SHORT = "We drank green tea. " * 12, "We drank green tea. " * 9, "Tea."
SUMMARY = "They drink tea. " * 16


def ranked(*texts: str) -> list[RankedPage]:
    """Pages of one talk with these texts, each worth a tenth less than the one before."""
    return [
        RankedPage(
            Page(seq, f"01J{seq:023d}", text, "", "2026-03-01 12:00:00", NOON, NOON, chain=1, meta_info=SUMMARY),
            score=1.0 - seq / 10,
        )
        for seq, text in enumerate(texts)
    ]


def shown(items: list[RankedPage]) -> list[RetrievedPage]:
    """The pages as a reply shows them, without summaries."""
    return [
        RetrievedPage(
            id=item.page.id,
            user_input=item.page.user_input,
            agent_response="",
            timestamp=item.page.timestamp,
            meta_info="",
            score=item.score,
        )
        for item in items
    ]


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        ("whole pages, summaries with them", [SHORT]),
        ("whole pages", [LONG, SHORT]),
        ("whole pages by score / tokens^0.25", [SHORT, LONG]),
        ("whole pages by score / tokens", [SHORT, MIDDLE]),
    ],
)
def test_each_way_takes_the_pages_that_come_first_by_its_order(way: str, kept: list[str]) -> None:
    items = ranked(LONG, MIDDLE, SHORT)
    pages = shown(items)
    budget = tokens(as_json(pages[0])) + tokens(as_json(pages[2])) + 2
    assert [page.user_input for page in WAYS[way](pages, items, budget)] == kept


def test_a_talk_tells_its_summary_once() -> None:
    items = ranked(LONG, MIDDLE)
    fitted = whole_pages(shown(items), items, 1_000, with_summaries=True)
    assert [page.meta_info for page in fitted] == [SUMMARY, ""]
