"""The importer of an agent file of Letta (.af): its talk, and what its memory blocks say.

Read are files of today (`agents` and `blocks`, whose ids an agent names) and those of before (one agent, with
`core_memory`). What its tools did is left out, but for `send_message`, by which older agents answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import Message, moment, pages
from memoryos_mcp.importers.foreign_facts import ForeignFact, Origin, aware, fact_pages
from memoryos_mcp.importers.json_files import Broken, each, has_keys, head_of, json_value, validated

EXPECTED: Final = 'an agent file of Letta: {"agents": [{"name": "...", "messages": [...]}], "blocks": [...]}'

_ANSWERING_TOOL: Final = "send_message"
_PERSONA: Final = "persona"
"""The block in which an agent describes itself."""


class _Part(BaseModel):
    type: str = "text"
    text: str | None = None


class _Function(BaseModel):
    name: str = ""
    arguments: str = ""


class _Call(BaseModel):
    function: _Function = _Function()


class _Message(BaseModel):
    role: str
    id: str | None = None
    content: str | list[_Part] | None = None
    text: str | None = None
    tool_calls: list[_Call] | None = None
    created_at: datetime | None = None


class _Block(BaseModel):
    value: str
    label: str = ""
    id: str | None = None
    updated_at: datetime | None = None


class _Agent(BaseModel):
    name: str = ""
    messages: list[_Message] = []
    core_memory: list[_Block] = []


class _File(BaseModel):
    agents: list[_Agent] = Field(min_length=1)
    blocks: list[_Block] = []


def detects(path: Path) -> bool:
    """Whether it is an agent, or a list of agents with their blocks."""
    head = head_of(path)
    if not head.lstrip().startswith("{"):
        return False
    return has_keys(head, "agents", "memory_blocks") or has_keys(head, "agent_type", "core_memory")


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """What the blocks say, then the talk of each agent."""
    value = json_value(path, expected=EXPECTED)
    if isinstance(value, dict) and "agents" not in value:
        value = {"agents": [value]}
    content = validated(_File, value, path, expected=EXPECTED)
    times = [message.created_at for agent in content.agents for message in agent.messages if message.created_at]
    newest = max(times, default=None, key=lambda at: at.timestamp())
    origin = Origin("letta", aware(newest) or moment(path.stat().st_mtime), zone, assistant_id)

    def facts(block: _Block) -> Iterator[IncomingPage]:
        if block.label != _PERSONA:
            key = (block.label, block.value)
            said = f"{block.label}: {block.value.strip()}" if block.value.strip() else ""
            fact = ForeignFact(said, key, aware(block.updated_at), {"block": block.label})
            yield from fact_pages(fact, origin, f"{path}: block {block.label}")

    def talk(agent: _Agent) -> Iterator[IncomingPage]:
        return pages(
            _messages(agent),
            source="letta",
            conversation=agent.name,
            title=agent.name,
            began=origin.written_at,
            place=f"{path}: {agent.name}",
            zone=zone,
            assistant_id=assistant_id,
        )

    yield from each((*content.blocks, *(block for agent in content.agents for block in agent.core_memory)), facts)
    yield from each(content.agents, talk)


def _messages(agent: _Agent) -> Iterator[Message]:
    for index, message in enumerate(agent.messages):
        text = _said(_text(message)) if message.role == "user" else _answered(message)
        if message.role in ("user", "assistant") and text.strip():
            at = aware(message.created_at)
            # The ids within the file are given anew with each export.
            key = f"{at.isoformat()} {message.role}" if at is not None else str(index)
            yield Message(key, message.role == "user", text, at)


def _text(message: _Message) -> str:
    if isinstance(message.content, list):
        return "\n".join(part.text for part in message.content if part.type == "text" and part.text)
    return message.content or message.text or ""


def _said(text: str) -> str:
    """What the user wrote, of the JSON in which Letta packs it; "" for what the machine tells an agent."""
    try:
        packed = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return text
    if not isinstance(packed, dict) or "type" not in packed:
        return text
    said = packed.get("message")
    return said if packed["type"] == "user_message" and isinstance(said, str) else ""


def _answered(message: _Message) -> str:
    told = []
    for call in message.tool_calls or ():
        if call.function.name == _ANSWERING_TOOL:
            try:
                given = json.loads(call.function.arguments)
            except (ValueError, RecursionError):
                continue
            if isinstance(given, dict) and isinstance(given.get("message"), str):
                told.append(given["message"])
    # Beside a call, the text of a message is what the agent thought.
    return "\n".join(told) if message.tool_calls else _text(message)
