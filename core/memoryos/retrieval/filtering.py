"""A memory as a filter lets it be seen: what is outside of it is looked for by no search, and counts for nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.language.stems import Word
from memoryos.retrieval.scoring import match_words
from memoryos.storage.index_rows import stem_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Page
    from memoryos.retrieval.page_index import Outlines, PageIndex
    from memoryos.storage.ports import SearchStore

_FEW_PAGES: Final = 5_000
"""So many pages are matched one by one, in some milliseconds, which the index of words takes for each frequent word."""

_COUNTED_PAGES: Final = 2_000
"""A word in at most so many pages of the whole memory is counted in the seen ones; of a more frequent one these have
their share."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND: Final = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, as outlines have them."""
    return (moment - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Seen:
    """The pages that a filter lets be seen, `seqs` int64[n] ascending, and when they happened, `happened_at` int64[n].

    They are of `projects`, None standing for personal pages. It answers what a search asks of a store, for these pages
    alone.
    """

    store: SearchStore
    index: PageIndex
    seqs: NDArray[np.int64]
    happened_at: NDArray[np.int64]
    pages_in_all: int
    projects: frozenset[str | None]
    _outlines: list[Outlines] = field(default_factory=list)  # of few pages, once they were read

    def __len__(self) -> int:
        return len(self.seqs)

    def of(self, seqs: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool[len(seqs)]: which pages are seen."""
        wanted = np.asarray(seqs, dtype=np.int64)
        if not len(self.seqs):
            return np.zeros(len(wanted), dtype=bool)
        rows = self.seqs.searchsorted(wanted).clip(0, len(self.seqs) - 1)
        return np.asarray(self.seqs[rows] == wanted, dtype=bool)

    def ages(self, seqs: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[len(seqs)]: how many of the seen pages came after each."""
        return np.asarray(len(self.seqs) - self.seqs.searchsorted(seqs, side="right"), dtype=np.int64)

    def pages(self, seqs: Collection[int]) -> dict[int, Page]:
        """Pages by seq; those that are not seen are left out."""
        wanted = [*seqs]
        return self.store.pages([seq for seq, is_seen in zip(wanted, self.of(wanted), strict=True) if is_seen])

    def newest(self, count: int) -> list[int]:
        """The last pages."""
        newest: list[int] = self.seqs[-count:].tolist()
        return newest

    def pages_with(self, stems: Collection[str]) -> Mapping[str, int]:
        """In how many pages each of these stems stands; those in none are left out."""
        if len(self) <= _FEW_PAGES:
            outlines = self._few()
            counts = {stem: len(outlines.having(stem_id(stem))[0]) for stem in stems}
        else:
            known = self.store.pages_with(stems)
            counts = {stem: self._counted(stem, pages) for stem, pages in known.items()}
        return {stem: pages for stem, pages in counts.items() if pages}

    def _counted(self, stem: str, pages: int) -> int:
        if pages > _COUNTED_PAGES:
            return max(1, round(pages * len(self) / max(1, self.pages_in_all)))
        found = self.store.match_words([Word(stem, stem)], pages)
        if not found:  # the index stems words itself, and a stem that is stemmed again may be another one
            return max(1, round(pages * len(self) / max(1, self.pages_in_all)))
        return int(self.of(found).sum())

    def match_words(self, words: Sequence[Word], limit: int, *, together: bool = False) -> list[int]:
        """The best pages by BM25 over any of the words, or (`together`) with all of them, best first."""
        if not words or not len(self):
            return []
        if len(self) <= _FEW_PAGES:
            return self._matched_one_by_one(words, limit, together=together)
        wanted = math.ceil(2 * limit * self.pages_in_all / len(self))
        while True:
            found = self.store.match_words(words, wanted, together=together)
            matched = [seq for seq, is_seen in zip(found, self.of(found), strict=True) if is_seen]
            if len(matched) >= limit or len(found) < wanted:
                return matched[:limit]
            wanted *= 4

    def _matched_one_by_one(self, words: Sequence[Word], limit: int, *, together: bool) -> list[int]:
        outlines = self._few()
        count = len(outlines.seqs)
        stems = [*dict.fromkeys(word.stem for word in words)]
        rarity = [math.log(1 + count / max(1, len(outlines.having(stem_id(stem))[0]))) for stem in stems]
        matched = match_words(
            outlines,
            stems=np.array([stem_id(stem) for stem in stems], dtype=np.uint32),
            weights=np.array(rarity, dtype=np.float32),
            is_name=np.zeros(len(stems), dtype=bool),
        )
        enough = matched.hits.all(axis=0) if together else matched.hits.any(axis=0)
        rows = np.flatnonzero(enough)
        best = rows[np.argsort(-matched.bm25[rows], kind="stable")][:limit]
        seqs: list[int] = outlines.seqs[best].tolist()
        return seqs

    def _few(self) -> Outlines:
        if not self._outlines:
            self._outlines.append(self.index.of(self.seqs.tolist()))
        return self._outlines[0]

    def pages_between(self, start: datetime, end: datetime, limit: int) -> tuple[int, list[int]]:
        """How many pages happened within a time, and the first `limit` of them."""
        within = np.flatnonzero((self.happened_at >= micros(start)) & (self.happened_at <= micros(end)))
        first = within[np.argsort(self.happened_at[within], kind="stable")][:limit]
        seqs: list[int] = self.seqs[first].tolist()
        return len(within), seqs

    def span_of_time(self) -> tuple[datetime, datetime] | None:
        """When the earliest and the latest page happened; None without pages."""
        if not len(self):
            return None
        first, last = int(self.happened_at.min()), int(self.happened_at.max())
        return _EPOCH + first * _MICROSECOND, _EPOCH + last * _MICROSECOND
