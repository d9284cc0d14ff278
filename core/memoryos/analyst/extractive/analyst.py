"""The analyst that needs no model: time, similarity and the speakers' own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.analyst.extractive.gist import MAX_SUMMARY_CHARS, Reading, shortened
from memoryos.language.sessions import greets
from memoryos.language.words import sentences
from memoryos.models import Analysis, ChainPart, Consolidation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from memoryos.analyst.base import EmbeddedPage
    from memoryos.models import AnalysisKind, Knowledge, Matrix, Page, Profile

    Similarity = NDArray[np.float64]

KIND: Final = "extractive"

# How talks are told apart. Against the sessions of real data, precision and recall of the breaks: LoCoMo 0.94 and 1.00,
# RealMem 0.88 and 0.99, XPersona, which has no times, 1.00 and 0.85.
SHORT_PAUSE: Final = timedelta(hours=1)
LONG_PAUSE: Final = timedelta(hours=12)
RESUMED_COSINE: Final = 0.5
"""After a pause between `SHORT_PAUSE` and `LONG_PAUSE`, a page goes on with the talk if its cosine to the last page is
at least this..."""
RESUMED_MARGIN: Final = 0.1
"""...and this much above the batch's mean cosine, for embedders differ in the cosine of unrelated texts."""
TURNED_COSINE: Final = 0.1
"""Without a pause, a page begins another talk if its cosine to both of the last two pages is below this..."""
TURNED_CHARS: Final = 40
"""...and the user's side is at least this long: the vector of a short text ("Yup, ttyl!") tells nothing."""

# How topics are told apart. Two pages of one topic are of one session in 97 % (LoCoMo) and 87 % (RealMem) of batches of
# 10, two pages of one session are of one topic in 91 % and 80 %.
SAME_CHAIN_BONUS: Final = 0.25
SAME_TOPIC: Final = 0.35
BASELINE_PERCENTILE: Final = 10
BASELINE_RANGE: Final = (0.1, 0.8)


class ExtractiveAnalyst:
    """Chains and topics without a model; everything it says was said on a page."""

    @property
    def kind(self) -> AnalysisKind:
        return KIND

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        if not pages:
            return Consolidation((), (), KIND)
        reading = Reading([page.page for page in pages])
        vectors = np.stack([page.vector for page in pages])
        talks = _talks(previous, pages, vectors)
        return Consolidation(
            chains=tuple(
                ChainPart(talk, continues, _running_summary(reading, talk, previous if continues else None))
                for talk, continues in talks
            ),
            topics=tuple(
                reading.topic(group) for group in _groups(_similarity(reading, vectors, [talk for talk, _ in talks]))
            ),
            analysis=KIND,
        )

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        """Nothing: what pages say of the user was read when they came (`StatementReader`), and traits need a model."""
        return Analysis((), (), KIND)


def _talks(
    previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage], vectors: Matrix
) -> list[tuple[tuple[int, ...], bool]]:
    """The batch as talks: positions of consecutive pages, and whether the talk began before the batch."""
    typical = _typical_cosine(vectors)
    before = [] if previous is None else [previous]
    talks: list[tuple[tuple[int, ...], bool]] = []
    for at, page in enumerate(pages):
        begins = not before or _begins_talk(before[-2:], page, typical)
        if talks and not begins:
            talks[-1] = ((*talks[-1][0], at), talks[-1][1])
        else:
            talks.append(((at,), not begins))
        before.append(page)
    return talks


def _begins_talk(before: Sequence[EmbeddedPage], page: EmbeddedPage, typical: float) -> bool:
    last = before[-1]
    pause = abs(page.page.happened_at - last.page.happened_at)
    if pause > LONG_PAUSE:
        return True
    if pause > SHORT_PAUSE:
        return float(last.vector @ page.vector) < max(RESUMED_COSINE, typical + RESUMED_MARGIN)
    if greets(page.page.user_input):
        # A greeting right after one answers it.
        return not (greets(last.page.user_input) or greets(last.page.agent_response))
    nearest = max(float(earlier.vector @ page.vector) for earlier in before)
    return nearest < TURNED_COSINE and len(page.page.user_input) >= TURNED_CHARS


def _running_summary(reading: Reading, talk: tuple[int, ...], previous: EmbeddedPage | None) -> str:
    """The chain's summary with what these pages add. Beyond the limit old sentences go, the very first one last."""
    told = sentences(previous.page.meta_info) if previous else ()
    added = reading.central(talk, 1 if len(talk) < 4 else 2, without=told)
    lines = list(dict.fromkeys((*told, *added)))
    while len(lines) > 1 and len("\n".join(lines)) > MAX_SUMMARY_CHARS:
        del lines[1 if len(lines) > 2 else 0]
    return shortened("\n".join(lines), MAX_SUMMARY_CHARS)


def _typical_cosine(vectors: Matrix) -> float:
    count = len(vectors)
    return float((vectors @ vectors.T).sum() - count) / max(1, count * (count - 1))


def _similarity(reading: Reading, vectors: Matrix, talks: Sequence[tuple[int, ...]]) -> Similarity:
    """[n, n]: cosine above the batch's baseline, plus the share of common rare words, plus a bonus for the same talk.

    The cosine of unrelated texts differs by embedder and language (0.05 to 0.7 measured). So the lowest cosines of the
    batch are taken as those of unrelated pages, with less weight the fewer pages there are.
    """
    count = len(vectors)
    cosine = (vectors @ vectors.T).astype(np.float64)
    if count > 1:
        lowest = np.percentile(cosine[np.triu_indices(count, 1)], BASELINE_PERCENTILE)
        baseline = np.clip(lowest, *BASELINE_RANGE) * (1 - 2 / count)
        cosine = (cosine - baseline) / (1 - baseline)
    talk_of = np.empty(count, dtype=np.int64)
    for number, talk in enumerate(talks):
        talk_of[list(talk)] = number
    same_talk = np.equal.outer(talk_of, talk_of).astype(np.float64)
    similarity: Similarity = cosine + _shared_words(reading, count) + SAME_CHAIN_BONUS * same_talk
    return similarity


def _shared_words(reading: Reading, count: int) -> Similarity:
    """[n, n] in 0-1: the share of weighted words that two pages have in common; a word on every page weighs 0."""
    column: dict[str, int] = {}
    # Sorted: the order of a set differs between processes, and the last bits of a sum depend on the order.
    found = [(page, word) for page in range(count) for word in sorted(reading.words_of(page))]
    cells = [(page, column.setdefault(word, len(column))) for page, word in found]
    held = np.zeros((count, len(column)))
    held[tuple(np.array(cells, dtype=np.int64).reshape(-1, 2).T)] = 1.0
    weights = np.log(count / held.sum(axis=0))
    shared = (held * weights) @ held.T
    norm = np.sqrt(np.outer(shared.diagonal(), shared.diagonal()))
    share: Similarity = np.divide(shared, norm, out=np.zeros_like(shared), where=norm > 0)
    return share


def _groups(similarity: Similarity) -> list[tuple[int, ...]]:
    """Positions grouped by average link down to `SAME_TOPIC`, ordered by their first page."""
    groups = [[page] for page in range(len(similarity))]
    link = similarity.copy()
    np.fill_diagonal(link, -np.inf)
    while len(groups) > 1:
        first, second = sorted(divmod(int(link.argmax()), len(groups)))
        if link[first, second] < SAME_TOPIC:
            break
        sizes = len(groups[first]), len(groups[second])
        merged = (sizes[0] * link[first] + sizes[1] * link[second]) / sum(sizes)
        link[first], link[:, first] = merged, merged
        link[first, first] = -np.inf
        link = np.delete(np.delete(link, second, axis=0), second, axis=1)
        groups[first] += groups.pop(second)
    return [tuple(sorted(group)) for group in groups]
