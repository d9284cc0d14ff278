"""Measure MemoryOS against its budgets, each as a ratio to something measured in the same run.

    python benchmarks/speed.py [--quick] [--sizes 1000,1000000] [--fill fast] [--data FOLDER] [--out FOLDER]

A bare server of the same SDK, one that embeds a query and answers without a memory, and an fsync run in turn with what
is compared to them, so that a busy or slow machine moves both. Dialogue is made up from a seed, or mixed from real
talks.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import SETS, add_data_option, missing, read_set, set_file
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save, wide_console
from benchmarks.speed import budgets, measuring
from benchmarks.speed.copying import COPIED_PAGES, fill_copied
from benchmarks.speed.dialogue import Dialogue, MixedDialogue, Talk
from benchmarks.speed.filling import Tick, fill, fill_fast
from benchmarks.speed.footprint import MB, installed_bytes, resident_bytes
from benchmarks.speed.pipes import HttpServer, Server, bare_server, embedding_server, memory_server
from memoryos import Config, Memoryos, load_config
from memoryos.storage.paths import file_of

FAST_FROM = 1_000
"""`--fill fast` takes its short cut only for pages beyond the first 1,000."""

_OPENINGS = 3
"""So many starts tell how long one takes to its first recall."""

START_PAGES = 1_000
"""Starts are measured on a memory of this size, or the nearest below that is measured."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: memories of these sizes, starts of each server, calls of each tool at each size."""

    sizes: tuple[int, ...]
    rounds: int
    calls: int


FULL = Extent(sizes=(100, 1_000, 10_000), rounds=9, calls=200)
QUICK = Extent(sizes=(100, 1_000), rounds=3, calls=40)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code, always 0: a budget that is not kept is shown and fails nothing."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.data is not None and (names := missing(arguments.data, SETS)):
        parser.error(f"{arguments.data} lacks {', '.join(names)}")
    chosen = {key: value for key in ("sizes", "rounds", "calls") if (value := getattr(arguments, key)) is not None}
    extent = replace(QUICK if arguments.quick else FULL, **chosen)
    console = wide_console()
    with (
        _folder(arguments.memory, arguments.folder) as folder,
        progress_bars(Console(stderr=True)) as progress,
    ):
        run = Run(folder, extent, _dialogue(arguments.data), fast=arguments.fill == "fast", progress=progress)
        for size in extent.sizes:
            run.measure(size)
    lines = run.lines()
    sheets = [budgets.sheet(lines), *_installed(arguments.env)]
    for sheet in sheets:
        sheet.show(console)
    for note in run.notes:
        console.print(f"note: {note}", soft_wrap=True)
    if arguments.out is not None:
        document = {
            **circumstances(),
            "extent": asdict(extent),
            "fill": arguments.fill,
            "notes": run.notes,
            "budgets": [line.record() for line in lines],
            "seconds": run.raw(),
        }
        save(arguments.out, "speed", sheets, document)
        console.print(f"written to {arguments.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/speed.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="a short run: fewer sizes, starts and calls")
    add("--sizes", type=_sizes, metavar="PAGES", help="memories to measure, such as 1000,100000")
    add("--rounds", type=int, metavar="N", help=f"starts of each server, 0: none (default: {FULL.rounds})")
    add("--calls", type=int, metavar="N", help=f"calls of each tool at each size (default: {FULL.calls})")
    add(
        "--fill",
        choices=("real", "fast"),
        default="real",
        help=f"how memories of over {FAST_FROM:,} pages are made: by the engine, or with rows of the same number and "
        "size but made-up vectors, which says nothing about what is found",
    )
    add_data_option(parser)
    add(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="where to put the memories; name one on a disk if the system's temporary folder is in RAM",
    )
    add("--memory", type=Path, metavar="FOLDER", help="keep the memory there, and go on with the one that is there")
    add("--env", type=Path, metavar="FOLDER", help="also tell the size of this virtual environment")
    add("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(size) for size in text.split(",")}))


@contextmanager
def _folder(kept: Path | None, temporary: Path | None) -> Iterator[Path]:
    """Within it, the folder to work in."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="memoryos-speed-", dir=temporary) as folder:
        yield Path(folder)


def _dialogue(data: Path | None) -> Talk:
    if data is None:
        return Dialogue()
    return MixedDialogue([talk for name in SETS for talk in read_set(set_file(data, name))])


def _start_size(sizes: Sequence[int]) -> int:
    """The size at which starts are measured."""
    return max((size for size in sizes if size <= START_PAGES), default=min(sizes))


def _installed(environment: Path | None) -> list[Sheet]:
    if environment is None:
        return []
    size = f"{installed_bytes(environment) / MB:,.0f} MB"
    return [Sheet("Installed", ("environment", "size"), ((str(environment), size),))]


class Run:
    """One memory that grows from size to size, and what was measured at each."""

    def __init__(self, folder: Path, extent: Extent, dialogue: Talk, *, fast: bool, progress: Progress) -> None:
        made = "mixed from real talks" if isinstance(dialogue, MixedDialogue) else "made up"
        self.notes = [f"dialogue is {made} by a seed: this run says nothing about what is found"]
        self._folder = folder
        self._extent = extent
        self._fast = fast
        self._progress = progress
        self._dialogue = dialogue
        self._starts: measuring.Starts | None = None
        self._adds: dict[int, measuring.Adds] = {}
        self._retrievals: dict[int, measuring.Retrievals] = {}
        self._openings: dict[int, list[measuring.Openings]] = {}
        self._resident: dict[int, int] = {}
        settings = {"data_storage_path": str(folder / "data"), "log_level": "WARNING"}
        self._log = folder / "server.log"
        self._config_file = folder / "config.json"
        self._config_file.write_text(json.dumps(settings), encoding="utf-8")
        self._config = load_config(self._config_file, environ={})
        self._pages = _pages_of(self._config) if (folder / "data").is_dir() else 0
        if self._pages:
            self.notes.append(f"there were {self._pages:,} pages already")
        if fast:
            self.notes.append(
                f"beyond {FAST_FROM:,} pages vectors are copies with noise and nothing was analysed (--fill fast); "
                f"beyond {COPIED_PAGES:,} pages are copies with a word more"
            )

    def measure(self, size: int) -> None:
        """Fill the memory to a size, then start servers over it, retrieve from it and add to it."""
        self._fill(size)
        if self._extent.rounds and size == _start_size(self._extent.sizes):
            rounds = self._extent.rounds + 1
            tick = self._ticker(f"starts at {size:,} pages", rounds)
            self._starts = measuring.starts(self._config_file, self._log, self._questions(rounds), tick)
        self._open(size)
        with (
            Server(memory_server(self._config_file), self._log) as server,
            HttpServer(self._config_file, self._log) as http,
            Server(bare_server(), self._log) as bare,
        ):
            for each in (server, http, bare):
                each.initialize()
            self._retrieve(server, http, size)
            self._add(server, http, bare, size)
        file = file_of(self._config)
        self.notes.append(
            f"the file of {self._pages:,} pages has {file.stat().st_size / self._pages:,.0f} bytes a page"
        )

    def _open(self, size: int) -> None:
        questions = self._questions(_OPENINGS)
        tick = self._ticker(f"first recalls at {size:,} pages", len(questions))
        self._openings[size] = []
        for question in questions:
            self._openings[size].append(measuring.opening(memory_server(self._config_file), self._log, question))
            tick()

    def _retrieve(self, server: Server, http: Server, size: int) -> None:
        questions = self._questions(measuring.WARM_CALLS + self._extent.calls)
        tick = self._ticker(f"retrievals at {size:,} pages", self._extent.calls)
        batch = self._config.consolidation_batch
        with self._least(server, questions[0]) as least:
            self._retrievals[size] = measuring.retrievals(server, http, least, questions, batch, tick)
        resident = resident_bytes(server.pid)
        if resident is not None:
            self._resident[size] = resident
        else:
            self.notes.append("the server's memory was not measured: this platform needs psutil (pip install psutil)")

    def _least(self, server: Server, question: str) -> Server:
        """A server that answers as this one answers a question, whatever it is asked."""
        reply = self._folder / "reply.json"
        answered = server.call("retrieve_memory", {"query": question})
        reply.write_text(answered["content"][0]["text"], encoding="utf-8")
        least = Server(embedding_server(self._config_file, reply), self._log)
        least.initialize()
        return least

    def _add(self, server: Server, http: Server, bare: Server, size: int) -> None:
        numbers = range(self._pages, self._pages + 3 * self._extent.calls)
        tick = self._ticker(f"adds at {size:,} pages", 2 * self._extent.calls)
        batch, scratch = self._config.consolidation_batch, self._folder / "fsync"
        self._adds[size] = measuring.adds(server, http, bare, scratch, self._dialogue, numbers, batch, tick)
        self._pages = numbers.stop

    def _questions(self, count: int) -> list[str]:
        return [self._dialogue.question(number, self._pages) for number in range(count)]

    def lines(self) -> list[budgets.Measured]:
        """Every budget that was measured."""
        lines = [] if self._starts is None else budgets.start_lines(self._starts)
        for size, adds in self._adds.items():
            lines += budgets.add_lines(size, adds)
        if (flat := budgets.flat_line(self._adds)) is not None:
            lines.append(flat)
        for size, retrievals in self._retrievals.items():
            lines += budgets.retrieve_lines(size, retrievals)
        for size, openings in self._openings.items():
            lines += budgets.opening_lines(size, openings)
        return [*lines, *(budgets.memory_line(size, resident) for size, resident in self._resident.items())]

    def raw(self) -> dict[str, object]:
        """Every single time, in seconds."""
        return {
            "starts": None if self._starts is None else asdict(self._starts),
            "adds": {size: asdict(adds) for size, adds in self._adds.items()},
            "retrievals": {size: asdict(retrievals) for size, retrievals in self._retrievals.items()},
            "openings": {size: [asdict(each) for each in openings] for size, openings in self._openings.items()},
        }

    def _fill(self, size: int) -> None:
        ways: list[tuple[Callable[[Config, Talk, int, int, Tick], None], int]] = [(fill, size)]
        if self._fast:
            ways = [(fill, min(size, FAST_FROM)), (fill_fast, min(size, COPIED_PAGES)), (fill_copied, size)]
        for way, last in ways:
            new = last - self._pages
            if new <= 0:
                continue
            started = time.perf_counter()
            tick = self._ticker(f"{way.__name__} to {last:,} pages", new)
            way(self._config, self._dialogue, self._pages, last, tick)
            milliseconds = (time.perf_counter() - started) * 1000 / new
            self.notes.append(f"{way.__name__}: {new:,} pages {milliseconds:.1f} ms each until all work was done")
            self._pages = last

    def _ticker(self, what: str, total: int) -> Callable[[], None]:
        return partial(self._progress.advance, self._progress.add_task(what, total=total))


def _pages_of(config: Config) -> int:
    with Memoryos.open(config, works=False) as memory:
        return memory.status().counts.pages
