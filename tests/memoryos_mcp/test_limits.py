"""How much each user may add, by a clock that stands until it is set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memoryos import Config, MemoryOSError
from memoryos_mcp.limits import Limits


def refusal(limits: Limits, user: str) -> str | None:
    """Why a page is not admitted, None where it is."""
    try:
        limits.admit_page(user)
    except MemoryOSError as error:
        return str(error)
    return None


def test_a_minutes_pages_may_come_at_once_and_then_one_at_a_time(make_config: Callable[..., Config]) -> None:
    now = 1_000.0
    limits = Limits(make_config(max_pages_per_minute=6), lambda: now)
    assert [refusal(limits, "alice") for _ in range(6)] == [None] * 6
    for wait, words in ((0.0, "10 s"), (2.5, "8 s"), (9.9, "1 s")):
        now = 1_000.0 + wait
        assert (refusal(limits, "alice") or "").endswith(f"try again in {words}")
    assert refusal(limits, "bob") is None
    now = 1_010.0
    assert [refusal(limits, "alice") is None for _ in range(2)] == [True, False]
    now = 1_100.0
    assert [refusal(limits, "alice") is None for _ in range(7)] == [True] * 6 + [False]


@pytest.mark.parametrize("settings", [{}, {"max_pages_per_minute": 0, "max_stored_bytes": 0}])
def test_by_default_nothing_is_limited(make_config: Callable[..., Config], settings: dict[str, object]) -> None:
    limits = Limits(make_config(**settings), lambda: 0.0)
    assert [refusal(limits, "alice") for _ in range(1_000)] == [None] * 1_000
