"""JSON objects that are pages, or hold them: what every importer of JSON of our own reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from pydantic import BaseModel

from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.models import IncomingPage
from memoryos.storage.transfer import incoming_page
from memoryos_mcp.importers.conversations import ExchangeObject
from memoryos_mcp.importers.json_files import validated

DERIVED: Final = ("fact", "trait", "segment", "chain")
"""Kinds of objects that are for reading elsewhere: from the pages all this is derived anew."""

EXPECTED: Final = (
    'lines of an export, or a JSON list or JSON lines of {"user_input": "...", "agent_response": "...", '
    '"timestamp": "YYYY-MM-DD HH:MM:SS"} or of {"pages": [such]}'
)


class _PageObject(ExchangeObject):
    meta_data: dict[str, object] | None = None
    happened_at: str | None = None
    added_at: str | None = None
    assistant_id: str | None = None
    project: str | None = None


class _ExportedPage(_PageObject):
    turn: str | None = None


class _Talk(BaseModel):
    pages: list[_PageObject]


def pages_in(value: object, place: str, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
    """The pages of a JSON value: of an export's object the page or none, of any other object its exchanges.

    Raises `ConfigError` with `place` and what is expected.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "page":
        yield _incoming(validated(_ExportedPage, value, place, expected=EXPECTED), place, zone)
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
        talk = validated(_Talk, value, place, expected=EXPECTED)
        yield from ((exchange, f"{place}: pages[{index}]") for index, exchange in enumerate(talk.pages))
    else:
        yield validated(_PageObject, value, place, expected=EXPECTED), place


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
            project=page.project,
            turn=page.turn if isinstance(page, _ExportedPage) else None,
        )
    except InvalidArgumentError as error:
        raise ConfigError(one_line(f"{place}: {error}")) from error
