"""Mid-term memory: segments of pages on one topic, kept by heat (paper, section 3.2 and 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from memoryos.status import Heat
from memoryos.tiers.heat import HeatFormula

if TYPE_CHECKING:
    from memoryos.models import Page, Segment, Topic, Vector
    from memoryos.storage.ports import TopicStore

MAX_KEYWORDS = 16
"""A segment keeps the keywords of its newest topics; more would make every Jaccard index small."""

MAX_SUMMARY_LINES = 8
"""A segment's summary holds one dated line for each of its newest topics."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a batch's pages go: a segment as it will be, existing or (None) new."""

    segment: int | None
    theme: str
    summary: str
    keywords: tuple[str, ...]
    vector: Vector | None
    pages: tuple[int, ...]


def f_score(
    vector: Vector | None, keywords: Sequence[str], other: Vector | None, other_keywords: Sequence[str]
) -> float:
    """F_score = cos(e_s, e_p) + Jaccard(K_s, K_p), in -1 to 2 (paper, equation 2); None is near nothing: cos = 0."""
    ours, theirs = set(keywords), set(other_keywords)
    union = len(ours | theirs)
    cosine = 0.0 if vector is None or other is None else float(vector @ other)
    return cosine + (len(ours & theirs) / union if union else 0.0)


@dataclass(frozen=True, slots=True)
class MidTermMemory:
    """The active segments: at most `capacity`, joined at `similarity_threshold`, analysed from `heat_threshold` up."""

    store: TopicStore
    heat: HeatFormula
    capacity: int
    similarity_threshold: float
    heat_threshold: float

    def place(
        self, topics: Sequence[Topic], vectors: Sequence[Vector | None], pages: Sequence[Page]
    ) -> list[Placement]:
        """For each topic the segment its pages join: the best by F_score, or a new one below the threshold.

        The pages are of one project, and only its segments are looked at. `vectors` are the topics' embeddings, `pages`
        the batch that the topics' positions refer to. Topics of one batch may meet in one segment, which then stands
        here once.
        """
        project = pages[0].project if pages else None
        placements = [_as_placement(segment) for segment in self.store.segments() if segment.project == project]
        for topic, vector in zip(topics, vectors, strict=True):
            members = [pages[position] for position in topic.pages]
            best = self._best(placements, topic, vector)
            if best is None:
                placements.append(_new_placement(topic, vector, members))
            else:
                placements[best] = _joined(placements[best], topic, vector, members)
        return [placement for placement in placements if placement.pages]

    def _best(self, placements: Sequence[Placement], topic: Topic, vector: Vector | None) -> int | None:
        scores = [f_score(p.vector, p.keywords, vector, topic.keywords) for p in placements]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        return best if best is not None and scores[best] >= self.similarity_threshold else None

    def evicted(self, placements: Sequence[Placement], *, now: datetime) -> tuple[int, ...]:
        """The coldest segments beyond capacity once these placements are made; those that grow now stay."""
        segments = self.store.segment_visits()
        grown = {placement.segment for placement in placements}
        new = sum(placement.segment is None for placement in placements)
        excess = len(segments) + new - self.capacity
        if excess <= 0:
            return ()
        coldest = sorted((s for s in segments if s.id not in grown), key=lambda s: (self.heat(s, now), s.id))
        return tuple(segment.id for segment in coldest[:excess])

    def hot(self, *, now: datetime) -> list[Segment]:
        """Segments at or over the heat threshold that have pages not analysed yet, hottest first.

        Segments with pages that a model reads again count as hot: what was known from them is in the archive.
        """
        return self._hot_among(self.to_analyse(now=now), now)

    def _hot_among(self, waiting: Sequence[Segment], now: datetime) -> list[Segment]:
        again = self.store.segments_to_reanalyse() if waiting else frozenset()
        return [segment for segment in waiting if segment.id in again or self.heat(segment, now) >= self.heat_threshold]

    def state(self, *, now: datetime) -> Heat:
        """How hot the segments are, and how many with new pages wait to be hotter."""
        hottest = max((self.heat(segment, now) for segment in self.store.segment_visits()), default=None)
        waiting = self.to_analyse(now=now)
        return Heat(hottest, self.heat_threshold, len(waiting) - len(self._hot_among(waiting, now)))

    def to_analyse(self, *, now: datetime) -> list[Segment]:
        """Segments that have pages not analysed yet, whatever their heat, hottest first; without their vectors."""
        waiting = self.store.segments_not_analysed()
        segments = self.store.segments_of(waiting) if waiting else ()
        return sorted(segments, key=lambda segment: (-self.heat(segment, now), segment.id))


def _as_placement(segment: Segment) -> Placement:
    return Placement(segment.id, segment.theme, segment.summary, segment.keywords, segment.vector, ())


def _new_placement(topic: Topic, vector: Vector | None, members: Sequence[Page]) -> Placement:
    return Placement(
        segment=None,
        theme=topic.theme,
        summary=_dated(topic, members),
        keywords=topic.keywords[:MAX_KEYWORDS],
        vector=vector,
        pages=tuple(page.seq for page in members),
    )


def _joined(placement: Placement, topic: Topic, vector: Vector | None, members: Sequence[Page]) -> Placement:
    lines = placement.summary.splitlines()
    if not any(line.endswith(f"] {_one_line(topic)}") for line in lines):  # small models say the last summary again
        lines.append(_dated(topic, members))
    keywords = dict.fromkeys((*topic.keywords, *placement.keywords))  # the newest first, each once
    return replace(
        placement,
        summary="\n".join(lines[-MAX_SUMMARY_LINES:]),
        keywords=tuple(keywords)[:MAX_KEYWORDS],
        # Stands for the joined summary until the updater embeds that; only this batch's other topics see it.
        vector=vector if placement.segment is None else placement.vector,
        pages=(*placement.pages, *(page.seq for page in members)),
    )


def _dated(topic: Topic, members: Sequence[Page]) -> str:
    """A topic's summary as one line with the dialogue's own time."""
    return f"[{members[0].timestamp}] {_one_line(topic)}"


def _one_line(topic: Topic) -> str:
    return " ".join(topic.summary.split())
