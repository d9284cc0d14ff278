"""The importer of one JSON value over a whole file: a list of exchanges or of conversations, or one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from memoryos.models import IncomingPage
from memoryos_mcp.importers.json_files import Place, decoded, parsed, readable
from memoryos_mcp.importers.page_objects import EXPECTED, pages_in


def detects(path: Path) -> bool:
    """Always: it is asked last, and says of a file that nothing reads what is wrong with it as JSON."""
    return True


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage]:
    """The pages in the file's order."""
    place = Place(path)
    with readable(place):
        content = path.read_bytes()
    value = parsed(decoded(content, place), place, expected=EXPECTED)
    if not isinstance(value, list):
        yield from pages_in(value, str(path), zone, assistant_id)
        return
    for index, item in enumerate(value):
        yield from pages_in(item, f"{path}: [{index}]", zone, assistant_id)
