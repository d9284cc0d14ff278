"""A server over its pipes or HTTP, spoken to in JSON: no SDK stands between it and the clock."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

_CLIENT = {"name": "benchmark", "version": "1"}
_EXIT_SECONDS = 30
_START_SECONDS = 600.0
_POLL_SECONDS = 0.02
_KEPT_SECONDS = 3.0
"""A server of this kind closes a connection that was not used for 5 s."""
_HTTP_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "MCP-Protocol-Version": "2025-06-18",
}
_WORDS = 2_000

INITIALIZE = (
    "initialize",
    {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": _CLIENT},
)
"""The first request of the protocol with a handshake."""

DISCOVER = (
    "server/discover",
    {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": _CLIENT,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
)
"""The first request of the protocol without one."""


class Server:
    """A running server process; its standard error goes to `log`. Leaving the context ends it."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        self._number = 0
        with log.open("ab") as stderr:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin
        self._out = self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def request(self, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        """The result of a request; raises `RuntimeError` where the server refuses or has gone."""
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        while True:
            line = self._out.readline()
            if not line:
                raise self._gone()
            message: dict[str, Any] = json.loads(line)
            if message.get("id") == self._number:
                return _result(method, message)

    def initialize(self) -> None:
        """Do the handshake."""
        self.request(*INITIALIZE)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def call(self, tool: str, arguments: Mapping[str, object]) -> dict[str, Any]:
        """A tool's result; raises `RuntimeError` where it reports an error."""
        result = self.request("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise RuntimeError(f"{tool}: {result['content']}; the server's last words: {self._last_words()}")
        return result

    def seconds(self, tool: str, arguments: Mapping[str, object]) -> float:
        """How long a tool takes to answer."""
        started = time.perf_counter()
        self.call(tool, arguments)
        return time.perf_counter() - started

    def status(self) -> dict[str, Any]:
        """What `memoryos://status` says."""
        contents = self.request("resources/read", {"uri": "memoryos://status"})["contents"]
        status: dict[str, Any] = json.loads(contents[0]["text"])
        return status

    def seconds_to_end(self) -> float:
        """How long the process takes to go once its input is closed."""
        started = time.perf_counter()
        self.close()
        return time.perf_counter() - started

    def close(self) -> None:
        """End the server as a client does, by closing its input."""
        with suppress(OSError):  # it has gone already
            self._in.close()
        try:
            self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _gone(self) -> RuntimeError:
        return RuntimeError(f"the server has gone; its last words: {self._last_words()}")

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-_WORDS:]

    def _send(self, message: Mapping[str, object]) -> None:
        try:
            self._in.write(json.dumps(message).encode() + b"\n")
            self._in.flush()
        except OSError as error:
            raise self._gone() from error


class HttpServer(Server):
    """The same over HTTP, with one connection that stays open; there is no handshake to do."""

    def __init__(self, config_file: Path, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__([*memory_server(config_file), "--transport", "streamable-http", "--port", str(port)], log)
        self._http = HTTPConnection("127.0.0.1", port)
        self._used = time.monotonic()

    def initialize(self) -> None:
        """Wait until it listens; raises `TimeoutError` after minutes."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._http.connect()
            except ConnectionRefusedError as error:
                if self._process.poll() is not None:
                    raise self._gone() from error
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the server did not listen within {_START_SECONDS} s") from error
                time.sleep(_POLL_SECONDS)
            else:
                return

    def request(self, method: str, params: Mapping[str, object]) -> dict[str, Any]:
        self._number += 1
        if time.monotonic() - self._used > _KEPT_SECONDS:
            self._http.close()  # the next request opens another one
        body = json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        self._http.request("POST", "/mcp", body, _HTTP_HEADERS)
        message = json.loads(self._http.getresponse().read())
        self._used = time.monotonic()
        return _result(method, message)

    def close(self) -> None:
        self._http.close()
        self._process.terminate()
        super().close()


def _result(method: str, message: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in message:
        raise RuntimeError(f"{method}: {message['error']}")
    result: dict[str, Any] = message["result"]
    return result


def memory_server(config_file: Path) -> list[str]:
    """The command that serves MemoryOS with a configuration."""
    return [sys.executable, "-m", "memoryos_mcp", "--config", str(config_file)]


def embedding_server(config_file: Path, reply: Path) -> list[str]:
    """The command that serves a recall that embeds the query and answers with the text in a file."""
    return [sys.executable, str(Path(__file__).with_name("embedding_server.py")), str(config_file), str(reply)]


def bare_server() -> list[str]:
    """The command that serves one tool that does nothing."""
    return [sys.executable, str(Path(__file__).with_name("bare_server.py"))]
