"""Memories filled with a few pages, opened and closed by the hundred over one runtime."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from memoryos import Memoryos, load_config
from memoryos.runtime import Runtime

if TYPE_CHECKING:
    from typing_extensions import Self

_FIRST: Final = datetime(2026, 2, 1, 10, tzinfo=timezone.utc)
_IDLE_SECONDS: Final = 4 * 3600.0

FILLERS: Final = ("The bus was late.", "It rained all day.")
"""Said behind what is measured, so that it has left the newest page of a short-term memory of one."""


@dataclass(frozen=True, slots=True)
class Said:
    """One page; `timestamp` is None where the days go by one by three."""

    user: str
    agent: str = "Noted."
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A memory that has thought about all its pages; `ids` are those of the pages, in order."""

    memory: Memoryos
    ids: tuple[str, ...]

    def facts(self) -> tuple[str, ...]:
        """The current facts, of the user and of the assistant."""
        return tuple(fact.text for fact in (*self.memory.user_knowledge(), *self.memory.assistant_knowledge()))

    def facts_of(self, page: int) -> tuple[str, ...]:
        """The current facts that stand on a page."""
        return tuple(fact.text for fact in self.memory.user_knowledge() if self.ids[page] in fact.sources)

    def card(self) -> str:
        """The profile and the facts, as one text in small letters."""
        return self.memory.get_user_profile_summary().lower()


class Memories:
    """Makes memories of one configuration; used as a context manager."""

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="memoryos-knowing-")
        self._settings = settings
        self._runtime = Runtime()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._runtime.close()
        self._folder.cleanup()

    @contextmanager
    def filled(self, pages: Sequence[Said], **settings: object) -> Iterator[Filled]:
        """A memory of these pages with nothing left to think about; it is deleted afterwards."""
        self._count += 1
        arguments = {
            "user_id": f"user {self._count}",
            "data_storage_path": str(Path(self._folder.name)),
            "timezone": "UTC",
            "consolidation_idle_seconds": 0,
            "short_term_capacity": 1,
            **self._settings,
            **settings,
        }
        memory = Memoryos.open(load_config(None, environ={}, arguments=arguments), runtime=self._runtime)
        try:
            ids = [
                memory.add_memory(
                    page.user, page.agent, page.timestamp or f"{_FIRST + timedelta(days=3 * number):%Y-%m-%d %H:%M:%S}"
                ).page.id
                for number, page in enumerate(pages)
            ]
            memory.wait_until_idle(_IDLE_SECONDS)
            yield Filled(memory, tuple(ids))
        finally:
            memory.close()
