"""What ranking and its caches read of a store: values without behaviour."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.models import Matrix

ChangeKind = Literal["page", "vector", "segment", "knowledge", "trait"]
"""What a change in the log is about."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to rows of a kind: a cache reaches `version` by reading `upserts` anew and dropping `deletes`.

    `complete`: by reading everything, for the log does not reach back to the cache's own version.
    """

    version: int
    complete: bool
    upserts: Sequence[int]
    deletes: Sequence[int]


def stem_id(stem: str) -> int:
    """The number that stands for a stem in outlines; collisions are 1 in 4 billion pairs."""
    return zlib.crc32(stem.encode())


_MOST_COUNTED: Final = 65_535


def counted_stems(stems: Mapping[str, int]) -> tuple[NDArray[np.uint32], NDArray[np.uint16]]:
    """The stems of a page as outlines have them: their ids in ascending order, and how often each stands in it."""
    ids = np.fromiter(map(stem_id, stems), dtype=np.uint32, count=len(stems))
    counts = np.fromiter(stems.values(), dtype=np.int64, count=len(stems))
    order = ids.argsort()
    ids, counts = ids[order], counts[order]
    if (ids[1:] == ids[:-1]).any():  # two stems with one id count as one
        ids, first = np.unique(ids, return_index=True)
        counts = np.add.reduceat(counts, first)
    return ids, np.minimum(counts, _MOST_COUNTED).astype(np.uint16)


@dataclass(frozen=True, slots=True)
class OutlineColumns:
    """What ranking needs of pages but their vectors, by ascending seq.

    `seqs`, `talks` and `happened_at` (microseconds since 1970 UTC) int64[n], `projects` the n names of theirs, None
    for personal pages. Talks of several projects may run at a time. The stems of all pages
    stand one after another: `stems` uint32[m], how often each stands in its page `counts` uint16[m], and how many
    belong to each page `sizes` int64[n].
    """

    seqs: NDArray[np.int64]
    talks: NDArray[np.int64]
    happened_at: NDArray[np.int64]
    projects: Sequence[str | None]
    sizes: NDArray[np.int64]
    stems: NDArray[np.uint32]
    counts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class WindowVectors:
    """Window vectors `vectors` float16[m, dim], as they are stored, and the page `seqs` int64[m] each is of, by
    ascending seq."""

    seqs: NDArray[np.int64]
    vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class SideVectors:
    """Window vectors of the two sides of some pages: `vectors` float32[m, dim], `rows` int64[m] the position of each
    one's page in the seqs asked for, `of_agent` bool[m] whose side it is of."""

    vectors: Matrix
    rows: NDArray[np.int64]
    of_agent: NDArray[np.bool_]
