"""How values stand in columns: times as microseconds, vectors as float16 blobs, the rest as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from memoryos.models import Knowledge, Page, Scope, Segment, Trait
from memoryos.storage.seals import AlteredPageError, is_as_stored

if TYPE_CHECKING:
    from memoryos.models import Matrix, Vector

Row = Sequence[Any]
"""A row as sqlite3 gives it; its columns get their types here and nowhere else."""

BYTES_PER_NUMBER = 2
"""Of a vector: float16."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

PAGE_COLUMNS = (
    "p.seq, p.id, p.user_input, p.agent_response, p.timestamp, p.happened_at, p.added_at, p.meta_data,"
    " p.previous, p.chain, p.segment, p.analysed, coalesce(c.summary, ''), p.assistant_id, p.project,"
    " p.turn, p.digest"
)
PAGE_TABLES = "pages p LEFT JOIN chains c ON c.id = p.chain"

SEGMENT_COLUMNS = (
    "s.id, s.theme, s.summary, s.keywords, s.n_visit, s.l_interaction, s.last_visit_at, s.pages,"
    " s.first_page_at, s.last_page_at, s.analysis, s.archived_at, s.project, s.vector"
)
KNOWLEDGE_COLUMNS = (
    "k.id, k.owner, k.text, k.timestamp, k.happened_at, k.analysis, k.assistant_id, k.superseded_by, k.archived_at,"
    " k.slot, k.value, k.subject, k.author, k.state, k.held_from, k.held_until, k.learned_at, k.doubted_by, k.pinned,"
    " k.project, k.vector"
)

KNOWLEDGE_OWN_COLUMNS = (
    "id, owner, assistant_id, text, timestamp, happened_at, analysis, slot, value, subject, author, state, held_from,"
    " held_until, learned_at, doubted_by, pinned, project"
)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`."""
    return _EPOCH + micros * _MICROSECOND


def moment(micros: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if micros is None else from_micros(micros)


def to_blob(vectors: Matrix | Vector | None) -> bytes | None:
    """Little-endian float16, row after row; None stays None."""
    return None if vectors is None else np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def to_matrix(blob: bytes | None, dim: int) -> Matrix:
    """float32[n, dim]; n = 0 for None."""
    return np.frombuffer(blob or b"", dtype="<f2").reshape(-1, dim).astype(np.float32)


def in_list(seqs: Collection[int]) -> str:
    """`(1,2,3)` for a WHERE clause; integers need no placeholders, of which there may be too few."""
    return f"({','.join(str(int(seq)) for seq in seqs)})"


def marks(count: int) -> str:
    """`(?, ?, ?)` for a WHERE clause that is asked often: SQLite prepares a statement of the same text once."""
    return f"({', '.join('?' * count)})"


def seen(scope: Scope, column: str = "project") -> tuple[str, tuple[str, ...]]:
    """A condition for a WHERE clause by which a row is in a scope, and its parameters."""
    if scope.every:
        return "TRUE", ()
    if scope.project is None:
        return f"{column} IS NULL", ()
    return f"({column} IS NULL OR {column} = ?)", (scope.project,)


def page_from_row(row: Row) -> Page:
    """A page from `PAGE_COLUMNS`. Raises `AlteredPageError` where it is not as it was stored."""
    seq, id_, user, agent, timestamp, happened, added, meta, previous, chain, segment, analysed, *more = row
    summary, assistant, project, turn, digest = more
    if not is_as_stored(digest, id_, happened, added, timestamp, user, agent, meta, assistant, project):
        raise AlteredPageError(seq)
    return Page(
        seq=seq,
        id=id_,
        user_input=user,
        agent_response=agent,
        timestamp=timestamp,
        happened_at=from_micros(happened),
        added_at=from_micros(added),
        meta_data=None if meta is None else json.loads(meta),
        previous=previous,
        chain=chain,
        segment=segment,
        analysed=bool(analysed),
        meta_info=summary,
        assistant_id=assistant,
        project=project,
        turn=turn,
    )


def segment_from_row(row: Row, *, dim: int) -> Segment:
    """A segment from `SEGMENT_COLUMNS`."""
    (
        id_,
        theme,
        summary,
        keywords,
        n_visit,
        l_interaction,
        last_visit,
        pages,
        first,
        last,
        analysis,
        archived,
        project,
        vector,
    ) = row
    return Segment(
        id=id_,
        theme=theme,
        summary=summary,
        keywords=tuple(json.loads(keywords)),
        n_visit=n_visit,
        l_interaction=l_interaction,
        last_visit_at=from_micros(last_visit),
        pages=pages,
        first_page_at=from_micros(first),
        last_page_at=from_micros(last),
        analysis=analysis,
        archived_at=None if archived is None else from_micros(archived),
        vector=None if vector is None else to_matrix(vector, dim)[0],
        project=project,
    )


def knowledge_from_row(row: Row, *, sources: tuple[str, ...], dim: int) -> Knowledge:
    """A fact from `KNOWLEDGE_COLUMNS` and the ids of its source pages."""
    id_, owner, text, timestamp, happened, analysis, assistant_id, superseded_by, archived, *more, vector = row
    slot, value, subject, author, state, held_from, held_until, learned, doubted_by, pinned, project = more
    return Knowledge(
        id=id_,
        owner=owner,
        text=text,
        timestamp=timestamp,
        happened_at=from_micros(happened),
        sources=sources,
        analysis=analysis,
        assistant_id=assistant_id,
        superseded_by=superseded_by,
        archived_at=moment(archived),
        vector=None if vector is None else to_matrix(vector, dim)[0],
        slot=slot,
        value=value,
        subject=subject,
        author=author,
        state=state,
        held_from=moment(held_from),
        held_until=moment(held_until),
        learned_at=moment(learned),
        doubted_by=doubted_by,
        pinned=bool(pinned),
        project=project,
    )


def knowledge_values(fact: Knowledge) -> tuple[object, ...]:
    """What `knowledge_from_row` reads of a fact's own, in the order of `KNOWLEDGE_OWN_COLUMNS`."""
    times = (fact.held_from, fact.held_until, fact.learned_at)
    held_from, held_until, learned_at = (None if time is None else to_micros(time) for time in times)
    return (
        fact.id,
        fact.owner,
        fact.assistant_id,
        fact.text,
        fact.timestamp,
        to_micros(fact.happened_at),
        fact.analysis,
        fact.slot,
        fact.value,
        fact.subject,
        fact.author,
        fact.state,
        held_from,
        held_until,
        learned_at,
        fact.doubted_by,
        fact.pinned,
        fact.project,
    )


def trait_from_row(row: Row) -> Trait:
    """A trait from (dimension, level, evidence, happened_at, timestamp)."""
    dimension, level, evidence, happened, timestamp = row
    return Trait(
        dimension=dimension,
        level=level,
        evidence=evidence,
        happened_at=from_micros(happened),
        timestamp=timestamp,
    )
