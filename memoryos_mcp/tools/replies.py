"""From what the engine answers to what goes over the wire, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence

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
from memoryos_mcp.wording import forgotten_text

_PROFILE_SHARE = 0.10
_KNOWLEDGE_SHARE = 0.15
_SHORT_TERM_SHARE = 0.15
"""Of a tight budget; what a part does not use goes to the pages, and what these leave to short-term memory."""

_QUERY_SHARE = 0.04
_ID_SHARE = 0.2
"""Of the whole budget, at most: what a call's query, or either id, may take of a reply that must be cut."""

_CUT_RESERVE = 40
"""Tokens kept for saying what was cut."""

_SMALLEST_PART = 0.005


def added(answer: Added) -> AddMemoryResult:
    """The reply to `add_memory`."""
    message = "already in memory (same page sent again)" if answer.repeated else "added to memory"
    return AddMemoryResult(
        message=message,
        timestamp=answer.page.timestamp,
        details=AddedDetails(id=answer.page.id, repeated=answer.repeated),
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


def recalled(recall: Recall, *, now: str, max_tokens: int, explain: bool = False) -> RetrieveMemoryResult:
    """The reply to `retrieve_memory`, its JSON at most `max_tokens` long.

    When it is tight, the profile, the facts and the newest pages keep a small share each and the ranked pages get the
    rest, the summaries of their talks what these leave; then short-term memory fills up, the pages that stand among
    the ranked ones already last of all.
    """
    bare = [_retrieved_page(item, explain=explain) for item in recall.pages]
    pages = _with_each_summary_once(bare, recall.pages)
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
    return _fitted(reply, bare, recall.pages, max_tokens)


def _with_each_summary_once(pages: Sequence[RetrievedPage], ranked: Sequence[RankedPage]) -> list[RetrievedPage]:
    """The pages, the first of each talk with its summary."""
    first: dict[int | None, str] = {}
    for item in ranked:
        first.setdefault(item.page.chain, item.page.id)
    return [
        page.model_copy(update={"meta_info": item.page.meta_info}) if first[item.page.chain] == page.id else page
        for page, item in zip(pages, ranked, strict=True)
    ]


def _fitted(
    reply: RetrieveMemoryResult, bare: Sequence[RetrievedPage], ranked: Sequence[RankedPage], max_tokens: int
) -> RetrieveMemoryResult:
    envelope = reply.model_copy(
        update={
            "query": clipped(reply.query, int(max_tokens * _QUERY_SHARE)),
            "user_profile": "",
            "short_term_memory": [],
            "retrieved_pages": [],
            "retrieved_user_knowledge": [],
            "retrieved_assistant_knowledge": [],
        }
    )
    room = max(0, max_tokens - tokens(as_json(envelope)) - _CUT_RESERVE)
    profile, spent = lines_within(reply.user_profile, int(room * _PROFILE_SHARE))
    left = room - spent
    user_knowledge, spent = items_within(reply.retrieved_user_knowledge, int(room * _KNOWLEDGE_SHARE * 0.7))
    left -= spent
    assistant_knowledge, spent = items_within(reply.retrieved_assistant_knowledge, int(room * _KNOWLEDGE_SHARE * 0.3))
    left -= spent
    kept = {page.id for page in reply.retrieved_pages}
    newest_first = reply.short_term_memory[::-1]
    unranked = [page for page in newest_first if page.id not in kept]
    _, reserved = items_within(unranked, int(room * _SHORT_TERM_SHARE))
    pages, spent = pages_within(bare, ranked, left - reserved)
    left -= spent
    kept = {page.id for page in pages}
    ranked_last = sorted(newest_first, key=lambda page: page.id in kept)
    short_term, _ = items_within(ranked_last, left)
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
        "summaries": _summaries(whole) - _summaries(kept),
        "parts of pages": sum(bool(page.shortened) for page in kept.retrieved_pages),
    }
    parts = [f"{count} {name}" for name, count in counts.items() if count]
    if kept.user_profile != whole.user_profile:
        parts.append("part of the profile")
    return _in_words(parts)


def _in_words(cut: Sequence[str]) -> str:
    return f"{', '.join(cut)} (raise max_tokens for them)" if cut else ""


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


def _retrieved_page(ranked: RankedPage, *, explain: bool) -> RetrievedPage:
    """A page without the summary of its talk."""
    page = ranked.page
    return RetrievedPage(
        id=page.id,
        user_input=page.user_input,
        agent_response=page.agent_response,
        timestamp=page.timestamp,
        meta_info="",
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
