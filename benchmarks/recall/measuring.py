"""Every method on every question: memories in their modes or by several weights, and baselines on the same pages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.progress import Progress

from benchmarks.common.conversations import Conversation, Question
from benchmarks.common.formats import Unit
from benchmarks.recall.asked import ask_before
from benchmarks.recall.baselines import Fusion, Meaning, Newest, Words
from benchmarks.recall.dresses import AS_ASKED, dressed
from benchmarks.recall.evidence import Listed, find
from benchmarks.recall.filled import Filled, FilledMemories, OpenMemory, moved_to
from benchmarks.recall.findings import Finding
from benchmarks.recall.kept import KeptFindings
from benchmarks.recall.memories import Ranking
from benchmarks.recall.methods import MAX_RESULTS, Baseline, Method, Ranker, ThroughMemory

if TYPE_CHECKING:
    from memoryos.embedding import OnDemandEmbedder
    from memoryos.models import Matrix
    from memoryos.retrieval.scoring import Weights

MODES: Final = ("hybrid", "two_stage")
BASELINES: Final = ("bm25", "dense", "fusion", "recent")

_NO_WEIGHTS: Final[Mapping[str, Weights]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Put:
    """How questions are put: how often each was asked before in vain, in which dress, and what counts as found."""

    asked: int = 0
    dress: str = AS_ASKED
    unit: Unit = "page"

    @property
    def name(self) -> str:
        """A name for findings to be kept under."""
        return f"asked {self.asked} times before, {self.dress}, by {self.unit}"


@dataclass(frozen=True, slots=True)
class Measuring:
    """Measures `methods`, those of `MODES` and `BASELINES`, or instead the ranking alone by several named `weights`.

    Memories are filled by `open_memory` and kept by `memories`; `store` is the URL of a database to ask them in. For
    weights so many `places` are ranked.
    """

    memories: FilledMemories
    open_memory: OpenMemory
    embedder: OnDemandEmbedder
    methods: Sequence[str] = ()
    weights: Mapping[str, Weights] = field(default_factory=lambda: _NO_WEIGHTS)
    places: int = MAX_RESULTS
    put: Put = Put()
    store: str | None = None
    findings: KeptFindings | None = None

    def measured(self, set_name: str, talks: Iterable[Conversation], progress: Progress) -> Iterator[Finding]:
        """What each method finds for each question, by method; of what is kept nothing is asked again."""
        for talk in talks:
            names = self.weights or self.methods
            found = {name: self._kept(set_name, talk.id, name) for name in names}
            missing = [name for name, kept in found.items() if kept is None]
            new = self._asked(set_name, dressed(talk, self.put.dress), missing, progress) if missing else {}
            for name, kept in found.items():
                yield from self._newly(set_name, talk.id, name, new[name]) if kept is None else kept

    def _kept(self, set_name: str, talk: str, method: str) -> list[Finding] | None:
        kept = None if self.findings is None else self.findings.of(set_name, talk, self._key(method))
        return None if kept is None else [replace(finding, method=method) for finding in kept]

    def _newly(self, set_name: str, talk: str, method: str, found: Sequence[Finding]) -> Sequence[Finding]:
        if self.findings is not None:
            self.findings.keep(set_name, talk, self._key(method), found)
        return found

    def _key(self, method: str) -> str:
        # Weights have names only within a table.
        return f"{MODES[0]} by {self.weights[method]!r} for {self.places} places" if self.weights else method

    def _asked(
        self, set_name: str, talk: Conversation, names: Sequence[str], progress: Progress
    ) -> dict[str, list[Finding]]:
        pages = progress.add_task(f"{set_name} {talk.id}: pages", total=len(talk.pages))
        questions = progress.add_task(f"{set_name} {talk.id}: questions", total=len(talk.questions))
        stands_for = _StandsFor(_sessions(talk) if self.put.unit == "session" else talk.twins())
        found: dict[str, list[Finding]] = {name: [] for name in names}
        baselines = self._baselines(names)
        added = 0
        memories = self._filled(talk, names, partial(progress.advance, pages))
        for memory, (asked_after, asked) in zip_longest(memories, talk.rounds()):
            for baseline in baselines:
                baseline.add(talk.pages[added:asked_after])
            added = asked_after
            nowhere = [question for question in talk.unanswerable if question.asked_after == asked_after]
            with ExitStack() as stack:
                through = self._through(memory, talk, asked, names, stack) if memory else []
                compared: Sequence[Method] = (*through, *baselines)
                for question in asked:
                    for method in compared:
                        found[method.name].append(self._finding(set_name, talk, question, method, stands_for))
                    progress.advance(questions)
                for question in () if self.weights else nowhere:
                    for method in through:
                        found[method.name].append(self._finding(set_name, talk, question, method, stands_for))
        return found

    def _filled(self, talk: Conversation, names: Sequence[str], advance: Callable[[int], None]) -> Iterable[Filled]:
        """The memories to ask, one for each round of questions; none where only baselines are compared."""
        if self.weights or not set(MODES).isdisjoint(names):
            return self.memories.of(talk, advance)
        return ()

    def _baselines(self, names: Sequence[str]) -> list[Baseline]:
        """Those asked for, without a page."""
        embedded: dict[str, Matrix] = {}
        rankers: dict[str, Callable[[], Ranker]] = {
            "bm25": Words,
            "dense": lambda: Meaning(self.embedder, embedded),
            "fusion": lambda: Fusion((Words(), Meaning(self.embedder, embedded))),
            "recent": Newest,
        }
        return [Baseline(name, rankers[name]()) for name in BASELINES if name in names]

    def _through(
        self, filled: Filled, talk: Conversation, asked: Sequence[Question], names: Sequence[str], stack: ExitStack
    ) -> list[ThroughMemory]:
        """The memory's rankings, of a copy that ends with `stack`; the questions are asked of it before, if wanted."""
        settings = filled.copied_to(temporary_folder(stack) / "data")
        if self.store:
            settings = moved_to(self.store, settings, stack)
        if self.weights:
            retrieve = Ranking(settings, self.embedder, stack).retrieve
            return [
                ThroughMemory(name, partial(retrieve, weights=self.weights[name]), filled.page_of, self.places)
                for name in names
            ]
        methods = []
        left: Mapping[str, str] = {}
        for mode in MODES:
            if mode in names:
                memory = self.open_memory({**settings, "retrieval_mode": mode}, stack)
                memory.wait_until_idle()
                # The modes share the copy, and what was asked of it.
                left = left or ask_before(memory, asked, self.put.asked, talk)
                methods.append(ThroughMemory(mode, memory.retrieve, {**left, **filled.page_of}))
        return methods

    def _finding(
        self, set_name: str, talk: Conversation, question: Question, method: Method, stands_for: Mapping[str, str]
    ) -> Finding:
        # A talk of the past is asked about in the past: "last week" is seen from its newest page.
        answer = method.ask(question.text, question.asked_at or talk.newest_time(question.asked_after))
        listed = _each_once(answer.listed, stands_for) if self.put.unit == "session" else answer.listed
        return Finding(
            set_name=set_name,
            conversation=talk.id,
            question=question.id,
            category=question.category,
            method=method.name,
            found=find(question.evidence, listed, stands_for),
            seconds=answer.seconds,
            reply_tokens=answer.reply_tokens,
            language=talk.language,
            bears=answer.bears,
        )


def temporary_folder(stack: ExitStack) -> Path:
    """A folder that ends with `stack`."""
    # On Windows a memory's files can be removed only after it ended, so the folder is entered first.
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="memoryos-recall-")))


class _StandsFor(dict[str, str]):
    """For each page the one that stands for it: itself where nothing else is known, as for what questions left."""

    def __missing__(self, page: str) -> str:
        return page


def _sessions(talk: Conversation) -> dict[str, str]:
    """For each page the first of its session."""
    first: dict[str, str] = {}
    return {page.id: first.setdefault(talk.sessions[page.id], page.id) for page in talk.pages}


def _each_once(listed: Iterable[Listed], stands_for: Mapping[str, str]) -> list[Listed]:
    """The list with the first page of each session alone, so that places are those of sessions."""
    first: dict[str, Listed] = {}
    for page in listed:
        first.setdefault(stands_for[page.page], page)
    return list(first.values())
