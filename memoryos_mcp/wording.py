"""What a command and a tool say in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryos import Forgotten


def counted(count: int, what: str) -> str:
    """`1 page`, `1,234 pages`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def gone(forgotten: Forgotten) -> str:
    """What was forgotten, and what comes of it."""
    derived = f"{counted(forgotten.facts, 'fact')} and {counted(forgotten.traits, 'trait')}"
    said = f"Forgot {counted(forgotten.pages, 'exchange')}, and {derived} that stood on what was said there."
    if not forgotten.regrouped:
        return said
    return f"{said} {counted(forgotten.regrouped, 'other exchange')} of the same topics will be grouped anew."
