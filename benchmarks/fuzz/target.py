"""What is fed, and what has to hold of the answer: a target is a strategy and a check."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True)
class Fed:
    """A target that is set up: what it is fed, the check of one case, and how much memory it takes where that is told.

    The check raises whatever is wrong.
    """

    cases: st.SearchStrategy[Any]
    check: Callable[[Any], None]
    resident_bytes: Callable[[], int | None] = lambda: None


Target = Callable[[Path], AbstractContextManager[Fed]]
"""Sets itself up in an empty folder."""
