"""What background work is about to commit, and the claims under which it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryos.models import AnalysisKind, Knowledge, Trait, Vector, WorkKind


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one worker to do one kind of work until the lease ends, after so many failed tries in a row.

    `content_failures` of them in a row were replies of the model that could not be used; `batch` is how many pages to
    read at most because of such replies, None where there is no such bound.
    """

    kind: WorkKind
    holder: str
    attempts: int = 0
    content_failures: int = 0
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class ChainPlan:
    """Pages to put into a chain, an existing one or (None) a new one, and its summary from now on."""

    chain: int | None
    summary: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """Pages to put into a segment, an existing one or (None) a new one, and what it says from now on.

    `vector` is that of the summary, None where the embedder refuses it.
    """

    segment: int | None
    theme: str
    summary: str
    keywords: tuple[str, ...]
    vector: Vector | None
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConsolidationPlan:
    """One batch's way from waiting to mid-term memory; every page in one chain and one segment.

    `parked` names the error for which these pages were read without the model.
    """

    chains: tuple[ChainPlan, ...]
    segments: tuple[SegmentPlan, ...]
    archived: tuple[int, ...]
    analysis: AnalysisKind
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """What pages add to long-term memory.

    `new` facts come with their vectors, or with none where the embedder refuses them; `replaced` maps ids of outdated
    facts to the new fact's id; `confirmed` maps ids of facts found again to the pages that say so; `changed` are known
    facts as they are from now on, but for their sources and successors. `finished` are the segments that have no page
    left to analyse then, so that their heat falls. `parked` names the error for which they were read without the model.

    `read` are pages that need not be read for statements any more, `fresh` those that the model has read once now.
    `retired` are ids of facts that these pages' user took back. `refused` counts the statements that were not believed,
    by reason. `told` are the ids of queued facts that are done with. `version` is that of the facts that this was
    planned for.
    """

    pages: tuple[int, ...]
    traits: tuple[Trait, ...]
    new: tuple[NewKnowledge, ...]
    replaced: Mapping[str, str]
    confirmed: Mapping[str, tuple[int, ...]]
    archived: tuple[str, ...]
    finished: tuple[int, ...] = ()
    parked: str | None = None
    analysis: AnalysisKind = "extractive"
    changed: tuple[Knowledge, ...] = ()
    read: tuple[int, ...] = ()
    fresh: tuple[int, ...] = ()
    retired: tuple[str, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    told: tuple[int, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class NewKnowledge:
    """A fact on its way in, with the seqs of its source pages; one that is not `embedded` waits for its vector."""

    knowledge: Knowledge
    pages: tuple[int, ...]
    embedded: bool = True


@dataclass(frozen=True, slots=True)
class ReanalysisState:
    """Pages on their way through a model after they were read without one: `extractive` are still as they were,
    `waiting` and `not_analysed` have been given back and are not yet in a segment, or not yet analysed there."""

    extractive: int
    waiting: int
    not_analysed: int

    @property
    def pages(self) -> int:
        return self.extractive + self.waiting + self.not_analysed


@dataclass(frozen=True, slots=True)
class ReanalysisSize:
    """The texts' UTF-8 bytes, `ungrouped` of pages to consolidate and analyse, `grouped` of pages to analyse; and how
    many of the pages that are in a segment now lie in each."""

    ungrouped: int
    grouped: int
    segments: tuple[int, ...]
