"""Conversations out of the files in which others publish theirs: LongMemEval, REALTALK, questions about a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from benchmarks.common.conversations import Conversation, Exchange, Question, read_set

Unit = Literal["page", "session"]
"""What counts as found: the page with the answer, or any page of its session."""

UNITS: Final[tuple[Unit, ...]] = ("page", "session")

_ABSTENTION: Final = "_abs"
_LONGMEMEVAL_TIME: Final = "%Y/%m/%d %H:%M"
_REALTALK_TIME: Final = "%d.%m.%Y, %H:%M:%S"
_WEEKDAY: Final = re.compile(r"\s*\(\w+\)")
_SESSION: Final = re.compile(r"session_(\d+)")
_TURN: Final = re.compile(r"D\d+:\d+")

_REALTALK_CATEGORIES: Final = MappingProxyType({1: "multi-hop", 2: "temporal", 3: "commonsense"})


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one side says, and whether it holds the answer."""

    is_user: bool
    text: str
    is_evidence: bool = False
    id: str = ""
    time: str | None = None


def read_longmemeval(file: Path, unit: Unit) -> tuple[Conversation, ...]:
    """Each question of LongMemEval (Wu et al., ICLR 2025) with the history it is asked of, a conversation of its own.

    Evidence are the exchanges with a turn marked `has_answer`, by sessions all of the `answer_session_ids`. Questions
    whose id ends in `_abs` are unanswerable; others without evidence are left out, as in the paper.
    """
    return tuple(_longmemeval(item, unit) for item in json.loads(file.read_text(encoding="utf-8")))


def _longmemeval(item: Mapping[str, Any], unit: Unit) -> Conversation:
    history = sorted(
        zip(item["haystack_dates"], item["haystack_session_ids"], item["haystack_sessions"], strict=True),
        key=lambda session: _longmemeval_time(session[0]),
    )
    pages: list[Exchange] = []
    sessions: dict[str, str] = {}
    evidence: list[str] = []
    for place, (date, session, turns) in enumerate(history):
        time = _longmemeval_time(date)
        said = [_Turn(turn["role"] == "user", turn["content"], bool(turn.get("has_answer"))) for turn in turns]
        # A session can stand in a history twice.
        for number, exchange in enumerate(_exchanges(said)):
            page = _page(f"{place}-{session}/{number}", exchange, time)
            pages.append(page)
            sessions[page.id] = session
            is_gold = session in item["answer_session_ids"]
            if is_gold if unit == "session" else any(turn.is_evidence for turn in exchange):
                evidence.append(page.id)
    name, is_unanswerable = str(item["question_id"]), str(item["question_id"]).endswith(_ABSTENTION)
    asked = Question(
        name,
        item["question"],
        item["question_type"],
        () if is_unanswerable else tuple(evidence),
        len(pages),
        _longmemeval_time(item["question_date"]),
    )
    questions = (asked,) if asked.evidence else ()
    nowhere = (asked,) if is_unanswerable else ()
    return Conversation(name, tuple(pages), questions, 1 - len(questions), "en", sessions, nowhere)


def read_realtalk(place: Path, unit: Unit) -> tuple[Conversation, ...]:
    """The chats of REALTALK (Lee et al., 2025), a file or a folder of them; who speaks first is the user.

    What one side sends in a row is one side of an exchange, a picture told by its description. Questions whose evidence
    names no turn that is there are left out.
    """
    files = sorted(place.glob("Chat_*.json"), key=lambda file: _numbers(file.stem)) if place.is_dir() else [place]
    return tuple(_realtalk(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in files)


def _realtalk(name: str, data: Mapping[str, Any]) -> Conversation:
    numbers = sorted(int(match[1]) for match in map(_SESSION.fullmatch, data) if match)
    said = [(f"session_{number}", turn) for number in numbers for turn in data[f"session_{number}"]]
    user = said[0][1]["speaker"] if said else ""
    pages: list[Exchange] = []
    sessions: dict[str, str] = {}
    page_of: dict[str, str] = {}
    for session, of_session in groupby(said, key=lambda each: each[0]):
        turns = [_realtalk_turn(turn, user) for _, turn in of_session]
        for number, exchange in enumerate(_exchanges(turns)):
            page = _page(f"{session}/{number}", exchange, exchange[0].time)
            pages.append(page)
            sessions[page.id] = session
            page_of |= {turn.id: page.id for turn in exchange}
    questions = [
        Question(
            f"{name}_q{number}",
            asked["question"],
            _REALTALK_CATEGORIES.get(int(asked["category"]), str(asked["category"])),
            _each_once(page_of[turn] for turn in _TURN.findall(str(asked.get("evidence"))) if turn in page_of),
            len(pages),
        )
        for number, asked in enumerate(data["qa"])
    ]
    measured = tuple(question for question in questions if question.evidence)
    return Conversation(name, tuple(pages), measured, len(questions) - len(measured), "en", sessions)


def _realtalk_turn(turn: Mapping[str, Any], user: str) -> _Turn:
    picture = f" (image description: {turn['blip_caption']})" if turn.get("blip_caption") else ""
    text = turn["clean_text"] if "clean_text" in turn else turn["text"]
    time = _stamp(turn["date_time"], _REALTALK_TIME)
    return _Turn(turn["speaker"] == user, f"{text}{picture}".strip(), id=turn["dia_id"], time=time)


def read_times(file: Path, unit: Unit) -> tuple[Conversation, ...]:
    """The questions of `benchmarks/relative_time.py`, each with its dated pages as a conversation of its own."""
    lines = (line for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(_of_time(number, json.loads(line)) for number, line in enumerate(lines))


def _of_time(number: int, row: Mapping[str, Any]) -> Conversation:
    pages = tuple(
        Exchange(str(place), page["text"], "", page["timestamp"].replace("T", " "))
        for place, page in enumerate(row["pages"])
    )
    asked = Question("q", row["question"], row["lang"], (str(row["right"]),), len(pages), row["now"])
    sessions = {page.id: page.id for page in pages}
    return Conversation(f"time-{number}", pages, (asked,), left_out=0, language=row["lang"], sessions=sessions)


READERS: Final[Mapping[str, Callable[[Path, Unit], tuple[Conversation, ...]]]] = MappingProxyType(
    {"longmemeval": read_longmemeval, "realtalk": read_realtalk, "times": read_times}
)
"""What reads the files of each format."""


def read(place: Path, form: str | None, unit: Unit) -> tuple[Conversation, ...]:
    """The conversations of a file of ours, or of one in a format of `READERS`, measured by that unit."""
    conversations = read_set(place) if form is None else READERS[form](place, unit)
    return tuple(map(by_session, conversations)) if unit == "session" else conversations


def by_session(talk: Conversation) -> Conversation:
    """The same with one page of evidence for each session that has any, the first."""
    first: dict[str, str] = {}
    for page in talk.pages:
        first.setdefault(talk.sessions[page.id], page.id)
    questions = tuple(
        replace(question, evidence=_each_once(first[talk.sessions[page]] for page in question.evidence))
        for question in talk.questions
    )
    return replace(talk, questions=questions)


def _exchanges(turns: Sequence[_Turn]) -> Iterator[list[_Turn]]:
    """The turns by exchange: what the user says in a row, and what is said back in a row."""
    exchange: list[_Turn] = []
    for turn in turns:
        if exchange and turn.is_user and not exchange[-1].is_user:
            yield exchange
            exchange = []
        exchange.append(turn)
    if exchange:
        yield exchange


def _page(name: str, exchange: Sequence[_Turn], time: str | None) -> Exchange:
    user, agent = ("\n".join(turn.text for turn in exchange if turn.is_user is side) for side in (True, False))
    return Exchange(name, user, agent, time)


def _each_once(pages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pages))


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", text)]


def _longmemeval_time(text: str) -> str:
    return _stamp(_WEEKDAY.sub("", text), _LONGMEMEVAL_TIME)


def _stamp(text: str, form: str) -> str:
    """A time of a file as time stamps are written here; raises `ValueError` for one in another form."""
    # In the zone of whoever talks, which no file names.
    return f"{datetime.strptime(text, form).replace(tzinfo=timezone.utc):%Y-%m-%d %H:%M:%S}"
