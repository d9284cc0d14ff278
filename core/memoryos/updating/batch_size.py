"""Asking an analyst whose model may give nothing usable: less at a time, and at last without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from memoryos.errors import ModelLengthError, ModelReplyError

if TYPE_CHECKING:
    from memoryos.analyst.base import Analyst
    from memoryos.storage.plans import Claim
    from memoryos.storage.ports import Store

T = TypeVar("T")

WHOLE_BATCH_TRIES: Final = 3
"""A whole batch is read so often before it is halved. A part of it gets one try (which has a repair of its own), and so
does a batch whose repair fails for the same reason, for a model that is asked the same says the same: one that fails on
one page, or on all, is then done with it in a few calls, and the other pages go on."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What an analyst made of pages; `parked` names the error for which it was not the model."""

    result: T
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class BatchReader:
    """The analyst, and the one that reads a single page which the first cannot; the store keeps what was learned."""

    store: Store
    analyst: Analyst
    fallback: Analyst | None

    def read(self, claim: Claim, pages: Sequence[object], most: int, ask: Callable[[Analyst], T]) -> Reading[T]:
        """What `ask` gets from the analyst for `pages`, or for a single page from the fallback.

        Raises what the analyst raises. A `ModelReplyError` makes the next batch smaller once it was the last try, a
        success makes it one page larger up to `most`; any other error is an outage and says nothing about the pages.
        """
        try:
            result = ask(self.analyst)
        except ModelReplyError as error:
            if self.fallback is None or not self._is_last_try(claim, error) or len(pages) > 1:
                self._ask_for_less(claim, len(pages), error)
                raise
            self.store.limit_batch(claim, content_failures=0, batch=1)
            return Reading(ask(self.fallback), parked=type(error).__name__)
        if claim.batch is not None or claim.content_failures:
            grown = None if claim.batch is None or claim.batch + 1 >= most else claim.batch + 1
            self.store.limit_batch(claim, content_failures=0, batch=grown)
        return Reading(result)

    def _ask_for_less(self, claim: Claim, pages: int, error: ModelReplyError) -> None:
        if self._is_last_try(claim, error):
            self.store.limit_batch(claim, content_failures=0, batch=max(1, pages // 2))
        else:
            self.store.limit_batch(claim, content_failures=claim.content_failures + 1, batch=claim.batch)

    @staticmethod
    def _is_last_try(claim: Claim, error: ModelReplyError) -> bool:
        hopeless = isinstance(error, ModelLengthError) or _is_repeated(error)
        tries = WHOLE_BATCH_TRIES if claim.batch is None and not hopeless else 1
        return claim.content_failures + 1 >= tries


def _is_repeated(error: ModelReplyError) -> bool:
    """Whether the model was told what was wrong with its reply, and then gave one that is wrong in the same way."""
    return isinstance(error.__cause__, ModelReplyError) and str(error.__cause__) == str(error)
