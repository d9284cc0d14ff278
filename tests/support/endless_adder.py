"""Adds pages until it is killed, with the worker's threads busy behind; writes out each page's id once it is stored.

python endless_adder.py FILE ROUND        or, instead of a file, the URL of a database in which the memory is ada's
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from engine import NOON, Clock, build_engine

from memoryos.storage.tables.store import TableStore
from memoryos.updating.worker import LOCAL, BackgroundWork, Track, Workers


def opened(place: str) -> Path | TableStore:
    """What is at a place. A database is named by no path, and its store is an extra's."""
    if "://" not in place:
        return Path(place)
    from memoryos.storage.postgres.store import PostgresStore

    return PostgresStore(place, "ada")


def main(path: str, round_: str) -> None:
    # An hour later in each round, so that what the last one had claimed is free.
    clock = Clock(NOON + timedelta(hours=int(round_)))
    engine = build_engine(
        opened(path),
        clock=clock,
        holder=round_,
        consolidation_batch=4,
        consolidation_idle_seconds=0,
        heat_threshold=2.0,
    )
    updater = engine.updater
    track = Track("local", LOCAL, (updater.embed, updater.consolidate, updater.analyse))
    work = BackgroundWork(Workers(), [track], updater.pending, partial(engine.store.version, "page"))
    work.start()
    for number in count():
        (page,) = engine.add(f"topic{number % 3}: said {round_}x{number}")
        sys.stdout.write(f"{page.id}\n")
        sys.stdout.flush()
        work.wake()


if __name__ == "__main__":
    main(*sys.argv[1:])
