"""Measure what a hanging model endpoint costs callers, and how many calls and tokens MemoryOS asks of a model.

    python benchmarks/endpoint.py [--quick] [--data FILE] [--conversation ID] [--out FOLDER]

Calls are timed at the server over stdio while a request to the model hangs, in turn with the same calls of servers
whose endpoint is well and that have no model, over copies of one memory of made-up dialogue. Calls and tokens are
counted while one conversation of FILE is remembered with a model that answers at once by quoting its pages: real
prompts, made-up answers. Without FILE, one JSON object a conversation and line, that part is left out.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import Conversation, read_set
from benchmarks.endpoint import hanging, thinking_cost
from benchmarks.endpoint.thinking_cost import AT_ONCE, SLOW, Cost, Pace
from benchmarks.recall.report import circumstances, progress_bars, save, wide_console
from benchmarks.speed import budgets

EXIT_USAGE = 2


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: the memory that servers start with, their starts, the calls of each tool a start.

    A conversation is remembered once for each size of the model's topics, and once more at a slow pace.
    """

    pages: int
    rounds: int
    calls: int
    topic_pages: tuple[int, ...]
    slowly: bool


FULL = Extent(pages=1_000, rounds=6, calls=96, topic_pages=(2, 5, 10), slowly=True)
QUICK = Extent(pages=100, rounds=2, calls=12, topic_pages=(5,), slowly=False)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 also where a budget is not kept, 2 with a word on standard error where data is missing."""
    arguments = _parser().parse_args(argv)
    names = ("pages", "rounds", "calls", "topic_pages")
    chosen = {key: value for key in names if (value := getattr(arguments, key)) is not None}
    extent = replace(QUICK if arguments.quick else FULL, **chosen)
    console, errors = wide_console(), Console(stderr=True, highlight=False)
    try:
        conversation = _conversation(arguments.data, arguments.conversation)
    except ValueError as error:
        errors.print(f"endpoint: {error}", soft_wrap=True)
        return EXIT_USAGE
    with (
        tempfile.TemporaryDirectory(prefix="memoryos-endpoint-", dir=arguments.folder) as folder,
        progress_bars(errors) as progress,
    ):
        run = Run(Path(folder), extent, progress)
        times = run.times()
        costs = run.costs(conversation)
    lines = [*hanging.lines(times), *thinking_cost.lines(costs)]
    sheets = [budgets.sheet(lines), hanging.intervals(times), thinking_cost.sheet(costs)]
    sheets = [sheet for sheet in sheets if sheet.rows]
    for sheet in sheets:
        sheet.show(console)
    notes = _notes(conversation)
    for note in notes:
        console.print(f"note: {note}", soft_wrap=True)
    if arguments.out is not None:
        document = {
            **circumstances(),
            "extent": asdict(extent),
            "notes": notes,
            "budgets": [line.record() for line in lines],
            "costs": [asdict(cost) for cost in costs],
            "seconds": {name: asdict(each) for name, each in times.items()},
        }
        save(arguments.out, "endpoint", sheets, document)
        console.print(f"written to {arguments.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/endpoint.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="a short run: a smaller memory, fewer starts and calls, one cost")
    add("--data", type=Path, metavar="FILE", help="conversations, one a line (default: calls are not counted)")
    add("--conversation", metavar="ID", help="which of them to remember (default: the first)")
    add("--pages", type=int, metavar="N", help=f"the memory that is called (default: {FULL.pages})")
    add("--rounds", type=int, metavar="N", help=f"starts of each server, 0: none (default: {FULL.rounds})")
    add("--calls", type=int, metavar="N", help=f"calls of each tool a start (default: {FULL.calls})")
    add("--topic-pages", type=_sizes, metavar="PAGES", help="sizes of the model's topics, such as 2,5,10")
    add("--folder", type=Path, metavar="FOLDER", help="where to put the memories (default: the temporary folder)")
    add("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.split(","))


def _conversation(file: Path | None, wanted: str | None) -> Conversation | None:
    """The conversation asked for, None without a file; raises `ValueError` where it is not there."""
    if file is None:
        return None
    if not file.is_file():
        raise ValueError(f"missing: {file}")
    conversations = {conversation.id: conversation for conversation in read_set(file)}
    found = conversations.get(wanted or next(iter(conversations), ""))
    if found is None:
        raise ValueError(f"{file} has no conversation {wanted}, but {', '.join(conversations) or 'none at all'}")
    return found


def _notes(conversation: Conversation | None) -> list[str]:
    if conversation is None:
        return ["calls of the model were not counted: name a file of conversations with --data"]
    return [
        "tokens are bytes of UTF-8 / 4, prompts are real, answers as long as the pages quoted: a model's own vary",
        "calls and tokens are told per page that has left short-term memory and is in a segment",
        f"{SLOW.name}: pages come every {SLOW.page_seconds:g} s and all that waits for hours waits for seconds",
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured in a folder."""

    folder: Path
    extent: Extent
    progress: Progress

    def times(self) -> hanging.ByServer:
        """The calls while an endpoint hangs; nothing where there are no rounds."""
        extent = self.extent
        if not extent.rounds:
            return {}
        return hanging.measure(self.folder, extent.pages, extent.rounds, extent.calls, self._ticker)

    def costs(self, conversation: Conversation | None) -> list[Cost]:
        """The cost of a conversation with each size of topics, and at a slow pace; nothing without one."""
        if conversation is None:
            return []
        runs = [(AT_ONCE, size) for size in self.extent.topic_pages]
        if self.extent.slowly:
            runs.append((SLOW, self.extent.topic_pages[-1]))
        return [self._cost(conversation, pace, size) for pace, size in runs]

    def _cost(self, conversation: Conversation, pace: Pace, topic_pages: int) -> Cost:
        own = f"{pace.name}, topics of {topic_pages}"
        tick = self._ticker(f"{conversation.id} {own}", len(conversation.pages))
        return thinking_cost.measure(conversation, topic_pages, pace, self.folder / own, tick)

    def _ticker(self, what: str, total: int) -> Callable[[], None]:
        return partial(self.progress.advance, self.progress.add_task(what, total=total))
