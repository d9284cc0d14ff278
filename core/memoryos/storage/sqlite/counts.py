"""How much each tier holds."""

from __future__ import annotations

import sqlite3

from memoryos.status import Counts


def of_tiers(connection: sqlite3.Connection, assistant_id: str) -> Counts:
    """The counts of what is current and of what is history; `short_term` is left 0."""
    pages, active, archived, user, assistant, superseded, traits = connection.execute(
        "SELECT (SELECT count(*) FROM pages),"
        " (SELECT count(*) FROM segments WHERE archived_at IS NULL),"
        " (SELECT count(*) FROM segments WHERE archived_at IS NOT NULL),"
        " (SELECT count(*) FROM knowledge WHERE owner = 'user' AND superseded_by IS NULL AND archived_at IS NULL),"
        " (SELECT count(*) FROM knowledge WHERE owner = 'assistant' AND assistant_id = ?"
        "  AND superseded_by IS NULL AND archived_at IS NULL),"
        " (SELECT count(*) FROM knowledge WHERE superseded_by IS NOT NULL),"
        " (SELECT count(*) FROM traits)",
        (assistant_id,),
    ).fetchone()
    return Counts(
        pages=pages,
        short_term=0,
        segments=active,
        archived_segments=archived,
        user_knowledge=user,
        assistant_knowledge=assistant,
        superseded_knowledge=superseded,
        traits=traits,
    )
