"""From a query to what is worth reading: candidates by meaning, words and dates, scored together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

import numpy as np

from memoryos.errors import EmbeddingError, EmbeddingRefusalError
from memoryos.language.sessions import SPEAKER_CALLS, SpeakerNames, speakers
from memoryos.language.sizes import tokens
from memoryos.models import EVERYTHING, Filter, RankedPage
from memoryos.retrieval import scoring
from memoryos.retrieval.candidates import Candidates, by_words, find, of_dates
from memoryos.retrieval.query import Query, read_query
from memoryos.retrieval.scoring import Signals, Weights
from memoryos.retrieval.spreading import SPREAD_PAGES, Placed, spread
from memoryos.retrieval.telling import Telling, forms_shared
from memoryos.retry import QUERY, Rest
from memoryos.storage.index_rows import stem_id

if TYPE_CHECKING:
    from memoryos.embedding.base import Embedder
    from memoryos.models import Vector
    from memoryos.retrieval.filtering import Seen
    from memoryos.retrieval.page_index import Outlines, PageIndex
    from memoryos.storage.ports import SearchStore, VectorIndex

_log = logging.getLogger(__name__)

CANDIDATES: Final = 64
"""Pages taken from each of meaning and words; 200 of each change no figure of `benchmarks/recall.py` by a point."""

BY_SCORE: Final = 2 * CANDIDATES
"""So many pages stand in the order of their scores. Who asks for more wants all that bear on the query: these come
before those that have their score from their talk alone, and candidates are looked for until they are all there."""

_SIDES: Final = 16
"""So many of the best pages are compared by their sides, too; for the others the whole page stands in. Twice as many
move no figure of `benchmarks/recall.py` by more than 0.6 points, and their sides take twice as long to read."""

_READINGS: Final = 4
"""So often the best candidates are read for what they tell, and ordered anew where some tell nothing."""

_MARGIN: Final = 4
"""So many more than are asked for are read."""

_MANY_EMPTY: Final = 0.2
_DEEPER: Final = 4
"""Where more than such a share of the pages read tells nothing, so many times as many candidates are looked at."""

_READABLE: Final = 0.5
"""The trust from which the same meaning tells the same question; below, all texts are alike to the model."""

_BESIDE: Final = 0.4
"""The score of the best page where the query names a day of which there is none."""

_SEEDS: Final = 12
"""For a statement the talk around so many of the best candidates is looked at."""

_LOAD_SECONDS: Final = 1.0

_ALL: Final = Filter(EVERYTHING)

NOBODY: Final = SpeakerNames(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class QueryVector:
    """The query's embedding and how far 0-1 it can be trusted."""

    vector: Vector
    trust: float


@dataclass(slots=True)
class HybridRetriever:
    """Ranks pages and facts for a query; reads, never writes.

    `local` is the zone in which the days of a query are counted (None: the machine's). `is_at_hand` tells whether a
    query by meaning can be answered without loading anything: such a one does not wait for `prepare`.
    """

    store: SearchStore
    index: VectorIndex
    outlines: PageIndex
    embedder: Embedder
    local: tzinfo | None = None
    weights: Weights = field(default_factory=Weights)
    is_at_hand: Callable[[], bool] = bool
    _prepared: threading.Event = field(default_factory=threading.Event)
    # Set once it was prepared, or could not be, or a query waited for that in vain: from then on none waits.
    _awaited: threading.Event = field(default_factory=threading.Event)
    _rest: Rest = field(default_factory=lambda: Rest(QUERY))

    def prepare(self) -> bool:
        """Load the embedder and the index; False when they were loaded before. Raises `EmbeddingError`."""
        if self._prepared.is_set():
            return False
        try:
            self.store.use_embedder(self.embedder.id, self.embedder.dim)
            self.outlines.refresh(self.store)
            self.index.refresh(self.store)
            self._prepared.set()
        finally:
            self._awaited.set()
        return True

    def _begin(self) -> None:
        """Make ready for queries by meaning what needs no loading; a query loads the outlines in any case."""
        self.store.use_embedder(self.embedder.id, self.embedder.dim)
        self._prepared.set()
        self._awaited.set()

    def read(self, text: str) -> Query:
        """The query that a text is."""
        return read_query(text, self._speakers() if self.weights.speakers else NOBODY)

    def _speakers(self) -> SpeakerNames:
        return speakers(self.store.names_called(SPEAKER_CALLS))

    def embed(self, query: Query) -> QueryVector | None:
        """The query's embedding; None while the model is not there or fails, and pages are found by words."""
        if not self._prepared.is_set() and self.is_at_hand():
            self._begin()
        if not self._awaited.wait(_LOAD_SECONDS):
            self._awaited.set()
        if not self._prepared.is_set() or not self._rest.is_over:
            return None
        try:
            return self._vector(query)
        except EmbeddingRefusalError as error:
            _log.warning("a query is answered by words: %s", error)
            return None
        except EmbeddingError as error:
            # An endpoint that is down must not make every query wait for it.
            seconds = self._rest.failed()
            _log.warning("queries are answered by words for %d s: %s", seconds, error)
            return None

    def _vector(self, query: Query) -> QueryVector:
        unknown = 1.0 - self.embedder.known_share(query.meaning)
        trust = min(1.0, max(0.0, 1.0 - self.weights.distrust * unknown))
        return QueryVector(self.embedder.embed_query(query.meaning), trust)

    def find(self, query: Query, now: datetime, wanted: Filter = _ALL) -> Candidates:
        """What the words and dates of a query asked `now` find in the pages `wanted`; needs no embedding of it."""
        with self.store.snapshot():
            self.outlines.refresh(self.store)
            seen = self.outlines.seen(self.store, wanted)
            if seen is None:
                return find(query, self.store, len(self.outlines), self.local, 2 * CANDIDATES, now=now)
            return replace(find(query, seen, len(seen), self.local, 2 * CANDIDATES, now=now), seen=seen)

    def pages(self, query: Query, vector: QueryVector | None, limit: int, found: Candidates) -> tuple[RankedPage, ...]:
        """The best pages, best first; `found` is what `find` gives for the query."""
        with self.store.snapshot():
            return self._ranked(query, vector, limit, found)

    def _ranked(
        self, query: Query, vector: QueryVector | None, limit: int, found: Candidates
    ) -> tuple[RankedPage, ...]:
        depth = CANDIDATES
        view = self._view(query, vector, found, depth)
        wanted = min(limit - 1, found.pages)  # the last one is asked for to know whether there are more
        while depth < wanted and (len(view.outlines.seqs) < wanted or limit > BY_SCORE):
            depth *= _DEEPER
            view = self._deeper(view, depth, limit)
        if not len(view.outlines.seqs):
            return ()
        signals = self._read(view, limit)
        if np.count_nonzero(view.telling.told == 0) > _MANY_EMPTY * len(view.telling.pages):
            # What was asked before takes the places of what answers it.
            view = self._deeper(view, _DEEPER * depth, limit)
            signals = self._read(view, limit)
        signals = scoring.in_order(self._with_sides(view, signals), view.outlines, found.order)
        return self._told(view, signals, limit)

    def _view(self, query: Query, vector: QueryVector | None, found: Candidates, depth: int) -> _View:
        """The candidates of a query, so many from each of meaning and words, and how they match."""
        near = self._near(vector, depth, found.seen)
        outlines = self._around(query, found, near, depth)
        words = _words(outlines, found)
        similarity = np.zeros_like(words.bm25)
        if vector is not None and vector.trust:
            similarity = self.index.similarities(outlines.seqs, vector.vector)
        readable = vector is not None and vector.trust >= _READABLE
        telling = Telling(
            store=self.store,
            outlines=outlines,
            terms=found.terms,
            vector=vector.vector if vector is not None and readable else None,
            is_statement=query.is_statement,
            bm25=words.bm25.copy() if found.terms or readable else self._by_forms(query, outlines),
            similarity=similarity,
            told=np.ones_like(words.bm25),
        )
        return _View(query, vector, found, outlines, words, telling)

    def _by_forms(self, query: Query, outlines: Outlines) -> scoring.Signal:
        """How well the words of pages begin like the query's: the last resort."""
        pages = self.store.pages(np.sort(outlines.seqs)[-CANDIDATES:].tolist())
        shares = [
            forms_shared(query.meaning, f"{page.user_input} {page.agent_response}") if (page := pages.get(seq)) else 0.0
            for seq in outlines.seqs.tolist()
        ]
        return np.array(shares, dtype=np.float32)

    def _deeper(self, view: _View, depth: int, limit: int) -> _View:
        """The same with so many candidates from each of meaning and words, the newest where they are too few."""
        found, store = view.found, view.found.seen or self.store
        everything = 2 * depth if limit > BY_SCORE else 0
        found = replace(found, by_words=by_words(found.terms, store, 2 * depth, least=everything))
        if everything:
            found = replace(found, dated=of_dates(found.ranges, store, least=everything)[1])
        return self._view(view.query, view.vector, found, depth)

    def _read(self, view: _View, limit: int) -> Signals:
        """The parts of each page's score, once the best pages were read for what they tell."""
        for _ in range(_READINGS):
            signals = self._signals(view)
            best = np.argsort(-signals.total, kind="stable")[: max(min(limit, BY_SCORE), _SIDES) + _MARGIN]
            if not view.telling.read(best.tolist()):
                break
        return signals

    def _told(self, view: _View, signals: Signals, limit: int) -> tuple[RankedPage, ...]:
        """The best pages with their parts of the score and the words that they hold."""
        total = signals.total
        if view.found.is_beside:
            total = total * np.float32(_BESIDE)
        order = _in_order(total, signals)[: max(limit, SPREAD_PAGES)]
        seqs = view.outlines.seqs
        pages = view.telling.pages
        if unread := [int(seqs[row]) for row in order if int(seqs[row]) not in pages]:
            pages = {**pages, **self.store.pages(unread)}
        # Another thread may have brought the caches a page that was added after this one's snapshot.
        there = [row for row in order if int(seqs[row]) in pages]
        placed = [
            Placed(float(total[row]), int(view.outlines.talks[row]), tokens(pages[int(seqs[row])].text))
            for row in there
        ]
        chosen = (there[position] for position in spread(placed, collects=view.query.collects))
        matched = sorted(zip(view.found.terms, view.words.hits, strict=True), key=lambda matched: matched[0].pages)
        return tuple(
            RankedPage(
                page=pages[int(seqs[row])],
                score=place.score,
                signals={name: float(getattr(signals, name)[row]) for name in _SIGNAL_NAMES},
                words=tuple(term.word.written for term, hit in matched if hit[row]),
            )
            # Scores belong to places: what stands above another page is never told to be worth less.
            for place, row in zip(placed[:limit], chosen, strict=False)
        )

    def _near(self, vector: QueryVector | None, depth: int, seen: Seen | None) -> dict[int, float]:
        """The pages nearest in meaning, with their cosines."""
        if vector is None or vector.trust == 0:
            return {}
        self.index.refresh(self.store)
        return dict(self.index.search(vector.vector, depth, None if seen is None else seen.seqs))

    def _candidates(self, near: Mapping[int, float], found: Candidates, depth: int) -> set[int]:
        """Pages near in meaning, with rare words of the query, or of its dates; where they are too few, the newest."""
        # What meaning leaves, words may fill: in a language that the model does not know they are all there is.
        candidates = {*near, *found.by_words[: 2 * depth - len(near)], *found.dated}
        if len(candidates) >= depth - CANDIDATES and candidates:
            return candidates
        if found.seen is not None:
            return candidates.union(found.seen.newest(depth))
        return candidates | {page.seq for page in self.store.newest_pages(depth)}

    def _around(self, query: Query, found: Candidates, near: Mapping[int, float], depth: int) -> Outlines:
        """The outlines of candidates and their neighbours; for a statement also of the talk around the best ones."""
        candidates = self._candidates(near, found, depth)
        outlines = self.outlines.of(candidates, candidates, 1, seen=found.seen)
        if not query.is_statement or not len(outlines.seqs):
            return outlines
        words = _words(outlines, found).bm25
        least = min(near.values(), default=0.0)
        similarity = np.array([near.get(seq, least) for seq in outlines.seqs.tolist()], dtype=np.float32)
        first = words / (words.max(initial=0.0) or 1.0) + similarity / (np.ptp(similarity) or 1.0)
        seeds = outlines.seqs[np.argsort(-first, kind="stable")[:_SEEDS]].tolist()
        return self.outlines.of(outlines.seqs.tolist(), seeds, scoring.TALK_REACH, seen=found.seen)

    def _instead(self, view: _View) -> scoring.Signal:
        """What counts for pages without vectors, of which words are all that is known: what no page has is no reason to
        think less of them."""
        return scoring.relative_words(view.telling.bm25, view.words.held, view.trust, self.weights)

    def _signals(self, view: _View) -> Signals:
        """The parts of each page's score, its sides left out."""
        telling, trust = view.telling, view.trust
        likely = scoring.relative_words(telling.bm25, view.words.full, trust, self.weights)
        instead = self._instead(view)
        likely = np.where(np.isnan(telling.similarity), instead, likely)
        page = scoring.relative_meaning(telling.similarity, instead, view.found.pages) * np.float32(trust)
        return scoring.combine(
            view.outlines,
            likely,
            page,
            names=view.words.names,
            dates=scoring.date_signal(view.outlines, view.found.ranges),
            told=telling.told,
            trust=trust,
            is_statement=view.query.is_statement,
            pages=view.found.pages,
            weights=self.weights,
        )

    def _with_sides(self, view: _View, signals: Signals) -> Signals:
        """The parts of each page's score, the better sides of the best pages among them."""
        vector, telling = view.vector, view.telling
        if vector is None or not view.trust:
            return signals
        best = np.argsort(-signals.total, kind="stable")[:_SIDES]
        sides = self.store.side_vectors(view.outlines.seqs[best].tolist())
        similarity = telling.similarity.copy()
        similarity[best] = scoring.better_side(sides, vector.vector, view.query.about, len(best), self.weights)
        for row, answer in telling.answers.items():
            similarity[row] = answer
        instead = self._instead(view)
        page = scoring.relative_meaning(telling.similarity, instead, view.found.pages) * np.float32(view.trust)
        side = scoring.relative_meaning(similarity, instead, view.found.pages) * np.float32(view.trust)
        return replace(signals, meaning=scoring.weighted_meaning(page, side, self.weights))


@dataclass(frozen=True, slots=True)
class _View:
    """The candidates of a query, how its words match them, and what they tell as far as they were read."""

    query: Query
    vector: QueryVector | None
    found: Candidates
    outlines: Outlines
    words: scoring.Words
    telling: Telling

    @property
    def trust(self) -> float:
        """How far meaning counts, 0-1."""
        return 0.0 if self.vector is None else self.vector.trust


def _words(outlines: Outlines, found: Candidates) -> scoring.Words:
    terms = found.terms
    return scoring.match_words(
        outlines,
        stems=np.array([stem_id(term.word.stem) for term in terms], dtype=np.uint32),
        weights=np.array([term.weight for term in terms], dtype=np.float32),
        is_name=np.array([term.is_name for term in terms], dtype=bool),
        absent=found.absent,
    )


def _in_order(total: scoring.Signal, signals: Signals) -> list[int]:
    """The rows by their score; behind the first `BY_SCORE` those that bear on the query by themselves come first."""
    order = np.argsort(-total, kind="stable")
    first, rest = order[:BY_SCORE], order[BY_SCORE:]
    bears = (signals.words + signals.meaning + signals.dates > 0)[rest]
    rows: list[int] = np.concatenate([first, rest[bears], rest[~bears]]).tolist()
    return rows


_SIGNAL_NAMES: Final = ("words", "meaning", "neighbours", "talk", "dates")


def visited(pages: Sequence[RankedPage]) -> Mapping[int, int]:
    """The segments that these pages belong to, each visited once."""
    return {ranked.page.segment: 1 for ranked in pages if ranked.page.segment is not None}
