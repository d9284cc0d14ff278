"""What a machine can do to a server that runs: each fault ends in a named error, harms no page, and once it is over the
same server goes on."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks.fuzz.server import Pipes

_PAGES: Final = 12
_LARGE: Final = "x" * 190_000
_MOST_ADDS: Final = 60
_CHARACTERS_SHOWN: Final = 150
_NOISE_BYTES: Final = 4_096

# The server with a clock that a file moves by so many seconds: the engine has one, and hands it on.
_MOVED_CLOCK: Final = """
import pathlib, sys
from datetime import datetime, timedelta, timezone
from memoryos import memoryos as engine
moved = pathlib.Path(sys.argv.pop(1))
def now():
    return datetime.now(timezone.utc) + timedelta(seconds=float(moved.read_text()))
engine._now = now
from memoryos_mcp.__main__ import run
run()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a fault: what the server said (None: nothing failed), and what is wrong afterwards ("": nothing)."""

    said: str | None
    wrong: str = ""


class Skipped(Exception):
    """This machine does not let the fault be made."""


@dataclass(slots=True)
class _Tried:
    """A server with some pages in it."""

    folder: Path
    pipes: Pipes
    added: int = 0

    @property
    def memory(self) -> Path:
        (path,) = (self.folder / "data").glob("users/*/memory.db")
        return path

    def add(self, more: str = "") -> str | None:
        """Add a page; what the server says where it refuses it."""
        text = f"Page number {self.added} of the trial. {more}"
        call = {"name": "add_memory", "arguments": {"user_input": text, "agent_response": "Noted."}}
        result = self.pipes.asked("tools/call", call)["result"]
        if result.get("isError"):
            return str(result["content"][0]["text"])
        self.added += 1
        return None

    def refused(self, more: str = "") -> str | None:
        """What the server says to the first page of many that it refuses."""
        return next((said for _ in range(_MOST_ADDS) if (said := self.add(more)) is not None), None)

    def pages(self) -> int:
        """How many pages the server counts; raises `ValueError` with its words where it refuses to."""
        answer = self.pipes.asked("resources/read", {"uri": "memoryos://status"})
        if "error" in answer:
            raise ValueError(answer["error"]["message"])
        return int(json.loads(answer["result"]["contents"][0]["text"])["counts"]["pages"])

    def afterwards(self, said: str | None) -> Outcome:
        """Whether the server goes on now and has every page that it acknowledged."""
        again = self.add()
        if again is not None:
            return Outcome(said, f"it does not go on: {again}")
        found = self.pages()
        return Outcome(said, "" if found == self.added else f"{found} pages of {self.added}")


@contextmanager
def _tried(folder: Path, command: tuple[str, ...] = ()) -> Iterator[_Tried]:
    pipes = Pipes(folder, command)
    try:
        pipes.greet()
        tried = _Tried(folder, pipes)
        for _ in range(_PAGES):
            tried.add()
        yield tried
    finally:
        pipes.kill()


def _limited(limit: int, value: Callable[[int], int]) -> Callable[[Path], Outcome]:
    """The running server, whose number `value` gets, under a limit of the system's that is lifted again."""

    def fault(folder: Path) -> Outcome:
        if not hasattr(resource, "prlimit"):
            raise Skipped("only Linux limits a process that runs")
        with _tried(folder) as tried:
            before = resource.prlimit(tried.pipes.pid, limit)
            resource.prlimit(tried.pipes.pid, limit, (value(tried.pipes.pid), before[1]))
            said = tried.refused(_LARGE)
            resource.prlimit(tried.pipes.pid, limit, before)
            return tried.afterwards(said)

    return fault


def _address_space(pid: int) -> int:
    """How much a process has now, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def _disk_full(folder: Path) -> Outcome:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        raise Skipped("a small disk can be mounted by root only")
    try:
        with _tried(folder) as tried:
            said = tried.refused(_LARGE)
            subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
            return tried.afterwards(said)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _read_only(folder: Path) -> Outcome:
    if os.geteuid() == 0:
        raise Skipped("root may write everywhere")
    with _tried(folder) as tried:
        tried.memory.chmod(0o400)
        tried.memory.parent.chmod(0o500)
        try:
            said = tried.add()  # what is open stays open: it may go on
        finally:
            tried.memory.parent.chmod(0o700)
            tried.memory.chmod(0o600)
        return tried.afterwards(said)


def _deleted(folder: Path) -> Outcome:
    with _tried(folder) as tried:
        shutil.rmtree(folder / "data")
        tried.added = 0
        return tried.afterwards(tried.add())


def _renamed(folder: Path) -> Outcome:
    with _tried(folder) as tried:
        (folder / "data").rename(folder / "elsewhere")
        said, tried.added = tried.add(), _PAGES  # a new memory begins, if anything
        shutil.rmtree(folder / "data", ignore_errors=True)
        (folder / "elsewhere").rename(folder / "data")
        tried.add()  # notices it
        return tried.afterwards(said)


def _replaced(folder: Path) -> Outcome:
    with _tried(folder) as tried:
        command = [sys.executable, "-m", "memoryos_mcp", "backup", str(folder / "copies"), "--config"]
        subprocess.run([*command, str(folder / "config.json")], check=True, capture_output=True)
        (copy,) = (folder / "copies").glob("*.db")
        memory = tried.memory
        tried.add()
        for beside in memory.parent.glob("memory.mark"):
            beside.unlink()  # an older copy, put there on purpose
        copy.replace(memory)
        tried.added = _PAGES
        return tried.afterwards(tried.add())


def _clock_back(folder: Path) -> Outcome:
    moved = folder / "moved.txt"
    moved.write_text("0")
    with _tried(folder, ("-c", _MOVED_CLOCK, str(moved))) as tried:
        moved.write_text(str(-10 * 365 * 86_400))
        said = tried.add()
        moved.write_text("0")
        return tried.afterwards(said)


def _damaged(suffix: str, harm: Callable[[Path, random.Random], None]) -> Callable[[Path], Outcome]:
    def fault(folder: Path) -> Outcome:
        with _tried(folder) as tried:
            tried.pipes.kill()
            path = tried.memory.with_name(tried.memory.name + suffix)
            harm(path, random.Random(str(folder)))
            content = tried.memory.read_bytes()
            again = Pipes(folder)
            try:
                again.greet()
                there = _Tried(folder, again)
                try:
                    found = there.pages()
                except ValueError as error:
                    changed = tried.memory.read_bytes() != content
                    return Outcome(str(error), "the damaged file was changed" if changed else "")
                return Outcome(None, "" if found == tried.added else f"{found} pages of {tried.added}, and not a word")
            finally:
                again.kill()

    return fault


def _cut(path: Path, chance: random.Random) -> None:
    if path.exists():
        os.truncate(path, chance.randrange(path.stat().st_size + 1))


def _noise(path: Path, chance: random.Random) -> None:
    if path.exists() and path.stat().st_size:
        content = bytearray(path.read_bytes())
        at = chance.randrange(len(content))
        some = chance.randbytes(min(_NOISE_BYTES, len(content) - at))
        content[at : at + len(some)] = some
        path.write_bytes(content)


FAULTS: Final[Mapping[str, Callable[[Path], Outcome]]] = MappingProxyType(
    {
        "disk full": _disk_full,
        "files may be no larger": _limited(resource.RLIMIT_FSIZE, lambda pid: 400_000),
        "no more descriptors": _limited(resource.RLIMIT_NOFILE, lambda pid: 5),
        "no more memory": _limited(resource.RLIMIT_AS, _address_space),
        "read-only": _read_only,
        "folder deleted": _deleted,
        "folder renamed": _renamed,
        "file replaced": _replaced,
        "clock ten years back": _clock_back,
        "file cut": _damaged("", _cut),
        "log cut": _damaged("-wal", _cut),
        "noise in the file": _damaged("", _noise),
        "noise in the log": _damaged("-wal", _noise),
    }
)


def run(names: tuple[str, ...], rounds: int) -> tuple[str, bool]:
    """The table of each fault, tried so often, and whether nothing was wrong."""
    rows, good = [], True
    for name in names:
        said: dict[str, None] = {}
        wrong: list[str] = []
        try:
            for _ in range(rounds):
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                    outcome = FAULTS[name](Path(folder).resolve())
                    text = (outcome.said or "nothing failed").replace(folder, "...")
                    said.setdefault(text[:_CHARACTERS_SHOWN].replace("|", "/").replace("\n", " "))
                    wrong += [outcome.wrong] if outcome.wrong else []
        except Skipped as reason:
            rows.append(f"| {name} | - | not tried: {reason} | |")
            continue
        good = good and not wrong
        rows.append(f"| {name} | {rounds} | {next(iter(said))} | {'; '.join(wrong) or 'none'} |")
        sys.stderr.write(f"{rows[-1]}\n")
    head = ("# Faults", "", "| fault | tries | said, for example | wrong afterwards |", "|---|---:|---|---|")
    return "\n".join((*head, *rows, "")), good
