"""Choose weights of ranking on some LoCoMo conversations and measure them on another that had no say.

    python benchmarks/tune.py --data FOLDER [--check madial_zh,lifebench_zh] [--memories FOLDER] [--out FOLDER]

Each conversation is left out once. The others choose, by one pass over a few weights from the lowest values, one weight
at a time, what brings the highest mean of the recall among 10 pages, in 500 and in 1,500 tokens; what they chose is
measured on the one left out. Then all choose together, and that choice is measured on other sets beside the weights
that MemoryOS ships. With --memories it takes memories that an earlier run, or `benchmarks/recall.py`, has filled.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import Conversation, Question, add_data_option, missing, read_set, set_file
from benchmarks.recall.evidence import CUTS, Shares, average, find, shares
from benchmarks.recall.filled import MEMORIES_HELP, FilledMemories
from benchmarks.recall.memories import InProcess, Ranking
from benchmarks.recall.methods import ThroughMemory
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save, wide_console
from memoryos import load_config
from memoryos.embedding import configured_embedder
from memoryos.retrieval.scoring import Weights

if TYPE_CHECKING:
    from memoryos.embedding import OnDemandEmbedder

TUNED_ON: Final = "locomo"
CHECKED: Final = ("madial_en", "madial_zh", "xpersona_zh", "lifebench_zh")
GOAL: Final = ("@10", "500t", "1500t")

COORDINATES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "side_meaning": (0.5, 1.0, 1.5),
        "page_meaning": (0.2, 0.4, 0.8),
        "previous_words": (0.3, 0.6, 0.9),
        "question.words": (0.4, 0.8, 1.2),
        "question.opener": (0.2, 0.4, 0.8),
        "dates": (2.0, 4.0, 8.0),
    }
)
"""The weights that are chosen, in this order, and their values; the others stay as shipped."""

EXIT_USAGE: Final = 2


def read_weight(weights: Weights, name: str) -> float:
    """The weight of that name; "question.words" is `weights.question.words`."""
    part, _, rest = name.rpartition(".")
    return float(getattr(getattr(weights, part) if part else weights, rest))


def with_weight(weights: Weights, name: str, value: float) -> Weights:
    """The weights with one of them changed."""
    part, _, rest = name.rpartition(".")
    return replace(weights, **{part: replace(getattr(weights, part), **{rest: value})} if part else {rest: value})


def lowest(weights: Weights) -> Weights:
    """The weights from which a search starts: every coordinate at its first value, whatever is shipped."""
    for name, values in COORDINATES.items():
        weights = with_weight(weights, name, values[0])
    return weights


def search(start: Weights, goodness: Callable[[Weights], float]) -> Weights:
    """The best weights of one pass over the coordinates; of equally good values the one named first."""
    best = start
    for name, values in COORDINATES.items():
        best = max((with_weight(best, name, value) for value in values), key=goodness)
    return best


@dataclass(frozen=True, slots=True)
class Asked:
    """A filled memory's ranking, and the questions it is asked."""

    ranking: Ranking
    page_of: Mapping[str, str]
    questions: Sequence[Question]


@dataclass(slots=True)
class Rated:
    """A conversation that rates weights: its memories, one for each round of questions."""

    conversation: Conversation
    rounds: Sequence[Asked]
    _rows: dict[Weights, list[Shares]] = field(default_factory=dict)

    def rows(self, weights: Weights) -> list[Shares]:
        """For each question the shares of its gold pages that these weights bring up."""
        if weights not in self._rows:
            self._rows[weights] = list(self._ranked(weights))
        return self._rows[weights]

    def _ranked(self, weights: Weights) -> Iterator[Shares]:
        twins = self.conversation.twins()
        for asked in self.rounds:
            method = ThroughMemory("", partial(asked.ranking.retrieve, weights=weights), asked.page_of)
            for question in asked.questions:
                yield shares(find(question.evidence, method.ask(question.text).listed, twins))


def rows_of(conversations: Iterable[Rated], weights: Weights) -> list[Shares]:
    """The rows of several conversations, one after another."""
    return [row for rated in conversations for row in rated.rows(weights)]


def goal(conversations: Iterable[Rated], weights: Weights) -> float:
    """What is maximised: the mean of the cuts in `GOAL`."""
    averages = dict(zip(CUTS, average(rows_of(conversations, weights)), strict=True))
    return sum(averages[cut] for cut in GOAL) / len(GOAL)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    sets = (TUNED_ON, *arguments.check)
    if arguments.data is None or missing(arguments.data, sets):
        errors.print(f"tune: needs {', '.join(sets)} in --data FOLDER or in the folder MEMORYOS_EVAL", soft_wrap=True)
        return EXIT_USAGE
    with ExitStack() as stack, progress_bars(errors) as progress:
        memories = FilledMemories(arguments.memories or _temporary_folder(stack), InProcess)
        embedder = configured_embedder(load_config(None, environ={}))
        rated = {
            name: [
                _rated(conversation, memories, embedder, stack, progress)
                for conversation in read_set(set_file(arguments.data, name))
            ]
            for name in sets
        }
        sheets = _tuning(rated[TUNED_ON], {name: rated[name] for name in arguments.check}, progress)
    for sheet in sheets:
        sheet.show(wide_console())
    if arguments.out is not None:
        tables = {sheet.title: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in sheets}
        save(arguments.out, "tuning", sheets, {**circumstances(), "coordinates": dict(COORDINATES), "tables": tables})
    return 0


def _tuning(tuned: Sequence[Rated], checked: Mapping[str, Sequence[Rated]], progress: Progress) -> list[Sheet]:
    start, shipped = lowest(Weights()), Weights()
    folds = progress.add_task("conversations left out", total=len(tuned) + 1)
    chosen: dict[str, Weights] = {}
    held_out: list[Shares] = []
    for left_out in tuned:
        others = [rated for rated in tuned if rated is not left_out]
        chosen[left_out.conversation.id] = choice = search(start, partial(goal, others))
        held_out += left_out.rows(choice)
        progress.advance(folds)
    together = search(start, partial(goal, tuned))
    progress.advance(folds)
    named = {**{f"all but {id}": weights for id, weights in chosen.items()}, "all": together, "shipped": shipped}
    recall = {
        "the start": rows_of(tuned, start),
        "chosen by the other conversations": held_out,
        "chosen by all": rows_of(tuned, together),
        "shipped": rows_of(tuned, shipped),
    }
    return [
        Sheet(
            "Weights by the conversations that chose them",
            ("chosen by", *COORDINATES),
            tuple((who, *(f"{read_weight(each, name):g}" for name in COORDINATES)) for who, each in named.items()),
        ),
        Sheet(f"{TUNED_ON}, %", ("weights", *CUTS), tuple((who, *_percents(rows)) for who, rows in recall.items())),
        Sheet(
            "Sets that had no say, %",
            ("set", "weights", *CUTS),
            tuple(
                (name, who, *_percents(rows_of(conversations, weights)))
                for name, conversations in checked.items()
                for who, weights in (("shipped", shipped), ("chosen by all", together))
            ),
            names=2,
        ),
    ]


def _rated(
    conversation: Conversation,
    memories: FilledMemories,
    embedder: OnDemandEmbedder,
    stack: ExitStack,
    progress: Progress,
) -> Rated:
    bar = progress.add_task(f"{conversation.id}: pages", total=len(conversation.pages))
    rounds = []
    filled = memories.of(conversation, partial(progress.advance, bar))
    for memory, (_, questions) in zip(filled, conversation.rounds(), strict=True):
        settings = memory.copied_to(_temporary_folder(stack) / "data")
        rounds.append(Asked(Ranking(settings, embedder, stack), memory.page_of, questions))
    return Rated(conversation, rounds)


def _temporary_folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-tune-")))


def _percents(rows: Iterable[Shares]) -> list[str]:
    return [f"{share * 100:.1f}" for share in average(rows)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/tune.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument(
        "--check",
        type=lambda text: tuple(name for name in text.split(",") if name),
        metavar="NAMES",
        default=CHECKED,
        help=f"sets that the choice is measured on besides (default: {','.join(CHECKED)})",
    )
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser
