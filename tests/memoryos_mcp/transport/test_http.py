"""The server over HTTP: the same answers as over stdio, for this machine's own clients only."""

from __future__ import annotations

import http.client
import json
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.stdio import get_default_environment, stdio_client
from tool_calls import called, idle

from memoryos import ConfigError
from memoryos_mcp.transport.http import listen

PATIENCE_SECONDS = 30

Start = Callable[..., "HttpServer"]


class HttpServer:
    """A server process on a free port of its choice."""

    def __init__(self, config: Path, *, cwd: Path, **options: str) -> None:
        self._stdout = config.with_name("stdout.txt")
        args = [word for name, value in options.items() for word in (f"--{name}", value)]
        with self._stdout.open("wb") as stdout:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "memoryos_mcp", "--config", str(config), "--port", "0", *args],
                cwd=cwd,
                env=get_default_environment(),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.PIPE,
                text=True,
            )
        self.logged: list[str] = []
        ports: queue.Queue[int] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(ports,), daemon=True)
        self._reader.start()
        self.port = ports.get(timeout=PATIENCE_SECONDS)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def status_of(self, method: str, path: str, **headers: str) -> int:
        """The HTTP status that answers a request with these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body="{}" if method == "POST" else None, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    @contextmanager
    def stream(self) -> Iterator[tuple[http.client.HTTPResponse, str]]:
        """An open stream of server-sent events, and the path that takes its messages."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with closing(connection):
            connection.request("GET", "/sse")
            response = connection.getresponse()
            data = next(line for line in iter(response.readline, b"") if line.startswith(b"data: "))
            yield response, data.decode().removeprefix("data: ").strip()

    def printed(self) -> bytes:
        """What has come out of standard output."""
        return self._stdout.read_bytes()

    def end(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        assert self.process.stderr is not None
        self.process.stderr.close()

    def _read(self, ports: queue.Queue[int]) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.logged.append(line)
            if listening := re.search(r"serving at http://[^ ]+:(\d+)", line):
                ports.put(int(listening[1]))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts a server with these options; killed after the test."""
    servers: list[HttpServer] = []

    def start_one(**options: str) -> HttpServer:
        config = written_config(tmp_path / f"http-{len(servers)}")
        servers.append(HttpServer(config, cwd=tmp_path, **options))
        return servers[-1]

    yield start_one
    for server in servers:
        server.end()


def written_config(folder: Path, **settings: object) -> Path:
    folder.mkdir()
    path = folder / "config.json"
    path.write_text(
        json.dumps({"user_id": "tom", "data_storage_path": "data", "consolidation_idle_seconds": 0, **settings})
    )
    return path


async def talk(client: Client) -> list[Any]:
    """What the tools and resources answer, without what differs from run to run: ids and the time of day."""
    answers: list[Any] = []
    async with client:
        answers.append([tool.model_dump() for tool in (await client.list_tools()).tools])
        for number in range(1, 4):
            exchange = {"user_input": f"Oolong number {number}", "agent_response": "I like tea, too."}
            arguments = exchange | {"timestamp": f"2026-03-{number:02d} 09:30:00"}
            answers.append(await called(client, "add_memory", **arguments))
        answers.append((await client.call_tool("add_memory", {"user_input": "", "agent_response": ""})).content)
        await idle(client)
        recall = await called(client, "retrieve_memory", query="number 2", max_results=3)
        answers.append([(page["user_input"], page["timestamp"]) for page in recall["retrieved_pages"]])
        answers.append(recall["retrieved_pages"][0] | {"id": ""})
        answers.append(sorted(recall))
        answers.append(await called(client, "get_user_profile", include_knowledge=False))
    for answer in answers:
        if isinstance(answer, dict):
            answer.get("details", {}).pop("id", None)
            if "user_id" in answer:
                answer["timestamp"] = "now"
    return answers


async def test_the_tools_answer_the_same_over_all_three_transports(start: Start, tmp_path: Path) -> None:
    stdio = StdioServerParameters(
        command=sys.executable,
        args=["-m", "memoryos_mcp", "--config", str(written_config(tmp_path / "stdio"))],
        cwd=tmp_path,
    )
    with (tmp_path / "stderr.txt").open("w") as errors:
        over_stdio = await talk(Client(stdio_client(stdio, errlog=errors)))
    streamable_http, sse = start(transport="streamable-http"), start(transport="sse")
    assert await talk(Client(streamable_http.url("/mcp"))) == over_stdio
    assert await talk(Client(sse_client(sse.url("/sse")))) == over_stdio
    assert (streamable_http.printed(), sse.printed()) == (b"", b"")


@pytest.mark.parametrize(("transport", "method", "path"), [("sse", "GET", "/sse"), ("streamable-http", "POST", "/mcp")])
def test_a_request_that_a_foreign_page_could_make_is_refused(
    start: Start, transport: str, method: str, path: str
) -> None:
    server = start(transport=transport)
    accepted = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    assert server.status_of(method, path, **accepted, Host="memory.example:80") == 421
    assert server.status_of(method, path, **accepted, Origin="http://memory.example") == 403
    assert server.status_of(method, path, **accepted) in (200, 400)


no_signal_on_windows = pytest.mark.skipif(sys.platform == "win32", reason="there is no signal for it there")


@no_signal_on_windows
async def test_ctrl_c_ends_a_server_that_has_clients(start: Start) -> None:
    server = start(transport="streamable-http")
    async with Client(server.url("/mcp")) as client:
        await client.list_tools()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(PATIENCE_SECONDS)
    assert server.process.returncode == 0
    assert server.printed() == b""


@no_signal_on_windows
def test_ctrl_c_ends_a_server_that_streams(start: Start) -> None:
    server = start(transport="sse")
    with server.stream() as (response, _):
        server.process.send_signal(signal.SIGINT)
        server.process.wait(PATIENCE_SECONDS)
        response.close()
    assert server.process.returncode == 0
    assert server.printed() == b""
    server.end()
    assert [line for line in server.logged if "Traceback" in line or "Error" in line] == []


def test_a_message_that_cannot_be_read_is_refused_and_not_logged_over_sse(start: Start) -> None:
    server = start(transport="sse")
    with server.stream() as (response, path):
        post = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        post.request("POST", path, body='{"my password is": xyzzy', headers={"Content-Type": "application/json"})
        status = post.getresponse().status
        post.close()
        response.close()
    server.end()

    assert status == 400
    assert [line for line in server.logged if "xyzzy" in line or "Traceback" in line] == []


def refusal(cwd: Path, **options: str) -> str:
    """The words on standard error with which a server that these options start ends at once."""
    args = [word for name, value in options.items() for word in (f"--{name}", value)]
    ended = subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", *args],
        cwd=cwd,
        env=get_default_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "memory.example"])
def test_a_host_beyond_this_machine_is_refused(tmp_path: Path, host: str) -> None:
    accepted = (
        "127.0.0.1, ::1 or localhost, as other machines are served only where callers sign in: set auth to "
        '"tokens" (and give each user one: python -m memoryos_mcp token create --user NAME) or to "jwt"'
    )
    assert refusal(tmp_path, transport="streamable-http", host=host) == (
        f'memoryos: arguments: host: got "{host}"; accepted: {accepted}\n'
    )


# Ports


@pytest.mark.parametrize("transport", ["sse", "streamable-http"])
def test_a_port_that_is_taken_ends_the_start_with_one_line_whatever_is_logged(tmp_path: Path, transport: str) -> None:
    config = written_config(tmp_path / "taken", log_level="CRITICAL")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = refusal(tmp_path, config=str(config), transport=transport, port=str(port))
    assert words == (
        f"memoryos: port: {port} is in use at 127.0.0.1, perhaps by another server of this kind; "
        "end that program, or set another port (0: a free one)\n"
    )
    assert not (config.parent / "data").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_that_is_taken_is_refused_and_free_again_afterwards(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"^port: {port} is in use at {host}, "):
            listen(host, port)
    close(listen(host, port))


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_an_answer_is_sent_at_once() -> None:
    """asyncio left Nagle's algorithm on, and each call over HTTP waited 40 ms for its second half."""
    (listening,) = listen("127.0.0.1", 0)
    with listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert (listening.proto, accepted.proto) == (socket.IPPROTO_TCP, socket.IPPROTO_TCP)


def test_clients_that_said_hello_leave_no_session_behind(start: Start) -> None:
    """Two thousand abandoned sessions held 70 MB, and the end of the server took 11 s."""
    server = start(transport="streamable-http")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request(
            "POST",
            "/mcp",
            body=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}),
            headers={"Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
        )
        response = connection.getresponse()
        response.read()

    assert (response.status, response.headers["mcp-session-id"]) == (200, None)


def test_localhost_is_its_ipv4_and_its_ipv6_address_on_one_port() -> None:
    sockets = listen("localhost", 0)
    (first, *_), (second, *_) = (listening.getsockname() for listening in sockets)
    assert (first, second) == ("127.0.0.1", "::1")
    assert len({listening.getsockname()[1] for listening in sockets}) == 1
    close(sockets)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_a_port_that_is_taken_at_one_address_of_localhost_is_refused() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"^port: {port} is in use at localhost, "):
            listen("localhost", port)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
async def test_a_client_of_an_ipv6_address_is_served(start: Start) -> None:
    server = start(transport="streamable-http", host="::1")
    async with Client(f"http://[::1]:{server.port}/mcp") as client:
        assert len((await client.list_tools()).tools) == 3


def close(sockets: list[socket.socket]) -> None:
    for listening in sockets:
        listening.close()
