"""Many clients of many users at once, over HTTP, beside a bare server of the same SDK in the same run.

    python benchmarks/load.py --users 1000 --clients 100 --seconds 30 --processes 1,4 --database own

The users have 100 to 10,000 exchanges each (made up, in five sizes evenly spread over the orders of magnitude; half of
the users have the least, half of the others the next size, and so on), whose vectors are those of 100 texts with noise.
Each client calls without a pause: one exchange is added for every two recalls, for a user drawn by chance, by an app's
token. At the end something is recalled for every user once, so that all are open when the memory is taken, and it is
counted whether every acknowledged exchange is there. Clients and servers share this machine's cores.

With `--database` the same memories are served out of PostgreSQL, too, and pgbench makes what it can there in the same
run, with as many connections as the servers have at most: its TPC-B-like transactions stand in the column of adding,
its reads by key in that of recalling. "own" is a server out of the wheel that the tests use; anything else the address
of a superuser's at an empty database. Memory is that of the servers, not PostgreSQL's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

import httpx2  # noqa: E402
import psutil  # type: ignore[import-untyped, unused-ignore]  # noqa: E402
from ulid import ULID  # noqa: E402

from benchmarks.common.postgres import BenchmarkDatabase, Pgbench, benchmark_database  # noqa: E402
from benchmarks.speed.dialogue import Dialogue  # noqa: E402
from benchmarks.speed.filling import fill_fast  # noqa: E402
from memoryos import Config, load_config  # noqa: E402
from memoryos.storage.moving import move  # noqa: E402
from memoryos.storage.paths import memory_file  # noqa: E402
from memoryos.storage.registry import open_database  # noqa: E402
from memoryos.storage.tables.contents import Contents  # noqa: E402
from memoryos_mcp.auth.tokens import TokenStore  # noqa: E402

_MB = 1_000_000
_SIZES = 5
_DISTINCT = 100
_PGBENCH_SCALE = 10
_CONNECTIONS = 10
"""Of one server to PostgreSQL, at most."""

_START_SECONDS = 60.0
_WARMING = 2
"""Calls of each client that are made before the clock starts."""

_BARE = """
import sys, uvicorn
from mcp.server.mcpserver import MCPServer
server = MCPServer("bare", log_level="WARNING")
@server.tool()
def retrieve_memory(user_id: str, query: str) -> str:
    return "ok"
@server.tool()
def add_memory(user_id: str, user_input: str, agent_response: str) -> str:
    return "ok"
app = server.streamable_http_app(stateless_http=True, json_response=True)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@dataclass(slots=True)
class Measured:
    """Seconds of each call by tool, what failed and how often, and the exchanges that were acknowledged by user."""

    took: dict[str, list[float]] = field(default_factory=lambda: {"add_memory": [], "retrieve_memory": []})
    failed: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    rss: float = 0.0


def main() -> int:
    """Print a table; the exit code is 1 where a call failed or an exchange was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1_000, help="users, each with a memory (default 1000)")
    parser.add_argument("--most-pages", type=int, default=10_000, help="exchanges of the largest (default 10000)")
    parser.add_argument("--least-pages", type=int, default=100, help="exchanges of the smallest (default 100)")
    parser.add_argument("--clients", type=int, default=100, help="clients at once (default 100)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each server is asked (default 30)")
    parser.add_argument("--processes", default="1,4", help="numbers of server processes, each tried (default 1,4)")
    parser.add_argument("--database", default="", help='"own", or the address of an empty database (default: none)')
    given = parser.parse_args()
    users = [f"user-{number}" for number in range(given.users)]
    sys.stdout.write(
        "| server | processes | calls a second | add p50 / p95, ms | recall p50 / p95, ms "
        "| errors | lost | memory, MB |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    sound = True
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        asked = Asked(users, given.clients, given.seconds)
        data = folder / "data"
        pages = sizes(users, given.least_pages, given.most_pages)
        fill(data, pages)
        served, bench = [Served("MemoryOS, files", folder, data, "", {**pages})], None
        if given.database:
            database = ending.enter_context(benchmark_database(given.database))
            fill_database(database, data, pages)
            served.append(Served("MemoryOS, PostgreSQL", folder, data, database.servers_url, {**pages}))
            bench = ending.enter_context(database.pgbench(_PGBENCH_SCALE))
        for processes in map(int, given.processes.split(",")):
            with bare_servers(processes) as (ports, pids):
                print_row("bare SDK", processes, asyncio.run(load(ports, pids, "", asked)), lost=0)
            if bench is not None:
                print_row("pgbench", processes, transactions(bench, processes, given.seconds), lost=0)
            for each in served:
                sound = each.measure(processes, asked) and sound
    return 0 if sound else 1


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom how many clients ask something, and for how long."""

    users: Sequence[str]
    clients: int
    seconds: float


@dataclass(slots=True)
class Served:
    """Memories as servers have them: in files, or in the database at an address; `pages` of each user's are there."""

    name: str
    folder: Path
    data: Path
    database_url: str
    pages: dict[str, int]

    def measure(self, processes: int, asked: Asked) -> bool:
        """Print a row for so many servers; whether no call failed and no exchange was lost."""
        with memory_servers(self.folder, self.data, processes, database_url=self.database_url) as (ports, pids, token):
            measured = asyncio.run(load(ports, pids, token, asked))
        lost = 0
        for user in measured.added:
            there = pages_of(self.data, user, self.database_url)
            lost += max(0, self.pages[user] + measured.added[user] - there)
            self.pages[user] = there
        print_row(self.name, processes, measured, lost)
        for words, count in measured.failed.most_common(3):
            sys.stderr.write(f"{count} times: {words}\n")
        return not measured.failed and not lost


def transactions(bench: Pgbench, processes: int, seconds: float) -> Measured:
    """What pgbench makes of a database: as adding, and for as long as recalling."""
    measured = Measured(seconds=2 * seconds)
    for tool, reads in (("add_memory", False), ("retrieve_memory", True)):
        measured.took[tool] = bench.measure(processes * _CONNECTIONS, seconds, reads=reads).took
    return measured


def fill(data: Path, pages: Mapping[str, int]) -> None:
    """Give each user a memory of so many exchanges. Memories of a size are copies of one."""
    for size in {*pages.values()}:
        fill_fast(_config(data, _template(size)), Dialogue(size), 0, size, lambda: None, distinct=_DISTINCT)
    for user, size in pages.items():
        target = memory_file(data, user)
        target.parent.mkdir(parents=True, mode=0o700)
        shutil.copy(memory_file(data, _template(size)), target)


def fill_database(database: BenchmarkDatabase, data: Path, pages: Mapping[str, int]) -> None:
    """The same in a database, of what `fill` made."""
    for size in {*pages.values()}:
        template = _config(data, _template(size))
        deque(move(template, template.model_copy(update={"database_url": database.url})), maxlen=0)
        database.copy(_template(size), [user for user in pages if pages[user] == size])
    database.settle()


def sizes(users: Sequence[str], least: int, most: int) -> dict[str, int]:
    """How many exchanges each user has: every second one the least, every second of the others the next size."""
    steps = sorted({round(least * (most / least) ** (step / (_SIZES - 1))) for step in range(_SIZES)})
    return {user: steps[min(_twos(number), len(steps) - 1)] for number, user in enumerate(users, 1)}


def _twos(number: int) -> int:
    """How often a number is divisible by two."""
    return (number & -number).bit_length() - 1


def _template(size: int) -> str:
    return f"template-{size}"


def pages_of(data: Path, user: str, database_url: str = "") -> int:
    """How many exchanges a user has."""
    with closing(open_database(_config(data, user, database_url), existing=True)) as database:
        return Contents(database).page_count()


def _config(data: Path, user: str, database_url: str = "") -> Config:
    settings = {"data_storage_path": str(data), "user_id": user, "database_url": database_url}
    return load_config(None, environ={}, arguments=settings)


@contextmanager
def memory_servers(
    folder: Path, data: Path, processes: int, *, forget_tool: bool = False, database_url: str = ""
) -> Iterator[tuple[list[int], list[int], str]]:
    """Within it, so many servers of one data folder or database: their ports, their processes, an app's token."""
    config = folder / "config.json"
    settings: dict[str, object] = {"data_storage_path": str(data), "transport": "streamable-http", "auth": "tokens"}
    settings |= {"log_level": "ERROR", "max_open_memories": 1_000, "forget_tool": forget_tool}
    settings |= {"database_url": database_url}
    config.write_text(json.dumps(settings), encoding="utf-8")
    token, _ = TokenStore(data, lambda: datetime.now(timezone.utc)).create("benchmark", is_service=True)
    with started([["-m", "memoryos_mcp", "--config", str(config), "--port"]] * processes) as (ports, pids):
        yield ports, pids, token


@contextmanager
def bare_servers(processes: int) -> Iterator[tuple[list[int], list[int]]]:
    """Within it, so many servers that answer "ok"."""
    with started([["-c", _BARE]] * processes) as found:
        yield found


@contextmanager
def started(commands: Sequence[Sequence[str]]) -> Iterator[tuple[list[int], list[int]]]:
    """Within it, Python runs each of these with a free port as its last word, and answers there."""
    with ExitStack() as ending:
        ports, pids = [], []
        for command in commands:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            process = subprocess.Popen([sys.executable, *command, str(port)], stdin=subprocess.DEVNULL)
            ending.callback(process.wait)
            ending.callback(process.terminate)
            ports.append(port)
            pids.append(process.pid)
        deadline = time.monotonic() + _START_SECONDS
        for port in ports:
            while not _answers(port):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the server at port {port} did not start in {_START_SECONDS:.0f} s")
                time.sleep(0.05)
        yield ports, pids


def _answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


async def load(ports: Sequence[int], pids: Sequence[int], token: str, asked: Asked) -> Measured:
    """What the clients measured, each at one of the ports."""
    measured = Measured()
    # The servers close what is idle for five seconds, perhaps just as something is sent.
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2.0)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2025-06-18",
        "Authorization": f"Bearer {token or 'none'}",
    }
    async with httpx2.AsyncClient(headers=headers, limits=limits, timeout=60.0) as http:
        everybody = [
            Caller(
                http,
                f"http://127.0.0.1:{ports[number % len(ports)]}/mcp",
                asked.users,
                f"{ULID()}",  # else the same exchange may come twice in a run, and be stored once
                random.Random(number),
                measured,
            )
            for number in range(asked.clients)
        ]
        await asyncio.gather(*(caller.call_until(0.0, _WARMING) for caller in everybody))
        for took in measured.took.values():
            took.clear()
        began = time.monotonic()
        await asyncio.gather(*(caller.call_until(began + asked.seconds, 0) for caller in everybody))
        measured.seconds = time.monotonic() - began
        await asyncio.gather(*(caller.visit(asked.users[at :: asked.clients]) for at, caller in enumerate(everybody)))
    measured.rss = sum(psutil.Process(pid).memory_info().rss for pid in pids) / _MB
    return measured


@dataclass(slots=True)
class Caller:
    """One client: it calls, waits for the answer, and calls again."""

    http: httpx2.AsyncClient
    url: str
    users: Sequence[str]
    name: str
    chance: random.Random
    measured: Measured
    made: int = 0

    async def call_until(self, deadline: float, at_least: int) -> None:
        """Call until a time of the monotonic clock, and at least so often."""
        made = 0
        while made < at_least or time.monotonic() < deadline:
            await self.call()
            made += 1

    async def call(self) -> None:
        """Add or recall something of a user drawn by chance, and note how long it took."""
        user, number = self.chance.choice(self.users), self.chance.randrange(1_000_000)
        self.made += 1
        if self.made % 3:
            tool, arguments = "retrieve_memory", {"query": Dialogue().question(number, 1_000)}
        else:
            page = Dialogue(2).page(number)
            tool, arguments = "add_memory", {"user_input": f"{page.user_input} ({number}, {self.name}, {self.made})"}
            arguments["agent_response"] = page.agent_response
        began = time.perf_counter()
        is_done = await self._asked(tool, user, arguments)
        self.measured.took[tool].append(time.perf_counter() - began)
        if is_done and tool == "add_memory":
            self.measured.added[user] += 1

    async def visit(self, users: Sequence[str]) -> None:
        """Recall something of each of these users, one after another."""
        for number, user in enumerate(users):
            await self._asked("retrieve_memory", user, {"query": Dialogue().question(number, 1_000)})

    async def _asked(self, tool: str, user: str, arguments: Mapping[str, str]) -> bool:
        """Whether a call was answered without an error; what went wrong is counted."""
        params = {"name": tool, "arguments": {"user_id": user, **arguments}}
        body = {"jsonrpc": "2.0", "id": self.made, "method": "tools/call", "params": params}
        try:
            reply = await self.http.post(self.url, content=json.dumps(body))
        except httpx2.HTTPError as error:
            self.measured.failed[type(error).__name__] += 1
            return False
        result = reply.json().get("result", {}) if reply.status_code == 200 else {"isError": True}
        is_done = not result.get("isError") and "content" in result
        if not is_done:
            self.measured.failed[f"{reply.status_code} {reply.text[:200]}"] += 1
        return is_done


def print_row(server: str, processes: int, measured: Measured, lost: int) -> None:
    """One line of the table."""
    calls = sum(map(len, measured.took.values())) / measured.seconds
    times = " | ".join(
        f"{_share(measured.took[tool], 0.5):,.1f} / {_share(measured.took[tool], 0.95):,.1f}"
        for tool in ("add_memory", "retrieve_memory")
    )
    errors = sum(measured.failed.values())
    sys.stdout.write(f"| {server} | {processes} | {calls:,.0f} | {times} | {errors} | {lost} | {measured.rss:,.0f} |\n")
    sys.stdout.flush()


def _share(seconds: Sequence[float], share: float) -> float:
    """In milliseconds, what so large a share of the calls took at most."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000 if ordered else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
