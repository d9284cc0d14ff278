"""Measure what the replies of `retrieve_memory` cost, and how much of that is evidence.

    python benchmarks/replies.py --data FOLDER [--sets locomo,madial_zh] [--conversations N] [--memories FOLDER]
        [--unanswered FILE] [--out FOLDER]

Each question is asked through the server by a client that has asked before, at the default size and within budgets of
300 to 4,000 tokens. Reported are means over the questions: the tokens of the reply (UTF-8 bytes / 4 of its text), how
much of them are the texts of the pages that answer the question, the share of these pages that stand in it, and how
many replies say that nothing bears on the question. `--unanswered` names a file of questions, one {"question": ...} a
line, that the first conversation never answers: of those as many as can be should be refused.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Final

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp_types import TextContent
from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import Conversation, add_data_option, missing, read_set, set_file
from benchmarks.recall.filled import MEMORIES_HELP, FilledMemories
from benchmarks.recall.memories import InProcess, Settings
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save, wide_console
from benchmarks.replies.parts import PARTS, Measured, measured
from memoryos import load_config
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

SETS: Final = ("locomo", "realmem", "madial_zh", "lifebench_zh")
BUDGETS: Final = (None, 300, 500, 1_000, 1_500, 4_000)
"""None is the default size."""

GREETING: Final = "hi"
ID_END: Final = 10
"""Letters that tell a page by the end of its id, as replies show it."""

EXIT_USAGE: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A reply to a question of a set within a budget."""

    set_name: str
    budget: int | None
    reply: Measured


class Asking:
    """A client of the server over a filled memory; ended by `stack`."""

    def __init__(self, settings: Settings, portal: BlockingPortal, stack: ExitStack) -> None:
        session = MemorySession(load_config(None, environ={}, arguments=settings))
        stack.callback(session.close)
        self._portal = portal
        self._client = stack.enter_context(portal.wrap_async_context_manager(Client(build_server(session))))
        session.memory().wait_until_idle(1_800)
        self.text("what is there", None)  # the first call of a client also gets the profile and the newest pages

    def text(self, query: str, max_tokens: int | None) -> str:
        """The text of a reply."""
        arguments: dict[str, object] = {"query": query}
        if max_tokens is not None:
            arguments["max_tokens"] = max_tokens
        result = self._portal.call(self._client.call_tool, "retrieve_memory", arguments)
        (content,) = result.content
        if not isinstance(content, TextContent) or result.is_error:
            raise RuntimeError(f"retrieve_memory: {result}")
        return content.text


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if arguments.data is None or (gone := missing(arguments.data, arguments.sets)):
        lacking = "no data" if arguments.data is None else f"missing: {', '.join(gone)}"
        errors.print(
            f"replies: {lacking}; name the folder of the sets with --data FOLDER or in MEMORYOS_EVAL", soft_wrap=True
        )
        return EXIT_USAGE
    unanswered = read_questions(arguments.unanswered)
    asked: list[Asked] = []
    with ExitStack() as stack, progress_bars(errors) as progress:
        memories = FilledMemories(arguments.memories or _temporary_folder(stack), InProcess)
        portal = stack.enter_context(start_blocking_portal())
        for name in arguments.sets:
            for conversation in read_set(set_file(arguments.data, name))[: arguments.conversations]:
                asked += _asked(name, conversation, unanswered, memories, portal, progress)
                unanswered = ()
    _report(asked, arguments.out, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/replies.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument(
        "--sets",
        type=lambda names: tuple(names.split(",")),
        metavar="NAMES",
        default=SETS,
        help=f"sets to ask (default: {','.join(SETS)})",
    )
    parser.add_argument(
        "--conversations", type=int, metavar="N", help="only the first N conversations of each set (default: all)"
    )
    parser.add_argument(
        "--unanswered", type=Path, metavar="FILE", help="questions that the first conversation never answers"
    )
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser


def read_questions(file: Path | None) -> tuple[str, ...]:
    """The questions of a file, one {"question": ...} a line; none of None."""
    if file is None:
        return ()
    return tuple(json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines() if line)


def _asked(
    set_name: str,
    conversation: Conversation,
    unanswered: Sequence[str],
    memories: FilledMemories,
    portal: BlockingPortal,
    progress: Progress,
) -> Iterator[Asked]:
    """The replies to every question of a conversation; to the greeting and the unanswered ones once it is over."""
    pages = progress.add_task(f"{set_name} {conversation.id}: pages", total=len(conversation.pages))
    questions = progress.add_task(f"{set_name} {conversation.id}: questions", total=len(conversation.questions))
    twins = conversation.twins()
    filled = memories.of(conversation, partial(progress.advance, pages))
    for at, (memory, (_, round_)) in enumerate(zip(filled, conversation.rounds(), strict=True), 1):
        with ExitStack() as stack:
            asking = Asking(memory.copied_to(_temporary_folder(stack) / "data"), portal, stack)
            end_of = {twins[page]: id_[-ID_END:] for id_, page in memory.page_of.items()}
            for question in round_:
                gold = {end_of[twins[page]] for page in question.evidence}
                for budget in BUDGETS:
                    yield Asked(set_name, budget, measured(asking.text(question.text, budget), gold))
                progress.advance(questions)
            if at == len(conversation.rounds()):
                yield Asked(f"{set_name}: {GREETING}", None, measured(asking.text(GREETING, None), ()))
                for text in unanswered:
                    yield Asked(f"{set_name}: unanswered", None, measured(asking.text(text, None), ()))


def _temporary_folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-replies-")))


def summary(asked: Sequence[Asked]) -> list[dict[str, object]]:
    """The means for each set and budget, in the order in which they were asked first."""
    groups: dict[tuple[str, int | None], list[Measured]] = {}
    for each in asked:
        groups.setdefault((each.set_name, each.budget), []).append(each.reply)
    return [
        {
            "set": set_name,
            "budget": budget,
            "questions": len(replies),
            "tokens": fmean(reply.tokens for reply in replies),
            "evidence": sum(reply.evidence for reply in replies) / sum(reply.tokens for reply in replies),
            "gold": fmean(reply.gold for reply in replies),
            "outdated": fmean(reply.outdated for reply in replies),
            "refused": fmean(reply.refused for reply in replies),
            "parts": {part: fmean(reply.parts[part] for reply in replies) for part in PARTS},
        }
        for (set_name, budget), replies in groups.items()
    ]


def _report(asked: Sequence[Asked], out: Path | None, console: Console) -> None:
    records = summary(asked)
    head = ("set", "budget", "questions", "tokens", "evidence %", "gold %", "outdated %", "refused %", *PARTS)
    rows = tuple(
        (
            str(record["set"]),
            "default" if record["budget"] is None else f"{record['budget']:,}",
            str(record["questions"]),
            f"{record['tokens']:,.0f}",
            *(f"{100 * float(str(record[key])):.1f}" for key in ("evidence", "gold", "outdated", "refused")),
            *(f"{value:.0f}" for value in dict(record["parts"]).values()),  # type: ignore[call-overload]
        )
        for record in records
    )
    sheet = Sheet("What replies cost, and how much of it is evidence", head, rows)
    sheet.show(console)
    if out is not None:
        save(out, "replies", [sheet], {**circumstances(), "results": records})
        console.print(f"written to {out}")
