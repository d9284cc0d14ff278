"""An analyst whose readings can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from memoryos.models import Analysis, ChainPart, Consolidation, Fact, Topic

if TYPE_CHECKING:
    from memoryos.analyst.base import EmbeddedPage
    from memoryos.models import AnalysisKind, Knowledge, Page, Profile


@dataclass(frozen=True, slots=True)
class LabelAnalyst:
    """Takes "soup: I like leek soup" for a page of the topic "soup" that tells the fact "I like leek soup".

    Pages of one label in a row are one talk. What the agent says, where it says something, is a fact about it.
    """

    kind: AnalysisKind = "extractive"

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        before = None if previous is None else label_of(previous.page)
        labels = [label_of(page.page) for page in pages]
        runs = [(label, tuple(run)) for label, run in groupby(range(len(pages)), key=labels.__getitem__)]
        return Consolidation(
            chains=tuple(
                ChainPart(run, continues=run[0] == 0 and label == before, summary=f"talk of {label}")
                for label, run in runs
            ),
            topics=tuple(
                Topic(label, (label,), label, tuple(at for at, l_at in enumerate(labels) if l_at == label))
                for label in dict.fromkeys(labels)
            ),
            analysis=self.kind,
        )

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        facts = [Fact("user", page.user_input.partition(": ")[2], (at,)) for at, page in enumerate(pages)]
        facts += [Fact("assistant", page.agent_response, (at,)) for at, page in enumerate(pages) if page.agent_response]
        return Analysis(traits=(), facts=tuple(facts), analysis=self.kind)


def label_of(page: Page) -> str:
    """What stands before the colon."""
    return page.user_input.partition(":")[0]
