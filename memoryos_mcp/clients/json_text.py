"""JSON with comments and trailing commas, edited as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from memoryos_mcp.clients.formats import Entry, Place, newline

_TOKEN: Final = re.compile(
    r"(?P<blank>[\s\ufeff]+|//[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<mark>[{}\[\]:,])"
    r'|(?P<word>[^\s{}\[\]:,"/]+)',
    re.DOTALL,
)
_REST_OF_LINE: Final = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/[ \t]*(?=\r?\n|\Z))?")
_INDENT: Final = re.compile(r"(?:\A|\n)([ \t]*)\Z")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Value:
    """A value, and the characters it takes; of an object also where its members stand."""

    start: int
    end: int
    value: object
    members: tuple[_Member, ...] = ()

    def member(self, key: str) -> _Member | None:
        return next((member for member in reversed(self.members) if member.key == key), None)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object, from its key on; `comma` is where the comma after it ends, None where there is none."""

    key: str
    start: int
    value: _Value
    comma: int | None


def parsed(text: str) -> dict[str, object]:
    """The whole configuration; of blank text an empty one."""
    return _table(_root(text), "the top level") if _has_content(text) else {}


def entry(text: str, place: Place) -> dict[str, object] | None:
    """The entry at a place, None where there is none."""
    servers = parsed(text).get(place[0])
    found = servers.get(place[1]) if isinstance(servers, dict) else None
    return found if isinstance(found, dict) else None


def added(text: str, place: Place, entry: Entry) -> str:
    """The text with the entry in it, in the place of one that was there."""
    return put(text, place, entry)


def put(text: str, place: Place, entry: object) -> str:
    """The text with any value at a place, in that of one that was there."""
    key, name = place
    if not _has_content(text):
        return text + json.dumps({key: {name: entry}}, indent=2, ensure_ascii=False) + "\n"
    root = _root(text)
    _table(root, "the top level")
    servers = root.member(key)
    if servers is None:
        return _with_member(text, root, root, key, {name: entry})
    _table(servers.value, key)
    known = servers.value.member(name)
    if known is None:
        return _with_member(text, root, servers.value, name, entry)
    if "\n" in text[servers.value.start : servers.value.end]:
        shown = _rendered(text, root, entry, _indent_before(text, known.start))
    else:
        shown = json.dumps(entry, ensure_ascii=False)
    return text[: known.value.start] + shown + text[known.value.end :]


def removed(text: str, place: Place) -> str:
    """The text without the entry, which must be there."""
    servers = _root(text).member(place[0])
    if servers is None:
        raise ValueError(f"it has no {place[0]}")
    return _without_member(text, servers.value, place[1])


def pruned(text: str, key: str) -> str:
    """The text without the table of servers where it is empty."""
    root = _root(text)
    servers = root.member(key)
    return _without_member(text, root, key) if servers is not None and servers.value.value == {} else text


def _with_member(text: str, root: _Value, table: _Value, key: str, value: object) -> str:
    inline = "\n" not in text[table.start : table.end] and (bool(table.members) or "\n" not in text.strip())
    if inline:
        member = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        if not table.members:
            return f"{text[: table.start]}{{{member}}}{text[table.end :]}"
        end = table.members[-1].value.end
        return f"{text[:end]}, {member}{text[end:]}"
    line = newline(text)
    if table.members:
        indent = _indent_before(text, table.members[0].start)
        last = table.members[-1]
        at = _line_end(text, last.comma or last.value.end)
        member = f"{line}{indent}{json.dumps(key)}: {_rendered(text, root, value, indent)}"
        if last.comma is not None:
            return f"{text[:at]}{member},{text[at:]}"
        return f"{text[: last.value.end]},{text[last.value.end : at]}{member}{text[at:]}"
    outer = _line_indent(text, table.start)
    indent = outer + _unit(text, root)
    inner = text[table.start + 1 : table.end - 1].rstrip()
    member = f"{inner}{line}{indent}{json.dumps(key)}: {_rendered(text, root, value, indent)}{line}{outer}"
    return f"{text[: table.start]}{{{member}}}{text[table.end :]}"


def _without_member(text: str, table: _Value, key: str) -> str:
    member = table.member(key)
    if member is None:
        raise ValueError(f"it has no {key}")
    start = len(text[: member.start].rstrip())
    end = member.comma or member.value.end
    before = [other for other in table.members if other.start < member.start]
    if before and member.comma is None and (comma := before[-1].comma) is not None:
        return text[: comma - 1] + text[comma:start] + text[end:]
    if not before and len(table.members) == 1 and not text[table.start + 1 : start].strip():
        end += len(text[end : table.end - 1]) - len(text[end : table.end - 1].lstrip())
    return text[:start] + text[end:]


def _line_end(text: str, at: int) -> int:
    """Where the line ends on which a member ends, if only a comment stands on the rest of it."""
    found = _REST_OF_LINE.match(text, at)
    end = at if found is None else found.end()
    return end if text[end : end + 2].strip(" \t")[:1] in ("\r", "\n") else at


def _rendered(text: str, root: _Value, value: object, indent: str) -> str:
    if "\n" not in text[root.start : root.end] and root.members:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, indent=_unit(text, root), ensure_ascii=False).split("\n")
    return f"{newline(text)}{indent}".join(lines)


def _unit(text: str, root: _Value) -> str:
    """What one level of the file is indented by."""
    return (_indent_before(text, root.members[0].start) if root.members else "") or "  "


def _indent_before(text: str, at: int) -> str:
    """The blanks before what begins its line, "" where it does not."""
    found = _INDENT.search(text, 0, at)
    return found[1] if found else _line_indent(text, at)


def _line_indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _table(value: _Value, what: str) -> dict[str, object]:
    if not isinstance(value.value, dict):
        raise ValueError(f"{what} is not an object")
    return value.value


def _has_content(text: str) -> bool:
    return any(True for _ in _tokens(text))


def _root(text: str) -> _Value:
    tokens = list(_tokens(text))
    value, rest = _read(tokens, 0)
    if rest != len(tokens):
        raise _unexpected(tokens, rest)
    return value


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"line {text.count(chr(10), 0, at) + 1} is not JSON")
        if found.lastgroup != "blank":
            yield _Token(str(found.lastgroup), found[0], at, found.end())
        at = found.end()


def _read(tokens: list[_Token], at: int) -> tuple[_Value, int]:
    """The value at a token, and the token after it."""
    token = _at(tokens, at)
    if token.text == "{":
        return _read_object(tokens, at)
    if token.text == "[":
        return _read_list(tokens, at)
    if token.kind == "mark":
        raise _unexpected(tokens, at)
    return _Value(token.start, token.end, json.loads(token.text, strict=False)), at + 1


def _read_object(tokens: list[_Token], at: int) -> tuple[_Value, int]:
    start = tokens[at].start
    members: list[_Member] = []
    at += 1
    while _at(tokens, at).text != "}":
        key = tokens[at]
        if key.kind != "string" or _at(tokens, at + 1).text != ":" or (members and members[-1].comma is None):
            raise _unexpected(tokens, at)
        value, at = _read(tokens, at + 2)
        comma = _at(tokens, at)
        members.append(
            _Member(json.loads(key.text, strict=False), key.start, value, comma.end if comma.text == "," else None)
        )
        at += comma.text == ","
    values = {member.key: member.value.value for member in members}
    return _Value(start, tokens[at].end, values, tuple(members)), at + 1


def _read_list(tokens: list[_Token], at: int) -> tuple[_Value, int]:
    start = tokens[at].start
    values: list[object] = []
    separated = True
    at += 1
    while _at(tokens, at).text != "]":
        if not separated:
            raise _unexpected(tokens, at)
        value, at = _read(tokens, at)
        values.append(value.value)
        separated = _at(tokens, at).text == ","
        at += separated
    return _Value(start, tokens[at].end, values), at + 1


def _at(tokens: list[_Token], at: int) -> _Token:
    if at >= len(tokens):
        raise ValueError("it ends within a value")
    return tokens[at]


def _unexpected(tokens: list[_Token], at: int) -> ValueError:
    return ValueError(f"{tokens[at].text[:20]!r} at character {tokens[at].start + 1:,} is out of place")
