"""Measure all that the documents say of recall, and write the tables there.

    python -m benchmarks.recall.everything --data FOLDER --work FOLDER [--steps recall,asked] [--again hybrid]
                                           [--times FILE] [--out FOLDER] [--docs FILE]

One command for every figure: what was measured is kept in the folder --work, memories and findings, so that a run that
was stopped goes on, and `--again hybrid` measures the memory's own rows anew after a change to its ranking. Each step
writes its tables into --out as soon as it is done, and those that the documents show into --docs, between two marks.
Sets that are not in --data are left out. Steps: `recall` (every set and method), `asked` (questions asked before in
vain), `dress` (the same questions in other words), `times` (questions of `benchmarks/relative_time.py`, where --times
names them), `tuning` (weights chosen without a kind of talk), `ablation`, `together` (all sets in one memory).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.progress import Progress

from benchmarks import relative_time
from benchmarks.common.conversations import (
    SETS,
    TOGETHER,
    Conversation,
    add_data_option,
    missing,
    read_set,
    set_file,
    together,
)
from benchmarks.common.formats import read_times
from benchmarks.recall.ablation import VARIANTS, WHOLE, ablation_sheets
from benchmarks.recall.dresses import DRESSES
from benchmarks.recall.evidence import CUTS
from benchmarks.recall.filled import SETTINGS, FilledMemories
from benchmarks.recall.findings import (
    Average,
    Finding,
    by_category,
    by_language,
    grouped,
    judged_sheet,
    said_sheet,
    sheets,
    summary,
)
from benchmarks.recall.kept import KeptFindings
from benchmarks.recall.leading import CUT, OTHERS, lead_sheet
from benchmarks.recall.measuring import Measuring, Put
from benchmarks.recall.memories import InProcess
from benchmarks.recall.picture import can_draw, draw
from benchmarks.recall.report import Sheet, circumstances, progress_bars, save
from benchmarks.recall.tune import CONVERSATIONS, DRAWS, tuned, tuning_sheets
from memoryos import load_config
from memoryos.embedding import configured_embedder
from memoryos.retrieval.scoring import Weights

OURS: Final = "hybrid"
TALKS: Final = "locomo"
"""The set whose questions are asked before, and put in other words."""

_PAGES_ALONE: Final = ("bm25", "dense", "fusion")
"""The others whose memory is no more than pages."""

TIMES_ASKED: Final = (0, 1, 3)
RESULTS: Final = Path(__file__).parents[1] / "results" / "recall"
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"

SHOWN: Final = "tables.json"
"""The file beside the results with the tables that the documents show, by step."""

BEGIN: Final = "<!-- written by benchmarks/recall/everything.py: -->"
END: Final = "<!-- so far -->"

EXIT_USAGE: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What a step found: all its tables, those for the documents, and figures as JSON."""

    tables: Sequence[Sheet]
    shown: Sequence[Sheet]
    figures: Mapping[str, object]
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """What steps measure with: the sets that are there, and how they are measured."""

    sets: Mapping[str, Sequence[Conversation]]
    measuring: Measuring
    findings: Path
    times: Path | None
    draws: int
    progress: Progress

    def measured(
        self, sets: Mapping[str, Sequence[Conversation]], methods: Sequence[str], put: Put | None = None
    ) -> list[Finding]:
        """What methods find in some sets, kept or new."""
        put = put or Put()
        measuring = replace(self.measuring, methods=methods, put=put, findings=self.kept(put))
        return [each for name, talks in sets.items() for each in measuring.measured(name, talks, self.progress)]

    def kept(self, put: Put) -> KeptFindings:
        """The findings kept of questions put so."""
        return KeptFindings(self.findings, put.name)


def _recall(bench: Bench) -> Step:
    findings = bench.measured(bench.sets, (OURS, *OTHERS))
    lead = lead_sheet(findings, OURS)
    shown = [
        judged_sheet("By set, %, with 95 % intervals (bootstrap over questions)", grouped(findings)),
        lead,
        judged_sheet("By language, %", by_language(findings), "language"),
        _categories(findings),
    ]
    if said := said_sheet([each for each in findings if each.method == OURS]):
        shown.append(said)
    return Step((*sheets(findings), lead), shown, {"results": summary(findings)}, findings)


def _asked(bench: Bench) -> Step:
    talks = {TALKS: bench.sets[TALKS][:1]}
    of_times = {
        f"asked {times} times before": bench.measured(talks, (OURS,), Put(asked=times)) for times in TIMES_ASKED
    }
    conversation = talks[TALKS][0].id
    title = f"Questions that were asked before and not answered ({TALKS}, {conversation}), %"
    return _variants(title, "questions", of_times)


def _dress(bench: Bench) -> Step:
    talks = {TALKS: bench.sets[TALKS]}
    of_dress = {dress: bench.measured(talks, (OURS,), Put(dress=dress)) for dress in DRESSES}
    return _variants(f"The same questions in another dress ({TALKS}), %", "questions", of_dress)


def _variants(title: str, first: str, variants: Mapping[str, Sequence[Finding]]) -> Step:
    groups = {(variant, OURS): next(iter(grouped(findings).values())) for variant, findings in variants.items()}
    table = judged_sheet(title, groups, first)
    return Step([table], [table], {"tables": [table.record()]})


def _times(bench: Bench) -> Step:
    if bench.times is None:
        raise LookupError("the questions about a time are named by --times FILE")
    methods = (OURS, *_PAGES_ALONE)
    findings = bench.measured({"times": read_times(bench.times, "page")}, methods)
    lines = [json.loads(line) for line in bench.times.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = []
    for language, read in relative_time.by_language(map(relative_time.outcome, lines)).items():
        found = [
            [each for each in findings if each.method == method and language in (each.language, relative_time.ALL)]
            for method in methods
        ]
        right_day = 100 * fmean(each.best for each in read)
        shares = (_among_first(of_method, places) for places in (1, 5) for of_method in found)
        rows.append((language, str(len(read)), f"{right_day:.0f}", *(f"{share:.0f}" for share in shares)))
    columns = (f"{method} @{places}" for places in (1, 5) for method in methods)
    title = "Questions that name a time as people do: the day read right, and the right page, %"
    table = Sheet(title, ("language", "questions", "day", *columns), tuple(rows))
    return Step([table], [table], {"tables": [table.record()]})


def _among_first(findings: Sequence[Finding], places: int) -> float:
    return 100 * fmean(page is not None and page.position < places for each in findings for page in each.found)


def _tuning(bench: Bench) -> Step:
    measuring = replace(bench.measuring, findings=bench.kept(Put()))
    sets = {name: talks[:CONVERSATIONS] for name, talks in bench.sets.items()}
    tables = tuning_sheets(*tuned(measuring, sets, bench.progress, bench.draws))
    return Step(tables, tables[:2], {"tables": [table.record() for table in tables]})


def _ablation(bench: Bench) -> Step:
    measuring = replace(bench.measuring, weights={WHOLE: Weights(), **VARIANTS}, findings=bench.kept(Put()))
    findings = [each for name, talks in bench.sets.items() for each in measuring.measured(name, talks, bench.progress)]
    return Step(ablation_sheets(findings), (), {"results": summary(findings)})


def _together(bench: Bench) -> Step:
    findings = bench.measured({TOGETHER: (together(bench.sets),)}, (OURS, *OTHERS))
    title = f"All sets in one memory ({', '.join(bench.sets)}), %"
    return Step(sheets(findings), [judged_sheet(title, grouped(findings))], {"results": summary(findings)})


STEPS: Final[Mapping[str, Callable[[Bench], Step]]] = MappingProxyType(
    {
        "recall": _recall,
        "asked": _asked,
        "dress": _dress,
        "times": _times,
        "tuning": _tuning,
        "ablation": _ablation,
        "together": _together,
    }
)
"""What is measured, in this order, and how; the documents show the tables in this order too."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 2 with a word on standard error where the data is missing."""
    arguments = _parser().parse_args(argv)
    errors = Console(stderr=True, highlight=False)
    if arguments.data is None or TALKS in missing(arguments.data, [TALKS]):
        errors.print(f"everything: needs at least {TALKS}.jsonl in --data FOLDER", soft_wrap=True)
        return EXIT_USAGE
    there = [name for name in SETS if not missing(arguments.data, [name])]
    with progress_bars(errors) as progress:
        bench = Bench(
            sets={name: read_set(set_file(arguments.data, name)) for name in there},
            measuring=Measuring(
                FilledMemories(arguments.work / "memories", InProcess),
                InProcess,
                configured_embedder(load_config(None, environ={})),
            ),
            findings=arguments.work / "findings",
            times=arguments.times,
            draws=arguments.draws,
            progress=progress,
        )
        for put in _puts():
            bench.kept(put).forget(arguments.again)
        for name in arguments.steps:
            if name == "times" and arguments.times is None:
                continue
            _write(name, STEPS[name](bench), bench, arguments.out)
            write_tables(arguments.out, arguments.docs)
    return 0


def _puts() -> list[Put]:
    """All the ways in which questions are put here."""
    return [Put(), *(Put(asked=times) for times in TIMES_ASKED), *(Put(dress=dress) for dress in DRESSES)]


def _write(name: str, step: Step, bench: Bench, out: Path) -> None:
    measured = {
        set_name: {"conversations": len(talks), "questions": sum(len(talk.questions) for talk in talks)}
        for set_name, talks in bench.sets.items()
    }
    save(out, name, step.tables, {**circumstances(), "settings": dict(SETTINGS), "sets": measured, **step.figures})
    if step.findings and can_draw():
        draw(step.findings, out / f"{name}.svg")
    file = out / SHOWN
    shown = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    shown[name] = [table.record() for table in step.shown]
    file.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def written(results: Path) -> str:
    """The tables that the documents show, as Markdown between their marks."""
    shown = json.loads((results / SHOWN).read_text(encoding="utf-8"))
    tables = [Sheet.of(record) for name in STEPS for record in shown.get(name, ())]
    return "\n".join((f"{BEGIN}\n", *(table.markdown() for table in tables), END))


def write_tables(results: Path, document: Path) -> None:
    """Put the tables into a document that has the marks. Raises `ValueError` where it has not."""
    text = document.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document} lacks the lines {BEGIN} and {END}, between which the tables go")
    document.write_text(f"{before}{written(results)}{after}", encoding="utf-8")


def _categories(findings: Sequence[Finding]) -> Sheet:
    """For each set with more than one category of question what each method finds among ten pages, of each."""
    methods = (OURS, *OTHERS)
    of_sets: dict[str, dict[str, dict[str, Average]]] = {}
    for (set_name, method), group in grouped(findings).items():
        of_sets.setdefault(set_name, {})[method] = by_category(group)
    rows = [
        (set_name, category, str(average.questions), *(_at_ten(of_methods[method][category]) for method in methods))
        for set_name, of_methods in of_sets.items()
        for category, average in of_methods[OURS].items()
        if len(of_methods[OURS]) > 1
    ]
    return Sheet("By category of question, @10, %", ("set", "category", "questions", *methods), tuple(rows), names=2)


def _at_ten(average: Average) -> str:
    return f"{average.shares[CUTS.index(CUT)] * 100:.1f}"


def _step_names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in STEPS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {','.join(STEPS)}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recall.everything",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_option(parser)
    parser.add_argument("--work", type=Path, metavar="FOLDER", required=True, help="where what was measured is kept")
    parser.add_argument("--steps", type=_step_names, metavar="NAMES", default=tuple(STEPS), help="(default: all)")
    parser.add_argument("--again", nargs="+", metavar="METHOD", default=(), help="measure these methods anew")
    parser.add_argument("--times", type=Path, metavar="FILE", help="questions of benchmarks/relative_time.py")
    parser.add_argument("--draws", type=int, metavar="N", default=DRAWS, help="as of benchmarks/tune.py")
    parser.add_argument("--out", type=Path, metavar="FOLDER", default=RESULTS, help="(default: the results here)")
    parser.add_argument("--docs", type=Path, metavar="FILE", default=DOCUMENT, help="(default: docs/benchmarks.md)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
