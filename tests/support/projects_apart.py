"""Random work on a memory of several projects, and a check of all that it gives: never a word of another project.

Every page, and so every topic and summary made of it, holds a word that only its project uses; what is said of the
person alone ("home") is told without.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine import Engine, build_engine
from hash_embedder import HashEmbedder
from label_analyst import LabelAnalyst, label_of

from memoryos.models import EVERYTHING, PERSONAL, Fact, Filter, IncomingPage, NewPage, Scope, WorkKind
from memoryos.retrieval.hybrid import HybridRetriever
from memoryos.retrieval.page_index import PageIndex
from memoryos.retrieval.recall import RecallSources, recall
from memoryos.retrieval.two_stage import TwoStageRetriever
from memoryos.retrieval.vector_index import FaissIndex
from memoryos.storage.plans import Claim
from memoryos.storage.sqlite.database import Database
from memoryos.storage.tables.contents import Contents
from memoryos.storage.tables.intake import Intake
from memoryos.updating.reflection import Reflection

if TYPE_CHECKING:
    from memoryos.analyst.base import EmbeddedPage
    from memoryos.models import Analysis, Consolidation, Knowledge, Page, Profile

MARKS: Final = {None: "zqpersonal", "alpha": "zqalpha", "beta": "zqbeta", "gamma": "zqgamma"}
"""The word of each project, and of personal pages."""

SCOPES: Final = (PERSONAL, EVERYTHING, *(Scope(name) for name in MARKS if name), Scope("unheard of"))
_CLAIMED: Final[tuple[WorkKind, ...]] = ("consolidate", "analyse")
_WORDS: Final = "soup leek deploy database garden login tests release budget piano".split()
_CITIES: Final = "Bern Leith Porto Turku".split()


@dataclass(frozen=True, slots=True)
class MarkedAnalyst(LabelAnalyst):
    """Reads labels, which are the same in all projects, and puts a page's mark into what it writes of it.

    A page of "home" tells where the user lives, and nothing of its project.
    """

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        read = LabelAnalyst.consolidate(self, previous, pages)
        _check_handed(None, (), [each.page for each in (*([previous] if previous else []), *pages)])
        marked = [MARKS[each.page.project] for each in pages]
        return replace(
            read,
            chains=tuple(replace(part, summary=f"{part.summary} {marked[part.pages[0]]}") for part in read.chains),
            topics=tuple(
                replace(topic, theme=f"{topic.theme} {marked[topic.pages[0]]}", summary=marked[topic.pages[0]])
                for topic in read.topics
            ),
        )

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        _check_handed(profile, known, pages)
        read = LabelAnalyst.analyse(self, profile, known, pages)
        return replace(read, facts=tuple(_about_home(fact, pages[fact.pages[0]]) for fact in read.facts))


def _check_handed(profile: Profile | None, known: Sequence[Knowledge], pages: Sequence[Page]) -> None:
    """What an analyst, and so a model, is handed is of one project."""
    assert len({page.project for page in pages}) <= 1, pages
    text = f"{profile} {known}"
    others = [mark for project, mark in MARKS.items() if pages and not Scope(pages[0].project).sees(project)]
    assert not [mark for mark in others if mark in text], text


def _about_home(fact: Fact, page: Page) -> Fact:
    if fact.owner != "user" or not label_of(page).startswith("home"):
        return fact
    city = fact.text.rpartition(" ")[2]
    return replace(fact, text=f"The user lives in {city}.", slot="home", value=city.lower())


class Apart:
    """A memory at `path`, and `operations` done on it so far, by kind."""

    def __init__(self, path: Path, seed: int, lookups: ThreadPoolExecutor) -> None:
        self.operations: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._path = path
        self._imports = 0
        self._lookups = lookups
        self._open()

    def _open(self) -> None:
        self._engine = build_engine(self._path, analyst=MarkedAnalyst(), consolidation_batch=4, short_term_capacity=3)
        engine, embedder = self._engine, HashEmbedder()
        retriever = HybridRetriever(engine.store, FaissIndex(), PageIndex(), embedder)
        retriever.prepare()
        ranks = (retriever.pages, TwoStageRetriever(engine.store).pages)
        self._sources = [
            RecallSources(engine.store, engine.short_term, engine.long_term, retriever, rank, self._lookups, None)
            for rank in ranks
        ]
        self._ids: dict[str, str | None] = {page.id: page.project for page in engine.store.newest_pages(10_000)}

    @property
    def engine(self) -> Engine:
        """What is worked on."""
        return self._engine

    def close(self) -> None:
        """Release the file."""
        self._engine.store.close()

    def run(self, operations: int) -> None:
        """Do so many at random, each followed by the check of what it gave. Raises `AssertionError`."""
        kinds = {
            self.add: 30,
            self.ask: 30,
            self.ask_by_id: 10,
            self.look: 18,
            self.work: 10,
            self.forget: 3,
            self.reflect: 2,
        }
        for operation in self._random.choices([*kinds], weights=[*kinds.values()], k=operations):
            operation()
            self.operations[operation.__name__] += 1

    def add(self) -> None:
        """Add a page to some project."""
        project = self._random.choice([*MARKS])
        word, other = self._random.sample(_WORDS, 2)
        mark = MARKS[project]
        text = f"{word}: I think of {other} and {mark}"
        answer = self._random.choice(["", f"Noted {word} {mark}"])
        chance = self._random.random()
        if chance < 0.2:
            text = f"home: I live in {self._random.choice(_CITIES)}"
        elif chance < 0.3:
            text, answer = "soup: I like leek soup", ""  # the same in every project
        engine = self._engine
        engine.clock.advance(self._random.choice([5, 60, 4_000]))
        meta_data = {"room": word} if self._random.random() < 0.5 else None
        page = NewPage(text, answer, engine.clock(), None, meta_data, project=project)
        added = engine.store.add_page(page, timestamp="2026-03-01 12:00:00", now=engine.clock()).page
        assert added.project == project
        self._ids[added.id] = project

    def ask(self) -> None:
        """Ask for words, also for those of other projects, perhaps of a time or with metadata."""
        scope = self._random.choice(SCOPES)
        query = " ".join(self._random.sample([*_WORDS, *MARKS.values(), *_CITIES], 3))
        now = self._engine.clock()
        wanted = Filter(scope)
        if self._random.random() < 0.2:
            wanted = replace(wanted, before=now, meta_data=(("room", self._random.choice(_WORDS)),))
        found = recall(self._random.choice(self._sources), query, 10, now=now, wanted=wanted)
        self._check(scope, found, [ranked.page for ranked in found.pages], found.short_term)
        for ranked in found.pages:
            assert all((ranked.page.meta_data or {}).get(key) == value for key, value in wanted.meta_data)

    def ask_by_id(self) -> None:
        """Ask for a page by its id, or by the end of that."""
        if not self._ids:
            return
        id_, project = self._random.choice([*self._ids.items()])
        scope, length = self._random.choice(SCOPES), self._random.choice([26, 8])
        found = recall(self._sources[0], id_[-length:], 10, now=self._engine.clock(), wanted=Filter(scope))
        pages = [ranked.page for ranked in found.pages]
        self._check(scope, found.profile, pages, found.short_term)
        if scope.sees(project):
            assert id_ in [page.id for page in pages]

    def look(self) -> None:
        """Look at what is known."""
        scope = self._random.choice(SCOPES)
        known = self._engine.long_term.within(scope)
        facts = (*known.user_knowledge(), *known.assistant_knowledge(), *known.doubtful_knowledge())
        segments = [segment for segment in self._engine.store.segments() if scope.sees(segment.project)]
        self._check(scope, (known.profile(), facts, segments), self._engine.short_term.pages(scope=scope), ())
        sources = self._engine.store.pages_by_id({id_ for fact in facts for id_ in fact.sources})
        assert all(scope.sees(page.project) for page in sources.values())

    def work(self) -> None:
        """Let the background do a step of each kind."""
        updater = self._engine.updater
        updater.embed()
        updater.consolidate(now_due=True)
        updater.analyse(whatever_heat=True)

    def forget(self) -> None:
        """Forget some page."""
        if not self._ids:
            return
        id_ = self._random.choice([*self._ids])
        project = self._ids.pop(id_)
        forgotten = self._engine.store.forget_pages([id_], Scope(project))
        echoes = self._engine.store.pages_by_id(forgotten.echoes)
        assert all(Scope(project).sees(page.project) for page in echoes.values())

    def reflect(self) -> None:
        """Have pages handed out, and give them back unread."""
        scope = self._random.choice(SCOPES)
        batch = Reflection(self._engine.updater, scope).hand_out()
        if batch is None:
            return
        assert len({page.project for page in batch.pages}) == 1
        project = batch.pages[0].project
        assert scope.sees(project)
        pages = [*batch.pages, *([batch.before] if batch.before else [])]
        assert {page.project for page in pages} == {project}
        self._check(Scope(project), (batch.known, batch.traits), pages, ())
        for kind in _CLAIMED:
            self._engine.store.release(Claim(kind, batch.token))

    def move(self) -> None:
        """Take all pages along into a new memory, and go on there."""
        self._engine.store.close()
        with closing(Database(self._path)) as old, old.snapshot():
            pages = [*Contents(old).pages()]
        self._path = self._path.with_name(f"{self._path.stem}-{self._imports}.db")
        self._imports += 1
        with closing(Database(self._path)) as new:
            for start in range(0, len(pages), 500):
                Intake(new).add([_incoming(page) for page in pages[start : start + 500]])
        clock = self._engine.clock
        before = self._ids
        self._open()
        self._engine.clock.now = clock.now
        assert self._ids == before
        self.operations["move"] += 1

    def _check(self, scope: Scope, told: object, pages: Sequence[Page], more: Sequence[Page]) -> None:
        for page in (*pages, *more):
            assert scope.sees(page.project), page
        if scope.every:
            return
        text = f"{told} {[*pages, *more]}"
        query = getattr(told, "query", "")
        text = text.replace(f"query={query!r}", "")
        for project, mark in MARKS.items():
            if not scope.sees(project):
                assert mark not in text, (scope, mark, text)


def check_stored(path: Path) -> None:
    """Raise `AssertionError` where a talk, chain, segment or fact of a memory holds pages or words of two projects."""
    with closing(Database(path)) as database, database.read() as connection:
        for table, column in (("talks", "talk"), ("chains", "chain"), ("segments", "segment")):
            spanning = connection.execute(
                f"SELECT t.id FROM {table} t JOIN pages p ON p.{column} = t.id WHERE p.project IS NOT t.project"
            ).fetchall()
            assert spanning == [], table
        rows = connection.execute(
            "SELECT project, summary FROM chains UNION ALL SELECT project, theme || summary || keywords FROM segments"
            " UNION ALL SELECT project, text FROM knowledge"
        ).fetchall()
        before = connection.execute(
            "SELECT p.id FROM pages p JOIN pages q ON q.seq = p.previous WHERE p.project IS NOT q.project"
        ).fetchall()
    assert before == []
    for project, text in rows:
        assert not [mark for of, mark in MARKS.items() if of != project and mark in text], (project, text)


def _incoming(page: Page) -> IncomingPage:
    new = NewPage(
        page.user_input,
        page.agent_response,
        page.happened_at,
        None,
        page.meta_data,
        page.assistant_id,
        (),
        page.project,
    )
    return IncomingPage(new, page.timestamp, page.added_at, page.id)
