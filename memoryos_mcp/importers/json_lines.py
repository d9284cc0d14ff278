"""What `export` writes and `import` reads: a memory as JSON lines, and exchanges from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import BaseModel

from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.models import ChainContent, IncomingPage, Knowledge, Page, SegmentContent, Trait
from memoryos.storage.transfer import incoming_page
from memoryos_mcp.importers.conversations import ExchangeObject
from memoryos_mcp.importers.json_files import Place, parsed, readable, validated

DERIVED: Final = ("fact", "trait", "segment", "chain")
"""Kinds of lines that are for reading elsewhere: from the pages all this is derived anew."""

_EXPECTED: Final = (
    'lines of an export, or a JSON list or JSON lines of {"user_input": "...", "agent_response": "...", '
    '"timestamp": "YYYY-MM-DD HH:MM:SS"} or of {"pages": [such]}'
)


class _PageObject(ExchangeObject):
    meta_data: dict[str, object] | None = None
    happened_at: str | None = None
    added_at: str | None = None
    assistant_id: str | None = None


class _Talk(BaseModel):
    pages: list[_PageObject]


def export_line(content: Page | Knowledge | Trait | SegmentContent | ChainContent) -> bytes:
    """A part of a memory as one line of UTF-8."""
    text = json.dumps(_described(content), ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()


def import_pages(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
    """The pages of an export or of conversations, in the file's order and checked.

    Times without a zone are in `zone`; an exchange that no export wrote, and that names no assistant, is noted as had
    with `assistant_id`. Raises `ConfigError` with one line that names the file, the place in it and what is expected.
    """
    for value, place in _values(path):
        yield from _pages(value, place, zone, assistant_id)


def _described(content: Page | Knowledge | Trait | SegmentContent | ChainContent) -> dict[str, object]:
    if isinstance(content, Page):
        return _page(content)
    if isinstance(content, Knowledge):
        return _fact(content)
    if isinstance(content, Trait):
        return _trait(content)
    if isinstance(content, SegmentContent):
        return _segment(content)
    return {"kind": "chain", "summary": content.summary, "analysis": content.analysis, "pages": content.pages}


def _page(page: Page) -> dict[str, object]:
    optional = {"meta_data": page.meta_data, "assistant_id": page.assistant_id}
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
    return {
        "kind": "fact",
        "id": fact.id,
        "owner": fact.owner,
        **_given({"assistant_id": fact.assistant_id}),
        "text": fact.text,
        "timestamp": fact.timestamp,
        "happened_at": fact.happened_at.isoformat(),
        "current": fact.superseded_by is None and fact.archived_at is None,
        **_given({"superseded_by": fact.superseded_by, "archived_at": archived_at}),
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
        "first_page_at": segment.first_page_at.isoformat(),
        "last_page_at": segment.last_page_at.isoformat(),
        "current": segment.archived_at is None,
        "analysis": segment.analysis,
        "pages": content.pages,
    }


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _values(path: Path) -> Iterator[tuple[object, str]]:
    """The JSON objects of a file, each with its place: a line each, or what the whole file is."""
    with readable(Place(path)), path.open("rb") as content:
        by_lines = path.suffix == ".jsonl" or _begins_with_an_object(content)
        content.seek(0)
        if by_lines:
            for number, line in enumerate(content, 1):
                place = Place(path, number)
                if text := _decoded(line, place).rstrip():
                    yield parsed(text, place, expected=_EXPECTED), str(place)
            return
        value = parsed(_decoded(content.read(), Place(path)), Place(path), expected=_EXPECTED)
    if isinstance(value, list):
        yield from ((item, f"{path}: [{index}]") for index, item in enumerate(value))
    else:
        yield value, str(path)


def _begins_with_an_object(content: BinaryIO) -> bool:
    """Whether the first line is a JSON object by itself, so that the file is JSON lines whatever its name."""
    first = next((line for line in content if line.strip()), b"")
    try:
        return isinstance(json.loads(first.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return not first


def _decoded(content: bytes, place: Place) -> str:
    with readable(place):
        return content.decode("utf-8-sig")


def _pages(value: object, place: str, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "page":
        yield _incoming(validated(_PageObject, value, place, expected=_EXPECTED), place, zone)
    elif kind is None:
        for exchange, where in _exchanges(value, place):
            # Its id, if any, is one within the file.
            given = {"id": None, "assistant_id": exchange.assistant_id or assistant_id}
            yield _incoming(exchange.model_copy(update=given), where, zone)
    elif kind not in DERIVED:
        kinds = ", ".join(("page", *DERIVED))
        raise ConfigError(one_line(f"{place}: kind: got {str(kind)[:40]!r}; expected: one of {kinds}"))


def _exchanges(value: object, place: str) -> Iterator[tuple[_PageObject, str]]:
    if isinstance(value, dict) and "pages" in value:
        talk = validated(_Talk, value, place, expected=_EXPECTED)
        yield from ((exchange, f"{place}: pages[{index}]") for index, exchange in enumerate(talk.pages))
    else:
        yield validated(_PageObject, value, place, expected=_EXPECTED), place


def _incoming(page: _PageObject, place: str, zone: tzinfo | None) -> IncomingPage:
    try:
        return incoming_page(
            page.user_input,
            page.agent_response,
            timestamp=page.timestamp,
            meta_data=page.meta_data,
            assistant_id=page.assistant_id,
            zone=zone,
            id_=page.id,
            happened_at=page.happened_at,
            added_at=page.added_at,
        )
    except InvalidArgumentError as error:
        raise ConfigError(one_line(f"{place}: {error}")) from error
