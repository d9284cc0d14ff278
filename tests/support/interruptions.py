"""The steps of background work, and parts that call a hook in the middle of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine import Engine
from hash_embedder import HashEmbedder
from label_analyst import LabelAnalyst

from memoryos.models import WorkKind

if TYPE_CHECKING:
    from memoryos.analyst.base import EmbeddedPage
    from memoryos.models import Analysis, Consolidation, Knowledge, Matrix, Page, Profile

Step = Callable[[Engine], bool]

STEPS: dict[WorkKind, Step] = {
    "embed": lambda engine: engine.updater.embed(),
    "consolidate": lambda engine: engine.updater.consolidate(now_due=True),
    "analyse": lambda engine: engine.updater.analyse(whatever_heat=True),
}
"""The three kinds of work in the order in which a page goes through them."""


class HookedEmbedder(HashEmbedder):
    """Calls `hook` before it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.hook: Callable[[], object] = bool
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Matrix:
        self.texts += texts
        self.hook()
        return super().embed(texts)


@dataclass(frozen=True, slots=True)
class HookedAnalyst(LabelAnalyst):
    """Calls the hooks before it thinks."""

    hooks: dict[str, Callable[[], object]] = field(default_factory=dict)

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        self.hooks.get("consolidate", bool)()
        return LabelAnalyst.consolidate(self, previous, pages)

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        self.hooks.get("analyse", bool)()
        return LabelAnalyst.analyse(self, profile, known, pages)


@dataclass(frozen=True, slots=True)
class Hooked:
    """An embedder and an analyst that call a hook in the middle of their work."""

    embedder: HookedEmbedder = field(default_factory=HookedEmbedder)
    analyst: HookedAnalyst = field(default_factory=HookedAnalyst)

    def interrupt(self, kind: WorkKind, hook: Callable[[], object]) -> None:
        """Call the hook in the middle of the next step of a kind, once."""

        def once() -> None:
            self._clear()
            hook()

        self._clear()
        if kind == "embed":
            self.embedder.hook = once
        else:
            self.analyst.hooks[kind] = once

    def _clear(self) -> None:
        self.embedder.hook = bool
        self.analyst.hooks.clear()
