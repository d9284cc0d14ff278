"""What a memory says of itself: how much it holds, what is left to do, what failed, what a model did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryos.models import AnalysisKind, WorkKind


@dataclass(frozen=True, slots=True)
class Pending:
    """Pages, segments and facts to embed, pages to consolidate, segments to analyse; 0 when nothing is left to do."""

    embed: int
    consolidate: int
    analyse: int

    def __bool__(self) -> bool:
        return bool(self.embed or self.consolidate or self.analyse)


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failure of a kind of background work: the error's name and when; gone once work succeeds."""

    kind: WorkKind
    error: str
    at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much each tier holds."""

    pages: int
    short_term: int
    segments: int
    archived_segments: int
    user_knowledge: int
    assistant_knowledge: int
    superseded_knowledge: int
    traits: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A page that was left without a kind of work; `page` is its id.

    The model gave nothing usable for it, so that it was read without one, or ("embed") the embedder refuses it, so that
    it is found by words only.
    """

    kind: WorkKind
    page: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """What requests to the language model took."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Both ways."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class ModelState:
    """The language model in use: where it is, how the last request went, what all requests took today (UTC).

    `state` is "not used yet", "ready" or "failed: <error's name>: <message>"; a `daily_token_budget` of 0 is none.
    """

    address: str
    name: str
    state: str
    today: Use
    daily_token_budget: int


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one user's memory; `model` is None where none is on, `parked` holds the last few of all.

    `embedder_state` is "not loaded", "loading", "ready", "failed: ..." or, once another process works with another
    embedder, "replaced: ..." and what to do about it.
    """

    user_id: str
    assistant_id: str
    data_path: str
    schema_version: int
    counts: Counts
    pending: Pending
    failures: tuple[Failure, ...]
    embedder: str
    embedder_state: str
    analyst: AnalysisKind
    model: ModelState | None = None
    parked_pages: int = 0
    parked: tuple[Parked, ...] = ()
