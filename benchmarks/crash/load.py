"""The process that is killed: everything a memory is used for, at once, written down outside of it."""

from __future__ import annotations

import json
import os
import random
import signal
import traceback
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from benchmarks.crash.failpoints import Death, Failpoints
from memoryos import Config, Memoryos, StoreBusyError, load_config
from memoryos import memoryos as engine
from memoryos.models import Page
from memoryos.runtime import Runtime
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite import copies
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.transfer import add_pages, incoming_page

_ROUND: Final = timedelta(seconds=40)
"""A round begins so much later by the engine's clock: a lease of 30 s that a killed process held has run out."""
_LOADING_SECONDS: Final = 120.0
_TOPICS: Final = ("leek soup", "alpine skis", "chess openings", "the garden", "a trip to Bern")
_CITIES: Final = ("Bern", "Rome", "Oslo")
_SHARES: Final = (
    ("add", 60),
    ("add again", 6),
    ("recall", 8),
    ("forget", 8),
    ("take in", 7),
    ("back up", 2),
    ("read again", 2),
    ("open again", 2),
    ("check", 5),
)
"""How often each thing is done, of a hundred."""


def settings(folder: Path) -> Config:
    """The configuration of the memory in a folder; little is enough for each kind of work to begin."""
    chosen: dict[str, object] = {
        "user_id": "crash",
        "data_storage_path": str(folder / "data"),
        "consolidation_batch": 4,
        "consolidation_idle_seconds": 0,
        "mid_term_heat_threshold": 2.0,
        "embedding_threads": 1,
    }
    return load_config(None, environ={}, arguments=chosen)


class Journal:
    """What a process was told, a line at a time, each with the system before the next call begins.

    A line of a killed process is there: only a loss of power takes what the system has.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, did: str, **what: str) -> None:
        os.write(self._descriptor, f"{json.dumps({'did': did, **what})}\n".encode())

    @staticmethod
    def lines(folder: Path, before: int | None = None) -> Iterator[list[dict[str, str]]]:
        """Those of each journal, or of those of earlier rounds, without a last one that was not written to its end."""
        last = "~" if before is None else f"{before:05}"
        for path in sorted(path for path in folder.glob("*.journal") if path.name < last):
            yield [json.loads(line) for line in path.read_text("utf-8").splitlines(keepends=True) if line[-1] == "\n"]


@dataclass(slots=True)
class _Use:
    """One process's use of the memory."""

    folder: Path
    seed: int
    journal: Journal
    chance: random.Random
    config: Config
    runtime: Runtime
    memory: Memoryos
    mine: list[str] = field(default_factory=list)
    """The ids of what it added and did not forget."""
    last: tuple[Page, str] | None = None
    """Its last one, and the token in it."""
    number: int = 0

    def step(self) -> None:
        self.number += 1
        (what,) = self.chance.choices([name for name, _ in _SHARES], [share for _, share in _SHARES])
        getattr(self, f"_{what.replace(' ', '_')}")()

    def _said(self) -> tuple[str, str]:
        token = f"zq{self.seed}x{self.number}"
        topic, city = self.chance.choice(_TOPICS), self.chance.choice(_CITIES)
        return token, f"About {topic}: {token} was said. I live in {city}."

    def _add(self) -> None:
        token, said = self._said()
        self.journal.write("adding", token=token, said=said)
        facts = [f"The user thinks of {token} now."] if self.chance.random() < 0.1 else []
        page = self.memory.add_memory(said, "Noted.", facts=facts).page
        self.journal.write("added", id=page.id, token=token)
        self.mine.append(page.id)
        self.last = page, token

    def _add_again(self) -> None:
        if self.last is not None and self.last[0].id in self.mine:
            page, token = self.last
            self.journal.write("adding", token=token, said=page.user_input)
            again = self.memory.add_memory(page.user_input, "Noted.").page
            self.journal.write("added", id=again.id, token=token)
            if again.id not in self.mine:  # where more than ten minutes lie in between, by the rounds' clock
                self.mine.append(again.id)

    def _recall(self) -> None:
        self.memory.retrieve(self._said()[1], 5)

    def _forget(self) -> None:
        if self.mine:
            page = self.mine.pop(self.chance.randrange(len(self.mine)))
            self.journal.write("forgetting", id=page)
            self.memory.forget([page])
            self.journal.write("forgotten", id=page)

    def _take_in(self) -> None:
        token, said = self._said()
        for _ in add_pages(self.config, [incoming_page(said, "Noted.")]):
            self.journal.write("imported", token=token)

    def _back_up(self) -> None:
        name = f"copy{self.seed}x{self.number}"
        now = datetime.now(timezone.utc)
        copies.back_up(file_of(self.config), self.folder / "copies", name=name, now=now).path.unlink()

    def _read_again(self) -> None:
        """What the command reanalyse begins with; without a model the pages are then read as they were before."""
        with closing(SqliteStore(file_of(self.config))) as store:
            store.release_for_reanalysis(now=engine._now())

    def _open_again(self) -> None:
        self.memory.close()
        self.memory = Memoryos.open(self.config, self.runtime)

    def _check(self) -> None:
        self.memory.status()


@dataclass(frozen=True, slots=True)
class Life:
    """A process to start: which memory it uses, in which round, what it does and how it dies."""

    folder: Path
    round: int
    seed: int
    death: Death


def use_memory(life: Life, runtime: Runtime, parent: int, told: int) -> None:
    """Use a memory until the death, or until there is no parent any more; `told` is written to when it is open."""
    folder, journal = life.folder, Journal(life.folder / f"{life.round:05}-{life.seed}.journal")
    places = Journal(folder / "places.txt")
    points = Failpoints(
        life.death,
        folder / "data",
        note=lambda place: journal.write("died", place=place),
        discovered=lambda place: places.write(place),
    )
    set_clock(life.round)
    left, config = list(_unanswered(folder, life.round)), settings(folder)
    try:
        points.arm()
        memory = Memoryos.open(config, runtime)
        use = _Use(folder, life.seed, journal, random.Random(life.seed), config, runtime, memory)
        with suppress(BrokenPipeError):  # where the parent is gone, the loop below ends at once
            os.write(told, b"r")
        for token, said in left[:1]:  # as a client does whose server died
            journal.write("adding", token=token, said=said)
            journal.write("added", id=use.memory.add_memory(said, "Noted.").page.id, token=token)
        while os.getppid() == parent:
            _step(use)
    except BaseException:
        journal.write("error", text=traceback.format_exc())
        raise


def set_clock(round_: int) -> None:
    """Put the engine's only clock forward in this process: what those of earlier rounds had claimed is free again."""
    vars(engine)["_now"] = lambda: datetime.now(timezone.utc) + round_ * _ROUND


def _step(use: _Use) -> None:
    try:
        use.step()
    except StoreBusyError as error:  # a machine with more to do than this may keep a lock for long
        use.journal.write("refused", text=str(error))


def _unanswered(folder: Path, round_: int) -> Iterator[tuple[str, str]]:
    """What processes of earlier rounds had asked to be added, and never heard of, the last first."""
    asked: list[tuple[str, str]] = []
    answered: set[str] = set()
    for lines in Journal.lines(folder, before=round_):
        calls = [line for line in lines if line["did"] != "died"]
        answered.update(line["token"] for line in lines if line["did"] == "added")
        if calls and calls[-1]["did"] == "adding":
            asked.append((calls[-1]["token"], calls[-1]["said"]))
    return ((token, said) for token, said in reversed(asked) if token not in answered)


def start(life: Life, runtime: Runtime) -> tuple[int, int]:
    """A process that uses the memory: its id, and what can be read once it has opened it.

    It is a fork of this one, which has loaded package and model and holds no memory open: loading both anew for each
    of 10,000 kills would take most of the time.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to the end
        use_memory(life, runtime, parent, writing)
    finally:
        os._exit(1)


def warmed(folder: Path) -> Runtime:
    """A runtime with its models loaded and without threads: what a process may be forked with."""
    runtime = Runtime()
    with Memoryos.open(settings(folder), runtime) as memory:
        memory.add_memory("I live in Bern.", "Noted.")
        memory.wait_until_idle(_LOADING_SECONDS)
    return runtime
