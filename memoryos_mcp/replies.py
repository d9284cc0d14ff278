"""From what the engine answers to what goes over the wire, within a budget of tokens."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from memoryos.models import Added, Knowledge, Page, Profile, RankedKnowledge, RankedPage, Recall
from memoryos_mcp.schemas import (
    AddedDetails,
    AddMemoryResult,
    KnowledgeItem,
    RetrievedKnowledge,
    RetrievedPage,
    RetrieveMemoryResult,
    ShortTermPage,
    UserProfileResult,
)

_PROFILE_SHARE = 0.10
_KNOWLEDGE_SHARE = 0.15
_SHORT_TERM_SHARE = 0.15
"""Of a tight budget; what a part does not use goes to the pages, and what these leave to short-term memory."""

_CUT_RESERVE = 40
"""Tokens kept for saying what was cut."""

_SMALLEST_PART = 0.005

_LARGEST_ESCAPE = 6
"""Bytes that one byte of text costs at most as JSON: a budget of 4 bytes a token, cut by it, is kept for any text."""

Item = TypeVar("Item", bound=BaseModel)


def tokens(text: str) -> int:
    """The size of a text in tokens, estimated as UTF-8 bytes / 4, rounded up."""
    return -(-len(text.encode()) // 4)


def as_json(reply: BaseModel) -> str:
    """The reply as it goes over the wire: compact, without absent fields."""
    return reply.model_dump_json(exclude_none=True)


def added(answer: Added) -> AddMemoryResult:
    """The reply to `add_memory`."""
    message = "already in memory (same page sent again)" if answer.repeated else "added to memory"
    return AddMemoryResult(
        message=message,
        timestamp=answer.page.timestamp,
        details=AddedDetails(id=answer.page.id, repeated=answer.repeated),
    )


def recalled(recall: Recall, *, now: str, max_tokens: int, explain: bool = False) -> RetrieveMemoryResult:
    """The reply to `retrieve_memory`, its JSON at most `max_tokens` long.

    When it is tight, the profile, the facts and the newest pages keep a small share each and the ranked pages get the
    rest; then short-term memory fills up, the pages that stand among the ranked ones already last of all.
    """
    pages, _ = _pages_within(recall.pages, sys.maxsize, explain=explain)
    short_term = [_short_term_page(page) for page in recall.short_term]
    user_knowledge = [_retrieved_knowledge(fact) for fact in recall.user_knowledge]
    assistant_knowledge = [_retrieved_knowledge(fact) for fact in recall.assistant_knowledge]
    reply = RetrieveMemoryResult(
        query=recall.query,
        timestamp=now,
        user_profile=recall.profile.text,
        short_term_memory=short_term,
        short_term_count=len(short_term),
        retrieved_pages=pages,
        retrieved_user_knowledge=user_knowledge,
        retrieved_assistant_knowledge=assistant_knowledge,
        total_pages_found=len(pages),
        total_user_knowledge_found=len(user_knowledge),
        total_assistant_knowledge_found=len(assistant_knowledge),
        analysis=recall.profile.analysis,
    )
    if tokens(as_json(reply)) <= max_tokens:
        return reply
    return _fitted(reply, recall.pages, max_tokens, explain=explain)


def _fitted(
    reply: RetrieveMemoryResult, ranked: Sequence[RankedPage], max_tokens: int, *, explain: bool
) -> RetrieveMemoryResult:
    envelope = reply.model_copy(
        update={
            "query": _clipped(reply.query, max_tokens * 4 // _LARGEST_ESCAPE // 4),
            "user_profile": "",
            "short_term_memory": [],
            "retrieved_pages": [],
            "retrieved_user_knowledge": [],
            "retrieved_assistant_knowledge": [],
        }
    )
    room = max(0, max_tokens - tokens(as_json(envelope)) - _CUT_RESERVE)
    profile, spent = _lines_within(reply.user_profile, int(room * _PROFILE_SHARE))
    left = room - spent
    user_knowledge, spent = _within(reply.retrieved_user_knowledge, int(room * _KNOWLEDGE_SHARE * 0.7))
    left -= spent
    assistant_knowledge, spent = _within(reply.retrieved_assistant_knowledge, int(room * _KNOWLEDGE_SHARE * 0.3))
    left -= spent
    kept = {page.id for page in reply.retrieved_pages}
    newest_first = reply.short_term_memory[::-1]
    unranked = [page for page in newest_first if page.id not in kept]
    _, reserved = _within(unranked, int(room * _SHORT_TERM_SHARE))
    pages, spent = _pages_within(ranked, left - reserved, explain=explain)
    if not pages and reply.retrieved_pages:
        pages, spent = _within([_shortened(reply.retrieved_pages[0], left - reserved)], left - reserved)
    left -= spent
    kept = {page.id for page in pages}
    ranked_last = sorted(newest_first, key=lambda page: page.id in kept)
    short_term, _ = _within(ranked_last, left)
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
    return result.model_copy(update={"cut": _what_was_cut(reply, result)})


def _what_was_cut(whole: RetrieveMemoryResult, kept: RetrieveMemoryResult) -> str:
    counts = {
        "pages": len(whole.retrieved_pages) - len(kept.retrieved_pages),
        "short-term pages": len(whole.short_term_memory) - len(kept.short_term_memory),
        "facts": len(whole.retrieved_user_knowledge)
        + len(whole.retrieved_assistant_knowledge)
        - len(kept.retrieved_user_knowledge)
        - len(kept.retrieved_assistant_knowledge),
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    if kept.user_profile != whole.user_profile:
        parts.append("part of the profile")
    return f"{', '.join(parts)} (raise max_tokens for them)" if parts else ""


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
    bare = reply.model_copy(update={"user_profile": "", "user_knowledge": [], "assistant_knowledge": None})
    room = max(0, max_tokens - tokens(as_json(bare)) - _CUT_RESERVE)
    text, spent = _lines_within(profile.text, room // 2)
    left = room - spent
    kept_user, spent = _within(about_user, left)
    kept_assistant, _ = _within(about_assistant or [], left - spent)
    cut = len(about_user) - len(kept_user) + len(about_assistant or []) - len(kept_assistant)
    return reply.model_copy(
        update={
            "user_profile": text,
            "user_knowledge": kept_user,
            "assistant_knowledge": None if about_assistant is None else kept_assistant,
            "cut": f"{cut} older facts{' and part of the profile' if text != profile.text else ''}"
            " (raise max_tokens for them)",
        }
    )


def _within(items: Sequence[Item], budget: int) -> tuple[list[Item], int]:
    """The items that fit, in order, one too large for what is left passed over; and what they cost."""
    chosen: list[Item] = []
    spent = 0
    for item in items:
        cost = tokens(as_json(item)) + 1
        if spent + cost <= budget:
            chosen.append(item)
            spent += cost
    return chosen, spent


def _pages_within(ranked: Sequence[RankedPage], budget: int, *, explain: bool) -> tuple[list[RetrievedPage], int]:
    """The pages that fit, in order, each chain's summary with the first of its pages that does; and what they cost."""
    told: set[int | None] = set()
    chosen: list[RetrievedPage] = []
    spent = 0
    for item in ranked:
        page = _retrieved_page(item, with_meta_info=item.page.chain not in told, explain=explain)
        cost = tokens(as_json(page)) + 1
        if spent + cost <= budget:
            chosen.append(page)
            spent += cost
            told.add(item.page.chain)
    return chosen, spent


def _lines_within(text: str, budget: int) -> tuple[str, int]:
    """The first lines that fit as JSON, and what they cost."""
    lines: list[str] = []
    spent = 0
    for line in text.split("\n"):
        cost = tokens(json.dumps(line, ensure_ascii=False))  # its two quotes stand for the escaped line break
        if spent + cost > budget:
            break
        lines.append(line)
        spent += cost
    return "\n".join(lines), spent


def _shortened(page: RetrievedPage, budget: int) -> RetrievedPage:
    """The beginning of both sides of a page that is larger than the whole budget."""
    bare = page.model_copy(update={"user_input": "", "agent_response": "", "meta_info": ""})
    characters = max(0, budget - tokens(as_json(bare)) - 4)
    side = characters * 4 // _LARGEST_ESCAPE // 2
    return bare.model_copy(
        update={"user_input": _clipped(page.user_input, side), "agent_response": _clipped(page.agent_response, side)}
    )


def _clipped(text: str, size: int) -> str:
    return text if len(text.encode()) <= size else text.encode()[:size].decode(errors="ignore") + "…"


def _retrieved_page(ranked: RankedPage, *, with_meta_info: bool, explain: bool) -> RetrievedPage:
    page = ranked.page
    return RetrievedPage(
        id=page.id,
        user_input=page.user_input,
        agent_response=page.agent_response,
        timestamp=page.timestamp,
        meta_info=page.meta_info if with_meta_info else "",
        score=round(ranked.score, 3),
        why=_why(ranked) if explain else None,
    )


def _why(ranked: RankedPage) -> str:
    """The parts of a score, largest first, with the words of the query that stand in the page."""
    parts = sorted(ranked.signals.items(), key=lambda part: -part[1])
    said = ", ".join(f"{name} {value:.2f}" for name, value in parts if value >= _SMALLEST_PART)
    return f"{said}; words: {' '.join(ranked.words)}" if ranked.words else said


def _short_term_page(page: Page) -> ShortTermPage:
    return ShortTermPage(
        id=page.id, user_input=page.user_input, agent_response=page.agent_response, timestamp=page.timestamp
    )


def _newest_first(facts: Sequence[Knowledge]) -> list[KnowledgeItem]:
    return [_knowledge(fact) for fact in sorted(facts, key=lambda fact: fact.happened_at, reverse=True)]


def _knowledge(fact: Knowledge) -> KnowledgeItem:
    return KnowledgeItem(id=fact.id, knowledge=fact.text, timestamp=fact.timestamp)


def _retrieved_knowledge(ranked: RankedKnowledge) -> RetrievedKnowledge:
    fact = ranked.knowledge
    return RetrievedKnowledge(id=fact.id, knowledge=fact.text, timestamp=fact.timestamp, score=round(ranked.score, 3))
