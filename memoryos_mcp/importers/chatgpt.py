"""The importer of a ChatGPT export: `conversations.json`, or the zip that it comes in.

A conversation there is a tree of messages, in which an edited question begins a new branch: the branch that was open
last is read. System messages, tools and thoughts are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import Message, all_valid, branch, conversations, holds, moment, pages
from memoryos_mcp.importers.json_files import Broken, each

EXPECTED: Final = "the conversations.json of a ChatGPT export, or its zip"

_SPOKEN: Final = ("text", "multimodal_text", "code")


class _Author(BaseModel):
    role: str = ""


class _Content(BaseModel):
    content_type: str = "text"
    parts: list[object] | None = None


class _Attachment(BaseModel):
    name: str | None = None


class _Metadata(BaseModel):
    attachments: list[_Attachment] | None = None
    is_visually_hidden_from_conversation: bool | None = None


class _Message(BaseModel):
    id: str
    author: _Author
    create_time: float | None = None
    content: _Content | None = None
    metadata: _Metadata | None = None
    recipient: str | None = None


class _Node(BaseModel):
    message: _Message | None = None
    parent: str | None = None


class _Conversation(BaseModel):
    mapping: dict[str, _Node] = Field(min_length=1)
    id: str | None = None
    conversation_id: str | None = None
    title: str | None = None
    create_time: float | None = None
    current_node: str | None = None


def detects(path: Path) -> bool:
    """Whether the file is a list of conversations with a `mapping`."""
    return holds(path, "mapping")


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The turns, in the order in which the conversations began: an export lists the newest first."""

    def turns(found: tuple[_Conversation, str]) -> Iterator[IncomingPage]:
        talk, place = found
        return pages(
            _messages(talk),
            source="chatgpt",
            conversation=talk.conversation_id or talk.id or "",
            title=talk.title or "",
            began=moment(talk.create_time),
            place=place,
            zone=zone,
            assistant_id=assistant_id,
        )

    talks, broken = all_valid(_Conversation, conversations(path, expected=EXPECTED), expected=EXPECTED)
    yield from broken
    yield from each(sorted(talks, key=lambda found: found[0].create_time or 0), turns)


def _messages(talk: _Conversation) -> Iterator[Message]:
    parents = {id_: node.parent for id_, node in talk.mapping.items()}
    for id_ in branch(_leaf(talk), parents):
        message = talk.mapping[id_].message
        if message is not None and _is_spoken(message):
            attachments = tuple(item.name for item in (message.metadata or _Metadata()).attachments or () if item.name)
            yield Message(
                message.id,
                message.author.role == "user",
                _text(message) or "\n".join(f"[{name}]" for name in attachments),
                moment(message.create_time),
                attachments,
            )


def _leaf(talk: _Conversation) -> str:
    """The message at which the talk was open last, without a mark of it the newest."""
    if talk.current_node in talk.mapping:
        return str(talk.current_node)
    times = {id_: (node.message.create_time or 0) if node.message else 0 for id_, node in talk.mapping.items()}
    return max(times, key=times.__getitem__)


def _is_spoken(message: _Message) -> bool:
    hidden = message.metadata is not None and message.metadata.is_visually_hidden_from_conversation
    to_a_tool = message.recipient not in (None, "all")
    content = "" if message.content is None else message.content.content_type
    return message.author.role in ("user", "assistant") and content in _SPOKEN and not hidden and not to_a_tool


def _text(message: _Message) -> str:
    parts = (message.content.parts if message.content is not None else None) or []
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]  # an object: speech, an image
    return "\n".join(text for text in texts if isinstance(text, str) and text.strip())
