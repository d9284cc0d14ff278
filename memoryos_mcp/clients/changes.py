"""Changes of a client's file: worked out and checked before anything is written, and taken back to the byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from memoryos.config.text import one_line
from memoryos.errors import ConfigError
from memoryos_mcp.clients.formats import Entry
from memoryos_mcp.clients.registry import Client

COPY_SUFFIX = ".before-memoryos"
"""What the name of the copy ends with that lies beside a file that was changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after; None where it is not there.

    A copy of it is made where there is none, or also where there is one of an earlier time (`renews_copy`), before
    which the entry went by other hands; it goes with the entry where that leaves the file as the copy (`drops_copy`).
    """

    path: Path
    before: bytes | None
    after: bytes | None
    copies: bool = True
    renews_copy: bool = False
    drops_copy: bool = False

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after

    @property
    def copy(self) -> Path:
        """Where the file lies as it was before it was first changed."""
        return copy_of(self.path)

    def write(self) -> None:
        """Write it, the copy first. Raises `ConfigError` where the file cannot be written, or has changed meanwhile."""
        with _named_refusals(self.path):
            if _content(self.path) != self.before:
                raise ConfigError(one_line(f"{self.path}: another program has just changed it; try again"))
            if self.after is None:
                self.path.unlink()
            else:
                if self.before is not None and self.copies and (self.renews_copy or not self.copy.exists()):
                    shutil.copy2(self.path, self.copy)
                _replace(self.path, self.after)
            if self.drops_copy:
                self.copy.unlink(missing_ok=True)


def copy_of(path: Path) -> Path:
    """The copy of a file as it was before it was first changed."""
    return path.with_name(path.name + COPY_SUFFIX)


def connected(client: Client, path: Path) -> Entry | None:
    """The entry in a client's file, None where it has none. Raises `ConfigError` for a file that cannot be read."""
    text = content_of(path)
    with _read_as(client, path):
        return None if text is None else client.format.entry(text, client.place)


def installation(client: Client, path: Path, command: str, args: tuple[str, ...]) -> Change:
    """What connects a client. Raises `ConfigError` where its file is not as expected; nothing is written yet."""
    text = content_of(path)
    with _read_as(client, path):
        known = client.format.entry(text or "", client.place)
        entry = client.entry(command, args, known)
        after = text if text is not None and known == entry else _with_entry(client, text, entry)
        # A file that holds nothing else was not there before, which a copy of it would belie.
        ours = known is not None and _is_only_ours(client, None, known, text)
    return Change(path, _encoded(text), after.encode(), copies=not ours, renews_copy=known is None)


def removal(client: Client, path: Path) -> Change | None:
    """What takes the entry out, None where there is none: what the user changed since stays, else all is as before."""
    text = content_of(path)
    if text is None:
        return None
    copy = content_of(copy_of(path))
    with _read_as(client, path):
        entry = client.format.entry(text, client.place)
        if entry is None:
            return None
        if _is_only_ours(client, copy, entry, text):
            return Change(path, text.encode(), _encoded(copy), copies=False, drops_copy=True)
        after = _without_entry(client, text, copy)
    return Change(path, text.encode(), after.encode())


def _with_entry(client: Client, text: str | None, entry: Entry) -> str:
    """The text with the entry. Raises `ValueError` where anything else in it would become another."""
    before = client.fresh if text is None else text
    after = client.format.added(before, client.place, entry)
    if client.format.entry(after, client.place) != entry or _others(client, after) != _others(client, before):
        raise ValueError(f"its {client.key} are written in a way that cannot be added to")
    return after


def _without_entry(client: Client, text: str, copy: str | None) -> str:
    after = client.format.removed(text, client.place)
    if copy is None or client.key not in client.format.parsed(copy):
        after = client.format.pruned(after, client.key)
    if client.format.entry(after, client.place) is not None or _others(client, after) != _others(client, text):
        raise ValueError(f"its {client.key} are written in a way that cannot be taken from")
    return after


def _is_only_ours(client: Client, before: str | None, entry: Entry, text: str | None) -> bool:
    """Whether a text is what connecting made of the one before."""
    try:
        known = client.format.entry(before or "", client.place)
        return known is None and _with_entry(client, before, entry) == text
    except ValueError:
        return False


def _others(client: Client, text: str) -> dict[str, object]:
    """A configuration without the entry, and without a table of servers that holds nothing."""
    found = client.format.parsed(text)
    key, name = client.place
    servers = found.get(key)
    if isinstance(servers, dict):
        servers = {other: value for other, value in servers.items() if other != name}
    elif isinstance(servers, list):
        servers = [other for other in servers if not (isinstance(other, dict) and other.get("name") == name)]
    return {**{other: value for other, value in found.items() if other != key}, **({key: servers} if servers else {})}


def content_of(path: Path) -> str | None:
    """The text of a file, None where there is none. Raises `ConfigError` where it cannot be read."""
    with _named_refusals(path):
        content = _content(path)
    try:
        return None if content is None else content.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(one_line(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8")) from error


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


@contextmanager
def _read_as(client: Client, path: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        advice = f"nothing was changed; mcp-json --client {client.name} prints what belongs there"
        raise ConfigError(one_line(f"{path}: {error}; {advice}")) from error


@contextmanager
def _named_refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            one_line(f"{path}: {error.strerror}; it must be a file that you can read and write")
        ) from error


def _replace(path: Path, content: bytes) -> None:
    """Put a content in a file's place at once; a link goes on leading to it, and its rights stay."""
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as unless_done:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        unless_done.callback(Path(name).unlink)
        with os.fdopen(descriptor, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        if target.exists():
            shutil.copymode(target, name)
        Path(name).replace(target)
        unless_done.pop_all()
