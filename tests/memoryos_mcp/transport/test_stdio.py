"""The server as clients start it: a process of its own that speaks JSON-RPC on its standard streams."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from mcp_types import TextResourceContents
from tool_calls import called

from memoryos_mcp.transport.stdio import stdout_diverted

PATIENCE_SECONDS = 30
"""How long anything here may take on a slow machine before it counts as hanging."""

MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
HANDSHAKE = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}

Json = dict[str, Any]


class RawServer:
    """A server process, spoken to in lines of JSON."""

    def __init__(self, args: Sequence[str], *, cwd: Path, env: Mapping[str, str], stderr: Path) -> None:
        self.lines: list[bytes] = []
        self._stderr = stderr
        self._answers: queue.Queue[Json | None] = queue.Queue()
        self._next_id = 0
        with stderr.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *args],
                cwd=cwd,
                env={**get_default_environment(), **env},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def open_modern(self) -> Json:
        """The answer to `server/discover`, the first request of protocol 2026-07-28."""
        return self.ask("server/discover", {})

    def open_with_handshake(self) -> Json:
        """The answer to `initialize`, the first request of the protocols before."""
        answer = self.ask("initialize", HANDSHAKE, meta=None)
        self.write(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}).encode())
        return answer

    def call(self, tool: str, arguments: Json, *, meta: Json | None = MODERN) -> Json:
        """What a tool answers, from its text, which is all there is."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments}, meta=meta)["result"]
        assert "structuredContent" not in result
        content: Json = json.loads(result["content"][0]["text"])
        return content

    def ask(self, method: str, params: Json, *, meta: Json | None = MODERN) -> Json:
        """The answer to a request."""
        id_ = self.send(method, params, meta=meta)
        answer = self.next_answer()
        assert answer["id"] == id_
        return answer

    def send(self, method: str, params: Json, *, meta: Json | None = MODERN) -> int:
        """The id of a request that is sent without waiting for its answer."""
        self._next_id += 1
        with_meta = params if meta is None else {**params, "_meta": meta}
        message = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": with_meta}
        self.write(json.dumps(message).encode())
        return self._next_id

    def next_answer(self) -> Json:
        """The next answer on standard output."""
        answer = self._answers.get(timeout=PATIENCE_SECONDS)
        assert answer is not None, f"standard output ended; standard error: {self.errors()}"
        return answer

    def end_of_input(self) -> int:
        """The exit code after standard input has ended."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.wait()

    def wait(self) -> int:
        """The exit code, once the process and its output have ended."""
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code

    def kill(self) -> None:
        """End the process without any warning, unless it has ended."""
        self.process.kill()
        self.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            try:
                stream.close()
            except BrokenPipeError:  # what was still to be written finds no reader
                continue

    def errors(self) -> str:
        """Everything written to standard error so far."""
        return self._stderr.read_text(errors="replace")

    def write(self, line: bytes) -> None:
        """Put one line on standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith(b'{"jsonrpc"'):
                self._answers.put(json.loads(line))
        self._answers.put(None)


Start = Callable[..., RawServer]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A working directory that has nothing to do with the server."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration file whose data lies beside it."""
    return written_config(tmp_path)


def written_config(folder: Path, **settings: object) -> Path:
    path = folder / "config.json"
    path.write_text(
        json.dumps({"user_id": "tom", "data_storage_path": "data", "consolidation_idle_seconds": 0, **settings})
    )
    return path


@pytest.fixture
def start(tmp_path: Path, elsewhere: Path) -> Iterator[Start]:
    """A function that starts a server, with a configuration or without; killed after the test."""
    servers: list[RawServer] = []

    def start_one(config: Path | None, **env: str) -> RawServer:
        args = ["-m", "memoryos_mcp", *(() if config is None else ("--config", str(config)))]
        stderr = tmp_path / f"stderr-{len(servers)}.txt"
        servers.append(RawServer(args, cwd=elsewhere, env=env, stderr=stderr))
        return servers[-1]

    yield start_one
    for server in servers:
        server.kill()


def page(number: int) -> Json:
    return {"user_input": f"Oolong number {number}", "agent_response": f"Noted as word{number:04d}"}


def oolongs(server: RawServer) -> set[str]:
    """What the user said in every page about oolong, up to a hundred."""
    recall = server.call("retrieve_memory", {"query": "oolong", "max_results": 100, "max_tokens": 100_000})
    return {found["user_input"] for found in recall["retrieved_pages"]}


# The protocol


def test_a_modern_client_remembers_and_recalls(start: Start, config: Path) -> None:
    server = start(config)
    opened = server.open_modern()["result"]
    assert "2026-07-28" in opened["supportedVersions"]
    assert "retrieve_memory" in opened["instructions"]
    added = server.call("add_memory", page(1))
    recall = server.call("retrieve_memory", {"query": "oolong"})
    assert [found["id"] for found in recall["retrieved_pages"]] == [added["details"]["id"]]


def test_a_client_of_2025_remembers_and_recalls(start: Start, config: Path) -> None:
    server = start(config)
    opened = server.open_with_handshake()["result"]
    assert opened["protocolVersion"] == "2025-06-18"
    assert "retrieve_memory" in opened["instructions"]
    added = server.call("add_memory", page(1), meta=None)
    recall = server.call("retrieve_memory", {"query": "oolong"}, meta=None)
    assert [found["id"] for found in recall["retrieved_pages"]] == [added["details"]["id"]]


async def test_the_official_client_uses_every_tool(tmp_path: Path, elsewhere: Path, config: Path) -> None:
    with (tmp_path / "stderr.txt").open("w") as errors:
        async with Client(stdio_client(parameters(config, elsewhere), errlog=errors)) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == [
                "add_memory",
                "retrieve_memory",
                "get_user_profile",
            ]
            added = await called(client, "add_memory", **page(1))
            recall = await called(client, "retrieve_memory", query="oolong")
            profile = await called(client, "get_user_profile")
            (status,) = (await client.read_resource("memoryos://status")).contents
    assert [found["id"] for found in recall["retrieved_pages"]] == [added["details"]["id"]]
    assert (profile["user_id"], profile["status"]) == ("tom", "success")
    assert isinstance(status, TextResourceContents)
    assert Path(json.loads(status.text)["data_path"]).is_relative_to(tmp_path / "data")


def parameters(config: Path, cwd: Path) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config)], cwd=cwd)


def test_a_line_that_is_no_message_ends_neither_the_server_nor_the_talk(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    for line, code in ((b"hello", -32700), (b"{}", -32600), (b"[1", -32700), (b"\xff\xfe", -32700)):
        server.write(b"")
        server.write(line)
        assert server.next_answer()["error"]["code"] == code
        server.call("add_memory", page(1))
    assert oolongs(server) == {"Oolong number 1"}


@pytest.mark.parametrize("name", [{}, ["add_memory"], 7, None])
def test_a_call_whose_tool_is_no_name_is_refused_as_such(start: Start, config: Path, name: object) -> None:
    """An object as the name was answered as a fault of the server, with a traceback in its log."""
    server = start(config)
    server.open_with_handshake()

    answer = server.ask("tools/call", {"name": name, "arguments": {}}, meta=None)

    assert answer["error"]["code"] == -32602
    assert "Traceback" not in server.errors()


def test_half_a_character_costs_itself_and_not_the_page(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    server.write(
        as_line("half", add_request({"user_input": "TEXT", "agent_response": ""})).replace(b"TEXT", rb"\ud83d!")
    )
    assert server.next_answer()["id"] == "half"
    found = server.call("retrieve_memory", {"query": "page"})
    assert [shown["user_input"] for shown in found["retrieved_pages"]] == ["\ufffd!"]


def test_a_number_that_cannot_be_kept_is_named_in_the_answer(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    line = as_line("odd", add_request({**page(1), "meta_data": {"odd": "NUMBER"}}))
    server.write(line.replace(b'"NUMBER"', b"9" * 5_000))
    answer = server.next_answer()
    assert answer["id"] == "odd"
    assert answer["result"]["isError"]
    assert "meta_data" in answer["result"]["content"][0]["text"]


def test_an_exchange_with_deeply_nested_data_is_kept(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    server.call("add_memory", {**page(1), "meta_data": {"deep": json.loads("[" * 300 + "]" * 300)}})
    assert oolongs(server) == {"Oolong number 1"}


def test_requests_from_a_pipe_are_all_answered_and_done_in_their_order(start: Start, config: Path) -> None:
    """Nobody waits for an answer, and the input ends at once."""
    server = start(config)
    asked = [as_line(n, add_request(page(n))) for n in range(20)]
    recall = {"name": "retrieve_memory", "arguments": {"query": "oolong", "max_results": 100}, "_meta": MODERN}
    server.write(b"\n".join([*asked, as_line("recall", {"method": "tools/call", "params": recall})]))
    assert server.end_of_input() == 0
    answers = [json.loads(line) for line in server.lines]
    assert [answer["id"] for answer in answers] == [*range(20), "recall"]
    found = json.loads(answers[-1]["result"]["content"][0]["text"])
    assert {shown["user_input"] for shown in found["retrieved_pages"]} == {page(n)["user_input"] for n in range(20)}
    assert found["short_term_memory"] == []  # who wrote the lines has these pages


def as_line(id_: int | str, request: Json) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": id_, **request}).encode()


def add_request(arguments: Json) -> Json:
    return {"method": "tools/call", "params": {"name": "add_memory", "arguments": arguments, "_meta": MODERN}}


# Standard output belongs to the protocol

NOISE = textwrap.dedent(
    """
    import ctypes, os, sys
    from importlib.abc import MetaPathFinder

    NOISY = {"pydantic", "mcp", "anyio", "numpy", "faiss", "onnxruntime", "tokenizers"}

    def make_noise(where):
        print("noise by print:", where, flush=True)
        os.write(1, f"noise by descriptor: {where}\\n".encode())
        libc = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
        libc.puts(f"noise by C: {where}".encode())
        libc.fflush(None)

    class Noisy(MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name in NOISY:
                NOISY.remove(name)
                make_noise(name)

    sys.meta_path.insert(0, Noisy())
    """
)


def test_every_line_of_stdout_is_json_rpc_whatever_dependencies_print(
    start: Start, tmp_path: Path, config: Path
) -> None:
    """Defect 1: the reference prints on the protocol's channel with every call."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(NOISE)
    server = start(config, PYTHONPATH=str(site))
    server.open_with_handshake()
    server.call("add_memory", page(1), meta=None)
    server.call("retrieve_memory", {"query": "oolong"}, meta=None)
    assert server.end_of_input() == 0
    messages = [json.loads(line) for line in server.lines]
    assert [(message["jsonrpc"], message["id"]) for message in messages] == [("2.0", 1), ("2.0", 2), ("2.0", 3)]
    places = ["pydantic", "mcp", "anyio", "numpy", "faiss", "onnxruntime", "tokenizers"]
    expected = {f"noise by {way}: {place}" for place in places for way in ("print", "descriptor", "C")}
    assert expected - set(server.errors().splitlines()) == set()


def test_while_diverted_nothing_reaches_stdout_and_afterwards_everything_does(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with stdout_diverted():
        print("inside, by print")  # noqa: T201
        os.write(1, b"inside, by descriptor\n")
    print("outside")  # noqa: T201
    captured = capfd.readouterr()
    assert captured.out == "outside\n"
    assert set(captured.err.splitlines()) == {"inside, by print", "inside, by descriptor"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
def test_a_process_without_standard_streams_ends_as_if_nobody_were_there(elsewhere: Path, config: Path) -> None:
    command = f"'{sys.executable}' -m memoryos_mcp --config '{config}' <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], cwd=elsewhere, timeout=PATIENCE_SECONDS, check=False).returncode == 0


def test_nothing_of_the_dialogue_and_no_key_is_logged(start: Start, tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9/v1"
    config = written_config(
        tmp_path, openai_base_url=nobody, openai_api_key="sk-chat-secret", embedding_api_key="sk-embedding-secret"
    )
    server = start(config)
    server.open_modern()
    for number in range(12):
        server.call(
            "add_memory", {"user_input": f"My password is xyzzy{number}", "agent_response": f"I forget plugh{number}"}
        )
    server.call("retrieve_memory", {"query": "frotz the password"})
    server.ask("tools/call", {"name": "add_memory", "arguments": {"user_input": "gnusto", "agent_response": 5}})
    server.ask("tools/call", {"name": "add_memory", "arguments": {**page(1), "timestamp": "rezrov"}})
    wait_until_embedded(server)
    assert server.end_of_input() == 0
    errors = server.errors()
    assert " INFO memoryos" in errors
    said = ["xyzzy", "plugh", "frotz", "gnusto", "rezrov", "password", "sk-chat-secret", "sk-embedding-secret"]
    assert [word for word in said if word in errors] == []


def wait_until_embedded(server: RawServer) -> None:
    """Ask for the status until every page has its vectors."""
    for _ in range(10_000):
        answer = server.ask("resources/read", {"uri": "memoryos://status"})
        if not json.loads(answer["result"]["contents"][0]["text"])["pending"]["embed"]:
            return
    raise AssertionError("pages still wait for their vectors")


# Start and end

BLOCK = textwrap.dedent(
    """
    import sys, threading
    from importlib.abc import Loader, MetaPathFinder
    from importlib.machinery import PathFinder

    class Never(Loader):
        def create_module(self, spec):
            return None

        def exec_module(self, module):
            threading.Event().wait()

    class Blocked(MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name not in {"numpy", "faiss", "onnxruntime", "tokenizers", "openai"}:
                return None
            spec = PathFinder.find_spec(name, path)
            spec.loader = Never()
            return spec

    sys.meta_path.insert(0, Blocked())
    """
)


@pytest.mark.parametrize("open_", [RawServer.open_modern, RawServer.open_with_handshake])
def test_the_first_answer_waits_for_no_model_and_no_index(
    start: Start, tmp_path: Path, config: Path, open_: Callable[[RawServer], Json]
) -> None:
    """Their packages never finish loading here, and the answer comes."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(BLOCK)
    assert "result" in open_(start(config, PYTHONPATH=str(site)))


def test_the_end_of_input_ends_the_server(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    server.call("add_memory", page(1))
    assert server.end_of_input() == 0


def test_the_end_of_input_ends_a_server_that_was_never_asked_anything(start: Start, config: Path) -> None:
    server = start(config)
    assert server.end_of_input() == 0
    assert server.lines == []


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C reaches a console's whole group there")
def test_ctrl_c_ends_a_server_whose_input_stays_open(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == -signal.SIGINT


@pytest.mark.skipif(sys.platform == "win32", reason="the folder for user data is not taken from the environment there")
def test_a_server_without_configuration_keeps_its_memory_in_the_folder_for_user_data(
    start: Start, tmp_path: Path, elsewhere: Path
) -> None:
    home = tmp_path / "home"
    server = start(None, HOME=str(home), XDG_DATA_HOME=str(home / "data"))
    server.open_modern()
    server.call("add_memory", page(1))
    assert oolongs(server) == {"Oolong number 1"}
    (database,) = home.rglob("memory.db")
    assert database.parent.parent.name == "users"
    assert list(elsewhere.iterdir()) == []


# What was acknowledged stays


def test_a_killed_server_loses_no_page_it_acknowledged(start: Start, config: Path) -> None:
    server = start(config)
    server.open_modern()
    asked = {server.send("tools/call", {"name": "add_memory", "arguments": page(n)}): n for n in range(60)}
    acknowledged = [asked[server.next_answer()["id"]] for _ in range(20)]
    server.kill()
    again = start(config)
    again.open_modern()
    assert {page(number)["user_input"] for number in acknowledged} - oolongs(again) == set()


@pytest.mark.slow
async def test_two_servers_on_one_folder_keep_and_find_each_others_pages(
    tmp_path: Path, elsewhere: Path, config: Path
) -> None:
    """Defect 16: two processes of the reference on one folder overwrite each other."""
    with (tmp_path / "stderr.txt").open("w") as errors:
        async with (
            Client(stdio_client(parameters(config, elsewhere), errlog=errors)) as one,
            Client(stdio_client(parameters(config, elsewhere), errlog=errors)) as other,
        ):
            await asyncio.gather(add_pages(one, range(200)), add_pages(other, range(200, 400)))
            found = [await found_by_name(client, range(400)) for client in (one, other)]
    everything = {page(number)["user_input"] for number in range(400)}
    assert [everything - names for names in found] == [set(), set()]


async def add_pages(client: Client, numbers: range) -> None:
    for number in numbers:
        result = await client.call_tool("add_memory", page(number))
        assert not result.is_error, result.content


async def found_by_name(client: Client, numbers: range) -> set[str]:
    """The pages that come back when each is asked for by its own word, eight at a time."""
    found: set[str] = set()
    for first in range(numbers.start, numbers.stop, 8):
        words = " ".join(f"word{number:04d}" for number in range(first, first + 8))
        recall = await called(client, "retrieve_memory", query=words, max_results=100, max_tokens=100_000)
        found |= {page["user_input"] for page in recall["retrieved_pages"]}
    return found
