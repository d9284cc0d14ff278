"""The contexts a model reads before it answers: the talk itself, BM25's pages, or what a memory finds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.common.conversations import Exchange
from benchmarks.recall.baselines import Words
from memoryos.language.sizes import tokens

if TYPE_CHECKING:
    from benchmarks.answers.locomo_memory import MemoryServer

Speakers = tuple[str, str]

_MONTHS = "January February March April May June July August September October November December".split()

_FACTS_SHARE = 0.2
"""The largest share of the tokens that facts get; pages get the rest."""

_MAX_RESULTS = 50
_REPLY_PER_CONTEXT = 4
"""A reply may have 4 times the tokens of the context: its JSON is larger than the text in it, and must cut nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """A text of bounded tokens, the pages that it shows in their order, and the seconds it took to find them."""

    text: str
    pages: tuple[str, ...]
    seconds: float

    @property
    def tokens(self) -> int:
        return tokens(self.text)


class Source(Protocol):
    """Finds what to read for a question."""

    def context(self, question: str) -> Context:
        """What to read."""


class FullTalk:
    """The end of the talk, as much as fits: the same for every question."""

    def __init__(self, pages: Sequence[Exchange], speakers: Speakers, max_tokens: int) -> None:
        newest_first = [(page.id, _told(page, speakers)) for page in reversed(pages)]
        kept, left = list[tuple[str, str]](), max_tokens
        for page, text in newest_first:
            left -= tokens(text) + 1
            if left < 0:
                break
            kept.append((page, text))
        kept.reverse()
        self._context = Context("\n".join(text for _, text in kept), tuple(page for page, _ in kept), 0.0)

    def context(self, question: str) -> Context:
        return self._context


class WordPages:
    """The best pages by BM25 alone, in the order in which they were spoken."""

    def __init__(self, pages: Sequence[Exchange], speakers: Speakers, max_tokens: int) -> None:
        self._pages, self._speakers, self._max_tokens = pages, speakers, max_tokens
        self._words = Words()
        for page in pages:
            self._words.add(page)

    def context(self, question: str) -> Context:
        started = time.perf_counter()
        ranked = [self._pages[number] for number in self._words.rank(question, _MAX_RESULTS)]
        seconds = time.perf_counter() - started
        return _joined([], ranked, self._speakers, self._max_tokens, seconds)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What `retrieve_memory` answers: facts, then the best pages in the order in which they were spoken."""

    server: MemoryServer
    speakers: Speakers
    max_tokens: int
    page_of: Mapping[str, str]

    def context(self, question: str) -> Context:
        started = time.perf_counter()
        reply = self.server.retrieve(question, _MAX_RESULTS, self.max_tokens * _REPLY_PER_CONTEXT)
        seconds = time.perf_counter() - started
        return remembered(reply, self.speakers, self.page_of, max_tokens=self.max_tokens, seconds=seconds)


def remembered(
    reply: Mapping[str, Any], speakers: Speakers, page_of: Mapping[str, str], *, max_tokens: int, seconds: float
) -> Context:
    """What fits of a reply of `retrieve_memory`; `page_of` gives the data's page for each id of the server."""
    kinds = ("retrieved_user_knowledge", "retrieved_assistant_knowledge")
    by_speaker = [
        [f"- {speaker}: {fact['knowledge']} ({_date(fact['timestamp'])})" for fact in reply[kind]]
        for kind, speaker in zip(kinds, speakers, strict=True)
    ]
    # Each list is best first; the best of both come before the second of either.
    best_first = [fact for ranked in zip_longest(*by_speaker) for fact in ranked if fact]
    pages = [
        Exchange(page_of.get(page["id"], page["id"]), page["user_input"], page["agent_response"], page["timestamp"])
        for page in reply["retrieved_pages"]
    ]
    return _joined(best_first, pages, speakers, max_tokens, seconds)


def _joined(
    facts: Iterable[str], ranked: Sequence[Exchange], speakers: Speakers, max_tokens: int, seconds: float
) -> Context:
    """The pages that fit, taken in the order given and then put in the order of their times."""
    known = _fitting(((fact, fact) for fact in facts), int(max_tokens * _FACTS_SHARE))
    left = max_tokens - sum(tokens(text) + 1 for _, text in known)
    by_id = {page.id: page for page in ranked}
    kept = dict(_fitting(((page.id, _told(page, speakers)) for page in ranked), left))
    in_time = sorted(kept, key=lambda page: by_id[page].timestamp or "")
    text = "\n".join((*(fact for fact, _ in known), *(kept[page] for page in in_time)))
    return Context(text, tuple(kept), seconds)


def _fitting(texts: Iterable[tuple[str, str]], max_tokens: int) -> list[tuple[str, str]]:
    """The named texts that fit, taken one by one; a text that is too long is left out and the next is tried."""
    kept, left = list[tuple[str, str]](), max_tokens
    for name, text in texts:
        size = tokens(text) + 1
        if size <= left:
            kept.append((name, text))
            left -= size
    return kept


def _told(page: Exchange, speakers: Speakers) -> str:
    """The page as a model reads it: a date as people write it, as LoCoMo's own prompts and answers have it."""
    said = [
        f"{name}: {text}" for name, text in zip(speakers, (page.user_input, page.agent_response), strict=True) if text
    ]
    return "\n".join((f"[{_date(page.timestamp)}]", *said)) if page.timestamp else "\n".join(said)


def _date(timestamp: str) -> str:
    day = datetime.fromisoformat(timestamp)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
