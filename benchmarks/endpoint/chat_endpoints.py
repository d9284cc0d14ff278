"""Two local model endpoints: one answers every request at once, one takes a request and never answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

_HOST = "127.0.0.1"
_BYTES_PER_TOKEN = 4
_CHUNK = 65_536
_STOP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks: the name of the JSON schema that the answer must have, and the last message."""

    wanted: str
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request answered, in the tokens told to the client: bytes of UTF-8 / 4."""

    wanted: str
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class AnsweringEndpoint(ThreadingHTTPServer):
    """Answers with the JSON object that `answer` makes of a question; `calls` is what was answered so far."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Question], Mapping[str, object]]) -> None:
        super().__init__((_HOST, 0), _Handler)
        self._answer = answer
        self._calls: list[Call] = []
        threading.Thread(target=self.serve_forever, args=(_STOP_SECONDS,), daemon=True).start()

    @property
    def base_url(self) -> str:
        return f"http://{_HOST}:{self.server_port}/v1"

    @property
    def calls(self) -> tuple[Call, ...]:
        return tuple(self._calls)

    def complete(self, request: Mapping[str, Any]) -> dict[str, object]:
        """The chat completion for a request's body."""
        said = [message["content"] for message in request["messages"]]
        wanted = request["response_format"]["json_schema"]["name"]
        content = json.dumps(self._answer(Question(wanted, said[-1])), ensure_ascii=False)
        call = Call(wanted, tokens(said), tokens([content]))
        self._calls.append(call)
        return {
            "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": call.prompt_tokens, "completion_tokens": call.completion_tokens},
        }

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: AnsweringEndpoint
    wbufsize = -1  # in one packet: with two, the client's delayed acknowledgement of the first costs 40 ms

    def do_POST(self) -> None:
        completion = self.server.complete(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(completion).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the terminal belongs to the progress bars."""


class HangingEndpoint:
    """Takes connections and requests and never answers; leaving the context ends it."""

    def __init__(self) -> None:
        self._listener = socket.create_server((_HOST, 0))
        self._connection: socket.socket | None = None

    @property
    def base_url(self) -> str:
        return f"http://{_HOST}:{self._listener.getsockname()[1]}/v1"

    def wait_for_request(self, seconds: float) -> None:
        """Return once a request has come; raises `TimeoutError`."""
        self._listener.settimeout(seconds)
        self._connection, _ = self._listener.accept()
        self._connection.settimeout(seconds)
        self._connection.recv(_CHUNK)
        self._connection.setblocking(False)

    def is_awaited(self) -> bool:
        """Whether the client of that request still waits for its answer."""
        if self._connection is None:
            return False
        try:
            while self._connection.recv(_CHUNK):
                pass
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.close()
        if self._connection is not None:
            with suppress(OSError):  # its client may have gone
                self._connection.close()


def tokens(texts: Sequence[str]) -> int:
    """About how many tokens some texts are, together."""
    return sum(len(text.encode()) for text in texts) // _BYTES_PER_TOKEN + 1
