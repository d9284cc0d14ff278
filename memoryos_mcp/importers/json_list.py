"""The importer of one JSON value over a whole file: a list of exchanges or of conversations, or one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from memoryos.models import IncomingPage
from memoryos_mcp.importers.json_files import Broken, each, json_value
from memoryos_mcp.importers.page_objects import EXPECTED, pages_in


def detects(path: Path) -> bool:
    """Always: it is asked last, and says of a file that nothing reads what is wrong with it as JSON."""
    return True


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The pages in the file's order."""

    def pages(item: tuple[object, str]) -> Iterator[IncomingPage]:
        value, place = item
        return pages_in(value, place, zone, assistant_id)

    value = json_value(path, expected=EXPECTED)
    items = [(value, str(path))]
    if isinstance(value, list):
        items = [(item, f"{path}: [{index}]") for index, item in enumerate(value)]
    yield from each(items, pages)
