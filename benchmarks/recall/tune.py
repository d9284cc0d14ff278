"""Choose weights of the ranking on all kinds of talk but one, and measure them on the one that had no say.

    python benchmarks/tune.py --data FOLDER [--sets NAMES] [--conversations N] [--memories FOLDER] [--findings FOLDER]
                              [--out FOLDER]

Compared are the weights that MemoryOS ships, each of a few of them halved and doubled alone, and some drawn at random
from half, once and twice each. Each question is read and embedded once for all of them. Chosen is what loses least,
on the kind on which it loses most, against the best of the compared there: recall among ten pages, a kind's figure
being the mean of its sets. With --memories it takes memories that an earlier run, or `benchmarks/recall.py`, has
filled; with --findings it goes on where it was stopped, and takes the baselines that `benchmarks/recall.py --findings`
measured.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Final

from rich.console import Console
from rich.progress import Progress

from benchmarks.common.conversations import SETS, Conversation, add_data_option, missing, read_set, set_file
from benchmarks.recall.filled import MEMORIES_HELP, FilledMemories
from benchmarks.recall.findings import Finding
from benchmarks.recall.kept import FINDINGS_HELP, KeptFindings
from benchmarks.recall.leading import OTHERS, Scores, best_of_others, by_kind, kinds_in, scores
from benchmarks.recall.measuring import Measuring, Put, temporary_folder
from benchmarks.recall.memories import InProcess
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save, wide_console
from memoryos import load_config
from memoryos.embedding import configured_embedder
from memoryos.retrieval.scoring import Weights

SHIPPED: Final = "shipped"

TUNED: Final = (
    "page_meaning",
    "side_meaning",
    "previous_words",
    "names",
    "dates",
    "confidence",
    "question.words",
    "question.opener",
    "statement.words",
    "statement.opener",
)
"""The weights that are chosen; the others stay as shipped."""

FACTORS: Final = (0.5, 2.0)
PLACES: Final = 20
"""More are not needed for the first ten, and a hundred take twice as long."""

DRAWS: Final = 10
CONVERSATIONS: Final = 2
"""So many of each set are enough: LoCoMo's five differ from its first two by less than the kinds differ."""

_SEED: Final = 20_261_129

EXIT_USAGE: Final = 2

OfKinds = Mapping[str, Mapping[str, float]]
"""For each kind of talk the figure of each of the compared weights, by name."""


def read_weight(weights: Weights, name: str) -> float:
    """The weight of that name; "question.words" is `weights.question.words`."""
    part, _, rest = name.rpartition(".")
    return float(getattr(getattr(weights, part) if part else weights, rest))


def with_weight(weights: Weights, name: str, value: float) -> Weights:
    """The weights with one of them changed."""
    part, _, rest = name.rpartition(".")
    return replace(weights, **{part: replace(getattr(weights, part), **{rest: value})} if part else {rest: value})


def compared(shipped: Weights, draws: int = DRAWS) -> dict[str, Weights]:
    """The weights that are compared, by name: those shipped first, the same in every run."""
    weights = {SHIPPED: shipped}
    for name in TUNED:
        for factor in FACTORS:
            changed = with_weight(shipped, name, read_weight(shipped, name) * factor)
            weights[_alone(name, factor)] = changed
    chance = random.Random(_SEED)
    for number in range(1, draws + 1):
        drawn = shipped
        for name in TUNED:
            drawn = with_weight(drawn, name, read_weight(shipped, name) * chance.choice((0.5, 1.0, 2.0)))
        weights[f"draw {number}"] = drawn
    return weights


def worst_loss(found: OfKinds, name: str, kinds: Iterable[str]) -> float:
    """How much weights lose against the best of the compared, on the kind on which they lose most."""
    return max(max(found[kind].values()) - found[kind][name] for kind in kinds)


def choose(found: OfKinds, kinds: Sequence[str]) -> str:
    """The weights with the least worst loss on some kinds; of equally good ones the first."""
    return min(next(iter(found.values())), key=lambda name: worst_loss(found, name, kinds))


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if arguments.data is None or missing(arguments.data, arguments.sets):
        names = ", ".join(arguments.sets)
        errors.print(f"tune: needs {names} in --data FOLDER or in the folder MEMORYOS_EVAL", soft_wrap=True)
        return EXIT_USAGE
    sets = {name: read_set(set_file(arguments.data, name))[: arguments.conversations] for name in arguments.sets}
    with ExitStack() as stack, progress_bars(errors) as progress:
        memories = FilledMemories(arguments.memories or temporary_folder(stack), InProcess)
        kept = None if arguments.findings is None else KeptFindings(arguments.findings, Put().name)
        embedder = configured_embedder(load_config(None, environ={}))
        measuring = Measuring(memories, InProcess, embedder, findings=kept)
        tables = tuning_sheets(*tuned(measuring, sets, progress, arguments.draws))
    for table in tables:
        table.show(wide_console())
    if arguments.out is not None:
        records = [table.record() for table in tables]
        save(arguments.out, "tuning", tables, {**circumstances(), "tuned": TUNED, "tables": records})
    return 0


def tuned(
    measuring: Measuring, sets: Mapping[str, Sequence[Conversation]], progress: Progress, draws: int = DRAWS
) -> tuple[Mapping[str, Weights], Scores, Scores]:
    """What is compared, and by set the figures of that and of other methods."""
    weights = compared(Weights(), draws)
    ranked: list[Finding] = []
    others: list[Finding] = []
    for name, talks in sets.items():
        others += replace(measuring, methods=OTHERS).measured(name, talks, progress)
        ranked += replace(measuring, weights=weights, places=PLACES).measured(name, talks, progress)
    return weights, scores(ranked), scores(others)


def tuning_sheets(weights: Mapping[str, Weights], ranked: Scores, others: Scores) -> list[Sheet]:
    """What is chosen without each kind and what it reaches there, and what each weight alone is worth."""
    sets = kinds_in(ranked)
    found = {kind: {name: by_kind(ranked, name, names) for name in weights} for kind, names in sets.items()}
    chosen = {kind: choose(found, [other for other in sets if other != kind] or [kind]) for kind in sets}
    by_all = choose(found, list(sets))
    return [
        _held_out(found, {kind: best_of_others(others, names) for kind, names in sets.items()}, chosen, by_all),
        _choices(weights, found, {**{f"all but {kind}": name for kind, name in chosen.items()}, "all": by_all}),
        _alone_sheet(weights, found),
    ]


def _held_out(found: OfKinds, others: Mapping[str, float], chosen: Mapping[str, str], by_all: str) -> Sheet:
    rows = []
    leads = []
    for kind, of_kind in found.items():
        shown = (of_kind[SHIPPED], of_kind[chosen[kind]], of_kind[by_all], max(of_kind.values()), others[kind])
        lead = (of_kind[SHIPPED] - others[kind], of_kind[chosen[kind]] - others[kind])
        leads.append(lead)
        rows.append((kind, *(f"{figure:.1f}" for figure in shown), *(f"{each:+.1f}" for each in lead)))
    worst = (f"{min(of_one):+.1f}" for of_one in zip(*leads, strict=True))
    columns = (
        "kind of talk",
        "shipped",
        "chosen by the other kinds",
        "chosen by all",
        "best for this kind",
        "best other method",
        "lead: shipped",
        "lead: chosen by the other kinds",
    )
    return Sheet("Each kind of talk left out once, @10, %", columns, (*rows, ("worst", *[""] * 5, *worst)))


def _choices(weights: Mapping[str, Weights], found: OfKinds, chosen: Mapping[str, str]) -> Sheet:
    rows = [
        (who, name, _difference(weights[SHIPPED], weights[name]), f"{worst_loss(found, name, found):.1f}")
        for who, name in {**chosen, "nobody": SHIPPED}.items()
    ]
    columns = ("chosen by", "weights", "what differs from those shipped", "worst loss over all kinds")
    return Sheet("What was chosen", columns, tuple(rows), names=3)


def _alone_sheet(weights: Mapping[str, Weights], found: OfKinds) -> Sheet:
    rows = []
    for weight in TUNED:
        for factor in FACTORS:
            name = _alone(weight, factor)
            changes = [of_kind[name] - of_kind[SHIPPED] for of_kind in found.values()]
            values = (f"{read_weight(weights[each], weight):g}" for each in (SHIPPED, name))
            figures = (*changes, min(changes), fmean(changes))
            rows.append((weight, *values, *(f"{change:+.1f}" for change in figures)))
    columns = ("weight", "shipped", "instead", *found, "worst", "mean")
    return Sheet("One weight alone, points @10", columns, tuple(rows))


def _difference(shipped: Weights, weights: Weights) -> str:
    changed = (name for name in TUNED if read_weight(weights, name) != read_weight(shipped, name))
    return ", ".join(f"{name} {read_weight(weights, name):g}" for name in changed) or "nothing"


def _alone(name: str, factor: float) -> str:
    return f"{name} x {factor:g}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/tune.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_option(parser)
    parser.add_argument(
        "--sets",
        type=lambda text: tuple(name for name in text.split(",") if name),
        metavar="NAMES",
        default=SETS,
        help=f"some of {','.join(SETS)} (default: all)",
    )
    parser.add_argument(
        "--conversations",
        type=int,
        metavar="N",
        default=CONVERSATIONS,
        help=f"only the first N conversations of each set (default: {CONVERSATIONS})",
    )
    parser.add_argument("--draws", type=int, metavar="N", default=DRAWS, help=f"weights at random (default: {DRAWS})")
    parser.add_argument("--memories", type=Path, metavar="FOLDER", help=MEMORIES_HELP)
    parser.add_argument("--findings", type=Path, metavar="FOLDER", help=FINDINGS_HELP)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write JSON and Markdown there")
    return parser
