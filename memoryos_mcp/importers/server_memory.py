"""The importer of the file of server-memory, the MCP project's knowledge graph: JSON lines of entities and relations.

Each observation and each relation becomes a page, so that it is found by itself, and a later import adds only what was
noted since. An agent wrote them down, so they stand on the agent's side: nothing there is the user's own wording. The
format has no dates: the file's own is that of each page, the latest that it can be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, Field

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import moment, page_parts
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, readable, validated

EXPECTED: Final = (
    'JSON lines of {"type": "entity", "name": "...", "entityType": "...", "observations": ["..."]} '
    'or {"type": "relation", "from": "...", "to": "...", "relationType": "..."}'
)

_HEAD_BYTES: Final = 65_536


class _Entity(BaseModel):
    type: Literal["entity"]
    name: str
    entity_type: str = Field("", alias="entityType")
    observations: list[str] = []


class _Relation(BaseModel):
    type: Literal["relation"]
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    relation_type: str = Field(alias="relationType")


class _Line(BaseModel):
    content: _Entity | _Relation = Field(discriminator="type")


def detects(path: Path) -> bool:
    """Whether the first line is an entity or a relation."""
    if not path.is_file():
        return False
    with readable(Place(path)), path.open("rb") as content:
        first = content.readline(_HEAD_BYTES)
    try:
        value = json.loads(first.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # also a line that is longer than what was read
        return first.startswith((b'{"type":"entity"', b'{"type": "entity"'))
    return isinstance(value, dict) and value.get("type") in ("entity", "relation")


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The observations and relations in the file's order."""
    with readable(Place(path)):
        at = moment(path.stat().st_mtime)

    def pages(line: tuple[object, Place]) -> Iterator[IncomingPage]:
        value, place = line
        for key, noted, meta_data in _noted(validated(_Line, {"content": value}, place, expected=EXPECTED).content):
            # The time is no part of the id: the file has a later one with each note.
            yield from page_parts(
                "",
                noted,
                ("server-memory", *key),
                None,
                fallback=at,
                meta_data={"source": "server-memory", **meta_data},
                place=str(place),
                zone=zone,
                assistant_id=assistant_id,
            )

    for line in json_lines(path, expected=EXPECTED):
        yield from (line,) if isinstance(line, Broken) else each((line,), pages)


def _noted(content: _Entity | _Relation) -> Iterator[tuple[tuple[str, ...], str, dict[str, object]]]:
    """What each page is known by, what it says, and what else is noted with it."""
    if isinstance(content, _Relation):
        said = f"{content.source} {content.relation_type.replace('_', ' ')} {content.target}"
        yield (content.source, content.relation_type, content.target), said, {"entity": content.source}
        return
    kind = f" ({content.entity_type})" if content.entity_type else ""
    for observation in content.observations:
        if observation.strip():
            said = f"{content.name}{kind}: {observation}"
            yield (content.name, observation), said, {"entity": content.name, "entity_type": content.entity_type}
