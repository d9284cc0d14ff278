"""The values of a memory's status: how much it holds, what is left to do, what failed, what a model used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryos.models import AnalysisKind, WorkKind


@dataclass(frozen=True, slots=True)
class Pending:
    """Counts of work left to do: pages, segments and facts to embed, pages to consolidate, segments and batches of
    pages to analyse, pages to read for facts."""

    embed: int
    consolidate: int
    analyse: int
    read: int = 0

    def __bool__(self) -> bool:
        return bool(self.embed or self.consolidate or self.analyse or self.read)


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failure of a kind of background work: the error's name and the time. A success removes it."""

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

    Where `kind` is "embed", the embedder refuses the page, and only words find it. Otherwise the model gave nothing
    usable for it, and it was read without a model.
    """

    kind: WorkKind
    page: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """How many requests went to the language model, and their tokens."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
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
class Heat:
    """How far topics are from being read for traits: the hottest segment's heat (None without segments), the
    `threshold` from which one is read, and how many segments with new pages stay below it."""

    hottest: float | None
    threshold: float
    waiting: int


@dataclass(frozen=True, slots=True)
class Status:
    """The state of one user's memory; `model` is None where none is on, `parked` holds the last few of all.

    `embedder_state` is "not loaded", "loading", "ready", "failed: ..." or, once another process works with another
    embedder, "replaced: ..." and what to do about it. `refused` counts the statements of a model that were not
    believed, by reason, the most frequent first.
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
    heat: Heat | None = None
    refused: tuple[tuple[str, int], ...] = ()
