"""Ways to rank pages for a question: what the benchmark compares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.common.conversations import Exchange
from benchmarks.recall.evidence import Listed, page_tokens
from benchmarks.recall.memories import Reply, Shown

MAX_RESULTS = 100
"""Pages of a list before the newest ones; what the memory is asked for."""

NEWEST = 10
"""Every list ends with the 10 newest pages, as many as short-term memory holds, so that all lists are equally long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A ranked list for one question, what it took, and the tokens of the whole reply; `bears` as in `Reply`."""

    listed: tuple[Listed, ...]
    seconds: float
    reply_tokens: float
    bears: bool | None = None


class Method(Protocol):
    """Ranks pages for a question."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def ask(self, question: str, now: str | None = None) -> Answer:
        """The pages that bear on a question asked `now` (None: at this moment), best first."""


@dataclass(frozen=True, slots=True)
class ThroughMemory:
    """MemoryOS itself, through a memory's way to retrieve so many pages, the `places`.

    `page_of` is the data's page for each id in a reply.
    """

    name: str
    retrieve: Callable[[str, int, str | None], Reply]
    page_of: Mapping[str, str]
    places: int = MAX_RESULTS

    def ask(self, question: str, now: str | None = None) -> Answer:
        started = time.perf_counter()
        reply = self.retrieve(question, self.places, now)
        seconds = time.perf_counter() - started
        return Answer(tuple(self._listed(reply.pages)), seconds, reply.tokens, reply.bears)

    def _listed(self, pages: Sequence[Shown]) -> Iterator[Listed]:
        for page in pages:
            yield Listed(self.page_of[page.id], page_tokens(page.user_input, page.agent_response))


class Ranker(Protocol):
    """Ranks numbered pages for a question, the heart of a baseline."""

    def add(self, page: Exchange) -> None:
        """Take in the next page; pages are numbered from 0."""

    def settle(self) -> None:
        """Return once everything taken in is found."""

    def rank(self, question: str, limit: int) -> list[int]:
        """The numbers of the best pages, best first."""


@dataclass(slots=True)
class Baseline:
    """A list made by one signal alone, in the same form as the memory's."""

    name: str
    ranker: Ranker
    _pages: list[Listed] = field(default_factory=list)

    def add(self, pages: Iterable[Exchange]) -> None:
        """Take in the next pages; returns once they are found."""
        for page in pages:
            self._pages.append(Listed(page.id, page_tokens(page.user_input, page.agent_response)))
            self.ranker.add(page)
        self.ranker.settle()

    def ask(self, question: str, now: str | None = None) -> Answer:
        started = time.perf_counter()
        ranked = self.ranker.rank(question, MAX_RESULTS)
        seconds = time.perf_counter() - started
        newest = range(len(self._pages) - 1, max(-1, len(self._pages) - 1 - NEWEST), -1)
        listed = tuple(self._pages[number] for number in dict.fromkeys((*ranked, *newest)))
        return Answer(listed, seconds, sum(page.tokens for page in listed))
