"""Work on a store as the engine would do it, in few words: pages, claims, plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Protocol

import numpy as np

from memoryos.language.stems import Word, words_with_stems
from memoryos.models import Knowledge, NewPage, Owner, Page, PageVectors, Segment, WorkKind
from memoryos.storage.plans import AnalysisPlan, ChainPlan, Claim, ConsolidationPlan, NewKnowledge, SegmentPlan
from memoryos.storage.ports import PageStore, SearchStore, Store, VectorStore

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
TIMESTAMP = "2026-03-01 13:00:00"
OpenStore = Callable[[], Store]


class ClaimStore(Protocol):
    """What background work needs to commit anything."""

    def claim(self, kind: WorkKind, holder: str, *, lease_seconds: float, now: datetime) -> Claim | None: ...
    def release(self, claim: Claim) -> None: ...


class SearchableStore(SearchStore, ClaimStore, Protocol):
    """A store with the ports of pages, words, vectors and changes."""

    def close(self) -> None: ...


OpenSearchStore = Callable[[], SearchableStore]


class EmbeddedStore(VectorStore, ClaimStore, Protocol):
    """A store whose pages get vectors."""


def add(store: PageStore, *texts: str, now: datetime = NOON) -> list[Page]:
    """One page for each user input."""
    return [store.add_page(NewPage(text, "", now), timestamp=TIMESTAMP, now=now).page for text in texts]


def words(text: str) -> list[Word]:
    """The words of a text, as a search asks for them."""
    return words_with_stems(text)


def claimed(store: ClaimStore, kind: WorkKind, *, holder: str = "one", now: datetime = NOON) -> Claim:
    """A claim that must be free."""
    claim = store.claim(kind, holder, lease_seconds=30, now=now)
    assert claim is not None
    return claim


def matrix(*rows: tuple[float, float]) -> Matrix:
    """float32[n, 2]."""
    return np.array(rows, dtype=np.float32).reshape(-1, 2)


def vector(x: float, y: float) -> Vector:
    """float32[2]."""
    return np.array((x, y), dtype=np.float32)


def embed(store: EmbeddedStore, windows: Mapping[int, Sequence[tuple[float, float]]]) -> None:
    """Give pages these windows, which are their user's side, too."""
    vectors = [PageVectors(seq, matrix(*rows), matrix(*rows), matrix()) for seq, rows in windows.items()]
    store.commit_vectors(claimed(store, "embed"), vectors)


def topic(
    *pages: Page, segment: int | None = None, theme: str = "soup", direction: tuple[float, float] = (1, 0)
) -> SegmentPlan:
    """Pages on their way into a segment."""
    seqs = tuple(page.seq for page in pages)
    return SegmentPlan(segment, theme, f"[{TIMESTAMP}] about {theme}", (theme, "food"), vector(*direction), seqs)


def consolidate(
    store: Store, *topics: SegmentPlan, archived: Sequence[int] = (), now: datetime = NOON
) -> tuple[Segment, ...]:
    """The active segments after one talk about these topics."""
    seqs = tuple(seq for plan in topics for seq in plan.pages)
    plan = ConsolidationPlan((ChainPlan(None, "a talk", seqs),), topics, tuple(archived), "extractive")
    claim = claimed(store, "consolidate", now=now)
    store.commit_consolidation(claim, plan, now=now)
    store.release(claim)
    return store.segments()


def fact(id: str, text: str, *pages: Page, owner: Owner = "user", assistant_id: str | None = None) -> NewKnowledge:
    """A fact on its way in."""
    knowledge = Knowledge(
        id=id,
        owner=owner,
        text=text,
        timestamp=TIMESTAMP,
        happened_at=NOON,
        sources=tuple(page.id for page in pages),
        analysis="extractive",
        assistant_id=assistant_id,
        vector=vector(0, 1),
    )
    return NewKnowledge(knowledge, tuple(page.seq for page in pages))


def analysis_of(segment: Segment, *pages: Page, new: Sequence[NewKnowledge] = ()) -> AnalysisPlan:
    """What these pages of a segment add, all of them read."""
    seqs = tuple(page.seq for page in pages)
    return AnalysisPlan(seqs, (), tuple(new), {}, {}, (), finished=(segment.id,))


def analyse(store: Store, plan: AnalysisPlan, *, now: datetime = NOON) -> None:
    """Commit an analysis."""
    claim = claimed(store, "analyse", now=now)
    store.commit_analysis(claim, plan, now=now)
    store.release(claim)
