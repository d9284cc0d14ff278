"""Kill processes that use one memory, at random moments, and compare what they were told with what is there.

Each process adds, recalls, forgets, imports and backs up, with the background work behind it, until it is killed; the
others go on. What a process was told stands in a journal outside the memory. The run is kept in the folder and goes on
where it ended: `python benchmarks/crash.py FOLDER --kills 300 --processes 4`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from memoryos import Memoryos, MemoryOSError, load_config
from memoryos.language.stems import words_with_stems
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite import copies
from memoryos.storage.sqlite.database import Database
from memoryos.storage.sqlite.examination import examine
from memoryos.storage.sqlite.store import SqliteStore
from memoryos.storage.transfer import add_pages, incoming_page

_LONGEST_LIFE_SECONDS: Final = 2.5
_TOPICS: Final = ("leek soup", "alpine skis", "chess openings", "the garden", "a trip to Bern")


@dataclass(slots=True)
class Tally:
    """What came of a run so far."""

    kills: int = 0
    acknowledged: int = 0
    forgotten: int = 0
    lost: int = 0
    doubled: int = 0
    back: int = 0
    unfound: int = 0
    unsound: int = 0
    slowest_start_seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 where nothing was lost, doubled, or came back, and all parts fit each other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the memory, the journals and the tally lie; kept")
    parser.add_argument("--kills", type=int, default=300, help="how many there are to be in all (default 300)")
    parser.add_argument("--processes", type=int, default=1, help="how many use the memory at once (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of what is done (default 1)")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.child is not None:
        _use_memory(given.folder, given.child)
        return 0
    tally = _run(given.folder, given.kills, given.processes, given.seed)
    sys.stdout.write(_table(tally, given.processes))
    return 1 if tally.lost or tally.doubled or tally.back or tally.unfound or tally.unsound else 0


def _run(folder: Path, kills: int, processes: int, seed: int) -> Tally:
    kept = folder / "tally.json"
    tally = Tally(**json.loads(kept.read_text("utf-8"))) if kept.exists() else Tally()
    # A run that goes on says other things than before: what is said again within minutes is one exchange.
    chance = random.Random(f"{seed} after {tally.kills}")
    while tally.kills < kills:
        started = time.monotonic()
        running = [_start(folder, chance.randrange(1 << 30)) for _ in range(processes)]
        for process in running:
            assert process.stdout is not None
            process.stdout.readline()
        tally.slowest_start_seconds = max(tally.slowest_start_seconds, time.monotonic() - started)
        for process in chance.sample(running, len(running)):
            time.sleep(chance.uniform(0, _LONGEST_LIFE_SECONDS / processes))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            tally.kills += 1
        _check(folder, tally)
        kept.write_text(json.dumps(asdict(tally)), "utf-8")
        sys.stderr.write(f"{tally.kills} kills, {tally.acknowledged} pages acknowledged, {tally.lost} lost\n")
    return tally


def _start(folder: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, str(folder), "--child", str(seed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


# The process that is killed


def _settings(folder: Path) -> dict[str, object]:
    return {
        "user_id": "crash",
        "data_storage_path": str(folder / "data"),
        "consolidation_batch": 4,
        "consolidation_idle_seconds": 0,
        "mid_term_heat_threshold": 2.0,
        "embedding_threads": 1,
    }


def _use_memory(folder: Path, seed: int) -> None:
    """Use the memory until killed; each line of the journal is on its way to the disk before the next call."""
    chance = random.Random(seed)
    config = load_config(None, environ={}, arguments=_settings(folder))
    mine: list[str] = []
    with Memoryos.open(config) as memory, (folder / f"{seed}.journal").open("a", buffering=1) as journal:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in range(1_000_000):
            token, choice = f"zq{seed}x{number}", chance.random()
            said = f"About {chance.choice(_TOPICS)}: {token} was said. I live in {chance.choice(('Bern', 'Rome'))}."
            if choice < 0.7:
                mine.append(memory.add_memory(said, "Noted.").page.id)
                journal.write(f"added {mine[-1]} {token}\n")
            elif choice < 0.8:
                memory.retrieve(said, 5)
            elif choice < 0.88 and mine:
                page = mine.pop(chance.randrange(len(mine)))
                journal.write(f"forgetting {page}\n")
                memory.forget([page])
                journal.write(f"forgotten {page}\n")
            elif choice < 0.96:
                for _ in add_pages(config, [incoming_page(said, "Noted.")]):
                    journal.write(f"imported {token}\n")
            elif choice < 0.97:
                _back_up(config_path=file_of(config), folder=folder / "copies", name=f"copy{seed}x{number}")
            else:
                memory.status()


def _back_up(config_path: Path, folder: Path, name: str) -> None:
    made = copies.back_up(config_path, folder, name=name, now=datetime.now(timezone.utc))
    made.path.unlink()


# Afterwards


def _journal(folder: Path) -> Iterator[list[str]]:
    for journal in sorted(folder.glob("*.journal")):
        for line in journal.read_text("utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # what follows the last end was not told to the end
                yield line.split()


def _check(folder: Path, tally: Tally) -> None:
    path = file_of(load_config(None, environ={}, arguments=_settings(folder)))
    token_of: dict[str, str] = {}
    imported: set[str] = set()
    forgetting: set[str] = set()
    forgotten: set[str] = set()
    for kind, *rest in _journal(folder):
        if kind == "added":
            token_of[rest[0]] = rest[1]
        elif kind == "imported":
            imported.add(rest[0])
        else:
            (forgetting if kind == "forgetting" else forgotten).add(rest[0])
    with closing(SqliteStore(path)) as store:
        pages = {page.id: page for page in store.newest_pages(10_000_000)}
        tokens = Counter(page.user_input.split(": ")[1].split()[0] for page in pages.values())
        owed = {id_: token for id_, token in token_of.items() if id_ not in forgetting}
        lost = [f"{id_} {token}" for id_, token in owed.items() if id_ not in pages]
        lost += [token for token in imported if token not in tokens]
        unfound = [id_ for id_, token in owed.items() if id_ in pages and not _is_found(store, pages[id_].seq, token)]
    tally.acknowledged, tally.forgotten = len(token_of) + len(imported), len(forgotten)
    tally.lost, tally.unfound = len(lost), len(unfound)
    tally.doubled = sum(count - 1 for count in tokens.values())
    content = path.read_bytes()
    back = [id_ for id_ in forgotten if id_ in pages or f"{token_of[id_]} ".encode() in content]
    tally.back = len(back)
    with closing(Database(path)) as database:
        unsound = [f"{found.subject}: {found.found}" for found in examine(database) if found.verdict == "bad"]
    tally.unsound += len(unsound)
    tally.notes += [*lost, *back, *unsound, *(_all_about(path, pages[id_].seq) for id_ in unfound)]


def _is_found(store: SqliteStore, seq: int, token: str) -> bool:
    return seq in store.match_words(words_with_stems(token), 5)


def _all_about(path: Path, seq: int) -> str:
    """All that a database holds of a page: what tells how it could be there and not be found."""
    queries = (
        "SELECT * FROM pages WHERE seq = ?",
        "SELECT * FROM words WHERE rowid = ?",
        "SELECT seq, hex(terms) FROM page_terms WHERE seq = ?",
        "SELECT seq, embedder, length(windows) FROM page_vectors WHERE seq = ?",
        "SELECT * FROM unembedded WHERE seq = ?",
        "SELECT * FROM changes WHERE ref = ? ORDER BY version",
    )
    with closing(sqlite3.connect(path)) as connection:
        return json.dumps([repr(connection.execute(query, (seq,)).fetchall()) for query in queries])


def _table(tally: Tally, processes: int) -> str:
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    counts = {name: value for name, value in asdict(tally).items() if name != "notes"}
    counts["slowest_start_seconds"] = round(tally.slowest_start_seconds, 1)
    head = (
        f"# Kills\n\n{datetime.now(timezone.utc):%Y-%m-%d}, {machine}, {versions}, {processes} processes at once.\n\n"
    )
    rows = "".join(f"| {name.replace('_', ' ')} | {value} |\n" for name, value in counts.items())
    return f"{head}| what | count |\n|---|---:|\n{rows}" + "".join(f"\n    {note}" for note in tally.notes)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MemoryOSError as error:
        sys.exit(f"crash: {error}")
