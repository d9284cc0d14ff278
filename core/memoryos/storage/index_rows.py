"""What ranking and its caches read of a store: values without behaviour."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memoryos.models import Matrix


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query: as written (folded), as the index has it, and the number of pages it stands in."""

    word: str
    term: str
    pages: int


def stem_id(stem: str) -> int:
    """The number that stands for a stem in outlines; collisions are 1 in 4 billion pairs."""
    return zlib.crc32(stem.encode())


@dataclass(frozen=True, slots=True)
class SpeakerNames:
    """What the agent calls the user, and the user the agent, as far as often repeated calls tell."""

    user: frozenset[str]
    agent: frozenset[str]


@dataclass(frozen=True, slots=True)
class OutlineColumns:
    """What ranking needs of pages but their vectors, by ascending seq.

    `seqs`, `talks` (ascending too) and `happened_at` (microseconds since 1970 UTC) int64[n]. The stems of all pages
    stand one after another: `stems` uint32[m], how often each stands in its page `counts` uint16[m], and how many
    belong to each page `sizes` int64[n].
    """

    seqs: NDArray[np.int64]
    talks: NDArray[np.int64]
    happened_at: NDArray[np.int64]
    sizes: NDArray[np.int64]
    stems: NDArray[np.uint32]
    counts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class OutlineChanges:
    """A cache of outlines reaches `version` by reading on from its newest page; `complete`: from nothing."""

    version: int
    complete: bool


@dataclass(frozen=True, slots=True)
class WindowVectors:
    """Window vectors `vectors` float32[m, dim] and the page `seqs` int64[m] each is of, by ascending seq."""

    seqs: NDArray[np.int64]
    vectors: Matrix


@dataclass(frozen=True, slots=True)
class SideVectors:
    """Window vectors of the two sides of some pages: `vectors` float32[m, dim], `rows` int64[m] the position of each
    one's page in the seqs asked for, `of_agent` bool[m] whose side it is of."""

    vectors: Matrix
    rows: NDArray[np.int64]
    of_agent: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VectorChanges:
    """The pages whose vectors an index must read anew or drop to reach `version`; `complete`: all, from nothing."""

    version: int
    complete: bool
    upserts: Sequence[int]
    deletes: Sequence[int]


ChangeKind = Literal["page", "vector", "segment", "knowledge", "trait"]
"""What a change in the log is about."""
