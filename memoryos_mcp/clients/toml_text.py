"""TOML, edited as text where tables are added, and by tomlkit, which keeps a document as written, elsewhere."""

from __future__ import annotations

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.container import OutOfOrderTableProxy
from tomlkit.exceptions import ParseError
from tomlkit.items import AbstractTable, InlineTable

from memoryos_mcp.clients.formats import Entry, Place, newline


def parsed(text: str) -> dict[str, object]:
    """The whole configuration; of blank text an empty one."""
    found: dict[str, object] = _document(text).unwrap()
    return found


def entry(text: str, place: Place) -> dict[str, object] | None:
    """The entry at a place, None where there is none."""
    servers = parsed(text).get(place[0])
    found = servers.get(place[1]) if isinstance(servers, dict) else None
    return found if isinstance(found, dict) else None


def added(text: str, place: Place, entry: Entry) -> str:
    """The text with the entry in it, in the place of one that was there."""
    key, name = place
    document = _document(text)
    servers = document.get(key)
    known = servers.get(name) if servers is not None else None
    if known is not None:
        for field, value in entry.items():
            if known.get(field) != value:
                known[field] = value
        return tomlkit.dumps(document)
    if isinstance(servers, InlineTable):
        servers[name] = tomlkit.item(dict(entry), _parent=servers)
        return tomlkit.dumps(document)
    # A table of its own at the end is right whatever stands before it, and moves nothing.
    line = newline(text)
    between = "" if not text.strip() else line if text.endswith("\n") else line * 2
    return f"{text}{between}{_block(place, entry, line)}"


def removed(text: str, place: Place) -> str:
    """The text without the entry, which must be there."""
    line = newline(text)
    block = _block(place, entry(text, place) or {}, line)
    at = text.find(block)
    if at >= 0:
        start = at - len(line) if text[:at].endswith(line * 2) else at
        return text[:start] + text[at + len(block) :]
    document = _document(text)
    servers = document[place[0]]
    if not isinstance(servers, AbstractTable | OutOfOrderTableProxy):
        raise ValueError(f"{place[0]} is not a table")
    del servers[place[1]]
    return tomlkit.dumps(document)


def pruned(text: str, key: str) -> str:
    """The text without the table of servers where it is empty."""
    document = _document(text)
    if document.unwrap().get(key) == {}:
        del document[key]
    return tomlkit.dumps(document)


def _block(place: Place, entry: Entry, line: str) -> str:
    """The entry as a table of its own."""
    key, name = place
    return "".join(f"{written}{line}" for written in (f"[{key}.{name}]", *tomlkit.dumps(dict(entry)).splitlines()))


def _document(text: str) -> TOMLDocument:
    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise ValueError(str(error)) from error
