"""The importer of transcripts of the Codex CLI: `~/.codex/sessions`, a folder in it, or one `rollout-*.jsonl`.

What the client puts before the user's words, what tools said and what the agent remarked between them is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.hooks.transcripts import said_to_codex
from memoryos_mcp.importers.agent_transcripts import Talk, Turn, begins_with, files, ordered, talk_pages, time_of
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, validated

EXPECTED: Final = 'lines of a transcript of Codex: {"timestamp": "...", "type": "session_meta", "payload": {...}}'

_COMMENTARY: Final = "commentary"


class _Payload(BaseModel):
    type: str | None = None
    id: str | None = None
    session_id: str | None = None
    turn_id: str | None = None
    cwd: str | None = None
    source: object = None
    role: str | None = None
    content: object = None
    message: object = None
    phase: str | None = None
    item: object = None
    last_agent_message: str | None = None


class _Line(_Payload):
    timestamp: str | None = None
    payload: _Payload | None = None


def detects(path: Path) -> bool:
    """Whether it is a transcript, or a folder with one."""
    return begins_with(
        path,
        lambda line: (
            (line.get("type") == "session_meta" and "payload" in line)
            or {"id", "timestamp", "instructions"} <= line.keys()
        ),
    )


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The turns, in the order in which the talks began; what a subagent was told is no talk of the user."""
    talks = []
    for file in files(path):
        lines: list[tuple[_Line, Place]] = []
        for line in json_lines(file, expected=EXPECTED):
            if isinstance(line, Broken):
                yield line
                continue
            try:
                lines.append((validated(_Line, line[0], line[1], expected=EXPECTED), line[1]))
            except ConfigError as error:
                yield Broken(str(error))
        try:
            talk = _talk(lines, file)
        except ConfigError as error:
            yield Broken(str(error))
        else:
            talks.append((talk, file))

    def turns(found: tuple[Talk, Path]) -> Iterator[IncomingPage]:
        talk, file = found
        return talk_pages(talk, source="codex", place=str(file), zone=zone, assistant_id=assistant_id)

    yield from each(ordered(talks), turns)


def _talk(lines: list[tuple[_Line, Place]], file: Path) -> Talk:
    meta = next((line.payload for line, _ in lines if line.type == "session_meta" and line.payload is not None), None)
    if meta is None:  # of a version before payloads, which begins with the session itself
        meta = lines[0][0] if lines else _Payload()
    session = meta.id or meta.session_id or file.stem
    if isinstance(meta.source, dict) and "subagent" in meta.source:
        return Talk(session, "", meta.cwd, ())
    said_in = _said_in(lines)
    turns: list[Turn] = []
    running = ""
    for line, place in lines:
        payload = line.payload or line
        if line.type == "turn_context" or payload.type == "task_started":
            running = payload.turn_id or running
        if said := said_in(payload):
            at = time_of(line.timestamp, place)
            key = f"{session} {len(turns) if at is None else at.isoformat()}"
            known = any(turn.client_id == running for turn in turns[-1:])  # the user spoke while the agent was at it
            turns.append(Turn(key, said, "", at, client_id="" if known else running))
        elif turns and (answered := _answer(payload)):
            turns[-1] = turns[-1].with_answer(answered, time_of(line.timestamp, place))
    return Talk(session, "", meta.cwd, tuple(turns))


def _said_in(lines: list[tuple[_Line, Place]]) -> Callable[[_Payload], str]:
    """Where the user's words stand: versions tell them as an event, as an item, or only as what the model is sent."""
    for said_in in (_event, _item):
        if any(said_in(line.payload) for line, _ in lines if line.payload is not None):
            return said_in
    return lambda payload: _message(payload, "user")


def _event(payload: _Payload) -> str:
    is_said = payload.type == "user_message" and isinstance(payload.message, str)
    return said_to_codex(str(payload.message)) if is_said else ""


def _item(payload: _Payload) -> str:
    return said_to_codex(_of_item(payload, "UserMessage"))


def _answer(payload: _Payload) -> str:
    """A text of the agent that may be its last one, "" where it is none."""
    if payload.phase == _COMMENTARY:
        return ""
    if payload.type == "task_complete":
        return (payload.last_agent_message or "").strip()
    return _message(payload, "assistant") or _of_item(payload, "AgentMessage")


def _of_item(payload: _Payload, kind: str) -> str:
    item = payload.item if payload.type == "item_completed" else None
    if not isinstance(item, dict) or item.get("type") != kind or item.get("phase") == _COMMENTARY:
        return ""
    return _texts(item.get("content"))


def _message(payload: _Payload, role: str) -> str:
    if payload.type != "message" or payload.role != role:
        return ""
    text = _texts(payload.content)
    return said_to_codex(text) if role == "user" else text


def _texts(content: object) -> str:
    texts = [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    return "\n".join(text for text in texts if isinstance(text, str)).strip()
