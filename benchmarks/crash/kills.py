"""Processes killed, memory after memory, until there were as many kills as asked for."""

from __future__ import annotations

import gzip
import json
import os
import random
import select
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from benchmarks.crash import checking
from benchmarks.crash.children import ChildError, in_child
from benchmarks.crash.failpoints import Death
from benchmarks.crash.load import Journal, Life, settings, start, warmed
from benchmarks.crash.tally import Counts, Tally
from memoryos.runtime import Runtime
from memoryos.storage.paths import file_of, make_folders

_LONGEST_LIFE_SECONDS: Final = 1.2
_PATIENCE_SECONDS: Final = 1.5
"""So long may take what a process is to die of; then it is killed as at a random moment."""
_OPENING_SECONDS: Final = 120.0
_PAGES_OF_A_MEMORY: Final = 1_000
_FINISHED_OF: Final = 4
"""In every fourth memory all work is done at the end, which takes as long as all before."""
_KILLS_BETWEEN_CHECKS: Final = 8
_SLOWEST_COMMIT_EXPONENT: Final = (-5.0, -2.0)
_MOST_STEPS: Final = 250
_OLD_MEMORY: Final = Path(__file__).parents[2] / "tests/memoryos/storage/sqlite/memory_of_schema_5/memory.db.gz"
"""Every third memory begins as one of an earlier version, which the first process migrates."""


def run(folder: Path, kills: int, processes: Sequence[int], seed: int, until: float) -> Tally:
    """Kill until there were so many in all, or until a time of `time.monotonic`; the tally is in the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        runtime = warmed(Path(scratch))
    kept = folder / "tally.json"
    tally = Tally.kept(kept)
    # A run that goes on says other things than before: what is said again within minutes is one exchange.
    chance = random.Random(f"{seed} after {tally.kills}")
    while tally.kills < kills and time.monotonic() < until:
        at_once = used_by(tally.number, processes)
        memory = folder / f"memory{tally.number:04}"
        if not memory.exists():
            _begin(memory, tally.number)
        unchecked = 0
        while unchecked < _KILLS_BETWEEN_CHECKS and tally.kills < kills and time.monotonic() < until:
            _round(memory, tally, at_once, chance, runtime)
            unchecked += at_once
        _check(memory, tally)
        if tally.current.acknowledged >= _PAGES_OF_A_MEMORY:
            _conclude(memory, tally, at_once)
        tally.save(kept)
        sys.stderr.write(f"{tally.kills} kills, memory {tally.number}, {'good' if tally.is_good else 'NOT GOOD'}\n")
    return tally


def used_by(number: int, processes: Sequence[int]) -> int:
    """How many processes use the memory of a number at once."""
    return processes[(number - 1) % len(processes)]


def _begin(memory: Path, number: int) -> None:
    memory.mkdir(parents=True)
    if number % 3 or not _OLD_MEMORY.exists():
        return
    path = file_of(settings(memory))
    make_folders(path.parent)
    path.write_bytes(gzip.decompress(_OLD_MEMORY.read_bytes()))
    with closing(sqlite3.connect(path)) as connection:
        ids = [id_ for (id_,) in connection.execute("SELECT id FROM pages")]
    journal = Journal(memory / "00000-before.journal")
    for id_ in ids:
        journal.write("added", id=id_, token="")


def _round(memory: Path, tally: Tally, at_once: int, chance: random.Random, runtime: Runtime) -> None:
    """Start processes, and see each die, one after the other."""
    places, number = _places(memory.parent, memory), _next_round(memory)
    running = []
    for _ in range(at_once):
        death = _death(chance, places, tally.deaths)
        life = Life(memory, number, chance.randrange(1 << 30), death)
        running.append((*start(life, runtime), death))
    started = time.monotonic()
    for _, reading, _ in running:
        if not select.select([reading], [], [], _OPENING_SECONDS)[0]:
            tally.current.notes.append(f"a process had not opened {memory} after {_OPENING_SECONDS} s")
            tally.current.errors += 1
        os.close(reading)
    tally.current.slowest_start_seconds = max(tally.current.slowest_start_seconds, time.monotonic() - started)
    for process, _, death in chance.sample(running, len(running)):
        if death.way == "moment":
            time.sleep(chance.uniform(0, _LONGEST_LIFE_SECONDS / at_once))
        else:
            _wait(process, _PATIENCE_SECONDS)
        _kill(process)
        tally.current.kills += 1


def _next_round(memory: Path) -> int:
    rounds = memory / "rounds.txt"
    number = 1 + int(rounds.read_text("utf-8")) if rounds.exists() else 1
    rounds.write_text(str(number), "utf-8")
    return number


def _places(folder: Path, memory: Path) -> list[str]:
    """All places that were ever passed; those of this memory are taken over."""
    known_file, new_file = folder / "places.json", memory / "places.txt"
    known: set[str] = set(json.loads(known_file.read_text("utf-8"))) if known_file.exists() else set()
    if new_file.exists():
        lines = new_file.read_text("utf-8").splitlines(keepends=True)
        found = {json.loads(line)["did"] for line in lines if line[-1] == "\n"}
        new_file.unlink()
        if not found <= known:
            known |= found
            known_file.write_text(json.dumps(sorted(known), indent=0), "utf-8")
    return sorted(known)


def _death(chance: random.Random, places: Sequence[str], deaths: dict[str, int]) -> Death:
    """One way to die: half of those by a place are at one of the places where the fewest died so far."""
    way = chance.random()
    if way < 0.3:
        return Death("moment")
    if way < 0.5:
        return Death("commit", nth=chance.randrange(1, 8), seconds=10 ** chance.uniform(*_SLOWEST_COMMIT_EXPONENT))
    if way < 0.75 or not places:
        return Death("place", nth=chance.randrange(1, _MOST_STEPS))
    rarest = sorted(places, key=lambda place: (deaths.get(place, 0), chance.random()))[: max(1, len(places) // 4)]
    return Death("place", nth=chance.randrange(1, 4), place=chance.choice(rarest))


def _wait(process: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.01)


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)  # of one that died and was not waited for, nothing is done
    os.waitpid(process, 0)


def _check(memory: Path, tally: Tally) -> None:
    """Bring the tally up to what is in the memory now."""
    told = checking.Told.read(memory)
    before = tally.current
    found = _found(memory, lambda: checking.check(memory).record())
    notes = [*told.errors, *(note for notes in found.values() for note in notes)]
    tally.current = Counts(
        kills=before.kills,
        memories=1,
        acknowledged=len(told.added) + len(told.imported),
        forgotten=len(told.forgotten),
        lost=len(found.get("lost", ())),
        doubled=len(found.get("doubled", ())),
        back=len(found.get("back", ())),
        unfound=len(found.get("unfound", ())),
        unsound=len(found.get("unsound", ())),
        errors=len(told.errors) + len(found.get("errors", ())),
        refused=told.refused,
        slowest_start_seconds=before.slowest_start_seconds,
        notes=[f"{memory.name}: {note}" for note in notes],
    )
    deaths = Tally.kept(memory.parent / "tally.json").deaths  # those of memories that are done with
    kept = memory / "deaths.json"
    earlier = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    kept.write_text(json.dumps(told.deaths), "utf-8")
    for place, count in told.deaths.items():
        deaths[place] = deaths.get(place, 0) + count - earlier.get(place, 0)
    tally.deaths = deaths


def _conclude(memory: Path, tally: Tally, at_once: int) -> None:
    """Look once more, and keep the memory only where something is wrong; of some, let all work be done before."""
    unfinished: dict[str, list[str]] = {}
    if tally.number % _FINISHED_OF == 0:
        unfinished = _found(memory, lambda: {"unfinished": list(checking.finish(memory, _next_round(memory)))})
    _check(memory, tally)
    tally.current.errors += sum(map(len, unfinished.values()))
    tally.current.notes += [f"{memory.name}: {note}" for notes in unfinished.values() for note in notes]
    if tally.current.is_good:
        shutil.rmtree(memory)
    tally.conclude(at_once)


def _found(memory: Path, work: Callable[[], dict[str, list[str]]]) -> dict[str, list[str]]:
    """What a piece of work finds in a process of its own: this one never opens a memory, for it is forked."""
    try:
        return in_child(memory, work)
    except ChildError as error:
        return {"errors": [str(error)]}
