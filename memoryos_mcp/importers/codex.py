"""The importer of transcripts of the Codex CLI: `~/.codex/sessions`, a folder in it, or one `rollout-*.jsonl`.

What the client puts before the user's words, what tools said and what the agent remarked between them is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.importers.agent_transcripts import Talk, Turn, begins_with, files, ordered, talk_pages, time_of
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, validated

EXPECTED: Final = 'lines of a transcript of Codex: {"timestamp": "...", "type": "session_meta", "payload": {...}}'

_NOT_SAID: Final = (
    "<environment_context",
    "<user_instructions",
    "<turn_aborted",
    "<permissions",
    "<subagent",
    "<skill",
    "<INSTRUCTIONS",
    "# AGENTS.md instructions",
)
_REQUEST: Final = "## My request for Codex:"
"""What an editor's extension puts between its notes and the user's words."""

_COMMENTARY: Final = "commentary"


class _Payload(BaseModel):
    type: str | None = None
    id: str | None = None
    cwd: str | None = None
    source: object = None
    role: str | None = None
    content: object = None
    message: object = None
    phase: str | None = None


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
    session = meta.id or file.stem
    if isinstance(meta.source, dict) and "subagent" in meta.source:
        return Talk(session, "", meta.cwd, ())
    events = any(line.type == "event_msg" and line.payload and line.payload.type == "user_message" for line, _ in lines)
    turns: list[Turn] = []
    for line, place in lines:
        payload = line.payload or line
        said = _said(line, payload) if events else _message(payload, "user")
        if said:
            at = time_of(line.timestamp, place)
            key = f"{session} {len(turns) if at is None else at.isoformat()}"
            turns.append(Turn(key, said, "", at))
        elif turns and (answered := _message(payload, "assistant")) and payload.phase != _COMMENTARY:
            turns[-1] = replace(turns[-1], answered=answered)
    return Talk(session, "", meta.cwd, tuple(turns))


def _said(line: _Line, payload: _Payload) -> str:
    is_said = line.type == "event_msg" and payload.type == "user_message"
    return _own_words(payload.message) if is_said and isinstance(payload.message, str) else ""


def _message(payload: _Payload, role: str) -> str:
    if payload.type != "message" or payload.role != role or not isinstance(payload.content, list):
        return ""
    texts = [part.get("text") for part in payload.content if isinstance(part, dict)]
    text = "\n".join(text for text in texts if isinstance(text, str)).strip()
    return _own_words(text) if role == "user" else text


def _own_words(text: str) -> str:
    said = text.rpartition(_REQUEST)[2].strip()
    return "" if said.startswith(_NOT_SAID) else said
