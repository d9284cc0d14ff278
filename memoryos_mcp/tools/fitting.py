"""What fits into a budget of tokens: items, lines, and pages with their sentences and summaries."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from memoryos.language.sizes import BYTES_PER_TOKEN, tokens
from memoryos.models import Page, RankedPage
from memoryos_mcp.tools.schemas import RetrievedPage
from memoryos_mcp.tools.trimming import ELLIPSIS, beginning, json_bytes, trimmed

_LEAST_BYTES = 40
"""Of a shortened page's text; with less it says nothing."""

_LARGEST_PART, _UNDIVIDED_TOKENS = 4, 350
"""A page of more tokens than that gets a quarter of the room at most, and more only where others leave it: on pages as
long as RealMem's one to four in a hundred more of an answer's words are left (`benchmarks/trimming.py`)."""

Item = TypeVar("Item", bound=BaseModel)


def as_json(reply: BaseModel) -> str:
    """The reply as it goes over the wire: compact, without absent fields."""
    return reply.model_dump_json(exclude_none=True)


def items_within(items: Sequence[Item], budget: int) -> tuple[list[Item], int]:
    """The items that fit, in order, one too large for what is left passed over; and what they cost."""
    chosen: list[Item] = []
    spent = 0
    for item in items:
        cost = _cost(item)
        if spent + cost <= budget:
            chosen.append(item)
            spent += cost
    return chosen, spent


def pages_within(
    pages: Sequence[RetrievedPage], ranked: Sequence[RankedPage], budget: int
) -> tuple[list[RetrievedPage], int]:
    """The pages that fit, in order, the summaries of their talks as far as these leave room; and what they cost.

    `pages` are those of `ranked` without summaries. One that is too large for its room is shortened to it, or passed
    over for the next that fits whole.
    """
    candidates = [_Candidate(item, page, _cost(page)) for item, page in zip(ranked, pages, strict=True)]
    most = max(_UNDIVIDED_TOKENS, budget // _LARGEST_PART)
    chosen: list[tuple[_Candidate, RetrievedPage]] = []
    left = budget
    for at, candidate in enumerate(candidates):
        others = (other.ranked.score for other in candidates[at:] if other.cost <= left)
        page = candidate.within(min(left, most), rival=next(others, 0.0) if left <= most else 0.0)
        if page is not None:
            chosen.append((candidate, page))
            left -= _cost(page)
    grown: list[tuple[RetrievedPage, Page]] = []
    for candidate, page in chosen:
        larger = candidate.within(_cost(page) + left) or page if page.shortened else page
        left -= _cost(larger) - _cost(page)
        grown.append((larger, candidate.ranked.page))
    summed, spent = _with_summaries(grown, left)
    return summed, budget - left + spent


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A ranked page as it is shown whole, and what it costs so."""

    ranked: RankedPage
    page: RetrievedPage
    cost: int

    def within(self, budget: int, *, rival: float = 0.0) -> RetrievedPage | None:
        """The page, or what fits of it; None where that is next to nothing, or worth less than the score `rival`.

        A share of a page's text keeps about the square root of that share of the answer (`benchmarks/trimming.py`).
        """
        if self.cost <= budget:
            return self.page
        bare = self.page.model_copy(update={"user_input": "", "agent_response": "", "shortened": True})
        room = (budget - 1) * BYTES_PER_TOKEN - len(as_json(bare).encode())
        if room < _LEAST_BYTES:
            return None
        size = json_bytes(self.page.user_input) + json_bytes(self.page.agent_response)
        if self.ranked.score * math.sqrt(room / size) < rival:
            return None
        user_input, agent_response = trimmed(self.page.user_input, self.page.agent_response, self.ranked.words, room)
        return bare.model_copy(update={"user_input": user_input, "agent_response": agent_response})


def _cost(item: BaseModel) -> int:
    """The tokens of an item with the comma behind it."""
    return tokens(as_json(item)) + 1


def _with_summaries(pages: Sequence[tuple[RetrievedPage, Page]], budget: int) -> tuple[list[RetrievedPage], int]:
    """The pages, the first of each talk with its summary where that fits; and what the summaries cost.

    They come after all pages: a summary is as long as a page or two, and its sentences stand in pages.
    """
    told: set[int | None] = set()
    summed: list[RetrievedPage] = []
    left = budget
    for page, stored in pages:
        full = page.model_copy(update={"meta_info": stored.meta_info or None})
        extra = tokens(as_json(full)) - tokens(as_json(page))
        fits = stored.chain not in told and extra <= left
        summed.append(full if fits else page)
        if fits:
            told.add(stored.chain)
            left -= extra
    return summed, budget - left


def lines_within(text: str, budget: int) -> tuple[str, int]:
    """The first lines that fit as JSON, and what they cost."""
    lines: list[str] = []
    spent = 0
    for line in text.split("\n"):
        cost = tokens(json.dumps(line, ensure_ascii=False))  # its two quotes stand for the escaped line break
        if spent + cost > budget:
            break
        lines.append(line)
        spent += cost
    return "\n".join(lines), spent


def clipped(text: str, budget: int) -> str:
    """The text, or as much of its beginning as fits as JSON with an ellipsis behind it."""
    room = budget * BYTES_PER_TOKEN
    return text if json_bytes(text) <= room else beginning(text, room - len(ELLIPSIS.encode())) + ELLIPSIS
