"""The stage between ranking and the cut: a reranker reads the query beside each of the best pages and orders them anew.

None comes with this package: the weights of a cross-encoder have to be downloaded, which happens to nobody unasked. A
reranker is a file, a function that opens it, and a line in `RERANKERS`; or, in another package, such a function as an
entry point `memoryos.rerankers`. The setting `reranker` names it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from memoryos import retry
from memoryos.config.registry import Registry
from memoryos.errors import MemoryOSError

if TYPE_CHECKING:
    from memoryos.config.settings import Config
    from memoryos.models import RankedPage

_log = logging.getLogger(__name__)

RERANKED_PAGES: Final = 60
"""The best pages of the ranking that a reranker sees, however few are asked for. Orders without a model's weights were
tried over as many and gained nothing; for a model's the number is not tuned."""

SECONDS: Final = 1.0
"""What a query waits for a reranker at most, if that keeps to its deadline."""


class Reranker(Protocol):
    """Orders pages by how well they answer a query; safe to call from several threads."""

    def order(self, query: str, pages: Sequence[RankedPage], deadline: float) -> Sequence[int]:
        """The positions of pages in `pages`, best first; those it leaves out follow in the order they came in.

        `pages` come best first. `deadline` is a time of `time.monotonic()`: what is not looked at by then is left out.
        Raises `MemoryOSError` where it cannot order at all, as while its model is loaded or out of order; the ranking
        then stands, and queries do without it for a while (`retry.QUERY`).
        """


OpenReranker = Callable[["Config"], Reranker]
"""Opens a reranker; loading is left to its first call, or a thread of its own. Raises `ConfigError`."""

RERANKERS: Final[Registry[OpenReranker]] = Registry("reranker", "memoryos.rerankers")


def open_reranking(config: Config) -> Reranking | None:
    """With the configured reranker, None where none is named; raises `ConfigError` with the known names for an unknown
    one."""
    return Reranking(RERANKERS.named(config.reranker)(config)) if config.reranker else None


@dataclass(frozen=True, slots=True)
class Reranking:
    """What a reranker makes of a ranking: its order, where it gives one; scores and signals stay those of the ranking.

    It may be a model, so no transaction is held meanwhile.
    """

    reranker: Reranker
    monotonic: Callable[[], float] = time.monotonic
    rest: retry.Rest = field(default_factory=lambda: retry.Rest(retry.QUERY))

    def pool(self, limit: int) -> int:
        """Of how many pages it is to choose so many: no more of them while it rests."""
        return max(limit, RERANKED_PAGES) if self.rest.is_over else limit

    def ordered(self, query: str, ranked: Sequence[RankedPage]) -> tuple[RankedPage, ...]:
        """Pages, which come best first, in their final order."""
        if not self.rest.is_over:
            return tuple(ranked)
        return tuple(ranked[position] for position in self._order(query, ranked))

    def _order(self, query: str, ranked: Sequence[RankedPage]) -> Sequence[int]:
        as_they_came = range(len(ranked))
        if len(ranked) < 2:
            return as_they_came
        try:
            order = list(self.reranker.order(query, ranked, self.monotonic() + SECONDS))
            if len({*order}) < len(order) or not {*order} <= {*as_they_came}:
                raise MemoryOSError(f"a reranker gave positions twice or that are not there, of {len(ranked)} pages")
        except MemoryOSError as error:
            _log.warning("queries are answered without the reranker for %d s: %s", self.rest.failed(), error)
            return as_they_came
        self.rest.succeeded()
        left_out = {*as_they_came}.difference(order)
        return [*order, *sorted(left_out)]
