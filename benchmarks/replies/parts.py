"""What a reply consists of, in tokens: pure arithmetic on the text that a client gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PARTS: Final = ("texts", "dates", "short-term", "facts", "profile", "summaries", "rest")
"""The texts of ranked pages, their dates, the newest pages, facts, the profile, summaries of talks, and what holds all
together: names of fields, ids, counts."""

_DATES: Final = ("timestamp", "when")


def tokens(value: object) -> float:
    """The size of a value as compact JSON, UTF-8 bytes / 4; of a text without its quotes."""
    size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    return (size - 2 if isinstance(value, str) else size) / 4


@dataclass(frozen=True, slots=True)
class Measured:
    """One reply: its tokens, the part of each of `PARTS`, those of gold pages' texts, and the share 0-1 of gold pages
    that stand in it, be it a part of one; `outdated` is that of those that stand in it marked as outdated.
    `refused` where it says that nothing bears on the question."""

    tokens: float
    parts: Mapping[str, float]
    evidence: float
    gold: float
    outdated: float
    refused: bool


def measured(text: str, gold: Collection[str]) -> Measured:
    """The measures of a reply's text; `gold` are ends of the ids of the pages that answer the question."""
    reply: dict[str, Any] = json.loads(text)
    pages: Sequence[Mapping[str, Any]] = reply["retrieved_pages"]
    newest: Sequence[Mapping[str, Any]] = reply["short_term_memory"]
    facts = [*reply["retrieved_user_knowledge"], *reply["retrieved_assistant_knowledge"]]
    parts = {
        "texts": sum(map(_text_tokens, pages)),
        "dates": sum(tokens(page[key]) for page in pages for key in _DATES if key in page),
        "short-term": sum(map(tokens, newest)),
        "facts": sum(map(tokens, facts)),
        "profile": tokens(reply["user_profile"]),
        "summaries": sum(tokens(page.get("meta_info") or "") for page in pages),
    }
    size = len(text.encode()) / 4
    shown = {_end_of(str(page["id"]), gold): page for page in (*newest, *pages)}
    return Measured(
        tokens=size,
        parts={**parts, "rest": size - sum(parts.values())},
        evidence=sum(_text_tokens(shown[end]) for end in gold if end in shown),
        gold=_share(gold, lambda end: end in shown),
        outdated=_share(gold, lambda end: "outdated_by" in shown.get(end, {})),
        refused="nothing in memory clearly bears" in str(reply.get("message", "")),
    )


def _share(gold: Collection[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, gold)) / len(gold) if gold else 0.0


def _text_tokens(page: Mapping[str, Any]) -> float:
    return tokens(page["user_input"]) + tokens(page["agent_response"])


def _end_of(shown: str, gold: Collection[str]) -> str:
    """The gold page's end that an id as it is shown means, else the id."""
    return next((end for end in gold if shown.endswith(end)), shown)
