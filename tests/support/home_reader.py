"""A reader of statements whose readings can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from memoryos.models import Fact, Statements

if TYPE_CHECKING:
    from memoryos.models import Page, Vector


class HomeReader:
    """Takes "home: Bern" for a page that tells the fact "I live in Bern", and every other page for one without any."""

    def read(self, pages: Sequence[Page], most: int) -> tuple[Statements, int]:
        homes = [(at, page.user_input[6:]) for at, page in enumerate(pages) if page.user_input.startswith("home: ")]
        return Statements(tuple(home_fact(at, home) for at, home in homes)), len(pages)

    def described(self, facts: Sequence[Fact], pages: Sequence[Page]) -> tuple[Fact, ...]:
        return tuple(facts)

    def meanings(self, texts: Sequence[str]) -> list[Vector | None]:
        return [None] * len(texts)


def home_fact(page: int, home: str) -> Fact:
    """The fact that somebody lives there."""
    return Fact("user", f"I live in {home}.", (page,), slot="home", value=home.lower(), subject="user")
