"""YAML, edited as text at the places that PyYAML's parser names: its writer would drop comments.

Servers are a table by their names (`TABLE`) or a list of tables with a name in each (`NAMED_LIST`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from memoryos_mcp.clients.formats import Entry, Place, newline


@dataclass(frozen=True, slots=True)
class _Server:
    """A server in the text: its name, and where it begins and ends."""

    name: str
    first: yaml.Node
    last: yaml.Node


@dataclass(frozen=True, slots=True)
class Table:
    """Servers as a table by their names; `listed` where they are a list, with the name as a field of each."""

    listed: bool = False

    def parsed(self, text: str) -> dict[str, object]:
        """The whole configuration; of blank text an empty one."""
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ValueError(" ".join(str(error).split())) from error
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise ValueError("the top level is not a table")
        return found

    def entry(self, text: str, place: Place) -> dict[str, object] | None:
        """The entry at a place, None where there is none."""
        servers = self.parsed(text).get(place[0])
        if isinstance(servers, dict) and not self.listed:
            found = servers.get(place[1])
            return found if isinstance(found, dict) else None
        if isinstance(servers, list) and self.listed:
            tables = (server for server in servers if isinstance(server, dict))
            return next((server for server in tables if server.get("name") == place[1]), None)
        return None

    def added(self, text: str, place: Place, entry: Entry) -> str:
        """The text with the entry in it, in the place of one that was there."""
        key, name = place
        line = newline(text)
        ended = text if not text or text.endswith("\n") else text + line
        found = _pair(text, key)
        if found is None:
            return ended + line.join([f"{key}:", *self._rendered(name, entry, "  ")]) + line
        servers = found[1]
        if not isinstance(servers, yaml.CollectionNode) or not servers.value:
            if servers.tag != "tag:yaml.org,2002:null" and not isinstance(servers, yaml.CollectionNode):
                raise ValueError(f"{key} is neither a table nor a list")
            start, end = servers.start_mark.index, servers.end_mark.index
            kept = text[:start].rstrip(" ") + text[end:]
            at = _next_line(kept, len(text[:start].rstrip(" ")))
            kept = kept if kept[:at].endswith("\n") else kept + line
            return _spliced(kept, at, at, self._rendered(name, entry, "  "), line)
        known = [server for server in self._servers(servers) if server.name == name]
        if servers.flow_style:
            return self._added_inline(text, servers, known, name, entry)
        indent = " " * servers.start_mark.column
        block = self._rendered(name, entry, indent)
        if known:
            return _spliced(ended, *_lines(ended, known[0]), block, line)
        at = _next_line(ended, _last(servers).end_mark.index)
        return _spliced(ended, at, at, block, line)

    def removed(self, text: str, place: Place) -> str:
        """The text without the entry, which must be there; a table that held nothing else goes with it."""
        found = _pair(text, place[0])
        servers = found[1] if found is not None else None
        if found is None or not isinstance(servers, yaml.CollectionNode):
            raise ValueError(f"it has no {place[0]}")
        (known,) = (server for server in self._servers(servers) if server.name == place[1])
        if len(servers.value) == 1:
            known = _Server(place[0], found[0], servers)
        elif servers.flow_style:
            return _cut_inline(text, list(self._servers(servers)), known)
        start, end = _lines(text, known)
        return text[:start] + text[end:]

    def pruned(self, text: str, key: str) -> str:
        """The text as it is: an empty table has gone with its last entry."""
        return text

    def _servers(self, servers: yaml.CollectionNode) -> Iterator[_Server]:
        if self.listed != isinstance(servers, yaml.SequenceNode):
            raise ValueError("servers are a table where a list is expected, or a list where a table is")
        for item in servers.value:
            if not self.listed:
                yield _Server(item[0].value, item[0], item[1])
            elif isinstance(item, yaml.MappingNode):
                names = [value.value for key, value in item.value if key.value == "name"]
                yield _Server(names[0] if names else "", item, item)

    def _rendered(self, name: str, entry: Entry, indent: str) -> list[str]:
        fields = yaml.safe_dump(dict(entry), sort_keys=False, allow_unicode=True, width=10_000).splitlines()
        if self.listed:
            return [f"{indent}{'- ' if number == 0 else '  '}{field}" for number, field in enumerate(fields)]
        return [f"{indent}{name}:", *(f"{indent}  {field}" for field in fields)]

    def _added_inline(
        self, text: str, servers: yaml.CollectionNode, known: list[_Server], name: str, entry: Entry
    ) -> str:
        shown = json.dumps(dict(entry), ensure_ascii=False)
        if known:
            return text[: known[0].last.start_mark.index] + shown + text[known[0].last.end_mark.index :]
        *_, last = self._servers(servers)
        end = last.last.end_mark.index
        return f"{text[:end]}, {shown if self.listed else f'{name}: {shown}'}{text[end:]}"


TABLE = Table()
NAMED_LIST = Table(listed=True)


def _pair(text: str, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """A key of the top level and its value, None where it has no such key."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise ValueError("the top level is not a table in lines")
    return next(((name, value) for name, value in root.value if name.value == key), None)


def _last(node: yaml.Node) -> yaml.Node:
    """What a node's last line ends with: the end of a block itself lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _cut_inline(text: str, servers: list[_Server], known: _Server) -> str:
    """The text without one of several servers that are written in one line."""
    index = servers.index(known)
    if index:
        return text[: servers[index - 1].last.end_mark.index] + text[known.last.end_mark.index :]
    return text[: known.first.start_mark.index] + text[servers[1].first.start_mark.index :]


def _lines(text: str, server: _Server) -> tuple[int, int]:
    start = text.rfind("\n", 0, server.first.start_mark.index) + 1
    return start, _next_line(text, _last(server.last).end_mark.index)


def _next_line(text: str, at: int) -> int:
    if at and text[at - 1] == "\n":  # after a text of several lines
        return at
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _spliced(text: str, start: int, end: int, block: list[str], line: str) -> str:
    return text[:start] + line.join(block) + line + text[end:]
