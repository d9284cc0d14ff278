"""Measure how much of the gold evidence MemoryOS brings up, beside simple baselines on the same pages.

    python benchmarks/recall.py --data FOLDER [--sets locomo,realmem] [--together] [--in-process] [--ablate]
                                [--asked N] [--dress NAME] [--unit session] [--memories FOLDER] [--findings FOLDER]
                                [--store URL] [--out FOLDER]
    python benchmarks/recall.py --format longmemeval --data longmemeval_s.json
    python benchmarks/recall.py --format realtalk --data FOLDER_OF_CHATS

Every page is added in order with its time; each question is asked once, of a memory that holds exactly the pages it may
know and has no background work pending, at its own time or that of the newest page. Filling memories takes longest: in
a folder named by --memories they are kept, and the next run only asks; in one named by --findings what was found is
kept, and the next run goes on. The list measured is the ranked pages, then those of short-term memory not among them,
newest first. Reported is the share of a question's gold pages among the first 5 and 10 pages of the list, and inside
its first 500, 1,500 and 3,000 tokens, averaged over questions; with `--unit session` the first page of each session
stands for it, and sessions are counted. Of questions that the talk does not answer it is counted how often the memory
says that nothing bears on them. `--ablate` compares the memory's ranking to itself instead, one signal switched off at
a time. `--asked N` first asks every question N times with an empty answer, as daily use does, where every exchange is
kept; the baselines hold the talk alone. `--dress` puts the same questions without their mark, as key words, in small
letters.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks.common.conversations import SETS, TOGETHER, Conversation, add_data_option, missing, set_file, together
from benchmarks.common.formats import READERS, UNITS, read
from benchmarks.recall.ablation import VARIANTS, WHOLE, ablation_sheets
from benchmarks.recall.dresses import AS_ASKED, DRESSES
from benchmarks.recall.filled import MEMORIES_HELP, SETTINGS, FilledMemories
from benchmarks.recall.findings import Finding, sheets, summary
from benchmarks.recall.kept import FINDINGS_HELP, KeptFindings
from benchmarks.recall.measuring import BASELINES, MODES, Measuring, Put, temporary_folder
from benchmarks.recall.memories import InProcess, OverStdio, Settings
from benchmarks.recall.picture import can_draw, draw
from benchmarks.recall.report import circumstances, progress_bars, save, wide_console
from memoryos import load_config
from memoryos.config.checks import without_secrets
from memoryos.embedding import configured_embedder
from memoryos.retrieval.scoring import Weights

EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if problem := _problem(arguments):
        errors.print(f"recall: {problem}", soft_wrap=True)
        return EXIT_USAGE
    findings: list[Finding] = []
    measured: dict[str, dict[str, int]] = {}
    with ExitStack() as stack, progress_bars(errors) as progress:
        measuring = _measuring(arguments, stack)
        for name, conversations in _sets(arguments).items():
            measured[name] = sizes(conversations)
            findings += measuring.measured(name, conversations, progress)
    _report(findings, measured, arguments, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/recall.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_option(parser)
    parser.add_argument(
        "--format", choices=tuple(READERS), help="instead of sets, --data is what others publish in this format"
    )
    parser.add_argument("--unit", choices=UNITS, default=UNITS[0], help="what has to be found (default: pages)")
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
    parser.add_argument("--dress", choices=tuple(DRESSES), default=AS_ASKED, help="how questions are put")
    parser.add_argument(
        "--in-process", action="store_true", help="through the library in this process (default: the server over stdio)"
    )
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument("--findings", type=Path, metavar="FOLDER", help=FINDINGS_HELP)
    parser.add_argument("--again", nargs="+", metavar="METHOD", default=(), help="measure these anew all the same")
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
    places = (
        {arguments.format: arguments.data}
        if arguments.format
        else {name: set_file(arguments.data, name) for name in arguments.sets}
    )
    sets = {
        name: read(place, arguments.format, arguments.unit)[: arguments.conversations] for name, place in places.items()
    }
    return {TOGETHER: (together(sets),)} if arguments.together else sets


def _problem(arguments: argparse.Namespace) -> str | None:
    """What to do where options do not go together or data is missing; None where all is there."""
    if arguments.ablate and (arguments.asked or arguments.dress != AS_ASKED):
        return "--ablate compares rankings of the talk as it is asked; leave out --asked and --dress"
    if arguments.data is None:
        return "no data: name its folder with --data FOLDER or in the variable MEMORYOS_EVAL"
    if arguments.format:
        return None if arguments.data.exists() else f"missing: {arguments.data}"
    files = ", ".join(str(set_file(arguments.data, name)) for name in missing(arguments.data, arguments.sets))
    return f"missing: {files}; leave sets out with --sets" if files else None


def sizes(conversations: Sequence[Conversation]) -> dict[str, int]:
    """How much a set holds."""
    return {
        "conversations": len(conversations),
        "pages": sum(len(conversation.pages) for conversation in conversations),
        "questions": sum(len(conversation.questions) for conversation in conversations),
        "questions_left_out": sum(conversation.left_out for conversation in conversations),
    }


def _measuring(arguments: argparse.Namespace, stack: ExitStack) -> Measuring:
    open_memory = _over_stdio if _by_server(arguments) else InProcess
    put = Put(arguments.asked, arguments.dress, arguments.unit)
    findings = None if arguments.findings is None else KeptFindings(arguments.findings, put.name)
    if findings is not None:
        findings.forget(arguments.again)
    return Measuring(
        memories=FilledMemories(arguments.memories or temporary_folder(stack), open_memory),
        open_memory=open_memory,
        embedder=configured_embedder(load_config(None, environ={})),
        methods=() if arguments.ablate else arguments.method,
        weights={WHOLE: Weights(), **VARIANTS} if arguments.ablate else {},
        put=put,
        store=arguments.store,
        findings=findings,
    )


def _by_server(arguments: argparse.Namespace) -> bool:
    # Weights are no setting of the server.
    return not (arguments.in_process or arguments.ablate)


def _way(arguments: argparse.Namespace) -> str:
    if arguments.ablate:
        return "the ranking alone, each query read and embedded once"
    return "library" if arguments.in_process else "server over stdio"


def _over_stdio(settings: Settings, stack: ExitStack) -> OverStdio:
    return OverStdio(settings, temporary_folder(stack) / "config.json", stack)


def _report(
    findings: Sequence[Finding],
    measured: Mapping[str, Mapping[str, int]],
    arguments: argparse.Namespace,
    console: Console,
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
        "dress": arguments.dress,
        "unit": arguments.unit,
        "sets": measured,
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
