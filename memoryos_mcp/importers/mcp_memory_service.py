"""The importer of an export of mcp-memory-service: `{"export_metadata": {...}, "memories": [...]}`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import moment
from memoryos_mcp.importers.foreign_facts import ForeignFact, Origin, fact_pages
from memoryos_mcp.importers.json_files import Broken, each, has_keys, head_of, json_value, validated

EXPECTED: Final = (
    'an export of mcp-memory-service: {"export_metadata": {...}, "memories": [{"content": "...", "content_hash": '
    '"...", "tags": ["..."], "created_at": seconds since 1970}]}'
)


class _File(BaseModel):
    memories: list[object]


class _Memory(BaseModel):
    content: str
    content_hash: str
    tags: list[str] | None = None
    created_at: float | None = None
    memory_type: str | None = None


def detects(path: Path) -> bool:
    """Whether it has what that service's exports begin with."""
    head = head_of(path)
    return has_keys(head, "export_metadata") and (has_keys(head, "content_hash") or has_keys(head, "total_memories"))


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The memories in the file's order."""
    found = validated(_File, json_value(path, expected=EXPECTED), path, expected=EXPECTED).memories
    origin = Origin("mcp-memory-service", moment(path.stat().st_mtime), zone, assistant_id)

    def pages(item: tuple[object, str]) -> Iterator[IncomingPage]:
        value, place = item
        memory = validated(_Memory, value, place, expected=EXPECTED)
        meta_data = {"tags": memory.tags, "type": memory.memory_type}
        fact = ForeignFact(memory.content, (memory.content_hash,), moment(memory.created_at), meta_data)
        return fact_pages(fact, origin, place)

    yield from each([(item, f"{path}: memories[{index}]") for index, item in enumerate(found)], pages)
