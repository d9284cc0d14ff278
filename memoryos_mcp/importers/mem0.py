"""The importer of memories of mem0 and OpenMemory.

These are the zip that OpenMemory's `/api/v1/backup/export` sends or the `memories.json` in it, what mem0's `get_all`
gives (`{"results": [...]}`, or only the list), and an export of its platform (`{"memories": [...]}`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from pydantic import AliasChoices, BaseModel, Field

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import moment
from memoryos_mcp.importers.foreign_facts import ForeignFact, Origin, aware, fact_pages
from memoryos_mcp.importers.json_files import (
    Broken,
    Place,
    decoded,
    each,
    has_keys,
    head_of,
    parsed,
    readable,
    validated,
)

EXPECTED: Final = 'memories of mem0 ({"results": [{"id": "...", "memory": "...", "created_at": "..."}]}) or OpenMemory'

_MEMBER: Final = "memories.json"
_DELETED: Final = "deleted"


class _Memory(BaseModel):
    text: str = Field(validation_alias=AliasChoices("memory", "content"))
    id: str | int | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    state: str | None = None
    categories: list[str] | None = None
    category_ids: list[str] = []
    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None


class _Category(BaseModel):
    id: str
    name: str


class _Categories(BaseModel):
    categories: list[_Category] = []


def detects(path: Path) -> bool:
    """Whether it has memories as these two write them."""
    if path.is_file() and zipfile.is_zipfile(path):
        return _member(path) is not None
    head = head_of(path)
    if has_keys(head, "content_hash"):  # of another service
        return False
    if has_keys(head, "memory") and has_keys(head, "id") and re.match(r"\s*(?:\[|\{)", head) is not None:
        return path.suffix != ".jsonl" and any(has_keys(head, key) for key in ("created_at", "user_id", "hash"))
    return has_keys(head, "user", "apps", "categories") or has_keys(head, "memories", "content", "category_ids")


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The memories in the file's order, each with the time from which it says what it says; deleted ones are not."""
    place, content = _content(path)
    value = parsed(decoded(content, place), place, expected=EXPECTED)
    names: dict[str, str] = {}
    items = value
    if isinstance(value, dict):
        items = next((value[key] for key in ("memories", "results", "records") if key in value), None)
        if value.get("categories"):
            found = validated(_Categories, value, place, expected=EXPECTED)
            names = {category.id: category.name for category in found.categories}
    if not isinstance(items, list):
        raise ConfigError(one_line(f"{place}: expected: {EXPECTED}"))
    origin = Origin("mem0", moment(path.stat().st_mtime), zone, assistant_id)

    def pages(item: tuple[object, str]) -> Iterator[IncomingPage]:
        value, where = item
        memory = validated(_Memory, value, where, expected=EXPECTED)
        if memory.state != _DELETED:
            yield from fact_pages(_fact(memory, names), origin, where)

    yield from each([(item, f"{place}: [{index}]") for index, item in enumerate(items)], pages)


def _fact(memory: _Memory, names: dict[str, str]) -> ForeignFact:
    categories = memory.categories or [names[id_] for id_ in memory.category_ids if id_ in names]
    return ForeignFact(
        memory.text,
        (str(memory.id or ""), memory.text),
        aware(memory.updated_at or memory.created_at),
        {
            "categories": categories,
            "state": memory.state if memory.state != "active" else None,
            "agent": memory.agent_id,
            "conversation_id": memory.run_id,
        },
    )


def _content(path: Path) -> tuple[Place, bytes]:
    with readable(Place(path)):
        if not zipfile.is_zipfile(path):
            return Place(path), path.read_bytes()
        member = _member(path)
        if member is None:
            raise ConfigError(one_line(f"{path}: no {_MEMBER} in it; name the zip as it was sent"))
        with zipfile.ZipFile(path) as archive:
            return Place(path / member), archive.read(member)


def _member(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return None
    beside = any(name.rsplit("/", 1)[-1] == "memories.jsonl.gz" for name in names)
    return next((name for name in names if beside and name.rsplit("/", 1)[-1] == _MEMBER), None)
