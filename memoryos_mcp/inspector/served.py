"""The inspector of a server over HTTP: the memory of whoever signed in, as the server has it open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from memoryos_mcp.auth.caller import on_behalf_of
from memoryos_mcp.inspector.application import application
from memoryos_mcp.inspector.door import Visitor
from memoryos_mcp.inspector.one_time import OneTimeTokens
from memoryos_mcp.inspector.server_door import Names, OwnDoor, SignInDoor
from memoryos_mcp.inspector.views import House, Line
from memoryos_mcp.transport.http import names

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from memoryos import Config, Knowledge, Page
    from memoryos_mcp.auth.sign_in import SignIn
    from memoryos_mcp.session import MemorySession


def pages(
    session: MemorySession,
    signing_in: SignIn | None,
    examine: Callable[[Config], Sequence[Line]],
    line: Callable[[Page | Knowledge], bytes],
) -> ASGIApp:
    """The pages at `/inspect` of a server: behind its sign-in or, where it has none, behind a link of its own.

    `examine` looks at the file of a configuration's memory, and `line` writes an exchange or a fact for a file.
    """

    def house(visitor: Visitor) -> AbstractContextManager[House]:
        return _house(session, visitor, examine, line)

    config = session.config
    called = Names(frozenset(map(str.lower, names(config))), _origins(config))
    if signing_in is None:
        tokens = OneTimeTokens(Path(config.data_storage_path), _now)
        return application(house, OwnDoor(called, _now, tokens))
    return application(house, SignInDoor(called, _now, signing_in.check))


@contextmanager
def _house(
    session: MemorySession,
    visitor: Visitor,
    examine: Callable[[Config], Sequence[Line]],
    line: Callable[[Page | Knowledge], bytes],
) -> Iterator[House]:
    """The memory of a visitor, which stays open within it; of the server's only user where nobody signs in."""
    config = session.config
    with on_behalf_of(visitor.user_id or config.user_id), session.using() as memory:
        # Of a server for others, files are on a machine that is not theirs.
        examined = None if config.serves_many else partial(examine, config)
        yield House(memory.for_person(), config.dialogue_goes_to, examined, line)


def _origins(config: Config) -> tuple[str, ...]:
    """What pages of the server call their origin, where a proxy that tells nothing of it has another scheme."""
    parts = urlsplit(config.public_url)
    return (f"{parts.scheme}://{parts.netloc}".lower(),) if parts.netloc else ()


def _now() -> datetime:
    return datetime.now(timezone.utc)
