"""The first recall of a large memory that nobody had open, beside later ones, in PostgreSQL and in files.

    python benchmarks/cold_recall.py --pages 10000 --rounds 6 --database own

The process has the embedding model loaded and another memory open, as a server has. In turn, a memory of so many
exchanges is opened and asked for the first time (cold), asked on until its index is loaded, and then a memory in the
database and one in a file are asked the same questions one after the other (warm). The exchanges are made up; "own" is
a server out of the wheel that the tests use, anything else the address of a superuser's at an empty database.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the folder that holds the package `benchmarks`

from benchmarks.common.postgres import OWN, benchmark_database  # noqa: E402
from benchmarks.load import fill, fill_database  # noqa: E402
from benchmarks.speed.dialogue import Dialogue  # noqa: E402
from memoryos import Config, Memoryos, load_config  # noqa: E402
from memoryos.runtime import Runtime  # noqa: E402

_READY_SECONDS = 300.0
_FIRST = 8
"""Recalls after which an index is loaded, however large the memory is."""

_SETTLING_SECONDS = 0.5
"""So long the background may take to load it."""

_WARM = 12


def main() -> int:
    """Print a table; the exit code is 1 where a cold recall takes more than five warm ones, or a warm one more than 1.5
    of files'."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10_000, help="exchanges of the memory (default 10000)")
    parser.add_argument("--rounds", type=int, default=6, help="openings (default 6)")
    parser.add_argument("--database", default=OWN, help='"own", or the address of an empty database (default: own)')
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        benchmark_database(given.database) as database,
        running(Path(folder), database.servers_url) as (runtime, config),
    ):
        pages = {"one": given.pages}
        fill(Path(folder), pages)
        fill_database(database, Path(folder), pages)
        took = measured(runtime, config, given.pages, given.rounds)
    cold, warm, files = (median(took[name]) * 1_000 for name in ("cold", "warm", "files"))
    best = {name: min(took[name]) * 1_000 for name in took}
    sys.stdout.write(
        "| recall of | median, ms | best, ms |\n|---|---:|---:|\n"
        f"| a memory just opened, PostgreSQL | {cold:.0f} | {best['cold']:.0f} |\n"
        f"| the same in use | {warm:.1f} | {best['warm']:.1f} |\n"
        f"| one in use, files | {files:.1f} | {best['files']:.1f} |\n"
        f"cold {cold / warm:.1f} times warm (5), by the best {best['cold'] / best['warm']:.1f}; "
        f"warm {warm / files:.2f} times files (1.5), by the best {best['warm'] / best['files']:.2f}\n"
    )
    return 0 if cold <= 5 * warm and warm <= 1.5 * files else 1


@contextmanager
def running(folder: Path, url: str) -> Iterator[tuple[Runtime, Config]]:
    """Within it, a process's runtime with another user's memory open in the database, and a user's configuration."""
    runtime = Runtime()
    settings = {"data_storage_path": str(folder), "user_id": "warming up", "database_url": url, "count_visits": False}
    config = load_config(None, environ={}, arguments=settings)
    try:
        with Memoryos.open(config, runtime) as memory:
            memory.prepare()
            memory.retrieve("tea?")
            yield runtime, config.model_copy(update={"user_id": "one"})
    finally:
        runtime.close()


def measured(runtime: Runtime, config: Config, pages: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of recalls: cold and warm ones in the database, and warm ones in files."""
    took: dict[str, list[float]] = {"cold": [], "warm": [], "files": []}
    with Memoryos.open(config.model_copy(update={"database_url": ""}), runtime) as files:
        files.wait_until_idle(_READY_SECONDS)
        for number in range(rounds):
            ask = Dialogue().question(1_000 + 37 * number, pages)
            began = time.perf_counter()
            with Memoryos.open(config, runtime) as memory:
                memory.retrieve(ask)
                took["cold"].append(time.perf_counter() - began)
                for again in range(_FIRST):
                    memory.retrieve(Dialogue().question(again, pages))
                memory.wait_until_idle(_READY_SECONDS)
                time.sleep(_SETTLING_SECONDS)
                for at in range(_WARM):
                    ask = Dialogue().question(41 * at + 7 * number, pages)
                    for name, asked in (("warm", memory), ("files", files)):
                        began = time.perf_counter()
                        asked.retrieve(ask)
                        took[name].append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    raise SystemExit(main())
