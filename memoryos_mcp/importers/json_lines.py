"""What `export` writes, and the importer that reads it: JSON lines of pages, of exchanges or of conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO

from memoryos.models import ChainContent, IncomingPage, Knowledge, Page, SegmentContent, Trait
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, readable
from memoryos_mcp.importers.page_objects import EXPECTED, pages_in


def export_line(content: Page | Knowledge | Trait | SegmentContent | ChainContent) -> bytes:
    """A part of a memory as one line of UTF-8."""
    text = json.dumps(_described(content), ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def detects(path: Path) -> bool:
    """Whether the name says so, or the first line is a JSON object by itself."""
    if not path.is_file():
        return False
    if path.suffix == ".jsonl":
        return True
    with readable(Place(path)), path.open("rb") as content:
        return _begins_with_an_object(content)


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The pages in the file's order; lines of what an export derived from them are passed over."""

    def pages(line: tuple[object, Place]) -> Iterator[IncomingPage]:
        value, place = line
        return pages_in(value, str(place), zone, assistant_id)

    for line in json_lines(path, expected=EXPECTED):
        yield from (line,) if isinstance(line, Broken) else each((line,), pages)


def _described(content: Page | Knowledge | Trait | SegmentContent | ChainContent) -> dict[str, object]:
    if isinstance(content, Page):
        return _page(content)
    if isinstance(content, Knowledge):
        return _fact(content)
    if isinstance(content, Trait):
        return _trait(content)
    if isinstance(content, SegmentContent):
        return _segment(content)
    return {
        "kind": "chain",
        "summary": content.summary,
        **_given({"project": content.project}),
        "analysis": content.analysis,
        "pages": content.pages,
    }


def _page(page: Page) -> dict[str, object]:
    optional = {
        "meta_data": page.meta_data,
        "assistant_id": page.assistant_id,
        "project": page.project,
        "turn": page.turn,
    }
    return {
        "kind": "page",
        "id": page.id,
        "timestamp": page.timestamp,
        "happened_at": page.happened_at.isoformat(),
        "added_at": page.added_at.isoformat(),
        "user_input": page.user_input,
        "agent_response": page.agent_response,
        **_given(optional),
    }


def _fact(fact: Knowledge) -> dict[str, object]:
    archived_at = None if fact.archived_at is None else fact.archived_at.isoformat()
    times = {"held_from": fact.held_from, "held_until": fact.held_until, "learned_at": fact.learned_at}
    return {
        "kind": "fact",
        "id": fact.id,
        "owner": fact.owner,
        **_given({"assistant_id": fact.assistant_id, "project": fact.project}),
        "text": fact.text,
        "timestamp": fact.timestamp,
        "happened_at": fact.happened_at.isoformat(),
        "current": fact.is_current,
        **_given({"superseded_by": fact.superseded_by, "archived_at": archived_at}),
        "state": fact.state,
        **_given({"doubted_by": fact.doubted_by, "subject": fact.subject, "slot": fact.slot, "value": fact.value}),
        **_given({name: None if time is None else time.isoformat() for name, time in times.items()}),
        **({"pinned": True} if fact.pinned else {}),
        "author": fact.author,
        "analysis": fact.analysis,
        "sources": fact.sources,
    }


def _trait(trait: Trait) -> dict[str, object]:
    return {
        "kind": "trait",
        "dimension": trait.dimension,
        "level": trait.level,
        "evidence": trait.evidence,
        "timestamp": trait.timestamp,
        "happened_at": trait.happened_at.isoformat(),
    }


def _segment(content: SegmentContent) -> dict[str, object]:
    segment = content.segment
    return {
        "kind": "segment",
        "theme": segment.theme,
        "summary": segment.summary,
        "keywords": segment.keywords,
        **_given({"project": segment.project}),
        "first_page_at": segment.first_page_at.isoformat(),
        "last_page_at": segment.last_page_at.isoformat(),
        "current": segment.archived_at is None,
        "analysis": segment.analysis,
        "pages": content.pages,
    }


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _begins_with_an_object(content: BinaryIO) -> bool:
    """Whether the first line is a JSON object by itself, so that the file is JSON lines whatever its name."""
    first = next((line for line in content if line.strip()), b"")
    try:
        return isinstance(json.loads(first.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return not first
