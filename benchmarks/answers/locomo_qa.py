"""Measure how well a language model answers LoCoMo's questions out of what MemoryOS recalls.

    python benchmarks/locomo_qa.py --data FOLDER --base-url URL --model NAME [--api-key-env NAME] [--questions 60]

Memory is built from each conversation through the server over stdio, with the same endpoint as the server's model.
Every question is answered by that endpoint after reading the end of the full conversation (`full`), the pages that
BM25 ranks first (`bm25`), and what `retrieve_memory` brings (`memory`), the latter two within the same tokens. Scored
by F1 and BLEU-1 as LoCoMo does it and by the F1 of MemoryOS's reference, by category; questions whose answer stands
nowhere are apart. Every answer is on disk at once: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import openai
from rich.console import Console
from rich.progress import Progress

from benchmarks.answers.locomo_answers import MAX_ANSWER_TOKENS, PROMPT, SEED, Answers, Reader
from benchmarks.answers.locomo_contexts import FullTalk, Remembered, Source, WordPages
from benchmarks.answers.locomo_memory import Build, built
from benchmarks.answers.locomo_questions import Talk, read_talks
from benchmarks.answers.locomo_report import report
from benchmarks.common.conversations import set_file
from benchmarks.recall.report import progress_bars, wide_console

METHODS = ("full", "bm25", "memory")
ROUNDS = (("full",), ("bm25", "memory"))
"""What is asked together: the full talk question after question, so that a server reads it once; the others in turn,
so that a run that is stopped has answered the same questions by both."""

EXIT_FAILED = 1
EXIT_USAGE = 2

_FULL_SHARE = 0.8
"""Of the model's window, for the full conversation, whose tokens are only estimated."""

_WAIT = {"model": 60, "extractive": 0}
"""`consolidation_idle_seconds`: a model is asked about whole batches."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run's arguments, its answers so far, the model it asks, and what building each memory took."""

    arguments: argparse.Namespace
    answers: Answers
    reader: Reader
    progress: Progress
    builds: list[Build]


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, 1 where the endpoint gave up, 2 with a word on standard error where something is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    try:
        talks = _talks(arguments)
        answers = Answers(arguments.out / "answers.jsonl", _settings(arguments))
    except ValueError as error:
        errors.print(f"locomo_qa: {error}", soft_wrap=True)
        return EXIT_USAGE
    builds: list[Build] = []
    with progress_bars(errors) as progress:
        reader = Reader(arguments.base_url, arguments.model, _key(arguments))
        run = Run(arguments, answers, reader, progress, builds)
        for talk in talks:
            if failure := _measured(talk, run):
                errors.print(f"locomo_qa: {failure}; the same command goes on", soft_wrap=True)
                return EXIT_FAILED
    report(talks, answers, builds, arguments, wide_console())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/locomo_qa.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = os.environ.get("MEMORYOS_EVAL")
    add = parser.add_argument
    add("--data", type=Path, metavar="FOLDER", default=Path(data) if data else None,
        help="folder with locomo.jsonl (default: the variable MEMORYOS_EVAL)")  # fmt: skip
    add("--base-url", required=True, metavar="URL", help="OpenAI-compatible endpoint")
    add("--model", required=True, metavar="NAME", help="name of the model there")
    add("--api-key-env", metavar="NAME", default="", help="variable with the endpoint's key (default: no key)")
    add("--conversations", type=int, metavar="N", help="only the first N conversations (default: all)")
    add("--pages", type=int, metavar="N", help="only the first N pages of each, to measure building alone")
    add("--questions", type=int, metavar="N", help="questions of each conversation, drawn by a seed (default: all)")
    add("--adversarial", type=int, metavar="N", default=0, help="and so many that have no answer (default: 0)")
    add("--methods", nargs="+", choices=METHODS, default=METHODS, help="what to compare (default: all)")
    add("--context-tokens", type=int, metavar="N", default=1_000, help="what bm25 and memory may show (default: 1000)")
    add("--model-context", type=int, metavar="N", default=8_192, help="the model's window (default: 8192)")
    add("--memory", choices=("model", "extractive"), default="model",
        help="who thinks about the pages: the endpoint, or the server without a model (default: model)")  # fmt: skip
    add("--out", type=Path, metavar="FOLDER", default=Path("locomo_qa"), help="for answers and tables")
    add("--work", type=Path, metavar="FOLDER", help="for the memories while they are built (default: OUT/work)")
    return parser


def _talks(arguments: argparse.Namespace) -> tuple[Talk, ...]:
    """The conversations asked for; raises `ValueError` where there is no data."""
    if arguments.data is None:
        raise ValueError("no data: name its folder with --data FOLDER or in the variable MEMORYOS_EVAL")
    file = set_file(arguments.data, "locomo")
    if not file.is_file():
        raise ValueError(f"missing: {file}")
    return read_talks(file)[: arguments.conversations]


def _settings(arguments: argparse.Namespace) -> dict[str, object]:
    """What an answer depends on beside its question."""
    return {
        "model": arguments.model,
        "memory": arguments.memory,
        "pages": arguments.pages,
        "context_tokens": arguments.context_tokens,
        "model_context": arguments.model_context,
        "max_answer_tokens": MAX_ANSWER_TOKENS,
        "prompt": PROMPT,
        "temperature": 0,
        "seed": SEED,
    }


def _key(arguments: argparse.Namespace) -> str:
    return os.environ.get(arguments.api_key_env, "") or "none"


def _measured(talk: Talk, run: Run) -> str | None:
    """Ask every question of a conversation by every method; why the endpoint gave up, None where it did not."""
    arguments = run.arguments
    pages = talk.pages[: arguments.pages]
    with ExitStack() as stack:
        window = int((arguments.model_context - MAX_ANSWER_TOKENS) * _FULL_SHARE)
        sources: dict[str, Source] = {
            "full": FullTalk(pages, talk.speakers, window),
            "bm25": WordPages(pages, talk.speakers, arguments.context_tokens),
        }
        if "memory" in arguments.methods:
            task = run.progress.add_task(f"{talk.id}: pages", total=len(pages))
            tick = partial(run.progress.advance, task)
            folder = _work_folder(arguments) / talk.id
            memory = built(talk.id, pages, _server_settings(arguments), folder, stack, tick)
            run.builds.append(memory.build)
            sources["memory"] = Remembered(memory.server, talk.speakers, arguments.context_tokens, memory.page_of)
        for methods in ROUNDS:
            chosen = {method: sources[method] for method in methods if method in arguments.methods}
            if failure := _asked(talk, chosen, run):
                return failure
    return None


def _asked(talk: Talk, sources: Mapping[str, Source], run: Run) -> str | None:
    """Ask what is not answered yet, every question after reading each source in turn."""
    questions = talk.draw(run.arguments.questions, run.arguments.adversarial, SEED)
    task = run.progress.add_task(f"{talk.id}: {', '.join(sources)}", total=len(questions) * len(sources))
    for question in questions:
        for method, source in sources.items():
            if run.answers.get(talk.id, question.id, method) is None:
                try:
                    run.answers.add(run.reader.answer(talk.id, method, question, source.context(question.text)))
                except openai.OpenAIError as error:
                    return f"{type(error).__name__}: {error}"
            run.progress.advance(task)
    return None


def _work_folder(arguments: argparse.Namespace) -> Path:
    """Where memories are built, marked as nothing to keep."""
    folder: Path = arguments.work or arguments.out / "work"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return folder


def _server_settings(arguments: argparse.Namespace) -> Mapping[str, object]:
    idle = {"consolidation_idle_seconds": _WAIT[arguments.memory]}
    if arguments.memory == "extractive":
        return idle
    key = f"${{{arguments.api_key_env}}}" if arguments.api_key_env else ""
    endpoint = {"openai_base_url": arguments.base_url, "llm_model": arguments.model, "openai_api_key": key}
    return {**idle, **endpoint, "llm_timeout_seconds": 1_200.0}
