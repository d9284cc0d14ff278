"""What a hook asks a running server beside a prompt, and what it is told: JSON, whose every field is checked."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from memoryos_mcp.hooks.doors import doors
from memoryos_mcp.hooks.recall import MOST_PAGES, Brought, Exchange, Fact

VERSION: Final = 1
"""Of the two messages. Who speaks another one is not understood, and hooks of it go by words."""

PROMPT_CHARACTERS: Final = 2_000
"""So much of a prompt is asked for."""

_MOST_FACTS: Final = 5
"""More than are brought: the hook knows which were told when the session began."""


class Question(NamedTuple):
    """What bears on a prompt in the memory of a file, which is a user's, but for what this session said.

    What belongs to no project is meant, and what belongs to `project`.
    """

    memory: str
    user: str
    project: str | None
    session: str
    prompt: str

    def encoded(self) -> bytes:
        """It as a message."""
        return _encoded(self._asdict())

    @classmethod
    def decoded(cls, message: bytes) -> Question | None:
        """That of a message; None for anything else."""
        told = _decoded(message)
        texts = [told.get(name) for name in cls._fields if name != "project"]
        project = told.get("project")
        if not all(isinstance(text, str) for text in texts) or not isinstance(project, str | None):
            return None
        return cls(**{name: told[name] for name in cls._fields})  # type: ignore[arg-type]  # looked at above


def encoded(brought: Brought | None) -> bytes:
    """An answer as a message; None where there is none."""
    if brought is None:
        return _encoded({})
    return _encoded({"facts": brought.facts[:_MOST_FACTS], "exchanges": brought.exchanges[:MOST_PAGES]})


def decoded(message: bytes) -> Brought | None:
    """The answer of a message; None where that has none."""
    told = _decoded(message)
    facts, exchanges = (_rows(told.get(name), len(kind._fields)) for name, kind in _KINDS)
    if facts is None or exchanges is None:
        return None
    return Brought([Fact(*row) for row in facts], [Exchange(*row) for row in exchanges])


_KINDS: Final = (("facts", Fact), ("exchanges", Exchange))


class Asking:
    """A question that is being asked of the servers that run on its memory, where there are any."""

    def __init__(self, question: Question, until: float) -> None:
        """`until` is when it is too late for an answer, by `time.monotonic`."""
        self._until = until
        self._answer: Brought | None = None
        self._doors = doors(os.path.dirname(question.memory))
        self._thread = threading.Thread(target=self._ask, args=(question.encoded(),), daemon=True)
        if self._doors:
            self._thread.start()

    def answer(self) -> Brought | None:
        """What was answered in time; None where nobody did, or nobody who knows more than words do."""
        if self._doors:
            self._thread.join(max(0.0, self._until - time.monotonic()))
        return self._answer

    def _ask(self, question: bytes) -> None:
        from memoryos_mcp.hooks.local_socket import ask  # here, for where no server runs it is not needed

        for door in self._doors:
            try:
                self._answer = decoded(ask(door, question, max(0.001, self._until - time.monotonic())))
            except OSError:  # nobody is left behind it, or somebody who takes too long
                continue
            if self._answer is not None:
                return


def _encoded(told: dict[str, object]) -> bytes:
    return json.dumps({"version": VERSION, **told}, ensure_ascii=False).encode("utf-8", "replace")


def _decoded(message: bytes) -> dict[str, object]:
    """The fields of a message of this version; none for anything else."""
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) and told.get("version") == VERSION else {}


def _rows(told: object, length: int) -> Sequence[Sequence[str]] | None:
    """Lists of so many texts; None for anything else."""
    if not isinstance(told, list) or not all(isinstance(row, list) and len(row) == length for row in told):
        return None
    return told if all(isinstance(text, str) for row in told for text in row) else None
