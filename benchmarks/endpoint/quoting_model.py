"""A model that behaves well: it answers by quoting the pages it was shown, every page in a topic and a fact of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks.endpoint.chat_endpoints import Question

_PAGE = re.compile(r'<page number="(\d+)" time="([^"]*)">\n(.*?)\n</page>', re.DOTALL)
_SIDE = re.compile(r"</?(?:user|assistant)>")
_PREVIOUS = re.compile(r"<previous_page>\n\(([^)]*)\)")
_WORD = re.compile(r"\w{4,}")

_DATE = len("2026-01-31")
_SUMMARY_CHARS = 300
_FACT_CHARS = 120
_KEYWORDS = 4


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    time: str
    text: str

    @property
    def day(self) -> str:
        return self.time[:_DATE]


@dataclass(frozen=True, slots=True)
class QuotingModel:
    """The pages of one day are a talk, and every `topic_pages` pages of a talk are a topic.

    The size of topics decides how often segments are analysed, so it is what the number of calls depends on.
    """

    topic_pages: int

    def __call__(self, question: Question) -> dict[str, object]:
        pages = [_Page(int(number), time, _text(inner)) for number, time, inner in _PAGE.findall(question.text)]
        return _analysis(pages) if question.wanted == "analysis" else self._consolidation(question.text, pages)

    def _consolidation(self, prompt: str, pages: Sequence[_Page]) -> dict[str, object]:
        talks = [list(talk) for _, talk in groupby(pages, lambda page: page.day)]
        size = self.topic_pages
        topics = [talk[start : start + size] for talk in talks for start in range(0, len(talk), size)]
        previous = _PREVIOUS.search(prompt)
        return {
            "continues": previous is not None and previous[1][:_DATE] == pages[0].day,
            "talks": [{"first_page": talk[0].number, "summary": _summary(talk)} for talk in talks],
            "topics": [_topic(topic) for topic in topics],
        }


def _topic(pages: Sequence[_Page]) -> dict[str, object]:
    summary = _summary(pages)
    # The longest words are the rarest ones, and of equals the first.
    keywords = sorted(dict.fromkeys(_WORD.findall(summary.lower())), key=len, reverse=True)[:_KEYWORDS]
    return {
        "theme": " ".join(keywords),
        "keywords": keywords,
        "summary": summary,
        "pages": [page.number for page in pages],
    }


def _analysis(pages: Sequence[_Page]) -> dict[str, object]:
    first = pages[0]
    return {
        "facts": [
            {"about": "user", "fact": page.text[:_FACT_CHARS], "pages": [page.number], "replaces": 0} for page in pages
        ],
        "traits": [
            {"dimension": "Openness", "level": "High", "evidence": first.text[:_FACT_CHARS], "page": first.number}
        ],
    }


def _summary(pages: Sequence[_Page]) -> str:
    """The same length of every page, together as long as a summary is."""
    return " ".join(page.text[: _SUMMARY_CHARS // len(pages)] for page in pages)


def _text(inner: str) -> str:
    return " ".join(_SIDE.sub(" ", inner).split())
