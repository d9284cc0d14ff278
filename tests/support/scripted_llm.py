"""A real HTTP server that speaks the chat completions API and says what a test scripted, faults included."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from typing_extensions import Self

_LONGEST_HANG_SECONDS = 60.0
_DRIP_SECONDS = 0.01
_ENDLESS = 1_000_000


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @cached_property
    def messages(self) -> list[tuple[str, str]]:
        return [(message["role"], message["content"]) for message in self.body["messages"]]

    @cached_property
    def text(self) -> str:
        """All messages, one after another."""
        return "\n".join(content for _, content in self.messages)

    @property
    def output(self) -> str:
        """The kind of output asked for: "text", "json_object" or "json_schema"."""
        return str(self.body.get("response_format", {}).get("type", "text"))


@dataclass(frozen=True, slots=True)
class Response:
    """What the server does: send this, all or half of it, keep silent, or send blanks one by one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Literal["whole", "reset", "reset mid-body", "hang", "drip"] = "whole"


Answer = Callable[[Request], Response]


def says(
    text: object, *, finish_reason: str = "stop", prompt_tokens: int | None = 100, completion_tokens: int = 20
) -> Response:
    """A completion with this content, which may be null; without `prompt_tokens` no usage is told."""
    message = {"role": "assistant", "content": text}
    completion: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
    }
    if prompt_tokens is not None:
        completion["usage"] = {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        }
    return sends(completion)


def says_json(value: object) -> Response:
    """A completion whose content is this value as JSON."""
    return says(json.dumps(value, ensure_ascii=False))


def sends(body: object) -> Response:
    """A sound response with this body, a completion or not."""
    return Response(body=json.dumps(body, ensure_ascii=False).encode())


def fails(
    status: int, message: str = "scripted failure", *, retry_after: str | None = None, **error: object
) -> Response:
    """An error as OpenAI and most others send it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Response(status, json.dumps({"error": {"message": message, **error}}).encode(), headers)


RESET = Response(delivery="reset")
RESET_MID_BODY = Response(body=says("half of this arrives").body, delivery="reset mid-body")
HANG = Response(delivery="hang")
NO_CHOICES = sends({"id": "chatcmpl-1", "object": "chat.completion", "choices": []})


@dataclass(slots=True)
class _Script:
    answer: Answer
    to: str
    left: int | None


class ScriptedLLM:
    """Answers each request by the first script that fits it and is not used up; used as a context manager.

    A request without a script gets status 418, and leaving the context then raises an AssertionError; so does a script
    that fails. `hanging` is set once a request hangs, `released` once those that hang were let go.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._unscripted: list[Request] = []
        self._scripts: list[_Script] = []
        self._lock = threading.Lock()  # guards the three above
        self.hanging = threading.Event()
        self.released = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.listen()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def reply(self, answer: Answer | Response, *, to: str = "", times: int | None = 1) -> None:
        """Answer the next requests that hold the text `to`; `times` None means all of them."""
        scripted = (lambda _: answer) if isinstance(answer, Response) else answer
        with self._lock:
            self._scripts.append(_Script(scripted, to, times))

    def forget(self) -> None:
        """Drop all scripts."""
        with self._lock:
            self._scripts.clear()

    def listen(self) -> None:
        """Take connections, at the same address as before."""
        self._server = _Server(("127.0.0.1", self._port), _handler(self._respond, self.hanging, self.released))
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def refuse(self) -> None:
        """Refuse connections until `listen`."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def release(self) -> None:
        """Let go of the requests that hang."""
        self.released.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()
        self.refuse()
        if kind is None:
            assert self._unscripted == [], f"no script for {[request.text[-300:] for request in self._unscripted]}"

    def _respond(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            for script in self._scripts:
                if script.to in request.text and script.left != 0:
                    if script.left is not None:
                        script.left -= 1
                    break
            else:
                self._unscripted.append(request)
                return fails(418, "no script for this request")
        try:
            return script.answer(request)
        except Exception:
            with self._lock:
                self._unscripted.append(request)
            raise


class _Server(ThreadingHTTPServer):
    """Ends its connections when it ends: a client that keeps one open would not notice that new ones are refused."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._live: set[socket.socket] = set()
        self._lock = threading.Lock()  # guards _live
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._live.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._live.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            for connection in self._live:
                with contextlib.suppress(OSError):  # it may just have ended by itself
                    connection.shutdown(socket.SHUT_RDWR)


def _parts(response: Response, released: threading.Event) -> Iterator[bytes]:
    """What to send of a response, the first part with its head.

    In one piece where nothing is wrong with it: a client's delayed acknowledgement of the head would cost 40 ms.
    """
    length = _ENDLESS if response.delivery == "drip" else len(response.body)
    headers = {"Content-Type": "application/json", "Content-Length": str(length), **response.headers}
    head = f"HTTP/1.1 {response.status} Scripted\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    half = response.delivery == "reset mid-body"
    yield f"{head}\r\n".encode() + (response.body[: len(response.body) // 2] if half else response.body)
    while response.delivery == "drip" and not released.wait(_DRIP_SECONDS):
        yield b" "


def _handler(respond: Answer, hanging: threading.Event, released: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            response = respond(Request(self.path, dict(self.headers.items()), body))
            if response.delivery == "hang":
                hanging.set()
                released.wait(_LONGEST_HANG_SECONDS)
            if response.delivery in ("hang", "reset"):
                self._reset()
                return
            for part in _parts(response, released):
                self.wfile.write(part)
            if response.delivery != "whole":
                self._reset()

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True  # the client went away, as one that gave up does

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is its own."""

    return Handler
