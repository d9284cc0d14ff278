"""Train what tells of a question what of a person it asks for, and write its weights into the package.

    python -m benchmarks.knowing.train_questions            # cross-validated figures, then the weights
    python -m benchmarks.knowing.train_questions --figures  # the figures only

Needs SciPy (`pip install .[benchmarks]`). The questions beside it were written by hand for this purpose; a line without
a slot is a question or a request that asks for nothing of a person's. The statements of `train_judge.py` are learned
from as well, for the words that tell what something is about (ten points more questions told right). All wordings of a
line fall into one fold. The same lines give the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.knowing.train_judge import (
    CHOICE,
    SAY,
    SENTENCES,
    SHORT_CHARS,
    SHORT_WEIGHT,
    Example,
    Fitted,
    Seen,
    filled,
    fitted,
    folds,
    grams_of,
    packed_head,
    zipped,
)
from benchmarks.knowing.train_judge import examples as statements_to_judge
from memoryos.analyst.statements import features
from memoryos.analyst.statements.judge import NO_SLOT
from memoryos.analyst.statements.questions import SURE, WEIGHTS_FILE

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUESTIONS: Final = Path(__file__).with_name("questions")
WEIGHTS: Final = Path(features.__file__).with_name(WEIGHTS_FILE)
MOST_WORDINGS: Final = 12
"""Of a line that can be said in more ways so many, by chance."""

STRENGTH: Final = 50.0
"""The inverse of the penalty on large weights."""
STATEMENTS: Final = 2
"""So many wordings of each statement are learned from."""
STATEMENT_WEIGHT: Final = 0.25
"""Of each, beside a line of one here."""

_ENDS: Final = "?？.。 "


def examples() -> list[Example]:
    """All questions, in their wordings, in an order that does not change."""
    fillings = json.loads((SENTENCES / "fillings.json").read_text(encoding="utf-8"))
    found: list[Example] = []
    seed = 0
    for file in sorted(QUESTIONS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            chance = random.Random(f"{row['lang']} {row['text']}")
            texts = list(dict.fromkeys(_worded(row["text"], fillings.get(row["lang"], {}), chance)))
            found.extend(
                Example(seed, row["lang"], text, "", row["slot"], None, _weight(row, len(texts)) / len(texts))
                for text in texts
            )
            seed += 1
    return found


def statements(slots: Collection[str]) -> list[Example]:
    """What people say of these slots, and what says nothing of anybody."""
    found: list[Example] = []
    for _, wordings in groupby(statements_to_judge(), key=lambda row: row.seed):
        found += [
            replace(row, seed=-1, slot=row.slot or NO_SLOT, weight=STATEMENT_WEIGHT)
            for row in islice(wordings, STATEMENTS)
            if row.slot in slots or row.kind == "neither"
        ]
    return found


def _weight(row: Mapping[str, str], texts: int) -> float:
    """More for what can be said in many ways, and for what is said in few words: people ask it most."""
    return max(1.0, texts / 4) * (SHORT_WEIGHT if row["slot"] and len(row["text"]) <= SHORT_CHARS else 1.0)


def _worded(text: str, fillings: Mapping[str, Sequence[str]], chance: random.Random) -> Iterator[str]:
    """In all its wordings, of many in some; with its mark and without, in small letters now and then."""
    wordings = _wordings(text)
    if len(wordings) > MOST_WORDINGS:
        wordings = chance.sample(wordings, MOST_WORDINGS)
    for wording in wordings:
        for said in (filled(wording, fillings, chance), filled(wording, fillings, chance).rstrip(_ENDS)):
            yield said.lower() if chance.random() < 0.25 else said


def _wordings(text: str) -> list[str]:
    """A line once for each choice among its `[one|another]`, the innermost first."""
    choice = CHOICE.search(text)
    if choice is None:
        return [text]
    begin, end = choice.span()
    return [each for one in choice[1].split("|") for each in _wordings(f"{text[:begin]}{one}{text[end:]}")]


def seen(texts: Sequence[str]) -> Seen:
    """The features of texts, just as they are computed for a question."""
    return Seen(grams_of(texts), features.surface(texts), features.groups(texts))


def head_of(rows: Sequence[Example], sight: Seen, among: NDArray[np.int64]) -> Fitted:
    """The head that some of the rows give."""
    slots = [rows[int(at)].slot or NO_SLOT for at in among]
    weights = np.array([rows[int(at)].weight for at in among])
    return fitted(sight.of(among), slots, weights, np.ones(features.SURFACE, dtype=np.float32), strength=STRENGTH)


def cross_validated(rows: Sequence[Example], sight: Seen) -> None:
    """Print how many questions that were not met are told right and wrong at `SURE`."""
    told = np.full(len(rows), NO_SLOT, dtype=object)
    of_questions = np.array([row.seed >= 0 for row in rows])
    for train, test in folds(rows):
        train, test = train[of_questions[train]], test[of_questions[test]]
        head = head_of(rows, sight, np.concatenate([train, np.flatnonzero(~of_questions)]))
        shares = head.shares(sight.of(test))
        best = shares.argmax(axis=1)
        sure = shares[np.arange(len(test)), best] >= SURE
        told[test] = np.where(sure, np.array(head.classes, dtype=object)[best], NO_SLOT)
    slots = np.array([row.slot or NO_SLOT for row in rows], dtype=object)
    langs = np.array([row.lang for row in rows])
    weights = np.array([row.weight for row in rows])
    SAY(f"{'':6}{'lines':>7}{'right':>8}{'other':>8}{'silent':>8}{'of none taken for some':>24}")
    for lang in (*sorted(set(langs[of_questions])), "all"):
        here = of_questions if lang == "all" else of_questions & (langs == lang)
        some, none = here & (slots != NO_SLOT), here & (slots == NO_SLOT)
        parts = ((told == slots) & some, (told != slots) & (told != NO_SLOT) & some, (told == NO_SLOT) & some)
        right, other, silent = (float(weights[part].sum() / weights[some].sum()) for part in parts)
        taken = float(weights[none & (told != NO_SLOT)].sum() / max(weights[none].sum(), 1e-9))
        lines = len({row.seed for row, of in zip(rows, here, strict=True) if of})
        SAY(f"{lang:6}{lines:7}{right:8.1%}{other:8.1%}{silent:8.1%}{taken:24.1%}")


def main(arguments: Sequence[str]) -> None:
    """Print the figures and, unless only these are asked for, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", action="store_true", help="print the figures only")
    asked = parser.parse_args(arguments)
    questions = examples()
    rows = [*questions, *statements({row.slot for row in questions if row.slot})]
    sight = seen([row.text for row in rows])
    SAY(f"{len({row.seed for row in questions})} lines, {len(questions)} in their wordings")
    cross_validated(rows, sight)
    if asked.figures:
        return
    content = zipped(packed_head(head_of(rows, sight, np.arange(len(rows)))))
    WEIGHTS.write_bytes(content)
    SAY(f"{WEIGHTS.name}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
