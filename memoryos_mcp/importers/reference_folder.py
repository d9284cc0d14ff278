"""The importer of the reference implementation's folder of a user: `short_term.json` and the pages of `mid_term.json`.

A page has an id there only once it is in mid-term memory, so ours is made of what it says and when: a page that moved
on between two imports is the same one. What was derived (summaries, profiles, knowledge) is derived anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from memoryos import timestamps
from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import page_parts
from memoryos_mcp.importers.json_files import json_value, validated

EXPECTED: Final = "short_term.json and mid_term.json as the reference implementation writes them"

_SHORT_TERM, _MID_TERM = "short_term.json", "mid_term.json"


class _Page(BaseModel):
    user_input: str = ""
    agent_response: str = ""
    timestamp: str


class _ShortTerm(BaseModel):
    pages: list[_Page]


class _Session(BaseModel):
    details: list[_Page] = []


class _MidTerm(BaseModel):
    sessions: dict[str, _Session] = {}


def detects(path: Path) -> bool:
    """Whether it is a folder with one of the two files."""
    return path.is_dir() and any((path / name).is_file() for name in (_SHORT_TERM, _MID_TERM))


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
    """The pages in the order of their times, each once."""
    pages = {(page.timestamp, page.user_input, page.agent_response): place for page, place in _pages(path)}
    dated = []
    for (timestamp, said, answered), place in pages.items():
        try:
            dated.append((timestamps.parse(timestamp, zone), timestamp, said, answered, place))
        except InvalidArgumentError as error:
            raise ConfigError(one_line(f"{place}: {error}")) from error
    for at, timestamp, said, answered, place in sorted(dated, key=lambda page: page[0]):
        if said.strip() or answered.strip():
            yield from page_parts(
                said,
                answered,
                ("memoryos", timestamp, said, answered),
                at,
                meta_data={"source": "memoryos"},
                place=place,
                zone=zone,
                assistant_id=assistant_id,
            )


def _pages(folder: Path) -> Iterator[tuple[_Page, str]]:
    """Mid-term memory first: of two pages of one second, it has the earlier one."""
    path = folder / _MID_TERM
    if path.is_file():
        for id_, session in validated(
            _MidTerm, json_value(path, expected=EXPECTED), path, expected=EXPECTED
        ).sessions.items():
            yield from ((page, f"{path}: {id_}: details[{index}]") for index, page in enumerate(session.details))
    path = folder / _SHORT_TERM
    if path.is_file():
        recent = validated(_ShortTerm, {"pages": json_value(path, expected=EXPECTED)}, path, expected=EXPECTED)
        yield from ((page, f"{path}: [{index}]") for index, page in enumerate(recent.pages))
