"""Lines as clients write them, well and badly."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import INVALID_REQUEST, PARSE_ERROR, JSONRPCNotification, JSONRPCRequest

from memoryos_mcp.transport.json_rpc import read, refused, written

CALL = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"arguments": {"text": "TEXT"}}}


def line_with(text: str) -> bytes:
    """A request with an argument as it would stand in JSON."""
    return json.dumps(CALL).replace('"TEXT"', text).encode()


def read_text(line: bytes) -> object:
    """The argument of the one request in a line."""
    (request,), errors = read(line)
    assert errors == []
    assert isinstance(request, JSONRPCRequest)
    assert request.id == 7
    assert request.params is not None
    return request.params["arguments"]["text"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (r"half \ud83d here", "half \ufffd here"),
        (r"\udc4d\ud83d", "\ufffd\ufffd"),
        (r"\ud83d and whole \ud83d\udc4d", "\ufffd and whole 👍"),
        (r"\ud83d in C:\\ud83d", "\ufffd in C:\\ud83d"),
        (r"\ud83d \u00fc \" \\", '\ufffd ü " \\'),
    ],
)
def test_half_a_character_costs_itself_and_nothing_else(text: str, kept: str) -> None:
    assert read_text(line_with(f'"{text}"')) == kept


def test_bytes_that_are_not_utf_8_cost_themselves() -> None:
    assert read_text(line_with('"TEXT"').replace(b"TEXT", b"caf\xe9 here")) == "caf\ufffd here"


def test_a_byte_order_mark_is_no_part_of_a_message() -> None:
    assert read_text(b"\xef\xbb\xbf" + line_with('"tea"')) == "tea"


def test_nesting_deeper_than_the_fast_reader_goes_is_read() -> None:
    assert json.dumps(read_text(line_with("[" * 300 + "]" * 300))) == "[" * 300 + "]" * 300


@pytest.mark.parametrize(("number", "read_as"), [("9" * 900, int("9" * 900)), ("9" * 5_000, float("inf"))])
def test_a_number_of_any_length_is_read(number: str, read_as: float) -> None:
    assert read_text(line_with(number)) == read_as


def test_messages_in_a_list_are_read_one_by_one() -> None:
    notification = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    messages, errors = read(json.dumps([CALL, notification, {"id": "x", "method": 5}]).encode())

    assert [type(message) for message in messages] == [JSONRPCRequest, JSONRPCNotification]
    assert [(error.id, error.error.code) for error in errors] == [("x", INVALID_REQUEST)]


@pytest.mark.parametrize("line", [b"hello", b"[1", b"\xff\xfe", b'{"id": 1'])
def test_what_is_no_json_is_answered_without_an_id(line: bytes) -> None:
    messages, (error,) = read(line)

    assert messages == []
    assert (error.id, error.error.code) == (None, PARSE_ERROR)


def test_nesting_without_end_is_named_in_the_answer() -> None:
    _, (error,) = read(b"[" * 100_000 + b"]" * 100_000)

    assert (error.error.code, error.error.message) == (PARSE_ERROR, "Parse error: the message is nested too deeply")


@pytest.mark.parametrize(("id_", "read_as"), [("1.0", 1), ("1e2", 100), ('"1.0"', "1.0")])
def test_an_id_is_read_as_the_number_it_is(id_: str, read_as: object) -> None:
    (request,), errors = read(f'{{"jsonrpc": "2.0", "id": {id_}, "method": "ping"}}'.encode())

    assert errors == []
    assert isinstance(request, JSONRPCRequest)
    assert request.id == read_as


def test_a_notification_about_an_id_is_one() -> None:
    (message,), errors = read(b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"id": null}}')

    assert errors == []
    assert isinstance(message, JSONRPCNotification)


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        (b"5", None),
        (b"[]", None),
        (b"{}", None),
        (b'{"jsonrpc": "2.0", "id": 4}', 4),
        (b'{"jsonrpc": "1.0", "id": 4, "method": "ping"}', 4),
        (b'{"jsonrpc": "2.0", "id": "four", "method": "ping", "params": 5}', "four"),
        *(
            (b'{"jsonrpc": "2.0", "id": %b, "method": "ping"}' % id_, None)
            for id_ in (b"true", b"null", b"4.5", b"{}", b"[4]", b"9" * 5_000)
        ),
    ],
)
def test_json_that_is_no_message_is_answered_with_its_id(line: bytes, id_: object) -> None:
    messages, (error,) = read(line)

    assert messages == []
    assert (error.id, error.error.code) == (id_, INVALID_REQUEST)


@pytest.mark.parametrize("line", [b"\n", b"  \r\n", b'{"id": 1, "result": 5}', b'{"id": 1, "error": "no"}'])
def test_blank_lines_and_broken_answers_are_not_answered(line: bytes) -> None:
    assert read(line) == ([], [])


def test_an_error_is_written_with_its_id_even_if_that_is_null() -> None:
    _, (error,) = read(b"hello")

    assert json.loads(written(error))["id"] is None
    assert written(error).endswith(b"}\n")


@given(st.binary() | st.text().map(str.encode) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_line_is_too_strange_to_read(line: bytes | str) -> None:
    messages, errors = read(line if isinstance(line, bytes) else line.encode())

    assert messages == []
    assert all(error.id is None for error in errors)


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        (
            {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "add_memory"}},
            [{"id": 7, "result": {"content": [{"type": "text", "text": "Error executing tool add_memory: no room"}]}}],
        ),
        (
            {"jsonrpc": "2.0", "id": "a", "method": "ping"},
            [{"id": "a", "error": {"code": -32603, "message": "no room"}}],
        ),
        (
            [{"id": 1, "method": "ping"}, {"method": "notifications/initialized"}, {"id": 2, "method": "tools/call"}],
            [{"id": id_, "error": {"code": -32603, "message": "no room"}} for id_ in (1, 2)],
        ),
        ({"jsonrpc": "2.0", "method": "notifications/initialized"}, []),
        ({"jsonrpc": "2.0", "id": 3, "result": {}}, []),
        ("no object", []),
    ],
)
def test_each_request_that_cannot_be_done_now_gets_an_answer(line: object, answers: list[dict[str, object]]) -> None:
    found = [json.loads(written(message)) for message in refused(json.dumps(line).encode(), "no room")]

    for message in found:
        assert message.pop("jsonrpc") == "2.0"
        assert message.get("result", {"isError": True}).pop("isError")
    assert found == answers


@pytest.mark.parametrize("line", [b'{"id": 7, "method"', b"[" * 100_000])
def test_a_line_that_nobody_can_read_is_refused_as_a_whole(line: bytes) -> None:
    (error,) = refused(line, "no room")

    assert json.loads(written(error)) == {"jsonrpc": "2.0", "id": None, "error": {"code": -32603, "message": "no room"}}
