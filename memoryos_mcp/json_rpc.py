"""JSON-RPC, a line each: the messages in a line that came, and what to answer where it holds none."""

from __future__ import annotations

import json
import re
from typing import Final

from mcp_types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, JSONRPCMessage, RequestId
from mcp_types.jsonrpc import jsonrpc_message_adapter
from pydantic import ValidationError

_HALF_CHARACTER: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""A pair of surrogates, half of one, or any other escape."""
_LONGEST_INTEGER: Final = 1_000
"""In digits. Python refuses to read longer ones than 4,300."""


def read(line: bytes) -> tuple[list[JSONRPCMessage], list[JSONRPCError]]:
    """The messages in a line, and the answers to what in it is none.

    A client waits for ever for a request that is dropped. So what strict readers refuse is read all the same: half a
    character, as JavaScript writes where it cuts a text there (a mark takes its place), deep nesting, numbers without
    end, several messages in a list.
    """
    try:
        return [jsonrpc_message_adapter.validate_json(line, by_name=False)], []
    except ValidationError:
        return _read_leniently(line.decode("utf-8-sig", errors="replace"))


def written(message: JSONRPCMessage) -> bytes:
    """A message as a line."""
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"


def _read_leniently(line: str) -> tuple[list[JSONRPCMessage], list[JSONRPCError]]:
    if not line.strip():
        return [], []
    try:
        value = json.loads(_HALF_CHARACTER.sub(_whole, line), parse_int=_number)
    except (ValueError, RecursionError):
        return [], [_error(None, PARSE_ERROR, "Parse error: a message is one line of JSON")]
    messages, errors = [], []
    for item in value if isinstance(value, list) and value else [value]:
        try:
            messages.append(jsonrpc_message_adapter.validate_python(item, by_name=False))
        except ValidationError:
            errors += _refusal(item)
    return messages, errors


def _refusal(item: object) -> list[JSONRPCError]:
    """The answer to a value that is no message; none to what looks like an answer itself."""
    members = item if isinstance(item, dict) else {}
    if members.keys() & {"result", "error"}:
        return []
    id_ = members.get("id")
    known: RequestId | None = id_ if isinstance(id_, (int, str)) and not isinstance(id_, bool) else None
    return [_error(known, INVALID_REQUEST, "Invalid request: not a message of JSON-RPC 2.0")]


def _error(id_: RequestId | None, code: int, message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=id_, error=ErrorData(code=code, message=message))


def _whole(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape[1] else escape[0]


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
