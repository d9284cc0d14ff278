"""Questions that were asked before and found no answer: what daily use leaves in a memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from benchmarks.common.conversations import Conversation, Exchange, Question
from benchmarks.recall.memories import Memory
from memoryos_mcp.wording import short_id

_SINCE: Final = "2026-01-01 00:00:00"
"""When questions are asked of a talk without times."""

_BETWEEN: Final = timedelta(minutes=15)
"""Two equal pages closer than ten minutes are one."""


def ask_before(memory: Memory, questions: Sequence[Question], times: int, talk: Conversation) -> Mapping[str, str]:
    """Ask each question so many times with an empty answer, from the day after the talk on.

    The names of the pages that are left, by their ids as replies show them; returns once they are found.
    """
    last = talk.newest_time(len(talk.pages)) or _SINCE
    day = datetime.fromisoformat(last.replace("Z", "+00:00")) + timedelta(days=1)
    names: dict[str, str] = {}
    for number in range(times * len(questions)):
        question = questions[number % len(questions)]
        moment = (day + number * _BETWEEN).strftime("%Y-%m-%d %H:%M:%S")
        page = memory.add(Exchange(f"asked-{number}", question.text, "", moment))
        names.setdefault(short_id(page), f"asked-{number}")
    memory.wait_until_idle()
    return names
