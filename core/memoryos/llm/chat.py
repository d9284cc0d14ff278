"""What a chat is to the model behind it: messages in, a reply or a refusal out, whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from memoryos.errors import ModelUnavailableError


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote; `cut` where it ran out of tokens. Counts are None where nobody gives them."""

    text: str
    cut: bool
    prompt_tokens: int | None
    completion_tokens: int | None


class Refusal(Exception):
    """A request was refused, perhaps for its dialect; `said` is only matched against and never shown.

    `status` is that of HTTP, for a program 400. The error's text names the refusal, `outage` is what it means where
    every request is refused.
    """

    def __init__(self, status: int, said: str, outage: ModelUnavailableError, *, told: str = "") -> None:
        super().__init__(told or f"HTTP {status}")
        self.status = status
        self.said = said
        self.outage = outage


class Chat(Protocol):
    """Answers messages; safe to use from several threads."""

    def complete(
        self, messages: list[dict[str, str]], parameters: Mapping[str, object], *, somebody_waits: bool
    ) -> Reply:
        """The model's reply. Raises `ModelUnavailableError`, `ModelReplyError` and `Refusal`."""

    def close(self) -> None:
        """Let go of everything; a request under way raises `ModelUnavailableError`."""
