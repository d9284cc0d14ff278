"""Random damage to a killed memory's file or log: what opening it says, and what `recover` saves of it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from benchmarks.crash.children import ChildError, in_child
from benchmarks.crash.tally import circumstances
from memoryos import StoreError
from memoryos.language.stems import words_with_stems
from memoryos.models import NewPage, Page
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.examination import examine
from memoryos.storage.sqlite.recovery import salvage
from memoryos.storage.sqlite.store import SqliteStore

_PAGES_IN_FILE: Final = 40
_PAGES_IN_LOG: Final = 20
_FORGOTTEN: Final = 3
_MEMORY_OF: Final = 25
"""So many corruptions are made of one memory; the next ones are of a memory of other texts."""
_CHARACTERS_SHOWN: Final = 2_000
_MOST_BYTES: Final = 4_096
_MOST: Final = 10_000_000
_NOON: Final = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
_PARTS: Final[Mapping[str, str]] = MappingProxyType({"file": "", "log": "-wal"})


def _cut(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    del content[at:]


def _noise(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    content[at : at + length] = chance.randbytes(length)


def _zeros(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    content[at : at + length] = bytes(length)


def _bit(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    content[at] ^= 1 << chance.randrange(8)


def _moved(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    """As a disk does that writes a block to the wrong place."""
    from_ = chance.randrange(len(content) - length + 1)
    content[at : at + length] = content[from_ : from_ + length]


def _removed(content: bytearray, at: int, length: int, chance: random.Random) -> None:
    del content[at : at + length]


_HARMS: Final = (_cut, _noise, _noise, _zeros, _bit, _moved, _removed)

OPENED: Final = ("refused", "named later", "whole", "altered", "fewer", "FEWER", "CHANGED", "UNFORESEEN")
"""What came of using it: it was refused by name before anything was written, or after an exchange was added; it was
used with all there was; with a text in it that is not as it was; with fewer pages, as `doctor` says; with fewer and no
word; refused, and its files were changed; ended in another way."""

SAVED: Final = ("all", "rest", "nothing", "SAID MORE", "CHANGED", "UNFORESEEN")
"""What `recover` saved: everything, or a part and said no more than that, or it was refused by name; it said that it
had saved more, or brought an altered page without a word; changed the damaged files; ended in another way."""


def run(parts: Sequence[str], rounds: int, seed: int) -> tuple[str, bool]:
    """The table of so many corruptions of each part, and whether nothing was wrong."""
    counts: dict[str, tuple[Counter[str], Counter[str]]] = {part: (Counter(), Counter()) for part in parts}
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(rounds):
            memory = Path(scratch) / str(number // _MEMORY_OF) / "memory.db"
            if not memory.exists():
                _fill(memory, f"{seed} {number}")
            for part in parts:
                said = f"{part} {seed} {number}"
                for count, outcome in zip(counts[part], _tried(memory, part, random.Random(said)), strict=True):
                    count[outcome[0]] += 1
                    if outcome[0].isupper():
                        notes.append(f"{said}: {': '.join(outcome)[:_CHARACTERS_SHOWN]}")
            sys.stderr.write(f"{number + 1} corruptions, {len(notes)} found\n")
    return _table(counts, notes), not notes


def _fill(path: Path, seed: str) -> None:
    """A memory whose process was killed while its newest pages were in the log."""
    process = os.fork()
    if not process:
        try:
            _use(SqliteStore(path), random.Random(seed))
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(process, 0)


def _use(store: SqliteStore, chance: random.Random) -> None:
    ids: list[str] = []
    for number, length in enumerate(chance.choices(range(5, 400), k=_PAGES_IN_FILE + _PAGES_IN_LOG)):
        if number == _PAGES_IN_FILE:
            store.forget_pages(chance.sample(ids, _FORGOTTEN))
            store.maintain(now=_NOON)
        said = " ".join(
            (f"Page {number}, I live in Bern:", *(f"word{chance.randrange(10_000)}" for _ in range(length)))
        )
        ids.append(store.add_page(NewPage(said, "Noted.", _NOON), timestamp="then", now=_NOON).page.id)


def _tried(memory: Path, part: str, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
    """What opening a damaged copy of a memory came to, and what saving it did, each with what is to be known of it."""
    with _copy(memory) as sound:
        expected = {page.id: page for page in _pages(sound)}
    if len(expected) != _PAGES_IN_FILE + _PAGES_IN_LOG - _FORGOTTEN:
        raise AssertionError(f"{memory}: {len(expected)} pages before any damage")
    with _copy(memory) as path:
        _damage(path.with_name(path.name + _PARTS[part]), chance)
        before = _files(path)
        saved = _outcome(path, lambda: _saved(path, expected))
        if _files(path) != before:
            saved = ["CHANGED", *saved]
        opened = _outcome(path, lambda: _opened(path, expected))
        if opened[0] == "refused" and _files(path) != before:
            opened = ["CHANGED", *opened]
    return opened, saved


def _outcome(path: Path, work: Callable[[], list[str]]) -> list[str]:
    try:
        return in_child(path.parent, work)
    except ChildError as error:
        return ["UNFORESEEN", str(error)]


@contextmanager
def _copy(memory: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        for file in memory.parent.iterdir():
            shutil.copy(file, folder)
        yield Path(folder) / memory.name


def _damage(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    harm = chance.choice(_HARMS)
    harm(content, at, chance.randrange(1, min(_MOST_BYTES, len(content) - at) + 1), chance)
    path.write_bytes(content)


def _files(path: Path) -> dict[str, bytes]:
    """The memory and its log as they lie there."""
    files = (path.with_name(path.name + suffix) for suffix in _PARTS.values())
    return {file.name: file.read_bytes() for file in files if file.exists()}


def _pages(path: Path) -> Sequence[Page]:
    with closing(SqliteStore(path)) as store:
        return store.newest_pages(_MOST)


def _opened(path: Path, expected: Mapping[str, Page]) -> list[str]:
    """What a server finds that opens a memory, reads in it, counts its pages, adds to it, and reads again."""
    has_added = False
    try:
        with closing(SqliteStore(path)) as store:
            found = {page.id: page for page in store.newest_pages(_MOST)}
            store.match_words(words_with_stems("Bern"), 5)
            while store.count_pages(_MOST):
                pass
            if len(found) < len(expected):
                return _fewer(path, f"{len(found)} pages of {len(expected)}")
            store.add_page(NewPage("Afterwards.", "Noted.", _NOON), timestamp="then", now=_NOON)
            has_added = True
            found = {page.id: page for page in store.newest_pages(_MOST)}
    except StoreError as error:
        return ["named later" if has_added else "refused", str(error)]
    if len(found) <= len(expected):
        return _fewer(path, f"{len(found)} pages of {len(expected)} and one")
    there = _texts(found)
    return ["whole" if all(there.get(id_) == told for id_, told in _texts(expected).items()) else "altered"]


def _fewer(path: Path, found: str) -> list[str]:
    try:
        with closing(Database(path)) as database:
            said = [finding.found for finding in examine(database) if finding.verdict == "bad"]
    except StoreError as error:
        said = [str(error)]
    return ["fewer" if said else "FEWER", found, *said]


def _saved(path: Path, expected: Mapping[str, Page]) -> list[str]:
    try:
        saved = salvage(path)
    except StoreError as error:
        return ["nothing", str(error)]
    found = {page.id: page for page in _pages(saved.recovered)}
    for file in path.parent.glob(f"{saved.recovered.name}*"):
        file.unlink()
    strange = [id_ for id_, page in _texts(found).items() if _texts(expected).get(id_) != page]
    missing = len(expected.keys() - found.keys())
    wrong = []
    if len(found) != saved.pages:
        wrong.append(f"said {saved.pages} pages, and there are {len(found)}")
    if saved.lost is not None and saved.lost < missing:
        wrong.append(f"said {saved.lost} are missing, and {missing} are")
    if unnamed := set(strange) - set(saved.unverified):
        wrong.append(f"{len(unnamed)} that never were so, {saved.may_be_forgotten} named as perhaps forgotten")
    if wrong:
        return ["SAID MORE", *wrong]
    return ["rest" if missing else "all"]


def _texts(pages: Mapping[str, Page]) -> dict[str, tuple[Any, ...]]:
    """What was said, and when."""
    return {
        id_: (page.user_input, page.agent_response, page.timestamp, page.happened_at, page.added_at)
        for id_, page in pages.items()
    }


def _table(counts: Mapping[str, tuple[Counter[str], Counter[str]]], notes: Sequence[str]) -> str:
    lines = ["# Corruptions", "", circumstances(), ""]
    for which, names in enumerate((OPENED, SAVED)):
        lines += [f"| {('opened', 'recovered')[which]} | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
        lines += [
            f"| {part} | {' | '.join(str(both[which][name]) for name in names)} |" for part, both in counts.items()
        ]
        lines.append("")
    return "\n".join((*lines, *(f"    {note}" for note in notes)))
