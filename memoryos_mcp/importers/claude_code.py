"""The importer of transcripts of Claude Code: `~/.claude/projects`, a project's folder in it, or one file.

A transcript is a tree of messages, in which an edited message begins a new branch: the branch with the newest message
is read. What subagents and tools said, and what the client put into the user's messages, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from memoryos.errors import ConfigError
from memoryos.models import IncomingPage
from memoryos_mcp.hooks.transcripts import ends_exchange, said_to_claude_code, text_of
from memoryos_mcp.importers.agent_transcripts import Talk, Turn, begins_with, files, ordered, talk_pages, time_of
from memoryos_mcp.importers.chat_exports import branch
from memoryos_mcp.importers.json_files import Broken, Place, each, json_lines, validated

EXPECTED: Final = 'lines of a transcript of Claude Code: {"type": "user", "uuid": "...", "message": {...}, ...}'


class _Entry(BaseModel):
    type: str = ""
    uuid: str | None = None
    parentUuid: str | None = None
    logicalParentUuid: str | None = None
    promptId: str | None = None
    sessionId: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    isSidechain: bool | None = None
    isMeta: bool | None = None
    isCompactSummary: bool | None = None
    isApiErrorMessage: bool | None = None
    message: object = None
    summary: str | None = None
    aiTitle: str | None = None


def detects(path: Path) -> bool:
    """Whether it is a transcript, or a folder with one."""
    return begins_with(path, lambda line: "sessionId" in line and "type" in line)


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The turns, in the order in which the talks began, each once."""
    talks = []
    for file in files(path):
        entries = []
        for line in json_lines(file, expected=EXPECTED):
            if isinstance(line, Broken):
                yield line
                continue
            try:
                entries.append((validated(_Entry, line[0], line[1], expected=EXPECTED), line[1]))
            except ConfigError as error:
                yield Broken(str(error))
        talks.append((_talk(entries, file), file))

    def turns(found: tuple[Talk, Path]) -> Iterator[IncomingPage]:
        talk, file = found
        return talk_pages(talk, source="claude-code", place=str(file), zone=zone, assistant_id=assistant_id)

    yield from each(ordered(talks), turns)


def _talk(entries: list[tuple[_Entry, Place]], file: Path) -> Talk:
    said = {entry.uuid: (entry, place) for entry, place in entries if entry.uuid is not None and not entry.isSidechain}
    turns: list[Turn] = []
    prompts: set[str] = set()
    last_message: object = None
    is_over = False  # what is said now is in answer to a command
    for entry, place in _on_branches(said):
        if entry.isMeta or entry.isCompactSummary or entry.isApiErrorMessage or not isinstance(entry.message, dict):
            continue
        text, message_id = text_of(entry.message.get("content")), entry.message.get("id")
        if entry.type == "user" and (words := said_to_claude_code(text)):
            prompt = entry.promptId if entry.promptId and entry.promptId not in prompts else ""
            prompts.add(prompt)
            at = time_of(entry.timestamp, place)
            turns.append(Turn(entry.uuid or "", words, "", at, client_id=prompt))
            last_message, is_over = None, False
        elif entry.type == "user" and ends_exchange(text) and not (entry.promptId and entry.promptId in prompts):
            is_over = True
        elif entry.type == "assistant" and text and turns and not is_over:
            before = turns[-1].answered if last_message is not None and message_id == last_message else ""
            turns[-1] = turns[-1].with_answer(f"{before}\n{text}".strip(), time_of(entry.timestamp, place))
            last_message = message_id
    titles = [title for entry, _ in entries if (title := entry.aiTitle or entry.summary)]
    session = next((entry.sessionId for entry, _ in entries if entry.sessionId), file.stem)
    folder = next((entry.cwd for entry, _ in entries if entry.cwd), None)
    return Talk(session, titles[-1] if titles else "", folder, tuple(turns))


def _on_branches(said: Mapping[str, tuple[_Entry, Place]]) -> Iterator[tuple[_Entry, Place]]:
    """From each message that follows no other one in the file, the way to the newest that goes back to it."""
    parents = {id_: entry.parentUuid or entry.logicalParentUuid for id_, (entry, _) in said.items()}
    root_of: dict[str, str] = {}
    newest: dict[str, str] = {}
    for id_ in said:  # in the file's order, so that each comes after the one before it
        root = root_of.get(parents[id_] or "", id_)
        root_of[id_] = root
        newest[root] = id_
    for leaf in newest.values():
        yield from (said[id_] for id_ in branch(leaf, parents))
