"""What an embedder is to the rest of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

MAX_WINDOWS = 16
"""A text is embedded in at most this many windows; what lies behind them is found by words only."""


class Embedder(Protocol):
    """Turns texts into vectors of unit length; safe to call from several threads.

    Every method may raise `EmbeddingError`, and those that embed `EmbeddingRefusalError` where it is the texts' fault.

    A refusal may teach it: where the model reads less than was thought, `windows` cuts finer from then on. So whoever
    is refused asks for the windows again: other ones are worth another try, the same ones are refused for good.
    """

    @property
    def id(self) -> str:
        """Names model and preparation; vectors of different ids are never compared."""

    @property
    def dim(self) -> int:
        """The length of each vector."""

    def windows(self, text: str) -> tuple[str, ...]:
        """The text in pieces the model reads whole, at most `MAX_WINDOWS`; a short text is its one window.

        The same text gets the same pieces, except after an `EmbeddingRefusalError`: then it may get smaller ones.
        """

    def embed(self, texts: Sequence[str]) -> Matrix:
        """float32[len(texts), dim], rows of unit length; a text beyond the model's window is cut."""

    def embed_query(self, text: str) -> Vector:
        """float32[dim] of unit length, with the instruction the model wants before a query."""

    def known_share(self, text: str) -> float:
        """The share 0-1 of the text's tokens that are in the model's vocabulary: how far its vector can be trusted."""
