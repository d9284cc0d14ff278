"""JSON-RPC, a line each: the messages in a line that came, and what to answer where it holds none."""

from __future__ import annotations

import json
import re
from typing import Final

from mcp_types import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    JSONRPCResponse,
    RequestId,
)
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
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError:
        return _read_leniently(line)
    if isinstance(message, JSONRPCNotification) and b'"id"' in line:  # perhaps a request with an odd id
        return _read_leniently(line)
    return [message], []


def refused(line: bytes, why: str) -> list[JSONRPCMessage]:
    """An answer to each request in a line that cannot be done now; that of a tool is for the model to read.

    Raises `MemoryError` where there is not even enough to read it.
    """
    try:
        value = json.loads(line.decode("utf-8-sig", errors="replace"), parse_int=_number)
    except (ValueError, RecursionError):
        return [_error(None, INTERNAL_ERROR, why)]
    items = value if isinstance(value, list) else [value]
    requests = [item for item in items if isinstance(item, dict) and "method" in item and "id" in item]
    return [_refusal(_id(request["id"]), request, why) for request in requests]


def _refusal(id_: RequestId | None, request: dict[str, object], why: str) -> JSONRPCMessage:
    params = request.get("params")
    if id_ is None or request["method"] != "tools/call" or not isinstance(params, dict):
        return _error(id_, INTERNAL_ERROR, why)
    text = f"Error executing tool {params.get('name')}: {why}"
    return JSONRPCResponse(jsonrpc="2.0", id=id_, result={"content": [{"type": "text", "text": text}], "isError": True})


def written(message: JSONRPCMessage) -> bytes:
    """A message as a line."""
    return message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n"


def _read_leniently(line: bytes) -> tuple[list[JSONRPCMessage], list[JSONRPCError]]:
    text = line.decode("utf-8-sig", errors="replace")
    if not text.strip():
        return [], []
    try:
        value = json.loads(_HALF_CHARACTER.sub(_whole, text), parse_int=_number)
    except ValueError:
        return [], [_error(None, PARSE_ERROR, "Parse error: a message is one line of JSON")]
    except RecursionError:
        return [], [_error(None, PARSE_ERROR, "Parse error: the message is nested too deeply")]
    messages: list[JSONRPCMessage] = []
    errors: list[JSONRPCError] = []
    for item in value if isinstance(value, list) and value else [value]:
        found, refused = _sorted_out(item)
        messages += found
        errors += refused
    return messages, errors


def _sorted_out(item: object) -> tuple[list[JSONRPCMessage], list[JSONRPCError]]:
    """A value as a message, or as the answer to what is none; neither where it is a broken answer itself."""
    members = item if isinstance(item, dict) else {}
    id_ = _id(members.get("id"))
    try:
        if id_ is not None or "id" not in members or "method" not in members:
            whole = {**members, "id": id_} if id_ is not None else item
            return [jsonrpc_message_adapter.validate_python(whole, by_name=False)], []
    except ValidationError:
        if members.keys() & {"result", "error"}:
            return [], []
    return [], [_error(id_, INVALID_REQUEST, "Invalid request: not a message of JSON-RPC 2.0")]


def _id(value: object) -> RequestId | None:
    """What an answer can carry: text or a whole number, as 1.0 is to those who write all numbers so."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def _error(id_: RequestId | None, code: int, message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=id_, error=ErrorData(code=code, message=message))


def _whole(escape: re.Match[str]) -> str:
    return r"\ufffd" if escape[1] else escape[0]


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)
