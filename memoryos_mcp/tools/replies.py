"""From what the engine answers to what goes over the wire, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final, Literal, Protocol

from memoryos import timestamps
from memoryos.language.sizes import tokens
from memoryos.models import Added, Forgotten, Knowledge, Page, Profile, RankedKnowledge, RankedPage, Recall
from memoryos_mcp.tools.fitting import as_json, clipped, items_within, lines_within, pages_within
from memoryos_mcp.tools.schemas import (
    AddedDetails,
    AddMemoryResult,
    ForgetMemoryResult,
    KnowledgeItem,
    RetrievedKnowledge,
    RetrievedPage,
    RetrieveMemoryResult,
    ShortTermPage,
    UserProfileResult,
)
from memoryos_mcp.tools.trimming import ELLIPSIS, beginning, json_bytes
from memoryos_mcp.wording import counted, forgotten_text, preview_text, short_id

if TYPE_CHECKING:
    from memoryos.models import (
        Added,
        ForgetPreview,
        Forgotten,
        Knowledge,
        Page,
        Profile,
        RankedKnowledge,
        RankedPage,
        Recall,
    )

SHORT_TERM_AFTER_MINUTES: Final = 30
"""Who keeps no session with us has the exchanges of the last half hour before its eyes."""

_PROFILE_SHARE = 0.10
_KNOWLEDGE_SHARE = 0.12
_SHORT_TERM_SHARE = 0.25
"""Of a budget, at most: a memory is asked for what it holds of a query."""

_NEAR_THE_BEST: Final = 0.5
"""Of the best page's score: of twelve pages eight have it, with as much of the evidence as ten pages (two LoCoMo
conversations, `benchmarks/replies.py`)."""

_NEAR_OF_MANY: Final = 0.3
"""The same where a query asks for all that there is: with up to 40 pages, in as many `max_tokens`, a reply holds 68.1 %
of the evidence for 92 such questions of LoCoMo, 66.1 with the former."""

_NEAREST: Final = 3
"""Pages brought where none clearly bears on the query (`memoryos.retrieval.bearing` says why any are)."""

_FACTS: Final = 4
"""About the user, and as many about the assistant."""

_QUERY_SHARE = 0.04
_QUERY_BYTES: Final = 200
"""A longer query is repeated by its beginning."""

_CURSOR_SHARE = 0.25
"""Of a budget, at most: the cursor of a walk that has brought very many pages."""

_ID_SHARE = 0.2
"""Of the whole budget, at most: what either id may take of a profile that must be cut."""

_CUT_RESERVE = 40
"""Tokens kept for saying what was cut."""

_SMALLEST_PART = 0.005

_SIDE_BYTES, _SIDE_BEGINNING_BYTES = 400, 160
"""A side longer than the first that says no word of the query, where the other does, is told by its beginning."""


_SHOWN_PAGES: Final = 10
"""Of those that would be forgotten."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a reply is made, and in which zone its days are counted (None: the machine's)."""

    now: datetime
    local: tzinfo | None

    @property
    def text(self) -> str:
        """As the memory writes times."""
        return timestamps.written(self.now, self.local)

    def seen(self, page_or_fact: Page | Knowledge) -> str:
        """How long ago something was said."""
        return timestamps.seen_from(page_or_fact.happened_at, self.now, self.local)


class Reader(Protocol):
    """Who reads replies, over the calls of one conversation."""

    def lacks(self, pages: Sequence[Page]) -> Sequence[Page]:
        """Those of the newest pages that it neither added nor was given."""

    def tell_profile(self) -> bool:
        """Whether it was not told the profile yet; true once."""

    def was_given(self, ids: Sequence[str]) -> None:
        """Pages that it got whole, by the ids that replies show."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """A reader of whom nothing is remembered between calls."""

    now: datetime

    def lacks(self, pages: Sequence[Page]) -> Sequence[Page]:
        """All of them, unless the newest is of a moment ago: then a conversation is under way."""
        if not pages:
            return ()
        age = self.now - max(page.added_at for page in pages)
        return pages if age.total_seconds() > 60 * SHORT_TERM_AFTER_MINUTES else ()

    def tell_profile(self) -> bool:
        """Each time: nobody knows what it was told."""
        return True

    def was_given(self, ids: Sequence[str]) -> None:
        """Not remembered."""


@dataclass(frozen=True, slots=True)
class Always:
    """A reader that gets the newest pages with every reply, as the reference implementation sends them."""

    reader: Reader

    def lacks(self, pages: Sequence[Page]) -> Sequence[Page]:
        """All of them."""
        return pages

    def tell_profile(self) -> bool:
        """Each time."""
        return True

    def was_given(self, ids: Sequence[str]) -> None:
        """Remembered by the reader itself."""
        self.reader.was_given(ids)


def added(answer: Added) -> AddMemoryResult:
    """The reply to `add_memory`."""
    message = "already in memory (same page sent again)" if answer.repeated else "added to memory"
    return AddMemoryResult(
        message=message,
        timestamp=answer.page.timestamp,
        details=AddedDetails(id=short_id(answer.page.id), repeated=answer.repeated),
    )


def forgot(forgotten: Forgotten) -> ForgetMemoryResult:
    """The reply to `forget_memory`."""
    return ForgetMemoryResult(
        message=forgotten_text(forgotten),
        pages=forgotten.pages,
        facts=forgotten.facts,
        traits=forgotten.traits,
        overwritten=forgotten.overwritten,
    )


def would_forget(preview: ForgetPreview, status: Literal["preview", "refused"]) -> ForgetMemoryResult:
    """The reply to `forget_memory` where nothing is deleted: because nobody agreed yet, or the person did not."""
    next_step = "Call it again with confirm once the user has agreed." if status == "preview" else "The user said no."
    return ForgetMemoryResult(
        status=status,
        message=f"Nothing was deleted. {preview_text(preview)} {next_step}",
        pages=preview.pages,
        facts=preview.facts,
        traits=preview.traits,
        shown=[_told_in_short(page) for page in preview.shown[:_SHOWN_PAGES]],
    )


def _told_in_short(page: Page) -> str:
    text = " ".join(page.text.split())
    if json_bytes(text) > _SIDE_BEGINNING_BYTES:
        text = beginning(text, _SIDE_BEGINNING_BYTES) + ELLIPSIS
    return f"{short_id(page.id)} {page.timestamp}: {text}"


def recalled(
    recall: Recall,
    *,
    moment: Moment,
    max_tokens: int,
    reader: Reader,
    nearest: bool = False,
    summaries: bool = True,
    explain: bool = False,
) -> RetrieveMemoryResult:
    """The reply to `retrieve_memory`, its JSON at most `max_tokens` long.

    Where no page clearly bears on the query it says so and brings the nearest few, or all if the `nearest` are asked
    for. A walk that goes on brings the pages that follow and nothing else. When it is tight, profile, facts
    and the newest pages keep a small share each and the ranked pages get the rest, the summaries of their talks
    (with `summaries`) what these leave.
    """
    nearest = nearest or recall.goes_on
    ranked = recall.pages if nearest else _worth_reading(recall)
    bare = [_retrieved_page(item, moment, explain=explain) for item in ranked]
    pages = _with_each_summary_once(bare, ranked) if summaries else bare
    kept = set() if isinstance(reader, Always) else {page.id for page in pages}
    newest = [] if recall.is_phatic and not isinstance(reader, Always) else reader.lacks(recall.short_term)
    short_term = [_short_term_page(page, moment) for page in newest if short_id(page.id) not in kept]
    user_knowledge = [_retrieved_knowledge(fact, moment) for fact in recall.user_knowledge[:_FACTS]]
    assistant_knowledge = [_retrieved_knowledge(fact, moment) for fact in recall.assistant_knowledge[:_FACTS]]
    whole = RetrieveMemoryResult(
        query=clipped(recall.query, max(_QUERY_BYTES // 4, int(max_tokens * _QUERY_SHARE))),
        timestamp=moment.text,
        message=_message(recall, shown=bool(pages)),
        user_profile=recall.profile.text if not recall.is_phatic and reader.tell_profile() else "",
        short_term_memory=short_term,
        short_term_count=len(short_term),
        retrieved_pages=pages,
        retrieved_user_knowledge=user_knowledge,
        retrieved_assistant_knowledge=assistant_knowledge,
        total_pages_found=len(pages),
        total_user_knowledge_found=len(user_knowledge),
        total_assistant_knowledge_found=len(assistant_knowledge),
    )
    way_on = _WayOn(recall, is_shown=recall.bears or nearest)
    reply = _fitted(whole, bare, ranked if summaries else _without_summaries(ranked), max_tokens, way_on)
    reader.was_given([page.id for page in (*reply.retrieved_pages, *reply.short_term_memory) if not _is_part(page)])
    return reply


@dataclass(frozen=True, slots=True)
class _WayOn:
    """What a reply is followed by; nothing `is_shown` of it where nothing bears on the query and no number was asked
    for."""

    recall: Recall
    is_shown: bool

    @property
    def longest(self) -> str | None:
        """The cursor behind all pages."""
        walk = self.recall.walk
        if walk is None or not self.is_shown:
            return None
        return walk.behind(page.seq for page in self._pages).cursor

    def behind(self, reply: RetrieveMemoryResult) -> str | None:
        """The cursor behind a reply; None where nothing is left that bears on the query, or no page was shown."""
        ids = {page.id for page in (*reply.retrieved_pages, *reply.short_term_memory)}
        shown = [page for page in self._pages if short_id(page.id) in ids]
        return self.recall.cursor(shown) if shown and self.is_shown else None

    @property
    def _pages(self) -> Sequence[Page]:
        return [*(item.page for item in self.recall.pages), *self.recall.short_term]


def _worth_reading(recall: Recall) -> Sequence[RankedPage]:
    """The pages that bear on the query and come near the best of them; where none does, the nearest few."""
    if recall.is_phatic:
        return ()
    if not recall.bears:
        return recall.pages[:_NEAREST]
    best = max((item.score for item in recall.pages), default=0.0)
    near = _NEAR_OF_MANY if recall.collects else _NEAR_THE_BEST
    return [item for item in recall.pages if item.score >= near * best]


def _is_part(page: ShortTermPage) -> bool:
    return isinstance(page, RetrievedPage) and bool(page.shortened)


def _message(recall: Recall, *, shown: bool) -> str | None:
    """What an agent has to know of a reply that is not what it may be taken for."""
    said = []
    if recall.is_phatic:
        said.append("nothing was asked, so nothing was looked up")
    elif not recall.bears and recall.pages and not recall.goes_on:
        said.append(
            "nothing in memory clearly bears on this: do not guess"
            + ("; the nearest pages are listed" if shown else "")
        )
    if recall.left_out and not recall.bears and not recall.is_phatic and not recall.goes_on:
        said.append('exchanges of projects were not looked through: filter {"project": "*"} does')
    if recall.by_words_only and not recall.is_phatic:
        said.append("found by words only: the embedding model is loading or out of order")
    elif recall.not_embedded and not recall.is_phatic:
        said.append(f"{counted(recall.not_embedded, 'text')} not yet found by meaning")
    return "; ".join(said) or None


def _with_each_summary_once(pages: Sequence[RetrievedPage], ranked: Sequence[RankedPage]) -> list[RetrievedPage]:
    """The pages, the first of each talk with its summary."""
    first: dict[int | None, str] = {}
    for item in ranked:
        first.setdefault(item.page.chain, item.page.id)
    return [
        page.model_copy(update={"meta_info": item.page.meta_info})
        if item.page.meta_info and first[item.page.chain] == item.page.id
        else page
        for page, item in zip(pages, ranked, strict=True)
    ]


def _without_summaries(ranked: Sequence[RankedPage]) -> Sequence[RankedPage]:
    return [replace(item, page=replace(item.page, meta_info="")) for item in ranked]


def _fitted(
    reply: RetrieveMemoryResult,
    bare: Sequence[RetrievedPage],
    ranked: Sequence[RankedPage],
    max_tokens: int,
    way_on: _WayOn,
) -> RetrieveMemoryResult:
    longest = way_on.longest
    has_room = longest is not None and tokens(longest) <= max_tokens * _CURSOR_SHARE
    envelope = reply.model_copy(
        update={
            "user_profile": "",
            "short_term_memory": [],
            "retrieved_pages": [],
            "retrieved_user_knowledge": [],
            "retrieved_assistant_knowledge": [],
            "cursor": longest if has_room else None,
        }
    )
    room = max(0, max_tokens - tokens(as_json(envelope)) - _CUT_RESERVE)
    profile, spent = lines_within(reply.user_profile, int(room * _PROFILE_SHARE))
    left = room - spent
    user_knowledge, spent = items_within(reply.retrieved_user_knowledge, int(room * _KNOWLEDGE_SHARE * 0.7))
    left -= spent
    assistant_knowledge, spent = items_within(reply.retrieved_assistant_knowledge, int(room * _KNOWLEDGE_SHARE * 0.3))
    left -= spent
    newest_first = reply.short_term_memory[::-1]
    short_term_room = int(room * _SHORT_TERM_SHARE)
    _, reserved = items_within(newest_first, short_term_room)
    pages, spent = pages_within(bare, ranked, left - (reserved if ranked else 0))
    left -= spent
    short_term, _ = items_within(newest_first, min(left, short_term_room))
    chosen = {page.id for page in short_term}
    result = envelope.model_copy(
        update={
            "user_profile": profile,
            "short_term_memory": [page for page in reply.short_term_memory if page.id in chosen],
            "retrieved_pages": pages,
            "retrieved_user_knowledge": user_knowledge,
            "retrieved_assistant_knowledge": assistant_knowledge,
        }
    )
    cursor = way_on.behind(result)
    is_cut = cursor is not None and not has_room
    return result.model_copy(
        update={"cursor": None if is_cut else cursor, "cut": _what_was_cut(reply, result, cursor=is_cut)}
    )


def _what_was_cut(whole: RetrieveMemoryResult, kept: RetrieveMemoryResult, *, cursor: bool) -> str | None:
    counts = {
        "pages": len(whole.retrieved_pages) - len(kept.retrieved_pages),
        "short-term pages": len(whole.short_term_memory) - len(kept.short_term_memory),
        "facts": len(whole.retrieved_user_knowledge)
        + len(whole.retrieved_assistant_knowledge)
        - len(kept.retrieved_user_knowledge)
        - len(kept.retrieved_assistant_knowledge),
        "summaries": _summaries(whole) - _summaries(kept),
        "parts of pages": sum(bool(page.shortened) for page in kept.retrieved_pages),
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    if kept.user_profile != whole.user_profile:
        parts.append("part of the profile")
    if cursor:
        parts.append("the cursor")
    return _in_words(parts)


def _in_words(cut: Sequence[str]) -> str | None:
    return f"{', '.join(cut)} (raise max_tokens for them)" if cut else None


def _summaries(reply: RetrieveMemoryResult) -> int:
    return sum(bool(page.meta_info) for page in reply.retrieved_pages)


def profiled(
    profile: Profile,
    user_knowledge: Sequence[Knowledge],
    assistant_knowledge: Sequence[Knowledge] | None,
    *,
    user_id: str,
    assistant_id: str,
    now: str,
    max_tokens: int,
) -> UserProfileResult:
    """The reply to `get_user_profile`, facts newest first, its JSON at most `max_tokens` long."""
    about_user = _newest_first(user_knowledge)
    about_assistant = None if assistant_knowledge is None else _newest_first(assistant_knowledge)
    reply = UserProfileResult(
        timestamp=now,
        user_id=user_id,
        assistant_id=assistant_id,
        user_profile=profile.text,
        user_knowledge=about_user,
        user_knowledge_count=len(about_user),
        assistant_knowledge=about_assistant,
        assistant_knowledge_count=None if about_assistant is None else len(about_assistant),
        analysis=profile.analysis,
    )
    if tokens(as_json(reply)) <= max_tokens:
        return reply
    envelope = reply.model_copy(
        update={
            "user_id": clipped(user_id, int(max_tokens * _ID_SHARE)),
            "assistant_id": clipped(assistant_id, int(max_tokens * _ID_SHARE)),
            "user_profile": "",
            "user_knowledge": [],
            "assistant_knowledge": None if about_assistant is None else [],
        }
    )
    room = max(0, max_tokens - tokens(as_json(envelope)) - _CUT_RESERVE)
    text, spent = lines_within(profile.text, room // 2)
    left = room - spent
    kept_user, spent = items_within(about_user, left)
    kept_assistant, _ = items_within(about_assistant or [], left - spent)
    facts = len(about_user) - len(kept_user) + len(about_assistant or []) - len(kept_assistant)
    cut = [f"{facts} older facts"] if facts else []
    if text != profile.text:
        cut.append("part of the profile")
    if (envelope.user_id, envelope.assistant_id) != (user_id, assistant_id):
        cut.append("part of the ids")
    return envelope.model_copy(
        update={
            "user_profile": text,
            "user_knowledge": kept_user,
            "assistant_knowledge": None if about_assistant is None else kept_assistant,
            "cut": _in_words(cut),
        }
    )


def _retrieved_page(ranked: RankedPage, moment: Moment, *, explain: bool) -> RetrievedPage:
    """A page without the summary of its talk; whole, but for a long side that adds nothing."""
    page = ranked.page
    user_input, agent_response = _telling_sides(ranked)
    is_part = (user_input, agent_response) != (page.user_input, page.agent_response)
    return RetrievedPage(
        id=short_id(page.id),
        timestamp=page.timestamp,
        when=moment.seen(page),
        user_input=user_input,
        agent_response=agent_response,
        outdated_by=None if ranked.outdated_by is None else short_id(ranked.outdated_by),
        shortened=True if is_part else None,
        score=round(ranked.score, 3) if explain else None,
        why=_why(ranked) if explain else None,
    )


def _telling_sides(ranked: RankedPage) -> tuple[str, str]:
    """Both sides, the long one of two that says no word of the query by its beginning."""
    user_input, agent_response = ranked.page.user_input, ranked.page.agent_response
    if not ranked.words:
        return user_input, agent_response
    user_says, agent_says = (_says(side, ranked.words) for side in (user_input, agent_response))
    if user_says and not agent_says:
        return user_input, _beginning_of(agent_response)
    if agent_says and not user_says:
        return _beginning_of(user_input), agent_response
    return user_input, agent_response


def _says(side: str, words: Sequence[str]) -> bool:
    """Whether a word of the query, as it is written there, or a longer form of it stands in a side."""
    said = side.casefold()
    return any(word[: max(3, len(word) - 2)] in said for word in words)


def _beginning_of(side: str) -> str:
    if json_bytes(side) <= _SIDE_BYTES:
        return side
    return beginning(side, _SIDE_BEGINNING_BYTES) + ELLIPSIS


def _why(ranked: RankedPage) -> str:
    """The parts of a score, largest first, with the words of the query that stand in the page."""
    parts = sorted(ranked.signals.items(), key=lambda part: -part[1])
    said = ", ".join(f"{name} {value:.2f}" for name, value in parts if value >= _SMALLEST_PART)
    return f"{said}; words: {' '.join(ranked.words)}" if ranked.words else said


def _short_term_page(page: Page, moment: Moment) -> ShortTermPage:
    return ShortTermPage(
        id=short_id(page.id),
        timestamp=page.timestamp,
        when=moment.seen(page),
        user_input=page.user_input,
        agent_response=page.agent_response,
    )


def _newest_first(facts: Sequence[Knowledge]) -> list[KnowledgeItem]:
    return [_knowledge(fact) for fact in sorted(facts, key=lambda fact: fact.happened_at, reverse=True)]


def _knowledge(fact: Knowledge) -> KnowledgeItem:
    return KnowledgeItem(id=fact.id, knowledge=fact.text, timestamp=fact.timestamp)


def _retrieved_knowledge(ranked: RankedKnowledge, moment: Moment) -> RetrievedKnowledge:
    fact = ranked.knowledge
    return RetrievedKnowledge(id=fact.id, knowledge=fact.text, timestamp=fact.timestamp, when=moment.seen(fact))
