"""The analyst that asks a language model: one question for a batch of pages, one for a segment's new pages.

The analyst believes what the pages say, too, and nothing else. It puts small mistakes right (a page left out, a page
in two topics, a number of no page); for others it raises `ModelReplyError`, and the batch is tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from memoryos.analyst.model import prompts
from memoryos.analyst.model.grounding import Grounds, stems
from memoryos.analyst.model.replies import AnalysisReply, ConsolidationReply, FactReply, TopicReply, TraitReply, parsed
from memoryos.errors import ModelReplyError
from memoryos.language.words import particulars
from memoryos.models import Analysis, ChainPart, Consolidation, Fact, Topic, Trait

if TYPE_CHECKING:
    from memoryos.analyst.base import EmbeddedPage
    from memoryos.llm.model import ChatModel
    from memoryos.llm.reply_text import JsonObject
    from memoryos.models import Knowledge, Owner, Page, Profile

KIND: Final = "model"

MAX_KNOWN: Final = 20
"""The prompt shows at most 20 known facts: those that share most words with the pages."""

_TOKENS: Final = 256
_TOKENS_PER_PAGE: Final = 160

_GROUNDED: Final = 0.25
"""A fact is kept if its pages hold at least a quarter of its words; an invented fact shares next to none."""

_CONFIRMED: Final = 0.6
_SAME_FACT: Final = 0.8

_LEVELS: Final[dict[str, Literal["High", "Medium", "Low"]]] = {"high": "High", "medium": "Medium", "low": "Low"}
_OWNERS: Final[dict[str, Owner]] = {"user": "user", "assistant": "assistant"}
_DIMENSIONS: Final = {dimension.casefold(): dimension for dimension in prompts.DIMENSIONS}


class ModelAnalyst:
    """Chains, topics, facts and traits as a language model reads them."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def kind(self) -> Literal["model"]:
        return KIND

    def consolidate(self, previous: EmbeddedPage | None, pages: Sequence[EmbeddedPage]) -> Consolidation:
        before = None if previous is None else previous.page
        batch = [page.page for page in pages]

        def read(value: JsonObject) -> Consolidation:
            return _consolidation(parsed(ConsolidationReply, value), before, batch)

        return self._model.structured(
            prompts.consolidation(before, batch),
            prompts.consolidation_schema(len(batch)),
            read,
            max_tokens=_TOKENS + _TOKENS_PER_PAGE * len(batch),
        )

    def analyse(self, profile: Profile, known: Sequence[Knowledge], pages: Sequence[Page]) -> Analysis:
        shown = nearest(known, pages)

        def read(value: JsonObject) -> Analysis:
            return _analysis(parsed(AnalysisReply, value), profile.traits, shown, pages)

        return self._model.structured(
            prompts.analysis(profile.traits, shown, pages),
            prompts.analysis_schema(len(pages), len(shown)),
            read,
            max_tokens=_TOKENS + _TOKENS_PER_PAGE * len(pages),
        )


def nearest(known: Sequence[Knowledge], pages: Sequence[Page], count: int = MAX_KNOWN) -> tuple[Knowledge, ...]:
    """The `count` facts that share most words with the pages, in the order given; of equals the later ones."""
    held = frozenset[str]().union(*(stems(page.text) for page in pages))
    ranked = sorted(range(len(known)), key=lambda at: (len(stems(known[at].text) & held), at), reverse=True)
    return tuple(known[at] for at in sorted(ranked[:count]))


# Consolidation


def _consolidation(reply: ConsolidationReply, before: Page | None, batch: Sequence[Page]) -> Consolidation:
    grounds = Grounds([page.text for page in batch], context="" if before is None else before.meta_info)
    grounds.check_language([*(talk.summary for talk in reply.talks), *(topic.summary for topic in reply.topics)])
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
    kept = _grounded("topics", members, summaries, grounds)
    return tuple(_topic(f"topics.{at}", replies[at], summaries[at], pages, grounds) for at, pages in kept.items())


def _topic(name: str, reply: TopicReply, summary: str, pages: tuple[int, ...], grounds: Grounds) -> Topic:
    told = (_one_line(keyword, prompts.MAX_KEYWORD_CHARS).lower() for keyword in reply.keywords)
    keywords = tuple(dict.fromkeys(keyword for keyword in told if any(map(str.isalnum, keyword))))
    theme = _one_line(reply.theme, prompts.MAX_THEME_CHARS) or ", ".join(keywords[:3]) or summary[:40]
    grounds.check_statement(f"{name}.theme", theme)
    return Topic(theme, keywords[: prompts.MAX_KEYWORDS], summary, pages)


def _grounded(
    name: str, parts: Mapping[int, tuple[int, ...]], summaries: Sequence[str], grounds: Grounds
) -> dict[int, tuple[int, ...]]:
    """The parts whose summary shares a word with their pages, in order; other parts' pages join the nearest one.

    A small model summarises some parts well and makes up the rest; this leaves out what is made up. Raises
    `ModelReplyError` where no part is left, or where a summary is no statement at all.
    """
    for at in parts:
        grounds.check_statement(f"{name}.{at}.summary", summaries[at])
    kept = dict(parts)
    while (lost := next((at for at in kept if grounds.share(summaries[at], kept[at]) == 0.0), None)) is not None:
        pages = kept.pop(lost)
        if not kept:
            raise ModelReplyError(f"{name}.{lost}.summary says nothing that its pages say")
        distance = {at: min((abs(page - other), other) for page in pages for other in kept[at]) for at in kept}
        neighbour = min(distance, key=distance.__getitem__)
        kept[neighbour] = tuple(sorted((*kept[neighbour], *pages)))
    return kept


# Analysis


def _analysis(
    reply: AnalysisReply, rated: Sequence[Trait], known: Sequence[Knowledge], pages: Sequence[Page]
) -> Analysis:
    grounds = Grounds([page.text for page in pages])
    grounds.check_language([*(fact.fact for fact in reply.facts), *(trait.evidence for trait in reply.traits)])
    told = [fact for fact in reply.facts if not _is_restated(fact, known, grounds, len(pages))]
    facts = [_fact(f"facts.{at}", fact, known, pages, grounds) for at, fact in enumerate(told)]
    invented = sum(fact is None for fact in facts)
    if 2 * invented > len(facts):
        raise ModelReplyError(f"facts: {invented} of {len(facts)} say what no page says")
    kept = [fact for fact in facts if fact is not None and not _is_outdated(fact, known, pages)]
    traits = [_trait(f"traits.{at}", trait, rated, pages, grounds) for at, trait in enumerate(reply.traits)]
    return Analysis(
        traits=tuple({trait.dimension: trait for trait in traits if trait is not None}.values()),
        facts=tuple({(fact.owner, fact.text.casefold()): fact for fact in kept}.values()),
        analysis=KIND,
    )


def _fact(
    name: str, reply: FactReply, known: Sequence[Knowledge], pages: Sequence[Page], grounds: Grounds
) -> Fact | None:
    """The fact with the pages that say it; None where no page does."""
    owner = _OWNERS.get(reply.about.casefold())
    if owner is None:
        raise ModelReplyError(f'{name}.about: neither "user" nor "assistant"')
    text = _one_line(reply.fact, prompts.MAX_FACT_CHARS)
    grounds.check_statement(f"{name}.fact", text)
    sources = _positions(reply.pages, len(pages))
    if not sources or grounds.share(text, sources) < _GROUNDED:
        sources = (grounds.best_page(text),)
        if grounds.share(text, sources) < _GROUNDED:
            return None
    return Fact(owner, text, sources, _replaced(reply.replaces, owner, text, known))


def _is_restated(reply: FactReply, known: Sequence[Knowledge], grounds: Grounds, pages: int) -> bool:
    """Whether a fact has the words of a known one, and these pages hold less than 60 % of them: the model copied it."""
    said = stems(reply.fact)
    copied = any(said == stems(old.text) for old in known)
    return copied and grounds.share(reply.fact, range(pages)) < _CONFIRMED


def _replaced(number: int, owner: Owner, text: str, known: Sequence[Knowledge]) -> str | None:
    """The id of the known fact with that number, if the new one can correct it.

    Small models call every fact an update. A fact that says the same as the known one, or that shares no word with it,
    corrects nothing.
    """
    if not 1 <= number <= len(known) or known[number - 1].owner != owner:
        return None
    old = known[number - 1]
    ours, theirs = stems(text), stems(old.text)
    shared = len(ours & theirs)
    says_more = shared < _SAME_FACT * len(ours | theirs) or particulars(text) != particulars(old.text)
    return old.id if shared and says_more else None


def _is_outdated(fact: Fact, known: Sequence[Knowledge], pages: Sequence[Page]) -> bool:
    """Whether the known fact that this one would correct is of a later date than the pages that say it."""
    said_at = max(pages[position].happened_at for position in fact.pages)
    return any(old.id == fact.replaces and old.happened_at > said_at for old in known)


def _trait(
    name: str, reply: TraitReply, rated: Sequence[Trait], pages: Sequence[Page], grounds: Grounds
) -> Trait | None:
    """The trait; None where its dimension is unknown, no page says it, or it changes nothing that is known."""
    dimension, level = _DIMENSIONS.get(reply.dimension.casefold()), _LEVELS.get(reply.level.casefold())
    evidence = _one_line(reply.evidence, prompts.MAX_FACT_CHARS)
    if not any(map(str.isalnum, evidence)):  # the model copied the "..." of the example in the prompt
        return None
    grounds.check_statement(f"{name}.evidence", evidence)
    if dimension is None or level is None or grounds.share(evidence, range(len(pages))) < _GROUNDED:
        return None
    position = next(iter(_positions([reply.page], len(pages))), grounds.best_page(evidence))
    trait = Trait(dimension, level, evidence, pages[position].happened_at, pages[position].timestamp)
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
