"""Measure how much of the gold evidence MemoryOS brings up, beside simple baselines on the same pages.

    python benchmarks/recall.py --data FOLDER [--sets locomo,realmem] [--in-process] [--ablate] [--out FOLDER]

Every page is added in order with its time; each question is asked once, when exactly the pages it may know are in and
no background work is pending. The list measured is the ranked pages, then those of short-term memory not among them,
newest first. Reported is the share of a question's gold pages among the first 5 and 10 pages of the list, and inside
its first 500, 1,500 and 3,000 tokens, averaged over questions. `--ablate` compares the memory to itself instead, one
signal of its ranking switched off at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

if not __package__:  # started as a file: the folder above holds the package `benchmarks`
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from rich.console import Console
from rich.progress import Progress

from benchmarks.ablation import VARIANTS, WHOLE, ablation_sheets
from benchmarks.baselines import Meaning, Newest, Words
from benchmarks.conversations import SETS, Conversation, missing, read_set, set_file
from benchmarks.evidence import find
from benchmarks.findings import Finding, sheets, summary
from benchmarks.memories import InProcess, Memory, OverStdio, Settings
from benchmarks.methods import Baseline, Method, Ranker, ThroughMemory
from benchmarks.picture import can_draw, draw
from benchmarks.report import circumstances, progress_bars, save, wide_console
from memoryos import MemoryOSError, load_config
from memoryos.embedding import configured_embedder
from memoryos.scoring import Weights

MEMORY_METHODS = ("hybrid", "two_stage")
BASELINES = ("bm25", "dense", "recent")
SETTINGS: Settings = {"consolidation_idle_seconds": 0, "count_visits": False, "log_level": "WARNING"}
"""Nothing may depend on how long a run takes or on what was asked before."""

EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if problem := _missing_data(arguments.data, arguments.sets):
        errors.print(f"recall: {problem}", soft_wrap=True)
        return EXIT_USAGE
    findings: list[Finding] = []
    sizes: dict[str, dict[str, int]] = {}
    with progress_bars(errors) as progress:
        for name in arguments.sets:
            conversations = read_set(set_file(arguments.data, name))[: arguments.conversations]
            sizes[name] = _sizes(conversations)
            findings += _measured(name, conversations, arguments, progress)
    _report(findings, sizes, arguments, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/recall.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    environment = os.environ.get("MEMORYOS_EVAL")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        default=Path(environment) if environment else None,
        help="folder with the sets as <name>.jsonl (default: the variable MEMORYOS_EVAL)",
    )
    parser.add_argument(
        "--sets", type=_set_names, metavar="NAMES", default=SETS, help=f"some of {','.join(SETS)} (default: all)"
    )
    parser.add_argument(
        "--conversations", type=int, metavar="N", help="only the first N conversations of each set (default: all)"
    )
    parser.add_argument(
        "--method",
        nargs="+",
        choices=(*MEMORY_METHODS, *BASELINES),
        default=(*MEMORY_METHODS, *BASELINES),
        help="what to compare (default: all)",
    )
    parser.add_argument(
        "--ablate", action="store_true", help="instead: switch off one signal at a time, through the library"
    )
    parser.add_argument(
        "--in-process", action="store_true", help="through the library in this process (default: the server over stdio)"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON, Markdown and a picture there")
    return parser


def _set_names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in SETS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {','.join(SETS)}")
    return names


def _missing_data(folder: Path | None, sets: Sequence[str]) -> str | None:
    """What to do where data is missing; None where it is there."""
    if folder is None:
        return "no data: name its folder with --data FOLDER or in the variable MEMORYOS_EVAL"
    files = ", ".join(str(set_file(folder, name)) for name in missing(folder, sets))
    return f"missing: {files}; leave sets out with --sets" if files else None


def _sizes(conversations: Sequence[Conversation]) -> dict[str, int]:
    return {
        "conversations": len(conversations),
        "pages": sum(len(conversation.pages) for conversation in conversations),
        "questions": sum(len(conversation.questions) for conversation in conversations),
        "questions_left_out": sum(conversation.left_out for conversation in conversations),
    }


def _measured(
    set_name: str, conversations: Sequence[Conversation], arguments: argparse.Namespace, progress: Progress
) -> Iterator[Finding]:
    """Every method on every question of a set, each conversation in a memory of its own."""
    for conversation in conversations:
        pages = progress.add_task(f"{set_name} {conversation.id}: pages", total=len(conversation.pages))
        questions = progress.add_task(f"{set_name} {conversation.id}: questions", total=len(conversation.questions))
        with ExitStack() as stack:
            # On Windows a server's files can be removed only after it ended, so the folder is entered first.
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-recall-")))
            methods = _methods(arguments, folder, stack, progress.console)
            for finding in _conversation(set_name, conversation, methods, partial(progress.advance, pages)):
                yield finding
                progress.advance(questions, 1 / len(methods))


def _conversation(
    set_name: str, conversation: Conversation, methods: Sequence[Method], advance: Callable[[int], None]
) -> Iterator[Finding]:
    """One conversation, its pages added as far as each question may know them."""
    twins = conversation.twins()
    added = 0
    for asked_after, questions in conversation.rounds():
        for page in conversation.pages[added:asked_after]:
            for method in methods:
                method.add(page)
            advance(1)
        added = asked_after
        for method in methods:
            method.settle()
        for question in questions:
            for method in methods:
                answer = method.ask(question.text)
                yield Finding(
                    set_name=set_name,
                    conversation=conversation.id,
                    question=question.id,
                    category=question.category,
                    method=method.name,
                    found=find(question.evidence, answer.listed, twins),
                    seconds=answer.seconds,
                    reply_tokens=answer.reply_tokens,
                )


def _methods(arguments: argparse.Namespace, folder: Path, stack: ExitStack, console: Console) -> list[Method]:
    """The methods asked for; the memory's modes read one memory, into which the first of them adds."""
    methods: list[Method] = []
    page_of: dict[str, str] = {}
    for name, mode, weights in _rankings(arguments):
        settings = {**SETTINGS, "data_storage_path": str(folder / "data"), "retrieval_mode": mode}
        try:
            memory = _memory(settings, folder / f"{mode}.json", stack, weights, in_process=_in_process(arguments))
        except MemoryOSError as error:
            console.print(f"{name}: left out: {error}")
            continue
        methods.append(ThroughMemory(name, memory, adds=not methods, page_of=page_of))
    if arguments.ablate:
        return methods
    rankers: dict[str, Callable[[], Ranker]] = {"bm25": Words, "dense": _meaning, "recent": Newest}
    methods += [Baseline(name, rankers[name]()) for name in BASELINES if name in arguments.method]
    return methods


def _rankings(arguments: argparse.Namespace) -> list[tuple[str, str, Weights | None]]:
    """The memory's rankings to measure: name, mode, and weights other than its own."""
    if arguments.ablate:
        return [(WHOLE, "hybrid", None), *((name, "hybrid", weights) for name, weights in VARIANTS.items())]
    return [(mode, mode, None) for mode in MEMORY_METHODS if mode in arguments.method]


def _in_process(arguments: argparse.Namespace) -> bool:
    # Weights are no setting of the server.
    return bool(arguments.in_process or arguments.ablate)


def _memory(
    settings: Settings, config_file: Path, stack: ExitStack, weights: Weights | None, *, in_process: bool
) -> Memory:
    return InProcess(settings, stack, weights) if in_process else OverStdio(settings, config_file, stack)


def _meaning() -> Meaning:
    return Meaning(configured_embedder(load_config(None, environ={})))


def _report(
    findings: Sequence[Finding], sizes: dict[str, dict[str, int]], arguments: argparse.Namespace, console: Console
) -> None:
    tables = ablation_sheets(findings) if arguments.ablate else sheets(findings)
    for table in tables:
        table.show(console)
    if arguments.out is None:
        return
    document = {
        **circumstances(),
        "through": "library" if _in_process(arguments) else "server over stdio",
        "settings": dict(SETTINGS),
        "sets": sizes,
        "results": summary(findings),
    }
    name = "ablation" if arguments.ablate else "recall"
    save(arguments.out, name, tables, document)
    with (arguments.out / f"{name}-questions.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(finding.record(), ensure_ascii=False) + "\n" for finding in findings)
    if not can_draw():
        console.print("no picture: matplotlib is not installed (pip install matplotlib)")
    elif not arguments.ablate:
        draw(findings, arguments.out / "recall.svg")
    console.print(f"written to {arguments.out}")


if __name__ == "__main__":
    sys.exit(main())
