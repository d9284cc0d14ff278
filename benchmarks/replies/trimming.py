"""Measure how much of the answers is left where the pages brought to a question do not fit.

    python benchmarks/trimming.py --data FOLDER [--sets locomo,realmem] [--memories FOLDER] [--out FOLDER]

Each question is asked once; the pages brought to it are then fitted into each budget of tokens in several ways.
Reported is the share of the answer that is left, averaged over questions: of the content words of the right answer
that stand in the question's gold pages, and not in the question itself, those in what was kept of the gold pages.
Questions without such words (a date is answered by a page's time) are left out of it. Beside it stands the share of
the gold pages that were kept, be it a part of one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import Conversation, add_data_option, missing, read_set, set_file
from benchmarks.common.fits import WAYS
from benchmarks.recall.filled import MEMORIES_HELP, SETTINGS, FilledMemories
from benchmarks.recall.leftovers import BUDGETS, Gold, Kept, Left, sheets, summary
from benchmarks.recall.memories import InProcess
from benchmarks.recall.methods import MAX_RESULTS
from benchmarks.recall.report import circumstances, progress_bars, save, wide_console
from memoryos import Recall
from memoryos_mcp.tools import replies

SETS = ("locomo", "realmem", "lifebench_zh")
"""Those whose questions have an answer in words, and gold pages that are longer than a line or two."""

EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if arguments.data is None or (gone := missing(arguments.data, arguments.sets)):
        lacking = "no data" if arguments.data is None else f"missing: {', '.join(gone)}"
        errors.print(
            f"trimming: {lacking}; name the folder of the sets with --data FOLDER or in MEMORYOS_EVAL", soft_wrap=True
        )
        return EXIT_USAGE
    with ExitStack() as stack, progress_bars(errors) as progress:
        memories = FilledMemories(arguments.memories or _temporary_folder(stack), InProcess)
        left = [
            each
            for name in arguments.sets
            for conversation in read_set(set_file(arguments.data, name))[: arguments.conversations]
            for each in _measured(name, conversation, _answers(set_file(arguments.data, name)), memories, progress)
        ]
    _report(left, arguments.out, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/trimming.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument(
        "--sets",
        type=lambda names: tuple(names.split(",")),
        metavar="NAMES",
        default=SETS,
        help=f"sets whose questions have answers (default: {','.join(SETS)})",
    )
    parser.add_argument(
        "--conversations", type=int, metavar="N", help="only the first N conversations of each set (default: all)"
    )
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser


def _answers(file: Path) -> dict[tuple[str, str], str]:
    """The right answer, as an audit corrected it where it did, by conversation and question."""
    with file.open(encoding="utf-8") as lines:
        conversations = [json.loads(line) for line in lines if line.strip()]
    return {
        (str(conversation["id"]), str(question["id"])): str(question.get("audit_answer") or question["answer"] or "")
        for conversation in conversations
        for question in conversation["questions"]
    }


class _Recalling(InProcess):
    def recall(self, query: str) -> Recall:
        """All that the memory brings to a query."""
        return self._memory.retrieve(query, MAX_RESULTS)


def _measured(
    set_name: str,
    conversation: Conversation,
    answers: Mapping[tuple[str, str], str],
    memories: FilledMemories,
    progress: Progress,
) -> Iterator[Left]:
    """Every way on every question of a conversation."""
    pages = progress.add_task(f"{set_name} {conversation.id}: pages", total=len(conversation.pages))
    questions = progress.add_task(f"{set_name} {conversation.id}: questions", total=len(conversation.questions))
    twins = conversation.twins()
    texts = {twins[page.id]: f"{page.user_input}\n{page.agent_response}" for page in conversation.pages}
    filled = memories.of(conversation, partial(progress.advance, pages))
    for memory, (_, asked) in zip(filled, conversation.rounds(), strict=True):
        with ExitStack() as stack:
            opened = _Recalling(memory.copied_to(_temporary_folder(stack) / "data"), stack)
            opened.wait_until_idle()
            page_of = {id_: twins[page] for id_, page in memory.page_of.items()}
            for question in asked:
                gold_texts = {twins[page]: texts[twins[page]] for page in question.evidence}
                gold = Gold.of(question.text, answers[conversation.id, question.id], gold_texts)
                for way, budget, kept in _fitted(opened.recall(question.text), page_of):
                    yield Left(set_name, way, budget, gold.answer_left(kept), gold.pages_kept(kept))
                progress.advance(questions)


def _fitted(recall: Recall, page_of: Mapping[str, str]) -> Iterator[tuple[str, int, list[Kept]]]:
    """What each way keeps within each budget."""
    now = datetime.now(timezone.utc)
    moment, reader = replies.Moment(now, timezone.utc), replies.Stranger(now)
    bare = replies.recalled(
        recall, moment=moment, max_tokens=sys.maxsize, reader=reader, nearest=True, summaries=False
    ).retrieved_pages
    for way, fit in WAYS.items():
        for budget in BUDGETS:
            fitting = fit(bare, recall.pages, budget)
            yield way, budget, [Kept(page_of[p.id], f"{p.user_input}\n{p.agent_response}") for p in fitting]


def _temporary_folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-trimming-")))


def _report(left: Sequence[Left], out: Path | None, console: Console) -> None:
    records = summary(left)
    tables = sheets(records)
    for sheet in tables:
        sheet.show(console)
    if out is not None:
        save(out, "trimming", tables, {**circumstances(), "settings": dict(SETTINGS), "results": records})
        console.print(f"written to {out}")
