"""What exports of chat services have in common: a JSON list of conversations, by itself or in the zip that was sent.

Turns of a conversation become pages whose ids are made of the service's own ids, so that a later export of the same
account adds only what was said since.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from itertools import zip_longest
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel
from ulid import ULID

from memoryos import timestamps
from memoryos.arguments import MAX_TEXT
from memoryos.config.text import one_line
from memoryos.errors import ConfigError, InvalidArgumentError
from memoryos.models import IncomingPage
from memoryos.storage.transfer import incoming_page
from memoryos_mcp.importers.json_files import Broken, Place, decoded, has_keys, parsed, readable, validated

_Model = TypeVar("_Model", bound=BaseModel)

_HEAD_BYTES: Final = 65_536
_MEMBER: Final = re.compile(r"(?:.*/)?conversations(?:-\d+)?\.json")
_LIST: Final = re.compile(r"\ufeff?\s*\[\s*\{")


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said; `id` is the service's own, `at` None where the export gives no time."""

    id: str
    by_user: bool
    text: str
    at: datetime | None
    attachments: tuple[str, ...] = ()


def holds(path: Path, key: str) -> bool:
    """Whether a file, or the zip that was sent, begins as a list of objects with this key."""
    if not path.is_file():
        return False
    with readable(Place(path)):
        head = _head(path).decode(errors="ignore")
    return _LIST.match(head) is not None and has_keys(head, key)


def conversations(path: Path, *, expected: str) -> Iterator[tuple[object, str]]:
    """The conversations of an export, each with its place. Raises `ConfigError`."""
    for place, content in _files(path):
        value = parsed(decoded(content, place), place, expected=expected)
        if not isinstance(value, list):
            raise ConfigError(one_line(f"{place}: expected: {expected}"))
        yield from ((item, f"{place}: [{index}]") for index, item in enumerate(value))


def all_valid(
    model: type[_Model], values: Iterable[tuple[object, str]], *, expected: str
) -> tuple[list[tuple[_Model, str]], list[Broken]]:
    """The values as such models, each with its place, and what is wrong with the others."""
    valid, broken = [], []
    for value, place in values:
        try:
            valid.append((validated(model, value, place, expected=expected), place))
        except ConfigError as error:
            broken.append(Broken(str(error)))
    return valid, broken


def branch(leaf: str, parents: Mapping[str, str | None]) -> list[str]:
    """The ids from the first message to this one: what was said on other branches of an edited talk is left out."""
    ids: dict[str, None] = {}
    at: str | None = leaf
    while at is not None and at in parents and at not in ids:
        ids[at] = None
        at = parents[at]
    return list(ids)[::-1]


def pages(
    messages: Iterable[Message],
    *,
    source: str,
    conversation: str,
    title: str,
    began: datetime | None,
    place: str,
    zone: tzinfo | None,
    assistant_id: str,
) -> Iterator[IncomingPage]:
    """The turns of a conversation: what the user said, and all that was answered until the user spoke again.

    A turn without a time has that at which the conversation began. Raises `ConfigError`, which names `place`.
    """
    for turn in _turns(messages):
        at = next((message.at for message in turn if message.at is not None), began)
        attachments = [name for message in turn for name in message.attachments]
        meta_data: dict[str, object] = {"source": source, "conversation": title, "conversation_id": conversation}
        if attachments:
            meta_data["attachments"] = attachments
        said = "\n\n".join(message.text for message in turn if message.by_user)
        answered = "\n\n".join(message.text for message in turn if not message.by_user)
        key = (source, conversation, turn[0].id)
        yield from page_parts(
            said, answered, key, at, meta_data=meta_data, place=place, zone=zone, assistant_id=assistant_id
        )


def page_parts(
    said: str,
    answered: str,
    key: Sequence[str],
    at: datetime | None,
    *,
    meta_data: Mapping[str, object],
    place: str,
    zone: tzinfo | None,
    assistant_id: str,
    fallback: datetime | None = None,
) -> Iterator[IncomingPage]:
    """An exchange as a page, or as several where it is longer than a page can be; its ids are made of `key` and `at`.

    Where there is no time `at`, the page has that of the `fallback`, and its ids are made of `key` alone.
    """
    shown = at or fallback
    parts = zip_longest(_pieces(said), _pieces(answered), fillvalue="")
    for number, (user_input, agent_response) in enumerate(parts):
        try:
            yield incoming_page(
                user_input,
                agent_response,
                timestamp=None if shown is None else timestamps.written(shown, zone),
                meta_data=dict(meta_data),
                assistant_id=assistant_id,
                zone=zone,
                id_=page_id((*key, str(number)) if number else key, at),
                happened_at=shown,
            )
        except InvalidArgumentError as error:
            raise ConfigError(one_line(f"{place}: {error}")) from error
        except OverflowError as error:  # a time at an end of the calendar, seen from another zone
            problem = f"{place}: timestamp: {shown}; expected: a time of the years 2 to 9998"
            raise ConfigError(one_line(problem)) from error


def page_id(key: Sequence[str], at: datetime | None) -> ULID:
    """The id of what a source knows by this key: the same at every import.

    It is a ULID of the time at which the page happened (0 where that is not known) and 80 bits of the key's SHA-256.
    """
    milliseconds = 0 if at is None else max(0, int(at.timestamp() * 1_000))
    digest = hashlib.sha256("\x00".join(key).encode("utf-8", "replace")).digest()
    made: ULID = ULID.from_bytes(milliseconds.to_bytes(6, "big") + digest[:10])
    return made


def moment(seconds: float | None) -> datetime | None:
    """A time in seconds since 1970, None where there is none."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):  # a number that is no time
        return None


def _turns(messages: Iterable[Message]) -> Iterator[list[Message]]:
    turn: list[Message] = []
    for message in messages:
        if not message.text.strip():
            continue
        if turn and message.by_user and not turn[-1].by_user:
            yield turn
            turn = []
        turn.append(message)
    if turn:
        yield turn


def _pieces(text: str) -> list[str]:
    return [text[start : start + MAX_TEXT] for start in range(0, len(text), MAX_TEXT)]


def _files(path: Path) -> Iterator[tuple[Place, bytes]]:
    place = Place(path)
    with readable(place):
        if not zipfile.is_zipfile(path):
            yield place, path.read_bytes()
            return
    with _opened(path) as archive:
        for name in _members(archive):
            yield Place(path / name), archive.read(name)


def _head(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as content:
            return content.read(_HEAD_BYTES)
    with _opened(path) as archive:
        names = _members(archive)
        if not names:
            return b""
        with archive.open(names[0]) as content:
            return content.read(_HEAD_BYTES)


def _members(archive: zipfile.ZipFile) -> list[str]:
    return sorted(name for name in archive.namelist() if _MEMBER.fullmatch(name))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise ConfigError(one_line(f"{path}: {error}; name the zip as it was sent")) from error
