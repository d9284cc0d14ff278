"""What ranking knows of every page, in memory: a cache of the store, brought up to date from the log of changes."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from memoryos.retrieval.filtering import Seen, micros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Filter
    from memoryos.storage.index_rows import OutlineColumns
    from memoryos.storage.ports import SearchStore, WordStore

_CHUNK_PAGES: Final = 5_000
_ROOM: Final = 2
"""A full column gets room for so many times its length. What is never written to takes no memory, and what is there is
copied twice at most, whether it comes page by page or by the million."""

_ANEW: Final = 1_000
"""More pages that changed or went are not looked up one by one: all are read anew."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Pages as ranking sees them, a row each, talk by talk, and within one in order of arrival.

    `seqs`, `talks`, `places` (how many pages of its talk are before it), `talk_pages` (the length of the talk), `ages`
    (how many pages of the memory came after it), `happened_at` (microseconds since 1970 UTC), `lengths` (in words)
    int64[n]. Their stems stand one after another: `stems` uint32[m], `counts` uint16[m], those of row i up to
    `ends[i]`, int64[n].
    """

    seqs: NDArray[np.int64]
    talks: NDArray[np.int64]
    places: NDArray[np.int64]
    talk_pages: NDArray[np.int64]
    ages: NDArray[np.int64]
    happened_at: NDArray[np.int64]
    lengths: NDArray[np.int64]
    stems: NDArray[np.uint32]
    counts: NDArray[np.uint16]
    ends: NDArray[np.int64]

    def having(self, stem: int) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """The rows that hold a stem, and how often each does."""
        hits = np.flatnonzero(self.stems == stem)  # once a page at most
        return np.searchsorted(self.ends, hits, side="right"), self.counts[hits]


class PageIndex:
    """The outlines of all pages of a memory, about 350 bytes a page; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards all below
        self._version = 0
        self._forget()

    def _forget(self) -> None:
        self._seqs = _Column(np.int64)
        self._talks = _Column(np.int64)
        self._projects = _Column(np.int64)  # by number
        self._numbers: dict[str | None, int] = {None: 0}
        # The rows by talk and arrival, and where each row stands among them; None where talks follow each other.
        self._by_talk: NDArray[np.int64] | None = None
        self._place: NDArray[np.int64] | None = None
        self._happened_at = _Column(np.int64)
        self._lengths = _Column(np.int64)
        self._starts = _Column(np.int64)  # where the stems of each page begin
        self._sizes = _Column(np.int64)  # and how many they are
        self._of_pages = (
            self._seqs,
            self._talks,
            self._projects,
            self._happened_at,
            self._lengths,
            self._starts,
            self._sizes,
        )
        self._stems = _Column(np.uint32)
        self._counts = _Column(np.uint16)

    def __len__(self) -> int:
        """The number of pages, as of the last refresh."""
        with self._lock:
            return len(self._seqs.values)

    @property
    def held_bytes(self) -> int:
        """How much of this process's memory the outlines take about now; it waits for no refresh."""
        return sum(column.values.nbytes for column in (*self._of_pages, self._stems, self._counts))

    @property
    def newest(self) -> int:
        """The seq of the page that came last, as of the last refresh; 0 without pages."""
        with self._lock:
            return self._newest()

    def refresh(self, store: WordStore) -> None:
        """Apply what any process committed since the last refresh; cheap when nothing was."""
        with self._lock:
            if self._version and store.version("page") <= self._version:
                return
            with store.snapshot():
                changes = store.changes("page", self._version)
                changed = [seq for seq in changes.upserts if seq <= self._newest()]
                if changes.complete or not self._follow(store, changed, changes.deletes):
                    self._forget()
                while len((columns := store.outlines_after(self._newest(), _CHUNK_PAGES)).seqs):
                    self._add(columns)
                self._sort()
            self._version = changes.version

    def _follow(self, store: WordStore, changed: Sequence[int], gone: Sequence[int]) -> bool:
        """Do for known pages that changed or went what was done in the store; whether that is less than to start anew.

        Where their stems were, nothing is.
        """
        rows = self._rows(changed)
        is_mostly_left = len(self._stems.values) > _ROOM * self._sizes.values.sum()
        if len(rows) < len(changed) or len(changed) + len(gone) > _ANEW or is_mostly_left:
            return False
        for row in self._rows([*changed, *gone]).tolist():
            start = self._starts.values[row]
            self._stems.values[start : start + self._sizes.values[row]] = 0
        for row, seq in zip(rows.tolist(), changed, strict=True):
            columns = store.outlines_after(seq - 1, 1)
            if columns.seqs.tolist() != [seq]:
                return False
            self._add(columns)
            for column in self._of_pages:
                column.move_last_to(row)
        if gone:
            kept = ~np.isin(self._seqs.values, gone)
            for column in self._of_pages:
                column.keep(kept)
        return True

    def _newest(self) -> int:
        seqs = self._seqs.values
        return int(seqs[-1]) if len(seqs) else 0

    def _add(self, columns: OutlineColumns) -> None:
        ends = np.cumsum(columns.sizes)
        words = np.concatenate([[0], np.cumsum(columns.counts, dtype=np.int64)])
        self._starts.extend(len(self._stems.values) + ends - columns.sizes)
        self._sizes.extend(columns.sizes)
        self._lengths.extend(words[ends] - words[ends - columns.sizes])
        self._seqs.extend(columns.seqs)
        self._talks.extend(columns.talks)
        for name in dict.fromkeys(columns.projects):
            self._numbers.setdefault(name, len(self._numbers))
        numbers = map(self._numbers.__getitem__, columns.projects)
        self._projects.extend(np.fromiter(numbers, dtype=np.int64, count=len(columns.projects)))
        self._happened_at.extend(columns.happened_at)
        self._stems.extend(columns.stems)
        self._counts.extend(columns.counts)

    def _sort(self) -> None:
        """Note the order by talk, where talks of several projects ran at a time."""
        talks = self._talks.values
        if (talks[1:] >= talks[:-1]).all():
            self._by_talk = self._place = None
            return
        self._by_talk = np.argsort(talks, kind="stable")
        self._place = np.empty_like(self._by_talk)
        self._place[self._by_talk] = np.arange(len(talks))

    def seen(self, store: SearchStore, wanted: Filter) -> Seen | None:
        """The pages that a filter lets be seen, as of the last refresh; None where it is all of them."""
        having = set(store.pages_with_meta_data(wanted.meta_data)) if wanted.meta_data else None
        with self._lock:
            seqs, times = self._seqs.values, self._happened_at.values
            mask = np.ones(len(seqs), dtype=bool)
            if not wanted.scope.every:
                projects = self._projects.values
                mask = (projects == 0) | (projects == self._numbers.get(wanted.scope.project, 0))
            if wanted.after is not None:
                mask &= times >= micros(wanted.after)
            if wanted.before is not None:
                mask &= times <= micros(wanted.before)
            if having is not None:
                mask &= np.isin(seqs, [*having])
            if mask.all():
                return None
            rows = np.flatnonzero(mask)
            names = [*self._numbers]
            of = frozenset(names[number] for number in np.unique(self._projects.values[rows]))
            return Seen(store, self, seqs[rows], times[rows], len(seqs), of)

    def of(
        self, seqs: Collection[int], around: Collection[int] = (), reach: int = 1, *, seen: Seen | None = None
    ) -> Outlines:
        """The outlines of pages, and of those up to `reach` pages before and after each of `around` in its talk.

        Unknown seqs are left out, and so are pages that are not `seen`.
        """
        with self._lock:
            talks = self._talks_in_order()
            centres = self._places(around)[:, np.newaxis]
            near = (centres + np.arange(-reach, reach + 1)).clip(0, max(0, len(talks) - 1))
            wanted = np.zeros(len(talks), dtype=bool)  # sorts them and leaves each once, cheaper than `np.unique`
            wanted[near[talks[near] == talks[centres]]] = True
            wanted[self._places(seqs)] = True
            places = np.flatnonzero(wanted)
            if seen is not None:
                places = places[seen.of(self._seqs.values[self._rows_at(places)])]
            return self._at(places, seen)

    def _talks_in_order(self) -> NDArray[np.int64]:
        talks = self._talks.values
        return talks if self._by_talk is None else talks[self._by_talk]

    def _places(self, seqs: Collection[int]) -> NDArray[np.int64]:
        """Where pages stand in the order by talk."""
        rows = self._rows(seqs)
        return rows if self._place is None else self._place[rows]

    def _rows_at(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        return places if self._by_talk is None else self._by_talk[places]

    def _rows(self, seqs: Collection[int]) -> NDArray[np.int64]:
        known = self._seqs.values
        wanted = np.fromiter(seqs, dtype=np.int64, count=len(seqs))
        rows = known.searchsorted(wanted)
        inside = rows < len(known)
        rows, wanted = rows[inside], wanted[inside]
        return np.asarray(rows[known[rows] == wanted], dtype=np.int64)

    def _at(self, at: NDArray[np.int64], seen: Seen | None) -> Outlines:
        rows = self._rows_at(at)
        all_talks, sizes = self._talks_in_order(), self._sizes.values[rows]
        talks = all_talks[at]
        # One talk is a range of places.
        first = all_talks.searchsorted(talks)
        ends = sizes.cumsum()
        offsets = np.arange(sizes.sum()) + np.repeat(self._starts.values[rows] - ends + sizes, sizes)
        return Outlines(
            seqs=self._seqs.values[rows],
            talks=talks,
            places=at - first,
            talk_pages=all_talks.searchsorted(talks, side="right") - first,
            ages=len(all_talks) - 1 - rows if seen is None else seen.ages(self._seqs.values[rows]),
            happened_at=self._happened_at.values[rows],
            lengths=self._lengths.values[rows],
            stems=self._stems.values[offsets],
            counts=self._counts.values[offsets],
            ends=ends,
        )


class _Column:
    """A growing array."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._room = np.empty(0, dtype=dtype)
        self._length = 0

    @property
    def values(self) -> NDArray[Any]:
        """A view of what was added so far."""
        return self._room[: self._length]

    def extend(self, values: NDArray[Any]) -> None:
        """Add values at the end."""
        length = self._length + len(values)
        if length > len(self._room):
            room = np.empty(_ROOM * length, dtype=self._room.dtype)
            room[: self._length] = self.values
            self._room = room
        self._room[self._length : length] = values
        self._length = length

    def move_last_to(self, row: int) -> None:
        """Let the last value take the place of another one."""
        self._length -= 1
        self._room[row] = self._room[self._length]

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop the other values."""
        values = self.values[kept]
        self._length = len(values)
        self._room[: self._length] = values
