"""How much of the gold evidence the head of a ranked list holds: pure arithmetic on lists of pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RANKS = (5, 10)
TOKEN_BUDGETS = (500, 1_500, 3_000)
CUTS = (*(f"@{rank}" for rank in RANKS), *(f"{budget}t" for budget in TOKEN_BUDGETS))
"""Where a list is cut, in the order of every row of shares here."""

PAGE_OVERHEAD_TOKENS = 12
"""The tokens a page costs beside its text: its date and the marks around it."""

Shares = tuple[float, ...]
"""For each of `CUTS` the share of the gold pages before it, 0-1."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a ranked list: its id in the data, and the tokens it costs a reader."""

    page: str
    tokens: float


@dataclass(frozen=True, slots=True)
class Found:
    """Where a gold page stands in a list: its position from 0, and the tokens of the list down to and including it."""

    position: int
    tokens: float


def page_tokens(user_input: str, agent_response: str) -> float:
    """What a page costs, from the text that was returned: UTF-8 bytes / 4, and the overhead."""
    return len((user_input + agent_response).encode()) / 4 + PAGE_OVERHEAD_TOKENS


def find(gold: Sequence[str], listed: Sequence[Listed], twins: Mapping[str, str]) -> tuple[Found | None, ...]:
    """For each gold page the first place where it, or a twin of it, stands; None where there is none.

    `twins` maps every page to the one that stands for all pages of the same two texts.
    """
    first: dict[str, Found] = {}
    spent = 0.0
    for position, page in enumerate(listed):
        spent += page.tokens
        first.setdefault(twins[page.page], Found(position, spent))
    return tuple(first.get(twins[page]) for page in gold)


def shares(found: Sequence[Found | None]) -> Shares:
    """The share of the gold pages before each cut."""
    among = (sum(page is not None and page.position < rank for page in found) / len(found) for rank in RANKS)
    return (*among, *(share_within(found, budget) for budget in TOKEN_BUDGETS))


def share_within(found: Sequence[Found | None], budget: float) -> float:
    """The share of the gold pages inside the first `budget` tokens of the list; a page that is cut is not inside."""
    return sum(page is not None and page.tokens <= budget for page in found) / len(found)


def average(rows: Iterable[Shares]) -> Shares:
    """The mean of each column; raises `ValueError` for no rows."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        raise ValueError("no questions to average over")
    return tuple(sum(column) / len(column) for column in columns)
