"""What an analyst is to the updater: it reads pages and derives structure, and stores nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from memoryos.models import (
        Analysis,
        AnalysisKind,
        Consolidation,
        Fact,
        Knowledge,
        Page,
        Profile,
        Statements,
        Vector,
    )


@dataclass(frozen=True, slots=True)
class EmbeddedPage:
    """A page and the embedding of its text (float32[dim], unit length)."""

    page: Page
    vector: Vector


class StatementReader(Protocol):
    """Reads every page soon after it arrives, without a model. May raise `EmbeddingError`."""

    def read(self, pages: Sequence[Page], most: int) -> tuple[Statements, int]:
        """The statements of the first pages, and how many pages these are: about `most` sentences, a page at least."""

    def described(self, facts: Sequence[Fact], pages: Sequence[Page]) -> tuple[Fact, ...]:
        """Facts that somebody else put into words, with what they are about where that can be told."""

    def meanings(self, texts: Sequence[str]) -> Sequence[Vector | None]:
        """The vectors of sentences, by which statements are compared; None for one without."""


class Analyst(Protocol):
    """Reads pages. With a model both calls may take minutes and may raise `ModelError`."""

    @property
    def kind(self) -> AnalysisKind:
        """Whether a language model writes the results, or ("extractive") they are sentences of the pages."""

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        """Chains and topics of a batch of consecutive pages, oldest first.

        `previous` is the page before the batch, with its chain's running summary in `meta_info`.
        Every position of `pages` stands in exactly one chain part and exactly one topic.
        """

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        """Changed traits and new facts in the pages of one segment, oldest first.

        `known` are current facts close to these pages, so that a fact can say which one it replaces.
        """
