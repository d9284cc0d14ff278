"""The importer of transcripts of the Codex CLI: `~/.codex/sessions`, a folder in it, or one `rollout-*.jsonl`.

What the client puts before the user's words, what tools said and what the agent remarked between them is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.hooks.transcripts import Payload, answered_by_codex, codex_says_in
from memoryos_mcp.importers.agent_transcripts import Talk, Turn, begins_with, files, ordered, talk_pages, time_of
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, validated

EXPECTED: Final = 'lines of a transcript of Codex: {"timestamp": "...", "type": "session_meta", "payload": {...}}'


class _Meta(BaseModel):
    id: str | None = None
    session_id: str | None = None
    cwd: str | None = None
    source: object = None


class _Line(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str | None = None
    timestamp: str | None = None
    payload: dict[str, object] | None = None

    @property
    def content(self) -> Payload:
        """What it holds; versions before payloads have that in the line itself."""
        return self.model_dump() if self.payload is None else self.payload


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
    began = next((line for line, _ in lines if line.type == "session_meta" and line.payload is not None), None)
    if began is None and lines:  # of a version before payloads, which begins with the session itself
        began = lines[0][0]
    meta = _Meta() if began is None else validated(_Meta, began.content, Place(file), expected=EXPECTED)
    session = meta.id or meta.session_id or file.stem
    if isinstance(meta.source, dict) and "subagent" in meta.source:
        return Talk(session, "", meta.cwd, ())
    said_in = codex_says_in([line.content for line, _ in lines])
    turns: list[Turn] = []
    running = ""
    for line, place in lines:
        payload = line.content
        if isinstance(turn_id := payload.get("turn_id"), str):
            running = turn_id
        if said := said_in(payload):
            at = time_of(line.timestamp, place)
            key = f"{session} {len(turns) if at is None else at.isoformat()}"
            known = any(turn.client_id == running for turn in turns[-1:])  # the user spoke while the agent was at it
            turns.append(Turn(key, said, "", at, client_id="" if known else running))
        elif turns and (answered := answered_by_codex(payload)):
            turns[-1] = turns[-1].with_answer(answered, time_of(line.timestamp, place))
    return Talk(session, "", meta.cwd, tuple(turns))
