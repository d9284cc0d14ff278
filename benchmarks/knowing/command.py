"""Measure what a memory knows of its user.

    python benchmarks/knowing.py --cases FOLDER [--only statements,updates]
                                 [--data FOLDER --sets realmem [--pages 60] [--conversations 1] [--seed 7]]
                                 [--base-url URL --model NAME] [--out FILE] [--show-failures]

The folder of cases holds statements.jsonl, updates.jsonl, talk30.jsonl, questions60.jsonl and cascade.jsonl; those that
are not there are left out. Without --base-url no language model is used. With --sets each conversation of these sets is
told to a memory of its own, and how many facts it then knows is printed, with a sample to be read by a person; with a
model also how many requests it took, what was not believed of it and why, and the profile.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import track

from benchmarks.common.conversations import SETS, add_data_option, read_set
from benchmarks.knowing.measures import MEASURES, Score, read_cases
from benchmarks.knowing.memories import Filled, Memories, Said

_SAMPLE: Final = 50
_SEED: Final = 7
_MODEL_TIMEOUT_SECONDS: Final = 900
"""For one reply of a small model on a machine that does other things, too."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print the table; the exit code."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True, highlight=False)
    lines: list[str] = []
    with Memories(_settings(options)) as memories:
        if options.cases is not None:
            chosen = options.only.split(",") if options.only else [*MEASURES]
            for name in track(chosen, "cases", console=console):
                cases = read_cases(options.cases / f"{name}.jsonl")
                scores = MEASURES[name](memories, cases) if cases else ()
                for score in scores:
                    lines += _table(score)
                    if options.show_failures:
                        lines += [f"    {text}" for text in score.failed]
        if options.data is not None and options.sets:
            lines += _facts_of_conversations(memories, options, console)
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks/knowing.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, metavar="FOLDER", help="folder of cases as JSON lines")
    parser.add_argument("--only", metavar="NAMES", help=f"some of {', '.join(MEASURES)} (default: all)")
    add_data_option(parser)
    parser.add_argument(
        "--sets", metavar="NAMES", default="", help=f"conversations to be told: some of {', '.join(SETS)}"
    )
    parser.add_argument("--pages", type=int, metavar="COUNT", help="the first pages of each (default: all)")
    parser.add_argument("--conversations", type=int, metavar="COUNT", help="the first of each set (default: all)")
    parser.add_argument("--seed", type=int, default=_SEED, help=f"of the sample of facts (default: {_SEED})")
    parser.add_argument("--base-url", default="", help="endpoint of a language model (default: none)")
    parser.add_argument("--model", default="model", help="its name")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there, too")
    parser.add_argument("--show-failures", action="store_true", help="with the cases that did not hold")
    return parser


def _settings(options: argparse.Namespace) -> Mapping[str, object]:
    if not options.base_url:
        return {}
    return {
        "openai_base_url": options.base_url,
        "openai_api_key": "none",
        "llm_model": options.model,
        "llm_timeout_seconds": _MODEL_TIMEOUT_SECONDS,
    }


def _table(score: Score) -> Iterator[str]:
    rows = [*score.rows()]
    if not rows:
        return
    held, of_all = sum(row[2] for row in rows), sum(row[3] for row in rows)
    yield f"{score.name}: {held} of {of_all} ({100 * held / of_all:.0f} %)"
    for _, group, one, count in rows:
        yield f"  {group:<16} {one:>4} of {count:<4} ({100 * one / count:.0f} %)"


def _facts_of_conversations(memories: Memories, options: argparse.Namespace, console: Console) -> Iterator[str]:
    for name in options.sets.split(","):
        conversations = read_set(options.data / f"{name}.jsonl")[: options.conversations]
        for conversation in track(conversations, name, console=console):
            pages = [
                Said(page.user_input, page.agent_response, page.timestamp)
                for page in conversation.pages[: options.pages]
            ]
            with memories.filled(pages, short_term_capacity=10, long_term_knowledge_capacity=100_000) as filled:
                facts = filled.memory.user_knowledge()
                about_the_model = [*_what_the_model_did(filled)]
            yield f"{name} {conversation.id}: {len(facts)} facts of {len(pages)} pages"
            sample = random.Random(options.seed).sample(facts, min(_SAMPLE, len(facts)))
            yield from (f"    {fact.timestamp}  {fact.author}  {fact.text}" for fact in sample)
            yield from about_the_model


def _what_the_model_did(filled: Filled) -> Iterator[str]:
    status = filled.memory.status()
    if status.model is None:
        return
    use = status.model.today
    yield f"  {use.calls} requests, {use.calls / len(filled.ids):.2f} a page, {use.tokens} tokens"
    yield from (f"  not believed, {reason}: {count}" for reason, count in status.refused)
    yield "  of the assistant:"
    yield from (f"    {fact.author}  {fact.text}" for fact in filled.memory.assistant_knowledge())
    yield from (f"    | {line}" for line in filled.memory.get_user_profile_summary().splitlines())
