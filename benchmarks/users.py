"""Many users in one process: what their memories take, and how long the first call of each waits.

    python benchmarks/users.py --users 1000 --pages 20

Each user's memory is filled through the pool, as a server does it. Then, in a process that has none of them open, each
user recalls twice: first with the memory opened for it, then with it open.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped, unused-ignore]

from memoryos import load_config
from memoryos_mcp.auth.caller import on_behalf_of
from memoryos_mcp.session import MemorySession

_MB = 1_000_000


def main() -> int:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1_000, help="users, each with a memory (default 1000)")
    parser.add_argument("--pages", type=int, default=20, help="pages of each (default 20)")
    parser.add_argument("--open", type=int, default=0, help="memories open at a time (default: all)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = [f"user-{number}" for number in range(given.users)]
        # In a process of its own: what filling takes would be counted otherwise.
        filling = get_context("spawn").Process(target=fill, args=(Path(folder), names, given.pages))
        filling.start()
        filling.join()
        measure(Path(folder), names, given.open or given.users)
    return 0


def fill(folder: Path, names: list[str], pages: int) -> None:
    """Add so many pages to each user's memory, a few memories being open at a time."""
    session = opened(folder, 50)
    began = time.perf_counter()
    for name in names:
        with on_behalf_of(name), session.using() as memory:
            for number in range(pages):
                memory.add_memory(f"My number {number} is {number * 7919} and I live in street {number}.", "Noted.")
    print_row("pages added a second, with the background work", len(names) * pages / (time.perf_counter() - began))
    sys.stdout.flush()
    session.close()


def measure(folder: Path, names: list[str], most_open: int) -> None:
    """Measure on a server that has just started."""
    session = opened(folder, most_open)
    asked(session, "somebody-else")  # loads numpy, FAISS and the model
    process = psutil.Process()
    before = process.memory_info().rss
    print_row("memory of the process before, MB", before / _MB)
    first = [asked(session, name) for name in names]
    print_row("memory of the process with all, MB", process.memory_info().rss / _MB)
    print_row("memory a user, kB", (process.memory_info().rss - before) / 1_000 / len(session.open_users()))
    print_row("memories open", len(session.open_users()))
    if sys.platform != "win32":
        print_row("open files", process.num_fds())
    again = [asked(session, name) for name in names]
    for label, times in (("first call", first), ("second call", again)):
        times.sort()
        print_row(f"{label}, p50 ms", median(times) * 1_000)
        print_row(f"{label}, p95 ms", times[int(len(times) * 0.95)] * 1_000)
    session.close()


def opened(folder: Path, most_open: int) -> MemorySession:
    """A session of many users over a folder."""
    settings = {"data_storage_path": folder, "multi_user": True, "max_open_memories": most_open}
    return MemorySession(load_config(None, environ={}, arguments=settings))


def asked(session: MemorySession, name: str) -> float:
    """The seconds that a user's recall takes."""
    began = time.perf_counter()
    with on_behalf_of(name), session.using() as memory:
        memory.retrieve("Where do I live?")
    return time.perf_counter() - began


def print_row(label: str, value: float) -> None:
    """One line of the table."""
    sys.stdout.write(f"| {label} | {value:,.1f} |\n")


if __name__ == "__main__":
    raise SystemExit(main())
