"""What hooks put before a model, by words alone and by meaning: how often it is what was asked for, and how often not.

    python benchmarks/injecting.py --data FOLDER [--unanswered FILE] [--memories FOLDER]

Two LoCoMo conversations and one of MADial are asked their own questions ("told"), and the LoCoMo ones each other's
("foreign") and, with `--unanswered`, questions, one {"question": ...} a line, that the first one never answers
("never"). Reported are the share of prompts to which anything is brought, how many exchanges and facts each, and for
told ones how many of these exchanges are evidence, and how many prompts are brought any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.common.conversations import Conversation, add_data_option, missing, read_set, set_file
from benchmarks.recall.filled import MEMORIES_HELP, FilledMemories
from benchmarks.recall.memories import InProcess
from benchmarks.recall.report import Sheet, wide_console
from benchmarks.replies.command import read_questions
from memoryos import Memoryos, load_config
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.glance import glance
from memoryos_mcp.hooks.questions import PROMPT_CHARACTERS, Question
from memoryos_mcp.hooks.recall import MOST_FACTS, MOST_PAGES, Brought, Exchange, bearing_on
from memoryos_mcp.transport.hook_questions import brought_to

_TALKS: Final = (("locomo", 0), ("locomo", 2), ("madial_en", 0))


@dataclass(frozen=True, slots=True)
class _Prompt:
    kind: str
    text: str
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Injected:
    """How many exchanges, how many facts, and how many of the exchanges are evidence."""

    pages: int
    facts: int
    evidence: int


def main() -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data_option(parser)
    parser.add_argument("--unanswered", type=Path, metavar="FILE", help="questions that the first talk never answers")
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    given = parser.parse_args()
    sets = sorted({name for name, _ in _TALKS})
    if given.data is None or missing(given.data, sets):
        sys.stderr.write(f"injecting: name the folder of {', '.join(sets)} with --data FOLDER or in MEMORYOS_EVAL\n")
        return 2
    talks = [read_set(set_file(given.data, name))[at] for name, at in _TALKS]
    found: dict[tuple[str, str, str], list[_Injected]] = {}
    with ExitStack() as stack:
        folder = given.memories or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-injecting-")))
        memories = FilledMemories(folder, InProcess)
        for talk, prompts in zip(talks, _prompts(talks, read_questions(given.unanswered)), strict=True):
            for prompt, way, injected in _asked(talk, prompts, memories):
                found.setdefault((prompt.kind, talk.id, way), []).append(injected)
    _report(found)
    return 0


def _prompts(talks: Sequence[Conversation], unanswered: Sequence[str]) -> Iterator[list[_Prompt]]:
    """For each talk what is asked of it."""
    first, second, _ = talks
    for talk, other in zip(talks, (second, first, None), strict=True):
        twins = talk.twins()
        told = [_Prompt("told", each.text, frozenset(twins[id_] for id_ in each.evidence)) for each in talk.questions]
        foreign = [_Prompt("foreign", each.text) for each in (other.questions if other else ())]
        never = [_Prompt("never", text) for text in (unanswered if talk is first else ())]
        yield [*told, *foreign, *never]


def _asked(
    talk: Conversation, prompts: Sequence[_Prompt], memories: FilledMemories
) -> Iterator[tuple[_Prompt, str, _Injected]]:
    *_, filled = memories.of(talk, lambda pages: None)
    twins = talk.twins()
    pages = {twins[page.id]: f"{page.user_input}\n{page.agent_response}" for page in talk.pages}
    pages = {id_: " ".join(text.split()) for id_, text in pages.items()}
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(None, environ={}, arguments=filled.copied_to(Path(folder) / "data"))
        file = str(file_of(config))
        with Memoryos.open(config) as memory:
            memory.wait_until_idle(1_800)
            for prompt in prompts:
                text = prompt.text[:PROMPT_CHARACTERS]
                with glance(file) as seen:
                    yield prompt, "words", _injected(bearing_on(seen, text, "", None), pages, prompt)
                question = Question(file, config.user_id, None, "", text)
                yield prompt, "meaning", _injected(brought_to(question, memory) or Brought(), pages, prompt)


def _injected(brought: Brought, pages: Mapping[str, str], prompt: _Prompt) -> _Injected:
    shown = brought.exchanges[:MOST_PAGES]
    evidence = sum(any(_is_of(exchange, pages[id_]) for id_ in prompt.evidence) for exchange in shown)
    return _Injected(len(shown), len(brought.facts[:MOST_FACTS]), evidence)


def _is_of(exchange: Exchange, page: str) -> bool:
    return all(side.removesuffix("…") in page for side in (exchange.said, exchange.answer))


def _report(found: Mapping[tuple[str, str, str], Sequence[_Injected]]) -> None:
    head = ("prompts", "talk", "by", "number", "any %", "exchanges", "facts", "evidence %", "prompts with evidence %")
    rows = []
    for (kind, talk, way), injected in sorted(found.items(), reverse=True):
        count, pages = len(injected), sum(each.pages for each in injected)
        told = kind == "told"
        rows.append(
            (
                *(kind, talk, way, f"{count}"),
                f"{100 * sum(each.pages + each.facts > 0 for each in injected) / count:.1f}",
                f"{pages / count:.2f}",
                f"{sum(each.facts for each in injected) / count:.2f}",
                f"{100 * sum(each.evidence for each in injected) / max(1, pages):.1f}" if told else "",
                f"{100 * sum(each.evidence > 0 for each in injected) / count:.1f}" if told else "",
            )
        )
    Sheet("What hooks put before a model", head, tuple(rows)).show(wide_console())
