"""The values that pass between the parts: frozen, slotted, changed by `dataclasses.replace`.

All times are aware UTC datetimes; a `timestamp` beside one is the text as the caller gave it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from memoryos.walk import Walk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    """One embedding: float32[dim], unit length."""
    Matrix = NDArray[np.float32]
    """Embeddings, one a row: float32[n, dim]."""

Metadata = Mapping[str, object]
"""A JSON object given with a page and returned with it, never interpreted."""

AnalysisKind = Literal["model", "extractive"]
"""How something was derived: a language model wrote it, or ("extractive") it is sentences taken over as they stand."""

Owner = Literal["user", "assistant"]
"""The one whom a piece of knowledge is about."""

Author = Literal["rule", "model", "agent", "person"]
"""Who put a fact into words: the judge of statements, a language model, the calling agent, or a person, whose word
stands above the others'."""

FactState = Literal["current", "doubtful", "ended", "retired"]
"""Whether a fact holds: nobody knows (`doubtful`), it held once (`ended`), or the user took it back (`retired`)."""

Change = Literal["holds", "changed", "ended", "planned"]
"""How a statement stands to time."""

WorkKind = Literal["embed", "read", "consolidate", "analyse"]
"""The kinds of background work on a memory."""


EVERY_PROJECT: Final = "*"
"""Stands for all projects where one is asked for by name."""

OF_PROJECT: Final = "project:"
"""So what is never to be remembered begins where it is all that belongs to a project, whose name follows."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen, by its project: what belongs to none, the personal, and what belongs to `project`.

    With `every` it is all there is.
    """

    project: str | None = None
    every: bool = False

    def sees(self, project: str | None) -> bool:
        """Whether what belongs to a project, or (None) to none, may be seen."""
        return self.every or project is None or project == self.project


PERSONAL: Final = Scope()
EVERYTHING: Final = Scope(every=True)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a recall may bring: pages in `scope` that happened from `after` until `before`, both included.

    Of their metadata each pair of `meta_data` must be true: a key of the object, and its value as text.
    """

    scope: Scope = PERSONAL
    after: datetime | None = None
    before: datetime | None = None
    meta_data: tuple[tuple[str, str], ...] = ()

    def spans(self, moment: datetime) -> bool:
        """Whether a moment lies within its time."""
        return (self.after is None or self.after <= moment) and (self.before is None or moment <= self.before)


@dataclass(frozen=True, slots=True)
class ToldFact:
    """What an agent says that an exchange tells about the user; `replaces` is the id of the fact it corrects, or the
    end of that id."""

    text: str
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class QueuedFact:
    """A told fact that waits to be checked, with the seq of its page."""

    id: int
    page: int
    fact: ToldFact


@dataclass(frozen=True, slots=True)
class Turn:
    """A client's turn: an id that no other turn has, when it was asked and when answered.

    `other_ids` are those by which it may have been told before; a transcript names a turn in more than one way.
    """

    id: str
    begun_at: datetime
    ended_at: datetime
    other_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPage:
    """One exchange on its way in, with what an agent says that it tells; `timestamp` is None where none was given.

    `project` is the one that it belongs to, None where it is personal; `turn` is set where a hook or a
    client's transcript brings it: a turn is one page, whoever brings it.
    """

    user_input: str
    agent_response: str
    happened_at: datetime
    timestamp: str | None = None
    meta_data: Metadata | None = None
    assistant_id: str | None = None
    facts: tuple[ToldFact, ...] = ()
    project: str | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class IncomingPage:
    """A page to import: `shown` is the timestamp that replies show, `id` is None where the page brought none."""

    page: NewPage
    shown: str
    added_at: datetime
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One exchange {user input Q, agent response R, timestamp T} (paper, section 3.1).

    `seq` orders pages by arrival; `previous` is the seq of the page before in the same project. Until the page is
    consolidated, `chain` and `segment` are None and `meta_info`, the running summary of its chain, is "".
    `assistant_id` is None where nobody noted it (pages of older versions, imports), `project` where it is personal.
    `turn` is the id of the client's turn that it is, where a hook or a transcript told that.
    """

    seq: int
    id: str
    user_input: str
    agent_response: str
    timestamp: str
    happened_at: datetime
    added_at: datetime
    meta_data: Metadata | None = None
    previous: int | None = None
    chain: int | None = None
    segment: int | None = None
    analysed: bool = False
    meta_info: str = ""
    assistant_id: str | None = None
    project: str | None = None
    turn: str | None = None

    @property
    def text(self) -> str:
        """Both sides, one below the other; an empty side is left out."""
        return "\n".join(side for side in (self.user_input, self.agent_response) if side)


@dataclass(frozen=True, slots=True)
class Added:
    """What `add_memory` answers: the stored page, and whether it was there already (a client's retry)."""

    page: Page
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten: pages, the facts and traits that stood on them, and (`regrouped`) the other pages of
    their topics, which are grouped again.

    `echoes` are the ids of stored pages that repeat a number or a name of what is forgotten, oldest first: the agent's
    answer with the phone number, for one. `overwritten`: nothing of it is left in the files. While somebody reads them
    it stays in the write-ahead log, where the background work overwrites it within about a minute of the reader's
    leaving.
    """

    pages: int
    facts: int
    traits: int
    regrouped: int
    echoes: tuple[str, ...] = ()
    overwritten: bool = True

    def __str__(self) -> str:
        told = f"{self.pages} pages forgotten, with {self.facts} facts and {self.traits} traits"
        if self.echoes:
            told += f"; other pages repeat what they said: {', '.join(self.echoes)}"
        return told


@dataclass(frozen=True, slots=True)
class Selection:
    """Which pages to forget, by exactly one of: their ids, a segment, words, a time, or all there are.

    `about` chooses the pages with a sentence that holds all of these words; a time begins at `start` and ends before
    `end`, either of which may be open.
    """

    pages: tuple[str, ...] = ()
    segment: int | None = None
    about: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class ForgetPreview:
    """What forgetting would take, exactly: the counts of `Forgotten`, with the topics that are taken apart.

    `shown` are the first of the pages, oldest first. `token` stands for all of it: forgetting with it is refused where
    anything of that has changed since.
    """

    pages: int
    facts: int
    traits: int
    topics: int
    regrouped: int
    echoes: tuple[str, ...]
    shown: tuple[Page, ...]
    token: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """A rule that was added: what is never to be remembered, and how many facts and traits about it were dropped.

    `pages` are stored already and mention it; they stay until somebody forgets them.
    """

    about: str
    facts: int
    traits: int
    pages: int


@dataclass(frozen=True, slots=True)
class Audit:
    """Who changed what, and when; `ref` is the id of a fact, `count` how many were concerned. It never holds text."""

    at: datetime
    actor: str
    action: str
    ref: str | None
    count: int


@dataclass(frozen=True, slots=True)
class PageVectors:
    """The embeddings of one page, a row for each window of its text.

    `windows` float32[n, dim], n >= 1; `user_side` and `agent_side` have no row where that side is empty.
    """

    seq: int
    windows: Matrix
    user_side: Matrix
    agent_side: Matrix


@dataclass(frozen=True, slots=True)
class Segment:
    """Pages of one topic in mid-term memory (paper, section 3.2), all of one project or (None) all personal."""

    id: int
    theme: str
    summary: str
    keywords: tuple[str, ...]
    n_visit: int
    l_interaction: int
    last_visit_at: datetime
    pages: int
    first_page_at: datetime
    last_page_at: datetime
    analysis: AnalysisKind
    archived_at: datetime | None = None
    vector: Vector | None = field(default=None, compare=False, repr=False)
    project: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentVisits:
    """What the heat of a segment is made of, read without its text and its vector."""

    id: int
    n_visit: int
    l_interaction: int
    last_visit_at: datetime


@dataclass(frozen=True, slots=True)
class SegmentContent:
    """A segment with the ids of its pages, in order of arrival."""

    segment: Segment
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainContent:
    """Pages of one talk (paper, section 3.2): its summary and their ids, in order of arrival."""

    summary: str
    analysis: AnalysisKind
    pages: tuple[str, ...]
    project: str | None = None


@dataclass(frozen=True, slots=True)
class ChainPart:
    """Consecutive pages of a batch that belong to one talk.

    `pages` are positions in the batch; `continues` is true where the talk began before the batch.
    """

    pages: tuple[int, ...]
    continues: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Pages of a batch about one theme; `pages` are positions in the batch."""

    theme: str
    keywords: tuple[str, ...]
    summary: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """An analyst's reading of a batch: every page in exactly one chain part and exactly one topic."""

    chains: tuple[ChainPart, ...]
    topics: tuple[Topic, ...]
    analysis: AnalysisKind


@dataclass(frozen=True, slots=True)
class Trait:
    """One preference dimension of the user, rated from what was said."""

    dimension: str
    level: Literal["High", "Medium", "Low"]
    evidence: str
    happened_at: datetime
    timestamp: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A piece of knowledge an analyst found; `pages` are positions in the batch it read.

    `replaces` is the id of the known fact it corrects. `slot`, `value`, `subject` and the times are those of
    `Knowledge`, `change` says whether it tells that something is no longer as it was, `meaning` is the vector of its
    sentence by the shipped embedding model. What is not `sure` is kept only where it takes the place of a known fact.
    """

    owner: Owner
    text: str
    pages: tuple[int, ...]
    replaces: str | None = None
    slot: str | None = None
    value: str | None = None
    subject: str | None = None
    author: Author = "rule"
    change: Change = "holds"
    held_from: datetime | None = None
    held_until: datetime | None = None
    sure: bool = True
    meaning: Vector | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Amendment:
    """The user takes back or puts right what was said just before; `page` is a position in the batch.

    The `value` is what it should have been ("typo, I meant 34": "34"), None where it is taken back.
    """

    page: int
    text: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Statements:
    """What the user, and the one they talk to, say of themselves in pages, page by page in the order of each."""

    told: tuple[Fact | Amendment, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a segment's pages say about the user and the assistant: changed traits and new facts.

    `refused` has a short reason for each statement of a model that is not believed.
    """

    traits: tuple[Trait, ...]
    facts: tuple[Fact, ...]
    analysis: AnalysisKind
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A stored fact with its date and the ids of the pages it came from.

    It was said at `happened_at`, held from `held_from` until `held_until` (None: not known, or still), and was known to
    the memory from `learned_at` on, when the page that says it was added. `subject` is "user", "we" or one of the
    user's people; `slot` what it is about ("home", "job"), `value` what fills that, both None where it is not known.
    `doubted_by` is the id of the fact for which it is doubtful or ended. What is `pinned` is always shown. `project` is
    None for a fact about the person, which is known everywhere.
    """

    id: str
    owner: Owner
    text: str
    timestamp: str
    happened_at: datetime
    sources: tuple[str, ...]
    analysis: AnalysisKind
    assistant_id: str | None = None
    superseded_by: str | None = None
    archived_at: datetime | None = None
    vector: Vector | None = field(default=None, compare=False, repr=False)
    slot: str | None = None
    value: str | None = None
    subject: str | None = None
    author: Author = "rule"
    state: FactState = "current"
    held_from: datetime | None = None
    held_until: datetime | None = None
    learned_at: datetime | None = None
    doubted_by: str | None = None
    pinned: bool = False
    project: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether it holds as far as is known and is not put away."""
        return self.state == "current" and self.superseded_by is None and self.archived_at is None


@dataclass(frozen=True, slots=True)
class Profile:
    """The user as known so far: a readable text, and the traits behind it."""

    text: str
    traits: tuple[Trait, ...]
    analysis: AnalysisKind


@dataclass(frozen=True, slots=True)
class RankedPage:
    """A page that a query found, with its score: 1 for the best page, in the mode `two_stage` the cosine.

    `signals` are the weighted parts of the score before it is scaled: words, meaning, neighbours, talk, dates, or id
    for a page that was asked for by its id. `words` are the query's words that the page holds, rarest first.
    `outdated_by` is the id of the page that says what took the place of a fact of this one, None where nothing did.
    `bearing` is how far it bears on the query as an answer does, 1 at the floor of questions; None where it was not
    measured.
    """

    page: Page
    score: float
    signals: Mapping[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    outdated_by: str | None = None
    bearing: float | None = None

    @property
    def bears(self) -> bool:
        """Whether it bears on the query at all, by its own words, meaning or time: what it has from its talk is no more
        than a reason to stand before others. What was brought for another reason than the query does."""
        return not self.signals or any(self.signals.get(name, 0.0) > 0.0 for name in _ITS_OWN)


_ITS_OWN: Final = ("words", "meaning", "dates", "id")


@dataclass(frozen=True, slots=True)
class RankedKnowledge:
    """A fact that a query found, with its score in 0-1; `bearing` is that of a `RankedPage`."""

    knowledge: Knowledge
    score: float
    bearing: float | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """Everything the memory finds for a query: `pages` best first, `short_term` in order of arrival.

    The facts are those that bear on it. `bears` says the same of the pages, which are the nearest in any case: false
    where none does, and for a greeting (`is_phatic`). `by_words_only` where meaning was not compared, because the
    embedder is still loading or out of order; `not_embedded` counts what meaning does not find yet. `left_out` is
    whether pages of projects were passed over, where none was asked for. `walk` is what was brought of the pages before
    these, and `more` whether further ones bear on the query, which `collects` where it asks for all that there is.
    """

    query: str
    profile: Profile
    short_term: tuple[Page, ...]
    pages: tuple[RankedPage, ...]
    user_knowledge: tuple[RankedKnowledge, ...]
    assistant_knowledge: tuple[RankedKnowledge, ...]
    bears: bool = True
    is_phatic: bool = False
    collects: bool = False
    by_words_only: bool = False
    not_embedded: int = 0
    left_out: bool = False
    walk: Walk | None = field(default=None, compare=False)
    more: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether it follows another one: then it brings pages alone."""
        return self.walk is not None and self.walk.goes_on

    def cursor(self, shown: Collection[Page] | None = None) -> str | None:
        """What `retrieve` goes on with, once these of its pages were shown (None: all); None where nothing is left."""
        if self.walk is None:
            return None
        seqs = {page.seq for page in ([item.page for item in self.pages] if shown is None else shown)}
        left = self.more or any(item.bears for item in self.pages if item.page.seq not in seqs)
        return self.walk.behind(seqs).cursor if left else None
