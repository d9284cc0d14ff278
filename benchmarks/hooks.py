"""How much hooks of clients keep, and what they cost: turns played through the real command, some of them killed.

`python benchmarks/hooks.py --turns 1000` prints the share of turns that are in the memory afterwards, how many are in
it twice, and how long a hook takes beside a bare Python that imports what a hook cannot do without. Two clients talk by
turns; every tenth hook of a prompt is killed at a random moment and run again, as a client does that goes on; the
database is locked for a tenth of the turns. In the first half no server runs; in the second one does, which hooks ask,
and which is killed every 50 turns and missing for the next ten.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from memoryos import Memoryos, load_config
from memoryos.storage.paths import file_of

_BARE: Final = (sys.executable, "-c", "import json, sqlite3")
_TURNS_OF_A_SERVER, _MISSING_TURNS = 50, 10
_CLIENTS: Final = (("claude-code", "UserPromptSubmit", "Stop"), ("codex", "UserPromptSubmit", "Stop"))


def main() -> int:
    """Play, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps({"data_storage_path": "data", "user_id": "tom"}), encoding="utf-8")
        hooks, bare = played(config, given.turns, random.Random(given.seed))
        report(config, given.turns, hooks, bare)
    return 0


def played(config: Path, turns: int, draw: random.Random) -> tuple[list[float], list[float]]:
    """The seconds of each hook that ran to its end, and of the bare Pythons between them."""
    hooks: list[float] = []
    bare: list[float] = []
    with ExitStack() as serving:
        for number in range(turns):
            if number >= turns // 2 and number % _TURNS_OF_A_SERVER == _MISSING_TURNS:
                serving.enter_context(_server(config))
            elif number % _TURNS_OF_A_SERVER == 0:
                serving.close()
            client, asks, stops = _CLIENTS[number % 2]
            told = {"session_id": f"{client}-{number // 20}", "prompt": f"This is turn {number} of the talk."}
            command = [sys.executable, "-m", "memoryos_mcp", "hook", asks, "--client", client, "--config", str(config)]
            if number % 10 == 3:
                _killed(command, told, draw.uniform(0.0, 0.12))
            with _locked(config, number % 10 == 7):
                hooks.append(_timed(command, told))
                command[4] = stops
                hooks.append(_timed(command, {**told, "last_assistant_message": f"Answer {number}."}))
            bare.append(_timed(list(_BARE), {}))
    return hooks, bare


def report(config: Path, turns: int, hooks: Sequence[float], bare: Sequence[float]) -> None:
    """Print what is in the memory, and what hooks took."""
    with closing(Memoryos.open(load_config(config, environ={}))) as memory:
        found: Counter[str] = Counter()
        cursor: str | None = None
        while True:
            listed = memory.browsing.pages(200, cursor=cursor)
            found.update(page.user_input for page in listed.pages)
            cursor = listed.cursor
            if cursor is None:
                break
    kept = sum(f"This is turn {number} of the talk." in found for number in range(turns))
    twice = sum(count > 1 for count in found.values())
    load = ", ".join(f"{average:.0f}" for average in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    ratio = statistics.median(hooks) / statistics.median(bare)
    cuts = statistics.quantiles(hooks, n=100)
    sys.stdout.write(f"{kept} of {turns} turns are kept ({kept / turns:.2%}), {twice} of them twice\n")
    sys.stdout.write(f"a hook: p50 {cuts[49] * 1e3:.0f} ms, p99 {cuts[98] * 1e3:.0f} ms; {ratio:.1f} x a bare Python\n")
    sys.stdout.write(f"load averages of the machine: {load}, on {os.cpu_count()} cores\n")


@contextmanager
def _server(config: Path) -> Iterator[None]:
    """Within it a server runs over the memory; it is killed then."""
    request = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "hooks", "version": "1"}}
    opening = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": request})
    command = [sys.executable, "-m", "memoryos_mcp", "--config", str(config)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{opening}\n".encode())
        process.stdin.flush()
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def _timed(command: list[str], told: object) -> float:
    start = time.perf_counter()
    subprocess.run(command, input=json.dumps(told).encode(), capture_output=True, check=True)
    return time.perf_counter() - start


def _killed(command: list[str], told: object, after: float) -> None:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode())
        process.stdin.close()
        time.sleep(after)
        process.kill()


def _locked(config: Path, wanted: bool) -> ExitStack:
    """Within it another program writes to the database, if that is wanted and there is one."""
    stack = ExitStack()
    path = file_of(load_config(config, environ={}))
    if wanted and path.is_file():
        connection = stack.enter_context(closing(sqlite3.connect(path, timeout=30)))
        connection.execute("BEGIN IMMEDIATE")
        stack.callback(connection.rollback)
    return stack


if __name__ == "__main__":
    sys.exit(main())
