"""The importer of a Claude export: `conversations.json`, or the zip that it comes in.

Where messages name the one before them, the branch of the last one is read; thoughts and uses of tools are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime, BaseModel

from memoryos.models import IncomingPage
from memoryos_mcp.importers.chat_exports import Message, all_valid, branch, conversations, holds, pages
from memoryos_mcp.importers.json_files import Broken, each

EXPECTED: Final = "the conversations.json of a Claude export, or its zip"

_START: Final = datetime.min.replace(tzinfo=timezone.utc)


class _Block(BaseModel):
    type: str = "text"
    text: str | None = None


class _File(BaseModel):
    file_name: str | None = None


class _Message(BaseModel):
    uuid: str
    sender: str
    text: str | None = None
    content: list[_Block] | None = None
    created_at: AwareDatetime | None = None
    attachments: list[_File] | None = None
    files: list[_File] | None = None
    parent_message_uuid: str | None = None


class _Conversation(BaseModel):
    uuid: str
    chat_messages: list[_Message]
    name: str | None = None
    created_at: AwareDatetime | None = None
    current_leaf_message_uuid: str | None = None


def detects(path: Path) -> bool:
    """Whether the file is a list of conversations with `chat_messages`."""
    return holds(path, "chat_messages")


def read(path: Path, zone: tzinfo | None, assistant_id: str) -> Iterator[IncomingPage | Broken]:
    """The turns, in the order in which the conversations began."""

    def turns(found: tuple[_Conversation, str]) -> Iterator[IncomingPage]:
        talk, place = found
        return pages(
            (_message(message) for message in _branch(talk)),
            source="claude",
            conversation=talk.uuid,
            title=talk.name or "",
            began=talk.created_at,
            place=place,
            zone=zone,
            assistant_id=assistant_id,
        )

    talks, broken = all_valid(_Conversation, conversations(path, expected=EXPECTED), expected=EXPECTED)
    yield from broken
    yield from each(sorted(talks, key=lambda found: found[0].created_at or _START), turns)


def _branch(talk: _Conversation) -> Sequence[_Message]:
    """The messages in their order; of an edited talk those that lead to the last one."""
    known = {message.uuid: message for message in talk.chat_messages}
    if not any(message.parent_message_uuid in known for message in talk.chat_messages):
        return talk.chat_messages
    newest = max(talk.chat_messages, key=lambda message: message.created_at or _START)
    leaf = talk.current_leaf_message_uuid
    parents = {message.uuid: message.parent_message_uuid for message in talk.chat_messages}
    last = leaf if leaf is not None and leaf in known else newest.uuid
    return [known[id_] for id_ in branch(last, parents)]


def _message(message: _Message) -> Message:
    blocks = [block.text for block in message.content or () if block.type == "text" and block.text]
    files = (*(message.attachments or ()), *(message.files or ()))
    names = tuple(dict.fromkeys(file.file_name for file in files if file.file_name))
    text = "\n".join(blocks) or message.text or "\n".join(f"[{name}]" for name in names)
    return Message(message.uuid, message.sender == "human", text, message.created_at, names)
