"""A real HTTP server that speaks the embeddings API, scripted where it misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

_DRIP_SECONDS = 0.01
_LONGEST_HANG_SECONDS = 10

Refuses = Callable[[Sequence[str]], "tuple[int, str] | None"]
"""The status and body with which texts are refused; None where they are not."""


def direction(text: str) -> list[float]:
    """The endpoint's model: how often a, e and i occur, and a one; not of unit length."""
    return [text.count("a"), text.count("e"), text.count("i"), 1]


def body(embeddings: Sequence[object], places: Sequence[int] | None = None) -> str:
    """An answer as the API words it, its items numbered as they come or by `places`."""
    numbers = range(len(embeddings)) if places is None else places
    items = [
        {"object": "embedding", "index": number, "embedding": embedding}
        for number, embedding in zip(numbers, embeddings, strict=True)
    ]
    return json.dumps({"object": "list", "data": items, "model": "vowels"})


class EmbeddingEndpoint(ThreadingHTTPServer):
    """Answers with `direction` what `refuses` lets through, once the script of (status, body) is used up.

    It hangs while `open` is not set, and sends blanks one by one while `drips`; `asked` is set by the first request.
    Used as a context manager.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[tuple[int, str]] = []
        self.refuses: Refuses = lambda texts: None
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.authorizations: list[str | None] = []
        self.location: str | None = None  # where each request is redirected
        self.drips = False
        self.asked = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def texts(self) -> list[list[str]]:
        """What each request asked for."""
        return [request["input"] for request in self.requests]

    def answer(self, texts: Sequence[str]) -> tuple[int, str]:
        """The status and body for a request with these texts."""
        if self.script:
            return self.script.pop(0)
        return self.refuses(texts) or (200, body([direction(text) for text in texts]))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.open.set()
        self.released.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingEndpoint

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        self.server.paths.append(self.path)
        self.server.authorizations.append(self.headers["Authorization"])
        self.server.asked.set()
        if not self.server.open.is_set():
            self.server.open.wait(_LONGEST_HANG_SECONDS)  # and never answers: by then the client has gone
            return
        if self.server.location is not None:
            self.send_response(307)
            self.send_header("Location", self.server.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, text = self.server.answer(request["input"])
        self.send_response(status if self.path.partition("?")[0] == "/v1/embeddings" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After-Ms", "1")
        self.end_headers()
        while self.server.drips and not self.server.released.wait(_DRIP_SECONDS):
            self.wfile.write(b" ")
        self.wfile.write(text.encode())

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # the client went away, as one that gave up does

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr is the test's own."""
