"""Lines in and lines out, without a server between: what the end of input waits for, and what it does not."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import anyio
import pytest
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from memoryos_mcp.transport import headroom, stdio_messages
from memoryos_mcp.transport.stdio_messages import connected

PATIENCE_SECONDS = 30
"""How long anything here may take on a slow machine before it counts as hanging."""
LONGER_THAN_A_PIPE_HOLDS = "x" * 1_000_000


@pytest.fixture(autouse=True)
def never_stalled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stdio_messages, "_STALL_SECONDS", 100 * PATIENCE_SECONDS)


@pytest.fixture
def unread() -> Iterator[BinaryIO]:
    """Where a client does not read."""
    reading, writing = os.pipe()
    with open(writing, "wb", buffering=0) as target:
        yield target
        os.close(reading)  # lets go of a thread that still writes


def lines(*messages: dict[str, Any]) -> io.BytesIO:
    return io.BytesIO(b"".join(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n" for message in messages))


def answer(id_: int | str, text: str = "") -> SessionMessage:
    return SessionMessage(JSONRPCResponse(jsonrpc="2.0", id=id_, result={"text": text}))


async def test_input_ends_for_the_server_once_every_request_is_answered_even_where_ids_repeat() -> None:
    target = io.BytesIO()
    with anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines(*[{"id": 1, "method": "ping"}] * 3), target) as (received, sent):
            for _ in range(3):
                assert isinstance(await received.receive(), SessionMessage)
                with pytest.raises(anyio.WouldBlock):
                    received.receive_nowait()
                await sent.send(answer(1))
            with pytest.raises(anyio.EndOfStream):
                await received.receive()
    assert [json.loads(line)["id"] for line in target.getvalue().splitlines()] == [1, 1, 1]


async def test_a_repeated_id_keeps_the_end_waiting_for_each_of_its_requests() -> None:
    with anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines(*[{"id": 1, "method": "ping"}] * 2), io.BytesIO()) as (received, sent):
            await received.receive()
            await received.receive()
            await sent.send(answer(1))
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(anyio.WouldBlock):  # and not the end
                received.receive_nowait()
            await sent.send(answer(1))
            with pytest.raises(anyio.EndOfStream):
                await received.receive()


@pytest.mark.parametrize(("id_", "cancelled"), [(7, 7), (7, "7"), ("7", 7)])
async def test_the_end_waits_for_no_request_that_was_cancelled(id_: object, cancelled: object) -> None:
    cancel = {"method": "notifications/cancelled", "params": {"requestId": cancelled}}
    with anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines({"id": id_, "method": "ping"}, cancel), io.BytesIO()) as (received, _):
            messages = [message async for message in received]
    assert len(messages) == 2


async def test_the_end_waits_for_no_request_that_lasts_as_long_as_the_server() -> None:
    with anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines({"id": 7, "method": "subscriptions/listen"}), io.BytesIO()) as (received, _):
            assert len([message async for message in received]) == 1


async def test_the_end_waits_for_each_answer_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bound for all together would lose what a slow reader or a slow disk holds back."""
    begun, waits = anyio.create_memory_object_stream[float](10)

    def noted(seconds: float) -> anyio.CancelScope:
        begun.send_nowait(seconds)
        return anyio.CancelScope()

    requests = [{"id": number, "method": "ping"} for number in range(4)]
    with anyio.fail_after(PATIENCE_SECONDS), begun, waits:
        async with connected(lines(*requests), io.BytesIO()) as (received, sent):
            monkeypatch.setattr(anyio, "move_on_after", noted)
            for _ in requests:
                await received.receive()
            for number in range(4):
                assert await waits.receive() == stdio_messages._STALL_SECONDS
                await sent.send(answer(number))
            with pytest.raises(anyio.EndOfStream):
                await received.receive()


async def test_an_answer_that_does_not_come_is_given_up_and_counted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stdio_messages, "_STALL_SECONDS", 0.01)
    async with connected(lines({"id": 7, "method": "ping"}), io.BytesIO()) as (received, _):
        assert len([message async for message in received]) == 1
    assert "ending with 1 requests unanswered" in caplog.text


async def test_a_client_that_never_reads_does_not_keep_a_server_that_ends(
    monkeypatch: pytest.MonkeyPatch, unread: BinaryIO
) -> None:
    monkeypatch.setattr(stdio_messages, "_STALL_SECONDS", 0.01)
    with anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines(), unread) as (received, sent):
            await sent.send(answer(7, LONGER_THAN_A_PIPE_HOLDS))
            assert [message async for message in received] == []


async def test_a_client_that_has_gone_ends_the_talk(caplog: pytest.LogCaptureFixture) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb", buffering=0) as target, anyio.fail_after(PATIENCE_SECONDS):
        async with connected(lines(), target) as (_, sent):
            await sent.send(answer(7))
            await anyio.sleep_forever()
    assert "nobody reads the answers any more" in caplog.text


CHILD = "import sys; sys.stdout.write(repr(sys.stdin.read()))"
CLAIMS = f"""
import subprocess, sys
from memoryos_mcp.transport.stdio import claimed_stdin

wire = claimed_stdin()
child = subprocess.run([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE, text=True)
sys.stdout.write(child.stdout + "|" + wire.readline().decode())
"""


def test_input_that_was_claimed_is_read_by_nobody_else() -> None:
    command = [sys.executable, "-c", CLAIMS]
    done = subprocess.run(command, input="for the server\n", capture_output=True, text=True, check=True)
    assert done.stdout == "''|for the server\n"


async def test_a_request_without_room_is_refused_by_name_and_the_next_one_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading it would have ended the server: what does it panics where it gets no memory."""
    reading, writing = os.pipe()
    target = io.BytesIO()
    call = {"id": 1, "method": "tools/call", "params": {"name": "add_memory"}}
    monkeypatch.setattr(headroom, "_ROOM_BYTES", 2**62)
    with anyio.fail_after(PATIENCE_SECONDS), open(reading, "rb") as source, open(writing, "wb", buffering=0) as client:
        async with connected(source, target) as (received, sent):
            client.write(lines({"method": "notifications/initialized"}, call).getvalue())
            await received.receive()
            while not target.getvalue():
                await anyio.wait_all_tasks_blocked()
            monkeypatch.undo()
            client.write(lines({"id": 2, "method": "ping"}).getvalue())
            await received.receive()
            await sent.send(answer(2))
            client.close()
            with pytest.raises(anyio.EndOfStream):
                await received.receive()
    assert [json.loads(line) for line in target.getvalue().splitlines()] == [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "result": {
                "content": [{"type": "text", "text": f"Error executing tool add_memory: {headroom.WORDS}"}],
                "isError": True,
            },
        },
        {"jsonrpc": "2.0", "id": 2, "result": {"text": ""}},
    ]
