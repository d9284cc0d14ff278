"""The analyst that asks a language model: one question for a batch of pages, one for a segment's new pages.

A reply is believed as far as nothing on the pages speaks against it. What is harmless is put right here (a page left
out, one in two topics, a number of no page); a statement that is not believed is left out, and its reason kept. Only a
reply that cannot be read at all is refused by `ModelReplyError`, and the batch is tried again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeVar

from memoryos.analyst.model import prompts
from memoryos.analyst.model.clauses import stems
from memoryos.analyst.model.grounding import Grounds, Reason
from memoryos.analyst.model.replies import AnalysisReply, ConsolidationReply, FactReply, TopicReply, TraitReply, parsed
from memoryos.analyst.model.subjects import subject
from memoryos.errors import ModelReplyError
from memoryos.language.words import particulars, words
from memoryos.models import Analysis, ChainPart, Consolidation, Fact, Topic, Trait

if TYPE_CHECKING:
    from memoryos.analyst.base import EmbeddedPage
    from memoryos.llm.model import JsonSchema, Message
    from memoryos.llm.reply_text import JsonObject
    from memoryos.models import Knowledge, Owner, Page, Profile

KIND: Final = "model"

MAX_KNOWN: Final = 20
"""The prompt shows at most 20 known facts: those that share most words with the pages."""

_TOKENS: Final = 256
_TOKENS_PER_PAGE: Final = 160

_CONFIRMED: Final = 0.6
_SAME_FACT: Final = 0.8

_LEVELS: Final[dict[str, Literal["High", "Medium", "Low"]]] = {"high": "High", "medium": "Medium", "low": "Low"}
_OWNERS: Final[dict[str, Owner]] = {"user": "user", "assistant": "assistant"}
_USER: Final = re.compile(
    r"(?:the )?user\b|(?:der |die )?(?:be)?nutzer(?:in)?\b|l'utilisat\w+|el usuario|la usuaria|用户|ユーザー", re.I
)
_ASSISTANT: Final = re.compile(
    r"(?:the )?assistant\b|(?:der |die )?assistent(?:in)?\b|l'assistant\w*|el asistente|助手|アシスタント", re.I
)
_DIMENSIONS: Final = {dimension.casefold(): dimension for dimension in prompts.DIMENSIONS}

T = TypeVar("T")


class StructuredModel(Protocol):
    """What the analyst asks: a `ChatModel`, or whatever else gives an object for a question."""

    def structured(
        self, messages: Sequence[Message], schema: JsonSchema, read: Callable[[JsonObject], T], *, max_tokens: int
    ) -> T:
        """What `read` makes of the object that the model answers with. Raises `ModelError`."""


class ModelAnalyst:
    """Chains, topics, facts and traits as a language model reads them."""

    def __init__(self, model: StructuredModel) -> None:
        self._model = model

    @property
    def kind(self) -> Literal["model"]:
        return KIND

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        before = None if previous is None else previous.page
        batch = [page.page for page in pages]

        def read(value: JsonObject) -> Consolidation:
            return read_consolidation(value, before, batch)

        return self._model.structured(
            prompts.consolidation(before, batch),
            prompts.consolidation_schema(len(batch)),
            read,
            max_tokens=_TOKENS + _TOKENS_PER_PAGE * len(batch),
        )

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        shown = nearest(known, pages)

        def read(value: JsonObject) -> Analysis:
            return read_analysis(value, profile.traits, shown, pages)

        return self._model.structured(
            prompts.analysis(profile.traits, shown, pages),
            prompts.analysis_schema(len(pages), len(shown)),
            read,
            max_tokens=_TOKENS + _TOKENS_PER_PAGE * len(pages),
        )


def read_consolidation(value: JsonObject, before: Page | None, batch: Sequence[Page]) -> Consolidation:
    """What an answer to `prompts.consolidation` says that can be believed. Raises `ModelReplyError`."""
    return _consolidation(parsed(ConsolidationReply, value), before, batch)


def read_analysis(
    value: JsonObject, rated: Sequence[Trait], known: Sequence[Knowledge], pages: Sequence[Page]
) -> Analysis:
    """What an answer to `prompts.analysis` says that can be believed. Raises `ModelReplyError`."""
    return _analysis(parsed(AnalysisReply, value), rated, known, pages, Grounds(pages))


def nearest(known: Sequence[Knowledge], pages: Sequence[Page], count: int = MAX_KNOWN) -> tuple[Knowledge, ...]:
    """The `count` facts that share most words with the pages, in the order given; of equals the later ones."""
    held = frozenset[str]().union(*(stems(page.text) for page in pages))
    ranked = sorted(range(len(known)), key=lambda at: (len(stems(known[at].text) & held), at), reverse=True)
    return tuple(known[at] for at in sorted(ranked[:count]))


# Consolidation


def _consolidation(reply: ConsolidationReply, before: Page | None, batch: Sequence[Page]) -> Consolidation:
    grounds = Grounds(batch, context="" if before is None else before.meta_info)
    return Consolidation(_talks(reply, before, len(batch), grounds), _topics(reply.topics, len(batch), grounds), KIND)


def _talks(reply: ConsolidationReply, before: Page | None, count: int, grounds: Grounds) -> tuple[ChainPart, ...]:
    """The talks, each from its first page on; pages before the first talk belong to it."""
    first_pages: dict[int, str] = {}
    for talk in reply.talks:
        if 1 <= talk.first_page <= count:
            first_pages.setdefault(talk.first_page - 1, talk.summary)
    if not first_pages:
        raise ModelReplyError("talks: none begins at a page of this batch")
    summaries = [_one_line(first_pages[start], prompts.MAX_SUMMARY_CHARS) for start in sorted(first_pages)]
    starts = [0, *sorted(first_pages)[1:]]
    spans = [tuple(range(start, end)) for start, end in zip(starts, (*starts[1:], count), strict=True)]
    kept = _grounded("talks", dict(enumerate(spans)), summaries, grounds)
    # Where the first talk's own summary was made up, the one kept knows nothing of the talk before this batch.
    goes_on = reply.continues and before is not None and before.chain is not None and 0 in kept
    return tuple(ChainPart(span, goes_on and at == 0, summaries[at]) for at, span in kept.items())


def _topics(replies: Sequence[TopicReply], count: int, grounds: Grounds) -> tuple[Topic, ...]:
    """The topics, each page in one: the first topic that names the page, else the topic of a neighbouring page."""
    topic_of: dict[int, int] = {}
    for at, topic in enumerate(replies):
        for number in topic.pages:
            if 1 <= number <= count:
                topic_of.setdefault(number - 1, at)
    if 2 * len(topic_of) < count:
        raise ModelReplyError(f"topics: only {len(topic_of)} of {count} pages belong to one")
    for page in (*range(count), *reversed(range(count))):
        neighbour = topic_of.get(page - 1, topic_of.get(page + 1))
        if page not in topic_of and neighbour is not None:
            topic_of[page] = neighbour
    members = {at: tuple(page for page in range(count) if topic_of[page] == at) for at in sorted({*topic_of.values()})}
    summaries = [_one_line(topic.summary, prompts.MAX_SUMMARY_CHARS) for topic in replies]
    kept = _grounded("topics", _once_each(members, summaries), summaries, grounds)
    return tuple(_topic(replies[at], summaries[at], pages, grounds) for at, pages in kept.items())


def _topic(reply: TopicReply, summary: str, pages: tuple[int, ...], grounds: Grounds) -> Topic:
    told = (_one_line(keyword, prompts.MAX_KEYWORD_CHARS).lower() for keyword in reply.keywords)
    sound = (keyword for keyword in told if any(map(str.isalnum, keyword)) and grounds.flaw(keyword) is None)
    keywords = tuple(dict.fromkeys(sound))
    theme = _one_line(reply.theme, prompts.MAX_THEME_CHARS)
    if grounds.flaw(theme) is not None:
        theme = ", ".join(keywords[:3]) or summary[:40]
    return Topic(theme, keywords[: prompts.MAX_KEYWORDS], summary, pages)


def _grounded(
    name: str, parts: Mapping[int, tuple[int, ...]], summaries: Sequence[str], grounds: Grounds
) -> dict[int, tuple[int, ...]]:
    """The parts whose summary shares a word with their pages, in order; other parts' pages join the nearest one.

    Small models tell a few parts well and make up the rest, or hand back what they were told to do. That is left out;
    it costs the reply only where nothing else is left.
    """
    kept = dict(parts)
    while (lost := next((at for at in kept if _problem(summaries[at], kept[at], grounds)), None)) is not None:
        pages = kept.pop(lost)
        if not kept:
            raise ModelReplyError(f"{name}.{lost}.summary: {_problem(summaries[lost], pages, grounds)}")
        distance = {at: min((abs(page - other), other) for page in pages for other in kept[at]) for at in kept}
        neighbour = min(distance, key=distance.__getitem__)
        kept[neighbour] = tuple(sorted((*kept[neighbour], *pages)))
    return kept


def _once_each(members: Mapping[int, tuple[int, ...]], summaries: Sequence[str]) -> dict[int, tuple[int, ...]]:
    """The topics without those that say what an earlier one says, whose pages join it: small models repeat it."""
    told: dict[int, tuple[int, ...]] = {}
    for at, pages in members.items():
        same = next((other for other in told if _are_alike(summaries[other], summaries[at])), at)
        told[same] = tuple(sorted((*told.get(same, ()), *pages)))
    return told


_ALIKE: Final = 0.9


def _are_alike(summary: str, other: str) -> bool:
    """Whether two summaries are the same but for a word or two."""
    said, again = words(summary), words(other)
    return SequenceMatcher(None, said, again, autojunk=False).ratio() >= _ALIKE


def _problem(summary: str, pages: tuple[int, ...], grounds: Grounds) -> Reason | None:
    """Why a summary is not kept: it is no statement, or says nothing of its pages."""
    if problem := grounds.flaw(summary):
        return problem
    return None if grounds.share(summary, pages) > 0.0 else "unfounded"


# Analysis


def _analysis(
    reply: AnalysisReply,
    rated: Sequence[Trait],
    known: Sequence[Knowledge],
    pages: Sequence[Page],
    grounds: Grounds,
) -> Analysis:
    read = [_fact(fact, known, pages, grounds) for fact in reply.facts]
    traits = [_trait(trait, rated, pages, grounds) for trait in reply.traits]
    kept = _corrected_once([fact for fact in read if isinstance(fact, Fact)], known)
    return Analysis(
        traits=tuple({trait.dimension: trait for trait in traits if isinstance(trait, Trait)}.values()),
        facts=tuple({(fact.owner, fact.text.casefold()): fact for fact in kept}.values()),
        analysis=KIND,
        refused=tuple(reason for reason in (*read, *traits) if isinstance(reason, str)),
    )


def _fact(
    reply: FactReply, known: Sequence[Knowledge], pages: Sequence[Page], grounds: Grounds
) -> Fact | Reason | None:
    """The fact with the pages that say it, or why it is not believed; None for one that is older than what is known."""
    text = _one_line(reply.fact, prompts.MAX_FACT_CHARS)
    owner = _owner(reply.about, text)
    sources, problem = grounds.supported(text, owner, _positions(reply.pages, len(pages)))
    if problem is not None:
        return problem
    if _is_restated(text, known, grounds, sources):
        return "restated"
    fact = Fact(owner, text, sources, _replaced(reply.replaces, owner, text, known))
    return None if _is_outdated(fact, known, pages) else fact


def checked_fact(text: str, page: Page, known: Sequence[Knowledge], *, replaces: str | None) -> Fact | Reason | None:
    """A sentence that an agent says this page tells, as the fact it is; or why it is not believed, as for a model's.

    `replaces` is the id, or the end of the id, of the known fact it corrects; one that is not known corrects nothing.
    """
    number = 0 if replaces is None else next((n for n, old in enumerate(known, 1) if old.id.endswith(replaces)), 0)
    return _fact(FactReply(fact=text, pages=[1], replaces=number), known, [page], Grounds([page]))


def _owner(about: str, text: str) -> Owner:
    """Whom a fact is about: as its text says, else as the model says; somebody whom the user told of is the user's."""
    if _ASSISTANT.match(text):
        return "assistant"
    return "user" if _USER.match(text) else _OWNERS.get(about.casefold(), "user")


def _is_restated(text: str, known: Sequence[Knowledge], grounds: Grounds, sources: Sequence[int]) -> bool:
    """Whether a fact is a known one copied from the prompt, on which its pages say little or nothing."""
    said = stems(text)
    copied = any(said == stems(old.text) for old in known)
    return copied and grounds.share(text, sources) < _CONFIRMED


def _replaced(number: int, owner: Owner, text: str, known: Sequence[Knowledge]) -> str | None:
    """The id of the known fact with that number, unless something shows that the new one does not correct it.

    Small models call everything an update: what says the same corrects nothing, nor what is about somebody else.
    """
    if not 1 <= number <= len(known) or known[number - 1].owner != owner:
        return None
    old = known[number - 1]
    if _says_the_same(text, old.text) or subject(text) != subject(old.text):
        return None
    return old.id


def _says_the_same(text: str, old: str) -> bool:
    ours, theirs = stems(text), stems(old)
    same_words = len(ours & theirs) >= _SAME_FACT * len(ours | theirs)
    return same_words and particulars(text) == particulars(old)


def _corrected_once(facts: Sequence[Fact], known: Sequence[Knowledge]) -> list[Fact]:
    """The facts, where several claim to correct the same known one only the one that shares most words with it."""
    texts = {old.id: stems(old.text) for old in known}
    claims = Counter(fact.replaces for fact in facts if fact.replaces is not None)
    nearest_of = {
        id: max(
            (at for at, fact in enumerate(facts) if fact.replaces == id),
            key=lambda at: (len(stems(facts[at].text) & texts[id]), -at),
        )
        for id in claims
    }
    return [
        fact if fact.replaces is None or nearest_of[fact.replaces] == at else replace(fact, replaces=None)
        for at, fact in enumerate(facts)
    ]


def _is_outdated(fact: Fact, known: Sequence[Knowledge], pages: Sequence[Page]) -> bool:
    """Whether the known fact that this one would correct is of a later date than the pages that say it."""
    said_at = max(pages[position].happened_at for position in fact.pages)
    return any(old.id == fact.replaces and old.happened_at > said_at for old in known)


def _trait(reply: TraitReply, rated: Sequence[Trait], pages: Sequence[Page], grounds: Grounds) -> Trait | Reason | None:
    """The trait if it stands on the pages, or why not; None where it is no dimension or changes nothing."""
    dimension, level = _DIMENSIONS.get(reply.dimension.casefold()), _LEVELS.get(reply.level.casefold())
    evidence = _one_line(reply.evidence, prompts.MAX_FACT_CHARS)
    if dimension is None or level is None or not any(map(str.isalnum, evidence)):  # the "..." of the question's example
        return None
    positions, problem = grounds.supported(evidence, "user", _positions([reply.page], len(pages)))
    if problem is not None:
        return problem
    if grounds.share(evidence, positions) == 0.0:  # it is to be what was said or done, and not what follows from that
        return "unfounded"
    page = pages[positions[0]]
    trait = Trait(dimension, level, evidence, page.happened_at, page.timestamp)
    before = next((old for old in rated if old.dimension == dimension), None)
    if before is not None and (
        before.happened_at > trait.happened_at or (before.level, before.evidence) == (level, evidence)
    ):
        return None
    return trait


def _positions(numbers: Iterable[int], count: int) -> tuple[int, ...]:
    """Positions (from 0) for page numbers (from 1), each once; a number of no page is left out."""
    return tuple(dict.fromkeys(number - 1 for number in numbers if 1 <= number <= count))


def _one_line(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
