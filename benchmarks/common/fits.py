"""Ways to fit ranked pages into a budget of tokens: what `benchmarks/trimming.py` compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from memoryos.language.sizes import tokens
from memoryos_mcp.tools.fitting import as_json, pages_within

if TYPE_CHECKING:
    from memoryos import RankedPage
    from memoryos_mcp.tools.schemas import RetrievedPage

Fit = Callable[["Sequence[RetrievedPage]", "Sequence[RankedPage]", int], "Sequence[RetrievedPage]"]
"""Takes ranked pages without summaries and a budget of tokens; gives the pages that fit."""

_MODEST_POWER: Final = 0.25


def whole_pages(
    pages: Sequence[RetrievedPage],
    ranked: Sequence[RankedPage],
    budget: int,
    *,
    power: float = 0.0,
    with_summaries: bool = False,
) -> list[RetrievedPage]:
    """The pages that fit whole, by score per token to the `power`, each talk's summary with the first of its pages."""
    costs = [tokens(as_json(page)) + 1 for page in pages]
    chosen: list[RetrievedPage] = []
    told: set[int | None] = set()
    left = budget
    for at in sorted(range(len(pages)), key=lambda at: -ranked[at].score / costs[at] ** power):
        stored = ranked[at].page
        summary = stored.meta_info if with_summaries and stored.chain not in told else ""
        page = pages[at].model_copy(update={"meta_info": summary})
        cost = tokens(as_json(page)) + 1
        if cost <= left:
            chosen.append(page)
            told.add(stored.chain)
            left -= cost
    return chosen


def _beginnings(pages: Sequence[RetrievedPage], ranked: Sequence[RankedPage], budget: int) -> list[RetrievedPage]:
    return pages_within(pages, [replace(item, words=()) for item in ranked], budget)[0]


def _sentences(pages: Sequence[RetrievedPage], ranked: Sequence[RankedPage], budget: int) -> list[RetrievedPage]:
    return pages_within(pages, ranked, budget)[0]


WAYS: Final[Mapping[str, Fit]] = {
    "whole pages, summaries with them": partial(whole_pages, with_summaries=True),
    "whole pages": whole_pages,
    f"whole pages by score / tokens^{_MODEST_POWER:g}": partial(whole_pages, power=_MODEST_POWER),
    "whole pages by score / tokens": partial(whole_pages, power=1.0),
    "shortened to beginnings": _beginnings,
    "shortened to sentences (MemoryOS)": _sentences,
}
