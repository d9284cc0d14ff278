"""What other memories hold: facts that an agent wrote down, each with its date and where it comes from.

A fact becomes a page, so that it is found by itself and a later import adds only what was noted since. It stands on the
agent's side: nothing there is the user's own wording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import page_parts


@dataclass(frozen=True, slots=True)
class ForeignFact:
    """A fact of another memory. `key` is what that one knows it by; without a time `at` it has that of the file."""

    text: str
    key: tuple[str, ...]
    at: datetime | None
    meta_data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where facts come from: the other memory's name, the time of its file, and how its pages are to be noted."""

    source: str
    written_at: datetime | None
    zone: tzinfo | None
    assistant_id: str


def fact_pages(fact: ForeignFact, origin: Origin, place: str) -> Iterator[IncomingPage]:
    """A fact as a page, or as several where it is longer than a page can be. Raises `ConfigError`, naming `place`."""
    if fact.text.strip():
        meta_data = {name: value for name, value in fact.meta_data.items() if value not in (None, "", [], {})}
        yield from page_parts(
            "",
            fact.text,
            (origin.source, *fact.key),
            fact.at,
            fallback=origin.written_at,
            meta_data={"source": origin.source, **meta_data},
            place=place,
            zone=origin.zone,
            assistant_id=origin.assistant_id,
        )


def aware(at: datetime | None) -> datetime | None:
    """A time of a service: in UTC, as they all are, where it does not say."""
    return at.replace(tzinfo=timezone.utc) if at is not None and at.tzinfo is None else at
