"""Measure how well a small model answers out of whole replies of `retrieve_memory`, as an agent gets them.

    python benchmarks/reply_qa.py --data FOLDER --base-url URL --model NAME --server NAME=PYTHON ... [--questions 60]

Each server is a version of the product, named by the Python that it is installed for. Each gets the same conversation,
and answers the same questions at its default size; the model reads the reply's text as it is and answers. Scored by F1
as LoCoMo does it. Every answer is on disk at once: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

import numpy as np
import openai
from rich.console import Console

from benchmarks.answers import locomo_scores as scores
from benchmarks.answers.locomo_answers import MAX_ANSWER_TOKENS, SEED, Answer, Answers, Reader
from benchmarks.answers.locomo_contexts import Context
from benchmarks.answers.locomo_memory import MemoryServer, built
from benchmarks.answers.locomo_questions import Asked, Talk, read_talks
from benchmarks.common.conversations import add_data_option, set_file
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save, wide_console

EXIT_FAILED = 1
EXIT_USAGE = 2

TASK = (
    "Above is what a memory of the conversation returned. Answer the question with a short phrase and nothing else: a "
    "name, a thing, a list of things or a date. Use exact words of the conversation where you can. Each exchange has "
    'its date as "timestamp": where somebody says "yesterday" or "last week", count from that date and answer with '
    "day, month and year."
)

_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class WholeReply:
    """The text of a reply at the server's default size."""

    server: MemoryServer

    def context(self, question: str) -> Context:
        """What an agent reads for the question."""
        started = time.perf_counter()
        text = self.server.reply("retrieve_memory", {"query": question})
        return Context(text, (), time.perf_counter() - started)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 where the endpoint gave up, 2 with a word on standard error where something is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    try:
        talks = _talks(arguments)
        settings = {"model": arguments.model, "max_answer_tokens": MAX_ANSWER_TOKENS, "task": TASK, "seed": SEED}
        answers = Answers(arguments.out / "answers.jsonl", settings)
    except ValueError as error:
        errors.print(f"reply_qa: {error}", soft_wrap=True)
        return EXIT_USAGE
    reader = Reader(arguments.base_url, arguments.model, os.environ.get(arguments.api_key_env, "") or "none", TASK)
    for talk in talks:
        if failure := _asked(talk, arguments, answers, reader, errors):
            errors.print(f"reply_qa: {failure}; the same command goes on", soft_wrap=True)
            return EXIT_FAILED
    _report(talks, answers, arguments, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/reply_qa.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add_data_option(parser)
    add("--base-url", required=True, metavar="URL", help="OpenAI-compatible endpoint")
    add("--model", required=True, metavar="NAME", help="name of the model there")
    add("--api-key-env", metavar="NAME", default="", help="variable with the endpoint's key (default: no key)")
    add("--server", type=_named, action="append", required=True, metavar="NAME=PYTHON", dest="servers",
        help="a version to measure, and the Python it is installed for; once for each")  # fmt: skip
    add("--conversations", type=int, metavar="N", default=1, help="only the first N conversations (default: 1)")
    add("--questions", type=int, metavar="N", default=60, help="of each conversation, drawn by a seed (default: 60)")
    add("--out", type=Path, metavar="FOLDER", default=Path("reply_qa"), help="for memories, answers and the table")
    return parser


def _named(text: str) -> tuple[str, str]:
    name, equals, python = text.partition("=")
    if not equals or not name or not Path(python).is_file():
        raise argparse.ArgumentTypeError(f"{text!r}; accepted: NAME=PYTHON, such as new=.venv/bin/python")
    return name, str(Path(python).absolute())  # not resolved: a link in an environment tells which one it is


def _talks(arguments: argparse.Namespace) -> tuple[Talk, ...]:
    if arguments.data is None:
        raise ValueError("no data: name its folder with --data FOLDER or in the variable MEMORYOS_EVAL")
    file = set_file(arguments.data, "locomo")
    if not file.is_file():
        raise ValueError(f"missing: {file}")
    return read_talks(file)[: arguments.conversations]


def _asked(talk: Talk, arguments: argparse.Namespace, answers: Answers, reader: Reader, errors: Console) -> str | None:
    """Ask each server each question in turn, so that a run that is stopped has asked all the same ones.

    Why the endpoint gave up, None where it did not: an error that left the servers' stack would come as a group.
    """
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bars(errors))
        sources: dict[str, WholeReply] = {}
        for name, python in arguments.servers:
            pages = progress.add_task(f"{talk.id}, {name}: pages", total=len(talk.pages))
            folder, idle = arguments.out / "work" / name / talk.id, {"consolidation_idle_seconds": 0}
            memory = built(talk.id, talk.pages, idle, folder, stack, partial(progress.advance, pages), python)
            sources[name] = WholeReply(memory.server)
            sources[name].context("what is there")  # the first call also gets the profile and the newest pages
        questions = talk.draw(arguments.questions, 0, SEED)
        task = progress.add_task(f"{talk.id}: questions", total=len(questions))
        for question in questions:
            for name, source in sources.items():
                if answers.get(talk.id, question.id, name) is None:
                    try:
                        answers.add(reader.answer(talk.id, name, question, source.context(question.text)))
                    except openai.OpenAIError as error:
                        return f"{type(error).__name__}: {error}"
            progress.advance(task)
    return None


def _report(talks: Sequence[Talk], answers: Answers, arguments: argparse.Namespace, console: Console) -> None:
    names = [name for name, _ in arguments.servers]
    scored: dict[str, list[tuple[float, Answer]]] = {name: [] for name in names}
    for talk in talks:
        for question in answers.to_all(talk.id, talk.draw(arguments.questions, 0, SEED), names):
            for name in names:
                answer = answers.get(talk.id, question.id, name)
                if answer is not None:
                    scored[name].append((_f1(answer, question), answer))
    rows = tuple((name, *_row([f1 for f1, _ in of], [a for _, a in of])) for name, of in scored.items() if of)
    against = np.array([f1 for f1, _ in scored[names[-1]]])
    leads = []
    for name in names[:-1]:
        lead = np.array([f1 for f1, _ in scored[name]]) - against
        if lead.size:
            drawn = np.random.default_rng(1).choice(lead, (_DRAWS, lead.size)).mean(axis=1)
            bounds = np.percentile(drawn, (2.5, 97.5))
            leads.append((f"{name} less {names[-1]}", *(f"{value:+.1f}" for value in (lead.mean(), *bounds))))
    columns = ("server", "questions", "F1", "tokens of the reply", "prompt tokens", "answer s")
    tables = [
        Sheet(f"Answered by {arguments.model} out of the whole reply", columns, rows),
        Sheet("F1 and its 95 % interval (bootstrap over questions)", ("servers", "F1", "from", "to"), tuple(leads)),
    ]
    for table in tables:
        table.show(console)
    figures = [dict(zip(columns, row, strict=True)) for row in rows]
    save(arguments.out, "reply_qa", tables, {**circumstances(), "model": arguments.model, "results": figures})


def _f1(answer: Answer, question: Asked) -> float:
    return 100 * scores.f1(answer.text.strip("[]"), question.answer, question.category)


def _row(f1s: Sequence[float], answers: Sequence[Answer]) -> tuple[str, ...]:
    sizes = (answer.context_tokens for answer in answers)
    prompts = (answer.prompt_tokens for answer in answers)
    seconds = fmean(answer.seconds for answer in answers)
    return (str(len(answers)), f"{fmean(f1s):.1f}", f"{fmean(sizes):,.0f}", f"{fmean(prompts):,.0f}", f"{seconds:.1f}")
