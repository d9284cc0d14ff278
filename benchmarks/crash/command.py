"""Kill processes that use one memory, and compare what they were told with what is there.

    python benchmarks/crash.py kills FOLDER --kills 300 --processes 1,4,8
    python benchmarks/crash.py faults --rounds 3
    python benchmarks/crash.py corruptions --rounds 300

Each process adds, recalls, forgets, imports, backs up, migrates and lets all be read again, with the background work
behind it, until it dies: at a random moment, between two steps of a commit or within one; the others go on. What a
process was told stands in a journal outside the memory. The run is kept in the folder and goes on where it ended.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.crash import corruptions, faults, kills
from benchmarks.crash.tally import table

_EVER: Final = float("inf")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 where nothing was lost, doubled, or came back, and all parts fit each other."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/crash.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    killing = commands.add_parser("kills", help="kill processes, and look what is left")
    killing.add_argument("folder", type=Path, help="where the memories, the journals and the tally lie; kept")
    killing.add_argument("--kills", type=int, default=300, help="how many there are to be in all (default 300)")
    killing.add_argument(
        "--processes", type=_numbers, default=(1, 4, 8), help="how many use a memory at once, in turn (default 1,4,8)"
    )
    killing.add_argument("--minutes", type=float, default=_EVER, help="end after so long, whatever the number")
    killing.add_argument("--seed", type=int, default=1, help="of the moments and of what is done (default 1)")
    trying = commands.add_parser("faults", help="put a server through what a machine can do to it")
    trying.add_argument("--only", action="append", choices=sorted(faults.FAULTS), help="this fault; may be repeated")
    trying.add_argument("--rounds", type=int, default=1, help="how often each is tried (default 1)")
    harming = commands.add_parser("corruptions", help="damage a memory's files, and see what is said and saved")
    harming.add_argument("--only", action="append", choices=("file", "log"), help="damage this one")
    harming.add_argument("--rounds", type=int, default=30, help="how often each is damaged (default 30)")
    harming.add_argument("--seed", type=int, default=1, help="of the damage (default 1)")
    given = parser.parse_args(arguments)
    if given.command == "corruptions":
        shown, is_good = corruptions.run(tuple(given.only or ("file", "log")), given.rounds, given.seed)
        sys.stdout.write(shown)
        return 0 if is_good else 1
    if given.command == "faults":
        shown, is_good = faults.run(tuple(given.only or faults.FAULTS), given.rounds)
        sys.stdout.write(shown)
        return 0 if is_good else 1
    given.folder.mkdir(parents=True, exist_ok=True)
    tally = kills.run(given.folder, given.kills, given.processes, given.seed, time.monotonic() + given.minutes * 60)
    sys.stdout.write(table(tally, kills.used_by(tally.number, given.processes)))
    return 0 if tally.is_good else 1


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))
