"""What a good model would answer: computed from the pages in the prompt, so that it is always about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from scripted_llm import Request, Response, says_json

from memoryos.analyst.model.prompts import DIMENSIONS

_PAGE = re.compile(r'<page number="(\d+)" time="([^"]*)">\n(.*?)</page>', re.DOTALL)
_SIDE = re.compile(r"<(user|assistant)>(.*?)</\1>", re.DOTALL)
_KNOWN = re.compile(r"^(\d+)\. \((user|assistant), [^)]*\) (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as the prompt shows it."""

    number: int
    time: str
    user: str
    assistant: str


@dataclass(slots=True)
class ReadingModel:
    """Answers both questions of the analyst; `subject_of` tells what a page is about.

    `said` collects every sentence it wanted remembered: what is in a memory and not in here came from nowhere.
    """

    subject_of: Callable[[str], str] = lambda text: max(re.findall(r"\w+", text) or ["talk"], key=len)
    said: set[str] = field(default_factory=set)

    def __call__(self, request: Request) -> Response:
        return says_json(self.read(request))

    def read(self, request: Request) -> dict[str, object]:
        """The answer as an object, remembered as said."""
        answer = self.draft(request)
        self.said.update(sentences_of(answer))
        return answer

    def draft(self, request: Request) -> dict[str, object]:
        """The answer as an object, not said yet."""
        pages = pages_of(request)
        return self._analysis(request, pages) if is_analysis(request) else self._consolidation(pages)

    def _consolidation(self, pages: list[SeenPage]) -> dict[str, object]:
        groups: dict[str, list[SeenPage]] = {}
        for page in pages:
            groups.setdefault(self.subject_of(page.user or page.assistant), []).append(page)
        return {
            "continues": True,
            "talks": [{"first_page": 1, "summary": f"They talked about {', '.join(groups)}."}],
            "topics": [
                {
                    "theme": subject,
                    "keywords": [subject],
                    "summary": (members[0].user or members[0].assistant)[:300],
                    "pages": [page.number for page in members],
                }
                for subject, members in groups.items()
            ],
        }

    def _analysis(self, request: Request, pages: list[SeenPage]) -> dict[str, object]:
        known = [(int(number), owner, text) for number, owner, text in _KNOWN.findall(request.text)]
        facts = []
        for page in pages:
            about = self.subject_of(page.user or page.assistant)
            older = (number for number, owner, text in known if owner == "user" and about in text)
            facts.append(
                {
                    "about": "user",
                    "fact": f"The user, on {page.time[:10]}: {page.user[:120]}",
                    "pages": [page.number],
                    "replaces": next(older, 0),
                }
            )
        first = pages[0]
        dimension = DIMENSIONS[len(first.user) % len(DIMENSIONS)]
        trait = {"dimension": dimension, "level": "High", "evidence": first.user[:80], "page": first.number}
        return {"facts": facts, "traits": [trait]}


def pages_of(request: Request) -> list[SeenPage]:
    """The pages that a prompt shows."""
    pages = []
    for number, time, inner in _PAGE.findall(request.messages[1][1]):
        sides = dict(_SIDE.findall(inner))
        pages.append(SeenPage(int(number), time, sides.get("user", ""), sides.get("assistant", "")))
    return pages


def is_analysis(request: Request) -> bool:
    """Whether a prompt asks for facts and traits, else for talks and topics."""
    return '"facts"' in request.messages[0][1]


def sentences_of(value: object) -> set[str]:
    """All texts of an answer that a memory may keep."""
    if isinstance(value, dict):
        return set().union(*(sentences_of(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(sentences_of(part) for part in value))
    return {" ".join(value.split())} if isinstance(value, str) else set()
