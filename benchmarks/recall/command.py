"""Measure how much of the gold evidence MemoryOS brings up, beside simple baselines on the same pages.

    python benchmarks/recall.py --data FOLDER [--sets locomo,realmem] [--together] [--in-process] [--ablate]
                                [--asked N] [--memories FOLDER] [--store URL] [--out FOLDER]

Every page is added in order with its time; each question is asked once, of a memory that holds exactly the pages it may
know and has no background work pending. Filling memories takes longest: in a folder named by --memories they are kept,
and the next run only asks. The list measured is the ranked pages, then those of short-term memory not among them,
newest first. Reported is the share of a question's gold pages among the first 5 and 10 pages of the list, and inside
its first 500, 1,500 and 3,000 tokens, averaged over questions. `--ablate` compares the memory's ranking to itself
instead, one signal switched off at a time. `--asked N` first asks every question N times with an empty answer, as daily
use does, where every exchange is kept; the baselines hold the talk alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import (
    SETS,
    TOGETHER,
    Conversation,
    Question,
    add_data_option,
    missing,
    read_set,
    set_file,
    together,
)
from benchmarks.recall.ablation import VARIANTS, WHOLE, ablation_sheets
from benchmarks.recall.asked import ask_before
from benchmarks.recall.baselines import Fusion, Meaning, Newest, Words
from benchmarks.recall.evidence import find
from benchmarks.recall.filled import MEMORIES_HELP, SETTINGS, Advance, Filled, FilledMemories, OpenMemory, moved_to
from benchmarks.recall.findings import Finding, sheets, summary
from benchmarks.recall.memories import InProcess, OverStdio, Ranking, Settings
from benchmarks.recall.methods import Baseline, Method, Ranker, ThroughMemory
from benchmarks.recall.picture import can_draw, draw
from benchmarks.recall.report import circumstances, progress_bars, save, wide_console
from memoryos import load_config
from memoryos.config.checks import without_secrets
from memoryos.embedding import configured_embedder
from memoryos.retrieval.scoring import Weights

MODES = ("hybrid", "two_stage")
BASELINES = ("bm25", "dense", "fusion", "recent")

EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if arguments.ablate and arguments.asked:
        errors.print("recall: --ablate compares rankings of the talk alone; leave out --asked", soft_wrap=True)
        return EXIT_USAGE
    if problem := _missing_data(arguments.data, arguments.sets):
        errors.print(f"recall: {problem}", soft_wrap=True)
        return EXIT_USAGE
    findings: list[Finding] = []
    sizes: dict[str, dict[str, int]] = {}
    with ExitStack() as stack, progress_bars(errors) as progress:
        compared = _Compared(arguments, arguments.memories or _temporary_folder(stack))
        for name, conversations in _sets(arguments).items():
            sizes[name] = _sizes(conversations)
            findings += _measured(name, conversations, compared, progress)
    _report(findings, sizes, arguments, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/recall.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_option(parser)
    parser.add_argument(
        "--sets", type=_set_names, metavar="NAMES", default=SETS, help=f"some of {','.join(SETS)} (default: all)"
    )
    parser.add_argument(
        "--conversations", type=int, metavar="N", help="only the first N conversations of each set (default: all)"
    )
    parser.add_argument(
        "--together", action="store_true", help="all conversations in one memory, all questions asked at its end"
    )
    parser.add_argument(
        "--method",
        nargs="+",
        choices=(*MODES, *BASELINES),
        default=(*MODES, *BASELINES),
        help="what to compare (default: all)",
    )
    parser.add_argument(
        "--ablate", action="store_true", help="instead: the ranking alone, one signal switched off at a time"
    )
    parser.add_argument(
        "--asked", type=int, metavar="N", default=0, help="first ask every question N times and answer nothing"
    )
    parser.add_argument(
        "--in-process", action="store_true", help="through the library in this process (default: the server over stdio)"
    )
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument(
        "--store", metavar="URL", help="move each filled memory to this database, and ask it there (default: files)"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON, Markdown and a picture there")
    return parser


def _set_names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in SETS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {','.join(SETS)}")
    return names


def _sets(arguments: argparse.Namespace) -> dict[str, tuple[Conversation, ...]]:
    """The conversations to measure, by the name of their set."""
    sets = {name: read_set(set_file(arguments.data, name))[: arguments.conversations] for name in arguments.sets}
    return {TOGETHER: (together(sets),)} if arguments.together else sets


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


class _Compared:
    """What a run compares: the memory in its modes or, for an ablation, by several weights, and baselines."""

    def __init__(self, arguments: argparse.Namespace, folder: Path) -> None:
        self._methods: Sequence[str] = () if arguments.ablate else arguments.method
        self._weights: Mapping[str, Weights] = {WHOLE: Weights(), **VARIANTS} if arguments.ablate else {}
        self._open_memory: OpenMemory = _over_stdio if _by_server(arguments) else InProcess
        self._asked: int = arguments.asked
        self._store: str | None = arguments.store
        self._memories = FilledMemories(folder, self._open_memory)
        self._embedder = configured_embedder(load_config(None, environ={}))

    def baselines(self) -> list[Baseline]:
        """Those asked for, without a page."""
        rankers: dict[str, Callable[[], Ranker]] = {
            "bm25": Words,
            "dense": lambda: Meaning(self._embedder),
            "fusion": lambda: Fusion((Words(), Meaning(self._embedder))),
            "recent": Newest,
        }
        return [Baseline(name, rankers[name]()) for name in BASELINES if name in self._methods]

    def filled(self, conversation: Conversation, advance: Advance) -> Iterable[Filled | None]:
        """The memories to ask, one for each round of questions; None where the baselines are compared alone."""
        if self._weights or any(mode in self._methods for mode in MODES):
            return self._memories.of(conversation, advance)
        return [None] * len(conversation.rounds())

    def through_memory(
        self, filled: Filled, talk: Conversation, questions: Sequence[Question], stack: ExitStack
    ) -> list[ThroughMemory]:
        """The memory's rankings, of a copy that ends with `stack`; the questions are asked of it before, if wanted."""
        settings = filled.copied_to(_temporary_folder(stack) / "data")
        if self._store:
            settings = moved_to(self._store, settings, stack)
        if self._weights:
            retrieve = Ranking(settings, self._embedder, stack).retrieve
            return [
                ThroughMemory(name, partial(retrieve, weights=weights), filled.page_of)
                for name, weights in self._weights.items()
            ]
        methods = []
        left: Mapping[str, str] = {}
        for mode in MODES:
            if mode in self._methods:
                memory = self._open_memory({**settings, "retrieval_mode": mode}, stack)
                memory.wait_until_idle()
                # The modes share the copy, and what was asked of it.
                left = left or ask_before(memory, questions, self._asked, talk)
                methods.append(ThroughMemory(mode, memory.retrieve, {**left, **filled.page_of}))
        return methods


def _measured(
    set_name: str, conversations: Sequence[Conversation], compared: _Compared, progress: Progress
) -> Iterator[Finding]:
    """Every method on every question of a set, each conversation in memories of its own."""
    for conversation in conversations:
        pages = progress.add_task(f"{set_name} {conversation.id}: pages", total=len(conversation.pages))
        questions = progress.add_task(f"{set_name} {conversation.id}: questions", total=len(conversation.questions))
        # Pages that questions left are no page of the talk, and stand for themselves.
        twins = _Twins(conversation.twins())
        baselines = compared.baselines()
        added = 0
        memories = compared.filled(conversation, partial(progress.advance, pages))
        for filled, (asked_after, asked) in zip(memories, conversation.rounds(), strict=True):
            for baseline in baselines:
                baseline.add(conversation.pages[added:asked_after])
            added = asked_after
            with ExitStack() as stack:
                methods: list[Method] = [
                    *(compared.through_memory(filled, conversation, asked, stack) if filled else ()),
                    *baselines,
                ]
                for question in asked:
                    for method in methods:
                        yield _finding(set_name, conversation.id, question, method, twins)
                    progress.advance(questions)


class _Twins(dict[str, str]):
    """For each page the one that stands for it: itself where nothing else is known."""

    def __missing__(self, page: str) -> str:
        return page


def _finding(set_name: str, conversation: str, question: Question, method: Method, twins: Mapping[str, str]) -> Finding:
    answer = method.ask(question.text)
    return Finding(
        set_name=set_name,
        conversation=conversation,
        question=question.id,
        category=question.category,
        method=method.name,
        found=find(question.evidence, answer.listed, twins),
        seconds=answer.seconds,
        reply_tokens=answer.reply_tokens,
    )


def _by_server(arguments: argparse.Namespace) -> bool:
    # Weights are no setting of the server.
    return not (arguments.in_process or arguments.ablate)


def _way(arguments: argparse.Namespace) -> str:
    if arguments.ablate:
        return "the ranking alone, each query read and embedded once"
    return "library" if arguments.in_process else "server over stdio"


def _over_stdio(settings: Settings, stack: ExitStack) -> OverStdio:
    return OverStdio(settings, _temporary_folder(stack) / "config.json", stack)


def _temporary_folder(stack: ExitStack) -> Path:
    # On Windows a memory's files can be removed only after it ended, so the folder is entered first.
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-recall-")))


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
        "through": _way(arguments),
        "store": "files" if arguments.store is None else without_secrets(arguments.store),
        "settings": dict(SETTINGS),
        "asked_before": arguments.asked,
        "sets": sizes,
        "results": summary(findings),
    }
    name = "ablation" if arguments.ablate else TOGETHER if arguments.together else "recall"
    save(arguments.out, name, tables, document)
    with (arguments.out / f"{name}-questions.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(finding.record(), ensure_ascii=False) + "\n" for finding in findings)
    if not can_draw():
        console.print("no picture: matplotlib is not installed (pip install matplotlib)")
    elif not arguments.ablate:
        draw(findings, arguments.out / f"{name}.svg")
    console.print(f"written to {arguments.out}")
