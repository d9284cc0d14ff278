"""Reading again with a model what was read without one: the estimate, and the work a step at a time.

Giving pages back to the queue is one commit, and all that follows is the ordinary background work, so that a process
killed anywhere leaves a memory that the next one, or a server, completes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from memoryos.errors import ModelBudgetError, ModelError, ModelNotConfiguredError, ModelReplyError
from memoryos.language.sizes import tokens_of_bytes
from memoryos.retry import REANALYSIS
from memoryos.updating.updater import ANALYSE_BATCH

if TYPE_CHECKING:
    from memoryos.storage.plans import ReanalysisState
    from memoryos.updating.updater import Updater

TOKENS_PER_CALL: Final = 1_000
"""What a call takes besides its pages: instructions (350 to 560), the schema, known facts, the frame of the answer."""

TOKENS_PER_ANSWERED_PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to do: pages to read, and about how many calls of the model and tokens that takes."""

    pages: int
    calls: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the pages are grouped again, and how many analysed; `problem` names what the last step failed for."""

    pages: int
    consolidated: int
    analysed: int
    problem: str | None = None


class Reanalysis:
    """The pages of a memory that were read for want of a model, on their way through one.

    `updater` is that of a memory behind which no thread works, `sleep` waits so many seconds. Raises
    `ModelNotConfiguredError` where it thinks without a model.
    """

    def __init__(
        self, updater: Updater, clock: Callable[[], datetime], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        if updater.analyst.kind != "model":
            raise ModelNotConfiguredError(
                "reading again what was read without a language model needs one: set openai_base_url "
                "(and openai_api_key where it wants one) and llm_model, or llm_command, in the configuration"
            )
        # Somebody waits for the end of it: no batch waits to be full.
        self._updater = replace(updater, consolidation_idle_seconds=0.0)
        self._clock = clock
        self._sleep = sleep

    def outlook(self) -> Outlook:
        """What is to do as of now; nothing is changed."""
        state = self._state()
        size = self._updater.store.reanalysis_size(newest=self._updater.short_term.capacity)
        to_consolidate = state.extractive + state.waiting
        calls = math.ceil(to_consolidate / self._updater.consolidation_batch) + math.ceil(
            (state.waiting + sum(size.segments)) / ANALYSE_BATCH
        )
        read = tokens_of_bytes(2 * size.ungrouped + size.grouped)
        answered = (2 * to_consolidate + state.not_analysed) * TOKENS_PER_ANSWERED_PAGE
        return Outlook(state.pages, calls, read + answered + calls * TOKENS_PER_CALL)

    def run(self) -> Iterator[Progress]:
        """Give the pages back and work until a model has read them all; how far it is, after each step.

        Unusable replies are dealt with as always: in the end a page is parked. Raises `ModelUnavailableError` when the
        endpoint failed five times in a row (`retry.REANALYSIS`) or the day's tokens are spent; a later run goes on
        from there.
        """
        self._updater.store.release_for_reanalysis(now=self._clock())
        state = self._state()
        pages, outages = state.waiting + state.not_analysed, 0
        yield _progress(pages, state)
        while state.waiting or state.not_analysed:
            problem = None
            try:
                worked = self._step()
            except ModelBudgetError:
                raise
            except ModelError as error:
                worked, problem = False, type(error).__name__
                outages = 0 if isinstance(error, ModelReplyError) else outages + 1
                if REANALYSIS.gives_up(outages):
                    raise
            if worked:
                outages = 0
            else:
                self._sleep(
                    REANALYSIS.first_seconds
                )  # for the wait after a failure, or for what another process has in hand
            state = self._state()
            yield _progress(pages, state, problem)

    def _step(self) -> bool:
        steps = (self._updater.embed, lambda: self._updater.consolidate(now_due=True), self._updater.analyse)
        return any(step() for step in steps)

    def _state(self) -> ReanalysisState:
        return self._updater.store.reanalysis_state(newest=self._updater.short_term.capacity)


def _progress(pages: int, state: ReanalysisState, problem: str | None = None) -> Progress:
    consolidated = max(0, pages - state.waiting)
    return Progress(pages, consolidated, max(0, consolidated - state.not_analysed), problem)
