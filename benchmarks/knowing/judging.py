"""What the judge of statements does on a folder of cases by itself, without a memory around it.

    python -m benchmarks.knowing.judging --cases FOLDER           # statements, updates and cascade, by language
    python -m benchmarks.knowing.judging --cases FOLDER --failed  # and the cases that failed
    python -m benchmarks.knowing.judging --talks FILE             # facts per 100 pages of conversations, some of them

It calls the same pure functions as an analyst, in the order that `memoryos.analyst.statements` describes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from benchmarks.knowing.measures import Case, Score, read_cases
from memoryos.analyst.statements import (
    Effect,
    OwnSentence,
    Reading,
    Statement,
    StatementJudge,
    cascade,
    readings,
    sentences_worth_judging,
    updates_of,
)
from memoryos.embedding.onnx_minilm import OnnxMiniLM

if TYPE_CHECKING:
    from memoryos.models import Matrix

SAY: Final = Console(width=160, highlight=False, markup=False, soft_wrap=True).print
FIRST: Final = datetime(2026, 2, 1, 10, tzinfo=timezone.utc)
WEEKS: Final = timedelta(days=21)
STRENGTH: Final[tuple[Effect, ...]] = ("replaces", "ends", "doubtful", "stands")


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence and its statement."""

    reading: Reading
    statement: Statement

    @property
    def vector(self) -> Matrix:
        """float32[384]: of the whole sentence."""
        return self.reading.vector

    @property
    def kept(self) -> bool:
        """Whether it is worth a fact, whatever is known."""
        return self.reading.is_worth_keeping


class Reader:
    """Reads texts as an analyst does."""

    def __init__(self) -> None:
        self._judge = StatementJudge.load()
        self._embedder = OnnxMiniLM()

    def told(self, text: str, said_at: datetime) -> list[Told]:
        """All statements of a text, those not worth a fact included."""
        return self.all_told([text], said_at)[0]

    def all_told(self, texts: Sequence[str], said_at: datetime) -> list[list[Told]]:
        """The statements of each text; their sentences are embedded together."""
        own: list[list[OwnSentence]] = [list(sentences_worth_judging(text)) for text in texts]
        flat = [sentence for each in own for sentence in each]
        parts = [part for sentence in flat for part in sentence.parts]
        vectors = self._embedder.embed(parts) if parts else None
        heard = iter(readings(self._judge, flat, vectors) if vectors is not None else ())
        return [[self._as_told(next(heard), said_at) for _ in each] for each in own]

    def _as_told(self, reading: Reading, said_at: datetime) -> Told:
        return Told(reading, reading.statement(said_at))


def effect_on(old: Told, new: Sequence[Told]) -> Effect:
    """The strongest effect of any sentence of the newer text on the older statement."""
    found: set[Effect] = {"stands"}
    for each in new:
        similarity = float(old.vector @ each.vector)
        found.update(
            update.effect for update in updates_of(each.reading, [old.statement], each.statement.said_at, [similarity])
        )
    return min(found, key=STRENGTH.index)


def statements(reader: Reader, cases: Sequence[Case]) -> list[Score]:
    """Lasting statements found, and others left alone."""
    found, left = Score("lasting statements found"), Score("other statements left alone")
    for case in cases:
        kept = any(each.kept for each in reader.told(case["text"], FIRST))
        (found if case["lasting"] else left).count(case["lang"], kept == case["lasting"], case["text"])
    return [found, left]


def updates(reader: Reader, cases: Sequence[Case]) -> list[Score]:
    """What newer statements do to older ones; an older one that is not known cannot be replaced."""
    old_kept, new_known, right, gone, both = (
        Score("the old one is known"),
        Score("the new one is known"),
        Score("the old one is replaced or ended, both known"),
        Score("the old one is no longer current (or doubtful)"),
        Score("both of two statements stay"),
    )
    for case in cases:
        old = [each for each in reader.told(case["old"], FIRST) if each.kept]
        new = reader.told(case["new"], FIRST + WEEKS)
        effects = {effect_on(each, new) for each in old}
        lang = case["lang"]
        text = f"{case['old']} / {case['new']}: {sorted(effects)} {[_short(each) for each in (*old, *new)]}"
        if case.get("both"):
            both.count(lang, effects <= {"stands"}, text)
            continue
        is_known = any(each.kept for each in new) or bool(effects - {"stands"})
        old_kept.count(lang, bool(old), text)
        new_known.count(lang, is_known, text)
        right.count(lang, bool(effects & {"replaces", "ends"}) and is_known, text)
        gone.count(lang, bool(effects - {"stands"}), text)
    return [old_kept, new_known, right, gone, both]


def _short(told: Told) -> str:
    verdict = told.reading.verdict
    slots = "/".join(verdict.likely_slots)
    return f"{verdict.probability:.2f} {slots} {verdict.likely_state} {told.statement.value or ''}"


def fallen(reader: Reader, cases: Sequence[Case]) -> list[Score]:
    """Statements that stood on one that ended, and those beside them."""
    fell, stayed = Score("what stood on it is doubtful"), Score("what stood on nothing stays")
    for case in cases:
        first, second, third, last = (
            reader.told(page["text"], FIRST + number * WEEKS) for number, page in enumerate(case["pages"])
        )
        known = [each for each in first if each.kept]
        others = [(at, each) for at, page in enumerate((second, third)) for each in page if each.kept]
        down: set[int] = set()
        for ended in known:
            if effect_on(ended, last) in {"replaces", "ends"}:
                similarities = [float(ended.vector @ each.vector) for _, each in others]
                down.update(
                    others[at][0]
                    for at in cascade(ended.statement, [each.statement for _, each in others], similarities)
                )
        text = " / ".join(page["text"] for page in case["pages"])
        fell.count(case["lang"], 0 in down, text)
        stayed.count(case["lang"], any(at == 1 for at, _ in others) and 1 not in down, text)
    return [fell, stayed]


def talks(reader: Reader, file: Path, shown: int, chance: random.Random) -> None:
    """Print how many facts the users' sides of conversations give, and some of them."""
    pages = [
        page["user_input"]
        for line in file.read_text(encoding="utf-8").splitlines()
        for page in json.loads(line)["pages"]
    ]
    start = time.process_time()
    facts = [
        (each.reading.sentence.text, each)
        for at in range(0, len(pages), 50)
        for told in reader.all_told(pages[at : at + 50], FIRST)
        for each in told
        if each.kept
    ]
    seconds = time.process_time() - start
    share, cost = 100 * len(facts) / len(pages), 1000 * seconds / len(pages)
    SAY(f"{file.name}: {len(facts)} facts in {len(pages)} pages, {share:.1f} in a hundred; {cost:.1f} ms a page")
    for text, each in chance.sample(facts, min(shown, len(facts))):
        told, probability = each.statement, each.reading.verdict.probability
        SAY(f"  {probability:.2f} {told.slot or '-'}/{told.state}/{told.subject}: {text}")


def rows(scores: Sequence[Score]) -> Iterator[str]:
    """A line for each measure: all, then each language."""
    for score in scores:
        held, every = sum(score.held.values()), sum(score.all.values())
        if every:
            groups = "  ".join(f"{group} {score.held[group]}/{score.all[group]}" for group in score.all)
            yield f"{score.name:48} {held:4}/{every:<4} {held / every:6.1%}   {groups}"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, help="a folder with statements.jsonl, updates.jsonl, cascade.jsonl")
    parser.add_argument("--failed", action="store_true", help="print the cases that failed")
    parser.add_argument("--talks", type=Path, nargs="*", default=[], help="files of conversations")
    parser.add_argument("--shown", type=int, default=50, help="facts of each file of conversations to print")
    asked = parser.parse_args(arguments)
    reader = Reader()
    for name, measure in (("statements", statements), ("updates", updates), ("cascade", fallen)):
        scores = measure(reader, read_cases(asked.cases / f"{name}.jsonl")) if asked.cases else []
        for row in rows(scores):
            SAY(row)
        for score in scores if asked.failed else ():
            for text in score.failed:
                SAY(f"  {score.name}: {text}")
    for file in asked.talks:
        talks(reader, file, asked.shown, random.Random(7))


if __name__ == "__main__":
    main(sys.argv[1:])
