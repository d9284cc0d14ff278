"""What is true now: how new statements bear on what is known. Pure, but for the numbers that new facts get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from memoryos.analyst.statements import Statement, Verdict, cascade, statement_of, supersedes
from memoryos.analyst.statements.slots import OF_WORK, is_single
from memoryos.language.months import MONTHS
from memoryos.language.words import content_words, distinguishing_words, folded, particulars
from memoryos.models import Amendment, Fact, Knowledge, Page
from memoryos.storage.exclusions import Exclusions
from memoryos.storage.forgetting import fact_digests
from memoryos.storage.plans import NewKnowledge

if TYPE_CHECKING:
    from memoryos.analyst.statements import Effect
    from memoryos.models import AnalysisKind, Change, Vector

SAME_FACT: Final = 0.95
"""Two facts whose embeddings are this close may say the same: then the older one stays and gains the new source. By
themselves embeddings do not tell 12 March from 13 March nor, in a script that their model does not know, a cat from a
dog."""
SAME_WORDS: Final = 0.5
"""Two facts of one slot and value say the same if they have so large a share of their content words in common."""
REWORDED: Final = 0.6
"""A model's fact says what the user's sentence on its page says if it has so large a share of the shorter one's words,
and their numbers and negations are the same."""

_LATIN: Final = re.compile("[\x00-\u024f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20cf]*")
_COUNT: Final = re.compile(r"(?<![\w.,:/-])\d{1,6}(?![\w.,:/%°-]| ?[-–:/])(?= +([^\W\d_]+))")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_MARKS: Final = re.compile(r"[^\w]+")


@dataclass(slots=True)
class _Entry:
    """A fact with all that planning needs; `before` is the fact as it was, None for a new one."""

    fact: Knowledge
    said: Statement
    meaning: Vector | None
    before: Knowledge | None = None
    pages: tuple[int, ...] = ()
    embedded: bool = True

    @property
    def is_live(self) -> bool:
        """Whether it may hold, or may hold again."""
        return self.fact.superseded_by is None and self.fact.state in {"current", "doubtful"}


@dataclass(frozen=True, slots=True)
class Changes:
    """What statements change in knowledge; the fields are those of `AnalysisPlan`."""

    new: tuple[NewKnowledge, ...]
    replaced: Mapping[str, str]
    confirmed: Mapping[str, tuple[int, ...]]
    changed: tuple[Knowledge, ...]
    retired: tuple[str, ...]
    known: tuple[Knowledge, ...]
    """All facts as they are afterwards, new ones last."""


@dataclass(slots=True)
class KnowledgeNow:
    """The facts of one owner, while statements are told one by one, by the time at which they were said.

    What was said later decides, whatever arrives first: a statement older than what it contradicts is kept as history.
    Facts bear on others of their own project, or on others about the person.
    `forgotten` are the pages and digests of facts that are not to be learned again, `excluded` what no fact is about.
    """

    name: Callable[[], str]
    forgotten: AbstractSet[tuple[int, bytes]] = frozenset()
    excluded: Exclusions = field(default_factory=Exclusions)
    _entries: dict[str, _Entry] = field(default_factory=dict, init=False)
    _confirmed: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False)
    _retired: dict[str, None] = field(default_factory=dict, init=False)

    def know(self, known: Sequence[Knowledge], meanings: Sequence[Vector | None]) -> None:
        """Begin with these facts, superseded ones among them."""
        for fact, meaning in zip(known, meanings, strict=True):
            self._entries[fact.id] = _Entry(fact, _statement(fact, _change_of(fact)), meaning, before=fact)

    def tell(
        self,
        fact: Fact,
        pages: Sequence[Page],
        analysis: AnalysisKind,
        vector: Vector | None,
        assistant_id: str | None,
        *,
        embedded: bool,
    ) -> None:
        """Take in one fact, said on these pages; `vector` is its embedding, None where it waits for one or has none."""
        new = self._entry(fact, pages, analysis, vector, assistant_id)
        new.embedded = embedded
        if self._is_forgotten(new) or self.excluded.cover((fact.text,)):
            return
        twin = None if fact.replaces else self._twin(new)
        if twin is not None:
            self._confirm(twin, new)
            return
        if not fact.sure and not self._takes_a_place(new):
            return
        self._entries[new.fact.id] = new
        if fact.replaces in self._entries:
            self._apply("replaces", self._entries[fact.replaces], new)
        others = [entry for entry in self._entries.values() if entry is not new]
        for other in others:
            if other.is_live and new.is_live and _are_together(other, new):
                self._weigh(other, new)
        if new.fact.slot is not None:
            for other in others:
                if other.fact.slot == new.fact.slot and _are_together(other, new):
                    self._link(other, new)

    def amend(self, amendment: Amendment, page: Page, before: Sequence[Page]) -> None:
        """Take back, or put right, the fact that was learned last of what was said `before`, or on this page."""
        target = self._last_of([*before, page])
        if target is None:
            return
        if amendment.value is None:
            target.fact = replace(target.fact, state="retired", held_until=page.happened_at)
            self._retired[target.fact.id] = None
            self._hold_again(target.fact)
            return
        text = _put_right(target.fact, amendment.value)
        if text is None:
            return
        sources = [*(other for other in before if other.id in target.fact.sources), page]
        corrected = Fact(
            target.fact.owner,
            text,
            tuple(range(len(sources))),
            replaces=target.fact.id,
            slot=target.fact.slot,
            subject=target.fact.subject,
        )
        self.tell(corrected, sources, target.fact.analysis, None, None, embedded=False)

    def _hold_again(self, gone: Knowledge) -> None:
        """Let hold again what a fact that was taken back had put in doubt, ended or taken the place of."""
        for entry in self._entries.values():
            fact = entry.fact
            if fact.superseded_by == gone.id:
                entry.fact = fact = replace(fact, superseded_by=gone.superseded_by)
            if fact.doubted_by == gone.id and fact.state != "retired":
                until = None if fact.state == "ended" else fact.held_until
                entry.fact = replace(fact, state="current", doubted_by=None, held_until=until)

    def changes(self) -> Changes:
        """What all that was told comes to."""
        entries = self._entries.values()
        return Changes(
            new=tuple(NewKnowledge(e.fact, e.pages, e.embedded) for e in entries if e.before is None),
            replaced={
                e.fact.id: e.fact.superseded_by
                for e in entries
                if e.fact.superseded_by is not None
                and (e.before is None or e.before.superseded_by != e.fact.superseded_by)
            },
            confirmed=dict(self._confirmed),
            changed=tuple(
                e.fact
                for e in entries
                if e.before is not None and e.fact != replace(e.before, superseded_by=e.fact.superseded_by)
            ),
            retired=tuple(self._retired),
            known=tuple(entry.fact for entry in entries),
        )

    def _entry(
        self, fact: Fact, pages: Sequence[Page], analysis: AnalysisKind, vector: Vector | None, assistant_id: str | None
    ) -> _Entry:
        newest = max(pages, key=lambda page: page.happened_at)
        knowledge = Knowledge(
            id=self.name(),
            owner=fact.owner,
            text=fact.text,
            timestamp=newest.timestamp,
            happened_at=newest.happened_at,
            sources=tuple(page.id for page in pages),
            analysis=analysis,
            assistant_id=assistant_id,
            vector=vector,
            slot=fact.slot,
            value=fact.value,
            subject=fact.subject,
            author=fact.author,
            held_from=fact.held_from,
            held_until=fact.held_until,
            learned_at=max(page.added_at for page in pages),
            project=self._project_of(fact, newest),
        )
        said = _statement(knowledge, fact.change)
        if knowledge.value is None and said.value is not None:
            knowledge = replace(knowledge, value=said.value)
        return _Entry(knowledge, said, fact.meaning, pages=tuple(page.seq for page in pages))

    def _project_of(self, fact: Fact, page: Page) -> str | None:
        """What a fact belongs to: that of the fact which it corrects, or else its page's, unless it is personal."""
        corrected = self._entries.get(fact.replaces or "")
        if corrected is not None:
            return corrected.fact.project
        return None if is_personal(fact) else page.project

    def _is_forgotten(self, new: _Entry) -> bool:
        if not self.forgotten:
            return False
        return any((seq, digest) in self.forgotten for seq in new.pages for digest in fact_digests(new.fact))

    def _twin(self, new: _Entry) -> _Entry | None:
        """The fact that says the same already."""
        for other in self._entries.values():
            if other.fact.state in {"retired", "ended"} or not _are_together(other, new):
                continue
            if not _may_be_one(other, new):
                continue
            if other.fact.superseded_by is None or self._is_of_its_time(other, new):
                return other
        return None

    def _takes_a_place(self, new: _Entry) -> bool:
        """Whether a known fact about the same holds no more by the new one."""
        return any(
            other.is_live
            and other.fact.slot == new.fact.slot
            and _are_together(other, new)
            and supersedes(other.said, new.said, _cosine(other.meaning, new.meaning)) in {"replaces", "ends"}
            for other in self._entries.values()
        )

    def _is_of_its_time(self, outdated: _Entry, new: _Entry) -> bool:
        """Whether the new one was said before what took the place of the outdated one."""
        successor = self._entries.get(outdated.fact.superseded_by or "")
        return successor is not None and new.fact.happened_at < successor.fact.happened_at

    def _confirm(self, twin: _Entry, new: _Entry) -> None:
        fact = twin.fact
        if fact.state == "doubtful" and new.fact.happened_at > fact.happened_at:
            fact = replace(fact, state="current", doubted_by=None)
        if _rank(new.fact) > _rank(fact):
            fact = replace(
                fact,
                text=new.fact.text,
                author=new.fact.author,
                analysis=new.fact.analysis,
                vector=new.fact.vector,
                slot=fact.slot or new.fact.slot,
                value=fact.value or new.fact.value,
            )
        if new.fact.happened_at > fact.happened_at:  # a fact is as old as when it was said last
            fact = replace(fact, happened_at=new.fact.happened_at, timestamp=new.fact.timestamp)
        twin.fact = replace(fact, learned_at=min(filter(None, (fact.learned_at, new.fact.learned_at)), default=None))
        twin.said = replace(twin.said, said_at=twin.fact.happened_at)
        if twin.before is None:
            extra = [(seq, id_) for seq, id_ in zip(new.pages, new.fact.sources, strict=True) if seq not in twin.pages]
            twin.pages += tuple(seq for seq, _ in extra)
            twin.fact = replace(twin.fact, sources=(*twin.fact.sources, *(id_ for _, id_ in extra)))
        else:
            self._confirmed[fact.id] = (*self._confirmed.get(fact.id, ()), *new.pages)

    def _weigh(self, other: _Entry, new: _Entry) -> None:
        """Let the later one of two facts bear on the earlier one."""
        old, later = (other, new) if new.said.said_at >= other.said.said_at else (new, other)
        if old.fact.owner != later.fact.owner:
            return
        if _counts_anew(old.fact, later.fact):
            self._apply("replaces", old, later)
            return
        self._apply(supersedes(old.said, later.said, _cosine(old.meaning, later.meaning)), old, later)

    def _link(self, other: _Entry, new: _Entry) -> None:
        """Let the earlier one of two facts, where it is replaced already, be so by the one that was said next.

        So the one in between holds once that which replaced both is forgotten.
        """
        old, later = (other, new) if new.said.said_at >= other.said.said_at else (new, other)
        successor = self._entries.get(old.fact.superseded_by or "")
        if successor is None or successor is later or later.said.said_at >= successor.said.said_at:
            return
        if old.fact.owner != later.fact.owner or later.fact.state in {"retired", "ended"}:
            return
        if supersedes(old.said, later.said, _cosine(old.meaning, later.meaning)) == "replaces":
            old.fact = replace(old.fact, superseded_by=later.fact.id)

    def _apply(self, effect: Effect, old: _Entry, by: _Entry) -> None:
        if effect == "stands":
            return
        if old.fact.author == "person" and by.fact.author != "person":
            by.fact = replace(by.fact, state="doubtful", doubted_by=old.fact.id)
            return
        if effect == "doubtful":
            if old.fact.state == "current":
                old.fact = replace(old.fact, state="doubtful", doubted_by=by.fact.id)
            return
        self._fall(old, by)
        if effect == "replaces":
            old.fact = replace(old.fact, superseded_by=by.fact.id)
        else:
            until = by.fact.held_until or by.fact.happened_at
            old.fact = replace(old.fact, state="ended", doubted_by=by.fact.id, held_until=until)

    def _fall(self, old: _Entry, by: _Entry) -> None:
        """Doubt what stood on a fact that holds no more."""
        others = [
            entry
            for entry in self._entries.values()
            if entry is not old
            and entry is not by
            and entry.is_live
            and _are_together(entry, old)
            and entry.fact.owner == old.fact.owner
            and entry.said.said_at < by.said.said_at
        ]
        cosines = [_cosine(old.meaning, other.meaning) for other in others]
        known = None if None in cosines else [cosine for cosine in cosines if cosine is not None]
        for position in cascade(old.said, [other.said for other in others], known):
            other = others[position]
            if other.fact.state == "current" and other.fact.author != "person":
                other.fact = replace(other.fact, state="doubtful", doubted_by=by.fact.id)

    def _last_of(self, pages: Sequence[Page]) -> _Entry | None:
        order = {page.id: at for at, page in enumerate(pages)}
        said = [
            (max(order.get(source, -1) for source in entry.fact.sources), at, entry)
            for at, entry in enumerate(self._entries.values())
            if entry.is_live and entry.fact.owner == "user" and entry.fact.sources
        ]
        newest = max(said, key=lambda each: each[:2], default=None)
        return newest[2] if newest is not None and newest[0] >= 0 else None


def is_personal(fact: Fact) -> bool:
    """Whether a fact that a project's page tells is about the person, and known everywhere.

    It is where it says what a person is or has (name, home, health, family, tastes). What fills no such slot, and the
    tools, plans, goals and budgets, are of the work, and so is what an assistant says of itself.
    """
    return fact.owner == "user" and fact.slot is not None and fact.slot not in OF_WORK


def _are_together(one: _Entry, other: _Entry) -> bool:
    """Whether two facts are of one project, or both about the person."""
    return one.fact.project == other.fact.project


def _statement(fact: Knowledge, change: Change) -> Statement:
    said = statement_of(fact.text, Verdict("lasting", 1.0, fact.slot, change, fact.subject or "user"), fact.happened_at)
    return said if fact.value is None else replace(said, value=fact.value)


def _change_of(fact: Knowledge) -> Change:
    """How a stored fact stood to time when it was said: one that told of an end held until then."""
    return "ended" if fact.held_until is not None and fact.state == "current" else "holds"


def _may_be_one(known: _Entry, new: _Entry) -> bool:
    """Whether a fact says what a known one says already."""
    if known.fact.owner != new.fact.owner or (known.fact.subject or "user") != (new.fact.subject or "user"):
        return False
    if _plain(known.fact.text) == _plain(new.fact.text):
        return True
    if known.said.state == "ended" or new.said.tells_of_change:
        return False
    if _are_near(known.fact.vector, new.fact.vector) and _may_say_the_same(known.fact.text, new.fact.text):
        return True
    return particulars(known.fact.text) == particulars(new.fact.text) and _tell_the_same(known, new)


def _tell_the_same(known: _Entry, new: _Entry) -> bool:
    """Whether two facts with the same numbers and negations tell the same in other words."""
    ours, theirs = set(content_words(known.fact.text)), set(content_words(new.fact.text))
    shared = len(ours & theirs)
    of_model = not {"model", "agent"}.isdisjoint({known.fact.author, new.fact.author})
    if _fill_one_slot_alike(known, new):
        return of_model or is_single(new.fact.slot) or shared >= SAME_WORDS * len(ours | theirs)
    if of_model and set(known.fact.sources) & set(new.fact.sources):
        return bool(ours and theirs) and shared >= REWORDED * min(len(ours), len(theirs))
    return False


def _fill_one_slot_alike(one: _Entry, other: _Entry) -> bool:
    if one.fact.slot is None or one.fact.slot != other.fact.slot or one.said.key != other.said.key:
        return False
    return one.said.value is not None and one.said.value == other.said.value


def _plain(text: str) -> str:
    return _MARKS.sub(" ", folded(text)).strip()


def _are_near(one: Vector | None, other: Vector | None) -> bool:
    return one is not None and other is not None and float(one @ other) >= SAME_FACT


def _may_say_the_same(one: str, other: str) -> bool:
    if _LATIN.fullmatch(one) and _LATIN.fullmatch(other):
        return particulars(one) == particulars(other)
    return distinguishing_words(one) == distinguishing_words(other)


def _cosine(one: Vector | None, other: Vector | None) -> float | None:
    return None if one is None or other is None else float(one @ other)


def _counts_anew(old: Knowledge, new: Knowledge) -> bool:
    """Whether two facts said at different times count the same things: "37 tasks" and weeks later "15 tasks"."""
    if new.happened_at <= old.happened_at or old.text == new.text or set(old.sources) & set(new.sources):
        return False
    counts = _COUNT.findall(old.text)
    if not counts or any(thing.casefold() in MONTHS for thing in counts):
        return False
    return _plain(_COUNT.sub("#", old.text)) == _plain(_COUNT.sub("#", new.text))


def _rank(fact: Knowledge) -> int:
    """Whose wording is kept: a person's before that of a model or an agent, that before the sentence as it was said."""
    return {"rule": 0, "agent": 1, "model": 1, "person": 2}[fact.author]


def _put_right(fact: Knowledge, value: str) -> str | None:
    """The fact's text with another number, or another name in the place of its value; None where that is not sure."""
    numbers = _NUMBER.findall(fact.text)
    if _NUMBER.search(value):
        return _NUMBER.sub(value, fact.text) if len(numbers) == 1 and _NUMBER.fullmatch(value) else None
    if fact.value is None:
        return None
    found = re.findall(rf"(?<!\w){re.escape(fact.value)}(?!\w)", fact.text, re.IGNORECASE)
    return fact.text.replace(found[0], value) if len(found) == 1 else None
