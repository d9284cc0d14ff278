"""The resource `memoryos://status`."""

from __future__ import annotations

from dataclasses import asdict

from memoryos.status import ModelState, Status
from memoryos_mcp.tools.schemas import (
    HeatStatus,
    LastError,
    ModelStatus,
    ParkedPage,
    PendingWork,
    StatusResult,
    TierCounts,
)


def status_reply(state: Status, *, version: str, dialogue_is_sent_to: str) -> StatusResult:
    """What the resource says, from the state of the memory."""
    last = max(state.failures, key=lambda failure: failure.at, default=None)
    counts, pending = state.counts, state.pending
    return StatusResult(
        version=version,
        user_id=state.user_id,
        assistant_id=state.assistant_id,
        data_path=state.data_path,
        schema_version=state.schema_version,
        counts=TierCounts(
            pages=counts.pages,
            short_term=counts.short_term,
            segments=counts.segments,
            archived_segments=counts.archived_segments,
            user_knowledge=counts.user_knowledge,
            assistant_knowledge=counts.assistant_knowledge,
            superseded_knowledge=counts.superseded_knowledge,
            traits=counts.traits,
        ),
        pending=PendingWork(
            embed=pending.embed, read=pending.read, consolidate=pending.consolidate, analyse=pending.analyse
        ),
        last_error=None
        if last is None
        else LastError(work=last.kind, error=last.error, at=last.at.isoformat(), attempts=last.attempts),
        embedder=state.embedder,
        embedder_state=state.embedder_state,
        analyst=state.analyst,
        dialogue_is_sent_to=dialogue_is_sent_to,
        model=None if state.model is None else _model(state.model),
        heat=None if state.heat is None else HeatStatus(**asdict(state.heat)),
        refused_facts=dict(state.refused),
        parked_pages=state.parked_pages,
        parked=[ParkedPage(work=p.kind, page=p.page, error=p.error, at=p.at.isoformat()) for p in state.parked],
    )


def _model(state: ModelState) -> ModelStatus:
    return ModelStatus(
        address=state.address,
        name=state.name,
        state=state.state,
        calls_today=state.today.calls,
        tokens_today=state.today.tokens,
        daily_token_budget=state.daily_token_budget,
    )
