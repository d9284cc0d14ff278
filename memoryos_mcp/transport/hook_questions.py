"""A running server answers hooks: what bears on a prompt by its meaning, which takes a model that is loaded."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from memoryos.errors import MemoryOSError
from memoryos.language.asking import tells_nothing
from memoryos.language.stems import stem
from memoryos.storage.paths import file_of
from memoryos_mcp.hooks.local_socket import Door
from memoryos_mcp.hooks.questions import Question, encoded
from memoryos_mcp.hooks.recall import MOST_PAGES, SIDE_CHARACTERS, Brought, Exchange, Fact

if TYPE_CHECKING:
    from memoryos import Memoryos, RankedKnowledge, RankedPage
    from memoryos_mcp.session import MemorySession

_log = logging.getLogger(__name__)

FLOOR: Final = 1.5
"""So far bears on a prompt what is put before a model unasked. Of 273 questions about one LoCoMo conversation asked of
another 5 in a hundred bring something then, of 40 that the right one never answers 20, of 273 that it answers 60 what
holds the evidence, of MADial's 76 messages 21. Words bring 8, 32, 48 and 0 (`benchmarks/injecting.py`)."""

_LOOKED_AT: Final = 10
"""Of the best pages, some may be of the session that asks."""


@contextmanager
def answered_to_hooks(session: MemorySession) -> Iterator[None]:
    """Within it hooks are answered about the memory of a session, once that is open.

    Not where a session serves many users, or its memory is in no file: hooks find none of these.
    """
    if session.config.serves_many or session.config.store_scheme != "sqlite":
        yield
        return
    questions = HookQuestions(session)
    session.on_opening(questions.begin)
    try:
        yield
    finally:
        questions.end()


class HookQuestions:
    """Answers hooks on a thread of its own, one after the other: no call of a tool waits for that."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session
        self._memory = file_of(session.config)
        self._door: Door | None = None

    def begin(self) -> None:
        """Let hooks ask; where the system has no place for that they go by words."""
        if self._door is not None and os.path.exists(self._door.path):
            return
        try:
            self._door = Door(str(self._memory.parent))
        except OSError as error:
            _log.info("hooks cannot ask this server, and go by words: %s", error)
            return
        threading.Thread(target=self._door.serve, args=(self._answer,), name="memoryos-hooks", daemon=True).start()

    def end(self) -> None:
        """Answer no more."""
        if self._door is not None:
            self._door.close()

    def _answer(self, message: bytes) -> bytes:
        question = Question.decoded(message)
        if question is None or not self._is_meant(question):
            return encoded(None)
        try:
            return encoded(brought_to(question, self._session.memory()))
        except MemoryOSError as error:
            _log.debug("a hook gets no answer: %s", type(error).__name__)
            return encoded(None)

    def _is_meant(self, question: Question) -> bool:
        """Whether a question is about the memory of this server, and about no other project than one that it names."""
        is_this = os.path.realpath(question.memory) == os.path.realpath(self._memory)
        return is_this and question.user == self._session.config.user_id and question.project != "*"


def brought_to(question: Question, memory: Memoryos) -> Brought | None:
    """What bears on a prompt; None as long as only words can tell."""
    recall = memory.retrieve(question.prompt, _LOOKED_AT, project=question.project or "")
    if recall.by_words_only:
        return None
    if recall.is_phatic:
        return Brought()
    of_session = [found for found in recall.pages if _is_of(found, question.session)]
    pages = [found for found in recall.pages if _is_brought(found) and found not in of_session]
    had = {found.page.id for found in (*pages[:MOST_PAGES], *of_session)}
    known = [found.knowledge for found in recall.user_knowledge if _bears(found)]
    facts = [Fact(fact.text[:SIDE_CHARACTERS], fact.timestamp) for fact in known if had.isdisjoint(fact.sources)]
    return Brought(facts, list(map(_exchange, pages)))


def _is_of(found: RankedPage, session: str) -> bool:
    return bool(session) and (found.page.meta_data or {}).get("session") == session


def _bears(found: RankedPage | RankedKnowledge) -> bool:
    return found.bearing is not None and found.bearing >= FLOOR


def _is_brought(found: RankedPage) -> bool:
    return _bears(found) and not tells_nothing(found.page.user_input, found.page.agent_response)


def _exchange(found: RankedPage) -> Exchange:
    weights = {stem(word): 1.0 / place for place, word in enumerate(found.words, 1)}  # the rarest first
    page = found.page
    return Exchange.about(weights, page.user_input, page.agent_response, page.timestamp, page.meta_data or {})
