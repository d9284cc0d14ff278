"""The targets behind a server's pipes: the arguments of its tools, and whatever bytes come down its input."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from benchmarks.fuzz.inputs import arguments_for, damaged, nearly, texts, values, written
from benchmarks.fuzz.target import Fed
from benchmarks.speed.footprint import resident_bytes

_PATIENCE_SECONDS: Final = 30.0
_METHODS: Final = (
    "initialize",
    "ping",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
    "server/discover",
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "no/such",
)
_NO_REASON: Final = ("", "Internal error", "Internal server error")
"""What an error says that nobody foresaw."""


class Pipes:
    """A server that is spoken to in bytes; whatever it writes has to be JSON-RPC."""

    def __init__(self, folder: Path, command: Sequence[str] = ()) -> None:
        config = folder / "config.json"
        config.write_text(
            json.dumps({"data_storage_path": str(folder / "data"), "tools": "all", "agent_analysis": True})
        )
        with (folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *(command or ("-m", "memoryos_mcp")), "--config", str(config)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()  # b"" at the end
        self._number = 0
        # A server whose answers nobody takes stops reading: while a long line goes out, what it writes has to come in.
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def greet(self) -> None:
        """Do the handshake."""
        client = {"name": "fuzz", "version": "1"}
        self.asked("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
        self.send(written({"jsonrpc": "2.0", "method": "notifications/initialized"}))

    def send(self, line: bytes) -> None:
        """A line, which ends here; raises `OSError` where the server is gone."""
        self._in.write(line + b"\n")
        self._in.flush()

    def asked(self, method: str, params: object) -> dict[str, Any]:
        """The answer to a request; every line before it has to be a message, too."""
        self._number += 1
        id_ = f"asked {self._number}"
        self.send(written({"jsonrpc": "2.0", "id": id_, "method": method, "params": params}))
        while True:
            message = self._message()
            if message.get("id") == id_:
                return message

    def _read(self) -> None:
        while line := self._out.readline():
            self._lines.put(line)
        self._lines.put(b"")

    def _message(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"no answer within {_PATIENCE_SECONDS} s") from None
        assert line, f"the server is gone, with code {self._process.wait()}"
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0", line
        assert "result" in message or "error" in message or "method" in message, line
        assert "error" not in message or message["error"]["message"] not in _NO_REASON, line
        return dict(message)

    def close(self) -> None:
        """End the server as a client does."""
        self._in.close()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class _Served:
    """A server that was greeted, and another one where a case has brought it down."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pipes = self._greeted()

    def checked(self, check: Callable[[Pipes], None]) -> None:
        try:
            check(self.pipes)
        except (AssertionError, ValueError, OSError):  # the next case of a smaller form is to tell by itself
            self.pipes.kill()
            self.pipes = self._greeted()
            raise

    def _greeted(self) -> Pipes:
        pipes = Pipes(self._folder)
        pipes.greet()
        return pipes


@contextmanager
def _served(folder: Path) -> Iterator[_Served]:
    served = _Served(folder)
    try:
        yield served
    finally:
        served.pipes.close()


@contextmanager
def tools(folder: Path) -> Iterator[Fed]:
    """Calls of every tool: each is answered, an error names what is wrong, and nothing else is written."""
    with _served(folder) as served:
        offered = served.pipes.asked("tools/list", {})["result"]["tools"]
        pages = [served.pipes.asked("tools/call", _call("add_memory", _PAGE))]
        ids = [json.loads(page["result"]["content"][0]["text"])["details"]["id"] for page in pages]
        yield Fed(
            st.one_of(*(_calls(tool, ids) for tool in offered)),
            lambda call: served.checked(lambda pipes: _check_call(pipes, call)),
            lambda: resident_bytes(served.pipes.pid),
        )


_PAGE: Final = {"user_input": "I live in Bern with my son Leo.", "agent_response": "Noted."}


def _call(name: str, arguments: object) -> dict[str, object]:
    return {"name": name, "arguments": arguments}


def _calls(tool: Mapping[str, Any], ids: Sequence[str]) -> st.SearchStrategy[dict[str, object]]:
    given = arguments_for(tool["inputSchema"])
    of_pages = st.builds(
        lambda arguments, id_: (
            {**arguments, "page_ids": [id_], "query": id_} if isinstance(arguments, dict) else arguments
        ),
        given,
        st.sampled_from(ids),
    )
    # An argument list is a dictionary by the protocol; what is none is refused by the SDK and fed as a line.
    return st.builds(
        _call, st.just(tool["name"]), st.one_of(given, given, of_pages).filter(lambda some: isinstance(some, dict))
    )


def _check_call(pipes: Pipes, call: Mapping[str, object]) -> None:
    answer = pipes.asked("tools/call", call)
    if "error" in answer:
        return
    result = answer["result"]
    if result.get("resultType") == "input_required":
        return
    said = result["content"][0]["text"]
    if result.get("isError"):
        beginning = f"Error executing tool {call['name']}"
        assert said.startswith(beginning), said
        assert len(said) > len(beginning) + 2, f"an error without a reason: {said}"
        assert "Traceback" not in said, said
    else:
        json.loads(said)


@contextmanager
def lines(folder: Path) -> Iterator[Fed]:
    """Bytes on standard input: the server lives, answers the next request, and writes nothing but messages."""
    with _served(folder) as served:
        yield Fed(
            _lines,
            lambda fed: served.checked(lambda pipes: _check_lines(pipes, fed)),
            lambda: resident_bytes(served.pipes.pid),
        )


_MESSAGES: Final = nearly(
    {
        "jsonrpc": "2.0",
        "id": st.one_of(st.integers(), texts, st.floats(allow_nan=False)),
        "method": st.sampled_from(_METHODS),
        "params": nearly(
            {
                "name": st.sampled_from(("add_memory", "retrieve_memory", "get_user_profile", "forget_memory")),
                "arguments": nearly(
                    {"user_input": texts, "agent_response": texts, "query": texts, "page_ids": [texts]}
                ),
                "uri": st.sampled_from(("memoryos://status", "memoryos://profile", "file:no/such")),
                "cursor": texts,
                "_meta": nearly({"progressToken": st.integers()}),
            }
        ),
    }
)
_DEEP: Final = st.builds(
    lambda depth, ends: b"[" * depth + b"]" * (depth if ends else 0), st.integers(1, 5_000), st.booleans()
)
_lines: Final = st.lists(
    st.one_of(
        damaged(_MESSAGES.map(written)),
        damaged(_MESSAGES.map(written)),
        st.lists(_MESSAGES, max_size=3).map(written),
        values.map(written),
        st.binary(max_size=60),
        _DEEP,
    ).map(lambda line: line.replace(b"\n", b" ")),
    min_size=1,
    max_size=5,
)


def _check_lines(pipes: Pipes, fed: Sequence[bytes]) -> None:
    for line in fed:
        pipes.send(line)
    assert "result" in pipes.asked("ping", {})
