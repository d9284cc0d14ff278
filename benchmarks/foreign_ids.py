"""Whether another user's id can be told from one that there is not, by how long the refusal takes over HTTP.

    python benchmarks/foreign_ids.py --rounds 1000
    python benchmarks/foreign_ids.py --rounds 1000 --database own

One user asks for, and tries to forget, exchanges of another user and such that nobody has, by 50 ids of each kind, in
an order drawn anew each round. Two kinds are unknown, made in the same way: what their times differ by is noise, above
all of how many pieces the embedding model cuts an id into. With `--database` the memories are in PostgreSQL, as in
`benchmarks/load.py`.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from ulid import ULID  # noqa: E402

from benchmarks.common.postgres import benchmark_database  # noqa: E402
from benchmarks.load import fill, fill_database, memory_servers  # noqa: E402
from memoryos import Memoryos, load_config  # noqa: E402

_ALICE, _BOB = "user-0", "user-1"
_PAGES = 300
_IDS = 50


def main() -> int:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1_000, help="calls for each id and each tool (default 1000)")
    parser.add_argument("--database", default="", help='"own", or the address of an empty database (default: none)')
    given = parser.parse_args()

    with ExitStack() as ending:
        folder = ending.enter_context(tempfile.TemporaryDirectory())
        data, pages, url = Path(folder) / "data", {_ALICE: _PAGES, _BOB: _PAGES}, ""
        fill(data, pages)
        if given.database:
            database = ending.enter_context(benchmark_database(given.database))
            fill_database(database, data, pages)
            url = database.servers_url
        settings = {"data_storage_path": str(data), "user_id": _ALICE, "database_url": url}
        memory = Memoryos.open(load_config(None, environ={}, arguments=settings), works=False)
        foreign = [memory.add_memory(f"My number {n} is {n * 7919}.", "Noted.").page.id for n in range(_IDS)]
        memory.close()
        servers = memory_servers(Path(folder), data, 1, forget_tool=True, database_url=url)
        (port,), _, token = ending.enter_context(servers)
        measure(port, token, foreign, given.rounds)
    return 0


def measure(port: int, token: str, foreign: list[str], rounds: int) -> None:
    """Ask in turn, and print how the times compare."""
    from scipy.stats import mannwhitneyu  # of the extra `benchmarks`, and --help goes without

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    unknown, again = ([str(ULID()) for _ in range(_IDS)] for _ in range(2))
    asked = {"foreign": foreign, "unknown": unknown, "unknown again": again}
    chance, order = random.Random(18), list(asked)
    sys.stdout.write("| by its id | median, ms: foreign / unknown / unknown again | foreign: p | again: p |\n")
    sys.stdout.write("|---|---:|---:|---:|\n")
    for tool in ("retrieve_memory", "forget_memory"):
        took: dict[str, list[float]] = {name: [] for name in asked}
        for number in range(rounds + 20):
            chance.shuffle(order)
            for name in order:
                id_ = asked[name][number % _IDS]
                arguments = {"query": id_} if tool == "retrieve_memory" else {"page_ids": [id_]}
                seconds = call(connection, token, tool, {"user_id": _BOB, **arguments})
                if number >= 20:  # the first ones open the memory and warm it up
                    took[name].append(seconds)
        medians = " / ".join(f"{median(took[name]) * 1_000:.2f}" for name in asked)
        differs, noise = (mannwhitneyu(took["unknown"], took[other]).pvalue for other in ("foreign", "unknown again"))
        sys.stdout.write(f"| {tool} | {medians} | {differs:.2f} | {noise:.2f} |\n")


def call(connection: http.client.HTTPConnection, token: str, tool: str, arguments: dict[str, object]) -> float:
    """The seconds that a call takes."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": "2025-06-18",
        "Authorization": f"Bearer {token}",
    }
    began = time.perf_counter()
    connection.request("POST", "/mcp", json.dumps(body), headers)
    response = connection.getresponse()
    response.read()
    took = time.perf_counter() - began
    if response.status != 200:
        raise RuntimeError(f"{tool}: answered {response.status}")
    return took


if __name__ == "__main__":
    raise SystemExit(main())
