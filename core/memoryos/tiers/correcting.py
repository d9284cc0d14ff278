"""A fact as a person, or an agent, puts it right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ulid import ULID

from memoryos.analyst.statements import Verdict, statement_of
from memoryos.models import Author, Knowledge


def corrected(old: Knowledge, text: str, author: Author, shown: str, now: datetime) -> Knowledge:
    """The fact that takes the place of an old one: of the same subject, slot and pages, said now, and pinned as that.

    What fills the slot is read out of the new text; None where it is not clear.
    """
    said = statement_of(text, Verdict("lasting", 1.0, old.slot, "holds", old.subject or "user"), now)
    return replace(
        old,
        id=str(ULID.from_datetime(now)),
        text=text,
        timestamp=shown,
        happened_at=now,
        analysis="extractive",
        superseded_by=None,
        archived_at=None,
        vector=None,
        value=said.value,
        author=author,
        state="current",
        held_from=None,
        held_until=None,
        learned_at=now,
        doubted_by=None,
    )
