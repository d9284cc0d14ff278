"""How far what was found bears on a query: an absolute measure, where the ranking only says what is better than what.

Two things are known of a page: how much of what the query says stands in it (`coverage`, the share of the query's
words by their rarity), and how much nearer in meaning it is than chance (`nearness`, the cosine as its embedder means
it). Neither alone tells a question that the memory can answer from one that it cannot: of an answer half the words are
other ones, and two questions about one person are near in meaning whatever they ask. Their sum does better than each
(`benchmarks/replies.py`).

It is a measure to tell, not to hide by: of 129 questions of daily life ("Where does the user live?" answered by "I
bought a flat in Leith") half fall below the floor, and the answer is among the three nearest pages for six in ten of
these. So a reply says that nothing clearly bears on the question, and brings the nearest few all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.embedding import ids
from memoryos.embedding.calibration import CENTRED_E5, MINILM, UNKNOWN, Calibration
from memoryos.language.dates import named_dates
from memoryos.language.phatic import is_phatic
from memoryos.language.stems import stem, words_with_stems
from memoryos.language.words import content_words
from memoryos.retrieval.query import IDF_POWER, idf

if TYPE_CHECKING:
    from memoryos.models import RankedPage
    from memoryos.retrieval.hybrid import QueryVector
    from memoryos.retrieval.query import CountedWords, Query
    from memoryos.storage.ports import SearchStore, VectorIndex

MEASURED_PAGES: Final = 10
"""So many of the best pages are measured: what bears on a query stands among them, or the ranking missed it anyway."""

COVERAGE_WEIGHT: Final = 0.8
"""Of a full coverage by many words, beside the nearness of equal texts. With `FLOOR` chosen on 273 answered questions
of two LoCoMo conversations and as many asked of the wrong one."""

_FEW_WORDS: Final = 2.0
"""As much weight as that of a word that stands in a fifth of the pages: a page that holds the one word of a query that
says next to nothing does not cover it."""

_LEAST_PAGES: Final = 50
"""A word is as rare as it would be among so many: in a memory of three pages every word is frequent."""

_FEW_PAGES: Final = 12
_OF_FEW: Final = 1.1
"""What lying in a memory of so few pages adds: among few, little tells a page that bears on a query from the others. Of
70 questions asked of the 1 to 10 pages around their answer in a LoCoMo conversation 3 in a hundred lie below the floor
then, of as many asked of other people's pages 87, of as many that have to do with nobody 96."""

_ROLES: Final = frozenset("user assistant nutzer benutzer utilisateur usuario utente пользователь 用户 用户的".split())
"""What agents call those who say "I" in the pages."""

_OF_ITS_TIME: Final = 0.2
"""What lying in the time that the query names adds."""

FLOOR: Final = 0.308
"""Below it nothing bears on a question. Of 273 questions that two LoCoMo conversations answer 3 in a hundred lie below
it, of 40 about the same people that were never answered 32, of 240 asked of the wrong conversation 150."""

_STATEMENT_FLOOR: Final = 0.08
"""Who talks instead of asking says much that no earlier page holds. Of MADial's 76 English messages one in fifty lies
below it, of 80 questions to which it holds no answer six in ten."""

_BLIND_FLOOR, _BLIND_STATEMENT_FLOOR = 0.12, 0.025
"""The same of the words alone, where no meaning is compared: the embedder is not loaded or does not know the
language."""

_SCORES: Final = Calibration(mean=0.0, spread=0.0)
"""For an embedder whose products are calibrated scores already."""

_CALIBRATIONS: Final = {ids.ONNX_MINILM: MINILM, ids.MULTILINGUAL_E5: CENTRED_E5}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is measured: its words' weights by stem, and its embedding with the calibration of its cosines.

    `is_phatic` where it greets or thanks and asks for nothing; `judges` where it asks for an opinion, to which no
    single page is the answer but all that is known of somebody; `of_few` where the memory holds few pages.
    """

    words: Mapping[str, float]
    vector: QueryVector | None
    calibration: Calibration
    is_statement: bool = False
    is_phatic: bool = False
    judges: bool = False
    of_few: bool = False

    def measure(self, stems: frozenset[str], cosine: float | None, *, more: float = 0.0) -> float:
        """How far a text with these stems and this cosine, None where unknown, bears on the query: 1 at the floor.

        `more` is what else speaks for it.
        """
        total = sum(self.words.values())
        covered = sum(weight for word, weight in self.words.items() if word in stems)
        value = COVERAGE_WEIGHT * covered / (total + _FEW_WORDS) + more
        trust = 0.0
        if self.vector is not None and cosine is not None and not np.isnan(cosine):
            trust = self.vector.trust
            value += trust * float(self.calibration.score(float(cosine)))
        return value / self.floor(trust) + (_OF_FEW if self.of_few else 0.0)

    def floor(self, trust: float) -> float:
        """What the measure is 1 at, where meaning counts by `trust`, 0-1."""
        seeing, blind = (_STATEMENT_FLOOR, _BLIND_STATEMENT_FLOOR) if self.is_statement else (FLOOR, _BLIND_FLOOR)
        return trust * seeing + (1.0 - trust) * blind


def calibration_of(embedder: str) -> Calibration:
    """What is known of the cosines of an embedder by its id."""
    return _SCORES if embedder.startswith("auto/") else _CALIBRATIONS.get(embedder, UNKNOWN)


def asked(
    query: Query,
    vector: QueryVector | None,
    store: CountedWords,
    *,
    pages: int,
    embedder: str,
    now: datetime,
    local: tzinfo | None,
) -> Asked:
    """The query of a memory of so many pages, asked `now`, as it is measured."""
    text = _without_dates(query.meaning, now, local)
    telling = frozenset(content_words(text))
    words = {
        word.stem: word
        for word in words_with_stems(text)
        if word.written not in _ROLES
        and (word.written in telling or any(character.isdigit() for character in word.written))
    }
    counts = store.pages_with(words)
    of_few = pages <= _FEW_PAGES
    pages = max(pages, _LEAST_PAGES)
    weights = {stem: idf(min(counts.get(stem, 0), pages), pages) ** IDF_POWER for stem in words}
    return Asked(
        weights,
        vector,
        calibration_of(embedder),
        is_statement=query.is_statement,
        is_phatic=is_phatic(query.text),
        judges=asks_for_judgement(query.text),
        of_few=of_few,
    )


def measure_pages(
    asked: Asked, ranked: Sequence[RankedPage], store: SearchStore, index: VectorIndex
) -> tuple[float, ...]:
    """How far each of the best `MEASURED_PAGES` bears on a query, 1 at the floor; those of a time at least so far where
    the query names nothing else."""
    best = ranked[:MEASURED_PAGES]
    cosines = _cosines(asked, [item.page.seq for item in best], store, index)
    return tuple(_measured(asked, item, cosine) for item, cosine in zip(best, cosines, strict=True))


def as_an_answer(asked: Asked, measure: float) -> float:
    """How far a page with this measure would bear on the query if that asked, in a memory of many pages.

    So what nobody asked for is measured. The floors of talk and of small memories let nearly everything through: they
    stand before a ranking that somebody looks through, who wanted it.
    """
    trust = 0.0 if asked.vector is None else asked.vector.trust
    own = measure - (_OF_FEW if asked.of_few else 0.0)
    return own * asked.floor(trust) / replace(asked, is_statement=False).floor(trust)


def _measured(asked: Asked, item: RankedPage, cosine: float | None) -> float:
    is_of_its_time = item.signals.get("dates", 0.0) > 0
    if asked.judges or "words" not in item.signals or (is_of_its_time and not asked.words):
        return 1.0  # no measure for these: what was found is brought
    return asked.measure(frozenset(map(stem, item.words)), cosine, more=_OF_ITS_TIME * is_of_its_time)


def _cosines(asked: Asked, seqs: Sequence[int], store: SearchStore, index: VectorIndex) -> Sequence[float | None]:
    """The similarity of each page, or of its better side, to the query; None without a query's embedding."""
    vector = asked.vector
    if vector is None or not vector.trust or not seqs:
        return [None] * len(seqs)
    best = np.array(index.similarities(np.array(seqs, dtype=np.int64), vector.vector), dtype=np.float32)
    sides = store.side_vectors(list(seqs))
    similar = np.einsum("ij,j->i", sides.vectors, vector.vector)
    np.fmax.at(best, sides.rows, similar)
    cosines: list[float | None] = best.tolist()
    return cosines


def _without_dates(text: str, now: datetime, local: tzinfo | None) -> str:
    """The text without the times that it names: pages carry theirs beside their words."""
    for span in sorted(named_dates(text, now, local), key=lambda span: -span.begin):
        text = f"{text[: span.begin]} {text[span.stop :]}"
    return text


_WORDS: Final = re.compile(r"[^\W\d_]+")
_POLITELY: Final = re.compile(r"\b(?:could|would) you (?:please )?(?:tell|remind|show|say|find|look|list|give|check)\b")
_JUDGEMENT: Final = frozenset({"would", "might", "could", "likely", "probably", "should"})


def asks_for_judgement(text: str) -> bool:
    """Whether a question wants something weighed rather than told."""
    return not _JUDGEMENT.isdisjoint(_WORDS.findall(_POLITELY.sub(" ", text.lower())))
